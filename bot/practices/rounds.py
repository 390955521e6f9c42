"""The rounds of a group's check-in: which comes next, what it asks, how it closes.

A round that is awaited is kept before it opens, for what came too late for the last one.
"""

from datetime import datetime, timedelta
from typing import Final

from bot.domain import check_ins as rules, rounds
from bot.domain.agreement import Agreement
from bot.domain.calendar import after_quiet
from bot.domain.check_ins import Tally
from bot.practices import figures, sharing
from bot.storage import check_ins as store, due, groups, outbox
from bot.storage.check_ins import Round
from bot.storage.database import Reading, Transaction

PRACTICE: Final = "check_ins"  # as the agreement names it
CARD: Final = "round"  # the group's post; its subject is the round
OWN_MONTH: Final = "own_month"  # due for a round that has closed (practices/own_month.py)
OWN_MONTH_LATE: Final = timedelta(days=2)
OPENING: Final = "check_in_open"  # what is due for a group


def agreement_of(at: Reading, group_id: int) -> Agreement | None:
    """Return the agreement, where there is one and check-ins are part of it."""
    try:
        agreement = groups.agreement(at, group_id)
    except LookupError:
        return None
    return agreement if agreement.does(PRACTICE) else None


def next_opening(at: Reading, group_id: int) -> datetime | None:
    """Return when the group's next round opens (UTC), if one is planned."""
    return due.waiting_at(at, OPENING, group_id)


def awaited(at: Transaction, group_id: int) -> Round | None:
    """Return the round that comes next, kept from now on though it has not opened.

    None where none is planned, or one is still open.
    """
    agreement = agreement_of(at, group_id)
    occurrence = due.waiting_occurrence(at, OPENING, group_id)
    if agreement is None or occurrence is None or store.open_round_of(at, group_id) is not None:
        return None
    opening = rounds.opening_in(agreement, rounds.first_day(occurrence.split()[0]))
    return store.await_round(
        at,
        group_id=group_id,
        month=opening.month,
        questions=questions_of(at, group_id, opening.month),
        closes_at=opening.closes_at,
    )


def questions_of(at: Reading, group_id: int, month: str) -> tuple[str, ...]:
    """Return what the round of a month asks, by the agreement that holds now."""
    last = store.last_month_asking(at, group_id, rules.STANDING[0])
    agreed = groups.agreement(at, group_id).questions
    return rules.keys_of(agreed, standing=rounds.asks_standing(month, last))


def close(at: Transaction, round_id: int) -> None:
    """Close a round: count it once, make its figures, and show the final count in place."""
    found = store.round_by_id(at, round_id)
    assert found is not None
    if found.closed_at is not None:
        return
    tally = count(at, found)
    store.close_round(at, round_id, tally)
    figures.round_closed(at, found, tally)
    outbox.update_card(at, CARD, round_id, groups.by_id(at, found.group_id).chat_id)
    sharing.round_closed(at, round_id)
    agreement = agreement_of(at, found.group_id)
    if agreement is not None:
        morning = after_quiet(at.now, agreement.quiet_hours, agreement.zone)
        due.add(at, OWN_MONTH, round_id, found.month, morning, late=OWN_MONTH_LATE)


def count(at: Reading, found: Round) -> Tally:
    """Return how many are in, of how many (`rules.tally` says who counts)."""
    if found.tally is not None:
        return found.tally
    return rules.tally(store.asked_and_done(at, found))
