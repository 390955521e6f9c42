"""Telegram's flood limits, as leaky buckets on the sandbox's own clock."""

import math
from dataclasses import dataclass, field

from sandbox.clock import SandboxClock
from sandbox.refusals import too_many_requests
from sandbox.state import Chat


@dataclass(slots=True)
class Bucket:
    """A number of calls at once, and a rate at which they come back."""

    size: float
    per_second: float
    level: float = field(init=False)
    at: float = -math.inf

    def __post_init__(self) -> None:
        self.level = self.size

    def wait(self, now: float) -> float:
        """Give the seconds until one more call fits; 0 when it fits now."""
        if now > self.at:
            if self.at > -math.inf:
                self.level = min(self.size, self.level + (now - self.at) * self.per_second)
            self.at = now
        return 0.0 if self.level >= 1 - 1e-9 else (1 - self.level) / self.per_second

    def spend(self) -> None:
        """Count one call."""
        self.level -= 1


@dataclass(slots=True)
class Limits:
    """How often the bot may send. Figures are those of Telegram's own FAQ.

    Attributes:
        on: whether they hold at all.
        count_edits: whether an edit counts as a send does.
        group_size: calls to one group at once, all of which come back in `group_seconds`.
        private_burst: calls to one person at once; one comes back each `private_seconds`.
        overall_per_second: calls in all.
    """

    clock: SandboxClock
    on: bool = True
    count_edits: bool = True
    group_size: int = 20
    group_seconds: float = 60.0
    private_burst: int = 5
    private_seconds: float = 1.0
    overall_per_second: int = 30
    refused: int = 0
    _buckets: dict[int, Bucket] = field(default_factory=dict)
    _overall: Bucket | None = None

    def spend(self, chat: Chat, *, edit: bool = False) -> None:
        """Count a call to a chat.

        Raises:
            Refused: 429 with `retry_after`, in whole seconds, when it comes too soon.
        """
        if not self.on or (edit and not self.count_edits):
            return
        now = self.clock.monotonic()
        if self._overall is None:
            self._overall = Bucket(self.overall_per_second, self.overall_per_second)
        buckets = (self._overall, self._bucket(chat))
        wait = max(bucket.wait(now) for bucket in buckets)
        if wait > 0:
            self.refused += 1
            raise too_many_requests(max(1, math.ceil(wait)))
        for bucket in buckets:
            bucket.spend()

    def forget(self) -> None:
        """Start counting anew; also after the figures were changed."""
        self._buckets.clear()
        self._overall = None

    def _bucket(self, chat: Chat) -> Bucket:
        bucket = self._buckets.get(chat.id)
        if bucket is None:
            bucket = (
                Bucket(self.group_size, self.group_size / self.group_seconds)
                if chat.is_group
                else Bucket(self.private_burst, 1 / self.private_seconds)
            )
            self._buckets[chat.id] = bucket
        return bucket
