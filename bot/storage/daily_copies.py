"""The daily copies: wanted once a day, made outside any transaction, noted when they are there."""

from datetime import timedelta
from typing import Final

from bot.domain.calendar import utc_text
from bot.storage.database import Reading, Row, Transaction

TRY_AGAIN: Final = timedelta(hours=1)
TRIES_MAX: Final = 12
KEPT: Final = timedelta(days=400)


def want(at: Transaction, occurrence: str) -> None:
    """Note that a copy is wanted for an instant; an older one that still waits is given up."""
    at.run("UPDATE backups SET state = 'failed' WHERE state = 'wanted'")
    at.run(
        "INSERT INTO backups (occurrence, state) VALUES (:occurrence, 'wanted')"
        " ON CONFLICT (occurrence) DO NOTHING",
        occurrence=occurrence,
    )


def wanted(at: Reading) -> str | None:
    """Return the instant for which a copy is wanted now; one that failed waits an hour."""
    row = at.one("SELECT occurrence, tried_at FROM backups WHERE state = 'wanted'")
    if row is None or (row["tried_at"] or "") > utc_text(at.now - TRY_AGAIN):
        return None
    occurrence: str = row["occurrence"]
    return occurrence


def made(at: Transaction, occurrence: str) -> None:
    """Note that a copy is there."""
    at.run(
        "UPDATE backups SET state = 'made', tried_at = :now, problem = NULL"
        " WHERE occurrence = :occurrence",
        now=at.now_text,
        occurrence=occurrence,
    )


def failed(at: Transaction, occurrence: str, problem: str) -> None:
    """Note why a copy could not be made; after some tries it is given up."""
    at.run(
        "UPDATE backups SET tried_at = :now, tries = tries + 1, problem = :problem,"
        " state = CASE WHEN tries + 1 < :most THEN 'wanted' ELSE 'failed' END"
        " WHERE occurrence = :occurrence",
        now=at.now_text,
        problem=problem,
        most=TRIES_MAX,
        occurrence=occurrence,
    )


def newest(at: Reading) -> Row | None:
    """Return what is noted of the newest one that was due."""
    return at.one("SELECT * FROM backups WHERE occurrence = (SELECT max(occurrence) FROM backups)")


def forget_old(at: Transaction) -> None:
    """Forget what was noted of copies of more than a year ago."""
    at.run("DELETE FROM backups WHERE occurrence < :before", before=utc_text(at.now - KEPT))
