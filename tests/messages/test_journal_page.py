"""docs/journal.md tells every question there is, in the words in which it is asked."""

import re
from pathlib import Path

import pytest

import bot
from bot.domain.check_ins import AMOUNTS, CATALOGUE, MODULES, OWN_KINDS, OWN_WORDS_MAX, Question
from bot.rendering.messages import environment

PAGE = (Path(bot.__file__).parents[1] / "docs/journal.md").read_text("utf-8")


@pytest.mark.parametrize("question", CATALOGUE.values(), ids=lambda one: one.key)
def test_every_question_stands_in_it_word_for_word(question: Question) -> None:
    words = environment("en").get_template("check_ins/_words.j2").module
    assert str(words.asks(question)).strip() in PAGE  # type: ignore[attr-defined]  # a macro


@pytest.mark.parametrize("part", [AMOUNTS, *MODULES])
def test_everything_that_is_turned_on_stands_in_it_by_its_name(part: str) -> None:
    words = environment("en").get_template("check_ins/_words.j2").module
    label = str(words.part(part)).strip()  # type: ignore[attr-defined]  # a macro
    assert f"| {label.partition(' ')[2]} |" in PAGE


def test_what_it_says_of_a_groups_own_questions_is_so() -> None:
    assert f"at most {OWN_WORDS_MAX} signs, three at a time" in PAGE
    assert len(OWN_KINDS) == len(re.search(r"\((yes or no.*?);", PAGE)[1].split(", "))  # type: ignore[index]  # it is there
