"""The weekly note: what it says of a week, and when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from digest_months import TWELVE
from hypothesis import given, strategies as st

from bot.domain import pulses
from bot.domain.agreement import Agreement, Digest
from bot.domain.agreement_parts import Quiet
from bot.domain.calendar import local
from bot.domain.digests import Coming, DigestFacts, FundFacts

NOW = datetime(2026, 3, 29, 15, tzinfo=UTC)
WEEKLY = Digest(has_pulse=True)
AGREED = Agreement(language="en", zone="Africa/Nairobi", currency="KES", digest=WEEKLY)
NOTHING = DigestFacts(title="Kitui", month="2026-03")


def test_with_nothing_to_say_there_is_none() -> None:
    still = replace(NOTHING, fund=FundFacts("KES", 500, 500), coming=TWELVE.coming)
    assert pulses.compose(NOTHING, WEEKLY, NOW) is None
    assert pulses.compose(still, WEEKLY, NOW) is None


def test_it_says_less_than_the_digest() -> None:
    assert TWELVE.check_ins is not None
    assert TWELVE.check_ins.figures
    pulse = pulses.compose(TWELVE, WEEKLY, NOW)
    assert pulse is not None
    assert pulse.check_ins is not None
    assert pulse.check_ins.figures == ()
    assert (pulse.check_ins.done, pulse.check_ins.of) == (11, 12)
    assert pulse.fund is not None
    assert (pulse.fund.paid, pulse.fund.of) == (0, 0)
    assert not pulse.asks.count
    assert all(
        len(one.shown) <= 2 for one in (pulse.goals, pulse.decided, pulse.thanks, pulse.joined)
    )


def test_the_group_leaves_out_what_it_leaves_out_of_its_digest() -> None:
    without = replace(WEEKLY, tells_fund=False, tells_help=False, tells_thanks=False)
    pulse = pulses.compose(TWELVE, without, NOW)
    assert pulse is not None
    assert (pulse.fund, pulse.help, pulse.thanks.count) == (None, None, 0)


def test_only_the_coming_week_is_coming_up() -> None:
    coming = tuple(Coming("meeting", NOW + timedelta(days=days)) for days in (1, 3, 5, 8))
    pulse = pulses.compose(replace(TWELVE, coming=coming), WEEKLY, NOW)
    assert pulse is not None
    assert pulse.coming == coming[:2]


@given(
    weekday=st.integers(1, 7),
    hour=st.integers(0, 23),
    day=st.integers(1, 31),
    zone=st.sampled_from(["Africa/Nairobi", "America/Lima", "Europe/Berlin", "Asia/Kathmandu"]),
    after=st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001 - made UTC below
)
def test_it_comes_weekly_never_at_night_and_never_in_the_week_of_the_digest(
    weekday: int, hour: int, day: int, zone: str, after: datetime
) -> None:
    agreed = replace(
        AGREED,
        zone=zone,
        digest=replace(WEEKLY, day=day, pulse_weekday=weekday, pulse_hour=hour),
    )
    found = list(islice(pulses.occurrences(agreed, after.replace(tzinfo=UTC)), 8))
    assert found == sorted(set(found))
    weeks = set()
    for one in found:
        there = local(one, zone)
        assert one > after.replace(tzinfo=UTC)
        assert 7 <= there.hour < 21
        begun = (there - timedelta(hours=11)).date()  # a night may carry it into the next day
        monday = begun - timedelta(days=begun.weekday())
        weeks.add(monday)
    assert len(weeks) == 8
    assert found[-1] - found[0] <= timedelta(weeks=11), "three of four weeks at least"


@pytest.mark.parametrize(("day", "is_told"), [(23, False), (29, False), (22, True), (30, True)])
def test_a_digest_on_any_day_from_monday_to_sunday_stands_for_it(
    day: int, *, is_told: bool
) -> None:
    agreed = replace(AGREED, digest=replace(WEEKLY, day=day), quiet=Quiet(21, 7))
    first = next(pulses.occurrences(agreed, datetime(2026, 3, 23, 0, tzinfo=UTC)))
    assert (first == NOW) == is_told  # Sunday the 29th, six in the evening in Nairobi
