"""Updates that are posted: taken once, in order, from Telegram alone, and durably before 200."""

import asyncio
import contextlib
import hmac
import json
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest
from delivery.hearing import Hearing, Raw, says
from delivery.post_office import ENDS_AFTER, PostOffice, Reply, answers, page
from village import a_free_port

from bot.delivery import webhook as module
from bot.delivery.intake import ALLOWED_UPDATES
from bot.delivery.transport import Transport
from bot.delivery.webhook import BODY_BYTES_MAX, SECRET_HEADER, Webhook
from bot.settings import Address
from bot.storage.database import CannotStore, Database, DiskFailed, Transaction

SECRET = "a-secret_of-a-test-0000"
URL = "https://bot.example.org/telegram"


class Door:
    """The webhook, open, and whoever posts to it."""

    def __init__(self, hearing: Hearing, transport: Transport, database: Database) -> None:
        self.port = a_free_port()
        self.hearing = hearing
        self.webhook = Webhook(
            hearing.intake,
            transport,
            database,
            url=URL,
            address=Address("127.0.0.1", self.port),
            secret=SECRET,
        )
        self.session: aiohttp.ClientSession

    @contextlib.asynccontextmanager
    async def opens(self) -> AsyncIterator[asyncio.Task[None]]:
        serving = asyncio.create_task(self.webhook.serve())
        async with aiohttp.ClientSession() as self.session:
            try:
                async with asyncio.timeout(20):
                    while await self.status(says(0, "x"), secret="no") != 403:  # noqa: ASYNC110
                        await asyncio.sleep(0.001)
                self.hearing.intake.forged, self.webhook._forged_said_at = 0, -1000.0
                yield serving
            finally:
                serving.cancel()
                await asyncio.wait([serving])

    async def status(
        self,
        update: object,
        *,
        secret: str | None = SECRET,
        path: str = "/telegram",
        method: str = "POST",
    ) -> int:
        """Post something; what is answered, 0 where nothing is."""
        body = update if isinstance(update, bytes) else json.dumps(update).encode()
        try:
            async with self.session.request(
                method,
                f"http://127.0.0.1:{self.port}{path}",
                data=body,
                headers={} if secret is None else {SECRET_HEADER: secret},
            ) as answer:
                return answer.status
        except aiohttp.ClientError:
            return 0

    async def head(self, *lines: str, body: bytes = b"") -> bytes:
        """Send a head and perhaps some of a body; whatever comes back until the end."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        wire = "\r\n".join(["POST /telegram HTTP/1.1", "Host: x", *lines, "", ""])
        writer.write(wire.encode() + body)
        found = await reader.readuntil(b"\r\n\r\n")
        if b" 403 " in found:
            async with asyncio.timeout(5):  # it hangs up at once, whatever else was announced
                await reader.read()
        writer.close()
        return found


@pytest.fixture
async def door(hearing: Hearing, transport: Transport, database: Database) -> Door:
    hearing.office.will(answers(result=True), to="setWebhook")
    hearing.office.will(*[all_is_well()] * 9, to="getWebhookInfo")
    return Door(hearing, transport, database)


def all_is_well(**facts: object) -> Reply:
    ours = {"url": URL, "allowed_updates": list(ALLOWED_UPDATES), "pending_update_count": 0}
    return answers(ours | facts)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.001)


def told(caplog: pytest.LogCaptureFixture, action: str) -> list[dict[str, Any]]:
    return [vars(one) for one in caplog.records if vars(one).get("action") == action]


class Held:
    """Handlers that begin, and go on when they may: what is posted meanwhile waits."""

    def __init__(self, hearing: Hearing) -> None:
        self.began = threading.Event()
        self.may_end = threading.Event()
        hearing.takes = self.take

    def take(self, _at: Transaction, _raw: Raw) -> list[Any]:
        self.began.set()
        assert self.may_end.wait(20)
        return []


async def test_yes_is_said_only_when_it_is_stored(door: Door) -> None:
    held = Held(door.hearing)
    async with door.opens():
        posting = asyncio.create_task(door.status(says(10, "a")))
        await asyncio.to_thread(held.began.wait, 20)
        for _ in range(20):
            await asyncio.sleep(0.001)
        assert not posting.done()
        assert await door.hearing.done() == []
        held.may_end.set()
        assert await posting == 200
    assert await door.hearing.done() == ["a"]


async def test_what_is_repeated_and_out_of_order_takes_effect_once_and_in_order(
    door: Door,
) -> None:
    held = Held(door.hearing)
    async with door.opens():
        posts = [asyncio.create_task(door.status(says(10, "first")))]
        await asyncio.to_thread(held.began.wait, 20)
        posts += [
            asyncio.create_task(door.status(says(number, f"{number}")))
            for number in (14, 12, 12, 13, 11, 14, 10)
        ]
        await until(lambda: len(door.hearing.intake._posted) == len(posts))
        held.may_end.set()
        assert await asyncio.gather(*posts) == [200] * 8
        assert door.hearing.commits == 2, "whatever waited shared one commit"
        assert await door.status(says(12, "12")) == 200
    assert await door.hearing.done() == ["first", "11", "12", "13", "14"]


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", SECRET[:-1], "ünì"])
async def test_who_does_not_show_the_secret_is_refused_and_nothing_is_stored(
    door: Door, secret: str | None
) -> None:
    async with door.opens():
        assert await door.status(says(10, "a"), secret=secret) == 403
        assert await door.status(says(11, "b")) == 200
    assert await door.hearing.done() == ["b"]


async def test_the_secret_is_compared_in_the_same_time_whatever_is_shown(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[bytes] = []
    same = hmac.compare_digest

    def compare(one: bytes, other: bytes) -> bool:
        compared.append(one)
        return same(one, other)

    async with door.opens():
        monkeypatch.setattr("bot.delivery.webhook.hmac.compare_digest", compare)
        await door.status(says(10, "a"), secret="wrong")
    assert compared == [b"wrong"]


async def test_of_a_stranger_nothing_but_the_head_is_read(door: Door) -> None:
    async with door.opens():
        for more in ("", "Expect: 100-continue"):
            head = await door.head(
                "Content-Length: 500000", f"{SECRET_HEADER}: wrong", more or "X: y"
            )
            assert head.startswith(b"HTTP/1.1 403 ")
        head = await door.head("Content-Length: 500000")
        assert head.startswith(b"HTTP/1.1 403 ")


async def test_what_is_too_long_is_not_read(door: Door) -> None:
    ours = f"{SECRET_HEADER}: {SECRET}"
    async with door.opens():
        for more in ("X: y", "Expect: 100-continue"):
            head = await door.head(f"Content-Length: {BODY_BYTES_MAX + 1}", ours, more)
            assert head.startswith(b"HTTP/1.1 413 ")
        piece = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        body = piece * (BODY_BYTES_MAX // 0x10000 + 1)
        head = await door.head("Transfer-Encoding: chunked", ours, body=body)
        assert head.startswith(b"HTTP/1.1 413 ")
        waits = await door.head("Content-Length: 9", ours, "Expect: 100-continue")
        assert waits.startswith(b"HTTP/1.1 100 "), "Telegram itself is asked for the rest"


async def test_what_does_not_come_is_not_waited_for(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BODY_SECONDS", 0.01)
    async with door.opens():
        head = await door.head("Content-Length: 9", f"{SECRET_HEADER}: {SECRET}")
        assert head.startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({"path": "/"}, 404),
        ({"path": "/telegram/"}, 404),
        ({"path": "/health"}, 404),
        ({"method": "GET"}, 405),
        ({"method": "PUT"}, 405),
        ({"method": "DELETE"}, 405),
    ],
)
async def test_there_is_one_way_in(door: Door, how: dict[str, str], status: int) -> None:
    async with door.opens():
        assert await door.status(says(10, "a"), **how) == status
    assert await door.hearing.done() == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"[]", b"7", b"{}", b'{"update_id": "x"}', b"[" * 100_000]
)
async def test_what_is_no_update_is_refused(door: Door, body: bytes) -> None:
    async with door.opens():
        assert await door.status(body) == 400
        assert await door.status(says(11, "b")) == 200
    assert await door.hearing.done() == ["b"]
    assert await door.hearing.failed() == []


async def test_what_cannot_be_stored_now_is_left_to_telegram(door: Door) -> None:
    full = [CannotStore("SQLITE_FULL")]

    def take(_at: Transaction, _raw: Raw) -> list[Any]:
        if full:
            raise full.pop()
        return []

    door.hearing.takes = take
    async with door.opens():
        assert await door.status(says(10, "a")) == 503
        assert await door.hearing.done() == []
        assert await door.status(says(10, "a")) == 200
    assert await door.hearing.done() == ["a"]


async def test_a_failing_disk_ends_it(door: Door) -> None:
    def take(_at: Transaction, _raw: Raw) -> list[Any]:
        raise DiskFailed("SQLITE_IOERR_WRITE")

    door.hearing.takes = take
    async with door.opens() as serving:
        assert await door.status(says(10, "a")) in {0, 503}
        with pytest.raises(DiskFailed):
            await asyncio.wait_for(serving, 20)


async def test_an_update_that_fails_is_kept_and_not_posted_for_ever(door: Door) -> None:
    def take(_at: Transaction, _raw: Raw) -> list[Any]:
        raise ValueError("private words")

    door.hearing.takes = take
    async with door.opens():
        assert await door.status(says(10, "a")) == 200
    [(update_id, why, _, _)] = await door.hearing.failed()
    assert (update_id, why) == (10, "handler")


async def test_told_to_stop_it_ends_what_it_began_and_takes_nothing_new(door: Door) -> None:
    async with door.opens() as serving:
        # Connections that are kept open: nobody new can connect once it stops.
        await asyncio.gather(*(door.status(says(number, f"{number}")) for number in range(1, 4)))
        held = Held(door.hearing)
        posting = asyncio.create_task(door.status(says(10, "a")))
        await asyncio.to_thread(held.began.wait, 20)
        late = asyncio.create_task(door.status(says(11, "b")))
        await until(lambda: door.webhook._in_hand == 2)
        serving.cancel()
        await until(lambda: door.webhook._stopping)
        assert await door.status(says(12, "c")) == 503
        held.may_end.set()
        assert await posting == await late == 200
        await asyncio.wait([serving])
    assert (await door.hearing.done())[3:] == ["a", "b"]


async def test_forgers_do_not_fill_the_log(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    async with door.opens():
        for _ in range(5):
            await door.status(says(10, "a"), secret="wrong-secret")
        assert door.hearing.intake.forged == 5
        door.webhook._forged_said_at -= module.WATCH_SECONDS
        await door.status(says(10, "a"), secret="wrong-secret")
    assert [one["count"] for one in told(caplog, "post_forged")][-2:] == [1, 6]
    assert "wrong-secret" not in caplog.text


# -- what Telegram knows of us --------------------------------------------------------------------


@pytest.fixture
def watches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WATCH_SECONDS", 0.001)
    monkeypatch.setattr(module, "CHANGED_SECONDS", 0.001)


def letters(office: PostOffice, method: str) -> list[dict[str, str]]:
    return [one.fields for one in office.letters if one.method == method]


async def test_telegram_is_told_where_and_what(door: Door) -> None:
    async with door.opens():
        await door.hearing.office.has(2, "getWebhookInfo")
    [told] = letters(door.hearing.office, "setWebhook")
    assert told["url"] == URL
    assert told["secret_token"] == SECRET
    assert json.loads(told["allowed_updates"]) == list(ALLOWED_UPDATES)
    assert told["max_connections"] == "40"
    assert "drop_pending_updates" not in told, "what waits is kept"
    assert "deleteWebhook" not in door.hearing.office.methods(), "a stop is no change"


async def test_it_is_told_until_it_hears(
    hearing: Hearing, transport: Transport, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    hearing.office.will(page(502), ENDS_AFTER, answers(result=True), to="setWebhook")
    hearing.office.will(answers("no object"), all_is_well(), to="getWebhookInfo")
    door = Door(hearing, transport, database)
    async with door.opens():
        await hearing.office.has(2, "getWebhookInfo")
    assert len(letters(hearing.office, "setWebhook")) == 4
    assert [one["message"] for one in told(caplog, "webhook_failed")] == ["webhook not set yet"] * 3


@pytest.mark.usefixtures("watches")
@pytest.mark.parametrize("changed", [{"url": ""}, {"url": "https://else"}, {"allowed_updates": []}])
async def test_where_somebody_changed_it_it_is_set_again(
    hearing: Hearing,
    transport: Transport,
    database: Database,
    changed: dict[str, object],
    caplog: pytest.LogCaptureFixture,
) -> None:
    hearing.office.will(
        *(all_is_well(), all_is_well(), all_is_well(**changed), *[all_is_well()] * 999),
        to="getWebhookInfo",
    )
    async with Door(hearing, transport, database).opens():
        await hearing.office.has(2, "setWebhook")
        await hearing.office.has(9, "getWebhookInfo")
    assert len(letters(hearing.office, "setWebhook")) == 2
    assert len(told(caplog, "webhook_changed")) == 1


async def test_an_address_in_telegrams_own_words_is_ours(
    hearing: Hearing, transport: Transport, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WATCH_SECONDS", 0.001)
    hearing.office.will(*[all_is_well(url=URL + "/")] * 99, to="getWebhookInfo")
    async with Door(hearing, transport, database).opens():
        await hearing.office.has(20, "getWebhookInfo")
    assert len(letters(hearing.office, "setWebhook")) == 1


@pytest.mark.parametrize(
    ("waiting", "seconds_ago", "is_deaf"), [(3, 10, True), (0, 10, False), (3, 500, False)]
)
async def test_whom_telegram_cannot_reach_is_deaf(
    door: Door,
    waiting: int,
    seconds_ago: int,
    is_deaf: bool,  # noqa: FBT001 - a parameter
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at = door.webhook._clock().timestamp() - seconds_ago
    office = door.hearing.office
    office.forgets()
    trouble = all_is_well(
        pending_update_count=waiting,
        last_error_date=int(at),
        last_error_message="Wrong response from the webhook: 502 Bad Gateway",
    )
    office.will(all_is_well(), all_is_well(), trouble, to="getWebhookInfo")
    heard: list[int] = []
    monkeypatch.setattr(door.hearing.intake, "heard", lambda: heard.append(1))
    monkeypatch.setattr(module, "back_off", lambda *_: 1000.0)
    keeping = asyncio.create_task(_looks_twice(door, monkeypatch))
    await keeping
    assert len(heard) == (2 if is_deaf else 3)
    assert bool(told(caplog, "webhook_unreached")) == is_deaf
    assert door.hearing.intake.kept_by_telegram == waiting
    if is_deaf:
        assert "502 Bad Gateway" in told(caplog, "webhook_unreached")[0]["error"]


async def _looks_twice(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WATCH_SECONDS", 240.0)
    sleeps = [0]

    async def sleep(_seconds: float) -> None:
        if not sleeps:
            raise asyncio.CancelledError
        sleeps.pop()

    with monkeypatch.context() as patched:
        patched.setattr("bot.delivery.webhook.asyncio.sleep", sleep)
        with contextlib.suppress(asyncio.CancelledError):
            await door.webhook._keep_ours()


async def test_a_port_that_is_taken_is_said(
    hearing: Hearing, transport: Transport, database: Database, office: PostOffice
) -> None:
    door = Door(hearing, transport, database)
    door.webhook._address = Address("127.0.0.1", int(office.url.rpartition(":")[2]))
    with pytest.raises(OSError, match="in use"):
        await asyncio.wait_for(door.webhook.serve(), 20)
