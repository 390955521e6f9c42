"""Quantities in kind as people type them: 12, 2.5, "30 kg". Whole numbers of hundredths of a unit.

Words beside the number are passed over, because units have as many names as villages; what was
understood is repeated back before it counts.
"""

import re
from typing import Final

from bot.domain.errors import Refusal
from bot.domain.money import AmountRefusal, Currency, parse_amount
from bot.domain.plans import UNIT_SCALE

QUANTITY_MAX: Final = 10**9  # units: beyond it lies a slip of the finger
_NO_CURRENCY: Final = Currency("", UNIT_SCALE)
_WORDS: Final = re.compile(r"[^\W\d_]+\.?")
#: "2,500" is two and a half for some, two thousand five hundred for others.
_TWO_READINGS: Final = re.compile(r"[^\d]*\d{1,3}[.,٫٬]\d{3}[^\d]*")
_THOUSANDS: Final = frozenset({"k", "m", "mil", "mille", "thousand", "elfu"})


class QuantityNotUnderstood(Refusal):
    """The text is no number of anything, or may be two. Facts: example (digits)."""


def parse_quantity(text: str) -> int:
    """Return how much somebody says, in hundredths of whatever is counted.

    Raises QuantityNotUnderstood for whatever is no number, not above nothing, or far too much.

    >>> parse_quantity("2,5 kg")
    250
    """
    words = {one.strip(".").casefold() for one in _WORDS.findall(text)}
    number = _WORDS.sub(lambda found: " " if found[0].strip(".").isalpha() else found[0], text)
    if words & _THOUSANDS or _TWO_READINGS.fullmatch(number.strip()):
        raise QuantityNotUnderstood(example="2.5")
    try:
        found = parse_amount(number.strip(), _NO_CURRENCY)
    except AmountRefusal:
        raise QuantityNotUnderstood(example="2.5") from None
    if found > QUANTITY_MAX * 10**UNIT_SCALE:
        raise QuantityNotUnderstood(example="2.5")
    return found
