"""The term of an office: when it begins and ends, and a gentle reminder before its end.

A term is as long as what was agreed when it began. At its end nothing happens by itself: who holds
the office goes on until another is elected, so that no group is ever without one by the calendar.
"""

from datetime import date, time, timedelta
from typing import Final

from bot.domain import offices as rules
from bot.domain.calendar import after_quiet, local, to_utc, utc_text
from bot.domain.offices import OFFICES, Office
from bot.practices import speaking, unasked
from bot.storage import due, groups, members, offices as store
from bot.storage.database import Transaction
from bot.storage.due import Due

ENDS: Final = "terms_end"  # due for a group; its occurrence is the local day, and when it waited
VACANT: Final = "nobody_facilitates"  # due for a group; its occurrence is when it was planned
ELECT: Final = "propose"  # the purpose of the link to a proposal (practices/proposing.py)
REMINDED_BEFORE: Final = timedelta(days=14)


def begin(
    at: Transaction,
    group_id: int,
    office: Office,
    member_id: int,
    *,
    ends: date | None = None,
    decision_id: int | None = None,
) -> None:
    """Let a member hold an office from now, for the term that is agreed now (or until `ends`)."""
    agreement = groups.agreement(at, group_id)
    if ends is None:
        ends = rules.term_ends(agreement, local(at.now, agreement.zone).date())
    members.take_office(at, group_id, office, member_id, term_ends=ends, decision_id=decision_id)
    if ends is None:
        return
    hour = time(agreement.digest.hour)
    reminded_at = to_utc(ends - REMINDED_BEFORE, hour, agreement.zone)
    if reminded_at > at.now:
        reminded_at = after_quiet(reminded_at, agreement.quiet_hours, agreement.zone)
        due.add(at, ENDS, group_id, ends.isoformat(), reminded_at, late=REMINDED_BEFORE)


def remind_when_due(at: Transaction, waiting: Due) -> None:
    """Tell in private whoever's term ends soon, and the group once, so that it can elect."""
    ends = date.fromisoformat(waiting.occurrence.split()[0])
    group = groups.by_id(at, waiting.subject)
    ending = store.ending(at, group.id, ends)
    if group.state != "active" or not ending:
        return
    for one in ending:
        speaking.say_to(
            at,
            one.member.person_id,
            "offices/term_ends",
            key=f"term:{one.id}",
            urgency=speaking.UNASKED,
            group=group,
            office=one.office,
            ends=ends,
        )
    agreement = groups.agreement(at, group.id)
    when = unasked.not_before(at, group, agreement, hour=agreement.digest.hour)
    if when > at.now:
        waits = f"{ends.isoformat()} {utc_text(when)}"
        due.add(at, ENDS, group.id, waits, when, late=REMINDED_BEFORE)
        return
    speaking.say(
        at,
        groups.chat_of(at, group),
        group.language,
        "offices/terms_end",
        key=f"terms:{group.id}:{ends.isoformat()}",
        urgency=speaking.UNASKED,
        ends=ends,
        offices=store.by_office(ending),
    )


def facilitator_left(at: Transaction, group_id: int) -> None:
    """Plan to tell the group, where nobody facilitates now: soon, never in its quiet hours."""
    if members.is_vacant(at, group_id, "facilitator") and members.count(at, group_id):
        _plan_vacant(at, group_id)


def tell_vacant_when_due(at: Transaction, waiting: Due) -> None:
    """Tell the group kindly, once, that nobody facilitates, and how somebody does again."""
    group = groups.by_id(at, waiting.subject)
    still = members.is_vacant(at, group.id, "facilitator") and members.count(at, group.id)
    if group.state != "active" or not still:
        return
    if unasked.not_before(at, group, groups.agreement(at, group.id)) > at.now:
        _plan_vacant(at, group.id)
        return
    speaking.say(
        at,
        groups.chat_of(at, group),
        group.language,
        "offices/nobody_facilitates",
        key=f"{VACANT}:{waiting.id}",
        urgency=speaking.UNASKED,
        group=group,
        number=OFFICES.index("facilitator"),
        url=speaking.link(at, ELECT, group.id),
    )


def _plan_vacant(at: Transaction, group_id: int) -> None:
    group, agreement = groups.by_id(at, group_id), groups.agreement(at, group_id)
    when = unasked.not_before(at, group, agreement, hour=agreement.digest.hour)
    due.cancel(at, VACANT, group_id)
    due.add(at, VACANT, group_id, utc_text(when), when)
