"""The bell: APScheduler makes the bot look at what is due. It remembers nothing.

What is due is read from the database by the wall clock, which may jump; the bell itself must keep
ringing whatever the clock does.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

log = logging.getLogger(__name__)

JOB: Final = "bell"


def wall_clock() -> datetime:
    """Return the system's time, UTC. Nothing else in the bot reads it."""
    return datetime.now(UTC)


class _Executor(AsyncIOExecutor):  # type: ignore[misc]  # the library has no types
    """Ends nothing by itself: a tick that it cancels, it would log as a failure."""

    def shutdown(self, wait: bool = True) -> None:  # noqa: FBT001, FBT002 - the library's own
        """Leave what is under way to the bell."""
        del wait


class _Scheduler(AsyncIOScheduler):  # type: ignore[misc]  # the library has no types
    """APScheduler, proof against a clock that jumps.

    It compares its next instant with the wall clock: set back an hour, it would be silent for one;
    set forward some years, it would count every tick that might have been.
    """

    def __init__(self, tick: timedelta) -> None:
        super().__init__(timezone=UTC, executors={"default": _Executor()})
        self._tick = tick

    def _start_timer(self, wait_seconds: float | None) -> None:
        """Wake at least once a tick, by the clock that never jumps."""
        tick = self._tick.total_seconds()
        if self._eventloop is not None:  # stopped in the very moment of waking
            super()._start_timer(tick if wait_seconds is None else min(wait_seconds, tick))

    def _process_jobs(self) -> float | None:
        now = datetime.now(UTC)
        for job in self.get_jobs():
            if job.next_run_time is not None and abs(job.next_run_time - now) > self._tick * 1.5:
                job.modify(next_run_time=now)
        wait: float | None = super()._process_jobs()
        return wait


class Bell:
    """Calls `ring` every tick, and once at the start."""

    def __init__(self, ring: Callable[[], Awaitable[None]], tick_seconds: float) -> None:
        self._ring = ring
        self._tick = timedelta(seconds=tick_seconds)
        self._scheduler = _Scheduler(self._tick)
        self._ringing: asyncio.Task[None] | None = None
        self._stopped = False
        self._rung_at: float | None = None
        self.rung = 0
        self.failed = 0

    def seconds_since_rung(self) -> float:
        """How long ago a tick last ended well, or the bell was started."""
        if self._rung_at is None:
            return 0.0
        return asyncio.get_running_loop().time() - self._rung_at

    def start(self) -> None:
        """Begin to ring. Must be called with the event loop running."""
        self._rung_at = asyncio.get_running_loop().time()
        self._scheduler.add_job(
            self._look,
            IntervalTrigger(seconds=self._tick.total_seconds(), timezone=UTC),
            id=JOB,
            next_run_time=datetime.now(UTC),
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )
        self._scheduler.start()

    async def stop(self) -> None:
        """Ring no more; a tick that is under way ends between two of its transactions."""
        self._stopped = True
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        if self._ringing is not None:
            self._ringing.cancel()
            await asyncio.wait([self._ringing])

    async def _look(self) -> None:
        if not self._stopped:
            self._ringing = asyncio.create_task(self._ring_once())
            await asyncio.wait([self._ringing])
            self.rung += 1

    async def _ring_once(self) -> None:
        try:
            await self._ring()
            self._rung_at = asyncio.get_running_loop().time()
        except Exception as error:  # noqa: BLE001 - the next tick looks again
            self.failed += 1
            log.error(  # noqa: TRY400 - no private words in the log
                "a tick failed", extra={"action": "tick_failed", "error": type(error).__name__}
            )
