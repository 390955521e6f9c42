"""Paying out what the group decided: who keeps the money is told, pays, and says so.

The decision is an order, not a payment: the bot moves no money. Once somebody says that it was
paid, witnesses of other households confirm it as they confirm whatever goes out.
"""

from typing import Any

from bot.domain import contributions as rules
from bot.domain.decisions import Matter
from bot.domain.errors import Refusal
from bot.practices import book, decision_facts, payouts, speaking
from bot.practices.contributions import noted_screen
from bot.practices.dues import LIST_OFFICES, Screen
from bot.practices.fund import NoFund
from bot.practices.payouts import NotTheTreasurer
from bot.practices.witnessing import ask_for
from bot.storage import (
    contributions as claims,
    decisions,
    groups,
    ledger,
    members,
    payout_orders as store,
)
from bot.storage.database import Reading, Transaction
from bot.storage.decisions import Decision
from bot.storage.members import Member
from bot.storage.payout_orders import Order


class OrderNotYours(Refusal):
    """No such order, as far as this person is concerned."""


class OrderPaid(Refusal):
    """Somebody has already said that it was paid out."""


def require(
    at: Reading, group_id: int, purse: str, amount_minor: int, household_id: int | None
) -> None:
    """Hold what would be paid out to what there is, less what was decided before.

    Raises NoFund, NoSuchHousehold, PurseTooLow.
    """
    code = groups.agreement(at, group_id).currency
    purses = {name: account for account, name in ledger.purses_of(at, group_id)}
    if purse not in purses:
        raise NoFund
    if household_id is not None and not claims.is_household_of(at, group_id, household_id):
        raise rules.NoSuchHousehold
    commodity = book.commodity_of(at, group_id, code)
    holds = ledger.balance(at, purses[purse], commodity.id)
    holds -= store.waiting_minor(at, group_id, purse, code)
    if holds < amount_minor:
        raise book.PurseTooLow(holds=max(holds, 0), counted=commodity)


def order(
    at: Transaction,
    decision: Decision,
    place: int,
    *,
    purse: str,
    amount_minor: int,
    household_id: int | None,
) -> None:
    """Order that an amount is paid out, and tell those who keep the money. As `require`."""
    require(at, decision.group_id, purse, amount_minor, household_id)
    order_id = store.add(
        at,
        decision.id,
        place,
        purse=purse,
        household_id=household_id,
        currency=groups.agreement(at, decision.group_id).currency,
        amount_minor=amount_minor,
    )
    found = store.find(at, order_id)
    assert found is not None
    for keeper in keepers(at, decision.group_id):
        speaking.say_to(
            at,
            keeper.person_id,
            "decisions/order",
            key=f"order {order_id} {keeper.id}",
            **_facts(at, found, decision),
        )


def keepers(at: Reading, group_id: int) -> list[Member]:
    """Return who is told what to pay: the treasurers, or whoever else keeps the book."""
    treasurers = members.holders(at, group_id, "treasurer")
    if treasurers:
        return treasurers
    return [
        one
        for one in members.of_group(at, group_id)
        if not LIST_OFFICES.isdisjoint(members.offices_of(at, one.id))
    ]


def say_paid(at: Transaction, order_id: int, person_id: int) -> Screen:
    """Say that an order was paid out; witnesses are asked.

    Raises OrderNotYours, NotTheTreasurer, OrderPaid, PurseTooLow.
    """
    found, decision, member = _look(at, order_id, person_id)
    if not is_open(at, found):
        raise OrderPaid
    purses = {name: account for account, name in ledger.purses_of(at, found.group_id)}
    commodity = book.commodity_of(at, found.group_id, found.currency)
    holds = ledger.balance(at, purses[found.purse], commodity.id)
    if holds < found.amount_minor:
        raise book.PurseTooLow(holds=holds, counted=commodity)
    claim = claims.add(
        at,
        found.group_id,
        kind="cost" if found.household_id is None else "gift",
        said_by=member.id,
        household_id=found.household_id,
        purse=found.purse,
        outside=payouts.COSTS if found.household_id is None else None,
        commodity=commodity,
        amount_minor=found.amount_minor,
        day=book.local_day(at, groups.agreement(at, found.group_id)),
        witnesses=book.witnesses_needed(at, found.group_id),
        note=at.seal_for(person_id, what_for(decision.matter, found.place)),
        key=f"order:{found.id}:{found.claim_id or 0}",
    )
    assert claim is not None
    store.keep_claim(at, found.id, claim.id)
    return noted_screen(at, claim, ask_for(at, claim))


def what_for(matter: Matter, place: int) -> str:
    """Return what an order is for, as the book will say it: the proposal's words, the choice."""
    words = [matter.choices[place].words] if place < len(matter.choices) else []
    return ": ".join([one for one in (matter.words, *words) if one]) or matter.why or "…"


def is_open(at: Reading, found: Order) -> bool:
    """Whether it still has to be paid: nobody said that it was, or they took it back."""
    if found.claim_id is None:
        return True
    return claims.state_of(at, claims.by_id(at, found.claim_id)) == "withdrawn"


def _look(at: Reading, order_id: int, person_id: int) -> tuple[Order, Decision, Member]:
    found = store.find(at, order_id)
    if found is None:
        raise OrderNotYours
    member = members.of_person(at, found.group_id, person_id)
    if member is None or member.state != "member":
        raise OrderNotYours
    if LIST_OFFICES.isdisjoint(members.offices_of(at, member.id)):
        raise NotTheTreasurer
    return found, decisions.by_id(at, found.decision_id), member


def _facts(at: Reading, found: Order, decision: Decision) -> dict[str, Any]:
    household = found.household_id
    return decision_facts.of_decision(at, decision) | {
        "order": found,
        "what_for": what_for(decision.matter, found.place),
        "household": [] if household is None else book.household_names(at, household),
    }
