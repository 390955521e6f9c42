"""The machine on which the bot runs: its disk, its clock, and its power, which may go at any step.

SQLite is real and works on a real file, in the loop itself instead of aiosqlite's threads, so that
a seed repeats a run. A step is a statement, a commit that is done but that nobody knows of yet,
and whatever is put into the loop's queue. Once the power is gone nothing of the bot reaches the
file or Telegram any more, however long its tasks take to find out.
"""

import asyncio
import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from bot.storage.database import CannotStore
from sandbox.clock import SandboxClock

T = TypeVar("T")

BUSY_SECONDS = 5.0  # how long SQLite would have waited for the lock
A_LOT = 4_000_000_000


class PowerGone(BaseException):
    """Nothing the program does from here on leaves a trace."""


class Power:
    """One life of the program, from a start to its end.

    `ends_after`: so many steps. `by_cancelling`: the power stays, and the program is told to end
    there and then, whatever it waits for.
    """

    def __init__(self, ends_after: int | None, *, by_cancelling: bool = False) -> None:
        self._left = ends_after
        self._by_cancelling = by_cancelling
        self.is_gone = False
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.where = ""

    def step(self, where: str) -> None:
        """One step more; at the last the power goes. Raises PowerGone."""
        if self.is_gone:
            raise PowerGone
        if self._left is None:
            return
        self._left -= 1
        if self._left <= 0:
            self._ends(where)
            if self.is_gone:
                raise PowerGone

    def step_of_loop(self) -> None:
        """The same, for the loop: it goes on for those outside."""
        if self._left is not None and not self.is_gone:
            self._left -= 1
            if self._left <= 0:
                self._ends("await")

    def _ends(self, where: str) -> None:
        if not self._by_cancelling:
            self.goes(where)
        elif not self.gone.done():
            self._left = None
            self.gone.set_result(None)

    def goes(self, where: str) -> None:
        """Pull the plug."""
        self.is_gone, self.where = True, where
        if not self.gone.done():
            self.gone.set_result(None)

    def is_spared(self) -> None:
        """This life is ended by nobody any more."""
        self._left = None


class Disk:
    """What the connections of one life have in common."""

    def __init__(
        self,
        power: Power,
        chance: random.Random,
        committed: Callable[[], None],
        undone: Callable[[], None],
    ) -> None:
        self.power = power
        self.chance = chance
        self.committed = committed
        self.undone = undone
        self.writer: Connection | None = None
        self.opened: list[Connection] = []
        self.refused: Counter[str] = Counter()

    async def connect(self, path: str, **how: Any) -> "Connection":  # noqa: ANN401 - passed through
        """Open the file, in place of `aiosqlite.connect`."""
        self.power.step("open")
        made: list[Disk] = [self]

        class Mortal(_Mortal):
            disk = made[0]

        raw = sqlite3.connect(path, factory=Mortal, check_same_thread=False, **how)
        connection = Connection(self, raw)
        self.opened.append(connection)
        if "mode=rw" in path:
            self.writer = connection
        await asyncio.sleep(0)
        return connection

    def is_left(self) -> None:
        """The program is gone: what it had open is open no more."""
        for connection in self.opened:
            connection.lets_go()

    def is_full(self, pages_left: int | None) -> None:
        """Only so many pages more fit on the disk; None: there is room again."""
        if self.writer is None or self.writer.is_closed:
            return
        raw = self.writer.raw
        [pages] = sqlite3.Connection.execute(raw, "PRAGMA page_count").fetchone()
        most = A_LOT if pages_left is None else pages + pages_left
        sqlite3.Connection.execute(raw, f"PRAGMA max_page_count = {most}")


class _Mortal(sqlite3.Connection):
    """A connection whose every statement may be the last."""

    disk: Disk

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:  # noqa: ANN401 - the library's
        self.disk.power.step("statement")
        if sql == "BEGIN IMMEDIATE":  # a full disk makes SQLite undo by itself what was before
            self.disk.undone()
        done = super().execute(sql, parameters)
        if sql == "COMMIT":
            self.disk.committed()
            self.disk.power.step("committed")
        elif sql == "ROLLBACK":
            self.disk.undone()
        return done


class Connection:
    """aiosqlite's connection, as far as the bot uses it, without its thread.

    What is asked of it is done in its order, a little later, and is done even where who asked has
    been cancelled meanwhile: as in a thread.
    """

    def __init__(self, disk: Disk, raw: sqlite3.Connection) -> None:
        self._disk = disk
        self._conn = raw
        self._last = 0.0
        self.is_closed = False

    @property
    def raw(self) -> sqlite3.Connection:
        """SQLite's own."""
        return self._conn

    @property
    def row_factory(self) -> Any:  # noqa: ANN401 - the library's own
        """How rows are given."""
        return self._conn.row_factory

    @row_factory.setter
    def row_factory(self, made_by: Any) -> None:  # noqa: ANN401 - the library's own
        self._conn.row_factory = made_by

    async def _execute(self, work: Callable[..., T], *args: Any) -> T:  # noqa: ANN401 - passed through
        self._disk.power.step("asked")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._last = max(loop.time(), self._last) + self._disk.chance.uniform(0.0001, 0.003)
        loop.call_at(self._last, self._do, done, work, args)
        return await done

    def _do(self, done: asyncio.Future[T], work: Callable[..., T], args: tuple[Any, ...]) -> None:
        if self._disk.power.is_gone or self.is_closed:
            return
        try:
            result = work(*args)
        except PowerGone:
            return
        except BaseException as error:  # noqa: BLE001 - whoever asked hears of it
            self._tell(done, error)
        else:
            if not done.done():
                done.set_result(result)

    def _tell(self, done: asyncio.Future[Any], error: BaseException) -> None:
        if isinstance(error, CannotStore):
            self._disk.refused[str(error)] += 1
            if str(error).startswith("SQLITE_BUSY"):
                loop = asyncio.get_running_loop()
                self._last = max(loop.time(), self._last) + BUSY_SECONDS
                loop.call_at(self._last, _fail, done, error)
                return
        _fail(done, error)

    async def execute_fetchall(self, sql: str) -> Iterable[Any]:
        """Run one statement."""
        found: list[Any] = await self._execute(lambda: self._conn.execute(sql).fetchall())
        if "busy_timeout" in sql:  # SQLite would wait in real time: it is waited for in ours
            sqlite3.Connection.execute(self._conn, "PRAGMA busy_timeout = 0")
        return found

    async def close(self) -> None:
        """Let go of the file."""
        self.lets_go()

    def lets_go(self) -> None:
        """The same, at once: what was not committed is undone."""
        if not self.is_closed:
            self.is_closed = True
            self._conn.close()


def _fail(done: asyncio.Future[Any], error: BaseException) -> None:
    if not done.done():
        done.set_exception(error)


class MachineClock:
    """The machine's own clock, which somebody may set wrongly."""

    def __init__(self, true: SandboxClock) -> None:
        self._true = true
        self.off_by = timedelta()

    def now(self) -> datetime:
        """What it shows."""
        return self._true.now() + self.off_by
