"""Allotting a budget, against tables worked by hand."""

from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from bot.domain.allotting import by_points, completed, equal_shares
from bot.domain.voting import Terms, count


@pytest.mark.parametrize(
    ("budget", "points", "most", "given_"),
    [
        (1000, (5, 3, 2), (None, None, None), (500, 300, 200)),
        (1000, (5, 3, 2), (200, None, None), (200, 480, 320)),
        (1000, (5, 3, 2), (200, 400, None), (200, 400, 400)),
        (1000, (5, 3, 2), (200, 400, 100), (200, 400, 100)),
        (100, (1, 1, 1), (None, None, None), (34, 33, 33)),
        (1000, (0, 0, 7), (None, None, None), (0, 0, 1000)),
        (1000, (0, 0, 0), (None, None, None), (0, 0, 0)),
        (0, (1, 2, 3), (None, None, None), (0, 0, 0)),
    ],
)
def test_by_points(
    budget: int, points: tuple[int, ...], most: tuple[int | None, ...], given_: tuple[int, ...]
) -> None:
    """Of 1,000 by 5, 3 and 2 points.

    | most     | first                      | then                               |
    |----------|----------------------------|------------------------------------|
    | no limit | 500, 300, 200              |                                    |
    | 200 – –  | A has its 200, 800 is left | by 3 and 2: 480 and 320            |
    | 200 400 –| A has its 200, 800 is left | B's 480 is over its 400; C the 400 |
    """
    assert by_points(budget, points, most) == given_


@given(
    st.integers(0, 10_000),
    st.lists(st.tuples(st.integers(0, 50), st.none() | st.integers(1, 3_000)), min_size=1),
)
def test_points_give_all_there_is_or_all_that_was_asked(
    budget: int, wishes: list[tuple[int, int | None]]
) -> None:
    points, most = zip(*wishes, strict=True)
    found = by_points(budget, points, most)
    assert sum(found) <= budget
    if sum(found) < budget:
        assert all(
            (most[one] is not None and found[one] == most[one]) or not points[one]
            for one in range(len(points))
        )
    # More points never means less, where neither is at its most.
    for one in range(len(points)):
        for other in range(len(points)):
            if points[one] > points[other] and (most[one] is None or found[one] < most[one]):
                assert found[one] >= found[other]


def test_equal_shares_of_a_small_group() -> None:
    """Five voters, 1,000: each has 200.

    | choice | cost | who wants it | what they have | who pays most pays | for its size |
    |--------|------|--------------|----------------|--------------------|--------------|
    | A      | 600  | 1 2 3        | 600            | 200                | 1/3          |
    | B      | 500  | 4 5          | 400            | cannot             |              |
    | C      | 200  | 5            | 200            | 200                | 1            |

    A first; then C, of voter 5 alone. B cannot be paid by its two, and 200 is left, too little.
    """
    ballots = [(0,), (0,), (0,), (1,), (1, 2)]
    assert equal_shares(1000, (600, 500, 200), ballots) == (0, 2)
    assert completed(1000, (600, 500, 200), (3, 2, 1), (0, 2)) == (0, 2)


def test_equal_shares_do_not_let_the_many_take_all() -> None:
    """Ten voters, 1,000: each has 100. Six want A and B (500 each), four want C (400).

    A is paid by its six (83⅓ each; 16⅔ left each, 100 in all), B cannot be, C is paid by its four
    (100 each). By votes alone, A and B would have taken it all.
    """
    ballots = [(0, 1)] * 6 + [(2,)] * 4
    assert equal_shares(1000, (500, 500, 400), ballots) == (0, 2)
    tally = count(
        ballots,
        Terms("shares", 3, yes_no=False, budget_minor=1000, costs_minor=(500, 500, 400)),
        10,
    )
    assert tally.allotted_minor == (500, 0, 400)
    assert tally.paid_by_shares == (0, 2)


def test_what_the_shares_leave_over_goes_to_what_most_want_and_fits() -> None:
    """Four voters, 400: each has 100. A (300) is wanted by two: they have 200, it cannot be paid.

    B (100) is wanted by one, who pays it. 300 is left over: A is what most want, and it fits.
    """
    ballots = [(0,), (0,), (1,), ()]
    assert equal_shares(400, (300, 100), ballots) == (1,)
    assert completed(400, (300, 100), (2, 1), (1,)) == (1, 0)


def test_whoever_has_less_gives_all_they_have() -> None:
    """Four voters, 400: each has 100.

    A (240, voters 1 2 3) costs them 80 each: 20, 20, 20, 100 are left. B (115, voters 3 4): voter 3
    gives the 20, voter 4 gives 95; for 121 they have not enough. C (41, voters 1 2): 40, one short.
    With C at 30 they pay 15 each.
    """
    ballots = [(0, 2), (0, 2), (0, 1), (1,)]
    assert equal_shares(400, (240, 115, 41), ballots) == (0, 1)
    assert equal_shares(400, (240, 121, 41), ballots) == (0,)
    assert equal_shares(400, (240, 115, 30), ballots) == (0, 2, 1)


def test_of_equals_the_cheaper_then_what_more_want_then_what_was_named_first() -> None:
    """Two voters, 200: each has 100, and each choice would take its voters' all.

    A (100) and B (90), each of one voter: both can be paid. Of C and D, both 100 and of the same
    voter, the one named first is.
    """
    assert equal_shares(200, (100, 90), [(0,), (1,)]) == (1, 0)
    assert equal_shares(200, (100, 100), [(0, 1), ()]) == (0,)


def test_exact_thirds() -> None:
    """100 among three who each have 33⅓: with floats the sum would be a hair short."""
    assert equal_shares(100, (100,), [(0,), (0,), (0,)]) == (0,)
    assert sum([Fraction(100, 3)] * 3) == 100


@given(st.integers(1, 2_000), st.data())
def test_equal_shares_never_spend_more_and_the_wanted_are_not_left_out(
    budget: int, data: st.DataObject
) -> None:
    choices = data.draw(st.integers(1, 6))
    costs = data.draw(st.tuples(*[st.integers(1, 1_500)] * choices))
    ballots = data.draw(
        st.lists(st.frozensets(st.integers(0, choices - 1)).map(sorted), min_size=1, max_size=9)
    )
    funded = equal_shares(budget, costs, ballots)
    assert len(set(funded)) == len(funded)
    assert sum(costs[one] for one in funded) <= budget
    counts = [sum(choice in ballot for ballot in ballots) for choice in range(choices)]
    everything = completed(budget, costs, counts, funded)
    left = budget - sum(costs[one] for one in everything)
    assert left >= 0
    assert all(
        costs[one] > left or not counts[one] for one in range(choices) if one not in everything
    )
    # Whoever agree on something that their own shares pay for get something they want.
    for choice in range(choices):
        if counts[choice] and costs[choice] * len(ballots) <= budget * counts[choice]:
            wanting = [ballot for ballot in ballots if choice in ballot]
            assert any(one in funded for ballot in wanting for one in ballot)
