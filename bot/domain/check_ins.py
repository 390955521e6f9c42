"""The monthly check-in: its questions, its rhythm, and when somebody is done. All of it pure.

The questions follow the journal of the Family Independence Initiative, cut down to what one tap can
say: how it went with what the family itself set out to do, what was in the way, what came in, what
was put aside, and one line in their own way. Every one may be left empty. Least private first: the
first one may be read over somebody's shoulder.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Final, Literal

from bot.domain.agreement import Agreement
from bot.domain.calendar import (
    add_months,
    after_quiet,
    first_of_month,
    local,
    to_utc,
)

Kind = Literal["choice", "line"]

LATE_MAX: Final = timedelta(hours=1)  # a tick or a restart: an opening so late is on time
WORTH_OPENING: Final = timedelta(days=1)  # a round that opens later must have more left than this
REMINDER_LATE_MAX: Final = timedelta(hours=12)
REMINDER_GAP: Final = timedelta(hours=12)  # between opening, reminders and closing
JUST_THERE: Final = timedelta(hours=3)  # who was at it within this is not reminded


# -- the questions ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """One question of the catalogue.

    `number` stands in buttons and `key` in stored answers: neither is ever given to another
    question. `options` only grow at the end: a button carries an option's place.
    """

    number: int
    key: str
    kind: Kind
    options: tuple[str, ...] = ()


_ALL: Final = (
    Question(1, "goal", "choice", ("back", "same", "little", "lot", "reached")),
    Question(2, "hurdle", "choice", ("nothing", "money", "time", "health", "skill", "other")),
    Question(3, "income", "choice", ("less", "same", "more")),
    Question(4, "savings", "choice", ("less", "same", "more")),
    Question(5, "line", "line"),
)
CATALOGUE: Final[Mapping[str, Question]] = {one.key: one for one in _ALL}
#: What a round asks, in this order, unless the group says otherwise.
USUAL: Final = tuple(one.key for one in _ALL)


@dataclass(frozen=True)
class Answer:
    """What somebody answered: an option, or a line in words, a photo or a voice note (file ids).

    With none of them the question was left empty on purpose.
    """

    choice: str | None = None
    text: str | None = None
    photo: str | None = None
    voice: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether the question was skipped, or its answer taken back."""
        return self == EMPTY


EMPTY: Final = Answer()


def asked(keys: Iterable[str]) -> tuple[Question, ...]:
    """Return the questions of a round, as its keys name them."""
    return tuple(CATALOGUE[key] for key in keys)


def with_number(questions: Sequence[Question], number: int) -> Question | None:
    """Return the question a button names, if the round asks it."""
    return next((one for one in questions if one.number == number), None)


def fits(question: Question, answer: Answer) -> bool:
    """Whether the answer is one that the question takes; left empty always is."""
    if answer.is_empty:
        return True
    if question.kind == "choice":
        return answer == Answer(choice=answer.choice) and answer.choice in question.options
    return answer.choice is None


# -- the way through ----------------------------------------------------------------------------


def next_question(
    questions: Sequence[Question], answered: Collection[str], after: Question | None = None
) -> Question | None:
    """Return the question to ask next, or None at the end.

    The first without an answer that comes after `after`; then any that was left out before it.
    `answered` are the keys that have an answer, an empty one too.
    """
    waiting = [one for one in questions if one.key not in answered]
    if after in questions:
        place = questions.index(after)
        waiting.sort(key=lambda one: questions.index(one) <= place)
    return waiting[0] if waiting else None


def question_before(questions: Sequence[Question], question: Question) -> Question | None:
    """Return the question that stands before this one, if any does."""
    place = questions.index(question)
    return questions[place - 1] if place > 0 else None


def is_done(questions: Sequence[Question], answered: Collection[str]) -> bool:
    """Whether somebody reached the end: each question was answered or left empty on purpose."""
    return next_question(questions, answered) is None


# -- who counts -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tally:
    """How many are in, and of how many. Never who."""

    done: int
    of: int


def tally(members: Iterable[tuple[bool, bool]]) -> Tally:
    """Count the members of a group, each given as (has a phone of their own, is done).

    Those without a phone can be in only where another records it for them: until then they are
    not counted, so that a group can always be whole.
    """
    counted = [done for has_phone, done in members if has_phone or done]
    return Tally(done=sum(counted), of=len(counted))


# -- when -----------------------------------------------------------------------------------------


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
