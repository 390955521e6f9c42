"""Whose turn it is: the order of each chat, answers before broadcasts, within Telegram's limits.

A lane is a chat: one call at a time, its rows in order. Choosing costs what may leave now, not what
waits: ten thousand chats that wait for their instant are not looked at before it. Times are
monotonic seconds, given by the caller.
"""

import heapq
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from bot.delivery.limits import Pace

IDLE_SECONDS: Final = 60.0
#: What nobody asked for stands behind answers in its chat, but only so long.
PATIENCE_SECONDS: Final = 30.0
#: After so many answers a broadcast has its turn, where both wait: neither stops the other.
ANSWERS_IN_A_ROW: Final = 4


class Row(NamedTuple):
    """A row of the outbox: what decides its turn. Smaller is earlier."""

    rank: float
    id: int
    urgency: int  # 0 answers somebody, 1 is said unasked
    is_edit: bool
    not_before: float = 0.0
    mends: int = 0  # how often it was mended after a refusal

    @classmethod
    def new(
        cls, row_id: int, urgency: int, now: float, *, is_edit: bool, not_before: float
    ) -> "Row":
        """Return a row that begins to wait now; it keeps its rank however often it is tried."""
        return cls(now + urgency * PATIENCE_SECONDS, row_id, urgency, is_edit, not_before)

    def aside(self) -> "Row":
        """Let what comes before it is tried again go first."""
        return self._replace(rank=max(self.rank, self.not_before))


@dataclass
class _Lane:
    is_private: bool
    rows: list[Row] = field(default_factory=list)
    busy: bool = False
    listing: int = 0  # the one place where it stands among the ready or the waiting


_Ready = tuple[float, int, int, int]  # rank, row, listing, chat


class Lanes:
    """Every chat that has something to be said."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._lanes: dict[int, _Lane] = {}
        # A lane that is free and has rows stands in one of these with its first row. Where it stood
        # before is passed over: its listing is another.
        self._ready: tuple[list[_Ready], ...] = ([], [])
        self._waiting: list[tuple[float, int, int]] = []  # when, listing, chat
        self._listings = 0
        self._busy = 0
        self._answers_in_a_row = 0

    @property
    def busy(self) -> int:
        """How many chats have a call under way, or about to be."""
        return self._busy

    def add(self, chat_id: int, row: Row, *, is_private: bool, now: float) -> None:
        """A row waits in a chat."""
        lane = self._lanes.setdefault(chat_id, _Lane(is_private))
        heapq.heappush(lane.rows, row)
        if not lane.busy and lane.rows[0] is row:
            self._list(chat_id, lane, now)

    def choose(self, now: float, most: int) -> list[tuple[int, Row]]:
        """Take the rows that may leave now, at most so many; their chats are busy until `done`."""
        while self._waiting and self._waiting[0][0] <= now:
            _, listing, chat_id = heapq.heappop(self._waiting)
            lane = self._lanes.get(chat_id)
            if lane is not None and lane.listing == listing:
                self._list(chat_id, lane, now)
        most = min(most, self._pace.room(now))
        chosen: list[tuple[int, Row]] = []
        while len(chosen) < most and (heap := self._next_heap()):
            _, _, listing, chat_id = heapq.heappop(heap)
            lane = self._lanes.get(chat_id)
            if lane is None or lane.listing != listing:
                continue
            row = heapq.heappop(lane.rows)
            lane.busy, lane.listing = True, 0
            self._busy += 1
            self._answers_in_a_row = 0 if row.urgency else self._answers_in_a_row + 1
            chosen.append((chat_id, row))
        return chosen

    def leaves(self, chat_id: int, now: float) -> None:
        """The call of a chosen row is made now."""
        self._pace.take(chat_id, now, is_private=self._lanes[chat_id].is_private)

    def done(self, chat_id: int, now: float, again: Row | None = None) -> None:
        """A chosen row's call is over, or was not made; `again`: it waits for another try."""
        lane = self._lanes[chat_id]
        lane.busy = False
        self._busy -= 1
        if again is not None:
            heapq.heappush(lane.rows, again)
        if lane.rows:
            self._list(chat_id, lane, now)
        else:
            del self._lanes[chat_id]

    def is_private(self, chat_id: int) -> bool:
        """Whether a busy chat is a private one."""
        return self._lanes[chat_id].is_private

    def seconds_to_next(self, now: float, most: int) -> float:
        """How long until something may leave, if so many may leave at once."""
        if most <= 0:
            return IDLE_SECONDS  # whatever comes back makes room, and wakes
        waits = [IDLE_SECONDS]
        if any(self._ready):
            waits.append(self._pace.room_at(now) - now)
        if self._waiting:
            waits.append(self._waiting[0][0] - now)
        return max(0.0, min(waits))

    def _next_heap(self) -> list[_Ready]:
        answers, unasked = self._ready
        if answers and (self._answers_in_a_row < ANSWERS_IN_A_ROW or not unasked):
            return answers
        return unasked

    def _list(self, chat_id: int, lane: _Lane, now: float) -> None:
        row = lane.rows[0]
        self._listings += 1
        lane.listing = self._listings
        when = max(self._pace.ready_at(chat_id, now, is_edit=row.is_edit), row.not_before)
        if when > now:
            heapq.heappush(self._waiting, (when, lane.listing, chat_id))
        else:
            heapq.heappush(self._ready[row.urgency], (row.rank, row.id, lane.listing, chat_id))
