"""Meetings: when a rhythm meets, when members are reminded, who plans and who leads. Pure.

A rhythm keeps to the group's wall clock, so that a summer time moves nothing; what is planned is
an instant (UTC), and an hour before is an hour before it.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Final, Literal, get_args

from bot.domain.agreement import Agreement
from bot.domain.agreement_parts import LAST_WEEK, MeetingEvery, MeetingPlanners, Meetings
from bot.domain.calendar import (
    add_months,
    after_quiet,
    every_two_weeks,
    first_of_month,
    local,
    monthly,
    to_utc,
    weekly,
)
from bot.domain.errors import Refusal
from bot.domain.goals import own_words
from bot.domain.offices import Office

State = Literal["planned", "open", "kept", "cancelled", "passed"]
NoteKind = Literal["words", "photo", "voice"]

#: In this order rhythms stand in buttons, which carry the place: only ever added to at the end.
EVERY: Final[tuple[MeetingEvery, ...]] = get_args(MeetingEvery)
PLANNERS: Final[tuple[MeetingPlanners, ...]] = get_args(MeetingPlanners)  # likewise
AHEAD: Final = 6  # meetings of a rhythm that stand planned, so that any of them can be moved
SINGLE_MAX: Final = 12  # single dates that stand planned
ITEMS_MAX: Final = 5  # on the agenda, of one member
ITEM_MAX: Final = 120  # letters
NOTE_MAX: Final = 1000  # letters of one note of the minutes
NOTES_MAX: Final = 20  # notes of one meeting
DAYS_AHEAD_MAX: Final = 180  # a single date, or what is moved, lies within

LASTS: Final = timedelta(hours=2)  # as calendars need to know
EVE_HOUR: Final = 18  # o'clock, the day before
SOON: Final = timedelta(hours=1)
OPENS_BEFORE: Final = timedelta(hours=2)
OVER_AFTER: Final = timedelta(hours=3)  # it is asked then whether it was held
CLOSES_BY_ITSELF: Final = timedelta(hours=12)  # where nobody closed it
ASKED_WITHIN: Final = timedelta(days=2)  # after that nobody is asked any more
RECORDED_WITHIN: Final = timedelta(days=14)  # it may still be recorded, and put right
REOPENED_WITHIN: Final = timedelta(hours=12)

_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)
_SOME_MONDAY: Final = date(2026, 1, 5)  # from which fortnights count where nothing is said
_CLOCK: Final = re.compile(r"(\d{1,2})(?:[:.h ]?(\d{2}))?\s*([ap]\.?\s?m\.?|h|hs|hrs)?")
_HALF_DAY: Final = 12
_MINUTES_A_DAY: Final = 24 * 60


class RhythmNotOffered(Refusal):
    """A button that names a rhythm there cannot be."""


class ClockNotUnderstood(Refusal):
    """The text is no time of day. Facts: example."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A meeting that a rhythm gives: its local day, and when it begins (UTC)."""

    day: date
    starts_at: datetime


# -- when -----------------------------------------------------------------------------------------


def coming(agreement: Agreement, after: datetime, most: int = AHEAD) -> list[Slot]:
    """Return the next meetings of the agreed rhythm, strictly after an instant; none without one.

    Each local day once: a time that the clock skips is the first minute after it, one that it
    shows twice the first.
    """
    found: list[Slot] = []
    for starts_at in _instants(agreement.meetings, agreement.zone, after):
        day = local(starts_at, agreement.zone).date()
        if not found or day != found[-1].day:
            found.append(Slot(day, starts_at))
        if len(found) == most:
            break
    return found


def _instants(terms: Meetings, zone: str, after: datetime) -> Iterator[datetime]:
    """Yield when a rhythm meets after an instant, for ever; nothing where there is none."""
    clock = terms.clock
    while terms.every != "none":
        if terms.every == "week":
            after = weekly(terms.weekday - 1, clock, zone, after)
        elif terms.every == "two_weeks":
            after = every_two_weeks(_first_day(terms), clock, zone, after)
        elif terms.every == "month_day":
            after = monthly(terms.day, clock, zone, after)
        else:
            after = _monthly_weekday(terms, zone, after)
        yield after


def _first_day(terms: Meetings) -> date:
    """Return a day on which a fortnightly rhythm meets, from which the others count."""
    anchor = date.fromisoformat(terms.anchor) if terms.anchor else _SOME_MONDAY
    return anchor - anchor.weekday() * _DAY + (terms.weekday - 1) * _DAY


def _monthly_weekday(terms: Meetings, zone: str, after: datetime) -> datetime:
    first = add_months(first_of_month(local(after, zone).date()), -1)
    days = (
        weekday_of_month(add_months(first, months), terms.week, terms.weekday) for months in count()
    )
    instants = (to_utc(day, terms.clock, zone) for day in days)
    return next(instant for instant in instants if instant > after)


def weekday_of_month(first: date, week: int, weekday: int) -> date:
    """Return a weekday of a month: its first (1) to fourth (4), or its last (5).

    Args:
        first: the first day of the month.
        week: which of them.
        weekday: 1 for Monday to 7 for Sunday.

    >>> weekday_of_month(date(2026, 3, 1), 2, 6)
    datetime.date(2026, 3, 14)
    >>> weekday_of_month(date(2026, 3, 1), LAST_WEEK, 2)
    datetime.date(2026, 3, 31)
    """
    if week == LAST_WEEK:
        last = add_months(first, 1) - _DAY
        return last - (last.isoweekday() - weekday) % 7 * _DAY
    return first + (weekday - first.isoweekday()) % 7 * _DAY + (week - 1) * _WEEK


def chosen(terms: Meetings, every: int, first: int, second: int, minutes: int) -> Meetings:
    """Return the terms with a rhythm as buttons carry it, in numbers.

    Args:
        terms: what is agreed now.
        every: the place of the rhythm's kind in `EVERY`.
        first: the weekday (1 for Monday), the day of the month, or the day (as an ordinal) on
            which a fortnightly rhythm begins.
        second: which weekday of the month (5: the last).
        minutes: the time of day, in minutes after midnight.

    Raises:
        RhythmNotOffered: for numbers that no button carries.
    """
    if every >= len(EVERY) or minutes >= _MINUTES_A_DAY:
        raise RhythmNotOffered
    if EVERY[every] == "none":
        return replace(terms, every="none")
    hour, minute = divmod(minutes, 60)
    found = replace(terms, every=EVERY[every], hour=hour, minute=minute)
    if found.every == "month_day":
        found = replace(found, day=first)
    elif found.every == "two_weeks":
        if first > date.max.toordinal() or first < 1:
            raise RhythmNotOffered
        begins = date.fromordinal(first)
        found = replace(found, anchor=begins.isoformat(), weekday=begins.isoweekday())
    else:
        found = replace(found, weekday=first)
    if found.every == "month_weekday":
        found = replace(found, week=second)
    if not found.holds():
        raise RhythmNotOffered
    return found


def eve_of(starts_at: datetime, agreement: Agreement) -> datetime:
    """Return when the group is reminded the day before: in the evening, never in quiet hours."""
    day = local(starts_at, agreement.zone).date() - _DAY
    evening = to_utc(day, time(EVE_HOUR), agreement.zone)
    return after_quiet(evening, agreement.quiet_hours, agreement.zone)


def may_open(starts_at: datetime, now: datetime) -> bool:
    """Whether a meeting that is planned can be opened: from shortly before it on."""
    return starts_at - OPENS_BEFORE <= now < starts_at + RECORDED_WITHIN


def is_over(starts_at: datetime, now: datetime) -> bool:
    """Whether a meeting that nobody opened is over: it can be recorded, and no more be opened."""
    return now >= starts_at + CLOSES_BY_ITSELF


def days_from(today: date, page: int, a_page: int) -> list[date]:
    """Return a page of days from today on, as far as a date can be set."""
    first = page * a_page
    return [today + number * _DAY for number in range(first, min(first + a_page, DAYS_AHEAD_MAX))]


# -- who ------------------------------------------------------------------------------------------


def may_plan(planners: MeetingPlanners, offices: Collection[Office], *, is_led: bool) -> bool:
    """Whether a member may plan meetings, move and cancel them.

    Args:
        planners: who does, as the group agreed.
        offices: what the member holds.
        is_led: whether anybody facilitates; where nobody does, any member may.
    """
    if "facilitator" in offices or not is_led or planners == "members":
        return True
    return planners == "offices" and bool(offices)


def may_lead(offices: Collection[Office], *, is_chair: bool, is_anybody: bool) -> bool:
    """Whether a member opens and closes a meeting, ticks its list and writes its minutes.

    Whoever chairs it, and whoever holds an office; where nobody does, any member.
    """
    return is_chair or bool(offices) or not is_anybody


# -- what people type -----------------------------------------------------------------------------


def note_words(text: str) -> str:
    """Return a note of the minutes, its lines as they were. Raises WordsMissing, WordsTooLong."""
    lines = [" ".join(line.split()) for line in text.strip().splitlines()]
    note = "\n".join(line for line in lines if line)
    own_words(note, NOTE_MAX)
    return note


def read_clock(text: str) -> time:
    """Return the time of day somebody wrote. Raises ClockNotUnderstood.

    >>> [f"{read_clock(one):%H:%M}" for one in ("17:30", "5.30 pm", "8h", "0905")]
    ['17:30', '17:30', '08:00', '09:05']
    """
    found = _CLOCK.fullmatch(text.strip().casefold())
    if found is None:
        raise ClockNotUnderstood(example="17:30")
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "")[:1]
    if half in {"a", "p"}:
        if not 1 <= hour <= _HALF_DAY:
            raise ClockNotUnderstood(example="17:30")
        hour = hour % _HALF_DAY + (_HALF_DAY if half == "p" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        raise ClockNotUnderstood(example="17:30") from None
