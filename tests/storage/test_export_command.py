"""`barnraiser export`, as an operator runs it: every book in open forms, without names."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from books import Books, books_entry

FILES = {"book.csv", "book.html", "book.beancount", "check.html", "check_book.py"}


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books(tmp_path)
    (tmp_path / "books.db.key").write_text(bytes(32).hex() + "\n")
    made.has_group("Amina", "Juma")
    made.has_group("Otieno", "Neema")
    with made.transaction() as at:
        for _ in range(3):
            books_entry(at, 1, note="for the roof", noted_by=1)
        books_entry(at, 2, household_id=3)
    yield made
    made.close()


def barnraiser(database: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        env=os.environ | {"BARNRAISER_DATABASE": str(database)},
        capture_output=True,
        text=True,
        check=False,
    )


def read(folder: Path) -> str:
    return "\n".join((folder / name).read_text("utf-8") for name in sorted(FILES))


def test_every_book_is_written_in_every_form_for_nobody_else(books: Books, tmp_path: Path) -> None:
    out = tmp_path / "out"
    said = barnraiser(books.path, "export", str(out))
    assert said.returncode == 0, said.stderr
    assert "Group 1: 3 entries agree. Code " in said.stdout
    assert {one.name for one in out.iterdir()} == {"group-1", "group-2"}
    for group in out.iterdir():
        assert {one.name for one in group.iterdir()} == FILES
        assert group.stat().st_mode & 0o777 == 0o700
        assert {one.stat().st_mode & 0o777 for one in group.iterdir()} == {0o600}
    written = read(out / "group-1")
    assert "Amina" not in written
    assert "for the roof" not in written
    code = said.stdout.split("Code ")[1].split()[0]
    checked = subprocess.run(
        [sys.executable, "-I", "check_book.py", "check.html", code],
        cwd=out / "group-1",
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0
    assert f"{code} is the code after No. 3." in checked.stdout


def test_one_group_with_its_names(books: Books, tmp_path: Path) -> None:
    out = tmp_path / "out"
    said = barnraiser(books.path, "export", str(out), "--group", "1", "--names")
    assert said.returncode == 0, said.stderr
    assert [one.name for one in out.iterdir()] == ["group-1"]
    written = read(out / "group-1")
    assert "Amina" in written
    assert "for the roof" in written
    assert "Neema" not in written


def test_a_book_that_was_changed_is_written_and_said_to_be(books: Books, tmp_path: Path) -> None:
    with sqlite3.connect(books.path) as connection:
        connection.execute("DROP TRIGGER entries_stay")
        connection.execute("UPDATE entries SET day = '2026-03-39' WHERE seq = 2")
    connection.close()
    said = barnraiser(books.path, "export", str(tmp_path / "out"), "--group", "1")
    assert said.returncode == 1
    assert "No. 2: changed" in said.stdout
    assert (tmp_path / "out" / "group-1" / "book.csv").is_file()


def test_what_cannot_be_done_is_said(books: Books, tmp_path: Path) -> None:
    said = barnraiser(books.path, "export", str(tmp_path / "out"), "--group", "7")
    assert (said.returncode, said.stderr) == (2, "There is no such book.\n")
    said = barnraiser(tmp_path / "no.db", "export", str(tmp_path / "out"))
    assert "There is no database" in said.stderr
    (tmp_path / "file").write_text("")
    said = barnraiser(books.path, "export", str(tmp_path / "file" / "in"))
    assert said.returncode == 1
    assert "Not a directory" in said.stderr
    assert "Traceback" not in said.stderr
