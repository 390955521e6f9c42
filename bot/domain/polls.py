"""Quick polls: what somebody wrote after /poll, when it closes, and what came of it. All pure.

Lengths are Telegram's, counted in UTF-16 units, which is never less than what it counts itself.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from bot.domain.agreement import Agreement
from bot.domain.calendar import after_quiet, local, to_utc
from bot.domain.errors import Refusal

QUESTION_MAX: Final = 300
OPTION_MAX: Final = 100
OPTIONS_MIN: Final = 2
OPTIONS_MAX: Final = 12

OPEN_DAYS: Final = 2
DAYS: Final = (1, 2, 3, 5, 7)  # what a tap turns through
CLOSING_HOUR: Final = 18  # local: in the evening people still see how it went
#: Telegram takes no vote once a poll is stopped, but keeps what came before for us for a day.
VOTES_LATE_MAX: Final = timedelta(days=1)

_BETWEEN: Final = re.compile("[|｜¦]")
#: Marks that shape letters and emoji, among those that are not seen.
_JOINERS: Final = "\u200c\u200d"


class PollNeedsWords(Refusal):
    """/poll alone, or a question without answers: said with an example. Facts: written."""


class PollNeedsTwoAnswers(Refusal):
    """A poll with one answer. Facts: written (the command, to be copied), question, answer."""


class PollHasTooManyAnswers(Refusal):
    """More answers than Telegram allows. Facts: written, count, most."""


class PollQuestionTooLong(Refusal):
    """Facts: written, length, most."""


class PollAnswerTooLong(Refusal):
    """Facts: written, answer (its beginning), length, most."""


class PollAnswersRepeat(Refusal):
    """The same answer twice would split the vote. Facts: written, answer."""


@dataclass(frozen=True)
class Draft:
    """A poll that can be asked.

    `several`: whether one may choose several answers. `anonymous`: Telegram then tells nobody, us
    neither, who chose what.
    """

    question: str
    options: tuple[str, ...]
    several: bool = False
    anonymous: bool = False
    days: int = OPEN_DAYS


@dataclass(frozen=True)
class Seen:
    """A poll as Telegram shows it: its id there, its words, how it counted."""

    telegram_id: str
    question: str
    options: tuple[str, ...]
    counts: tuple[int, ...]
    is_closed: bool


@dataclass(frozen=True)
class Outcome:
    """What came of a poll: its best answers (several where they are equal), none if nobody voted.

    `count` voted for each of the best, of `voters` who voted at all. Of an anonymous one nothing is
    known but that it was asked: what Telegram counts may be anybody's who was sent it.
    """

    question: str
    best: tuple[str, ...]
    count: int
    voters: int
    anonymous: bool = False


def parse(text: str) -> Draft:
    """Return the poll that was written as `Question | A | B`, or a line each.

    Raises PollNeedsWords, PollNeedsTwoAnswers, PollHasTooManyAnswers, PollQuestionTooLong,
    PollAnswerTooLong, PollAnswersRepeat: each with what was written, so that nothing is lost.
    """
    parts = _BETWEEN.split(text) if _BETWEEN.search(text) else text.splitlines()
    question, *options = [clean for part in parts if (clean := _clean(part))] or [""]
    if not options:
        raise PollNeedsWords(written=text.strip())
    if len(options) < OPTIONS_MIN:
        raise PollNeedsTwoAnswers(written=text, question=question, answer=options[0])
    if len(options) > OPTIONS_MAX:
        raise PollHasTooManyAnswers(written=text, count=len(options), most=OPTIONS_MAX)
    if _length(question) > QUESTION_MAX:
        raise PollQuestionTooLong(written=text, length=_length(question), most=QUESTION_MAX)
    seen: set[str] = set()
    for option in options:
        if _length(option) > OPTION_MAX:
            raise PollAnswerTooLong(
                written=text, answer=option[:30], length=_length(option), most=OPTION_MAX
            )
        same = unicodedata.normalize("NFKC", option).casefold()
        if same in seen:
            raise PollAnswersRepeat(written=text, answer=option)
        seen.add(same)
    return Draft(question, tuple(options))


def closing(opened_at: datetime, agreement: Agreement, days: int = OPEN_DAYS) -> datetime:
    """Return when a poll closes (UTC): in the evening some days on, outside the quiet hours."""
    last_day = local(opened_at, agreement.zone).date() + timedelta(days=days)
    evening = to_utc(last_day, time(CLOSING_HOUR), agreement.zone)
    return after_quiet(evening, agreement.quiet_hours, agreement.zone)


def outcome(draft: Draft, counts: Sequence[int], voters: int) -> Outcome:
    """Return what came of a poll whose options got these votes, in their order, of so many."""
    if draft.anonymous:
        return Outcome(draft.question, (), 0, 0, anonymous=True)
    most = max(counts, default=0)
    best = tuple(
        option for option, count in zip(draft.options, counts, strict=True) if count == most > 0
    )
    return Outcome(draft.question, best, most, voters)


def _clean(part: str) -> str:
    """Return one line without marks that turn or hide other text."""
    kept = (
        letter
        for letter in part
        if letter in _JOINERS
        or letter.isspace()
        or unicodedata.category(letter) not in {"Cc", "Cf", "Cs"}
    )
    line = " ".join("".join(kept).split())
    return "" if set(line) <= set(_JOINERS) else line


def _length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
