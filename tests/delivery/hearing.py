"""The intake at work between a post office and handlers that are a test's own."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

from delivery.post_office import PostOffice, Reply, answers

from bot.delivery.intake import Intake, Toast
from bot.delivery.transport import Transport
from bot.storage.database import Database, Reading, Transaction

Raw = dict[str, Any]
Take = Callable[[Transaction, Raw], list[Toast]]


def says(update_id: int, text: str) -> Raw:
    return {"update_id": update_id, "message": {"text": text}}


class Hearing:
    """An intake whose handlers are a test's own, and what they did."""

    def __init__(self, database: Database, transport: Transport, office: PostOffice) -> None:
        self.database = database
        self.office = office
        self.takes: Take = lambda _at, raw: [Toast(f"toast {raw['update_id']}")]
        self.apologises: Take = lambda _at, raw: [Toast(f"sorry {raw.get('update_id')}")]
        self.commits = 0
        self.intake = Intake(
            database,
            transport,
            take=self._take,
            apologise=self._apologise,
            after_commit=self._committed,
        )

    def _take(self, at: Transaction, raw: Raw) -> list[Toast]:
        """Note it down in the file, as a handler would, and let the test's own do what it does."""
        words = raw["message"]["text"]
        at.run(
            "INSERT INTO due (kind, subject, occurrence, due_at) VALUES ('said', 0, :w, :now)",
            w=words,
            now=at.now_text,
        )
        return self.takes(at, raw)

    def _apologise(self, at: Transaction, raw: Raw) -> list[Toast]:
        return self.apologises(at, raw)

    def _committed(self) -> None:
        self.commits += 1

    async def hears(self, *batches: list[Any] | Reply) -> None:
        """Poll until these answers were given and the next one is asked for."""
        replies = [one if isinstance(one, Reply) else answers(one) for one in batches]
        self.office.will(*replies, to="getUpdates")
        asked = self.office.methods().count("getUpdates")
        async with self.listening():
            arrive = sum(one.accepts for one in replies)
            await self.office.has(asked + arrive + 1, "getUpdates")
        await self.intake.idle()

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[asyncio.Task[None]]:
        task = asyncio.create_task(self.intake.poll())
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def done(self) -> list[str]:
        """What the handlers noted down, in order."""
        return await self.database.read(
            lambda at: [row[0] for row in at.all("SELECT occurrence FROM due ORDER BY id")]
        )

    async def failed(self) -> list[tuple[int | None, str, Any, str]]:
        """The updates that failed: id, why, the update and the traceback, unsealed."""

        def look(at: Reading) -> list[tuple[int | None, str, Any, str]]:
            return [
                (
                    row["update_id"],
                    row["why"],
                    json.loads(at.key.payloads.open(row["update_sealed"])),
                    at.key.payloads.open(row["trace_sealed"]),
                )
                for row in at.all("SELECT * FROM updates_failed ORDER BY rowid")
            ]

        return await self.database.read(look)

    def toasts(self) -> list[str]:
        """The taps that were answered."""
        return sorted(
            letter.fields["callback_query_id"]
            for letter in self.office.letters
            if letter.method == "answerCallbackQuery"
        )

    def offsets(self) -> list[str | None]:
        """What was confirmed, poll by poll."""
        return [
            letter.fields.get("offset")
            for letter in self.office.letters
            if letter.method == "getUpdates"
        ]


def fails_at(words: str, error: Exception) -> Take:
    def take(_at: Transaction, raw: Raw) -> list[Toast]:
        if raw["message"]["text"] == words:
            raise error
        return []

    return take
