"""The program as an operator starts and stops it: child processes, their words, their end."""

import asyncio
import contextlib
import json
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import click
import pytest
from click.testing import CliRunner
from delivery.post_office import PostOffice, a_post_office, refuses
from new_file import put_new_file
from village import TOKEN, Village, a_free_port, a_village

from bot import __main__ as command_line
from bot.storage.database import DiskFailed
from bot.storage.sealing import key_path

ROOT = Path(__file__).parent.parent
SECRET = TOKEN.partition(":")[2]


@dataclass
class Program:
    """A child process."""

    process: asyncio.subprocess.Process

    async def says(self, words: str) -> dict[str, Any]:
        """Wait for a log line with this in it."""
        assert self.process.stderr is not None
        async with asyncio.timeout(60):
            while line := await self.process.stderr.readline():
                if words in line.decode():
                    found: dict[str, Any] = json.loads(line)
                    return found
        raise AssertionError(f"it never said {words!r}")

    async def ends(self, how: signal.Signals | None = None) -> tuple[int, str, str]:
        """Its exit code, and what it still had to say."""
        if how is not None:
            self.process.send_signal(how)
        async with asyncio.timeout(60):
            said, complained = await self.process.communicate()
        assert self.process.returncode is not None
        return self.process.returncode, said.decode(), complained.decode()


@contextlib.asynccontextmanager
async def a_program(folder: Path, *arguments: str, **settings: str) -> AsyncIterator[Program]:
    environment = {key: text for key, text in os.environ.items() if "BARNRAISER" not in key}
    environment |= {f"BARNRAISER_{name.upper()}": text for name, text in settings.items()}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        cwd=folder,
        env=environment | {"PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield Program(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


@pytest.fixture
async def village(tmp_path: Path) -> AsyncIterator[Village]:
    async with a_village(tmp_path, serving=False) as made:
        yield made


async def serving(village: Village) -> None:
    """Until a program asks for what comes in."""
    async with asyncio.timeout(60):
        while not village.sandbox.calls.of("getUpdates"):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.01)


async def health(address: str) -> object:
    async with asyncio.timeout(60), aiohttp.ClientSession() as session:
        while True:
            with contextlib.suppress(aiohttp.ClientConnectionError):
                async with session.get(f"http://{address}/health") as answer:
                    return await answer.json()
            await asyncio.sleep(0.01)


def settings_for(village: Village) -> dict[str, str]:
    return {
        "token": TOKEN,
        "api_url": village.sandbox.url,
        "database": str(village.settings.database),
        "tick_seconds": "0.1",
        "log_level": "DEBUG",
    }


async def test_a_second_start_is_refused_and_the_first_stops_when_told(
    village: Village, tmp_path: Path
) -> None:
    metrics = f"127.0.0.1:{a_free_port()}"
    async with a_program(tmp_path, "run", **settings_for(village), metrics=metrics) as first:
        await serving(village)
        assert await health(metrics) == {"healthy": True, "wrong": []}
        async with a_program(tmp_path, "run", **settings_for(village)) as second:
            code, said, complained = await second.ends()
        assert code == 1
        assert said == ""
        assert complained.startswith("Another Barnraiser is already using ")
        assert "BARNRAISER_DATABASE" in complained
        assert "Traceback" not in complained

        [amina] = village.has("Amina Canary")
        village.world.start(amina.id)
        async with asyncio.timeout(60):
            while not amina.messages():  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.01)
        code, said, complained = await first.ends(signal.SIGTERM)
    assert code == 0
    assert said == ""
    for line in complained.splitlines():
        assert json.loads(line)["level"] in {"DEBUG", "INFO", "WARNING"}, line
    assert SECRET not in complained
    assert "Canary" not in complained
    assert "Hello" in amina.reads
    states = _ask(village.settings.database, "SELECT DISTINCT state FROM outbox")
    assert states == [("sent",)], "what it had begun, it has ended and noted"


async def test_before_it_has_begun_it_stops_when_told_and_says_what_it_waits_for(
    office: PostOffice, tmp_path: Path
) -> None:
    office.will(*[refuses(401, "Unauthorized")] * 20, to="getMe")
    async with a_program(tmp_path, "run", token=TOKEN, api_url=office.url) as program:
        line = await program.says("BARNRAISER_TOKEN")
        assert (line["level"], line["action"]) == ("WARNING", "start_retried")
        code, said, complained = await program.ends(signal.SIGINT)
    assert (code, said) == (0, "")
    assert "Traceback" not in complained
    assert SECRET not in complained


async def test_every_mistake_in_the_settings_is_said_and_nothing_is_touched(
    tmp_path: Path,
) -> None:
    wrong = {"token": "x", "tick_seconds": "often", "log_level": "loud", "tokn": "x"}
    async with a_program(tmp_path, "run", **wrong) as program:
        code, said, complained = await program.ends()
    assert (code, said) == (2, "")
    assert len(complained.splitlines()) == 4
    assert all(line.startswith("BARNRAISER_") for line in complained.splitlines())
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - a look, in a test


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    async with a_post_office() as opened:
        yield opened


def _ask(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


# -- what keeps it from starting: in this process, which is the same and quicker -------------------

Runs = Callable[..., tuple[int, str]]


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Runs:
    """Runs the command; gives its exit code and what it said."""
    monkeypatch.setattr("bot.logs.start", lambda *_, **__: None)
    monkeypatch.setattr(command_line, "stop_on_signals", lambda _stop: None)
    for name in [name for name in os.environ if "BARNRAISER" in name]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BARNRAISER_TOKEN", TOKEN)
    monkeypatch.setenv("BARNRAISER_DATABASE", str(tmp_path / "our.db"))

    def run(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(command_line.main, arguments or ["run"])
        return result.exit_code, result.output

    return run


def test_a_database_without_its_key_is_not_opened(runs: Runs, tmp_path: Path) -> None:
    path = put_new_file(tmp_path / "our.db")
    kept = key_path(path).read_text()
    for wrong in (None, "not hex", kept[:20]):
        key_path(path).unlink() if wrong is None else key_path(path).write_text(wrong)
        code, words = runs()
        assert code == 1
        assert words.startswith("The database is there, but its key ")
        assert str(key_path(path)) in words
        assert "Put the key back" in words
        assert kept not in words


def test_a_key_of_another_database_is_told_from_the_right_one(runs: Runs, tmp_path: Path) -> None:
    path = put_new_file(tmp_path / "our.db")
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO people (id, language, since) VALUES (1, 'en', '2026')")
        connection.execute("INSERT INTO person_keys VALUES (1, x'0011')")
    code, words = runs()
    assert code == 1
    assert "missing or damaged" in words


def test_a_newer_database_is_left_alone(runs: Runs, tmp_path: Path) -> None:
    path = put_new_file(tmp_path / "our.db")
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 9999")
    code, words = runs()
    assert code == 1
    assert words.startswith("The database was written by a newer Barnraiser (version 9999")
    assert _ask(path, "PRAGMA user_version") == [(9999,)]


def test_a_file_that_is_no_database_is_named(runs: Runs, tmp_path: Path) -> None:
    (tmp_path / "our.db").write_text("a diary, and nobody shall overwrite it" * 100)
    (tmp_path / "our.db.key").write_text(bytes(32).hex())
    code, words = runs()
    assert code == 1
    assert "is not a database of Barnraiser" in words
    assert (tmp_path / "our.db").read_text().startswith("a diary")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(98, "Address already in use"), "It cannot start: Address already in use."),
        (OSError("no more"), "It cannot start: no more."),
        (ValueError("private words"), "a mistake of its own"),
        (DiskFailed("SQLITE_IOERR_WRITE"), "failed (SQLITE_IOERR_WRITE)"),
    ],
)
def test_whatever_ends_it_is_said_in_words(
    runs: Runs,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    words: str,
) -> None:
    async def fails(_chosen: object) -> None:
        raise error

    monkeypatch.setattr(command_line, "_serve", fails)
    code, said = runs()
    assert code == 1
    assert words in said
    assert "private words" not in said
    assert len(caplog.records) == isinstance(error, ValueError)


def test_told_to_stop_before_it_began_it_ends_well(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stopped(_chosen: object) -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr(command_line, "_serve", stopped)
    assert runs() == (0, "")


def test_without_a_token_it_opens_the_sandbox(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[int] = []

    async def try_out(_chosen: object, port: int) -> None:
        opened.append(port)

    monkeypatch.delenv("BARNRAISER_TOKEN")
    monkeypatch.setattr("bot.trying.try_out", try_out)
    assert runs("run", "--port", "8099") == (0, "")
    assert opened == [8099]
    code, words = runs("run", "--port", "99999")
    assert code == 2
    assert "0<=x<=65535" in words


def test_it_says_what_it_can_do(runs: Runs) -> None:
    assert isinstance(command_line.main, click.Group)
    code, words = runs("-h")
    assert code == 0
    assert set(command_line.main.commands) <= set(words.split())
    assert runs("--version")[1].startswith("barnraiser, version ")
