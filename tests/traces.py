"""Looking for traces of somebody in a database: byte by byte, and in whatever can be opened."""

import contextlib
import json
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

from bot.storage.sealing import InvalidTag, OperatorKey, Seal, operator_key


def in_bytes(path: Path, *wanted: str | int) -> set[str]:
    """What of this stands in the file or in its log, as text or as a stored number."""
    log = path.with_name(path.name + "-wal")
    # By another process: one that serves a database never reads its file past SQLite.
    there = [str(one) for one in (path, log) if one.exists()]
    held = subprocess.run(["cat", *there], check=True, capture_output=True).stdout
    return {str(one) for one in wanted if any(form in held for form in _forms(one))}


def in_words(path: Path, *wanted: str | int) -> dict[str, set[str]]:
    """What of this can be read by whoever has the operator's key: table.column by trace."""
    found: dict[str, set[str]] = {}
    for where, text in everything(path):
        for one in wanted:
            if str(one) in text or json.dumps(one)[1:-1] in text:
                found.setdefault(str(one), set()).add(where)
    return found


def everything(path: Path) -> Iterator[tuple[str, str]]:
    """Every value in the database as text, opened with whatever key there is."""
    key = operator_key(path)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        seals = [*_seals(connection, key)]
        names = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
        for (table,) in connection.execute(names).fetchall():
            rows = connection.execute(f"SELECT * FROM {table}")  # noqa: S608 - the schema's own
            columns = [one[0] for one in rows.description]
            for row in rows:
                for column, value in zip(columns, row, strict=True):
                    text = _opened(value, seals) if isinstance(value, bytes) else str(value)
                    yield f"{table}.{column}", text


def _seals(connection: sqlite3.Connection, key: OperatorKey) -> Iterator[Seal]:
    yield key.payloads
    for table in ("person_keys", "decision_seals"):
        for (sealed,) in connection.execute(f"SELECT sealed_key FROM {table}").fetchall():  # noqa: S608
            yield Seal(bytes.fromhex(key.keys.open(sealed)))


def _opened(sealed: bytes, seals: list[Seal]) -> str:
    for seal in seals:
        with contextlib.suppress(InvalidTag, UnicodeDecodeError):
            return seal.open(sealed)
    return ""


def _forms(wanted: str | int) -> list[bytes]:
    if isinstance(wanted, str):
        return [wanted.encode()]
    return [str(wanted).encode(), wanted.to_bytes(6, "big", signed=True)]  # as SQLite stores it
