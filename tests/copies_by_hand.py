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
from bot.rendering import book_page, check_book
from bot.storage.database import Transaction

#: What stands in each entry of a copy, in this order.
PARTS = (
    *("seq", "kind", "day", "recorded_at", "recorded_by", "witnesses", "key", "commitment"),
    *("reverses", "confirmed", "lines", "hash", "after"),
)
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


def forged(book: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Books that break one rule each, with every hash made anew; the entry is the last but one."""

    def another(**parts: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        made = copying.deepcopy(book)
        entry = made["entries"][-2]
        for name, value in parts.items():
            entry[PARTS.index(name)] = value
        return made

    last = book["entries"][-2]
    lines, first = last[PARTS.index("lines")], book["entries"][0][PARTS.index("lines")]
    out = [["purse:savings", "KES:2", str(-(10**15)), ""], ["outside:x", "KES:2", f"{10**15}", ""]]
    back = [[account, unit, str(-int(n)), period] for account, unit, n, period in first]
    made = {
        "confirmed by who recorded it": another(confirmed=[[last[4], ""]]),
        "confirmed by nobody": another(confirmed=[], witnesses=0),
        "confirmed by too few": another(witnesses=3),
        "no lines": another(lines=[]),
        "does not add up": another(lines=[*lines, ["outside:x", "KES:2", "5", ""]]),
        "a purse below nothing": another(lines=out),
        "a gap": another(seq=last[0] + 40),
        "takes back nothing": another(kind="reversal"),
        "takes back, but is no reversal": another(kind="gift", reverses=1, lines=back),
        "takes back something else": another(kind="reversal", reverses=1, lines=lines),
        "takes back twice": _twice_taken_back(book),
    }
    for one in made.values():
        _hashes_anew(one)
    wrong = copying.deepcopy(book)
    wrong["entries"][-2][PARTS.index("after")][0] += "1"
    return made | {"a wrong balance": wrong}


def _twice_taken_back(book: dict[str, Any]) -> dict[str, Any]:
    """The book with one entry more that is taken back, and then taken back once more."""
    made = copying.deepcopy(book)
    seq = made["entries"][-1][0]
    lines = [["outside:x", "KES:2", "-5", ""], ["purse:savings", "KES:2", "5", ""]]
    back = [[account, unit, str(-int(n)), period] for account, unit, n, period in lines]
    for number, (kind, reverses) in enumerate((("gift", None), *[("reversal", seq + 2)] * 2), 2):
        entry = copying.deepcopy(made["entries"][0])
        entry[0], entry[1], entry[8], entry[10] = seq + number, kind, reverses, back
        made["entries"].append(entry)
    made["entries"][-3][10] = lines
    enough = copying.deepcopy(made["entries"][-3])  # so that the purse holds what goes out twice
    enough[0] = seq + 1
    made["entries"].insert(-3, enough)
    return made


def _hashes_anew(book: dict[str, Any]) -> None:
    prev, balances = bytes(32), dict[tuple[str, str], int]()
    for entry in book["entries"]:
        prev = check_book.hash_of(book, prev, entry)
        entry[PARTS.index("hash")] = prev.hex()
        after = []
        for account, unit, amount, _ in entry[PARTS.index("lines")]:
            balances[account, unit] = balances.get((account, unit), 0) + int(amount)
            after.append(str(balances[account, unit]))
        entry[PARTS.index("after")] = after
