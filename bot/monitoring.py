"""How the bot is doing, for whoever runs it: health, metrics, and systemd's watchdog.

Numbers only: no id, no name, no word of anybody's stands in what is told here.
"""

import asyncio
import contextlib
import logging
import resource
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot import __version__
from bot.delivery.intake import Intake
from bot.delivery.outbox import Outbox
from bot.exposition import counter, gauge, histogram, info
from bot.scheduler.clock import Bell
from bot.service_manager import tell, watchdog_seconds
from bot.settings import Address
from bot.storage import condition
from bot.storage.database import CannotStore, Database, DiskFailed
from bot.storage.durations import CLASSES

if TYPE_CHECKING:
    from aiohttp import web

log = logging.getLogger(__name__)

DEAF_SECONDS: Final = 180.0  # a poll lasts one minute at most
#: Many groups' digests may be due in one tick; a tick that takes longer than this hangs.
TICK_LATE_SECONDS: Final = 600.0
STORE_SECONDS: Final = 10.0


@dataclass(frozen=True)
class Pulse:
    """What tells a bot that is well from one that is not."""

    heard_seconds: float
    rung_seconds: float
    tick_seconds: float
    stores: bool  # whether something could be written a moment ago
    answers: bool  # whether the database answered at all, be it with a refusal


def ails(pulse: Pulse) -> list[str]:
    """Say what is wrong, a few plain words each; nothing where all is well."""
    found = []
    if pulse.heard_seconds > DEAF_SECONDS:
        found.append("Telegram does not reach it")
    if pulse.rung_seconds > pulse.tick_seconds + TICK_LATE_SECONDS:
        found.append("nothing that is due happens")
    if not pulse.stores:
        found.append("nothing can be stored")
    return found


def hangs(pulse: Pulse) -> bool:
    """Whether a new start would mend it: not a full disk, and not a Telegram that is away."""
    return not pulse.answers or pulse.rung_seconds > pulse.tick_seconds + TICK_LATE_SECONDS


class Monitor:
    """Looks at the parts, and tells."""

    def __init__(
        self,
        database: Database,
        intake: Intake,
        outbox: Outbox,
        bell: Bell,
        *,
        tick_seconds: float,
        address: Address | None,
    ) -> None:
        self._database = database
        self._intake = intake
        self._outbox = outbox
        self._bell = bell
        self._tick_seconds = tick_seconds
        self._address = address

    async def serve(self) -> None:
        """Tell whoever asks, and systemd by itself, until cancelled. Raises OSError at a port."""
        tasks = [asyncio.create_task(self._feed_watchdog(), name="watchdog")]
        if self._address is not None:
            tasks.append(asyncio.create_task(self._answer(self._address), name="metrics"))
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        for task in tasks:
            if not task.cancelled():
                task.result()

    async def _answer(self, address: Address) -> None:
        from aiohttp import web  # noqa: PLC0415 - a server is loaded where it is asked for

        from bot.listening import listening  # noqa: PLC0415 - as above

        app = web.Application()
        app.router.add_get("/health", self._tell_health)
        app.router.add_get("/metrics", self._tell_metrics)
        async with listening(app, address):
            await asyncio.Event().wait()

    async def _tell_health(self, _request: "web.Request") -> "web.Response":
        from aiohttp import web  # noqa: PLC0415 - as above

        wrong = ails(await self.pulse())
        told = {"healthy": not wrong, "wrong": wrong}
        return web.json_response(told, status=503 if wrong else 200)

    async def _tell_metrics(self, _request: "web.Request") -> "web.Response":
        from aiohttp import web  # noqa: PLC0415 - as above

        told = "".join(one + "\n" for one in await self.lines())
        headers = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
        return web.Response(body=told.encode(), headers=headers)

    async def _feed_watchdog(self) -> None:
        """Tell systemd twice in each of its intervals that nothing hangs."""
        interval = watchdog_seconds()
        while interval is not None:
            pulse = await self.pulse()
            if hangs(pulse):
                log.error("hangs", extra={"action": "hangs", "seconds": round(pulse.rung_seconds)})
            else:
                tell("WATCHDOG=1")
            await asyncio.sleep(interval / 2)
        await asyncio.Event().wait()

    async def pulse(self) -> Pulse:
        """Look, and write something durably."""
        stores = answers = False
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STORE_SECONDS):
                try:
                    await self._database.transact(condition.beat)
                    stores = answers = True
                except (CannotStore, DiskFailed):
                    answers = True
        return Pulse(
            heard_seconds=self._intake.seconds_since_heard(),
            rung_seconds=self._bell.seconds_since_rung(),
            tick_seconds=self._tick_seconds,
            stores=stores,
            answers=answers,
        )

    async def lines(self) -> list[str]:
        """Return the metrics, line by line."""
        look = await self._database.read(condition.condition)
        parts = (
            self._of_intake(),
            self._of_outbox(look),
            self._of_time(look),
            self._of_file(look),
            _of_process(),
        )
        return [line for part in parts for line in part]

    def _of_intake(self) -> Iterator[str]:
        intake = self._intake
        yield from counter(
            "updates_total",
            "Updates that came, by kind and outcome.",
            *(
                ({"kind": kind, "outcome": outcome}, many)
                for (kind, outcome), many in sorted(intake.tally.items())
            ),
        )
        yield from gauge(
            "update_age_seconds",
            "How old the oldest message was among those applied last.",
            intake.age_seconds,
        )
        yield from gauge(
            "update_unhandled_seconds",
            "How long the oldest update that came waits for its effects to be stored.",
            intake.seconds_in_hand(),
        )
        heard = intake.seconds_since_heard()
        yield from gauge("heard_seconds_ago", "How long ago Telegram last answered.", heard)
        if intake.kept_by_telegram is not None:
            waiting = intake.kept_by_telegram
            yield from gauge("webhook_waiting", "Updates that Telegram keeps for us.", waiting)
            forged = "Posts without the secret."
            yield from counter("webhook_forged_total", forged, ({}, intake.forged))

    def _of_outbox(self, look: condition.Condition) -> Iterator[str]:
        sent, failures = self._outbox.sent, self._outbox.failures
        yield from counter("sent_total", "Calls that Telegram took.", ({}, sent))
        yield from counter(
            "send_failures_total",
            "Calls that it did not take, by what came back.",
            *(({"kind": kind}, many) for kind, many in sorted(failures.items())),
        )
        yield from gauge("outbox_waiting", "Calls that wait to leave.", look.outbox_waiting)
        oldest = self._age(look.outbox_since)
        yield from gauge("outbox_oldest_seconds", "How long the oldest of them waits.", oldest)

    def _of_time(self, look: condition.Condition) -> Iterator[str]:
        bell = self._bell
        yield from counter("ticks_total", "Looks at what is due.", ({}, bell.rung))
        yield from counter("ticks_failed_total", "Looks that failed.", ({}, bell.failed))
        rung = bell.seconds_since_rung()
        yield from gauge("tick_seconds_ago", "How long ago one ended well.", rung)
        yield from gauge("due_waiting", "Things that are due and not done.", look.due_now)
        oldest = self._age(look.due_since)
        yield from gauge("due_oldest_seconds", "How long the oldest of them is due.", oldest)

    def _of_file(self, look: condition.Condition) -> Iterator[str]:
        path, took = self._database.path, self._database.durations
        yield from histogram(
            "transaction_seconds", "How long transactions took.", CLASSES, took.counts, took.seconds
        )
        refused = "Transactions that could not be stored."
        yield from counter("transactions_refused_total", refused, ({}, self._database.refused))
        failed = "Updates kept because their handler failed."
        yield from gauge("updates_failed", failed, look.updates_failed)
        if look.copied_at is not None:
            age = self._age(look.copied_at)
            yield from gauge("backup_age_seconds", "How old the newest daily copy is.", age)
        yield from gauge("database_bytes", "The file and its log.", _bytes_of(path))
        free = shutil.disk_usage(path.parent).free
        yield from gauge("disk_free_bytes", "Room left where the file lies.", free)

    def _age(self, since: datetime | None) -> float:
        return 0.0 if since is None else (self._database.clock() - since).total_seconds()


def _of_process() -> Iterator[str]:
    yield from info("info", "What runs.", version=__version__)
    used = resource.getrusage(resource.RUSAGE_SELF)
    busy = used.ru_utime + used.ru_stime
    yield from counter("cpu_seconds_total", "Time that it kept a processor busy.", ({}, busy))
    with contextlib.suppress(OSError, ValueError):  # where there is no such file
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        about = "Memory in use."
        yield from gauge("resident_bytes", about, pages * resource.getpagesize())


def _bytes_of(path: Path) -> int:
    files = (path, path.with_name(path.name + "-wal"))
    return sum(one.stat().st_size for one in files if one.exists())
