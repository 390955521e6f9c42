"""A book as a table for a spreadsheet: a row for each line of each entry."""

import functools
from collections.abc import Iterator

from bot.domain.copies import Copy
from bot.domain.ledger import Account, Stored
from bot.rendering import messages, spreadsheet

Row = tuple[str | int | None, ...]


def text_of(copy: Copy, language: str) -> Iterator[str]:
    """Yield the table's text; the headings are in a language, amounts as a machine reads them."""
    return spreadsheet.lines(_rows(copy, language))


@functools.lru_cache(maxsize=4096)
def _kind(kind: str, language: str) -> str:
    return messages.plain("copies/kind", language, kind=kind)


@functools.lru_cache(maxsize=4096)
def _account(account: Account, language: str) -> str:
    return messages.plain("copies/account", language, account=account)


@functools.lru_cache(maxsize=4096)
def _unit(unit: str, language: str) -> str:
    """What is counted, in the reader's language; a group's own word stays as it is."""
    if unit not in messages.WELL_KNOWN_UNITS:
        return unit
    return messages.plain("copies/unit", language, what={"unit": unit})


def _rows(copy: Copy, language: str) -> Iterator[Row]:
    yield tuple(messages.plain("copies/columns", language).splitlines())
    for one in copy.entries():
        yield from _rows_of(copy, one, language)


def _rows_of(copy: Copy, stored: Stored, language: str) -> Iterator[Row]:
    entry = stored.entry
    kind = _kind(entry.kind, language)
    recorded_by = copy.name_of(entry.recorded_by)
    confirmed_by = "; ".join(copy.name_of(one.member) for one in entry.confirmations)
    for line, balance in zip(entry.postings, stored.balances, strict=True):
        account, unit = Account.read(line.account), copy.unit(line.commodity)
        yield (
            entry.seq,
            entry.day,
            kind,
            line.account,
            _account(account, language),
            "; ".join(copy.households.get(account.household or 0, ())),
            unit.exact(line.amount_minor),
            _unit(unit.unit, language) if unit.unit else unit.code,
            unit.exact(balance),
            line.period,
            recorded_by,
            confirmed_by,
            entry.reverses,
            stored.note or "",
            entry.recorded_at,
            entry.hash.hex(),
        )
