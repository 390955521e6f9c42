"""Periods of plans: monthly, weekly, fortnightly; which one a payment said now is for."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from bot.domain import periods
from bot.domain.agreement import Agreement
from bot.domain.calendar import is_quiet, local
from bot.domain.periods import NoSuchPeriod
from bot.domain.plans import EVERY, GRACE_DAYS_MAX, Contribution

AGREED = Agreement(language="en", zone="Africa/Nairobi", currency="KES")
instants = st.datetimes(datetime(2026, 1, 1), datetime(2031, 1, 1))  # noqa: DTZ001 - made UTC below


def monthly(**parts: Any) -> Contribution:  # noqa: ANN401 - parts of a plan
    return Contribution(50_000, **parts)


def weekly(day: int, **parts: Any) -> Contribution:  # noqa: ANN401 - parts of a plan
    return Contribution(500, every="week", day=day, **parts)


def fortnightly(day: int, anchor: str, **parts: Any) -> Contribution:  # noqa: ANN401 - as above
    return Contribution(500, every="two_weeks", day=day, anchor=anchor, **parts)


@st.composite
def rhythms(draw: st.DrawFn) -> Contribution:
    every = draw(st.sampled_from(EVERY))
    return Contribution(
        500,
        every=every,
        day=draw(st.integers(1, 31 if every == "month" else 7)),
        hour=draw(st.integers(0, 23)),
        grace_days=draw(st.integers(0, GRACE_DAYS_MAX[every])),
        anchor=draw(st.dates(date(2025, 1, 1), date(2032, 1, 1))).isoformat(),
    )


def test_a_month_has_its_day_and_what_is_said_around_it() -> None:
    march = periods.period(AGREED, monthly(), "2026-03")
    assert march.due_day == date(2026, 3, 5)
    assert march.before == datetime(2026, 3, 3, 15, tzinfo=UTC)
    assert march.day == datetime(2026, 3, 5, 15, tzinfo=UTC)
    assert march.after == datetime(2026, 3, 8, 15, tzinfo=UTC)
    assert march.number == 202603
    assert periods.period_key(202603) == "2026-03"


def test_a_week_is_due_on_its_weekday() -> None:
    thursday = periods.period(AGREED, weekly(4), "2026-W11")
    assert thursday.due_day == date(2026, 3, 12)
    assert thursday.before == datetime(2026, 3, 11, 15, tzinfo=UTC)
    assert thursday.after == datetime(2026, 3, 15, 15, tzinfo=UTC)
    assert thursday.number == 2026911
    assert periods.period_key(2026911) == "2026-W11"
    assert periods.next_key("2026-W53") == "2027-W01"


def test_every_second_week_is_counted_from_an_agreed_one() -> None:
    plan = fortnightly(5, "2026-03-12")
    seen = [periods.current(AGREED, plan, datetime(2026, 3, day, 20, tzinfo=UTC)).due_day
            for day in (10, 13, 20, 27)]  # fmt: skip
    assert seen == [date(2026, 2, 27), date(2026, 3, 13), date(2026, 3, 13), date(2026, 3, 27)]
    assert periods.next_key("2026-W11", every="two_weeks") == "2026-W13"
    assert periods.fits(plan, "2026-W11")
    assert not periods.fits(plan, "2026-W12")


def test_another_weekday_leaves_the_week_what_it_was() -> None:
    now = datetime(2026, 3, 13, 9, tzinfo=UTC)
    assert {periods.current(AGREED, weekly(day), now).key for day in range(1, 6)} == {"2026-W11"}


def test_the_thirty_first_is_the_last_day_of_a_short_month() -> None:
    assert periods.due_day(monthly(day=31), "2026-02") == date(2026, 2, 28)
    assert periods.due_day(monthly(day=31), "2026-03") == date(2026, 3, 31)


@pytest.mark.parametrize(
    "number",
    [0, 7, 202600, 202613, 20260, 2026031, -202603, 2026900, 2025953, 2026954, -2026911, 20269111],
)
def test_a_forged_period_is_none(number: int) -> None:
    with pytest.raises(NoSuchPeriod):
        periods.period_key(number)


@pytest.mark.parametrize("key", ["", "2026", "2026-3", "2026-03-05", "2026-W", "2026-W99", "x"])
def test_what_is_no_period_has_no_day(key: str) -> None:
    with pytest.raises(NoSuchPeriod):
        periods.first_day(key)


@pytest.mark.parametrize(
    ("day", "now", "key"),
    [
        (5, datetime(2026, 3, 3, 14, 59, tzinfo=UTC), "2026-02"),
        (5, datetime(2026, 3, 3, 15, tzinfo=UTC), "2026-03"),
        (5, datetime(2026, 3, 31, tzinfo=UTC), "2026-03"),
        (1, datetime(2026, 2, 27, 15, tzinfo=UTC), "2026-03"),  # its reminder is in February
        (1, datetime(2026, 2, 27, 14, tzinfo=UTC), "2026-02"),
        (1, datetime(2026, 1, 1, tzinfo=UTC), "2026-01"),
        (31, datetime(2026, 12, 31, tzinfo=UTC), "2026-12"),
    ],
)
def test_a_period_is_current_from_its_first_reminder_on(day: int, now: datetime, key: str) -> None:
    assert periods.current(AGREED, monthly(day=day), now).key == key


def test_what_was_due_before_a_plan_held_never_is() -> None:
    early = datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert periods.current(AGREED, monthly(day=20), early).key == "2026-02"
    begun = monthly(day=20, since="2026-03-02")
    assert periods.current(AGREED, begun, early).key == "2026-03"
    assert periods.coming(AGREED, begun, early).key == "2026-03"
    assert periods.current(AGREED, monthly(day=2, since="2026-03-02"), early).key == "2026-03"
    assert periods.current(AGREED, weekly(1, since="2026-03-03"), early).key == "2026-W11"


@given(rhythms(), instants)
def test_nothing_is_said_in_quiet_hours_and_each_instant_has_one_period(
    plan: Contribution, when: datetime
) -> None:
    now = when.replace(tzinfo=UTC)
    one = periods.current(AGREED, plan, now)
    assert periods.fits(plan, one.key)
    following = periods.period(AGREED, plan, periods.next_key(one.key, every=plan.every))
    assert one.before <= now < following.before
    assert one.before < one.day <= one.after < following.day
    assert not any(
        is_quiet(one.instant(which), AGREED.quiet_hours, AGREED.zone) for which in periods.WHICH
    )
    assert now < periods.coming(AGREED, plan, now).day <= following.day
    assert periods.period_key(one.number) == one.key


@given(rhythms(), instants, st.integers(1, 30))
def test_periods_follow_each_other_in_their_rhythm(
    plan: Contribution, when: datetime, steps: int
) -> None:
    key = periods.current(AGREED, plan, when.replace(tzinfo=UTC)).key
    later = periods.next_key(key, steps, every=plan.every)
    assert periods.fits(plan, later)
    assert periods.next_key(later, -steps, every=plan.every) == key
    apart = periods.due_day(plan, later) - periods.due_day(plan, key)
    if plan.every == "month":
        assert 28 * steps <= apart.days <= 31 * steps
    else:
        assert apart == timedelta(days=7 * steps * (2 if plan.every == "two_weeks" else 1))


@given(rhythms(), instants)
def test_the_last_reminder_comes_before_the_first_of_the_next(
    plan: Contribution, when: datetime
) -> None:
    one = periods.current(AGREED, plan, when.replace(tzinfo=UTC))
    following = periods.period(AGREED, plan, periods.next_key(one.key, every=plan.every))
    assert local(one.after, AGREED.zone).date() < local(following.before, AGREED.zone).date()
