"""No cell of a table computes anything when it is opened, and numbers stay numbers."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from attack.payloads import EVERY
from books import Books
from hypothesis import given, strategies as st
from random_books import has_random_book

from bot.practices import copies
from bot.rendering import book_csv
from bot.rendering.spreadsheet import RISKY, cell, lines
from bot.storage.database import Transaction


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize(
    "words",
    [
        "=1+1",
        "+254 700 000",
        "-5+3",
        "-Juma",
        "@SUM(A1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        "  =1+1",
        "\u00a0=1",
        "\u200b=1",
        "\ufeff=1",
        "\u2066=1",
        "\x00=1",
        "＝1+1",
        "＋1",
        "－1",
        "＠SUM",
        "﹢1",
        "﹣1",
        "﹦1",
        "﹫x",
        "⁺1",
        "⁼1",
        "−1",
        "'=1",
        '=HYPERLINK("http://x"; "y")',
    ],
)
def test_words_that_would_compute_stay_words(words: str) -> None:
    made = cell(words)
    assert made.startswith("'")
    assert "\n" not in made
    assert "\r" not in made
    assert "\t" not in made


@pytest.mark.parametrize("words", EVERY)
def test_no_payload_computes(words: str) -> None:
    made = cell(words)
    seen = [one for one in made if unicodedata.category(one)[0] not in "ZC"]
    first = unicodedata.normalize("NFKC", "".join(seen))[:1]
    assert first not in RISKY or re.fullmatch(r"-?[0-9]+", made)


@pytest.mark.parametrize("words", ["Amina", "5 kg", "a=b", "", "'", "José - Ñandú", "3+4"])
def test_other_words_stand_as_they_are(words: str) -> None:
    assert cell(words) == ("''" if words == "'" else words)


@pytest.mark.parametrize("number", ["-5", "-1500.00", "0", "12.5", 7, -7])
def test_numbers_stay_numbers_below_zero_too(number: str | int) -> None:
    assert cell(number) == str(number)


@given(st.lists(st.lists(st.text(), min_size=1, max_size=3), max_size=4))
def test_nothing_breaks_out_of_its_cell(rows: list[list[str]]) -> None:
    text = "".join(lines(rows))
    read = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert [row or [""] for row in read] == [[cell(one) for one in row] for row in rows]
    for row in read:
        for one in row:
            assert one == "" or one[0] not in "=+@\t\r\n＝＋－＠"
            assert not one.startswith("-") or Decimal(one) <= 0


def test_the_book_as_a_table_has_every_line_and_adds_up(books: Books) -> None:
    group_id = has_random_book(books, 3, 60)
    at = Transaction(books.connection, books.now, books.key, books.seals)
    copy = copies.copy_of(at, group_id)
    text = "".join(book_csv.text_of(copy, "en"))
    assert text.startswith("\ufeffNo.,Day,What,")
    rows = list(csv.DictReader(io.StringIO(text[1:], newline="")))
    assert len(rows) == sum(len(one.entry.postings) for one in copy.entries())
    sums: dict[tuple[str, str], Decimal] = {}
    for row in rows:
        place = (row["Account"], row["Unit"].removeprefix("'"))
        sums[place] = sums.get(place, Decimal(0)) + Decimal(row["Amount"])
        assert Decimal(row["After it"]) == sums[place]
        assert len(row["Check number"]) == 64
    assert sorted(sums.values()) == sorted(
        Decimal(one.unit.exact(one.amount_minor)) for one in copy.balances
    )
    assert any(row["Why"] == "'=1+1" for row in rows)
    assert any(row["Said by"].startswith("'=cmd") for row in rows)
    assert not any(one.startswith("=") for row in rows for one in row.values())


def test_the_headings_are_in_the_readers_language(books: Books) -> None:
    at = Transaction(books.connection, books.now, books.key, books.seals)
    copy = copies.copy_of(at, has_random_book(books, 4, 5))
    english = next(iter(book_csv.text_of(copy, "en"))).splitlines()[0].split(",")
    spanish = next(iter(book_csv.text_of(copy, "es"))).splitlines()[0].split(",")
    assert len(english) == len(spanish) == len(set(spanish)) == 16


def test_units_are_in_the_readers_language_and_a_groups_own_word_stays(books: Books) -> None:
    at = Transaction(books.connection, books.now, books.key, books.seals)
    copy = copies.copy_of(at, has_random_book(books, 3, 60))

    def units(language: str) -> set[str]:
        text = "".join(book_csv.text_of(copy, language)).removeprefix("\ufeff")
        return {row[7] for row in list(csv.reader(io.StringIO(text, newline="")))[1:]}

    assert units("es") == {"horas" if one == "hours" else one for one in units("en")}
    assert {"hours", "KES", 'kg of "seed" \\ maize', "'=días"} <= units("en")
