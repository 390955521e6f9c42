"""What whoever runs the bot is told: whether it is well, in numbers, and nothing of anybody."""

import asyncio
import contextlib
import json
import re
import socket
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from village import Village, a_free_port, a_village

from bot import monitoring, service_manager
from bot.domain.calendar import utc_text
from bot.monitoring import Pulse, ails, hangs
from bot.settings import Address
from bot.storage import condition
from bot.storage.database import CannotStore, DiskFailed

WELL = Pulse(heard_seconds=50, rung_seconds=30, tick_seconds=30, stores=True, answers=True)


class Watched:
    """A village whose bot tells how it is."""

    def __init__(self, village: Village, session: aiohttp.ClientSession) -> None:
        self.village = village
        self._session = session

    async def asks(self, path: str, method: str = "GET") -> tuple[int, str]:
        url = f"http://{self.village.settings.metrics}{path}"
        async with self._session.request(method, url) as answer:
            return answer.status, await answer.text()

    async def metrics(self) -> dict[str, Metric]:
        """Read as Prometheus reads them."""
        status, text = await self.asks("/metrics")
        assert status == 200
        return {one.name: one for one in text_string_to_metric_families(text)}

    async def value(self, name: str, **labels: str) -> float:
        [value] = [
            one.value
            for family in (await self.metrics()).values()
            for one in family.samples
            if one.name == f"barnraiser_{name}" and one.labels == labels
        ]
        return value

    async def health(self) -> tuple[int, list[str]]:
        status, text = await self.asks("/health")
        told = json.loads(text)
        assert told["healthy"] == (status == 200)
        wrong: list[str] = told["wrong"]
        return status, wrong


@contextlib.asynccontextmanager
async def watched(folder: Path, *, webhook: bool = False) -> AsyncIterator[Watched]:
    async with a_village(folder, serving=False, webhook=webhook) as village:
        address = Address("127.0.0.1", a_free_port())
        village.settings = replace(village.settings, metrics=address)
        await village.bot_starts()
        async with aiohttp.ClientSession() as session:
            made = Watched(village, session)
            async with asyncio.timeout(20):
                while not await _listens(address):  # noqa: ASYNC110 - nobody tells
                    await asyncio.sleep(0.001)
            yield made


async def _listens(address: Address) -> bool:
    with contextlib.suppress(OSError):
        _, writer = await asyncio.open_connection(*address)
        writer.close()
        return True
    return False


# -- metrics --------------------------------------------------------------------------------------


async def test_after_a_months_life_it_tells_numbers_and_nobodys_name(tmp_path: Path) -> None:
    async with watched(tmp_path) as watcher:
        village = watcher.village
        amina, juma = village.has("Amina Canary", "Juma Canary")
        group = await village.forms_group("Canary Circle", amina, juma)
        await village.is_set_up(group, amina, juma)
        for command in ("/help", "/fund", "/members", "/poll Canary? | Yes | No"):
            await amina.writes(command, in_group=True)
        await juma.presses_data(juma.messages()[-1], "language:1")
        await village.waits(seconds=1)
        families = await watcher.metrics()
        every = [one for family in families.values() for one in family.samples]
        samples = {" ".join([one.name, *one.labels.values()]): one.value for one in every}
        done = samples["barnraiser_updates_total message done"]
        assert done >= 6
        assert samples["barnraiser_updates_total callback_query done"] == 1
        assert samples["barnraiser_sent_total"] > 5
        assert samples["barnraiser_transaction_seconds_count"] > 10
        assert samples["barnraiser_database_bytes"] > 100_000
        assert samples["barnraiser_outbox_waiting"] == 0
        assert samples["barnraiser_due_waiting"] == 0
        assert samples["barnraiser_resident_bytes"] > 10_000_000
        for family in families.values():
            assert family.documentation
            assert family.type in {"counter", "gauge", "histogram"}
        labels = {pair for one in every for pair in one.labels.items()}
        assert {key for key, _ in labels} <= {"kind", "outcome", "le", "version"}
        words = {value for key, value in labels if key != "le"}
        assert all(re.fullmatch(r"[A-Za-z_]{2,30}|\d+\.\d+\.\d+", one) for one in words), words
        _, text = await watcher.asks("/metrics")
        for number in (amina.id, juma.id, group.id):
            assert str(abs(number)) not in text
        assert "anary" not in text


async def test_what_fails_and_what_waits_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with watched(tmp_path) as watcher:
        village = watcher.village
        [amina] = village.has("Amina")
        await amina.starts()
        assert village.bot is not None
        take = village.bot.intake._take

        def fails(*_args: object) -> None:
            raise ValueError

        monkeypatch.setattr(village.bot.intake, "_take", fails)
        await amina.writes("/help")
        monkeypatch.setattr(village.bot.intake, "_take", take)
        await village.bot.intake.receive([{"update_id": 1, "whatever": 7}] * 2)
        assert await watcher.value("updates_total", kind="message", outcome="failed") == 1
        assert await watcher.value("updates_total", kind="other", outcome="done") == 1
        assert await watcher.value("updates_total", kind="other", outcome="repeated") == 1
        await village.bot.intake.receive([{"update_id": 2, "message": 7}])
        assert await watcher.value("updates_total", kind="message", outcome="unreadable") == 1
        assert await watcher.value("updates_failed") == 2
        path = village.settings.database
        with contextlib.closing(sqlite3.connect(path)) as beside, beside:
            beside.execute(
                "INSERT INTO due (kind, subject, occurrence, due_at) VALUES ('later', 1, 'x', ?)",
                (ago(village, 100),),
            )
            beside.execute(
                "INSERT INTO outbox (chat_id, urgency, state, created_at, again)"
                " VALUES (1, 0, 'queued', ?, 1)",
                (ago(village, 50),),
            )
            beside.execute(
                "INSERT INTO backups VALUES ('x', 'made', ?, 1, NULL)", (ago(village, 3600),)
            )
        assert await watcher.value("due_waiting") == 1
        assert 100 <= await watcher.value("due_oldest_seconds") < 200
        assert await watcher.value("outbox_waiting") == 1
        assert 50 <= await watcher.value("outbox_oldest_seconds") < 150
        assert 3600 <= await watcher.value("backup_age_seconds") < 3700


def ago(village: Village, seconds: float) -> str:
    return utc_text(village.now - timedelta(seconds=seconds))


async def test_over_a_webhook_it_tells_what_telegram_keeps(tmp_path: Path) -> None:
    async with watched(tmp_path, webhook=True) as watcher:
        assert await watcher.value("webhook_waiting") == 0
        assert await watcher.value("webhook_forged_total") == 0
        [amina] = watcher.village.has("Amina")
        await amina.starts()
        assert await watcher.value("update_age_seconds") < 100
        assert await watcher.value("update_unhandled_seconds") == 0
        assert (await watcher.health())[0] == 200


async def test_there_is_nothing_else_to_ask(tmp_path: Path) -> None:
    async with watched(tmp_path) as watcher:
        assert (await watcher.asks("/"))[0] == 404
        assert (await watcher.asks("/metrics", "POST"))[0] == 405


# -- health ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "wrong", "is_hanging"),
    [
        ({}, [], False),
        ({"heard_seconds": 181}, ["Telegram does not reach it"], False),
        ({"rung_seconds": 631}, ["nothing that is due happens"], True),
        ({"rung_seconds": 631, "tick_seconds": 60}, [], False),
        ({"stores": False}, ["nothing can be stored"], False),
        ({"stores": False, "answers": False}, ["nothing can be stored"], True),
    ],
)
def test_what_ails_it(change: dict[str, float], wrong: list[str], *, is_hanging: bool) -> None:
    pulse = replace(WELL, **change)  # type: ignore[arg-type]  # each in its own type
    assert ails(pulse) == wrong
    assert hangs(pulse) == is_hanging


async def test_it_is_well_only_while_it_hears_ticks_and_stores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with watched(tmp_path) as watcher:
        bot, now = watcher.village.bot, asyncio.get_running_loop().time()
        assert bot is not None
        assert await watcher.health() == (200, [])
        bot.intake._heard_at = now - 500
        bot._bell._rung_at = now - 5000
        assert (await watcher.health())[1] == [
            "Telegram does not reach it",
            "nothing that is due happens",
        ]
        bot.intake.heard()
        bot._bell._rung_at = now
        for error in (CannotStore("SQLITE_FULL"), DiskFailed("SQLITE_IOERR")):

            def fails(_at: object, error: Exception = error) -> None:
                raise error

            with monkeypatch.context() as broken:
                broken.setattr(condition, "beat", fails)
                assert await watcher.health() == (503, ["nothing can be stored"])
        assert await watcher.value("transactions_refused_total") == 1
        with monkeypatch.context() as slow:
            slow.setattr(monitoring, "STORE_SECONDS", 0.0)
            assert await watcher.health() == (503, ["nothing can be stored"])
        assert await watcher.health() == (200, [])


async def test_a_beat_is_written_each_time(village: Village) -> None:
    """SQLite writes no page that stays as it was: that would prove nothing."""
    assert village.bot is not None
    seen = set()
    for _ in range(3):
        await village.bot.database.transact(condition.beat)
        seen.add(await village.finds(lambda at: at.value("PRAGMA data_version")))
    assert len(seen) == 3


# -- systemd --------------------------------------------------------------------------------------


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "socket.socket":
    heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    heard.bind(str(tmp_path / "notify"))
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    monkeypatch.setenv("WATCHDOG_USEC", "20000")
    return heard


async def hears(systemd: "socket.socket") -> str:
    async with asyncio.timeout(20):
        return (await asyncio.get_running_loop().sock_recv(systemd, 100)).decode()


async def test_systemd_is_told_that_it_lives_and_when_it_does_not_it_is_not(
    tmp_path: Path, systemd: "socket.socket", caplog: pytest.LogCaptureFixture
) -> None:
    with systemd:
        async with a_village(tmp_path) as village:
            assert await hears(systemd) == "READY=1"
            assert [await hears(systemd) for _ in range(3)] == ["WATCHDOG=1"] * 3
            assert village.bot is not None
            village.bot._bell._rung_at = asyncio.get_running_loop().time() - 10_000
            async with asyncio.timeout(20):
                while not [one for one in caplog.records if one.message == "hangs"]:  # noqa: ASYNC110
                    await asyncio.sleep(0.001)
            with contextlib.suppress(BlockingIOError):
                while systemd.recv(100):
                    pass
            village.bot.stop()
            assert await hears(systemd) == "STOPPING=1"


def test_who_was_not_started_by_systemd_tells_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"):
        monkeypatch.delenv(name, raising=False)
    service_manager.tell("READY=1")
    assert service_manager.watchdog_seconds() is None


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({"WATCHDOG_USEC": "90000000"}, 90.0),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_USEC": "90000000", "WATCHDOG_PID": "1"}, None),
    ],
)
def test_how_often_systemd_wants_to_hear(
    environment: dict[str, str], seconds: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in environment.items():
        monkeypatch.setenv(name, text)
    assert service_manager.watchdog_seconds() == seconds


def test_an_abstract_socket_is_one_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind("\0barnraiser-of-a-test")
        monkeypatch.setenv("NOTIFY_SOCKET", "@barnraiser-of-a-test")
        service_manager.tell("READY=1")
        assert heard.recv(100) == b"READY=1"
