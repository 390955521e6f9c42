"""The books as people read them: what each entry was about, who said it, who confirmed it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain import ledger as rules
from bot.storage import ledger
from bot.storage.database import Reading, Row
from bot.storage.ledger import Commodity, Line


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """An entry in a few words. Amounts are minor units, positive where the purses got more.

    `amount_minor` of `commodity` is what it moved first (money before shares, say); `amounts` is
    all of it. `household_id` or `outside`: where it came from or went. People are members' numbers.
    """

    seq: int
    kind: str
    day: date
    recorded_by: int
    confirmed_by: tuple[int, ...]
    household_id: int | None
    outside: str | None
    purse: str
    amount_minor: int
    commodity: Commodity
    amounts: tuple[tuple[int, Commodity], ...]
    periods: tuple[str, ...]
    reverses: int | None
    reversed_by: int | None
    claim_id: int | None


@dataclass(frozen=True, slots=True)
class BookLine:
    """A line of a household's account, seen from the household: what it gave is positive."""

    seq: int
    kind: str
    day: date
    amount_minor: int
    period: str  # the first one, where it is for several
    balance_minor: int  # of the account in this commodity, after it
    commodity: Commodity
    name: str  # the purse it went to
    reverses: int | None


def facts(at: Reading, group_id: int, seq: int) -> EntryFacts | None:
    """Return an entry of a group's book; None where there is none."""
    row = at.one(
        "SELECT entries.*, later.seq AS reversed_by FROM entries"
        " LEFT JOIN entries AS later"
        "  ON later.group_id = entries.group_id AND later.reverses = entries.seq"
        " WHERE entries.group_id = :group AND entries.seq = :seq",
        group=group_id,
        seq=seq,
    )
    if row is None:
        return None
    lines = at.all(
        "SELECT postings.*, accounts.kind, accounts.name, accounts.household_id FROM postings"
        " JOIN accounts ON accounts.id = account_id WHERE entry_id = :entry ORDER BY line",
        entry=row["id"],
    )
    if not lines:
        return None  # somebody took them out by hand: checking the book says so
    purse = next((line for line in lines if line["kind"] == "purse"), lines[0])
    other = next((line for line in lines if line["kind"] != "purse"), lines[-1])
    amounts = _amounts(at, lines)
    claim = row["key"].removeprefix("claim:")
    return EntryFacts(
        seq=row["seq"],
        kind=row["kind"],
        day=date.fromisoformat(row["day"]),
        recorded_by=row["recorded_by"],
        confirmed_by=tuple(
            one["member_number"]
            for one in at.all(
                "SELECT member_number FROM entry_confirmations WHERE entry_id = :entry"
                " ORDER BY confirmed_at, member_number",
                entry=row["id"],
            )
        ),
        household_id=other["household_id"],
        outside=other["name"] if other["kind"] == "outside" else None,
        purse=purse["name"],
        amount_minor=amounts[0][0],
        commodity=amounts[0][1],
        amounts=amounts,
        periods=tuple(sorted({line["period"] for line in lines if line["period"]})),
        reverses=row["reverses"],
        reversed_by=row["reversed_by"],
        claim_id=int(claim) if claim.isdigit() else None,
    )


def _amounts(at: Reading, lines: Sequence[Row]) -> tuple[tuple[int, Commodity], ...]:
    """Return what the purses got of each thing; where it concerns none, what was moved."""
    moved = _sums(line for line in lines if line["kind"] == "purse")
    moved = moved or _sums(line for line in lines if line["amount_minor"] > 0)
    return tuple((amount, ledger.commodity(at, what)) for what, amount in moved.items())


def _sums(lines: Iterable[Row]) -> dict[int, int]:
    """Add lines up by commodity; what adds up to nothing is left out."""
    found: dict[int, int] = {}
    for line in lines:
        found[line["commodity_id"]] = found.get(line["commodity_id"], 0) + line["amount_minor"]
    return {what: amount for what, amount in found.items() if amount}


def page(at: Reading, group_id: int, *, before_seq: int | None, most: int) -> list[EntryFacts]:
    """Return entries of a group's book, the newest first, those before `before_seq` if given."""
    last = ledger.head(at, group_id).seq
    last = last if before_seq is None else min(last, before_seq - 1)
    found = (facts(at, group_id, seq) for seq in range(last, max(0, last - most), -1))
    return [one for one in found if one is not None]


def accounts_of_household(at: Reading, group_id: int, household_id: int) -> list[tuple[int, str]]:
    """Return id and name of a household's accounts, in the order they were opened."""
    return [
        (row["id"], row["name"])
        for row in at.all(
            "SELECT id, name FROM accounts WHERE group_id = :group AND kind = 'household'"
            " AND household_id = :household ORDER BY id",
            group=group_id,
            household=household_id,
        )
    ]


def lines_of_household(
    at: Reading, group_id: int, households: Sequence[int], *, before_seq: int | None, most: int
) -> list[BookLine]:
    """Return the lines of a household (and of those it grew from), the newest first.

    One line for each entry, account and commodity: an amount over several periods is one. Those
    before the entry `before_seq` where that is given. Costs what is shown, not what the book holds.
    """
    before = 2**62
    if before_seq is not None:
        before = at.value(
            "SELECT id FROM entries WHERE group_id = :group AND seq = :seq",
            group=group_id,
            seq=before_seq,
        ) or (0 if before_seq <= 0 else 2**62)
    counts = ledger.commodities_of(at, group_id)
    found: list[tuple[int, BookLine]] = []
    for account in at.all(
        "SELECT id, name FROM accounts WHERE group_id = :group AND kind = 'household'"
        " AND household_id IN (SELECT value FROM json_each(:households))",
        group=group_id,
        households=json.dumps(households),
    ):
        for commodity in counts:
            found += [
                (row["entry_id"], _book_line(row, account["name"], commodity))
                for row in at.all(
                    "SELECT entry_id, amount, period, balance, entries.* FROM ("
                    " SELECT entry_id, sum(amount_minor) AS amount, min(period) AS period,"
                    " max(line), balance_minor AS balance FROM postings"
                    " WHERE account_id = :account AND commodity_id = :commodity"
                    " AND entry_id < :before GROUP BY entry_id ORDER BY entry_id DESC LIMIT :most)"
                    " JOIN entries ON entries.id = entry_id",
                    account=account["id"],
                    commodity=commodity.id,
                    before=before,
                    most=most,
                )
            ]
    found.sort(key=lambda one: (-one[0], one[1].name, one[1].commodity.code))
    return [line for _, line in found[:most]]


def _book_line(row: Row, name: str, commodity: Commodity) -> BookLine:
    return BookLine(
        seq=row["seq"],
        kind=row["kind"],
        day=date.fromisoformat(row["day"]),
        amount_minor=-row["amount"],
        period=row["period"],
        balance_minor=-row["balance"],
        commodity=commodity,
        name=name,
        reverses=row["reverses"],
    )


def lines_to_reverse(at: Reading, group_id: int, seq: int) -> list[Line]:
    """Return the lines that take an entry back."""
    return [
        Line(
            account_id=row["account_id"],
            commodity=ledger.commodity(at, row["commodity_id"]),
            amount_minor=-row["amount_minor"],
            period=row["period"],
        )
        for row in at.all(
            "SELECT postings.* FROM postings JOIN entries ON entries.id = entry_id"
            " WHERE group_id = :group AND seq = :seq ORDER BY line",
            group=group_id,
            seq=seq,
        )
    ]


def note_of(at: Reading, group_id: int, seq: int) -> str | None:
    """Return why an entry was made; None where nothing was said, or its author is forgotten."""
    row = at.one(
        "SELECT note, members.person_id FROM entries JOIN members"
        " ON members.group_id = entries.group_id AND members.number = entries.recorded_by"
        " WHERE entries.group_id = :group AND seq = :seq",
        group=group_id,
        seq=seq,
    )
    if row is None or row["note"] is None:
        return None
    opened = at.open_for(row["person_id"], row["note"])
    return None if opened is None else opened[2 * rules.SALT_BYTES :]
