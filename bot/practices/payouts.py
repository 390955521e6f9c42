"""What moves in the group's purses but for contributions, as who keeps them says.

Out: a cost, with the photo of its receipt; a gift to a household; savings back to a household. In:
money or things from outside, such as a harvest sold. Across: from one purse to another. Witnesses
of other households confirm it as they confirm what members give. A purse never holds less than
nothing, nor does anybody get back more than they saved: it is asked when it is said and when it is
booked.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

from bot.domain import contributions as rules, money
from bot.domain.agreement_parts import PURSES
from bot.domain.errors import Refusal
from bot.domain.money import Currency
from bot.domain.quantities import parse_quantity
from bot.practices import book, contributions, fund, saved, witnessing
from bot.practices.contributions import noted_screen
from bot.practices.dues import LIST_OFFICES, Screen
from bot.rendering.messages import cut
from bot.storage import contributions as store, groups, ledger, members, questions
from bot.storage.chats import Chat
from bot.storage.contributions import Claim
from bot.storage.database import Reading, Transaction
from bot.storage.groups import Group
from bot.storage.ledger import Commodity
from bot.storage.members import Member
from bot.storage.questions import Question

AMOUNT_ASKED: Final = "payout_amount"  # the open questions; their subject is the group
REASON_ASKED: Final = "payout_reason"
COSTS: Final = "costs"  # the accounts outside: where costs go, and where income comes from
INCOME: Final = "income"
PAGE: Final = contributions.PAGE

#: What can be said, by the number that buttons carry: only ever added to at the end.
WHATS: Final = ("cost", "gift", "back", "move", "income")
TO_HOUSEHOLDS: Final = frozenset({"gift", "back"})
#: A button's way for one purse: its account, what is counted, what is said, and to whom.
Numbers = tuple[int, int, int, int, int]


class NotTheTreasurer(Refusal):
    """Only who holds an office says what was paid out."""


class PayoutNotOffered(Refusal):
    """A button names something that cannot be said."""


@dataclass(frozen=True)
class Payout:
    """What is being said: of which purse and what, to (or for) whom.

    `target` is a household's id (a gift, savings back), or a purse's place in PURSES (a move).
    """

    group: Group
    member: Member
    what: str
    purse_id: int
    purse: str
    target: int
    commodity: Commodity

    @property
    def household_id(self) -> int | None:
        """The household it is about, if it is about one."""
        return self.target if self.what in TO_HOUSEHOLDS else None

    @property
    def outside(self) -> str | None:
        """Where it goes or comes from, if not a household: outside, or another purse."""
        if self.what == "move":
            return PURSES[self.target]
        return {"cost": COSTS, "income": INCOME}.get(self.what)


# -- choosing -------------------------------------------------------------------------------------


def begin(at: Reading, group_id: int, person_id: int) -> Screen:
    """Ask from which purse, and of what; of one alone, at once what for. Raises as `authorised`."""
    group, _ = keeper(at, group_id, person_id)
    found = _purses(at, group_id)
    if len(found) == 1:
        only = found[0]
        return from_purse(at, group_id, person_id, only.account_id, only.commodity.id)
    return Screen("fund/payout", {"group": group, "purses": found})


def _purses(at: Reading, group_id: int) -> list[fund.Purse]:
    # Shares are not paid out: they are given back with the money that they stand for.
    return [one for one in fund.purses(at, group_id) if one.commodity.code != ledger.SHARES]


def from_purse(
    at: Reading, group_id: int, person_id: int, purse_id: int, commodity_id: int
) -> Screen:
    """Ask what was done with what is in a purse. Raises as `authorised`."""
    payout = authorised(at, person_id, (group_id, purse_id, commodity_id, 0, 0))
    saved_by_somebody = any(
        saved.of_household(at, payout.group.id, payout.purse, payout.commodity, one) > 0
        for one in store.households_of(at, group_id)
    )
    facts = {"gives_back": saved_by_somebody, "whats": _what_numbers()}
    return Screen("fund/payout_from", _facts(at, payout) | facts)


def choose_household(
    at: Reading, person_id: int, numbers: tuple[int, int, int, int], page: int
) -> Screen:
    """List the households a gift may go to, or that get back what they saved.

    `numbers`: the group, the purse's account, the commodity, what is said. Raises as `authorised`.
    """
    group_id, purse_id, commodity_id, what = numbers
    payout = authorised(at, person_id, (group_id, purse_id, commodity_id, 0, 0))
    if what >= len(WHATS) or WHATS[what] not in TO_HOUSEHOLDS:
        raise PayoutNotOffered
    households = store.households_of(at, group_id)
    if WHATS[what] == "back":
        households = [
            one
            for one in households
            if saved.of_household(at, group_id, payout.purse, payout.commodity, one) > 0
        ]
    shown = households[page * PAGE : (page + 1) * PAGE]
    return Screen(
        "fund/payout_gift",
        _facts(at, payout)
        | {
            "what": WHATS[what],
            "what_number": what,
            "households": [(one, book.household_names(at, one)) for one in shown],
            "page": page,
            "has_more": len(households) > (page + 1) * PAGE,
        },
    )


def choose_purse(
    at: Reading, group_id: int, person_id: int, purse_id: int, commodity_id: int
) -> Screen:
    """List the purses to which something may be moved. Raises as `authorised`."""
    payout = authorised(at, person_id, (group_id, purse_id, commodity_id, 0, 0))
    others = [(number, one) for number, one in enumerate(PURSES) if one != payout.purse]
    facts = {"others": others, "whats": _what_numbers()}
    return Screen("fund/payout_move", _facts(at, payout) | facts)


def choose_income(
    at: Transaction, group_id: int, person_id: int, purse: int | None = None
) -> Screen:
    """Ask into which purse something came, then what it was. Raises as `authorised`."""
    group, _ = keeper(at, group_id, person_id)
    if purse is None:
        return Screen("fund/income", {"group": group, "purses": list(enumerate(PURSES))})
    if purse >= len(PURSES):
        raise PayoutNotOffered
    counts = countable(at, group_id)
    facts = {"group": group, "purse": PURSES[purse], "purse_number": purse, "counts": counts}
    return Screen("fund/income_of", facts)


def countable(at: Transaction, group_id: int) -> list[Commodity]:
    """Return what a purse may hold: money, what plans count, and whatever was counted before."""
    ledger.money_of(at, group_id, _code(at, group_id))
    for one in book.plans_of(at, group_id):
        book.counted_from_now(at, one)
    return [one for one in ledger.commodities_of(at, group_id) if one.code != ledger.SHARES]


def _what_numbers() -> dict[str, int]:
    return {name: number for number, name in enumerate(WHATS)}


# -- how much, and what for -----------------------------------------------------------------------


def ask_amount(at: Transaction, chat: Chat, person_id: int, numbers: Numbers) -> Screen:
    """Ask how much.

    `numbers`: the group, the purse's account (of income the purse's place), the commodity, what is
    said, and to whom.

    Raises NotTheTreasurer, NotAMember, NoFund, NoSuchHousehold, PayoutNotOffered.
    """
    payout = authorised(at, person_id, numbers)
    group_id, purse, commodity_id, what, target = numbers
    questions.settle(at, person_id, REASON_ASKED, group_id)
    questions.ask(
        at,
        person_id=person_id,
        chat_id=chat.id,
        kind=AMOUNT_ASKED,
        subject=group_id,
        purse=purse,
        commodity=commodity_id,
        what=what,
        target=target,
    )
    return Screen("fund/payout_amount", _facts(at, payout))


def take_amount(at: Transaction, chat: Chat, question: Question, text: str) -> Screen:
    """Repeat the amount back and ask what it was for.

    Raises money.AmountRefusal, QuantityNotUnderstood, PurseTooLow, NotSoMuchSaved, and as
    `ask_amount`.
    """
    payout = _asked_about(at, question)
    if payout.commodity.unit is None:
        scale = payout.commodity.scale
        amount_minor = money.parse_amount(text, Currency(payout.commodity.code, scale))
    else:
        amount_minor = parse_quantity(text)
    _require(at, payout, amount_minor)
    questions.settle(at, question.person_id, AMOUNT_ASKED, question.subject)
    questions.ask(
        at,
        person_id=question.person_id,
        chat_id=chat.id,
        kind=REASON_ASKED,
        subject=question.subject,
        **question.facts,
        amount=amount_minor,
    )
    facts = {"amount": amount_minor, "has_photo": False}
    return Screen("fund/payout_reason", _facts(at, payout) | facts)


def take_reason(at: Transaction, question: Question, text: str, photo: str | None) -> Screen:
    """Say that it was paid out, and what for; witnesses are asked.

    Where only a photo came, the words are asked for, and it goes with them.

    Raises ReasonMissing, PurseTooLow, NotSoMuchSaved, and as `ask_amount`.
    """
    if photo is not None and not text.strip():
        return _ask_words_too(at, question, photo)
    witnessing.require_words(text)
    payout = _asked_about(at, question)
    amount_minor: int = question.facts["amount"]
    _require(at, payout, amount_minor)
    photo = photo or _photo_before(at, question)
    key = f"question:{question.id}"
    claim = add_claim(at, payout, amount_minor, words_of(text), key=key)
    if photo is not None:
        store.keep_photo(at, claim, question.person_id, photo)
    questions.settle(at, question.person_id, REASON_ASKED, question.subject)
    return noted_screen(at, claim, witnessing.ask_for(at, claim))


def _ask_words_too(at: Transaction, question: Question, photo: str) -> Screen:
    """Keep a photo that came without words, sealed, and ask for them."""
    payout = _asked_about(at, question)
    sealed = at.seal_for(question.person_id, photo).hex()
    questions.ask(
        at,
        person_id=question.person_id,
        chat_id=question.chat_id,
        kind=REASON_ASKED,
        subject=question.subject,
        **{**question.facts, "photo": sealed},
    )
    facts = {"amount": question.facts["amount"], "has_photo": True}
    return Screen("fund/payout_reason", _facts(at, payout) | facts)


def _photo_before(at: Reading, question: Question) -> str | None:
    """Return the photo that came before its words, if one did."""
    sealed = question.facts.get("photo")
    return None if sealed is None else at.open_for(question.person_id, bytes.fromhex(sealed))


def words_of(text: str) -> str:
    """Return what something was for, as it is kept."""
    return cut(" ".join(text.split()), rules.REASON_MAX)


def to_household(payout: Payout, household_id: int) -> Payout:
    """Return the same as a gift to a household."""
    return replace(payout, what="gift", target=household_id)


def add_claim(
    at: Transaction,
    payout: Payout,
    amount_minor: int,
    words: str,
    *,
    key: str,
    batch: int | None = None,
) -> Claim:
    """Keep what is said; nobody is asked yet."""
    claim = store.add(
        at,
        payout.group.id,
        kind=payout.what,
        said_by=payout.member.id,
        household_id=payout.household_id,
        purse=payout.purse,
        outside=payout.outside,
        commodity=payout.commodity,
        amount_minor=amount_minor,
        day=book.local_day(at, groups.agreement(at, payout.group.id)),
        witnesses=book.witnesses_needed(at, payout.group.id),
        note=at.seal_for(payout.member.person_id, words),
        batch=batch,
        key=key,
    )
    assert claim is not None
    return claim


def _asked_about(at: Reading, question: Question) -> Payout:
    facts = question.facts
    numbers = (facts["purse"], facts["commodity"], facts["what"], facts["target"])
    return authorised(at, question.person_id, (question.subject, *numbers))


def authorised(at: Reading, person_id: int, numbers: Numbers) -> Payout:
    """Return what is being said, authorised from the facts.

    Raises NotTheTreasurer, NotAMember, NoFund, NoSuchHousehold, PayoutNotOffered.
    """
    group_id, purse_id, commodity_id, what, target = numbers
    group, member = keeper(at, group_id, person_id)
    counted = {one.id: one for one in ledger.commodities_of(at, group_id)}
    if what >= len(WHATS) or commodity_id not in counted:
        raise PayoutNotOffered
    if WHATS[what] == "income":
        names = dict(enumerate(PURSES))
    else:
        names = dict(ledger.purses_of(at, group_id))
    if purse_id not in names:
        raise fund.NoFund
    payout = Payout(
        group, member, WHATS[what], purse_id, names[purse_id], target, counted[commodity_id]
    )
    if payout.commodity.code == ledger.SHARES:
        raise PayoutNotOffered
    if payout.household_id is not None and not store.is_household_of(at, group_id, target):
        raise rules.NoSuchHousehold
    if payout.what == "move" and (target >= len(PURSES) or payout.outside == payout.purse):
        raise PayoutNotOffered
    return payout


def keeper(at: Reading, group_id: int, person_id: int) -> tuple[Group, Member]:
    """Return who keeps the group's money, and the group. Raises NotTheTreasurer, NotAMember."""
    group = fund.group_of_member(at, group_id, person_id)
    member = members.require(at, group_id, person_id, group_title=group.title)
    if LIST_OFFICES.isdisjoint(members.offices_of(at, member.id)):
        raise NotTheTreasurer
    return group, member


def _code(at: Reading, group_id: int) -> str:
    return groups.agreement(at, group_id).currency


def _require(at: Reading, payout: Payout, amount_minor: int) -> None:
    if payout.what == "income":
        return
    if payout.what == "back":
        saved.require(
            at,
            payout.group.id,
            payout.purse,
            payout.commodity,
            household_id=payout.target,
            amount_minor=amount_minor,
        )
    holds = ledger.balance(at, payout.purse_id, payout.commodity.id)
    if holds < amount_minor:
        raise book.PurseTooLow(holds=holds, counted=payout.commodity)


def _facts(at: Reading, payout: Payout) -> dict[str, Any]:
    household_id = payout.household_id
    place = book.Place(payout.group.id, payout.purse, payout.commodity)
    return {
        "group": payout.group,
        "what": payout.what,
        "purse": payout.purse,
        "purse_id": payout.purse_id,
        "other_purse": payout.outside if payout.what == "move" else None,
        "household": [] if household_id is None else book.household_names(at, household_id),
        "holds": book.in_purse(at, place),
        "saved": 0
        if household_id is None
        else saved.of_household(at, payout.group.id, payout.purse, payout.commodity, household_id),
        "counted": payout.commodity,
    }
