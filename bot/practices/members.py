"""Joining with consent, leaving, households, members without a phone, and who holds which office.

"I am in" is tapped in the group, which shows that somebody is there; consent is given in private,
in plain words. Every step is authorised by the facts: a link or a button gives no right.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.domain.errors import Refusal
from bot.practices import check_ins, speaking
from bot.rendering.messages import clean_name
from bot.storage import chats, due, groups, members, outbox, people, questions
from bot.storage.database import Reading, Transaction
from bot.storage.groups import Group
from bot.storage.members import Member, Office
from bot.storage.outbox import Card

LINK_JOIN: Final = "join"
LINK_LEAVE: Final = "leave"
LINK_PEOPLE: Final = "people"
NAME_ASKED: Final = "member_name"
CARD: Final = "setup"  # the group's welcome, with the count of members
NAME_MAX: Final = 40
#: Offices a member may take up by a tap, with the facilitator's word.
OPEN_OFFICES: Final[tuple[Office, ...]] = ("treasurer", "witness")


class GroupNotReady(Refusal):
    """The group is not set up yet."""


class AlreadyAMember(Refusal):
    """Somebody who is in says that they are in. Facts: group."""


class NotYours(Refusal):
    """A link or a button that was made for somebody else, or for nobody."""


class NotTheFacilitator(Refusal):
    """Only the facilitator does this. Facts: facilitators (names)."""


class NameNotUnderstood(Refusal):
    """A name was asked for and something else came."""


class SameHousehold(Refusal):
    """They are one household already."""


class AloneInHousehold(Refusal):
    """Nobody else is in the household: there is nothing to part from."""


@dataclass(frozen=True)
class Place:
    """A member, and the group they are in."""

    group: Group
    member: Member


# -- joining ------------------------------------------------------------------------------------


def want_in(at: Transaction, chat: chats.Chat, person_id: int) -> Member:
    """Note that somebody in the group's chat wants to join; consent is asked in private.

    Raises GroupNotReady, AlreadyAMember.
    """
    group = _active_group(at, chat)
    known = members.of_person(at, group.id, person_id)
    if known is None:
        return members.add(at, group_id=group.id, person_id=person_id, state="asked")
    if known.state == "member":
        raise AlreadyAMember(group=group.title)
    members.set_state(at, known.id, "asked")
    return members.by_id(at, known.id)


def look_at_consent(at: Reading, member_id: int, person_id: int) -> Place:
    """Return what somebody is about to join. Raises NotYours, AlreadyAMember."""
    place = _own(at, member_id, person_id)
    if place.member.state == "member":
        raise AlreadyAMember(group=place.group.title)
    if place.member.state != "asked":
        raise NotYours
    return place


def consent(at: Transaction, member_id: int, person_id: int) -> dict[str, Any]:
    """Make somebody a member who said yes; return the facts of their welcome.

    Whoever set the group up becomes its facilitator. Raises NotYours, AlreadyAMember.
    """
    place = look_at_consent(at, member_id, person_id)
    members.set_state(at, member_id, "member")
    member = members.by_id(at, member_id)
    if place.group.added_by == person_id and not members.holders(at, place.group.id, "facilitator"):
        members.take_office(at, place.group.id, "facilitator", member_id)
    _show_count(at, place.group)
    check_ins.member_joined(at, place.group.id, member_id)
    agreement = groups.agreement(at, place.group.id)
    return {
        "group": place.group,
        "member": member,
        "agreement": agreement,
        "offices": members.offices_of(at, member_id),
        "next_check_in_at": due.waiting_at(at, "check_in_open", place.group.id),
    }


def decline(at: Transaction, member_id: int, person_id: int) -> Place:
    """Forget that somebody was asked who said not now. Raises NotYours, AlreadyAMember."""
    place = look_at_consent(at, member_id, person_id)
    members.set_state(at, member_id, "left")
    return place


# -- leaving ------------------------------------------------------------------------------------


def way_to_leave(at: Reading, chat: chats.Chat, person_id: int) -> str:
    """Return the link under which a member leaves in private. Raises GroupNotReady, NotAMember."""
    return speaking.link(at, LINK_LEAVE, my_place(at, chat, person_id).group.id)


def places_of(at: Reading, person_id: int) -> list[Place]:
    """Return the groups a person is in."""
    found = []
    for group_id in members.groups_of(at, person_id):
        member = members.of_person(at, group_id, person_id)
        assert member is not None
        found.append(Place(groups.by_id(at, group_id), member))
    return found


def leave(at: Transaction, member_id: int, person_id: int) -> Place:
    """Let a member go; their offices are laid down, the books stay as they are. Raises NotYours."""
    place = _own(at, member_id, person_id)
    if place.member.state != "member":
        raise NotYours
    _let_go(at, place)
    return place


def _let_go(at: Transaction, place: Place) -> None:
    for office in members.offices_of(at, place.member.id):
        members.lay_down_office(at, place.group.id, office, place.member.id)
    members.set_state(at, place.member.id, "left")
    members.move_to_household(at, place.member.id, members.new_household(at, place.group.id))
    check_ins.member_left(at, place.group.id, place.member.id)
    _show_count(at, place.group)


# -- who is in ----------------------------------------------------------------------------------


def list_members(at: Reading, chat: chats.Chat) -> dict[str, Any]:
    """Return who is in a group and who holds which office. Raises GroupNotReady."""
    group = _active_group(at, chat)
    everybody = members.of_group(at, group.id)
    households: dict[int, list[Member]] = {}
    for member in everybody:
        households.setdefault(member.household_id, []).append(member)
    return {
        "group": group,
        "count": len(everybody),
        "households": list(households.values()),
        "offices": {
            office: members.holders(at, group.id, office)
            for office in members.OFFICES
            if members.holders(at, group.id, office)
        },
        "household_url": speaking.link(at, LINK_PEOPLE, group.id),
    }


def my_place(at: Reading, chat: chats.Chat, person_id: int) -> Place:
    """Return the member somebody is in the group of this chat. Raises GroupNotReady, NotAMember."""
    group = _active_group(at, chat)
    return Place(group, members.require(at, group.id, person_id, group_title=group.title))


def place_in(at: Reading, group_id: int, person_id: int) -> Place:
    """Return the member somebody is in a group. Raises NotYours, NotAMember."""
    try:
        group = groups.by_id(at, group_id)
    except LookupError:
        raise NotYours from None
    return Place(group, members.require(at, group.id, person_id, group_title=group.title))


# -- somebody without a phone -------------------------------------------------------------------


def ask_for_name(at: Transaction, group_id: int, person_id: int, chat: chats.Chat) -> None:
    """Ask a member in private for the name of somebody without a phone. Raises NotAMember."""
    place = place_in(at, group_id, person_id)
    speaking.ask(
        at,
        person_id=person_id,
        chat=chat,
        language=place.member.language,
        message="members/name_asked",
        kind=NAME_ASKED,
        subject=group_id,
        group=place.group,
    )


def record_without_phone(at: Transaction, group_id: int, person_id: int, text: str) -> Place:
    """Add somebody without a phone, recorded by a member; return their place.

    They have a household of their own until they are put into the recorder's.
    Raises NotAMember, NameNotUnderstood.
    """
    recorder = place_in(at, group_id, person_id)
    name = clean_name(text, NAME_MAX)
    if not name or name.startswith("/"):
        raise NameNotUnderstood
    added = people.add(at, telegram_id=None, name=name, language=recorder.member.language)
    member = members.add(
        at,
        group_id=group_id,
        person_id=added.id,
        state="member",
        recorded_by=recorder.member.id,
    )
    questions.settle(at, person_id, NAME_ASKED, group_id)
    _show_count(at, recorder.group)
    return Place(recorder.group, member)


def take_into_household(at: Transaction, member_id: int, person_id: int) -> Place:
    """Put somebody without a phone into the household of who recorded them. Raises NotYours."""
    recorded = _member(at, member_id)
    recorder = members.of_person(at, recorded.group_id, person_id)
    if recorder is None or recorder.state != "member" or recorded.recorded_by != recorder.id:
        raise NotYours
    members.move_to_household(at, recorded.id, recorder.household_id)
    return Place(groups.by_id(at, recorded.group_id), members.by_id(at, member_id))


# -- households ---------------------------------------------------------------------------------


def household_choices(at: Reading, group_id: int, person_id: int) -> dict[str, Any]:
    """Return one's household, and whom one could ask to join it. Raises NotYours, NotAMember."""
    place = place_in(at, group_id, person_id)
    mine = members.of_household(at, place.member.household_id)
    others = [
        one
        for one in members.of_group(at, group_id)
        if one.household_id != place.member.household_id and one.has_phone
    ]
    return {"group": place.group, "me": place.member, "mine": mine, "others": others[:24]}


def ask_for_household(at: Transaction, member_id: int, person_id: int) -> tuple[Place, bool]:
    """Ask another member to be one household; say whether they could be asked in private.

    Raises NotYours, NotAMember, SameHousehold.
    """
    other = _member(at, member_id)
    me = place_in(at, other.group_id, person_id)
    if other.state != "member" or not other.has_phone or other.id == me.member.id:
        raise NotYours
    if other.household_id == me.member.household_id:
        raise SameHousehold
    request_id = members.ask_for_household(at, me.member, other)
    was_asked = speaking.say_to(
        at,
        other.person_id,
        "members/household_asked",
        group=me.group,
        asking=me.member,
        request_id=request_id,
    )
    return Place(me.group, other), was_asked


def answer_household(
    at: Transaction, request_id: int, person_id: int, *, agreed: bool
) -> dict[str, Any]:
    """Answer who asked to be one household; a no is told to nobody. Raises NotYours."""
    found = members.household_request(at, request_id)
    if found is None or found[1].person_id != person_id or found[2] != "asked":
        raise NotYours
    asking, other, _ = found
    group = groups.by_id(at, asking.group_id)
    members.answer_household_request(at, request_id, agreed=agreed)
    if agreed and asking.state == other.state == "member":
        members.move_to_household(at, other.id, asking.household_id)
        speaking.say_to(at, asking.person_id, "members/household_joined", group=group, other=other)
    return {"group": group, "other": asking, "agreed": agreed}


def part_from_household(at: Transaction, group_id: int, person_id: int) -> Place:
    """Give somebody a household of their own again. Raises NotAMember, AloneInHousehold."""
    place = place_in(at, group_id, person_id)
    if len(members.of_household(at, place.member.household_id)) == 1:
        raise AloneInHousehold
    members.move_to_household(at, place.member.id, members.new_household(at, group_id))
    return place


# -- offices ------------------------------------------------------------------------------------


def take_up_office(at: Transaction, group_id: int, person_id: int, office: Office) -> Place:
    """Let a member take up an office, or ask the facilitator for their word.

    Where there is no facilitator any member may take that office up: nobody is locked out.
    Raises NotYours, NotAMember.
    """
    place = place_in(at, group_id, person_id)
    facilitators = members.holders(at, group_id, "facilitator")
    if office == "facilitator" and facilitators:
        raise NotTheFacilitator(facilitators=[one.name for one in facilitators])
    if not facilitators or place.member.id in {one.id for one in facilitators}:
        members.take_office(at, group_id, office, place.member.id)
        return place
    for facilitator in facilitators:
        speaking.say_to(
            at,
            facilitator.person_id,
            "members/office_asked",
            group=place.group,
            member=place.member,
            office=office,
            office_number=members.OFFICES.index(office),
        )
    return place


def give_office(
    at: Transaction, member_id: int, person_id: int, office_number: int
) -> dict[str, Any]:
    """Let the facilitator give an office. Raises NotYours, NotTheFacilitator."""
    member = _member(at, member_id)
    place = require_facilitator(at, member.group_id, person_id)
    if member.state != "member" or office_number >= len(members.OFFICES):
        raise NotYours
    office = members.OFFICES[office_number]
    if office not in OPEN_OFFICES:
        raise NotYours
    members.take_office(at, member.group_id, office, member.id)
    facts: dict[str, Any] = {"group": place.group, "member": member, "office": office}
    speaking.say_to(at, member.person_id, "members/office_given", **facts)
    return facts


def require_facilitator(at: Reading, group_id: int, person_id: int) -> Place:
    """Return the facilitator's place. Raises NotYours, NotAMember, NotTheFacilitator."""
    place = place_in(at, group_id, person_id)
    if "facilitator" not in members.offices_of(at, place.member.id):
        names = [one.name for one in members.holders(at, group_id, "facilitator")]
        raise NotTheFacilitator(facilitators=names)
    return place


# -- language -----------------------------------------------------------------------------------


def choose_language(at: Transaction, person_id: int, language: str) -> None:
    """Keep the language somebody chose for themselves."""
    people.choose_language(at, person_id, language)


def _active_group(at: Reading, chat: chats.Chat) -> Group:
    group = groups.of_chat(at, chat.id)
    if group is None or group.state != "active":
        raise GroupNotReady
    return group


def _member(at: Reading, member_id: int) -> Member:
    try:
        return members.by_id(at, member_id)
    except LookupError:
        raise NotYours from None


def _own(at: Reading, member_id: int, person_id: int) -> Place:
    member = _member(at, member_id)
    if member.person_id != person_id:
        raise NotYours
    return Place(groups.by_id(at, member.group_id), member)


def _show_count(at: Transaction, group: Group) -> None:
    outbox.show_card(at, CARD, group.id, group.chat_id, urgency=outbox.ANSWER)


CARDS: dict[str, Callable[[Reading, Card], Mapping[str, Any] | None]] = {}
RESULTS: dict[str, Callable[[Transaction, int, Any], None]] = {}
