"""Work days: called by any member, with what is needed; the group sees how many come.

The evening before, whoever comes is reminded in private. On the evening of the day whoever called
it is asked what was done (practices/work_lists.py); witnesses confirm it, and it is in the book.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any, Final

from bot.domain import work_days as rules
from bot.domain.calendar import after_quiet, local, to_utc
from bot.domain.errors import Refusal
from bot.domain.quantities import parse_quantity
from bot.domain.work_days import HOURS_OF_DAY, NEEDS_MAX, TITLE_MAX, TooManyNeeds
from bot.practices import members as members_practice, speaking
from bot.practices.booking import WORK_DAY as CARD
from bot.practices.dues import Screen
from bot.rendering.messages import UNSEEN, cut
from bot.storage import (
    chats,
    contributions as claims,
    due,
    groups,
    members,
    outbox,
    people,
    questions,
    work_days as store,
)
from bot.storage.chats import Chat
from bot.storage.database import Reading, Transaction
from bot.storage.due import Due
from bot.storage.groups import Group
from bot.storage.ledger import Commodity
from bot.storage.members import Member
from bot.storage.outbox import Card
from bot.storage.questions import Question
from bot.storage.work_days import WorkDay

LINK: Final = "work"  # the purpose of the deep link to all of a group's; its number is the group's
DAY_LINK: Final = "workday"  # to one; its number is the work day's
TITLE_ASKED: Final = "work_title"  # the open questions: of the group
NEED_ASKED: Final = "work_need"  # of the work day
BRING_ASKED: Final = "work_bring"  # of the need
REMIND: Final = "work_remind"  # due for a work day: the evening before
OVER: Final = "work_over"  # due for a work day: its evening
EVENING: Final = 18  # o'clock
REMINDER_LATE: Final = timedelta(hours=14)
NOTED: Final = "👍"


class NoWorkDay(Refusal):
    """A work day that is not there, or is none of this person's."""


class WorkDayOver(Refusal):
    """A work day that is called off, or whose work is said already."""


class WorkWordsMissing(Refusal):
    """Words were asked for, and something else came."""


@dataclass(frozen=True)
class Place:
    """A work day, its group, and the member who looks at it."""

    day: WorkDay
    group: Group
    member: Member

    @property
    def is_caller(self) -> bool:
        """Whether it is theirs."""
        return self.day.called_by == self.member.id


# -- looking --------------------------------------------------------------------------------------


def find_mine(at: Transaction, person_id: int) -> Screen:
    """Return what /work shows in private: what comes and what one did, or which group.

    Raises NotAMember.
    """
    mine = members.groups_of(at, person_id)
    if not mine:
        raise members.NotAMember(group="")
    if len(mine) > 1:
        return Screen("work_days/which", {"groups": [groups.by_id(at, one) for one in mine]})
    return show_all(at, mine[0], person_id)


def find_in_group(at: Transaction, chat: Chat, person_id: int, message_id: int) -> Screen | None:
    """Open it in private; None where that was possible (the command gets a sign), else the way.

    Raises GroupNotReady, NotAMember.
    """
    place = members_practice.my_place(at, chat, person_id)
    private = chats.of_person(at, person_id)
    if private is None or private.state != "open":
        url = speaking.link(at, LINK, place.group.id)
        return Screen("work_days/way_in", {"url": url})
    shown = show_all(at, place.group.id, person_id)
    language = people.by_id(at, person_id).language
    speaking.say(at, private, language, shown.message, **shown.facts)
    noted = {"message_id": message_id, "reaction": [{"type": "emoji", "emoji": NOTED}]}
    outbox.queue(at, chat.id, {"method": "setMessageReaction", "params": noted})
    return None


def show_all(at: Transaction, group_id: int, person_id: int) -> Screen:
    """Return a group's work days ahead, and the way to say what one did. Raises NotAMember."""
    members.require(at, group_id, person_id)
    group = groups.by_id(at, group_id)
    for asked in (TITLE_ASKED, NEED_ASKED, BRING_ASKED):  # what was left half-way is left
        questions.settle(at, person_id, asked)
    found = store.coming(at, group_id, today_of(at, group_id))
    return Screen("work_days/all", {"group": group, "days": found})


def show_one(at: Reading, day_id: int, person_id: int) -> Screen:
    """Return one work day to a member: what is needed, who comes. Raises NoWorkDay."""
    place = place_of(at, day_id, person_id)
    if place.day.state == "draft":
        raise NoWorkDay
    return Screen("work_days/one", _facts(at, place))


def place_of(at: Reading, day_id: int, person_id: int) -> Place:
    """Return a work day to a member of its group. Raises NoWorkDay."""
    day = store.find(at, day_id)
    member = None if day is None else members.of_person(at, day.group_id, person_id)
    if day is None or member is None or member.state != "member":
        raise NoWorkDay
    return Place(day, groups.by_id(at, day.group_id), member)


def today_of(at: Reading, group_id: int) -> date:
    """Return today's date where the group lives."""
    return local(at.now, groups.agreement(at, group_id).zone).date()


def _facts(at: Reading, place: Place) -> dict[str, Any]:
    day = place.day
    comers = [members.by_id(at, one) for one in store.comers(at, day.id)]
    here = [one for one in comers if one.state == "member"]
    return {
        "group": place.group,
        "work": day,
        "needs": store.needs_of(at, day.id),
        "caller": members.by_id(at, day.called_by).name,
        "is_caller": place.is_caller,
        "comes": place.member.id in {one.id for one in here},
        # Who comes is told to whoever called it; to others how many.
        "names": [one.name for one in here] if place.is_caller else [],
        "count": len(here),
        "mine": {
            one.need_id: one.amount_minor
            for one in store.brings_of(at, day.id)
            if one.member_id == place.member.id
        },
        "is_today": day.day is not None and day.day <= today_of(at, place.group.id),
    }


# -- calling --------------------------------------------------------------------------------------


def ask_title(at: Transaction, chat: Chat, group_id: int, person_id: int) -> Screen:
    """Ask what is to be done together. Raises NotAMember."""
    members.require(at, group_id, person_id)
    questions.ask(at, person_id=person_id, chat_id=chat.id, kind=TITLE_ASKED, subject=group_id)
    return Screen("work_days/title_asked", {"group": groups.by_id(at, group_id)})


def take_title(at: Transaction, question: Question, text: str) -> Screen:
    """Begin a work day with what is to be done, and ask for its day. Raises WorkWordsMissing."""
    member = members.require(at, question.subject, question.person_id)
    words = _words(text)
    questions.settle(at, question.person_id, TITLE_ASKED, question.subject)
    day_id = store.add(at, question.subject, member.id, cut(words, TITLE_MAX))
    return day_screen(at, day_id, question.person_id, 0)


def _words(text: str) -> str:
    words = " ".join(UNSEEN.sub(" ", text).split())
    if not words:
        raise WorkWordsMissing
    return words


def day_screen(at: Reading, day_id: int, person_id: int, page: int) -> Screen:
    """Offer days for a draft. Raises NoWorkDay, WorkDayOver."""
    place = _draft(at, day_id, person_id)
    today = today_of(at, place.group.id)
    offered = rules.days_offered(today, page)
    return Screen(
        "work_days/day",
        {
            "group": place.group,
            "work": place.day,
            "days": offered,
            "page": page,
            "has_more": bool(rules.days_offered(today, page + 1)),
        },
    )


def choose_day(at: Transaction, day_id: int, person_id: int, number: int) -> Screen:
    """Choose the day, written as a number (20260314). Raises NoWorkDay, WorkDayOver."""
    place = _draft(at, day_id, person_id)
    try:
        day = date.fromisoformat(str(number))
    except ValueError:
        raise NoWorkDay from None
    if not rules.may_be_on(day, today_of(at, place.group.id)):
        raise NoWorkDay
    store.set_day(at, day_id, day)
    facts = {"group": place.group, "work": place.day, "day": day, "hours": HOURS_OF_DAY}
    return Screen("work_days/hour", facts)


def choose_hour(at: Transaction, chat: Chat, day_id: int, person_id: int, hour: int) -> Screen:
    """Choose when it begins, and ask what is needed. Raises NoWorkDay, WorkDayOver."""
    place = _draft(at, day_id, person_id)
    if hour not in HOURS_OF_DAY or place.day.day is None:
        raise NoWorkDay
    store.set_hour(at, day_id, hour)
    return _needs_screen(at, chat, day_id, person_id)


def take_needs(at: Transaction, chat: Chat, question: Question, text: str) -> Screen:
    """Add to what is needed. Raises NeedNotUnderstood, TooManyNeeds, NoWorkDay, WorkDayOver."""
    day_id = question.subject
    _draft(at, day_id, question.person_id)
    written = rules.parse_needs(text)
    if len(store.needs_of(at, day_id)) + len(written) > NEEDS_MAX:
        raise TooManyNeeds(most=NEEDS_MAX)
    for one in written:
        store.add_need(at, day_id, one)
    return _needs_screen(at, chat, day_id, question.person_id)


def remove_need(at: Transaction, chat: Chat, day_id: int, person_id: int, need_id: int) -> Screen:
    """Take something off a draft's needs. Raises NoWorkDay, WorkDayOver."""
    _draft(at, day_id, person_id)
    store.remove_need(at, day_id, need_id)
    return _needs_screen(at, chat, day_id, person_id)


def _needs_screen(at: Transaction, chat: Chat, day_id: int, person_id: int) -> Screen:
    place = _draft(at, day_id, person_id)
    if place.day.day is None:  # a press of another step: its day comes first
        raise NoWorkDay
    questions.ask(at, person_id=person_id, chat_id=chat.id, kind=NEED_ASKED, subject=day_id)
    facts = {
        "group": place.group,
        "work": place.day,
        "needs": store.needs_of(at, day_id),
        "has_room": len(store.needs_of(at, day_id)) < NEEDS_MAX,
    }
    return Screen("work_days/needs", facts)


def _draft(at: Reading, day_id: int, person_id: int) -> Place:
    place = place_of(at, day_id, person_id)
    if not place.is_caller:
        raise NoWorkDay
    if place.day.state != "draft":
        raise WorkDayOver
    return place


def call(at: Transaction, day_id: int, person_id: int) -> Screen:
    """Call the group to it: its card stands in the group from now on.

    A second tap shows what was called. Raises NoWorkDay, WorkDayOver.
    """
    place = place_of(at, day_id, person_id)
    if place.is_caller and place.day.state == "called":
        return show_one(at, day_id, person_id)
    place = _draft(at, day_id, person_id)
    if place.day.day is None or not rules.may_be_on(place.day.day, today_of(at, place.group.id)):
        raise WorkDayOver
    store.set_state(at, day_id, "called")
    store.come(at, day_id, place.member.id)
    questions.settle(at, person_id, NEED_ASKED, day_id)
    outbox.show_card(at, CARD, day_id, place.group.chat_id, urgency=outbox.ANSWER)
    agreement = groups.agreement(at, place.group.id)
    before = to_utc(place.day.day - timedelta(days=1), time(EVENING), agreement.zone)
    evening = to_utc(place.day.day, time(EVENING), agreement.zone)
    quiet = agreement.quiet_hours
    if before > at.now:
        before = after_quiet(before, quiet, agreement.zone)
        due.add(at, REMIND, day_id, "1", before, late=REMINDER_LATE)
    due.add(at, OVER, day_id, "1", after_quiet(evening, quiet, agreement.zone))
    return show_one(at, day_id, person_id)


def call_off(at: Transaction, day_id: int, person_id: int) -> Screen:
    """Call it off; who comes is told in private. Raises NoWorkDay, WorkDayOver.

    Whoever called it may, and who facilitates.
    """
    place = place_of(at, day_id, person_id)
    facilitates = "facilitator" in members.offices_of(at, place.member.id)
    if not (place.is_caller or facilitates):
        raise NoWorkDay
    if place.day.state != "called":
        raise WorkDayOver
    store.set_state(at, day_id, "off")
    due.cancel(at, REMIND, day_id)
    due.cancel(at, OVER, day_id)
    outbox.show_card(at, CARD, day_id, place.group.chat_id, urgency=outbox.ANSWER)
    for member_id in store.comers(at, day_id):
        comer = members.by_id(at, member_id)
        if comer.id != place.member.id and comer.state == "member":
            speaking.say_to(
                at,
                comer.person_id,
                "work_days/off_told",
                key=f"work_off:{day_id}:{comer.id}",
                group=place.group,
                work=place.day,
                who=place.member.name,
            )
    return show_all(at, place.group.id, person_id)


# -- coming, and bringing something ---------------------------------------------------------------


def come(at: Transaction, day_id: int, person_id: int) -> tuple[Place, bool]:
    """Say that one comes, or not any more; return whether one comes now.

    Raises NoWorkDay, WorkDayOver.
    """
    place = _open(at, day_id, person_id)
    comes = store.come(at, day_id, place.member.id)
    if not comes:
        for need in store.needs_of(at, day_id):
            store.bring(at, need.id, place.member.id, 0)
    outbox.update_card(at, CARD, day_id, place.group.chat_id, urgency=outbox.ANSWER)
    return place, comes


def ask_bring(at: Transaction, chat: Chat, need_id: int, person_id: int) -> Screen:
    """Ask how much of something one brings. Raises NoWorkDay, WorkDayOver."""
    place, need = _need(at, need_id, person_id)
    questions.ask(at, person_id=person_id, chat_id=chat.id, kind=BRING_ASKED, subject=need_id)
    facts = {"group": place.group, "work": place.day, "need": need}
    return Screen("work_days/bring_asked", facts)


def take_bring(at: Transaction, question: Question, text: str) -> Screen:
    """Keep how much one brings. Raises QuantityNotUnderstood, NoWorkDay, WorkDayOver."""
    return bring(at, question.subject, question.person_id, parse_quantity(text))


def bring(at: Transaction, need_id: int, person_id: int, amount_minor: int) -> Screen:
    """Bring so much of something (hundredths; 0: nothing any more). Raises as `take_bring`."""
    place, need = _need(at, need_id, person_id)
    if amount_minor < 0 or amount_minor > 100 * max(need.amount_minor, 1):
        raise NoWorkDay
    store.bring(at, need_id, place.member.id, amount_minor)
    if amount_minor and place.member.id not in store.comers(at, place.day.id):
        store.come(at, place.day.id, place.member.id)
    questions.settle(at, person_id, BRING_ASKED, need_id)
    outbox.update_card(at, CARD, place.day.id, place.group.chat_id, urgency=outbox.ANSWER)
    return show_one(at, place.day.id, person_id)


def _need(at: Reading, need_id: int, person_id: int) -> tuple[Place, store.Need]:
    day_id = store.day_of_need(at, need_id)
    if day_id is None:
        raise NoWorkDay
    place = _open(at, day_id, person_id)
    return place, next(one for one in store.needs_of(at, day_id) if one.id == need_id)


def _open(at: Reading, day_id: int, person_id: int) -> Place:
    place = place_of(at, day_id, person_id)
    if place.day.state == "draft":
        raise NoWorkDay
    if place.day.state != "called":
        raise WorkDayOver
    return place


# -- what time starts -----------------------------------------------------------------------------


def remind_when_due(at: Transaction, waiting: Due) -> None:
    """The evening before: remind those who come, in private, of what they said they bring."""
    day = store.find(at, waiting.subject)
    if day is None or day.state != "called":
        return
    group = groups.by_id(at, day.group_id)
    for member_id in store.comers(at, day.id):
        comer = members.by_id(at, member_id)
        if comer.state != "member":
            continue
        facts = _facts(at, Place(day, group, comer)) | {"is_reminder": True}
        speaking.say_to(
            at,
            comer.person_id,
            "work_days/reminder",
            key=f"work_remind:{day.id}:{comer.id}",
            urgency=speaking.UNASKED,
            expires_at=at.now + REMINDER_LATE,
            **facts,
        )


def over_when_due(at: Transaction, waiting: Due) -> None:
    """The evening of the day: ask whoever called it what was done."""
    day = store.find(at, waiting.subject)
    if day is None or day.state != "called":
        return
    caller = members.by_id(at, day.called_by)
    speaking.say_to(
        at,
        caller.person_id,
        "work_days/over",
        key=f"work_over:{day.id}",
        urgency=speaking.UNASKED,
        group=groups.by_id(at, day.group_id),
        work=day,
    )


# -- the card -------------------------------------------------------------------------------------


def _card(at: Reading, card: Card) -> Mapping[str, Any] | None:
    """Draw a work day in its group: what is needed, how many come, what was done."""
    day = store.find(at, card.subject)
    group = groups.of_chat(at, card.chat_id)
    if day is None or group is None or day.group_id != group.id:
        return None
    here = [one for one in store.comers(at, day.id) if members.by_id(at, one).state == "member"]
    return speaking.card_content(
        group.language,
        "work_days/card",
        work=day,
        caller=members.by_id(at, day.called_by).name,
        needs=store.needs_of(at, day.id),
        count=len(here),
        done=_in_the_book(at, day),
        url=speaking.link(at, DAY_LINK, day.id),
    )


def _in_the_book(at: Reading, day: WorkDay) -> list[tuple[int, Commodity]]:
    """Return what was done and brought, as far as witnesses have confirmed it."""
    sums: dict[Commodity, int] = {}
    for claim in [] if day.list_id is None else claims.of_batch(at, day.list_id):
        if claims.state_of(at, claim) == "booked":
            sums[claim.commodity] = sums.get(claim.commodity, 0) + claim.amount_minor
    return [(amount, commodity) for commodity, amount in sums.items()]


CARDS: dict[str, Callable[[Reading, Card], Mapping[str, Any] | None]] = {CARD: _card}
RESULTS: dict[str, Callable[[Transaction, int, Any], None]] = {}
