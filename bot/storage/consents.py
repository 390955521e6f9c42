"""What members said they take part in: rows are added, the last one of a practice holds."""

from bot.domain.consents import Practice
from bot.storage.database import Transaction


def add(at: Transaction, member_id: int, practice: Practice, *, given: bool) -> None:
    """Keep what a member says of a practice from now on."""
    at.insert(
        "INSERT INTO consents (member_id, practice, given, said_at)"
        " VALUES (:member, :practice, :given, :now)",
        member=member_id,
        practice=practice,
        given=given,
        now=at.now_text,
    )
