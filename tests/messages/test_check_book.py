"""The script that goes with a copy: it checks the book with nothing but Python."""

import ast
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from books import Books, books_entry
from copies_by_hand import book_in, changed_by_hand, forged, has_a_copy, page_of, with_book

from bot.domain.copies import Copy
from bot.domain.ledger import code_of
from bot.practices import copies
from bot.rendering import book_page, check_book
from bot.storage.database import Transaction


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books(tmp_path)
    yield made
    made.close()


@pytest.fixture
def copy(books: Books) -> Copy:
    return has_a_copy(books)


def run(folder: Path, page: str, *code: str) -> subprocess.CompletedProcess[str]:
    """Run the script as a member would, away from everything of ours."""
    (folder / "passbook.html").write_text(page, "utf-8")
    (folder / "check_book.py").write_text(book_page.script(), "utf-8")
    return subprocess.run(
        [sys.executable, "-I", "check_book.py", "passbook.html", *code],
        cwd=folder,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_says_that_a_good_book_is_right(copy: Copy, tmp_path: Path) -> None:
    done = run(tmp_path, page_of(copy))
    assert done.returncode == 0, done.stderr
    assert f"30 entries. Code of the book: {copy.code}\n" in done.stdout
    assert done.stdout.endswith("All of it agrees.\n")


def test_it_compares_the_code_from_paper_even_an_old_one(copy: Copy, tmp_path: Path) -> None:
    twelfth = list(copy.entries())[11].entry
    code = code_of(twelfth.hash)
    for written in (code, code.lower().replace("-", " "), code.replace("0", "o").replace("1", "l")):
        done = run(tmp_path, page_of(copy), written)
        assert done.returncode == 0
        assert f"{code} is the code after No. 12." in done.stdout
    done = run(tmp_path, page_of(copy), "AAAA-BBBB-CCCC")
    assert done.returncode == 1
    assert "No entry here has the code AAAA-BBBB-CCCC." in done.stdout


def test_it_names_the_entry_that_was_changed(copy: Copy, tmp_path: Path) -> None:
    page = page_of(copy)
    book = book_in(page)
    book["entries"][16][10][0][2] += "0"
    done = run(tmp_path, with_book(page, book))
    assert done.returncode == 1
    assert done.stdout.startswith("No. 17 was changed")
    assert done.stdout.endswith("NOT right.\n")


def test_it_says_how_it_is_used(copy: Copy, tmp_path: Path) -> None:
    done = run(tmp_path, page_of(copy), "ONE", "TWO")
    assert done.returncode == 1
    assert "python3 check_book.py passbook.html [CODE]" in done.stderr


def test_whatever_is_changed_in_a_copy_its_entry_is_named(copy: Copy) -> None:
    book = book_in(page_of(copy))
    assert list(check_book.faults_of(book)) == []
    chance = random.Random(1)
    for _ in range(300):
        changed, seq = changed_by_hand(book, chance)
        named = {one for one, _ in check_book.faults_of(changed)}
        assert named & {seq, seq + 1, changed["entries"][seq - 1][0]}, changed["entries"][seq - 1]


def test_a_book_that_breaks_a_rule_is_found_though_its_hashes_agree(copy: Copy) -> None:
    for name, book in forged(book_in(page_of(copy))).items():
        named = [seq for seq, _ in check_book.faults_of(book)]
        assert book["entries"][-2][0] in named or book["entries"][-1][0] in named, name
        assert not [seq for seq in named if seq < copy.last - 1], name
        assert name != "takes back twice" or named == [copy.last + 4]


def test_words_that_look_like_the_end_of_the_page_are_not(books: Books, tmp_path: Path) -> None:
    group = books.has_group("Amina", "Juma")
    with books.transaction() as at:
        books_entry(at, group.id, key="</script><b>\u2028")
    at = Transaction(books.connection, books.now, books.key, books.seals)
    page = page_of(copies.copy_of(at, group.id))
    assert page.count("</script>") == 3
    assert run(tmp_path, page).stdout.endswith("All of it agrees.\n")


def test_whoever_makes_all_hashes_anew_makes_another_code(copy: Copy) -> None:
    book = book_in(page_of(copy))
    book["entries"][3][2] = "2020-01-01"
    prev = bytes(32)
    for entry in book["entries"]:
        prev = check_book.hash_of(book, prev, entry)
        entry[11] = prev.hex()
    assert list(check_book.faults_of(book)) == []
    assert check_book.code_of(prev) != copy.code


def test_an_empty_book_is_right(books: Books, tmp_path: Path) -> None:
    done = run(tmp_path, page_of(has_a_copy(books, count=0)))
    assert done.returncode == 0
    assert "0 entries. Code of the book: none" in done.stdout


def test_it_needs_nothing_but_python_and_is_short() -> None:
    text = book_page.script()
    wanted = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(text))
        for name in (
            [one.name for one in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert wanted <= sys.stdlib_module_names
    assert "noqa" not in text
    assert len(text.splitlines()) < 130


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_has_no_name_of_anybody(copy: Copy, language: str) -> None:
    page = page_of(copy, language)
    for name in copy.members.values():
        assert name.split()[0].strip('",') not in page.replace("&#34;", '"'), name
    assert "seed & rope" not in page
    assert page.count("</script>") == 3
