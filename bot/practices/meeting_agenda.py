"""What is to be talked about: what is open in the group, and what members put on the agenda.

Everybody sees whose words an item is: who brings something up is asked to say more about it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from bot.domain import meetings as rules
from bot.domain.calendar import utc_text
from bot.domain.errors import Refusal
from bot.domain.goals import own_words
from bot.practices import decision_facts, fund, meetings, peer_help, speaking
from bot.practices.fund import Count
from bot.practices.meetings import PRACTICE, MeetingNotYours
from bot.practices.members import Place, my_place, place_in
from bot.practices.peer_help import OpenAsk
from bot.practices.showing import Asked, Shown
from bot.storage import decisions, groups, meeting_agenda as store, members, outbox, questions
from bot.storage.chats import Chat
from bot.storage.database import Reading, Transaction
from bot.storage.meeting_agenda import Item
from bot.storage.meetings import Meeting
from bot.storage.questions import Question

#: Open questions, in private and in the group; their subject is the group.
ASKED_ITEM, ASKED_IN_GROUP = "agenda_item", "agenda_item_in_group"
NOTED: Final = "👍"
DECISIONS_MAX: Final = 4
ASKS_MAX: Final = 3
NEAR: Final = timedelta(days=7)


class NoMeetingsHere(Refusal):
    """The group holds no meetings with us (or is not set up)."""


class TooMuchOnAgenda(Refusal):
    """One member has as many things on the agenda as one can. Facts: most."""


class AgendaItemGone(Refusal):
    """It was talked about, or taken off."""


@dataclass(frozen=True)
class Point:
    """Something a member put on the agenda, with their name."""

    item: Item
    name: str


@dataclass(frozen=True)
class Agenda:
    """What a group can talk about: its own round, what is decided, due and asked, and points.

    `more` counts what is open beyond what is shown here.
    """

    question: str = ""
    decisions: tuple[Mapping[str, Any], ...] = ()
    due: tuple[Count, ...] = ()
    asks: tuple[OpenAsk, ...] = ()
    points: tuple[Point, ...] = ()
    more: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing on it."""
        return not (self.question or self.decisions or self.due or self.asks or self.points)


# -- gathering ------------------------------------------------------------------------------------


def of_meeting(at: Reading, meeting: Meeting) -> Agenda:
    """Return the agenda of a meeting that is ahead or under way; later, what members brought up."""
    if meeting.state == "kept":
        return Agenda(points=_points(at, store.of_meeting(at, meeting.id)))
    if meeting.state not in {"planned", "open"}:
        return Agenda()
    return of_group(at, meeting.group_id, meeting)


def of_group(at: Reading, group_id: int, ahead: Meeting | None) -> Agenda:
    """Return what a group can talk about now: nothing of how anybody votes, pays, or answers.

    What is due is what will be when it meets, once that is near.
    """
    is_near = ahead is not None and at.now < ahead.starts_at <= at.now + NEAR
    due_when = ahead.starts_at if ahead is not None and is_near else at.now
    open_now = decisions.open_in(at, group_id)
    asks = [
        one
        for one in peer_help.month_facts(at, group_id, at.now, at.now).open_asks
        if one.kind == "ask"
    ]
    facts = [
        decision_facts.of_matter(at, group_id, one.matter, one.manner)
        for one in open_now[:DECISIONS_MAX]
    ]
    return Agenda(
        question=groups.agreement(at, group_id).meetings.question,
        decisions=tuple(facts),
        due=tuple(one for one in fund.counts(at, group_id, due_when) if one.done < one.of),
        asks=tuple(asks[:ASKS_MAX]),
        points=_points(at, store.waiting(at, group_id)),
        more=max(0, len(open_now) - DECISIONS_MAX) + max(0, len(asks) - ASKS_MAX),
    )


def _points(at: Reading, found: list[Item]) -> tuple[Point, ...]:
    said = [one for one in found if one.words is not None]
    return tuple(Point(one, members.by_id(at, one.member_id).name) for one in said)


# -- putting something on it ----------------------------------------------------------------------


def show(at: Reading, group_id: int, person_id: int) -> Shown:
    """Show the agenda to a member. Raises NotYours, NotAMember, NoMeetingsHere."""
    place = _place(at, group_id, person_id)
    ahead = meetings.current(at, group_id)
    facts = {
        "group": place.group,
        "agenda": of_group(at, group_id, ahead),
        "me": place.member,
        "leads": ahead is not None
        and ahead.state == "open"
        and meetings.leads(at, ahead, place.member),
    }
    return Shown("meetings/agenda", facts)


def ask_words(at: Reading, group_id: int, person_id: int) -> Shown:
    """Ask a member in private what they want to talk about. Raises as `show`, TooMuchOnAgenda."""
    place = _place(at, group_id, person_id)
    _require_room(at, place)
    return Shown("meetings/item_asked", {"group": place.group}, Asked(ASKED_ITEM, group_id))


def ask_in_group(at: Transaction, chat: Chat, person_id: int) -> None:
    """Ask the same in the group: what answers the question goes on the agenda. As `ask_words`."""
    place = _place_in_chat(at, chat, person_id)
    _require_room(at, place)
    for asked in questions.open_in(at, person_id, chat.id):
        if asked.kind == ASKED_IN_GROUP and asked.message_id is not None:
            outbox.queue(at, chat.id, outbox.delete_call(asked.message_id))  # not asked twice
    speaking.ask(
        at,
        person_id=person_id,
        chat=chat,
        language=place.group.language,
        message="meetings/item_asked_in_group",
        kind=ASKED_IN_GROUP,
        subject=place.group.id,
        person=place.member,
    )


def hear_words(at: Transaction, question: Question, text: str) -> Shown:
    """Put what somebody wrote in private on the agenda. As `add`."""
    _add(at, _place(at, question.subject, question.person_id), text)
    questions.settle(at, question.person_id, ASKED_ITEM, question.subject)
    return show(at, question.subject, question.person_id)


def hear_in_group(
    at: Transaction, chat: Chat, question: Question, text: str, message_id: int
) -> None:
    """Put what somebody answered in the group on the agenda, and take the question away."""
    add_in_group(at, chat, question.person_id, text, message_id)
    questions.settle(at, question.person_id, ASKED_IN_GROUP, question.subject)
    if question.message_id is not None:
        outbox.queue(at, chat.id, outbox.delete_call(question.message_id))


def add_in_group(at: Transaction, chat: Chat, person_id: int, text: str, message_id: int) -> None:
    """Put what somebody wrote in the group on its agenda: a sign says that it was heard.

    Raises GroupNotReady, NotAMember, NoMeetingsHere, TooMuchOnAgenda, WordsMissing, WordsTooLong.
    """
    _add(at, _place_in_chat(at, chat, person_id), text)
    reaction = {"message_id": message_id, "reaction": [{"type": "emoji", "emoji": NOTED}]}
    outbox.queue(at, chat.id, {"method": "setMessageReaction", "params": reaction})


def _add(at: Transaction, place: Place, text: str) -> None:
    _require_room(at, place)
    store.add(
        at,
        group_id=place.group.id,
        member_id=place.member.id,
        person_id=place.member.person_id,
        words=own_words(text, rules.ITEM_MAX),
    )
    _redraw(at, place.group.id)


def take_off(at: Transaction, item_id: int, person_id: int) -> Shown:
    """Take one's own off the agenda. Raises MeetingNotYours, AgendaItemGone."""
    item, place = _item(at, item_id, person_id)
    if item.member_id != place.member.id:
        raise MeetingNotYours
    store.remove(at, item.id)
    _redraw(at, item.group_id)
    return show(at, item.group_id, person_id)


def turn_later(at: Transaction, item_id: int, person_id: int) -> Shown:
    """Note, while the group meets, that something is not reached: it stays for the next time.

    Tapped again, it is reached after all. Raises MeetingNotYours, AgendaItemGone, LedByOthers.
    """
    item, _ = _item(at, item_id, person_id)
    ahead = meetings.current(at, item.group_id)
    if ahead is None:
        raise AgendaItemGone
    meetings.lead(at, ahead.id, person_id)
    store.set_later(at, item.id, is_later=not item.is_later)
    return show(at, item.group_id, person_id)


def close(at: Transaction, meeting: Meeting) -> None:
    """Note that what was on the agenda when a meeting ended was talked about there."""
    end = meeting.closed_at if meeting.opened_at is not None else meeting.starts_at
    assert end is not None
    store.close(at, meeting.group_id, meeting.id, until=utc_text(end))


def _item(at: Reading, item_id: int, person_id: int) -> tuple[Item, Place]:
    item = store.find(at, item_id)
    if item is None:
        raise AgendaItemGone
    member = members.of_person(at, item.group_id, person_id)
    if member is None or member.state != "member":
        raise MeetingNotYours
    if item.meeting_id is not None:
        raise AgendaItemGone
    return item, Place(groups.by_id(at, item.group_id), member)


def _place(at: Reading, group_id: int, person_id: int) -> Place:
    return _holding(at, place_in(at, group_id, person_id))


def _place_in_chat(at: Reading, chat: Chat, person_id: int) -> Place:
    return _holding(at, my_place(at, chat, person_id))


def _holding(at: Reading, place: Place) -> Place:
    if not groups.agreement(at, place.group.id).does(PRACTICE):
        raise NoMeetingsHere
    return place


def _require_room(at: Reading, place: Place) -> None:
    waiting = store.waiting(at, place.group.id)
    if sum(one.member_id == place.member.id for one in waiting) >= rules.ITEMS_MAX:
        raise TooMuchOnAgenda(most=rules.ITEMS_MAX)


def _redraw(at: Transaction, group_id: int) -> None:
    ahead = meetings.current(at, group_id)
    if ahead is not None:
        meetings.redraw(at, ahead)
