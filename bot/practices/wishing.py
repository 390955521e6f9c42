"""From a check-in to help: who would like some is shown the way there once they are in.

“Somebody who knows” leads to who has been there (`peers`), “ask the group” to an ask (`peer_help`).
Neither begins before they tap: first they read who learns what. Private: what somebody wishes is
told to nobody, and what is in their way stays in their check-in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from bot.domain.check_ins import EMPTY, Answer
from bot.domain.goals import AREAS
from bot.practices import goals, peer_help, peers, speaking
from bot.practices.peer_help import HelpNotYours
from bot.practices.showing import Shown
from bot.storage import check_ins as store, groups, members
from bot.storage.database import Reading, Transaction
from bot.storage.groups import Group
from bot.storage.members import Member

QUESTION: Final = "help"  # of the check-in
#: What is in the way that names an area by itself.
_AREA_OF_HURDLE: Final[Mapping[str, str]] = {"money": "money", "health": "health"}


@dataclass(frozen=True)
class Wish:
    """A member would like help: of the group, or of a peer who has been there.

    `areas` are those of their goals that did not move on, and that of what is in the way.
    """

    of: Literal["group", "peer"]
    areas: tuple[str, ...]


def wish_of(at: Reading, member: Member, round_id: int) -> Wish | None:
    """Return the help a member would like by their check-in of a round, as they said last."""
    check_in = store.of_member(at, round_id, member.id)
    said: dict[str, Answer] = {} if check_in is None else store.answers(at, check_in)
    wanted = said.get(QUESTION, EMPTY).choice
    if wanted not in {"group", "peer"}:
        return None
    areas: list[str] = [
        one.area
        for one in goals.open_goals(at, member.id)
        if said.get(f"goal:{one.id}", EMPTY).choice in {None, "back", "same"}
    ]
    hurdle = said.get("hurdle", EMPTY).choice or ""
    if hurdle in _AREA_OF_HURDLE:
        areas.append(_AREA_OF_HURDLE[hurdle])
    return Wish("group" if wanted == "group" else "peer", tuple(dict.fromkeys(areas)))


def show_way(at: Transaction, member: Member, group: Group, round_id: int) -> None:
    """Show a member in private the way to the help they would like, once a round for each kind."""
    wish = wish_of(at, member, round_id)
    if wish is None:
        return
    speaking.say_to(
        at,
        member.person_id,
        "check_ins/way_to_help",
        key=f"round:{round_id}:help:{wish.of}:{member.id}",
        group=group,
        round_id=round_id,
        wish=wish,
        areas=[(AREAS.index(one), one) for one in AREAS if one in (wish.areas or AREAS)],
    )


def ask_peer(at: Transaction, round_id: int, person_id: int, number: int) -> Shown:
    """Begin to ask those who have been there, in an area (its place in AREAS). HelpNotYours."""
    group, member = _place(at, round_id, person_id)
    if number >= len(AREAS):
        raise HelpNotYours
    area = AREAS[number]
    about = next((one for one in goals.open_goals(at, member.id) if one.area == area), None)
    peers.wish_for_peer(at, member.id, area, goal_id=None if about is None else about.id)
    return Shown("peer_help/wished", {"group": group})


def ask_group(at: Transaction, round_id: int, person_id: int) -> Shown:
    """Begin an ask in the round's group, about its area where there is only one.

    Raises HelpNotYours, TooManyAsks.
    """
    group, member = _place(at, round_id, person_id)
    wish = wish_of(at, member, round_id)
    area = wish.areas[0] if wish is not None and len(wish.areas) == 1 else None
    return peer_help.begin(at, person_id, "ask", "", group.id, area=area)


def _place(at: Reading, round_id: int, person_id: int) -> tuple[Group, Member]:
    """Authorise somebody for a round of a group of theirs, also after it has closed."""
    found = store.round_by_id(at, round_id)
    member = None if found is None else members.of_person(at, found.group_id, person_id)
    if found is None or member is None or member.state != "member":
        raise HelpNotYours
    return groups.by_id(at, found.group_id), member
