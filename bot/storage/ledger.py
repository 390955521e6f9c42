"""The books as they are stored: accounts, entries, postings. Nothing here changes or removes one.

A balance is read from the last posting of its account, so it costs the same in a book of ten
entries and in one of a million.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from bot.domain import ledger as rules
from bot.domain.calendar import parse_utc, utc_text
from bot.domain.ledger import Confirmation, Entry, Posting
from bot.domain.money import currency
from bot.domain.plans import UNIT_SCALE, UNITS
from bot.storage.database import Reading, Row, Transaction

AccountKind = Literal["purse", "household", "outside"]
SAVINGS: Final = "savings"
SHARES: Final = "SHARES"  # the commodity that says how many shares each household has


@dataclass(frozen=True, slots=True)
class Commodity:
    """What is counted: a currency or a unit the group named."""

    id: int
    code: str
    scale: int
    unit: str | None  # the group's own word, in kind

    @property
    def written(self) -> str:
        """As it stands in the chain: code and scale."""
        return f"{self.code}:{self.scale}"


@dataclass(frozen=True, slots=True)
class Line:
    """A posting to be made, by ids; `account` says what it is in the chain."""

    account_id: int
    commodity: Commodity
    amount_minor: int
    period: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a book: how many entries it has, and the hash of the last."""

    seq: int
    hash: bytes

    @property
    def code(self) -> str:
        """The short code that people write down."""
        return rules.code_of(self.hash)


# -- what the entries are made of --------------------------------------------------------------


def money_of(at: Transaction, group_id: int, code: str) -> Commodity:
    """Return a currency of the group's book, added with ISO 4217's scale where it is new."""
    known = commodity_named(at, group_id, code)
    if known is not None:
        return known
    commodity_id = at.insert(
        "INSERT INTO commodities (group_id, code, scale) VALUES (:group, :code, :scale)",
        group=group_id,
        code=code,
        scale=currency(code).scale,
    )
    return commodity(at, commodity_id)


def commodity(at: Reading, commodity_id: int) -> Commodity:
    """Return a commodity. Raises LookupError."""
    row = at.one("SELECT * FROM commodities WHERE id = :id", id=commodity_id)
    if row is None:
        raise LookupError(commodity_id)
    return _commodity(at, row)


def commodity_named(at: Reading, group_id: int, code: str) -> Commodity | None:
    """Return a commodity of the group by its code."""
    row = at.one(
        "SELECT * FROM commodities WHERE group_id = :group AND code = :code",
        group=group_id,
        code=code,
    )
    return None if row is None else _commodity(at, row)


def not_counted_yet(code: str) -> Commodity:
    """Return a currency that nothing was ever booked in: it has no id, so every sum is nothing."""
    return Commodity(0, code, currency(code).scale, None)


def unit_of(at: Transaction, group_id: int, unit: str) -> Commodity:
    """Return a unit of the group's book, added under a code of its own where it is new."""
    known = unit_named(at, group_id, unit)
    if known is not None:
        return known
    code = unit.upper() if unit in UNITS else f"UNIT-{1 + len(commodities_of(at, group_id))}"
    commodity_id = at.insert(
        "INSERT INTO commodities (group_id, code, scale, unit)"
        " VALUES (:group, :code, :scale, :unit)",
        group=group_id,
        code=code,
        scale=UNIT_SCALE,
        unit=at.key.payloads.close(unit),
    )
    return commodity(at, commodity_id)


def shares(at: Transaction, group_id: int) -> Commodity:
    """Return what shares are counted in, added where it is new."""
    known = commodity_named(at, group_id, SHARES)
    if known is not None:
        return known
    commodity_id = at.insert(
        "INSERT INTO commodities (group_id, code, scale, unit) VALUES (:group, :code, 0, :unit)",
        group=group_id,
        code=SHARES,
        unit=at.key.payloads.close(SHARES.lower()),
    )
    return commodity(at, commodity_id)


def unit_named(at: Reading, group_id: int, unit: str) -> Commodity | None:
    """Return a unit of the group's book by its words, if anything was ever counted in it."""
    for one in commodities_of(at, group_id):
        if one.unit is not None and one.code != SHARES and one.unit.casefold() == unit.casefold():
            return one
    return None


def unit_not_counted_yet(unit: str) -> Commodity:
    """Return a unit that nothing was ever booked in: it has no id, so every sum is nothing."""
    return Commodity(0, "", UNIT_SCALE, unit)


def commodities_of(at: Reading, group_id: int) -> list[Commodity]:
    """Return everything the group's book counts, the first first."""
    return [
        _commodity(at, row)
        for row in at.all(
            "SELECT * FROM commodities WHERE group_id = :group ORDER BY id", group=group_id
        )
    ]


def account(
    at: Transaction, group_id: int, kind: AccountKind, name: str, household_id: int | None = None
) -> int:
    """Return the id of an account, opened where it is new."""
    known = account_id(at, group_id, kind, name, household_id)
    if known is not None:
        return known
    return at.insert(
        "INSERT INTO accounts (group_id, kind, name, household_id)"
        " VALUES (:group, :kind, :name, :household)",
        group=group_id,
        kind=kind,
        name=name,
        household=household_id,
    )


def account_id(
    at: Reading, group_id: int, kind: AccountKind, name: str, household_id: int | None = None
) -> int | None:
    """Return the id of an account, if it was ever opened."""
    found: int | None = at.value(
        "SELECT id FROM accounts WHERE group_id = :group AND kind = :kind AND name = :name"
        " AND coalesce(household_id, 0) = coalesce(:household, 0)",
        group=group_id,
        kind=kind,
        name=name,
        household=household_id,
    )
    return found


def is_purse(at: Reading, account_id_: int) -> bool:
    """Whether an account is one of the group's purses."""
    kind: str | None = at.value("SELECT kind FROM accounts WHERE id = :id", id=account_id_)
    return kind == "purse"


def purses_of(at: Reading, group_id: int) -> list[tuple[int, str]]:
    """Return id and name of the group's purses, in the order they were opened."""
    return [
        (row["id"], row["name"])
        for row in at.all(
            "SELECT id, name FROM accounts WHERE group_id = :group AND kind = 'purse' ORDER BY id",
            group=group_id,
        )
    ]


# -- adding --------------------------------------------------------------------------------------


def add(
    at: Transaction,
    group_id: int,
    *,
    kind: str,
    day: str,
    recorded_by: int,
    witnesses: int,
    key: str,
    confirmations: Sequence[Confirmation],
    lines: Sequence[Line],
    note: str | None = None,
    noted_by: int | None = None,
    reverses: int | None = None,
) -> Entry:
    """Add an entry to the group's book and return it.

    `recorded_by` and the confirmations are members' numbers; `noted_by` is the person (id) whose
    key seals the note. The database refuses what does not balance, is not witnessed, or would take
    a purse below nothing (sqlite3.IntegrityError): callers ask the rules first.
    """
    assert (note is None) == (noted_by is None)
    head_ = head(at, group_id)
    entry_id = 1 + (at.value("SELECT max(id) FROM entries") or 0)
    salt = secrets.token_bytes(rules.SALT_BYTES)
    sealed_note = None
    if note is not None and noted_by is not None:
        sealed_note = at.seal_for(noted_by, salt.hex() + note)
    entry = rules.sealed(
        Entry(
            book=group_id,
            seq=head_.seq + 1,
            kind=kind,
            day=day,
            recorded_at=at.now_text,
            recorded_by=recorded_by,
            witnesses=witnesses,
            key=key,
            confirmations=tuple(sorted(confirmations, key=lambda one: one.member)),
            postings=tuple(
                Posting(
                    account_name(at, line.account_id),
                    line.commodity.written,
                    line.amount_minor,
                    line.period,
                )
                for line in lines
            ),
            commitment=b"" if note is None else rules.commitment_to(note, salt),
            reverses=reverses,
        ),
        head_.hash,
    )
    _write_postings(at, entry_id, lines)
    for one in entry.confirmations:
        at.run(
            "INSERT INTO entry_confirmations (entry_id, member_number, confirmed_at)"
            " VALUES (:entry, :member, :when)",
            entry=entry_id,
            member=one.member,
            when=one.at,
        )
    _write_entry(at, entry_id, entry, sealed_note)
    return entry


def _write_postings(at: Transaction, entry_id: int, lines: Sequence[Line]) -> None:
    for number, line in enumerate(lines, 1):
        at.run(
            "INSERT INTO postings (entry_id, line, account_id, commodity_id, amount_minor, period,"
            " balance_minor) VALUES (:entry, :line, :account, :commodity, :amount, :period,"
            " :balance)",
            entry=entry_id,
            line=number,
            account=line.account_id,
            commodity=line.commodity.id,
            amount=line.amount_minor,
            period=line.period,
            balance=line.amount_minor + balance(at, line.account_id, line.commodity.id),
        )


def _write_entry(at: Transaction, entry_id: int, entry: Entry, note: bytes | None) -> None:
    at.run(
        "INSERT INTO entries (id, group_id, seq, kind, day, recorded_at, recorded_by, witnesses,"
        " key, note, note_commitment, reverses, prev_hash, hash) VALUES (:id, :group, :seq, :kind,"
        " :day, :recorded_at, :recorded_by, :witnesses, :key, :note, :commitment, :reverses,"
        " :prev, :hash)",
        id=entry_id,
        group=entry.book,
        seq=entry.seq,
        kind=entry.kind,
        day=entry.day,
        recorded_at=entry.recorded_at,
        recorded_by=entry.recorded_by,
        witnesses=entry.witnesses,
        key=entry.key,
        note=note,
        commitment=entry.commitment or None,
        reverses=entry.reverses,
        prev=entry.prev_hash,
        hash=entry.hash,
    )


# -- asking --------------------------------------------------------------------------------------


def head(at: Reading, group_id: int) -> Head:
    """Return the end of a group's book; of an empty one, number 0 and the hash of nothing."""
    row = at.one(
        "SELECT seq, hash FROM entries WHERE group_id = :group ORDER BY seq DESC LIMIT 1",
        group=group_id,
    )
    return Head(0, rules.FIRST_PREV) if row is None else Head(row["seq"], row["hash"])


def last_before(at: Reading, group_id: int, when: datetime) -> Head | None:
    """Return where the book ended just before an instant; None where it had not begun."""
    row = at.one(
        "SELECT seq, hash FROM entries WHERE group_id = :group AND recorded_at < :when"
        " ORDER BY recorded_at DESC, id DESC LIMIT 1",
        group=group_id,
        when=utc_text(when),
    )
    return None if row is None else Head(row["seq"], row["hash"])


def first_recorded_at(at: Reading, group_id: int) -> datetime | None:
    """Return when the first entry of a book was recorded."""
    found = at.value(
        "SELECT recorded_at FROM entries WHERE group_id = :group AND seq = 1", group=group_id
    )
    return None if found is None else parse_utc(found)


def balance(at: Reading, account_id_: int | None, commodity_id: int) -> int:
    """Return what is on an account in one commodity, in minor units: the one place that says it."""
    return _last_balance(at, account_id_, commodity_id, 2**62)


def balance_before(
    at: Reading, group_id: int, account_id_: int | None, commodity_id: int, when: datetime
) -> int:
    """Return what was on an account just before an instant."""
    last = at.value(
        "SELECT id FROM entries WHERE group_id = :group AND recorded_at < :when"
        " ORDER BY recorded_at DESC, id DESC LIMIT 1",
        group=group_id,
        when=utc_text(when),
    )
    return 0 if last is None else _last_balance(at, account_id_, commodity_id, last)


def _last_balance(at: Reading, account_id_: int | None, commodity_id: int, until_entry: int) -> int:
    found: int | None = at.value(
        "SELECT balance_minor FROM postings WHERE account_id = :account"
        " AND commodity_id = :commodity AND entry_id <= :until"
        " ORDER BY entry_id DESC, line DESC LIMIT 1",
        account=account_id_,
        commodity=commodity_id,
        until=until_entry,
    )
    return found or 0


def given_for(
    at: Reading,
    account_id_: int | None,
    commodity_id: int,
    period: str,
    *,
    before: datetime | None = None,
) -> int:
    """Return what a household's account has given for one period (positive), reversals taken off.

    As it is now, or (`before`) as it was just before an instant.
    """
    given: int = at.value(
        "SELECT coalesce(-sum(amount_minor), 0) FROM postings JOIN entries ON entries.id = entry_id"
        " WHERE account_id = :account AND commodity_id = :commodity AND period = :period"
        " AND period != '' AND recorded_at < :before",
        account=account_id_,
        commodity=commodity_id,
        period=period,
        before="~" if before is None else utc_text(before),
    )
    return given


def given_by_period(
    at: Reading, account_id_: int | None, commodity_id: int, since: str
) -> dict[str, int]:
    """Return what an account has given for each period from one on."""
    return {
        row["period"]: row["given"]
        for row in at.all(
            "SELECT period, -sum(amount_minor) AS given FROM postings WHERE account_id = :account"
            " AND commodity_id = :commodity AND period >= :since AND period != '' GROUP BY period",
            account=account_id_,
            commodity=commodity_id,
            since=since,
        )
    }


def entry_with_key(at: Reading, group_id: int, key: str) -> int | None:
    """Return the seq of the entry booked under a key."""
    found: int | None = at.value(
        "SELECT seq FROM entries WHERE group_id = :group AND key = :key", group=group_id, key=key
    )
    return found


def account_name(at: Reading, account_id_: int) -> str:
    """Return an account as the chain names it."""
    row = at.one("SELECT kind, name, household_id FROM accounts WHERE id = :id", id=account_id_)
    if row is None:
        raise LookupError(account_id_)
    return named(row)


def named(row: Row) -> str:
    """Return how the chain names an account: its kind, its household if it has one, its name."""
    if row["household_id"] is not None:
        return f"{row['kind']}:{row['household_id']}:{row['name']}"
    return f"{row['kind']}:{row['name']}"


def _commodity(at: Reading, row: Row) -> Commodity:
    unit = None if row["unit"] is None else at.key.payloads.open(row["unit"])
    return Commodity(row["id"], row["code"], row["scale"], unit)
