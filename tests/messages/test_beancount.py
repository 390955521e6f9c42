"""Beancount's own checker accepts our books, and finds the balances that we say."""

import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from beancount import loader
from beancount.core.data import Balance, Transaction as BeancountTransaction
from books import Books
from random_books import has_random_book

from bot.domain.copies import Copy
from bot.practices import copies
from bot.rendering import beancount
from bot.storage.database import Transaction

#: As they are called there, and in our book.
PURSES = {
    "Savings": "savings",
    "Social-Fund": "social_fund",
    "Seed-Store": "seed_store",
    "A-Long-Name-Of-A-Purse": "a_long_name_of_a_purse",
    "0-Odd-": "_odd_",
    "X--Y": "x__y",
}


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books(tmp_path)
    yield made
    made.close()


def copy_of(books: Books, group_id: int, *, with_names: bool = True) -> Copy:
    at = Transaction(books.connection, books.now, books.key, books.seals)
    return copies.copy_of(at, group_id, with_names=with_names)


def summed(text: str) -> dict[tuple[str, str], Decimal]:
    """What Beancount makes of the file: each account's balance by commodity, added up by it."""
    found, errors, _ = loader.load_string(text)
    assert errors == []
    sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for entry in found:
        for line in entry.postings if isinstance(entry, BeancountTransaction) else ():
            assert line.units is not None
            assert line.units.number is not None
            sums[line.account, line.units.currency] += line.units.number
    said = {
        (one.account, one.amount.currency): one.amount.number
        for one in found
        if isinstance(one, Balance)
    }
    assert said == sums
    return sums


@pytest.mark.parametrize("seed", range(8))
def test_every_balance_of_a_random_book_is_the_same_there(books: Books, seed: int) -> None:
    group_id = has_random_book(books, seed, 40)
    has_random_book(books, seed + 100, 5)  # another group's book in the same file
    copy = copy_of(books, group_id)
    sums = summed("".join(beancount.text_of(copy)))
    assert len(sums) == len(copy.balances) > 20
    ours = sorted(Decimal(one.unit.exact(one.amount_minor)) for one in copy.balances)
    assert sorted(sums.values()) == ours
    purses = {
        (one.account.name, one.unit.code): Decimal(one.unit.exact(one.amount_minor))
        for one in copy.balances
        if one.account.kind == "purse"
    }
    assert purses == {
        (PURSES[account.removeprefix("Assets:")], code): amount
        for (account, code), amount in sums.items()
        if account.startswith("Assets:")
    }


def test_bean_check_itself_accepts_the_file_and_no_other(books: Books, tmp_path: Path) -> None:
    copy = copy_of(books, has_random_book(books, 1, 60))
    text = "".join(beancount.text_of(copy))
    assert bean_check(tmp_path, text) == (0, "")
    one_cent = next(line for line in text.splitlines() if " balance Assets:Savings" in line)
    wrong = text.replace(one_cent, one_cent.replace(" ~", "1 ~"))
    assert wrong != text
    assert bean_check(tmp_path, wrong)[0] == 1


def bean_check(folder: Path, text: str) -> tuple[int, str]:
    path = folder / "book.beancount"
    path.write_text(text, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "beancount.scripts.check", "--no-cache", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_an_empty_book_is_accepted_too(books: Books) -> None:
    group = books.has_group("Amina")
    assert summed("".join(beancount.text_of(copy_of(books, group.id)))) == {}


def test_names_and_reasons_are_there_or_are_not(books: Books) -> None:
    group_id = has_random_book(books, 2, 40)
    told = "".join(beancount.text_of(copy_of(books, group_id)))
    bare = "".join(beancount.text_of(copy_of(books, group_id, with_names=False)))
    for words in ("Amina", "O'Brien", "seed & rope", "2*3"):
        assert words in told
        assert words not in bare
    assert summed(told) == summed(bare)
