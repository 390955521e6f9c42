"""A copy of the book as a file, and what somebody may change in it by hand."""

import copy as copying
import json
import random
import re
from typing import Any

from books import Books
from random_books import has_random_book

from bot.domain.copies import Copy
from bot.practices import copies
from bot.rendering import book_page
from bot.storage.database import Transaction

BOOK = re.compile(r'(<script type="application/json" id="book">)(.*?)(</script>)', re.DOTALL)


def has_a_copy(books: Books, seed: int = 5, count: int = 30) -> Copy:
    """A random book, and its copy."""
    group_id = has_random_book(books, seed, count)
    at = Transaction(books.connection, books.now, books.key, books.seals)
    return copies.copy_of(at, group_id)


def page_of(copy: Copy, language: str = "en") -> str:
    """The page, without anybody's own lines."""
    return "".join(book_page.text_of(copy, language))


def book_in(page: str) -> dict[str, Any]:
    """What the page checks."""
    found = BOOK.search(page)
    assert found is not None
    book: dict[str, Any] = json.loads(found[2])
    return book


def with_book(page: str, book: dict[str, Any]) -> str:
    """The page with another book in it."""
    return BOOK.sub(lambda found: found[1] + json.dumps(book) + found[3], page)


def changed_by_hand(book: dict[str, Any], chance: random.Random) -> tuple[dict[str, Any], int]:
    """The book with one thing in it changed, and the number of the entry."""
    changed = copying.deepcopy(book)
    entry = chance.choice(changed["entries"])
    place: Any = entry
    while True:
        index = chance.randrange(len(place))
        if isinstance(place[index], list) and place[index]:
            place = place[index]
            continue
        place[index] = _other(place[index], chance)
        return changed, book["entries"][changed["entries"].index(entry)][0]


def _other(value: Any, chance: random.Random) -> Any:  # noqa: ANN401 - JSON
    if value is None:
        return 1
    if isinstance(value, int):
        return value + chance.choice((1, -1, 100))
    if isinstance(value, list):
        return [["household:1:savings", "KES:2", "5", ""]]
    if re.fullmatch(r"-?\d+", value):
        return str(int(value) + chance.choice((1, -1, 10**20)))
    if re.fullmatch(r"[0-9a-f]{64}", value):
        return ("0" if value[0] != "0" else "1") + value[1:]
    return chance.choice((value + "x", "x" + value, value + " "))
