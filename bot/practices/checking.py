"""The book checked: the chain, the sums, the running balances, who confirmed. Nothing changes it.

Any member may ask for it with a tap. A tap must not keep the others waiting, so of a long book it
checks the newest entries and says so; `barnraiser verify` checks all of every book, and a member's
own copy (practices/exports.py) can be checked without us.
"""

from typing import Any, Final, NamedTuple

from bot.domain import ledger as rules
from bot.domain.ledger import Fault
from bot.practices import fund
from bot.practices.dues import Screen
from bot.storage import chain, ledger
from bot.storage.database import Reading

TAP_MAX: Final = 2000  # entries that a tap checks: some tens of milliseconds


class Checked(NamedTuple):
    """What checking a group's book found."""

    group_id: int
    entries: int
    code: str
    faults: list[Fault]


def verify(at: Reading, group_id: int, after: int = 0) -> list[Fault]:
    """Check a group's book and return every entry that does not agree: all, or after `after`."""
    found = rules.verify(
        chain.stored_entries(at, group_id, after),
        chain.ties(at, group_id),
        chain.before(at, group_id, after),
    )
    strays = [Fault(seq, "another_book") for seq in chain.strays(at, group_id, after)]
    unread = [Fault(seq, "changed") for seq in chain.in_unknown_units(at, group_id)]
    return sorted({*found, *strays, *unread}, key=lambda fault: (fault.seq, fault.kind))


def verify_all(at: Reading) -> list[Checked]:
    """Check the book of every group that has one."""
    return [
        Checked(group_id, head.seq, head.code, verify(at, group_id))
        for group_id in chain.groups_with_entries(at)
        for head in [ledger.head(at, group_id)]
    ]


def check(at: Reading, group_id: int, person_id: int) -> Screen:
    """Check the book for one of its members, as much of it as a tap may. Raises NotAMember, NoFund.

    What is left out of a long book are its oldest entries.
    """
    fund.group_of_member(at, group_id, person_id)
    head = ledger.head(at, group_id)
    after = max(0, head.seq - TAP_MAX)
    facts: dict[str, Any] = {
        "count": head.seq - after,
        "of": head.seq,
        "faults": verify(at, group_id, after),
        "code": head.code,
    }
    return Screen("fund/toast_checked", facts)
