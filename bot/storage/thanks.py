"""Thanks that members gave each other in the group."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.calendar import utc_text
from bot.storage import members
from bot.storage.database import Reading, Row, Transaction


@dataclass(frozen=True)
class Thanks:
    """Who thanked whom (members' ids) for what; `receiver` is None for nobody in particular."""

    id: int
    group_id: int
    giver: int
    receiver: int | None
    words: str
    is_left_out: bool


def add(
    at: Transaction,
    *,
    giver: members.Member,
    receiver: int | None,
    words: str,
    reply_to: int | None,
) -> Thanks | None:
    """Keep a thanks; None where the giver has thanked for that message already."""
    added = at.run(
        "INSERT INTO thanks (group_id, giver, receiver, words, reply_to, given_at)"
        " VALUES (:group, :giver, :receiver, :words, :reply, :now) ON CONFLICT DO NOTHING",
        group=giver.group_id,
        giver=giver.id,
        receiver=receiver,
        words=at.seal_for(giver.person_id, words) if words else None,
        reply=reply_to,
        now=at.now_text,
    )
    if not added:
        return None
    return by_id(at, at.value("SELECT last_insert_rowid()"))


def by_id(at: Reading, thanks_id: int) -> Thanks | None:
    """Return a thanks, if there is one of this id."""
    row = at.one("SELECT * FROM thanks WHERE id = :id", id=thanks_id)
    return None if row is None else _thanks(at, row)


def leave_out(at: Transaction, thanks_id: int, *, is_left_out: bool) -> None:
    """Keep whether whoever was thanked wants it left out of the digest."""
    at.run(
        "UPDATE thanks SET left_out_at = CASE WHEN :out THEN :now END WHERE id = :id",
        out=is_left_out,
        now=at.now_text,
        id=thanks_id,
    )


def to_tell(at: Reading, group_id: int, since: datetime, until: datetime) -> list[Thanks]:
    """Return the thanks given in [since, until) that may be told, in their order."""
    return [
        _thanks(at, row)
        for row in at.all(
            "SELECT * FROM thanks WHERE group_id = :group AND given_at >= :since"
            " AND given_at < :until AND left_out_at IS NULL ORDER BY given_at, id",
            group=group_id,
            since=utc_text(since),
            until=utc_text(until),
        )
    ]


def _thanks(at: Reading, row: Row) -> Thanks:
    giver = members.by_id(at, row["giver"])
    return Thanks(
        id=row["id"],
        group_id=row["group_id"],
        giver=row["giver"],
        receiver=row["receiver"],
        words=at.open_for(giver.person_id, row["words"]) or "",
        is_left_out=row["left_out_at"] is not None,
    )
