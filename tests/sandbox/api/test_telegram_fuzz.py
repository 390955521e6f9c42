"""Whatever is sent, the sandbox refuses or obeys; it never fails itself."""

import json
import random
from typing import Any

import aiohttp
import pytest
from bot_client import TOKEN, BotClient, Json, Place

from sandbox import bot_api, media, parameters

ROUNDS = 1_500
WORDS = (
    "", " ", "x", "<b>x</b>", "<b>", "é😀", "0", "-1", "1e400", "NaN", "true", "{}", "[]", "null",
    "[[]]", "HTML", "typing", "photo", "quiz", "AgAC", "attach://x", "https://t.me/sandbox_bot?start=1",
    "http://127.0.0.1:1/", "\ud83d", "\x00", "x" * 5000, "9" * 5000, "[" * 5000, "٣", "²",
)  # fmt: skip
NAMES = (
    "type", "text", "media", "inline_keyboard", "keyboard", "callback_data", "url", "emoji",
    "message_id", "offset", "length", "command", "description", "chat_id", "force_reply",
    "copy_text", "user", "user_id", "id", "caption", "parse_mode", "style",
)  # fmt: skip


class Chaos:
    """Random parameters, some of them nearly right."""

    def __init__(self, place: Place, seed: int) -> None:
        self.chance = random.Random(seed)
        self.place = place

    def value(self, depth: int = 0) -> Json:
        chance = self.chance
        kind = chance.randrange(8 if depth < 3 else 5)
        if kind == 0:
            return chance.choice((0, 1, -1, 2**31, 2**63, 2**80, 1.5, True, False, None))
        if kind == 1:
            return chance.choice((self.place.you, self.place.group, 1, 2, 3, 4, 5))
        if kind < 5:
            return chance.choice(WORDS)
        if kind < 7:
            return {chance.choice(NAMES): self.value(depth + 1) for _ in range(chance.randrange(4))}
        return [self.value(depth + 1) for _ in range(chance.randrange(4))]

    def parameters(self, method: str) -> dict[str, Any]:
        known = parameters.METHODS[method.lower()]
        given = {
            name: self.value()
            for name, kind in known.items()
            if kind.endswith("!") or self.chance.random() < 0.3
        }
        if "chat_id" in known and self.chance.random() < 0.8:
            given["chat_id"] = self.chance.choice((self.place.you, self.place.group))
        if "message_id" in known and self.chance.random() < 0.7:
            given["message_id"] = self.chance.randrange(1, 12)
        given.pop("timeout", None)
        return given


@pytest.mark.parametrize("seed", range(3))
async def test_random_parameters_never_break_it(place: Place, seed: int) -> None:
    chaos = Chaos(place, seed)
    await furnish(place)
    methods = sorted(set(bot_api.METHODS) - {"leavechat", "setwebhook"})
    url = f"{place.sandbox.url}/bot{TOKEN}/"
    for _ in range(ROUNDS):
        method = chaos.chance.choice(methods)
        given = chaos.parameters(method)
        status, body = await post(place.bot, url + method, given, chaos.chance.random() < 0.5)
        assert status != 500, (method, given)
        assert body["ok"] is (status == 200)
        if not body["ok"]:
            assert body["description"].startswith(("Bad Request: ", "Forbidden: "))
    state = await place.bot.look("state")
    assert state["messages"]


async def furnish(place: Place) -> None:
    place.sandbox.world.start(place.you)
    picture = media.store_photo(place.sandbox.world, media.sample_picture())
    assert picture is not None
    for chat in (place.you, place.group):
        await place.bot.call("sendMessage", chat_id=chat, text="x")
        await place.bot.call("sendPoll", chat_id=chat, question="?", options=["a", "b"])
        await place.bot.call("sendPhoto", chat_id=chat, photo=picture.file_id)


async def post(
    bot: BotClient,
    url: str,
    given: dict[str, Any],
    as_form: bool,  # noqa: FBT001  drawn by lot
) -> tuple[int, Json]:
    if as_form:
        fields = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in given.items()
        }
        data = aiohttp.FormData({k: v.replace("\ud83d", "?") for k, v in fields.items()})
        async with bot.session.post(url, data=data) as answer:
            return answer.status, await answer.json()
    body = json.dumps(given).encode()
    headers = {"Content-Type": "application/json"}
    async with bot.session.post(url, data=body, headers=headers) as answer:
        return answer.status, await answer.json()


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b""),
        ("application/json", b"{"),
        ("application/json", b"[]"),
        ("application/json", b"\xff\xfe"),
        ("application/json", b"[" * 100_000),
        ("application/x-www-form-urlencoded", b"chat_id=%ff&text=%ff"),
        ("application/x-www-form-urlencoded; charset=nonsense", b"a=b"),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n"),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--",
        ),
        ("text/plain", b"hello"),
    ],
)
async def test_broken_bodies(place: Place, content_type: str, body: bytes) -> None:
    url = f"{place.sandbox.url}/bot{TOKEN}/sendMessage"
    headers = {"Content-Type": content_type}
    async with place.bot.session.post(url, data=body, headers=headers) as answer:
        assert answer.status == 400
        assert (await answer.json())["ok"] is False


@pytest.mark.parametrize("seed", range(2))
async def test_the_control_api_never_breaks(place: Place, seed: int) -> None:
    chaos = Chaos(place, seed)
    await furnish(place)
    paths = sorted(
        {**place.sandbox.control._actions(), **place.sandbox.control._deeds()}.keys() - {"time"}
    )
    fields = (
        "person", "chat", "message", "text", "data", "row", "column", "options", "emoji", "by",
        "title", "creator", "members", "topics", "first_name", "photo", "voice", "document",
        "sticker", "contact", "location", "reply_to", "thread", "anonymous", "forward_from",
        "kind", "times", "probability", "on", "chats", "forum", "topic", "name",
    )  # fmt: skip
    for _ in range(600):
        path = chaos.chance.choice(paths).replace("{id}", str(place.you))
        if path == "press":
            continue
        given = {name: chaos.value() for name in fields if chaos.chance.random() < 0.4}
        if chaos.chance.random() < 0.7:
            given |= {"person": place.you, "chat": chaos.chance.choice((place.you, place.group))}
        body = json.dumps(given).encode()
        url = f"{place.sandbox.url}/sandbox/{path}"
        async with place.bot.session.post(url, data=body) as answer:
            assert answer.status in {200, 400}, (path, given)
            assert isinstance(await answer.json(), dict)
    await place.sandbox.cast.stop()
    await place.bot.look("state")
