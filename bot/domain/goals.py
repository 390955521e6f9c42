"""A member's own goal: what may be set, how far it has come, and how it moved. All of it pure.

Values are whole numbers: minor units of money, hundredths of any other number, or how many steps
are done. A goal may go back: nothing here knows a word for that but “back”.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, Literal

from bot.domain.calendar import add_months, first_of_month
from bot.domain.errors import Refusal
from bot.domain.money import (
    AMOUNT_MAJOR_MAX,
    AmountNotPositive,
    AmountRefusal,
    Currency,
    currency as currency_of,
    parse_amount,
)

Area = Literal["money", "school", "work", "home", "health", "farm", "family", "community", "other"]
Measure = Literal["money_up", "money_down", "number", "steps"]
State = Literal["open", "reached", "let_go"]
Moved = Literal["back", "same", "little", "lot", "reached"]
Why = Literal["slip", "later_news", "words"]

AREAS: Final[tuple[Area, ...]] = (
    "money",
    "school",
    "work",
    "home",
    "health",
    "farm",
    "family",
    "community",
    "other",
)
MEASURES: Final[tuple[Measure, ...]] = ("money_up", "money_down", "number", "steps")
MOVES: Final[tuple[Moved, ...]] = ("back", "same", "little", "lot", "reached")
WHYS: Final[tuple[Why, ...]] = ("slip", "later_news", "words")
#: What can be changed afterwards, or said once more before a goal is kept.
PARTS: Final = ("words", "area", "measure", "unit", "steps", "from", "to", "by")

OPEN_MAX: Final = 5  # goals at a time: more would be a list of wishes
WORDS_MAX: Final = 200
UNIT_MAX: Final = 20
STEPS_MAX: Final = 10
STEP_MAX: Final = 80
REASON_MAX: Final = 300
YEARS_AHEAD_MAX: Final = 20
HUNDREDTHS: Final = 100
VALUE_MAX: Final = AMOUNT_MAJOR_MAX * 10_000  # the smallest units any currency has
#: Soonest that the same person may be asked again to share the same goal.
ASKED_AGAIN_AFTER_DAYS: Final = 30

#: Moved a lot: a quarter of the whole way since the last look. Less, but forward, is a little.
A_LOT: Final = Fraction(1, 4)
#: Far enough to be asked what helped: two thirds of the way.
FAR: Final = Fraction(2, 3)

_UNNAMED: Final = Currency("", 2)  # a number is read like an amount that has no marks
_MINUS_SIGNS: Final = frozenset("-−–—﹣－")
_MONTHS_OF_YEAR: Final = 12
_YEAR_DIGITS: Final = 4


class WordsMissing(Refusal):
    """Words are wanted, and a sticker, a picture or nothing visible came."""


class WordsTooLong(Refusal):
    """More than is kept. Facts: most, length (both in signs)."""


class StepsNotUnderstood(Refusal):
    """No steps, or too many, or one that is too long. Facts: most, longest."""


class NumberNotUnderstood(Refusal):
    """The text is no number that means one thing only. Facts: example."""


class MonthNotUnderstood(Refusal):
    """The text is no month that lies ahead. Facts: example."""


class TargetNotAbove(Refusal):
    """Money that grows needs a target above where it begins."""


class TargetNotBelow(Refusal):
    """Money owed that shrinks needs a target below where it begins."""


class TargetIsStart(Refusal):
    """From and to are the same number: there would be no way between them."""


@dataclass(frozen=True)
class Entry:
    """A value from an instant on, until the next one: who said it, and why it moved if they said.

    `replaced`: a later correction stands in its place. It is still there to be read.
    """

    id: int
    person_id: int
    value: int
    since: datetime
    steps_done: frozenset[int] = frozenset()
    supersedes: int | None = None
    why: Why | None = None
    reason: str | None = None
    replaced: bool = False


@dataclass(frozen=True)
class Step:
    """One step of a goal, in the member's own words; None once they were forgotten."""

    number: int
    words: str | None


@dataclass(frozen=True)
class Goal:
    """A member's goal, with all that was ever said of how far it has come, in order of time."""

    id: int
    group_id: int
    member_id: int
    person_id: int
    words: str | None
    area: Area
    measure: Measure
    unit: str | None
    currency: str | None
    to_value: int
    by: date | None  # the first day of its month
    shared: bool
    state: State
    state_since: datetime
    said: tuple[Entry, ...]
    steps: tuple[Step, ...] = ()
    state_round_id: int | None = None

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What counts: every entry but those that were corrected. Never empty."""
        return tuple(one for one in self.said if not one.replaced)

    @property
    def latest(self) -> Entry:
        """The entry that holds now."""
        return self.entries[-1]

    @property
    def value(self) -> int:
        """How far it has come."""
        return self.latest.value

    @property
    def from_value(self) -> int:
        """Where it began."""
        return self.entries[0].value

    @property
    def since(self) -> datetime:
        """When it began."""
        return self.entries[0].since

    @property
    def way(self) -> Fraction:
        """The part of the way that is gone: 0 where it began, 1 at its target; below 0 if back."""
        return way(self.from_value, self.to_value, self.value)

    @property
    def percent(self) -> int:
        """The way in whole hundredths, rounded down, never below 0 nor above 100."""
        return max(0, min(100, int(self.way * 100)))

    @property
    def is_there(self) -> bool:
        """Whether its numbers say that the target is reached, whatever its state."""
        return self.way >= 1

    @property
    def is_money(self) -> bool:
        """Whether it is measured in money."""
        return self.measure in {"money_up", "money_down"}

    def decimal(self, value: int) -> Decimal:
        """Return a value in major units: money, or a number; steps are as they are."""
        if self.currency is not None:
            return Decimal(value).scaleb(-currency_of(self.currency).scale)
        return Decimal(value) if self.measure == "steps" else Decimal(value) / HUNDREDTHS

    def at(self, when: datetime) -> Entry:
        """Return the entry that held at an instant; the first one for anything before it."""
        held = [one for one in self.entries if one.since <= when]
        return held[-1] if held else self.entries[0]

    def entry(self, entry_id: int) -> Entry | None:
        """Return one of the entries that count."""
        return next((one for one in self.entries if one.id == entry_id), None)


@dataclass(frozen=True)
class Draft:
    """What a member has said so far of a goal they are adding; None: not said yet."""

    id: int = 0
    member_id: int = 0
    words: str | None = None
    area: Area | None = None
    measure: Measure | None = None
    unit: str | None = None
    steps: tuple[str, ...] = ()
    from_value: int | None = None
    to_value: int | None = None
    by: str | None = None  # "2026-12", "" for no date
    currency: str | None = None
    shared: bool = False

    @property
    def is_money(self) -> bool:
        """Whether it is measured in money."""
        return self.measure in {"money_up", "money_down"}

    def decimal(self, value: int) -> Decimal:
        """Return a value in major units, as `Goal.decimal` does."""
        if self.is_money and self.currency is not None:
            return Decimal(value).scaleb(-currency_of(self.currency).scale)
        return Decimal(value) if self.measure == "steps" else Decimal(value) / HUNDREDTHS


def next_part(draft: Draft) -> str | None:
    """Return what is to be asked next of a goal that is being added; None when all is said."""
    numbers = [("from", draft.from_value), ("to", draft.to_value)]
    by_measure: dict[Any, list[tuple[str, Any]]] = {
        None: [],
        "money_up": numbers,
        "money_down": numbers,
        "number": [("unit", draft.unit), *numbers],
        "steps": [("steps", draft.steps or None)],
    }
    parts = [
        ("words", draft.words),
        ("area", draft.area),
        ("measure", draft.measure),
        *by_measure[draft.measure],
        ("by", draft.by),
    ]
    return next((name for name, said in parts if said is None), None)


def said_again(draft: Draft, part: str) -> Draft:
    """Return the draft with one part to be said once more, and what hangs on it."""
    numbers: dict[str, Any] = {"from_value": None, "to_value": None}
    cleared: dict[str, dict[str, Any]] = {
        "words": {"words": None},
        "area": {"area": None},
        "measure": {"measure": None, "unit": None, "steps": (), **numbers},
        "unit": {"unit": None},
        "steps": {"steps": ()},
        "from": numbers,
        "to": {"to_value": None},
        "by": {"by": None},
    }
    return replace(draft, **cleared[part])


def way(from_value: int, to_value: int, value: int) -> Fraction:
    """Return the part of the way that is gone; 1 where there is no way between from and to."""
    if from_value == to_value:
        return Fraction(1)
    return Fraction(value - from_value, to_value - from_value)


def moved(goal: Goal, since: datetime) -> Moved:
    """Return how a goal moved since an instant, by its numbers.

    Reached: its state says so, or it arrived at the target in that time. Otherwise by the part of
    the whole way: less than none is back, none the same, `A_LOT` or more a lot.
    """
    before = way(goal.from_value, goal.to_value, goal.at(since).value)
    if goal.state == "reached" or (goal.is_there and before < 1):
        return "reached"
    gone = goal.way - before
    if gone < 0:
        return "back"
    if gone == 0:
        return "same"
    return "lot" if gone >= A_LOT else "little"


def has_been_there(goal: Goal) -> bool:
    """Whether its member can say what helped: reached, or `FAR` along and not let go."""
    return goal.state == "reached" or (goal.state == "open" and goal.way >= FAR)


# -- what people type -----------------------------------------------------------------------------


def own_words(text: str, most: int = WORDS_MAX) -> str:
    """Return words on one line. Raises WordsMissing, WordsTooLong."""
    line = " ".join(text.split())
    if not any(unicodedata.category(char)[0] not in "CZ" for char in line):
        raise WordsMissing
    if len(line) > most:
        raise WordsTooLong(most=most, length=len(line))
    return line


def own_steps(text: str) -> tuple[str, ...]:
    """Return the steps a member listed, a line each. Raises StepsNotUnderstood."""
    lines = [" ".join(line.split()).lstrip("-•*–· ") for line in text.splitlines()]
    steps = tuple(line for line in lines if line)
    if not 1 <= len(steps) <= STEPS_MAX or any(len(one) > STEP_MAX for one in steps):
        raise StepsNotUnderstood(most=STEPS_MAX, longest=STEP_MAX)
    return steps


def read_value(text: str, goal: Goal | Draft) -> int:
    """Return the value a person typed for a goal: minor units of money, hundredths of a number.

    Nothing (0) is a value here. Raises an AmountRefusal for money, NumberNotUnderstood otherwise.
    """
    if goal.is_money and goal.currency is not None:
        return _amount_or_nothing(text, currency_of(goal.currency))
    try:
        return _amount_or_nothing(_without_unit(text, goal.unit), _UNNAMED)
    except AmountRefusal as refused:
        raise NumberNotUnderstood(example="12.5") from refused


def _amount_or_nothing(text: str, money: Currency) -> int:
    try:
        return parse_amount(text, money)
    except AmountNotPositive:
        if _MINUS_SIGNS & set(text):
            raise
        return 0


def _without_unit(text: str, unit: str | None) -> str:
    bare = text.strip()
    if unit and bare.casefold().endswith(unit.casefold()):
        return bare[: -len(unit)]
    return bare


def read_month(text: str, today: date) -> date:
    """Return the month a person typed as in 12/2027, by its first day.

    Any script's digits, the year first or last. Raises MonthNotUnderstood, also for what is over.
    """
    example = f"{_MONTHS_OF_YEAR}/{today.year + 1}"
    digits = "".join(
        str(unicodedata.decimal(char)) if unicodedata.decimal(char, None) is not None else " "
        for char in text
    )
    parts = sorted(digits.split(), key=len)
    has_letters = any(char.isalpha() for char in text)
    if has_letters or [len(one) for one in parts] not in ([1, _YEAR_DIGITS], [2, _YEAR_DIGITS]):
        raise MonthNotUnderstood(example=example)
    month, year = int(parts[0]), int(parts[1])
    if not 1 <= month <= _MONTHS_OF_YEAR or not 1 <= year <= today.year + YEARS_AHEAD_MAX:
        raise MonthNotUnderstood(example=example)
    found = date(year, month, 1)
    if found < first_of_month(today):
        raise MonthNotUnderstood(example=example)
    return found


def months_ahead(today: date, months: int) -> date:
    """Return the first day of the month so many months on."""
    return add_months(first_of_month(today), months)


def month_text(month: date) -> str:
    """Return a month as it is stored, as in "2026-12"."""
    return f"{month.year:04}-{month.month:02}"


def month_of(text: str | None) -> date | None:
    """Return the first day of a stored month; None for none."""
    return date.fromisoformat(f"{text}-01") if text else None


def check_way(measure: Measure, from_value: int, to_value: int) -> None:
    """Raise TargetNotAbove, TargetNotBelow or TargetIsStart where to does not fit from."""
    if measure == "money_up" and to_value <= from_value:
        raise TargetNotAbove
    if measure == "money_down" and to_value >= from_value:
        raise TargetNotBelow
    if to_value == from_value:
        raise TargetIsStart


# -- steps ----------------------------------------------------------------------------------------


def steps_of(bits: int) -> frozenset[int]:
    """Return the numbers of the steps that are done, from how they are stored: a bit each."""
    return frozenset(number for number in range(STEPS_MAX) if bits >> number & 1)


def bits_of(steps: frozenset[int]) -> int:
    """Return the steps that are done as they are stored."""
    return sum(1 << number for number in steps)


# -- what a picture shows -------------------------------------------------------------------------

LINE_POINTS_MAX: Final = 13  # the beginning and a year of months: each has a dot and its words


def line_of(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the entries a picture shows: the first, and the latest ones."""
    if len(entries) <= LINE_POINTS_MAX:
        return tuple(entries)
    return (entries[0], *entries[-(LINE_POINTS_MAX - 1) :])
