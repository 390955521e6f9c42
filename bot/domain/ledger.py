"""The book: entries whose postings add up to nothing, each carrying the hash of the one before.

Every account is named from the group's side: what is in a purse is positive there, and negative on
the household that gave it. An entry is hashed over an encoding that no two entries share, so that
whoever wrote the code of the last entry on paper can tell if anything before it was changed.
"""

import base64
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal, NamedTuple

FORM: Final = b"barnraiser entry 1"  # what the encoding is; a new one gets a new name
HASH_BYTES: Final = 32
FIRST_PREV: Final = bytes(HASH_BYTES)
CODE_BYTES: Final = 15  # of which 12 characters of 5 bits are shown: 60 bits
CODE_LENGTH: Final = 12
SALT_BYTES: Final = 16

#: Crockford's base 32: no letter that is taken for a digit when it is read aloud.
_AS_READ: Final = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)

FaultKind = Literal[
    "changed",  # the hash is not that of what stands there
    "not_in_order",  # a gap, a repeat, or not after the one before it
    "not_balanced",  # postings do not add up to nothing
    "balance_wrong",  # the running balance is not what the postings make
    "purse_below_zero",
    "not_witnessed",  # fewer confirmations than were asked for
    "witness_not_independent",  # confirmed by who recorded it, or of the same household
    "reversal_wrong",  # takes back nothing, something twice, or something else
    "another_book",  # mixed with another group's book, or cut off from its lines
    "note_changed",  # the sealed note is not the one that was committed to
]


class Account(NamedTuple):
    """An account by the parts of its name in the chain."""

    kind: str  # "purse", "household", "outside"
    household: int | None
    name: str

    @classmethod
    def read(cls, written: str) -> "Account":
        """Read a name such as "purse:savings" or "household:3:savings". Raises ValueError."""
        kind, *household, name = written.split(":")
        return cls(kind, int(household[0]) if household else None, name)


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of an entry: an amount in minor units of a commodity, on an account.

    `account` is written "purse:savings", "household:3:savings" or "outside:expenses"; `commodity`
    is its code and scale, "KES:2". `period` is the due day's contribution that it is for, or "".
    """

    account: str
    commodity: str
    amount_minor: int
    period: str = ""

    @property
    def is_purse(self) -> bool:
        """Whether it is on one of the group's purses."""
        return self.account.startswith("purse:")


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Who confirmed (a member's number) and when (UTC, as storage writes it)."""

    member: int
    at: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a book. People are numbers; `commitment` stands for the note (b"" for none)."""

    book: int
    seq: int
    kind: str
    day: str
    recorded_at: str
    recorded_by: int
    witnesses: int
    key: str
    confirmations: tuple[Confirmation, ...]
    postings: tuple[Posting, ...]
    commitment: bytes = b""
    reverses: int | None = None
    prev_hash: bytes = FIRST_PREV
    hash: bytes = b""


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry as it stands in storage, with what is kept beside it and must agree with it."""

    entry: Entry
    balances: tuple[int, ...]  # after each posting, of its account in its commodity
    note_holds: bool = True  # False: the sealed note is not what was committed to
    lines_hold: bool = True  # False: its lines are not numbered from one on
    place: int = 0  # among the entries of all books: what happened between them is told by it
    note: str | None = None  # why, in words; None where nothing was said, or nobody can know


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in a book that does not agree: which entry, and what."""

    seq: int
    kind: FaultKind


#: Whether two members (by number) had ever been of one household when an entry was made, which is
#: told by its place among the entries of all books.
SharedHousehold = Callable[[int, int, int], bool]


@dataclass(frozen=True, slots=True)
class Before:
    """What stands before the first entry that is checked, where the check begins later on.

    `balances` are the running ones by account and commodity; `entry_of` looks an older entry up.
    """

    seq: int = 0
    hash: bytes = FIRST_PREV
    balances: Mapping[tuple[str, str], int] = field(default_factory=dict)
    entry_of: Callable[[int], Entry | None] = lambda _: None


def sealed(entry: Entry, prev_hash: bytes) -> Entry:
    """Return the entry following the one with `prev_hash`, with its own hash."""
    linked = replace(entry, prev_hash=prev_hash, hash=b"")
    return replace(linked, hash=hash_of(linked))


def hash_of(entry: Entry) -> bytes:
    """Return SHA-256 over the hash of the entry before and everything that the entry says."""
    return hashlib.sha256(encoded(entry)).digest()


def encoded(entry: Entry) -> bytes:
    """Return what is hashed: netstrings, with the lists' lengths, so no two entries share it."""
    fields: list[str] = [
        str(entry.book),
        str(entry.seq),
        entry.kind,
        entry.day,
        entry.recorded_at,
        str(entry.recorded_by),
        str(entry.witnesses),
        entry.key,
        entry.commitment.hex(),
        "" if entry.reverses is None else str(entry.reverses),
        str(len(entry.confirmations)),
    ]
    for one in entry.confirmations:
        fields += (str(one.member), one.at)
    fields.append(str(len(entry.postings)))
    for line in entry.postings:
        fields += (line.account, line.commodity, str(line.amount_minor), line.period)
    parts = (FORM, entry.prev_hash, *(field.encode() for field in fields))
    return b"".join(b"%d:%b," % (len(part), part) for part in parts)


def commitment_to(note: str, salt: bytes) -> bytes:
    """Return what stands in the chain for a note: it tells nothing without note and salt."""
    return hashlib.sha256(b"%d:%b," % (len(salt), salt) + note.encode()).digest()


def code_of(head: bytes) -> str:
    """Return the short code of a chain's head, for paper: "K7QM-2D9P-XH4T"."""
    letters = base64.b32encode(head[:CODE_BYTES]).decode().translate(_AS_READ)[:CODE_LENGTH]
    return "-".join(letters[place : place + 4] for place in range(0, CODE_LENGTH, 4))


def is_balanced(postings: Sequence[Posting]) -> bool:
    """Whether there are postings and they add up to nothing in each commodity."""
    sums: defaultdict[str, int] = defaultdict(int)
    for line in postings:
        sums[line.commodity] += line.amount_minor
    return bool(postings) and not any(sums.values())


def reversed_postings(postings: Sequence[Posting]) -> tuple[Posting, ...]:
    """Return the postings that take these back."""
    return tuple(replace(line, amount_minor=-line.amount_minor) for line in postings)


def verify(
    stored: Iterable[Stored],
    shared_household: SharedHousehold | None = None,
    before: Before | None = None,
) -> list[Fault]:
    """Check a book and return every entry that does not agree: from its first, or after `before`.

    `shared_household` is None where that is not known (a copy of the book checked elsewhere).
    """
    faults: list[Fault] = []
    seen = _Seen(before or Before())
    for one in stored:
        kinds = [*_own_faults(one, shared_household), *seen.faults_of(one)]
        faults += [Fault(one.entry.seq, kind) for kind in kinds]
    return faults


def _own_faults(one: Stored, shared_household: SharedHousehold | None) -> Iterable[FaultKind]:
    """What can be told from the entry alone."""
    entry = one.entry
    if hash_of(entry) != entry.hash or not one.lines_hold:
        yield "changed"
    if not one.note_holds:
        yield "note_changed"
    if not is_balanced(entry.postings):
        yield "not_balanced"
    witnesses = {confirmation.member for confirmation in entry.confirmations}
    if len(witnesses) < max(1, entry.witnesses):
        yield "not_witnessed"
    if entry.recorded_by in witnesses or (
        shared_household is not None
        and any(shared_household(entry.recorded_by, each, one.place) for each in witnesses)
    ):
        yield "witness_not_independent"


class _Seen:
    """What the entries so far make: balances, the last hash, and what was taken back."""

    def __init__(self, before: Before) -> None:
        self.before = before
        self.seq = before.seq
        self.hash = before.hash
        self.balances = defaultdict(int, before.balances)
        self.bodies: dict[int, bytes] = {}
        self.reversed: set[int] = set()

    def faults_of(self, one: Stored) -> Iterable[FaultKind]:
        entry = one.entry
        if entry.seq != self.seq + 1 or entry.prev_hash != self.hash:
            yield "not_in_order"
        self.seq, self.hash = entry.seq, entry.hash
        yield from self._balance_faults(one)
        yield from self._reversal_faults(entry)

    def _balance_faults(self, one: Stored) -> Iterable[FaultKind]:
        if len(one.balances) != len(one.entry.postings):
            yield "balance_wrong"
        below = False
        wrong = False
        for line, kept in zip(one.entry.postings, one.balances, strict=False):
            place = (line.account, line.commodity)
            self.balances[place] += line.amount_minor
            wrong = wrong or self.balances[place] != kept
            below = below or (line.is_purse and self.balances[place] < 0)
        if wrong:
            yield "balance_wrong"
        if below:
            yield "purse_below_zero"

    def _reversal_faults(self, entry: Entry) -> Iterable[FaultKind]:
        taken_back = entry.reverses
        if (entry.kind == "reversal") != (taken_back is not None):
            yield "reversal_wrong"
        elif taken_back is not None:
            body = _body(reversed_postings(entry.postings))
            if self._body_of(taken_back) != body or taken_back in self.reversed:
                yield "reversal_wrong"
            self.reversed.add(taken_back)
        self.bodies[entry.seq] = _body(entry.postings)

    def _body_of(self, seq: int) -> bytes | None:
        if seq > self.before.seq:
            return self.bodies.get(seq)
        older = self.before.entry_of(seq)
        if older is None or hash_of(older) != older.hash:
            return None
        return _body(older.postings)


def _body(postings: Sequence[Posting]) -> bytes:
    """A short stand-in for an entry's postings, in whatever order."""
    lines = sorted(
        f"{line.account} {line.commodity} {line.amount_minor} {line.period}" for line in postings
    )
    return hashlib.blake2b("\n".join(lines).encode(), digest_size=16).digest()
