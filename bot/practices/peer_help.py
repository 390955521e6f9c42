"""Help between peers: asks, offers, matches."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.storage.database import Reading, Transaction
from bot.storage.outbox import Card

CARDS: dict[str, Callable[[Reading, Card], Mapping[str, Any] | None]] = {}
RESULTS: dict[str, Callable[[Transaction, int, Any], None]] = {}
