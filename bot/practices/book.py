"""The book's figures: what the group gives together, and where each household stands."""

import collections
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.domain import contributions as rules, periods
from bot.domain.agreement import Agreement
from bot.domain.calendar import local
from bot.domain.contributions import AHEAD_MAX, NoContributions
from bot.domain.errors import Refusal
from bot.domain.periods import Period
from bot.domain.plans import SHARES_MAX, Contribution
from bot.domain.shares import bought
from bot.storage import contributions as store, groups, households, ledger, members
from bot.storage.contributions import Claim
from bot.storage.database import Reading, Transaction
from bot.storage.groups import Group
from bot.storage.ledger import Commodity, Line

INSTANT: Final = timedelta(microseconds=1)  # the smallest there is
WITHOUT_END: Final = 1200  # periods: what is witnessed is booked, however far ahead it reaches


class PurseTooLow(Refusal):
    """A purse holds less than is to be taken out. Facts: holds, counted (its commodity)."""


class SharePriceStands(Refusal):
    """Members hold shares: their price stays until the share-out. Facts: shares (how many)."""


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

    `due` is what makes it done (of shares one; nothing where each gives what they can), `most` the
    most that counts for it. `given` is witnessed; `waiting` is said and not witnessed yet.
    """

    due: int
    given: int
    waiting: int
    most: int | None

    @property
    def left(self) -> int:
        """What is due and nobody has said yet."""
        return max(0, self.due - self.given - self.waiting)

    @property
    def room(self) -> int | None:
        """What may still be given for this period; None where nothing limits it."""
        return None if self.most is None else max(0, self.most - self.given - self.waiting)

    @property
    def is_said(self) -> bool:
        """Whether nothing need be said any more: it is witnessed, or waits to be."""
        return self.given + self.waiting >= max(1, self.due)

    @property
    def is_done(self) -> bool:
        """Whether enough of it is witnessed: it counts."""
        return self.given >= max(1, self.due)


@dataclass(frozen=True, slots=True)
class Covering:
    """What an amount covers: how much of which periods, how many shares, and what is left over."""

    parts: tuple[tuple[str, int], ...]
    shares: int = 0
    rest: int = 0


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
    """Return the plan something said is about, if it still holds as it did when it was said."""
    agreement = groups.agreement(at, claim.group_id)
    for terms in sorted(agreement.plans, key=lambda one: one.rests):
        fits = not claim.period or periods.fits(terms, claim.period)
        if terms.purse == claim.purse and fits:
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


def counted_from_now(at: Transaction, plan: Plan) -> Commodity:
    """Return what a plan counts, added to the group's book where it is new."""
    if plan.terms.unit:
        return ledger.unit_of(at, plan.group.id, plan.terms.unit)
    return ledger.money_of(at, plan.group.id, plan.code)


def commodity_of(at: Reading, group_id: int, code: str) -> Commodity:
    """Return a currency of the group's book; one nothing was ever booked in has no id yet (0)."""
    known = ledger.commodity_named(at, group_id, code)
    return known if known is not None else ledger.not_counted_yet(code)


# -- figures --------------------------------------------------------------------------------------


def terms_of(at: Reading, plan: Plan, period: Period) -> Contribution:
    """Return a period's terms: what held when it began; the newest for those ahead."""
    if period.before > at.now:
        return plan.terms
    then = groups.agreement_at(at, plan.group.id, period.before)
    for terms in then.plans:
        if (terms.number, *terms.place) == (plan.terms.number, *plan.terms.place):
            return terms
    return plan.terms


def standing(at: Reading, plan: Plan, household_id: int, key: str) -> Standing:
    """Return where a household stands in a period."""
    waiting = _waiting(at, plan, household_id)
    left = left_of(at, plan, household_id, min([key, *(one.period for one in waiting)]))
    covered: collections.Counter[str] = collections.Counter()
    kept = kept_by(at, plan, household_id)
    for claim in waiting:
        amount_minor = claim.amount_minor
        if plan.terms.kind == "shares":
            buys = bought(amount_minor, plan.terms.amount_minor, kept)
            amount_minor, kept = buys.for_shares, buys.rest
        covered.update(
            dict(_spread(plan, amount_minor, claim.period, lambda one: left(one) - covered[one]))
        )
    terms = terms_of(at, plan, plan.period(key))
    given = _given_by_period(at, plan, household_id, key)[key]
    return Standing(terms.least_of_period, given, covered[key], terms.most_of_period)


def allocation(
    at: Reading, plan: Plan, household_id: int, first: str, amount_minor: int
) -> Covering:
    """Return what an amount said now would cover, after what waits already.

    Raises AmountFarAhead.
    """
    left = left_of(at, plan, household_id, first)
    waiting = sum(claim.amount_minor for claim in _waiting(at, plan, household_id))
    kept, price = kept_by(at, plan, household_id), plan.terms.amount_minor
    try:
        if plan.terms.kind == "shares":
            before = bought(waiting, price, kept)
            buys = bought(amount_minor, price, before.rest)
            taken = dict(_spread(plan, before.for_shares, first, left, ahead_max=AHEAD_MAX))
            amount_minor, shares, rest = buys.for_shares, buys.shares, buys.rest
        else:
            taken = dict(_spread(plan, waiting, first, left, ahead_max=AHEAD_MAX))
            shares, rest = 0, 0
        parts = _spread(
            plan,
            amount_minor,
            first,
            lambda key: left(key) - taken.get(key, 0),
            ahead_max=AHEAD_MAX,
        )
    except rules.AmountFarAhead:
        most = AHEAD_MAX * (plan.terms.most_of_period or 0)
        raise rules.AmountFarAhead(most_minor=most, counted=plan.commodity) from None
    return Covering(tuple(parts), shares, rest)


def covering(at: Reading, plan: Plan, household_id: int, first: str, amount_minor: int) -> Covering:
    """Return what an amount covers once it is witnessed, by what is booked now."""
    left, shares, rest = left_of(at, plan, household_id, first), 0, 0
    if plan.terms.kind == "shares":
        kept = kept_by(at, plan, household_id)
        buys = bought(amount_minor, plan.terms.amount_minor, kept)
        amount_minor, shares, rest = buys.for_shares, buys.shares, buys.rest
    return Covering(tuple(_spread(plan, amount_minor, first, left)), shares, rest)


def _spread(
    plan: Plan,
    amount_minor: int,
    first: str,
    left: Callable[[str], int],
    *,
    ahead_max: int = WITHOUT_END,
) -> list[tuple[str, int]]:
    """Return which periods an amount covers; all of it the first, where nothing limits that."""
    if not amount_minor:
        return []
    if plan.terms.kind == "open":
        return [(first, amount_minor)]
    # Of shares a period has room for whole ones only, whatever was given before there were shares.
    step = plan.terms.amount_minor if plan.terms.kind == "shares" else 1
    return rules.allocate(
        amount_minor,
        first,
        lambda key: left(key) // step * step,
        every=plan.terms.every,
        ahead_max=ahead_max,
    )


def paid(at: Reading, plan: Plan, key: str, *, before: datetime | None = None) -> tuple[int, int]:
    """Return how many households have given what was due for a period, and of how many.

    As it is now, or (`before`) as it was just before an instant. Not awaited, and so counted only
    once they have given: households of whom nobody is asked (away from the group's chat, or taking
    no part), and those that somebody moved out to after it was given where they lived before.
    """
    due = max(1, terms_of(at, plan, plan.period(key)).least_of_period)
    awaited = households.awaited_of(at, plan.group.id)
    done = of = 0
    for one in store.households_of(at, plan.group.id):
        has_given = _given(at, plan, one, key, before) >= due
        done += has_given
        of += has_given or (one in awaited and not gave_together(at, plan, one, key))
    return done, of


def gave_together(at: Reading, plan: Plan, household_id: int, key: str) -> bool:
    """Whether a period was given for where somebody of a household lived before they moved out.

    So nobody is asked twice for the same month.
    """
    due = max(1, terms_of(at, plan, plan.period(key)).least_of_period)
    return any(
        _given(at, plan, left_id, key, moved_at + INSTANT) >= due
        for left_id, moved_at in households.moves_to(at, household_id)
    )


def _given(at: Reading, plan: Plan, household_id: int, key: str, before: datetime | None) -> int:
    return sum(
        ledger.given_for(at, account, plan.commodity.id, key, before=before)
        for account in accounts_of(at, plan.place, household_id)
    )


def _waiting(at: Reading, plan: Plan, household_id: int) -> list[Claim]:
    return [
        claim
        for claim in store.open_of_household(at, household_id, plan.purse)
        if claim.commodity.id == plan.commodity.id and periods.fits(plan.terms, claim.period)
    ]


def left_of(at: Reading, plan: Plan, household_id: int, since: str) -> Callable[[str], int]:
    """Return what a household may still give for a period, by what is witnessed."""
    given = _given_by_period(at, plan, household_id, since)
    most: dict[str, int] = {}

    def left(key: str) -> int:
        if key not in most:
            most[key] = terms_of(at, plan, plan.period(key)).most_of_period or 0
        return most[key] - given.get(key, 0)

    return left


def kept_by(at: Reading, plan: Plan, household_id: int) -> int:
    """Return what is kept for a household towards its next share."""
    if plan.terms.kind != "shares" or not plan.terms.keeps_rest:
        return 0
    return given_by(at, Place(plan.group.id, kept_name(plan.purse), plan.commodity), household_id)


def kept_name(purse: str) -> str:
    """Return the name of the account on which is kept what is less than a share of a purse."""
    return f"kept_{purse}"


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


def shares_of(at: Reading, plan: Plan, household_id: int) -> int:
    """Return how many shares a household has, less those it gave back."""
    counted_in = ledger.commodity_named(at, plan.group.id, ledger.SHARES)
    if counted_in is None:
        return 0
    return given_by(at, Place(plan.group.id, plan.purse, counted_in), household_id)


def usual_shares(at: Reading, plan: Plan, household_id: int) -> int:
    """Return how many shares a household bought in the period before; one, where it bought none."""
    before = periods.next_key(plan.current(at.now).key, -1, every=plan.terms.every)
    given = _given_by_period(at, plan, household_id, before)[before]
    return max(1, min(SHARES_MAX, given // plan.terms.amount_minor))


def stamps_of(at: Reading, plan: Plan, household_id: int, year: int) -> int:
    """Return what a household is stamped for: its shares; or the periods of a year it gave for."""
    if plan.terms.kind == "shares":
        return shares_of(at, plan, household_id)
    given = _given_by_period(at, plan, household_id, f"{year:04}-")
    return sum(
        amount >= max(1, terms_of(at, plan, plan.period(key)).least_of_period)
        for key, amount in given.items()
        if key.startswith(f"{year:04}-") and periods.fits(plan.terms, key)
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


def require_share_prices(at: Reading, group_id: int, before: Agreement, after: Agreement) -> None:
    """Hold the price of shares while members hold some (field notes 2.1). Raises SharePriceStands.

    A plan may rest at any time; while it holds, it keeps its price.
    """
    counted_in = ledger.commodity_named(at, group_id, ledger.SHARES)
    if counted_in is None:
        return
    known = {one.number: one for one in after.plans}
    for terms in before.plans:
        now = known.get(terms.number, terms)
        price, new_price = ((one.kind, one.amount_minor, *one.place) for one in (terms, now))
        if terms.kind != "shares" or price == new_price:
            continue
        there = in_purse(at, Place(group_id, terms.purse, counted_in))
        if there:
            raise SharePriceStands(shares=there)


def require_in_purse(at: Reading, lines: Sequence[Line]) -> None:
    """Raise PurseTooLow if a purse would hold less than nothing after these lines."""
    for line in lines:
        holds = ledger.balance(at, line.account_id, line.commodity.id)
        if ledger.is_purse(at, line.account_id) and holds + line.amount_minor < 0:
            raise PurseTooLow(holds=holds, counted=line.commodity)
