"""The periods of a plan: which due day's contribution a payment is for, and what is said around it.

A monthly plan's period is written as its month, "2026-03"; a weekly or fortnightly one's as the
ISO week of its due day, "2026-W11", so that another weekday leaves what is paid as it was.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Literal

from bot.domain.agreement import Agreement
from bot.domain.calendar import add_months, after_quiet, local, to_utc
from bot.domain.errors import Refusal
from bot.domain.plans import Contribution, Every

#: How long before the due day the first reminder comes: with it the period begins.
BEFORE: Final = {"month": timedelta(days=2), "week": timedelta(days=1), "two_weeks": timedelta(2)}
_WEEK: Final = timedelta(days=7)
_MONTH: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
_ISO_WEEK: Final = re.compile(r"(\d{4})-W([0-5]\d)", re.ASCII)
_WEEK_NUMBER: Final = re.compile(r"(\d{4})9(\d{2})", re.ASCII)  # 2026911; a month is 202603

Which = Literal["before", "day", "after"]
WHICH: Final[tuple[Which, ...]] = ("before", "day", "after")


class NoSuchPeriod(Refusal):
    """A button that names a period there cannot be."""


@dataclass(frozen=True, slots=True)
class Period:
    """One due day's contribution: its key, local due day, and when what is said (UTC).

    None of the instants lies in the quiet hours.
    """

    key: str
    due_day: date
    before: datetime
    day: datetime
    after: datetime

    @property
    def number(self) -> int:
        """The key as a number, for buttons: 202603, or 2026911 for a week."""
        return period_number(self.key)

    def instant(self, which: Which) -> datetime:
        """When the reminder before, the board, or the reminder after is due."""
        return {"before": self.before, "day": self.day, "after": self.after}[which]


def period_number(key: str) -> int:
    """Return a period's key as a number, for buttons."""
    return int(key.replace("-W", "9").replace("-", ""))


def period_key(number: int) -> str:
    """Return the key of a period's number. Raises NoSuchPeriod for one that is none."""
    written = str(number)
    week = _WEEK_NUMBER.fullmatch(written)
    key = f"{week[1]}-W{week[2]}" if week is not None else f"{written[:-2]}-{written[-2:]}"
    first_day(key)
    return key


def first_day(key: str) -> date:
    """Return the first day of a period's month, or the Monday of its week.

    Raises NoSuchPeriod for what is no period's key.
    """
    month, week = _MONTH.fullmatch(key), _ISO_WEEK.fullmatch(key)
    try:
        if month is not None:
            return date(int(month[1]), int(month[2]), 1)
        if week is not None:
            return date.fromisocalendar(int(week[1]), int(week[2]), 1)
    except ValueError:
        raise NoSuchPeriod from None
    raise NoSuchPeriod


def is_week(key: str) -> bool:
    """Whether a key is that of a week."""
    return "W" in key


def fits(plan: Contribution, key: str) -> bool:
    """Whether a key is one of the plan's, by the rhythm that holds now."""
    if plan.every == "month" or not is_week(key):
        return plan.every == "month" and not is_week(key)
    return plan.every == "week" or _is_on(plan, first_day(key))


def _is_on(plan: Contribution, monday: date) -> bool:
    """Whether a fortnightly plan is due in the week of a Monday."""
    return (monday - _monday_of(date.fromisoformat(plan.anchor))) // _WEEK % 2 == 0


def _monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def next_key(key: str, steps: int = 1, *, every: Every | None = None) -> str:
    """Return the key of the period some steps on (or back); weeks by two where fortnightly."""
    if is_week(key):
        weeks = steps * (2 if every == "two_weeks" else 1)
        return _week_key(first_day(key) + weeks * _WEEK)
    return _month_key(add_months(first_day(key), steps))


def _week_key(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year:04}-W{week:02}"


def _month_key(day: date) -> str:
    return f"{day.year:04}-{day.month:02}"


def _key_around(plan: Contribution, day: date) -> str:
    """Return a key of the plan's that is at most one period away from a day."""
    if plan.every == "month":
        return _month_key(day)
    monday = _monday_of(day)
    if plan.every == "two_weeks" and not _is_on(plan, monday):
        monday -= _WEEK
    return _week_key(monday)


def due_day(plan: Contribution, key: str) -> date:
    """Return the local day on which a period is due. Raises NoSuchPeriod."""
    first = first_day(key)
    if is_week(key):
        return first + timedelta(days=min(plan.day, 7) - 1)
    return add_months(first, 0, plan.day)


def period(agreement: Agreement, plan: Contribution, key: str) -> Period:
    """Return a period by its key, with its instants by what is agreed now. Raises NoSuchPeriod."""
    due = due_day(plan, key)

    def outside_quiet(day: date) -> datetime:
        instant = to_utc(day, time(plan.hour), agreement.zone)
        return after_quiet(instant, agreement.quiet_hours, agreement.zone)

    return Period(
        key=key,
        due_day=due,
        before=outside_quiet(due - BEFORE[plan.every]),
        day=outside_quiet(due),
        after=outside_quiet(due + timedelta(days=plan.grace_days)),
    )


def current(agreement: Agreement, plan: Contribution, now: datetime) -> Period:
    """Return the period that a payment said now is for.

    A period is current from its first reminder on, until the next one's. What was due before the
    plan first held never is: the first period's turn comes at once.
    """
    around = _key_around(plan, local(now, agreement.zone).date())
    found = period(agreement, plan, next_key(around, every=plan.every))
    while found.before > now:
        found = period(agreement, plan, next_key(found.key, -1, every=plan.every))
    while plan.since and found.due_day < date.fromisoformat(plan.since):
        found = period(agreement, plan, next_key(found.key, every=plan.every))
    return found


def coming(agreement: Agreement, plan: Contribution, now: datetime) -> Period:
    """Return the first period whose day is still ahead."""
    found = period(
        agreement,
        plan,
        next_key(current(agreement, plan, now).key, -1, every=plan.every),
    )
    while found.day <= now:
        found = period(agreement, plan, next_key(found.key, every=plan.every))
    return found
