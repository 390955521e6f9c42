"""A book for Beancount, a ledger of plain text: its own checker finds the same balances as we do.

Purses are assets; what households gave is equity, and so is what they were given; what came from
outside is income, what went outside is an expense, by the first line of each such account. Units in
kind are commodities like money. Every balance is asserted, exactly, for the day after the last.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from bot.domain.copies import Copy
from bot.domain.ledger import Account, Entry, Stored
from bot.domain.money import CURRENCY_SCALES

_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")


def text_of(copy: Copy) -> Iterator[str]:
    """Yield the file's text. Its own words are Beancount's; names and reasons are the group's."""
    kinds, first, last = _looked_through(copy)
    yield f";; {copy.last} entries; code of the book: {copy.code}\n"
    yield f'option "title" {_quoted(copy.title)}\n'
    for code in sorted({one.unit.code for one in copy.balances} & CURRENCY_SCALES.keys()):
        yield f'option "operating_currency" "{code}"\n'
    yield "\n"
    for unit in sorted({one.unit for one in copy.balances}):
        yield f"{first} commodity {unit.code}\n"
        if unit.unit:
            yield f"  name: {_quoted(unit.unit)}\n"
    yield "\n"
    for account in sorted(
        {one.account for one in copy.balances}, key=lambda one: _name(one, kinds)
    ):
        yield f"{first} open {_name(account, kinds)}\n"
        if names := copy.households.get(account.household or 0):
            yield f"  names: {_quoted(', '.join(names))}\n"
    for stored in copy.entries():
        yield _transaction(copy, stored, kinds)
    yield "\n"
    after = _day_after(last)
    for one in sorted(copy.balances, key=lambda one: (_name(one.account, kinds), one.unit.code)):
        amount = one.unit.exact(one.amount_minor)
        yield f"{after} balance {_name(one.account, kinds)}  {amount} ~ 0 {one.unit.code}\n"


def _day_after(day: str) -> str:
    try:
        return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    except ValueError:
        return day  # changed by hand: the checker says so too


def _looked_through(copy: Copy) -> tuple[dict[str, str], str, str]:
    """Return what each account outside is, and the first and last day of the book."""
    kinds: dict[str, str] = {}
    first = last = copy.made_on.isoformat()
    for number, stored in enumerate(copy.entries()):
        day = stored.entry.day
        first, last = (min(first, day), max(last, day)) if number else (day, day)
        for line in stored.entry.postings:
            if line.account.startswith("outside:"):
                kinds.setdefault(line.account, "Expenses" if line.amount_minor > 0 else "Income")
    return kinds, first, last


def _name(account: Account, kinds: Mapping[str, str]) -> str:
    """Return an account's name there: each of ours has one, and no two have the same."""
    name = "-".join(part.capitalize() for part in account.name.split("_"))
    name = name if name[:1].isalpha() else f"0{name}"
    if account.kind == "purse":
        return f"Assets:{name}"
    if account.kind == "household":
        return f"Equity:Household-{account.household}:{name}"
    return f"{kinds.get(f'outside:{account.name}', 'Expenses')}:{name}"


def _transaction(copy: Copy, stored: Stored, kinds: Mapping[str, str]) -> str:
    entry = stored.entry
    lines = [
        "",
        f"{entry.day} * {_quoted(entry.kind)} {_quoted(stored.note or '')}",
        f"  no: {entry.seq}",
        f"  recorded-at: {_quoted(entry.recorded_at)}",
        f"  recorded-by: {_quoted(copy.name_of(entry.recorded_by))}",
        f"  confirmed-by: {_quoted(_confirmers(copy, entry))}",
    ]
    if entry.reverses is not None:
        lines.append(f"  takes-back: {entry.reverses}")
    lines.append(f"  hash: {_quoted(entry.hash.hex())}")
    for line in entry.postings:
        unit = copy.unit(line.commodity)
        account = _name(Account.read(line.account), kinds)
        lines.append(f"  {account}  {unit.exact(line.amount_minor)} {unit.code}")
        if line.period:
            lines.append(f"    period: {_quoted(line.period)}")
    return "\n".join(lines) + "\n"


def _confirmers(copy: Copy, entry: Entry) -> str:
    return ", ".join(copy.name_of(one.member) for one in entry.confirmations)


def _quoted(text: str) -> str:
    bare = _UNSEEN.sub(" ", text).strip().replace("\\", "\\\\").replace('"', '\\"')
    return f'"{bare}"'
