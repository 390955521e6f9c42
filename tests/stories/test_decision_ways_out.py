"""Every way out at once: whatever can be asked or comes by itself while a vote is hidden.

`test_decision_secrets` looks where people look. Here nothing is named: every command, every button,
every link, every message that time starts, and every card that the bot has, is tried while the vote
is open, and undone. What comes of each must be the same to the letter, however people have voted.
Whatever is added to the bot later is tried too, as soon as it is one of its parts.
"""

import contextlib
import itertools
import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from decision_village import circle, does, votes
from handlers.place import BOT, NOW
from telegram import Bot, User
from village import TOKEN, Someone, Village, a_village

from bot import app
from bot.handlers.context import Route
from bot.handlers.dispatch import Dispatcher
from bot.handlers.floods import Floods
from bot.practices import speaking
from bot.storage.database import Transaction
from bot.storage.due import Due
from bot.storage.outbox import Card

#: What each way out said: the name of the way, and its words.
Heard = dict[str, str]
ROUTES = [route for module in app.HANDLERS for route in module.HANDLERS]
CODES = (0, 1, 2)  # of further numbers behind a button: pages, places, choices
NUMBERS_MAX = 6
SECRET = ("[More]", "[Seen at the end]", "[As it comes in]", "[Back]")


class Undone(Exception):
    """Ends what was tried without a trace."""


class Trier:
    """Who facilitates and proposed it has not voted, and tries whatever there is, and all of it."""

    def __init__(self, at: Transaction, village: Village, who: Someone) -> None:
        self.at = at
        bot = Bot(TOKEN)
        bot._bot_user = User.de_json(BOT, bot)
        self.dispatcher = Dispatcher(bot, ROUTES, Floods(10**6))  # nobody's hand is that fast
        self.sender = {"id": who.id, "is_bot": False, "first_name": who.name}
        self.private = {"id": who.id, "type": "private", "first_name": who.name}
        self.group = {"id": village.group.id, "type": "group", "title": "Kitui"}
        self.heard: Heard = {}

    def tries(self) -> Heard:
        for chat in (self.private, self.group):
            kind = str(chat["type"])
            for route in ROUTES:
                for raw in self._ways(route, chat):
                    name = f"{kind} {route.kind} {self._named(raw)}"
                    self._hears(name, partial(self.dispatcher.take, self.at, raw))
        for kind, start in starts().items():
            due = Due(10**6, kind, 1, "1", self.at.now, None, 0)
            self._hears(f"time {kind}", partial(start, self.at, due))
        for kind, draw in app.CARDS.items():
            for chat_id in (1, 2, 3):
                card = Card(10**6, kind, 1, chat_id, 7, None, self.at.now)
                self._hears(f"card {kind} {chat_id}", partial(draw, self.at, card))
        return self.heard

    def _ways(self, route: Route, chat: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if route.kind == "command":
            for words in ("", " 1", " roof"):
                yield self._message(f"/{route.name}{words}", chat)
        elif route.kind == "start" and chat is self.private:
            link = speaking.link(self.at, route.name, 1)
            yield self._message(f"/start {link.split('start=')[1]}", chat)
        elif route.kind == "tap":
            for data in buttons(route):
                yield self._tap(data, chat)

    def _hears(self, name: str, act: Callable[[], object]) -> None:
        with contextlib.suppress(Undone), self.at.savepoint():
            self.heard[name] = self._said(act)
            raise Undone

    def _said(self, act: Callable[[], object]) -> str:
        """Say everything that leaves, and how it failed, as the log would have it."""
        last = self.at.value("SELECT ifnull(max(id), 0) FROM outbox")
        try:
            said = [repr(act())]
        except Exception as failed:  # noqa: BLE001 - many a number is nobody's
            said = [repr(failed)]
        rows = self.at.all(
            "SELECT content FROM outbox WHERE id > :last AND content IS NOT NULL ORDER BY id",
            last=last,
        )
        return json.dumps(said + [self.at.key.payloads.open(row["content"]) for row in rows])

    def _named(self, raw: dict[str, Any]) -> str:
        if "message" in raw:
            return str(raw["message"]["text"])[:40]
        return str(raw["callback_query"]["data"])

    def _message(self, text: str, chat: dict[str, Any]) -> dict[str, Any]:
        command = {"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}
        message = {"message_id": 5000, "date": NOW, "chat": chat, "from": self.sender, "text": text}
        return {"update_id": 1, "message": message | {"entities": [command]}}

    def _tap(self, data: str, chat: dict[str, Any]) -> dict[str, Any]:
        under = {"message_id": 3, "date": NOW, "chat": chat, "from": BOT, "text": "x"}
        query = {"id": "7", "from": self.sender, "chat_instance": "1", "data": data}
        return {"update_id": 1, "callback_query": query | {"message": under}}


def starts() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for module in app.SCHEDULES:
        found |= module.STARTS
    return found


def buttons(route: Route) -> Iterator[str]:
    """What may stand behind a verb: the decision's number, then small ones."""
    pattern = route.matcher.pattern  # type: ignore[union-attr]
    for length in range(NUMBERS_MAX):
        for code in CODES[: 1 if length < 2 else None]:
            numbers = [1, *itertools.repeat(code, length - 1)] if length else []
            data = ":".join([route.name, *map(str, numbers)])
            if re.match(pattern, data):
                yield data


async def lives(folder: Path, steps: tuple[str, ...], way: tuple[str, ...]) -> Heard:
    """Three of five vote one way; the first, who may do most, then tries whatever there is."""
    async with a_village(folder) as village:
        people = village.has("Amina", "Juma", "Neema", "Otieno", "Zawadi")
        await circle(village, *people)
        await does(people[0], "/propose", "A roof", "[Skip]", *steps, "[Put it to the group]")
        for person, label in zip(people[1:], way, strict=False):
            await votes(label, person)
            await does(person, "/decisions", "[🔎 1]", "[🗳 Vote]", "[Say why]", "Of my own goats")
        await village.moves_to(village.now.replace(minute=0, second=0) + timedelta(hours=1))
        assert village.bot is not None
        return await village.bot.database.transact(lambda at: Trier(at, village, people[0]).tries())


@pytest.mark.parametrize("steps", [SECRET, ()], ids=["secret", "hidden"])
async def test_no_way_out_tells_how_anybody_votes(steps: tuple[str, ...], tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        folder.mkdir()
    one = await lives(folders[0], steps, ("Yes", "Yes", "Yes"))
    other = await lives(folders[1], steps, ("No", "Yes", "No"))
    assert [name for name in one if one[name] != other[name]] == []
    assert one.keys() == other.keys()
    assert {name.split()[0] for name in one} == {"private", "group", "time", "card"}
    tried = {name for name in one if "A roof" in one[name]}
    assert len(tried) >= 12, "many of them speak of it: what is tried is really reached"
