"""Reading the book costs what is shown, not what the book holds: no clock, but counted steps."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from books import Books, books_entry

from bot.domain.periods import next_key
from bot.practices import checking, fund, fund_history, passbook
from bot.storage import groups
from bot.storage.database import Transaction

#: What every entry is in; the other tables have a few rows a group, or a member.
LONG: Final = ("entries", "postings", "entry_confirmations")
SHORT_BOOK, LONG_BOOK = 200, 2_400

Read = Callable[[Transaction], object]
READS: Final[dict[str, Read]] = {
    "/fund": lambda at: fund.of_group(at, 1, 1),
    "the fund over time": lambda at: fund_history.picture(at, groups.by_id(at, 1), "en"),
    "/passbook": lambda at: passbook.page(at, 1, 1),
    "an older page of it": lambda at: passbook.page(at, 1, 1, before_seq=150),
    "the log": lambda at: fund.log(at, 1, 1),
    "an older page": lambda at: fund.log(at, 1, 1, before_seq=150),
    "checking by a tap": lambda at: checking.check(at, 1, 1),
    "recording": lambda at: books_entry(at, 1, period="9999-01"),
}


@pytest.fixture
def books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Books]:
    monkeypatch.setattr(checking, "TAP_MAX", 50)
    made = Books(tmp_path)
    made.has_group("Amina", "Juma", "Neema")
    yield made
    made.close()


def grows(books: Books, until: int) -> None:
    """Three households give every month, for as many years as it takes."""
    with books.transaction() as at:
        for number in range(at.value("SELECT count(*) FROM entries"), until):
            who = number % 3 + 1
            period = next_key("1950-01", number // 3)
            books_entry(
                at, 1, household_id=who, recorded_by=who, confirmed_by=(who % 3 + 1,), period=period
            )


def steps(books: Books, read: Read) -> int:
    """How many of its own instructions SQLite runs for one answer."""
    counted = 0

    def count() -> None:
        nonlocal counted
        counted += 1

    with books.transaction() as at:
        read(at)  # the first time, keys of people are opened
    with books.transaction() as at:
        books.connection.set_progress_handler(count, 1)
        read(at)
        books.connection.set_progress_handler(None, 0)
    return counted


def test_reading_costs_what_is_shown(books: Books) -> None:
    grows(books, SHORT_BOOK)
    short = {name: steps(books, read) for name, read in READS.items()}
    grows(books, LONG_BOOK)
    long = {name: steps(books, read) for name, read in READS.items()}
    assert {name: count for name, count in long.items() if count > 1.2 * short[name] + 50} == {}


def test_every_look_into_the_book_goes_by_an_index(books: Books) -> None:
    grows(books, SHORT_BOOK)
    asked: list[str] = []
    for read in READS.values():
        with books.transaction() as at:
            books.connection.set_trace_callback(asked.append)
            read(at)
            books.connection.set_trace_callback(None)
    plans = {
        (row["detail"], sql)
        for sql in {one for one in asked if one.lstrip().startswith("SELECT")}
        for row in books.connection.execute(f"EXPLAIN QUERY PLAN {sql}")
    }
    assert len(plans) > 30
    assert [(plan, sql) for plan, sql in plans if _walks_through(plan, sql)] == []


def _walks_through(plan: str, sql: str) -> bool:
    """Whether a step of a plan reads all of a long table, or all that a group has in it."""
    step = re.match(r"(SCAN|SEARCH) (\w+)(?: .*\((.*)\))?", plan)
    if step is None or not _is_long(step[2], sql):
        return False
    if step[1] == "SCAN":
        return True
    if "ORDER BY" in sql and sql.endswith("LIMIT 1"):
        return False  # the last one of an index
    known = step[3] or "the greatest id"  # min and max of an index are one step
    return known in {"group_id=?", "account_id=?"}


def _is_long(name: str, sql: str) -> bool:
    alias = re.search(rf"(\w+) AS {name}\b", sql)
    return (alias[1] if alias else name) in LONG


def test_walking_through_is_seen() -> None:
    assert _walks_through("SCAN entries", "")
    assert _walks_through("SCAN later", "FROM entries AS later")
    assert _walks_through("SEARCH postings USING INDEX of_account (account_id=?)", "")
    assert not _walks_through("SEARCH entries USING INDEX x (group_id=? AND seq=?)", "")
    assert not _walks_through("SEARCH entries", "")
    assert not _walks_through("SCAN json_each VIRTUAL TABLE INDEX 1:", "")
