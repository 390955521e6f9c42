"""The fund: what is in it, one's own passbook, and the book checked. Nothing here changes it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from bot.domain import contributions as rules, periods
from bot.domain.calendar import local, month_key, month_span
from bot.domain.contributions import NoContributions, NoSuchPayment
from bot.domain.digests import FundFacts, MonthEnd
from bot.domain.errors import Refusal
from bot.practices import book, speaking
from bot.practices.book import Plan
from bot.practices.contributions import LIST_OFFICES, Screen
from bot.storage import contributions as store, entries, groups, ledger, members
from bot.storage.chats import Chat
from bot.storage.database import Reading
from bot.storage.entries import EntryFacts
from bot.storage.groups import Group
from bot.storage.ledger import Commodity
from bot.storage.members import Member

PASSBOOK: Final = "passbook"  # the purpose of the deep link; its number is the group's
LOG: Final = "book"  # the same, to the group's whole book
LINES: Final = 10
MONTHS_MAX: Final = 12


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


# -- /fund ------------------------------------------------------------------------------------


def find_in_group(at: Reading, chat: Chat) -> Screen:
    """Return what /fund shows in a group, to anybody there. Raises NoFund."""
    group = groups.of_chat(at, chat.id)
    if group is None:
        raise NoFund
    return fund_screen(at, group)


def find_mine(at: Reading, person_id: int) -> Screen:
    """Return what /fund shows in private: the fund, or a choice of groups. Raises NoFund."""
    found = _groups_with_a_book(at, person_id)
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
    if screen.facts["purses"] and not LIST_OFFICES.isdisjoint(members.offices_of(at, member.id)):
        return Screen(screen.message, {**screen.facts, "payout_group": group})
    return screen


def fund_screen(at: Reading, group: Group) -> Screen:
    """Return what is in the fund. Raises NoFund."""
    head = ledger.head(at, group.id)
    agreed = _plan(at, group.id)
    if agreed is None and head.seq == 0:
        raise NoFund
    facts: dict[str, Any] = {
        "group": group,
        "purses": purses(at, group.id),
        "head": head,
        "currency": groups.agreement(at, group.id).currency,
        "url": speaking.link(at, PASSBOOK, group.id),
        "log_url": speaking.link(at, LOG, group.id),
        "payout_group": None,
        "period": None,
        "done": 0,
        "of": 0,
    }
    if agreed is not None:
        period = agreed.current(at.now)
        done, of = book.paid(at, agreed, period.key)
        facts |= {"period": periods.first_day(period.key), "done": done, "of": of}
    return Screen("fund/fund", facts)


def purses(at: Reading, group_id: int) -> list[Purse]:
    """Return what is in each purse, in each commodity that it ever held."""
    found = []
    for account_id, name in ledger.purses_of(at, group_id):
        for commodity in ledger.commodities_of(at, group_id):
            amount = ledger.balance(at, account_id, commodity.id)
            if amount:
                found.append(Purse(name, amount, commodity, account_id))
    return found


# -- /passbook --------------------------------------------------------------------------------


def my_passbook(at: Reading, person_id: int) -> Screen:
    """Return what /passbook shows: one's household's lines, or which group. Raises NoFund."""
    found = _groups_with_a_book(at, person_id)
    if len(found) > 1:
        return Screen("fund/which", {"groups": found, "verb": "passbook"})
    return passbook(at, found[0].id, person_id)


def passbook(at: Reading, group_id: int, person_id: int, before_seq: int | None = None) -> Screen:
    """Return a page of one's own household's lines, the newest first. Raises NotAMember, NoFund."""
    group = group_of_member(at, group_id, person_id)
    member = members.require(at, group_id, person_id, group_title=group.title)
    lines = entries.lines_of_household(
        at,
        group_id,
        store.grew_from(at, member.household_id),
        before_seq=before_seq,
        most=LINES + 1,
    )
    agreed = _plan(at, group_id)
    year = local(at.now, groups.agreement(at, group_id).zone).year
    return Screen(
        "fund/passbook",
        {
            "group": group,
            "household": book.household_names(at, member.household_id),
            "lines": lines[:LINES],
            "older_than": lines[LINES - 1].seq if len(lines) > LINES else None,
            "is_newest": before_seq is None,
            "totals": _totals(at, group_id, member.household_id),
            "stamps": ""
            if agreed is None
            else rules.stamps(book.stamps_of(at, agreed, member.household_id, year)),
            "year": year,
            "head": ledger.head(at, group_id),
        },
    )


def _totals(at: Reading, group_id: int, household_id: int) -> list[Purse]:
    """Return what a household has given, by purse and commodity."""
    found = []
    for account_id, name in ledger.purses_of(at, group_id):
        accounts = [
            ledger.account_id(at, group_id, "household", name, one)
            for one in store.grew_from(at, household_id)
        ]
        for commodity in ledger.commodities_of(at, group_id):
            amount = -sum(ledger.balance(at, one, commodity.id) for one in accounts)
            if amount:
                found.append(Purse(name, amount, commodity, account_id))
    return found


def _groups_with_a_book(at: Reading, person_id: int) -> list[Group]:
    found = [
        groups.by_id(at, group_id)
        for group_id in members.groups_of(at, person_id)
        if _plan(at, group_id) is not None or ledger.head(at, group_id).seq
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


def _plan(at: Reading, group_id: int) -> Plan | None:
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
    purse: str
    amount_minor: int
    commodity: Commodity
    months: list[date]
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
        names=[] if entry.household_id is None else book.household_names(at, entry.household_id),
        outside=entry.outside,
        purse=entry.purse,
        amount_minor=entry.amount_minor,
        commodity=entry.commodity,
        months=[periods.first_day(key) for key in entry.periods],
        recorded_by=members.of_number(at, group_id, entry.recorded_by).name,
        confirmed_by=[members.of_number(at, group_id, one).name for one in entry.confirmed_by],
        reverses=entry.reverses,
        reversed_by=entry.reversed_by,
    )


# -- for the digest ----------------------------------------------------------------------------


def month_facts(at: Reading, group_id: int, since: datetime, until: datetime) -> FundFacts | None:
    """Return the fund at the end of a span, for the digest; None where the group keeps none.

    All of it is as it stood at `until`, so that it is the same whenever it is asked for.
    """
    agreed = _plan(at, group_id)
    last = ledger.last_before(at, group_id, until)
    if agreed is None and last is None:
        return None
    money = book.commodity_of(at, group_id, groups.agreement(at, group_id).currency)
    done, of = _paid_in_span(at, agreed, since, until) if agreed is not None else (0, 0)
    return FundFacts(
        currency=money.code,
        balance_minor=_in_purses(at, group_id, money, until),
        before_minor=_in_purses(at, group_id, money, since),
        month_ends=_month_ends(at, group_id, money, until),
        paid=done,
        of=of,
        code="" if last is None else last.code,
    )


def _in_purses(at: Reading, group_id: int, commodity: Commodity, when: datetime) -> int:
    """Return what was in all purses just before an instant."""
    return sum(
        ledger.balance_before(at, group_id, account_id, commodity.id, when)
        for account_id, _ in ledger.purses_of(at, group_id)
    )


def _month_ends(
    at: Reading, group_id: int, money: Commodity, until: datetime
) -> tuple[MonthEnd, ...]:
    """Return the fund at the end of up to twelve months, up to the span's own."""
    first = ledger.first_recorded_at(at, group_id)
    if first is None or first >= until:
        return ()
    zone = groups.agreement(at, group_id).zone
    key = month_key(until - book.INSTANT, zone)
    found = [MonthEnd(key, _in_purses(at, group_id, money, until))]
    while len(found) < MONTHS_MAX and month_span(key, zone)[0] > first:
        ends = month_span(key, zone)[0]
        key = periods.next_key(key, -1)
        found.append(MonthEnd(key, _in_purses(at, group_id, money, ends)))
    return tuple(reversed(found))


def _paid_in_span(at: Reading, plan: Plan, since: datetime, until: datetime) -> tuple[int, int]:
    """Return how many households gave the contribution whose day fell into a span; the last one."""
    period = plan.coming(until)
    while period.day >= since:
        if period.day < until:
            return book.paid(at, plan, period.key, before=until)
        period = plan.period(periods.next_key(period.key, -1, every=plan.terms.every))
    return 0, 0


CARDS: dict[str, Any] = {}
RESULTS: dict[str, Any] = {}
