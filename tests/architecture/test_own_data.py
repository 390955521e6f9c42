"""Whatever is kept of a person they can take away, and it is thought of when they are forgotten."""

import sqlite3
from collections.abc import Iterator
from typing import Final

import pytest

from bot.rendering.own_data import LABELS
from bot.storage import migrations, own_data

PEOPLE: Final = {"people", "members"}
#: Columns that name somebody though no foreign key says so.
NAMED: Final = {"person_id", "member_id", "member_number", "telegram_id"}
#: Tables with such a column that speak of chats and groups, or of the bot itself.
OF_NOBODY: Final = {"bot", "former_chat_ids"}


@pytest.fixture(scope="module")
def schema() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    for step in migrations.all_migrations():
        connection.executescript(step.sql)
    yield connection
    connection.close()


def tables(schema: sqlite3.Connection) -> set[str]:
    return {
        name
        for (name,) in schema.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
    } - {"schema_version", "migrations"}


def speaks_of_people(schema: sqlite3.Connection, table: str) -> bool:
    columns = schema.execute(f"PRAGMA table_info({table})").fetchall()
    keys = {row[2] for row in schema.execute(f"PRAGMA foreign_key_list({table})")}
    sealed = any(row[2] == "BLOB" for row in columns)
    return bool(keys & PEOPLE or {row[1] for row in columns} & NAMED or sealed)


def test_every_table_that_speaks_of_people_is_thought_of(schema: sqlite3.Connection) -> None:
    held = {one.table for one in own_data.HOLDINGS} | own_data.EXCEPTIONS.keys() | OF_NOBODY
    forgotten = {table for table in tables(schema) - held if speaks_of_people(schema, table)}
    assert forgotten == set(), "say in storage/own_data.py what they hold of a person"


def test_nothing_is_thought_of_that_is_not_there(schema: sqlite3.Connection) -> None:
    assert {one.table for one in own_data.HOLDINGS} | own_data.EXCEPTIONS.keys() <= tables(schema)
    assert not {one.table for one in own_data.HOLDINGS} & own_data.EXCEPTIONS.keys()


def test_every_sealed_column_is_opened_or_hidden(schema: sqlite3.Connection) -> None:
    for one in own_data.HOLDINGS:
        columns = schema.execute(f"PRAGMA table_info({one.table})").fetchall()
        blobs = {row[1] for row in columns if row[2] == "BLOB"}
        assert blobs == {*one.sealed, *one.shared, *one.hidden} & blobs, one.table
        assert {*one.sealed, *one.shared, *one.hidden} <= {row[1] for row in columns}, one.table
        if "tally" not in one.hidden:
            assert set(one.sealed) <= LABELS.keys(), one.table


def test_every_question_can_be_asked(schema: sqlite3.Connection) -> None:
    for one in own_data.HOLDINGS:
        schema.execute(f"SELECT * FROM {one.table} WHERE {one.whose}", {"person": 1})  # noqa: S608


def test_a_table_that_nobody_thought_of_would_be_seen(schema: sqlite3.Connection) -> None:
    schema.execute("CREATE TABLE diaries (member_id INTEGER, line TEXT)")
    assert "diaries" in tables(schema)
    assert speaks_of_people(schema, "diaries")
    schema.execute("DROP TABLE diaries")
