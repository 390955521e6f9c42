"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class HandClock:
    """The time by the wall (`now`, which may be set back) and by a stopwatch (`monotonic`)."""

    def __init__(self, start: datetime = START) -> None:
        self.time = start
        self.seconds = 1000.0

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self.seconds

    def passes(self, **timedelta_: float) -> None:
        """Time passes, by the wall and by the stopwatch."""
        length = timedelta(**timedelta_)
        self.time += length
        self.seconds += length.total_seconds()

    def is_set(self, to: datetime) -> None:
        """Somebody sets the wall clock; the stopwatch does not care."""
        self.time = to
