"""Pictures: facts become an SVG, and the SVG a PNG a phone can show.

Facts arrive translated and formatted: a picture never writes a number, it only measures. `svg_of`
is pure, so tests compare text; `png_of` rasterises it with the shipped fonts and nothing else.
"""

import functools
from pathlib import Path

import jinja2

import bot
from bot.rendering import bar_chart, digest_card, drawing, lettering, passbook, trend
from bot.rendering.page import COLOURS, WIDTH, Direction, Page, Picture
from bot.rendering.picture_facts import (
    Bar,
    BarChart,
    Column,
    DigestCard,
    Fund,
    LineChart,
    Passbook,
    Point,
    Ring,
    Series,
    SmallFact,
    Target,
)

__all__ = [
    "Bar",
    "BarChart",
    "Column",
    "DigestCard",
    "Direction",
    "Facts",
    "Fund",
    "LineChart",
    "Passbook",
    "Point",
    "Ring",
    "Series",
    "SmallFact",
    "Target",
    "environment",
    "lay_out",
    "png_of",
    "svg_of",
]

Facts = DigestCard | LineChart | BarChart | Passbook


@functools.cache
def environment() -> jinja2.Environment:
    """Return the environment of messages/charts/; each template is compiled once."""
    folder = Path(bot.__file__).parent.parent / "messages" / "charts"
    pictures = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pictures.filters["place"] = _place
    return pictures


def svg_of(facts: Facts) -> str:
    """Return the picture of the facts as SVG; the same facts give the same text."""
    picture = lay_out(facts)
    return (
        environment()
        .get_template(picture.template)
        .render(picture=picture, width=WIDTH, colour=COLOURS, **picture.shapes)
    )


def png_of(svg: str, *, keep: bool = False) -> bytes:
    """Return the SVG as a PNG, 640 pixels across or less if it would be over 1280 high.

    Takes tens of milliseconds and holds the interpreter: `drawers.Drawers` does the same beside it.
    Raises ValueError only for an SVG that `svg_of` did not make. Nothing is kept.
    """
    del keep
    return drawing.drawn(svg, lettering.font_files())


def lay_out(facts: Facts) -> Picture:
    """Return where everything goes; pure, for `svg_of` and for tests."""
    page = Page(facts.direction)
    match facts:
        case DigestCard():
            return digest_card.lay_out(facts, page)
        case LineChart():
            return trend.lay_out(facts, page)
        case BarChart():
            return bar_chart.lay_out(facts, page)
        case Passbook():
            return passbook.lay_out(facts, page)


def _place(units: float) -> str:
    """Return a place to a tenth of a unit: finer than any screen shows."""
    return f"{units:.1f}"
