"""A database is brought up to date step by step, each whole or not at all, and never back."""

import hashlib
import re
import sqlite3
from pathlib import Path

import pytest
from hand_clock import HandClock

from bot.storage import migrations
from bot.storage.database import PRAGMAS, open_database
from bot.storage.migrations import FOLDER, Migration, NewerDatabase, all_migrations, migrate

ONE = Migration(1, "0001_people.sql", "CREATE TABLE people (name TEXT) STRICT;")
TWO = Migration(2, "0002_pets.sql", "CREATE TABLE pets (name TEXT) STRICT;")
BROKEN = Migration(
    2, "0002_broken.sql", "CREATE TABLE pets (name TEXT); INSERT INTO nowhere VALUES (1);"
)

#: The checksums of released migrations, by name: one that was released is never edited, because
#: databases out there have taken that step already. A release adds its new ones here.
RELEASED: dict[str, str] = {}


def tables(path: Path) -> set[str]:
    found = ask(path, "SELECT name FROM sqlite_schema WHERE type = 'table'")
    return {str(row[0]) for row in found}


def ask(path: Path, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def version(path: Path) -> object:
    return ask(path, "PRAGMA user_version")[0][0]


def edited(released: dict[str, str], folder: Path) -> list[str]:
    """Released migrations that are gone or not what they were."""
    return [
        name
        for name, checksum in released.items()
        if not (folder / name).is_file()
        or hashlib.sha256((folder / name).read_bytes()).hexdigest() != checksum
    ]


def test_each_step_is_taken_once(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    assert migrate(path, PRAGMAS, [ONE]) == 1
    ask(path, "INSERT INTO people VALUES ('Amina')")
    assert migrate(path, PRAGMAS, [ONE, TWO]) == 2
    assert migrate(path, PRAGMAS, [ONE, TWO]) == 2
    assert tables(path) == {"people", "pets"}
    assert ask(path, "SELECT name FROM people") == [("Amina",)]
    assert version(path) == 2


def test_a_step_that_fails_leaves_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        migrate(path, PRAGMAS, [ONE, BROKEN])
    assert tables(path) == {"people"}
    assert version(path) == 1
    migrate(path, PRAGMAS, [ONE, TWO])  # and the mended one is taken
    assert tables(path) == {"people", "pets"}


def test_a_step_that_cannot_even_be_read_leaves_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    nonsense = Migration(2, "0002_nonsense.sql", "CREATE TABLE pets (name TEXT); CREATE NONSENSE;")
    with pytest.raises(sqlite3.OperationalError):
        migrate(path, PRAGMAS, [ONE, nonsense])
    assert tables(path) == {"people"}


def test_a_database_with_content_is_copied_before_it_is_changed(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    migrate(path, PRAGMAS, [ONE])
    ask(path, "INSERT INTO people VALUES ('Amina')")
    assert list(tmp_path.glob("*.before-*")) == []  # a new one has nothing to lose
    with pytest.raises(sqlite3.OperationalError):
        migrate(path, PRAGMAS, [ONE, BROKEN])
    migrate(path, PRAGMAS, [ONE, TWO])
    [copy] = tmp_path.glob("*.before-*")
    assert copy.name == "bot.db.before-0002"
    assert copy.stat().st_mode & 0o777 == 0o600
    assert tables(copy) == {"people"}
    assert version(copy) == 1
    assert ask(copy, "SELECT name FROM people") == [("Amina",)]


def test_a_database_of_a_newer_program_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    migrate(path, PRAGMAS, [ONE, TWO])
    before = path.read_bytes()
    with pytest.raises(NewerDatabase, match="version 2, and this Barnraiser knows 1"):
        migrate(path, PRAGMAS, [ONE])
    assert path.read_bytes() == before


def test_numbers_have_no_gap_and_repeat_nowhere(tmp_path: Path) -> None:
    (tmp_path / "0001_one.sql").write_text("SELECT 1;")
    (tmp_path / "0002_two.sql").write_text("SELECT 1;")
    (tmp_path / "README.txt").write_text("not one of them")
    assert [one.name for one in all_migrations(tmp_path)] == ["0001_one.sql", "0002_two.sql"]
    (tmp_path / "0004_four.sql").write_text("SELECT 1;")
    with pytest.raises(ValueError, match="not numbered"):
        all_migrations(tmp_path)
    (tmp_path / "0003_three.sql").write_text("SELECT 1;")
    (tmp_path / "0003_another.sql").write_text("SELECT 1;")
    with pytest.raises(ValueError, match="not numbered"):
        all_migrations(tmp_path)


def test_ours_are_in_order_and_keep_to_their_own_transaction() -> None:
    steps = all_migrations()
    assert len(steps) == len(list(FOLDER.glob("*.sql"))), "a file that is not NNNN_name.sql"
    for step in steps:
        bare = re.sub(r"--[^\n]*", "", step.sql)
        found = re.findall(r"(?im)^\s*(?:BEGIN \w*;|COMMIT|ROLLBACK|PRAGMA|VACUUM)", bare)
        assert found == [], f"{step.name} steps out of its transaction"


def test_released_migrations_are_never_edited() -> None:
    assert edited(RELEASED, FOLDER) == []


def test_an_edited_migration_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "0001_one.sql").write_text("SELECT 1;")
    released = {
        "0001_one.sql": hashlib.sha256(b"SELECT 1;").hexdigest(),
        "0002_two.sql": hashlib.sha256(b"SELECT 2;").hexdigest(),
    }
    assert edited(released, tmp_path) == ["0002_two.sql"]
    (tmp_path / "0002_two.sql").write_text("SELECT 2; -- a small change")
    assert edited(released, tmp_path) == ["0002_two.sql"]


async def test_one_that_was_opened_by_an_older_program_is_brought_up_to_date(
    tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From every version that there ever was to the newest."""
    newest = all_migrations()
    for count in range(1, len(newest)):
        path = tmp_path / f"{count}.db"
        with monkeypatch.context() as older:
            older.setattr(migrations, "all_migrations", lambda count=count: newest[:count])
            await (await open_database(path, clock.now)).close()
        assert version(path) == count
        await (await open_database(path, clock.now)).close()
        assert version(path) == len(newest)
        assert ask(path, "PRAGMA integrity_check") == [("ok",)]


async def test_every_table_is_strict(tmp_path: Path) -> None:
    """Text where a number should be is refused by the database itself."""
    path = tmp_path / "bot.db"
    migrate(path, PRAGMAS)
    loose = ask(
        path,
        "SELECT name FROM pragma_table_list"
        " WHERE schema = 'main' AND type = 'table' AND NOT strict AND name NOT LIKE 'sqlite_%'",
    )
    assert loose == []
