"""The sheet to print: everything in it, nothing of a person's words taken for HTML."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from books import Books, books_entry
from copies_by_hand import has_a_copy

from bot.domain.copies import Copy, told
from bot.practices import copies
from bot.rendering import book_sheet, messages
from bot.storage.database import Transaction


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books(tmp_path)
    yield made
    made.close()


class Read(HTMLParser):
    """The words of a page, and its tags."""

    def __init__(self) -> None:
        super().__init__()
        self.words = ""
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words += data


def sheet(copy: Copy, language: str = "en") -> Read:
    read = Read()
    read.feed("".join(book_sheet.text_of(copy, language)))
    read.words = messages.UNSEEN.sub("", read.words.replace("\n", " "))
    return read


@pytest.mark.parametrize("language", ["en", "es"])
def test_it_has_every_entry_every_purse_and_every_household(books: Books, language: str) -> None:
    copy = has_a_copy(books, 3, 60)
    read = sheet(copy, language)
    assert copy.code in read.words
    rows = read.tags.count("tr")
    expected = 1 + copy.last + len(copy.in_purses()) + len(copy.outside())
    assert rows == expected + len(copy.of_households())
    for name in copy.members.values():
        assert name in read.words
    for one in copy.entries():
        for amount in told(copy, one).amounts:
            number = messages.counted(abs(amount.amount_minor), amount.unit, language)
            assert messages.UNSEEN.sub("", number) in read.words


def test_what_people_wrote_stays_words(books: Books) -> None:
    group = books.has_group("<b>Amina</b>", "<script>alert(1)</script>")
    with books.transaction() as at:
        books_entry(at, group.id, note="</td><img src=x>", noted_by=1)
    at = Transaction(books.connection, books.now, books.key, books.seals)
    read = sheet(copies.copy_of(at, group.id))
    assert "<b>Amina</b>" in read.words
    assert "</td><img src=x>" in read.words
    assert not {"script", "img", "b"} & set(read.tags)


def test_an_empty_book_is_a_sheet_too(books: Books) -> None:
    read = sheet(has_a_copy(books, count=0))
    assert read.words.count("Nothing is in it yet.") == 2
    assert "Code of the book" not in read.words


def test_without_names_numbers_stand_for_them(books: Books) -> None:
    group = books.has_group("Amina", "Juma")
    with books.transaction() as at:
        books_entry(at, group.id, note="for Juma", noted_by=1)
    at = Transaction(books.connection, books.now, books.key, books.seals)
    read = sheet(copies.copy_of(at, group.id, with_names=False))
    assert "Juma" not in read.words
    assert "contribution · #1" in read.words
