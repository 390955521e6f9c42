"""Delivery of updates by webhook, as Telegram does it: several at once, each queue in its order.

A queue is a chat's messages, one person's presses, or one poll's answers; its next update is
posted when the one before was taken. So a press may overtake a message, as it may at Telegram.
"""

import asyncio
import logging
from dataclasses import dataclass, field

import aiohttp

from sandbox.state import Json
from sandbox.updates import UpdateQueue

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  the header's name, no secret
PATIENCE_SECONDS = 60
WAIT_SECONDS_MIN, WAIT_SECONDS_MAX = 0.2, 10.0
IDLE_SECONDS = 30.0

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Webhook:
    """Where updates are posted, and how that went.

    Attributes:
        repeats: every so many-th update that was taken is posted once more, as after an answer
            that was lost; 0 for none.
    """

    updates: UpdateQueue
    url: str = ""
    secret: str = ""
    max_connections: int = 40
    repeats: int = 0
    posted: int = 0
    last_error: str = ""
    last_error_at: int = 0
    _task: asyncio.Task[None] | None = None
    _session: aiohttp.ClientSession | None = field(default=None, repr=False)
    _busy: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def set(self, url: str, secret: str, max_connections: int) -> None:
        """Deliver to another address from now on."""
        await self.remove()
        self.url, self.secret, self.max_connections = url, secret, max_connections
        self.last_error, self.last_error_at = "", 0
        self._task = asyncio.create_task(self._deliver())

    async def remove(self) -> None:
        """Deliver no more."""
        self.url = ""
        tasks = [*self._busy.values(), *([self._task] if self._task else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._busy.clear()
        self._task = None
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _deliver(self) -> None:
        connector = aiohttp.TCPConnector(limit=self.max_connections)
        timeout = aiohttp.ClientTimeout(total=PATIENCE_SECONDS)
        self._session = session = aiohttp.ClientSession(timeout=timeout, connector=connector)
        while True:
            seen = set(self._busy)
            for update in self.updates.take(len(self.updates)):
                queue = _queue(update)
                if queue not in seen and len(self._busy) < self.max_connections:
                    self._busy[queue] = asyncio.create_task(self._see_through(session, update))
                seen.add(queue)
            await self.updates.arrival(IDLE_SECONDS)

    async def _see_through(self, session: aiohttp.ClientSession, update: Json) -> None:
        """Post an update until it is taken, waiting longer each time."""
        wait, number = WAIT_SECONDS_MIN, update["update_id"]
        while problem := await self._post(session, update):
            self.last_error, self.last_error_at = problem, self.updates.timestamp()
            log.info("the webhook did not take update %s: %s", number, problem)
            await asyncio.sleep(wait)
            wait = min(wait * 2, WAIT_SECONDS_MAX)
        self.posted += 1
        if self.repeats and self.posted % self.repeats == 0:
            await self._post(session, update)
        self.updates.drop(number)
        del self._busy[_queue(update)]
        self.updates.stir()

    async def _post(self, session: aiohttp.ClientSession, update: Json) -> str:
        headers = {SECRET_HEADER: self.secret} if self.secret else {}
        try:
            async with session.post(self.url, json=update, headers=headers) as answer:
                if answer.ok:
                    return ""
                return f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except TimeoutError:
            return "Read timeout expired"
        except aiohttp.ClientError:
            return "Connection refused"


def _queue(update: Json) -> str:
    """Name what keeps its order (telegram-bot-api, Client.cpp, webhook_queue_id)."""
    kind, of = next((kind, of) for kind, of in update.items() if kind != "update_id")
    if kind == "callback_query":
        return f"callback {of['from']['id']}"
    if kind in {"poll", "poll_answer"}:
        return f"{kind} {of.get('poll_id', of.get('id'))}"
    return f"chat {of['chat']['id']}" if "chat" in of else kind
