"""Joining with consent, leaving, households, members without a phone, and who holds which office.

"I am in" is tapped in the group, which shows that somebody is there; consent is given in private,
in plain words. Every step is authorised by the facts: a link or a button gives no right.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.domain import consents, offices as office_rules
from bot.domain.errors import Refusal
from bot.practices import ballots, check_ins, meetings, peer_help, rounds, speaking, terms
from bot.storage import chats, groups, members, offices, outbox, people
from bot.storage.database import Reading, Transaction
from bot.storage.groups import Group
from bot.storage.members import Member
from bot.storage.outbox import Card

LINK_JOIN: Final = "join"
LINK_LEAVE: Final = "leave"
LINK_HOUSEHOLD: Final = "people"  # answered by households
CARD: Final = "setup"  # the group's welcome, with the count of members


class GroupNotReady(Refusal):
    """The group is not set up yet."""


class AlreadyAMember(Refusal):
    """Somebody who is in says that they are in. Facts: group."""


class NotYours(Refusal):
    """A link or a button that was made for somebody else, or for nobody."""


class NotTheFacilitator(Refusal):
    """Only the facilitator does this. Facts: facilitators (names)."""


class GroupDecidesWhoJoins(Refusal):
    """The group decides on whoever wants to join, and has not yet. Facts: group (its title)."""


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
    """Return what somebody is about to join. Raises NotYours, AlreadyAMember, GroupDecidesWhoJoins.

    Where the group decides who joins, it has to have done so; but where nobody is left, anybody
    may: no group is locked out of itself.
    """
    place = _own(at, member_id, person_id)
    if place.member.state == "member":
        raise AlreadyAMember(group=place.group.title)
    if place.member.state != "asked":
        raise NotYours
    agreement = groups.agreement(at, place.group.id)
    decides = agreement.joining.way == "decision" and members.count(at, place.group.id) > 0
    if decides and not members.is_admitted(at, member_id):
        raise GroupDecidesWhoJoins(group=place.group.title)
    return place


def consent_asked(at: Reading, member_id: int, person_id: int) -> dict[str, Any]:
    """Return what somebody is told before they say yes. Raises NotYours, AlreadyAMember."""
    place = look_at_consent(at, member_id, person_id)
    agreement = groups.agreement(at, place.group.id)
    return {
        "group": place.group,
        "member": place.member,
        "agreement": agreement,
        "practices": consents.offered(agreement),
    }


def consent(at: Transaction, member_id: int, person_id: int) -> dict[str, Any]:
    """Make somebody a member who said yes; return the facts of their welcome.

    Whoever set the group up becomes its facilitator. Raises NotYours, AlreadyAMember.
    """
    place = look_at_consent(at, member_id, person_id)
    members.set_state(at, member_id, "member")
    member = members.by_id(at, member_id)
    if place.group.added_by == person_id and not members.was_held(
        at, place.group.id, "facilitator"
    ):
        terms.begin(at, place.group.id, "facilitator", member_id)
    show_count(at, place.group)
    check_ins.member_joined(at, place.group.id, member_id)
    agreement = groups.agreement(at, place.group.id)
    return {
        "group": place.group,
        "member": member,
        "agreement": agreement,
        "offices": members.offices_of(at, member_id),
        "next_check_in_at": rounds.next_opening(at, place.group.id),
    }


def decline(at: Transaction, member_id: int, person_id: int) -> Place:
    """Ask no more: somebody said not now. Raises NotYours, AlreadyAMember."""
    place = look_at_consent(at, member_id, person_id)
    members.set_state(at, member_id, "left")
    return place


def asked_to(at: Reading, person_id: int) -> list[Place]:
    """Return the groups that await a person's consent."""
    return [Place(groups.by_id(at, one.group_id), one) for one in members.asked_to(at, person_id)]


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


def look_at_leaving(at: Reading, member_id: int, person_id: int) -> Place:
    """Return the group somebody is about to leave. Raises NotYours."""
    place = _own(at, member_id, person_id)
    if place.member.state != "member":
        raise NotYours
    return place


def leave(at: Transaction, member_id: int, person_id: int) -> Place:
    """Let a member go; their offices are laid down, the books stay as they are. Raises NotYours."""
    place = look_at_leaving(at, member_id, person_id)
    let_go(at, place)
    return place


def let_go(at: Transaction, place: Place) -> None:
    """Let a member go: their offices are laid down, and they are asked nothing any more."""
    held = members.offices_of(at, place.member.id)
    for office in held:
        members.lay_down_office(at, place.group.id, office, place.member.id)
    move_out(at, place.member)
    members.set_state(at, place.member.id, "left")
    check_ins.member_left(at, place.group.id, place.member.id)
    ballots.member_left(at, place.member.id)
    peer_help.member_left(at, place.member.id)
    meetings.member_left(at, place.group.id, place.member.id)
    if "facilitator" in held:
        terms.facilitator_left(at, place.group.id)
    show_count(at, place.group)


def move_out(at: Transaction, member: Member) -> None:
    """Let a member have a household of their own, where they share one.

    Each keeps what their own home had given: whoever began the household stays in it, and the
    others go on together in another; who joined it goes back to the one they began. What was given
    while they shared it stays with it. Those without a phone go with who writes for them.
    """
    shared = members.of_household(at, member.household_id)
    mine = [one for one in shared if member.id in {one.id, one.recorded_by}]
    others = [one for one in shared if one not in mine]
    if not others:  # only those they write for: these stay, or go, by themselves
        mine, others = [member], [one for one in shared if one.id != member.id]
    if not others:
        return
    is_theirs = members.begun_by(at, member.household_id) == member.id
    leaving = others if is_theirs else mine
    first = leaving[0] if is_theirs else member
    home = members.left_behind(at, first.id) or members.new_household(at, member.group_id, first.id)
    for one in leaving:
        members.move_to_household(at, one.id, home)


# -- who is in ----------------------------------------------------------------------------------


def list_members(at: Reading, chat: chats.Chat) -> dict[str, Any]:
    """Return who is in a group and who holds which office. Raises GroupNotReady."""
    group = _active_group(at, chat)
    everybody, held = members.of_group(at, group.id), offices.held(at, group.id)
    households: dict[int, list[Member]] = {}
    for member in everybody:
        households.setdefault(member.household_id, []).append(member)
    return {
        "group": group,
        "count": len(everybody),
        "households": list(households.values()),
        "offices": offices.by_office(held),
        "free": office_rules.free(
            groups.agreement(at, group.id), Counter(one.office for one in held)
        ),
        "household_url": speaking.link(at, LINK_HOUSEHOLD, group.id),
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


# -- who may do what ----------------------------------------------------------------------------


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


def show_count(at: Transaction, group: Group) -> None:
    """Bring the group's welcome up to date with how many are in."""
    outbox.show_card(at, CARD, group.id, group.chat_id, urgency=outbox.ANSWER)


CARDS: dict[str, Callable[[Reading, Card], Mapping[str, Any] | None]] = {}
RESULTS: dict[str, Callable[[Transaction, int, Any], None]] = {}
