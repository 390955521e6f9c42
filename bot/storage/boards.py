"""The group's boards: one a day on which something is due, with the periods that stand on it."""

import json
from collections.abc import Sequence

from bot.storage.database import Reading, Transaction


def of_day(at: Transaction, group_id: int, day: str) -> int:
    """Return the id of the board of a local day (ISO), begun where there is none."""
    known: int | None = at.value(
        "SELECT id FROM contribution_boards WHERE group_id = :group AND day = :day",
        group=group_id,
        day=day,
    )
    if known is not None:
        return known
    return at.insert(
        "INSERT INTO contribution_boards (group_id, day) VALUES (:group, :day)",
        group=group_id,
        day=day,
    )


def add(at: Transaction, board_id: int, plan: int, purse: str, period: str) -> None:
    """Put a plan's period on a board; twice is once."""
    at.run(
        "INSERT INTO contribution_board_periods VALUES (:board, :plan, :purse, :period)"
        " ON CONFLICT DO NOTHING",
        board=board_id,
        plan=plan,
        purse=purse,
        period=period,
    )


def periods_on(at: Reading, board_id: int) -> list[tuple[int, str]]:
    """Return the plans (by number) and their periods that stand on a board."""
    return [
        (row["plan"], row["period"])
        for row in at.all(
            "SELECT plan, period FROM contribution_board_periods WHERE board_id = :board"
            " ORDER BY plan, period",
            board=board_id,
        )
    ]


def newest(at: Reading, group_id: int) -> int | None:
    """Return the id of a group's newest board, if it has any."""
    found: int | None = at.value(
        "SELECT id FROM contribution_boards WHERE group_id = :group ORDER BY day DESC LIMIT 1",
        group=group_id,
    )
    return found


def before(at: Reading, board_id: int) -> list[int]:
    """Return the boards that a board follows: the last one of each of its plans."""
    return [
        row["board_id"]
        for row in at.all(
            "SELECT max(earlier.board_id) AS board_id FROM contribution_board_periods AS mine"
            " JOIN contribution_boards AS this ON this.id = mine.board_id"
            " JOIN contribution_boards AS other ON other.group_id = this.group_id"
            "  AND other.day < this.day"
            " JOIN contribution_board_periods AS earlier ON earlier.board_id = other.id"
            "  AND earlier.plan = mine.plan"
            " WHERE mine.board_id = :board GROUP BY mine.plan",
            board=board_id,
        )
    ]


def with_periods(at: Reading, group_id: int, purse: str, periods: Sequence[str]) -> list[int]:
    """Return the boards of a group on which a purse's periods stand."""
    return [
        row["id"]
        for row in at.all(
            "SELECT DISTINCT id FROM contribution_boards"
            " JOIN contribution_board_periods ON board_id = id"
            " WHERE group_id = :group AND purse = :purse"
            " AND period IN (SELECT value FROM json_each(:periods))",
            group=group_id,
            purse=purse,
            periods=json.dumps(periods),
        )
    ]
