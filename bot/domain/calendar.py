"""Local time: the only place that knows zones, daylight saving, rhythms and quiet hours.

Everything due is a UTC instant. A wall-clock time that the clock skips means the first minute
that exists after it; one that it shows twice means the first. So each local date has each time of
day exactly once, unlike with cron-like triggers, which skip Cairo's midnights and repeat Boston's.
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Final
from zoneinfo import ZoneInfo

from bot.domain.errors import Refusal

#: A day of the month: 1 to 31, or this for the last. Short months end sooner: 31 means their last.
LAST_DAY: Final = -1
_DAYS_OF_MONTH_MAX: Final = 31
_DAYS_OF_WEEK: Final = 7
_MONTHS_OF_YEAR: Final = 12

_DAY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)
_MONTH_KEY: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


class UnknownZone(Refusal):
    """No such time zone in the IANA database. Facts: zone."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one local time of day to another, perhaps across midnight; none where they are equal.

    A night begins when the clock first shows `start` and is over when it last shows `end`.
    """

    start: time
    end: time


def to_utc(local_day: date, at: time, zone: str) -> datetime:
    """Return the UTC instant of a local wall-clock time; raises `UnknownZone`.

    A time that the clock skips: the first instant after the gap. One shown twice: the first.
    """
    return _instant(local_day, at, zone, fold=0)


def local(at: datetime, zone: str) -> datetime:
    """Return an instant as the wall clock of a zone shows it; raises `UnknownZone`."""
    return _require_aware(at).astimezone(_zone_info(zone))


def utc_text(at: datetime) -> str:
    """Return an instant as storage writes it: UTC, always to the microsecond.

    Of two such texts the smaller is the earlier, so SQL may compare them.
    """
    utc = _require_aware(at).astimezone(UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="microseconds") + "Z"


@functools.lru_cache(maxsize=4096)  # the same instants are read again and again
def parse_utc(text: str) -> datetime:
    """Return the instant that `utc_text` wrote; raises ValueError for any other text."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None or utc_text(at) != text:
        raise ValueError("not an instant as utc_text writes it")
    return at.astimezone(UTC)


def month_key(at: datetime, zone: str) -> str:
    """Return the local month of an instant, as in "2026-11"."""
    day = local(at, zone)
    return f"{day.year:04}-{day.month:02}"


def month_span(key: str, zone: str) -> tuple[datetime, datetime]:
    """Return the UTC instants at which a local month begins and the next one does.

    Raises ValueError for a key that `month_key` does not write.
    """
    written = _MONTH_KEY.fullmatch(key)
    if written is None:
        raise ValueError("not a month as month_key writes it")
    first = date(int(written[1]), int(written[2]), 1)
    midnight = time(0)
    return to_utc(first, midnight, zone), to_utc(add_months(first, 1), midnight, zone)


def first_of_month(day: date) -> date:
    """Return the first day of the day's month."""
    return date(day.year, day.month, 1)


def add_months(start: date, months: int, day: int | None = None) -> date:
    """Return the day some months later (or earlier), never drifting to an earlier day for good.

    Args:
        start: where counting begins.
        months: how many months on; may be negative.
        day: the day of the month that is meant, where it is not the start's own: 31 is the last of
            a short month and the 31st again in a long one; `LAST_DAY` is the last of each.
    """
    years, month_index = divmod(start.year * _MONTHS_OF_YEAR + start.month - 1 + months, 12)
    return _day_of_month(years, month_index + 1, start.day if day is None else day)


def months_between(start: date, end: date) -> int:
    """Return how many whole months lie between two days; negative where the end comes first.

    The largest number whose `add_months(start, number)` is not after the end. From the first of
    one month to the first of another it is the difference of the months.
    """
    if end < start:
        return -months_between(end, start)
    months = (end.year - start.year) * _MONTHS_OF_YEAR + end.month - start.month
    return months if add_months(start, months) <= end else months - 1


def monthly(day: int, at: time, zone: str, after: datetime) -> datetime:
    """Return the next time a monthly rhythm comes round, strictly after an instant.

    Args:
        day: 1 to 31, the last day where a month is shorter; or `LAST_DAY`.
        at: the local time of day.
        zone: its time zone.
        after: an instant; feed the result back in for the one that follows.
    """
    first = add_months(first_of_month(local(after, zone).date()), -1)
    days = (add_months(first, months, day) for months in count())
    return _first_after(days, at, zone, after)


def daily(at: time, zone: str, after: datetime) -> datetime:
    """Return the first instant after `after` at which the clock there shows `at`."""
    begin = local(after, zone).date()
    return _first_after(_every(timedelta(days=1), begin), at, zone, after)


def weekly(weekday: int, at: time, zone: str, after: datetime) -> datetime:
    """Return the next time a weekly rhythm comes round, strictly after an instant.

    `weekday` is 0 for Monday to 6 for Sunday.
    """
    if weekday not in range(_DAYS_OF_WEEK):
        raise ValueError("a weekday is 0 (Monday) to 6 (Sunday)")
    today = local(after, zone).date()
    begin = today - (_DAYS_OF_WEEK + (today.weekday() - weekday) % _DAYS_OF_WEEK) * _DAY
    return _first_after(_every(7 * _DAY, begin), at, zone, after)


def every_two_weeks(anchor: date, at: time, zone: str, after: datetime) -> datetime:
    """Return the next time a fortnightly rhythm comes round, strictly after an instant.

    The anchor is the rhythm's first day: nothing comes before it.
    """
    fortnight = 14 * _DAY
    passed = (local(after, zone).date() - anchor) // fortnight
    return _first_after(_every(fortnight, anchor + max(passed - 1, 0) * fortnight), at, zone, after)


def is_quiet(at: datetime, quiet: QuietHours, zone: str) -> bool:
    """Return whether an instant lies in the quiet hours of a zone."""
    return _night_around(at, quiet, zone) is not None


def after_quiet(at: datetime, quiet: QuietHours, zone: str) -> datetime:
    """Return the first instant, from this one on, that is outside the quiet hours."""
    night = _night_around(at, quiet, zone)
    while night is not None:  # twice at most: only a gap in the clock can join two nights
        at = night[1]
        night = _night_around(at, quiet, zone)
    return at


def still_worth(due_at: datetime, now: datetime, late_limit: timedelta | None) -> bool:
    """Return whether something due is still to be done now, after the bot was away.

    `late_limit` is how late it may be; None means it is done however late (closing a decision).
    """
    return late_limit is None or now - due_at <= late_limit


def is_zone(zone: str) -> bool:
    """Return whether there is such a time zone."""
    try:
        _zone_info(zone)
    except UnknownZone:
        return False
    return True


def _zone_info(zone: str) -> ZoneInfo:
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as unknown:  # OSError: "Africa" is a folder
        raise UnknownZone(zone=zone) from unknown


def _require_aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return at


def _instant(local_day: date, at: time, zone: str, *, fold: int) -> datetime:
    """Return the first (fold 0) or last (fold 1) instant of a wall-clock time."""
    wall = datetime.combine(local_day, at.replace(tzinfo=None, fold=0))
    info = _zone_info(zone)
    instant = wall.replace(tzinfo=info, fold=fold).astimezone(UTC)
    if instant.astimezone(info).replace(tzinfo=None, fold=0) == wall:
        return instant
    return _end_of_gap(wall, info)


def _end_of_gap(wall: datetime, info: ZoneInfo) -> datetime:
    """Return the instant at which the clock jumps over a wall-clock time."""
    offset_after = wall.replace(tzinfo=info, fold=1).utcoffset()
    before = wall.replace(tzinfo=info, fold=1).astimezone(UTC)  # PEP 495: fold 1 of a gap is
    jumped = wall.replace(tzinfo=info, fold=0).astimezone(UTC)  # before it, and fold 0 after
    while jumped - before > _SECOND:
        between = before + (jumped - before) // 2
        if between.astimezone(info).utcoffset() == offset_after:
            jumped = between
        else:
            before = between
    return jumped.replace(microsecond=0)


def _day_of_month(year: int, month: int, day: int) -> date:
    if not (day == LAST_DAY or 1 <= day <= _DAYS_OF_MONTH_MAX):
        raise ValueError("a day of the month is 1 to 31, or -1 for the last")
    next_month = date(year + month // _MONTHS_OF_YEAR, month % _MONTHS_OF_YEAR + 1, 1)
    last = next_month - _DAY
    return last if day == LAST_DAY or day > last.day else last.replace(day=day)


def _every(step: timedelta, begin: date) -> Iterator[date]:
    return (begin + number * step for number in count())


def _first_after(days: Iterator[date], at: time, zone: str, after: datetime) -> datetime:
    instants = (to_utc(day, at, zone) for day in days)
    return next(instant for instant in instants if instant > after)


def _night_around(at: datetime, quiet: QuietHours, zone: str) -> tuple[datetime, datetime] | None:
    """Return the beginning and end of the quiet hours that an instant lies in, if it does."""
    if quiet.start == quiet.end:
        return None
    today = local(at, zone).date()
    for first_day in (today - 2 * _DAY, today - _DAY, today, today + _DAY):
        last_day = first_day if quiet.start < quiet.end else first_day + _DAY
        begins = _instant(first_day, quiet.start, zone, fold=0)
        ends = _instant(last_day, quiet.end, zone, fold=1)
        if begins <= at < ends:
            return begins, ends
    return None
