"""Who is awaited where something is given by households, and who moved from one into another."""

from datetime import datetime

from bot.domain.calendar import parse_utc
from bot.storage import members
from bot.storage.database import Reading


def awaited_of(at: Reading, group_id: int) -> set[int]:
    """Return the households of a group that have a member of whom contributions are asked now."""
    found = members.of_group(at, group_id)
    return {one.household_id for one in found if one.is_asked("contributions")}


def moves_to(at: Reading, household_id: int) -> list[tuple[int, datetime]]:
    """Return the households whose members moved out into this one, and when (UTC) each did.

    Only of those who are in it now, and by their last move; a household that nobody is left in is
    not among them: it came along (`storage.contributions.grew_from`).
    """
    return [
        (row["left_id"], parse_utc(row["moved_at"]))
        for row in at.all(
            "SELECT left_id, moved_at FROM members JOIN household_moves AS moves ON moves.id ="
            " (SELECT max(id) FROM household_moves WHERE member_id = members.id)"
            " WHERE household_id = :household AND state = 'member' AND joined_id = :household"
            " AND EXISTS (SELECT 1 FROM members AS still WHERE still.household_id = left_id"
            " AND still.state = 'member')",
            household=household_id,
        )
    ]
