"""For how long answers are kept."""

import doctest
from datetime import UTC, datetime

import pytest

from bot.domain import retention
from bot.domain.retention import erased_before


def test_its_worked_numbers_hold() -> None:
    assert doctest.testmod(retention).failed == 0


@pytest.mark.parametrize(
    ("now", "months", "before"),
    [
        ("2027-03-24T15:00Z", 12, "2026-03-23T21:00Z"),  # midnight of the 24th in Nairobi
        ("2028-02-29T09:00Z", 12, "2027-02-27T21:00Z"),  # a short month has no 29th
        ("2026-03-23T22:00Z", 24, "2024-03-23T21:00Z"),  # it is the 24th there already
    ],
)
def test_what_is_older_than_so_many_months_goes_at_midnight(
    now: str, months: int, before: str
) -> None:
    found = erased_before(datetime.fromisoformat(now), months, "Africa/Nairobi")
    assert found == datetime.fromisoformat(before)


def test_for_ever_erases_nothing() -> None:
    assert erased_before(datetime(2027, 3, 24, tzinfo=UTC), 0, "Africa/Nairobi") is None
