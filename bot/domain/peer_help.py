"""Help between peers: what may be asked, how long it stands, whom to ask who has been there. Pure.

What was given is counted in minutes (whole half hours or finer) or in things named in words.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final, Literal

from bot.domain.errors import Refusal

Kind = Literal["ask", "offer"]
AskState = Literal["open", "done", "taken_back", "run_out"]
PeerAnswer = Literal["asked", "agreed", "not_now", "declined", "passed"]

KINDS: Final[tuple[Kind, ...]] = ("ask", "offer")
OPEN_MAX: Final = 5  # asks and offers of one member at a time: a group must be able to read them
WORDS_MAX: Final = 300
THING_MAX: Final = 100
#: How long an ask stands, and how long before its end its member is asked whether it still holds.
STANDS: Final = timedelta(days=14)
ASKED_BEFORE_END: Final = timedelta(days=1)

MINUTES_AN_HOUR: Final = 60
HOURS_OFFERED: Final = (30, 60, 120, 240, 480)  # minutes: what a tap says
HOURS_MAX: Final = 200
_HOURS: Final = re.compile(r"(?:(\d{1,4})(?:[.,](\d{1,2}))?)?(½)?")

#: Nobody is asked more than twice a month, a month at its longest.
PEER_ASKED_MAX: Final = 2
PEER_ASKED_SPAN: Final = timedelta(days=31)
#: How long one who has been there has before the next is asked too.
PEER_WAITS: Final = timedelta(days=3)
#: Who said no about an area is not asked about it by the same group for half a year.
PEER_NO_HOLDS: Final = timedelta(days=182)
#: The seeker is told that nobody was found as if everybody asked had let their days pass.
_TOLD_AFTER: Final = timedelta(days=1)


class HoursNotUnderstood(Refusal):
    """The text is no number of hours that can be. Facts: most, example."""


@dataclass(frozen=True)
class AskDraft:
    """What a person has said so far of an ask or an offer."""

    id: int
    kind: Kind
    group_id: int | None = None
    words: str | None = None
    area: str | None = None
    named: bool | None = None


@dataclass(frozen=True)
class Candidate:
    """A member who has been there, and when they were asked to tell of it, in any group.

    `is_near`: they let the group see a goal like it, by its words.
    """

    member_id: int
    number: int
    asked: tuple[datetime, ...] = ()
    said_no: tuple[datetime, ...] = ()  # of these, no to this area in this group
    is_near: bool = False


def next_part(draft: AskDraft) -> str | None:
    """Return what is to be asked next of a draft; None where it is whole."""
    for part, value in (
        ("words", draft.words),
        ("area", draft.area),
        ("named", draft.named),
        ("group", draft.group_id),
    ):
        if value is None:
            return part
    return None


def read_hours(text: str) -> int:
    """Return the minutes that a typed number of hours is: “3”, “1.5”, “1½”, “2 h”.

    Raises HoursNotUnderstood for anything else, for nothing, and for more than `HOURS_MAX`.
    """
    bare = text.strip().casefold().removesuffix("hours").removesuffix("hour").removesuffix("h")
    match = _HOURS.fullmatch(_plain(bare))
    hours = Fraction(0)
    if match is not None and not (match[2] and match[3]):
        hours = Fraction(f"{match[1] or 0}.{match[2] or 0}")
        hours += Fraction(1, 2) if match[3] else 0
    minutes = round(hours * MINUTES_AN_HOUR)
    if not 1 <= minutes <= HOURS_MAX * MINUTES_AN_HOUR:
        raise HoursNotUnderstood(most=HOURS_MAX, example="1½")
    return minutes


def _plain(text: str) -> str:
    """Return the text without spaces, its digits in ASCII, whatever script they were typed in."""
    return "".join(str(unicodedata.decimal(char, char)) for char in text if not char.isspace())


def may_be_asked(asked: Sequence[datetime], now: datetime) -> bool:
    """Whether somebody who was asked at these instants may be asked once more by now."""
    return sum(now - one <= PEER_ASKED_SPAN for one in asked) < PEER_ASKED_MAX


def next_peer(candidates: Sequence[Candidate], now: datetime) -> Candidate | None:
    """Return who is asked next: of those who may be, the one asked longest ago, or never.

    Who is near comes before who has only been in the same area.
    """
    free = [
        one
        for one in candidates
        if may_be_asked(one.asked, now) and not any(now - no <= PEER_NO_HOLDS for no in one.said_no)
    ]
    if not free:
        return None
    # Those never asked come first, then by how long ago; the member's number decides what is even.
    return min(
        free,
        key=lambda one: (not one.is_near, bool(one.asked), sorted(one.asked)[-1:], one.number),
    )


def told_at(wished_at: datetime, left_at: datetime) -> datetime:
    """Return when a seeker is told that nobody is left to ask, who ran out at `left_at`.

    At the fourth day after the wish, the seventh, the tenth …: the instants at which one, two,
    three people who let their days pass would have run out. So that neither that somebody said no,
    nor that there was anybody to ask, can be read from it; at least a day after `left_at`.
    """
    told = wished_at + PEER_WAITS + _TOLD_AFTER
    while told < left_at + _TOLD_AFTER:
        told += PEER_WAITS
    return told
