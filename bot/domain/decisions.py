"""Decisions: what can be proposed, how it is decided, when it opens and closes. All of it pure.

How votes are counted is in domain/voting.py. Nothing of how anybody votes is here.
"""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any, Final, Literal

from bot.domain import voting
from bot.domain.agreement import Agreement
from bot.domain.calendar import add_months, after_quiet, local, to_utc
from bot.domain.errors import Refusal
from bot.domain.goals import own_words
from bot.domain.money import Currency, parse_amount
from bot.domain.voting import METHODS, OF_BUDGETS, OF_CHOICES, OF_YES_OR_NO, Method, Terms

Voters = Literal["member", "household"]
#: "talk": it waits for the morning, or is talked over; nobody votes yet. The rest is over.
State = Literal["talk", "open", "carried", "fell", "tie", "no_quorum", "withdrawn"]
OVER: Final[frozenset[State]] = frozenset({"carried", "fell", "tie", "no_quorum", "withdrawn"})

WORDS_MAX: Final = 200
WHY_MAX: Final = 500
CHOICE_MAX: Final = 60
REASON_MAX: Final = 300
CHOICES_MIN: Final = 2
OPEN_MAX: Final = 3  # of one member at a time: a group must be able to think about each
#: Below so many votes the numbers of a secret vote would tell who said what (field notes 5.2).
SECRET_NUMBERS_MIN: Final = 5

CLOSING_HOUR: Final = 18  # local: in the evening people have looked at their phones
REMINDED_BEFORE: Final = timedelta(days=1)
REMINDED_LAST: Final = timedelta(hours=1)  # later, a reminder is no help any more
#: Everybody has voted: so long a slip of the finger can still be mended.
LAST_MINUTES: Final = timedelta(minutes=10)

#: What a tap turns through, in its order.
QUORUMS: Final = (0, 25, 50, 75, 100)
DAYS: Final = (1, 2, 3, 5, 7, 14)
TALK_DAYS: Final = (0, 1, 2, 3, 7)
LOOK_MONTHS: Final = (0, 1, 3, 6, 12)
SEATS: Final = (1, 2, 3, 4, 5)

_BETWEEN: Final = re.compile("[|｜¦\n]")
_COST: Final = re.compile(r"(.*\S)\s*[:=]\s*(\S.*)")


class ChoicesNeeded(Refusal):
    """Fewer than two choices, or more than can be voted on. Facts: least, most."""


class ChoiceTooLong(Refusal):
    """Facts: choice (its beginning), most (letters)."""


class ChoicesRepeat(Refusal):
    """The same choice twice would divide the votes. Facts: choice."""


class ChoiceNeedsCost(Refusal):
    """By equal shares each choice has a cost. Facts: choice."""


@dataclass(frozen=True)
class Choice:
    """One thing to choose: words, what it costs at most (minor units), or who would be elected."""

    words: str
    cost_minor: int | None = None
    member_id: int | None = None


@dataclass(frozen=True)
class Matter:
    """What is put to the group. No choices: yes or no.

    `effect` is what then happens by itself, as `domain.effects` writes it; it says what is meant
    where there are no words.
    """

    words: str = ""
    why: str = ""
    choices: tuple[Choice, ...] = ()
    budget_minor: int = 0
    effect: Mapping[str, Any] | None = None

    @property
    def is_yes_no(self) -> bool:
        """Whether it can only be accepted or not."""
        return not self.choices

    def to_json(self) -> str:
        """Return it as it is stored."""
        return json.dumps(asdict(self), ensure_ascii=False)


@dataclass(frozen=True)
class Manner:
    """How the group decides: the agreement's way, unless the proposal says otherwise.

    `is_live`: everybody sees the votes as they come in; else all are hidden until it closes.
    `quorum`: a percentage of those who may vote. `look_months`: after how many months the group is
    asked what became of it; 0 is never.
    """

    method: Method = "majority"
    voters: Voters = "member"
    is_secret: bool = False
    is_live: bool = False
    quorum: int = 50
    days: int = 3
    talk_days: int = 0
    look_months: int = 0
    seats: int = 1


@dataclass(frozen=True)
class Draft:
    """What a person has said so far of a proposal; None: not asked yet."""

    id: int
    group_id: int | None = None
    words: str | None = None
    why: str | None = None
    matter: Matter = field(default_factory=Matter)
    manner: Manner = field(default_factory=Manner)

    def to_json(self) -> str:
        """Return it as it is stored, without its id and group."""
        parts = asdict(self)
        del parts["id"], parts["group_id"]
        return json.dumps(parts, ensure_ascii=False)


def matter_from_json(document: str) -> Matter:
    """Read a stored matter."""
    return _matter(json.loads(document))


def draft_from_json(document: str, draft_id: int, group_id: int | None) -> Draft:
    """Read a stored draft."""
    parts = json.loads(document)
    return Draft(
        draft_id,
        group_id,
        parts["words"],
        parts["why"],
        _matter(parts["matter"]),
        Manner(**parts["manner"]),
    )


def _matter(parts: dict[str, Any]) -> Matter:
    parts["choices"] = tuple(Choice(**one) for one in parts["choices"])
    return Matter(**parts)


# -- what was said --------------------------------------------------------------------------------


def said_at_once(text: str) -> tuple[str, str | None]:
    """Return what and why of words that came with the command: `What | why`, or a line each.

    Raises WordsMissing, WordsTooLong.
    """
    what, *why = _BETWEEN.split(text.strip(), maxsplit=1)
    because = own_words(why[0], WHY_MAX) if why and why[0].strip() else None
    return own_words(what, WORDS_MAX), because


def own_choices(text: str, method: Method, currency: Currency) -> tuple[Choice, ...]:
    """Return the choices somebody wrote, a line each; of a budget with their costs: `Roof: 500`.

    Raises ChoicesNeeded, ChoiceTooLong, ChoicesRepeat, ChoiceNeedsCost, AmountRefusal.
    """
    lines = [" ".join(line.split()).lstrip("-•*–· ") for line in _BETWEEN.split(text)]
    found = [_choice(line, method, currency) for line in lines if line]
    if not CHOICES_MIN <= len(found) <= voting.CHOICES_MAX:
        raise ChoicesNeeded(least=CHOICES_MIN, most=voting.CHOICES_MAX)
    seen: set[str] = set()
    for one in found:
        if len(one.words) > CHOICE_MAX:
            raise ChoiceTooLong(choice=one.words[:30], most=CHOICE_MAX)
        same = unicodedata.normalize("NFKC", one.words).casefold()
        if same in seen:
            raise ChoicesRepeat(choice=one.words)
        seen.add(same)
    return tuple(found)


def _choice(line: str, method: Method, currency: Currency) -> Choice:
    if method not in OF_BUDGETS:
        return Choice(own_words(line))
    costed = _COST.fullmatch(line)
    if costed is not None:
        return Choice(own_words(costed[1]), parse_amount(costed[2], currency))
    if method == "shares":
        raise ChoiceNeedsCost(choice=line)
    return Choice(own_words(line))


# -- how ------------------------------------------------------------------------------------------


def usual(agreement: Agreement) -> Manner:
    """Return how the group decides where a proposal says nothing else."""
    agreed = agreement.decisions
    return Manner(
        method=agreed.method,
        voters=agreed.voters,
        is_secret=agreed.is_secret,
        quorum=agreed.quorum,
        days=agreed.days,
        talk_days=agreed.talk_days,
    )


def methods_for(matter: Matter) -> tuple[Method, ...]:
    """Return the ways that what is proposed can be decided by."""
    if matter.is_yes_no:
        return tuple(one for one in METHODS if one in OF_YES_OR_NO)
    if any(one.member_id for one in matter.choices):
        return tuple(one for one in METHODS if one in OF_CHOICES)
    return tuple(one for one in METHODS if one in {*OF_CHOICES, *OF_BUDGETS})


def among_several(manner: Manner) -> Manner:
    """Return the usual way to choose one of several things, where nobody has chosen another yet.

    More than half is seldom for one of many. Approval is the plainest: everybody ticks what they
    could live with.
    """
    return replace(manner, method="approval") if manner.method in OF_YES_OR_NO else manner


def fitting(manner: Manner, matter: Matter) -> Manner:
    """Return the manner, with a method that what is proposed can be decided by."""
    possible = methods_for(matter)
    method = manner.method
    if method not in possible:
        method = "majority" if matter.is_yes_no else "approval"
    seats = min(manner.seats, max(1, len(matter.choices))) if method == "approval" else 1
    return replace(manner, method=method, seats=seats)


def next_part(draft: Draft) -> str | None:
    """Return what is asked next, or None where it can be put to the group."""
    if draft.group_id is None:
        return "group"
    if draft.words is None and draft.matter.effect is None:
        return "words"
    if draft.why is None:
        return "why"
    matter, method = draft.matter, draft.manner.method
    if method == "shares" and any(one.cost_minor is None for one in matter.choices):
        return "costs"
    if method in OF_BUDGETS and not matter.budget_minor:
        return "budget"
    return None


def terms(matter: Matter, manner: Manner) -> Terms:
    """Return how the votes on it are counted."""
    return Terms(
        method=manner.method,
        choices=len(matter.choices) or CHOICES_MIN,
        yes_no=matter.is_yes_no,
        quorum=manner.quorum,
        seats=manner.seats,
        budget_minor=matter.budget_minor,
        costs_minor=tuple(one.cost_minor for one in matter.choices),
    )


def turned(manner: Manner, part: str, seats: int = SEATS[-1]) -> Manner:
    """Return the manner with one part turned to its next value, as each tap does.

    `seats`: how many can be chosen at most.

    Who sees how people vote has three: all of it when it closes, all of it as it comes in, nobody
    ever.
    """
    if part == "sight":
        if manner.is_secret:
            return replace(manner, is_secret=False)
        if manner.is_live:
            return replace(manner, is_live=False, is_secret=True)
        return replace(manner, is_live=True)
    if part == "voters":
        return replace(manner, voters="household" if manner.voters == "member" else "member")
    offered = [one for one in TURNS[part] if part != "seats" or one <= max(1, seats)]
    value = getattr(manner, part)
    following = next((one for one in offered if one > value), offered[0])
    return Manner(**asdict(manner) | {part: following})


#: What can be turned, in the order of its buttons, which carry the place.
TURNS: Final[Mapping[str, Sequence[int]]] = {
    "sight": (),
    "voters": (),
    "quorum": QUORUMS,
    "days": DAYS,
    "talk_days": TALK_DAYS,
    "look_months": LOOK_MONTHS,
    "seats": SEATS,
}


# -- when -----------------------------------------------------------------------------------------


def opening(posts_at: datetime, manner: Manner, agreement: Agreement) -> datetime:
    """Return when voting opens (UTC): when it is posted, or after the days of talking it over."""
    if not manner.talk_days:
        return posts_at
    return _evening(posts_at, manner.talk_days, agreement)


def closing(opens_at: datetime, manner: Manner, agreement: Agreement) -> datetime:
    """Return when voting closes (UTC): in the evening some days on, outside the quiet hours."""
    return _evening(opens_at, manner.days, agreement)


def reminding(opens_at: datetime, closes_at: datetime, agreement: Agreement) -> datetime | None:
    """Return when those who have not voted are reminded, once (UTC); None where it is too late.

    A day before it closes, or in the middle of what is short; never in quiet hours.
    """
    middle = opens_at + (closes_at - opens_at) / 2
    when = after_quiet(
        max(closes_at - REMINDED_BEFORE, middle), agreement.quiet_hours, agreement.zone
    )
    return when if when <= closes_at - REMINDED_LAST else None


def looking_back(closed_at: datetime, months: int, agreement: Agreement) -> datetime:
    """Return when the group is asked what became of it (UTC), some months after it was decided."""
    day = add_months(local(closed_at, agreement.zone).date(), months)
    evening = to_utc(day, time(CLOSING_HOUR), agreement.zone)
    return after_quiet(evening, agreement.quiet_hours, agreement.zone)


def after_the_last(now: datetime, agreement: Agreement) -> datetime:
    """Return when a vote closes in which everybody has voted (UTC): soon, but not at night."""
    return after_quiet(now + LAST_MINUTES, agreement.quiet_hours, agreement.zone)


def _evening(start: datetime, days: int, agreement: Agreement) -> datetime:
    day = local(start, agreement.zone).date() + timedelta(days=days)
    evening = to_utc(day, time(CLOSING_HOUR), agreement.zone)
    return after_quiet(evening, agreement.quiet_hours, agreement.zone)


def shows_numbers(manner: Manner, voted: int) -> bool:
    """Whether the numbers of a vote that is over may be said: of few secret votes they may not."""
    return not manner.is_secret or voted >= SECRET_NUMBERS_MIN
