"""Updates on their way to the bot: repeated, in another order, late, or such as nobody can read."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from sandbox.server import Sandbox
from sandbox.updates import _is_stale

#: Telegram holds a poll 50 s. Where the bot has nothing to say it is held longer here: else a run
#: would be 60,000 polls.
HOLDS_SECONDS: Final = (50.0, 3600.0)
REPEATED_SECONDS: Final = 20 * 3600.0  # Telegram keeps nothing for longer than a day
#: What no bot should ever be sent. Each carries an id, so that it can be confirmed.
POISON: Final[tuple[tuple[str, Any], ...]] = (
    ("message", {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}, "from": {}}),
    ("message", {"message_id": "x", "date": "yesterday", "chat": None}),
    ("message", 7),
    ("callback_query", {"id": "1", "from": {"id": 2**80, "is_bot": False, "first_name": "X"}}),
    ("callback_query", []),
    ("poll_answer", {"poll_id": "9", "option_ids": ["a"], "user": None}),
    ("my_chat_member", {"chat": {}, "from": {}, "date": 0}),
)


class Feed:
    """What waits at Telegram, and what of it is given to the bot when."""

    def __init__(
        self, sandbox: Sandbox, chance: random.Random, is_busy: Callable[[], bool]
    ) -> None:
        """`is_busy`: whether the bot has something to say."""
        self.is_busy = is_busy
        self._queue = sandbox.world.updates
        self._sandbox = sandbox
        self._chance = chance
        self.trouble = 0.0  # how many of the answers are disturbed
        self.befell: Counter[str] = Counter()
        self.confirmed: set[int] = set()  # Telegram was told that they are done
        self._late: list[dict[str, Any]] = []  # held back, as a webhook's retries are
        self._older: list[tuple[float, dict[str, Any]]] = []  # when they were confirmed
        self._given: list[dict[str, Any]] = []

    def __len__(self) -> int:
        return len(self._queue) + len(self._late)

    def poisons(self) -> None:
        """Queue something that cannot be read."""
        kind, payload = self._chance.choice(POISON)
        self.befell["poison"] += 1
        if kind not in self._queue.allowed:
            return
        self._queue.add(kind, payload)

    async def gives(self, call: dict[str, Any]) -> list[dict[str, Any]]:
        """Answer a getUpdates: confirm what it confirms, then wait for something to give."""
        self._queue.allow(call.get("allowed_updates"))
        self._confirm(call.get("offset"))
        await asyncio.sleep(self._chance.uniform(0.01, 0.1))
        until = asyncio.get_running_loop().time() + HOLDS_SECONDS[not self.is_busy()]
        while not (batch := self._queue.take(call.get("limit", 100))) and not self._late:
            left = until - asyncio.get_running_loop().time()
            if left <= 0:
                return []
            await self._queue.arrival(left)
        return self._disturbed(batch)

    def is_given(self, updates: list[dict[str, Any]]) -> None:
        """They have reached the bot."""
        self._given = updates

    def _confirm(self, offset: int | None) -> None:
        if offset is None:
            return
        given, self._given = self._given, []
        if given and offset == max(one["update_id"] for one in given) + 1:
            ids = {one["update_id"] for one in given}
            self._late = [one for one in self._late if one["update_id"] not in ids]
            self.confirmed |= ids
            now = self._sandbox.clock.monotonic()
            self._older = [*self._older, *((now, one) for one in given)][-20:]
        late = {one["update_id"] for one in self._late}
        now = self._sandbox.clock.monotonic()
        waiting = {
            one.update_id
            for one in self._queue._pending
            if one.update_id < offset and not _is_stale(one, now)
        }
        self.confirmed |= waiting - late
        self._queue.confirm(offset)

    def _disturbed(self, batch: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Give them as Telegram would, or not quite."""
        late = {one["update_id"] for one in self._late}
        batch = [one for one in batch if one["update_id"] not in late]
        if self._late and (not batch or self._chance.random() < 0.5):
            batch = [*batch, *self._late]
        if self._chance.random() >= self.trouble:
            return batch
        what = self._chance.choice(("repeated", "reordered", "late"))
        self.befell[what] += 1
        if what == "repeated":
            since = self._sandbox.clock.monotonic() - REPEATED_SECONDS
            again = [*batch, *(one for when, one in self._older if when > since)]
            return [*batch, *self._chance.sample(again, min(3, len(again)))]
        if what == "reordered":
            return self._chance.sample(batch, len(batch))
        if len(batch) > 1:
            held = batch[0]
            if held not in self._late:
                self._late.append(held)
            return batch[1:]
        return batch
