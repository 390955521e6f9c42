"""The books as they are checked: every entry read back with all that must agree with it."""

import json
from collections.abc import Iterator, Sequence
from typing import Final

from bot.domain import ledger as rules
from bot.domain.ledger import Before, Confirmation, Entry, Posting, SharedHousehold, Stored
from bot.storage import ledger
from bot.storage.database import Reading, Row
from bot.storage.ledger import named
from bot.storage.sealing import InvalidTag

READ_AT_ONCE: Final = 500  # entries
NUMBER_MIN: Final = -(2**63)  # somebody may have numbered an entry below one by hand


def groups_with_entries(at: Reading) -> list[int]:
    """Return the ids of the groups whose book has entries, or lines of entries."""
    return [
        row["group_id"]
        for row in at.all(
            "SELECT group_id FROM entries UNION SELECT group_id FROM accounts ORDER BY group_id"
        )
    ]


def stored_entries(at: Reading, group_id: int, after: int = 0) -> Iterator[Stored]:
    """Return the entries of a book in order, with what is kept beside them, to be verified.

    Those after the entry `after`. A few hundred are read at a time, however long the book is.
    """
    after = after or NUMBER_MIN
    while True:
        rows = at.all(
            "SELECT entries.*, members.person_id FROM entries"
            " LEFT JOIN members ON members.group_id = entries.group_id"
            " AND members.number = entries.recorded_by"
            " WHERE entries.group_id = :group AND seq > :after ORDER BY seq LIMIT :most",
            group=group_id,
            after=after,
            most=READ_AT_ONCE,
        )
        if not rows:
            return
        yield from _with_lines(at, rows)
        after = rows[-1]["seq"]


def entry(at: Reading, group_id: int, seq: int) -> Entry | None:
    """Return one entry of a book as it stands there."""
    found = next(stored_entries(at, group_id, seq - 1), None)
    return None if found is None or found.entry.seq != seq else found.entry


def before(at: Reading, group_id: int, seq: int) -> Before:
    """Return what stands in a book up to an entry: enough to check those after it."""
    if seq <= 0:
        return Before()
    row = at.one(
        "SELECT id, hash FROM entries WHERE group_id = :group AND seq = :seq",
        group=group_id,
        seq=seq,
    )
    if row is None:
        return Before(seq)
    balances = at.all(
        "SELECT accounts.*, code, scale, ("
        "  SELECT balance_minor FROM postings WHERE account_id = accounts.id"
        "  AND commodity_id = commodities.id AND entry_id <= :entry"
        "  ORDER BY entry_id DESC, line DESC LIMIT 1) AS balance"
        " FROM accounts JOIN commodities ON commodities.group_id = accounts.group_id"
        " WHERE accounts.group_id = :group",
        group=group_id,
        entry=row["id"],
    )
    return Before(
        seq,
        row["hash"],
        {
            (named(one), f"{one['code']}:{one['scale']}"): one["balance"]
            for one in balances
            if one["balance"] is not None
        },
        lambda older: entry(at, group_id, older),
    )


def strays(at: Reading, group_id: int, after: int = 0) -> list[int]:
    """Return the entries (seq) that mix with another book, or whose lines have lost their entry.

    Of the entries after `after`. A line without its entry counts as after the last one: that is
    where entries can be cut off.
    """
    mixed = at.all(
        "SELECT DISTINCT seq FROM entries JOIN postings ON entry_id = entries.id"
        " LEFT JOIN accounts ON accounts.id = account_id"
        " LEFT JOIN commodities ON commodities.id = commodity_id"
        " WHERE entries.group_id = :group AND seq > :after AND (accounts.group_id IS NOT :group"
        "  OR commodities.group_id IS NOT :group) ORDER BY seq",
        group=group_id,
        after=after,
    )
    last = ledger.head(at, group_id).seq
    return [row["seq"] for row in mixed] + (
        [last + 1] if _has_loose_lines(at, group_id, after) else []
    )


def _has_loose_lines(at: Reading, group_id: int, after: int) -> bool:
    """Whether lines on the group's accounts belong to none of its entries.

    Where only its newest entries are looked at: lines after the last entry of all books.
    """
    loose = (
        # CROSS JOIN: those few lines first, and not every line of every account of the group.
        "SELECT 1 FROM postings CROSS JOIN accounts ON accounts.id = account_id"
        " WHERE entry_id > (SELECT coalesce(max(id), 0) FROM entries) AND group_id = :group"
        if after
        else "SELECT 1 FROM accounts JOIN postings ON account_id = accounts.id"
        " LEFT JOIN entries ON entries.id = entry_id"
        " WHERE accounts.group_id = :group AND entries.group_id IS NOT :group"
    )
    return at.one(loose, group=group_id) is not None


def in_unknown_units(at: Reading, group_id: int) -> list[int]:
    """Return the first entry (seq) in each unit whose word cannot be read; 1 where there is none.

    The word is the group's own, sealed, and no part of the chain, which names the unit's code.
    """
    return [
        at.value(
            "SELECT min(seq) FROM entries JOIN postings ON entry_id = entries.id"
            " WHERE group_id = :group AND commodity_id = :commodity",
            group=group_id,
            commodity=row["id"],
        )
        or 1
        for row in at.all(
            "SELECT id, unit FROM commodities WHERE group_id = :group AND unit IS NOT NULL",
            group=group_id,
        )
        if not at.key.payloads.opens(row["unit"])
    ]


def ties(at: Reading, group_id: int) -> SharedHousehold:
    """Return how to tell whether two members had ever been of one household by some entry."""
    since: dict[int, dict[int, int]] = {}
    for row in at.all(
        "SELECT number, ties.household_id, after_entry FROM members"
        " JOIN household_ties AS ties ON ties.member_id = members.id"
        " WHERE members.group_id = :group",
        group=group_id,
    ):
        since.setdefault(row["number"], {})[row["household_id"]] = row["after_entry"]

    def shared(one: int, other: int, place: int) -> bool:
        ours, theirs = since.get(one, {}), since.get(other, {})
        return any(
            max(ours[household], theirs[household]) < place for household in ours.keys() & theirs
        )

    return shared


def _with_lines(at: Reading, rows: Sequence[Row]) -> Iterator[Stored]:
    ids = json.dumps([row["id"] for row in rows])
    lines: dict[int, list[Row]] = {}
    for line in at.all(
        "SELECT postings.*, accounts.kind, accounts.name, accounts.household_id,"
        " commodities.code, commodities.scale FROM postings"
        " LEFT JOIN accounts ON accounts.id = account_id"
        " LEFT JOIN commodities ON commodities.id = commodity_id"
        " WHERE entry_id IN (SELECT value FROM json_each(:ids)) ORDER BY entry_id, line",
        ids=ids,
    ):
        lines.setdefault(line["entry_id"], []).append(line)
    confirmations: dict[int, list[Row]] = {}
    for one in at.all(
        "SELECT * FROM entry_confirmations"
        " WHERE entry_id IN (SELECT value FROM json_each(:ids)) ORDER BY entry_id, member_number",
        ids=ids,
    ):
        confirmations.setdefault(one["entry_id"], []).append(one)
    for row in rows:
        own = lines.get(row["id"], [])
        holds, note = _note(at, row)
        yield Stored(
            entry=_entry(row, own, confirmations.get(row["id"], [])),
            balances=tuple(line["balance_minor"] for line in own),
            note_holds=holds,
            lines_hold=[line["line"] for line in own] == list(range(1, len(own) + 1)),
            place=row["id"],
            note=note,
        )


def _note(at: Reading, row: Row) -> tuple[bool, str | None]:
    """Return whether the note is what was committed to, and its words.

    Of somebody forgotten nobody can know: it counts as held, without words.
    """
    if row["note"] is None:
        return row["note_commitment"] is None, None
    if row["person_id"] is None:
        return False, None
    try:
        opened = at.open_for(row["person_id"], row["note"])
    except InvalidTag:
        return False, None
    if opened is None:
        return True, None
    salt, note = opened[: 2 * rules.SALT_BYTES], opened[2 * rules.SALT_BYTES :]
    return rules.commitment_to(note, bytes.fromhex(salt)) == row["note_commitment"], note


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
