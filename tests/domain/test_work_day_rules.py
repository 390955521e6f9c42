"""Work days: needs as people write them, days that can be called, hours by taps."""

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from bot.domain import work_days as rules
from bot.domain.work_days import NeedNotUnderstood, NeedWritten


def test_needs_are_a_line_each() -> None:
    assert rules.parse_needs("20 poles\n\n 2,5 bags of cement\n3 x ladders\n1 200 nails") == [
        NeedWritten(2000, "poles"),
        NeedWritten(250, "bags of cement"),
        NeedWritten(300, "ladders"),
        NeedWritten(120_000, "nails"),
    ]


@pytest.mark.parametrize(
    "text", ["", "poles", "many poles", "20", "0 poles", "2,500 bricks", "3 " + "x" * 30, "1 a\nb"]
)
def test_what_is_no_need_is_asked_again(text: str) -> None:
    with pytest.raises(NeedNotUnderstood):
        rules.parse_needs(text)


@given(st.text(max_size=80))
def test_any_text_is_needs_or_asked_again(text: str) -> None:
    try:
        found = rules.parse_needs(text)
    except NeedNotUnderstood:
        return
    assert found
    assert all(one.amount_minor > 0 and one.unit.strip() for one in found)


def test_days_are_from_tomorrow_to_four_months_ahead() -> None:
    today = date(2026, 3, 2)
    offered = [day for page in range(20) for day in rules.days_offered(today, page)]
    assert offered[0] == date(2026, 3, 3)
    assert offered == [today + timedelta(days=number) for number in range(1, 121)]
    assert all(rules.may_be_on(day, today) for day in offered)
    assert not rules.may_be_on(today, today)
    assert not rules.may_be_on(offered[-1] + timedelta(days=1), today)


def test_taps_go_through_every_number_of_hours_and_back_to_none() -> None:
    seen = [0]
    while True:
        seen.append(rules.next_hours(seen[-1]))
        if not seen[-1]:
            break
    assert seen[1] == 600
    assert sorted(seen[1:-1]) == sorted(rules.HOURS_DONE)
    assert rules.next_hours(333) == 0
