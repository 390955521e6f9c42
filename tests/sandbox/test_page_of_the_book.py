"""The page that goes with a copy of the book, opened from a file in a browser, without internet."""

import hashlib
import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from books import Books, books_entry
from copies_by_hand import book_in, changed_by_hand, forged, has_a_copy, page_of, with_book
from playwright.async_api import Browser, Page, expect

from bot.domain.copies import Copy
from bot.domain.ledger import code_of
from bot.practices import copies
from bot.rendering import book_sheet, check_book
from bot.storage.database import Transaction

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books(tmp_path)
    yield made
    made.close()


@pytest.fixture
def copy(books: Books) -> Copy:
    return has_a_copy(books)


@pytest_asyncio.fixture(loop_scope="session")
async def offline(browser: Browser) -> AsyncIterator[Page]:
    """A small phone without internet; whatever fails in the page fails the test."""
    context = await browser.new_context(offline=True, viewport={"width": 320, "height": 640})
    page = await context.new_page()
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.on("console", lambda said: failures.append(said.text) if said.type == "error" else None)
    yield page
    await context.close()
    assert failures == []


async def opens(page: Page, folder: Path, text: str) -> None:
    path = folder / "passbook.html"
    path.write_text(text, "utf-8")
    await page.goto(path.as_uri())


async def test_it_says_that_a_good_book_is_right(offline: Page, copy: Copy, tmp_path: Path) -> None:
    await opens(offline, tmp_path, page_of(copy))
    result = offline.locator("#result")
    await expect(result).to_have_text(f"No. 1 to 30: all of it agrees. The code is {copy.code}.")
    await expect(result).to_have_class("right")
    wide = await offline.evaluate("document.documentElement.scrollWidth")
    assert wide <= 320


async def test_it_names_the_entry_of_a_bad_one(offline: Page, copy: Copy, tmp_path: Path) -> None:
    page = page_of(copy, "es")
    book = book_in(page)
    book["entries"][16][10][0][2] += "0"
    await opens(offline, tmp_path, with_book(page, book))
    result = offline.locator("#result")
    await expect(result).to_contain_text("17")
    await expect(result).to_have_class("wrong")
    assert "No. 17 does not agree" not in await offline.content()  # it is said in Spanish


async def test_the_code_from_paper_is_compared(offline: Page, copy: Copy, tmp_path: Path) -> None:
    await opens(offline, tmp_path, page_of(copy))
    code = code_of(list(copy.entries())[11].entry.hash)
    compared = offline.locator("#compared")
    for typed, said in (
        (code.lower().replace("0", "o"), "This is the code after No. 12, and nothing up to there"),
        ("AAAA-BBBB-CCCC", "No entry of this book has that code."),
        ("AAAA", "A code has 12 letters and digits."),
        (copy.code, "This is the code after No. 30"),
    ):
        await offline.fill("#code", typed)
        await offline.click("#compare button")
        await expect(compared).to_contain_text(said)


async def test_it_finds_what_the_script_finds(offline: Page, copy: Copy, tmp_path: Path) -> None:
    page = page_of(copy)
    await opens(offline, tmp_path, page)
    book, chance = book_in(page), random.Random(2)
    changed = [book, *(changed_by_hand(book, chance)[0] for _ in range(60))]
    changed += forged(book).values()
    found: list[list[int]] = await offline.evaluate(
        "(books) => books.map((one) => { try { return faultsOf(one); } catch { return ['?']; } })",
        changed,
    )
    unique = [list(dict.fromkeys(one)) for one in found]
    assert unique == [_found_by_script(one) for one in changed]


def _found_by_script(book: dict[str, Any]) -> list[int]:
    return list(dict.fromkeys(seq for seq, _ in check_book.faults_of(book)))


@pytest.mark.parametrize("width", [320, 794])
async def test_the_sheet_fits_a_phone_and_a_page(
    offline: Page, books: Books, tmp_path: Path, width: int
) -> None:
    group = books.has_group("Amina Wanjiku", "José Ñandú de la Cruz")
    with books.transaction() as at:
        for _ in range(40):
            books_entry(at, group.id, 123_456_789, note="seed & rope for the roof", noted_by=1)
    at = Transaction(books.connection, books.now, books.key, books.seals)
    await offline.set_viewport_size({"width": width, "height": 1123})
    await opens(offline, tmp_path, "".join(book_sheet.text_of(copies.copy_of(at, group.id), "en")))
    assert await offline.evaluate("document.documentElement.scrollWidth") <= width
    assert await offline.locator("table.entries tbody tr").count() == 40


async def test_its_hashes_and_codes_are_the_same_as_everywhere(
    offline: Page, copy: Copy, tmp_path: Path
) -> None:
    await opens(offline, tmp_path, page_of(copy))
    texts = ["é" * size for size in range(70)] + ["a" * 1000]
    made: list[str] = await offline.evaluate(
        "(texts) => texts.map((one) => sha256(utf8.encode(one)))", texts
    )
    assert made == [hashlib.sha256(one.encode()).hexdigest() for one in texts]
    codes: list[str] = await offline.evaluate("(hashes) => hashes.map(codeOf)", made)
    assert codes == [code_of(bytes.fromhex(one)) for one in made]
