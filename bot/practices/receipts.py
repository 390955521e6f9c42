"""Receipts: what those concerned get in private once something is in the book."""

from datetime import datetime
from typing import Any, Final

from bot.domain import contributions as rules
from bot.domain.agreement import Agreement
from bot.domain.calendar import is_quiet, local
from bot.domain.ledger import Entry
from bot.domain.periods import first_day
from bot.practices import book, opening_lines, speaking
from bot.storage import chats, contributions as store, entries, groups, ledger, members, people
from bot.storage.contributions import Claim
from bot.storage.database import Reading, Transaction
from bot.storage.members import Member

PAID_OUT: Final = frozenset({"cost", "gift", "move", "income", "work", "opening"})


def give(at: Transaction, claim: Claim, entry: Entry, periods: list[str]) -> None:
    """Give whoever said it, and the household it is about, their receipt.

    Of an entry that takes another back, whoever recorded and confirmed that one, too.
    """
    sayer = members.by_id(at, claim.said_by)
    _give_openings(at, claim, entry)
    facts = _facts(at, claim, entry, periods)
    for one in _concerned(at, claim, sayer):
        tell(
            at,
            one.person_id,
            "contributions/receipt",
            key=f"receipt:{claim.group_id}:{entry.seq}:{one.id}",
            zone_of=groups.agreement(at, claim.group_id),
            is_sayer=one.id == sayer.id,
            is_own=one.household_id == claim.household_id,
            **facts,
        )


def _give_openings(at: Transaction, claim: Claim, entry: Entry) -> None:
    """Tell each household what a cut-off sheet says it has, or that the sheet is taken back."""
    said = claim
    if claim.reverses is not None:
        taken_back = entries.facts(at, claim.group_id, claim.reverses)
        if taken_back is None or taken_back.kind != "opening" or taken_back.claim_id is None:
            return
        said = store.by_id(at, taken_back.claim_id)
    for one in opening_lines.concerned(at, said):
        tell(
            at,
            one.person_id,
            "openings/yours",
            key=f"opening:{claim.group_id}:{entry.seq}:{one.id}",
            zone_of=groups.agreement(at, claim.group_id),
            group=groups.by_id(at, claim.group_id),
            is_taken_back=claim.reverses is not None,
            purse=said.purse,
            amount=opening_lines.line_of(at, said, one.household_id),
            counted=said.commodity,
            number=entry.seq,
            code=ledger.head(at, claim.group_id).code,
        )


def _concerned(at: Reading, claim: Claim, sayer: Member) -> list[Member]:
    # Who said a whole list gets one word on it, not a receipt for each name.
    is_listed = claim.batch is not None and sayer.household_id != claim.household_id
    found = {} if is_listed else {sayer.id: sayer}
    if claim.household_id is not None:
        for one in members.of_household(at, claim.household_id):
            if one.household_id != sayer.household_id:
                found[one.id] = one
    if claim.reverses is not None:
        taken_back = entries.facts(at, claim.group_id, claim.reverses)
        assert taken_back is not None
        for number in (taken_back.recorded_by, *taken_back.confirmed_by):
            one = members.of_number(at, claim.group_id, number)
            if one.state == "member":
                found[one.id] = one
    return list(found.values())


def _facts(at: Reading, claim: Claim, entry: Entry, periods: list[str]) -> dict[str, Any]:
    group = groups.by_id(at, claim.group_id)
    agreement = groups.agreement(at, claim.group_id)
    place = book.Place(group.id, claim.purse, claim.commodity)
    confirmers = rules.confirmers(store.events_of(at, claim.id))
    facts = {
        "group": group,
        "has_several": len(agreement.giving) > 1,
        "claim": claim,
        "number": entry.seq,
        "day": local(at.now, agreement.zone).date(),
        "amount": claim.amount_minor,
        "counted": claim.commodity,
        "periods": periods,
        "sayer": members.by_id(at, claim.said_by).name,
        "confirmed_by": [members.by_id(at, one).name for one in confirmers],
        "reason": store.note_of(at, claim),
        "in_purse": book.in_purse(at, place),
        "code": ledger.head(at, claim.group_id).code,
    }
    return facts | _household_facts(at, claim, place, entry, periods)


def _household_facts(
    at: Reading, claim: Claim, place: book.Place, entry: Entry, periods: list[str]
) -> dict[str, Any]:
    """Return where the household stands that it is about: its running total, shares and stamps."""
    facts = {"household": [], "total": 0, "stamps": "", "shares": 0, "has": 0, "kept": 0}
    if claim.household_id is None:
        return facts
    plan = book.plan_of_claim(at, claim) if claim.kind not in PAID_OUT else None
    facts |= {
        "household": book.household_names(at, claim.household_id),
        "total": book.given_by(at, place, claim.household_id),
    }
    if plan is None:
        return facts
    if plan.terms.kind == "shares":
        facts |= {
            "shares": sum(
                one.amount_minor
                for one in entry.postings
                if one.is_purse and one.commodity.startswith(f"{ledger.SHARES}:")
            ),
            "has": book.shares_of(at, plan, claim.household_id),
            "kept": book.kept_by(at, plan, claim.household_id),
        }
    if periods or plan.terms.kind == "shares":
        year = first_day(periods[0]).year if periods else int(claim.day[:4])
        facts["stamps"] = rules.stamps(book.stamps_of(at, plan, claim.household_id, year))
    return facts


def tell(
    at: Transaction,
    person_id: int,
    message: str,
    *,
    key: str,
    zone_of: Agreement,
    expires_at: datetime | None = None,
    **facts: Any,  # noqa: ANN401 - whatever the template needs
) -> bool:
    """Say something to a person in private, without a sound in the group's quiet hours.

    False where they have no open private chat, or it was said already.
    """
    chat = chats.of_person(at, person_id)
    if chat is None or chat.state != "open":
        return False
    return speaking.say(
        at,
        chat,
        people.by_id(at, person_id).language,
        message,
        key=key,
        expires_at=expires_at,
        silent=is_quiet(at.now, zone_of.quiet_hours, zone_of.zone),
        **facts,
    )
