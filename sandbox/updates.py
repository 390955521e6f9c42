"""The queue of updates that wait for the bot, as getUpdates and a webhook see it."""

import asyncio
import random
from collections import deque
from dataclasses import dataclass
from itertools import islice

from sandbox.clock import SandboxClock
from sandbox.refusals import conflict
from sandbox.state import Json

CALLBACK_SECONDS_MAX = 150
"""Telegram drops an undelivered press after this (telegram-bot-api, Client.cpp)."""
UPDATE_SECONDS_MAX = 24 * 60 * 60
TIMEOUT_SECONDS_MAX = 50
LIMIT_MAX = 100
KINDS = (
    "message", "edited_message", "channel_post", "edited_channel_post", "business_connection",
    "business_message", "edited_business_message", "deleted_business_messages",
    "message_reaction", "message_reaction_count", "inline_query", "chosen_inline_result",
    "callback_query", "shipping_query", "pre_checkout_query", "purchased_paid_media", "poll",
    "poll_answer", "my_chat_member", "chat_member", "chat_join_request", "chat_boost",
    "removed_chat_boost", "managed_bot", "guest_message", "subscription",
    "stopped_message_generation",
)  # fmt: skip
ON_REQUEST_ONLY = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
DEFAULT_KINDS = frozenset(KINDS) - ON_REQUEST_ONLY


@dataclass(slots=True)
class _Pending:
    update_id: int
    kind: str
    payload: Json
    at: float


class UpdateQueue:
    """Updates in order, each kept until the bot confirms it or it grows too old."""

    def __init__(self, clock: SandboxClock, chance: random.Random) -> None:
        self.allowed: frozenset[str] = DEFAULT_KINDS
        self._clock = clock
        self._next_id = chance.randrange(100_000_000, 900_000_000)
        self._pending: deque[_Pending] = deque()
        self._signal: asyncio.Future[bool] | None = None

    def __len__(self) -> int:
        return len(self._pending)

    def allow(self, kinds: list[str] | None) -> None:
        """Remember which kinds the bot wants: None keeps what was, an empty list the default."""
        if kinds is not None:
            self.allowed = frozenset(kinds) if kinds else DEFAULT_KINDS

    def add(self, kind: str, payload: Json) -> None:
        """Queue an update, unless the bot did not ask for its kind."""
        if kind not in self.allowed:
            return
        self._pending.append(_Pending(self._next_id, kind, payload, self._clock.monotonic()))
        self._next_id += 1
        self._wake(arrived=True)

    def confirm(self, offset: int) -> None:
        """Forget every update before `offset`; a negative one counts from the end."""
        if offset < 0:
            for _ in range(len(self._pending) + offset):
                self._pending.popleft()
            return
        while self._pending and self._pending[0].update_id < offset:
            self._pending.popleft()

    def drop(self, update_id: int) -> None:
        """Forget one update: its webhook took it."""
        self._pending = deque(each for each in self._pending if each.update_id != update_id)

    def stir(self) -> None:
        """Let whoever waits for an arrival look again."""
        self._wake(arrived=True)

    @property
    def asks_default(self) -> bool:
        """Whether the bot asked for no kinds in particular."""
        return self.allowed == DEFAULT_KINDS

    def timestamp(self) -> int:
        """Give the sandbox's time in Unix seconds."""
        return int(self._clock.now().timestamp())

    def forget_all(self) -> None:
        """Drop every waiting update."""
        self._pending.clear()

    def take(self, limit: int) -> list[Json]:
        """Give up to `limit` waiting updates, oldest first, in Telegram's shape."""
        now = self._clock.monotonic()
        while self._pending and _is_stale(self._pending[0], now):
            self._pending.popleft()
        fresh = (each for each in self._pending if not _is_stale(each, now))
        return [
            {"update_id": each.update_id, each.kind: each.payload} for each in islice(fresh, limit)
        ]

    async def poll(self, offset: int, limit: int, seconds: float) -> list[Json]:
        """Confirm what is before `offset`, then give updates, waiting `seconds` at most for one.

        Raises:
            Refused: 409, when another poll begins while this one waits.
        """
        self._wake(arrived=False)
        self.confirm(offset)
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while not (batch := self.take(limit)):
            left = until - loop.time()
            if left <= 0:
                return []
            if not await self._arrives(left):
                raise conflict(
                    "terminated by other getUpdates request; "
                    "make sure that only one bot instance is running"
                )
        return batch

    async def arrival(self, seconds: float) -> None:
        """Wait until an update arrives, `seconds` at most."""
        await self._arrives(seconds)

    async def _arrives(self, seconds: float) -> bool:
        signal = asyncio.get_running_loop().create_future()
        self._signal = signal
        try:
            async with asyncio.timeout(seconds):
                return bool(await signal)
        except TimeoutError:
            return True
        finally:
            if self._signal is signal:
                self._signal = None

    def _wake(self, *, arrived: bool) -> None:
        if self._signal is not None and not self._signal.done():
            self._signal.set_result(arrived)


def _is_stale(pending: _Pending, now: float) -> bool:
    limit = CALLBACK_SECONDS_MAX if pending.kind == "callback_query" else UPDATE_SECONDS_MAX
    return now - pending.at > limit
