"""An event loop in which waiting costs nothing: where nothing is to do, time jumps to what is next.

One thread, no sockets, no real clock: what happens follows from the seed alone.
"""

import asyncio
import selectors
from collections.abc import Callable, Mapping
from contextvars import Context
from datetime import datetime, tzinfo
from typing import Any, Self, TypeVar

T = TypeVar("T")


class _Nothing(selectors.SelectSelector):
    """Waits by telling the loop to let its time pass."""

    def __init__(self, passes: Callable[[float], None]) -> None:
        super().__init__()
        self._passes = passes

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("everybody waits, and nothing will ever happen")
        self._passes(timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop whose time passes only where nothing is to do.

    `stepped` is called before each callback that is put into its queue: whatever awaits goes
    through there.
    """

    def __init__(self) -> None:
        self._now = 1000.0
        self.stepped: Callable[[], None] | None = None
        super().__init__(_Nothing(self._pass))

    def time(self) -> float:
        """The seconds that have passed here."""
        return self._now

    def _pass(self, seconds: float) -> None:
        # A hair more: a timer must not be found too early by what floats leave over.
        self._now += max(0.0, seconds) + 1e-9

    def call_soon(  # type: ignore[override]  # what we pass on is whatever we are given
        self,
        callback: Callable[..., object],
        *args: Any,  # noqa: ANN401 - the library's own signature
        context: Context | None = None,
    ) -> asyncio.Handle:
        """Put something into the queue, as the library does."""
        if self.stepped is not None:
            self.stepped()
        return super().call_soon(callback, *args, context=context)

    def run_in_executor(  # type: ignore[override]
        self,
        executor: object,
        func: Callable[..., T],
        *args: Any,  # noqa: ANN401 - the library's own signature
    ) -> asyncio.Future[T]:
        """No threads: it is done here, at once."""
        del executor
        future: asyncio.Future[T] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - whoever waits for it hears of it
            future.set_exception(error)
        return future


class ClockFace(datetime):
    """What a library that asks `datetime.now` is told: the clock of the machine that is played."""

    reads: Callable[[], datetime]

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        """The time on that clock."""
        told = cls.reads()
        inside = told if tz is None else told.astimezone(tz)
        return cls.fromtimestamp(inside.timestamp(), tz)


def face(reads: Callable[[], datetime]) -> type[ClockFace]:
    """A `datetime` whose `now` is what `reads` says."""
    return type("Face", (ClockFace,), {"reads": staticmethod(reads)})


def nothing_is_lost(loop: VirtualLoop, hears: Callable[[Mapping[str, Any]], None]) -> None:
    """Have what goes wrong in the loop, unseen by anybody, be heard."""
    loop.set_exception_handler(lambda _loop, context: hears(context))
