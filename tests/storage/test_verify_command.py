"""`barnraiser verify`, as an operator runs it, also while the bot serves."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from books import Books, books_entry


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books(tmp_path)
    (tmp_path / "books.db.key").write_text(bytes(32).hex() + "\n")
    made.has_group("Amina", "Juma")
    with made.transaction() as at:
        for _ in range(3):
            books_entry(at, 1, note="for March", noted_by=1)
    yield made
    made.close()


def verify(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", "verify"],
        env=os.environ | {"BARNRAISER_DATABASE": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_book_that_agrees_is_said_to_with_its_code(books: Books) -> None:
    said = verify(books.path)
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith("Group 1: 3 entries agree. Code ")


def test_an_entry_changed_by_hand_is_named(books: Books) -> None:
    with sqlite3.connect(books.path) as connection:
        connection.execute("DROP TRIGGER entries_stay")
        connection.execute("UPDATE entries SET day = '2026-03-06' WHERE seq = 2")
    connection.close()
    said = verify(books.path)
    assert said.returncode == 1
    assert "No. 2: changed" in said.stdout


def test_what_is_missing_is_said(books: Books, tmp_path: Path) -> None:
    assert "There is no database" in verify(tmp_path / "no.db").stderr
    (tmp_path / "books.db.key").unlink()
    said = verify(books.path)
    assert said.returncode == 1
    assert "key" in said.stderr
