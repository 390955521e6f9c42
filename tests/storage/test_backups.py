"""Copies of the database: whole, while it is written, or not there at all."""

import contextlib
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyrage
import pytest
from books import START, Books, books_entry, damages_quietly

from bot.storage import age, backups, migrations
from bot.storage.backups import BackupFailed

ROOT = Path(__file__).parent.parent.parent
COPY = "books-2026-03-02-090000.db"


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books(tmp_path)
    (tmp_path / "books.db.key").write_text(bytes(32).hex() + "\n")
    made.has_group("Amina", "Juma")
    with made.transaction() as at:
        for _ in range(3):
            books_entry(at, 1, note="for March", noted_by=1)
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def identity(tmp_path: Path) -> Any:  # noqa: ANN401 - the library has no types
    made = pyrage.x25519.Identity.generate()
    (tmp_path / "id.txt").write_text(f"# public key: {made.to_public()}\n{made}\n")
    return made


def ask(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def head(path: Path) -> tuple[Any, ...]:
    return ask(path, "SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1")[0]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_copies_made_while_the_book_grows_are_each_a_moment_of_it(
    books: Books, folder: Path
) -> None:
    made: list[Path] = []

    def copy_some() -> None:
        for second in range(4):
            now = START + timedelta(seconds=second)
            made.extend([backups.make(books.path, folder, now)])

    copying = threading.Thread(target=copy_some)
    copying.start()
    while copying.is_alive():
        with books.transaction() as at:
            books_entry(at, 1)
    copying.join()
    assert backups.made_in(folder, books.path) == made
    assert len(made) == 4
    heads = [head(path) for path in made]
    assert heads == sorted(heads, key=lambda one: one[0])
    assert heads[0] < heads[-1], "it grew meanwhile"
    for path, (seq, end) in zip(made, heads, strict=True):
        assert ask(path, "PRAGMA integrity_check") == [("ok",)]
        assert (seq, end) in ask(books.path, "SELECT seq, hash FROM entries")
    assert names(folder) == sorted(path.name for path in made), "nothing half-done is left"


def test_a_copy_is_for_our_eyes_only_and_the_key_is_not_in_it(books: Books, folder: Path) -> None:
    path = backups.make(books.path, folder, START)
    assert path.name == COPY
    assert path.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    held = path.read_bytes()
    assert bytes(32).hex().encode() not in held
    assert b"Amina" not in held
    with pytest.raises(BackupFailed, match="is there already"):
        backups.make(books.path, folder, START)


def test_an_encrypted_copy_opens_with_the_private_key_alone(
    books: Books,
    folder: Path,
    tmp_path: Path,
    identity: Any,  # noqa: ANN401 - the library has no types
) -> None:
    path = backups.make(books.path, folder, START, [str(identity.to_public())])
    assert names(folder) == [COPY + ".age"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert age.is_encrypted(path)
    assert b"SQLite" not in path.read_bytes()
    assert not [name for name in names(tmp_path) if name.endswith(backups.UNFINISHED)]
    plain = tmp_path / "plain.db"
    age.decrypt(path, plain, tmp_path / "id.txt")
    assert head(plain) == head(books.path)
    assert plain.stat().st_mode & 0o777 == 0o600
    (tmp_path / "id.txt").write_text(str(pyrage.x25519.Identity.generate()))
    with pytest.raises(age.CannotDecrypt):
        age.decrypt(path, tmp_path / "no.db", tmp_path / "id.txt")


def test_what_is_encrypted_is_never_in_the_folder_unencrypted(
    books: Books,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    identity: Any,  # noqa: ANN401 - the library has no types
) -> None:
    """It may be a stick, or another machine's."""
    seen: list[list[str]] = []
    copy = migrations.copy

    def watched(at: sqlite3.Connection, path: Path) -> None:
        copy(at, path)
        seen.append(names(folder))

    monkeypatch.setattr(migrations, "copy", watched)
    backups.make(books.path, folder, START, [str(identity.to_public())])
    assert seen == [[]]


def _full(at: sqlite3.Connection, path: Path) -> None:
    del at
    path.write_bytes(b"half a copy")
    raise sqlite3.OperationalError("database or disk is full")


def _loses_the_last(at: sqlite3.Connection, path: Path) -> None:
    _changed(at, path, "DELETE FROM entries WHERE seq = 3")


def _changes_the_last(at: sqlite3.Connection, path: Path) -> None:
    _changed(at, path, "UPDATE entries SET hash = zeroblob(32) WHERE seq = 3")


def _adds_one(at: sqlite3.Connection, path: Path) -> None:
    columns = "kind, day, recorded_at, recorded_by, witnesses, note, note_commitment, prev_hash"
    _changed(
        at,
        path,
        f"INSERT INTO entries (group_id, seq, key, hash, {columns})"  # noqa: S608 - our own words
        f" SELECT group_id, 4, 'more', zeroblob(32), {columns} FROM entries LIMIT 1",
    )


def _changed(at: sqlite3.Connection, path: Path, sql: str) -> None:
    at.execute("VACUUM INTO ?", (str(path),))
    with contextlib.closing(sqlite3.connect(path)) as copied, copied:
        for (trigger,) in copied.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'entries'"
        ).fetchall():
            copied.execute(f"DROP TRIGGER {trigger}")
        copied.execute(sql)


def _damages(at: sqlite3.Connection, path: Path) -> None:
    at.execute("VACUUM INTO ?", (str(path),))
    damages_quietly(path)


@pytest.mark.parametrize(
    ("goes_wrong", "words"),
    [
        (_full, "disk is full"),
        (_loses_the_last, "books in the copy"),
        (_changes_the_last, "books in the copy"),
        (_adds_one, "books in the copy"),
        (_damages, "damaged|malformed"),
    ],
)
def test_what_is_not_a_whole_copy_is_none(
    books: Books,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    goes_wrong: Callable[[sqlite3.Connection, Path], None],
    words: str,
) -> None:
    monkeypatch.setattr(migrations, "copy", goes_wrong)
    with pytest.raises(BackupFailed, match=words):
        backups.make(books.path, folder, START)
    assert names(folder) == []


def test_sqlites_false_alarm_over_a_table_without_rowid_is_seen_through() -> None:
    """SQLite 3.40 finds NULL where a key's columns are not the first ones; nowhere else."""
    with contextlib.closing(sqlite3.connect(":memory:")) as at:
        at.execute(
            "CREATE TABLE t (a INT NOT NULL, x TEXT NOT NULL, b INT NOT NULL, PRIMARY KEY (a, b))"
            " WITHOUT ROWID"
        )
        at.executemany("INSERT INTO t VALUES (?, 'x', 1)", [(number,) for number in range(300)])
        backups.require_whole(at)
        backups.require_whole(at, "integrity_check")
        at.execute("PRAGMA writable_schema = ON")
        at.execute("CREATE TABLE u (x TEXT)")
        at.execute("INSERT INTO u VALUES (NULL)")
        at.execute(
            "UPDATE sqlite_schema SET sql = 'CREATE TABLE u (x TEXT NOT NULL)' WHERE name = 'u'"
        )
        at.execute("PRAGMA writable_schema = RESET")
        with pytest.raises(BackupFailed, match=r"NULL value in u\.x"):
            backups.require_whole(at)


def test_a_copy_that_is_given_up_leaves_nothing(
    books: Books, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "STEPS_BETWEEN_LOOKS", 1)
    with pytest.raises(BackupFailed, match="interrupted"):
        backups.make(books.path, folder, START, is_stopped=lambda: True)
    assert names(folder) == []


def test_the_newest_are_kept_and_nothing_else_is_touched(tmp_path: Path) -> None:
    database = tmp_path / "our.db"
    others = ["another-2026-03-01-020000.db", "our-notes.db", "our-2026-03-01-020000.txt", "x"]
    ours = [f"our-2026-03-{day:02}-020000.db{end}" for day in range(1, 6) for end in ("", ".age")]
    for name in ours + others:
        (tmp_path / name).touch()
    backups.prune(tmp_path, database, 3)
    left = {*others, *ours[-3:]}
    assert {path.name for path in backups.made_in(tmp_path, database)} == left - {*others}
    assert set(names(tmp_path)) == left


def test_what_a_kill_left_half_done_is_cleared_away_a_day_later(tmp_path: Path) -> None:
    half = [".our-2026-03-01-020000.db.part", ".our-2026-03-01-020000.db.age.part"]
    half += [".our-2026-03-01-020000.db.part-journal", ".our-2026-03-02-080000.db.part"]
    for name in [*half, "our-2026-03-01-020000.db", ".hers-2026-03-01-020000.db.part"]:
        (tmp_path / name).touch()
    backups.tidy([tmp_path, tmp_path / "nowhere"], tmp_path / "our.db", START)
    assert names(tmp_path) == [
        ".hers-2026-03-01-020000.db.part",
        ".our-2026-03-02-080000.db.part",
        "our-2026-03-01-020000.db",
    ]


@pytest.mark.slow
@pytest.mark.promise("A backup that is killed leaves whole copies and nothing that looks like one")
def test_killed_at_any_moment_it_leaves_only_whole_copies(
    books: Books, folder: Path, record_property: Callable[[str, object], None]
) -> None:
    program = (
        "import sys\n"
        "from datetime import UTC, datetime, timedelta\n"
        "from pathlib import Path\n"
        "from bot.storage import backups\n"
        "for second in range(10_000):\n"
        "    backups.make(Path(sys.argv[1]), Path(sys.argv[2]),\n"
        "        datetime(2026, 3, 2, tzinfo=UTC) + timedelta(int(sys.argv[3]), second))\n"
    )
    for kill in range(20):
        process = subprocess.Popen(
            [sys.executable, "-c", program, str(books.path), str(folder), str(kill)], cwd=ROOT
        )
        before = len(backups.made_in(folder, books.path))
        while len(backups.made_in(folder, books.path)) < before + 1:
            assert process.poll() is None
        time.sleep(kill * 0.0013)
        process.kill()
        process.wait(20)
    made = backups.made_in(folder, books.path)
    assert len(made) >= 20
    record_property("seen", f"20 kills, {len(made)} copies, all whole")
    for path in made:
        assert head(path) == head(books.path)
