"""The rules of the monthly check-in: its questions, and who counts."""

import pytest
from hypothesis import given, strategies as st

from bot.domain.check_ins import (
    AMOUNTS,
    CATALOGUE,
    EMPTY,
    OWN_KINDS,
    OWN_WORDS_MAX,
    PARTS,
    SHARED,
    USUAL,
    VALUES,
    Answer,
    Question,
    Tally,
    about_goal,
    as_value,
    asked,
    first_of_part,
    fits,
    goal_of,
    in_view,
    is_done,
    may_be_seen,
    next_question,
    own_list,
    own_question,
    question_before,
    share_mask,
    shared,
    tally,
    waiting_parts,
    with_number,
)
from bot.rendering.messages import environment, languages, render

QUESTIONS = asked(USUAL)
PLAIN = [one for one in QUESTIONS if not one.folded]

# -- the catalogue --------------------------------------------------------------------------------


def test_no_number_or_key_stands_twice() -> None:
    numbers = [one.number for one in CATALOGUE.values()]
    assert len(set(numbers)) == len(numbers)
    assert all(key == one.key for key, one in CATALOGUE.items())


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("question", CATALOGUE.values(), ids=lambda one: one.key)
def test_every_question_and_option_has_its_words(question: Question, language: str) -> None:
    words = environment(language).get_template("check_ins/_words.j2").module
    assert str(words.asks(question)).strip()  # type: ignore[attr-defined]  # a macro
    assert 0 < len(str(words.topic(question)).strip()) <= 22  # type: ignore[attr-defined]  # a macro
    labels = [str(words.option(question, one)).strip() for one in question.options]  # type: ignore[attr-defined]  # a macro
    assert all(labels)
    assert len(set(labels)) == len(labels)
    for label in labels:
        assert len(label.split()) <= 4, "a sign and at most three words"
        assert len(label) <= 22, "it fits beside another on a small screen"


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("part", PARTS)
def test_every_part_has_its_words(part: str, language: str) -> None:
    words = environment(language).get_template("check_ins/_words.j2").module
    assert 0 < len(str(words.part(part)).strip()) <= 22  # type: ignore[attr-defined]  # a macro


class _Round:
    id = 10**9
    awaited = False
    questions = QUESTIONS


class _Group:
    title = "Twenty letters long."


EVERY = (
    *CATALOGUE.values(),
    *(as_value(CATALOGUE[one], {AMOUNTS}) for one in VALUES),
    about_goal(10**6, "Ten words of a goal " * 10),
    *(own_question(10**6, one, "W" * OWN_WORDS_MAX) for one in OWN_KINDS),
)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("question", EVERY, ids=lambda one: one.key)
def test_every_question_is_160_signs_at_most_in_every_language(
    question: Question, language: str
) -> None:
    words = environment(language).get_template("check_ins/_words.j2").module
    assert len(str(words.asks(question)).strip()) <= 160  # type: ignore[attr-defined]  # a macro


@pytest.mark.parametrize("question", EVERY, ids=lambda one: one.key)
@pytest.mark.parametrize("begins", [True, False])
def test_every_question_fits_a_small_screen(question: Question, *, begins: bool) -> None:
    made = render(
        "check_ins/question",
        "en",
        group=_Group,
        round=_Round,
        question=question,
        answer=None,
        begins=begins and question == QUESTIONS[0],
        in_words=False,
        heard=None,
        late=None,
        opens_at=None,
        zone="Africa/Nairobi",
        preview=(),
        offered=31,
        position=3,
        of=8,
        mask=0,
        currency="KES",
        before=None,
    )
    assert len(made.text) <= 180, "160 signs, and what makes the group's name bold"
    assert made.rows


def test_an_answer_fits_its_question_only() -> None:
    choice, line = CATALOGUE["income"], CATALOGUE["line"]
    assert fits(choice, Answer(choice="more"))
    assert not fits(choice, Answer(choice="reached"))
    assert not fits(choice, Answer(text="more"))
    assert not fits(choice, Answer(choice="more", text="and words"))
    assert fits(line, Answer(text="words", photo="file"))
    assert not fits(line, Answer(choice="more"))
    assert not fits(choice, Answer(minor=100))
    value = as_value(choice, {AMOUNTS})
    assert fits(value, Answer(choice="more"))
    assert fits(value, Answer(minor=0))
    assert fits(value, Answer(minor=100, text="two goats"))
    assert not fits(value, Answer(minor=100, choice="more"))
    assert not fits(value, Answer(text="two goats"))
    assert fits(choice, EMPTY)
    assert fits(line, EMPTY)


def test_a_button_names_a_question_of_the_round_only() -> None:
    assert with_number(QUESTIONS, 1) == CATALOGUE["goal"]
    assert with_number(QUESTIONS[1:], 1) is None
    assert with_number([about_goal(3, "A goat")], 1006) is not None


# -- the way through ------------------------------------------------------------------------------


@given(st.sets(st.sampled_from(USUAL)), st.sampled_from([None, *PLAIN]))
def test_the_next_question_is_one_that_waits_and_done_is_when_none_does(
    answered: set[str], after: Question | None
) -> None:
    found = next_question(QUESTIONS, answered, after)
    assert (found is None) == is_done(QUESTIONS, answered)
    assert (found is None) == ({one.key for one in PLAIN} <= answered)
    if found is not None:
        assert found.key not in answered
        assert not found.folded


def test_what_comes_after_is_asked_before_what_was_left_out() -> None:
    goal, hurdle, wish, income, savings, debt, line, share = PLAIN
    assert next_question(QUESTIONS, set()) == goal
    assert next_question(QUESTIONS, {"income"}, income) == savings
    after_income = {"income", "savings", "debt", "line", "share"}
    assert next_question(QUESTIONS, after_income, income) == goal
    assert next_question(QUESTIONS, {"goal", "hurdle", "help"}, goal) == income
    assert question_before(QUESTIONS, line) == debt
    assert question_before(QUESTIONS, goal) is None
    assert next_question(QUESTIONS, {"line", "goal", "hurdle", "help"}, wish) == income
    assert question_before(QUESTIONS, share) == line
    assert hurdle in QUESTIONS


def test_what_is_folded_is_asked_only_after_what_is_folded() -> None:
    given, received = CATALOGUE["given"], CATALOGUE["received"]
    everything = {one.key for one in PLAIN}
    assert next_question(QUESTIONS, everything) is None
    assert first_of_part(QUESTIONS, everything, "favours") == given
    assert waiting_parts(QUESTIONS, everything) == ("favours",)
    seen = in_view(QUESTIONS, {"given": Answer(choice="nothing")})
    assert next_question(seen, {"given"}, given) == received
    seen = in_view(QUESTIONS, {"given": Answer(choice="work")})
    assert next_question(seen, {"given"}, given) == CATALOGUE["given_hours"]
    assert question_before(seen, given) is None


def test_each_goal_is_asked_about_and_a_member_without_one_is_asked_in_general() -> None:
    assert own_list(QUESTIONS, []) == QUESTIONS
    mine = [about_goal(7, "A goat"), about_goal(9, "School fees")]
    keys = [one.key for one in own_list(QUESTIONS, mine)]
    assert keys[:3] == ["goal:7", "goal:9", "hurdle"]
    assert [goal_of(one) for one in own_list(QUESTIONS, mine)[:3]] == [7, 9, None]
    assert goal_of(CATALOGUE["goal"]) is None


@given(st.integers(0, 15))
def test_what_is_shared_is_item_by_item(mask: int) -> None:
    share = CATALOGUE["share"]
    answer = shared(share, mask)
    assert share_mask(share, answer) == mask
    assert fits(share, answer)
    seen = [one for one in QUESTIONS if may_be_seen(one, answer)]
    wanted = {key for place, item in enumerate(SHARED) if mask >> place & 1 for key in SHARED[item]}
    assert {one.key for one in seen} == wanted
    assert not {"income", "savings", "debt", "help", "given_worth"} & wanted


# -- who counts -----------------------------------------------------------------------------------


def test_members_without_a_phone_count_once_somebody_recorded_them() -> None:
    phone, none = True, False
    assert tally([]) == Tally(0, 0)
    assert tally([(phone, True), (phone, False), (none, False)]) == Tally(1, 2)
    assert tally([(phone, True), (phone, False), (none, True)]) == Tally(2, 3)
