"""For how long private answers are kept, as a group agrees. All of it pure.

What is erased is lost for good, so a shorter time waits: nothing is erased by it before members
have had thirty days to take theirs along, or to decide otherwise.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Final

from bot.domain.calendar import add_months, local, to_utc

NOTICE: Final = timedelta(days=30)
FOR_EVER: Final = 0  # until their member has them forgotten


def kept_months(agreed: Iterable[int]) -> int:
    """Return for how many months answers are kept, by what held at any time since the notice.

    The longest of them counts; 0 is for ever.

    >>> kept_months([24, 12]), kept_months([0, 12]), kept_months([12])
    (24, 0, 12)
    """
    months = list(agreed)
    return FOR_EVER if FOR_EVER in months else max(months)


def is_shorter(months: int, before: int) -> bool:
    """Whether answers are kept for less time than before.

    >>> is_shorter(12, 24), is_shorter(24, 12), is_shorter(60, FOR_EVER), is_shorter(FOR_EVER, 12)
    (True, False, True, False)
    """
    return months != FOR_EVER and (before == FOR_EVER or months < before)


def erased_before(now: datetime, months: int, zone: str) -> datetime | None:
    """Return the instant (UTC) before which all is erased: a local midnight. None: nothing is."""
    if months == FOR_EVER:
        return None
    return to_utc(add_months(local(now, zone).date(), -months), time(0), zone)
