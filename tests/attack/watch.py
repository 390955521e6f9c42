"""Hand the bot any update of the crowd's; see row by row what it changed and said; undo it."""

import json
import math
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from attack.crowd import Crowd
from telegram import Bot, User
from village import TOKEN

from bot.app import CARDS, HANDLERS
from bot.delivery.intake import Toast
from bot.handlers import dispatch
from bot.handlers.floods import Floods
from bot.storage import links
from bot.storage.database import PRAGMAS, Transaction
from bot.storage.outbox import _card
from bot.storage.sealing import operator_key

BOT: Final = {
    "id": 7000000001,
    "is_bot": True,
    "first_name": "Barnraiser",
    "username": "barnraiser_bot",
}
#: What is not about what a group has: who was met, what is to be said, and where.
ASIDE: Final = frozenset(
    {"people", "person_keys", "chats", "outbox", "heard", "cards", "hides", "updates_done"}
)


@dataclass(frozen=True)
class Change:
    """One row that is not as it was: of which table, whose group, which people it names."""

    table: str
    kind: str  # "INSERT", "UPDATE", "DELETE"
    group: int | None
    row: dict[str, Any] = field(hash=False, compare=False)


@dataclass
class Outcome:
    """What came of one update."""

    refused: str | None = None
    toasts: list[Toast] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    said: list[tuple[int, str]] = field(default_factory=list)  # where (Telegram's id), what
    calls: list[dict[str, Any]] = field(default_factory=list)  # the same, as Telegram is told
    offered: list[str] = field(default_factory=list)  # what its buttons carry, links too
    asked: list[tuple[str, int]] = field(default_factory=list)  # questions now open: kind, person

    def words_to(self, telegram_id: int) -> str:
        """Everything this chat is sent, and the toast."""
        told = [words for chat, words in self.said if chat == telegram_id]
        return "\n".join([*told, *(toast.text for toast in self.toasts)])

    def of_groups(self, groups: frozenset[int]) -> list[Change]:
        """What changed of these groups' own."""
        return [one for one in self.changes if one.group in groups and one.table not in ASIDE]


class Watch:
    """The dispatcher over the crowd's file, and what every update does to it."""

    def __init__(self, crowd: Crowd, connection: sqlite3.Connection) -> None:
        self.crowd = crowd
        self.now = crowd.left_at + timedelta(minutes=30)
        self.connection = connection
        connection.row_factory = sqlite3.Row
        for pragma in PRAGMAS:
            connection.execute(pragma)
        self.key = operator_key(crowd.database)
        self.bot = Bot(TOKEN)
        self.bot._bot_user = User.de_json(BOT, self.bot)
        self.routes = [route for module in HANDLERS for route in module.HANDLERS]
        self.dispatcher = dispatch.Dispatcher(self.bot, self.routes, Floods(math.inf))
        self._keys = self._foreign_keys()
        self._note_every_change()
        self.group_ids = {
            title: connection.execute(
                "SELECT groups.id FROM groups JOIN chats ON chats.id = chat_id"
                " WHERE chats.telegram_id = ?",
                (telegram_id,),
            ).fetchone()[0]
            for title, telegram_id in crowd.groups.items()
        }

    @property
    def guarded(self) -> frozenset[int]:
        """The groups that are attacked."""
        return frozenset({self.group_ids["Kitui"], self.group_ids["Embu"]})

    def payload(self, purpose: str, number: int) -> str:
        """A true link, as the bot gives it."""
        return links.payload(Transaction(self.connection, self.now, self.key, {}), purpose, number)

    @contextmanager
    def undone(self, now: datetime | None = None) -> Iterator[Transaction]:
        """A transaction of which nothing remains."""
        self.connection.execute("BEGIN")
        try:
            yield Transaction(self.connection, now or self.now, self.key, {})
        finally:
            self.connection.execute("ROLLBACK")

    def takes(self, raw: Any, before: Callable[[Transaction], object] | None = None) -> Outcome:  # noqa: ANN401 - anything
        """Hand over one update. `before` prepares the transaction; all of it is undone."""
        with self.undone() as at:
            if before is not None:
                before(at)
            return self.takes_in(at, raw)

    def takes_in(self, at: Transaction, raw: Any) -> Outcome:  # noqa: ANN401 - anything
        """The same within a transaction that goes on."""
        at.run("DELETE FROM noted")
        last = at.value("SELECT ifnull(max(id), 0) FROM outbox")
        last_asked = at.value("SELECT ifnull(max(id), 0) FROM questions")
        outcome = Outcome()
        with pytest.MonkeyPatch.context() as patch:

            def named(refusal: Any) -> str:  # noqa: ANN401 - a Refusal
                outcome.refused = type(refusal).__name__
                return str(refusal.message)

            patch.setattr(dispatch, "refusal_name", named)
            outcome.toasts = self.dispatcher.take(at, raw)
        outcome.changes = self.changes(at)
        self._listen(at, last, outcome)
        outcome.asked = [
            (row["kind"], row["person_id"])
            for row in at.all("SELECT * FROM questions WHERE id > :last", last=last_asked)
        ]
        outcome.offered += [
            toast.url.partition("start=")[2] for toast in outcome.toasts if toast.url
        ]
        return outcome

    def _listen(self, at: Transaction, last: int, outcome: Outcome) -> None:
        for telegram_id, params in self._calls_since(at, last):
            buttons = buttons_in(params)
            outcome.calls.append(params)
            labels = " ".join(one["text"] for one in buttons)
            outcome.said.append((telegram_id, plain(f"{words_in(params)}\n{labels}")))
            outcome.offered += [
                one.get("callback_data") or one.get("url", "").partition("start=")[2]
                for one in buttons
            ]

    def said_since(self, at: Transaction, last: int) -> list[tuple[int, str]]:
        """What is to be said where, of the outbox's rows after this one."""
        return [
            (telegram_id, plain(words_in(params)))
            for telegram_id, params in self._calls_since(at, last)
        ]

    def _calls_since(self, at: Transaction, last: int) -> Iterator[tuple[int, dict[str, Any]]]:
        for row in at.all(
            "SELECT telegram_id, content, card_id FROM outbox JOIN chats ON chats.id = chat_id"
            " WHERE outbox.id > :last ORDER BY outbox.id",
            last=last,
        ):
            if row["content"] is not None:
                call = json.loads(at.key.payloads.open(row["content"]))
                yield row["telegram_id"], call["params"]
            elif row["card_id"] is not None:
                [card] = at.all("SELECT * FROM cards WHERE id = :id", id=row["card_id"])
                drawn = CARDS[card["kind"]](at, _card(card))
                if drawn is not None:
                    yield row["telegram_id"], dict(drawn["params"])

    # -- what changed -----------------------------------------------------------------------------

    def _tables(self) -> list[str]:
        return [
            name
            for (name,) in self.connection.execute(
                "SELECT name FROM main.sqlite_schema WHERE type = 'table'"
                " AND name NOT LIKE 'sqlite_%'"
            )
        ]

    def _foreign_keys(self) -> dict[str, dict[str, tuple[str, str]]]:
        """For each table, its columns that name a row of another table by a single key."""
        found: dict[str, dict[str, tuple[str, str]]] = {}
        for table in self._tables():
            keys = self.connection.execute(f"PRAGMA foreign_key_list({table})").fetchall()
            numbers = [key[0] for key in keys]
            found[table] = {key[3]: (key[2], key[4]) for key in keys if numbers.count(key[0]) == 1}
        return found

    def _note_every_change(self) -> None:
        """Temporary triggers, this connection's own, that write down every row that is changed."""
        self.connection.execute(
            "CREATE TEMP TABLE noted (id INTEGER PRIMARY KEY, tbl TEXT, kind TEXT, row TEXT)"
        )
        for table in self._tables():
            columns = self.connection.execute(f"PRAGMA table_info({table})").fetchall()
            plain_ones = [one[1] for one in columns if one[2] != "BLOB"]
            differs = " OR ".join(f'OLD."{one[1]}" IS NOT NEW."{one[1]}"' for one in columns)
            for kind, which, when in (
                ("INSERT", "NEW", "1"),
                ("UPDATE", "NEW", differs),
                ("DELETE", "OLD", "1"),
            ):
                row = ", ".join(f"'{name}', {which}.\"{name}\"" for name in plain_ones)
                note = f"INSERT INTO noted (tbl, kind, row) VALUES ('{table}', '{kind}', json_object({row}))"  # noqa: S608, E501 - the schema's own names
                self.connection.execute(
                    f"CREATE TEMP TRIGGER note_{kind}_{table} AFTER {kind} ON main.{table}"
                    f" WHEN {when} BEGIN {note}; END"
                )

    def changes(self, at: Transaction) -> list[Change]:
        """What was noted since the last update."""
        rows = at.all("SELECT tbl, kind, row FROM noted ORDER BY id")
        changes = [(one["tbl"], one["kind"], json.loads(one["row"])) for one in rows]
        return [
            Change(table, kind, self.group_of(at, table, row), row) for table, kind, row in changes
        ]

    def group_of(self, at: Transaction, table: str, row: Any, depth: int = 0) -> int | None:  # noqa: ANN401 - a row
        """The group a row belongs to: its own column says so, or a row it names does."""
        if table == "groups":
            found: int = row["id"]
            return found
        if "group_id" in row.keys():  # noqa: SIM118 - a Row has no `in` of its own
            return row["group_id"]  # type: ignore[no-any-return]
        if table == "due":
            return None
        for column, (parent, key) in self._keys[table].items():
            if depth > 6 or row[column] is None or parent == "people":
                continue
            above = at.one(
                f"SELECT * FROM {parent} WHERE {key or self._key_of(parent)} = :id",  # noqa: S608 - the schema's own
                id=row[column],
            )
            if above is not None:
                group = self.group_of(at, parent, above, depth + 1)
                if group is not None:
                    return group
        if table == "chats":
            return at.value("SELECT id FROM groups WHERE chat_id = :chat", chat=row["id"])  # type: ignore[no-any-return]
        return None

    def _key_of(self, table: str) -> str:
        columns = self.connection.execute(f"PRAGMA table_info({table})").fetchall()
        name: str = next(one[1] for one in columns if one[5])
        return name


def words_in(params: dict[str, Any]) -> str:
    """The words of a call, as Telegram's HTML."""
    return str(params.get("text") or params.get("caption") or "")


def buttons_in(params: dict[str, Any]) -> list[dict[str, Any]]:
    """The buttons under them."""
    keyboard = (params.get("reply_markup") or {}).get("inline_keyboard", [])
    return [button for line in keyboard for button in line]


def plain(text: str) -> str:
    """Words without the marks that isolate names, and with ordinary spaces."""
    return re.sub("[\u2068\u2069]", "", text).replace("\xa0", " ")


__all__ = ["ASIDE", "BOT", "Change", "Outcome", "Watch", "buttons_in", "plain", "words_in"]
