"""The fund: what is in it, one's own passbook, and the book checked. Nothing here changes it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from bot.domain import periods
from bot.domain.contributions import NoContributions, NoSuchPayment
from bot.domain.errors import Refusal
from bot.practices import book, speaking
from bot.practices.book import Plan
from bot.practices.dues import LIST_OFFICES, Screen
from bot.storage import entries, groups, ledger, members
from bot.storage.chats import Chat
from bot.storage.database import Reading
from bot.storage.entries import EntryFacts
from bot.storage.groups import Group
from bot.storage.ledger import Commodity
from bot.storage.members import Member

PASSBOOK: Final = "passbook"  # the purpose of a deep link; its number is the group's
LOG: Final = "book"  # the same, to the group's whole book
COPY: Final = "copy"  # the same, to a copy of it
LINES: Final = 10


class NoFund(Refusal):
    """The group keeps no fund here (or is not set up, or nobody asked from one)."""


class Purse(NamedTuple):
    """What a purse holds of one thing; `account_id` finds it again."""

    name: str
    amount_minor: int
    commodity: Commodity
    account_id: int

    @property
    def code(self) -> str:
        """The code of what is counted."""
        return self.commodity.code

    @property
    def is_in_kind(self) -> bool:
        """Whether it is neither money nor shares of it."""
        return self.commodity.unit is not None and self.code != ledger.SHARES


class Count(NamedTuple):
    """How many households have given all of a period's contribution, and of how many."""

    purse: str
    is_in_kind: bool
    first_day: date
    is_week: bool
    done: int
    of: int
    unit: str = ""


# -- /fund ------------------------------------------------------------------------------------


def find_in_group(at: Reading, chat: Chat) -> Screen:
    """Return what /fund shows in a group, to anybody there. Raises NoFund."""
    group = groups.of_chat(at, chat.id)
    if group is None:
        raise NoFund
    return fund_screen(at, group)


def find_mine(at: Reading, person_id: int) -> Screen:
    """Return what /fund shows in private: the fund, or a choice of groups. Raises NoFund."""
    found = groups_with_a_book(at, person_id)
    if len(found) > 1:
        return Screen("fund/which", {"groups": found, "verb": "fund"})
    return of_group(at, found[0].id, person_id)


def of_group(at: Reading, group_id: int, person_id: int) -> Screen:
    """Return the fund of one group, to its members; to who keeps it with a way to pay out.

    Raises NotAMember, NoFund.
    """
    group = group_of_member(at, group_id, person_id)
    screen = fund_screen(at, group)
    member = members.require(at, group_id, person_id, group_title=group.title)
    if not LIST_OFFICES.isdisjoint(members.offices_of(at, member.id)):
        return Screen(screen.message, {**screen.facts, "payout_group": group})
    return screen


def fund_screen(at: Reading, group: Group) -> Screen:
    """Return what is in the fund. Raises NoFund."""
    head = ledger.head(at, group.id)
    agreed = plan_of(at, group.id)
    if agreed is None and head.seq == 0:
        raise NoFund
    facts: dict[str, Any] = {
        "group": group,
        "purses": purses(at, group.id),
        "head": head,
        "currency": groups.agreement(at, group.id).currency,
        "url": speaking.link(at, PASSBOOK, group.id),
        "log_url": speaking.link(at, LOG, group.id),
        "copy_url": speaking.link(at, COPY, group.id),
        "payout_group": None,
        "counts": counts(at, group.id),
    }
    return Screen("fund/fund", facts)


def counts(at: Reading, group_id: int, when: datetime | None = None) -> list[Count]:
    """Return how many have given for the period that runs now, by each of the group's plans.

    `when`: another instant, whose period is meant.
    """
    found = []
    for plan in book.plans_of(at, group_id):
        key = plan.current(when or at.now).key
        done, of = book.paid(at, plan, key)
        day, is_week = periods.first_day(key), periods.is_week(key)
        unit = plan.terms.unit
        found.append(Count(plan.purse, bool(unit), day, is_week, done, of, unit))
    return found


def purses(at: Reading, group_id: int, *, before: datetime | None = None) -> list[Purse]:
    """Return what is in each purse, in each commodity; `before`: what was in it at an instant."""
    found = []
    for account_id, name in ledger.purses_of(at, group_id):
        for commodity in ledger.commodities_of(at, group_id):
            amount = (
                ledger.balance(at, account_id, commodity.id)
                if before is None
                else ledger.balance_before(at, group_id, account_id, commodity.id, before)
            )
            if amount:
                found.append(Purse(name, amount, commodity, account_id))
    return found


# -- for others --------------------------------------------------------------------------------


def groups_with_a_book(at: Reading, person_id: int) -> list[Group]:
    """Return the groups of a person that keep a book here. Raises NoFund where none does."""
    found = [
        groups.by_id(at, group_id)
        for group_id in members.groups_of(at, person_id)
        if plan_of(at, group_id) is not None or ledger.head(at, group_id).seq
    ]
    if not found:
        raise NoFund
    return found


def group_of_member(at: Reading, group_id: int, person_id: int) -> Group:
    """Return a group to one of its members. Raises NoFund, NotAMember."""
    try:
        group = groups.by_id(at, group_id)
    except LookupError:
        raise NoFund from None
    members.require(at, group_id, person_id, group_title="")
    return group


def plan_of(at: Reading, group_id: int) -> Plan | None:
    """Return the first plan by which a group gives together; None where it gives nothing."""
    try:
        return book.plan_of(at, group_id)
    except NoContributions:
        return None


# -- the log ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """An entry with the names it is told by."""

    seq: int
    kind: str
    day: date
    names: list[str]  # of the household, if it is about one
    outside: str | None
    purse: str | None  # where the group has several
    amounts: tuple[tuple[int, Commodity], ...]
    periods: tuple[str, ...]
    recorded_by: str
    confirmed_by: list[str]
    reverses: int | None
    reversed_by: int | None


def log(at: Reading, group_id: int, person_id: int, before_seq: int | None = None) -> Screen:
    """Return a page of the group's book, the newest first. Raises NotAMember, NoFund."""
    group = group_of_member(at, group_id, person_id)
    found = entries.page(at, group_id, before_seq=before_seq, most=LINES)
    return Screen(
        "fund/log",
        {
            "group": group,
            "entries": [entry_facts(at, group_id, one) for one in found],
            "older_than": found[-1].seq if found and found[-1].seq > 1 else None,
            "is_newest": before_seq is None,
            "head": ledger.head(at, group_id),
        },
    )


def entry_of_member(
    at: Reading, group_id: int, person_id: int, seq: int
) -> tuple[Member, EntryFacts]:
    """Return an entry to one of the group's members. Raises NotAMember, NoFund, NoSuchPayment."""
    group = group_of_member(at, group_id, person_id)
    entry = entries.facts(at, group_id, seq)
    if entry is None:
        raise NoSuchPayment
    return members.require(at, group_id, person_id, group_title=group.title), entry


def entry_facts(at: Reading, group_id: int, entry: EntryFacts) -> Shown:
    """Return an entry as it is told, with names in place of numbers."""
    return Shown(
        seq=entry.seq,
        kind=entry.kind,
        day=entry.day,
        names=[] if entry.household_id is None else book.names_ever(at, entry.household_id),
        outside=entry.outside,
        purse=entry.purse if len(ledger.purses_of(at, group_id)) > 1 else None,
        amounts=entry.amounts,
        periods=entry.periods,
        recorded_by=members.of_number(at, group_id, entry.recorded_by).name,
        confirmed_by=[members.of_number(at, group_id, one).name for one in entry.confirmed_by],
        reverses=entry.reverses,
        reversed_by=entry.reversed_by,
    )


CARDS: dict[str, Any] = {}
RESULTS: dict[str, Any] = {}
