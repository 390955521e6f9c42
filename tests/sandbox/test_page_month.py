"""A group's first month on the page, tapped through in Chromium: the real bot, the real sandbox."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect
from visitor import DESKTOP, PHONE, a_visitor

from bot.settings import Settings
from bot.trying import Trial, trial
from sandbox.clock import SandboxClock

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

START = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)


@pytest_asyncio.fixture(loop_scope="session")
async def opened() -> AsyncIterator[Trial]:
    async with trial(Settings(), 0, SandboxClock(START)) as made:
        serving = asyncio.create_task(made.bot.serve())
        yield made
        made.bot.stop()
        await serving


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_a_newcomer_watches_a_month(
    browser: Browser, opened: Trial, size: tuple[int, int]
) -> None:
    async with a_visitor(browser, opened, size) as visitor:
        await visitor.shows("group")
        await visitor.button("📍 Nairobi 🇰🇪").click()
        await expect(visitor.group).to_contain_text("We are ready")

        await visitor.group.get_by_role("button", name="I'm in").click()
        await visitor.shows("private")
        await visitor.private.get_by_role("button", name="Yes, I'm in").click()
        await expect(visitor.private).to_contain_text("You are in")
        await visitor.lets_villagers(answer=True)
        await visitor.shows("group")
        await expect(visitor.group).to_contain_text(re.compile(r"[4-7] are in"), timeout=60_000)
        await visitor.lets_villagers(answer=False)

        await visitor.moves_time("week", times=3)
        await visitor.moves_time("day", times=2)
        await expect(visitor.group).to_contain_text("Check-in for March")
        await visitor.shows("private")
        for number in range(1, 7):
            await expect(visitor.private).to_contain_text(f"{number}/8")
            await visitor.private.get_by_role("button", name="Skip").last.click()
        await expect(visitor.private).to_contain_text("7/8")
        await visitor.writes(visitor.private, "The beans are in.")
        await visitor.private.get_by_role("button", name="Like this").last.click()
        await expect(visitor.private).to_contain_text("you are in for March")
        await visitor.shows("group")
        await expect(visitor.group).to_contain_text(re.compile(r"1 of \d are in"))

        await visitor.moves_time("month")
        await visitor.moves_time("day")
        await expect(visitor.group).to_contain_text(re.compile(r"Closed: 1 of \d took part"))
        await expect(visitor.group.locator("img").first).to_be_visible()
        assert await visitor.overflow_px() <= 0
