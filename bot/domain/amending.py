"""What of an agreement a proposal can change with one value: each with how the value is said."""

from dataclasses import dataclass
from typing import Any, Final, Literal

from bot.domain.agreement import Agreement
from bot.domain.goals import NumberNotUnderstood, own_words
from bot.domain.money import Currency, parse_amount

Kind = Literal["amount", "number", "words", "choice"]


@dataclass(frozen=True)
class Knob:
    """One thing that can be changed: a part, its field ("": the part itself), how it is said."""

    part: str
    field: str
    kind: Kind
    options: tuple[Any, ...] = ()
    most: int = 0  # letters of words

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
    Knob(PLANS, "day", "number"),
    Knob(PLANS, "grace_days", "number"),
    Knob(PLANS, "how_to_pay", "words", most=300),
    Knob("check_in", "day", "number"),
    Knob("check_in", "open_days", "number"),
    Knob("digest", "day", "number"),
    Knob("quiet", "from_hour", "number"),
    Knob("quiet", "until_hour", "number"),
    Knob("name", "", "words", most=64),
    Knob("purpose", "", "words", most=300),
    Knob("joining", "way", "choice", ("open", "decision")),
    Knob("decisions", "method", "choice", _METHODS),
    Knob("decisions", "voters", "choice", ("member", "household")),
    Knob("decisions", "is_secret", "choice", (False, True)),
    Knob("decisions", "quorum", "choice", (0, 25, 50, 75, 100)),
    Knob("decisions", "days", "number"),
    Knob("decisions", "talk_days", "number"),
    Knob("amendments", "method", "choice", _METHODS),
    Knob("amendments", "quorum", "choice", (0, 25, 50, 75, 100)),
    Knob("offices", "term_months", "number"),
    Knob("witnesses", "number", "number"),
    Knob("late", "words", "words", most=300),
    Knob("leaving", "words", "words", most=300),
)


def knobs_of(agreement: Agreement) -> dict[str, list[tuple[int, int]]]:
    """Return what can be changed now, by part: the places of its knobs, each with a plan's number.

    Other parts have no plans: 0. Where no plan is there, the first begins with its amount; an
    amount is one of money, and of a plan that has one.
    """
    plans = [one for one in agreement.plans if not one.rests]
    found: dict[str, list[tuple[int, int]]] = {}
    for place, knob in enumerate(KNOBS):
        if knob.part != PLANS:
            numbers = [0]
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

    Raises AmountRefusal, NumberNotUnderstood, WordsMissing, WordsTooLong.
    """
    if knob.kind == "amount":
        return parse_amount(text, currency)
    if knob.kind == "words":
        return own_words(text, knob.most)
    bare = text.strip()
    if not bare.isdecimal() or len(bare) > 4:  # noqa: PLR2004 - no day, hour or month is longer
        raise NumberNotUnderstood(example="5")
    return int(bare)
