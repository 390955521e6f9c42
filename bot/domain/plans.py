"""What a group gives together, plan by plan: savings, a social fund, a project, a scholarship.

A plan says into which purse, how much (the same for all, 1 to 5 shares, or what one can), of what
(money, hours, kilograms, a unit the group names), how often, and who confirms it. Plans stand side
by side in the agreement; each keeps its number for ever, and one that is left off only rests.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal, get_args

from bot.domain.agreement_parts import HOUR_MAX, PURSES

Kind = Literal["fixed", "shares", "open"]
Every = Literal["month", "week", "two_weeks"]
Leftover = Literal["kept", "social_fund"]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
EVERY: Final[tuple[Every, ...]] = get_args(Every)
#: Units that we have words for in every language; others are the group's own words.
UNITS: Final = ("hours", "kilograms", "litres", "acre-days")
#: Digits after the point of whatever is counted in kind: a quarter of an hour, a few grams.
UNIT_SCALE: Final = 2

PLANS_MAX: Final = 8
SHARES_MAX: Final = 5  # a household's in one period: field notes 2.1
HOW_TO_PAY_MAX: Final = 300
UNIT_MAX: Final = 24
DAY_MAX: Final = 31
WEEKDAY_MAX: Final = 7
#: Days of grace, by rhythm: the last reminder of a period comes before the first of the next.
GRACE_DAYS_MAX: Final[Mapping[Every, int]] = {"month": 14, "week": 3, "two_weeks": 7}


@dataclass(frozen=True)
class Contribution:
    """One plan. What is counted in kind is in hundredths of its unit, as money is in minor units.

    `amount_minor` is what each household gives a period ("fixed"), the price of one share
    ("shares"), or nothing ("open": what one can). `day` is the day of the month, or of the week
    (1 for Monday). `anchor` is any day (ISO) of a week in which a fortnightly plan is due.
    `leftover`: what is less than a share is kept towards the next, or goes to the social fund.
    `since` is the local day (ISO) on which the plan first held; it is kept by whoever stores it.
    """

    amount_minor: int
    day: int = 5
    hour: int = 18
    grace_days: int = 3
    how_to_pay: str = ""
    witnesses: int = 1
    number: int = 1
    purse: str = "savings"
    kind: Kind = "fixed"
    unit: str = ""
    every: Every = "month"
    anchor: str = ""
    leftover: Leftover = "kept"
    rests: bool = False
    since: str = field(default="", compare=False)

    @property
    def is_in_kind(self) -> bool:
        """Whether something else than money is given."""
        return bool(self.unit)

    @property
    def place(self) -> tuple[str, str]:
        """What no two plans share while both hold: where it goes, and what it is counted in."""
        return self.purse, self.unit.casefold()

    @property
    def keeps_rest(self) -> bool:
        """Whether what is less than a share is kept for the household towards its next one."""
        return self.leftover == "kept" or self.purse == "social_fund"

    @property
    def least_of_period(self) -> int:
        """What makes a period done, in minor units: of shares one; nothing where all is open."""
        return self.amount_minor

    @property
    def most_of_period(self) -> int | None:
        """The most that counts for one period, in minor units; None where nothing limits it."""
        if self.kind == "open":
            return None
        return self.amount_minor * (SHARES_MAX if self.kind == "shares" else 1)


def holds(plans: Sequence[Contribution]) -> bool:
    """Whether these plans can stand side by side."""
    places = [one.place for one in plans if not one.rests]
    return (
        len(plans) <= PLANS_MAX
        and len({one.number for one in plans}) == len(plans)
        and len(set(places)) == len(places)
        and all(_can_be(one) for one in plans)
    )


def _can_be(plan: Contribution) -> bool:
    return (
        plan.number > 0
        and plan.purse in PURSES
        and plan.kind in KINDS
        and plan.every in EVERY
        and _day_can_be(plan)
        and 0 <= plan.hour <= HOUR_MAX
        and (plan.amount_minor == 0 if plan.kind == "open" else plan.amount_minor > 0)
        and (plan.kind != "shares" or not plan.is_in_kind)
        and 0 <= plan.grace_days <= GRACE_DAYS_MAX[plan.every]
        and plan.witnesses in {1, 2}
        and plan.leftover in get_args(Leftover)
        and len(plan.how_to_pay) <= HOW_TO_PAY_MAX
        and len(plan.unit) <= UNIT_MAX
        and (not plan.since or _is_day(plan.since))
    )


def _day_can_be(plan: Contribution) -> bool:
    if plan.every == "month":
        return 1 <= plan.day <= DAY_MAX
    return 1 <= plan.day <= WEEKDAY_MAX and (plan.every == "week" or _is_day(plan.anchor))


def _is_day(written: str) -> bool:
    try:
        return date.fromisoformat(written).isoformat() == written
    except ValueError:
        return False


def next_number(plans: Sequence[Contribution]) -> int:
    """Return the number of the next plan: one that no other has or had."""
    return 1 + max((one.number for one in plans), default=0)


def put(plans: Sequence[Contribution], plan: Contribution) -> tuple[Contribution, ...]:
    """Return the plans with this one in the place of the one of its number, or at their end."""
    if all(one.number != plan.number for one in plans):
        return (*plans, plan)
    return tuple(plan if one.number == plan.number else one for one in plans)


def begun(plans: Sequence[Contribution], today: date) -> tuple[Contribution, ...]:
    """Return the plans with today as their first day, those that have none yet."""
    return tuple(replace(one, since=one.since or today.isoformat()) for one in plans)
