"""Offices: electing, and what is told to whom.

An election needs nobody's word but the group's: no one who holds an office can keep it from others.
"""

from bot.domain import offices as rules
from bot.domain.calendar import local
from bot.domain.errors import Refusal
from bot.domain.offices import Holding, Office
from bot.practices import speaking
from bot.practices.members import show_count
from bot.storage import groups, members
from bot.storage.database import Reading, Transaction
from bot.storage.members import Member


class TreasurerWitnesses(Refusal):
    """Whoever keeps the money does not hold the office of witness. Facts: name."""


class NotInGroup(Refusal):
    """Somebody who is not (any more) a member cannot hold an office. Facts: name."""


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
    holding = [Holding(one.id, one.household_id) for one in members.holders(at, group_id, office)]
    leaving = rules.make_room(
        office, holding, Holding(member.id, member.household_id), rules.seats(agreement, office)
    )
    for one in leaving:
        members.lay_down_office(at, group_id, office, one.member_id)
    members.lay_down_office(at, group_id, office, member.id)
    if office == "treasurer":
        members.lay_down_office(at, group_id, "witness", member.id)
    members.take_office(
        at,
        group_id,
        office,
        member.id,
        term_ends=rules.term_ends(agreement, local(at.now, agreement.zone).date()),
        decision_id=decision_id,
    )
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
