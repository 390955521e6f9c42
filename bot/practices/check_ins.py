"""The monthly check-in."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.storage.database import Reading, Transaction
from bot.storage.outbox import Card

CARDS: dict[str, Callable[[Reading, Card], Mapping[str, Any] | None]] = {}
RESULTS: dict[str, Callable[[Transaction, int, Any], None]] = {}


def plan(at: Transaction, group_id: int) -> None:
    """Plan what comes next in a group, by its agreement; planning twice is planning once."""


def member_joined(at: Transaction, group_id: int, member_id: int) -> None:
    """Ask a new member too, where a round is open."""


def member_left(at: Transaction, group_id: int, member_id: int) -> None:
    """Ask somebody who left no more."""
