"""The books as they are checked: every entry read back with all that must agree with it."""

from collections.abc import Iterator, Sequence

from bot.domain import ledger as rules
from bot.domain.ledger import Confirmation, Entry, Posting, Stored
from bot.storage.database import Reading, Row
from bot.storage.ledger import named
from bot.storage.sealing import InvalidTag


def groups_with_entries(at: Reading) -> list[int]:
    """Return the ids of the groups whose book has entries, or lines of entries."""
    return [
        row["group_id"]
        for row in at.all(
            "SELECT group_id FROM entries UNION SELECT group_id FROM accounts ORDER BY group_id"
        )
    ]


def stored_entries(at: Reading, group_id: int) -> Iterator[Stored]:
    """Return the entries of a book in order, with what is kept beside them, to be verified."""
    for row in at.connection.execute(
        "SELECT entries.*, members.person_id FROM entries"
        " LEFT JOIN members ON members.group_id = entries.group_id"
        " AND members.number = entries.recorded_by"
        " WHERE entries.group_id = :group ORDER BY seq",
        {"group": group_id},
    ):
        lines = at.all(
            "SELECT postings.*, accounts.kind, accounts.name, accounts.household_id,"
            " commodities.code, commodities.scale FROM postings"
            " LEFT JOIN accounts ON accounts.id = account_id"
            " LEFT JOIN commodities ON commodities.id = commodity_id"
            " WHERE entry_id = :entry ORDER BY line",
            entry=row["id"],
        )
        confirmations = at.all(
            "SELECT member_number, confirmed_at FROM entry_confirmations WHERE entry_id = :entry"
            " ORDER BY member_number",
            entry=row["id"],
        )
        yield Stored(
            entry=_entry(row, lines, confirmations),
            balances=tuple(line["balance_minor"] for line in lines),
            note_holds=_note_holds(at, row),
            lines_hold=[line["line"] for line in lines] == list(range(1, len(lines) + 1)),
        )


def strays(at: Reading, group_id: int) -> list[int]:
    """Return the entries (seq) that mix with another book, or whose lines have lost their entry.

    A line without its entry counts as after the last one: that is where entries can be cut off.
    """
    return [
        row["seq"]
        for row in at.all(
            "SELECT DISTINCT seq FROM entries JOIN postings ON entry_id = entries.id"
            " LEFT JOIN accounts ON accounts.id = account_id"
            " LEFT JOIN commodities ON commodities.id = commodity_id"
            " WHERE entries.group_id = :group AND (accounts.group_id IS NOT :group"
            "  OR commodities.group_id IS NOT :group)"
            " UNION SELECT 1 + coalesce((SELECT max(seq) FROM entries WHERE group_id = :group), 0)"
            " WHERE EXISTS (SELECT 1 FROM accounts JOIN postings ON account_id = accounts.id"
            "  LEFT JOIN entries ON entries.id = entry_id"
            "  WHERE accounts.group_id = :group AND entries.group_id IS NOT :group)"
            " ORDER BY seq",
            group=group_id,
        )
    ]


def shared_household(at: Reading, group_id: int, one: int, other: int, seq: int) -> bool:
    """Whether two members (by number) had ever been of one household when an entry was made."""
    return (
        at.one(
            "SELECT 1 FROM entries"
            " JOIN members AS one ON one.group_id = :group AND one.number = :one"
            " JOIN members AS other ON other.group_id = :group AND other.number = :other"
            " JOIN household_ties AS ours ON ours.member_id = one.id"
            "  AND ours.after_entry < entries.id"
            " JOIN household_ties AS theirs ON theirs.member_id = other.id"
            "  AND theirs.household_id = ours.household_id AND theirs.after_entry < entries.id"
            " WHERE entries.group_id = :group AND seq = :seq",
            group=group_id,
            one=one,
            other=other,
            seq=seq,
        )
        is not None
    )


def _note_holds(at: Reading, row: Row) -> bool:
    """Whether the note is what was committed to; of somebody forgotten nobody can know."""
    if row["note"] is None:
        return row["note_commitment"] is None
    if row["person_id"] is None:
        return False
    try:
        opened = at.open_for(row["person_id"], row["note"])
    except InvalidTag:
        return False
    if opened is None:
        return True
    salt, note = opened[: 2 * rules.SALT_BYTES], opened[2 * rules.SALT_BYTES :]
    held: bool = rules.commitment_to(note, bytes.fromhex(salt)) == row["note_commitment"]
    return held


def _entry(row: Row, lines: Sequence[Row], confirmations: Sequence[Row]) -> Entry:
    return Entry(
        book=row["group_id"],
        seq=row["seq"],
        kind=row["kind"],
        day=row["day"],
        recorded_at=row["recorded_at"],
        recorded_by=row["recorded_by"],
        witnesses=row["witnesses"],
        key=row["key"],
        confirmations=tuple(
            Confirmation(one["member_number"], one["confirmed_at"]) for one in confirmations
        ),
        postings=tuple(
            Posting(
                account=named(line),
                commodity=f"{line['code']}:{line['scale']}",
                amount_minor=line["amount_minor"],
                period=line["period"],
            )
            for line in lines
        ),
        commitment=row["note_commitment"] or b"",
        reverses=row["reverses"],
        prev_hash=row["prev_hash"],
        hash=row["hash"],
    )
