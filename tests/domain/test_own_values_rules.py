"""A member's own numbers: each holds until the next."""

from hypothesis import given, strategies as st

from bot.domain.check_ins import EMPTY, Answer
from bot.domain.own_values import Held, direction, held_after, intervals
from bot.domain.own_way import own_way

MONTHS = [f"2026-{number:02}" for number in range(1, 13)]
SAME, LESS, MORE = (Answer(choice=one) for one in ("same", "less", "more"))

answers = st.one_of(
    st.sampled_from([EMPTY, SAME, LESS, MORE]),
    st.builds(Answer, minor=st.integers(0, 5)),
)


def test_an_amount_holds_until_the_next_word_that_changes_it() -> None:
    said = [Answer(minor=100), EMPTY, SAME, Answer(minor=120), EMPTY, MORE, Answer(minor=0)]
    assert intervals(zip(MONTHS, said, strict=False)) == (
        Held(100, "2026-01", "2026-04"),
        Held(120, "2026-04", "2026-06"),
        Held(0, "2026-07"),
    )


def test_an_amount_is_compared_with_the_one_that_held() -> None:
    assert direction(None, Answer(minor=100)) == 0, "the first one: things stand where they stood"
    assert direction(100, Answer(minor=99)) == -1
    assert direction(100, Answer(minor=100)) == 0
    assert direction(0, Answer(minor=1)) == 1
    assert [direction(100, one) for one in (LESS, SAME, MORE, EMPTY)] == [-1, 0, 1, None]


def test_a_year_of_amounts_beside_taps_on_ones_own_way() -> None:
    """By hand: up from 100 to 150 (+1), the same amount again (0), less (-1), then an amount with
    none to compare with (0), and 20 more than that (+1)."""
    told = [100, 150, None, 150, "less", 60, 80]
    rounds = [
        (
            month,
            {}
            if one is None
            else {"income": Answer(minor=one) if isinstance(one, int) else Answer(choice=one)},
        )
        for month, one in zip(MONTHS, told, strict=False)
    ]
    assert [one.income for one in own_way(rounds).months] == [0, 1, None, 1, 0, 0, 1]


@given(st.lists(answers, max_size=12))
def test_intervals_do_not_overlap_and_agree_with_what_held_each_month(
    said: list[Answer],
) -> None:
    found = intervals(zip(MONTHS, said, strict=False))
    held = None
    for month, answer in zip(MONTHS, said, strict=False):
        held = held_after(held, answer)
        now = [
            one.minor
            for one in found
            if one.since <= month and (one.until is None or month < one.until)
        ]
        assert now == ([] if held is None else [held])
    assert all(one.until is None or one.since < one.until for one in found)
