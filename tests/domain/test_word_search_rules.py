"""Which words are searched for, and how they begin."""

import pytest
from hypothesis import given, strategies as st

from bot.domain.word_search import LETTERS_MIN, WORDS_MAX, beginnings


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I want to have two goats", ("two", "goat")),
        ("A cow, and cows!", ("cow",)),
        ("School fees for Baraka", ("schoo", "fee", "barak")),
        ("Quiero más gallinas y una vaca", ("gallin", "vaca")),
        ("Une école à côté", ("ecole", "cote")),
        ("Nataka mbuzi wawili", ("mbuzi", "wawil")),
        ("of it, 100 %, 🌽 __", ()),
        ("", ()),
    ],
)
def test_words_are_found_by_how_they_begin(text: str, found: tuple[str, ...]) -> None:
    assert beginnings(text) == found


@given(st.text())
def test_there_are_few_and_they_are_only_letters(text: str) -> None:
    found = beginnings(text)
    assert len(found) <= WORDS_MAX
    assert len(set(found)) == len(found)
    assert all(len(one) >= LETTERS_MIN and '"' not in one and " " not in one for one in found)
