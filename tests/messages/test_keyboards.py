"""Rows of buttons: each label is read whole on a phone of 360 pixels."""

from dataclasses import dataclass

import pytest
from hypothesis import given, strategies as st

from bot.rendering.keyboards import ROOM, folded, width_of


@dataclass(frozen=True)
class Named:
    label: str


def labels(*rows: str) -> list[list[str]]:
    """Fold one row of labels parted by bars."""
    return [
        [one.label for one in shown]
        for row in rows
        for shown in folded([Named(label) for label in row.split("|")])
    ]


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        ("Yes|No", [["Yes", "No"]]),
        ("1|2|3|4|5", [["1", "2", "3", "4", "5"]]),
        (
            "🧩 What we do|📅 Rhythm|❓ Questions",
            [["🧩 What we do", "📅 Rhythm"], ["❓ Questions"]],
        ),
        ("Take the last answer back|No", [["Take the last answer back"], ["No"]]),
        ("1234567890123456|1", [["1234567890123456", "1"]]),
        ("12345678901234567|1", [["12345678901234567"], ["1"]]),
        ("➖|Of my own goats|➕", [["➖", "Of my own goats", "➕"]]),
        ("a|b|c|d|e|f|g|h|i", [["a", "b", "c", "d", "e", "f", "g", "h"], ["i"]]),
    ],
)
def test_a_row_is_folded_only_where_a_label_has_no_room(row: str, shown: list[list[str]]) -> None:
    assert labels(row) == shown


@pytest.mark.parametrize(
    ("label", "width"), [("Yes", 3), ("✅", 2), ("é", 1), ("e\u0301", 1), ("家", 2), ("⚙\ufe0f", 1)]
)
def test_pictures_and_wide_letters_take_the_room_of_two(label: str, width: int) -> None:
    assert width_of(label) == width


@given(st.lists(st.text(max_size=30).map(Named), min_size=1, max_size=12))
def test_no_button_is_lost_or_moved_and_all_have_room(row: list[Named]) -> None:
    rows = folded(row)
    assert [one for shown in rows for one in shown] == row
    signs = [one for one in row if not any(letter.isalnum() for letter in one.label)]
    for shown in rows:
        assert (
            signs
            or len(shown) == 1
            or max(width_of(one.label) for one in shown) <= ROOM[len(shown) - 1]
        )
