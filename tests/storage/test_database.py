"""What is acknowledged is stored, what is not never happened, and nobody loses a neighbour's."""

import asyncio
import contextlib
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import aiosqlite
import pytest
from hand_clock import HandClock

from bot.storage import database as storage, migrations, people
from bot.storage.database import (
    AlreadyRunning,
    CannotOpen,
    CannotStore,
    Database,
    DiskFailed,
    Reading,
    Transaction,
    open_database,
)
from bot.storage.sealing import KeyMissing, key_path

if TYPE_CHECKING:
    from collections.abc import Callable


def note(at: Transaction, number: int) -> None:
    """Store something small."""
    at.run(
        "INSERT INTO updates_done (update_id, done_at) VALUES (:id, :now)",
        id=number,
        now=at.now_text,
    )


def note_and_fail(at: Transaction, number: int) -> None:
    note(at, number)
    raise RuntimeError("a handler's mistake")


def noted(at: Reading) -> list[int]:
    return [row[0] for row in at.all("SELECT update_id FROM updates_done ORDER BY 1")]


def from_outside(path: Path, sql: str) -> object:
    """Ask the file through another connection, as another process would."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        [answer] = connection.execute(sql).fetchone()
    finally:
        connection.close()
    return answer


def no_thread_is_left() -> bool:
    """Whether the threads of all connections end: one that does not would keep the process."""
    working = [one for one in threading.enumerate() if "connection_worker" in one.name]
    for one in working:
        one.join(10)
    return not any(one.is_alive() for one in working)


# -- a transaction ------------------------------------------------------------------------------


async def test_a_transaction_is_stored_whole_and_its_answer_given(database: Database) -> None:
    def two(at: Transaction) -> str:
        note(at, 1)
        note(at, 2)
        return "both"

    assert await database.transact(two) == "both"
    assert await database.read(noted) == [1, 2]
    assert from_outside(database.path, "SELECT count(*) FROM updates_done") == 2


async def test_what_raises_never_happened(database: Database) -> None:
    with pytest.raises(RuntimeError):
        await database.transact(note_and_fail, 1)
    assert await database.read(noted) == []
    await database.transact(note, 2)
    assert await database.read(noted) == [2]


async def test_a_neighbours_rollback_takes_nothing_along(database: Database) -> None:
    """Twenty writers at once, every third of which fails: the others' rows stay, every one."""
    work: list[Callable[[Transaction, int], None]] = [note, note, note_and_fail]
    outcomes = await asyncio.gather(
        *(database.transact(work[number % 3], number) for number in range(60)),
        return_exceptions=True,
    )
    kept = [number for number in range(60) if number % 3 != 2]
    assert await database.read(noted) == kept
    assert sum(isinstance(one, RuntimeError) for one in outcomes) == 20


async def test_whoever_stops_waiting_leaves_no_transaction_open(database: Database) -> None:
    """Cancelled at random instants: each transaction happened whole or not at all, none is open."""
    chance = random.Random(7)

    def pair(at: Transaction, number: int) -> None:
        note(at, number)
        note(at, number + 1)

    tasks = [asyncio.create_task(database.transact(pair, 2 * one)) for one in range(200)]
    for task in tasks:
        if chance.random() < 0.7:
            await asyncio.sleep(0)
            task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await database.transact(note, -1)  # a transaction left open would refuse another BEGIN
    found = await database.read(noted)
    assert from_outside(database.path, "SELECT count(*) FROM updates_done") == len(found)
    halves = [number for number in found if number >= 0 and number ^ 1 not in found]
    assert halves == []
    done = [2 * place for place, task in enumerate(tasks) if not task.cancelled()]
    assert set(done) <= set(found)


async def test_a_step_can_be_undone_alone(database: Database) -> None:
    def steps(at: Transaction) -> None:
        note(at, 1)
        with contextlib.suppress(RuntimeError), at.savepoint():
            note_and_fail(at, 2)
        with at.savepoint():
            note(at, 3)
            with contextlib.suppress(RuntimeError), at.savepoint():
                note_and_fail(at, 4)

    await database.transact(steps)
    assert await database.read(noted) == [1, 3]


async def test_it_says_what_rule_was_broken_and_undoes_all(database: Database) -> None:
    await database.transact(note, 1)

    def again(at: Transaction) -> None:
        note(at, 2)
        note(at, 1)

    with pytest.raises(sqlite3.IntegrityError):
        await database.transact(again)
    assert await database.read(noted) == [1]


async def test_it_is_durable_before_it_is_acknowledged(database: Database) -> None:
    """The settings under which an acknowledged update survives a power cut."""

    def settings(at: Reading) -> dict[str, Any]:
        return {
            name: at.value(f"PRAGMA {name}")
            for name in (
                "journal_mode", "synchronous", "foreign_keys", "recursive_triggers",
                "trusted_schema", "secure_delete", "wal_autocheckpoint",
            )
        }  # fmt: skip

    assert await database.transact(settings) == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "trusted_schema": 0,
        "secure_delete": 1,
        "wal_autocheckpoint": 0,
    }


async def test_a_writer_elsewhere_is_waited_for_not_tripped_over(database: Database) -> None:
    """BEGIN IMMEDIATE: a transaction that reads first would fail at once beside another writer."""
    other = sqlite3.connect(database.path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO updates_done (update_id, done_at) VALUES (50, 'now')")

    def read_then_write(at: Transaction) -> int:
        seen = len(noted(at))
        note(at, 1)
        return seen

    waiting = asyncio.create_task(database.transact(read_then_write))
    release = threading.Timer(0.1, lambda: other.execute("COMMIT"))
    release.start()
    assert await waiting == 1  # it saw what the other had committed
    release.join()
    other.close()
    assert await database.read(noted) == [1, 50]


async def test_a_file_locked_for_long_is_not_a_mistake_of_the_handler(
    database: Database,
) -> None:
    await database._writer.execute_fetchall("PRAGMA busy_timeout = 10")
    other = sqlite3.connect(database.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(CannotStore, match="SQLITE_BUSY"):
        await database.transact(note, 1)
    other.execute("ROLLBACK")
    other.close()
    await database.transact(note, 2)
    assert await database.read(noted) == [2]


# -- reading ------------------------------------------------------------------------------------


async def test_readers_cannot_write(database: Database) -> None:
    def write(at: Reading) -> None:
        at.connection.execute("INSERT INTO updates_done VALUES (1, 'now')")

    with pytest.raises(CannotStore, match="SQLITE_READONLY"):
        await database.read(write)
    await database.transact(note, 2)
    assert await database.read(noted) == [2]


async def test_a_question_that_fails_leaves_no_look_open(database: Database) -> None:
    def fail(at: Reading) -> None:
        noted(at)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await database.read(fail)
    await database.transact(note, 1)
    assert await database.read(noted) == [1]  # a look left open would still see the old state
    with pytest.raises(sqlite3.OperationalError):
        await database.read(lambda at: at.one("SELECT nonsense FROM nowhere"))


async def test_it_tells_the_time_of_its_clock_as_it_is_stored(
    database: Database, clock: HandClock
) -> None:
    clock.is_set(datetime(2026, 3, 2, 9, 0, 0, 5, tzinfo=UTC))
    assert await database.read(lambda at: at.now_text) == "2026-03-02T09:00:00.000005Z"
    assert await database.transact(lambda at: at.now) == clock.now()


async def test_one_row_many_rows_one_value_or_none(database: Database) -> None:
    def look(at: Reading) -> tuple[Any, Any]:
        empty = "SELECT update_id FROM updates_done"
        return at.one(empty), at.value(empty)

    assert await database.read(look) == (None, None)
    assert await database.transact(lambda at: at.run("DELETE FROM updates_done")) == 0


# -- the disk -----------------------------------------------------------------------------------


async def test_a_full_disk_loses_nothing_acknowledged_and_it_goes_on_when_there_is_room(
    database: Database,
) -> None:
    pages = await database.transact(lambda at: at.value("PRAGMA page_count"))
    await database._writer.execute_fetchall(f"PRAGMA max_page_count = {pages + 20}")
    acknowledged: list[int] = []

    def fill(at: Transaction, number: int) -> None:
        note(at, number)
        at.run(
            "INSERT INTO updates_failed (failed_at, why, update_sealed, trace_sealed)"
            " VALUES ('now', 'handler', zeroblob(3000), zeroblob(3000))"
        )

    full: CannotStore | None = None
    while full is None:
        try:
            await database.transact(fill, len(acknowledged))
        except CannotStore as error:
            full = error
        else:
            acknowledged.append(len(acknowledged))
    assert str(full) == "SQLITE_FULL"
    assert await database.read(noted) == acknowledged
    assert 5 < len(acknowledged) < 100
    await database._writer.execute_fetchall("PRAGMA max_page_count = 100000")
    await database.transact(fill, 5000)
    assert await database.read(noted) == [*acknowledged, 5000]
    assert from_outside(database.path, "PRAGMA integrity_check") == "ok"


async def test_a_step_that_meets_a_full_disk_says_so_whatever_it_is(database: Database) -> None:
    """Whoever passes over failing steps must be able to tell a full disk from a mistake."""
    pages = await database.transact(lambda at: at.value("PRAGMA page_count"))
    await database._writer.execute_fetchall(f"PRAGMA max_page_count = {pages}")

    def step(at: Transaction) -> None:
        with at.savepoint():
            at.run(
                "INSERT INTO updates_failed (failed_at, why, update_sealed, trace_sealed)"
                " VALUES ('now', 'handler', zeroblob(300000), zeroblob(3))"
            )

    with pytest.raises(CannotStore):
        await database.transact(step)
    await database._writer.execute_fetchall("PRAGMA max_page_count = 100000")
    await database.transact(step)


def disk_says(name: str) -> NoReturn:
    """SQLite reports an error, as a failing disk makes it do."""
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname = name
    raise error


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("SQLITE_IOERR_FSYNC", DiskFailed),
        ("SQLITE_IOERR_READ", DiskFailed),
        ("SQLITE_CORRUPT", DiskFailed),
        ("SQLITE_READONLY_DBMOVED", DiskFailed),
        ("SQLITE_NOMEM", CannotStore),
        ("SQLITE_BUSY_SNAPSHOT", CannotStore),
    ],
)
async def test_a_failing_disk_is_told_from_one_that_is_full_or_busy(
    database: Database, name: str, kind: type[Exception]
) -> None:
    def fails(at: Reading) -> None:
        del at
        disk_says(name)

    with pytest.raises(kind, match=name):
        await database.transact(fails)
    with pytest.raises(kind, match=name):
        await database.read(fails)


class Refusing:
    """A connection whose checkpoints fail."""

    def __init__(self, name: str) -> None:
        self.total_changes = 0
        self.name = name

    def execute(self, sql: str) -> None:
        assert sql.startswith("PRAGMA wal_checkpoint")
        disk_says(self.name)


async def test_a_checkpoint_that_cannot_be_made_now_is_made_later(database: Database) -> None:
    database._checkpoint(Refusing("SQLITE_FULL"), "PASSIVE")  # type: ignore[arg-type]  # stands in
    with pytest.raises(DiskFailed):
        database._checkpoint(Refusing("SQLITE_IOERR_FSYNC"), "PASSIVE")  # type: ignore[arg-type]  # as above


async def test_the_log_is_moved_into_the_file_before_it_grows_large(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "CHECKPOINT_EVERY", 50)
    wal = database.path.with_name(database.path.name + "-wal")

    def many(at: Transaction, first: int) -> None:
        for number in range(first, first + 10):
            note(at, number)

    sizes = []
    for first in range(0, 3000, 10):
        await database.transact(many, first)
        sizes.append(wal.stat().st_size)
    assert max(sizes) < 600_000  # without checkpoints it would be many times that
    await database.checkpoint()
    assert wal.stat().st_size == 0


# -- the live file ------------------------------------------------------------------------------


async def test_nothing_but_sqlite_opens_the_live_file(database: Database, tmp_path: Path) -> None:
    """Closing any other descriptor of it would drop SQLite's locks: later commits could be lost."""
    await database.transact(note, 1)
    path = database.path
    (tmp_path / "there").symlink_to(tmp_path)
    tries: list[Callable[[], object]] = [
        path.read_bytes,
        lambda: path.open("ab"),
        lambda: os.open(path, os.O_RDONLY),
        lambda: os.open(os.fsencode(path), os.O_RDONLY),
        lambda: shutil.copy(path, tmp_path / "copy.db"),
        path.with_name("bot.db-wal").read_bytes,
        path.with_name("bot.db-shm").read_bytes,
        (tmp_path / "there" / "bot.db").read_bytes,
        lambda: os.open(os.path.relpath(path), os.O_RDONLY),
    ]
    for one in tries:
        with pytest.raises(PermissionError, match="copy_to"):
            one()
    (tmp_path / "another.db").write_bytes(b"is nobody's business")


async def test_a_copy_is_whole_and_for_our_eyes_only(database: Database, tmp_path: Path) -> None:
    await database.transact(note, 1)
    copy = tmp_path / "copy.db"
    writing = asyncio.gather(*(database.transact(note, number) for number in range(2, 40)))
    await database.copy_to(copy)
    await writing
    assert from_outside(copy, "PRAGMA integrity_check") == "ok"
    assert from_outside(copy, "SELECT min(update_id) FROM updates_done") == 1
    assert copy.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        await database.copy_to(copy)


async def test_the_files_are_for_our_eyes_only(database: Database) -> None:
    await database.transact(note, 1)
    for path in database.path.parent.iterdir():
        assert path.stat().st_mode & 0o077 == 0, path


async def test_once_closed_the_file_is_anybodys(tmp_path: Path, clock: HandClock) -> None:
    database = await open_database(tmp_path / "bot.db", clock.now)
    await database.close()
    assert (tmp_path / "bot.db").read_bytes().startswith(b"SQLite format 3")
    assert no_thread_is_left()


# -- opening ------------------------------------------------------------------------------------


async def test_a_second_opening_is_refused_and_the_first_goes_on(database: Database) -> None:
    with pytest.raises(AlreadyRunning, match=str(database.path)):
        await open_database(database.path, database.clock)
    await database.transact(note, 1)
    with pytest.raises(PermissionError):
        database.path.read_bytes()  # still guarded


async def test_folders_are_made_where_they_are_missing(tmp_path: Path, clock: HandClock) -> None:
    database = await open_database(tmp_path / "deep" / "er" / "bot.db", clock.now)
    await database.close()
    assert (tmp_path / "deep" / "er" / "bot.db").exists()


async def test_a_file_where_a_folder_should_be_is_named(tmp_path: Path, clock: HandClock) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(CannotOpen, match="is not a folder"):
        await open_database(tmp_path / "file" / "bot.db", clock.now)
    with pytest.raises(CannotOpen, match="is not a folder"):
        await open_database(tmp_path / "file" / "er" / "bot.db", clock.now)


async def test_a_place_that_cannot_be_written_is_named(clock: HandClock) -> None:
    with pytest.raises(CannotOpen, match="/proc"):
        await open_database(Path("/proc/barnraiser/bot.db"), clock.now)


async def test_a_lock_that_cannot_be_had_is_named(
    tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(descriptor: int, how: int) -> None:
        del descriptor, how
        raise OSError(37, "No locks available")

    monkeypatch.setattr("fcntl.flock", no_locks)
    with pytest.raises(CannotOpen, match="No locks available"):
        await open_database(tmp_path / "bot.db", clock.now)


async def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, clock: HandClock) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Amina, " * 100)
    key_path(path).write_text("00" * 32)
    with pytest.raises(CannotOpen, match="not a database of Barnraiser"):
        await open_database(path, clock.now)
    assert path.read_text() == "Dear Amina, " * 100


async def test_a_database_that_only_may_be_read_is_named(
    tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = await open_database(tmp_path / "bot.db", clock.now)
    await database.close()

    def refuse(path: Path, pragmas: object) -> None:
        del path, pragmas
        disk_says("SQLITE_READONLY")

    monkeypatch.setattr(migrations, "migrate", refuse)
    with pytest.raises(CannotOpen, match=r"bot\.db: disk I/O error"):
        await open_database(tmp_path / "bot.db", clock.now)


async def test_a_failing_disk_at_the_start_is_a_failing_disk(
    tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, pragmas: object) -> None:
        del path, pragmas
        disk_says("SQLITE_IOERR")

    monkeypatch.setattr(migrations, "migrate", refuse)
    with pytest.raises(DiskFailed):
        await open_database(tmp_path / "bot.db", clock.now)


async def test_a_database_whose_key_is_gone_or_wrong_is_not_opened(
    tmp_path: Path, clock: HandClock
) -> None:
    path = tmp_path / "bot.db"
    database = await open_database(path, clock.now)
    await database.transact(lambda at: people.add(at, telegram_id=1, name="Amina", language="en"))
    await database.close()
    key = key_path(path).read_text()
    for wrong in ("", "ab", "not hex", "00" * 32, "é"):
        key_path(path).write_text(wrong)
        with pytest.raises(KeyMissing, match=r"bot\.db\.key"):
            await open_database(path, clock.now)
    key_path(path).unlink()
    with pytest.raises(KeyMissing):
        await open_database(path, clock.now)
    key_path(path).write_text(key)
    database = await open_database(path, clock.now)
    name = await database.read(lambda at: people.by_id(at, 1).name)
    await database.close()
    assert name == "Amina"


@pytest.mark.parametrize("fails_at", ["rw", "ro", "journal"])
async def test_an_opening_that_fails_leaves_neither_threads_nor_locks(
    tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch, fails_at: str
) -> None:
    connect = storage._connect

    async def failing(path: Path, mode: str) -> aiosqlite.Connection:
        if mode == fails_at:
            raise RuntimeError
        return await connect(path, mode)

    with monkeypatch.context() as patched:
        patched.setattr(storage, "_connect", failing)
        if fails_at == "journal":
            patched.setattr(storage, "PRAGMAS_OF_WRITER", ())
            patched.setattr(migrations, "migrate", lambda path, _: sqlite3.connect(path).close())
            patched.setattr(storage, "PRAGMAS", ("PRAGMA journal_mode = WAL", "nonsense"))
        with pytest.raises((RuntimeError, sqlite3.OperationalError)):
            await open_database(tmp_path / "bot.db", clock.now)
    assert no_thread_is_left()
    database = await open_database(tmp_path / "bot.db", clock.now)
    await database.close()


async def test_it_closes_even_where_the_last_words_fail(
    tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = await open_database(tmp_path / "bot.db", clock.now)

    async def fail() -> None:
        raise DiskFailed("SQLITE_IOERR")

    monkeypatch.setattr(database, "checkpoint", fail)
    await database.close()
    again = await open_database(tmp_path / "bot.db", clock.now)
    await again.close()


def test_another_process_is_refused(tmp_path: Path) -> None:
    """The lock holds between processes, and ends with the one that held it, however it ends."""
    program = (
        "import asyncio, sys\n"
        "from datetime import UTC, datetime\n"
        "from pathlib import Path\n"
        "from bot.storage.database import open_database\n"
        "async def main():\n"
        "    await open_database(Path(sys.argv[1]), lambda: datetime.now(UTC))\n"
        "    print('open', flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    path = tmp_path / "bot.db"
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "open\n"

    async def try_it() -> None:
        database = await open_database(path, HandClock().now)
        await database.close()

    with pytest.raises(AlreadyRunning):
        asyncio.run(try_it())
    holder.kill()
    holder.wait(20)
    holder.stdout.close()
    asyncio.run(try_it())
