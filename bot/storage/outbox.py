"""What is to be said: stored with what happened, in the same transaction, and only then sent."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bot.domain.calendar import parse_utc, utc_text
from bot.storage import chats
from bot.storage.database import Reading, Row, Transaction

KEPT_AFTER_SENT: Final = timedelta(days=2)
KEYS_KEPT: Final = timedelta(days=400)

DELETABLE: Final = timedelta(hours=47)  # Telegram says 48: an hour for what waits in the outbox

ANSWER: Final = 0  # urgency: somebody waits for it
UNASKED: Final = 1


@dataclass(frozen=True)
class Card:
    """A message that is edited in place while its subject goes on."""

    id: int
    kind: str
    subject: int
    chat_id: int
    message_id: int | None
    shown: bytes | None
    posted_at: datetime | None


@dataclass(frozen=True)
class Waiting:
    """What the outbox must know of a row to decide whose turn it is."""

    id: int
    chat_id: int
    urgency: int
    is_edit: bool
    next_at: datetime | None
    is_private: bool
    attempts: int


@dataclass(frozen=True)
class Departing:
    """A row that leaves now: what to call, or which card to draw."""

    id: int
    key: str | None
    chat: chats.Chat
    urgency: int
    content: Mapping[str, Any] | None
    card: Card | None
    edits: int | None
    result: str | None
    subject: int | None
    again: bool
    attempts: int
    plain: bool  # its formatting was refused: it leaves without


def queue(
    at: Transaction,
    chat_id: int,
    content: Mapping[str, Any],
    *,
    key: str | None = None,
    urgency: int = ANSWER,
    edits: int | None = None,
    result: str | None = None,
    subject: int | None = None,
    again: bool = True,
    expires_at: datetime | None = None,
) -> bool:
    """Store one call to make: `{"method": …, "params": {…}}`, its chat filled in when it leaves.

    `key`: said once for ever; False where it was said (or waits) already.
    `edits`: the message it edits; of several waiting edits of one message the last one leaves.
    `result`, `subject`: which practice is told what Telegram answered, and about what.
    `again`: whether it is sent again where nobody can know if it arrived.
    """
    sealed = at.key.payloads.close(json.dumps(content))
    if edits is not None:
        at.run(
            "UPDATE outbox SET state = 'dropped', content = NULL, finished_at = :now"
            " WHERE chat_id = :chat AND edits = :edits AND state = 'queued'",
            chat=chat_id,
            edits=edits,
            now=at.now_text,
        )
    return bool(
        at.run(
            "INSERT INTO outbox (key, chat_id, urgency, content, edits, result, subject, again,"
            " state, expires_at, created_at) VALUES (:key, :chat, :urgency, :content, :edits,"
            " :result, :subject, :again, 'queued', :expires, :now) ON CONFLICT (key) DO NOTHING",
            key=key,
            chat=chat_id,
            urgency=urgency,
            content=sealed,
            edits=edits,
            result=result,
            subject=subject,
            again=again,
            expires=None if expires_at is None else utc_text(expires_at),
            now=at.now_text,
        )
    )


def forget_key(at: Transaction, key: str) -> None:
    """Let something be said again, unless it still waits: then it is said once."""
    at.run("UPDATE outbox SET key = NULL WHERE key = :key AND finished_at IS NOT NULL", key=key)


def show_card(
    at: Transaction, kind: str, subject: int, chat_id: int, *, urgency: int = UNASKED
) -> None:
    """Post the card, or bring it up to date: of many calls that wait, one edit leaves."""
    at.run(
        "INSERT INTO cards (kind, subject, chat_id) VALUES (:kind, :subject, :chat)"
        " ON CONFLICT DO NOTHING",
        kind=kind,
        subject=subject,
        chat=chat_id,
    )
    card = card_of(at, kind, subject, chat_id)
    assert card is not None
    at.run(
        "INSERT OR IGNORE INTO outbox (chat_id, urgency, card_id, state, created_at)"
        " VALUES (:chat, :urgency, :card, 'queued', :now)",
        chat=chat_id,
        urgency=urgency,
        card=card.id,
        now=at.now_text,
    )


def update_card(
    at: Transaction, kind: str, subject: int, chat_id: int, *, urgency: int = UNASKED
) -> None:
    """Bring a card up to date that was posted; one that was not is left to whoever posts it."""
    if card_of(at, kind, subject, chat_id) is not None:
        show_card(at, kind, subject, chat_id, urgency=urgency)


def repost_card(
    at: Transaction, kind: str, subject: int, chat_id: int, *, urgency: int = ANSWER
) -> None:
    """Post the card anew at the end of the chat and take the old one away.

    Telegram lets a bot delete its own words for two days; of older ones only the buttons go.
    """
    card = card_of(at, kind, subject, chat_id)
    if card is not None and card.message_id is not None:
        is_old = card.posted_at is not None and at.now - card.posted_at >= DELETABLE
        take_away = strip_call if is_old else delete_call
        queue(at, chat_id, take_away(card.message_id))
        at.run("UPDATE cards SET message_id = NULL, shown = NULL WHERE id = :id", id=card.id)
    show_card(at, kind, subject, chat_id, urgency=urgency)


def strip_call(message_id: int) -> dict[str, Any]:
    """Return the call that takes the buttons off one of our messages."""
    return {"method": "editMessageReplyMarkup", "params": {"message_id": message_id}}


def delete_call(message_id: int) -> dict[str, Any]:
    """Return the call that takes one of our messages away."""
    return {"method": "deleteMessage", "params": {"message_id": message_id}}


def card_of(at: Reading, kind: str, subject: int, chat_id: int) -> Card | None:
    """Return a card, if it was ever asked for."""
    row = at.one(
        "SELECT * FROM cards WHERE kind = :kind AND subject = :subject AND chat_id = :chat",
        kind=kind,
        subject=subject,
        chat=chat_id,
    )
    return None if row is None else _card(row)


def card_in_message(at: Reading, chat_id: int, message_id: int) -> Card | None:
    """Return the card that is shown by a message."""
    row = at.one(
        "SELECT * FROM cards WHERE chat_id = :chat AND message_id = :message",
        chat=chat_id,
        message=message_id,
    )
    return None if row is None else _card(row)


def cards_in(at: Reading, chat_id: int, most: int) -> list[Card]:
    """Return the cards that stand in a chat, the newest messages first."""
    rows = at.all(
        "SELECT * FROM cards WHERE chat_id = :chat AND message_id IS NOT NULL"
        " ORDER BY message_id DESC LIMIT :most",
        chat=chat_id,
        most=most,
    )
    return [_card(row) for row in rows]


def card_is_shown(
    at: Transaction, card_id: int, *, message_id: int | None, shown: bytes | None
) -> None:
    """Note what a card shows now, and in which message (None: it is gone, post it anew)."""
    at.run(
        "UPDATE cards SET shown = :shown, message_id = :message,"
        " posted_at = CASE WHEN :message IS message_id THEN posted_at ELSE :now END WHERE id = :id",
        shown=shown,
        message=message_id,
        id=card_id,
        now=at.now_text,
    )


def recover(at: Transaction) -> None:
    """After a start: what was leaving when the process ended may or may not have arrived.

    What may be sent twice waits again; what may not stays uncertain, for somebody to look at.
    An edit waits again only if no newer edit of the same card or message does.
    """
    # `finished_at IS NULL` is the condition of an index: what was sent is not looked at.
    at.run(
        "UPDATE outbox SET state = 'uncertain', finished_at = :now, content = NULL"
        " WHERE finished_at IS NULL AND state = 'sending' AND again = 0",
        now=at.now_text,
    )
    at.run(
        "UPDATE outbox SET state = 'dropped', finished_at = :now, content = NULL"
        " WHERE finished_at IS NULL AND state = 'sending' AND EXISTS (SELECT 1 FROM outbox AS newer"
        " WHERE newer.finished_at IS NULL AND newer.id > outbox.id"
        " AND (newer.card_id = outbox.card_id"
        " OR (newer.edits = outbox.edits AND newer.chat_id = outbox.chat_id)))",
        now=at.now_text,
    )
    at.run("UPDATE outbox SET state = 'queued' WHERE finished_at IS NULL AND state = 'sending'")


def waiting_after(at: Reading, row_id: int) -> list[Waiting]:
    """Return what waits with an id above `row_id`, in order."""
    return [
        Waiting(
            id=row["id"],
            chat_id=row["chat_id"],
            urgency=row["urgency"],
            is_edit=row["card_id"] is not None or row["edits"] is not None,
            next_at=None if row["next_at"] is None else parse_utc(row["next_at"]),
            is_private=row["kind"] == "private",
            attempts=row["attempts"],
        )
        for row in at.all(
            "SELECT outbox.id, chat_id, urgency, card_id, edits, next_at, attempts, kind"
            " FROM outbox JOIN chats ON chats.id = chat_id WHERE finished_at IS NULL"
            " AND outbox.state = 'queued' AND outbox.id > :id ORDER BY outbox.id",
            id=row_id,
        )
    ]


def depart(at: Transaction, row_id: int) -> Departing | None:
    """Mark a row as leaving and return it; None where it is not to leave any more."""
    row = at.one("SELECT * FROM outbox WHERE id = :id AND state = 'queued'", id=row_id)
    if row is None:
        return None
    if row["expires_at"] is not None and row["expires_at"] <= at.now_text:
        drop(at, row_id, why="expired")
        return None
    chat = chats.by_id(at, row["chat_id"])
    if chat.state != "open":
        fail(at, row_id, error=f"chat {chat.state}")
        return None
    at.run("UPDATE outbox SET state = 'sending', attempts = attempts + 1 WHERE id = :id", id=row_id)
    card = None
    if row["card_id"] is not None:
        card = _card(
            at.connection.execute("SELECT * FROM cards WHERE id = ?", (row["card_id"],)).fetchone()
        )
    return Departing(
        id=row_id,
        key=row["key"],
        chat=chat,
        urgency=row["urgency"],
        content=None
        if row["content"] is None
        else json.loads(at.key.payloads.open(row["content"])),
        card=card,
        edits=row["edits"],
        result=row["result"],
        subject=row["subject"],
        again=bool(row["again"]),
        attempts=row["attempts"] + 1,
        plain=bool(row["plain"]),
    )


def finish(at: Transaction, row_id: int, *, message_id: int | None) -> None:
    """Note that Telegram took it; its content is not kept."""
    _end(at, row_id, "sent", message_id=message_id)


def fail(at: Transaction, row_id: int, *, error: str) -> None:
    """Note that it can never be sent."""
    _end(at, row_id, "failed", error=error)


def drop(at: Transaction, row_id: int, *, why: str) -> None:
    """Note that it is no longer worth sending."""
    _end(at, row_id, "dropped", error=why)


def leave_uncertain(at: Transaction, row_id: int) -> None:
    """Note that nobody can know whether it arrived, and that it must not be sent twice."""
    _end(at, row_id, "uncertain")


def try_again(
    at: Transaction, departed: Departing, next_at: datetime | None, *, counted: bool = True
) -> bool:
    """Let it wait again, at the earliest at `next_at`; False where a newer edit took its place.

    `counted`: whether the attempt counts against it. One that never reached Telegram does not.
    """
    if at.run(
        "UPDATE OR IGNORE outbox SET state = 'queued', next_at = :next, attempts = attempts - :back"
        " WHERE id = :id AND state = 'sending'",
        id=departed.id,
        next=None if next_at is None else utc_text(next_at),
        back=0 if counted else 1,
    ):
        return True
    drop(at, departed.id, why="a newer edit waits")
    return False


def make_plain(at: Transaction, row_id: int) -> None:
    """Note that a row leaves without formatting (after Telegram refused it)."""
    at.run("UPDATE outbox SET plain = 1 WHERE id = :id", id=row_id)


def follow(at: Transaction, *, old_telegram_id: int, new_telegram_id: int) -> None:
    """Follow a group to its supergroup, and have what waits to be said arrive there."""
    moved = chats.migrate(at, old_telegram_id=old_telegram_id, new_telegram_id=new_telegram_id)
    chat = chats.by_telegram_id(at, new_telegram_id)
    if moved and chat is not None:
        _forget_message_ids(at, chat.id)


def _forget_message_ids(at: Transaction, chat_id: int) -> None:
    """Message ids begin anew in a supergroup: an old one may be another message's there.

    What waits to change or delete a message is dropped; what answers one is said all the same.
    """
    rows = at.all(
        "SELECT id, content FROM outbox"
        " WHERE finished_at IS NULL AND chat_id = :chat AND content IS NOT NULL",
        chat=chat_id,
    )
    for row in rows:
        content = json.loads(at.key.payloads.open(row["content"]))
        if "message_id" in content["params"]:
            drop(at, row["id"], why="the group moved")
        elif content["params"].pop("reply_parameters", None) is not None:
            at.run(
                "UPDATE outbox SET content = :content WHERE id = :id",
                content=at.key.payloads.close(json.dumps(content)),
                id=row["id"],
            )


def depth(at: Reading) -> int:
    """Return how many calls wait or are leaving."""
    waiting: int = at.value("SELECT count(*) FROM outbox WHERE finished_at IS NULL")
    return waiting


def unasked_since(at: Reading, chat_id: int, since: datetime) -> int:
    """Return how many messages were posted unasked in a chat since an instant.

    Edits are not counted: a card counts once, where it was posted and not only brought up to date.
    """
    count: int = at.value(
        "SELECT (SELECT count(*) FROM outbox WHERE chat_id = :chat AND urgency = 1"
        " AND edits IS NULL AND card_id IS NULL AND created_at >= :since"
        " AND (state IN ('queued', 'sending') OR (state = 'sent' AND message_id IS NOT NULL)))"
        " + (SELECT count(*) FROM cards WHERE chat_id = :chat"
        " AND (posted_at >= :since OR message_id IS NULL)"
        " AND EXISTS (SELECT 1 FROM outbox"
        " WHERE chat_id = :chat AND card_id = cards.id AND urgency = 1"
        " AND created_at >= :since AND state IN ('queued', 'sending', 'sent')))",
        chat=chat_id,
        since=utc_text(since),
    )
    return count


def forget_old(at: Transaction) -> None:
    """Forget what was sent; a key is remembered as long as its occurrence could come again."""
    for condition, kept in (("key IS NULL", KEPT_AFTER_SENT), ("key IS NOT NULL", KEYS_KEPT)):
        at.run(
            f"DELETE FROM outbox WHERE finished_at < :before AND {condition}",  # noqa: S608 - our own words
            before=utc_text(at.now - kept),
        )


def _end(
    at: Transaction,
    row_id: int,
    state: str,
    *,
    message_id: int | None = None,
    error: str | None = None,
) -> None:
    at.run(
        "UPDATE outbox SET state = :state, content = NULL, finished_at = :now,"
        " message_id = :message, error = :error WHERE id = :id",
        state=state,
        now=at.now_text,
        message=message_id,
        error=error,
        id=row_id,
    )


def _card(row: Row) -> Card:
    return Card(
        id=row["id"],
        kind=row["kind"],
        subject=row["subject"],
        chat_id=row["chat_id"],
        message_id=row["message_id"],
        shown=row["shown"],
        posted_at=None if row["posted_at"] is None else parse_utc(row["posted_at"]),
    )
