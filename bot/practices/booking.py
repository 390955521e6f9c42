"""How what was said and witnessed gets into the book: once, with a receipt to those concerned.

Every practice that moves the group's money or work says so as a claim (practices/witnessing.py).
"""

from typing import Final

from bot.domain import contributions as rules
from bot.domain.ledger import Confirmation, Entry
from bot.domain.periods import period_number
from bot.practices import book, receipts
from bot.storage import contributions as store, entries, groups, ledger, members, outbox
from bot.storage.contributions import Claim
from bot.storage.database import Transaction
from bot.storage.groups import Group
from bot.storage.ledger import Line

GIFTS: Final = "gifts"  # a household's account of what it was given
BOARD: Final = "contributions"  # the card in the group; its subject is the period's number


def book_claim(at: Transaction, claim: Claim) -> Entry:
    """Put a claim that its witnesses confirmed into the book, and tell those concerned.

    Raises PurseTooLow where it would take out more than is there now.
    """
    lines = _lines(at, claim)
    book.require_in_purse(at, lines)
    recorder = members.by_id(at, claim.said_by)
    note = store.note_of(at, claim)
    entry = ledger.add(
        at,
        claim.group_id,
        kind=claim.kind,
        day=claim.day,
        recorded_by=recorder.number,
        witnesses=claim.witnesses,
        key=claim.key,
        confirmations=[
            Confirmation(
                members.by_id(at, member_id).number,
                store.confirmed_at(at, claim.id, member_id),
            )
            for member_id in rules.confirmers(store.events_of(at, claim.id))
        ],
        lines=lines,
        note=note,
        noted_by=None if note is None else recorder.person_id,
        reverses=claim.reverses,
    )
    store.close(at, claim.id)
    periods = sorted({line.period for line in lines if line.period})
    receipts.give(at, claim, entry, periods)
    if not periods:
        # What is in the fund stands on the newest boards.
        periods = [one.current(at.now).key for one in book.plans_of(at, claim.group_id)[:1]]
    show_boards(at, groups.by_id(at, claim.group_id), periods)
    return entry


def _lines(at: Transaction, claim: Claim) -> list[Line]:
    """Return the lines that a claim makes, by what it says happened."""
    if claim.reverses is not None:
        return entries.lines_to_reverse(at, claim.group_id, claim.reverses)
    purse = ledger.account(at, claim.group_id, "purse", claim.purse)
    if claim.kind == "contribution":
        household = ledger.account(at, claim.group_id, "household", claim.purse, claim.household_id)
        return [
            *(Line(household, claim.commodity, -part, key) for key, part in _parts(at, claim)),
            Line(purse, claim.commodity, claim.amount_minor),
        ]
    if claim.kind == "gift":
        to = ledger.account(at, claim.group_id, "household", GIFTS, claim.household_id)
    else:
        assert claim.outside is not None
        to = ledger.account(at, claim.group_id, "outside", claim.outside)
    return [
        Line(purse, claim.commodity, -claim.amount_minor),
        Line(to, claim.commodity, claim.amount_minor),
    ]


def _parts(at: Transaction, claim: Claim) -> list[tuple[str, int]]:
    """Which periods a contribution covers by what is booked now."""
    assert claim.household_id is not None
    plan = book.plan_of_claim(at, claim)
    if plan is None:
        return [(claim.period, claim.amount_minor)]  # agreed otherwise since: it stays as said
    left = book.left_of(at, plan, claim.household_id, claim.period)
    return rules.allocate(
        claim.amount_minor,
        claim.period,
        left,
        every=plan.terms.every,
        ahead_max=book.WITHOUT_END,
    )


def show_boards(at: Transaction, group: Group, keys: list[str]) -> None:
    """Bring the boards of these periods up to date, those that were posted."""
    for key in keys:
        outbox.update_card(at, BOARD, period_number(key), group.chat_id, urgency=outbox.ANSWER)
