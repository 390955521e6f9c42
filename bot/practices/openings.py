"""Beginning with a book on paper: its balances come in as a sheet that witnesses confirm.

Who keeps the book writes, in private, what a purse holds and what each household has in it. Nothing
counts before witnesses of other households have confirmed it; then each household gets its own line
as a receipt, and a mistake is taken back as any entry is.
"""

from dataclasses import dataclass
from typing import Final

from bot.domain import money
from bot.domain.agreement_parts import PURSES
from bot.domain.errors import Refusal
from bot.domain.money import Currency
from bot.domain.openings import numbered_lines
from bot.domain.quantities import parse_quantity
from bot.practices import book, opening_lines, payouts, witnessing
from bot.practices.contributions import noted_screen
from bot.practices.dues import Screen
from bot.practices.payouts import PayoutNotOffered
from bot.storage import (
    contributions as store,
    entries,
    groups,
    ledger,
    openings as sheets,
    questions,
)
from bot.storage.chats import Chat
from bot.storage.database import Reading, Transaction
from bot.storage.groups import Group
from bot.storage.ledger import Commodity
from bot.storage.members import Member
from bot.storage.openings import Sheet
from bot.storage.questions import Question

ASKED: Final = "opening_amount"  # the open question; its subject is the sheet
PURSE: Final = 0  # the place on the list that is the purse itself
PAGE: Final = 40


class OpeningStands(Refusal):
    """A sheet of that purse is in the book, or waits for its witnesses."""


class SheetEmpty(Refusal):
    """A sheet that says nothing."""


class NoSuchSheet(Refusal):
    """A sheet that is not there, or is none of this person's."""


@dataclass(frozen=True)
class Writing:
    """A sheet, whose it is, and what it counts."""

    sheet: Sheet
    group: Group
    member: Member
    commodity: Commodity


# -- beginning ------------------------------------------------------------------------------------


def choose(at: Transaction, group_id: int, person_id: int, purse: int | None = None) -> Screen:
    """Ask for which purse, then of what. Raises NotTheTreasurer, NotAMember, PayoutNotOffered."""
    group, _ = payouts.keeper(at, group_id, person_id)
    questions.settle(at, person_id, ASKED)
    if purse is None:
        return Screen("openings/purse", {"group": group, "purses": list(enumerate(PURSES))})
    if purse >= len(PURSES):
        raise PayoutNotOffered
    facts = {
        "group": group,
        "purse": PURSES[purse],
        "purse_number": purse,
        "counts": payouts.countable(at, group_id),
    }
    return Screen("openings/of", facts)


def begin(at: Transaction, chat: Chat, person_id: int, numbers: tuple[int, int, int]) -> Screen:
    """Open one's sheet. `numbers`: the group, the purse's place, the commodity.

    Raises OpeningStands, and as `choose`.
    """
    group_id, purse, commodity_id = numbers
    _, member = payouts.keeper(at, group_id, person_id)
    if purse >= len(PURSES) or commodity_id not in {
        one.id for one in payouts.countable(at, group_id)
    }:
        raise PayoutNotOffered
    _require_none(at, group_id, PURSES[purse], commodity_id)
    sheet = sheets.open_for(at, group_id, member.id, PURSES[purse], commodity_id)
    return _screen(at, chat, sheet.id, person_id, 0)


def _require_none(at: Reading, group_id: int, purse: str, commodity_id: int) -> None:
    """Raise OpeningStands where a sheet of that purse counts, or waits to."""
    for claim_id in sheets.claims_of(at, group_id, purse, commodity_id):
        claim = store.by_id(at, claim_id)
        if store.state_of(at, claim) == "withdrawn":
            continue
        seq = store.booked_as(at, claim)
        entry = None if seq is None else entries.facts(at, group_id, seq)
        if entry is None or entry.reversed_by is None:
            raise OpeningStands


# -- writing it -----------------------------------------------------------------------------------


def turn(at: Transaction, chat: Chat, sheet_id: int, person_id: int, page: int) -> Screen:
    """Show a page of the sheet. Raises NoSuchSheet, OpeningStands, NotTheTreasurer."""
    return _screen(at, chat, sheet_id, person_id, page)


def take_lines(at: Transaction, chat: Chat, question: Question, text: str) -> Screen:
    """Write what was said for places of the list; 0 is the purse itself.

    An amount of nothing takes a line off. Raises SheetNotUnderstood, AmountRefusal,
    QuantityNotUnderstood, and as `turn`.
    """
    writing = _open(at, question.subject, question.person_id)
    households = store.households_of(at, writing.group.id)
    for place, words in numbered_lines(text):
        amount_minor = _amount_of(writing.commodity, words)
        if place == PURSE:
            sheets.set_in_purse(at, writing.sheet.id, amount_minor or None)
        elif place <= len(households):
            sheets.put(at, writing.sheet.id, households[place - 1], amount_minor)
        else:
            raise NoSuchSheet
    return _screen(at, chat, writing.sheet.id, question.person_id, 0)


def _amount_of(commodity: Commodity, words: str) -> int:
    if words.strip(" 0") == "" and words.strip():
        return 0
    if commodity.unit is not None:
        return parse_quantity(words)
    return money.parse_amount(words, Currency(commodity.code, commodity.scale))


def _open(at: Reading, sheet_id: int, person_id: int) -> Writing:
    sheet = sheets.find(at, sheet_id)
    if sheet is None:
        raise NoSuchSheet
    group, member = payouts.keeper(at, sheet.group_id, person_id)
    if member.id != sheet.made_by:
        raise NoSuchSheet
    if sheet.claim_id is not None:
        raise OpeningStands
    return Writing(sheet, group, member, ledger.commodity(at, sheet.commodity_id))


def _screen(at: Transaction, chat: Chat, sheet_id: int, person_id: int, page: int) -> Screen:
    writing = _open(at, sheet_id, person_id)
    questions.ask(at, person_id=person_id, chat_id=chat.id, kind=ASKED, subject=sheet_id)
    households = store.households_of(at, writing.group.id)
    amounts = sheets.lines_of(at, sheet_id)
    first = page * PAGE
    return Screen(
        "openings/sheet",
        {
            "group": writing.group,
            "sheet": writing.sheet,
            "counted": writing.commodity,
            "households": [
                (first + place, book.household_names(at, one), amounts.get(one, 0))
                for place, one in enumerate(households[first : first + PAGE], 1)
            ],
            "totals": opening_lines.totals(at, writing.sheet),
            "page": page,
            "has_more": len(households) > first + PAGE,
        },
    )


def say(at: Transaction, sheet_id: int, person_id: int) -> Screen:
    """Say the sheet; witnesses are asked. A second tap shows what was said.

    Raises SheetEmpty, and as `turn`.
    """
    sheet = sheets.find(at, sheet_id)
    if sheet is not None and sheet.claim_id is not None:
        claim = store.by_id(at, sheet.claim_id)
        _, member = payouts.keeper(at, sheet.group_id, person_id)
        if claim.said_by != member.id:
            raise NoSuchSheet
        return noted_screen(at, claim)
    writing = _open(at, sheet_id, person_id)
    sheet, group_id = writing.sheet, writing.group.id
    _require_none(at, group_id, sheet.purse, sheet.commodity_id)
    found = opening_lines.totals(at, sheet)
    if not found.in_purse:
        raise SheetEmpty
    claim_ = store.add(
        at,
        group_id,
        kind="opening",
        said_by=writing.member.id,
        purse=sheet.purse,
        outside=opening_lines.BEFORE,
        commodity=writing.commodity,
        amount_minor=found.in_purse,
        day=book.local_day(at, groups.agreement(at, group_id)),
        witnesses=book.witnesses_needed(at, group_id),
        key=f"opening:{sheet.id}",
    )
    assert claim_ is not None
    sheets.say(at, sheet.id, claim_.id)
    questions.settle(at, person_id, ASKED, sheet.id)
    return noted_screen(at, claim_, witnessing.ask_for(at, claim_))
