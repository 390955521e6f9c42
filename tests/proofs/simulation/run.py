"""One run of the simulation: a seed, some groups, a month and more, and everything that goes wrong.

The bot is the real application (bot/app.py) on a real SQLite file; Telegram is the sandbox's. Time
is the loop's own. The same seed gives the same run, to the last byte that is said.
"""

import asyncio
import contextlib
import functools
import hashlib
import logging
import math
import os
import random
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import aiosqlite
import apscheduler.executors.base
import apscheduler.schedulers.base
import apscheduler.triggers.interval
from proofs.simulation import checks
from proofs.simulation.machine import Disk, MachineClock, Power
from proofs.simulation.people import People
from proofs.simulation.telegram import ROW, Line
from proofs.simulation.trouble import Trouble
from proofs.simulation.virtual_time import VirtualLoop, face, nothing_is_lost
from proofs.simulation.watch import Watch
from village import _agree

import bot.delivery.lanes
import bot.scheduler.clock
from bot.app import Barnraiser, barnraiser
from bot.delivery.limits import Pace
from bot.delivery.transport import Transport
from bot.settings import Settings
from bot.storage import migrations
from bot.storage.database import PRAGMAS, CannotStore
from bot.storage.sealing import key_path, operator_key
from sandbox.clock import SandboxClock
from sandbox.server import Sandbox

TOKEN = "7000000001:the-token-of-a-simulation-0000000"
TICK_SECONDS = 1800.0
STARTS = (
    datetime(2026, 2, 8, 9, 0, tzinfo=UTC),  # Casablanca's Ramadan, then New York
    datetime(2026, 3, 5, 9, 0, tzinfo=UTC),  # New York, Beirut, Berlin, Santiago
    datetime(2026, 4, 2, 9, 0, tzinfo=UTC),  # Santiago, Cairo (at midnight)
    datetime(2026, 9, 3, 9, 0, tzinfo=UTC),  # Santiago, Lord Howe
    datetime(2026, 10, 5, 9, 0, tzinfo=UTC),  # Beirut, Berlin, Cairo, New York
    datetime(2027, 1, 29, 9, 0, tzinfo=UTC),  # a February
)
HOUR = 3600.0
DAY = 24 * HOUR
DAYS = (4.0, 9.0, 9.0, 20.0, 34.0)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


@dataclass
class Told:
    """What was tried in a run, and what was found."""

    seed: int
    days: float = 0.0
    lives: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    updates: int = 0
    messages: int = 0
    reminders: int = 0
    trace: str = ""
    problems: list[str] = field(default_factory=list)


class Run:
    """One seed."""

    def __init__(self, seed: int, folder: Path, loop: VirtualLoop, days: float | None) -> None:
        self.loop = loop
        self.told = Told(seed)
        self.chance = random.Random(seed)
        self.days = days or self.chance.choice(DAYS)
        self._hash = hashlib.sha256()
        self.lines: list[str] | None = [] if os.environ.get("TRACE") else None
        self.clock = SandboxClock(self.chance.choice(STARTS), read=loop.time)
        self.machine = MachineClock(self.clock)
        self.sandbox = Sandbox(
            token=TOKEN,
            clock=self.clock,
            seed=seed,
            bot_name="Barnraiser",
            bot_username="barnraiser_bot",
        )
        self.watch = Watch(self.trace)
        self.line = Line(self.sandbox, self._branch(), self.trace, lambda: self.watch.is_busy)
        self.people = People(self.sandbox, self._branch(), self.trace)
        self.settings = Settings(
            token=TOKEN,
            api_url="http://simulated",
            database=folder / "run.db",
            tick_seconds=TICK_SECONDS,
            backups_kept=0,
        )
        _put_file(self.settings.database)
        self.key = operator_key(self.settings.database)
        self.trouble = Trouble(self, self._branch())
        self.power: Power | None = None
        self.disk: Disk | None = None
        self.bot: Barnraiser | None = None
        self.reminders = 0

    def _branch(self) -> random.Random:
        return random.Random(self.chance.getrandbits(64))

    def trace(self, line: str) -> None:
        """Something happened: it is part of what two runs of a seed must have in common."""
        whole = f"{self.loop.time():.6f} {line}\n"
        self._hash.update(whole.encode())
        if self.lines is not None:
            self.lines.append(whole)

    # -- the whole ------------------------------------------------------------

    async def goes(self) -> Told:
        """Live through it, with trouble and then without; then look at everything."""
        began = self.clock.now()
        self.people.settle(self.chance.choice((2, 3)))
        await self._begins_well()
        self.people.begin(self.days * DAY)
        self.trouble.begins(self.days * DAY)
        until = self.loop.time() + self.days * DAY
        while self.loop.time() < until:
            await self._lives(until)
        self.trouble.ends()
        await self.people.cast.stop()
        await self._lives(self.loop.time() + 3 * DAY, in_peace=True)
        self._tells(began)
        return self.told

    async def _begins_well(self) -> None:
        """A first life in which everybody is met and every group agrees."""
        async with asyncio.timeout(HOUR), self._opened(None) as bot:
            serving = asyncio.create_task(bot.serve())
            await asyncio.sleep(120)
            for circle in self.people.circles:
                everybody = [one.id for one in circle.people]
                await bot.database.transact(
                    _agree, circle.chat.id, circle.agreement, everybody, facilitator=True
                )
            bot.outbox.wake()
            await asyncio.sleep(600)
            bot.stop()
            await serving

    async def _lives(self, until: float, *, in_peace: bool = False) -> None:
        """One life of the program: until its power goes, it is stopped, or `until`."""
        steps = None if in_peace else self.trouble.steps_of_a_life()
        self.told.lives += 1
        life = asyncio.create_task(self._life(steps), name="life")
        await asyncio.sleep(0)
        assert self.power is not None
        power = self.power
        stop = self.loop.create_future()
        timer = self.loop.call_at(until, _set, stop)
        orderly = None if in_peace else self.trouble.stops_in_order(stop)
        await asyncio.wait([life, power.gone, stop], return_when=asyncio.FIRST_COMPLETED)
        timer.cancel()
        if orderly is not None:
            orderly.cancel()
        if power.is_gone:
            await self._is_killed(power)
        else:
            if power.gone.done():
                self.told.kills["cancelled"] += 1
                self.trace("cancelled")
                life.cancel()
                await asyncio.wait([life], timeout=60)
            power.is_spared()
            if self.bot is not None and not life.done():
                self.bot.stop()
                await asyncio.wait([life], timeout=60)
            self._ended(life)
            power.goes("end")
            await self._is_killed(power, counted=False)
        if (
            life.done()
            and not life.cancelled()
            and life.exception() is not None
            and not power.is_gone
        ):
            self.watch.problems.append(f"stopped: {life.exception()!r}")
        if not in_peace:
            await asyncio.sleep(self.trouble.seconds_off())

    def _ended(self, life: asyncio.Task[None]) -> None:
        """It ends in good order, or says why it cannot."""
        if not life.done():
            self.watch.problems.append("it does not stop")
        elif life.cancelled() or (error := life.exception()) is None:
            return
        elif isinstance(error, CannotStore):  # locked or full as it starts: it says so, and ends
            self.told.kills["could not start"] += 1
        else:
            self.watch.problems.append(f"it stopped: {error!r}")

    async def _is_killed(self, power: Power, *, counted: bool = True) -> None:
        """Nothing of it is left but the file."""
        self.watch.is_blind = True
        self.watch.undone()
        if counted:
            self.told.kills[power.where] += 1
            self.trace(f"killed {power.where}")
            for row in self.watch.under_way():  # an answer may have come, and is not noted
                self.line.record.unsure[row] += 1
        assert self.disk is not None
        self.disk.is_left()
        ours = asyncio.current_task()
        for _ in range(50):
            left = [one for one in asyncio.all_tasks() if one is not ours]
            if not left:
                break
            for one in sorted(left, key=lambda task: task.get_name()):
                one.cancel()
            await asyncio.wait(left, timeout=1)
        self.loop.stepped = None
        self.bot = None

    async def _life(self, steps: int | None) -> None:
        async with self._opened(steps) as bot:
            self.bot = bot
            await bot.serve()

    @contextlib.asynccontextmanager
    async def _opened(self, steps: int | None) -> Any:  # noqa: ANN401 - a context
        power = self.power = Power(steps, by_cancelling=self.trouble.cancels())
        self.watch.is_blind = False
        self.disk = Disk(power, self._branch(), self._committed, self.watch.undone)
        self.loop.stepped = power.step_of_loop
        async with barnraiser(
            self.settings, clock=self.machine.now, monotonic=self.loop.time, pace=Pace()
        ) as made:
            self._looks_into(made)
            yield made

    def _committed(self) -> None:
        assert self.disk is not None
        assert self.disk.writer is not None
        self.watch.committed(self.disk.writer.raw, self.key)

    def _looks_into(self, made: Barnraiser) -> None:
        """Be told which update is applied, and which row a call is of; draw no pictures."""
        take, make, ring = made.intake._take, made.outbox._make, made.agenda.ring
        rang = self.loop.time()

        async def ring_and_tell() -> None:
            nonlocal rang
            silent, rang = self.loop.time() - rang, self.loop.time()
            if silent > 2 * TICK_SECONDS + 60:  # whatever somebody did to the clock
                self.watch.problems.append(f"the bell was silent for {silent:.0f} s")
            await ring()

        def take_and_tell(at: Any, raw: Any) -> Any:  # noqa: ANN401 - passed through
            self.watch.takes(raw)
            self.trace(f"takes {raw['update_id']}")
            return take(at, raw)

        async def make_and_tell(call: Any) -> None:  # noqa: ANN401 - passed through
            ROW.set(call.departing.id)
            checks.leaves(self, call)
            await make(call)

        setattr(made.agenda, "ring", ring_and_tell)  # noqa: B010 - a method
        setattr(made.intake, "_take", take_and_tell)  # noqa: B010 - a method
        setattr(made.outbox, "_make", make_and_tell)  # noqa: B010 - a method
        made.outbox._make_file = lambda _order: ("made.png", PNG, "image/png")

    def _tells(self, began: datetime) -> None:
        told = self.told
        told.days = (self.clock.now() - began).total_seconds() / DAY
        told.faults.update(self.line.record.faults)
        told.faults.update(self.line.feed.befell)
        told.faults.update(self.trouble.befell)
        told.updates = len(self.watch.applied)
        told.reminders = self.reminders
        told.messages = len(self.line.record.arrived)
        told.problems = [*self.watch.problems, *checks.found(self)]
        told.trace = self._hash.hexdigest()

    # -- where it stands ---------------------------------------------------------------------------

    @contextlib.contextmanager
    def in_place(self) -> Iterator[None]:
        """Put this machine in place of the real one."""
        reads = face(self.machine.now)
        log = logging.getLogger("bot")

        async def initialize(transport: Transport) -> None:
            assert self.power is not None
            transport._session = self.line.session(self.power)  # type: ignore[assignment]

        async def connect(path: str, **how: Any) -> Any:  # noqa: ANN401 - passed through
            assert self.disk is not None
            return await self.disk.connect(path, **how)

        with contextlib.ExitStack() as stack:
            for module in (
                apscheduler.schedulers.base,
                apscheduler.executors.base,
                apscheduler.triggers.interval,
                bot.scheduler.clock,
            ):
                stack.enter_context(mock.patch.object(module, "datetime", reads))
            stack.enter_context(mock.patch.object(aiosqlite, "connect", connect))
            stack.enter_context(mock.patch.object(Transport, "initialize", initialize))
            # A queue that rests looks again hourly, not each minute: it saves half of a run.
            stack.enter_context(mock.patch.object(bot.delivery.lanes, "IDLE_SECONDS", 3600.0))
            for name in ("bot", "apscheduler"):
                logging.getLogger(name).addHandler(self.watch)
            was, log.propagate = log.propagate, False
            try:
                yield
            finally:
                log.propagate = was
                for name in ("bot", "apscheduler"):
                    logging.getLogger(name).removeHandler(self.watch)


def run(seed: int, *, days: float | None = None) -> Told:
    """Live through one seed."""
    memory = Path("/dev/shm")  # noqa: S108 - the file of a run need not outlive it
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        loop = VirtualLoop()
        asyncio.set_event_loop(loop)
        try:
            one = Run(seed, Path(folder), loop, days)
            nothing_is_lost(loop, one.watch.hears)
            with one.in_place():
                told = loop.run_until_complete(one.goes())
            if one.lines is not None:
                Path(os.environ["TRACE"]).write_text("".join(one.lines))
            return told
        finally:
            asyncio.set_event_loop(None)
            loop.close()


def steps(chance: random.Random) -> int:
    """How many steps a life has: some end before they have begun, some last for weeks."""
    return int(math.exp(chance.uniform(math.log(20), math.log(60_000))))


def _put_file(path: Path) -> None:
    """An empty database with a key that is always the same: deep links are signed with it."""
    key_path(path).write_text(bytes(range(32)).hex() + "\n")
    path.write_bytes(_empty())


@functools.cache
def _empty() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        migrations.migrate(path, PRAGMAS)
        return path.read_bytes()


def _set(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def ask(path: Path, sql: str) -> list[sqlite3.Row]:
    """Look into the file as another process may."""
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


__all__ = ["DAY", "Run", "Told", "ask", "run", "timedelta"]
