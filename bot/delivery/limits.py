"""Telegram's limits, kept before they are hit.

30 calls a second in all, about 1 a second in a chat with short bursts, 20 a minute in a group, and
whatever `retry_after` says. Published limits are approximate; an answer of 429 is the last word.
Calls that edit are paced wider in a group, so that many answers at once merge into few edits.
Times are monotonic seconds, given by the caller.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

#: Telegram counts when calls arrive, not when they leave: our windows are a little wider than its.
OVERALL_MAX: Final = 30
OVERALL_SECONDS: Final = 1.05
GROUP_MAX: Final = 20
GROUP_SECONDS: Final = 61.0
CHAT_PER_SECOND: Final = 1.0
CHAT_BURST: Final = 4.0  # a dialogue answers a tap with two or three
GROUP_EDIT_SECONDS: Final = 3.0
CHATS_REMEMBERED: Final = 10_000
#: Asked to wait in so many chats with no answer between them, it is the whole bot that must wait.
FLOODED_CHATS_MAX: Final = 3


class Window:
    """At most so many calls within any so many seconds."""

    __slots__ = ("_calls", "_most", "_seconds")

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._calls: deque[float] = deque(maxlen=most)

    def ready_at(self, now: float) -> float:
        """When the next call may leave."""
        if len(self._calls) < self._most:
            return now
        return max(now, self._calls[0] + self._seconds)

    def room(self, now: float) -> int:
        """How many calls may leave at once."""
        while self._calls and self._calls[0] + self._seconds <= now:
            self._calls.popleft()
        return self._most - len(self._calls)

    def take(self, now: float) -> None:
        """One call leaves."""
        self._calls.append(now)


class Bucket:
    """So many calls at once, refilled so many a second."""

    __slots__ = ("_at", "_burst", "_per_second", "_tokens")

    def __init__(self, per_second: float, burst: float, now: float) -> None:
        self._per_second = per_second
        self._burst = burst
        self._tokens = burst
        self._at = now

    def ready_at(self, now: float) -> float:
        """When the next call may leave."""
        tokens = self._tokens_at(now)
        return now if tokens >= 1 else now + (1 - tokens) / self._per_second

    def take(self, now: float) -> None:
        """One call leaves."""
        self._tokens = self._tokens_at(now) - 1
        self._at = now

    def _tokens_at(self, now: float) -> float:
        # A hair more than exact: what was ready at an instant must be ready when it comes.
        grown = max(0.0, now - self._at) * self._per_second + 1e-9
        return min(self._burst, self._tokens + grown)


class _Chat:
    """One chat's own limits."""

    __slots__ = ("_bucket", "_is_private", "_window", "held_until", "last_call")

    def __init__(self, now: float, *, is_private: bool) -> None:
        self._bucket = Bucket(CHAT_PER_SECOND, CHAT_BURST, now)
        self._window = None if is_private else Window(GROUP_MAX, GROUP_SECONDS)
        self._is_private = is_private
        self.held_until = 0.0
        self.last_call: float | None = None

    def ready_at(self, now: float, *, is_edit: bool) -> float:
        ready = max(self.held_until, self._bucket.ready_at(now))
        if self._window is not None:
            ready = max(ready, self._window.ready_at(now))
        if is_edit and not self._is_private and self.last_call is not None:
            ready = max(ready, self.last_call + GROUP_EDIT_SECONDS)
        return ready

    def take(self, now: float) -> None:
        self._bucket.take(now)
        if self._window is not None:
            self._window.take(now)
        self.last_call = now

    def is_like_new(self, now: float) -> bool:
        """Whether it forbids nothing that a chat never called would not."""
        return self.held_until <= now and (
            self.last_call is None or now - self.last_call > GROUP_SECONDS
        )


@dataclass
class Pace:
    """When which chat may be called next. `unlimited` keeps only what Telegram asks for by 429.

    `overall_max`: calls a second in all; more where the Bot API server is one's own, or paid for.
    """

    unlimited: bool = False
    overall_max: int = OVERALL_MAX
    _chats: dict[int, _Chat] = field(default_factory=dict)
    _held_until: float = 0.0
    _flooded: set[int] = field(default_factory=set)
    _forget_beyond: int = CHATS_REMEMBERED

    def __post_init__(self) -> None:
        self._overall = Window(self.overall_max, OVERALL_SECONDS)

    def ready_at(self, chat: int, now: float, *, is_edit: bool) -> float:
        """When a call to the chat may leave by the chat's own limits, `now` if at once."""
        known = self._chats.get(chat)
        if known is None:
            return now
        if self.unlimited:
            return max(now, known.held_until)
        return known.ready_at(now, is_edit=is_edit)

    def room(self, now: float) -> int:
        """How many calls may leave at once now, by the whole bot's limit."""
        if now < self._held_until:
            return 0
        return self.overall_max if self.unlimited else self._overall.room(now)

    def room_at(self, now: float) -> float:
        """When the next call may leave, by the whole bot's limit."""
        ready = now if self.unlimited else self._overall.ready_at(now)
        return max(ready, self._held_until)

    def take(self, chat: int, now: float, *, is_private: bool) -> None:
        """A call to the chat leaves now."""
        if not self.unlimited:
            self._overall.take(now)
            self._chat(chat, now, is_private=is_private).take(now)

    def hold(self, chat: int, until: float, *, is_private: bool, now: float) -> None:
        """Telegram asked to wait in this chat; where it asks so in several, the whole bot waits."""
        self._chat(chat, now, is_private=is_private).held_until = until
        self._flooded.add(chat)
        if len(self._flooded) >= FLOODED_CHATS_MAX:
            self.hold_all(until)

    def answered(self) -> None:
        """A call went through: what was asked of some chats is theirs alone."""
        self._flooded.clear()

    def hold_all(self, until: float) -> None:
        """Nothing leaves before this instant."""
        self._held_until = max(self._held_until, until)

    def _chat(self, chat: int, now: float, *, is_private: bool) -> _Chat:
        known = self._chats.get(chat)
        if known is None:
            if len(self._chats) >= self._forget_beyond:
                self._forget_idle(now)
            known = self._chats[chat] = _Chat(now, is_private=is_private)
        return known

    def _forget_idle(self, now: float) -> None:
        """Forget chats whose limits are as new; look again only when they are twice as many."""
        self._chats = {key: one for key, one in self._chats.items() if not one.is_like_new(now)}
        self._forget_beyond = max(CHATS_REMEMBERED, 2 * len(self._chats))
