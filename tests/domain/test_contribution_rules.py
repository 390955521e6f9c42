import pytest
from hypothesis import given, strategies as st

from bot.domain import contributions as rules
from bot.domain.agreement import Agreement
from bot.domain.contributions import AmountFarAhead, Event, NoContributions


def test_without_an_amount_there_is_no_contribution() -> None:
    with pytest.raises(NoContributions):
        rules.required(Agreement(language="en", zone="Africa/Nairobi", currency="KES"))


def test_what_is_over_counts_ahead() -> None:
    left = {"2026-03": 300}
    parts = rules.allocate(1000, "2026-03", lambda key: left.get(key, 500))
    assert parts == [("2026-03", 300), ("2026-04", 500), ("2026-05", 200)]


def test_months_that_are_paid_are_passed_over() -> None:
    left = {"2026-12": 0, "2027-01": -20}
    assert rules.allocate(500, "2026-12", lambda key: left.get(key, 500)) == [("2027-02", 500)]


def test_more_than_two_years_ahead_is_a_slip() -> None:
    assert len(rules.allocate(25 * 500, "2026-03", lambda _: 500)) == 25
    with pytest.raises(AmountFarAhead):
        rules.allocate(25 * 500 + 1, "2026-03", lambda _: 500)


@given(st.integers(1, 10**9), st.lists(st.integers(-5, 10**7), min_size=1, max_size=30))
def test_the_parts_add_up_and_never_cover_more_than_is_left(amount: int, left: list[int]) -> None:
    def left_of(key: str) -> int:
        months = (int(key[:4]) - 2026) * 12 + int(key[5:]) - 1
        return left[months % len(left)]

    try:
        parts = rules.allocate(amount, "2026-01", left_of)
    except AmountFarAhead:
        reach = [f"{2026 + n // 12}-{n % 12 + 1:02}" for n in range(25)]
        assert amount > sum(max(0, left_of(key)) for key in reach)
        return
    assert sum(part for _, part in parts) == amount
    assert all(0 < part <= left_of(key) for key, part in parts)
    assert [key for key, _ in parts] == sorted(key for key, _ in parts)


@pytest.mark.parametrize(
    ("count", "card"),
    [
        (0, "▢▢▢▢▢"),
        (3, "▣▣▣▢▢"),
        (5, "▣▣▣▣▣"),
        (7, "▣▣▣▣▣ ▣▣▢▢▢"),
        (12, "▣▣▣▣▣ ▣▣▣▣▣ ▣▣▢▢▢"),
        (25, "▣▣▣▣▣ ▣▣▣▣▣ ▣▣▣▣▣ ▣▣▣▣▣ ▣▣▣▣▣"),
        (30, "▣▣▣▣▣ × 6"),
        (122, "▣▣▣▣▣ × 24 ▣▣▢▢▢"),
    ],
)
def test_stamps_are_a_card_that_fills(count: int, card: str) -> None:
    assert rules.stamps(count) == card


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ([], "said"),
        ([Event("confirmed", 2)], "said"),
        ([Event("disputed", 2)], "disputed"),
        ([Event("disputed", 2), Event("settled", 2)], "said"),
        ([Event("disputed", 2), Event("settled", 3)], "disputed"),
        ([Event("disputed", 2), Event("disputed", 3), Event("settled", 3)], "disputed"),
        ([Event("disputed", 2), Event("withdrawn", 1)], "withdrawn"),
    ],
)
def test_where_a_payment_stands(events: list[Event], state: str) -> None:
    assert rules.state_of(events, booked=False) == state
    assert rules.state_of(events, booked=True) == "booked"


def test_who_disputes_after_confirming_does_not_confirm() -> None:
    events = [Event("confirmed", 2), Event("confirmed", 3), Event("disputed", 2)]
    assert rules.confirmers(events) == [3]
    assert rules.confirmers([*events, Event("settled", 2)]) == [2, 3]


def test_others_are_asked_in_their_turn() -> None:
    assert rules.turns([2, 3], [5, 3, 4, 2, 6], 2) == [5, 4]
