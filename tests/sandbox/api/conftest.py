"""A sandbox with a village, on a clock that stands still until a test moves it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import pytest
from bot_client import BotClient, Place

from sandbox import Sandbox, SandboxClock

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    clock = SandboxClock(START, read=lambda: 0.0)
    async with (
        Sandbox(clock=clock, limits=False, seed=7) as sandbox,
        aiohttp.ClientSession() as session,
    ):
        village = sandbox.people.village(sandbox.world, add_bot=True)
        bot = BotClient(sandbox, session)
        assert len(await bot.updates()) == 2
        assert await bot.updates() == []
        yield Place(sandbox, village, bot)
        assert sandbox.gateway.crashes == []
