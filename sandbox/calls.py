"""The record of every call that the bot made."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Any

KEPT = 100_000


@dataclass(slots=True)
class RecordedCall:
    """A call: what was asked, of which chat, when (UTC, sandbox time), and how it ended."""

    method: str
    parameters: dict[str, Any]
    chat: int | None
    at: datetime
    status: int = 0
    description: str = ""


class Calls:
    """The last calls, oldest first."""

    def __init__(self) -> None:
        self.total = 0
        self._kept: deque[RecordedCall] = deque(maxlen=KEPT)

    def __len__(self) -> int:
        return len(self._kept)

    def add(self, call: RecordedCall) -> None:
        """Keep a call."""
        self.total += 1
        self._kept.append(call)

    def of(self, method: str | None = None, chat: int | None = None) -> list[RecordedCall]:
        """Give the calls of a method (any case), to a chat, or both."""
        wanted = None if method is None else method.lower()
        return [
            call
            for call in self._kept
            if (wanted is None or call.method.lower() == wanted)
            and (chat is None or call.chat == chat)
        ]

    def clear(self) -> None:
        """Forget all of them."""
        self._kept.clear()
        self.total = 0
