"""Offices: who may hold which, for how long, who makes room for whom, and whose turn the chair is.

Savings groups elect for a year and keep the key-holders apart from who keeps the money (field notes
2.1, 2.7); the one who records is never the one who confirms.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from bot.domain.agreement import Agreement
from bot.domain.calendar import add_months
from bot.domain.errors import Refusal

Office = Literal["facilitator", "treasurer", "record_keeper", "witness", "representative"]
#: In this order they stand in buttons, which carry the place: only ever added to at the end.
OFFICES: Final[tuple[Office, ...]] = (
    "facilitator",
    "treasurer",
    "record_keeper",
    "witness",
    "representative",
)


class TreasurerWitnesses(Refusal):
    """Whoever keeps the money does not hold the office of witness. Facts: name."""


class WitnessKeepsMoney(Refusal):
    """Whoever witnesses does not keep the money as well. Facts: name."""


class WitnessOfHousehold(Refusal):
    """Two witnesses are never of one household. Facts: name (who witnesses already)."""


class OfficeFull(Refusal):
    """All seats of an office are taken. Facts: office, names."""


@dataclass(frozen=True)
class Holding:
    """Somebody who holds an office, or would: the member, their household, and their name."""

    member_id: int
    household_id: int
    name: str = ""


def seats(agreement: Agreement, office: Office) -> int:
    """Return how many may hold an office at once."""
    agreed = agreement.offices
    return {
        "facilitator": agreed.facilitators,
        "treasurer": agreed.treasurers,
        "record_keeper": agreed.record_keepers,
        "witness": agreement.witnesses.number,
        "representative": agreed.representatives,
    }[office]


def free(agreement: Agreement, held: Mapping[Office, int]) -> list[int]:
    """Return the places in OFFICES of those with a free seat that a member may offer to take.

    Where offices are filled by election, only of a facilitator's that nobody holds.
    """
    return [
        number
        for number, office in enumerate(OFFICES)
        if held.get(office, 0) < seats(agreement, office)
        and (
            agreement.offices.way == "word"
            or (office == "facilitator" and not held.get("facilitator"))
        )
    ]


def term_ends(agreement: Agreement, since: date) -> date | None:
    """Return the local day on which a term that begins on a day ends; None where none ends."""
    months = agreement.offices.term_months
    return add_months(since, months) if months else None


def require_may_take(
    office: Office,
    taker: Holding,
    held: Mapping[Office, Sequence[Holding]],
    number: int,
    *,
    giver: int | None = None,
) -> None:
    """Hold whoever takes an office up, or over from `giver`, to its rules.

    Args:
        office: what they would hold.
        taker: who they are.
        held: who holds which office now.
        number: how many seats it has.
        giver: the member who would lay it down for them.

    Raises:
        TreasurerWitnesses, WitnessKeepsMoney, WitnessOfHousehold, OfficeFull.
    """
    others = [one for one in held.get(office, ()) if one.member_id not in {giver, taker.member_id}]
    if office == "witness" and _is_among(taker, held.get("treasurer", ())):
        raise TreasurerWitnesses(name=taker.name)
    if office == "treasurer" and _is_among(taker, held.get("witness", ())):
        raise WitnessKeepsMoney(name=taker.name)
    for one in others:
        if office == "witness" and one.household_id == taker.household_id:
            raise WitnessOfHousehold(name=one.name)
    if len(others) >= number:
        raise OfficeFull(office=office, names=[one.name for one in others])


def make_room(
    office: Office, holding: Sequence[Holding], elected: Holding, number: int
) -> list[Holding]:
    """Return who steps down for somebody who is elected to an office of so many seats.

    A witness of the elected's own household does: two witnesses are never of one. Then, where
    seats still lack, whoever has served longest. `holding`: the longest serving first.
    """
    others = [one for one in holding if one.member_id != elected.member_id]
    leaving = [
        one for one in others if office == "witness" and one.household_id == elected.household_id
    ]
    staying = [one for one in others if one not in leaving]
    surplus = len(staying) + 1 - number
    return leaving + staying[: max(0, surplus)]


def next_chair(numbers: Collection[int], chaired: Sequence[int]) -> int | None:
    """Return whose turn it is to chair a meeting, so that the chair goes round by itself.

    Args:
        numbers: the numbers in the group's book of those who can chair this time.
        chaired: the numbers of those who chaired before, the oldest meeting first.

    Returns:
        Who never chaired, by number; then whoever did so longest ago. Whoever could not come is
        first the next time. None where nobody can.
    """
    last = {number: meeting for meeting, number in enumerate(chaired)}
    return min(numbers, key=lambda number: (last.get(number, -1), number), default=None)


def _is_among(taker: Holding, holding: Sequence[Holding]) -> bool:
    return any(one.member_id == taker.member_id for one in holding)
