"""Work days: a date on which the group works together, what is needed, who comes, what was done."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bot.domain.errors import Refusal
from bot.domain.plans import UNIT_MAX
from bot.domain.quantities import QuantityNotUnderstood, parse_quantity

TITLE_MAX: Final = 60
NEEDS_MAX: Final = 12
DAYS_SHOWN: Final = 12  # on a page of buttons
DAYS_AHEAD_MAX: Final = 120
HOURS_OF_DAY: Final = (6, 7, 8, 9, 10, 14)
#: Hours of work as a tick offers them, in hundredths: the usual first, then every other.
HOURS_DONE: Final = (600, 800, 400, 200, 100, 300, 500, 700, 1000)
_LINE: Final = re.compile(r"\s*([\d.,٫٬\s]+?)\s*(?:[x×]\s*)?([^\W\d_].*)")


class NeedNotUnderstood(Refusal):
    """A line that is no number with a word. Facts: line (what was written), example."""


class TooManyNeeds(Refusal):
    """More things than fit into one message. Facts: most."""


@dataclass(frozen=True, slots=True)
class NeedWritten:
    """One line of a needs list: how much (hundredths) of what, in the group's words."""

    amount_minor: int
    unit: str


def parse_needs(text: str) -> list[NeedWritten]:
    """Return the needs somebody wrote, one a line: "20 poles".

    Raises NeedNotUnderstood, naming the first line that is none.

    >>> parse_needs("20 poles")
    [NeedWritten(amount_minor=2000, unit='poles')]
    """
    found: list[NeedWritten] = []
    for line in filter(str.strip, text.splitlines()):
        written = _LINE.fullmatch(line)
        try:
            amount = None if written is None else parse_quantity(written[1])
        except QuantityNotUnderstood:
            amount = None
        unit = "" if written is None else " ".join(written[2].split())
        if amount is None or not 0 < len(unit) <= UNIT_MAX:
            raise NeedNotUnderstood(line=line.strip()[:40], example="20 poles")
        found.append(NeedWritten(amount, unit))
    if not found:
        raise NeedNotUnderstood(line="", example="20 poles")
    return found


def days_offered(today: date, page: int) -> list[date]:
    """Return the days a work day may be called for, a page of them, from tomorrow on."""
    first = 1 + page * DAYS_SHOWN
    return [
        today + timedelta(days=number)
        for number in range(first, first + DAYS_SHOWN)
        if number <= DAYS_AHEAD_MAX
    ]


def may_be_on(day: date, today: date) -> bool:
    """Whether a work day may be called for a day."""
    return today < day <= today + timedelta(days=DAYS_AHEAD_MAX)


def next_hours(before: int) -> int:
    """Return what the next tap makes of somebody's hours: the usual, every other, then none."""
    if not before:
        return HOURS_DONE[0]
    if before not in HOURS_DONE:
        return 0
    place = HOURS_DONE.index(before) + 1
    return HOURS_DONE[place] if place < len(HOURS_DONE) else 0
