"""Paying out from a purse: a cost, with the photo of its receipt, or a gift to a household.

Who keeps the group's money says so; witnesses of other households confirm it as they confirm what
comes in. A purse never holds less than nothing: it is asked when it is said and when it is booked.
"""

from dataclasses import dataclass
from typing import Any, Final

from bot.domain import contributions as rules, money
from bot.domain.errors import Refusal
from bot.domain.money import Currency
from bot.practices import book, contributions, fund, witnessing
from bot.practices.contributions import noted_screen
from bot.practices.dues import LIST_OFFICES, Screen
from bot.rendering.messages import cut
from bot.storage import contributions as store, groups, ledger, members, questions
from bot.storage.chats import Chat
from bot.storage.database import Reading, Transaction
from bot.storage.groups import Group
from bot.storage.ledger import Commodity
from bot.storage.members import Member
from bot.storage.questions import Question

AMOUNT_ASKED: Final = "payout_amount"  # the open questions; their subject is the group
REASON_ASKED: Final = "payout_reason"
COSTS: Final = "costs"  # the account outside that costs go to
PAGE: Final = contributions.PAGE


class NotTheTreasurer(Refusal):
    """Only who holds an office says what was paid out."""


@dataclass(frozen=True)
class Payout:
    """What is being said: from which purse, to whom (no household: a cost)."""

    group: Group
    member: Member
    purse_id: int
    purse: str
    household_id: int | None
    commodity: Commodity

    @property
    def holds(self) -> tuple[int, int]:
        """The purse's account and its commodity, to ask what it holds."""
        return self.purse_id, self.commodity.id


def begin(at: Reading, group_id: int, person_id: int) -> Screen:
    """Ask from which purse, and whether it is a cost or a gift. Raises as `_payout`."""
    group, _ = _keeper(at, group_id, person_id)
    found = [one for one in fund.purses(at, group_id) if one.code == _code(at, group_id)]
    return Screen("fund/payout", {"group": group, "purses": found})


def gift_to(at: Reading, group_id: int, person_id: int, purse_id: int, page: int) -> Screen:
    """List the households a gift may go to. Raises as `_payout`."""
    payout = _payout(at, group_id, person_id, purse_id, None)
    households = store.households_of(at, group_id)
    shown = households[page * PAGE : (page + 1) * PAGE]
    return Screen(
        "fund/payout_gift",
        {
            "group": payout.group,
            "purse_id": purse_id,
            "households": [(one, book.household_names(at, one)) for one in shown],
            "page": page,
            "has_more": len(households) > (page + 1) * PAGE,
        },
    )


def ask_amount(
    at: Transaction,
    chat: Chat,
    person_id: int,
    numbers: tuple[int, int, int],
) -> Screen:
    """Ask how much. `numbers`: the group, the purse's account, the household (0: a cost).

    Raises NotTheTreasurer, NotAMember, NoFund, NoSuchHousehold.
    """
    group_id, purse_id, household_id = numbers
    payout = _payout(at, group_id, person_id, purse_id, household_id or None)
    questions.settle(at, person_id, REASON_ASKED, group_id)
    questions.ask(
        at,
        person_id=person_id,
        chat_id=chat.id,
        kind=AMOUNT_ASKED,
        subject=group_id,
        purse=purse_id,
        household=household_id,
    )
    return Screen("fund/payout_amount", _facts(at, payout))


def take_amount(at: Transaction, chat: Chat, question: Question, text: str) -> Screen:
    """Repeat the amount back and ask what it was for.

    Raises money.AmountRefusal, PurseTooLow, and as `ask_amount`.
    """
    payout = _asked_about(at, question)
    amount_minor = money.parse_amount(text, Currency(payout.commodity.code, payout.commodity.scale))
    _require(at, payout, amount_minor)
    questions.settle(at, question.person_id, AMOUNT_ASKED, question.subject)
    questions.ask(
        at,
        person_id=question.person_id,
        chat_id=chat.id,
        kind=REASON_ASKED,
        subject=question.subject,
        purse=payout.purse_id,
        household=payout.household_id or 0,
        amount=amount_minor,
    )
    return Screen("fund/payout_reason", _facts(at, payout) | {"amount": amount_minor})


def take_reason(at: Transaction, question: Question, text: str, photo: str | None) -> Screen:
    """Say that it was paid out, and what for; witnesses are asked.

    Raises ReasonMissing, PurseTooLow, and as `ask_amount`.
    """
    witnessing.require_words(text)
    payout = _asked_about(at, question)
    amount_minor: int = question.facts["amount"]
    _require(at, payout, amount_minor)
    claim = store.add(
        at,
        payout.group.id,
        kind="cost" if payout.household_id is None else "gift",
        said_by=payout.member.id,
        household_id=payout.household_id,
        purse=payout.purse,
        outside=COSTS if payout.household_id is None else None,
        commodity=payout.commodity,
        amount_minor=amount_minor,
        day=book.local_day(at, groups.agreement(at, payout.group.id)),
        witnesses=book.witnesses_needed(at, payout.group.id),
        note=at.seal_for(question.person_id, cut(" ".join(text.split()), rules.REASON_MAX)),
        key=f"question:{question.id}",
    )
    assert claim is not None
    if photo is not None:
        store.keep_photo(at, claim, question.person_id, photo)
    questions.settle(at, question.person_id, REASON_ASKED, question.subject)
    return noted_screen(at, claim, witnessing.ask_for(at, claim))


def _asked_about(at: Reading, question: Question) -> Payout:
    household_id: int = question.facts["household"]
    return _payout(
        at,
        question.subject,
        question.person_id,
        question.facts["purse"],
        household_id or None,
    )


def _payout(
    at: Reading, group_id: int, person_id: int, purse_id: int, household_id: int | None
) -> Payout:
    """Return what is being said, authorised from the facts."""
    group, member = _keeper(at, group_id, person_id)
    names = dict(ledger.purses_of(at, group_id))
    if purse_id not in names:
        raise fund.NoFund
    if household_id is not None and not store.is_household_of(at, group_id, household_id):
        raise rules.NoSuchHousehold
    commodity = book.commodity_of(at, group_id, _code(at, group_id))
    return Payout(group, member, purse_id, names[purse_id], household_id, commodity)


def _keeper(at: Reading, group_id: int, person_id: int) -> tuple[Group, Member]:
    group = fund.group_of_member(at, group_id, person_id)
    member = members.require(at, group_id, person_id, group_title=group.title)
    if LIST_OFFICES.isdisjoint(members.offices_of(at, member.id)):
        raise NotTheTreasurer
    return group, member


def _code(at: Reading, group_id: int) -> str:
    return groups.agreement(at, group_id).currency


def _require(at: Reading, payout: Payout, amount_minor: int) -> None:
    holds = ledger.balance(at, *payout.holds)
    if holds < amount_minor:
        raise book.PurseTooLow(holds=holds, counted=payout.commodity)


def _facts(at: Reading, payout: Payout) -> dict[str, Any]:
    household_id = payout.household_id
    return {
        "group": payout.group,
        "household": [] if household_id is None else book.household_names(at, household_id),
        "holds": ledger.balance(at, *payout.holds),
        "currency": payout.commodity.code,
    }
