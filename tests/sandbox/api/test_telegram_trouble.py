"""Flood limits, faults on order, webhooks, the record of calls."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web
from bot_client import TOKEN, BotClient, Json, Place

from sandbox import Sandbox, SandboxClock
from sandbox.faults import Fault, Faults
from sandbox.refusals import Impossible
from sandbox.webhook import SECRET_HEADER


@pytest.fixture
async def strict(place: Place) -> Place:
    place.sandbox.limits.on = True
    place.sandbox.world.start(place.you)
    return place


async def send_until_refused(bot: BotClient, chat: int) -> tuple[int, int]:
    """Send until Telegram has enough: how many went, and what it then asked for."""
    for sent in range(1000):
        body = await bot.raw("sendMessage", chat_id=chat, text="x")
        if not body["ok"]:
            assert body["error_code"] == 429
            wait = int(body["parameters"]["retry_after"])
            assert body["description"] == f"Too Many Requests: retry after {wait}"
            return sent, wait
    raise AssertionError("there was no limit")


def pass_seconds(place: Place, seconds: float) -> None:
    clock = place.sandbox.clock
    clock.set(clock.now() + timedelta(seconds=seconds))


async def test_a_group_takes_20_a_minute(strict: Place) -> None:
    assert await send_until_refused(strict.bot, strict.group) == (20, 3)
    pass_seconds(strict, 3)
    assert await send_until_refused(strict.bot, strict.group) == (1, 3)
    pass_seconds(strict, 30)
    assert await send_until_refused(strict.bot, strict.group) == (10, 3)
    pass_seconds(strict, 3600)
    assert await send_until_refused(strict.bot, strict.group) == (20, 3)
    await strict.bot.call("sendMessage", chat_id=strict.you, text="others are not held up")


async def test_a_person_takes_one_a_second_and_a_small_burst(strict: Place) -> None:
    assert await send_until_refused(strict.bot, strict.you) == (5, 1)
    pass_seconds(strict, 2)
    assert await send_until_refused(strict.bot, strict.you) == (2, 1)


async def test_all_chats_together_take_30_a_second(strict: Place) -> None:
    world = strict.sandbox.world
    people = [world.add_person(f"P{number}").id for number in range(31)]
    for person in people:
        world.start(person)
    answers = [await strict.bot.raw("sendMessage", chat_id=person, text="x") for person in people]
    assert [body["ok"] for body in answers] == [True] * 30 + [False]
    assert answers[-1]["parameters"] == {"retry_after": 1}


async def test_edits_count_unless_said_otherwise(strict: Place) -> None:
    bot, group = strict.bot, strict.group
    sent = await bot.call("sendMessage", chat_id=group, text="x")
    where = {"chat_id": group, "message_id": sent["message_id"]}
    for number in range(19):
        await bot.call("editMessageText", **where, text=str(number))
    assert (await bot.refused("editMessageText", **where, text="y")).code == 429
    strict.sandbox.limits.count_edits = False
    await bot.call("editMessageText", **where, text="y")
    assert (await bot.refused("sendMessage", chat_id=group, text="x")).code == 429
    strict.sandbox.limits.forget()
    await bot.call("sendMessage", chat_id=group, text="x")


async def test_calls_that_are_wrong_or_only_read_cost_nothing(strict: Place) -> None:
    for _ in range(40):
        await strict.bot.refused("sendMessage", chat_id=strict.group, text="")
        await strict.bot.call("getChat", chat_id=strict.group)
    assert (await send_until_refused(strict.bot, strict.group))[0] == 20


# Faults


async def test_a_flood_on_order(place: Place) -> None:
    place.sandbox.faults.add(Fault("flood", method="sendMessage", times=2, retry_after=7))
    for _ in range(2):
        refused = await place.bot.refused("sendMessage", chat_id=place.group, text="x")
        assert (refused.code, refused.parameters) == (429, {"retry_after": 7})
    await place.bot.call("sendMessage", chat_id=place.group, text="x")


async def test_errors_on_order_befall_their_method_and_chat_only(place: Place) -> None:
    world = place.sandbox.world
    world.start(place.you)
    place.sandbox.faults.add(
        Fault("error", method="sendmessage", chat=place.group, code=502, description="Bad Gateway")
    )
    refused = await place.bot.refused("sendMessage", chat_id=place.group, text="x")
    assert (refused.code, refused.description) == (502, "Bad Gateway")
    await place.bot.call("sendMessage", chat_id=place.you, text="x")
    await place.bot.call("getChat", chat_id=place.group)
    place.sandbox.faults.clear()
    await place.bot.call("sendMessage", chat_id=place.group, text="x")


async def test_a_connection_dropped_before_does_nothing_and_after_does_everything(
    place: Place,
) -> None:
    bot = place.sandbox.world.bot.id

    def sent() -> list[str]:
        messages = place.village.group.messages.values()
        return [each.content.text for each in messages if each.sender_id == bot]

    place.sandbox.faults.add(Fault("drop_before", times=1))
    with pytest.raises(aiohttp.ClientError):
        await place.bot.raw("sendMessage", chat_id=place.group, text="one")
    assert sent() == []
    place.sandbox.faults.add(Fault("drop_after", times=1))
    with pytest.raises(aiohttp.ClientError):
        await place.bot.raw("sendMessage", chat_id=place.group, text="two")
    assert sent() == ["two"]


async def test_broken_json(place: Place) -> None:
    place.sandbox.faults.add(Fault("broken_json", times=1))
    url = f"{place.sandbox.url}/bot{TOKEN}/getMe"
    async with place.bot.session.get(url) as answer:
        assert answer.status == 200
        with pytest.raises(json.JSONDecodeError):
            await answer.json()


async def test_a_call_hangs_until_the_fault_is_cleared(place: Place) -> None:
    place.sandbox.faults.add(Fault("hang", method="getMe"))
    call = asyncio.create_task(place.bot.raw("getMe"))
    while not place.sandbox.calls.of("getMe"):  # noqa: ASYNC110  nothing tells of a call
        await asyncio.sleep(0)
    await place.bot.call("getChat", chat_id=place.group)
    assert not call.done()
    place.sandbox.faults.clear()
    with pytest.raises(aiohttp.ClientError):
        await call


async def test_a_slow_call_comes_to_its_end(place: Place) -> None:
    place.sandbox.faults.add(Fault("slow", seconds=0.01, times=1))
    assert (await place.bot.call("getMe"))["is_bot"]


def test_chance_is_repeatable() -> None:
    def pattern(seed: int) -> list[bool]:
        faults = Faults()
        faults.add(Fault("drop_before", probability=0.5), seed=seed)
        return [faults.strike("getMe", None) is not None for _ in range(50)]

    assert pattern(1) == pattern(1) != pattern(2)
    assert 5 < sum(pattern(1)) < 45


@pytest.mark.parametrize(
    "wrong",
    [
        Fault("explode"),  # type: ignore[arg-type]  # that is what is tested
        Fault("flood", probability=2),
        Fault("flood", times=0),
    ],
)
def test_faults_that_make_no_sense(wrong: Fault) -> None:
    with pytest.raises(Impossible):
        Faults().add(wrong)


# The record


async def test_every_call_is_recorded(place: Place) -> None:
    place.sandbox.calls.clear()
    await place.bot.call("sendMessage", chat_id=place.group, text="one")
    await place.bot.refused("sendMessage", chat_id=99, text="two")
    await place.bot.call("getMe")
    calls = place.sandbox.calls
    assert [(call.status, call.parameters["text"]) for call in calls.of("sendmessage")] == [
        (200, "one"),
        (400, "two"),
    ]
    assert [call.method for call in calls.of(chat=place.group)] == ["sendMessage"]
    assert calls.of("sendMessage")[1].description == "Bad Request: chat not found"
    listed = await place.bot.look(f"calls?method=sendMessage&chat={place.group}")
    assert listed["count"] == 1
    assert listed["calls"][0]["params"] == {"chat_id": place.group, "text": "one"}


# Webhooks


class Hook:
    """A bot's own web server."""

    def __init__(self) -> None:
        self.url = ""
        self.got: asyncio.Queue[Json] = asyncio.Queue()
        self.secrets: list[str | None] = []
        self.failures = 0
        self.holds: asyncio.Event | None = None

    async def take(self, request: web.Request) -> web.Response:
        self.secrets.append(request.headers.get(SECRET_HEADER))
        if self.failures:
            self.failures -= 1
            return web.Response(status=500)
        await self.got.put(await request.json())
        if self.holds is not None:
            await self.holds.wait()
        return web.Response()


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    made = Hook()
    app = web.Application()
    app.router.add_post("/hook", made.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield made
    await runner.cleanup()


async def test_a_webhook_gets_updates_in_order_with_its_secret(place: Place, hook: Hook) -> None:
    world = place.sandbox.world
    world.start(place.you, "waiting")
    await place.bot.call("setWebhook", url=hook.url, secret_token="s3cret")
    world.start(place.you, "later")
    texts = [(await hook.got.get())["message"]["text"] for _ in range(2)]
    assert texts == ["/start waiting", "/start later"]
    assert set(hook.secrets) == {"s3cret"}
    info = await place.bot.call("getWebhookInfo")
    assert (info["url"], info["max_connections"]) == (hook.url, 40)
    conflict = await place.bot.refused("getUpdates")
    assert conflict.code == 409
    assert "webhook is active" in conflict.description
    await place.bot.call("deleteWebhook")
    assert (await place.bot.call("getWebhookInfo"))["url"] == ""
    assert await place.bot.call("getUpdates") == []


async def test_a_webhook_that_fails_is_tried_again(place: Place, hook: Hook) -> None:
    hook.failures = 1
    await place.bot.call("setWebhook", url=hook.url)
    place.sandbox.world.start(place.you)
    assert (await hook.got.get())["message"]["text"] == "/start"
    assert len(hook.secrets) == 2
    info = await place.bot.call("getWebhookInfo")
    assert info["last_error_message"].startswith("Wrong response from the webhook: 500")


async def test_a_webhook_waits_in_each_chat_and_not_for_others(place: Place, hook: Hook) -> None:
    """Telegram posts several at once; the next of a chat only when the one before was taken."""
    world = place.sandbox.world
    other = world.add_person("Juma").id
    hook.holds = asyncio.Event()
    await place.bot.call("setWebhook", url=hook.url)
    for number in (1, 2):
        world.start(place.you, f"{number}")
    world.start(other, "other")
    texts = {(await hook.got.get())["message"]["text"] for _ in range(2)}
    assert texts == {"/start 1", "/start other"}
    await asyncio.sleep(0.01)
    assert hook.got.empty()
    hook.holds.set()
    assert (await hook.got.get())["message"]["text"] == "/start 2"


async def test_no_more_posts_at_once_than_were_asked_for(place: Place, hook: Hook) -> None:
    world = place.sandbox.world
    hook.holds = asyncio.Event()
    await place.bot.call("setWebhook", url=hook.url, max_connections=2)
    for name in "ABC":
        world.start(world.add_person(name).id)
    await hook.got.get()
    await hook.got.get()
    await asyncio.sleep(0.01)
    assert hook.got.empty()
    hook.holds.set()
    await hook.got.get()


async def test_an_answer_that_was_lost_is_posted_again(place: Place, hook: Hook) -> None:
    place.sandbox.webhook.repeats = 2
    await place.bot.call("setWebhook", url=hook.url)
    for number in range(4):
        place.sandbox.world.start(place.you, f"{number}")
    texts = [(await hook.got.get())["message"]["text"] for _ in range(6)]
    assert texts == [f"/start {number}" for number in (0, 1, 1, 2, 3, 3)]


async def test_webhooks_that_telegram_does_not_take(place: Place) -> None:
    for url, words in (
        ("http://example.org/", "An HTTPS URL must be provided"),
        ("https://example.org/", "this machine only"),
        ("ftp://127.0.0.1/", "An HTTPS URL must be provided"),
        ("http://127.0.0.1:99999/", "invalid URL"),
    ):
        assert words in (await place.bot.refused("setWebhook", url=url)).description
    refused = await place.bot.refused(
        "setWebhook", url="http://127.0.0.1:1/", secret_token="not allowed!"
    )
    assert refused.description == "Bad Request: secret token contains unallowed characters"


async def test_pending_updates_can_be_dropped(place: Place) -> None:
    place.sandbox.world.start(place.you)
    await place.bot.call("deleteWebhook", drop_pending_updates=True)
    assert await place.bot.updates() == []


async def test_the_bots_id_is_its_tokens() -> None:
    async with Sandbox(token="4321:abc") as sandbox, aiohttp.ClientSession() as session:
        async with session.get(f"{sandbox.url}/bot4321:abc/getMe") as answer:
            assert (await answer.json())["result"]["id"] == 4321
        async with session.get(f"{sandbox.url}/bot4321:other/getMe") as answer:
            assert answer.status == 401
        async with session.get(f"{sandbox.url}/file/bot4321:other/x") as answer:
            assert answer.status == 401


# The clock


def test_the_clock_runs_and_jumps() -> None:
    reading = [100.0]
    clock = SandboxClock(datetime(2026, 1, 1, tzinfo=UTC), read=lambda: reading[0])
    heard: list[datetime] = []
    stop = clock.listen(heard.append)
    reading[0] += 90
    assert clock.now() == datetime(2026, 1, 1, 0, 1, 30, tzinfo=UTC)
    before = clock.monotonic()
    clock.set(datetime(2026, 1, 1, 1, 1, 30, tzinfo=UTC))
    assert clock.monotonic() - before == 3600
    with pytest.raises(ValueError, match="in the past"):
        clock.set(datetime(2025, 1, 1, tzinfo=UTC))
    with pytest.raises(ValueError, match="time zone"):
        clock.set(datetime(2027, 1, 1))  # noqa: DTZ001  that is what is tested
    clock.set(datetime(2025, 1, 1, tzinfo=UTC), back=True)
    assert clock.monotonic() - before == 3600
    assert clock.now() == datetime(2025, 1, 1, tzinfo=UTC)
    stop()
    clock.set(datetime(2026, 6, 1, tzinfo=UTC))
    assert len(heard) == 2
