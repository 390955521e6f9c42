"""Whoever changes one thing in one entry by hand is found out, and the entry is named."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from books import Books, books_entry

from bot.domain.ledger import Confirmation, Fault
from bot.practices import checking, copies
from bot.storage import entries, ledger
from bot.storage.database import Transaction
from bot.storage.ledger import Line

OF_ENTRIES = ("entries", "postings", "entry_confirmations")
BESIDE = ("accounts", "commodities")


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books(tmp_path)
    made.has_group("Amina", "Juma", "Neema", "Otieno")
    made.has_group("Kamau", "Wanjiru")
    yield made
    made.close()


def has_entries(books: Books) -> None:
    """Six entries: plain, with a note, with two witnesses, in kind, a gift, and one taken back."""
    with books.transaction() as at:
        books_entry(at, 1)
        books_entry(at, 2, household_id=5, period="")
        books_entry(at, 1, household_id=2, recorded_by=2, confirmed_by=(3,), note="x", noted_by=2)
        books_entry(at, 1, household_id=3, recorded_by=3, confirmed_by=(1, 2), witnesses=2)
        brings_seed(at)
        gives(at)
        lines = entries.lines_to_reverse(at, 1, 1)
        adds(at, "reversal", lines, reverses=1)


def adds(at: Transaction, kind: str, lines: list[Line], reverses: int | None = None) -> None:
    ledger.add(
        at,
        1,
        kind=kind,
        day="2026-03-06",
        recorded_by=2,
        witnesses=1,
        key=f"{kind}:1",
        confirmations=[Confirmation(4, at.now_text)],
        lines=lines,
        reverses=reverses,
    )


def brings_seed(at: Transaction) -> None:
    at.run(
        "INSERT INTO commodities (group_id, code, scale, unit) VALUES (1, 'SEED', 1, :unit)",
        unit=at.key.payloads.close("kg of seed"),
    )
    seed = ledger.commodity_named(at, 1, "SEED")
    assert seed is not None
    household = ledger.account(at, 1, "household", "store", 2)
    store = ledger.account(at, 1, "purse", "store")
    adds(at, "in_kind", [Line(household, seed, -25), Line(store, seed, 25)])


def gives(at: Transaction) -> None:
    money = ledger.money_of(at, 1, "KES")
    purse = ledger.account(at, 1, "purse", "savings")
    gifts = ledger.account(at, 1, "household", "gifts", 3)
    adds(at, "gift", [Line(purse, money, -700), Line(gifts, money, 700)])


def faults(books: Books, after: int = 0) -> list[Fault]:
    at = Transaction(books.connection, books.now, books.key, books.seals)
    return checking.verify(at, 1, after)


def cells(books: Books, *tables: str) -> Iterator[tuple[str, str, str, int, object]]:
    """Every cell of the first group's book: table, column, which row, of which entry, its value."""
    for table in tables:
        keys = [
            one["name"]
            for one in books.connection.execute(f"PRAGMA table_info({table})")
            if one["pk"]
        ]
        for row in books.connection.execute(f"SELECT * FROM {table}").fetchall():  # noqa: S608 - our own tables
            entry = row["entry_id" if table in OF_ENTRIES[1:] else "id"]
            if table in BESIDE:
                seq = 0 if row["group_id"] == 1 else None
            else:
                seq = books.connection.execute(
                    "SELECT CASE group_id WHEN 1 THEN seq END FROM entries WHERE id = ?", (entry,)
                ).fetchone()[0]
            if seq is not None:
                where = " AND ".join(f"{key} = {row[key]}" for key in keys)
                for column in row.keys():  # noqa: SIM118 - a row is not a dict
                    yield table, column, where, seq, row[column]


def changes(value: object) -> list[object]:
    """What one byte more, less or other makes of a value; where there was nothing, something."""
    if value is None:
        return [1, "x", b"x" * 32]
    if isinstance(value, int):
        return [value + 1, value - 1, value ^ 256, -value - 7]
    if isinstance(value, str):
        last = chr(ord(value[-1]) ^ 1) if value else "x"
        changed = [value + "x", value[:-1], "x" + value[1:], value[:-1] + last, value + "\x00"]
        return [one for one in changed if one != value]
    assert isinstance(value, bytes)
    flipped = [
        value[:place] + bytes([value[place] ^ 1]) + value[place + 1 :]
        for place in sorted({0, len(value) // 2, len(value) - 1})
    ]
    return [*flipped, value + b"\x00", value[:-1], b"", None]


def named(books: Books, table: str, column: str, where: str, change: object) -> set[int] | None:
    """Which entries are named once a cell holds something else; None where not even SQLite may."""
    books.connection.execute("BEGIN")
    try:
        books.connection.execute(
            f"UPDATE {table} SET {column} = ? WHERE {where}",  # noqa: S608 - our own tables
            (change,),
        )
        return {one.seq for one in faults(books)}
    except sqlite3.IntegrityError:
        return None
    finally:
        books.connection.execute("ROLLBACK")


def test_any_byte_of_any_entry_changed_by_hand_names_the_entry(books: Books) -> None:
    has_entries(books)
    assert faults(books) == []
    drops_every_guard(books.connection)
    tried: dict[tuple[str, str], int] = {}
    for table, column, where, seq, value in cells(books, *OF_ENTRIES):
        for change in changes(value):
            found = named(books, table, column, where, change)
            if found is None:
                continue
            tried[table, column] = tried.get((table, column), 0) + 1
            # An entry in another book is missed where it was; under another number, also here.
            here = {seq, seq + 1, change} if column in {"seq", "group_id"} else {seq}
            assert found & here, f"{table}.{column} of {seq}: {value!r} → {change!r}"
    assert sum(tried.values()) > 600
    assert set(tried) == {
        (table, row["name"])
        for table in OF_ENTRIES
        for row in books.connection.execute(f"PRAGMA table_info({table})")
    }
    assert faults(books) == []


def test_a_change_of_what_entries_are_made_of_is_found(books: Books) -> None:
    has_entries(books)
    drops_every_guard(books.connection)
    for table, column, where, _, value in cells(books, *BESIDE):
        for change in changes(value):
            if column == "unit" and change is None:
                continue  # the amount then stands with the code, which is in the chain
            found = named(books, table, column, where, change)
            assert found is None or found, f"{table}.{column} where {where}: {value!r} → {change!r}"


def test_a_book_changed_by_hand_can_still_be_taken_away(books: Books) -> None:
    has_entries(books)
    drops_every_guard(books.connection)
    for table, column, where, _, value in cells(books, *OF_ENTRIES, *BESIDE):
        if (table, column) == ("commodities", "unit"):
            continue  # a word that cannot be read stops whoever reads it
        for change in (changes(value)[0], changes(value)[-1]):
            books.connection.execute("BEGIN")
            try:
                books.connection.execute(
                    f"UPDATE {table} SET {column} = ? WHERE {where}",  # noqa: S608 - our own tables
                    (change,),
                )
                at = Transaction(books.connection, books.now, books.key, books.seals)
                for _, text in copies.files_of(at, 1, with_names=True):
                    assert "".join(text)
            except sqlite3.IntegrityError:
                continue
            finally:
                books.connection.execute("ROLLBACK")


def test_a_row_removed_or_added_by_hand_names_its_entry(books: Books) -> None:
    has_entries(books)
    drops_every_guard(books.connection)
    for remove, expected in (
        ("DELETE FROM postings WHERE entry_id = 3 AND line = 1", {2}),
        ("DELETE FROM entry_confirmations WHERE entry_id = 4 AND member_number = 2", {3}),
        ("DELETE FROM entries WHERE id = 4", {4, 7}),  # the next one, and lines that are left over
        ("DELETE FROM entries WHERE id = 7", {6}),  # cut off at the end, but for its lines
        ("INSERT INTO postings VALUES (3, 3, 1, 1, 5, '', 0)", {2}),
        ("INSERT INTO entry_confirmations VALUES (3, 4, '')", {2}),
        ("UPDATE entries SET seq = 99 - seq WHERE seq IN (2, 3)", {4, 96, 97}),
    ):
        books.connection.execute("BEGIN")
        books.connection.execute(remove)
        found = {one.seq for one in faults(books)}
        books.connection.execute("ROLLBACK")
        assert expected <= found, remove
    assert faults(books) == []


def test_the_newest_entries_are_checked_without_reading_the_rest(books: Books) -> None:
    has_entries(books)
    for after in range(7):
        assert faults(books, after) == []
    drops_every_guard(books.connection)
    books.connection.execute("UPDATE entries SET day = '2026-03-07' WHERE group_id = 1 AND seq = 2")
    assert [one.seq for one in faults(books)] == [2]
    assert [one.seq for one in faults(books, 1)] == [2]
    assert faults(books, 2) == []
    books.connection.execute("UPDATE postings SET balance_minor = 1 WHERE entry_id = 7")
    assert {one.seq for one in faults(books, 5)} == {6}
    books.connection.execute("DELETE FROM entries WHERE id = 7")
    assert {one.seq for one in faults(books, 4)} == {6}


def drops_every_guard(connection: sqlite3.Connection) -> None:
    """What whoever holds the file can do: no trigger, no foreign key stands in the way."""
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("PRAGMA ignore_check_constraints = ON")
    for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
        connection.execute(f"DROP TRIGGER {row['name']}")
