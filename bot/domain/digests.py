"""The monthly digest: what it covers, and what it says of the facts. All of it pure.

Other practices hand in their part as one of these objects, or None where they have nothing to say.
"""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class CheckInFacts:
    """The round that closed in the span: its local month (as in "2026-03"), how many took part."""

    month: str
    done: int
    of: int


class MonthEnd(NamedTuple):
    """What was in the fund when a local month (as in "2026-03") ended, or so far; minor units."""

    month: str
    balance_minor: int


@dataclass(frozen=True)
class FundFacts:
    """The fund at the end of the span. Amounts are minor units of `currency`.

    `before_minor` is the balance when the span began. `month_ends` goes from the oldest month to
    the span's own, whose balance is `balance_minor`. `paid` of `of` households have given the
    span's contribution, witnessed; `of` is 0 where none was due. `code` is the short form of the
    head of the book's chain.
    """

    currency: str
    balance_minor: int
    before_minor: int
    month_ends: tuple[MonthEnd, ...] = ()
    paid: int = 0
    of: int = 0
    code: str = ""
