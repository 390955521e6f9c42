"""What members want to talk about at a meeting, in their own words, sealed by person."""

from dataclasses import dataclass
from typing import Final

from bot.storage.database import Reading, Row, Transaction


@dataclass(frozen=True, slots=True)
class Item:
    """Something on the agenda; `words` are None once they were forgotten.

    `is_later`: it was not reached, and stays for the next time.
    """

    id: int
    group_id: int
    member_id: int
    words: str | None
    meeting_id: int | None
    is_later: bool


_SELECT: Final = (
    "SELECT agenda_items.*, person_id FROM agenda_items JOIN members ON members.id = member_id"
)


def add(at: Transaction, *, group_id: int, member_id: int, person_id: int, words: str) -> int:
    """Put something on a group's agenda and return its id."""
    return at.insert(
        "INSERT INTO agenda_items (group_id, member_id, words, since)"
        " VALUES (:group, :member, :words, :now)",
        group=group_id,
        member=member_id,
        words=at.seal_for(person_id, words),
        now=at.now_text,
    )


def find(at: Reading, item_id: int) -> Item | None:
    """Return something that is, or was, on an agenda."""
    row = at.one(f"{_SELECT} WHERE agenda_items.id = :id", id=item_id)
    return None if row is None else _item(at, row)


def waiting(at: Reading, group_id: int) -> list[Item]:
    """Return what is to be talked about, the oldest first: of those who are members."""
    return [
        _item(at, row)
        for row in at.all(
            f"{_SELECT} WHERE agenda_items.group_id = :group AND meeting_id IS NULL"
            " AND members.state = 'member' ORDER BY agenda_items.id",
            group=group_id,
        )
    ]


def of_meeting(at: Reading, meeting_id: int) -> list[Item]:
    """Return what was talked about at a meeting."""
    rows = at.all(f"{_SELECT} WHERE meeting_id = :id ORDER BY agenda_items.id", id=meeting_id)
    return [_item(at, row) for row in rows]


def set_later(at: Transaction, item_id: int, *, is_later: bool) -> None:
    """Note that something was not reached this time, or was after all."""
    at.run("UPDATE agenda_items SET is_later = :later WHERE id = :id", later=is_later, id=item_id)


def close(at: Transaction, group_id: int, meeting_id: int, *, until: str) -> None:
    """Note where all that waited since before an instant was talked about; the rest waits on."""
    at.run(
        "UPDATE agenda_items SET meeting_id = :meeting WHERE group_id = :group"
        " AND meeting_id IS NULL AND is_later = 0 AND since <= :until",
        group=group_id,
        meeting=meeting_id,
        until=until,
    )
    at.run(
        "UPDATE agenda_items SET is_later = 0 WHERE group_id = :group AND meeting_id IS NULL",
        group=group_id,
    )


def open_again(at: Transaction, meeting_id: int) -> None:
    """Put back what was talked about at a meeting that goes on."""
    at.run("UPDATE agenda_items SET meeting_id = NULL WHERE meeting_id = :id", id=meeting_id)


def remove(at: Transaction, item_id: int) -> None:
    """Take something off the agenda, words and all."""
    at.run("DELETE FROM agenda_items WHERE id = :id AND meeting_id IS NULL", id=item_id)


def member_left(at: Transaction, member_id: int) -> None:
    """Take off what somebody wanted to talk about who left."""
    for row in at.all(
        "SELECT agenda_items.id FROM members JOIN agenda_items"
        " ON agenda_items.group_id = members.group_id AND agenda_items.meeting_id IS NULL"
        " AND agenda_items.member_id = members.id WHERE members.id = :member",
        member=member_id,
    ):
        remove(at, row["id"])


def _item(at: Reading, row: Row) -> Item:
    return Item(
        id=row["id"],
        group_id=row["group_id"],
        member_id=row["member_id"],
        words=at.open_for(row["person_id"], row["words"]),
        meeting_id=row["meeting_id"],
        is_later=bool(row["is_later"]),
    )
