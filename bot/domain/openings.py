"""The cut-off sheet: what a group's paper book said on the day it began with the bot.

A purse's balance, and what each household has in it. What the purse holds beyond that came in
before and belongs to nobody alone; what it lacks was spent before.
"""

import re
from dataclasses import dataclass
from typing import Final

from bot.domain.errors import Refusal

LINES_MAX: Final = 60  # of one message
#: "3: 1,200", "3) 1200", "3 = 1200", "3. 1200"; a bare space could belong to the amount.
_LINE: Final = re.compile(r"\s*(\d{1,4})\s*(?:[):=]|\.\s)\s*(\S.*)", re.ASCII)


class SheetNotUnderstood(Refusal):
    """A line that is no place with its amount. Facts: line (what was written)."""


@dataclass(frozen=True, slots=True)
class Totals:
    """What a sheet adds up to, in minor units."""

    of_households: int
    in_purse: int

    @property
    def before(self) -> int:
        """What came in before beyond what households have (less than nothing: what was spent)."""
        return self.in_purse - self.of_households


def numbered_lines(text: str) -> list[tuple[int, str]]:
    """Return what somebody wrote for which places of a list: "3: 1,200" is 1,200 for the third.

    Raises SheetNotUnderstood for the first line that is none.

    >>> numbered_lines("3: 1,200")
    [(3, '1,200')]
    """
    found: list[tuple[int, str]] = []
    for line in filter(str.strip, text.splitlines()):
        written = _LINE.fullmatch(line)
        if written is None or len(found) >= LINES_MAX:
            raise SheetNotUnderstood(line=line.strip()[:40])
        found.append((int(written[1]), written[2].strip()))
    if not found:
        raise SheetNotUnderstood(line="")
    return found
