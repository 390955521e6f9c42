"""Offices: who may hold which, for how long, who makes room for whom, and whose turn the chair is.

Savings groups elect for a year and keep the key-holders apart from who keeps the money (field notes
2.1, 2.7); the one who records is never the one who confirms.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from bot.domain.agreement import Agreement
from bot.domain.calendar import add_months

Office = Literal["facilitator", "treasurer", "record_keeper", "witness", "representative"]
OFFICES: Final[tuple[Office, ...]] = (
    "facilitator",
    "treasurer",
    "record_keeper",
    "witness",
    "representative",
)


@dataclass(frozen=True)
class Holding:
    """Somebody who holds an office: the member, and their household."""

    member_id: int
    household_id: int


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


def term_ends(agreement: Agreement, since: date) -> date | None:
    """Return the local day on which a term that begins on a day ends; None where none ends."""
    months = agreement.offices.term_months
    return add_months(since, months) if months else None


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
