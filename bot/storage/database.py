"""One SQLite file, one writer, readers that cannot write, and the transaction around every change.

A transaction is one plain function run in the connection's own thread, never a chain of awaits:
coroutines that share a connection share its transaction, and a neighbour's rollback then takes
your rows along. Only `Database.transact` makes a Transaction, so the type checker refuses a write
outside one.
"""

import asyncio
import contextlib
import fcntl
import logging
import os
import sqlite3
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

import aiosqlite

from bot.domain.calendar import utc_text
from bot.storage import migrations
from bot.storage.durations import Durations
from bot.storage.sealing import KeyMissing, OperatorKey, Seal, key_path, operator_key

T = TypeVar("T")
P = ParamSpec("P")
Row = sqlite3.Row

STATEMENTS_CACHED: Final = 1024
BUSY_MS: Final = 5000
CHECKPOINT_EVERY: Final = 2000  # rows changed: a few megabytes of log
PERSON_SEALS_MAX: Final = 20_000
#: What SQLite says where the file or the disk under it fails: a retry may lie.
DISK_FAILS: Final = (
    "SQLITE_IOERR",
    "SQLITE_CORRUPT",
    "SQLITE_NOTADB",
    "SQLITE_READONLY_DBMOVED",  # somebody moved or deleted the file under us
)
#: What it says where it cannot work now, whatever is asked of it: nothing was changed.
NOT_NOW: Final = (
    "SQLITE_FULL",
    "SQLITE_BUSY",
    "SQLITE_LOCKED",
    "SQLITE_NOMEM",
    "SQLITE_READONLY",
    "SQLITE_CANTOPEN",
    "SQLITE_PERM",
    "SQLITE_PROTOCOL",
    "SQLITE_INTERRUPT",
)

PRAGMAS: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # an acknowledged update survives a power cut
    "PRAGMA foreign_keys = ON",
    "PRAGMA recursive_triggers = ON",  # or INSERT OR REPLACE walks through append-only triggers
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA secure_delete = ON",  # what is deleted is overwritten
    "PRAGMA wal_autocheckpoint = 0",  # automatic checkpoints hide fsync errors
    "PRAGMA temp_store = MEMORY",
    f"PRAGMA busy_timeout = {BUSY_MS}",
)


#: They change the file, or concern writing alone.
PRAGMAS_OF_WRITER: Final = ("PRAGMA journal_mode = WAL", "PRAGMA wal_autocheckpoint = 0")

log = logging.getLogger(__name__)


class AlreadyRunning(Exception):
    """Another process serves this database."""


class CannotOpen(Exception):
    """The file cannot be opened or made where it should be; the reason is in plain words."""


class CannotStore(Exception):
    """Nothing can be stored now (a full disk, say). Nothing was changed: it is tried again."""


class DiskFailed(Exception):
    """Reading or writing the file failed: the process must stop, since a retry may lie."""


class Reading:
    """A consistent look at the database; `now` is the instant it began (UTC)."""

    __slots__ = ("_seals", "connection", "key", "now", "now_text")

    def __init__(
        self,
        connection: sqlite3.Connection,
        now: datetime,
        key: OperatorKey,
        seals: dict[int, Seal],
    ) -> None:
        self.connection = connection
        self.now = now
        self.now_text = utc_text(now)  # as it is stored
        self.key = key
        self._seals = seals

    def one(self, sql: str, /, **facts: object) -> Row | None:
        """Return the first row, or None."""
        row: Row | None = self.connection.execute(sql, facts).fetchone()
        return row

    def all(self, sql: str, /, **facts: object) -> list[Row]:
        """Return every row."""
        return self.connection.execute(sql, facts).fetchall()

    def value(self, sql: str, /, **facts: object) -> Any:  # noqa: ANN401 - a column may be anything
        """Return the first column of the first row, or None."""
        row = self.connection.execute(sql, facts).fetchone()
        return None if row is None else row[0]

    def seal_of(self, person_id: int) -> Seal | None:
        """Return the seal of one person, or None for somebody who was forgotten."""
        seal = self._seals.get(person_id)
        if seal is None:
            sealed = self.value(
                "SELECT sealed_key FROM person_keys WHERE person_id = :person", person=person_id
            )
            if sealed is None:
                return None
            seal = Seal(bytes.fromhex(self.key.keys.open(sealed)))
            if len(self._seals) >= PERSON_SEALS_MAX:
                self._seals.clear()
            self._seals[person_id] = seal
        return seal

    def open_for(self, person_id: int, sealed: bytes | None) -> str | None:
        """Open what was sealed for one person; None where nothing was, or they were forgotten."""
        if sealed is None:
            return None
        seal = self.seal_of(person_id)
        return None if seal is None else seal.open(sealed)


class Transaction(Reading):
    """A change that happens whole or not at all."""

    __slots__ = ("forgot",)

    def __init__(
        self,
        connection: sqlite3.Connection,
        now: datetime,
        key: OperatorKey,
        seals: dict[int, Seal],
    ) -> None:
        super().__init__(connection, now, key, seals)
        self.forgot = False  # whether somebody's key was deleted

    def run(self, sql: str, /, **facts: object) -> int:
        """Run one statement; return how many rows it touched."""
        return self.connection.execute(sql, facts).rowcount

    def insert(self, sql: str, /, **facts: object) -> int:
        """Insert one row; return its id."""
        cursor = self.connection.execute(sql, facts)
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def seal_for(self, person_id: int, text: str) -> bytes:
        """Seal a text with one person's own key. Raises LookupError for a forgotten person."""
        seal = self.seal_of(person_id)
        if seal is None:
            raise LookupError(person_id)
        return seal.close(text)

    def forget_seal(self, person_id: int) -> None:
        """Drop a person's seal from memory (their key row is deleted by the caller).

        The reader drops its own once this is committed, and what the log still holds is cut.
        """
        self._seals.pop(person_id, None)
        self.forgot = True

    @contextlib.contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo everything inside the block if it raises, and let the error go on.

        Where the file failed, and not what was asked of it, the error is CannotStore or
        DiskFailed: whoever passes over errors must let these two end the transaction.
        """
        with _errors_told_apart():
            self.connection.execute("SAVEPOINT step")
            try:
                yield
            except BaseException:
                # A full disk makes SQLite undo everything by itself: then nothing is left to undo.
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK TO step")
                    self.connection.execute("RELEASE step")
                # Whoever was met in the block never was: their number goes to the next, with a
                # key of the next one's own.
                self._seals.clear()
                raise
            self.connection.execute("RELEASE step")


class Database:
    """The file. `transact` changes it, `read` looks at it."""

    def __init__(
        self,
        path: Path,
        clock: Callable[[], datetime],
        key: OperatorKey,
        *,
        writer: aiosqlite.Connection,
        reader: aiosqlite.Connection,
        lock: int,
    ) -> None:
        self.path = path
        self.clock = clock
        self.key = key
        self._writer = writer
        self._reader = reader
        self._lock = lock
        # Each connection's thread has its own seals: a dict is never shared between threads.
        self._writer_seals: dict[int, Seal] = {}
        self._reader_seals: dict[int, Seal] = {}
        self._changes_at_checkpoint = 0
        self.durations = Durations()  # of every transaction, until its commit or its end
        self.refused = 0  # transactions that could not be stored
        self._times_forgot = 0  # the writer counts, and the reader sees that it is behind
        self._reader_forgot = 0

    async def transact(
        self, work: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `work` in one durable transaction and return what it returns.

        Whatever it raises undoes all of it. Raises CannotStore where nothing can be stored now,
        DiskFailed where the file itself failed. A caller that is cancelled meanwhile stops
        waiting; the transaction ends all the same, whole or not at all.
        """
        try:
            return await _in_thread_of(self._writer, self._transact, work, args, kwargs)
        except CannotStore:
            self.refused += 1
            raise

    def _transact(self, work: Callable[..., T], args: Any, kwargs: Any) -> T:  # noqa: ANN401 - passed through
        connection = self._writer._conn  # noqa: SLF001 - we are in its thread
        began = time.perf_counter()
        with _errors_told_apart():
            connection.execute("BEGIN IMMEDIATE")
            try:
                at = Transaction(connection, self.clock(), self.key, self._writer_seals)
                done = work(at, *args, **kwargs)
                connection.execute("COMMIT")
            except BaseException:
                # What the rolled-back work had sealed may be for people who now do not exist.
                self._writer_seals.clear()
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            finally:
                self.durations.add(time.perf_counter() - began)
        # From here on it is done: nothing below may make the caller believe that it was not.
        if at.forgot:
            self._times_forgot += 1
            self._checkpoint(connection, "TRUNCATE")
        elif connection.total_changes - self._changes_at_checkpoint >= CHECKPOINT_EVERY:
            self._checkpoint(connection, "PASSIVE")
        return done

    async def read(
        self, question: Callable[Concatenate[Reading, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `question` on a connection that cannot write and return its answer."""
        return await _in_thread_of(self._reader, self._read, question, args, kwargs)

    def _read(self, question: Callable[..., T], args: Any, kwargs: Any) -> T:  # noqa: ANN401 - passed through
        connection = self._reader._conn  # noqa: SLF001 - we are in its thread
        if self._reader_forgot != self._times_forgot:
            # Also what a question that was under way meanwhile has put there.
            self._reader_forgot = self._times_forgot
            self._reader_seals.clear()
        with _errors_told_apart():
            connection.execute("BEGIN")
            try:
                at = Reading(connection, self.clock(), self.key, self._reader_seals)
                return question(at, *args, **kwargs)
            finally:
                connection.execute("ROLLBACK")

    def aside(self, question: Callable[[Reading], T]) -> T:
        """Run a question that takes long in the caller's own thread, and keep nobody waiting.

        On a connection of its own, which cannot write and is closed afterwards.
        """
        return ask_aside(self.path, self.clock, self.key, question)

    @property
    def times_forgot(self) -> int:
        """How often somebody was forgotten since it was opened."""
        return self._times_forgot

    async def checkpoint(self) -> None:
        """Move what the log holds into the file, and cut the log if nobody reads."""
        connection = self._writer._conn  # noqa: SLF001 - used in its own thread only
        await _in_thread_of(self._writer, self._checkpoint, connection, "TRUNCATE")

    def _checkpoint(self, connection: sqlite3.Connection, how: str) -> None:
        self._changes_at_checkpoint = connection.total_changes
        try:
            with _errors_told_apart():
                connection.execute(f"PRAGMA wal_checkpoint({how})").fetchall()
        except CannotStore as error:
            # The log keeps what was stored, and the next checkpoint moves it.
            log.warning("no checkpoint", extra={"action": "checkpoint_later", "error": str(error)})

    async def copy_to(self, path: Path) -> None:
        """Write a consistent, compact copy, while the bot goes on (VACUUM INTO)."""
        await _in_thread_of(self._writer, self._copy_to, path)

    def _copy_to(self, path: Path) -> None:
        connection = self._writer._conn  # noqa: SLF001 - we are in its thread
        with _errors_told_apart():
            migrations.copy(connection, path)

    async def close(self) -> None:
        """Let go of the file and of the lock."""
        try:
            with contextlib.suppress(sqlite3.Error, CannotStore, DiskFailed):
                await self._writer.execute_fetchall("PRAGMA optimize")
                await self.checkpoint()
        finally:
            await _close(self._reader, self._writer)
            _live_files.discard(os.path.realpath(self.path))  # noqa: ASYNC240 - a name, no content
            os.close(self._lock)


async def _in_thread_of(
    connection: aiosqlite.Connection, work: Callable[..., T], *args: object
) -> T:
    """Run one whole function in a connection's own thread.

    aiosqlite has this as `_execute`, the seam under everything it offers; a test holds it there.
    """
    run: Callable[..., Awaitable[T]] = connection._execute  # noqa: SLF001 - see above
    return await run(work, *args)


async def open_database(path: Path, clock: Callable[[], datetime]) -> Database:
    """Open the file, made with its folder where it is missing, and bring it up to date.

    Raises AlreadyRunning, KeyMissing (the operator's key), migrations.NewerDatabase, CannotOpen,
    DiskFailed.
    """
    path = path.absolute()  # noqa: ASYNC240 - reads no disk
    with _reasons_in_words(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = _lock(path)
    opened: list[aiosqlite.Connection] = []
    try:
        with _reasons_in_words(path):
            key = operator_key(path)
            _make_for_us_alone(path)
            _live_files.add(os.path.realpath(path))  # noqa: ASYNC240 - a name, no content
            _guard_live_files()
            await asyncio.to_thread(_prepare, path, key)
            opened.append(await _connect(path, "rw"))
            opened.append(await _connect(path, "ro"))
    except BaseException:
        # A connection's thread would keep the process alive.
        await _close(*opened)
        _live_files.discard(os.path.realpath(path))  # noqa: ASYNC240 - a name, no content
        os.close(lock)
        raise
    return Database(path, clock, key, writer=opened[0], reader=opened[1], lock=lock)


def _make_for_us_alone(path: Path) -> None:
    """Make an empty file that nobody else may read; SQLite gives its log the same mode."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _prepare(path: Path, key: OperatorKey) -> None:
    """Bring the file up to date, and see that the key is its key."""
    migrations.migrate(path, PRAGMAS)
    connection = sqlite3.connect(path.as_uri() + "?mode=ro", uri=True)
    try:
        sealed = connection.execute("SELECT sealed_key FROM person_keys LIMIT 1").fetchone()
    finally:
        connection.close()
    if sealed is not None and not key.keys.opens(sealed[0]):
        raise KeyMissing(str(key_path(path)))


def read_beside(path: Path, clock: Callable[[], datetime], question: Callable[[Reading], T]) -> T:
    """Run one question on a database that a bot may be serving, from a process of its own.

    Nothing can be written. Raises KeyMissing, DiskFailed, migrations.NewerDatabase.
    """
    path = path.absolute()
    return ask_aside(path, clock, operator_key(path), question)


def ask_aside(
    path: Path, clock: Callable[[], datetime], key: OperatorKey, question: Callable[[Reading], T]
) -> T:
    """Run one question on a connection of its own, which cannot write, with a key that is known."""
    with (
        _errors_told_apart(),
        contextlib.closing(
            sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None)
        ) as connection,
    ):
        connection.row_factory = sqlite3.Row
        migrations.require_known(connection)
        connection.execute("BEGIN")
        return question(Reading(connection, clock(), key, {}))


async def _connect(path: Path, mode: str) -> aiosqlite.Connection:
    connection = await aiosqlite.connect(
        f"{path.as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        cached_statements=STATEMENTS_CACHED,
    )
    try:
        connection.row_factory = sqlite3.Row
        for pragma in PRAGMAS:
            if mode == "rw" or pragma not in PRAGMAS_OF_WRITER:
                await connection.execute_fetchall(pragma)
    except BaseException:
        await _close(connection)
        raise
    return connection


async def _close(*connections: aiosqlite.Connection) -> None:
    """Close them all, whatever one of them says: their threads must end."""
    for connection in connections:
        with contextlib.suppress(sqlite3.Error):
            await connection.close()


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold a database that no bot serves, so that none begins to. Raises AlreadyRunning, OSError.

    Its folder must be there.
    """
    lock = _lock(path)
    try:
        yield
    finally:
        os.close(lock)


def _lock(path: Path) -> int:
    descriptor = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise AlreadyRunning(str(path)) from None
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


@contextlib.contextmanager
def _reasons_in_words(path: Path) -> Iterator[None]:
    """Say why a file cannot be opened as an operator can understand it."""
    try:
        with _errors_told_apart():
            yield
    except DiskFailed as error:
        if str(error) != "SQLITE_NOTADB":
            raise
        raise CannotOpen(f"{path} is not a database of Barnraiser") from None
    except CannotStore as error:
        raise CannotOpen(f"{path}: {error.__cause__}") from error
    except (FileExistsError, NotADirectoryError) as error:
        raise CannotOpen(f"{error.filename or path} is not a folder") from error
    except OSError as error:
        raise CannotOpen(f"{error.filename or path}: {error.strerror}") from error


@contextlib.contextmanager
def _errors_told_apart() -> Iterator[None]:
    """Tell a failing disk (stop) and a full one (try later) from mistakes in what was asked."""
    try:
        yield
    except sqlite3.Error as error:
        name: str = getattr(error, "sqlite_errorname", None) or ""
        if name.startswith(DISK_FAILS):
            raise DiskFailed(name) from error
        if name.startswith(NOT_NOW):
            raise CannotStore(name) from error
        raise


_live_files: set[str] = set()
_guarded: list[bool] = []


def _guard_live_files() -> None:
    """Refuse that anything but SQLite opens a live file in this process.

    Closing any other descriptor of it drops SQLite's own locks (POSIX), and later commits can be
    lost without a word.
    """
    if not _guarded:
        _guarded.append(True)
        sys.addaudithook(_refuse_live_file)


def _refuse_live_file(event: str, args: tuple[Any, ...]) -> None:
    if event == "open" and isinstance(args[0], str | bytes | os.PathLike):
        path = os.path.realpath(os.fsdecode(args[0]))
        if path.removesuffix("-wal").removesuffix("-shm") in _live_files:
            raise PermissionError(f"{path} is open in SQLite: copy it with Database.copy_to")
