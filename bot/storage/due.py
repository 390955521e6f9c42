"""What is due when. Everything time starts is a row, one an occurrence."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.domain.calendar import parse_utc, utc_text
from bot.storage.database import Reading, Transaction

KEPT_AFTER_DONE: Final = timedelta(days=400)  # an occurrence key is remembered for over a year


@dataclass(frozen=True)
class Due:
    """One occurrence of something that time starts."""

    id: int
    kind: str
    subject: int
    occurrence: str
    due_at: datetime
    late_at: datetime | None
    attempts: int


def add(
    at: Transaction,
    kind: str,
    subject: int,
    occurrence: str,
    due_at: datetime,
    *,
    late: timedelta | None = None,
) -> None:
    """Note that `kind` is due for `subject`; the same occurrence twice is one.

    `late`: how long after `due_at` it is still worth doing; None is for ever.
    """
    at.run(
        "INSERT INTO due (kind, subject, occurrence, due_at, late_at)"
        " VALUES (:kind, :subject, :occurrence, :due, :late)"
        " ON CONFLICT (kind, subject, occurrence) DO UPDATE SET due_at = excluded.due_at,"
        " late_at = excluded.late_at, state = 'waiting'"
        " WHERE state IN ('waiting', 'cancelled')",
        kind=kind,
        subject=subject,
        occurrence=occurrence,
        due=utc_text(due_at),
        late=None if late is None else utc_text(due_at + late),
    )


def cancel(at: Transaction, kind: str, subject: int) -> None:
    """Take back every waiting occurrence of `kind` for `subject`."""
    at.run(
        "UPDATE due SET state = 'cancelled'"
        " WHERE kind = :kind AND subject = :subject AND state = 'waiting'",
        kind=kind,
        subject=subject,
    )


def now_due(at: Reading, most: int) -> list[Due]:
    """Return what is due by now, the oldest first, at most `most`."""
    return [
        Due(
            id=row["id"],
            kind=row["kind"],
            subject=row["subject"],
            occurrence=row["occurrence"],
            due_at=parse_utc(row["due_at"]),
            late_at=None if row["late_at"] is None else parse_utc(row["late_at"]),
            attempts=row["attempts"],
        )
        for row in at.all(
            "SELECT * FROM due WHERE state = 'waiting' AND due_at <= :now"
            " ORDER BY due_at, id LIMIT :most",
            now=at.now_text,
            most=most,
        )
    ]


def next_at(at: Reading) -> datetime | None:
    """Return the instant at which the next thing is due, if anything waits."""
    earliest = at.value("SELECT min(due_at) FROM due WHERE state = 'waiting'")
    return None if earliest is None else parse_utc(earliest)


def waiting_at(at: Reading, kind: str, subject: int) -> datetime | None:
    """Return when `kind` is next due for `subject`, if it waits."""
    earliest = at.value(
        "SELECT min(due_at) FROM due"
        " WHERE kind = :kind AND subject = :subject AND state = 'waiting'",
        kind=kind,
        subject=subject,
    )
    return None if earliest is None else parse_utc(earliest)


def waiting_occurrence(at: Reading, kind: str, subject: int) -> str | None:
    """Return the occurrence of `kind` that is next due for `subject`, if one waits."""
    occurrence: str | None = at.value(
        "SELECT occurrence FROM due"
        " WHERE kind = :kind AND subject = :subject AND state = 'waiting' ORDER BY due_at LIMIT 1",
        kind=kind,
        subject=subject,
    )
    return occurrence


def finish(at: Transaction, due_id: int, *, dropped: bool = False) -> None:
    """Note that an occurrence was done, or dropped as too late."""
    at.run(
        "UPDATE due SET state = :state WHERE id = :id AND state = 'waiting'",
        state="dropped" if dropped else "done",
        id=due_id,
    )


def put_off(at: Transaction, due: Due, until: datetime) -> None:
    """Try an occurrence that failed again later."""
    at.run(
        "UPDATE due SET due_at = :until, attempts = attempts + 1 WHERE id = :id",
        until=utc_text(until),
        id=due.id,
    )


def forget_old(at: Transaction) -> None:
    """Forget occurrences of more than a year ago."""
    at.run(
        "DELETE FROM due WHERE state != 'waiting' AND due_at < :before",
        before=utc_text(at.now - KEPT_AFTER_DONE),
    )
