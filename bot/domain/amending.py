"""What of an agreement can be changed with one value, by the facilitator or by a proposal.

Each with how the value is said: tapped, or written in a short answer.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from bot.domain.agreement import DAY_MAX, OPEN_DAYS_MAX, Agreement
from bot.domain.agreement_parts import (
    HOUR_MAX,
    LOAN_TIMES_MAX,
    MONTHS_MAX,
    PLACE_MAX,
    ROUND_MAX,
    SEATS_MAX,
    TALK_DAYS_MAX,
    VOTE_DAYS_MAX,
    MeetingEvery,
    MeetingPlanners,
)
from bot.domain.errors import Refusal
from bot.domain.goals import NumberNotUnderstood, own_words
from bot.domain.money import Currency, parse_amount
from bot.domain.plans import GRACE_DAYS_MAX

Kind = Literal["amount", "number", "words", "choice"]


class NumberOutOfBounds(Refusal):
    """A number that this cannot be. Facts: least, most."""


@dataclass(frozen=True)
class Knob:
    """One thing that can be changed: a part, its field ("": the part itself), how it is said."""

    part: str
    field: str
    kind: Kind
    options: tuple[Any, ...] = ()
    most: int = 0  # letters of words, or the largest number
    least: int = 0  # the smallest number

    def written(self, value: Any, plan: int = 0) -> Any:  # noqa: ANN401 - as a document writes it
        """Return a value as `domain.agreement.amended` takes it; `plan`: of which plan, if of one.

        >>> Knob("plans", "day", "number").written(10, plan=2)
        {'number': 2, 'day': 10}
        """
        if self.part == PLANS:
            return {"number": plan, self.field: value}
        return {self.field: value} if self.field else value


PLANS: Final = "plans"
_METHODS: Final = ("consent", "majority", "two_thirds", "unanimous")

#: Buttons carry the place: only ever added to at the end.
KNOBS: Final[tuple[Knob, ...]] = (
    Knob(PLANS, "amount_minor", "amount"),
    Knob(PLANS, "day", "number", most=DAY_MAX, least=1),
    Knob(PLANS, "grace_days", "number", most=max(GRACE_DAYS_MAX.values())),
    Knob(PLANS, "how_to_pay", "words", most=300),
    Knob("check_in", "day", "number", most=DAY_MAX, least=1),
    Knob("check_in", "open_days", "number", most=OPEN_DAYS_MAX, least=1),
    Knob("digest", "day", "number", most=DAY_MAX, least=1),
    Knob("quiet", "from_hour", "number", most=HOUR_MAX),
    Knob("quiet", "until_hour", "number", most=HOUR_MAX),
    Knob("name", "", "words", most=64),
    Knob("purpose", "", "words", most=300),
    Knob("joining", "way", "choice", ("open", "decision")),
    Knob("decisions", "method", "choice", _METHODS),
    Knob("decisions", "voters", "choice", ("member", "household")),
    Knob("decisions", "is_secret", "choice", (False, True)),
    Knob("decisions", "quorum", "choice", (0, 25, 50, 75, 100)),
    Knob("decisions", "days", "number", most=VOTE_DAYS_MAX, least=1),
    Knob("decisions", "talk_days", "number", most=TALK_DAYS_MAX),
    Knob("amendments", "method", "choice", _METHODS),
    Knob("amendments", "quorum", "choice", (0, 25, 50, 75, 100)),
    Knob("offices", "term_months", "number", most=MONTHS_MAX),
    Knob("witnesses", "number", "number", most=SEATS_MAX, least=1),
    Knob("late", "words", "words", most=300),
    Knob("leaving", "words", "words", most=300),
    Knob("check_in", "hour", "number", most=HOUR_MAX),
    Knob("digest", "hour", "number", most=HOUR_MAX),
    Knob("digest", "is_pinned", "choice", (False, True)),
    Knob("joining", "words", "words", most=300),
    Knob("offices", "way", "choice", ("word", "election")),
    Knob("offices", "facilitators", "number", most=SEATS_MAX, least=1),
    Knob("offices", "treasurers", "number", most=SEATS_MAX, least=1),
    Knob("offices", "record_keepers", "number", most=SEATS_MAX, least=1),
    Knob("offices", "representatives", "number", most=SEATS_MAX, least=1),
    Knob("late", "fine_minor", "amount", (0,)),
    Knob("loans", "", "choice", (None, {})),
    Knob("loans", "times_savings", "number", most=LOAN_TIMES_MAX, least=1),
    Knob("loans", "months", "number", most=MONTHS_MAX, least=1),
    Knob("loans", "charge", "choice", (0, 50, 100, 200, 300, 500, 1000)),
    Knob("social_fund", "", "choice", (None, {})),
    Knob("social_fund", "words", "words", most=300),
    Knob("social_fund", "most_minor", "amount", (0,)),
    Knob("social_fund", "end", "choice", ("kept", "shared")),
    Knob(
        "share_out",
        "way",
        "choice",
        ("by_savings", "equal_income", "interest_to_payer", "bracket"),
    ),
    Knob("share_out", "month", "choice", tuple(range(13))),
    Knob("leaving", "savings", "choice", ("returned", "at_share_out")),
    Knob("meetings", "every", "choice", get_args(MeetingEvery)),
    Knob("meetings", "weekday", "choice", (1, 2, 3, 4, 5, 6, 7)),
    Knob("meetings", "week", "choice", (1, 2, 3, 4, 5)),
    Knob("meetings", "day", "number", most=DAY_MAX, least=1),
    Knob("meetings", "hour", "number", most=HOUR_MAX),
    Knob("meetings", "place", "words", most=PLACE_MAX),
    Knob("meetings", "question", "words", most=ROUND_MAX),
    Knob("meetings", "counts_speakers", "choice", (False, True)),
    Knob("meetings", "planners", "choice", get_args(MeetingPlanners)),
    Knob("digest", "tells_answers", "choice", (True, False)),
    Knob("digest", "tells_fund", "choice", (True, False)),
    Knob("digest", "tells_help", "choice", (True, False)),
    Knob("digest", "tells_thanks", "choice", (True, False)),
    Knob("digest", "tells_joined", "choice", (True, False)),
    Knob("privacy", "keep_months", "choice", (0, 12, 24, 36, 60)),
    Knob("digest", "has_pulse", "choice", (False, True)),
    Knob("digest", "pulse_weekday", "choice", (1, 2, 3, 4, 5, 6, 7)),
    Knob("digest", "pulse_hour", "number", most=HOUR_MAX),
)


def knobs_of(agreement: Agreement) -> dict[str, list[tuple[int, int]]]:
    """Return what can be changed now, by part: the places of its knobs, each with a plan's number.

    Other parts have no plans: 0. Where no plan is there, the first begins with its amount; an
    amount is one of money, and of a plan that has one; a day is one of the month. Of what is not
    agreed on (loans), only whether it shall be.
    """
    plans = [one for one in agreement.plans if not one.rests]
    found: dict[str, list[tuple[int, int]]] = {}
    for place, knob in enumerate(KNOBS):
        if knob.part != PLANS:
            is_there = getattr(agreement, knob.part) is not None
            numbers = [0] if is_there or not knob.field else []
        elif knob.field == "day":
            numbers = [one.number for one in plans if one.every == "month"]
        elif knob.kind != "amount":
            numbers = [one.number for one in plans]
        else:
            numbers = [one.number for one in plans if one.kind != "open" and not one.is_in_kind]
            numbers = numbers or ([] if agreement.plans else [1])
        for number in numbers:
            found.setdefault(knob.part, []).append((place, number))
    return found


def read_value(knob: Knob, text: str, currency: Currency) -> Any:  # noqa: ANN401 - as a document writes it
    """Return the value somebody wrote. Bounds are the agreement's own.

    Raises AmountRefusal, NumberNotUnderstood, NumberOutOfBounds, WordsMissing, WordsTooLong.
    """
    if knob.kind == "amount":
        return parse_amount(text, currency)
    if knob.kind == "words":
        return own_words(text, knob.most)
    bare = text.strip()
    if not bare.isdecimal() or len(bare) > 4:  # noqa: PLR2004 - no day, hour or month is longer
        raise NumberNotUnderstood(example="5")
    number = int(bare)
    if not knob.least <= number <= knob.most:
        raise NumberOutOfBounds(least=knob.least, most=knob.most)
    return number
