"""A bot without Telegram around it: any update at all, over a real file, undone afterwards."""

import json
import math
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from circle import OPENS
from telegram import Bot, User
from village import TOKEN

from bot.app import HANDLERS
from bot.delivery.intake import Toast
from bot.handlers.dispatch import Dispatcher
from bot.handlers.floods import Floods
from bot.storage.database import Transaction
from bot.storage.sealing import operator_key

Raw = dict[str, Any]
#: Every row of every table.
Tables = dict[str, list[tuple[Any, ...]]]
NOW = 1_774_000_000
BOT = {"id": 7000000001, "is_bot": True, "first_name": "Barnraiser", "username": "barnraiser_bot"}
OTHER_BOT = {"id": 99, "is_bot": True, "first_name": "Other", "username": "other_bot"}
STRANGER = {"id": 4_000_000_001, "is_bot": False, "first_name": "Stranger", "language_code": "en"}
GROUP_ANONYMOUS_BOT = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
TELEGRAM = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
#: What meeting somebody, or telling them something, may touch.
HARMLESS = {"people", "person_keys", "chats", "outbox", "heard"}


@dataclass
class Outcome:
    """What came of an update: toasts, words in chats, and which tables are not as they were."""

    toasts: list[Toast] = field(default_factory=list)
    said: list[tuple[int, str]] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    before: Tables = field(default_factory=dict, repr=False, compare=False)
    after: Tables = field(default_factory=dict, repr=False, compare=False)

    @property
    def words(self) -> str:
        return " ".join(words for _, words in self.said)


@dataclass(frozen=True)
class Made:
    """What a village left behind: its file, who is in it, and a link to the group's check-in."""

    database: Path
    group: int
    amina: int
    link: str


class Place:
    """A village where a round is open, and a way to hand its bot any update at all."""

    def __init__(self, made: Made, connection: sqlite3.Connection) -> None:
        self.bot = Bot(TOKEN)
        self.bot._bot_user = User.de_json(BOT, self.bot)
        routes = [route for module in HANDLERS for route in module.HANDLERS]
        self.dispatcher = Dispatcher(self.bot, routes, Floods(math.inf))
        self.verbs = sorted(route.name for route in routes if route.kind == "tap")
        self.connection = connection
        self.key = operator_key(made.database)
        self.group, self.amina, self.link = made.group, made.amina, made.link
        self.sender = {"id": self.amina, "is_bot": False, "first_name": "Amina"}
        self.in_group = {"id": self.group, "type": "group", "title": "Kitui Circle"}
        self.in_private = {"id": self.amina, "type": "private", "first_name": "Amina"}

    def takes(self, raw: Any) -> Outcome:  # noqa: ANN401 - anything
        """Hand the update to the dispatcher; see what it does; undo it."""
        return self._does(self.dispatcher.take, raw)

    def apologises(self, raw: Raw) -> Outcome:
        """Have it say that the update failed; see what it says; undo it."""
        return self._does(self.dispatcher.apologise, raw)

    def _does(self, what: Callable[[Transaction, Raw], list[Toast]], raw: Raw) -> Outcome:
        at = Transaction(self.connection, OPENS + timedelta(hours=1), self.key, {})
        self.connection.execute("BEGIN")
        try:
            before, last = tables(at), at.value("SELECT ifnull(max(id), 0) FROM outbox")
            outcome = Outcome(what(at, raw))
            outcome.before, outcome.after = before, tables(at)
            outcome.touched = {name for name in before if before[name] != outcome.after[name]}
            for row in at.all(
                "SELECT telegram_id, content FROM outbox JOIN chats ON chats.id = chat_id"
                " WHERE outbox.id > :last AND content IS NOT NULL ORDER BY outbox.id",
                last=last,
            ):
                params = json.loads(at.key.payloads.open(row["content"]))["params"]
                outcome.said.append((row["telegram_id"], params.get("text", "")))
            return outcome
        finally:
            self.connection.execute("ROLLBACK")

    def message(self, text: str = "", **fields: Any) -> Raw:  # noqa: ANN401 - of a message
        """A message of Amina's in private, unless `fields` say otherwise."""
        message = {
            "message_id": 5000,
            "date": NOW,
            "chat": self.in_private,
            "from": self.sender,
            "text": text,
        } | fields
        if text.startswith("/"):
            message["entities"] = [
                {"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}
            ]
        return {
            "update_id": 1,
            "message": {name: what for name, what in message.items() if what is not None},
        }

    def tap(self, data: object, **fields: Any) -> Raw:  # noqa: ANN401 - of a query
        """A press of Amina's on a button of the bot's in private, unless said otherwise."""
        query = {
            "id": "77",
            "from": self.sender,
            "chat_instance": "1",
            "data": data,
            "message": {
                "message_id": 3,
                "date": NOW,
                "chat": self.in_private,
                "from": BOT,
                "text": "x",
            },
        } | fields
        return {
            "update_id": 1,
            "callback_query": {name: what for name, what in query.items() if what is not None},
        }


def tables(at: Transaction) -> Tables:
    """Read all there is."""
    # SQLite's own count of ids used tells nothing of anybody.
    found = at.all("SELECT name FROM sqlite_master WHERE type = 'table'")
    names = [row[0] for row in found if not row[0].startswith("sqlite_")]
    return {name: [tuple(row) for row in at.all(f"SELECT * FROM {name}")] for name in names}  # noqa: S608 - our own
