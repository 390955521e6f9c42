"""Contributions: which period's is due when, what a payment covers, and what became of a claim.

A household counts once, however many members it has. What it pays covers the period it is said
for; what is over counts ahead, period by period.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Literal

from bot.domain.agreement import Agreement, Contribution
from bot.domain.calendar import add_months, after_quiet, local, to_utc
from bot.domain.errors import Refusal

BEFORE: Final = timedelta(days=2)
AHEAD_MAX: Final = 24  # periods a payment may reach ahead: beyond lies a slip of the finger
STAMPS_A_ROW: Final = 5
STAMP, NO_STAMP = "▣", "▢"
REASON_MAX: Final = 300
_TO_COPY: Final = re.compile(r"\+?\d[\d ]{4,}\d")
_PERIOD_NUMBER: Final = re.compile(r"(\d{4})(\d{2})", re.ASCII)

Which = Literal["before", "day", "after"]
WHICH: Final[tuple[Which, ...]] = ("before", "day", "after")

State = Literal["said", "disputed", "withdrawn", "booked"]
What = Literal["confirmed", "disputed", "settled", "withdrawn"]


class NoContributions(Refusal):
    """The group has not agreed on a contribution (or is not set up, or the bot was removed)."""


class AlreadySaid(Refusal):
    """The household's contribution for the period is paid, or said and waiting."""


class AmountFarAhead(Refusal):
    """More than two years of contributions at once. Facts: most_minor, currency."""


class NoSuchPayment(Refusal):
    """A payment that is not there, or that is none of this person's business."""


class PaymentOver(Refusal):
    """A payment that is already confirmed, or was taken back: nothing is left to do."""


class PaymentDisputed(Refusal):
    """A payment somebody did not find: whoever that was can confirm it, others wait."""


class CannotWitness(Refusal):
    """Who said it, or is of that household or of the one it is for, cannot confirm it."""


class NoSuchHousehold(Refusal):
    """A household that is not of this group, or has no members any more."""


class AmountChanged(Refusal):
    """What is left to pay is no longer what the button said: look again."""


class NobodyToTalkTo(Refusal):
    """There is nobody of another household who facilitates or keeps the money."""


@dataclass(frozen=True, slots=True)
class Period:
    """One due day's contribution: its key ("2026-03"), local due day, and when what is said (UTC).

    None of the instants lies in the quiet hours.
    """

    key: str
    due_day: date
    before: datetime
    day: datetime
    after: datetime

    @property
    def number(self) -> int:
        """The key as a number, for buttons: 202603."""
        return period_number(self.key)

    def instant(self, which: Which) -> datetime:
        """When the reminder before, the board, or the reminder after is due."""
        return {"before": self.before, "day": self.day, "after": self.after}[which]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a claim, and by whom (a member's id)."""

    what: What
    member_id: int


def period_number(key: str) -> int:
    """Return a period's key as a number, for buttons."""
    return int(key.replace("-", ""))


def period_key(number: int) -> str:
    """Return the key of a period's number. Raises NoSuchPayment for one that is none."""
    written = _PERIOD_NUMBER.fullmatch(str(number))
    if written is None or not 1 <= int(written[2]) <= 12:  # noqa: PLR2004 - months of a year
        raise NoSuchPayment
    return f"{written[1]}-{written[2]}"


def period(agreement: Agreement, key: str) -> Period:
    """Return a period by its key, with its instants by the agreement that holds now."""
    plan = required(agreement)
    due_day = add_months(first_day(key), 0, plan.day)

    def outside_quiet(day: date) -> datetime:
        instant = to_utc(day, time(plan.hour), agreement.zone)
        return after_quiet(instant, agreement.quiet_hours, agreement.zone)

    return Period(
        key=key,
        due_day=due_day,
        before=outside_quiet(due_day - BEFORE),
        day=outside_quiet(due_day),
        after=outside_quiet(due_day + timedelta(days=plan.grace_days)),
    )


def first_day(key: str) -> date:
    """Return the first day of a period's month, to be named."""
    year, month = (int(part) for part in key.split("-"))
    return date(year, month, 1)


def next_key(key: str, steps: int = 1) -> str:
    """Return the key of the period some steps on (or back)."""
    day = add_months(first_day(key), steps)
    return f"{day.year:04}-{day.month:02}"


def current(agreement: Agreement, now: datetime) -> Period:
    """Return the period that a payment said now is for.

    A period is current from its first reminder on, until the next one's.
    """
    today = local(now, agreement.zone).date()
    month = f"{today.year:04}-{today.month:02}"
    following = period(agreement, next_key(month))
    if following.before <= now:
        return following
    this = period(agreement, month)
    return this if this.before <= now else period(agreement, next_key(month, -1))


def coming(agreement: Agreement, now: datetime) -> Period:
    """Return the first period whose day is still ahead."""
    key = next_key(current(agreement, now).key, -1)
    while True:
        one = period(agreement, key)
        if one.day > now:
            return one
        key = next_key(key)


def required(agreement: Agreement) -> Contribution:
    """Return the contribution the group agreed on. Raises NoContributions."""
    if agreement.contribution is None or not agreement.does("contributions"):
        raise NoContributions
    return agreement.contribution


def allocate(
    amount_minor: int, first: str, left_of: Callable[[str], int], *, ahead_max: int = AHEAD_MAX
) -> list[tuple[str, int]]:
    """Return which periods a payment covers, and how much of each; the parts add up to it.

    `left_of(period)` is what the household has still to pay for it. Raises AmountFarAhead (without
    its facts) where it would reach more than `ahead_max` periods ahead.
    """
    parts: list[tuple[str, int]] = []
    key = first
    for _ in range(ahead_max + 1):
        part = min(amount_minor, max(0, left_of(key)))
        if part:
            parts.append((key, part))
            amount_minor -= part
        if not amount_minor:
            return parts
        key = next_key(key)
    raise AmountFarAhead


def state_of(events: Iterable[Event], *, booked: bool) -> State:
    """Return where a claim stands."""
    if booked:
        return "booked"
    events = list(events)
    if any(one.what == "withdrawn" for one in events):
        return "withdrawn"
    return "disputed" if disputers(events) else "said"


def disputers(events: Iterable[Event]) -> list[int]:
    """Return the members who did not find the payment and have not said since that it came."""
    open_: dict[int, None] = {}
    for one in events:
        if one.what == "disputed":
            open_[one.member_id] = None
        elif one.what in {"settled", "confirmed"}:
            open_.pop(one.member_id, None)
    return list(open_)


def confirmers(events: Iterable[Event]) -> list[int]:
    """Return the members who confirmed, in order, without those who dispute it now."""
    events = list(events)
    against = set(disputers(events))
    return list(
        dict.fromkeys(
            one.member_id
            for one in events
            if one.what == "confirmed" and one.member_id not in against
        )
    )


def stamps(count: int) -> str:
    """Return a stamp for each that counts, and empty places up to a whole row of five."""
    places = max(STAMPS_A_ROW, -(-count // STAMPS_A_ROW) * STAMPS_A_ROW)
    card = STAMP * count + NO_STAMP * (places - count)
    rows = [card[start : start + STAMPS_A_ROW] for start in range(0, places, STAMPS_A_ROW)]
    return " ".join(rows)


def to_copy(how_to_pay: str) -> str:
    """Return the number in the group's words on how to pay, to be copied with one tap; or ""."""
    found = _TO_COPY.search(how_to_pay)
    return "" if found is None else found[0].replace(" ", "")


def turns(asked: Sequence[int], eligible: Sequence[int], most: int) -> list[int]:
    """Return whom to ask next: those eligible, in order, who were not asked yet."""
    return [one for one in eligible if one not in set(asked)][:most]
