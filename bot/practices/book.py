"""The book's figures: what the group gives together, and where each household stands."""

import collections
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.domain import contributions as rules, periods
from bot.domain.agreement import Agreement
from bot.domain.calendar import local
from bot.domain.contributions import NoContributions
from bot.domain.errors import Refusal
from bot.domain.periods import Period
from bot.domain.plans import Contribution
from bot.storage import contributions as store, groups, ledger, members
from bot.storage.contributions import Claim
from bot.storage.database import Reading
from bot.storage.groups import Group
from bot.storage.ledger import Commodity, Line

INSTANT: Final = timedelta(microseconds=1)  # the smallest there is
WITHOUT_END: Final = 1200  # periods: what is witnessed is booked, however far ahead it reaches


class PurseTooLow(Refusal):
    """A purse holds less than is to be taken out. Facts: holds (minor units), currency."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is put: a purse of a group, and what is counted there."""

    group_id: int
    purse: str
    commodity: Commodity


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan of what a group gives together: its agreement, its terms, and what is counted."""

    group: Group
    agreement: Agreement
    terms: Contribution
    commodity: Commodity

    @property
    def code(self) -> str:
        """The code of what is counted."""
        return self.commodity.code

    @property
    def purse(self) -> str:
        """The purse it goes to."""
        return self.terms.purse

    @property
    def place(self) -> Place:
        """Where what is given is put."""
        return Place(self.group.id, self.terms.purse, self.commodity)

    def period(self, key: str) -> Period:
        """Return one of its periods. Raises NoSuchPeriod."""
        return periods.period(self.agreement, self.terms, key)

    def current(self, now: datetime) -> Period:
        """Return the period that a payment said now is for."""
        return periods.current(self.agreement, self.terms, now)

    def coming(self, now: datetime) -> Period:
        """Return the first period whose day is still ahead."""
        return periods.coming(self.agreement, self.terms, now)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a household stands in a period, in minor units.

    `given` is witnessed; `waiting` is said for it and not witnessed yet; `left` is neither.
    """

    due: int
    given: int
    waiting: int

    @property
    def left(self) -> int:
        """What nobody has said yet."""
        return max(0, self.due - self.given - self.waiting)

    @property
    def is_done(self) -> bool:
        """Whether all of it is witnessed: it counts."""
        return self.given >= self.due


def plan_of(at: Reading, group_id: int, number: int | None = None) -> Plan:
    """Return one of the plans by which the group gives together: by its number, or the first.

    Raises NoContributions where there is no such group or plan, it is not set up, or the bot was
    removed from it.
    """
    for plan in plans_of(at, group_id):
        if number in {None, plan.terms.number}:
            return plan
    raise NoContributions


def plans_of(at: Reading, group_id: int) -> list[Plan]:
    """Return the plans that hold in a group, in their order; none where it gives nothing now."""
    try:
        group = groups.by_id(at, group_id)
        agreement = groups.agreement(at, group_id)
    except LookupError:
        return []
    if group.state != "active":
        return []
    return [plan_by(at, group, agreement, terms) for terms in agreement.giving]


def plan_by(at: Reading, group: Group, agreement: Agreement, terms: Contribution) -> Plan:
    """Return a plan by its terms, with what is counted by it."""
    return Plan(group, agreement, terms, counted(at, group.id, agreement, terms))


def plan_of_claim(at: Reading, claim: Claim) -> Plan | None:
    """Return the plan a contribution is for, if it still holds as it did when it was said."""
    agreement = groups.agreement(at, claim.group_id)
    for terms in sorted(agreement.plans, key=lambda one: one.rests):
        if terms.purse == claim.purse and claim.period and periods.fits(terms, claim.period):
            plan = plan_by(at, groups.by_id(at, claim.group_id), agreement, terms)
            if plan.commodity.id == claim.commodity.id:
                return plan
    return None


def counted(at: Reading, group_id: int, agreement: Agreement, terms: Contribution) -> Commodity:
    """Return what a plan counts: the group's money, or a unit."""
    if terms.unit:
        known = ledger.unit_named(at, group_id, terms.unit)
        return known if known is not None else ledger.unit_not_counted_yet(terms.unit)
    return commodity_of(at, group_id, agreement.currency)


def commodity_of(at: Reading, group_id: int, code: str) -> Commodity:
    """Return a currency of the group's book; one nothing was ever booked in has no id yet (0)."""
    known = ledger.commodity_named(at, group_id, code)
    return known if known is not None else ledger.not_counted_yet(code)


# -- figures --------------------------------------------------------------------------------------


def due_amount(at: Reading, plan: Plan, period: Period) -> int:
    """Return the agreed amount of a period: what held when it began; the newest for those ahead."""
    if period.before > at.now:
        return plan.terms.amount_minor
    then = groups.agreement_at(at, plan.group.id, period.before)
    for terms in then.plans:
        if (terms.number, *terms.place) == (plan.terms.number, *plan.terms.place):
            return terms.amount_minor
    return plan.terms.amount_minor


def standing(at: Reading, plan: Plan, household_id: int, key: str) -> Standing:
    """Return where a household stands in a period."""
    waiting = _waiting(at, plan, household_id)
    left = left_of(at, plan, household_id, min([key, *(one.period for one in waiting)]))
    covered: dict[str, int] = {}
    for claim in waiting:
        for one, part in rules.allocate(
            claim.amount_minor,
            claim.period,
            lambda one: left(one) - covered.get(one, 0),
            every=plan.terms.every,
            ahead_max=WITHOUT_END,
        ):
            covered[one] = covered.get(one, 0) + part
    due = due_amount(at, plan, plan.period(key))
    return Standing(due, due - left(key), covered.get(key, 0))


def allocation(
    at: Reading, plan: Plan, household_id: int, first: str, amount_minor: int
) -> list[tuple[str, int]]:
    """Return which periods an amount said now would cover, after what waits already.

    Raises AmountFarAhead.
    """
    left = left_of(at, plan, household_id, first)
    waiting = sum(claim.amount_minor for claim in _waiting(at, plan, household_id))
    try:
        every = plan.terms.every
        before = dict(rules.allocate(waiting, first, left, every=every)) if waiting else {}
        return rules.allocate(
            amount_minor, first, lambda key: left(key) - before.get(key, 0), every=every
        )
    except rules.AmountFarAhead:
        most = rules.AHEAD_MAX * plan.terms.amount_minor
        raise rules.AmountFarAhead(most_minor=most, currency=plan.code) from None


def paid(at: Reading, plan: Plan, key: str, *, before: datetime | None = None) -> tuple[int, int]:
    """Return how many households have given all of a period's contribution, and of how many.

    As it is now, or (`before`) as it was just before an instant.
    """
    due = due_amount(at, plan, plan.period(key))
    households = store.households_of(at, plan.group.id)
    done = sum(
        sum(
            ledger.given_for(at, account, plan.commodity.id, key, before=before)
            for account in accounts_of(at, plan.place, one)
        )
        >= due
        for one in households
    )
    return done, len(households)


def _waiting(at: Reading, plan: Plan, household_id: int) -> list[Claim]:
    return [
        claim
        for claim in store.open_of_household(at, household_id, plan.purse)
        if claim.commodity.id == plan.commodity.id
    ]


def left_of(at: Reading, plan: Plan, household_id: int, since: str) -> Callable[[str], int]:
    """Return what a household has still to give for a period, by what is witnessed."""
    given = _given_by_period(at, plan, household_id, since)
    due: dict[str, int] = {}

    def left(key: str) -> int:
        if key not in due:
            due[key] = due_amount(at, plan, plan.period(key))
        return due[key] - given.get(key, 0)

    return left


def accounts_of(at: Reading, place: Place, household_id: int) -> list[int]:
    """Return a household's accounts of a purse on which anything was ever booked.

    Its own, and those of the households its members moved here from.
    """
    found = (
        ledger.account_id(at, place.group_id, "household", place.purse, one)
        for one in store.grew_from(at, household_id)
    )
    return [one for one in found if one is not None]


def _given_by_period(
    at: Reading, plan: Plan, household_id: int, since: str
) -> collections.Counter[str]:
    given: collections.Counter[str] = collections.Counter()
    for account in accounts_of(at, plan.place, household_id):
        given.update(ledger.given_by_period(at, account, plan.commodity.id, since))
    return given


def in_purse(at: Reading, place: Place) -> int:
    """Return what a purse holds."""
    account = ledger.account_id(at, place.group_id, "purse", place.purse)
    return ledger.balance(at, account, place.commodity.id)


def given_by(at: Reading, place: Place, household_id: int) -> int:
    """Return all that a household ever gave to a purse, less what it took out."""
    return -sum(
        ledger.balance(at, account, place.commodity.id)
        for account in accounts_of(at, place, household_id)
    )


def stamps_of(at: Reading, plan: Plan, household_id: int, year: int) -> int:
    """Return for how many periods of a year a household has given all that was agreed."""
    given = _given_by_period(at, plan, household_id, f"{year:04}-")
    return sum(
        amount >= due_amount(at, plan, plan.period(key))
        for key, amount in given.items()
        if key.startswith(f"{year:04}-")
    )


def household_names(at: Reading, household_id: int) -> list[str]:
    """Return the names of a household's members."""
    return [member.name for member in members.of_household(at, household_id)]


def names_ever(at: Reading, household_id: int) -> list[str]:
    """Return the names of a household's members; of one that nobody is in, of those who were."""
    return [member.name for member in members.ever_of_household(at, household_id)]


def local_day(at: Reading, agreement: Agreement) -> str:
    """Return today's date where the group lives, as the book writes it."""
    return local(at.now, agreement.zone).date().isoformat()


def witnesses_needed(at: Reading, group_id: int) -> int:
    """Return how many households must confirm what moves the group's money: one, if not agreed."""
    return max([1, *(one.witnesses for one in groups.agreement(at, group_id).giving)])


def require_in_purse(at: Reading, lines: Sequence[Line]) -> None:
    """Raise PurseTooLow if a purse would hold less than nothing after these lines."""
    for line in lines:
        holds = ledger.balance(at, line.account_id, line.commodity.id)
        if ledger.is_purse(at, line.account_id) and holds + line.amount_minor < 0:
            raise PurseTooLow(holds=holds, currency=line.commodity.code)
