"""The operator's key saved apart, once: without it, no copy of the database can be read again.

That it was is noted in a file beside the database, by the key's fingerprint: another process may
serve the database meanwhile, and a new key counts as never saved.
"""

from datetime import datetime
from pathlib import Path

from bot.domain.calendar import parse_utc, utc_text
from bot.storage.sealing import KeyMissing, fingerprint, key_path, read_key, write_key


class AnotherKeyThere(Exception):
    """In the file is something else: a key, perhaps, that is all that opens another database."""


def save(database: Path, path: Path, now: datetime) -> None:
    """Save the key of a database into a file, and note that it was.

    Raises KeyMissing, AnotherKeyThere, OSError (FileNotFoundError where there is no key).
    """
    key = read_key(key_path(database))
    if path.exists() and path.stat().st_size and not _is(path, key):
        raise AnotherKeyThere(str(path))
    write_key(path, key)
    assert _is(path, key), "what was written is read back"
    note(database, now)


def note(database: Path, now: datetime) -> None:
    """Note that the key of a database lies somewhere else, too."""
    key = read_key(key_path(database))
    path = _note_path(database)
    path.touch(mode=0o600)
    path.write_text(f"{fingerprint(key)} {utc_text(now)}\n", encoding="ascii")


def when(database: Path) -> datetime | None:
    """Return when the key of a database was last saved apart; None where it never was."""
    try:
        of, _, at = _note_path(database).read_text(encoding="ascii").strip().partition(" ")
        return parse_utc(at) if of == fingerprint(read_key(key_path(database))) else None
    except (OSError, ValueError, KeyMissing):
        return None


def _is(path: Path, key: str) -> bool:
    try:
        return read_key(path) == key
    except KeyMissing:
        return False


def _note_path(database: Path) -> Path:
    return database.with_name(database.name + ".key.saved")
