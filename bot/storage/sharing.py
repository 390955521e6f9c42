"""What members took back of what they had let the group see, after its round had closed."""

from bot.storage.database import Reading, Transaction


def take_back(at: Transaction, check_in_id: int) -> None:
    """Note that nothing of a check-in is shown any more; twice is once."""
    at.run(
        "INSERT INTO shares_taken_back (check_in_id, since) VALUES (:check_in, :now)"
        " ON CONFLICT DO NOTHING",
        check_in=check_in_id,
        now=at.now_text,
    )


def show_again(at: Transaction, check_in_id: int) -> None:
    """Note that what was chosen to be seen is shown after all."""
    at.run("DELETE FROM shares_taken_back WHERE check_in_id = :check_in", check_in=check_in_id)


def is_taken_back(at: Reading, check_in_id: int) -> bool:
    """Whether a member took back what they had let the group see."""
    found = at.one(
        "SELECT 1 FROM shares_taken_back WHERE check_in_id = :check_in", check_in=check_in_id
    )
    return found is not None


def rounds_of(at: Reading, member_id: int) -> list[int]:
    """Return the closed rounds in which a member said what the group may see, in order."""
    return [
        row["round_id"]
        for row in at.all(
            "SELECT DISTINCT round_id FROM check_ins JOIN rounds ON rounds.id = round_id"
            " JOIN check_in_answers ON check_in_id = check_ins.id"
            " WHERE member_id = :member AND question = 'share' AND closed_at IS NOT NULL"
            " ORDER BY round_id",
            member=member_id,
        )
    ]


def last_closed(at: Reading, group_id: int) -> int | None:
    """Return the round of a group that closed last."""
    found: int | None = at.value(
        "SELECT id FROM rounds WHERE group_id = :group AND closed_at IS NOT NULL"
        " ORDER BY month DESC LIMIT 1",
        group=group_id,
    )
    return found
