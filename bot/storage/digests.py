"""Digests as they were said, the one that stands in the chat, and who is new."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bot.domain.calendar import parse_utc, utc_text
from bot.storage import members
from bot.storage.database import Reading, Row, Transaction

State = Literal["said", "silent", "late"]


@dataclass(frozen=True)
class Said:
    """The digest of a month as it was said: the call that says it, without its chat."""

    id: int
    group_id: int
    month: str
    content: Mapping[str, Any]


@dataclass(frozen=True)
class Standing:
    """The digest that somebody asked for: a hash of what it shows, and where it stands."""

    shown: bytes
    message_id: int | None
    posted_at: datetime


def add(
    at: Transaction,
    group_id: int,
    month: str,
    state: State,
    content: Mapping[str, Any] | None = None,
) -> int:
    """Keep that a month's digest was said, had nothing to say, or was let go; return its id."""
    sealed = None if content is None else at.key.payloads.close(json.dumps(content))
    return at.insert(
        "INSERT INTO digests (group_id, month, state, content, made_at)"
        " VALUES (:group, :month, :state, :content, :now)",
        group=group_id,
        month=month,
        state=state,
        content=sealed,
        now=at.now_text,
    )


def is_done(at: Reading, group_id: int, month: str) -> bool:
    """Whether a month's digest was said, had nothing to say, or was let go."""
    found = at.one(
        "SELECT 1 FROM digests WHERE group_id = :group AND month = :month",
        group=group_id,
        month=month,
    )
    return found is not None


def by_id(at: Reading, digest_id: int) -> Said | None:
    """Return a digest that was said."""
    row = at.one("SELECT * FROM digests WHERE id = :id AND state = 'said'", id=digest_id)
    return None if row is None else _said(at, row)


def last_said(at: Reading, group_id: int) -> Said | None:
    """Return the newest digest that was said in a group."""
    row = at.one(
        "SELECT * FROM digests WHERE group_id = :group AND state = 'said'"
        " ORDER BY month DESC LIMIT 1",
        group=group_id,
    )
    return None if row is None else _said(at, row)


# -- the one that somebody asked for --------------------------------------------------------------


def standing(at: Reading, group_id: int) -> Standing | None:
    """Return the digest that was asked for last in the group."""
    row = at.one("SELECT * FROM digests_standing WHERE group_id = :group", group=group_id)
    if row is None:
        return None
    return Standing(row["shown"], row["message_id"], parse_utc(row["posted_at"]))


def is_posted(at: Transaction, group_id: int, shown: bytes) -> None:
    """Note that a digest is on its way into the chat."""
    at.run(
        "INSERT INTO digests_standing (group_id, shown, posted_at) VALUES (:group, :shown, :now)"
        " ON CONFLICT (group_id) DO UPDATE SET shown = excluded.shown, message_id = NULL,"
        " posted_at = excluded.posted_at",
        group=group_id,
        shown=shown,
        now=at.now_text,
    )


def stands_in(at: Transaction, group_id: int, message_id: int) -> None:
    """Note in which message it stands."""
    at.run(
        "UPDATE digests_standing SET message_id = :message WHERE group_id = :group",
        message=message_id,
        group=group_id,
    )


def pinned(at: Reading, group_id: int) -> int | None:
    """Return the message of the digest that we pinned last in a group's chat."""
    message_id: int | None = at.value(
        "SELECT message_id FROM digests_pinned WHERE group_id = :group", group=group_id
    )
    return message_id


def pin(at: Transaction, group_id: int, message_id: int) -> None:
    """Note that a digest is pinned from now."""
    at.run(
        "INSERT INTO digests_pinned (group_id, message_id) VALUES (:group, :message)"
        " ON CONFLICT (group_id) DO UPDATE SET message_id = excluded.message_id",
        group=group_id,
        message=message_id,
    )


def forget_messages(at: Transaction, group_id: int) -> None:
    """Forget which messages digests stand in: in a supergroup ids begin anew."""
    for table in ("digests_standing", "digests_pinned"):
        at.run(
            f"DELETE FROM {table} WHERE group_id = :group",  # noqa: S608 - our own words
            group=group_id,
        )


# -- facts that nobody else hands in -----------------------------------------------------------


def joined(at: Reading, group_id: int, since: datetime, until: datetime) -> list[members.Member]:
    """Return the members who joined in [since, until) and are still in, in their order."""
    return [
        members.by_id(at, row["id"])
        for row in at.all(
            "SELECT id FROM members WHERE group_id = :group AND state = 'member'"
            " AND joined_at >= :since AND joined_at < :until ORDER BY joined_at, id",
            group=group_id,
            since=utc_text(since),
            until=utc_text(until),
        )
    ]


def _said(at: Reading, row: Row) -> Said:
    return Said(
        id=row["id"],
        group_id=row["group_id"],
        month=row["month"],
        content=json.loads(at.key.payloads.open(row["content"])),
    )
