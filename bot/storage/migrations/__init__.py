"""Numbered .sql files, each applied once, in one transaction with the number it brings.

`NNNN_what_it_does.sql`: a released one is never edited (a test keeps their checksums); a new one
is added. Before the first of a start is applied to a file with content, a copy is made.
"""

import os
import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
NAME: Final = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")


class NewerDatabase(Exception):
    """The file was written by a newer Barnraiser than this one."""


@dataclass(frozen=True, order=True)
class Migration:
    """One step: its number and the SQL that takes it."""

    number: int
    name: str
    sql: str


def all_migrations(folder: Path = FOLDER) -> list[Migration]:
    """Every migration in order. Raises ValueError where numbers have gaps or repeat."""
    found = sorted(
        Migration(int(match[1]), path.name, path.read_text(encoding="utf-8"))
        for path in folder.iterdir()
        if (match := NAME.fullmatch(path.name))
    )
    if [step.number for step in found] != list(range(1, len(found) + 1)):
        raise ValueError(f"migrations are not numbered 1, 2, 3 …: {[step.name for step in found]}")
    return found


def migrate(path: Path, pragmas: Iterable[str], steps: list[Migration] | None = None) -> int:
    """Bring the file up to date and return its version. Raises NewerDatabase.

    A step that fails leaves no trace: its changes and its number share one transaction.
    """
    steps = all_migrations() if steps is None else steps
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        for pragma in pragmas:
            connection.execute(pragma)
        version = version_of(connection)
        if version > len(steps):
            raise NewerDatabase(f"version {version}, and this Barnraiser knows {len(steps)}")
        waiting = steps[version:]
        if waiting and version:
            _copy_first(connection, path, version)
        for step in waiting:
            _apply(connection, step)
        return len(steps)
    finally:
        connection.close()


def require_known(connection: sqlite3.Connection) -> None:
    """Raise NewerDatabase where the file was written by a newer Barnraiser."""
    version = version_of(connection)
    known = len(all_migrations())
    if version > known:
        raise NewerDatabase(f"version {version}, and this Barnraiser knows {known}")


def version_of(connection: sqlite3.Connection) -> int:
    """Return the number of the last step a file has taken."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def _apply(connection: sqlite3.Connection, step: Migration) -> None:
    # BEGIN stands inside the script: executescript commits whatever is open before it.
    script = f"BEGIN IMMEDIATE;\n{step.sql}\nPRAGMA user_version = {step.number};\nCOMMIT;"
    try:
        connection.executescript(script)
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _copy_first(connection: sqlite3.Connection, path: Path, version: int) -> None:
    copy_path = path.with_name(f"{path.name}.before-{version + 1:04d}")
    copy_path.unlink(missing_ok=True)
    copy(connection, copy_path)


def copy(connection: sqlite3.Connection, path: Path) -> None:
    """Write a consistent, compact copy that only we may read. Raises FileExistsError.

    It is on the disk when this returns: SQLite itself does not wait for that here.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        connection.execute("VACUUM INTO ?", (str(path),))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
