"""What a person was asked in words and has not yet answered: a conversation is rows, not memory."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.calendar import parse_utc
from bot.storage.database import Reading, Row, Transaction


@dataclass(frozen=True)
class Question:
    """One open question: `kind` says which practice asked, `subject` what it is about."""

    id: int
    person_id: int
    chat_id: int
    kind: str
    subject: int
    facts: Mapping[str, Any]
    message_id: int | None
    again_message_id: int | None
    asked_at: datetime

    def is_asked_in(self, message_id: int) -> bool:
        """Whether this message asks it, for the first time or again."""
        return message_id in {self.message_id, self.again_message_id}


def ask(
    at: Transaction, *, person_id: int, chat_id: int, kind: str, subject: int, **facts: object
) -> int:
    """Note that a question stands open; asking it again makes it the newest. Return its id.

    `facts` are small and never private: numbers and names of steps. No instant, no text of people.
    """
    at.run(
        "DELETE FROM questions WHERE person_id = :person AND kind = :kind AND subject = :subject",
        person=person_id,
        kind=kind,
        subject=subject,
    )
    return at.insert(
        "INSERT INTO questions (person_id, chat_id, kind, subject, facts, asked_at)"
        " VALUES (:person, :chat, :kind, :subject, :facts, :now)",
        person=person_id,
        chat=chat_id,
        kind=kind,
        subject=subject,
        facts=json.dumps(facts, sort_keys=True),
        now=at.now_text,
    )


def asked_in_message(at: Transaction, question_id: int, message_id: int) -> None:
    """Keep which message asked, or asked again, so that a reply to either finds the question."""
    at.run(
        "UPDATE questions SET message_id = coalesce(message_id, :message),"
        " again_message_id = CASE WHEN message_id IS NOT NULL THEN :message END WHERE id = :id",
        message=message_id,
        id=question_id,
    )


def asked_by(at: Reading, chat_id: int, message_id: int) -> bool:
    """Whether a message of ours asks a person something that is still open."""
    return (
        at.one(
            "SELECT 1 FROM questions WHERE chat_id = :chat"
            " AND :message IN (message_id, again_message_id)",
            chat=chat_id,
            message=message_id,
        )
        is not None
    )


def open_in(at: Reading, person_id: int, chat_id: int) -> list[Question]:
    """Return what a person has open in a chat, the newest first."""
    return [
        _question(row)
        for row in at.all(
            "SELECT * FROM questions WHERE person_id = :person AND chat_id = :chat"
            " ORDER BY id DESC",
            person=person_id,
            chat=chat_id,
        )
    ]


def by_id(at: Reading, question_id: int) -> Question | None:
    """Return an open question."""
    row = at.one("SELECT * FROM questions WHERE id = :id", id=question_id)
    return None if row is None else _question(row)


def settle(at: Transaction, person_id: int, kind: str, subject: int | None = None) -> None:
    """Close a person's open questions of a kind (about one subject, or about any)."""
    at.run(
        "DELETE FROM questions WHERE person_id = :person AND kind = :kind"
        " AND (:subject IS NULL OR subject = :subject)",
        person=person_id,
        kind=kind,
        subject=subject,
    )


def _question(row: Row) -> Question:
    return Question(
        id=row["id"],
        person_id=row["person_id"],
        chat_id=row["chat_id"],
        kind=row["kind"],
        subject=row["subject"],
        facts=json.loads(row["facts"]),
        message_id=row["message_id"],
        again_message_id=row["again_message_id"],
        asked_at=parse_utc(row["asked_at"]),
    )
