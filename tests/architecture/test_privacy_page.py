"""docs/privacy.md names every table there is, and none that is not."""

import re
import sqlite3
from pathlib import Path

import bot
from bot.storage import migrations

PAGE = Path(bot.__file__).parent.parent / "docs" / "privacy.md"
OF_MIGRATIONS = {"schema_version", "migrations"}


def tables() -> set[str]:
    connection = sqlite3.connect(":memory:")
    for step in migrations.all_migrations():
        connection.executescript(step.sql)
    names = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    found = {name for (name,) in connection.execute(names)}
    connection.close()
    return found - OF_MIGRATIONS


def named() -> list[str]:
    section = PAGE.read_text("utf-8").split("## Table by table")[1].split("\n## ")[0]
    return re.findall(r"`(\w+)`", section)


def test_every_table_is_named_once_with_how_long_it_is_kept() -> None:
    assert tables() - set(named()) == set(), "say in docs/privacy.md what it holds and how long"
    assert set(named()) - tables() == set()
    assert len(named()) == len(set(named()))
