"""Holding a meeting: opening it, closing it, and recording one that nobody opened here.

The fund's balances are said when it opens and when it closes, so that the group remembers them
together (field notes 2.1, 2.8). Closing is one tap that says whether anybody from outside was
there: that a group meets by itself is what lasts.
"""

from typing import Final

from bot.domain import meetings as rules
from bot.domain.calendar import utc_text
from bot.domain.errors import Refusal
from bot.practices import meeting_agenda, meetings, peer_help, speaking
from bot.practices.meetings import CARD, OVER, PRACTICE
from bot.storage import due, groups, meeting_agenda as items, meetings as store, members, outbox
from bot.storage.database import Reading, Transaction
from bot.storage.due import Due
from bot.storage.meetings import Meeting
from bot.storage.members import Member

#: What is said of a meeting that nobody opened here, by the number of its button.
NOT_HELD, ALONE, WITH_GUESTS = 0, 1, 2
HOW: Final = (NOT_HELD, ALONE, WITH_GUESTS)


class MeetingNotBegun(Refusal):
    """A meeting that was not opened yet. Facts: starts_at, zone."""


class MeetingOver(Refusal):
    """A meeting that was held, was cancelled, or whose time has passed."""


class TooSoonToOpen(Refusal):
    """A meeting is opened shortly before it begins, and no sooner. Facts: starts_at, zone."""


class AnotherUnderWay(Refusal):
    """The group is holding another meeting, which is to be closed first."""


# -- opening --------------------------------------------------------------------------------------


def open_(at: Transaction, meeting_id: int, person_id: int) -> None:
    """Open a meeting: its card is posted anew, with the fund's balances and the agenda.

    Tapped twice it is opened once. Raises MeetingNotYours, LedByOthers, MeetingOver, TooSoonToOpen,
    AnotherUnderWay.
    """
    meeting, _ = meetings.lead(at, meeting_id, person_id)
    if meeting.state == "open":
        return
    if meeting.state != "planned" or rules.is_over(meeting.starts_at, at.now):
        raise MeetingOver
    if not rules.may_open(meeting.starts_at, at.now):
        raise TooSoonToOpen(**_when(at, meeting))
    _begin(at, meeting)


def reopen(at: Transaction, meeting_id: int, person_id: int) -> None:
    """Let a meeting go on that was closed too soon. As `open_`."""
    meeting, _ = meetings.lead(at, meeting_id, person_id)
    if meeting.state == "open":
        return
    if not may_reopen(at, meeting):
        raise MeetingOver
    _begin(at, meeting)
    items.open_again(at, meeting.id)


def may_reopen(at: Reading, meeting: Meeting) -> bool:
    """Whether a meeting was closed so lately that it may go on."""
    if meeting.closed_at is None or meeting.opened_at is None:
        return False
    return at.now - meeting.closed_at <= rules.REOPENED_WITHIN


def _begin(at: Transaction, meeting: Meeting) -> None:
    if store.open_of(at, meeting.group_id) is not None:
        raise AnotherUnderWay
    meetings.settle_chair(at, meeting)
    store.open_(at, meeting.id)
    due.cancel(at, OVER, meeting.id)
    due.add(at, OVER, meeting.id, utc_text(at.now), at.now + rules.CLOSES_BY_ITSELF)
    _show_anew(at, meeting)


# -- closing --------------------------------------------------------------------------------------


def close(at: Transaction, meeting_id: int, person_id: int, *, is_alone: bool) -> None:
    """Close a meeting: who was there is counted, and the balances are said.

    `is_alone`: nobody from outside was there. Raises MeetingNotYours, LedByOthers, MeetingOver,
    MeetingNotBegun.
    """
    meeting = require_open(at, meetings.lead(at, meeting_id, person_id)[0])
    due.cancel(at, OVER, meeting.id)
    _keep(at, meeting, is_alone=is_alone)
    ahead = meetings.following(at, store.by_id(at, meeting.id))
    if ahead is not None:
        meetings.settle_chair(at, ahead)  # the card tells the group who is next
    _show_anew(at, meeting)


def say_alone(at: Transaction, meeting_id: int, person_id: int, *, is_alone: bool) -> None:
    """Keep whether anybody from outside was there, where that was asked later.

    Raises MeetingNotYours, LedByOthers, MeetingOver, MeetingNotBegun.
    """
    meeting, _ = meetings.lead(at, meeting_id, person_id)
    if meeting.state in {"planned", "open"}:
        raise MeetingNotBegun(**_when(at, meeting))
    if not can_correct(at, meeting):
        raise MeetingOver
    store.say_alone(at, meeting.id, is_alone=is_alone)
    meetings.redraw(at, meeting)


def record(at: Transaction, meeting_id: int, person_id: int, how: int) -> None:
    """Keep what is said of a meeting that nobody opened here: not held, alone, with guests.

    Raises MeetingNotYours, LedByOthers, MeetingOver, MeetingNotBegun.
    """
    meeting, _ = meetings.lead(at, meeting_id, person_id)
    if how not in HOW:
        raise meetings.MeetingNotYours
    if meeting.state != "planned":
        raise MeetingOver
    if not can_record(at, meeting):
        raise MeetingNotBegun(**_when(at, meeting))
    meetings.settle_chair(at, meeting)
    if how == NOT_HELD:
        store.set_state(at, meeting.id, "passed")
    else:
        _keep(at, meeting, is_alone=how == ALONE)
    meetings.redraw(at, meeting)


def can_record(at: Reading, meeting: Meeting) -> bool:
    """Whether it can be said of a meeting that nobody opened it, and whether it was held."""
    return meeting.state == "planned" and at.now >= meeting.starts_at + rules.OVER_AFTER


def can_correct(at: Reading, meeting: Meeting) -> bool:
    """Whether it can still be put right who was at a meeting, and its minutes be written."""
    if meeting.state == "open":
        return True
    return meeting.state == "kept" and at.now < meeting.starts_at + rules.RECORDED_WITHIN


def require_open(at: Reading, meeting: Meeting) -> Meeting:
    """Return a meeting that is being held. Raises MeetingNotBegun, MeetingOver."""
    if meeting.state == "planned" and not rules.is_over(meeting.starts_at, at.now):
        raise MeetingNotBegun(**_when(at, meeting))
    if meeting.state != "open":
        raise MeetingOver
    return meeting


def _keep(at: Transaction, meeting: Meeting, *, is_alone: bool | None) -> None:
    of_members = meetings.counted(at, meeting)
    store.keep(at, meeting.id, of_members=of_members, is_alone=is_alone)
    meeting_agenda.close(at, store.by_id(at, meeting.id))
    meetings.plan(at, meeting.group_id)


def _show_anew(at: Transaction, meeting: Meeting) -> None:
    outbox.repost_card(at, CARD, meeting.id, groups.by_id(at, meeting.group_id).chat_id)


def _when(at: Reading, meeting: Meeting) -> dict[str, object]:
    zone = groups.agreement(at, meeting.group_id).zone
    return {"starts_at": meeting.starts_at, "zone": zone}


# -- what time starts -----------------------------------------------------------------------------


def over_when_due(at: Transaction, occasion: Due) -> None:
    """Once a meeting is over: close what nobody closed, ask whether it was held, plan what follows.

    However late; nobody is asked any more after two days.
    """
    meeting = store.by_id(at, occasion.subject)
    group, agreement = groups.by_id(at, meeting.group_id), groups.agreement(at, meeting.group_id)
    if meeting.state == "open":
        _keep(at, meeting, is_alone=None)
        meetings.redraw(at, meeting)
        if group.state == "active":
            _ask(at, meeting, "meetings/asked_alone")
        return
    if group.state != "active" or not agreement.does(PRACTICE):
        return
    meetings.plan(at, group.id)
    if meeting.state == "planned" and at.now < meeting.starts_at + rules.ASKED_WITHIN:
        _ask(at, meeting, "meetings/asked_held")


def _ask(at: Transaction, meeting: Meeting, message: str) -> None:
    """Ask in private whoever chairs, facilitates, or keeps the records."""
    chair = meetings.chair_of(at, meeting)
    asked = [] if chair is None else [chair]
    asked += members.holders(at, meeting.group_id, "facilitator")
    asked += members.holders(at, meeting.group_id, "record_keeper")
    group = groups.by_id(at, meeting.group_id)
    zone = groups.agreement(at, group.id).zone
    for person_id in dict.fromkeys(one.person_id for one in asked if _is_there(one)):
        if speaking.can_say_to(at, person_id):
            peer_help.tell(at, group, person_id, message, meeting=meeting, zone=zone)


def _is_there(member: Member) -> bool:
    return member.state == "member" and not member.is_away
