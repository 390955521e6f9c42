"""Chats: a key of our own for each, so that a group that becomes a supergroup stays itself."""

from dataclasses import dataclass
from typing import Final, Literal

from bot.storage.database import Reading, Row, Transaction

NOBODYS_ID: Final = -(10**16)  # below any id that Telegram gives

Kind = Literal["private", "group", "supergroup"]
State = Literal["open", "unopened", "blocked", "gone"]


@dataclass(frozen=True)
class Chat:
    """A chat at Telegram. `state`: unopened = the person never pressed Start."""

    id: int
    telegram_id: int
    kind: Kind
    state: State
    person_id: int | None
    topic: int | None
    last_message_id: int

    @property
    def is_private(self) -> bool:
        """Whether it is one person's chat with the bot."""
        return self.kind == "private"


def by_id(at: Reading, chat_id: int) -> Chat:
    """Return the chat. Raises LookupError."""
    row = at.one("SELECT * FROM chats WHERE id = :id", id=chat_id)
    if row is None:
        raise LookupError(chat_id)
    return _chat(row)


def by_telegram_id(at: Reading, telegram_id: int) -> Chat | None:
    """Return the chat that has, or had before it migrated, this Telegram id."""
    row = at.one("SELECT * FROM chats WHERE telegram_id = :id", id=telegram_id) or at.one(
        "SELECT chats.* FROM former_chat_ids JOIN chats ON chats.id = chat_id"
        " WHERE former_chat_ids.telegram_id = :id",
        id=telegram_id,
    )
    return None if row is None else _chat(row)


def of_person(at: Reading, person_id: int) -> Chat | None:
    """Return a person's private chat, where they were ever seen in one."""
    row = at.one("SELECT * FROM chats WHERE person_id = :id", id=person_id)
    return None if row is None else _chat(row)


def seen(
    at: Transaction, *, telegram_id: int, kind: Kind, person_id: int | None, message_id: int = 0
) -> Chat:
    """Return the chat something came from, added if new, open (again) because something came."""
    chat = by_telegram_id(at, telegram_id)
    if chat is None:
        chat_id = at.insert(
            "INSERT INTO chats (telegram_id, kind, state, person_id, last_message_id)"
            " VALUES (:telegram_id, :kind, 'open', :person, :message)",
            telegram_id=telegram_id,
            kind=kind,
            person=person_id,
            message=message_id,
        )
        return by_id(at, chat_id)
    # How far a chat has got says how deep a card lies: in a group alone, where others write.
    got_on = kind != "private" and message_id > chat.last_message_id
    if chat.telegram_id == telegram_id and (got_on or chat.state != "open"):
        at.run(
            "UPDATE chats SET state = 'open', last_message_id = max(last_message_id, :message)"
            " WHERE id = :id",
            message=message_id,
            id=chat.id,
        )
    return chat


def set_state(at: Transaction, chat_id: int, state: State) -> None:
    """Mark a chat as open, blocked or gone."""
    at.run("UPDATE chats SET state = :state WHERE id = :id", state=state, id=chat_id)


def set_topic(at: Transaction, chat_id: int, topic: int | None) -> None:
    """Keep the forum topic in which the group wants the bot to speak."""
    at.run("UPDATE chats SET topic = :topic WHERE id = :id", topic=topic, id=chat_id)


def reached(at: Transaction, chat_id: int, message_id: int) -> None:
    """Remember the highest message id known in the chat."""
    at.run(
        "UPDATE chats SET last_message_id = max(last_message_id, :message) WHERE id = :id",
        message=message_id,
        id=chat_id,
    )


def migrate(at: Transaction, *, old_telegram_id: int, new_telegram_id: int) -> bool:
    """Follow a group to its supergroup; telling it twice, or in either order, changes nothing.

    Message ids begin anew there, so cards are posted afresh. Returns whether it moved just now:
    then what waits to be said there must forget message ids too.
    """
    chat = by_telegram_id(at, old_telegram_id)
    if chat is None or chat.telegram_id == new_telegram_id:
        return False
    if not _make_way(at, new_telegram_id):
        return False  # the new one is a group of its own: nobody may take over another's place
    at.run(
        "INSERT OR IGNORE INTO former_chat_ids (telegram_id, chat_id) VALUES (:old, :chat)",
        old=chat.telegram_id,
        chat=chat.id,
    )
    at.run(
        "UPDATE chats SET telegram_id = :new, kind = 'supergroup', state = 'open',"
        " topic = NULL, last_message_id = 0 WHERE id = :id",
        new=new_telegram_id,
        id=chat.id,
    )
    at.run("UPDATE cards SET message_id = NULL, shown = NULL WHERE chat_id = :id", id=chat.id)
    at.run(
        "UPDATE questions SET message_id = NULL, again_message_id = NULL WHERE chat_id = :id",
        id=chat.id,
    )
    return True


def _make_way(at: Transaction, telegram_id: int) -> bool:
    """Free an id that Telegram gave a migrated group, where news of it came before the move.

    Only a chat in which nothing was agreed yet makes way.
    """
    stray = at.one("SELECT id FROM chats WHERE telegram_id = :id", id=telegram_id)
    if stray is None:
        return True
    agreed = at.one(
        "SELECT 1 FROM groups JOIN agreements ON group_id = groups.id WHERE chat_id = :chat",
        chat=stray["id"],
    )
    if agreed is not None:
        return False
    at.run(
        "UPDATE chats SET state = 'gone', telegram_id = :free WHERE id = :id",
        free=NOBODYS_ID - stray["id"],
        id=stray["id"],
    )
    at.run("UPDATE groups SET state = 'away' WHERE chat_id = :chat", chat=stray["id"])
    return True


def _chat(row: Row) -> Chat:
    return Chat(
        id=row["id"],
        telegram_id=row["telegram_id"],
        kind=row["kind"],
        state=row["state"],
        person_id=row["person_id"],
        topic=row["topic"],
        last_message_id=row["last_message_id"],
    )
