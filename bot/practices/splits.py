"""Sharing an amount out to all households: the same to each, or to each by what it gave.

Nothing is lost in the division (largest remainder, of equal ones the earlier household first), and
the arithmetic is shown before anybody says it. Each part is a gift of its own, witnessed together.
"""

from dataclasses import dataclass
from datetime import date, time
from typing import Any, Final

from bot.domain import money
from bot.domain.agreement_parts import PURSES
from bot.domain.calendar import local, to_utc
from bot.domain.money import Currency
from bot.domain.quantities import parse_quantity
from bot.practices import book, meeting_lists, payouts
from bot.practices.book import Place
from bot.practices.dues import Screen
from bot.practices.payouts import WHATS, Payout, PayoutNotOffered
from bot.practices.witnessing import require_words
from bot.storage import (
    contributions as store,
    groups,
    ledger,
    meeting_lists as lists,
    questions,
)
from bot.storage.chats import Chat
from bot.storage.database import Reading, Transaction
from bot.storage.ledger import Commodity
from bot.storage.questions import Question

ASKED: Final = "split_amount"  # the open questions; their subject is the group
REASON_ASKED: Final = "split_reason"
SAME: Final = 0  # the way that divides equally; any other is the commodity it goes by
SHOWN_MAX: Final = 60  # households whose part stands in the message


@dataclass(frozen=True)
class Part:
    """What a household gets, and by what: its hours, say."""

    household_id: int
    weight: int
    amount_minor: int


def ways(at: Reading, group_id: int, person_id: int, purse_id: int, commodity_id: int) -> Screen:
    """Ask how it is shared out. Raises as `payouts.ask_amount`."""
    payout = _payout(at, person_id, (group_id, purse_id, commodity_id))
    found = [
        one
        for one in ledger.commodities_of(at, group_id)
        if one.unit is not None and any(weights(at, group_id, one.id).values())
    ]
    facts = {"ways": found, "same": SAME, "purse_id": purse_id}
    return Screen("fund/split", _facts(payout) | facts)


def weights(at: Reading, group_id: int, way: int) -> dict[int, int]:
    """Return what each household's part goes by: 1 each, its shares, or what it gave this year.

    Raises PayoutNotOffered for a way that is none.
    """
    households = store.households_of(at, group_id)
    if way == SAME:
        return dict.fromkeys(households, 1)
    counted = next((one for one in ledger.commodities_of(at, group_id) if one.id == way), None)
    if counted is None or counted.unit is None:
        raise PayoutNotOffered
    return {one: max(0, _given(at, group_id, counted, one)) for one in households}


def _given(at: Reading, group_id: int, counted: Commodity, household_id: int) -> int:
    """Return the shares a household has, or what it gave of a unit since the local new year."""
    places = [Place(group_id, purse, counted) for purse in PURSES]
    given = sum(book.given_by(at, place, household_id) for place in places)
    if counted.code == ledger.SHARES:
        return given
    zone = groups.agreement(at, group_id).zone
    new_year = to_utc(date(local(at.now, zone).year, 1, 1), time(0), zone)
    before = sum(
        ledger.balance_before(at, group_id, account, counted.id, new_year)
        for place in places
        for account in book.accounts_of(at, place, household_id)
    )
    return given + before


def ask_amount(
    at: Transaction, chat: Chat, person_id: int, numbers: tuple[int, int, int, int]
) -> Screen:
    """Ask how much is shared out. `numbers`: group, purse's account, commodity, way.

    Raises as `payouts.ask_amount`.
    """
    group_id, purse_id, commodity_id, way = numbers
    payout = _payout(at, person_id, (group_id, purse_id, commodity_id))
    if not any(weights(at, group_id, way).values()):
        raise PayoutNotOffered
    for other in (ASKED, REASON_ASKED):
        questions.settle(at, person_id, other, group_id)
    questions.ask(
        at,
        person_id=person_id,
        chat_id=chat.id,
        kind=ASKED,
        subject=group_id,
        purse=purse_id,
        commodity=commodity_id,
        way=way,
    )
    holds = book.in_purse(at, Place(group_id, payout.purse, payout.commodity))
    return Screen("fund/split_amount", _facts(payout) | {"holds": holds})


def take_amount(at: Transaction, chat: Chat, question: Question, text: str) -> Screen:
    """Show who would get how much, and ask what it is for.

    Raises money.AmountRefusal, QuantityNotUnderstood, PurseTooLow, and as `ask_amount`.
    """
    payout, way = _asked_about(at, question)
    commodity = payout.commodity
    if commodity.unit is None:
        amount_minor = money.parse_amount(text, Currency(commodity.code, commodity.scale))
    else:
        amount_minor = parse_quantity(text)
    _require(at, payout, amount_minor)
    found = parts(at, payout.group.id, way, amount_minor)
    questions.settle(at, question.person_id, ASKED, question.subject)
    questions.ask(
        at,
        person_id=question.person_id,
        chat_id=chat.id,
        kind=REASON_ASKED,
        subject=question.subject,
        **question.facts,
        amount=amount_minor,
    )
    return Screen(
        "fund/split_shown",
        _facts(payout)
        | {
            "amount": amount_minor,
            "by": _commodity(at, payout.group.id, way),
            "parts": [
                (book.household_names(at, one.household_id), one) for one in found[:SHOWN_MAX]
            ],
            "more": max(0, len(found) - SHOWN_MAX),
        },
    )


def parts(at: Reading, group_id: int, way: int, amount_minor: int) -> list[Part]:
    """Return what each household gets; the parts add up to the amount. Raises PayoutNotOffered."""
    by = {one: weight for one, weight in weights(at, group_id, way).items() if weight}
    if not by:
        raise PayoutNotOffered
    amounts = money.divide(amount_minor, list(by.values()))
    return [
        Part(household_id, weight, amount)
        for (household_id, weight), amount in zip(by.items(), amounts, strict=True)
    ]


def take_reason(at: Transaction, question: Question, text: str) -> Screen:
    """Say that it was shared out, and what for; witnesses confirm it as one list.

    Raises ReasonMissing, PurseTooLow, and as `ask_amount`.
    """
    require_words(text)
    payout, way = _asked_about(at, question)
    amount_minor: int = question.facts["amount"]
    _require(at, payout, amount_minor)
    list_id = lists.add_said(at, payout.group.id, payout.member.id)
    claims = [
        payouts.add_claim(
            at,
            payouts.to_household(payout, one.household_id),
            one.amount_minor,
            payouts.words_of(text),
            batch=list_id,
            key=f"split:{list_id}:{one.household_id}",
        )
        for one in parts(at, payout.group.id, way, amount_minor)
        if one.amount_minor
    ]
    questions.settle(at, question.person_id, REASON_ASKED, question.subject)
    said = lists.by_id(at, list_id)
    assert said is not None
    return meeting_lists.ask_for(at, said, claims)


def _asked_about(at: Reading, question: Question) -> tuple[Payout, int]:
    facts = question.facts
    numbers = (question.subject, facts["purse"], facts["commodity"])
    return _payout(at, question.person_id, numbers), facts["way"]


def _payout(at: Reading, person_id: int, numbers: tuple[int, int, int]) -> Payout:
    return payouts.authorised(at, person_id, (*numbers, WHATS.index("cost"), 0))


def _require(at: Reading, payout: Payout, amount_minor: int) -> None:
    holds = book.in_purse(at, Place(payout.group.id, payout.purse, payout.commodity))
    if holds < amount_minor:
        raise book.PurseTooLow(holds=holds, counted=payout.commodity)


def _commodity(at: Reading, group_id: int, way: int) -> Commodity | None:
    return next((one for one in ledger.commodities_of(at, group_id) if one.id == way), None)


def _facts(payout: Payout) -> dict[str, Any]:
    return {"group": payout.group, "purse": payout.purse, "counted": payout.commodity}
