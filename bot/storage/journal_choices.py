"""What a member turned on for themselves in their check-in: rows are added, the last one holds."""

from bot.storage.database import Reading, Transaction


def chosen(at: Reading, member_id: int) -> frozenset[str]:
    """Return what a member has turned on, by name."""
    return frozenset(
        row["choice"]
        for row in at.all(
            "SELECT choice FROM journal_choices WHERE wanted AND id IN"
            " (SELECT max(id) FROM journal_choices WHERE member_id = :member GROUP BY choice)",
            member=member_id,
        )
    )


def choose(at: Transaction, member_id: int, choice: str, *, wanted: bool) -> None:
    """Keep that a member wants something from now on, or wants it no longer."""
    at.run(
        "INSERT INTO journal_choices (member_id, choice, wanted, since)"
        " VALUES (:member, :choice, :wanted, :now)",
        member=member_id,
        choice=choice,
        wanted=wanted,
        now=at.now_text,
    )
