"""Telegram's limits, kept before they are hit.

About 30 calls a second in all, 1 a second in a private chat, 20 a minute in a group, and whatever
`retry_after` says.

Published limits are approximate; an answer of 429 is the last word. Calls that edit are paced
wider in a group, so that many answers at once merge into few edits.
Times are monotonic seconds, given by the caller.
"""

from dataclasses import dataclass, field
from typing import Final

OVERALL_PER_SECOND: Final = 30.0
OVERALL_BURST: Final = 24.0  # below the published 30, so that a burst is not refused
PRIVATE_PER_SECOND: Final = 1.0
PRIVATE_BURST: Final = (
    4.0  # Telegram bears short bursts; a dialogue answers a tap with two or three
)
GROUP_PER_SECOND: Final = 20 / 60
GROUP_BURST: Final = 10.0
GROUP_EDIT_SECONDS: Final = 3.0
CHATS_REMEMBERED: Final = 10_000


@dataclass
class Bucket:
    """So many calls at once, refilled so many a second."""

    per_second: float
    burst: float
    tokens: float
    at: float

    def ready_at(self, now: float) -> float:
        """When the next call may leave."""
        tokens = self._tokens(now)
        return now if tokens >= 1 else now + (1 - tokens) / self.per_second

    def room(self, now: float) -> float:
        """How many calls may leave at once."""
        return self._tokens(now)

    def take(self, now: float) -> None:
        """One call leaves."""
        self.tokens = self._tokens(now) - 1
        self.at = now

    def _tokens(self, now: float) -> float:
        return min(self.burst, self.tokens + max(0.0, now - self.at) * self.per_second)


@dataclass
class _Lane:
    bucket: Bucket
    held_until: float = 0.0
    last_call: float = -1e9


@dataclass
class Pace:
    """When which chat may be called next."""

    unlimited: bool = False
    _overall: Bucket = field(
        default_factory=lambda: Bucket(OVERALL_PER_SECOND, OVERALL_BURST, OVERALL_BURST, 0.0)
    )
    _lanes: dict[int, _Lane] = field(default_factory=dict)
    _held_until: float = 0.0

    def ready_at(self, chat: int, now: float, *, is_private: bool, is_edit: bool) -> float:
        """When a call to the chat may leave, `now` if at once (the whole bot's limit included)."""
        if self.unlimited and not self._lanes and not self._held_until:
            return now
        lane = self._lane(chat, now, is_private=is_private)
        if self.unlimited:
            return max(now, lane.held_until, self._held_until)
        ready = max(
            self._overall.ready_at(now),
            self._held_until,
            lane.held_until,
            lane.bucket.ready_at(now),
        )
        if is_edit and not is_private:
            ready = max(ready, lane.last_call + GROUP_EDIT_SECONDS)
        return ready

    def room(self, now: float) -> float:
        """How many calls may leave at once now, by the whole bot's limit."""
        return self._overall.burst if self.unlimited else self._overall.room(now)

    def room_at(self, now: float) -> float:
        """When the next call may leave, by the whole bot's limit."""
        return now if self.unlimited else self._overall.ready_at(now)

    def take(self, chat: int, now: float, *, is_private: bool) -> None:
        """A call to the chat leaves now."""
        if self.unlimited:
            return
        lane = self._lane(chat, now, is_private=is_private)
        self._overall.take(now)
        lane.bucket.take(now)
        lane.last_call = now

    def hold(self, chat: int, until: float, *, is_private: bool, now: float) -> None:
        """Telegram asked to wait in this chat; if another waits already, it means the whole bot."""
        others_wait = any(lane.held_until > now for key, lane in self._lanes.items() if key != chat)
        self._lane(chat, now, is_private=is_private).held_until = until
        if others_wait:
            self.hold_all(until)

    def hold_all(self, until: float) -> None:
        """Nothing leaves before this instant."""
        self._held_until = max(self._held_until, until)

    def _lane(self, chat: int, now: float, *, is_private: bool) -> _Lane:
        lane = self._lanes.get(chat)
        if lane is None:
            if len(self._lanes) >= CHATS_REMEMBERED:
                self._forget_idle(now)
            rate, burst = (
                (PRIVATE_PER_SECOND, PRIVATE_BURST)
                if is_private
                else (GROUP_PER_SECOND, GROUP_BURST)
            )
            lane = self._lanes[chat] = _Lane(Bucket(rate, burst, burst, now))
        return lane

    def _forget_idle(self, now: float) -> None:
        """Forget chats whose bucket is full again: a new one would be the same."""
        self._lanes = {
            key: lane
            for key, lane in self._lanes.items()
            if lane.held_until > now or now - lane.last_call < 60  # noqa: PLR2004 - a minute refills any bucket
        }
