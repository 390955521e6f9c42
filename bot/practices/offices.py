"""Offices: taken up with the facilitator's word, handed over, laid down, elected by the group.

An election needs nobody's word but the group's, and where nobody facilitates any member may take
that up: no one who holds an office can keep it from others. Nobody's standing in the Telegram
chat gives them one, or takes it from them.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from bot.domain import offices as rules
from bot.domain.errors import Refusal
from bot.domain.offices import OFFICES, Holding, Office, TreasurerWitnesses
from bot.practices import speaking, terms
from bot.practices.members import (
    NotYours,
    Place,
    place_in,
    places_of,
    require_facilitator,
    show_count,
)
from bot.storage import groups, members, offices as store
from bot.storage.database import Reading, Transaction
from bot.storage.members import Member
from bot.storage.offices import Offer
from bot.storage.outbox import Card

PAGE: Final = 8  # members on a page of buttons


class NotInGroup(Refusal):
    """Somebody who is not (any more) a member cannot hold an office. Facts: name."""


class OnlyElected(Refusal):
    """The group agreed that its offices are filled by election. Facts: office."""


class TakerNotReachable(Refusal):
    """Whoever is to take an office over has no private chat with us. Facts: name."""


class OfferOver(Refusal):
    """An office was offered, and things have changed since."""


# -- taking up ------------------------------------------------------------------------------------


def take_up(at: Transaction, group_id: int, person_id: int, number: int) -> str:
    """Let a member take up an office, or ask the facilitator for their word.

    Where there is no facilitator any member may take that office up: nobody is locked out.
    Returns what came of it: "held" (already), "taken", "asked", "nobody_to_ask" (no facilitator
    has a private chat with us). Raises NotYours, NotAMember, OnlyElected, and what
    `rules.require_may_take` raises.
    """
    place = place_in(at, group_id, person_id)
    office = _office(number, OFFICES)
    if office in members.offices_of(at, place.member.id):
        return "held"
    facilitators = members.holders(at, group_id, "facilitator")
    if facilitators or office != "facilitator":
        require_not_elected(at, group_id, office)
    require_may_take(at, office, place.member)
    if not facilitators or place.member.id in {one.id for one in facilitators}:
        terms.begin(at, group_id, office, place.member.id)
        show_count(at, place.group)
        return "taken"
    reached = [one for one in facilitators if speaking.can_say_to(at, one.person_id)]
    for facilitator in reached:
        speaking.say_to(
            at,
            facilitator.person_id,
            "members/office_asked",
            key=f"office {number} {place.member.id} {facilitator.id} {at.now:%Y-%m-%d}",
            group=place.group,
            member=place.member,
            office=office,
            office_number=number,
        )
    return "asked" if reached else "nobody_to_ask"


def give(at: Transaction, member_id: int, person_id: int, number: int) -> dict[str, Any]:
    """Let the facilitator give an office.

    Raises NotYours, NotAMember, NotTheFacilitator, OnlyElected, and what `rules.require_may_take`
    raises.
    """
    office = _office(number, OFFICES)
    member = _member(at, member_id)
    place = require_facilitator(at, member.group_id, person_id)
    if member.state != "member":
        raise NotYours
    facts: dict[str, Any] = {"group": place.group, "member": member, "office": office}
    if office not in members.offices_of(at, member.id):
        require_not_elected(at, member.group_id, office)
        require_may_take(at, office, member)
        terms.begin(at, member.group_id, office, member.id)
        speaking.say_to(at, member.person_id, "members/office_given", **facts)
    return facts


def keep(at: Reading, member_id: int, person_id: int, number: int) -> dict[str, Any]:
    """Let the facilitator leave an office as it is. Raises as `give` does."""
    member = _member(at, member_id)
    place = require_facilitator(at, member.group_id, person_id)
    return {"group": place.group, "member": member, "office": _office(number, OFFICES)}


def lay_down(at: Transaction, group_id: int, person_id: int, number: int) -> dict[str, Any]:
    """Let somebody lay down an office they hold. Raises NotYours, NotAMember."""
    place = place_in(at, group_id, person_id)
    office = _office(number, members.offices_of(at, place.member.id))
    members.lay_down_office(at, group_id, office, place.member.id)
    show_count(at, place.group)
    return {"group": place.group, "office": office}


def require_not_elected(at: Reading, group_id: int, office: Office) -> None:
    """Hold a group to its word that offices are filled by election. Raises OnlyElected."""
    if groups.agreement(at, group_id).offices.way == "election":
        raise OnlyElected(office=office)


def require_may_take(
    at: Reading, office: Office, member: Member, *, giver: Member | None = None
) -> None:
    """Hold a member to the rules of an office. Raises what `rules.require_may_take` raises."""
    rules.require_may_take(
        office,
        Holding(member.id, member.household_id, member.name),
        {one: _holding(at, member.group_id, one) for one in OFFICES},
        rules.seats(groups.agreement(at, member.group_id), office),
        giver=None if giver is None else giver.id,
    )


# -- handing over ---------------------------------------------------------------------------------


def takers(at: Reading, group_id: int, person_id: int, number: int, page: int) -> dict[str, Any]:
    """Return to whom an office may be handed over. Raises NotYours, NotAMember, OnlyElected."""
    place, office = _held_by(at, group_id, person_id, number)
    able = [one for one in members.of_group(at, group_id) if _is_able(at, office, one, place)]
    shown = able[page * PAGE : (page + 1) * PAGE]
    return {
        "group": place.group,
        "office": office,
        "office_number": number,
        "members": shown,
        "page": page,
        "has_more": len(able) > (page + 1) * PAGE,
    }


def offer(at: Transaction, member_id: int, person_id: int, number: int) -> dict[str, Any]:
    """Ask a member in private to take over an office that one holds.

    Raises NotYours, NotAMember, OnlyElected, TakerNotReachable, and what `rules.require_may_take`
    raises.
    """
    taker = _member(at, member_id)
    place, office = _held_by(at, taker.group_id, person_id, number)
    if taker.state != "member" or taker.id == place.member.id:
        raise NotYours
    require_may_take(at, office, taker, giver=place.member)
    if not speaking.can_say_to(at, taker.person_id):
        raise TakerNotReachable(name=taker.name)
    offer_id = store.offer(at, place.member, taker, office)
    facts: dict[str, Any] = {"group": place.group, "office": office}
    speaking.say_to(
        at, taker.person_id, "offices/offered", giver=place.member, offer_id=offer_id, **facts
    )
    return facts | {"member": taker}


def answer(at: Transaction, offer_id: int, person_id: int, *, yes: bool) -> dict[str, Any]:
    """Take an office over, or not; whoever offered it is told.

    The term goes on as it was. Raises NotYours, OfferOver, OnlyElected, and what
    `rules.require_may_take` raises.
    """
    found = store.offer_by_id(at, offer_id)
    if found is None or found.taker.person_id != person_id:
        raise NotYours
    ends = _require_open(at, found)
    group = groups.by_id(at, found.group_id)
    facts: dict[str, Any] = {"group": group, "office": found.office}
    if yes:
        require_not_elected(at, group.id, found.office)
        require_may_take(at, found.office, found.taker, giver=found.giver)
        members.lay_down_office(at, group.id, found.office, found.giver.id)
        terms.begin(at, group.id, found.office, found.taker.id, ends=ends)
        show_count(at, group)
        chat, told = groups.chat_of(at, group), facts | {"giver": found.giver}
        speaking.say(at, chat, group.language, "offices/handed_over", taker=found.taker, **told)
    store.answer(at, found.id, "agreed" if yes else "declined")
    speaking.say_to(
        at, found.giver.person_id, "offices/offer_answered", taker=found.taker, yes=yes, **facts
    )
    return facts | {"yes": yes}


def _require_open(at: Reading, found: Offer) -> date | None:
    """Return when the term ends that is handed over. Raises OfferOver."""
    holding = store.holding_of(at, found.giver.id, found.office)
    if found.state != "asked" or found.taker.state != "member" or holding is None:
        raise OfferOver
    if found.giver.state != "member":
        raise OfferOver
    return holding.ends


def _held_by(at: Reading, group_id: int, person_id: int, number: int) -> tuple[Place, Office]:
    """Return who hands over which office. Raises NotYours, NotAMember, OnlyElected."""
    place = place_in(at, group_id, person_id)
    office = _office(number, members.offices_of(at, place.member.id))
    require_not_elected(at, group_id, office)
    return place, office


def _is_able(at: Reading, office: Office, member: Member, place: Place) -> bool:
    if member.id == place.member.id or not member.has_phone:
        return False
    if office in members.offices_of(at, member.id):
        return False
    try:
        require_may_take(at, office, member, giver=place.member)
    except Refusal:
        return False
    return True


# -- electing -------------------------------------------------------------------------------------


def elect(
    at: Transaction, group_id: int, office: Office, member_id: int, decision_id: int
) -> list[Member]:
    """Let a member hold an office by the group's decision; return who stepped down for them.

    Where all seats are taken whoever has served longest steps down, and so does a witness of the
    same household. Elected again, a member begins a new term. An elected treasurer lays the office
    of witness down. Raises NotInGroup, TreasurerWitnesses.
    """
    member = require_electable(at, group_id, office, member_id)
    agreement = groups.agreement(at, group_id)
    elected = Holding(member.id, member.household_id, member.name)
    leaving = rules.make_room(
        office, _holding(at, group_id, office), elected, rules.seats(agreement, office)
    )
    for one in leaving:
        members.lay_down_office(at, group_id, office, one.member_id)
    members.lay_down_office(at, group_id, office, member.id)
    if office == "treasurer":
        members.lay_down_office(at, group_id, "witness", member.id)
    terms.begin(at, group_id, office, member.id, decision_id=decision_id)
    group = groups.by_id(at, group_id)
    show_count(at, group)
    stepped_down = [members.by_id(at, one.member_id) for one in leaving]
    speaking.say_to(at, member.person_id, "offices/elected", group=group, office=office)
    for former in stepped_down:
        speaking.say_to(
            at, former.person_id, "offices/stepped_down", group=group, office=office, member=member
        )
    return stepped_down


def require_electable(at: Reading, group_id: int, office: Office, member_id: int) -> Member:
    """Return a member who may be elected to an office. Raises NotInGroup, TreasurerWitnesses."""
    member = members.find(at, member_id)
    if member is None or member.group_id != group_id:
        raise NotInGroup(name=None)
    if member.state != "member":
        raise NotInGroup(name=member.name)
    if office == "witness" and "treasurer" in members.offices_of(at, member.id):
        raise TreasurerWitnesses(name=member.name)
    return member


def keep_one_witness(at: Transaction, group_id: int, household_id: int) -> None:
    """Hold a household that has grown to one witness: the longest serving; the others are told."""
    at_home = [
        one for one in members.holders(at, group_id, "witness") if one.household_id == household_id
    ]
    for other in at_home[1:]:
        members.lay_down_office(at, group_id, "witness", other.id)
        group = groups.by_id(at, group_id)
        facts: dict[str, Any] = {"group": group, "office": "witness", "member": at_home[0]}
        speaking.say_to(at, other.person_id, "offices/one_a_household", **facts)


# -- who holds what -------------------------------------------------------------------------------


def held_by(at: Reading, person_id: int) -> list[tuple[Place, list[Office]]]:
    """Return the groups a person is in, each with the offices they hold there."""
    return [(one, members.offices_of(at, one.member.id)) for one in places_of(at, person_id)]


def _holding(at: Reading, group_id: int, office: Office) -> list[Holding]:
    return [
        Holding(one.id, one.household_id, one.name) for one in members.holders(at, group_id, office)
    ]


def _office(number: int, among: Sequence[Office]) -> Office:
    office = OFFICES[number] if number < len(OFFICES) else None
    if office is None or office not in among:
        raise NotYours
    return office


def _member(at: Reading, member_id: int) -> Member:
    member = members.find(at, member_id)
    if member is None:
        raise NotYours
    return member


CARDS: dict[str, Callable[[Reading, Card], Mapping[str, Any] | None]] = {}
RESULTS: dict[str, Callable[[Transaction, int, Any], None]] = {}
