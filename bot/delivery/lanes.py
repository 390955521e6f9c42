"""Whose turn it is: the order of each chat, answers before broadcasts, within Telegram's limits.

A lane is a chat: one call at a time, its rows in order. Choosing costs what may leave now, not what
waits: ten thousand chats that wait for their instant are not looked at before it. Times are
monotonic seconds, given by the caller.
"""

import heapq
from dataclasses import dataclass, field
from typing import Final

from bot.delivery.limits import Pace

IDLE_SECONDS: Final = 60.0


@dataclass(frozen=True, order=True)
class Row:
    """A row of the outbox: what decides its turn. Smaller is earlier."""

    urgency: int
    id: int
    is_edit: bool = field(compare=False)
    not_before: float = field(default=0.0, compare=False)


@dataclass
class _Lane:
    is_private: bool
    rows: list[Row] = field(default_factory=list)
    busy: bool = False


class Lanes:
    """Every chat that has something to be said."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._lanes: dict[int, _Lane] = {}
        # A chat may stand in both heaps, and more than once: what is out of date is passed over.
        self._ready: list[tuple[int, int, int]] = []  # urgency, row, chat
        self._waiting: list[tuple[float, int]] = []  # when, chat
        self._busy = 0

    @property
    def busy(self) -> int:
        """How many chats have a call under way."""
        return self._busy

    def add(self, chat_id: int, row: Row, *, is_private: bool, now: float) -> None:
        """A row waits in a chat."""
        lane = self._lanes.setdefault(chat_id, _Lane(is_private))
        heapq.heappush(lane.rows, row)
        self._list(chat_id, lane, now)

    def choose(self, now: float, most: int) -> list[tuple[int, Row]]:
        """Take the rows that may leave now, at most so many; their chats are busy until `done`."""
        while self._waiting and self._waiting[0][0] <= now:
            self._list_ready(heapq.heappop(self._waiting)[1])
        chosen: list[tuple[int, Row]] = []
        while self._ready and len(chosen) < most and self._pace.room(now) >= 1:
            chat_id = heapq.heappop(self._ready)[2]
            lane = self._lanes.get(chat_id)
            if lane is None or lane.busy or not lane.rows:
                continue
            when = self._when(chat_id, lane, now)
            if when > now:
                heapq.heappush(self._waiting, (when, chat_id))
                continue
            lane.busy = True
            self._busy += 1
            self._pace.take(chat_id, now, is_private=lane.is_private)
            chosen.append((chat_id, heapq.heappop(lane.rows)))
        return chosen

    def done(self, chat_id: int, now: float) -> None:
        """A chat's call is over: its next row may have its turn."""
        lane = self._lanes[chat_id]
        lane.busy = False
        self._busy -= 1
        if lane.rows:
            self._list(chat_id, lane, now)
        else:
            del self._lanes[chat_id]

    def is_private(self, chat_id: int) -> bool:
        """Whether a busy chat is a private one."""
        return self._lanes[chat_id].is_private

    def seconds_to_next(self, now: float) -> float:
        """How long until something may leave, as far as is known now."""
        waits = [IDLE_SECONDS]
        if self._ready:
            waits.append(self._pace.room_at(now) - now)
        if self._waiting:
            waits.append(self._waiting[0][0] - now)
        return max(0.0, min(waits))

    def _when(self, chat_id: int, lane: _Lane, now: float) -> float:
        row = lane.rows[0]
        paced = self._pace.ready_at(chat_id, now, is_private=lane.is_private, is_edit=row.is_edit)
        return max(paced, row.not_before)

    def _list(self, chat_id: int, lane: _Lane, now: float) -> None:
        if lane.busy:
            return
        when = self._when(chat_id, lane, now)
        if when > now:
            heapq.heappush(self._waiting, (when, chat_id))
        else:
            self._list_ready(chat_id)

    def _list_ready(self, chat_id: int) -> None:
        lane = self._lanes.get(chat_id)
        if lane is not None and not lane.busy and lane.rows:
            row = lane.rows[0]
            heapq.heappush(self._ready, (row.urgency, row.id, chat_id))
