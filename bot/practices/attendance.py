"""Who comes, and who was there: by one's own tap, or on the list of whoever leads the meeting.

The group sees how many, never who; names stand on the list alone, which whoever leads ticks for
those without a phone. Nobody is asked why they could not come.
"""

from typing import Any, Final

from bot.domain import meetings as rules
from bot.practices import meeting_course, meetings, peer_help
from bot.practices.meeting_course import MeetingOver
from bot.practices.meetings import MeetingNotYours
from bot.practices.showing import Shown
from bot.storage import attendance as store, groups, meetings as rows
from bot.storage.database import Reading, Transaction
from bot.storage.meetings import Meeting
from bot.storage.members import Member

PAGE: Final = 30  # members on a page of the list: two in a row


# -- for oneself ----------------------------------------------------------------------------------


def come(at: Transaction, meeting_id: int, person_id: int, *, comes: bool) -> dict[str, Any]:
    """Keep whether a member comes, and return the facts of the toast.

    Whoever chairs and cannot come makes room for the next. Raises MeetingNotYours, MeetingOver.
    """
    meeting, member = meetings.look(at, meeting_id, person_id)
    if meeting.state != "planned" or rules.is_over(meeting.starts_at, at.now):
        raise MeetingOver
    store.answer(at, meeting.id, member.id, comes=comes)
    if not comes and meeting.chair == member.id:
        _name_next(at, meeting)
    meetings.redraw(at, meeting)
    return {"comes": comes, "coming": sum(store.answers(at, meeting.id).values())}


def pass_chair(at: Transaction, meeting_id: int, person_id: int) -> None:
    """Let the next one chair: whose turn it is says so, or whoever leads.

    Raises MeetingNotYours, LedByOthers, MeetingOver.
    """
    meeting, _ = meetings.lead(at, meeting_id, person_id)
    if meeting.state not in {"planned", "open"} or rules.is_over(meeting.starts_at, at.now):
        raise MeetingOver
    chair = meetings.chair_of(at, meeting)
    if chair is not None:
        rows.pass_turn(at, meeting.id, chair.id)
        _name_next(at, meeting)
        meetings.redraw(at, meeting)


def _name_next(at: Transaction, meeting: Meeting) -> None:
    """Name who chairs now, and tell them, where the group knew of another."""
    if meeting.chair is None:
        return
    meetings.settle_chair(at, meeting)
    chair = meetings.chair_of(at, rows.by_id(at, meeting.id))
    if chair is None or chair.id == meeting.chair:
        return
    group, zone = (
        groups.by_id(at, meeting.group_id),
        groups.agreement(at, meeting.group_id).zone,
    )
    peer_help.tell(at, group, chair.person_id, "meetings/you_chair", meeting=meeting, zone=zone)


def be_here(at: Transaction, meeting_id: int, person_id: int) -> dict[str, Any]:
    """Note that a member is at the meeting that is being held; tapped twice, it is once.

    Raises MeetingNotYours, MeetingNotBegun, MeetingOver.
    """
    meeting, member = meetings.look(at, meeting_id, person_id)
    meeting_course.require_open(at, meeting)
    store.add(at, meeting.id, member.id, member.id)
    meetings.redraw(at, meeting)
    return {"there": len(store.of_meeting(at, meeting.id))}


# -- the list -------------------------------------------------------------------------------------


def show_list(at: Reading, meeting_id: int, person_id: int, page: int) -> Shown:
    """Show who is ticked to whoever leads. Raises MeetingNotYours, LedByOthers, MeetingOver."""
    meeting, _ = _listed(at, meeting_id, person_id)
    return _screen(at, meeting, page)


def tick(at: Transaction, meeting_id: int, person_id: int, member_id: int, page: int) -> Shown:
    """Note that a member was there, or was not after all. Raises as `show_list`."""
    meeting, me = _listed(at, meeting_id, person_id)
    if member_id not in {one.id for one in meetings.listed(at, meeting.group_id)}:
        raise MeetingNotYours
    if member_id in store.of_meeting(at, meeting.id):
        store.remove(at, meeting.id, member_id)
    else:
        store.add(at, meeting.id, member_id, me.id)
    meetings.redraw(at, meeting)
    return _screen(at, meeting, page)


def count_speakers(
    at: Transaction, meeting_id: int, person_id: int, speakers: int, page: int
) -> Shown:
    """Keep how many of those who were there spoke, where the group counts it. As `show_list`."""
    meeting, _ = _listed(at, meeting_id, person_id)
    if not groups.agreement(at, meeting.group_id).meetings.counts_speakers:
        raise MeetingNotYours
    there = len(store.of_meeting(at, meeting.id))
    rows.set_speakers(at, meeting.id, min(speakers, there))
    return _screen(at, rows.by_id(at, meeting.id), page)


def _listed(at: Reading, meeting_id: int, person_id: int) -> tuple[Meeting, Member]:
    meeting, member = meetings.lead(at, meeting_id, person_id)
    if meeting.state == "planned":
        meeting_course.require_open(at, meeting)
    if not meeting_course.can_correct(at, meeting):
        raise MeetingOver
    return meeting, member


def _screen(at: Reading, meeting: Meeting, page: int) -> Shown:
    everybody = meetings.listed(at, meeting.group_id)
    there = store.of_meeting(at, meeting.id)
    agreement = groups.agreement(at, meeting.group_id)
    facts = {
        "meeting": meeting,
        "group": groups.by_id(at, meeting.group_id),
        "zone": agreement.zone,
        "members": [(one, one.id in there) for one in everybody[page * PAGE : (page + 1) * PAGE]],
        "there": len(there),
        "of": meeting.of_members or meetings.counted(at, meeting),
        "page": page,
        "has_more": len(everybody) > (page + 1) * PAGE,
        "counts_speakers": agreement.meetings.counts_speakers,
    }
    return Shown("meetings/list", facts)
