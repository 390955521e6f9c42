"""What a picture shows: frozen facts, translated and formatted already.

A picture never writes a number itself; values are only there to be measured.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.rendering.page import Direction

POINTS_MAX = 400
BARS_MAX = 20
COLUMNS_MAX = 5
ROWS_MAX = 15
SMALL_FACTS_MAX = 3
COMING_UP_MAX = 4


class Point(NamedTuple):
    """One value over time: its label (a month, say), the value, None for a gap, and its words."""

    label: str
    value: float | None
    shown: str


class Bar(NamedTuple):
    """One bar: what it counts, how many, and the number as people write it."""

    label: str
    value: float
    shown: str


class Ring(NamedTuple):
    """How many of how many took part; the label stands in the ring, the caption beside it."""

    done: int
    of: int
    label: str
    caption: str


class Fund(NamedTuple):
    """The fund over time, its balance in large letters, and how it changed."""

    caption: str
    headline: str
    change: str
    points: tuple[Point, ...]


class SmallFact(NamedTuple):
    """A number and its words: “3”, “polls decided”."""

    number: str
    words: str


class Series(NamedTuple):
    """A second line to compare with, one value for each point of the first."""

    name: str
    values: tuple[float | None, ...]


class Target(NamedTuple):
    """A value to reach, and its words."""

    value: float
    shown: str


class Column(NamedTuple):
    """A column's heading; amounts stand at the end of their column, words at its start."""

    label: str
    is_amount: bool = False


@dataclass(frozen=True)
class DigestCard:
    """The month of a group. Every part may be missing."""

    title: str
    period: str
    direction: Direction = "ltr"
    ring: Ring | None = None
    fund: Fund | None = None
    small_facts: tuple[SmallFact, ...] = ()
    coming_up_title: str = ""
    coming_up: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raise ValueError if there is more than the card holds."""
        _limit("small facts", len(self.small_facts), SMALL_FACTS_MAX)
        _limit("lines of what is coming up", len(self.coming_up), COMING_UP_MAX)
        _limit("points", len(self.fund.points) if self.fund else 0, POINTS_MAX)


@dataclass(frozen=True)
class LineChart:
    """A line over time: a goal, a fund, a member's own trend.

    `name` and the reference's name make the legend. `marks` puts a short label at the points of
    those indexes. `from_zero` keeps zero in sight, for amounts.
    """

    title: str
    subtitle: str
    points: tuple[Point, ...]
    direction: Direction = "ltr"
    name: str = ""
    reference: Series | None = None
    marks: Mapping[int, str] = field(default_factory=dict)
    target: Target | None = None
    from_zero: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError for too many points or a reference of another length."""
        _limit("points", len(self.points), POINTS_MAX)
        if self.reference and len(self.reference.values) != len(self.points):
            raise ValueError("a reference needs one value for each point")


@dataclass(frozen=True)
class BarChart:
    """Counts, or the result of a poll, as lying bars."""

    title: str
    subtitle: str
    bars: tuple[Bar, ...]
    direction: Direction = "ltr"

    def __post_init__(self) -> None:
        """Raise ValueError for too many bars."""
        _limit("bars", len(self.bars), BARS_MAX)


@dataclass(frozen=True)
class Passbook:
    """A page of a savings book. The footer's words and amount stand on one line."""

    title: str
    subtitle: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    direction: Direction = "ltr"
    footer: str = ""
    footer_amount: str = ""

    def __post_init__(self) -> None:
        """Raise ValueError for too many rows or columns, or a row of another width."""
        _limit("rows", len(self.rows), ROWS_MAX)
        _limit("columns", len(self.columns), COLUMNS_MAX)
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("each row needs one cell for each column")


Facts = DigestCard | LineChart | BarChart | Passbook


def _limit(what: str, count: int, most: int) -> None:
    if count > most:
        raise ValueError(f"a picture holds at most {most} {what}, not {count}")
