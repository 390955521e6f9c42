"""The minutes of meetings: notes, photos, voice notes, each sealed with the key of who made it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.domain.calendar import parse_utc
from bot.domain.meetings import NoteKind
from bot.storage.database import Reading, Row, Transaction


@dataclass(frozen=True, slots=True)
class Note:
    """One note: words, or the id of a file at Telegram with a caption.

    `content` is None once it was forgotten.
    """

    id: int
    meeting_id: int
    member_id: int
    kind: NoteKind
    content: str | None
    caption: str | None
    said_at: datetime


_SELECT: Final = "SELECT minutes.*, person_id FROM minutes JOIN members ON members.id = member_id"


def add(
    at: Transaction,
    meeting_id: int,
    *,
    member_id: int,
    person_id: int,
    kind: NoteKind,
    content: str,
    caption: str = "",
) -> int:
    """Keep a note and return its id."""
    return at.insert(
        "INSERT INTO minutes (meeting_id, member_id, kind, content, caption, said_at)"
        " VALUES (:meeting, :member, :kind, :content, :caption, :now)",
        meeting=meeting_id,
        member=member_id,
        kind=kind,
        content=at.seal_for(person_id, content),
        caption=at.seal_for(person_id, caption) if caption else None,
        now=at.now_text,
    )


def find(at: Reading, note_id: int) -> Note | None:
    """Return a note."""
    row = at.one(f"{_SELECT} WHERE minutes.id = :id", id=note_id)
    return None if row is None else _note(at, row)


def of_meeting(at: Reading, meeting_id: int) -> list[Note]:
    """Return the notes of a meeting that can be read, in the order they were made."""
    rows = at.all(f"{_SELECT} WHERE meeting_id = :id ORDER BY minutes.id", id=meeting_id)
    found = [_note(at, row) for row in rows]
    return [one for one in found if one.content is not None]


def remove(at: Transaction, note_id: int) -> None:
    """Take a note away, words and all."""
    at.run("DELETE FROM minutes WHERE id = :id", id=note_id)


def _note(at: Reading, row: Row) -> Note:
    return Note(
        id=row["id"],
        meeting_id=row["meeting_id"],
        member_id=row["member_id"],
        kind=row["kind"],
        content=at.open_for(row["person_id"], row["content"]),
        caption=at.open_for(row["person_id"], row["caption"]),
        said_at=parse_utc(row["said_at"]),
    )
