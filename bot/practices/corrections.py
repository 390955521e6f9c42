"""A mistake in the book is corrected by an entry that takes another back, and all can see why.

Whoever sees a mistake says so and gives the reason; witnesses of other households confirm it, as
they confirm money; those concerned are told when it is said and when it is booked.
"""

from typing import Final

from bot.domain import contributions as rules
from bot.domain.errors import Refusal
from bot.practices import book, fund, receipts, witnessing
from bot.practices.contributions import noted_screen
from bot.practices.dues import Screen
from bot.rendering.messages import cut
from bot.storage import contributions as store, entries, groups, ledger, members, questions
from bot.storage.chats import Chat
from bot.storage.contributions import Claim
from bot.storage.database import Reading, Transaction
from bot.storage.entries import EntryFacts
from bot.storage.members import Member

REASON_ASKED: Final = "reversal_reason"  # the open question; its subject is the group


class CannotTakeBack(Refusal):
    """An entry that was taken back already, takes another back, or waits to be taken back."""


def ask_reason(at: Transaction, chat: Chat, group_id: int, person_id: int, seq: int) -> Screen:
    """Ask why an entry is to be taken back.

    Raises NotAMember, NoFund, NoSuchPayment, CannotTakeBack, PurseTooLow.
    """
    _, entry = _entry_to_take_back(at, group_id, person_id, seq)
    questions.ask(
        at,
        person_id=person_id,
        chat_id=chat.id,
        kind=REASON_ASKED,
        subject=group_id,
        seq=seq,
    )
    return Screen(
        "fund/reversal_reason_asked",
        {"group": groups.by_id(at, group_id), "entry": fund.entry_facts(at, group_id, entry)},
    )


def take_back(at: Transaction, group_id: int, person_id: int, seq: int, reason: str) -> Screen:
    """Say that an entry is a mistake, and why; witnesses are asked, those concerned are told.

    Raises what `ask_reason` raises, and ReasonMissing.
    """
    witnessing.require_words(reason)
    member, entry = _entry_to_take_back(at, group_id, person_id, seq)
    words = cut(" ".join(reason.split()), rules.REASON_MAX)
    claim = store.add(
        at,
        group_id,
        kind="reversal",
        said_by=member.id,
        household_id=None if entry.kind == "opening" else entry.household_id,
        purse=entry.purse,
        outside=entry.outside,
        commodity=entry.commodity,
        amount_minor=abs(entry.amount_minor),
        period=entry.periods[0] if entry.periods else "",
        day=book.local_day(at, groups.agreement(at, group_id)),
        witnesses=book.witnesses_needed(at, group_id),
        note=at.seal_for(person_id, words),
        reverses=seq,
        key=f"reverses:{seq}:{store.count_reversals(at, group_id, seq)}",
    )
    assert claim is not None
    questions.settle(at, person_id, REASON_ASKED, group_id)
    asked = witnessing.ask_for(at, claim)
    _tell_concerned(at, claim, entry, member)
    return noted_screen(at, claim, asked)


def _entry_to_take_back(
    at: Reading, group_id: int, person_id: int, seq: int
) -> tuple[Member, EntryFacts]:
    member, entry = fund.entry_of_member(at, group_id, person_id, seq)
    if (
        entry.reverses is not None
        or entry.reversed_by is not None
        or store.open_reversal(at, group_id, seq)
    ):
        raise CannotTakeBack(seq=seq)
    book.require_in_purse(at, entries.lines_to_reverse(at, group_id, seq))
    return member, entry


def _tell_concerned(at: Transaction, claim: Claim, entry: EntryFacts, by: Member) -> None:
    """Tell who recorded the entry and the household it is about, once.

    Not who says it themselves, nor who was just asked to confirm it: they can say no there.
    """
    agreement = groups.agreement(at, claim.group_id)
    told = {by.id, *store.asked(at, claim.id)}
    for member in concerned(at, claim.group_id, entry):
        if member.id not in told:
            receipts.tell(
                at,
                member.person_id,
                "fund/reversal_asked",
                key=f"reversal_asked:{claim.id}:{member.id}",
                zone_of=agreement,
                **witnessing.facts_of(at, claim),
            )


def concerned(at: Reading, group_id: int, entry: EntryFacts) -> list[Member]:
    """Return who recorded an entry and who is of the household it is about."""
    recorder = members.of_number(at, group_id, entry.recorded_by)
    of_household = (
        [] if entry.household_id is None else members.of_household(at, entry.household_id)
    )
    return list({one.id: one for one in [recorder, *of_household]}.values())


def show_entry(at: Reading, group_id: int, person_id: int, seq: int) -> Screen:
    """Return one entry in full, to members. Raises NotAMember, NoFund, NoSuchPayment."""
    _, entry = fund.entry_of_member(at, group_id, person_id, seq)
    can_take_back = (
        entry.reverses is None
        and entry.reversed_by is None
        and not store.open_reversal(at, group_id, seq)
    )
    return Screen(
        "fund/entry",
        {
            "group": groups.by_id(at, group_id),
            "entry": fund.entry_facts(at, group_id, entry),
            "reason": entries.note_of(at, group_id, seq),
            "can_take_back": can_take_back,
            "head": ledger.head(at, group_id),
        },
    )
