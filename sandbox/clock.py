"""The sandbox's time: it runs on by itself, and it can jump."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Listener = Callable[[datetime], None]


class SandboxClock:
    """A clock that runs in real time from wherever it was last set.

    Args:
        start: the first moment, aware; by default the machine's own time.
        read: a monotonic reading in seconds; tests may pass one that stands still.
    """

    def __init__(
        self, start: datetime | None = None, *, read: Callable[[], float] = time.monotonic
    ) -> None:
        self._read = read
        self._anchor = read()
        self._base = _utc(start) if start is not None else datetime.now(UTC)
        self._jumped = 0.0
        self._listeners: list[Listener] = []

    def now(self) -> datetime:
        """Give the moment it is in the sandbox, aware, in UTC."""
        return self._base + timedelta(seconds=self._read() - self._anchor)

    def monotonic(self) -> float:
        """Give seconds that never go back: real ones, and every jump forward.

        Limits and time-outs count in these, so that a month's journey also refills what is
        allowed per minute.
        """
        return self._read() + self._jumped

    def set(self, to: datetime, *, back: bool = False) -> None:
        """Jump to a moment and tell the listeners.

        Args:
            to: the new moment, aware.
            back: whether it may be earlier than now.

        Raises:
            ValueError: when `to` is naive, or earlier than now and `back` was not said.
        """
        target = _utc(to)
        ahead = (target - self.now()).total_seconds()
        if ahead < 0 and not back:
            raise ValueError(f"{target.isoformat()} is in the past; say back=True to go there")
        self._jumped += max(ahead, 0.0)
        self._base, self._anchor = target, self._read()
        for listener in tuple(self._listeners):
            listener(target)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Have `listener` called with each new moment after a jump; gives the way to stop it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment must say its time zone")
    return moment.astimezone(UTC)
