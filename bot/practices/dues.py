"""What is due from a household now, plan by plan, as messages and their buttons say it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from bot.domain import paying
from bot.domain.calendar import local
from bot.domain.contributions import NoSuchHousehold
from bot.domain.periods import Period
from bot.domain.plans import SHARES_MAX, Contribution
from bot.practices import book
from bot.practices.book import Plan, Standing
from bot.storage import contributions as store, members, pledges
from bot.storage.database import Reading
from bot.storage.ledger import Commodity
from bot.storage.members import Member

#: Who ticks the list of a whole meeting, and says what was paid out.
LIST_OFFICES: Final = frozenset({"treasurer", "record_keeper", "facilitator"})


class Screen(NamedTuple):
    """What is shown in a private chat: a template and its facts."""

    message: str
    facts: Mapping[str, Any]


class Way(NamedTuple):
    """Who gives for which household of which group, by which plan."""

    plan: Plan
    payer: Member
    household_id: int

    @property
    def is_own(self) -> bool:
        """Whether it is the payer's own household."""
        return self.payer.household_id == self.household_id


@dataclass(frozen=True)
class Due:
    """What is due from a household by one plan, as a message and its buttons say it.

    `tap` is the amount that one tap says (0: none); `shares` are how many can still be bought.
    """

    plan: Contribution
    counted: Commodity
    period: Period
    standing: Standing
    tap: int
    shares: tuple[int, ...]
    pledge: int
    is_over: bool

    @property
    def to_copy(self) -> str:
        """The number to pay to, to be copied with one tap."""
        return paying.to_copy(self.plan.how_to_pay)

    @property
    def url(self) -> str:
        """The payment link that opens in a browser."""
        return paying.link(self.plan.how_to_pay)

    @property
    def code(self) -> str:
        """What its QR picture says."""
        return paying.code(self.plan.how_to_pay)


def way_of(
    at: Reading,
    group_id: int,
    person_id: int,
    household_id: int | None = None,
    number: int | None = None,
) -> Way:
    """Return who gives for whom, authorised. Raises NoContributions, NotAMember, NoSuchHousehold.

    `number` is the plan's; the first where it is None.
    """
    agreed = book.plan_of(at, group_id, number)
    payer = members.require(at, group_id, person_id, group_title=agreed.group.title)
    if household_id is None:
        household_id = payer.household_id
    if not store.is_household_of(at, group_id, household_id):
        raise NoSuchHousehold
    return Way(agreed, payer, household_id)


def due_facts(at: Reading, ways: list[Way]) -> dict[str, Any]:
    """Return the facts of what is due from a household now, by one plan or by several."""
    return who_facts(at, ways[0]) | {
        "dues": [due_of(at, way.plan, way.household_id, is_own=way.is_own) for way in ways],
        "makes_lists": ways[0].is_own
        and not LIST_OFFICES.isdisjoint(members.offices_of(at, ways[0].payer.id)),
    }


def due_of(at: Reading, plan: Plan, household_id: int, *, is_own: bool = False) -> Due:
    """Return what is due from a household by a plan in its current period.

    What the household means to give is for its own members only (`is_own`).
    """
    period = plan.current(at.now)
    standing = book.standing(at, plan, household_id, period.key)
    pledge = pledges.of_household(at, household_id, plan.terms.number) if is_own else 0
    return Due(
        plan=plan.terms,
        counted=plan.commodity,
        period=period,
        standing=standing,
        tap=_tap(plan.terms, standing, pledge),
        shares=_shares(plan.terms, standing),
        pledge=pledge if plan.terms.kind == "open" else 0,
        is_over=period.due_day < local(at.now, plan.agreement.zone).date(),
    )


def _tap(terms: Contribution, standing: Standing, pledge: int) -> int:
    """Return the amount that one tap says: what is left, or what is left of a pledge."""
    if terms.kind == "open":
        return max(0, pledge - standing.given - standing.waiting)
    return standing.left if terms.kind == "fixed" else 0


def _shares(terms: Contribution, standing: Standing) -> tuple[int, ...]:
    """Return how many shares may still be bought in the period, by buttons."""
    if terms.kind != "shares" or standing.room is None:
        return ()
    return tuple(range(1, min(SHARES_MAX, standing.room // terms.amount_minor) + 1))


def who_facts(at: Reading, way: Way) -> dict[str, Any]:
    """Return what every screen says: the group, the household, and whether plans need a name."""
    return {
        "group": way.plan.group,
        "plan": way.plan.terms,
        "counted": way.plan.commodity,
        "has_several": len(way.plan.agreement.giving) > 1,
        "household_id": way.household_id,
        "household": book.household_names(at, way.household_id),
        "is_own": way.is_own,
    }
