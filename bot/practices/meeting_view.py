"""Seeing meetings: the next one in private, those that were held, and a file for one's calendar."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from bot.domain import meetings as rules
from bot.domain.errors import Refusal
from bot.practices import (
    meeting_agenda,
    meeting_card,
    meeting_course,
    meeting_lists,
    meetings,
    minutes,
    showing,
    speaking,
)
from bot.practices.agreement import PartLocked
from bot.practices.meeting_agenda import NoMeetingsHere, TooMuchOnAgenda
from bot.practices.meeting_course import MeetingOver
from bot.practices.meetings import CARD, LINK, PRACTICE, LedByOthers, MeetingNotYours
from bot.practices.members import GroupNotReady, NotYours, Place, place_in
from bot.practices.minutes import TooManyNotes
from bot.practices.showing import Shown
from bot.rendering import calendar_file, files, messages
from bot.rendering.calendar_file import Event
from bot.storage import (
    attendance as answers,
    groups,
    meetings as store,
    members,
    outbox,
    people,
    questions,
)
from bot.storage.chats import Chat
from bot.storage.database import Reading, Transaction
from bot.storage.meetings import Meeting
from bot.storage.members import Member, NotAMember
from bot.storage.questions import Question

#: What may stand open about meetings: one at a time, so that no answer meets the wrong question.
ASKED_CLOCK, ASKED_PLACE = "meeting_clock", "meeting_place"
ASKED_DAY, ASKED_ROUND = "meeting_day", "meeting_round"
ASKED: Final = (
    meeting_agenda.ASKED_ITEM,
    minutes.ASKED_NOTE,
    ASKED_CLOCK,
    ASKED_PLACE,
    ASKED_DAY,
    ASKED_ROUND,
)


class PlannedByOthers(Refusal):
    """Who plans meetings is agreed on. Facts: planners, facilitators (names)."""


class NoGroupForMeetings(Refusal):
    """Meetings are a group's, and this person is in none."""


class NothingForCalendar(Refusal):
    """No meeting is planned: there is nothing for a calendar."""


PAGE: Final = 5
PAGES_MAX: Final = 10_000
#: After these there is nothing left to answer.
OVER: Final = (
    MeetingNotYours,
    NotYours,
    NotAMember,
    NoMeetingsHere,
    LedByOthers,
    PlannedByOthers,
    PartLocked,
    MeetingOver,
    TooMuchOnAgenda,
    TooManyNotes,
)


# -- the next one ---------------------------------------------------------------------------------


def show_in_group(at: Transaction, chat: Chat) -> Shown | None:
    """Show the next meeting in the group: its card anew, or words where none is planned.

    Raises GroupNotReady.
    """
    group = groups.of_chat(at, chat.id)
    if group is None or group.state != "active":
        raise GroupNotReady
    ahead = meetings.current(at, group.id)
    if ahead is None or not groups.agreement(at, group.id).does(PRACTICE):
        url = speaking.link(at, LINK, group.id)
        return Shown("meetings/none_planned", {"group": group, "url": url})
    if ahead.state == "planned":
        meetings.settle_chair(at, ahead)
    outbox.repost_card(at, CARD, ahead.id, chat.id)
    return None


def find_mine(at: Reading, person_id: int) -> Shown:
    """Show what /meetings shows in private. Raises NoGroupForMeetings."""
    mine = members.groups_of(at, person_id)
    if not mine:
        raise NoGroupForMeetings
    if len(mine) == 1:
        return overview(at, mine[0], person_id)
    return Shown("meetings/which", {"groups": [groups.by_id(at, one) for one in mine]})


def overview(at: Reading, group_id: int, person_id: int) -> Shown:
    """Show a group's next meeting, and what can be done about it. Raises NotYours, NotAMember."""
    place = place_in(at, group_id, person_id)
    agreement = groups.agreement(at, group_id)
    ahead = meetings.current(at, group_id) if agreement.does(PRACTICE) else None
    facts: dict[str, Any] = {
        "group": place.group,
        "zone": agreement.zone,
        "terms": agreement.meetings,
        "does": agreement.does(PRACTICE),
        "may_plan": may_plan(at, place),
        "held": store.held_in_all(at, group_id),
        "one": None if ahead is None else one_facts(at, ahead, place.member),
    }
    return Shown("meetings/overview", facts)


def one_facts(at: Reading, meeting: Meeting, me: Member) -> dict[str, Any]:
    """Return what a meeting's screen tells one of its members, and what they may do there."""
    said = answers.answers(at, meeting.id).get(me.id)
    chair = meetings.chair_of(at, meeting)
    return meeting_card.facts_of(at, meeting) | {
        "me": me,
        "said": said,
        "was_there": me.id in answers.of_meeting(at, meeting.id),
        "is_chair": chair is not None and chair.id == me.id,
        "leads": meetings.leads(at, meeting, me),
        "can_record": meeting_course.can_record(at, meeting),
        "can_correct": meeting_course.can_correct(at, meeting),
        "may_reopen": meeting_course.may_reopen(at, meeting),
        "may_list": meeting.state == "open" and meeting_lists.may_make_here(at, me),
        "is_ahead": meeting.state == "planned" and not rules.is_over(meeting.starts_at, at.now),
    }


def show(at: Reading, meeting_id: int, person_id: int) -> Shown:
    """Show one meeting to a member. Raises MeetingNotYours."""
    meeting, member = meetings.look(at, meeting_id, person_id)
    place = Place(groups.by_id(at, meeting.group_id), member)
    return Shown("meetings/one", one_facts(at, meeting, member) | {"may_plan": may_plan(at, place)})


def follow_link(at: Reading, meeting_id: int, person_id: int) -> Shown:
    """The same, by the link in the group. Raises NotAMember, which tells the way in."""
    meeting = store.find(at, meeting_id)
    if meeting is not None:
        group = groups.by_id(at, meeting.group_id)
        members.require(at, group.id, person_id, group_title=group.title)
    return show(at, meeting_id, person_id)


def may_plan(at: Reading, place: Place) -> bool:
    """Whether a member may plan meetings here, as the group agreed."""
    return rules.may_plan(
        groups.agreement(at, place.group.id).meetings.planners,
        members.offices_of(at, place.member.id),
        is_led=bool(members.holders(at, place.group.id, "facilitator")),
    )


# -- those that were held -------------------------------------------------------------------------


def past(at: Reading, group_id: int, person_id: int, page: int) -> Shown:
    """Show a page of the meetings that were held. Raises NotYours, NotAMember."""
    place = place_in(at, group_id, person_id)
    page = min(page, PAGES_MAX)  # a forged press may name any number
    found = store.past(at, group_id, page * PAGE, PAGE + 1)
    facts = {
        "group": place.group,
        "zone": groups.agreement(at, group_id).zone,
        "held": store.held_in_all(at, group_id),
        "past": [(one, len(answers.of_meeting(at, one.id))) for one in found[:PAGE]],
        "page": page,
        "has_more": len(found) > PAGE,
    }
    return Shown("meetings/past", facts)


# -- for a calendar -------------------------------------------------------------------------------


def send_calendar(at: Transaction, chat: Chat, group_id: int, person_id: int) -> None:
    """Send a member the planned meetings as a file for their calendar, in private.

    What was cancelled is in it too, so that a calendar that has it takes it out. Raises NotYours,
    NotAMember, NothingForCalendar.
    """
    if not chat.is_private:
        raise MeetingNotYours
    place = place_in(at, group_id, person_id)
    ahead = [
        one
        for one in store.from_on(at, group_id, at.now - timedelta(days=1))
        if one.state in {"planned", "open", "cancelled"}
    ]
    if not any(one.state != "cancelled" for one in ahead):
        raise NothingForCalendar
    language = people.by_id(at, person_id).language
    title = messages.plain("meetings/calendar_title", language, group=place.group)
    events = [_event(at, one, messages.clean_name(title)) for one in ahead]
    content = calendar_file.text_of(events, language).encode()
    order = files.document("meetings.ics", content, calendar_file.MEDIA_TYPE)
    speaking.say(
        at,
        chat,
        language,
        "meetings/calendar",
        document=order,
        group=place.group,
        count=sum(not one.is_cancelled for one in events),
    )


def _event(at: Reading, meeting: Meeting, title: str) -> Event:
    return Event(
        # Nobody else's calendar has such a one: it is signed as our links are.
        uid=f"meeting-{meeting.id}-{at.key.signature(f'meeting {meeting.id}')}@barnraiser",
        sequence=meeting.sequence,
        changed_at=meeting.changed_at,
        starts_at=meeting.starts_at,
        ends_at=meeting.starts_at + rules.LASTS,
        title=title,
        place=meeting.place,
        is_cancelled=meeting.state == "cancelled",
    )


def take_answer(
    at: Transaction, question: Question, take: Callable[[Transaction, Question], Shown]
) -> Shown:
    """Take an answer in words; where there is nothing left to answer, close the question.

    A refusal alone would leave it open, to catch whatever they write next.
    """
    try:
        return take(at, question)
    except OVER as over:
        questions.settle(at, question.person_id, question.kind, question.subject)
        return Shown(over.message, over.facts)


# -- showing --------------------------------------------------------------------------------------


def put(at: Transaction, chat: Chat, shown: Shown, *, message_id: int | None = None) -> None:
    """Show it in a private chat, in place of a message or as a new one, and ask what it asks."""
    showing.put(at, chat, shown, closes=ASKED, message_id=message_id)
