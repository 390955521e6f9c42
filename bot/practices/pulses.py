"""The weekly note: said by itself where the group wishes it, and something happened that week.

Never in the week of the digest, never at night, and within the two posts a day that a group hears
unasked: what finds no room waits, at most two days, and is then let go. It is not kept.
"""

from datetime import datetime
from typing import Final

from bot.domain import pulses as rules
from bot.domain.agreement import Agreement
from bot.domain.calendar import month_key, parse_utc, still_worth, utc_text
from bot.practices import digests, speaking, unasked
from bot.storage import due, groups
from bot.storage.database import Transaction
from bot.storage.due import Due

PULSE: Final = "pulse"  # due for a group; its occurrence: when it was due first, due now


def plan(at: Transaction, group_id: int) -> None:
    """Plan the next note by the agreement that holds now; planning twice is planning once."""
    due.cancel(at, PULSE, group_id)
    agreement = groups.agreement(at, group_id)
    if _is_wanted(agreement):
        due_at = next(rules.occurrences(agreement, at.now))
        _wait(at, group_id, due_at, due_at)


def say_when_due(at: Transaction, occasion: Due) -> None:
    """Say the note that is due, if there is something to say, and plan the next."""
    group, agreement = groups.by_id(at, occasion.subject), groups.agreement(at, occasion.subject)
    if group.state != "active":
        return
    plan(at, group.id)
    if not _is_wanted(agreement):
        return
    due_at = parse_utc(occasion.occurrence.split()[0])
    if not still_worth(due_at, at.now, rules.LATE_MAX):
        return
    later = unasked.not_before(at, group, agreement, hour=agreement.digest.pulse_hour)
    if later > at.now:
        _wait(at, group.id, due_at, later)
        return
    span = (due_at - rules.WEEK, due_at)
    month = month_key(due_at, agreement.zone)
    facts = digests.facts_of(at, group, agreement, month, span)
    pulse = rules.compose(facts, agreement.digest, at.now)
    if pulse is not None:
        speaking.say(
            at,
            groups.chat_of(at, group),
            group.language,
            "digests/pulse",
            key=f"pulse:{group.id}:{utc_text(due_at)}",
            urgency=speaking.UNASKED,
            digest=pulse,
            zone=agreement.zone,
        )


def _is_wanted(agreement: Agreement) -> bool:
    return agreement.does(digests.PRACTICE) and agreement.digest.has_pulse


def _wait(at: Transaction, group_id: int, due_at: datetime, until: datetime) -> None:
    due.add(at, PULSE, group_id, f"{utc_text(due_at)} {utc_text(until)}", until)
