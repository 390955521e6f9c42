"""What a group may see of a member's month: what they chose, and nothing else."""

from hypothesis import given, strategies as st

from bot.domain.check_ins import (
    CATALOGUE,
    EMPTY,
    SHARED,
    USUAL,
    Answer,
    Question,
    about_goal,
    asked,
    own_list,
    shared,
)
from bot.domain.sharing import chosen

QUESTIONS = own_list(asked(USUAL), [about_goal(3, "A goat"), about_goal(4, "")])


def answers_to(one: Question) -> st.SearchStrategy[Answer]:
    if one.kind == "choice":
        return st.sampled_from([EMPTY, *(Answer(choice=option) for option in one.options)])
    if one.kind == "share":
        return st.integers(0, 2 ** len(one.options) - 1).map(lambda mask: shared(one, mask))
    if one.kind == "amount":
        return st.sampled_from([EMPTY, Answer(minor=5)])
    return st.sampled_from([EMPTY, Answer(text="Beans"), Answer(photo="p"), Answer(voice="v")])


months = st.fixed_dictionaries({}, optional={one.key: answers_to(one) for one in QUESTIONS})


@given(months)
def test_only_what_was_chosen_and_said_is_seen_in_the_order_it_is_asked(
    said: dict[str, Answer],
) -> None:
    items = (said.get("share", EMPTY).choice or "").split(",")
    allowed = {name for item in items if item for name in SHARED[item]}
    seen = chosen(QUESTIONS, said)
    for question, answer in seen:
        assert question.name in allowed
        assert said[question.key] == answer != EMPTY
    left_out = {one.key for one in QUESTIONS} - {one.key for one, _ in seen}
    for key in left_out & set(said):
        nothing = said[key].is_empty or said[key].choice == "nothing"
        assert nothing or key.partition(":")[0] not in allowed
    places = [QUESTIONS.index(one) for one, _ in seen]
    assert places == sorted(places)


def test_nothing_is_seen_without_a_word_on_it() -> None:
    assert chosen(QUESTIONS, {"line": Answer(text="Beans")}) == ()
    assert chosen(QUESTIONS, {"line": Answer(text="Beans"), "share": EMPTY}) == ()


def test_that_nothing_was_in_the_way_is_news_but_help_that_was_not_is_none() -> None:
    said = {one: Answer(choice="nothing") for one in ("hurdle", "given", "received")}
    said["share"] = Answer(choice="hurdle,favours")
    assert [one.key for one, _ in chosen(QUESTIONS, said)] == ["hurdle"]


def test_hours_and_worth_and_money_are_never_seen() -> None:
    everything = Answer(choice=",".join(SHARED))
    for key in ("given_hours", "given_worth", "received_worth", "income", "savings", "debt"):
        said = {key: Answer(choice="4", minor=5), "share": everything}
        assert chosen([CATALOGUE[key]], said) == ()
