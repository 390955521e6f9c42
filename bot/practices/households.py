"""Households, and members without a phone, whom another member records.

Contributions, and votes by household, count once for a household. Two who share a home become one
when both agree; either may part again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.domain.errors import Refusal
from bot.practices import check_ins, offices, speaking, vouching
from bot.practices.members import NotYours, Place, let_go, move_out, place_in, show_count
from bot.rendering.messages import clean_name
from bot.storage import chats, groups, members, people, questions
from bot.storage.database import Reading, Transaction
from bot.storage.members import Member
from bot.storage.outbox import Card

LINK: Final = "people"
NAME_ASKED: Final = "member_name"
NAME_MAX: Final = 40
SHOWN_MAX: Final = 24  # buttons under one message


class NameNotUnderstood(Refusal):
    """A name was asked for and something else came."""


class SameHousehold(Refusal):
    """They are one household already."""


class AloneInHousehold(Refusal):
    """Nobody else is in the household: there is nothing to part from."""


@dataclass(frozen=True)
class Home:
    """What a member sees of their household: who is in it, whom to ask, for whom they write.

    `unknown`: those without a phone who give no vote until somebody like this member knows them.
    """

    place: Place
    mine: list[Member]
    others: list[Member]
    without_phone: list[Member]
    unknown: list[Member]


def look(at: Reading, group_id: int, person_id: int) -> Home:
    """Return one's household, and what can be done about it. Raises NotYours, NotAMember."""
    place = place_in(at, group_id, person_id)
    everybody = members.of_group(at, group_id)
    me = place.member
    return Home(
        place=place,
        mine=[one for one in everybody if one.household_id == me.household_id],
        others=[one for one in everybody if one.household_id != me.household_id and one.has_phone][
            :SHOWN_MAX
        ],
        without_phone=[one for one in everybody if _may_act_for(at, me, one)][:SHOWN_MAX],
        unknown=vouching.waiting_for(at, me)[:SHOWN_MAX],
    )


def _may_act_for(at: Reading, me: Member, other: Member) -> bool:
    """Whether a member acts for somebody without a phone: who recorded them, or the facilitator."""
    if other.has_phone or other.group_id != me.group_id:
        return False
    return other.recorded_by == me.id or "facilitator" in members.offices_of(at, me.id)


# -- somebody without a phone -------------------------------------------------------------------


def ask_for_name(at: Transaction, group_id: int, person_id: int, chat: chats.Chat) -> None:
    """Ask a member in private for the name of somebody without a phone.

    Raises NotYours, NotAMember.
    """
    place = place_in(at, group_id, person_id)
    if not chat.is_private:
        raise NotYours
    speaking.ask(
        at,
        person_id=person_id,
        chat=chat,
        language=place.member.language,
        message="households/name_asked",
        kind=NAME_ASKED,
        subject=group_id,
        group=place.group,
    )


def name_somebody(at: Transaction, group_id: int, person_id: int, text: str) -> Place:
    """Note somebody without a phone by their name; they are in once the recorder confirms it.

    Raises NotAMember, NameNotUnderstood.
    """
    recorder = place_in(at, group_id, person_id)
    name = clean_name(text, NAME_MAX)
    if not any(sign.isalnum() for sign in name):
        raise NameNotUnderstood
    added = people.add(at, telegram_id=None, name=name, language=recorder.member.language)
    member = members.add(
        at,
        group_id=group_id,
        person_id=added.id,
        state="asked",
        recorded_by=recorder.member.id,
    )
    questions.settle(at, person_id, NAME_ASKED, group_id)
    return Place(recorder.group, member)


def record(at: Transaction, member_id: int, person_id: int, *, in_mine: bool) -> dict[str, Any]:
    """Let somebody without a phone be a member: of the recorder's household, or of their own.

    Members of other households are asked whether they know them: until then they give no vote.
    Where the group decides who joins, it decides first. Raises NotYours, NotAMember.
    """
    named, recorder = _named_by(at, member_id, person_id)
    if in_mine:
        members.move_to_household(at, named.id, recorder.member.household_id)
    facts: dict[str, Any] = {"in_mine": in_mine, "asked": [], "waits": True}
    if groups.agreement(at, named.group_id).joining.way != "decision":
        member = _enter(at, named.id)
        facts |= {"waits": False, "asked": vouching.ask_for(at, member)}
    return facts | {"place": Place(recorder.group, members.by_id(at, named.id))}


def let_in(at: Transaction, member: Member) -> None:
    """Let somebody without a phone be a member, as the group decided; who recorded them is told."""
    member = _enter(at, member.id)
    recorder = members.by_id(at, member.recorded_by or member.id)
    group = groups.by_id(at, member.group_id)
    speaking.say_to(at, recorder.person_id, "households/let_in", place=Place(group, member))


def _enter(at: Transaction, member_id: int) -> Member:
    members.set_state(at, member_id, "member")
    member = members.by_id(at, member_id)
    check_ins.member_joined(at, member.group_id, member.id)
    show_count(at, groups.by_id(at, member.group_id))
    return member


def take_back(at: Transaction, member_id: int, person_id: int) -> Place:
    """Forget a name that was not right. Raises NotYours, NotAMember."""
    named, recorder = _named_by(at, member_id, person_id)
    members.set_state(at, named.id, "left")
    people.forget_name(at, named.person_id)
    return recorder


def _named_by(at: Reading, member_id: int, person_id: int) -> tuple[Member, Place]:
    named = members.find(at, member_id)
    if named is None or named.state != "asked" or named.recorded_by is None:
        raise NotYours
    recorder = place_in(at, named.group_id, person_id)
    if named.recorded_by != recorder.member.id:
        raise NotYours
    return named, recorder


def look_at(at: Reading, member_id: int, person_id: int) -> dict[str, Any]:
    """Return what can be done for somebody without a phone. Raises NotYours, NotAMember."""
    other, me = _acting_for(at, member_id, person_id)
    alone = len(members.of_household(at, other.household_id)) == 1
    shares = other.household_id == me.member.household_id
    facts = {"group": me.group, "member": other, "alone": alone, "shares": shares}
    is_recorder = other.recorded_by == me.member.id
    return facts | {"unknown": vouching.waits(other), "is_recorder": is_recorder}


def move(at: Transaction, member_id: int, person_id: int, *, in_mine: bool) -> dict[str, Any]:
    """Put somebody without a phone into one's own household, or into one of their own.

    Whoever shares a home with them gives their vote. So where it was not them who wrote for
    somebody so far (but the facilitator, say, once that one has left), they do from now, and others
    are asked anew whether they know them.
    Raises NotYours, NotAMember.
    """
    other, me = _acting_for(at, member_id, person_id)
    alone = len(members.of_household(at, other.household_id)) == 1
    if in_mine:
        members.move_to_household(at, other.id, me.member.household_id)
        if other.recorded_by != me.member.id:
            members.hand_to(at, other.id, me.member.id)
            vouching.ask_for(at, members.by_id(at, other.id))
    elif not alone:
        home = members.left_behind(at, other.id) or members.new_household(
            at, other.group_id, other.id
        )
        members.move_to_household(at, other.id, home)
    return look_at(at, member_id, person_id)


def let_leave(at: Transaction, member_id: int, person_id: int) -> Place:
    """Let somebody without a phone leave, as they said. Raises NotYours, NotAMember."""
    other, me = _acting_for(at, member_id, person_id)
    place = Place(me.group, other)
    let_go(at, place)
    return place


def _acting_for(at: Reading, member_id: int, person_id: int) -> tuple[Member, Place]:
    other = members.find(at, member_id)
    if other is None or other.state != "member":
        raise NotYours
    me = place_in(at, other.group_id, person_id)
    if not _may_act_for(at, me.member, other):
        raise NotYours
    return other, me


# -- two who share a home -----------------------------------------------------------------------


def ask(at: Transaction, member_id: int, person_id: int) -> tuple[Place, bool]:
    """Ask another member to be one household; say whether they could be asked in private.

    Asked twice on one day, they are told once. Raises NotYours, NotAMember, SameHousehold.
    """
    other = members.find(at, member_id)
    if other is None:
        raise NotYours
    me = place_in(at, other.group_id, person_id)
    if other.state != "member" or not other.has_phone or other.id == me.member.id:
        raise NotYours
    if other.household_id == me.member.household_id:
        raise SameHousehold
    can_be_asked = speaking.can_say_to(at, other.person_id)
    if can_be_asked:
        request_id = members.ask_for_household(at, me.member, other)
        speaking.say_to(
            at,
            other.person_id,
            "households/asked",
            key=f"household {me.member.id} {other.id} {at.now:%Y-%m-%d}",
            group=me.group,
            asking=me.member,
            request_id=request_id,
        )
    return Place(me.group, other), can_be_asked


def answer(at: Transaction, request_id: int, person_id: int, *, agreed: bool) -> dict[str, Any]:
    """Answer who asked to be one household; a no is told to nobody. Raises NotYours."""
    found = members.household_request(at, request_id)
    if found is None or found[1].person_id != person_id or found[2] != "asked":
        raise NotYours
    asking, other, _ = found
    if asking.state != "member" or other.state != "member":
        raise NotYours
    group = groups.by_id(at, asking.group_id)
    members.answer_household_request(at, request_id, agreed=agreed)
    if agreed:
        _move_in(at, other, asking.household_id)
        speaking.say_to(at, asking.person_id, "households/joined", group=group, other=other)
    return {"group": group, "other": asking, "agreed": agreed}


def _move_in(at: Transaction, member: Member, household_id: int) -> None:
    """Put a member into a household; those at home without a phone for whom they write come too."""
    for one in members.of_household(at, member.household_id):
        if member.id in {one.id, one.recorded_by}:
            members.move_to_household(at, one.id, household_id)
    offices.keep_one_witness(at, member.group_id, household_id)


def part(at: Transaction, group_id: int, person_id: int) -> Place:
    """Give somebody a household of their own again.

    Raises NotYours, NotAMember, AloneInHousehold.
    """
    place = place_in(at, group_id, person_id)
    if len(members.of_household(at, place.member.household_id)) == 1:
        raise AloneInHousehold
    move_out(at, place.member)
    return place


CARDS: dict[str, Callable[[Reading, Card], Mapping[str, Any] | None]] = {}
RESULTS: dict[str, Callable[[Transaction, int, Any], None]] = {}
