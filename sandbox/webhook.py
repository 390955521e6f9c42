"""Delivery of updates by webhook: in order, with the secret header, tried again until taken."""

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

    Telegram delivers up to `max_connections` at once and keeps order within a chat only; the
    sandbox posts one after another.
    """

    updates: UpdateQueue
    url: str = ""
    secret: str = ""
    max_connections: int = 40
    last_error: str = ""
    last_error_at: int = 0
    _task: asyncio.Task[None] | None = None
    _session: aiohttp.ClientSession | None = field(default=None, repr=False)

    async def set(self, url: str, secret: str, max_connections: int) -> None:
        """Deliver to another address from now on."""
        await self.remove()
        self.url, self.secret, self.max_connections = url, secret, max_connections
        self.last_error, self.last_error_at = "", 0
        self._task = asyncio.create_task(self._deliver())

    async def remove(self) -> None:
        """Deliver no more."""
        self.url = ""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _deliver(self) -> None:
        wait = WAIT_SECONDS_MIN
        timeout = aiohttp.ClientTimeout(total=PATIENCE_SECONDS)
        self._session = aiohttp.ClientSession(timeout=timeout)
        while True:
            batch = self.updates.take(1)
            if not batch:
                await self.updates.arrival(IDLE_SECONDS)
                continue
            problem = await self._post(self._session, batch[0])
            if not problem:
                self.updates.confirm(batch[0]["update_id"] + 1)
                wait = WAIT_SECONDS_MIN
                continue
            self.last_error, self.last_error_at = problem, self.updates.timestamp()
            log.info("the webhook did not take update %s: %s", batch[0]["update_id"], problem)
            await asyncio.sleep(wait)
            wait = min(wait * 2, WAIT_SECONDS_MAX)

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
