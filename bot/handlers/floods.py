"""How much one person may do in a row, so that nobody makes all others wait.

Whoever presses and writes as fast as a hand can never comes near it. What is too much is passed
over before anything is done for it: no row but that the update is done, no answer but the first.
Kept in memory alone: after a start everybody begins anew.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

#: So many at once: a treasurer's longest list, ticked twice.
AT_ONCE: Final = 300
#: And then so many a second: faster than anybody reads what comes back.
A_SECOND: Final = 1.0
#: Who was told that it is too much is told again only after a rest of so many seconds.
REST: Final = 30.0
PEOPLE_MAX: Final = 20_000

Verdict = Literal["fine", "too much", "still too much"]


@dataclass
class _Person:
    left: float
    at: datetime
    told: bool = False


class Floods:
    """Counts what each person does."""

    def __init__(self, at_once: float = AT_ONCE) -> None:
        self._at_once = at_once
        self._people: dict[int, _Person] = {}

    def judge(self, telegram_id: int, now: datetime) -> Verdict:
        """Count one more; say whether it is too much, and whether they were told so already."""
        one = self._people.get(telegram_id)
        if one is None:
            if len(self._people) >= PEOPLE_MAX:
                self._forget(now)
            one = self._people[telegram_id] = _Person(self._at_once, now)
        seconds = (now - one.at).total_seconds()
        one.at = now  # a clock that is set back gives nothing, and takes nothing
        one.left = min(self._at_once, one.left + max(0.0, seconds) * A_SECOND)
        if one.left >= REST * A_SECOND:
            one.told = False
        if one.left >= 1:
            one.left -= 1
            return "fine"
        if one.told:
            return "still too much"
        one.told = True
        return "too much"

    def _forget(self, now: datetime) -> None:
        """Forget who has rested; where all are at it, everybody."""
        rested = [
            who
            for who, one in self._people.items()
            if one.left + (now - one.at).total_seconds() * A_SECOND >= self._at_once
        ]
        for who in rested or list(self._people):
            del self._people[who]
