"""The book's figures: what the group gives together, and where each household stands."""

import collections
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.domain import contributions as rules
from bot.domain.agreement import Agreement
from bot.domain.calendar import local
from bot.domain.contributions import NoContributions, Period
from bot.domain.errors import Refusal
from bot.storage import contributions as store, groups, ledger, members
from bot.storage.contributions import Claim
from bot.storage.database import Reading
from bot.storage.groups import Group
from bot.storage.ledger import SAVINGS, Commodity, Line

INSTANT: Final = timedelta(microseconds=1)  # the smallest there is
WITHOUT_END: Final = 1200  # periods: what is witnessed is booked, however far ahead it reaches


class PurseTooLow(Refusal):
    """A purse holds less than is to be taken out. Facts: holds (minor units), currency."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a group gives together: its agreement, the purse, and what is counted."""

    group: Group
    agreement: Agreement
    commodity: Commodity
    purse: str = SAVINGS

    @property
    def code(self) -> str:
        """The currency's code."""
        return self.commodity.code


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


def plan_of(at: Reading, group_id: int) -> Plan:
    """Return what the group gives together.

    Raises NoContributions where there is no such group, it is not set up, gives nothing together,
    or the bot was removed from it.
    """
    try:
        group = groups.by_id(at, group_id)
        agreement = groups.agreement(at, group_id)
    except LookupError:
        raise NoContributions from None
    if group.state != "active":
        raise NoContributions
    rules.required(agreement)
    return Plan(group, agreement, commodity_of(at, group_id, agreement.currency))


def commodity_of(at: Reading, group_id: int, code: str) -> Commodity:
    """Return a currency of the group's book; one nothing was ever booked in has no id yet (0)."""
    known = ledger.commodity_named(at, group_id, code)
    return known if known is not None else ledger.not_counted_yet(code)


# -- figures --------------------------------------------------------------------------------------


def due_amount(at: Reading, plan: Plan, period: Period) -> int:
    """Return the agreed amount of a period: what held when it began; the newest for those ahead."""
    now_agreed = rules.required(plan.agreement)
    if period.before > at.now:
        return now_agreed.amount_minor
    then = groups.agreement_at(at, plan.group.id, period.before)
    if then.contribution is None or then.currency != plan.agreement.currency:
        return now_agreed.amount_minor
    return then.contribution.amount_minor


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
            ahead_max=WITHOUT_END,
        ):
            covered[one] = covered.get(one, 0) + part
    due = due_amount(at, plan, rules.period(plan.agreement, key))
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
        before = dict(rules.allocate(waiting, first, left)) if waiting else {}
        return rules.allocate(amount_minor, first, lambda key: left(key) - before.get(key, 0))
    except rules.AmountFarAhead:
        most = rules.AHEAD_MAX * rules.required(plan.agreement).amount_minor
        raise rules.AmountFarAhead(most_minor=most, currency=plan.code) from None


def paid(at: Reading, plan: Plan, key: str, *, before: datetime | None = None) -> tuple[int, int]:
    """Return how many households have given all of a period's contribution, and of how many.

    As it is now, or (`before`) as it was just before an instant.
    """
    due = due_amount(at, plan, rules.period(plan.agreement, key))
    households = store.households_of(at, plan.group.id)
    done = sum(
        sum(
            ledger.given_for(at, account, plan.commodity.id, key, before=before)
            for account in accounts_of(at, plan, one)
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
            due[key] = due_amount(at, plan, rules.period(plan.agreement, key))
        return due[key] - given.get(key, 0)

    return left


def accounts_of(at: Reading, plan: Plan, household_id: int) -> list[int]:
    """Return a household's accounts of the plan's purse on which anything was ever booked.

    Its own, and those of the households its members moved here from.
    """
    found = (
        ledger.account_id(at, plan.group.id, "household", plan.purse, one)
        for one in store.grew_from(at, household_id)
    )
    return [one for one in found if one is not None]


def _given_by_period(
    at: Reading, plan: Plan, household_id: int, since: str
) -> collections.Counter[str]:
    given: collections.Counter[str] = collections.Counter()
    for account in accounts_of(at, plan, household_id):
        given.update(ledger.given_by_period(at, account, plan.commodity.id, since))
    return given


def in_purse(at: Reading, plan: Plan) -> int:
    """Return what the plan's purse holds."""
    account = ledger.account_id(at, plan.group.id, "purse", plan.purse)
    return ledger.balance(at, account, plan.commodity.id)


def given_by(at: Reading, plan: Plan, household_id: int) -> int:
    """Return all that a household ever gave to the plan's purse, less what it took out."""
    return -sum(
        ledger.balance(at, account, plan.commodity.id)
        for account in accounts_of(at, plan, household_id)
    )


def stamps_of(at: Reading, plan: Plan, household_id: int, year: int) -> int:
    """Return for how many periods of a year a household has given all that was agreed."""
    given = _given_by_period(at, plan, household_id, f"{year:04}-")
    return sum(
        amount >= due_amount(at, plan, rules.period(plan.agreement, key))
        for key, amount in given.items()
        if key.startswith(f"{year:04}-")
    )


def household_names(at: Reading, household_id: int) -> list[str]:
    """Return the names of a household's members."""
    return [member.name for member in members.of_household(at, household_id)]


def local_day(at: Reading, agreement: Agreement) -> str:
    """Return today's date where the group lives, as the book writes it."""
    return local(at.now, agreement.zone).date().isoformat()


def witnesses_needed(at: Reading, group_id: int) -> int:
    """Return how many households must confirm what moves the group's money: one, if not agreed."""
    contribution = groups.agreement(at, group_id).contribution
    return 1 if contribution is None else contribution.witnesses


def require_in_purse(at: Reading, lines: Sequence[Line]) -> None:
    """Raise PurseTooLow if a purse would hold less than nothing after these lines."""
    for line in lines:
        holds = ledger.balance(at, line.account_id, line.commodity.id)
        if ledger.is_purse(at, line.account_id) and holds + line.amount_minor < 0:
            raise PurseTooLow(holds=holds, currency=line.commodity.code)
