"""When rounds of the check-in open, remind and close."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given, settings, strategies as st

from bot.domain.agreement import Agreement, CheckIn
from bot.domain.agreement_parts import Quiet
from bot.domain.calendar import after_quiet, is_quiet, local, to_utc
from bot.domain.rounds import (
    asks_standing,
    first_day,
    is_worth_opening,
    opening_after,
    opening_in,
    reminders,
)

ZONES = ["Africa/Nairobi", "America/Santiago", "Africa/Cairo", "Asia/Kathmandu", "Pacific/Apia"]

agreements = st.builds(
    lambda day, hour, open_days, zone, quiet: Agreement(
        language="en",
        zone=zone,
        currency="KES",
        check_in=CheckIn(day=day, hour=hour, open_days=open_days),
        quiet=Quiet(*quiet),
    ),
    st.integers(1, 31),
    st.integers(0, 23),
    st.integers(1, 14),
    st.sampled_from(ZONES),
    st.sampled_from([(21, 7), (22, 6), (0, 5), (12, 14), (3, 3)]),
)
instants = st.datetimes(datetime(2026, 1, 2), datetime(2029, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis wants its bounds naive


def usual(**parts: object) -> Agreement:
    agreement = Agreement(language="en", zone="Africa/Nairobi", currency="KES")
    return replace(agreement, **parts)  # type: ignore[arg-type]  # whatever a test needs


def test_the_usual_month() -> None:
    opening = opening_in(usual(), date(2026, 3, 9))
    assert opening.month == "2026-03"
    assert opening.opens_at == datetime(2026, 3, 24, 15, tzinfo=UTC)
    assert opening.closes_at == datetime(2026, 3, 28, 15, tzinfo=UTC)
    assert reminders(opening.opens_at, opening.closes_at, usual()) == [
        datetime(2026, 3, 25, 15, tzinfo=UTC),
        datetime(2026, 3, 27, 15, tzinfo=UTC),
    ]


def test_an_hour_in_the_night_is_moved_to_the_morning() -> None:
    night = usual(check_in=CheckIn(day=31, hour=23, open_days=2))
    opening = opening_in(night, date(2026, 3, 1))
    assert opening.month == "2026-03"
    assert local(opening.opens_at, "Africa/Nairobi").isoformat() == "2026-04-01T07:00:00+03:00"
    before_it = datetime(2026, 3, 31, 22, tzinfo=UTC)  # after the agreed hour, before the morning
    assert opening_after(night, before_it) == opening


def test_short_rounds_have_fewer_reminders() -> None:
    found = []
    for days in (1, 2, 3, 4):
        agreement = usual(check_in=CheckIn(open_days=days))
        opening = opening_in(agreement, date(2026, 3, 1))
        found.append(len(reminders(opening.opens_at, opening.closes_at, agreement)))
    assert found == [0, 1, 2, 2]


def test_late_it_opens_only_with_more_than_a_day_left() -> None:
    opening = opening_in(usual(check_in=CheckIn(open_days=1)), date(2026, 3, 1))
    assert is_worth_opening(opening, opening.opens_at + timedelta(minutes=1))
    assert not is_worth_opening(opening, opening.opens_at + timedelta(hours=2))
    longer = opening_in(usual(), date(2026, 3, 1))
    assert is_worth_opening(longer, longer.closes_at - timedelta(hours=25))
    assert not is_worth_opening(longer, longer.closes_at - timedelta(hours=24))


@settings(deadline=None)  # zones are read from disk the first time
@given(agreements, instants)
def test_openings_come_one_a_month_outside_the_quiet_hours(
    agreement: Agreement, after: datetime
) -> None:
    openings = [opening_after(agreement, after)]
    for _ in range(13):
        openings.append(opening_after(agreement, openings[-1].opens_at))
    assert openings[0].opens_at > after
    for one, following in pairwise(openings):
        assert one.opens_at < following.opens_at
        assert _months_on(one.month, 1) == following.month
    for one in openings:
        assert not is_quiet(one.opens_at, agreement.quiet_hours, agreement.zone)
        assert one.opens_at < one.closes_at
        closes = local(one.closes_at, agreement.zone)
        gap = to_utc(closes.date(), time(agreement.check_in.hour), agreement.zone)
        assert one.closes_at == gap
        assert opening_in(agreement, first_day(one.month)) == one


@settings(deadline=None)  # zones are read from disk the first time
@given(agreements, instants)
def test_reminders_are_two_at_most_within_the_round_and_never_at_night(
    agreement: Agreement, after: datetime
) -> None:
    opening = opening_after(agreement, after)
    opened_at = after_quiet(opening.opens_at, agreement.quiet_hours, agreement.zone)
    found = reminders(opened_at, opening.closes_at, agreement)
    assert len(found) <= 2
    for one, following in pairwise([opened_at, *found, opening.closes_at]):
        if found:
            assert following - one >= timedelta(hours=12)
    for one in found:
        assert not is_quiet(one, agreement.quiet_hours, agreement.zone)


def _months_on(month: str, by: int) -> str:
    year, number = divmod(int(month[:4]) * 12 + int(month[5:]) - 1 + by, 12)
    return f"{year:04}-{number + 1:02}"


@given(st.lists(st.integers(1, 5), min_size=1, max_size=12))
def test_how_one_stands_is_asked_first_and_then_every_third_month(gaps: list[int]) -> None:
    """Whatever months are let go: never twice within three, and in the first round from then on."""
    month = "2026-01"
    asked: list[str] = []
    for gap in gaps:
        wanted = not asked or _months_between(asked[-1], month) >= 3
        assert asks_standing(month, asked[-1] if asked else None) == wanted
        if wanted:
            asked.append(month)
        month = _months_on(month, gap)


def _months_between(one: str, other: str) -> int:
    return (int(other[:4]) - int(one[:4])) * 12 + int(other[5:]) - int(one[5:])
