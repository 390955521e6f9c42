"""The outbox at work between a real file and a post office, its time moved by hand."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, TypeVar

from delivery.post_office import PostOffice
from hand_clock import HandClock

from bot.delivery.limits import Pace
from bot.delivery.outbox import AT_ONCE_MAX, Outbox
from bot.delivery.transport import File, Transport
from bot.storage import chats, outbox as store, people
from bot.storage.database import Database, Reading, Transaction

T = TypeVar("T")
#: Telegram's ids.
GROUP, OTHER_GROUP, AMINA, JUMA = -5, -6, 11, 12


def words(text: str, **params: object) -> dict[str, Any]:
    """A message to send."""
    return {"method": "sendMessage", "params": {"text": text} | params}


def edit(message_id: int, text: str) -> dict[str, Any]:
    """An edit of a message."""
    return {"method": "editMessageText", "params": {"message_id": message_id, "text": text}}


class Desk:
    """Two groups and two people, what is said to them, and what came of it."""

    def __init__(
        self, database: Database, transport: Transport, office: PostOffice, clock: HandClock
    ) -> None:
        self.database = database
        self.transport = transport
        self.office = office
        self.clock = clock
        self.pace = Pace()
        self.shows: dict[tuple[str, int], Mapping[str, Any] | None] = {}
        self.told: list[tuple[str, int, Any]] = []
        self.unwanted: set[str] = set()
        self.hears = self._note
        self.telegram_answers = True  # to other calls: what the intake hears
        self.outbox = self.made()
        self._chats: dict[int, int] = {}

    def made(self) -> Outbox:
        """An outbox as after a start."""
        return Outbox(
            self.database,
            self.transport,
            self.pace,
            draw_card=lambda _at, card: self.shows[card.kind, card.subject],
            is_wanted=lambda _at, key: key not in self.unwanted,
            make_file=_paint,
            results=self._hear,
            monotonic=self.clock.monotonic,
            hears=lambda: self.telegram_answers,
        )

    async def opens(self) -> None:
        """Meet everybody."""
        self._chats = await self.database.transact(_meet)

    # -- what is said ---------------------------------------------------------------------------

    async def says(self, to: int, *contents: Mapping[str, Any], **options: Any) -> None:  # noqa: ANN401 - of queue
        """Store something to be said; nothing has left yet."""

        def queue(at: Transaction) -> None:
            for content in contents:
                store.queue(at, self._chats[to], content, **options)

        await self.does(queue)

    async def shows_card(self, kind: str, text: str, to: int = GROUP, **options: int) -> None:
        """The card `kind` is to show this from now on."""
        self.shows[kind, 1] = words(text)
        await self.does(lambda at: store.show_card(at, kind, 1, self._chats[to], **options))

    async def does(self, work: Callable[[Transaction], T]) -> T:
        """Change something, as a practice would, and wake the outbox."""
        done = await self.database.transact(work)
        self.outbox.wake()
        return done

    # -- time -----------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def sending(self) -> AsyncIterator[asyncio.Task[None]]:
        """The outbox sends, until the block ends; then it stops in good order."""
        task = asyncio.create_task(self.outbox.run())
        try:
            yield task
        finally:
            self.outbox.stop()
            await asyncio.wait([task], timeout=10)
            if not task.done():
                task.cancel()
                await asyncio.wait([task])

    async def settles(self) -> None:
        """Until nothing is under way and nothing more can leave at this instant."""
        sends = self.outbox
        while (  # noqa: ASYNC110 - the outbox tells nobody when it rests
            sends._turning
            or sends._look
            or sends._back
            or sends._lanes.busy
            or sends._lanes.seconds_to_next(self.clock.monotonic(), AT_ONCE_MAX) <= 0
        ):
            await asyncio.sleep(0.001)

    async def passes(self, seconds: float, step: float | None = None) -> None:
        """Time passes, at once or step by step."""
        await self.settles()
        for _ in range(round(seconds / step) if step else 1):
            self.clock.passes(seconds=step or seconds)
            self.outbox.wake()
            await self.settles()

    async def sends_everything(self) -> None:
        """Let leave what may leave now."""
        async with self.sending():
            await self.settles()

    # -- what came of it ------------------------------------------------------------------------

    async def finds(self, look: Callable[[Reading], T]) -> T:
        """Look something up in the file."""
        return await self.database.read(look)

    async def states(self) -> list[str]:
        """What became of each row, in order."""
        return await self.finds(
            lambda at: [row[0] for row in at.all("SELECT state FROM outbox ORDER BY id")]
        )

    async def errors(self) -> list[str | None]:
        """Why, where it did not leave."""
        return await self.finds(
            lambda at: [row[0] for row in at.all("SELECT error FROM outbox ORDER BY id")]
        )

    async def chat(self, telegram_id: int) -> chats.Chat:
        """A chat as it is known now."""
        return await self.finds(lambda at: chats.by_id(at, self._chats[telegram_id]))

    def to(self, telegram_id: int) -> list[str]:
        """The words that arrived in a chat, in order; of calls without words, their method."""
        return [
            letter.text or letter.method
            for letter in self.office.letters
            if letter.fields.get("chat_id") == str(telegram_id)
        ]

    def _hear(self, at: Transaction, name: str, subject: int, result: Any) -> None:  # noqa: ANN401 - whatever came
        self.hears(at, name, subject, result)

    def _note(self, at: Transaction, name: str, subject: int, result: Any) -> None:  # noqa: ANN401 - whatever came
        del at
        self.told.append((name, subject, result))


def _paint(order: Mapping[str, Any]) -> File:
    return f"{order['kind']}.png", b"picture", "image/png"


def _meet(at: Transaction) -> dict[int, int]:
    found = {}
    for telegram_id in (GROUP, OTHER_GROUP):
        chat = chats.seen(at, telegram_id=telegram_id, kind="group", person_id=None)
        found[telegram_id] = chat.id
    for telegram_id in (AMINA, JUMA):
        found[telegram_id] = meet(at, telegram_id)
    return found


def meet(at: Transaction, telegram_id: int) -> int:
    """Somebody's private chat."""
    person = people.met(at, telegram_id=telegram_id, name="Somebody", language="en")
    return chats.seen(at, telegram_id=telegram_id, kind="private", person_id=person.id).id
