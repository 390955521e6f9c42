"""A line over time: one goal's, the fund's, a member's own."""

from collections.abc import Iterable, Sequence

from bot.rendering import lettering, plotting
from bot.rendering.page import (
    BETWEEN,
    LEFT,
    MARGIN,
    PADDING,
    RIGHT,
    SIZE,
    SMALL,
    WIDTH,
    Page,
    Picture,
    Tone,
)
from bot.rendering.picture_facts import LineChart, Point
from bot.rendering.plotting import Box, Scale, Spot

_PLOT_HEIGHT = 270.0
_FLAT_HEIGHT = 110.0
_HEADROOM = 56.0  # over the line, for its labels
_FOOTROOM = 42.0  # and under it
_ALL_LABELLED_MAX = 4
_DOTS_MAX = 13  # of a longer line only the ends of its runs have dots
_MARK_ROOM = 220.0
_TARGET_SHARE = 0.7  # of the width, for the words of what is to be reached
_SIZES = (SMALL, 24.0, 22.0, 20.0, 18.0)  # of what shrinks before it is cut
_LEAST = (16.0, 14.0, 12.0)  # and of numbers, which are never cut where it can be helped


def lay_out(chart: LineChart, page: Page) -> Picture:
    """Fill the page: heading, legend, marks, the line with its labels, the dates below."""
    page.heading(chart.title, chart.subtitle)
    target = plotting.finite(chart.target.value) if chart.target else None
    swatches = _legend(chart, page)
    panel_top = page.y
    scale = _scale(chart, Box(LEFT + 10, 0, RIGHT - 10, 0))
    mark_rows = _place_marks(chart, scale)
    height = _PLOT_HEIGHT if scale.low < scale.high else _FLAT_HEIGHT
    page.y += 12 + 36 * (1 + max((row for *_, row in mark_rows), default=-1))
    frame = Box(LEFT + 10, page.y + _HEADROOM, RIGHT - 10, page.y + _HEADROOM + height)
    scale = _scale(chart, frame)
    for text, x, row in mark_rows:
        page.put(text, x, panel_top + 40 + 36 * row, SMALL, tone="ochre", anchor="middle")
    shapes = draw_line(chart.points, frame, scale=scale)
    reference = plotting.runs_of(_values(chart.reference.values), scale) if chart.reference else []
    _put_values(chart, scale, reference, page)
    put_dates(chart.points, Box(*frame[:3], frame.bottom + _FOOTROOM - 20), page)
    page.y += PADDING - 8
    panel = Box(MARGIN, panel_top, WIDTH - MARGIN, page.y)
    page.y += BETWEEN + 10
    return page.picture(
        "line_chart.svg.j2",
        {
            "line": shapes,
            "panel_box": panel,
            "swatches": swatches,
            "reference": [plotting.path_of(run) for run in reference],
            "reference_dots": [run[0] for run in reference if len(run) == 1],
            "target": None if target is None else scale.y(target),
            "frame": Box(LEFT, panel_top + 2, RIGHT, frame.bottom + _FOOTROOM - 18),
            "marks": [
                (scale.x(index), _height_at(chart, index, scale))
                for index in sorted(chart.marks)
                if 0 <= index < len(chart.points)
            ],
            "marks_from": panel_top + 48,
        },
    )


def draw_line(
    points: Sequence[Point], frame: Box, *, scale: Scale | None = None, from_zero: bool = False
) -> dict[str, object]:
    """Return the shapes of a line: its runs, the area down to zero, its dots, the last one."""
    values = _values(point.value for point in points)
    scale = scale or plotting.scale_of(values, frame, len(points), from_zero=from_zero)
    runs = plotting.runs_of(values, scale)
    zero = scale.y(0) if scale.low <= 0 <= scale.high and scale.low < scale.high else None
    spots = [spot for run in runs for spot in run]
    are_few = len(points) <= _DOTS_MAX
    return {
        "runs": [plotting.path_of(run) for run in runs],
        "areas": [] if zero is None else [plotting.area_of(run, zero) for run in runs],
        "zero": zero,
        "dots": spots if are_few else [run[0] for run in runs if len(run) == 1],
        "last": spots[-1] if spots else None,
        "left": frame.left,
        "right": frame.right,
    }


def put_dates(points: Sequence[Point], frame: Box, page: Page) -> None:
    """Put the points' labels below the frame, as many as have room, and move `y` below them."""
    most = (frame.right - frame.left) / (2.2 if len(points) > 1 else 1)
    words = [lettering.drawable(point.label) for point in points]
    widest = max((lettering.width_of(one, 1) for one in words), default=0.0)
    size = next((one for one in _SIZES if widest * one <= most), _SIZES[-1])
    labels = [lettering.shortened(one, most, size) for one in words]
    leading = lettering.leading_of(labels)
    page.y = frame.bottom + 18 + leading.height * size
    scale = Scale(frame, len(points), 0, 0)
    placed = plotting.spread_labels(
        [lettering.width_of(label, size) for label in labels],
        scale,
        frame.bottom + 18 + leading.baseline * size,
        within=Box(frame.left - 10, 0, frame.right + 10, 0),
        gap=20,
    )
    for index, x, baseline in placed:
        page.put(labels[index], x, baseline, size, tone="soft", anchor="middle")


def _values(values: Iterable[float | None]) -> list[float | None]:
    return [plotting.finite(value) for value in values]


def _scale(chart: LineChart, frame: Box) -> Scale:
    values = [point.value for point in chart.points]
    values += chart.reference.values if chart.reference else ()
    values += [chart.target.value] if chart.target else []
    return plotting.scale_of(_values(values), frame, len(chart.points), from_zero=chart.from_zero)


def _legend(chart: LineChart, page: Page) -> list[tuple[float, float, bool]]:
    """Put the names of the two lines, side by side if they have room; return their swatches."""
    names = [(chart.name, False)] if chart.name else []
    names += [(chart.reference.name, True)] if chart.reference and chart.reference.name else []
    swatches = []
    x = MARGIN
    for name, is_reference in names:
        fit = lettering.fitted(name, WIDTH - 2 * MARGIN - 60, _SIZES)
        width = 60 + max((lettering.width_of(line, fit.size) for line in fit.lines), default=0)
        leading = lettering.leading_of(fit.lines)
        if x > MARGIN and x + width > WIDTH - MARGIN:
            x, page.y = MARGIN, page.y + leading.height * SMALL
        for line in fit.lines:
            page.put(line, x + 60, page.y + leading.baseline * SMALL, fit.size)
        swatches.append((x, page.y + leading.height * SMALL / 2, is_reference))
        x += width + 28
    if names:
        page.y += 1.62 * SMALL + 6
    return swatches


def _place_marks(chart: LineChart, scale: Scale) -> list[tuple[str, float, int]]:
    """Return each mark's text, its middle and its row of two; one without room has no text."""
    row_ends = [LEFT - 20, LEFT - 20]
    placed = []
    for index, label in sorted(chart.marks.items()):
        if not 0 <= index < len(chart.points):
            continue
        text = lettering.shortened(lettering.drawable(label), _MARK_ROOM, SMALL)
        half = lettering.width_of(text, SMALL) / 2
        x = min(max(scale.x(index), LEFT + half), RIGHT - half)
        for row, end in enumerate(row_ends):
            if x - half >= end + 20:
                row_ends[row] = x + half
                placed.append((text, x, row))
                break
    return placed


def _height_at(chart: LineChart, index: int, scale: Scale) -> float | None:
    value = plotting.finite(chart.points[index].value)
    return None if value is None else scale.y(value)


def _put_values(
    chart: LineChart, scale: Scale, reference: Sequence[Sequence[Spot]], page: Page
) -> None:
    """Write the values that matter: the target, the last, the highest, the lowest, the first."""
    frame = scale.frame
    within = Box(LEFT, frame.top - _HEADROOM, RIGHT, frame.bottom + _FOOTROOM)
    runs = plotting.runs_of(_values(point.value for point in chart.points), scale)
    spots = [spot for run in runs for spot in run]
    wanted: list[tuple[str, Spot, float, Tone]] = []
    target = plotting.finite(chart.target.value) if chart.target else None
    if chart.target and target is not None:
        start = Spot(-1, LEFT, scale.y(target))
        wanted.append((chart.target.shown, start, SMALL, "ochre"))
    for number, spot in enumerate(_worth_a_label(spots)):
        size = SIZE + 4 if number == 0 else SMALL
        wanted.append(
            (chart.points[spot.number].shown, spot, size, "teal" if number == 0 else "ink")
        )
    taken: list[Box] = []
    for shown, spot, size, tone in wanted:
        is_bold = tone == "teal"
        insist = tone != "ink" or len(spots) <= _ALL_LABELLED_MAX
        sizes = [size, *(one for one in (*_SIZES, *_LEAST) if one < size)]
        room = (RIGHT - LEFT) * (_TARGET_SHARE if tone == "ochre" else 0.5)
        fit = lettering.fitted(shown, room, sizes, bold=is_bold)
        text, size = "".join(fit.lines), fit.size  # noqa: PLW2901 - as it fits
        width = lettering.width_of(text, size, bold=is_bold)
        place = plotting.place_label(
            spot, (width, size), within=within, taken=taken, runs=[*runs, *reference], insist=insist
        )
        if place:
            page.put(
                text,
                place.x,
                place.baseline,
                size,
                tone=tone,
                bold=is_bold,
                anchor="middle",
                has_halo=tone != "ochre",
            )
            taken.append(plotting.text_box(place.x, place.baseline, width + 16, size))


def _worth_a_label(spots: Sequence[Spot]) -> list[Spot]:
    """Return the last, the highest, the lowest and the first, or all of a few."""
    if not spots:
        return []
    highest = min(spots, key=lambda spot: spot.y)
    lowest = max(spots, key=lambda spot: spot.y)
    rest = spots if len(spots) <= _ALL_LABELLED_MAX else [highest, lowest, spots[0]]
    return list(dict.fromkeys([spots[-1], *rest]))
