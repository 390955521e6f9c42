"""Money is witnessed: what somebody says happened counts once others of other households confirm.

Witnesses are asked in private, a few at a time, never in quiet hours. Whoever holds the office of
witness, and the treasurer, are asked where the group has witnesses; else every other member is.
A claim that somebody does not find is frozen, alone, until they have talked.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from bot.domain import contributions as rules
from bot.domain.calendar import after_quiet, is_quiet
from bot.domain.contributions import (
    CannotWitness,
    NoSuchPayment,
    PaymentDisputed,
    PaymentOver,
    State,
)
from bot.domain.errors import Refusal
from bot.practices import book, booking, opening_lines, receipts, speaking
from bot.rendering.messages import cut, render
from bot.storage import (
    chats,
    contributions as store,
    due,
    groups,
    ledger,
    members,
    outbox,
    people,
    questions,
)
from bot.storage.contributions import Claim, Reason
from bot.storage.database import Reading, Transaction
from bot.storage.due import Due
from bot.storage.members import Member
from bot.storage.outbox import Card

REQUEST: Final = "witness_request"  # a card in a witness's private chat; its subject is the claim
LIST_REQUEST: Final = "witness_list"  # the same for a list; its subject is the list
ASK: Final = "claim_ask"  # due for a claim: the night is over
FOLLOW_UP: Final = "claim_follow_up"  # due for a claim: nobody has confirmed it
REASON_ASKED: Final = "dispute_reason"  # the open question

ASKED_AT_A_TIME: Final = 3
#: Days after which the witnesses are asked again, and others too. Always caught up: late is better.
FOLLOW_UPS: Final = (1, 3, 7, 14, 30)
TELL_PAYER_AT: Final = 3  # days: the payer learns that nobody has answered, and who was asked
OF_MONEY: Final = frozenset({"witness", "treasurer"})
REASONS: Final = ("nothing_came", "other_amount")


class WitnessesConfirm(Refusal):
    """Only the group's witnesses and treasurer confirm payments. Facts: names."""


class ReasonMissing(Refusal):
    """A sticker, say, where a few words were asked for."""


# -- who ---------------------------------------------------------------------------------------


def eligible(at: Reading, claim: Claim) -> list[Member]:
    """Return who may confirm a claim, those whose turn it is first."""
    of_office = {
        member.id: member
        for office in ("witness", "treasurer")
        for member in members.holders(at, claim.group_id, office)
    }
    witnesses = members.holders(at, claim.group_id, "witness")
    able = [one for one in of_office.values() if _is_able(at, claim, one)] if witnesses else []
    if not able:
        able = [one for one in members.of_group(at, claim.group_id) if _is_able(at, claim, one)]
    return sorted(able, key=lambda one: (store.last_asked(at, one.id), one.number))


def _is_able(at: Reading, claim: Claim, member: Member) -> bool:
    return member.has_phone and store.may_witness(at, claim, member.id)


def reachable(at: Reading, member: Member) -> bool:
    """Whether a member can be asked in private: not while they are away from the group's chat.

    Nor who takes no part in contributions, unless they hold an office of it. All may confirm.
    """
    chat = chats.of_person(at, member.person_id)
    if chat is None or chat.state != "open" or member.is_away:
        return False
    return member.takes_part("contributions") or not OF_MONEY.isdisjoint(
        members.offices_of(at, member.id)
    )


def _require_witness(at: Reading, claim: Claim, person_id: int) -> Member:
    """Return who confirms or disputes. Raises NoSuchPayment, CannotWitness, WitnessesConfirm."""
    member = members.of_person(at, claim.group_id, person_id)
    if member is None or member.state != "member":
        raise NoSuchPayment
    if not store.may_witness(at, claim, member.id):
        raise CannotWitness
    able = eligible(at, claim)
    if member.id not in {one.id for one in able}:
        raise WitnessesConfirm(names=[one.name for one in able])
    return member


# -- asking -----------------------------------------------------------------------------------


def ask_for(at: Transaction, claim: Claim) -> list[Member]:
    """Ask witnesses to confirm a claim, or plan to when the night is over.

    Return who is (or will be) asked first; nobody where there is nobody to ask yet.
    """
    plan_follow_ups(at, claim)
    agreement = groups.agreement(at, claim.group_id)
    if is_quiet(at.now, agreement.quiet_hours, agreement.zone):
        morning = after_quiet(at.now, agreement.quiet_hours, agreement.zone)
        due.add(at, ASK, claim.id, "1", morning)
        return [one for one in eligible(at, claim) if reachable(at, one)][:ASKED_AT_A_TIME]
    return _ask_next(at, claim)


def plan_follow_ups(at: Transaction, claim: Claim) -> None:
    """Plan to ask again, should nobody confirm."""
    for days in FOLLOW_UPS:
        due.add(at, FOLLOW_UP, claim.id, str(days), at.now + timedelta(days=days))


def ask_when_due(at: Transaction, waiting: Due) -> None:
    """The night is over: ask the witnesses."""
    claim = store.by_id(at, waiting.subject)
    if store.state_of(at, claim) == "said":
        _ask_next(at, claim)


def _ask_next(at: Transaction, claim: Claim) -> list[Member]:
    """Ask the next witnesses whose turn it is, at most three."""
    able = {one.id: one for one in eligible(at, claim) if reachable(at, one)}
    asked = store.asked(at, claim.id)
    chosen = [able[one] for one in rules.turns(asked, list(able), ASKED_AT_A_TIME)]
    for one in chosen:
        ask_member(at, claim, one)
    return chosen


def ask_member(at: Transaction, claim: Claim, member: Member) -> None:
    """Ask one witness, in private; the photo of a paper receipt goes first."""
    if member.id not in store.asked(at, claim.id):
        _show_photo(at, claim, member)
    store.ask(at, claim, member.id)
    _show_request(at, claim, member)


def _show_photo(at: Transaction, claim: Claim, member: Member) -> None:
    photo, chat = store.photo_of(at, claim), chats.of_person(at, member.person_id)
    if photo is None or chat is None:
        return
    words = render("fund/photo", member.language, **facts_of(at, claim))
    params = {"photo": photo, "caption": words.text, "parse_mode": "HTML"}
    key = f"claim_photo:{claim.id}:{member.id}"
    outbox.queue(at, chat.id, {"method": "sendPhoto", "params": params}, key=key)


def _show_request(at: Transaction, claim: Claim, member: Member) -> None:
    chat = chats.of_person(at, member.person_id)
    if chat is not None:
        outbox.show_card(at, *_card_of(claim), chat.id, urgency=outbox.ANSWER)


def _card_of(claim: Claim) -> tuple[str, int]:
    """Kind and subject of the card that asks for a claim: of a list's claims it is one."""
    return (REQUEST, claim.id) if claim.batch is None else (LIST_REQUEST, claim.batch)


def _show_requests(at: Transaction, claim: Claim) -> None:
    for member_id in store.asked(at, claim.id):
        _show_request(at, claim, members.by_id(at, member_id))


def follow_up_when_due(at: Transaction, waiting: Due) -> None:
    """Nobody has confirmed for some days: ask again, ask others too, and tell the payer once."""
    claim = store.by_id(at, waiting.subject)
    if store.state_of(at, claim) != "said":
        return
    agreement = groups.agreement(at, claim.group_id)
    morning = after_quiet(at.now, agreement.quiet_hours, agreement.zone)
    if morning > at.now:
        due.add(at, FOLLOW_UP, claim.id, f"{waiting.occurrence}, morning", morning)
        return
    confirmed = set(rules.confirmers(store.events_of(at, claim.id)))
    for member_id in store.asked(at, claim.id):
        member = members.by_id(at, member_id)
        chat = chats.of_person(at, member.person_id)
        if member_id not in confirmed and chat is not None and _still_asked(at, claim, member):
            outbox.repost_card(at, *_card_of(claim), chat.id)
    _ask_next(at, claim)
    if waiting.occurrence.split(",")[0] == str(TELL_PAYER_AT):
        _tell_payer_of_waiting(at, claim)


def _still_asked(at: Reading, claim: Claim, member: Member) -> bool:
    return (
        member.state == "member"
        and reachable(at, member)
        and store.may_witness(at, claim, member.id)
    )


def _tell_payer_of_waiting(at: Transaction, claim: Claim) -> None:
    payer = members.by_id(at, claim.said_by)
    asked = [members.by_id(at, one) for one in store.asked(at, claim.id)]
    receipts.tell(
        at,
        payer.person_id,
        "contributions/still_waiting",
        key=f"claim_waits:{claim.id if claim.batch is None else f'list {claim.batch}'}",
        zone_of=groups.agreement(at, claim.group_id),
        **facts_of(at, claim),
        asked=[one.name for one in asked if one.state == "member"],
    )


# -- confirming -------------------------------------------------------------------------------


def confirm(at: Transaction, claim_id: int, person_id: int) -> tuple[Claim, State]:
    """Confirm a claim; once enough witnesses have, it is booked. Return where it stands now.

    A second tap changes nothing. Raises NoSuchPayment, CannotWitness, WitnessesConfirm,
    PaymentOver (withdrawn), PaymentDisputed (by somebody else who is still there to settle it).
    """
    claim = store.by_id(at, claim_id)
    against = rules.disputers(store.events_of(at, claim_id))
    objector = _concerned(at, claim, person_id)
    member = objector or _require_witness(at, claim, person_id)
    state = store.state_of(at, claim)
    if state == "booked":
        return claim, state
    if state == "withdrawn":
        raise PaymentOver
    if member.id in against:
        store.note(at, claim, member.id, "settled")
    elif objector is not None:
        raise CannotWitness
    questions.settle(at, person_id, REASON_ASKED, claim_id)
    if objector is None:
        _settle_for_those_who_left(at, claim, [one for one in against if one != member.id])
        store.note(at, claim, member.id, "confirmed")
    if _is_confirmed(at, claim):
        booking.book_claim(at, claim)
    elif not rules.disputers(store.events_of(at, claim_id)):
        _ask_next(at, claim)
    _show_requests(at, claim)
    return claim, store.state_of(at, claim)


def _settle_for_those_who_left(at: Transaction, claim: Claim, against: list[int]) -> None:
    """Whoever confirms settles it in the place of those who left. Raises PaymentDisputed."""
    others = [members.by_id(at, one) for one in against]
    for one in others:
        if one.state == "member":
            raise PaymentDisputed(who=one.name)
        store.note(at, claim, one.id, "settled")


def _concerned(at: Reading, claim: Claim, person_id: int) -> Member | None:
    """Return whoever may object to a correction though they cannot confirm it.

    That is the household it is about, unless it is somebody of it who says so.
    """
    member = members.of_person(at, claim.group_id, person_id)
    if (
        claim.kind == "contribution"
        or member is None
        or member.state != "member"
        or member.id == claim.said_by
        or member.household_id != claim.household_id
    ):
        return None
    return member


def _is_confirmed(at: Reading, claim: Claim) -> bool:
    """Whether as many households as were agreed have confirmed it."""
    events = store.events_of(at, claim.id)
    households = {members.by_id(at, one).household_id for one in rules.confirmers(events)}
    return len(households) >= claim.witnesses and not rules.disputers(events)


# -- disputing --------------------------------------------------------------------------------


def ask_reason(at: Transaction, claim_id: int, person_id: int, chat: chats.Chat) -> Claim:
    """Ask a witness what they saw instead. Raises what `confirm` raises, and PaymentOver."""
    claim = store.by_id(at, claim_id)
    _require_open(at, claim, person_id)
    speaking.ask(
        at,
        person_id=person_id,
        chat=chat,
        language=people.by_id(at, person_id).language,
        message="contributions/why_not",
        kind=REASON_ASKED,
        subject=claim.id,
        **facts_of(at, claim),
    )
    return claim


def require_words(text: str) -> None:
    """Raise ReasonMissing where there are none."""
    if not text.strip():
        raise ReasonMissing


def dispute(
    at: Transaction,
    claim_id: int,
    person_id: int,
    *,
    code: str | None = None,
    text: str | None = None,
) -> Claim:
    """Say that a payment was not found, and why: it is frozen, alone, and both are told.

    `code` is one of REASONS, `text` the witness's own words. Raises what `confirm` raises.
    """
    claim = store.by_id(at, claim_id)
    member = _require_open(at, claim, person_id)
    if member.id not in rules.disputers(store.events_of(at, claim_id)):
        words = None if text is None else cut(" ".join(text.split()), rules.REASON_MAX)
        store.dispute(at, claim, member.id, Reason(code, words, member.id), person_id)
        _tell_payer_of_dispute(at, claim, member)
    questions.settle(at, person_id, REASON_ASKED, claim_id)
    _show_requests(at, claim)
    return claim


def _require_open(at: Reading, claim: Claim, person_id: int) -> Member:
    member = _concerned(at, claim, person_id) or _require_witness(at, claim, person_id)
    if store.state_of(at, claim) in {"booked", "withdrawn"}:
        raise PaymentOver
    return member


def _tell_payer_of_dispute(at: Transaction, claim: Claim, witness: Member) -> None:
    payer = members.by_id(at, claim.said_by)
    events = store.events_of(at, claim.id)
    receipts.tell(
        at,
        payer.person_id,
        "contributions/disputed",
        key=f"disputed:{claim.id}:{len(events)}",
        zone_of=groups.agreement(at, claim.group_id),
        **facts_of(at, claim),
        witness=witness.name,
        reason=store.last_reason(at, claim.id),
    )


def withdraw(at: Transaction, claim_id: int, person_id: int) -> Claim:
    """Take back what one said, while it is not booked. Raises NoSuchPayment, PaymentOver."""
    claim = store.by_id(at, claim_id)
    member = members.of_person(at, claim.group_id, person_id)
    if member is None or member.id != claim.said_by:
        raise NoSuchPayment
    state = store.state_of(at, claim)
    if state == "booked":
        raise PaymentOver
    if state != "withdrawn":
        store.note(at, claim, member.id, "withdrawn")
        store.close(at, claim.id)
        _show_requests(at, claim)
    return claim


# -- what is shown -----------------------------------------------------------------------------


def facts_of(at: Reading, claim: Claim) -> dict[str, Any]:
    """Return what every message about a claim says."""
    payer = members.by_id(at, claim.said_by)
    names = [] if claim.household_id is None else book.household_names(at, claim.household_id)
    group = groups.by_id(at, claim.group_id)
    return {
        "claim": claim,
        "group": group,
        "has_several": len(groups.agreement(at, group.id).giving) > 1,
        "payer": payer.name,
        "amount": claim.amount_minor,
        "counted": claim.commodity,
        "period": claim.period,
        "note": store.note_of(at, claim),
        "is_more": _is_more(at, claim),
        "household": names,
        "is_own": payer.household_id == claim.household_id,
        "said_at": claim.said_at,
    } | opening_lines.facts_of(at, claim)


def _is_more(at: Reading, claim: Claim) -> bool:
    """Whether it is more than what is due for one period."""
    plan = book.plan_of_claim(at, claim)
    most = None if plan is None else plan.terms.most_of_period
    return most is not None and claim.amount_minor > most


def _request_card(at: Reading, card: Card) -> Mapping[str, Any] | None:
    """Draw a witness's request as it stands now, in their language."""
    person_id = chats.by_id(at, card.chat_id).person_id
    assert person_id is not None
    claim = store.by_id(at, card.subject)
    member = members.of_person(at, claim.group_id, person_id)
    if member is None:
        return None
    events = store.events_of(at, claim.id)
    against = rules.disputers(events)
    return speaking.card_content(
        people.by_id(at, person_id).language,
        "contributions/witness_request",
        **facts_of(at, claim),
        state=store.state_of(at, claim),
        number=ledger.entry_with_key(at, claim.group_id, claim.key),
        by_me=member.id in rules.confirmers(events),
        against_by_me=member.id in against,
        against=[members.by_id(at, one).name for one in against],
        again=_is_old(claim, at.now),
        may=_still_asked(at, claim, member),
    )


def _is_old(claim: Claim, now: datetime) -> bool:
    return now - claim.said_at >= timedelta(hours=20)


CARDS = {REQUEST: _request_card}
