"""Letters: what can be drawn, how wide it is, and how it fits a box.

Widths come from the fonts that draw (their cmap and hmtx tables), so no table can go stale. Joined
and stacked scripts are measured letter by letter, which is at least as wide as they are drawn.
"""

import functools
import struct
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import bot

# Looked through in this order for a letter the wanted font lacks, by resvg and by `width_of`.
# The bold Latin face comes first because only bold Arabic text ever has to look for Latin letters.
FONT_NAMES = (
    "NotoSans-Bold",
    "NotoSans-Regular",
    "NotoSansArabic-Regular",
    "NotoSansArabic-Bold",
    "NotoSansEthiopic-Regular",
    "NotoSansDevanagari-Regular",
    "NotoSansBengali-Regular",
    "NotoSansMyanmar-Regular",
    "NotoSansKhmer-Regular",
    "NotoSansLao-Regular",
    "NotoSansThai-Regular",
    "NotoSansTamil-Regular",
    "NotoSansTelugu-Regular",
    "NotoSansGujarati-Regular",
    "NotoSansGurmukhi-Regular",
    "NotoSansNKo-Regular",
    "NotoSansAdlam-Regular",
)
LETTERS_MAX = 300  # of one text; more never fits a picture anyway
ELLIPSIS = "…"

_ROUNDING = 1.01  # hinting and kerning move a line by less than this
_VIRAMA_CLASS = 9
_ASAT = "\u103a"
_STACKER = "\u1039"
_JOINERS = "\u200c\u200d"
_INVISIBLE = frozenset(_JOINERS + "\u200e\u200f\u061c\u2066\u2067\u2068\u2069")
_LEADING_VOWELS = frozenset("เแโใไເແໂໃໄ")
_RIGHT_TO_LEFT = frozenset(("R", "AL"))


class Fitted(NamedTuple):
    """Lines of text at the size (in picture units) at which they fit."""

    size: float
    lines: tuple[str, ...]


class Leading(NamedTuple):
    """Of a line, in sizes: its height, and how far below its top the baseline lies."""

    height: float
    baseline: float


def fonts_folder() -> Path:
    """Return the folder of the shipped fonts, beside the `bot` package or in the wheel."""
    return Path(bot.__file__).parent.parent / "messages" / "fonts"


@functools.cache
def font_files() -> list[str]:
    """Return the paths of the shipped fonts in the order in which they are looked through."""
    return [str(fonts_folder() / f"{name}.ttf") for name in FONT_NAMES]


def drawable(text: str) -> str:
    """Return the text on one line with only what the fonts can draw.

    Emoji, control characters and lone surrogates go; a run of letters no shipped font has becomes
    an ellipsis, and so does a text of which nothing is left. Never raises.
    """
    kept: list[str] = []
    for letter in unicodedata.normalize("NFC", text[:LETTERS_MAX]):
        _keep(letter, kept)
    words = " ".join("".join(kept).split())
    return words if words or not text.strip() else ELLIPSIS


def _keep(letter: str, kept: list[str]) -> None:
    kind = unicodedata.category(letter)
    if letter.isspace():
        kept.append(" ")
    elif letter in _JOINERS:  # they shape letters; between emoji they mean nothing
        if kept and unicodedata.category(kept[-1])[0] in "LM":
            kept.append(letter)
    elif letter in _INVISIBLE:
        kept.append(letter)
    elif kind[0] == "C" or "\ufe00" <= letter <= "\ufe0f" or letter == "\u20e3":
        return
    elif _advance(letter, bold=False) is not None:
        kept.append(letter)
    elif kind[0] in "LN" and kept[-1:] != [ELLIPSIS]:
        kept.append(ELLIPSIS)


def is_right_to_left(text: str) -> bool:
    """Tell whether any letter of the text is written from right to left."""
    return any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in text)


def family_of(text: str, *, bold: bool) -> str:
    """Return the font family to ask for: a bold Arabic face is only found by its name."""
    arabic = bold and any("\u0600" <= letter < "\u0900" for letter in text)
    return "Noto Sans Arabic" if arabic else "Noto Sans"


def leading_of(lines: Iterable[str]) -> Leading:
    """Return how far apart lines stand: scripts that stack marks need more than Latin ones."""
    letters = {letter for line in lines for letter in line}
    if any("\u0e00" <= letter < "\u1100" or "\u1780" <= letter < "\u1800" for letter in letters):
        return Leading(1.62, 1.12)
    if any("\u0590" <= letter < "\u0e00" for letter in letters):
        return Leading(1.46, 1.04)
    return Leading(1.28, 0.96)


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide the drawable text is at most, in the units of the size."""
    thousandths = sum(_advance(letter, bold=bold) or 0 for letter in text)
    return thousandths * size * _ROUNDING / 1000


def shortened(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """Return the drawable text, ending in an ellipsis where it had to be cut to the width."""
    if width_of(text, size, bold=bold) <= width:
        return text
    kept = ""
    for piece in _pieces(text):
        if width_of(kept + piece + ELLIPSIS, size, bold=bold) > width:
            break
        kept += piece
    return kept.rstrip() + ELLIPSIS


def whole(
    text: str, width: float, sizes: Sequence[float], *, lines_max: int = 1, bold: bool = False
) -> Fitted | None:
    """Fit the text at the largest size at which no word is cut or broken; None if there is none."""
    words = drawable(text)
    for size in sizes:
        lines = _wrapped(words, width, size, bold=bold)
        fits = all(width_of(line, size, bold=bold) <= width for line in lines)
        if fits and len(lines) <= lines_max and not _broke_a_word(words, lines):
            return Fitted(size, tuple(lines))
    return None


def fitted(
    text: str, width: float, sizes: Sequence[float], *, lines_max: int = 1, bold: bool = False
) -> Fitted:
    """Fit the text into the width: the largest of the sizes at which nothing is cut.

    At the last size long words are broken and the last line ends in an ellipsis if it must.
    """
    fit = whole(text, width, sizes, lines_max=lines_max, bold=bold)
    if fit:
        return fit
    size = sizes[-1]
    lines = _wrapped(drawable(text), width, size, bold=bold)
    lines[lines_max - 1 :] = [" ".join(lines[lines_max - 1 :])]
    return Fitted(size, tuple(shortened(line, width, size, bold=bold) for line in lines))


def _wrapped(text: str, width: float, size: float, *, bold: bool) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in text.split():
        joined = f"{line} {word}".strip()
        if width_of(joined, size, bold=bold) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        line = ""
        for piece in _pieces(word):
            if line and width_of(line + piece, size, bold=bold) > width:
                lines.append(line)
                line = ""
            line += piece
    return [*lines, line] if line else lines


def _broke_a_word(text: str, lines: Sequence[str]) -> bool:
    """Tell whether a line ends within a word, of a script that puts spaces between its words."""
    spaceless = any(
        "\u0e00" <= letter < "\u10a0" or "\u1780" <= letter < "\u1800" for letter in text
    )
    return not spaceless and " ".join(lines) != text


def _pieces(text: str) -> Iterator[str]:
    """Give the text in pieces that stay whole: a letter with its marks, a Burmese syllable."""
    piece = ""
    for place, letter in enumerate(text):
        following = text[place + 1 : place + 2]
        if piece and not _sticks(piece[-1], letter, following):
            yield piece
            piece = ""
        piece += letter
    if piece:
        yield piece


def _sticks(before: str, letter: str, following: str) -> bool:
    closes_a_syllable = "\u1000" <= letter <= "\u1021" and following in (_ASAT, _STACKER)
    stacked = unicodedata.combining(before) == _VIRAMA_CLASS and before != _ASAT
    return (
        unicodedata.category(letter)[0] == "M"
        or letter in _INVISIBLE
        or before == "\u200d"
        or before in _LEADING_VOWELS
        or stacked
        or closes_a_syllable
    )


@functools.lru_cache(maxsize=8192)
def _advance(letter: str, *, bold: bool) -> int | None:
    """Return a letter's width in thousandths of the size, None if no shipped font has it."""
    if letter in _INVISIBLE:
        return 0
    weight = "Bold" if bold else "Regular"
    # The wanted weight first, then the other: only two families have both.
    for name in sorted(FONT_NAMES, key=lambda each: not each.endswith(weight)):
        advance = _advances(name).get(ord(letter))
        if advance is not None:
            return advance
    return None


@functools.cache
def _advances(name: str) -> dict[int, int]:
    """Read one font: the advance width of each letter, in thousandths of the size."""
    font = (fonts_folder() / f"{name}.ttf").read_bytes()
    (count,) = struct.unpack_from(">H", font, 4)
    tables = {}
    for number in range(count):
        tag, _, start, length = struct.unpack_from(">4sLLL", font, 12 + 16 * number)
        tables[tag] = font[start : start + length]
    (units,) = struct.unpack_from(">H", tables[b"head"], 18)
    (metrics,) = struct.unpack_from(">H", tables[b"hhea"], 34)
    widths = struct.unpack_from(">" + "Hh" * metrics, tables[b"hmtx"])[::2]
    return {
        letter: round(widths[min(glyph, metrics - 1)] * 1000 / units)
        for letter, glyph in _glyphs(tables[b"cmap"])
    }


def _glyphs(cmap: bytes) -> Iterator[tuple[int, int]]:
    """Give (letter, glyph) from the Unicode subtables, which are of format 4 or 12."""
    (count,) = struct.unpack_from(">H", cmap, 2)
    for number in range(count):
        (start,) = struct.unpack_from(">L", cmap, 8 + 8 * number)
        (layout,) = struct.unpack_from(">H", cmap, start)
        yield from _long_groups(cmap, start) if layout == 12 else _segments(cmap, start)  # noqa: PLR2004 - the format's own number


def _long_groups(cmap: bytes, start: int) -> Iterator[tuple[int, int]]:
    (groups,) = struct.unpack_from(">L", cmap, start + 12)
    for number in range(groups):
        first, last, glyph = struct.unpack_from(">LLL", cmap, start + 16 + 12 * number)
        yield from zip(range(first, last + 1), range(glyph, glyph + last - first + 1), strict=True)


def _segments(cmap: bytes, start: int) -> Iterator[tuple[int, int]]:
    (doubled,) = struct.unpack_from(">H", cmap, start + 6)
    segments = doubled // 2
    row = f">{segments}H"
    lasts = struct.unpack_from(row, cmap, start + 14)
    firsts = struct.unpack_from(row, cmap, start + 16 + doubled)
    deltas = struct.unpack_from(row, cmap, start + 16 + 2 * doubled)
    offsets_at = start + 16 + 3 * doubled
    offsets = struct.unpack_from(row, cmap, offsets_at)
    for number, (first, last) in enumerate(zip(firsts, lasts, strict=True)):
        for letter in range(first, min(last, 0xFFFE) + 1):
            glyph = letter
            if offsets[number]:
                at = offsets_at + 2 * number + offsets[number] + 2 * (letter - first)
                (glyph,) = struct.unpack_from(">H", cmap, at)
            if glyph or not offsets[number]:
                yield letter, (glyph + deltas[number]) & 0xFFFF
