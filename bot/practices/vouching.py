"""Somebody without a phone gives a vote once a member of another household says they know them.

Everything else counts from the first day: contributions, meetings, help. But whoever records a name
also gives its vote, and one member could make as many votes as they can think of names. So another
household witnesses it, as it witnesses money; whom the group itself decided to have needs nobody.
"""

from typing import Any, Final

from bot.domain.calendar import after_quiet
from bot.domain.errors import Refusal
from bot.practices import speaking
from bot.practices.members import NotYours, Place, place_in
from bot.storage import due, groups, members
from bot.storage.database import Reading, Transaction
from bot.storage.due import Due
from bot.storage.members import Member

ASKS: Final = "vouch_asks"  # due for a member without a phone: the night is over
ASKED_AT_A_TIME: Final = 3


class KnownAtHome(Refusal):
    """Who recorded somebody, or shares a home with one of them, cannot be who else knows them."""


class KnownAlready(Refusal):
    """Somebody has said so already."""


def waits(member: Member) -> bool:
    """Whether somebody is in and gives no vote yet."""
    return member.state == "member" and not member.may_vote


def ask_for(at: Transaction, other: Member) -> list[Member]:
    """Ask those who may know somebody, in private, three at a time; at night in the morning.

    Asked again it asks the next ones. Return who is asked now; nobody where nobody can be reached.
    """
    agreement = groups.agreement(at, other.group_id)
    morning = after_quiet(at.now, agreement.quiet_hours, agreement.zone)
    if morning > at.now:
        due.add(at, ASKS, other.id, "morning", morning)
        return [one for one in _able(at, other) if speaking.can_say_to(at, one.person_id)][
            :ASKED_AT_A_TIME
        ]
    asked: list[Member] = []
    for one in _able(at, other):
        if len(asked) < ASKED_AT_A_TIME and _ask(at, other, one):
            asked.append(one)
    return asked


def ask_when_due(at: Transaction, occasion: Due) -> None:
    """The night is over: ask."""
    other = members.by_id(at, occasion.subject)
    if waits(other):
        ask_for(at, other)


def ask_again(at: Transaction, member_id: int, person_id: int) -> tuple[Place, list[Member]]:
    """Ask others, for who writes for somebody. Raises NotYours, NotAMember, KnownAlready."""
    other, me = _waiting(at, member_id, person_id)
    if other.recorded_by != me.member.id and other.household_id != me.member.household_id:
        raise NotYours
    return Place(me.group, other), ask_for(at, other)


def may_know(at: Reading, me: Member, other: Member) -> bool:
    """Whether a member is of another household than somebody's own and than who recorded them's."""
    recorder = None if other.recorded_by is None else members.find(at, other.recorded_by)
    homes = {one.household_id for one in (other, recorder) if one is not None}
    return me.has_phone and me.group_id == other.group_id and me.household_id not in homes


def waiting_for(at: Reading, me: Member) -> list[Member]:
    """Return for whom a member can say that they know them, and nobody has yet."""
    everybody = members.of_group(at, me.group_id)
    return [one for one in everybody if waits(one) and may_know(at, me, one)]


def look(at: Reading, member_id: int, person_id: int) -> dict[str, Any]:
    """Show whom one is asked about. Raises as `know`."""
    other, me = _for_me(at, member_id, person_id)
    return _facts(at, Place(me.group, other))


def know(at: Transaction, member_id: int, person_id: int) -> Place:
    """Say that one knows somebody, and that they want to be in; who recorded them is told.

    Raises NotYours, NotAMember, KnownAtHome, KnownAlready.
    """
    other, me = _for_me(at, member_id, person_id)
    members.know(at, other.id, me.member.id)
    due.cancel(at, ASKS, other.id)
    recorder = members.by_id(at, other.recorded_by or other.id)
    facts: dict[str, Any] = {"group": me.group, "member": other, "by": me.member}
    speaking.say_to(at, recorder.person_id, "households/is_known", **facts)
    return Place(me.group, members.by_id(at, other.id))


def not_know(at: Transaction, member_id: int, person_id: int) -> Place:
    """Say that one does not know them: nobody is told, and the next one is asked. As `know`."""
    other, me = _for_me(at, member_id, person_id)
    _ask_next(at, other)
    return Place(me.group, other)


def _ask_next(at: Transaction, other: Member) -> None:
    for one in _able(at, other):
        if _ask(at, other, one):
            return


def _ask(at: Transaction, other: Member, one: Member) -> bool:
    """Ask one member; False where they cannot be reached, or were asked before."""
    facts = _facts(at, Place(groups.by_id(at, other.group_id), other))
    key = f"known {other.id} {other.recorded_by} {one.id}"
    return speaking.say_to(at, one.person_id, "households/known_asked", key=key, **facts)


def _able(at: Reading, other: Member) -> list[Member]:
    """Return who may know somebody: those who hold the office of witness first."""
    of_office = {one.id for one in members.holders(at, other.group_id, "witness")}
    able = [one for one in members.of_group(at, other.group_id) if may_know(at, one, other)]
    return sorted(able, key=lambda one: one.id not in of_office)


def _facts(at: Reading, place: Place) -> dict[str, Any]:
    recorder = members.by_id(at, place.member.recorded_by or place.member.id)
    return {"group": place.group, "member": place.member, "recorder": recorder}


def _waiting(at: Reading, member_id: int, person_id: int) -> tuple[Member, Place]:
    other = members.find(at, member_id)
    if other is None or other.state != "member" or other.has_phone:
        raise NotYours
    me = place_in(at, other.group_id, person_id)
    if not waits(other):
        raise KnownAlready
    return other, me


def _for_me(at: Reading, member_id: int, person_id: int) -> tuple[Member, Place]:
    other, me = _waiting(at, member_id, person_id)
    if not may_know(at, me.member, other):
        raise KnownAtHome
    return other, me
