"""When meetings are, across summer times and the ends of months; who plans and who leads them."""

import itertools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from bot.domain import meetings as rules
from bot.domain.agreement import Agreement
from bot.domain.agreement_parts import LAST_WEEK, MeetingPlanners, Meetings, Quiet
from bot.domain.calendar import local
from bot.domain.goals import WordsMissing, WordsTooLong
from bot.domain.meetings import (
    EVERY,
    ClockNotUnderstood,
    RhythmNotOffered,
    Slot,
    chosen,
    coming,
    eve_of,
    may_lead,
    may_open,
    may_plan,
    note_words,
    read_clock,
    weekday_of_month,
)
from bot.domain.offices import Office

#: Where the clock is moved by an hour, by half of one, at midnight, and not at all.
ZONES = (
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "America/Santiago",
    "Africa/Nairobi",
    "Asia/Kathmandu",
)
zones = st.sampled_from(ZONES)
instants = st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1)).map(  # noqa: DTZ001 - given below
    lambda one: one.replace(tzinfo=UTC)
)
rhythms = st.builds(
    Meetings,
    every=st.sampled_from([one for one in EVERY if one != "none"]),
    weekday=st.integers(1, 7),
    week=st.integers(1, 5),
    day=st.integers(1, 31),
    anchor=st.just("") | st.dates(date(2024, 1, 1), date(2026, 1, 1)).map(date.isoformat),
    hour=st.integers(0, 23),
    minute=st.sampled_from([0, 15, 30, 45]),
)


def agreed(terms: Meetings, zone: str = "Africa/Nairobi", **parts: Quiet) -> Agreement:
    return Agreement(language="en", zone=zone, currency="KES", meetings=terms, **parts)  # type: ignore[arg-type]  # quiet hours


def exists(day: date, clock: time, zone: str) -> bool:
    """Whether a wall clock ever shows this time: Python's own way back and forth tells."""
    wall = datetime.combine(day, clock, ZoneInfo(zone))
    return wall.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == (
        wall.replace(tzinfo=None)
    )


# -- when -----------------------------------------------------------------------------------------


class TestARhythm:
    @given(rhythms, zones, instants)
    def test_goes_on_strictly_forward_a_day_at_a_time(
        self, terms: Meetings, zone: str, after: datetime
    ) -> None:
        found = coming(agreed(terms, zone), after, 8)
        assert len(found) == 8
        assert all(one.starts_at > after for one in found)
        assert all(a.starts_at < b.starts_at for a, b in itertools.pairwise(found))
        assert all(a.day < b.day for a, b in itertools.pairwise(found))

    @given(rhythms, zones, instants)
    def test_keeps_its_hour_on_the_wall_whatever_a_summer_time_does(
        self, terms: Meetings, zone: str, after: datetime
    ) -> None:
        for slot in coming(agreed(terms, zone), after, 8):
            shown = local(slot.starts_at, zone)
            assert shown.date() == slot.day
            if exists(slot.day, terms.clock, zone):
                assert shown.time() == terms.clock
            else:  # the clock skips it: the first minute that there is
                assert shown.time() > terms.clock

    @given(rhythms, zones, instants)
    def test_asked_again_later_it_says_the_same(
        self, terms: Meetings, zone: str, after: datetime
    ) -> None:
        agreement = agreed(terms, zone)
        found = coming(agreement, after, 6)
        assert coming(agreement, found[0].starts_at, 5) == found[1:]
        assert coming(agreement, found[2].starts_at - timedelta(seconds=1), 4) == found[2:]

    @given(rhythms, zones, instants)
    def test_meets_on_the_days_it_says(self, terms: Meetings, zone: str, after: datetime) -> None:
        days = [one.day for one in coming(agreed(terms, zone), after, 8)]
        steps = {(b - a).days for a, b in itertools.pairwise(days)}
        if terms.every != "month_day":
            assert {one.isoweekday() for one in days} == {terms.weekday}
        if terms.every in {"week", "two_weeks"}:
            assert steps == {7 if terms.every == "week" else 14}
            return
        assert len({(one.year, one.month) for one in days}) == len(days), "once a month"
        assert steps <= set(range(28, 36))
        for day in days:
            following = day + timedelta(days=1)
            if terms.every == "month_day":
                assert day.day == terms.day or (day.day < terms.day and following.day == 1)
            elif terms.week == LAST_WEEK:
                assert (day + timedelta(days=7)).month != day.month
            else:
                assert (day.day - 1) // 7 + 1 == terms.week

    @given(rhythms, zones, instants)
    def test_is_none_where_none_is_agreed(
        self, terms: Meetings, zone: str, after: datetime
    ) -> None:
        none = chosen(terms, 0, 0, 0, 0)
        assert coming(agreed(none, zone), after) == []

    def test_in_boston_on_sundays_at_six_through_the_spring_and_the_autumn(self) -> None:
        """Clocks go forward on 8 March 2026 and back on 1 November: 18:00 is 23:00, then 22:00."""
        terms = Meetings(every="week", weekday=7, hour=18)
        spring = coming(agreed(terms, "America/New_York"), datetime(2026, 2, 28, tzinfo=UTC), 2)
        assert [one.starts_at.hour for one in spring] == [23, 22]
        autumn = coming(agreed(terms, "America/New_York"), datetime(2026, 10, 24, tzinfo=UTC), 2)
        assert [one.starts_at.hour for one in autumn] == [22, 23]

    def test_on_the_31st_meets_on_the_last_of_short_months(self) -> None:
        terms = Meetings(every="month_day", day=31, hour=10)
        found = coming(agreed(terms), datetime(2026, 1, 31, 12, tzinfo=UTC), 4)
        assert [one.day for one in found] == [
            date(2026, 2, 28),
            date(2026, 3, 31),
            date(2026, 4, 30),
            date(2026, 5, 31),
        ]

    def test_every_second_week_keeps_to_its_week_whatever_its_weekday(self) -> None:
        """Begun on Tuesday 3 March 2026; moved to Saturdays it stays in the same weeks."""
        tuesdays = chosen(Meetings(), EVERY.index("two_weeks"), date(2026, 3, 3).toordinal(), 0, 0)
        saturdays = Meetings(every="two_weeks", weekday=6, anchor=tuesdays.anchor)
        after = datetime(2026, 3, 2, tzinfo=UTC)
        assert [one.day.day for one in coming(agreed(tuesdays), after, 3)] == [3, 17, 31]
        assert [one.day.day for one in coming(agreed(saturdays), after, 3)] == [7, 21, 4]


@given(st.dates(date(2024, 1, 1), date(2040, 1, 1)), st.integers(1, 5), st.integers(1, 7))
def test_a_weekday_of_a_month_lies_in_it(day: date, week: int, weekday: int) -> None:
    first = day.replace(day=1)
    found = weekday_of_month(first, week, weekday)
    assert (found.year, found.month) == (first.year, first.month)
    assert found.isoweekday() == weekday


class TestTheEve:
    @given(rhythms, zones, instants)
    def test_is_the_evening_before(self, terms: Meetings, zone: str, after: datetime) -> None:
        agreement = agreed(terms, zone)
        [slot] = coming(agreement, after, 1)
        eve = local(eve_of(slot.starts_at, agreement), zone)
        assert eve.date() == slot.day - timedelta(days=1)
        assert eve.hour == rules.EVE_HOUR

    def test_never_comes_in_quiet_hours(self) -> None:
        early = agreed(Meetings(every="week", weekday=1, hour=5), quiet=Quiet(17, 7))
        [slot] = coming(early, datetime(2026, 3, 2, 9, tzinfo=UTC), 1)
        eve = eve_of(slot.starts_at, early)
        assert local(eve, "Africa/Nairobi").hour == 7
        assert eve > slot.starts_at, "so that it is dropped: it would come after the meeting"


def test_a_meeting_is_opened_shortly_before_it_begins_and_no_sooner() -> None:
    starts_at = datetime(2026, 3, 7, 11, tzinfo=UTC)
    assert not may_open(starts_at, starts_at - timedelta(hours=2, seconds=1))
    assert may_open(starts_at, starts_at - timedelta(hours=2))
    assert may_open(starts_at, starts_at + timedelta(hours=3))


# -- what buttons and people say ------------------------------------------------------------------


class TestWhatButtonsCarry:
    def test_is_a_rhythm(self) -> None:
        place = Meetings(place="The church", question="What worked?")
        week = chosen(place, 1, 6, 0, 14 * 60 + 30)
        assert (week.every, week.weekday, week.clock) == ("week", 6, time(14, 30))
        assert (week.place, week.question) == ("The church", "What worked?")
        third = chosen(place, 3, 2, 3, 600)
        assert (third.every, third.weekday, third.week) == ("month_weekday", 2, 3)
        last = chosen(place, 4, 31, 0, 600)
        assert (last.every, last.day) == ("month_day", 31)

    @pytest.mark.parametrize(
        "numbers",
        [
            (5, 1, 0, 0),
            (1, 0, 0, 0),
            (1, 8, 0, 0),
            (1, 1, 0, 24 * 60),
            (2, 0, 0, 0),
            (2, 2**61, 0, 0),
            (2, 1, 0, 0),  # the first day there ever was
            (3, 1, 0, 0),
            (3, 1, 6, 0),
            (4, 0, 0, 0),
            (4, 32, 0, 0),
        ],
    )
    def test_is_refused_where_it_was_never_offered(
        self, numbers: tuple[int, int, int, int]
    ) -> None:
        with pytest.raises(RhythmNotOffered):
            chosen(Meetings(), *numbers)


class TestATimeOfDay:
    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("17:30", time(17, 30)),
            (" 17.30 ", time(17, 30)),
            ("17h30", time(17, 30)),
            ("1730", time(17, 30)),
            ("8", time(8)),
            ("8h", time(8)),
            ("8 hs", time(8)),
            ("5 PM", time(17)),
            ("5:30 p.m.", time(17, 30)),
            ("12 am", time(0)),
            ("12pm", time(12)),
            ("٨", time(8)),
        ],
    )
    def test_is_read_as_people_write_it(self, written: str, meant: time) -> None:
        assert read_clock(written) == meant

    @pytest.mark.parametrize(
        "written", ["", "noon", "24:00", "25", "17:60", "13 pm", "0 am", "-5", "5:3", "17:30:00"]
    )
    def test_is_refused_where_it_could_be_anything(self, written: str) -> None:
        with pytest.raises(ClockNotUnderstood):
            read_clock(written)

    @given(st.times())
    def test_is_read_back_as_it_is_shown(self, clock: time) -> None:
        assert read_clock(f"{clock:%H:%M}") == clock.replace(second=0, microsecond=0)


class TestANote:
    def test_keeps_its_lines(self) -> None:
        assert note_words("  We dig.\n\n\n Juma   asks. ") == "We dig.\nJuma asks."

    def test_has_words_and_not_too_many(self) -> None:
        with pytest.raises(WordsMissing):
            note_words(" \n ")
        with pytest.raises(WordsTooLong):
            note_words("x" * (rules.NOTE_MAX + 1))
        assert len(note_words("x" * rules.NOTE_MAX)) == rules.NOTE_MAX


def test_days_to_choose_from_end_half_a_year_ahead() -> None:
    today = date(2026, 3, 2)
    pages = [rules.days_from(today, page, 12) for page in range(20)]
    days = [day for page in pages for day in page]
    assert days == [today + timedelta(days=number) for number in range(rules.DAYS_AHEAD_MAX)]


# -- who ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("planners", "offices", "is_led", "may"),
    [
        ("facilitator", ["facilitator"], True, True),
        ("facilitator", ["treasurer"], True, False),
        ("facilitator", [], True, False),
        ("facilitator", [], False, True),  # nobody is locked out
        ("offices", ["treasurer"], True, True),
        ("offices", [], True, False),
        ("members", [], True, True),
    ],
)
def test_who_plans_is_agreed_on(
    planners: MeetingPlanners, offices: list[Office], *, is_led: bool, may: bool
) -> None:
    assert may_plan(planners, offices, is_led=is_led) is may


@pytest.mark.parametrize(
    ("offices", "is_chair", "is_anybody", "may"),
    [
        (["witness"], False, True, True),
        ([], True, True, True),
        ([], False, True, False),
        ([], False, False, True),
    ],
)
def test_whoever_chairs_leads_and_whoever_holds_an_office(
    offices: list[Office], *, is_chair: bool, is_anybody: bool, may: bool
) -> None:
    assert may_lead(offices, is_chair=is_chair, is_anybody=is_anybody) is may


def test_a_slot_is_a_day_and_an_instant() -> None:
    [slot] = coming(
        agreed(Meetings(every="week", weekday=6, hour=14)), datetime(2026, 3, 2, tzinfo=UTC), 1
    )
    assert slot == Slot(date(2026, 3, 7), datetime(2026, 3, 7, 11, tzinfo=UTC))
