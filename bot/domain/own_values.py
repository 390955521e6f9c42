"""What a member earns, has saved and owes, as they tell it: each value holds until the next. Pure.

After the assets of the Family Independence Initiative's data, which are kept as intervals with a
reason, not overwritten each month (field notes 3.1): a month's word is never replaced by another
month's, and what is put right later stands beside what was said first.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from bot.domain.check_ins import Answer

#: Why something is put right: a slip, or what was known only later. In own words: `Answer.text`.
Why = Literal["slip", "later_news", "words"]
WHYS: Final[tuple[Why, ...]] = ("slip", "later_news")
REASON_MAX: Final = 200
AGAINST: Final[Mapping[str, int]] = {"less": -1, "same": 0, "more": 1}


@dataclass(frozen=True)
class Word:
    """One thing that was said of a value; a month's last word counts, the earlier ones stay."""

    answer: Answer
    said_at: datetime
    why: Why | None = None  # it put right what was said before


@dataclass(frozen=True)
class Held:
    """An amount (minor units) and the months it holds: from `since` up to but without `until`.

    `until` None: it still holds.
    """

    minor: int
    since: str
    until: str | None = None


def held_after(held: int | None, answer: Answer) -> int | None:
    """Return the amount that holds after an answer: nothing said, or “the same”, leaves it.

    “Less” or “more” without an amount ends it: what it is now was not said.
    """
    if answer.minor is not None:
        return answer.minor
    return held if AGAINST.get(answer.choice or "same", 0) == 0 else None


def direction(held: int | None, answer: Answer) -> int | None:
    """Return whether it went down, stayed or went up (-1, 0, 1) by an answer; None for no answer.

    An amount is compared with the one that held before; the first one stands where things stood.
    """
    if answer.minor is not None:
        return 0 if held is None else (answer.minor > held) - (answer.minor < held)
    return None if answer.choice is None else AGAINST[answer.choice]


def intervals(said: Iterable[tuple[str, Answer]]) -> tuple[Held, ...]:
    """Return the amounts that held, by the months' last words in order of the months.

    E.g. 100 in January, nothing in February, the same in March, 120 in April, more in June:
    100 held from January until April, 120 from April until June.
    """
    found: list[Held] = []
    for month, answer in said:
        open_one = found[-1] if found and found[-1].until is None else None
        held = None if open_one is None else open_one.minor
        after = held_after(held, answer)
        if after == held:
            continue
        if open_one is not None:
            found[-1] = Held(open_one.minor, open_one.since, month)
        if after is not None:
            found.append(Held(after, month))
    return tuple(found)
