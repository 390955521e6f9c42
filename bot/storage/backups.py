"""Copies of the database: made while the bot goes on, looked through, put in place at once.

VACUUM INTO reads on a connection that cannot write and holds nobody up; what was deleted is not in
its copy. The operator's key lies beside the database, not in it, and so is in no copy.
"""

import contextlib
import os
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from bot.storage import age, migrations

FOLDER: Final = "backups"  # beside the database, if nothing else was chosen
STAMP: Final = "%Y-%m-%d-%H%M%S"
STAMPED: Final = re.compile(r"-(\d{4}-\d\d-\d\d-\d{6})\.db(?:\.age)?")
UNFINISHED: Final = ".part"
LEFT_OVER: Final = timedelta(days=1)  # nobody is still writing what began so long ago
FINDINGS_MAX: Final = 2**31 - 1  # false ones may come one a row
NULL_FOUND: Final = re.compile(r"NULL value in (\w+)\.(\w+)")
STEPS_BETWEEN_LOOKS: Final = 10_000  # of SQLite's own, some milliseconds: whether to stop


class BackupFailed(Exception):
    """No copy was made, and nothing is left of it; the reason is in plain words."""


def make(
    database: Path,
    folder: Path,
    now: datetime,
    recipients: Sequence[str] = (),
    is_stopped: Callable[[], bool] = lambda: False,
) -> Path:
    """Make a copy of a database that a bot may be serving; return where it lies.

    With `recipients` (public keys of age) it is encrypted to them. Killed at any moment, it leaves
    no half a copy under a copy's name. Raises BackupFailed; once `is_stopped`, too.
    """
    name = f"{database.stem}-{now.astimezone(UTC):{STAMP}}.db"
    # What is not encrypted yet stays where the database itself lies.
    plain = (database.parent if recipients else folder) / f".{name}{UNFINISHED}"
    path = folder / (name + age.SUFFIX if recipients else name)
    with _reasons_in_words():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.exists():
            raise BackupFailed(f"{path} is there already")
        with _removed_at_the_end(plain):
            _copy(database, plain, is_stopped)
            if not recipients:
                put_in_place(plain, path)
                return path
            encrypted = folder / f".{path.name}{UNFINISHED}"
            with _removed_at_the_end(encrypted):
                age.encrypt(plain, encrypted, recipients)
                put_in_place(encrypted, path)
    return path


def made_in(folder: Path, database: Path) -> list[Path]:
    """Return the copies of a database that lie in a folder, the oldest first."""
    found = _stamped(folder, database.stem + "-", lambda name: name)
    return sorted(found, key=lambda copy: (made_at(copy), copy.name))


def made_at(copy: Path) -> datetime:
    """Return when a copy was made, as its name says."""
    found = STAMPED.search(copy.name)
    assert found is not None, copy
    return datetime.strptime(found[1], STAMP).replace(tzinfo=UTC)


def prune(folder: Path, database: Path, kept: int) -> None:
    """Delete all but the newest copies of a database in a folder. Raises OSError."""
    for old in made_in(folder, database)[:-kept]:
        old.unlink()


def tidy(folders: Iterable[Path], database: Path, now: datetime) -> None:
    """Delete what copying left half-done in folders when it was killed, a day ago or more."""
    for folder in folders:
        for path in _stamped(folder, f".{database.stem}-", _finished):
            if made_at(path) < now - LEFT_OVER:
                path.unlink(missing_ok=True)


def left_beside(database: Path) -> list[Path]:
    """Return what an upgrade or going back to a copy left beside a database."""
    return sorted(
        path
        for path in database.parent.glob(f"{database.name}.*")
        if path.name.removeprefix(database.name).startswith((".before-", ".replaced-"))
    )


def put_in_place(unfinished: Path, path: Path) -> None:
    """Give a finished file its name, so that a power cut leaves all of it there or nothing."""
    flush(unfinished)
    unfinished.replace(path)
    flush(path.parent)


def flush(path: Path) -> None:
    """Have a file, or a folder's names, on the disk before going on."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _finished(name: str) -> str:
    """Return the name a file would have had: SQLite's own half-done files go with it."""
    return name.partition(UNFINISHED)[0]


def _stamped(folder: Path, begins: str, named: Callable[[str], str]) -> Iterator[Path]:
    if folder.is_dir():
        for path in folder.iterdir():
            found = STAMPED.search(path.name)
            if found and path.name.startswith(begins) and named(path.name).endswith(found[0]):
                yield path


def _copy(database: Path, copy: Path, is_stopped: Callable[[], bool]) -> None:
    with _looking_at(database, is_stopped) as live:
        before = _heads(live)
        migrations.copy(live, copy)
        with _looking_at(copy, is_stopped) as made:
            require_whole(made)
            after = _heads(made)
            # The books may have grown while it was made, and never change otherwise.
            if not (_holds(made, before) and _holds(live, after)):
                raise BackupFailed("the books in the copy are not those of the database")


def require_whole(at: sqlite3.Connection, check: str = "quick_check") -> None:
    """Raise BackupFailed where SQLite finds that a file is damaged."""
    known: dict[str, bool] = {}
    for (found,) in at.execute(f"PRAGMA {check}({FINDINGS_MAX})"):
        null = NULL_FOUND.fullmatch(found)
        if null is not None and not known.setdefault(found, _has_null(at, *null.groups())):
            continue  # SQLite 3.40 says so of tables in which all is well
        if found != "ok":
            raise BackupFailed(f"it is damaged: {' '.join(found.split())}")


def _has_null(at: sqlite3.Connection, table: str, column: str) -> bool:
    # Asked whether it IS NULL, SQLite would answer from the column's declaration.
    asked = f'SELECT 1 FROM "{table}" WHERE typeof("{column}") = \'null\' LIMIT 1'  # noqa: S608 - the schema's own
    return at.execute(asked).fetchone() is not None


def _heads(at: sqlite3.Connection) -> dict[tuple[int, int], bytes]:
    """Return the end of each group's book: (group, number of the last entry) to its hash."""
    if not has_table(at, "entries"):
        return {}  # of an older Barnraiser
    found = {}
    for (group_id,) in at.execute("SELECT id FROM groups").fetchall():
        last = at.execute(
            "SELECT seq, hash FROM entries WHERE group_id = ? ORDER BY seq DESC LIMIT 1",
            (group_id,),
        ).fetchone()
        if last is not None:
            found[group_id, last[0]] = last[1]
    return found


def _holds(at: sqlite3.Connection, heads: dict[tuple[int, int], bytes]) -> bool:
    """Whether every one of these entries stands in the books with the same hash."""
    return all(
        at.execute(
            "SELECT 1 FROM entries WHERE group_id = ? AND seq = ? AND hash = ?", (*place, head)
        ).fetchone()
        for place, head in heads.items()
    )


def has_table(at: sqlite3.Connection, name: str) -> bool:
    """Whether the file has a table of this name."""
    asked = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?"
    return at.execute(asked, (name,)).fetchone() is not None


@contextlib.contextmanager
def _looking_at(path: Path, is_stopped: Callable[[], bool]) -> Iterator[sqlite3.Connection]:
    address = f"{path.absolute().as_uri()}?mode=ro"
    with contextlib.closing(sqlite3.connect(address, uri=True, isolation_level=None)) as at:
        at.set_progress_handler(is_stopped, STEPS_BETWEEN_LOOKS)
        yield at


@contextlib.contextmanager
def _removed_at_the_end(path: Path) -> Iterator[None]:
    """Leave nothing of an unfinished file, unless it was there before."""
    if path.exists():
        raise BackupFailed(f"another copy is being made ({path})")
    try:
        yield
    finally:
        for one in (path, path.with_name(path.name + "-journal")):
            one.unlink(missing_ok=True)


@contextlib.contextmanager
def _reasons_in_words() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise BackupFailed(str(error)) from error
    except OSError as error:
        raise BackupFailed(f"{error.filename or ''}: {error.strerror or error}") from error
    except age.AgeMissing as error:
        raise BackupFailed(f"copies cannot be encrypted here: {error}") from error
    except age.NotAKey as error:
        raise BackupFailed(f"{error} is not a public key of age") from error
