"""The cut-off sheet: lines as people write them."""

import pytest
from hypothesis import given, strategies as st

from bot.domain import openings as rules
from bot.domain.openings import SheetNotUnderstood, Totals


def test_lines_name_a_place_and_an_amount() -> None:
    assert rules.numbered_lines("1: 12,000\n\n2) 9 500\n 3 = 7\n4. 1.50\n0:8") == [
        (1, "12,000"),
        (2, "9 500"),
        (3, "7"),
        (4, "1.50"),
        (0, "8"),
    ]


@pytest.mark.parametrize("text", ["", "500", "1 500", "3.50", "x: 5", "1:", "-1: 5", "1: 5\n7"])
def test_what_names_no_place_is_asked_again(text: str) -> None:
    with pytest.raises(SheetNotUnderstood):
        rules.numbered_lines(text)


@given(st.text(max_size=60))
def test_any_text_is_lines_or_asked_again(text: str) -> None:
    try:
        found = rules.numbered_lines(text)
    except SheetNotUnderstood:
        return
    assert found
    assert all(place >= 0 and words for place, words in found)


def test_what_a_purse_holds_beyond_its_households_came_in_before() -> None:
    assert Totals(of_households=900, in_purse=1000).before == 100
    assert Totals(of_households=900, in_purse=800).before == -100
