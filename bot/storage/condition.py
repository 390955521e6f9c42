"""How the bot is doing, as far as the file can tell; for whoever runs it. Numbers only."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.calendar import parse_utc
from bot.storage.database import Reading, Transaction


@dataclass(frozen=True)
class Condition:
    """What waits, and since when; None where nothing does."""

    outbox_waiting: int
    outbox_since: datetime | None
    due_now: int
    due_since: datetime | None
    updates_failed: int
    copied_at: datetime | None


def condition(at: Reading) -> Condition:
    """Look; costs what waits, not what is kept."""
    outbox = at.one(
        "SELECT count(*) AS many, min(created_at) AS since FROM outbox WHERE finished_at IS NULL"
    )
    due = at.one(
        "SELECT count(*) AS many, min(due_at) AS since FROM due"
        " WHERE state = 'waiting' AND due_at <= :now",
        now=at.now_text,
    )
    assert outbox is not None
    assert due is not None
    return Condition(
        outbox_waiting=outbox["many"],
        outbox_since=_instant(outbox["since"]),
        due_now=due["many"],
        due_since=_instant(due["since"]),
        updates_failed=at.value("SELECT count(*) FROM updates_failed"),
        copied_at=_instant(
            at.value("SELECT max(tried_at) FROM backups WHERE state = 'made'"),
        ),
    )


def beat(at: Transaction) -> None:
    """Write something new, durably: whoever can do this can store."""
    at.run(
        "INSERT INTO heartbeat (id, beats) VALUES (1, 1)"
        " ON CONFLICT (id) DO UPDATE SET beats = beats + 1"
    )


def _instant(text: str | None) -> datetime | None:
    return None if text is None else parse_utc(text)
