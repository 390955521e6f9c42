"""Which messages stand in a private chat and can still be taken away; by number, never by words."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.domain.agreement import OPEN_DAYS_MAX
from bot.domain.calendar import parse_utc, utc_text
from bot.storage.database import Reading, Row, Transaction
from bot.storage.outbox import DELETABLE

#: That somebody hid is known until their month is over and its check-in closed: until then nothing
#: of it is sent to them unasked.
KNOWN_FOR: Final = timedelta(days=31 + OPEN_DAYS_MAX + 3)


@dataclass(frozen=True)
class Hide:
    """Somebody asked to take away what stands in their chat; these messages were tried last."""

    id: int
    chat_id: int
    asked_at: datetime
    message_ids: tuple[int, ...]


def heard(at: Transaction, chat_id: int, message_id: int, sent_at: datetime) -> None:
    """Note that somebody wrote in private; the same message twice is once."""
    at.run(
        "INSERT INTO heard (chat_id, message_id, sent_at) VALUES (:chat, :message, :sent)"
        " ON CONFLICT DO NOTHING",
        chat=chat_id,
        message=message_id,
        sent=utc_text(sent_at),
    )


def standing(at: Reading, chat_id: int, until: datetime, most: int) -> list[int]:
    """Return what was said in a chat by either side up to an instant, the newest first.

    Only what is young enough to be taken away, as far as the bot knows.
    """
    return [
        row["message_id"]
        for row in at.all(
            "SELECT message_id FROM heard WHERE chat_id = :chat AND sent_at > :since"
            " UNION SELECT message_id FROM outbox WHERE finished_at > :since AND chat_id = :chat"
            " AND created_at <= :until AND message_id IS NOT NULL"
            " AND edits IS NULL AND card_id IS NULL"
            " UNION SELECT message_id FROM cards WHERE chat_id = :chat AND message_id IS NOT NULL"
            " AND posted_at > :since AND posted_at <= :until"
            " ORDER BY message_id DESC LIMIT :most",
            chat=chat_id,
            since=utc_text(at.now - DELETABLE),
            until=utc_text(until),
            most=most,
        )
    ]


def add(at: Transaction, chat_id: int, message_ids: Sequence[int]) -> Hide:
    """Note that somebody asked just now, and what is tried to be taken away."""
    hide_id = at.insert(
        "INSERT INTO hides (chat_id, asked_at, message_ids) VALUES (:chat, :now, :messages)",
        chat=chat_id,
        now=at.now_text,
        messages=json.dumps(list(message_ids)),
    )
    found = by_id(at, hide_id)
    assert found is not None
    return found


def by_id(at: Reading, hide_id: int) -> Hide | None:
    """Return it, if there is one of this id."""
    row = at.one("SELECT * FROM hides WHERE id = :id", id=hide_id)
    return None if row is None else _hide(row)


def hidden_at(at: Reading, person_id: int) -> datetime | None:
    """Return when somebody last asked, in these days."""
    found = at.value(
        "SELECT max(asked_at) FROM hides JOIN chats ON chats.id = chat_id"
        " WHERE person_id = :person",
        person=person_id,
    )
    return None if found is None else parse_utc(found)


def try_more(at: Transaction, hide: Hide, message_ids: Sequence[int]) -> None:
    """Note what is tried next."""
    at.run(
        "UPDATE hides SET message_ids = :messages WHERE id = :id",
        messages=json.dumps(list(message_ids)),
        id=hide.id,
    )


def are_gone(at: Transaction, hide: Hide) -> None:
    """Note that what was tried last stands no more; a card among it is posted anew on a change."""
    facts = {"chat": hide.chat_id, "messages": json.dumps(hide.message_ids)}
    among = "chat_id = :chat AND message_id IN (SELECT value FROM json_each(:messages))"
    at.run(f"DELETE FROM heard WHERE {among}", **facts)  # noqa: S608 - our own words
    for table, change in (
        ("outbox", "message_id = NULL"),
        ("cards", "message_id = NULL, shown = NULL"),
    ):
        at.run(f"UPDATE {table} SET {change} WHERE {among}", **facts)  # noqa: S608 - our own words


def was_refused(at: Reading, hide: Hide, result: str) -> bool:
    """Whether Telegram refused to take any of it away."""
    found = at.one(
        "SELECT 1 FROM outbox WHERE finished_at >= :since AND chat_id = :chat"
        " AND result = :result AND subject = :id AND state = 'failed'",
        since=utc_text(hide.asked_at),
        chat=hide.chat_id,
        result=result,
        id=hide.id,
    )
    return found is not None


def close_questions(at: Transaction, person_id: int, chat_id: int) -> None:
    """Close whatever somebody was asked in a chat: what is written next answers none of it."""
    at.run(
        "DELETE FROM questions WHERE person_id = :person AND chat_id = :chat",
        person=person_id,
        chat=chat_id,
    )


def forget_old(at: Transaction) -> None:
    """Forget what is too old to be taken away, and in time that it was."""
    at.run("DELETE FROM heard WHERE sent_at < :before", before=utc_text(at.now - DELETABLE))
    at.run("DELETE FROM hides WHERE asked_at < :before", before=utc_text(at.now - KNOWN_FOR))


def _hide(row: Row) -> Hide:
    return Hide(
        id=row["id"],
        chat_id=row["chat_id"],
        asked_at=parse_utc(row["asked_at"]),
        message_ids=tuple(json.loads(row["message_ids"])),
    )
