"""What was made of many members' answers when a round closed, and who was counted: no answers."""

import json

from bot.domain.disclosure import Shown, What, as_shown
from bot.storage.database import Reading, Row, Transaction


def add(at: Transaction, round_id: int, shown: Shown) -> None:
    """Keep a figure of a round. Raises IntegrityError where the round has it already."""
    at.run(
        "INSERT INTO figures (round_id, what, band, choice, is_more, counted)"
        " VALUES (:round, :what, :band, :choice, :more, :counted)",
        round=round_id,
        what=shown.figure.what,
        band=shown.figure.band,
        choice=shown.figure.choice,
        more=shown.figure.is_more,
        counted=json.dumps(sorted(shown.counted)),
    )


def of_round(at: Reading, round_id: int) -> list[Shown]:
    """Return the figures of a round that has closed: how many moved first."""
    return [
        _shown(row)
        for row in at.all(
            "SELECT * FROM figures WHERE round_id = :round ORDER BY what DESC", round=round_id
        )
    ]


def last_before(at: Reading, group_id: int, month: str, what: What) -> Shown | None:
    """Return a group's last figure of a kind from a round before that of a month."""
    row = at.one(
        "SELECT figures.* FROM rounds JOIN figures ON round_id = rounds.id AND what = :what"
        " WHERE group_id = :group AND month < :month ORDER BY month DESC LIMIT 1",
        what=what,
        group=group_id,
        month=month,
    )
    return None if row is None else _shown(row)


def _shown(row: Row) -> Shown:
    figure = as_shown(row["what"], row["band"], row["choice"], is_more=bool(row["is_more"]))
    return Shown(figure, frozenset(json.loads(row["counted"])))
