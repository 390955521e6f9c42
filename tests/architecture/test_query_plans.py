"""What a tap costs does not grow with what is kept: no statement reads a whole table that grows."""

import ast
import importlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from bot.storage import migrations

BOT: Final = Path(migrations.__file__).parents[2]
ASKS: Final = frozenset({"one", "all", "value", "run"})
STATEMENTS: Final = frozenset({"SELECT", "UPDATE", "DELETE", "WITH"})

#: Statements that may read a whole table, each with its reason.
ALLOWED: Final = {
    "SELECT count(*) FROM updates_failed": "for whoever asks for metrics: few",
    "SELECT id, update_sealed, trace_sealed FROM updates_failed": "when somebody is forgotten: few",
    "SELECT * FROM groups WHERE state = 'active'": "once, at the start",
    "SELECT id FROM groups WHERE state = 'active' ORDER BY id DESC LIMIT :most": "daily, and few",
    "SELECT sealed_key FROM person_keys LIMIT 1": "its first row",
    "SELECT person_id, people.since AS met, forgotten.since FROM forgotten"
    " JOIN people ON people.id = person_id": "at the start, and when somebody is forgotten",
    "SELECT group_id FROM entries UNION SELECT group_id FROM accounts ORDER BY group_id": "verify",
}


def is_housekeeping(sql: str) -> bool:
    """Whether it forgets what is old: once a day, for everybody at once."""
    return sql.startswith("DELETE FROM ") and sql.endswith(" < :before")


class Anything(dict[str, Any]):
    """Facts for any statement: only its plan is asked for."""

    def __missing__(self, name: str) -> None:
        return None


def statements() -> Iterator[tuple[str, str]]:
    """Every statement that stands whole where it is run, with where that is."""
    for path in sorted(BOT.rglob("*.py")):
        name = ".".join(path.relative_to(BOT.parent).with_suffix("").parts)
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ASKS
                and node.args
                and (sql := words_of(node.args[0], name)) is not None
            ):
                yield sql, f"{path.relative_to(BOT.parent)}:{node.lineno}"


def words_of(argument: ast.expr, module: str) -> str | None:
    """A statement as it is written, with its module's own constants put in."""
    if not isinstance(argument, ast.Constant | ast.JoinedStr | ast.Name):
        return None
    try:
        words = eval(  # noqa: S307 - our own source, and only its constants
            compile(ast.Expression(argument), module, "eval"),
            vars(importlib.import_module(module)) if "storage" in module else {},
        )
    except NameError:
        return None  # put together from what is known only there
    is_sql = isinstance(words, str) and words.split(" ", 1)[0] in STATEMENTS
    return words if is_sql else None


@pytest.fixture(scope="module")
def schema() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    for step in migrations.all_migrations():
        connection.executescript(step.sql)
    yield connection
    connection.close()


def whole_tables(schema: sqlite3.Connection, sql: str) -> list[str]:
    """What a statement reads from end to end; an index of only what is open is small."""
    plan = [row[3] for row in schema.execute(f"EXPLAIN QUERY PLAN {sql}", Anything())]
    tables = {name for (name,) in schema.execute("SELECT name FROM sqlite_schema")}
    partial = {
        name
        for (name,) in schema.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql LIKE '% WHERE %'"
        )
    }
    return [
        step
        for step in plan
        if step.startswith("SCAN ")
        and step.split()[1] in tables
        and step.split()[-1] not in partial
    ]


def test_no_statement_reads_a_whole_table(schema: sqlite3.Connection) -> None:
    found = {
        f"{where}: {sql[:120]}": plan
        for sql, where in statements()
        if sql not in ALLOWED and not is_housekeeping(sql) and (plan := whole_tables(schema, sql))
    }
    assert not found


def test_what_is_allowed_is_still_there() -> None:
    assert ALLOWED.keys() <= {sql for sql, _ in statements()}


def test_a_whole_table_would_be_seen(schema: sqlite3.Connection) -> None:
    assert whole_tables(schema, "SELECT 1 FROM check_ins WHERE finished_at = :x")
    assert not whole_tables(schema, "SELECT 1 FROM check_ins WHERE member_id = :x")
