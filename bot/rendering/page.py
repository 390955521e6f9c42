"""A page being filled: its palette, its margins, and its lines of letters.

All is laid out from left to right; `put` mirrors for languages written the other way, and the
templates mirror the shapes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.rendering import lettering, plotting
from bot.rendering.plotting import Box

Direction = Literal["ltr", "rtl"]
Tone = Literal["ink", "soft", "teal", "ochre", "light"]
Anchor = Literal["start", "middle", "end"]

WIDTH = 640  # picture units; everything else follows from it
MARGIN = 36.0
PADDING = 26.0
LEFT = MARGIN + PADDING  # of what stands in a panel
RIGHT = WIDTH - LEFT
BETWEEN = 14.0  # panels
BAND = 20.0  # the woven band at the top
SIZE = 28.0
SMALL = 26.0  # the smallest size of anything that matters, where it fits at all
TITLE_SIZES = (44.0, 40.0, 36.0, 32.0)

# Teal and ochre stay apart for colour-blind people and in grey; the tests measure every contrast.
COLOURS: Mapping[str, str] = {
    "paper": "#f5ecdc",
    "panel": "#fffcf6",
    "stripe": "#f8f1e4",
    "rule": "#d9c9b0",
    "track": "#ddcdb4",
    "ink": "#2d231b",
    "soft": "#65574a",
    "teal": "#12596a",
    "tint": "#d6e5e4",
    "ochre": "#8a4a0c",
    "clay": "#c07418",
    "sand": "#f6e3c2",
    "light": "#ffffff",
}

_MIRRORED: Mapping[Anchor, Anchor] = {"start": "end", "middle": "middle", "end": "start"}


@dataclass(frozen=True)
class Words:
    """One line of letters at its place, mirrored already if need be."""

    text: str
    x: float
    baseline: float
    size: float
    tone: Tone
    bold: bool
    anchor: Anchor
    has_halo: bool
    isolate: str
    family: str

    @property
    def box(self) -> Box:
        """Return the box the letters stay within."""
        width = lettering.width_of(self.text, self.size, bold=self.bold)
        shift = {"start": 0.5, "middle": 0.0, "end": -0.5}[self.anchor] * width
        return plotting.text_box(self.x + shift, self.baseline, width, self.size)


@dataclass(frozen=True)
class Picture:
    """All a template needs: the page, the shapes by name, and the lines of letters."""

    template: str
    direction: Direction
    height: int
    words: tuple[Words, ...]
    shapes: Mapping[str, object]


class Page:
    """A page being filled from the top; `y` is how far down it is filled."""

    def __init__(self, direction: Direction) -> None:
        self.direction = direction
        self.words: list[Words] = []
        self.y = 0.0

    def put(
        self,
        text: str,
        x: float,
        baseline: float,
        size: float,
        *,
        tone: Tone = "ink",
        bold: bool = False,
        anchor: Anchor = "start",
        has_halo: bool = False,
    ) -> None:
        """Put one line of letters, drawable and fitted already, at its place."""
        if not text:
            return
        is_mirrored = self.direction == "rtl"
        self.words.append(
            Words(
                text=text,
                x=WIDTH - x if is_mirrored else x,
                baseline=baseline,
                size=size,
                tone=tone,
                bold=bold,
                anchor=_MIRRORED[anchor] if is_mirrored else anchor,
                has_halo=has_halo,
                isolate=self._isolate(text),
                family=lettering.family_of(text, bold=bold),
            )
        )

    def block(
        self,
        fit: lettering.Fitted,
        x: float,
        *,
        tone: Tone = "ink",
        bold: bool = False,
        anchor: Anchor = "start",
    ) -> None:
        """Put lines one under the other from `y`, and move `y` below them."""
        leading = lettering.leading_of(fit.lines)
        for line in fit.lines:
            baseline = self.y + leading.baseline * fit.size
            self.put(line, x, baseline, fit.size, tone=tone, bold=bold, anchor=anchor)
            self.y += leading.height * fit.size

    def heading(self, title: str, subtitle: str, *, width: float = WIDTH - 2 * MARGIN) -> None:
        """Put the title and the line under it, below the band."""
        self.y = BAND + 14
        fit = lettering.whole(title, width, TITLE_SIZES[:3], bold=True) or lettering.fitted(
            title, width, TITLE_SIZES[1:], lines_max=2, bold=True
        )
        self.block(fit, MARGIN, bold=True)
        self.block(
            lettering.fitted(subtitle, width, (SIZE, SMALL), lines_max=2), MARGIN, tone="soft"
        )
        self.y += 14

    def picture(self, template: str, shapes: Mapping[str, object]) -> Picture:
        """Close the page."""
        return Picture(template, self.direction, round(self.y), tuple(self.words), shapes)

    def _isolate(self, text: str) -> str:
        """Return the mark that settles which way a line runs, whatever a member wrote in it."""
        if self.direction == "ltr":
            return "\u2068"  # as its first letter does
        return "\u2067" if lettering.is_right_to_left(text) else "\u2066"


def height_of(fit: lettering.Fitted) -> float:
    """Return how high a block of lines is."""
    return len(fit.lines) * fit.size * lettering.leading_of(fit.lines).height
