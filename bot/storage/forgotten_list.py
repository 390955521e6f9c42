"""Who was forgotten, noted beside the copies, so that going back to a copy forgets them again.

A copy is not changed once it is made: an older one still holds whoever was forgotten since. The
list says it by two things that tell nobody who they are: a person's number in the database, and
the instant at which the bot first met them (a number may come again after going back).
"""

import contextlib
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

from bot.storage import backups
from bot.storage.database import Reading

NAME: Final = "forgotten.txt"
HEADING: Final = (
    "# Who had themselves forgotten: number, met, forgotten. Keep this beside the copies:\n"
    "# `barnraiser restore` reads it, so that nobody comes back with a copy.\n"
)


class Forgotten(NamedTuple):
    """Somebody who was forgotten."""

    person_id: int
    met: str  # as it is stored
    since: str


def of(at: Reading) -> list[Forgotten]:
    """Return everybody who was forgotten."""
    rows = at.all(
        "SELECT person_id, people.since AS met, forgotten.since FROM forgotten"
        " JOIN people ON people.id = person_id"
    )
    return [Forgotten(*row) for row in rows]


def of_file(database: Path) -> list[Forgotten]:
    """Return everybody forgotten in a database of any version; of a damaged one, nobody."""
    address = f"{database.absolute().as_uri()}?mode=ro"
    with (
        contextlib.suppress(sqlite3.Error),
        contextlib.closing(sqlite3.connect(address, uri=True)) as connection,
    ):
        if backups.has_table(connection, "forgotten"):
            rows = connection.execute(
                "SELECT person_id, people.since, forgotten.since FROM forgotten"
                " JOIN people ON people.id = person_id"
            ).fetchall()
            return [Forgotten(*row) for row in rows]
    return []


def still_known(database: Path, listed: Iterable[Forgotten]) -> list[Forgotten]:
    """Return those of a list who are known in a database, which nobody serves, all the same."""
    again = []
    with contextlib.closing(sqlite3.connect(database)) as connection:
        for one in sorted(set(listed)):
            known = connection.execute(
                "SELECT 1 FROM people JOIN person_keys ON person_id = id"
                " WHERE id = ? AND since = ?",
                (one.person_id, one.met),
            ).fetchone()
            if known:
                again.append(one)
    return again


def keep(folder: Path, found: Iterable[Forgotten]) -> None:
    """Add people to the list in a folder; who stands there stays. Raises OSError."""
    listed = read(folder / NAME)
    if not set(found) <= set(listed):
        write(folder / NAME, {*listed, *found})


def write(path: Path, listed: Iterable[Forgotten]) -> None:
    """Write a list, whole or not at all. Raises OSError."""
    unfinished = path.with_name(f".{path.name}{backups.UNFINISHED}")
    lines = [f"{one.person_id} {one.met} {one.since}\n" for one in sorted(set(listed))]
    unfinished.touch(mode=0o600)
    unfinished.write_text(HEADING + "".join(lines), encoding="ascii")
    backups.put_in_place(unfinished, path)


def read(path: Path) -> list[Forgotten]:
    """Return who stands in a list; where there is none, nobody. Raises OSError, ValueError."""
    if not path.exists():
        return []
    found = []
    for line in path.read_text(encoding="ascii").splitlines():
        if line.strip() and not line.startswith("#"):
            person_id, met, since = line.split()
            found.append(Forgotten(int(person_id), met, since))
    return found


def again_path(database: Path) -> Path:
    """Where stands who is to be forgotten again at the next start, after going back to a copy."""
    return database.with_name(database.name + ".forget")
