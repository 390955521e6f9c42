"""Going back to a copy of the database: looked through first, and nothing there is overwritten.

All that may be wrong is found before anything changes: the copy is brought beside the database
under another name, opened there, and takes its place at the end. What stood there is kept under
another name.
"""

import contextlib
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bot.storage import age, backups, forgotten_list, migrations
from bot.storage.backups import BackupFailed
from bot.storage.database import held
from bot.storage.sealing import KeyMissing, OperatorKey, keep_key, key_path, read_key

#: What SQLite keeps beside a database; the log may hold the newest of it.
BESIDE: Final = ("", "-wal", "-shm")


class NoSuchCopy(Exception):
    """There is no such file."""


class NotACopy(Exception):
    """The file is no database of Barnraiser."""


class DamagedCopy(Exception):
    """The file is damaged: SQLite says how."""


class CopyInUse(Exception):
    """The file is a database that was in use, with its log beside it, and not a copy."""


class SomethingThere(Exception):
    """There is a database (or a key of another one) where the copy should go."""


class KeyNeeded(Exception):
    """The operator's key is neither given nor there."""


class WrongKey(Exception):
    """The key does not open what is in the copy."""


class IdentityNeeded(Exception):
    """The copy is encrypted."""


@dataclass(frozen=True)
class Ready:
    """A copy that was looked through and lies beside the database, not yet in its place."""

    database: Path
    copied: Path  # where it lies until it takes its place
    key_text: str
    version: int

    @property
    def key(self) -> OperatorKey:
        """The operator's key, which opens what is in the copy."""
        return OperatorKey(bytes.fromhex(self.key_text))

    @property
    def is_older(self) -> bool:
        """Whether it is brought up to date at the next start."""
        return self.version < len(migrations.all_migrations())

    def take_place(
        self, now: datetime, forgotten: Iterable[forgotten_list.Forgotten]
    ) -> tuple[list[Path], int]:
        """Put copy and key in place; what stood there is kept under another name.

        Returns where that lies now, and how many people are forgotten again at the next start.
        """
        listed = {*forgotten, *forgotten_list.of_file(self.database)}
        again = forgotten_list.still_known(self.copied, listed)
        moved = _keep_what_is_there(self.database, self.key_text, now)
        keep_key(self.database, self.key_text)
        path = forgotten_list.again_path(self.database)
        if again:
            forgotten_list.write(path, again)
        else:
            path.unlink(missing_ok=True)
        backups.put_in_place(self.copied, self.database)
        return moved, len(again)


@contextlib.contextmanager
def ready(
    copy: Path,
    database: Path,
    *,
    key: Path | None = None,
    identity: Path | None = None,
    replace: bool = False,
) -> Iterator[Ready]:
    """Look a copy through and bring it beside the database, held against any bot meanwhile.

    Raises AlreadyRunning, OSError, age's errors, NewerDatabase, and those above.
    """
    database = database.absolute()
    if not copy.is_file():
        raise NoSuchCopy(str(copy))
    database.parent.mkdir(parents=True, exist_ok=True)
    with held(database):
        if database.exists() and copy.samefile(database):
            raise CopyInUse(str(copy))
        if database.exists() and database.stat().st_size and not replace:
            raise SomethingThere(str(database))
        key_text = _key(database, key, replace=replace)
        copied = database.with_name(database.name + ".restoring")
        copied.unlink(missing_ok=True)
        try:
            _bring(copy, copied, identity)
            version = _look_through(copied, copy, OperatorKey(bytes.fromhex(key_text)), key)
            yield Ready(database, copied, key_text, version)
        finally:
            for ending in BESIDE:
                copied.with_name(copied.name + ending).unlink(missing_ok=True)


def _key(database: Path, given: Path | None, *, replace: bool) -> str:
    own = key_path(database)
    if given is None:
        if not own.exists():
            raise KeyNeeded(str(own))
        return read_key(own)
    if not given.is_file():
        raise KeyMissing(str(given))
    key_text = read_key(given)
    if own.exists() and not replace and own.read_text("ascii").strip() != key_text:
        raise SomethingThere(str(own))
    return key_text


def _bring(copy: Path, copied: Path, identity: Path | None) -> None:
    if age.is_encrypted(copy):
        if identity is None:
            raise IdentityNeeded(str(copy))
        age.decrypt(copy, copied, identity)
        return
    log = copy.with_name(copy.name + "-wal")
    if log.exists() and log.stat().st_size:
        raise CopyInUse(str(copy))
    copied.touch(mode=0o600)
    shutil.copyfile(copy, copied)


def _look_through(copied: Path, copy: Path, key: OperatorKey, given: Path | None) -> int:
    """Return the version of a copy in which all is as it should be."""
    try:
        with contextlib.closing(sqlite3.connect(copied)) as at:
            at.execute("PRAGMA journal_mode = DELETE")  # a plain file, whatever it was
            version = migrations.version_of(at)
            if not (version and backups.has_table(at, "person_keys")):
                raise NotACopy(str(copy))
            migrations.require_known(at)
            backups.require_whole(at, "integrity_check")
            if at.execute("PRAGMA foreign_key_check").fetchone() is not None:
                raise DamagedCopy(f"{copy}: rows point to rows that are not there")
            sealed = at.execute("SELECT sealed_key FROM person_keys LIMIT 1").fetchone()
    except BackupFailed as error:
        raise DamagedCopy(f"{copy}: {error}") from error
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorname", "") == "SQLITE_NOTADB":
            raise NotACopy(str(copy)) from error
        raise DamagedCopy(f"{copy}: {error}") from error
    if sealed is not None and not key.keys.opens(sealed[0]):
        raise WrongKey(str(given or "the key that lies there"))
    return version


def _keep_what_is_there(database: Path, key_text: str, now: datetime) -> list[Path]:
    """Keep what stands where the copy goes under another name; its key, if it is another one.

    At every moment there is a database where one was: else a bot that is started just then would
    begin a new one.
    """
    _settle_log(database)
    own = key_path(database)
    leaving = [database.with_name(database.name + ending) for ending in BESIDE[1:]]
    if own.exists() and own.read_text("ascii", "replace").strip().lower() != key_text:
        leaving.append(own)
    kept = f"{database.name}.replaced-{now.astimezone(UTC):{backups.STAMP}}"
    moved = [
        path.rename(path.with_name(kept + path.name.removeprefix(database.name)))
        for path in leaving
        if path.exists()
    ]
    if database.exists():
        path = database.with_name(kept)
        try:
            path.hardlink_to(database)
        except OSError:  # not every file system can
            database.rename(path)
        moved.insert(0, path)
    return moved


def _settle_log(database: Path) -> None:
    """Move what the log holds into the file, so that it is whole by itself; if it can be done."""
    if database.exists() and database.stat().st_size:
        with (
            contextlib.suppress(sqlite3.Error),
            contextlib.closing(sqlite3.connect(database)) as at,
        ):
            at.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
