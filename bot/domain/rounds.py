"""The rounds of the monthly check-in: when they open, remind and close. All of it pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Final

from bot.domain.agreement import Agreement
from bot.domain.calendar import (
    add_months,
    after_quiet,
    first_of_month,
    local,
    to_utc,
)

LATE_MAX: Final = timedelta(hours=1)  # a tick or a restart: an opening so late is on time
WORTH_OPENING: Final = timedelta(days=1)  # a round that opens later must have more left than this
STANDING_EVERY: Final = 3  # months
REMINDER_LATE_MAX: Final = timedelta(hours=12)
REMINDER_GAP: Final = timedelta(hours=12)  # between opening, reminders and closing
JUST_THERE: Final = timedelta(hours=3)  # who was at it within this is not reminded


@dataclass(frozen=True)
class Opening:
    """One month's round by the agreement: its month as in "2026-03", and its two instants (UTC)."""

    month: str
    opens_at: datetime
    closes_at: datetime


def first_day(month: str) -> date:
    """Return the first day of a month written as in "2026-03"."""
    return date.fromisoformat(f"{month}-01")


def opening_in(agreement: Agreement, month: date) -> Opening:
    """Return the round of the month that `month` lies in.

    It opens on the agreement's day at its local hour, or when the quiet hours are over, and closes
    after so many days at that hour: an edit in place, so that it may fall into the night.
    """
    part, zone = agreement.check_in, agreement.zone
    day = add_months(first_of_month(month), 0, part.day)
    return Opening(
        month=f"{day.year:04}-{day.month:02}",
        opens_at=after_quiet(to_utc(day, time(part.hour), zone), agreement.quiet_hours, zone),
        closes_at=to_utc(day + timedelta(days=part.open_days), time(part.hour), zone),
    )


def opening_after(agreement: Agreement, after: datetime) -> Opening:
    """Return the first round that opens strictly after an instant."""
    # The month before too: quiet hours may carry its opening over into the next one.
    begin = add_months(first_of_month(local(after, agreement.zone).date()), -1)
    openings = (opening_in(agreement, add_months(begin, months)) for months in count())
    return next(one for one in openings if one.opens_at > after)


def asks_standing(month: str, last: str | None) -> bool:
    """Whether a month's round asks how one stands: every third month, the first one too.

    `last` is the last month whose round did; where that month was let go, it is made up for.
    """
    if last is None:
        return True
    return first_day(month) >= add_months(first_day(last), STANDING_EVERY)


def is_worth_opening(opening: Opening, now: datetime) -> bool:
    """Whether a round opens now, perhaps late because the bot was off.

    Late it opens only where more than a day is left; otherwise the month is let go.
    """
    return now - opening.opens_at <= LATE_MAX or opening.closes_at - now > WORTH_OPENING


def reminders(opened_at: datetime, closes_at: datetime, agreement: Agreement) -> list[datetime]:
    """Return when those who are not done are reminded: at most twice, at the agreement's hour.

    The day after the opening and the day before the closing, each outside the quiet hours and at
    least half a day from the opening, from the closing, and from each other. A round of one day
    has none: its invitation was that day's.
    """
    zone, hour = agreement.zone, time(agreement.check_in.hour)
    days = (
        local(opened_at, zone).date() + timedelta(days=1),
        local(closes_at, zone).date() - timedelta(days=1),
    )
    found: list[datetime] = []
    before = opened_at
    for day in days:
        when = after_quiet(to_utc(day, hour, zone), agreement.quiet_hours, zone)
        if when - before >= REMINDER_GAP and closes_at - when >= REMINDER_GAP:
            found.append(when)
            before = when
    return found
