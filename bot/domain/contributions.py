"""Contributions: what a payment covers, and what became of a claim.

A household counts once, however many members it has. What it pays covers the period it is said
for; what is over counts ahead, period by period.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from bot.domain.agreement import Agreement
from bot.domain.errors import Refusal
from bot.domain.periods import next_key
from bot.domain.plans import Contribution, Every

AHEAD_MAX: Final = 24  # periods a payment may reach ahead: beyond lies a slip of the finger
STAMPS_A_ROW: Final = 5
STAMP_ROWS_MAX: Final = 5
STAMP, NO_STAMP = "▣", "▢"
REASON_MAX: Final = 300

State = Literal["said", "disputed", "withdrawn", "booked"]
What = Literal["confirmed", "disputed", "settled", "withdrawn"]


class NoContributions(Refusal):
    """The group has not agreed on a contribution (or is not set up, or the bot was removed)."""


class AlreadySaid(Refusal):
    """The household's contribution for the period is paid, or said and waiting."""


class AmountFarAhead(Refusal):
    """More than two years of contributions at once. Facts: most_minor, counted (its commodity)."""


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
class Event:
    """Something that happened to a claim, and by whom (a member's id)."""

    what: What
    member_id: int


def required(agreement: Agreement, number: int | None = None) -> Contribution:
    """Return a plan the group agreed on: by its number, or the first. Raises NoContributions."""
    for plan in agreement.giving:
        if number in {None, plan.number}:
            return plan
    raise NoContributions


def allocate(
    amount_minor: int,
    first: str,
    left_of: Callable[[str], int],
    *,
    every: Every | None = None,
    ahead_max: int = AHEAD_MAX,
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
        key = next_key(key, every=every)
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
    """Return a stamp for each that counts, and empty places up to a whole row of five.

    Of many, the whole rows are counted: "▣▣▣▣▣ × 24 ▣▣▢▢▢".
    """
    if count > STAMPS_A_ROW * STAMP_ROWS_MAX:
        whole, rest = divmod(count, STAMPS_A_ROW)
        card = f"{STAMP * STAMPS_A_ROW} × {whole}"
        return f"{card} {stamps(rest)}" if rest else card
    places = max(STAMPS_A_ROW, -(-count // STAMPS_A_ROW) * STAMPS_A_ROW)
    card = STAMP * count + NO_STAMP * (places - count)
    rows = [card[start : start + STAMPS_A_ROW] for start in range(0, places, STAMPS_A_ROW)]
    return " ".join(rows)


def turns(asked: Sequence[int], eligible: Sequence[int], most: int) -> list[int]:
    """Return whom to ask next: those eligible, in order, who were not asked yet."""
    return [one for one in eligible if one not in set(asked)][:most]
