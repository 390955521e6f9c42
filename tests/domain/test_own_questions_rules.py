"""What a group asks of its own, and what of the usual rests."""

import pytest
from hypothesis import given, strategies as st

from bot.domain.agreement_parts import MAY_REST, OWN_QUESTIONS_MAX, Questions
from bot.domain.check_ins import (
    CATALOGUE,
    OWN_KINDS,
    OWN_WORDS_MAX,
    STANDING,
    USUAL,
    about_goal,
    asked,
    keys_of,
    own_id_of,
    own_key,
    own_question,
)
from bot.domain.goals import WordsMissing, WordsTooLong
from bot.domain.own_questions import KINDS, OwnQuestion, mask_of, of_mask

agreed = st.builds(
    Questions,
    st.lists(st.integers(1, 9), max_size=OWN_QUESTIONS_MAX, unique=True).map(sorted).map(tuple),
    st.frozensets(st.sampled_from(MAY_REST)),
)


def test_what_may_rest_is_in_the_catalogue_and_the_rest_is_always_asked() -> None:
    assert {one.part or one.key for one in CATALOGUE.values()} >= set(MAY_REST)
    everything = keys_of(Questions(resting=frozenset(MAY_REST)), standing=True)
    assert everything == ("goal", "share")
    assert keys_of(Questions(), standing=False) == USUAL
    assert keys_of(Questions(), standing=True) == (*USUAL, *STANDING)


@given(questions=agreed, standing=st.booleans())
def test_a_round_asks_what_was_agreed_and_nothing_twice(
    questions: Questions, *, standing: bool
) -> None:
    keys = keys_of(questions, standing=standing)
    assert len(set(keys)) == len(keys)
    own = [own_id_of(one) for one in keys]
    assert tuple(one for one in own if one is not None) == questions.own
    named = {CATALOGUE[one].part or one for one in keys if one in CATALOGUE}
    assert not named & questions.resting
    assert keys.index("share") > max((keys.index(own_key(one)) for one in questions.own), default=0)
    words = {own_key(one): own_question(one, "line", "What worked?") for one in questions.own}
    assert [one.key for one in asked(keys, words)] == list(keys)


@given(agreed)
def test_a_mask_says_what_is_asked(questions: Questions) -> None:
    known = list(range(1, 10))
    assert of_mask(mask_of(questions, known), known) == questions


@given(st.integers(1, 10**9), st.integers(1, 10**9), st.sampled_from(KINDS))
def test_numbers_in_buttons_never_mean_two_questions(own: int, goal: int, kind: str) -> None:
    numbers = {own_question(own, kind, "Why?").number, about_goal(goal, "A goat").number}
    assert len(numbers) == 2
    assert min(numbers) > max(one.number for one in CATALOGUE.values())


@pytest.mark.parametrize("kind", OWN_KINDS)
def test_words_are_kept_on_one_line_and_within_what_a_screen_shows(kind: str) -> None:
    assert OwnQuestion(kind, " What \n worked? ").words == "What worked?"
    with pytest.raises(WordsMissing):
        OwnQuestion(kind, " \u200b ")
    with pytest.raises(WordsTooLong):
        OwnQuestion(kind, "W" * (OWN_WORDS_MAX + 1))
