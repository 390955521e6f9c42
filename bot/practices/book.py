"""The book's figures, and how what was said and witnessed gets into it.

Every practice that moves the group's money or work says so as a claim (practices/witnessing.py);
here it becomes an entry, once, and those concerned get their receipt.
"""

import collections
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bot.domain import contributions as rules
from bot.domain.agreement import Agreement
from bot.domain.calendar import is_quiet, local
from bot.domain.contributions import NoContributions, Period
from bot.domain.ledger import Confirmation, Entry
from bot.practices import speaking
from bot.storage import chats, contributions as store, groups, ledger, members, outbox, people
from bot.storage.contributions import Claim
from bot.storage.database import Reading, Transaction
from bot.storage.groups import Group
from bot.storage.ledger import SAVINGS, Commodity, Line

BOARD: Final = "contributions"  # the card in the group; its subject is the period's number
INSTANT: Final = timedelta(microseconds=1)  # the smallest there is
WITHOUT_END: Final = 1200  # periods: what is witnessed is booked, however far ahead it reaches


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
    left_of = _left_of(at, plan, household_id, min([key, *(one.period for one in waiting)]))
    covered: dict[str, int] = {}
    for claim in waiting:
        for one, part in rules.allocate(
            claim.amount_minor,
            claim.period,
            lambda one: left_of(one) - covered.get(one, 0),
            ahead_max=WITHOUT_END,
        ):
            covered[one] = covered.get(one, 0) + part
    due = due_amount(at, plan, rules.period(plan.agreement, key))
    return Standing(due, due - left_of(key), covered.get(key, 0))


def allocation(
    at: Reading, plan: Plan, household_id: int, first: str, amount_minor: int
) -> list[tuple[str, int]]:
    """Return which periods an amount said now would cover, after what waits already.

    Raises AmountFarAhead.
    """
    left_of = _left_of(at, plan, household_id, first)
    waiting = sum(claim.amount_minor for claim in _waiting(at, plan, household_id))
    try:
        before = dict(rules.allocate(waiting, first, left_of)) if waiting else {}
        return rules.allocate(amount_minor, first, lambda key: left_of(key) - before.get(key, 0))
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


def _left_of(at: Reading, plan: Plan, household_id: int, since: str) -> Callable[[str], int]:
    """Return what a household has still to give for a period, by what is witnessed."""
    given = _given_by_period(at, plan, household_id, since)
    due: dict[str, int] = {}

    def left_of(key: str) -> int:
        if key not in due:
            due[key] = due_amount(at, plan, rules.period(plan.agreement, key))
        return due[key] - given.get(key, 0)

    return left_of


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


def local_day(at: Reading, plan: Plan) -> str:
    """Return today's date where the group lives, as the book writes it."""
    return local(at.now, plan.agreement.zone).date().isoformat()


# -- booking ------------------------------------------------------------------------------------


def book(at: Transaction, claim: Claim) -> Entry:
    """Put a claim that its witnesses confirmed into the book, and tell those concerned."""
    group = groups.by_id(at, claim.group_id)
    agreement = groups.agreement(at, claim.group_id)
    plan = Plan(group, agreement, claim.commodity, claim.purse)
    parts = _parts(at, plan, claim)
    recorder = members.by_id(at, claim.said_by)
    entry = ledger.add(
        at,
        claim.group_id,
        kind=claim.kind,
        day=claim.day,
        recorded_by=recorder.number,
        witnesses=claim.witnesses,
        key=claim.key,
        confirmations=[
            Confirmation(
                members.by_id(at, member_id).number,
                store.confirmed_at(at, claim.id, member_id),
            )
            for member_id in rules.confirmers(store.events_of(at, claim.id))
        ],
        lines=_lines(at, claim, parts),
    )
    store.close(at, claim.id)
    _give_receipts(at, plan, claim, entry, parts)
    show_boards(at, plan, [key for key, _ in parts])
    return entry


def _parts(at: Transaction, plan: Plan, claim: Claim) -> list[tuple[str, int]]:
    """Which periods a contribution covers by what is booked now."""
    assert claim.household_id is not None
    if plan.agreement.contribution is None or plan.agreement.currency != claim.commodity.code:
        return [(claim.period, claim.amount_minor)]  # agreed otherwise since: it stays as said
    left_of = _left_of(at, plan, claim.household_id, claim.period)
    return rules.allocate(claim.amount_minor, claim.period, left_of, ahead_max=WITHOUT_END)


def _lines(at: Transaction, claim: Claim, parts: list[tuple[str, int]]) -> list[Line]:
    household = ledger.account(at, claim.group_id, "household", claim.purse, claim.household_id)
    purse = ledger.account(at, claim.group_id, "purse", claim.purse)
    return [
        *(Line(household, claim.commodity, -part, key) for key, part in parts),
        Line(purse, claim.commodity, claim.amount_minor),
    ]


def show_boards(at: Transaction, plan: Plan, keys: list[str]) -> None:
    """Bring the boards of these periods up to date, those that were posted."""
    for key in keys:
        number = rules.period_number(key)
        if outbox.card_of(at, BOARD, number, plan.group.chat_id) is not None:
            outbox.show_card(at, BOARD, number, plan.group.chat_id, urgency=outbox.ANSWER)


def _give_receipts(
    at: Transaction, plan: Plan, claim: Claim, entry: Entry, parts: list[tuple[str, int]]
) -> None:
    """Give the payer, and the household it was paid for, their receipt."""
    assert claim.household_id is not None
    payer = members.by_id(at, claim.said_by)
    confirmers = rules.confirmers(store.events_of(at, claim.id))
    facts: dict[str, Any] = {
        "group": plan.group,
        "number": entry.seq,
        "day": local(at.now, plan.agreement.zone).date(),
        "amount": claim.amount_minor,
        "currency": claim.commodity.code,
        "months": [rules.first_day(key) for key, _ in parts],
        "total": given_by(at, plan, claim.household_id),
        "stamps": rules.stamps(
            stamps_of(at, plan, claim.household_id, int(parts[0][0].split("-")[0]))
        ),
        "payer": payer.name,
        "confirmed_by": [members.by_id(at, one).name for one in confirmers],
        "household": household_names(at, claim.household_id),
        "code": ledger.head(at, claim.group_id).code,
    }
    told = [payer] + [
        one
        for one in members.of_household(at, claim.household_id)
        if one.household_id != payer.household_id
    ]
    for one in told:
        tell(
            at,
            one.person_id,
            "contributions/receipt",
            key=f"receipt:{claim.group_id}:{entry.seq}:{one.id}",
            zone_of=plan.agreement,
            is_payer=one.id == payer.id,
            is_own=one.household_id == claim.household_id,
            **facts,
        )


def tell(
    at: Transaction,
    person_id: int,
    message: str,
    *,
    key: str,
    zone_of: Agreement,
    expires_at: datetime | None = None,
    **facts: Any,  # noqa: ANN401 - whatever the template needs
) -> bool:
    """Say something to a person in private, without a sound in the group's quiet hours.

    False where they have no open private chat, or it was said already.
    """
    chat = chats.of_person(at, person_id)
    if chat is None or chat.state != "open":
        return False
    return speaking.say(
        at,
        chat,
        people.by_id(at, person_id).language,
        message,
        key=key,
        expires_at=expires_at,
        silent=is_quiet(at.now, zone_of.quiet_hours, zone_of.zone),
        **facts,
    )
