"""Which pictures stand in private chats: the newest of each kind and subject in each chat."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.calendar import parse_utc
from bot.storage.database import Reading, Row, Transaction


@dataclass(frozen=True)
class Standing:
    """A picture in a chat; `as_of` is the round up to which it shows, where it is of rounds."""

    id: int
    kind: str
    subject: int
    as_of: int | None
    chat_id: int
    message_id: int | None
    shown_at: datetime


def add(at: Transaction, kind: str, subject: int, chat_id: int, *, as_of: int | None) -> int:
    """Note that a picture is on its way, in place of the one before; return its id."""
    at.run(
        "DELETE FROM pictures_shown WHERE kind = :kind AND subject = :subject AND chat_id = :chat",
        kind=kind,
        subject=subject,
        chat=chat_id,
    )
    return at.insert(
        "INSERT INTO pictures_shown (kind, subject, as_of, chat_id, shown_at)"
        " VALUES (:kind, :subject, :as_of, :chat, :now)",
        kind=kind,
        subject=subject,
        as_of=as_of,
        chat=chat_id,
        now=at.now_text,
    )


def arrived(at: Transaction, picture_id: int, message_id: int) -> None:
    """Note in which message a picture stands."""
    at.run(
        "UPDATE pictures_shown SET message_id = :message WHERE id = :id",
        message=message_id,
        id=picture_id,
    )


def standing(at: Reading, kind: str, subject: int) -> list[Standing]:
    """Return where a picture stands, in every chat."""
    return [
        _standing(row)
        for row in at.all(
            "SELECT * FROM pictures_shown WHERE kind = :kind AND subject = :subject ORDER BY id",
            kind=kind,
            subject=subject,
        )
    ]


def remove(at: Transaction, picture_id: int) -> None:
    """Note that a picture stands no more."""
    at.run("DELETE FROM pictures_shown WHERE id = :id", id=picture_id)


def _standing(row: Row) -> Standing:
    return Standing(
        id=row["id"],
        kind=row["kind"],
        subject=row["subject"],
        as_of=row["as_of"],
        chat_id=row["chat_id"],
        message_id=row["message_id"],
        shown_at=parse_utc(row["shown_at"]),
    )
