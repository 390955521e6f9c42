"""Fixtures every test may ask for."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from effort import examples
from hypothesis import settings
from village import Village, a_village

settings.register_profile("usual", max_examples=examples(), deadline=None)
settings.load_profile("usual")


@pytest.fixture
async def village(tmp_path: Path) -> AsyncIterator[Village]:
    """A village whose Telegram sets no flood limits, so that stories are quick."""
    async with a_village(tmp_path) as made:
        yield made
