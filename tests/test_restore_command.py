"""`barnraiser backup` and `restore`, as an operator runs them: every refusal, and what it says."""

import contextlib
import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyrage
import pytest
from books import START, Books, books_entry, damages_quietly
from click.testing import CliRunner

from bot import keeping
from bot.__main__ import main
from bot.storage import database as storage, forgotten_list, key_saved, migrations
from bot.storage.forgotten_list import Forgotten
from bot.storage.sealing import key_path

KEY = bytes(32).hex()
OTHER_KEY = "ab" * 32


class Desk:
    """An operator at a machine: a database, a folder for copies, a stick for the key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = START
        self.database = folder / "data" / "books.db"
        self.database.parent.mkdir()
        self.books = Books(self.database.parent)
        key_path(self.database).write_text(KEY + "\n")
        self.books.has_group("Amina", "Juma")
        self.pays()
        self.key = folder / "stick.key"
        self.key.write_text(KEY + "\n")

    def pays(self) -> None:
        with self.books.transaction() as at:
            books_entry(at, 1)

    def copy(self, *arguments: str) -> Path:
        """Make a copy; the first that lies there."""
        self.now += timedelta(hours=1)
        code, words = self.says("backup", *arguments)
        assert code == 0, words
        return Path(words.split("Copied to ")[1].split(" (")[0])

    def says(self, *arguments: str | Path) -> tuple[int, str]:
        """Its exit code, and what it says."""
        result = CliRunner().invoke(main, [str(one) for one in arguments])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, " ".join(result.output.split())

    def refuses(self, *arguments: str | Path) -> str:
        """What it says, having changed nothing."""
        before = self.everything()
        code, words = self.says(*arguments)
        assert code == 1, words
        assert self.everything() == before
        return words

    def everything(self) -> dict[str, bytes]:
        return {
            str(path): path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file() and not path.name.endswith(("-shm", ".lock"))
        }

    def entries(self, path: Path | None = None) -> int:
        with contextlib.closing(sqlite3.connect(path or self.database)) as connection:
            return int(connection.execute("SELECT count(*) FROM entries").fetchone()[0])


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    for name in [name for name in os.environ if "BARNRAISER" in name]:
        monkeypatch.delenv(name)
    made = Desk(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BARNRAISER_DATABASE", str(made.database))
    monkeypatch.setattr(keeping, "wall_clock", lambda: made.now)
    yield made
    made.books.close()


def test_a_copy_is_said_to_be_there_and_that_the_key_is_not_in_it(desk: Desk) -> None:
    code, words = desk.says("backup")
    assert code == 0
    assert "backups/books-2026-03-02-090000.db (" in words
    assert "not encrypted" in words
    assert "never saved apart" in words
    assert "never saved apart" not in desk.says("backup", "--key", desk.folder / "k")[1]
    assert (desk.folder / "k").read_text().strip() == KEY
    assert stat.S_IMODE((desk.folder / "k").stat().st_mode) == 0o600
    desk.now += timedelta(hours=1)
    assert "never saved apart" not in desk.says("backup")[1]
    assert key_saved.when(desk.database) == START
    key_path(desk.database).write_text(OTHER_KEY)
    assert key_saved.when(desk.database) is None, "another key was not saved"


def test_the_key_is_not_saved_beside_what_it_opens_nor_over_anything_else(desk: Desk) -> None:
    copy = desk.copy()
    for near in (desk.database.parent, copy.parent):
        assert "whoever takes one would have both" in desk.refuses("backup", "--key", near / "k")
    (desk.folder / "letter").write_text("Dear Juma")
    assert "something else" in desk.refuses("backup", "--key", desk.folder / "letter")
    assert "is no folder" in desk.refuses("backup", "--key", desk.folder / "no" / "k")
    assert desk.says("backup", "--key", desk.key)[0] == 0  # the same key may lie there


def test_the_key_is_said_to_whoever_takes_it_elsewhere(desk: Desk) -> None:
    assert desk.says("backup", "--key", "-") == (0, KEY)
    assert key_saved.when(desk.database) == START
    key_path(desk.database).unlink()
    assert "There is no key" in desk.refuses("backup", "--key", "-")


def test_no_copy_is_made_of_nothing_or_where_none_can_be(desk: Desk) -> None:
    assert "No copy was made" in desk.refuses("backup", desk.key)
    assert desk.says("backup", desk.folder / "elsewhere")[0] == 0
    os.environ["BARNRAISER_DATABASE"] = str(desk.folder / "none.db")
    code, words = desk.says("backup")
    assert code == 2
    assert "There is no database" in words


def test_back_to_a_copy_with_what_was_there_kept(desk: Desk) -> None:
    copy = desk.copy()
    desk.pays()
    desk.books.close()
    assert "add --replace" in desk.refuses("restore", copy)
    code, words = desk.says("restore", copy, "--replace")
    assert code == 0, words
    assert "1 books agree" in words
    assert desk.entries() == 1
    assert stat.S_IMODE(desk.database.stat().st_mode) == 0o600
    [kept] = desk.database.parent.glob("books.db.replaced-*")
    assert str(kept) in words
    assert desk.entries(kept) == 2
    assert not list(desk.database.parent.glob("*.restoring*"))


def test_the_newest_of_what_was_there_is_kept_too(desk: Desk) -> None:
    """It lies in the log where the bot was killed; a log must never meet another file."""
    copy = desk.copy()
    desk.pays()
    log = desk.database.with_name("books.db-wal")
    held = log.read_bytes()
    desk.books.close()
    log.write_bytes(held)
    assert desk.says("restore", copy, "--replace")[0] == 0
    [kept] = desk.database.parent.glob("books.db.replaced-*")
    assert desk.entries(kept) == 2
    assert desk.entries() == 1
    assert not log.exists() or not log.stat().st_size


@pytest.mark.parametrize(
    "killed_at",
    [
        "bot.storage.restoring._settle_log",
        "pathlib.Path.hardlink_to",
        "bot.storage.restoring.keep_key",
        "bot.storage.backups.put_in_place",
    ],
)
def test_killed_on_the_way_there_is_the_database_as_it_was(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, killed_at: str
) -> None:
    """A bot that is started just then must never begin a new one; and it can be done again."""
    copy = desk.copy()
    desk.pays()
    desk.books.close()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as kill:
        kill.setattr(killed_at, killed)
        assert desk.says("restore", copy, "--replace")[0] == 1
    assert desk.entries() == 2
    assert desk.says("verify")[0] == 0
    assert desk.says("restore", copy, "--replace")[0] == 0
    assert desk.entries() == 1


def test_onto_a_clean_machine_with_the_key_that_was_saved(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = desk.copy()
    new = desk.folder / "new" / "books.db"
    monkeypatch.setenv("BARNRAISER_DATABASE", str(new))
    assert "--key FILE" in desk.refuses("restore", copy)
    assert "no key in" in desk.refuses("restore", copy, "--key", desk.folder / "nothing")
    wrong = desk.folder / "wrong.key"
    wrong.write_text(OTHER_KEY)
    assert "not the key of this copy" in desk.refuses("restore", copy, "--key", wrong)
    wrong.write_text("half a key")
    assert "no key in" in desk.refuses("restore", copy, "--key", wrong)
    code, words = desk.says("restore", copy, "--key", desk.key)
    assert code == 0, words
    assert desk.entries(new) == 1
    assert key_path(new).read_text().strip() == KEY
    assert key_saved.when(new) is not None, "it came from elsewhere: it is saved"
    assert desk.says("verify") == (0, desk.says("verify")[1])


def test_another_key_that_lies_there_is_not_lost(desk: Desk) -> None:
    copy = desk.copy()
    desk.books.close()
    key_path(desk.database).write_text(OTHER_KEY)
    assert "not the key of this copy" in desk.refuses("restore", copy, "--replace")
    desk.database.unlink()
    assert "is there already" in desk.refuses("restore", copy, "--key", desk.key)
    assert desk.says("restore", copy, "--key", desk.key, "--replace")[0] == 0
    [kept] = desk.database.parent.glob("*.replaced-*.key")
    assert kept.read_text() == OTHER_KEY
    assert key_path(desk.database).read_text().strip() == KEY


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100_000])


def _orphans(path: Path) -> None:
    _runs(path, "PRAGMA foreign_keys = OFF", "DELETE FROM chats")


def _newer(path: Path) -> None:
    _runs(path, "PRAGMA user_version = 999")


def _anothers(path: Path) -> None:
    path.unlink()
    _runs(path, "CREATE TABLE recipes (name)", "PRAGMA user_version = 3")


def _letter(path: Path) -> None:
    path.write_text("Dear Juma, " * 1000)


def _with_a_log(path: Path) -> None:
    path.with_name(path.name + "-wal").write_text("the newest")


def _entry_changed(path: Path) -> None:
    _runs(path, "DROP TRIGGER entries_stay", "UPDATE entries SET day = '2026-03-06'")


def _runs(path: Path, *statements: str) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for one in statements:
            connection.execute(one)


@pytest.mark.parametrize(
    ("goes_wrong", "words"),
    [
        (_cut, "Choose an older copy"),
        (damages_quietly, "Choose an older copy"),
        (_orphans, "Choose an older copy"),
        (_newer, "written by a newer Barnraiser (version 999"),
        (_anothers, "is not a database of Barnraiser"),
        (_letter, "is not a database of Barnraiser"),
        (_with_a_log, "is a database in use"),
        (_entry_changed, "NOT in order from No. 1 on"),
        (Path.unlink, "There is no file"),
    ],
)
def test_what_is_not_a_good_copy_is_refused(
    desk: Desk, goes_wrong: Callable[[Path], None], words: str
) -> None:
    copy = desk.copy()
    goes_wrong(copy)
    said = desk.refuses("restore", copy, "--replace")
    assert words in said
    assert said.endswith("Nothing was changed.")


def test_a_book_that_does_not_agree_is_taken_only_on_purpose(desk: Desk) -> None:
    copy = desk.copy()
    _entry_changed(copy)
    assert "--unverified" in desk.refuses("restore", copy, "--replace")
    assert desk.says("restore", copy, "--replace", "--unverified")[0] == 0


def test_not_under_a_bot_that_serves_it_nor_from_itself(desk: Desk) -> None:
    copy = desk.copy()
    with storage.held(desk.database):
        assert "Stop it first" in desk.refuses("restore", copy, "--replace")
    assert "is a database in use" in desk.refuses("restore", desk.database, "--replace")


def test_an_encrypted_copy_needs_its_private_key(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity: Any = pyrage.x25519.Identity.generate()
    monkeypatch.setenv("BARNRAISER_BACKUP_RECIPIENT", str(identity.to_public()))
    copy = desk.copy()
    assert copy.name.endswith(".db.age")
    file = desk.folder / "id.txt"
    again = ("restore", copy, "--replace")
    assert "--identity FILE" in desk.refuses(*again)
    assert "No such file" in desk.says(*again, "--identity", file)[1]
    for text in ("", str(identity.to_public()), "é\n"):
        file.write_text(text)
        assert "no private key of age" in desk.refuses(*again, "--identity", file)
    file.write_text(f"{pyrage.x25519.Identity.generate()}\n")
    assert "cannot be opened" in desk.refuses(*again, "--identity", file)
    file.write_text(f"# made today\n{identity}\n")
    whole = copy.read_bytes()
    for damaged in (whole[:-5000], whole[:300], whole[:90_000] + b"x" + whole[90_001:]):
        copy.write_bytes(damaged)
        assert "cannot be opened" in desk.refuses(*again, "--identity", file)
    copy.write_bytes(whole)
    assert desk.says(*again, "--identity", file)[0] == 0


def test_without_the_part_that_encrypts_it_says_how_to_get_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity: Any = pyrage.x25519.Identity.generate()
    monkeypatch.setenv("BARNRAISER_BACKUP_RECIPIENT", str(identity.to_public()))
    copy = desk.copy()
    monkeypatch.setitem(__import__("sys").modules, "pyrage", None)
    code, words = desk.says("backup")
    assert code == 2
    assert "pip install 'barnraiser[age]'" in words
    monkeypatch.delenv("BARNRAISER_BACKUP_RECIPIENT")
    words = desk.refuses("restore", copy, "--replace", "--identity", desk.key)
    assert "pip install 'barnraiser[age]'" in words


def test_one_of_an_older_version_is_brought_up_to_date_at_the_next_start(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = desk.copy()
    newer = [*migrations.all_migrations()]
    newer.append(migrations.Migration(len(newer) + 1, "", "CREATE TABLE news (x INT) STRICT;"))
    monkeypatch.setattr(migrations, "all_migrations", lambda: newer)
    code, words = desk.says("restore", copy, "--replace")
    assert code == 0
    assert "the next start brings it up to date" in words
    assert desk.entries() == 1


def test_a_database_of_an_older_version_is_copied_before_the_upgrade(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = desk.folder / "old.db"
    migrations.migrate(old, (), migrations.all_migrations()[:3])
    monkeypatch.setenv("BARNRAISER_DATABASE", str(old))
    assert desk.says("backup")[0] == 0


def test_who_was_forgotten_since_is_noted_to_be_forgotten_again(desk: Desk) -> None:
    copy = desk.copy()
    with desk.books.transaction() as at:
        [met] = [row["since"] for row in at.all("SELECT since FROM people WHERE id = 1")]
    stranger = Forgotten(2, "2020-01-01T00:00:00.000000Z", met)  # the number is another's now
    forgotten_list.keep(copy.parent, [Forgotten(1, met, met), stranger])
    forgotten_list.keep(copy.parent, [Forgotten(77, met, met)])
    code, words = desk.says("restore", copy, "--replace")
    assert code == 0
    assert "To be forgotten again, at the next start: 1." in words
    assert forgotten_list.read(forgotten_list.again_path(desk.database)) == [Forgotten(1, met, met)]
    (copy.parent / forgotten_list.NAME).write_text("nonsense\n")
    assert "cannot be read" in desk.refuses("restore", copy, "--replace")
