"""The parts together: what ends the bot, what it waits for at the start, what it says of itself."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from delivery.post_office import HANGS, PostOffice, a_post_office, answers, page, refuses
from village import TOKEN, a_village

from bot import app
from bot.app import Barnraiser, barnraiser
from bot.delivery.intake import Toast
from bot.monitoring import DEAF_SECONDS
from bot.rendering.messages import languages
from bot.settings import Address, Settings
from bot.storage import chats, outbox
from bot.storage.database import DiskFailed, Transaction
from bot.trying import trial
from sandbox.clock import SandboxClock

ME = answers({"id": 7000000001, "is_bot": True, "first_name": "B", "username": "b_bot"})


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "START_BACK_OFF_SECONDS", (0.001, 0.002))


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    async with a_post_office() as opened:
        yield opened


@pytest.fixture
def settings(office: PostOffice, tmp_path: Path) -> Settings:
    return Settings(TOKEN, office.url, tmp_path / "our.db", tick_seconds=0.05)


def failing(*_args: object) -> None:
    raise DiskFailed("SQLITE_IOERR_WRITE")


async def test_it_waits_until_telegram_knows_it(
    office: PostOffice, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    office.will(page(502), refuses(401, "Unauthorized"), page(502), ME, to="getMe")
    async with barnraiser(settings) as bot:
        username = await bot.database.read(lambda at: at.value("SELECT username FROM bot"))
        assert username == "b_bot"
    told = [one.message for one in caplog.records if one.levelno == logging.WARNING]
    assert told[1] == "Telegram does not know this token: check BARNRAISER_TOKEN"
    assert told[0] == told[2] == "Telegram does not answer yet"
    waits = [vars(one)["wait"] for one in caplog.records if one.levelno == logging.WARNING]
    assert waits == [0.001, 0.002, 0.002]


async def test_commands_are_registered_until_it_works(
    office: PostOffice, settings: Settings
) -> None:
    office.will(ME, to="getMe")
    office.will(page(502), refuses(429, "Too Many"), to="setMyCommands")
    async with barnraiser(settings) as bot:
        serving = asyncio.create_task(bot.serve())
        await office.has(2 + 2 * (1 + len(languages())), "setMyCommands")
        bot.stop()
        await serving
    registered = [
        (one.fields["scope"], one.fields.get("language_code"))
        for one in office.letters
        if one.method == "setMyCommands"
    ]
    assert registered[0] == registered[1] == registered[2], "the same again until it is taken"
    assert len(set(registered)) == 2 * (1 + len(languages()))
    assert ('{"type": "all_group_chats"}', "es") in registered


@pytest.mark.parametrize("part", ["intake", "outbox", "agenda"])
async def test_a_failing_disk_ends_it_whoever_meets_it(
    office: PostOffice, settings: Settings, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.will(ME, to="getMe")
    async with barnraiser(settings) as bot:
        if part == "intake":
            monkeypatch.setattr(bot.intake, "_take", failing)
            office.will(answers([{"update_id": 1}]), to="getUpdates")
        elif part == "outbox":
            monkeypatch.setattr(bot.outbox, "_settle_and_depart", failing)
            await bot.database.transact(_says_something)
        else:
            monkeypatch.setattr(bot.agenda, "_turn", failing)
        with pytest.raises(DiskFailed):
            await asyncio.wait_for(bot.serve(), 20)


def _says_something(at: Transaction) -> None:
    chat = chats.seen(at, telegram_id=-5, kind="group", person_id=None)
    outbox.queue(at, chat.id, {"method": "sendMessage", "params": {"text": "hello"}})


async def test_a_stop_does_not_wait_for_ever(
    office: PostOffice, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Telegram hangs over a message: it is left as leaving, and the next start knows of it."""
    monkeypatch.setattr(app, "STOP_SECONDS", 0.05)
    office.will(ME, ME, to="getMe")
    office.will(HANGS, to="sendMessage")
    async with barnraiser(settings) as bot:
        await bot.database.transact(_says_something)
        serving = asyncio.create_task(bot.serve())
        await office.has(1, "sendMessage")
        bot.stop()
        await asyncio.wait_for(serving, 20)
        assert await _state(bot) == "sending"
    async with barnraiser(settings) as bot:
        serving = asyncio.create_task(bot.serve())
        await office.has(2, "sendMessage")
        bot.stop()
        await serving
        assert await _state(bot) == "sent"
    await asyncio.sleep(0)
    assert not bot._bell._scheduler.running


async def test_asked_twice_to_stop_it_waits_for_nothing(
    office: PostOffice, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "STOP_SECONDS", 1000.0)
    office.will(ME, to="getMe")
    office.will(HANGS, to="sendMessage")
    async with barnraiser(settings) as bot:
        await bot.database.transact(_says_something)
        serving = asyncio.create_task(bot.serve())
        await office.has(1, "sendMessage")
        bot.stop()
        for _ in range(50):
            await asyncio.sleep(0.001)
        assert not serving.done(), "asked once, it waits for what is under way"
        bot.stop()
        await asyncio.wait_for(serving, 20)
        assert await _state(bot) == "sending"


async def test_a_stop_takes_in_nothing_new_and_ends_what_it_began(
    office: PostOffice, settings: Settings
) -> None:
    """A tap that is being applied is answered; what is said then leaves at the next start."""
    office.will(ME, to="getMe")
    async with barnraiser(settings) as bot:
        began, may_end = threading.Event(), threading.Event()

        def take(at: Transaction, _raw: dict[str, object]) -> list[Toast]:
            began.set()
            assert may_end.wait(20)
            _says_something(at)
            return [Toast("77")]

        bot.intake._take = take
        office.will(answers([{"update_id": 5}]), answers([{"update_id": 6}]), to="getUpdates")
        serving = asyncio.create_task(bot.serve())
        await asyncio.to_thread(began.wait, 20)
        bot.stop()
        for _ in range(20):
            await asyncio.sleep(0.001)
        may_end.set()
        await asyncio.wait_for(serving, 20)
        methods = office.methods()
        assert methods.count("getUpdates") == 1
        assert methods.count("answerCallbackQuery") == 1
        assert methods.count("sendMessage") == 0
        assert await _state(bot) == "queued"


async def test_a_port_that_is_taken_ends_it(office: PostOffice, settings: Settings) -> None:
    office.will(ME, to="getMe")
    taken = Address("127.0.0.1", int(office.url.rpartition(":")[2]))
    async with barnraiser(replace(settings, metrics=taken)) as bot:
        with pytest.raises(OSError, match="in use"):
            await asyncio.wait_for(bot.serve(), 20)


async def _state(bot: Barnraiser) -> str:
    return str(await bot.database.read(lambda at: at.value("SELECT state FROM outbox")))


async def test_a_bot_that_hears_nothing_says_so(
    office: PostOffice, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    office.will(ME, to="getMe")
    async with barnraiser(settings) as bot:
        now = asyncio.get_running_loop().time()
        bot.intake._heard_at = now - DEAF_SECONDS + 5
        await bot._ring()
        assert caplog.records == []
        bot.intake._heard_at = now - DEAF_SECONDS - 5
        await bot._ring()
    [record] = caplog.records
    assert (record.levelno, record.message) == (logging.ERROR, "hears nothing")
    assert vars(record)["seconds"] >= DEAF_SECONDS


async def test_stopped_before_it_began_it_leaves_the_file_to_the_next(
    office: PostOffice, settings: Settings
) -> None:
    office.will(HANGS, ME, to="getMe")

    async def begin() -> None:
        async with barnraiser(settings):
            pass

    beginning = asyncio.create_task(begin())
    await office.has(1, "getMe")
    beginning.cancel()
    await asyncio.wait([beginning])
    await begin()


def test_two_practices_that_offer_the_same_are_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    same = SimpleNamespace(CARDS={"round": None}, __name__="x")
    monkeypatch.setattr(app, "PRACTICES", (same, same))
    with pytest.raises(ValueError, match="two practices offer CARDS"):
        app._told_by_name("CARDS")


async def test_what_waited_while_it_was_off_is_done_once(tmp_path: Path) -> None:
    async with a_village(tmp_path) as village:
        [amina] = village.has("Amina")
        await amina.starts()
        await village.bot_stops()
        said = len(amina.messages())
        for _ in range(3):
            village.world.say(amina.id, amina.id, "/help")
        village.sandbox.clock.set(village.now + timedelta(hours=23))
        for _ in range(2):
            await village.bot_starts()
            await village.settles()
            assert len(amina.messages()) == said + 3
            await village.bot_stops()


async def test_the_sandbox_is_polled_whatever_the_settings_say() -> None:
    chosen = Settings(webhook_url="https://bot.example.org/telegram")
    async with trial(chosen, 0, SandboxClock()) as tried:
        serving = asyncio.create_task(tried.bot.serve())
        async with asyncio.timeout(20):
            while not tried.sandbox.calls.of("getUpdates"):  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.005)
        tried.bot.stop()
        await serving
        assert not tried.sandbox.calls.of("setWebhook")
