"""One's own passbook: every line of one's household, paged, in words and as a picture.

It is shown in private to the household's own members and to nobody else. Nothing here changes it.
"""

from typing import Any, Final

from bot.domain import contributions as rules
from bot.domain.calendar import local
from bot.practices import book, fund, speaking
from bot.practices.booking import GIFTS
from bot.practices.dues import Screen
from bot.practices.fund import Purse
from bot.rendering import digests, files, messages
from bot.rendering.messages import CAPTION_MAX
from bot.rendering.picture_facts import Column, Passbook
from bot.storage import (
    chats,
    contributions as store,
    entries,
    groups,
    ledger,
    members,
    outbox,
    people,
)
from bot.storage.chats import Chat
from bot.storage.database import Reading, Transaction
from bot.storage.entries import BookLine
from bot.storage.members import Member

LINES: Final = 10
NOTED: Final = "👍"
LINES_OF_ENTRY_MAX: Final = 200


def mine(at: Reading, person_id: int) -> Screen:
    """Return what /passbook shows: one's household's lines, or which group. Raises NoFund."""
    found = fund.groups_with_a_book(at, person_id)
    if len(found) > 1:
        return Screen("fund/which", {"groups": found, "verb": "passbook"})
    return page(at, found[0].id, person_id)


def find_in_group(at: Transaction, chat: Chat, person_id: int, message_id: int) -> Screen | None:
    """Open it in private; None where that was possible (the command gets a sign), else the way.

    Raises NoFund, NotAMember.
    """
    group = groups.of_chat(at, chat.id)
    if group is None:
        raise fund.NoFund
    shown = page(at, group.id, person_id)
    if fund.plan_of(at, group.id) is None and shown.facts["head"].seq == 0:
        raise fund.NoFund
    private = chats.of_person(at, person_id)
    if private is None or private.state != "open":
        return Screen("fund/way_in", {"url": speaking.link(at, fund.PASSBOOK, group.id)})
    speaking.say(at, private, people.by_id(at, person_id).language, shown.message, **shown.facts)
    noted = {"message_id": message_id, "reaction": [{"type": "emoji", "emoji": NOTED}]}
    outbox.queue(at, chat.id, {"method": "setMessageReaction", "params": noted})
    return None


def page(at: Reading, group_id: int, person_id: int, before_seq: int | None = None) -> Screen:
    """Return a page of one's own household's lines, the newest first. Raises NotAMember, NoFund."""
    group = fund.group_of_member(at, group_id, person_id)
    member = members.require(at, group_id, person_id, group_title=group.title)
    lines, older_than = _lines(at, member, before_seq)
    agreed = fund.plan_of(at, group_id)
    year = local(at.now, groups.agreement(at, group_id).zone).year
    totals = _totals(at, group_id, member.household_id)
    return Screen(
        "fund/passbook",
        {
            "group": group,
            "household": book.household_names(at, member.household_id),
            "lines": lines,
            "before": before_seq or 0,
            "older_than": older_than,
            "is_newest": before_seq is None,
            "totals": totals,
            "has_several": len({(one.name, one.code) for one in totals}) > 1,
            "stamps": ""
            if agreed is None
            else rules.stamps(book.stamps_of(at, agreed, member.household_id, year)),
            "year": year,
            "head": ledger.head(at, group_id),
        },
    )


def send_picture(
    at: Transaction, chat: Chat, group_id: int, person_id: int, before_seq: int | None
) -> None:
    """Send a page of one's passbook as a picture. Raises NotAMember, NoFund, NoSuchLines."""
    assert chat.is_private
    facts = dict(page(at, group_id, person_id, before_seq).facts)
    language = people.by_id(at, person_id).language
    picture = files.picture(picture_of(facts, language))
    # The same numbers in words, as many of the lines as a caption holds.
    while digests.length(messages.render("fund/passbook_caption", language, **facts)) > CAPTION_MAX:
        facts["lines"] = facts["lines"][:-1]
    speaking.say(at, chat, language, "fund/passbook_caption", picture=picture, **facts)


def _lines(
    at: Reading, member: Member, before_seq: int | None
) -> tuple[list[BookLine], int | None]:
    """Return a page of lines, and before which entry the next page begins, if there is one.

    An entry may have several lines (several purses, or kinds of things): none is torn apart.
    """
    households = store.grew_from(at, member.household_id)
    found = entries.lines_of_household(
        at, member.group_id, households, before_seq=before_seq, most=LINES + 1
    )
    if len(found) <= LINES:
        return found, None
    whole = [one for one in found if one.seq > found[LINES].seq]
    if not whole:  # one entry alone fills the page
        seq = found[0].seq
        more = entries.lines_of_household(
            at, member.group_id, households, before_seq=before_seq, most=LINES_OF_ENTRY_MAX
        )
        whole = [one for one in more if one.seq == seq]
    return whole, whole[-1].seq


def _totals(at: Reading, group_id: int, household_id: int) -> list[Purse]:
    """Return what a household has given, by purse and commodity, and what is kept for it."""
    found: dict[tuple[str, int], Purse] = {}
    for household in store.grew_from(at, household_id):
        for account_id, name in entries.accounts_of_household(at, group_id, household):
            for commodity in ledger.commodities_of(at, group_id) if name != GIFTS else ():
                amount = -ledger.balance(at, account_id, commodity.id)
                place = (name, commodity.id)
                before = found[place].amount_minor if place in found else 0
                found[place] = Purse(name, before + amount, commodity, account_id)
    return [one for one in found.values() if one.amount_minor]


def picture_of(facts: dict[str, Any], language: str) -> Passbook:
    """Return the facts of a page's picture, from what `page` gives."""

    def words(part: str, **more: object) -> str:
        made = messages.plain("fund/passbook_picture", language, part=part, **facts, **more)
        return messages.clean_name(made)

    columns = [Column(words("day_column")), Column(words("amount_column"), is_amount=True)]
    columns.append(Column(words("total_column"), is_amount=True))
    if facts["has_several"]:
        columns.insert(1, Column(words("purse_column")))
    totals: list[Purse] = facts["totals"]
    return Passbook(
        title=words("title"),
        subtitle=messages.clean_name(facts["group"].title),
        columns=tuple(columns),
        rows=tuple(_row(line, words, facts) for line in facts["lines"][:LINES]),
        direction=digests.direction(language),
        footer=words("footer") if len(totals) == 1 else "",
        footer_amount=words("footer_amount", total=totals[0]) if len(totals) == 1 else "",
    )


def _row(line: BookLine, words: Any, facts: dict[str, Any]) -> tuple[str, ...]:  # noqa: ANN401 - a function
    purse = (words("purse", line=line),) if facts["has_several"] else ()
    return (
        words("day", line=line),
        *purse,
        words("amount", line=line),
        words("total", line=line),
    )
