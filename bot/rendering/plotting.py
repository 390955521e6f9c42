"""The geometry of a line over time: scale, paths, and labels that keep out of each other's way.

All in picture units with time running from left to right; charts.py mirrors the whole picture for
languages written from right to left.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

ABOVE = 0.78  # how far letters reach over their baseline, in sizes
BELOW = 0.26  # and under it
DOT_RADIUS = 7.0

_VALUE_MAX = 1e100  # beyond any count, and far from where floats overflow
_GAP = 10.0  # between a point and its label
_FLAT_SHARE = 0.5  # where a line without ups and downs lies, as a share of the height


class Box(NamedTuple):
    """A rectangle; top is less than bottom, as in SVG."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        """Tell whether the two share any area."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


class Spot(NamedTuple):
    """Where one value lies."""

    number: int
    x: float
    y: float


class Placed(NamedTuple):
    """Where one label goes: the middle of its baseline."""

    number: int
    x: float
    baseline: float


class Scale(NamedTuple):
    """From values to places in a frame."""

    frame: Box
    length: int
    low: float
    high: float

    def x(self, index: int) -> float:
        """Return where the value of that index lies; a single value lies in the middle."""
        if self.length == 1:
            return (self.frame.left + self.frame.right) / 2
        share = index / (self.length - 1)
        return self.frame.left + share * (self.frame.right - self.frame.left)

    def y(self, value: float) -> float:
        """Return how far down the value lies; the frame's middle if all values are the same."""
        span = self.high - self.low
        share = (value - self.low) / span if span else _FLAT_SHARE
        return self.frame.bottom - share * (self.frame.bottom - self.frame.top)


def scale_of(
    values: Iterable[float | None], frame: Box, count: int, *, from_zero: bool = False
) -> Scale:
    """Return the scale on which all values just fit, and zero too if wanted."""
    known = [value for value in values if value is not None]
    if from_zero or not known:
        known.append(0)
    return Scale(frame, count, min(known), max(known))


def finite(value: float | None) -> float | None:
    """Return the value as a float within what can be drawn, None for a gap and for no number."""
    if value is None or not -math.inf < value < math.inf:  # isfinite() fails for a huge integer
        return None
    return float(min(max(value, -_VALUE_MAX), _VALUE_MAX))


def runs_of(values: Sequence[float | None], scale: Scale) -> list[list[Spot]]:
    """Split the line at its gaps."""
    runs: list[list[Spot]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(Spot(index, scale.x(index), scale.y(value)))
    return [run for run in runs if run]


def path_of(run: Sequence[Spot]) -> str:
    """Return the line through the spots as the `d` of an SVG path."""
    return "M" + "L".join(f"{spot.x:.1f} {spot.y:.1f}" for spot in run)


def area_of(run: Sequence[Spot], floor: float) -> str:
    """Return the area between the line and the floor as the `d` of an SVG path."""
    return f"{path_of(run)}L{run[-1].x:.1f} {floor:.1f}L{run[0].x:.1f} {floor:.1f}Z"


def arc_of(x: float, y: float, radius: float, start: float, end: float) -> str:
    """Return an arc as the `d` of an SVG path; start and end are shares of a turn from the top.

    A whole turn is drawn in two halves, since an SVG arc cannot end where it starts.
    """
    middle = (start + end) / 2
    steps = [start, middle, end] if end - start > _FLAT_SHARE else [start, end]
    points = [
        f"{x + radius * math.sin(math.tau * share):.2f} "
        f"{y - radius * math.cos(math.tau * share):.2f}"
        for share in steps
    ]
    return "M" + f"A{radius:.1f} {radius:.1f} 0 0 1 ".join(points)


def text_box(x: float, baseline: float, width: float, size: float) -> Box:
    """Return the box of a line of letters whose baseline has its middle at x."""
    return Box(x - width / 2, baseline - ABOVE * size, x + width / 2, baseline + BELOW * size)


def place_label(
    spot: Spot,
    letters: tuple[float, float],
    *,
    within: Box,
    taken: Sequence[Box],
    runs: Sequence[Sequence[Spot]],
    insist: bool,
) -> Placed | None:
    """Find room for a spot's label near it, over the line rather than under it.

    `letters` are the label's width and its size. Returns the first place where it covers neither
    another label nor the line; failing that, if one insists, the first where it only covers the
    line (it is drawn with a halo); else None.
    """
    width, size = letters
    clear = DOT_RADIUS + _GAP
    free = []
    for baseline in (
        spot.y - clear - BELOW * size,
        spot.y + clear + ABOVE * size,
        spot.y - clear - (BELOW + 0.7) * size,
        spot.y + clear + (ABOVE + 0.7) * size,
        spot.y + clear + (ABOVE + 2) * size,
        spot.y + clear + (ABOVE + 3.5) * size,
    ):
        for shift in (0.0, -0.5, 0.5, -0.7):
            x = spot.x + shift * width
            x = min(max(x, within.left + width / 2), within.right - width / 2)
            box = text_box(x, baseline, width, size)
            if box.top < within.top or box.bottom > within.bottom:
                continue
            if not any(box.meets(other) for other in taken):
                free.append((Placed(spot.number, x, baseline), box))
    for placed, box in free:
        if not any(_crosses(box, run) for run in runs):
            return placed
    return free[0][0] if free and insist else None


def spread_labels(
    widths: Sequence[float], scale: Scale, baseline: float, *, within: Box, gap: float
) -> list[Placed]:
    """Choose which labels stand under the points: the last, the first, evenly between.

    The smallest even step at which none touches another; the first and the last alone if need be.
    """
    count = len(widths)
    for step in range(1, count):
        indexes = list(range(count - 1, -1, -step))[::-1]
        if indexes[0] != 0:
            indexes = [0, *indexes[1:]] if indexes[0] < step / 2 else [0, *indexes]
        row = [_under(index, widths, scale, baseline, within) for index in indexes]
        if all(
            one.x + widths[one.number] / 2 + gap <= two.x - widths[two.number] / 2
            for one, two in pairwise(row)
        ):
            return row
    return [_under(count - 1, widths, scale, baseline, within)] if count else []


def _under(
    index: int, widths: Sequence[float], scale: Scale, baseline: float, within: Box
) -> Placed:
    half = widths[index] / 2
    return Placed(
        index, min(max(scale.x(index), within.left + half), within.right - half), baseline
    )


def _crosses(box: Box, run: Sequence[Spot]) -> bool:
    """Tell whether the line through the spots, or the dot of one, touches the box."""
    return any(_dot(spot).meets(box) for spot in run) or any(
        _segment_meets(one, two, box) for one, two in pairwise(run)
    )


def _dot(spot: Spot) -> Box:
    radius = DOT_RADIUS
    return Box(spot.x - radius, spot.y - radius, spot.x + radius, spot.y + radius)


def _segment_meets(one: Spot, two: Spot, box: Box) -> bool:
    """Tell whether a segment that runs to the right passes through the box."""
    start, end = max(one.x, box.left), min(two.x, box.right)
    if start > end:
        return False
    slope = (two.y - one.y) / (two.x - one.x) if two.x > one.x else 0.0
    heights = (one.y + slope * (start - one.x), one.y + slope * (end - one.x))
    return min(heights) < box.bottom and max(heights) > box.top
