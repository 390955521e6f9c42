"""What happened, numbered, for the page and for whoever listens in the process."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

KEPT = 5_000

Kind = Literal[
    "message", "edit", "delete", "reaction", "poll", "person", "chat", "time", "toast", "pin",
    "cast", "typing",
]  # fmt: skip


@dataclass(slots=True, frozen=True)
class Event:
    """Something that happened. Facts hold objects; they become JSON when somebody reads them."""

    n: int
    kind: Kind
    facts: dict[str, Any]


class EventLog:
    """The last few thousand events."""

    def __init__(self) -> None:
        self.last = 0
        self._kept: deque[Event] = deque(maxlen=KEPT)
        self._listeners: list[Callable[[Event], None]] = []

    def emit(self, kind: Kind, **facts: object) -> None:
        """Number an event, keep it, and tell the listeners."""
        self.last += 1
        event = Event(self.last, kind, facts)
        self._kept.append(event)
        for listener in tuple(self._listeners):
            listener(event)

    def since(self, n: int) -> list[Event]:
        """Give the events after number `n` that are still kept."""
        missing = self.last - n
        if missing <= 0:
            return []
        return list(self._kept)[-missing:]

    def listen(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Have `listener` called with each event from now on; gives the way to stop it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)
