"""Copies of the group's book, to be taken away by any of its members: a group's book is its own.

A copy goes to a member in private and nowhere else. It is made when it leaves, in a thread of its
own, from the book up to the entry that was the last when it was asked for; by then it is asked once
more whether they are still a member. A copy that leaves the group says numbers in place of names,
and leaves out people's own words.
"""

from collections.abc import Iterator
from dataclasses import replace

from bot.domain.calendar import local
from bot.domain.copies import Balance, Copy, Unit
from bot.domain.ledger import Account, Stored
from bot.rendering import beancount, book_csv, book_page, book_sheet
from bot.storage import chain, groups, ledger, members
from bot.storage.database import Reading


def copy_of(
    at: Reading, group_id: int, *, until: int | None = None, with_names: bool = True
) -> Copy:
    """Return a group's book up to an entry (the last one, if not said). Raises LookupError."""
    group, agreement = groups.by_id(at, group_id), groups.agreement(at, group_id)
    last = ledger.head(at, group_id).seq if until is None else until
    stands = chain.before(at, group_id, last)
    units = {
        one.written: Unit(one.code, one.scale, one.unit)
        for one in ledger.commodities_of(at, group_id)
    }
    balances = tuple(
        Balance(Account.read(account), units[unit], amount)
        for (account, unit), amount in stands.balances.items()
    )

    def entries() -> Iterator[Stored]:
        for one in chain.stored_entries(at, group_id):
            if one.entry.seq > last:
                return
            yield one if with_names else replace(one, note=None)

    return Copy(
        title=group.title,
        made_on=local(at.now, agreement.zone).date(),
        last=last,
        code=ledger.Head(stands.seq, stands.hash).code,
        entries=entries,
        balances=balances,
        units=units,
        members=_members(at, group_id) if with_names else {},
        households=_households(at, balances) if with_names else {},
    )


def files_of(
    at: Reading, group_id: int, *, with_names: bool
) -> Iterator[tuple[str, Iterator[str]]]:
    """Yield every form a book is written in: a file's name, and its text. Raises LookupError."""
    language = groups.by_id(at, group_id).language
    copy = copy_of(at, group_id, with_names=with_names)
    yield "book.csv", book_csv.text_of(copy, language)
    yield "book.html", book_sheet.text_of(copy, language)
    yield "book.beancount", beancount.text_of(copy)
    yield "check.html", book_page.text_of(copy, language)
    yield "check_book.py", iter([book_page.script()])


def _members(at: Reading, group_id: int) -> dict[int, str]:
    return {one.number: one.name for one in members.ever_of_group(at, group_id)}


def _households(at: Reading, balances: tuple[Balance, ...]) -> dict[int, tuple[str, ...]]:
    found = {one.account.household for one in balances}
    return {
        household: tuple(one.name for one in members.ever_of_household(at, household))
        for household in sorted(one for one in found if one is not None)
    }
