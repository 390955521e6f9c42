"""Plausible rows in every table of a database of any version, for whoever brings it up to date.

What a column holds is read from the schema as it was then: what it points to, which words it
allows, what its name says. Only where a rule ties several columns together is it said here.
"""

import re
import sqlite3
from collections.abc import Mapping
from typing import Any, Final

ROWS: Final = 3
INSTANT: Final = "2026-03-0{}T09:00:00.000000Z"

#: What a schema cannot say by itself: table → column → the value in each row.
TIED: Final[Mapping[str, Mapping[str, tuple[Any, ...]]]] = {
    "accounts": {"kind": ("purse", "household", "outside"), "name": ("savings", "social_fund")},
    "asks": {"runs_out_at": ("2026-05-01T09:00:00.000000Z",)},
    "claims": {"kind": ("contribution", "cost"), "reverses": (None,)},
    "commodities": {"code": ("KES", "HOURS", "SEED-KG")},
    "decisions": {"choices": (2, 3), "closes_at": ("2026-04-05T09:00:00.000000Z",)},
    "help_reports": {"minutes": (30,), "thing": (None,)},
    "entries": {"kind": ("contribution", "cost"), "reverses": (None,), "prev_hash": (bytes(32),)},
    "figures": {"what": ("moved", "hurdle"), "choice": ("", "drought")},
    "household_moves": {"left_id": (1, 2, 3), "joined_id": (2, 3, 1)},
    "household_requests": {"asked_by": (1, 2, 3), "asked_of": (2, 3, 1)},
    "journal_choices": {"choice": ("amounts", "school", "health")},
    "meetings": {"state": ("planned", "cancelled", "passed"), "rhythm_day": (None,)},
    "office_offers": {"giver": (1, 2, 3), "taker": (2, 3, 1)},
    "outbox": {"state": ("queued", "sending"), "finished_at": (None,)},
    "poll_votes_parked": {"options": ("[1]", "[0, 2]")},
    "polls": {"options": (2, 3), "closes_at": ("2026-04-05T09:00:00.000000Z",)},
    "rounds": {
        "questions": ('["progress", "hurdle"]',),
        "closes_at": ("2026-04-05T09:00:00.000000Z",),
    },
}


def fill(at: sqlite3.Connection) -> None:
    """Put rows into every table; the triggers, which judge what people do, look away meanwhile."""
    triggers = at.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        at.execute(f"DROP TRIGGER {name}")
    at.execute("BEGIN")
    at.execute("PRAGMA defer_foreign_keys = ON")
    for table in tables(at):
        for row in range(1, rows_of(at, table) + 1):
            try:
                _insert(at, table, row)
            except sqlite3.IntegrityError as error:
                raise AssertionError(f"{table}, row {row}: {error}; say more in TIED") from error
    at.execute("COMMIT")
    for _, sql in triggers:
        at.execute(sql)


def rows_of(at: sqlite3.Connection, table: str) -> int:
    """How many rows are put into a table: some may have one only."""
    return 1 if "CHECK (id = 1)" in _sql(at, table) else ROWS


def _sql(at: sqlite3.Connection, table: str) -> str:
    [(sql,)] = at.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).fetchall()
    return str(sql)


def tables(at: sqlite3.Connection) -> list[str]:
    """The tables of a database, what is pointed to before what points."""
    names = [
        name
        for (name,) in at.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
    ]
    ordered: list[str] = []
    while left := [name for name in names if name not in ordered]:
        free = [name for name in left if _parents(at, name) - {name} <= {*ordered}]
        ordered += free or left[:1]
    return ordered


def _parents(at: sqlite3.Connection, table: str) -> set[str]:
    return {row[2] for row in at.execute(f"PRAGMA foreign_key_list({table})")}


def _insert(at: sqlite3.Connection, table: str, row: int) -> None:
    """Insert one row with as much in it as the rules allow: all, what is not optional, or less."""
    sql = _sql(at, table)
    points = {one[3] for one in at.execute(f"PRAGMA foreign_key_list({table})")}
    columns = at.execute(f"PRAGMA table_info({table})").fetchall()
    tied = TIED.get(table, {})
    whole = {
        name: tied[name][(row - 1) % len(tied[name])]
        if name in tied
        else _value(sql, name, kind, row, points=name in points)
        for _, name, kind, *_ in columns
    }
    needed = {one[1] for one in columns if one[3] or one[5]}
    error: sqlite3.IntegrityError | None = None
    for kept in (whole.keys(), needed | points | tied.keys(), needed | tied.keys()):
        values = {name: value for name, value in whole.items() if name in kept}
        marks = ", ".join("?" * len(values))
        try:
            at.execute(
                f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})",  # noqa: S608
                [*values.values()],
            )
        except sqlite3.IntegrityError as refused:
            error = refused
        else:
            return
    assert error is not None
    raise error


def _value(sql: str, name: str, kind: str, row: int, *, points: bool) -> str | int | bytes:
    """Return what a column may hold, by what the schema says of it and by its name."""
    allowed = re.search(rf"CHECK \({name} IN \(([^)]*)\)", sql)
    if allowed:
        words = [one.strip() for one in allowed[1].split(",")]
        word = words[(row - 1) % len(words)]
        return word.strip("'") if kind == "TEXT" else int(word)
    if points or kind == "INTEGER":
        return row
    return bytes([row]) * 32 if kind == "BLOB" else _text(sql, name, row)


def _text(sql: str, name: str, row: int) -> str:
    if f"{name} GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]'" in sql:
        return f"2026-0{row}"
    if f"{name} GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]'" in sql or "day" in name:
        return f"2026-03-0{row}"
    if name.endswith(("_at", "since")):
        return INSTANT.format(row)
    return f"{name} {row}"
