"""Whatever an answer is, it has one name: done, refused, to be waited for, not sent, or unknown."""

import asyncio
import socket
import traceback
from datetime import timedelta

import pytest
from delivery.post_office import (
    ENDS_AFTER,
    ENDS_BEFORE,
    HANGS,
    TOKEN,
    PostOffice,
    Reply,
    answers,
    floods,
    half,
    page,
    raw,
    refuses,
)
from telegram import Bot, InputFile
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.delivery import transport as module
from bot.delivery.transport import NotSent, Transport

SAY = {"chat_id": 7, "text": "private words"}
DONE = answers({"message_id": 1})

#: What Telegram refuses for good, by the words it has for it.
REFUSED: dict[str, tuple[Reply, type[TelegramError]]] = {
    "bad words": (refuses(400, "Bad Request: chat not found"), BadRequest),
    "unknown method": (refuses(404, "Not Found: method not found"), BadRequest),
    "too large": (refuses(413, "Request Entity Too Large"), BadRequest),
    "blocked": (refuses(403, "Forbidden: bot was blocked by the user"), Forbidden),
    "kicked": (refuses(403, "Forbidden: bot was kicked from the supergroup chat"), Forbidden),
    "deactivated": (refuses(403, "Forbidden: user is deactivated"), Forbidden),
}
#: Nobody has acted on it, and it is not the call's own fault.
NOT_NOW: dict[str, tuple[Reply, type[TelegramError]]] = {
    "wrong token": (refuses(401, "Unauthorized"), InvalidToken),
    "no such bot": (refuses(404, "Not Found"), InvalidToken),
    "a proxy's 401": (page(401), InvalidToken),
    "a proxy's 404": (page(404), InvalidToken),
    "another process": (refuses(409, "Conflict: terminated by other getUpdates"), Conflict),
}
#: It may have been done, or not: nobody can know.
UNKNOWN: dict[str, tuple[Reply, type[TelegramError]]] = {
    "500": (refuses(500, "Internal Server Error"), NetworkError),
    "502 as a page": (page(502), NetworkError),
    "504 as a page": (page(504), NetworkError),
    "503 without a word": (page(503, b""), NetworkError),
    "a proxy's 403": (page(403), NetworkError),
    "a proxy's 400": (page(400), NetworkError),
    "a gateway's 403": (raw(403, b'{"message": "denied by policy"}'), NetworkError),
    "a gateway's 400": (raw(400, b'{"error_code": 400, "description": "no"}'), NetworkError),
    "elsewhere": (raw(302, b"", "Location: /elsewhere"), NetworkError),
    "ended before it was read": (ENDS_BEFORE, NetworkError),
    "ended after it was read": (ENDS_AFTER, NetworkError),
    "half an answer": (half(DONE), NetworkError),
    "half an object": (raw(200, b'{"ok": true, "resu'), NetworkError),
    "a list": (raw(200, b"[1, 2]"), NetworkError),
    "no object": (raw(200, b"true"), NetworkError),
    "nothing": (raw(200, b""), NetworkError),
    "not even text": (raw(200, b"\xff\xfe\x00"), NetworkError),
    "deeply nested": (raw(200, b"[" * 100_000), NetworkError),
    "ok without a result": (raw(200, b'{"ok": true}'), NetworkError),
    "ok as a word": (raw(200, b'{"ok": "yes", "result": 1}'), NetworkError),
    "not http": (Reply(b"220 mail.example ESMTP\r\n\r\n"), NetworkError),
}
EVERY = REFUSED | NOT_NOW | UNKNOWN


@pytest.mark.parametrize("name", EVERY)
async def test_every_answer_has_its_name(
    office: PostOffice, transport: Transport, name: str
) -> None:
    reply, kind = EVERY[name]
    office.will(reply)
    with pytest.raises(TelegramError) as caught:
        await transport.call("sendMessage", SAY)
    assert type(caught.value) is kind
    assert len(office.letters) == int(reply.accepts), "it is never sent twice by itself"


@pytest.mark.parametrize("name", EVERY)
async def test_no_error_holds_the_token_or_what_was_said(
    office: PostOffice, transport: Transport, name: str
) -> None:
    office.will(EVERY[name][0])
    with pytest.raises(TelegramError) as caught:
        await transport.call("sendMessage", SAY)
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert TOKEN.partition(":")[2] not in told
    assert "private words" not in told


async def test_what_was_done_is_given_back(office: PostOffice, transport: Transport) -> None:
    office.will(answers({"message_id": 5}), answers(result=False), answers([]), answers(None))
    assert await transport.call("sendMessage", SAY) == {"message_id": 5}
    assert await transport.call("deleteMessage", {}) is False
    assert await transport.call("getUpdates", {}) == []
    assert await transport.call("getChat", {}) is None


# -- how long to wait -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "seconds"),
    [
        (floods(35), 35),
        (floods(0.2), 1),
        (floods(86_400), 86_400),
        (refuses(429, "Too Many Requests"), 1),
        (refuses(429, "Too Many Requests", retry_after="soon"), 1),
        (floods(-5), 1),
        (floods(10**15), 1),
        (page(429), 1),
        (raw(429, b'{"message": "quota"}'), 1),
        # The code in the answer has the last word, whatever the one on the wire.
        (raw(200, b'{"ok": false, "error_code": 429, "parameters": {"retry_after": 8}}'), 8),
    ],
)
async def test_asked_to_wait_it_says_how_long(
    office: PostOffice, transport: Transport, reply: Reply, seconds: int
) -> None:
    office.will(reply)
    with pytest.raises(RetryAfter) as caught:
        await transport.call("sendMessage", SAY)
    assert caught.value.retry_after == timedelta(seconds=seconds)


async def test_a_group_that_became_a_supergroup_says_where_it_is(
    office: PostOffice, transport: Transport
) -> None:
    moved = "Bad Request: group chat was upgraded to a supergroup chat"
    office.will(refuses(400, moved, migrate_to_chat_id=-1001))
    with pytest.raises(ChatMigrated) as caught:
        await transport.call("sendMessage", SAY)
    assert caught.value.new_chat_id == -1001


# -- what never left ------------------------------------------------------------------------------


async def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        made = Transport(f"http://127.0.0.1:{taken.getsockname()[1]}", TOKEN)
        await made.initialize()
        with pytest.raises(NotSent) as caught:
            await made.call("sendMessage", SAY)
        await made.shutdown()
    assert TOKEN not in "".join(traceback.format_exception(caught.value))


async def test_no_connection_is_free(office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CONNECTIONS_MAX", 1)
    monkeypatch.setattr(module, "CONNECT_SECONDS", 0.05)
    made = Transport(office.url, TOKEN)
    await made.initialize()
    first = asyncio.create_task(made.call("getUpdates", {}))
    await office.has(1)
    with pytest.raises(NotSent):
        await made.call("sendMessage", SAY)
    assert office.methods() == ["getUpdates"]
    first.cancel()
    await made.shutdown()


async def test_once_closed_nothing_leaves(office: PostOffice, transport: Transport) -> None:
    await transport.shutdown()
    with pytest.raises(NotSent):
        await transport.call("sendMessage", SAY)
    assert office.letters == []
    await transport.initialize()
    await transport.call("sendMessage", SAY)
    assert office.texts() == ["private words"]


# -- what is on the wire --------------------------------------------------------------------------


async def test_no_answer_in_time_is_unknown(office: PostOffice, transport: Transport) -> None:
    office.will(HANGS)
    with pytest.raises(TimedOut):
        await transport.call("sendMessage", SAY, seconds=0.1)
    assert office.texts() == ["private words"], "it did arrive"


async def test_facts_travel_as_telegram_reads_them(
    office: PostOffice, transport: Transport
) -> None:
    await transport.call(
        "sendMessage",
        {
            "chat_id": -100,
            "text": "Ñandú & 50% + ፩\n<b>",
            "reply_markup": {"inline_keyboard": [[{"text": "Sí"}]]},
            "disable_notification": True,
            "message_thread_id": None,
        },
    )
    assert office.letters[0].fields == {
        "chat_id": "-100",
        "text": "Ñandú & 50% + ፩\n<b>",
        "reply_markup": '{"inline_keyboard": [[{"text": "Sí"}]]}',
        "disable_notification": "true",
    }


async def test_a_picture_travels_with_its_words(office: PostOffice, transport: Transport) -> None:
    picture = bytes(range(256)) * 40
    await transport.call(
        "sendPhoto",
        {"chat_id": 7, "photo": "attach://chart", "caption": "Año"},
        {"chart": ("chart.png", picture, "image/png")},
    )
    [letter] = office.letters
    assert letter.fields == {"chat_id": "7", "photo": "attach://chart", "caption": "Año"}
    assert letter.files == {"chart": ("chart.png", picture)}


async def test_connections_are_used_again(office: PostOffice, transport: Transport) -> None:
    for _ in range(5):
        await transport.call("sendMessage", SAY)
    assert office.connections == 1


async def test_it_stands_where_the_library_leaves_room(office: PostOffice) -> None:
    me = {"id": 7000000003, "is_bot": True, "first_name": "B", "username": "b_bot"}
    office.will(answers(me), to="getMe")
    made = Transport(office.url, TOKEN)
    bot = Bot(TOKEN, base_url=f"{office.url}/bot", request=made, get_updates_request=made)
    async with bot:
        assert bot.username == "b_bot"
        office.will(refuses(400, "Bad Request: chat not found"))
        with pytest.raises(BadRequest):
            await bot.send_message(7, "hello")
        office.will(answers({"message_id": 1, "date": 0, "chat": {"id": 7, "type": "private"}}))
        await bot.send_document(7, InputFile(b"book", filename="book.csv"))
    assert [name for name, _ in office.letters[-1].files.values()] == ["book.csv"]
    assert made.read_timeout == module.ANSWER_SECONDS
