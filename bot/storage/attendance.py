"""Who says that they come to a meeting, and who was there."""

from bot.storage.database import Reading, Transaction


def answer(at: Transaction, meeting_id: int, member_id: int, *, comes: bool) -> None:
    """Keep whether a member comes; said again, it is changed."""
    at.run(
        "INSERT INTO meeting_answers VALUES (:meeting, :member, :comes)"
        " ON CONFLICT (meeting_id, member_id) DO UPDATE SET comes = excluded.comes",
        meeting=meeting_id,
        member=member_id,
        comes=comes,
    )


def answers(at: Reading, meeting_id: int) -> dict[int, bool]:
    """Return who said that they come (True), or cannot, by member."""
    rows = at.all(
        "SELECT member_id, comes FROM meeting_answers WHERE meeting_id = :id", id=meeting_id
    )
    return {row["member_id"]: bool(row["comes"]) for row in rows}


def forget_answers(at: Transaction, meeting_id: int) -> None:
    """Forget what was said of a day that is not any more."""
    at.run("DELETE FROM meeting_answers WHERE meeting_id = :id", id=meeting_id)


def member_left(at: Transaction, member_id: int) -> None:
    """Forget where somebody said to come who left; where they were stays counted."""
    at.run(
        "DELETE FROM meeting_answers WHERE member_id = :member"
        " AND (SELECT state FROM meetings WHERE id = meeting_id) = 'planned'",
        member=member_id,
    )


def add(at: Transaction, meeting_id: int, member_id: int, said_by: int) -> None:
    """Note that a member was at a meeting; said twice, it is once."""
    at.run(
        "INSERT INTO attendance VALUES (:meeting, :member, :by) ON CONFLICT DO NOTHING",
        meeting=meeting_id,
        member=member_id,
        by=said_by,
    )


def remove(at: Transaction, meeting_id: int, member_id: int) -> None:
    """Note that a member was not at a meeting after all."""
    at.run(
        "DELETE FROM attendance WHERE meeting_id = :meeting AND member_id = :member",
        meeting=meeting_id,
        member=member_id,
    )


def of_meeting(at: Reading, meeting_id: int) -> set[int]:
    """Return who was at a meeting."""
    rows = at.all("SELECT member_id FROM attendance WHERE meeting_id = :id", id=meeting_id)
    return {row["member_id"] for row in rows}
