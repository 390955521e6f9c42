"""A database of any earlier version, with rows in every table, is brought up to date whole.

And killed on the way, at any statement and any write, it opens again with all that was in it.
"""

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import old_rows
import pytest
from hand_clock import HandClock

from bot.storage import migrations
from bot.storage.database import PRAGMAS, open_database
from bot.storage.migrations import Migration, all_migrations, migrate

ROOT = Path(__file__).parent.parent.parent
STEPS = all_migrations()
NEWEST: Final = len(STEPS)
#: The first, one before a table was made anew, the last; `make prove` takes them all.
SOME: Final = (1, 22, NEWEST - 1)
WAL_HEADER: Final = 32
FRAME_HEADER: Final = 24

#: What a step means to change in rows that were there, as (table, column): why.
CHANGED: Final[dict[tuple[str, str], str]] = {}

Content = dict[str, list[dict[str, Any]]]


def content(path: Path) -> Content:
    """Every row of every table."""
    with contextlib.closing(sqlite3.connect(path)) as at:
        at.row_factory = sqlite3.Row
        return {
            table: [dict(row) for row in at.execute(f"SELECT * FROM {table}")]  # noqa: S608
            for table in old_rows.tables(at)
        }


def lost(before: Content, after: Content) -> list[str]:
    """What stood in a row before and does not stand there after."""
    found = []
    for table, rows in before.items():
        kept = after.get(table, [])
        if rows and not kept:
            found.append(table)
            continue
        columns = [
            one
            for one in (rows[0] if rows else ())
            if one in kept[0] and (table, one) not in CHANGED
        ]
        was, now = ([[row[one] for one in columns] for row in all_] for all_ in (rows, kept))
        if rows and sorted(map(repr, was)) != sorted(map(repr, now)):
            found.append(f"{table} {columns}")
    return found


def test_a_row_that_is_lost_or_changed_would_be_seen() -> None:
    before: Content = {
        "pets": [{"name": "Simba", "age": 3}, {"name": "Paka", "age": 4}],
        "food": [],
    }
    assert lost(before, before | {"pets": [*reversed(before["pets"])]}) == []
    assert lost(before, {"food": []}) == ["pets"]
    for wrong in ([], before["pets"][:1], [before["pets"][0], {"name": "Paka", "age": 5}]):
        assert lost(before, {"pets": wrong, "food": []}) != []


def of_version(path: Path, number: int) -> Path:
    """Make a database of an earlier version, with rows in every table."""
    migrate(path, PRAGMAS, STEPS[:number])
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as at:
        old_rows.fill(at)
        at.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def version(path: Path) -> int:
    with contextlib.closing(sqlite3.connect(path)) as at:
        return int(at.execute("PRAGMA user_version").fetchone()[0])


def is_sound(path: Path) -> bool:
    with contextlib.closing(sqlite3.connect(path)) as at:
        broken = at.execute("PRAGMA foreign_key_check").fetchall()
        found = [row[0] for row in at.execute("PRAGMA integrity_check")]
    # SQLite 3.40 finds NULL where there is none: see bot/storage/backups.py.
    return not broken and all(one == "ok" or one.startswith("NULL value in") for one in found)


def test_every_table_of_every_version_has_rows() -> None:
    """Or else nothing below would show anything."""
    for number in (1, NEWEST):
        with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as at:
            for step in STEPS[:number]:
                at.executescript(step.sql)
            old_rows.fill(at)
            for table in old_rows.tables(at):
                count = at.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
                assert count == old_rows.rows_of(at, table), table


@pytest.mark.parametrize("number", SOME)
def test_from_some_versions_to_the_newest_with_all_that_was_in_it(
    tmp_path: Path, number: int
) -> None:
    path = of_version(tmp_path / "old.db", number)
    before = content(path)
    assert migrate(path, PRAGMAS) == NEWEST
    assert lost(before, content(path)) == []
    assert is_sound(path)
    [copy] = tmp_path.glob("*.before-*")
    assert (version(copy), content(copy)) == (number, before)


@pytest.mark.slow
@pytest.mark.promise("A database of any earlier version is brought up to date with all in it")
async def test_from_every_version_to_the_newest_and_opened(
    tmp_path: Path,
    clock: HandClock,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    monkeypatch.setattr("bot.storage.sealing.Seal.opens", lambda *_: True)  # the keys are made up
    for number in range(1, NEWEST):
        path = tmp_path / f"{number}.db"
        path.with_name(path.name + ".key").write_text(bytes(32).hex())
        before = content(of_version(path, number))
        await (await open_database(path, clock.now)).close()
        assert lost(before, content(path)) == [], number
        assert is_sound(path), number
    record_property("seen", f"{NEWEST - 1} versions, rows in every table: none lost")


# -- killed on the way ----------------------------------------------------------------------------


def steps_killed(path: Path, step: Migration, folder: Path) -> int:
    """Take one step and cut what it wrote anywhere, as a kill or a power cut would; how often."""
    before = content(path)
    journal = path.with_name(path.name + "-wal")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as at:
        for pragma in (*PRAGMAS, "PRAGMA cache_size = 10"):  # what does not fit is written early
            at.execute(pragma)
        migrations._apply(at, step)
        file, written = path.read_bytes(), journal.read_bytes()
    after = content(path)
    page = int.from_bytes(file[16:18], "big")
    ends = range(WAL_HEADER, len(written) + 1, page + FRAME_HEADER)
    cuts = sorted({0, 20, *ends, *(end + page // 2 for end in ends if end < len(written))})
    seen = set()
    for cut in cuts:
        killed = folder / "killed.db"
        killed.write_bytes(file)
        killed.with_name("killed.db-wal").write_bytes(written[:cut])
        found = version(killed)
        assert content(killed) == (after if found == step.number else before), (step.name, cut)
        seen.add(found)
        for ending in ("", "-wal", "-shm"):
            killed.with_name(killed.name + ending).unlink(missing_ok=True)
    assert seen == {step.number - 1, step.number}, "some were killed before, and one after"
    return len(cuts)


def test_whatever_of_the_newest_step_was_written_it_is_taken_whole_or_not_at_all(
    tmp_path: Path,
) -> None:
    path = of_version(tmp_path / "old.db", NEWEST - 1)
    assert steps_killed(path, STEPS[-1], tmp_path) > 5


@pytest.mark.slow
@pytest.mark.promise("A step to a newer version is taken whole or not at all")
def test_the_same_of_every_step(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    cuts = 0
    for step in STEPS[1:]:
        path = of_version(tmp_path / f"{step.number}.db", step.number - 1)
        cuts += steps_killed(path, step, tmp_path)
    record_property("seen", f"{len(STEPS) - 1} steps, cut at {cuts} places")


PROGRAM: Final = """
import json, os, signal, sqlite3, sys
from pathlib import Path
from bot.storage import migrations

left = int(sys.argv[2])
connect = sqlite3.connect

def watched(*given, **more):
    at = connect(*given, **more)
    at.set_trace_callback(count)
    return at

def count(_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

sqlite3.connect = watched
migrations.migrate(Path(sys.argv[1]), json.loads(sys.argv[3]))
print(left)
"""


@pytest.mark.slow
@pytest.mark.promise("A start that is killed on its way to a newer version goes on at the next")
def test_a_start_that_is_killed_at_any_statement_goes_on_at_the_next(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """The real process, SIGKILL, on the way from the first version to the newest."""
    first = of_version(tmp_path / "first.db", 1)
    before = content(first)
    statements = 10**6 - int(started(shutil.copy(first, tmp_path / "all.db"), 10**6).stdout)
    whole = content(tmp_path / "all.db")
    every = int(os.environ.get("EVERY", "5"))
    reached = set()
    for number in range(1, statements, every):
        path = Path(shutil.copy(first, tmp_path / f"{number}.db"))
        assert started(path, number).returncode == -signal.SIGKILL
        reached.add(version(path))
        assert lost(before, content(path)) == []
        assert migrate(path, PRAGMAS) == NEWEST
        assert content(path) == whole
        assert is_sound(path)
        for one in tmp_path.glob(f"{path.name}*"):
            one.unlink()
    assert {1, NEWEST - 1} <= reached
    record_property("seen", f"{statements} statements, killed at each {every}th")


def started(path: Path | str, kill_at: int) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path), str(kill_at), json.dumps(PRAGMAS)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
