"""Local time in every zone there is: each date once, whatever the clock does that night."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, strategies as st

from bot.domain.calendar import (
    LAST_DAY,
    QuietHours,
    UnknownZone,
    add_months,
    after_quiet,
    every_two_weeks,
    first_of_month,
    is_quiet,
    local,
    month_key,
    month_span,
    monthly,
    months_between,
    parse_utc,
    still_worth,
    to_utc,
    utc_text,
    weekly,
)

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2032, 1, 1, tzinfo=UTC)
#: Zones whose clocks do something unusual between 2026 and 2031, and some that never do.
ODD_ZONES = [
    "Africa/Cairo",  # springs forward at midnight
    "America/Santiago",  # so does Chile, and falls back into the day before
    "America/New_York",
    "Africa/Casablanca",  # goes back for Ramadan
    "Australia/Lord_Howe",  # by half an hour
    "Asia/Beirut",
    "America/Havana",
    "America/Asuncion",
    "Europe/Dublin",
    "America/Nuuk",
    "Antarctica/Troll",  # by two hours
    "Africa/Nairobi",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
]

zones = st.sampled_from([*ODD_ZONES, *sorted(available_timezones())])
times = st.builds(time, st.integers(0, 23), st.integers(0, 59))
instants = st.datetimes(datetime(2026, 1, 2), datetime(2031, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis wants its bounds naive


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type] # at least three parts


def naive(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


@cache
def clock_changes(zone: str) -> list[datetime]:
    """Find by search alone the instants at which a zone's clock jumps."""
    info = ZoneInfo(zone)
    found = []
    stride = 5 * DAY  # no clock changes twice in so few days
    for number in range((END - BEGIN) // stride):
        low, step = BEGIN + number * stride, stride
        offset = low.astimezone(info).utcoffset()
        if (low + stride).astimezone(info).utcoffset() == offset:
            continue
        while step > MINUTE:
            step /= 2
            if (low + step).astimezone(info).utcoffset() == offset:
                low += step
        found.append((low + MINUTE).replace(second=0, microsecond=0))
    return found


@cache
def zones_that_differ() -> list[str]:
    """Return one zone of each kind: those with the same offset all along are the same here."""
    kinds = {}
    for zone in sorted(available_timezones()):
        changes = tuple(
            (at, at.astimezone(ZoneInfo(zone)).utcoffset()) for at in clock_changes(zone)
        )
        kinds[BEGIN.astimezone(ZoneInfo(zone)).utcoffset(), changes] = zone
    return sorted(kinds.values())


def near_a_change() -> st.SearchStrategy[tuple[str, datetime]]:
    """Draw a zone and an instant within some hours of its clock's change, if it has one."""

    def around(zone: str) -> st.SearchStrategy[tuple[str, datetime]]:
        moments = [at for at in clock_changes(zone) if at + 3 * DAY < END] or [BEGIN + DAY]
        minutes = st.integers(-36 * 60, 36 * 60)
        shifted = st.builds(lambda at, m: at + m * MINUTE, st.sampled_from(moments), minutes)
        return st.tuples(st.just(zone), shifted)

    return zones.flatmap(around)


class TestToUtc:
    @pytest.mark.parametrize(
        ("zone", "day", "at", "instant"),
        [
            ("Africa/Nairobi", date(2026, 11, 23), time(18), utc(2026, 11, 23, 15)),
            ("Asia/Kathmandu", date(2026, 11, 23), time(18), utc(2026, 11, 23, 12, 15)),
            # Cairo has no 00:00 to 00:59 on 24 April 2026.
            ("Africa/Cairo", date(2026, 4, 24), time(0, 0), utc(2026, 4, 23, 22)),
            ("Africa/Cairo", date(2026, 4, 24), time(0, 30), utc(2026, 4, 23, 22)),
            ("Africa/Cairo", date(2026, 4, 24), time(1, 0), utc(2026, 4, 23, 22)),
            ("Africa/Cairo", date(2026, 10, 29), time(23, 30), utc(2026, 10, 29, 20, 30)),
            ("America/Santiago", date(2026, 9, 6), time(0), utc(2026, 9, 6, 4)),
            ("America/New_York", date(2026, 3, 8), time(2, 30), utc(2026, 3, 8, 7)),
            ("America/New_York", date(2026, 11, 1), time(1, 30), utc(2026, 11, 1, 5, 30)),
            ("Africa/Casablanca", date(2026, 2, 15), time(2, 30), utc(2026, 2, 15, 1, 30)),
            # Lord Howe's half hour: 02:00 to 02:29 are skipped in October.
            ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 10), utc(2026, 10, 3, 15, 30)),
            ("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45), utc(2026, 4, 4, 14, 45)),
            # Samoa skipped a whole day: its noon is the first minute of the next.
            ("Pacific/Apia", date(2011, 12, 30), time(12), utc(2011, 12, 30, 10)),
        ],
    )
    def test_in_gaps_and_folds(self, zone: str, day: date, at: time, instant: datetime) -> None:
        assert to_utc(day, at, zone) == instant

    @staticmethod
    def each_date_once(zone: str, at: time, days: list[date]) -> None:
        changes = set(clock_changes(zone))
        instants = [to_utc(day, at, zone) for day in days]
        for day, instant in zip(days, instants, strict=True):
            shown = naive(instant, zone)
            wanted = datetime.combine(day, at)
            assert shown == wanted or (instant in changes and shown > wanted), (zone, day)
        assert all(one < following for one, following in pairwise(instants)), zone

    def test_each_local_date_has_each_time_exactly_once_in_all_zones(self) -> None:
        """2026 to 2031, in every kind of zone, in the days around each change of its clock."""
        for zone in zones_that_differ():
            days = sorted(
                {
                    naive(change, zone).date() + shift * DAY
                    for change in clock_changes(zone)
                    for shift in (-2, -1, 0, 1, 2)
                }
            )
            for at in (time(0), time(0, 30), time(1, 30), time(2, 30), time(3), time(23, 30)):
                self.each_date_once(zone, at, days)

    @pytest.mark.slow
    @pytest.mark.promise("What is due on a date comes once, through every change of clocks")
    def test_each_local_date_of_six_years_in_all_zones(self) -> None:
        days = [date(2026, 1, 2) + n * DAY for n in range(2188)]
        for zone in zones_that_differ():
            for at in (time(0), time(2, 30), time(18)):
                self.each_date_once(zone, at, days)

    def test_around_every_change_of_the_clock_the_first_minute_is_taken(self) -> None:
        for zone in zones_that_differ():
            for change in clock_changes(zone):
                before = naive(change - MINUTE, zone) + MINUTE  # what it would have shown
                after = naive(change, zone)
                skipped = max(after - before, timedelta(0))
                repeated = max(before - after, timedelta(0))
                for minutes in range(0, skipped // MINUTE, 7):
                    wall = before + minutes * MINUTE
                    assert to_utc(wall.date(), wall.time(), zone) == change, (zone, wall)
                for minutes in range(0, repeated // MINUTE, 7):
                    wall = after + minutes * MINUTE
                    first = change - repeated + minutes * MINUTE
                    assert to_utc(wall.date(), wall.time(), zone) == first, (zone, wall)

    def test_changes_of_every_sort_were_met(self) -> None:
        jumps = {
            naive(change, zone) - naive(change - MINUTE, zone) - MINUTE
            for zone in zones_that_differ()
            for change in clock_changes(zone)
        }
        hour = timedelta(hours=1)
        assert {hour, -hour, hour / 2, -hour / 2, 2 * hour, -2 * hour} <= jumps

    @given(near_a_change())
    def test_local_and_back_is_the_first_instant_that_shows_the_same(
        self, place: tuple[str, datetime]
    ) -> None:
        zone, at = place
        wall = local(at, zone)
        back = to_utc(wall.date(), wall.time(), zone)
        assert naive(back, zone) == naive(at, zone)
        assert back <= at
        assert (back == at) == (wall.fold == 0)

    def test_the_time_of_day_is_read_without_its_own_fold_or_zone(self) -> None:
        later = time(1, 30, fold=1, tzinfo=UTC)
        assert to_utc(date(2026, 11, 1), later, "America/New_York") == utc(2026, 11, 1, 5, 30)

    @pytest.mark.parametrize(
        "zone", ["", "Nowhere/Land", "Africa", "../etc/passwd", "/etc/passwd", "a\0b", "x" * 5000]
    )
    def test_an_unknown_zone_is_refused(self, zone: str) -> None:
        with pytest.raises(UnknownZone) as refused:
            to_utc(date(2026, 1, 1), time(0), zone)
        assert refused.value.facts == {"zone": zone}
        with pytest.raises(UnknownZone):
            local(BEGIN, zone)

    def test_an_instant_without_a_zone_is_an_error(self) -> None:
        with pytest.raises(ValueError, match="zone"):
            local(datetime(2026, 1, 1), "Africa/Kigali")  # noqa: DTZ001 - that is the error
        with pytest.raises(ValueError, match="zone"):
            utc_text(datetime(2026, 1, 1))  # noqa: DTZ001 - that is the error


class TestText:
    def test_one_format_to_the_microsecond(self) -> None:
        assert utc_text(utc(2026, 11, 23, 18, 42, 12, 123456)) == "2026-11-23T18:42:12.123456Z"
        assert utc_text(utc(2026, 11, 23)) == "2026-11-23T00:00:00.000000Z"
        nairobi = datetime(2026, 11, 23, 3, tzinfo=ZoneInfo("Africa/Nairobi"))
        assert utc_text(nairobi) == "2026-11-23T00:00:00.000000Z"

    offsets = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(m * MINUTE))
    any_instant = st.datetimes(
        datetime(2, 1, 1),  # noqa: DTZ001 - Hypothesis wants its bounds naive
        datetime(9998, 1, 1),  # noqa: DTZ001
        timezones=offsets,
    )

    @given(any_instant, any_instant)
    def test_texts_compare_as_instants_do(self, one: datetime, other: datetime) -> None:
        assert (utc_text(one) < utc_text(other)) == (one < other)
        assert len(utc_text(one)) == len(utc_text(other)) == 27

    @given(any_instant)
    def test_what_was_written_is_read_as_it_was(self, at: datetime) -> None:
        read = parse_utc(utc_text(at))
        assert read == at
        assert read.tzinfo is UTC

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "yesterday",
            "2026-11-23",
            "2026-11-23T18:42:12Z",
            "2026-11-23T18:42:12.123456",
            "2026-11-23 18:42:12.123456Z",
            "2026-11-23T18:42:12.123456+00:00",
            "2026-11-23T21:42:12.123456+03:00",
            "2026-11-23T18:42:12.123456Z ",
        ],
    )
    def test_other_texts_are_an_error(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"isoformat|instant"):
            parse_utc(text)


class TestMonths:
    def test_the_last_day_of_short_months_never_drifts(self) -> None:
        start = date(2026, 1, 31)
        assert add_months(start, 1) == date(2026, 2, 28)
        assert add_months(start, 25) == date(2028, 2, 29)
        assert add_months(start, 2) == date(2026, 3, 31)
        assert add_months(date(2026, 2, 28), 1, day=31) == date(2026, 3, 31)
        assert add_months(date(2026, 2, 28), 2, day=LAST_DAY) == date(2026, 4, 30)
        assert add_months(date(2026, 1, 15), -1) == date(2025, 12, 15)
        assert add_months(date(2026, 11, 5), 1) == date(2026, 12, 5)

    @pytest.mark.parametrize("day", [0, -2, 32])
    def test_a_day_that_no_month_has_is_an_error(self, day: int) -> None:
        with pytest.raises(ValueError, match="day of the month"):
            add_months(date(2026, 1, 1), 1, day)

    @pytest.mark.parametrize(
        ("start", "end", "months"),
        [
            (date(2026, 1, 15), date(2026, 2, 14), 0),
            (date(2026, 1, 15), date(2026, 2, 15), 1),
            (date(2026, 1, 31), date(2026, 2, 28), 1),
            (date(2026, 1, 1), date(2027, 3, 1), 14),
            (date(2026, 3, 1), date(2026, 1, 1), -2),
            (date(2026, 3, 1), date(2026, 3, 1), 0),
        ],
    )
    def test_whole_months_between(self, start: date, end: date, months: int) -> None:
        assert months_between(start, end) == months

    days = st.dates(date(2000, 1, 1), date(2060, 1, 1))

    @given(days, days)
    def test_months_between_is_the_most_that_can_be_added(self, one: date, other: date) -> None:
        start, end = sorted([one, other])
        months = months_between(start, end)
        assert add_months(start, months) <= end < add_months(start, months + 1)
        assert months_between(end, start) == -months

    def test_the_month_is_the_local_one(self) -> None:
        new_year = utc(2026, 12, 31, 22)
        assert month_key(new_year, "Africa/Nairobi") == "2027-01"
        assert month_key(new_year, "America/Lima") == "2026-12"
        assert first_of_month(date(2026, 11, 23)) == date(2026, 11, 1)

    @given(zones, instants)
    def test_an_instant_lies_in_the_span_of_its_month(self, zone: str, at: datetime) -> None:
        key = month_key(at, zone)
        begins, ends = month_span(key, zone)
        assert begins <= at < ends
        assert month_key(begins, zone) == key
        assert month_key(ends, zone) != key
        assert month_key(ends - MINUTE / 60, zone) == key

    @pytest.mark.parametrize("key", ["2026-13", "2026-1", "2026-11-01", "", "٢٠٢٦-١١"])
    def test_other_keys_are_an_error(self, key: str) -> None:
        with pytest.raises(ValueError, match="month"):
            month_span(key, "UTC")


def chain(first: datetime, following: object, number: int) -> Iterator[datetime]:
    assert callable(following)
    at = first
    for _ in range(number):
        at = following(at)
        yield at


class TestRhythms:
    def test_the_31st_is_the_last_of_short_months_and_the_31st_again_after(self) -> None:
        days = [
            local(at, "Africa/Kigali").date()
            for at in chain(
                utc(2028, 1, 1), lambda at: monthly(31, time(18), "Africa/Kigali", at), 5
            )
        ]
        assert days == [
            date(2028, 1, 31),
            date(2028, 2, 29),
            date(2028, 3, 31),
            date(2028, 4, 30),
            date(2028, 5, 31),
        ]

    def test_the_last_day_is_the_last(self) -> None:
        assert monthly(LAST_DAY, time(18), "UTC", utc(2026, 2, 1)) == utc(2026, 2, 28, 18)

    def test_the_next_is_strictly_after(self) -> None:
        at = utc(2026, 3, 5, 15)  # 18:00 in Nairobi
        assert monthly(5, time(18), "Africa/Nairobi", at - MINUTE) == at
        assert monthly(5, time(18), "Africa/Nairobi", at) == utc(2026, 4, 5, 15)
        assert weekly(3, time(18), "Africa/Nairobi", at - MINUTE) == at
        assert weekly(3, time(18), "Africa/Nairobi", at) == at + 7 * DAY

    def test_weeks_keep_the_wall_clock_over_a_change_of_it(self) -> None:
        sunday_evening = chain(
            utc(2026, 10, 25), lambda at: weekly(6, time(18), "America/New_York", at), 3
        )
        assert list(sunday_evening) == [
            utc(2026, 10, 25, 22),
            utc(2026, 11, 1, 23),
            utc(2026, 11, 8, 23),
        ]

    def test_a_fortnight_counts_from_its_anchor_and_never_before_it(self) -> None:
        anchor = date(2026, 11, 23)
        lima = "America/Lima"
        assert every_two_weeks(anchor, time(9), lima, utc(2020, 1, 1)) == utc(2026, 11, 23, 14)
        assert every_two_weeks(anchor, time(9), lima, utc(2026, 11, 23, 14)) == utc(2026, 12, 7, 14)
        assert every_two_weeks(anchor, time(9), lima, utc(2027, 6, 1)) == utc(2027, 6, 7, 14)

    @pytest.mark.parametrize("weekday", [-1, 7])
    def test_a_weekday_that_no_week_has_is_an_error(self, weekday: int) -> None:
        with pytest.raises(ValueError, match="weekday"):
            weekly(weekday, time(9), "UTC", BEGIN)

    @given(st.sampled_from([LAST_DAY, *range(1, 32)]), times, near_a_change())
    def test_each_month_comes_round_exactly_once(
        self, day: int, at: time, place: tuple[str, datetime]
    ) -> None:
        zone, after = place
        found = list(chain(after, lambda last: monthly(day, at, zone, last), 14))
        assert all(one < following for one, following in pairwise([after, *found]))
        first_month = local(found[0], zone).date() - DAY / 24  # a gap may push past midnight
        for number, instant in enumerate(found):
            wanted = [
                to_utc(add_months(first_of_month(first_month), number + shift, day), at, zone)
                for shift in (-1, 0, 1)
            ]
            assert instant in wanted
        assert monthly(day, at, zone, found[5] - MINUTE) == found[5]

    @given(st.integers(0, 6), times, near_a_change())
    @example(4, time(0), ("Africa/Cairo", utc(2026, 4, 20)))
    def test_each_week_comes_round_exactly_once(
        self, weekday: int, at: time, place: tuple[str, datetime]
    ) -> None:
        zone, after = place
        found = list(chain(after, lambda last: weekly(weekday, at, zone, last), 4))
        assert found[0] > after
        assert found[0] - after <= 7 * DAY + timedelta(hours=3)
        for one, following in pairwise(found):
            assert abs(following - one - 7 * DAY) <= timedelta(hours=3)
        assert {local(instant + DAY / 2, zone).weekday() for instant in found} <= {
            weekday,
            (weekday + 1) % 7,
        }
        assert weekly(weekday, at, zone, found[1] - MINUTE) == found[1]

    @given(times, near_a_change(), st.integers(-900, 900))
    def test_fortnights_are_the_weeks_of_the_anchor(
        self, at: time, place: tuple[str, datetime], days_off: int
    ) -> None:
        zone, after = place
        anchor = local(after, zone).date() + days_off * DAY
        instant = every_two_weeks(anchor, at, zone, after)
        assert instant > after
        by_hand = (to_utc(anchor + n * 14 * DAY, at, zone) for n in range(1000))
        assert instant == next(one for one in by_hand if one > after)


class TestQuietHours:
    night = QuietHours(time(21), time(7))

    def test_across_midnight(self) -> None:
        zone = "Africa/Nairobi"
        assert not is_quiet(utc(2026, 11, 23, 17, 59), self.night, zone)
        assert is_quiet(utc(2026, 11, 23, 18), self.night, zone)
        assert is_quiet(utc(2026, 11, 24, 3, 59), self.night, zone)
        assert not is_quiet(utc(2026, 11, 24, 4), self.night, zone)
        assert after_quiet(utc(2026, 11, 23, 20), self.night, zone) == utc(2026, 11, 24, 4)
        assert after_quiet(utc(2026, 11, 24, 1), self.night, zone) == utc(2026, 11, 24, 4)
        assert after_quiet(utc(2026, 11, 24, 9), self.night, zone) == utc(2026, 11, 24, 9)

    def test_within_a_day(self) -> None:
        siesta = QuietHours(time(13), time(15))
        assert after_quiet(utc(2026, 11, 23, 14), siesta, "UTC") == utc(2026, 11, 23, 15)
        assert not is_quiet(utc(2026, 11, 23, 23), siesta, "UTC")

    def test_none_where_they_begin_as_they_end(self) -> None:
        never = QuietHours(time(8), time(8))
        assert not is_quiet(utc(2026, 11, 23, 8), never, "UTC")

    def test_a_long_night_ends_by_the_wall_clock(self) -> None:
        zone = "America/New_York"  # 1 November 2026 has 25 hours
        assert after_quiet(utc(2026, 11, 1, 2), self.night, zone) == utc(2026, 11, 1, 12)
        short = utc(2026, 3, 8, 3)  # and 8 March 23
        assert after_quiet(short, self.night, zone) == utc(2026, 3, 8, 11)

    def test_an_end_shown_twice_is_over_at_the_second(self) -> None:
        late = QuietHours(time(23), time(1, 30))
        over = utc(2026, 11, 1, 6, 30)
        assert after_quiet(utc(2026, 11, 1, 5), late, "America/New_York") == over
        assert is_quiet(utc(2026, 11, 1, 5, 45), late, "America/New_York")  # 01:45, then 01:00

    def test_an_end_that_is_skipped_is_the_first_minute_after(self) -> None:
        late = QuietHours(time(21), time(0, 30))
        assert after_quiet(utc(2026, 4, 23, 20), late, "Africa/Cairo") == utc(2026, 4, 23, 22)

    def test_two_nights_joined_by_a_gap(self) -> None:
        almost_all_day = QuietHours(time(2, 30), time(2, 15))  # both skipped on 8 March
        ends = after_quiet(utc(2026, 3, 7, 12), almost_all_day, "America/New_York")
        assert ends == utc(2026, 3, 9, 6, 15)

    @given(times, times, near_a_change())
    @example(time(1, 30), time(6), ("America/New_York", utc(2026, 11, 1, 5, 45)))
    @example(time(23), time(1, 30), ("America/New_York", utc(2026, 11, 1, 5, 45)))
    def test_quiet_whenever_the_clock_says_so_and_without_a_break(
        self, start: time, end: time, place: tuple[str, datetime]
    ) -> None:
        zone, at = place
        quiet = QuietHours(start, end)
        shown = local(at, zone).time()
        by_the_clock = (
            start <= shown < end if start <= end else (shown >= start or shown < end)
        ) and start != end
        if by_the_clock:
            assert is_quiet(at, quiet, zone)
        elif is_quiet(at, quiet, zone):  # only where the clock showed the hour before
            assert any(abs(at - change) < timedelta(hours=3) for change in clock_changes(zone))

        over = after_quiet(at, quiet, zone)
        assert not is_quiet(over, quiet, zone)
        moments = [at + (over - at) * share / 16 for share in range(16)]
        assert all(is_quiet(moment, quiet, zone) for moment in moments) or over == at
        assert (over == at) == (not is_quiet(at, quiet, zone))
        assert after_quiet(over, quiet, zone) == over


class TestLate:
    def test_what_is_late_within_its_limit_is_still_done(self) -> None:
        due = utc(2026, 11, 23, 18)
        hours = timedelta(hours=6)
        assert still_worth(due, due + hours, hours)
        assert not still_worth(due, due + hours + MINUTE, hours)
        assert still_worth(due, due - MINUTE, hours)

    def test_what_has_no_limit_is_done_however_late(self) -> None:
        assert still_worth(utc(2026, 1, 1), utc(2036, 1, 1), None)
