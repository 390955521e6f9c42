"""A Telegram that misbehaves on order, a database, and a clock that a test moves."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from delivery.desk import Desk
from delivery.hearing import Hearing
from delivery.post_office import TOKEN, PostOffice, a_post_office
from hand_clock import HandClock
from new_file import put_new_file

from bot.delivery.transport import Transport
from bot.storage.database import Database, open_database


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    async with a_post_office() as opened:
        yield opened


@pytest.fixture
async def transport(office: PostOffice) -> AsyncIterator[Transport]:
    made = Transport(office.url, TOKEN)
    await made.initialize()
    try:
        yield made
    finally:
        await made.shutdown()


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


@pytest.fixture
def hearing(
    database: Database, transport: Transport, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> Hearing:
    monkeypatch.setattr("bot.delivery.intake.BACK_OFF_SECONDS", (0.001, 0.002, 0.003))
    return Hearing(database, transport, office)


@pytest.fixture
async def desk(
    database: Database, transport: Transport, office: PostOffice, clock: HandClock
) -> Desk:
    made = Desk(database, transport, office, clock)
    await made.opens()
    return made
