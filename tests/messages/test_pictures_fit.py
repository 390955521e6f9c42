"""Every picture in every language, with facts that strain it: all letters there, and in place."""

import dataclasses
import itertools
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from bot.preview import pictures
from bot.rendering import charts, lettering, messages
from bot.rendering.page import WIDTH, Picture, Words
from bot.rendering.plotting import Box

ARABIC = [("ar", one) for one in pictures.arabic()]
CASES = [
    *((language, one) for language in messages.languages() for one in pictures.cases(language)),
    *ARABIC,
]
EDGE = 8.0  # no letter stands nearer to the page's own edge
INSIDE = 10.0  # nor to a panel's


def ids(value: object) -> str:
    return value.name if isinstance(value, pictures.Case) else str(value)


def panels_of(picture: Picture) -> list[Box]:
    shapes = picture.shapes
    found: Any = shapes["panels"] if "panels" in shapes else [shapes["panel_box"]]
    if picture.direction == "ltr":
        return list(found)
    return [Box(WIDTH - one.right, one.top, WIDTH - one.left, one.bottom) for one in found]


def texts_in(facts: object) -> Iterator[str]:
    if isinstance(facts, str):
        yield facts
    elif isinstance(facts, Mapping):
        yield from texts_in(list(facts.values()))
    elif isinstance(facts, tuple | list):
        for one in facts:
            yield from texts_in(one)
    elif dataclasses.is_dataclass(facts):
        for field in dataclasses.fields(facts):
            yield from texts_in(getattr(facts, field.name))


def stands_in(words: Words, panel: Box) -> bool:
    middle = (words.box.top + words.box.bottom) / 2
    return panel.top < middle < panel.bottom and words.box.meets(panel)


@pytest.mark.parametrize(("language", "case"), CASES, ids=ids)
def test_letters_keep_to_their_frames(language: str, case: pictures.Case) -> None:
    del language
    picture = charts.lay_out(case.facts)
    panels = panels_of(picture)
    for words in picture.words:
        assert words.box.left >= EDGE, words.text
        assert words.box.right <= WIDTH - EDGE, words.text
        assert words.box.bottom <= picture.height, words.text
        for panel in (one for one in panels if stands_in(words, one)):
            assert words.box.left >= panel.left + INSIDE, words.text
            assert words.box.right <= panel.right - INSIDE, words.text
            assert words.box.top >= panel.top, words.text
            assert words.box.bottom <= panel.bottom, words.text
    for one, two in itertools.combinations(picture.words, 2):
        assert not one.box.meets(two.box), (one.text, two.text)


@pytest.mark.parametrize(("language", "case"), CASES, ids=ids)
def test_every_letter_is_in_the_fonts_and_large_enough(language: str, case: pictures.Case) -> None:
    del language
    for text in texts_in(case.facts):
        for letter in unicodedata.normalize("NFC", text):
            if unicodedata.category(letter)[0] in "LMN":
                assert lettering._advance(letter, bold=False) is not None, (letter, text)
    for words in charts.lay_out(case.facts).words:
        assert all(lettering._advance(one, bold=words.bold) is not None for one in words.text)
        assert words.size >= (18 if case.is_ordinary else 12)
        if lettering.ELLIPSIS in words.text:  # a name may be cut where it is very long
            assert not case.is_ordinary
            assert not any(letter.isdecimal() for letter in words.text)


def test_numbers_side_by_side_are_of_one_size() -> None:
    for language, case in CASES:
        if isinstance(case.facts, charts.DigestCard):
            numbers = {one.number for one in case.facts.small_facts}
            words = charts.lay_out(case.facts).words
            sizes = {one.size for one in words if one.text in numbers and one.tone == "teal"}
            assert len(sizes) <= 1, (language, case.name)


def test_there_is_a_picture_of_each_kind_and_each_strain() -> None:
    kinds = {type(case.facts) for language, case in CASES if language == "en"}
    assert kinds == {charts.DigestCard, charts.LineChart, charts.Passbook}
    assert {type(case.facts) for _, case in ARABIC} == {*kinds, charts.BarChart}
    for maker in pictures.MAKERS:
        assert any(case.name.startswith(maker.split(".")[2]) for _, case in CASES), maker


def test_no_word_of_a_passbook_is_broken_and_an_amount_takes_two_lines_before_it_is_cut() -> None:
    books = [case.facts for _, case in CASES if isinstance(case.facts, charts.Passbook)]
    for book in books:
        shown = [one.text for one in charts.lay_out(book).words]
        for cell in {cell for row in book.rows for cell in row}:
            for word in lettering.drawable(cell).split():
                assert any(word in text.split() for text in shown), word
