"""A database of its own for each test, and a clock that a test moves."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hand_clock import HandClock
from new_file import put_new_file

from bot.storage.database import Database, open_database


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def database(tmp_path: Path, clock: HandClock) -> AsyncIterator[Database]:
    opened = await open_database(put_new_file(tmp_path / "bot.db"), clock.now)
    try:
        yield opened
    finally:
        await opened.close()
