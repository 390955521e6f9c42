"""Lying bars: counts, or the result of a poll."""

from bot.rendering import lettering
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
)
from bot.rendering.picture_facts import BarChart
from bot.rendering.plotting import Box, finite

_THICKNESS = 30.0
_SHORTEST = 5.0  # so that one vote among thousands is still seen


def lay_out(chart: BarChart, page: Page) -> Picture:
    """Fill the page: each bar under its label, its number at its end.

    A bar below zero is as long as its value is far from zero, and has the other colour.
    """
    page.heading(chart.title, chart.subtitle)
    top = page.y
    page.y += PADDING - 8
    values = [finite(bar.value) or 0.0 for bar in chart.bars]
    longest = max((abs(value) for value in values), default=0.0)
    numbers = [
        lettering.fitted(bar.shown, (RIGHT - LEFT) * 0.45, (SIZE + 2, SMALL, 22), bold=True)
        for bar in chart.bars
    ]
    widest = max(
        (lettering.width_of(line, fit.size, bold=True) for fit in numbers for line in fit.lines),
        default=0.0,
    )
    room = RIGHT - LEFT - widest - 16
    bars = []
    for bar, value, number in zip(chart.bars, values, numbers, strict=True):
        page.block(lettering.fitted(bar.label, RIGHT - LEFT, (SIZE, SMALL), lines_max=2), LEFT)
        page.y += 6
        length = room * (abs(value) / longest) if longest else 0.0
        length = max(length, _SHORTEST) if value else 0.0
        bars.append((Box(LEFT, page.y, LEFT + length, page.y + _THICKNESS), value < 0))
        for line in number.lines:
            baseline = page.y + _THICKNESS / 2 + 0.36 * number.size
            page.put(line, LEFT + length + 14, baseline, number.size, bold=True)
        page.y += _THICKNESS + 22
    page.y += PADDING - 26
    panel = Box(MARGIN, top, WIDTH - MARGIN, max(page.y, top + 4 * PADDING))
    page.y = panel.bottom + BETWEEN + 16
    return page.picture("bar_chart.svg.j2", {"panel_box": panel, "bars": bars, "left": LEFT})
