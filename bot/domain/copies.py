"""A group's book, to be taken away: its entries, and what the numbers in them stand for."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from bot.domain.ledger import Account, Entry, Posting, Stored


class Unit(NamedTuple):
    """What is counted: a currency, or in kind by the group's own word."""

    code: str
    scale: int
    unit: str | None = None

    def exact(self, amount_minor: int) -> str:
        """Return an amount for a machine to read: digits, a point, "-" where it is below nothing.

        As many digits after the point as the unit has: 150000 of KES is "1500.00".
        """
        return f"{Decimal(amount_minor).scaleb(-self.scale):f}"


class Balance(NamedTuple):
    """What is on an account in one unit, by the book's own running balance."""

    account: Account
    unit: Unit
    amount_minor: int


@dataclass(frozen=True)
class Copy:
    """A whole book. `entries` gives them from the first on, however often it is called.

    Names are those by which members know each other; where they are left out (a copy that leaves
    the group), numbers stand for people and households, as they do in the chain.
    """

    title: str
    made_on: date
    last: int  # the number of the last entry
    code: str  # the short code of the chain's head
    entries: Callable[[], Iterable[Stored]]
    balances: tuple[Balance, ...]
    units: Mapping[str, Unit]  # as the chain writes them: "KES:2"
    members: Mapping[int, str]
    households: Mapping[int, tuple[str, ...]]

    def unit(self, written: str) -> Unit:
        """Return a unit by how the chain writes it."""
        return self.units.get(written) or Unit(written, 0)  # changed by hand: it still is shown

    def name_of(self, number: int) -> str:
        """Return a member's name, or the number that stands for them."""
        return self.members.get(number, f"#{number}")

    def names_of(self, household: int) -> tuple[str, ...]:
        """Return the names of a household, or the number that stands for it."""
        return self.households.get(household, (f"#{household}",))

    def in_purses(self) -> list[Balance]:
        """Return what the purses hold."""
        return [one for one in self.balances if one.account.kind == "purse" and one.amount_minor]

    def outside(self) -> list[Balance]:
        """Return what came from outside (positive) and what went there, by account."""
        return [
            one._replace(amount_minor=-one.amount_minor)
            for one in self.balances
            if one.account.kind == "outside" and one.amount_minor
        ]

    def of_households(self) -> list[tuple[tuple[str, ...], list[Balance]]]:
        """Return the households by their numbers, with what is on the accounts of each.

        What a household gave is positive here, as it is in its passbook.
        """
        found: dict[int, list[Balance]] = {}
        for one in self.balances:
            if one.account.household is not None and one.amount_minor:
                found.setdefault(one.account.household, []).append(
                    one._replace(amount_minor=-one.amount_minor)
                )
        return [(self.names_of(one), found[one]) for one in sorted(found)]


class Amount(NamedTuple):
    """So much of something."""

    amount_minor: int
    unit: Unit


@dataclass(frozen=True)
class Told:
    """An entry as people tell it: what it was about, who said it, who confirmed it.

    `amounts`: what the purses got of each unit (below nothing: what was taken out); where it
    concerns no purse, what was moved.
    """

    seq: int
    kind: str
    day: str
    names: tuple[str, ...]
    outside: str | None
    amounts: tuple[Amount, ...]
    recorded_by: str
    confirmed_by: tuple[str, ...]
    reverses: int | None
    note: str | None


def told(copy: Copy, stored: Stored) -> Told:
    """Return an entry of a copy as people tell it."""
    entry = stored.entry
    accounts = [Account.read(line.account) for line in entry.postings]
    households = dict.fromkeys(one.household for one in accounts if one.household is not None)
    return Told(
        seq=entry.seq,
        kind=entry.kind,
        day=entry.day,
        names=tuple(name for one in households for name in copy.names_of(one)),
        outside=next((one.name for one in accounts if one.kind == "outside"), None),
        amounts=_amounts(copy, entry),
        recorded_by=copy.name_of(entry.recorded_by),
        confirmed_by=tuple(copy.name_of(one.member) for one in entry.confirmations),
        reverses=entry.reverses,
        note=stored.note,
    )


def _amounts(copy: Copy, entry: Entry) -> tuple[Amount, ...]:
    moved = _sums(line for line in entry.postings if line.is_purse)
    moved = moved or _sums(line for line in entry.postings if line.amount_minor > 0)
    return tuple(Amount(amount, copy.unit(written)) for written, amount in moved.items())


def _sums(lines: Iterable[Posting]) -> dict[str, int]:
    """Add lines up by what is counted; what adds up to nothing is left out."""
    found: dict[str, int] = {}
    for line in lines:
        found[line.commodity] = found.get(line.commodity, 0) + line.amount_minor
    return {what: amount for what, amount in found.items() if amount}
