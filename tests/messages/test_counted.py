"""Amounts of whatever a book counts, as people write them."""

from dataclasses import dataclass

import pytest

from bot.rendering.messages import counted


@dataclass
class Kind:
    code: str
    scale: int
    unit: str | None = None


@pytest.mark.parametrize(
    ("amount", "what", "language", "words"),
    [
        (150_000, Kind("KES", 2), "en", "KES\u00a01,500.00"),
        (1500, Kind("RWF", 0), "en", "RWF\u00a01,500"),
        (150_000, Kind("KES", 2), "es", "KES\u00a01.500,00"),
        (120, Kind("SEED", 0, "kg of seed"), "en", "120\u00a0\u2068kg of seed\u2069"),
        (1250, Kind("SEED", 2, "kg de <maíz>"), "es", "12,5\u00a0\u2068kg de <maíz>\u2069"),
        (7, Kind("HOURS", 0), "en", "7\u00a0HOURS"),
        (0, Kind("HOURS", 1, "h"), "en", "0\u00a0\u2068h\u2069"),
    ],
)
def test_an_amount_is_written_with_what_it_counts(
    amount: int, what: Kind, language: str, words: str
) -> None:
    assert counted(amount, what, language) == words
