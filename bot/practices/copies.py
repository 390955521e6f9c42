"""Copies of the group's book, to be taken away by any of its members: a group's book is its own.

A copy goes to a member in private and nowhere else. It is made when it leaves, in a thread of its
own, from the book up to the entry that was the last when it was asked for; by then it is asked once
more whether they are still a member. A copy that leaves the group says numbers in place of names,
and leaves out people's own words.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, Literal, get_args

from bot.domain.calendar import local
from bot.domain.copies import Balance, Copy, Unit
from bot.domain.errors import Refusal
from bot.domain.ledger import Account, Stored
from bot.practices import fund, speaking
from bot.practices.dues import Screen
from bot.rendering import beancount, book_csv, book_page, book_sheet
from bot.rendering.files import File
from bot.storage import chain, contributions as store, entries, groups, ledger, members, people
from bot.storage.chats import Chat
from bot.storage.database import Reading, Transaction

Form = Literal["csv", "sheet", "beancount", "page", "script"]

FORMS: Final[tuple[Form, ...]] = get_args(Form)
#: What a member may ask for: the last is their own, and goes with a script that checks it too.
ASKED_FOR: Final[tuple[Form, ...]] = FORMS[:4]
ENTRIES_MAX: Final = 20_000  # in a chat: some megabytes; whoever runs the bot can take all of it
FILES: Final[Mapping[Form, tuple[str, str]]] = {  # the file's name, its media type
    "csv": ("book-{day}.csv", "text/csv"),
    "sheet": ("book-{day}.html", "text/html"),
    "beancount": ("book-{day}.beancount", "text/plain"),
    "page": ("passbook-{day}.html", "text/html"),
    "script": ("check_book.py", "text/x-python"),
}


class BookTooLong(Refusal):
    """The book has more entries than a file in a chat holds. Facts: most."""


class NoSuchCopy(Refusal):
    """There is nothing yet to take a copy of, or no copy of that kind."""


# -- asking for one ----------------------------------------------------------------------------


def screen(at: Reading, group_id: int, person_id: int) -> Screen:
    """Return in which forms a member can take the book away. Raises NotAMember, NoFund."""
    group = fund.group_of_member(at, group_id, person_id)
    return Screen("copies/take", {"group": group, "head": ledger.head(at, group_id)})


def send(at: Transaction, chat: Chat, group_id: int, person_id: int, number: int) -> None:
    """Have a copy sent to a member, in their private chat. `number`: one of ASKED_FOR.

    A second tap within a minute sends nothing more. Raises NotAMember, NoFund, NoSuchCopy,
    BookTooLong.
    """
    assert chat.is_private
    group = fund.group_of_member(at, group_id, person_id)
    head = ledger.head(at, group_id)
    if head.seq == 0 or not 0 <= number < len(ASKED_FOR):
        raise NoSuchCopy
    if head.seq > ENTRIES_MAX:
        raise BookTooLong(most=ENTRIES_MAX)
    asked = ASKED_FOR[number]
    language = people.by_id(at, person_id).language
    for form in ("page", "script") if asked == "page" else (asked,):
        speaking.say(
            at,
            chat,
            language,
            "copies/caption",
            key=f"copy:{group_id}:{person_id}:{form}:{at.now_text[:16]}",
            document={
                "copy": form,
                "group": group_id,
                "person": person_id,
                "until": head.seq,
                "language": language,
            },
            group=group,
            form=form,
            head=head,
        )


# -- making one --------------------------------------------------------------------------------


def is_order(order: Mapping[str, Any]) -> bool:
    """Whether the order for a file is one for a copy of a book."""
    return "copy" in order


def make(at: Reading, order: Mapping[str, Any]) -> File:
    """Make the copy that was ordered. Raises NotAMember where they are not one any more, NoFund."""
    form: Form = order["copy"]
    group_id, person_id, language = order["group"], order["person"], order["language"]
    fund.group_of_member(at, group_id, person_id)
    copy = copy_of(at, group_id, until=order["until"])
    if form == "csv":
        text = book_csv.text_of(copy, language)
    elif form == "sheet":
        text = book_sheet.text_of(copy, language)
    elif form == "beancount":
        text = beancount.text_of(copy)
    elif form == "page":
        text = book_page.text_of(copy, language, _own(at, group_id, person_id, order["until"]))
    else:
        text = iter([book_page.script()])
    name, media_type = FILES[form]
    day = copy.made_on.isoformat()
    return name.format(day=day), "".join(text).encode(), media_type


def _own(at: Reading, group_id: int, person_id: int, until: int) -> book_page.Own:
    """Return what a member's own page shows of their household: every line of it."""
    member = members.require(at, group_id, person_id)
    lines = entries.lines_of_household(
        at,
        group_id,
        store.grew_from(at, member.household_id),
        before_seq=None,
        most=2**31,
    )
    names = [one.name for one in members.of_household(at, member.household_id)]
    return book_page.Own(names, [one for one in lines if one.seq <= until])


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
