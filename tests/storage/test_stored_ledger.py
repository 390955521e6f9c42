"""The book in its file: what the database itself refuses, and what a changed byte gives away."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from books import Books, books_entry

from bot.domain.ledger import Confirmation, Fault
from bot.practices import checking
from bot.storage import entries, ledger, members
from bot.storage.database import Transaction
from bot.storage.ledger import Line


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books(tmp_path)
    made.has_group("Amina", "Juma", "Neema")
    yield made
    made.close()


def has_entries(books: Books, count: int) -> None:
    with books.transaction() as at:
        for number in range(count):
            who = number % 3 + 1
            books_entry(
                at,
                1,
                household_id=who,
                recorded_by=who,
                confirmed_by=(who % 3 + 1,),
                note=f"note {number}" if number % 2 else None,
                noted_by=who if number % 2 else None,
            )


def faults(books: Books) -> list[Fault]:
    with books.transaction() as at:
        return checking.verify(at, 1)


def test_balances_are_what_the_entries_make(books: Books) -> None:
    has_entries(books, 7)
    with books.transaction() as at:
        money = ledger.money_of(at, 1, "KES")
        purse = ledger.account_id(at, 1, "purse", "savings")
        mine = ledger.account_id(at, 1, "household", "savings", 1)
        assert ledger.balance(at, purse, money.id) == 7 * 50_000
        assert ledger.balance(at, mine, money.id) == -3 * 50_000
        assert ledger.given_for(at, mine, money.id, "2026-03") == 3 * 50_000
        assert ledger.given_for(at, mine, money.id, "2026-04") == 0
        assert ledger.balance(at, None, money.id) == 0
        assert ledger.head(at, 1).seq == 7
    assert faults(books) == []


def test_notes_are_read_back_and_their_authors_can_be_forgotten(books: Books) -> None:
    has_entries(books, 4)
    with books.transaction() as at:
        assert entries.note_of(at, 1, 2) == "note 1"
        assert entries.note_of(at, 1, 1) is None
        head = ledger.head(at, 1)
        at.run("DELETE FROM person_keys WHERE person_id = 2")
        at.forget_seal(2)
        assert entries.note_of(at, 1, 2) is None
        assert ledger.head(at, 1) == head
    assert faults(books) == []


def test_no_name_and_no_note_stands_in_the_file(books: Books) -> None:
    has_entries(books, 4)
    books.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = books.path.read_bytes()
    assert b"note 1" not in content
    assert b"Amina" not in content


WRITTEN = ("entries", "postings", "entry_confirmations", "accounts", "commodities")
SAID = ("claims", "claim_events", "household_ties")


@pytest.mark.parametrize("table", WRITTEN + SAID)
@pytest.mark.parametrize("verb", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}"])
def test_nothing_is_changed_or_removed(books: Books, table: str, verb: str) -> None:
    has_entries(books, 1)
    with books.transaction() as at:
        at.run(
            "INSERT INTO claims VALUES (1, 1, 'contribution', 1, 1, 'savings', NULL, 1, 100,"
            " '2026-03', '2026-03-05', '', 1, NULL, NULL, NULL, 'k')"
        )
        at.run(
            "INSERT INTO claim_events VALUES (1, 1, 2, 'confirmed', NULL, NULL, '')",
        )
    column = books.connection.execute(f"PRAGMA table_info({table})").fetchone()[1]
    with pytest.raises(sqlite3.IntegrityError), books.transaction() as at:
        at.run(verb.format(table, column))


@pytest.mark.parametrize("table", WRITTEN)
def test_nothing_is_replaced(books: Books, table: str) -> None:
    has_entries(books, 1)
    with pytest.raises(sqlite3.IntegrityError), books.transaction() as at:
        at.run(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")  # noqa: S608 - our tables
    books.connection.execute("PRAGMA recursive_triggers = OFF")
    with pytest.raises(sqlite3.IntegrityError), books.transaction() as at:
        at.run(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")  # noqa: S608 - our tables


def writes(at: Transaction, *lines: tuple[int, int, int]) -> None:
    """Write postings of the next entry by hand: account, amount, running balance."""
    entry = 1 + at.value("SELECT coalesce(max(id), 0) FROM entries")
    for number, (account, amount, balance) in enumerate(lines, 1):
        at.run(
            "INSERT INTO postings VALUES (:entry, :line, :account, 1, :amount, '', :balance)",
            entry=entry,
            line=number,
            account=account,
            amount=amount,
            balance=balance,
        )


def closes(at: Transaction, *, confirmed_by: int | None = 2, **parts: object) -> None:
    """Write the next entry by hand."""
    entry = 1 + at.value("SELECT coalesce(max(id), 0) FROM entries")
    facts = {
        "id": entry,
        "group": 1,
        "seq": entry,
        "kind": "contribution",
        "by": 1,
        "key": f"hand:{entry}",
        "reverses": None,
        "witnesses": 1,
        "prev": ledger.head(at, 1).hash,
    } | parts
    if confirmed_by is not None:
        at.run(
            "INSERT INTO entry_confirmations VALUES (:entry, :who, '')",
            entry=entry,
            who=confirmed_by,
        )
    at.run(
        "INSERT INTO entries VALUES (:id, :group, :seq, :kind, '2026-03-05', '', :by, :witnesses,"
        " :key, NULL, NULL, :reverses, :prev, randomblob(32))",
        **facts,
    )


def _writes_and_closes(
    at: Transaction, lines: tuple[tuple[int, int, int], ...], **parts: object
) -> None:
    writes(at, *lines)
    closes(at, **parts)  # type: ignore[arg-type]  # confirmed_by among them


GOOD = ((1, -100, -50_100), (2, 100, 50_100))


def test_what_is_in_order_is_taken(books: Books) -> None:
    has_entries(books, 1)
    with books.transaction() as at:
        writes(at, *GOOD)
        closes(at)


@pytest.mark.parametrize(
    "lines",
    [
        (),  # no postings
        ((1, -100, -50_100),),  # one side
        ((1, -100, -50_100), (2, 99, 50_099)),  # not balanced
        ((1, 0, -50_000), (2, 0, 50_000)),  # nothing
        ((1, -100, -100), (2, 100, 50_100)),  # a running balance that is wrong
        ((1, 60_000, 10_000), (2, -60_000, -10_000)),  # a purse below nothing
        ((1, -100, -50_100), (99, 100, 100)),  # no such account
        ((3, -100, -100), (2, 100, 50_100)),  # another group's account
    ],
)
def test_the_database_refuses_wrong_postings(
    books: Books, lines: tuple[tuple[int, int, int], ...]
) -> None:
    has_entries(books, 1)
    other = books.has_group("Otieno")
    with books.transaction() as at:
        ledger.account(at, other.id, "purse", "savings")
    with pytest.raises(sqlite3.IntegrityError), books.transaction() as at:
        _writes_and_closes(at, lines)
    assert faults(books) == []


@pytest.mark.parametrize(
    "parts",
    [
        {"confirmed_by": None},  # nobody confirmed
        {"confirmed_by": 1},  # who recorded it
        {"confirmed_by": 77},  # no member
        {"witnesses": 2},  # one of two
        {"witnesses": 0, "confirmed_by": None},
        {"seq": 3},  # a gap
        {"seq": 1},
        {"id": 9},
        {"prev": bytes(32)},
        {"prev": b"short"},
        {"key": "test:1"},  # booked already
        {"kind": "reversal"},  # of nothing
        {"kind": "reversal", "reverses": 5},
        {"reverses": 1},
        {"by": 99},  # no member
        {"group": 2},  # another group's accounts
        {"kind": "Gift"},
    ],
)
def test_the_database_refuses_a_wrong_entry(books: Books, parts: dict[str, object]) -> None:
    has_entries(books, 1)
    books.has_group("Otieno", "Kamau")
    with pytest.raises(sqlite3.IntegrityError), books.transaction() as at:
        _writes_and_closes(at, GOOD, **parts)
    assert faults(books) == []


def test_a_household_does_not_witness_for_its_own_even_after_it_parted(books: Books) -> None:
    with books.transaction() as at:
        members.move_to_household(at, 2, 1)
        members.move_to_household(at, 2, members.new_household(at, 1))
    with pytest.raises(sqlite3.IntegrityError), books.transaction() as at:
        books_entry(at, 1)
    with books.transaction() as at:
        books_entry(at, 1, confirmed_by=(3,))
    assert faults(books) == []


def test_moving_in_later_makes_no_fault_of_what_was_witnessed_before(books: Books) -> None:
    has_entries(books, 3)
    with books.transaction() as at:
        members.move_to_household(at, 2, 1)
    assert faults(books) == []


def test_a_member_number_as_witness_counts_in_its_own_group_only(books: Books) -> None:
    other = books.has_group("Otieno")
    with pytest.raises(sqlite3.IntegrityError), books.transaction() as at:
        books_entry(at, other.id, household_id=4, confirmed_by=(2,))


def test_postings_without_an_entry_cannot_be_committed(books: Books) -> None:
    has_entries(books, 1)
    with pytest.raises(sqlite3.IntegrityError), books.transaction() as at:
        writes(at, *GOOD)


def test_nothing_is_added_to_an_entry_that_is_closed(books: Books) -> None:
    has_entries(books, 1)
    with pytest.raises(sqlite3.IntegrityError), books.transaction() as at:
        at.run("INSERT INTO postings VALUES (1, 3, 1, 1, 5, '', -49995)")
    with pytest.raises(sqlite3.IntegrityError), books.transaction() as at:
        at.run("INSERT INTO entry_confirmations VALUES (1, 3, '')")


def test_an_entry_between_purses_or_households_is_told_too(books: Books) -> None:
    has_entries(books, 1)
    with books.transaction() as at:
        money = ledger.money_of(at, 1, "KES")
        [savings, social] = [ledger.account(at, 1, "purse", one) for one in ("savings", "social")]
        [one, other] = [ledger.account(at, 1, "household", "savings", who) for who in (1, 2)]
        for number, (source, target) in enumerate(((savings, social), (one, other))):
            ledger.add(
                at,
                1,
                kind="moved",
                day="2026-03-05",
                recorded_by=1,
                witnesses=1,
                key=f"moved:{number}",
                confirmations=[Confirmation(2, at.now_text)],
                lines=[Line(source, money, -70), Line(target, money, 70)],
            )
        told = [entries.facts(at, 1, seq) for seq in (2, 3)]
    assert [one.amounts for one in told if one is not None] == [((70, money),), ((70, money),)]
    assert faults(books) == []
