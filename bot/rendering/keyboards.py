"""Rows of buttons as a cheap phone shows them: every label is read whole, or its row is folded.

A phone of 360 pixels gives a row of buttons about 300; a label that has no room there is cut with
an ellipsis, and "What…" beside "Rhyt…" tells nobody where to tap. Translations are longer than
English, so it is not for templates to know how many buttons have room side by side.
"""

import unicodedata
from collections.abc import Sequence
from typing import Final, Protocol, TypeVar

#: How many letters a label has room for where one, two, three … buttons stand side by side.
ROOM: Final = (36, 16, 9, 7, 5, 4, 3, 2)
_BEYOND_LATIN: Final = 0x1100  # nothing before it is drawn twice as wide


class Labelled(Protocol):
    """Whatever has a label."""

    @property
    def label(self) -> str:
        """What it is called."""


Button = TypeVar("Button", bound=Labelled)


def width_of(label: str) -> int:
    """How many letters' room a label takes: pictures and wide letters take two."""
    return sum(_width(letter) for letter in label)


def folded(row: Sequence[Button]) -> tuple[tuple[Button, ...], ...]:
    """Give a row as it is where each label has room, else as rows of fewer, as few as it takes.

    A sign beside what it is about (➖ and ➕ beside a choice) means nothing elsewhere: it stays.
    """
    if len(row) <= len(ROOM) and any(_is_sign(one.label) for one in row):
        return (tuple(row),)
    widths = [width_of(one.label) for one in row]
    for side_by_side in range(min(len(row), len(ROOM)), 1, -1):
        if max(widths) <= ROOM[side_by_side - 1]:
            return tuple(
                tuple(row[at : at + side_by_side]) for at in range(0, len(row), side_by_side)
            )
    return tuple((one,) for one in row)


def _is_sign(label: str) -> bool:
    return not any(letter.isalnum() for letter in label)


def _width(letter: str) -> int:
    if ord(letter) < _BEYOND_LATIN:
        return 0 if unicodedata.combining(letter) else 1
    if unicodedata.category(letter) in {"Mn", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
