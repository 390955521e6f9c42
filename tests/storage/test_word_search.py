"""Words are found in memory; nothing of it reaches a file."""

from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from bot.domain.word_search import beginnings
from bot.storage.word_search import matching

TEXTS = {
    1: "Two goats before the rain",
    2: "School fees for my daughter",
    3: "A roof of iron, and goats",
    4: "Rid of the debt at the shop",
    5: "Tres gallinas y una vaca lechera",
    6: "L'école pour les enfants",
}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("How do I keep a goat?", [1, 3]),
        ("goats and a roof", [3, 1]),
        ("Who knows of a SCHOOL?", [2]),
        ("vacas", [5]),
        ("ecole", [6]),
        ("An elephant", []),
        ("I need help with that", []),
        ("", []),
        ('goat" OR words:"fees', [1, 2, 3]),  # marks mean nothing
        ("rain* NOT goats", [1, 3]),
    ],
)
def test_texts_are_found_the_nearest_first(wanted: str, found: list[int]) -> None:
    seen = matching(wanted, TEXTS)
    assert seen == found or ('"' in wanted and sorted(seen) == found)


def test_where_there_is_nothing_nothing_is_found() -> None:
    assert matching("goats", {}) == []


@given(st.text(), st.dictionaries(st.integers(1, 99), st.text(), max_size=8))
def test_anything_may_be_written(wanted: str, texts: dict[int, str]) -> None:
    found = matching(wanted, texts)
    assert set(found) <= set(texts)
    assert len(found) == len(set(found))


@given(st.lists(st.sampled_from(sorted(TEXTS)), min_size=1))
def test_every_text_finds_itself(keys: list[int]) -> None:
    for key in keys:
        assert key in matching(TEXTS[key], TEXTS)
        assert beginnings(TEXTS[key])


def test_no_file_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    matching("goats", {key: text * 5000 for key, text in TEXTS.items()})
    assert list(tmp_path.iterdir()) == []
