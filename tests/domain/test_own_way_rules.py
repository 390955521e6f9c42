"""A member's own way: moves added up, gaps left as gaps."""

from hypothesis import given, strategies as st

from bot.domain.check_ins import EMPTY, MOVES, Answer
from bot.domain.own_way import STEPS, own_way

MONTHS = [f"2026-{number:02}" for number in range(1, 13)]


def said(**choices: str) -> dict[str, Answer]:
    return {key.replace("_", ":"): Answer(choice=one) for key, one in choices.items()}


def test_it_begins_with_the_first_answer_and_leaves_gaps() -> None:
    way = own_way(
        [
            ("2026-01", {}),
            ("2026-02", said(goal="little", income="more")),
            ("2026-03", {"goal": EMPTY}),
            ("2026-04", said(goal_1="back", goal_2="reached", income="less")),
        ]
    )
    assert [one.month for one in way.months] == ["2026-02", "2026-03", "2026-04"]
    assert [one.goals for one in way.months] == [1, None, 3]
    assert [one.income for one in way.months] == [1, None, 0]
    assert (way.steps, way.reached, way.has_line) == (3, 1, True)


def test_a_goal_that_is_reached_counts_once_whoever_said_so() -> None:
    said_twice = [("2026-01", said(goal_1="reached")), ("2026-02", said(goal_1="reached"))]
    assert own_way(said_twice).reached == 1
    assert own_way(said_twice, {"goal:1", "goal:2"}).reached == 2
    assert own_way([("2026-01", said(goal="reached"))], {"goal:2"}).reached == 2
    assert own_way([("2026-01", said(goal_1="lot"))], {"goal:1"}).steps == 2


def test_one_point_is_no_line() -> None:
    assert not own_way([]).has_line
    assert not own_way([("2026-01", said(goal="lot")), ("2026-02", said(income="more"))]).has_line


@given(st.lists(st.sampled_from(["", *MOVES]), max_size=12))
def test_the_last_point_is_the_sum_of_the_moves(moves: list[str]) -> None:
    rounds = [
        (month, said(goal=move) if move else {}) for month, move in zip(MONTHS, moves, strict=False)
    ]
    way = own_way(rounds)
    assert way.steps == sum(STEPS[one] for one in moves if one)
    assert way.reached == moves.count("reached")
    assert way.has_line == (sum(bool(one) for one in moves) > 1)
