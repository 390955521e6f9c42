"""The bell rings on, whatever the wall clock does, whatever a tick does, until it is stopped."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Self

import pytest
from apscheduler.triggers.interval import IntervalTrigger

from bot.scheduler import clock as module
from bot.scheduler.clock import Bell, wall_clock

TICK = 0.02


class Wall(datetime):
    """The system's clock, which somebody may set."""

    ahead = timedelta()
    looked = 0

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        cls.looked += 1
        real = datetime.now(tz) + cls.ahead
        return cls.fromtimestamp(real.timestamp(), tz)


@pytest.fixture(autouse=True)
def wall(monkeypatch: pytest.MonkeyPatch) -> type[Wall]:
    monkeypatch.setattr(Wall, "ahead", timedelta())
    monkeypatch.setattr(module, "datetime", Wall)
    monkeypatch.setattr("apscheduler.schedulers.base.datetime", Wall)
    return Wall


class Tower:
    """A bell, and how often it rang."""

    def __init__(self) -> None:
        self.bell = Bell(self._ring, TICK)
        self.rang = 0
        self.fails: Exception | None = None
        self.may_end = asyncio.Event()
        self.may_end.set()
        self.cancelled = 0
        self._more = asyncio.Condition()

    async def _ring(self) -> None:
        async with self._more:
            self.rang += 1
            self._more.notify_all()
        if self.fails is not None:
            raise self.fails
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise

    async def rings(self, times: int) -> None:
        """Wait until it rang so often."""
        async with asyncio.timeout(20), self._more:
            await self._more.wait_for(lambda: self.rang >= times)


@pytest.fixture
async def tower() -> AsyncIterator[Tower]:
    built = Tower()
    built.bell.start()
    yield built
    await built.bell.stop()


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    gc.collect()  # a task whose error nobody took says so when it is collected
    return [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING]


async def test_only_a_tick_that_ended_well_counts_as_a_sign_of_life(tower: Tower) -> None:
    tower.fails = ValueError("private words")
    await tower.rings(tower.rang + 2)
    tower.bell._rung_at = asyncio.get_running_loop().time() - 500
    await tower.rings(tower.rang + 2)
    assert tower.bell.seconds_since_rung() >= 500
    assert tower.bell.failed >= 2
    tower.fails = None
    await tower.rings(tower.rang + 2)
    assert tower.bell.seconds_since_rung() < 100


async def test_it_rings_at_once_and_every_tick(tower: Tower) -> None:
    await tower.rings(3)
    assert tower.bell.rung >= 2


@pytest.mark.parametrize(
    "jump",
    [
        timedelta(hours=-1),
        timedelta(days=-400),
        timedelta(hours=1),
        timedelta(days=1),
        timedelta(days=31),
    ],
)
async def test_it_rings_on_where_the_wall_clock_jumps(
    tower: Tower, wall: type[Wall], jump: timedelta, caplog: pytest.LogCaptureFixture
) -> None:
    await tower.rings(1)
    wall.ahead = jump
    await tower.rings(4)
    wall.ahead = timedelta()
    await tower.rings(6)
    assert complaints(caplog) == []


async def test_a_clock_set_back_in_the_moment_of_looking_is_seen_a_tick_later(
    tower: Tower,
) -> None:
    """The library has read the time twice, and now means to wait for an hour."""
    await tower.rings(1)
    tower.bell._scheduler._start_timer(3600.0)
    await tower.rings(3)


async def test_a_clock_that_was_wrong_by_decades_costs_nothing(
    tower: Tower, wall: type[Wall], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small machine without a battery starts in 2001: no tick of twenty-five years is counted."""
    counted = 0
    count = IntervalTrigger.get_next_fire_time

    def counting(*args: object) -> object:
        nonlocal counted
        counted += 1
        return count(*args)

    await tower.rings(1)
    monkeypatch.setattr(IntervalTrigger, "get_next_fire_time", counting)
    wall.ahead = timedelta(days=25 * 365)
    await tower.rings(3)
    assert counted < 20


async def test_a_tick_that_fails_is_not_the_last(
    tower: Tower, caplog: pytest.LogCaptureFixture
) -> None:
    tower.fails = ValueError("private words")
    await tower.rings(3)
    tower.fails = None
    rung = tower.rang
    await tower.rings(rung + 2)
    assert set(complaints(caplog)) == {"a tick failed"}
    record = next(one for one in caplog.records if one.message == "a tick failed")
    assert vars(record)["error"] == "ValueError"
    assert "private words" not in caplog.text


async def test_a_long_tick_is_not_begun_twice(tower: Tower) -> None:
    tower.may_end.clear()
    await tower.rings(1)
    looked = Wall.looked
    async with asyncio.timeout(20):
        while Wall.looked < looked + 6:  # noqa: ASYNC110 - the library tells nobody that it looked
            await asyncio.sleep(0.005)
    assert tower.rang == 1
    tower.may_end.set()
    await tower.rings(2)


async def test_stopped_in_the_middle_of_a_tick_nothing_has_failed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tower = Tower()
    tower.may_end.clear()
    tower.bell.start()
    await tower.rings(1)
    await tower.bell.stop()
    assert tower.cancelled == 1
    for _ in range(5):
        await asyncio.sleep(0)
    assert complaints(caplog) == []


async def test_stopped_at_any_moment_it_is_silent(caplog: pytest.LogCaptureFixture) -> None:
    for turns in range(8):
        tower = Tower()
        tower.bell.start()
        for _ in range(turns):
            await asyncio.sleep(0)
        await tower.bell.stop()
        rang = tower.rang
        for _ in range(8):
            await asyncio.sleep(0)
        assert tower.rang == rang, "it rings no more"
    assert complaints(caplog) == []


async def test_stopped_just_as_it_wakes_it_is_silent(caplog: pytest.LogCaptureFixture) -> None:
    tower = Tower()
    tower.bell.start()
    await tower.rings(1)
    await tower.bell.stop()
    await asyncio.sleep(0)
    tower.bell._scheduler._start_timer(None)  # as the library does at the end of each look
    assert complaints(caplog) == []


async def test_what_was_never_started_can_be_stopped() -> None:
    tower = Tower()
    await tower.bell.stop()
    assert tower.rang == 0


def test_the_wall_clock_tells_utc() -> None:
    assert wall_clock().tzinfo is UTC
