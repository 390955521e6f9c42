"""The treasurer's list: all households in one private message, a tick each, said as a whole.

Each becomes a payment of its own, so that one that a witness does not find holds up no other. One
witness confirms the whole list with a tap; what is about the witness's own household, another does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.domain import contributions as rules
from bot.domain.calendar import after_quiet, is_quiet
from bot.domain.contributions import NoSuchPayment
from bot.domain.errors import Refusal
from bot.domain.periods import first_day
from bot.practices import book, contributions, receipts, speaking, witnessing
from bot.practices.book import Plan
from bot.practices.contributions import Screen
from bot.storage import (
    chats,
    contributions as store,
    due,
    groups,
    ledger,
    meeting_lists as lists,
    members,
    people,
)
from bot.storage.contributions import Claim
from bot.storage.database import Reading, Transaction
from bot.storage.due import Due
from bot.storage.meeting_lists import MeetingList
from bot.storage.members import Member
from bot.storage.outbox import Card

ASK: Final = "list_ask"  # due for a list: the night is over
PAGE: Final = 40  # households on a page: two in a row, far from Telegram's 100 buttons


class NotYourList(Refusal):
    """Only who holds an office ticks the meeting's list, each their own."""


class ListSaid(Refusal):
    """A list that was said as a whole already."""


class NobodyTicked(Refusal):
    """A list is said with nobody ticked on it."""


@dataclass(frozen=True)
class Place:
    """A list, whose it is, and the group's plan."""

    plan: Plan
    member: Member
    list: MeetingList


def may_make(at: Reading, member: Member) -> bool:
    """Whether a member ticks the meeting's list."""
    return not contributions.LIST_OFFICES.isdisjoint(members.offices_of(at, member.id))


# -- ticking --------------------------------------------------------------------------------------


def begin(at: Transaction, group_id: int, person_id: int) -> Screen:
    """Open one's list of the current month. Raises NoContributions, NotAMember, NotYourList."""
    plan = book.plan_of(at, group_id)
    member = members.require(at, group_id, person_id, group_title=plan.group.title)
    if not may_make(at, member):
        raise NotYourList
    period = plan.current(at.now)
    opened = lists.open_for(
        at, group_id=group_id, member_id=member.id, purse=plan.purse, period=period.key
    )
    return _screen(at, Place(plan, member, opened), 0)


def tick(at: Transaction, list_id: int, person_id: int, household_id: int, page: int) -> Screen:
    """Tick a household, or take its tick away. Raises NotYourList, ListSaid, and as `begin`."""
    place = _open_place(at, list_id, person_id)
    if household_id not in dict(_left(at, place)):
        raise rules.NoSuchHousehold
    lists.tick(at, list_id, household_id)
    return _screen(at, place, page)


def tick_all(at: Transaction, list_id: int, person_id: int) -> Screen:
    """Tick all, or none where all are. Raises as `tick`."""
    place = _open_place(at, list_id, person_id)
    left = [household_id for household_id, _ in _left(at, place)]
    if set(left) <= lists.ticked(at, list_id):
        lists.clear(at, list_id)
    else:
        lists.tick_all(at, list_id, left)
    return _screen(at, place, 0)


def turn(at: Reading, list_id: int, person_id: int, page: int) -> Screen:
    """Show another page of the list. Raises as `tick`."""
    return _screen(at, _open_place(at, list_id, person_id), page)


def _open_place(at: Reading, list_id: int, person_id: int) -> Place:
    found = lists.by_id(at, list_id)
    if found is None:
        raise NotYourList
    plan = book.plan_of(at, found.group_id)
    member = members.require(at, found.group_id, person_id, group_title=plan.group.title)
    if member.id != found.made_by or not may_make(at, member):
        raise NotYourList
    if found.is_said:
        raise ListSaid
    return Place(plan, member, found)


def _left(at: Reading, place: Place) -> list[tuple[int, int]]:
    """Return the households that have something left to pay, and how much."""
    found = (
        (one, book.standing(at, place.plan, one, place.list.period).left)
        for one in store.households_of(at, place.plan.group.id)
    )
    return [(household_id, left) for household_id, left in found if left]


def _screen(at: Reading, place: Place, page: int) -> Screen:
    left = _left(at, place)
    ticked = lists.ticked(at, place.list.id)
    shown = left[page * PAGE : (page + 1) * PAGE]
    chosen = [amount for household_id, amount in left if household_id in ticked]
    return Screen(
        "contributions/list",
        {
            "group": place.plan.group,
            "list": place.list,
            "month": first_day(place.list.period),
            "currency": place.plan.code,
            "households": [(one, book.household_names(at, one), one in ticked) for one, _ in shown],
            "page": page,
            "has_more": len(left) > (page + 1) * PAGE,
            "count": len(chosen),
            "total": sum(chosen),
            "all_ticked": len(chosen) == len(left),
        },
    )


# -- saying it ------------------------------------------------------------------------------------


def say(at: Transaction, list_id: int, person_id: int) -> Screen:
    """Say the whole list; its witnesses are asked. A second tap shows what was said.

    Raises NobodyTicked and as `tick`.
    """
    found = lists.by_id(at, list_id)
    if found is not None and found.is_said:
        maker = members.by_id(at, found.made_by)
        if maker.person_id != person_id:
            raise NotYourList
        return _said_screen(at, found)
    place = _open_place(at, list_id, person_id)
    ticked = lists.ticked(at, list_id)
    claims = [
        claim
        for household_id, amount_minor in _left(at, place)
        if household_id in ticked
        for claim in [_claim(at, place, household_id, amount_minor)]
    ]
    if not claims:
        raise NobodyTicked
    lists.say(at, list_id)
    for claim in claims:
        witnessing.plan_follow_ups(at, claim)
    agreement = place.plan.agreement
    if is_quiet(at.now, agreement.quiet_hours, agreement.zone):
        morning = after_quiet(at.now, agreement.quiet_hours, agreement.zone)
        due.add(at, ASK, list_id, "1", morning)
    else:
        _ask(at, claims)
    return _said_screen(at, place.list)


def ask_when_due(at: Transaction, waiting: Due) -> None:
    """The night is over: ask the list's witnesses."""
    _ask(
        at,
        [one for one in store.of_batch(at, waiting.subject) if store.state_of(at, one) == "said"],
    )


def _claim(at: Transaction, place: Place, household_id: int, amount_minor: int) -> Claim:
    plan = place.plan
    claim = store.add(
        at,
        plan.group.id,
        kind="contribution",
        said_by=place.member.id,
        household_id=household_id,
        purse=plan.purse,
        commodity=ledger.money_of(at, plan.group.id, plan.code),
        amount_minor=amount_minor,
        period=place.list.period,
        day=book.local_day(at, plan.agreement),
        witnesses=plan.terms.witnesses,
        batch=place.list.id,
        key=f"list:{place.list.id}:{household_id}",
    )
    assert claim is not None
    return claim


def _ask(at: Transaction, claims: list[Claim]) -> None:
    """Ask the same few witnesses for all of it, and others for what is theirs."""
    able: dict[int, list[Claim]] = {}
    for claim in claims:
        for one in witnessing.eligible(at, claim):
            if witnessing.reachable(at, one):
                able.setdefault(one.id, []).append(claim)
    by_reach = sorted(able, key=lambda one: (-len(able[one]), store.last_asked(at, one), one))
    chosen = by_reach[: witnessing.ASKED_AT_A_TIME]
    for claim in claims:
        asked = [one for one in chosen if claim in able[one]]
        others = [one for one in by_reach if claim in able[one]]
        for member_id in asked or others[:1]:
            witnessing.ask_member(at, claim, members.by_id(at, member_id))


def _said_screen(at: Reading, said: MeetingList) -> Screen:
    claims = store.of_batch(at, said.id)
    asked = {one for claim in claims for one in store.asked(at, claim.id)}
    group = groups.by_id(at, said.group_id)
    return Screen(
        "contributions/list_said",
        {
            "group": group,
            "count": len(claims),
            "total": sum(one.amount_minor for one in claims),
            "currency": claims[0].commodity.code,
            "asked": [members.by_id(at, one).name for one in sorted(asked)],
        },
    )


# -- witnessing it --------------------------------------------------------------------------------


def confirm(at: Transaction, list_id: int, person_id: int) -> int:
    """Confirm all of a list that one may confirm; return how many that were.

    Raises NoSuchPayment where there is nothing of it for this person, PaymentOver where all is
    settled.
    """
    claims = _claims_of_witness(at, list_id, person_id)
    waiting = [one for one in claims if store.state_of(at, one) == "said"]
    if not waiting:
        raise rules.PaymentOver
    for claim in waiting:
        witnessing.confirm(at, claim.id, person_id)
    _tell_maker(at, list_id, person_id, waiting)
    return len(waiting)


def choose_missing(at: Reading, list_id: int, person_id: int) -> Screen:
    """Return the names on a list, to choose which one is not found. Raises as `confirm`."""
    claims = _claims_of_witness(at, list_id, person_id)
    waiting = [one for one in claims if store.state_of(at, one) == "said"]
    if not waiting:
        raise rules.PaymentOver
    return Screen(
        "contributions/list_missing",
        {
            "group": groups.by_id(at, waiting[0].group_id),
            "claims": [
                (one.id, book.household_names(at, one.household_id or 0)) for one in waiting
            ],
        },
    )


def _claims_of_witness(at: Reading, list_id: int, person_id: int) -> list[Claim]:
    claims = store.of_batch(at, list_id)
    if not claims:
        raise NoSuchPayment
    member = members.of_person(at, claims[0].group_id, person_id)
    if member is None or member.state != "member":
        raise NoSuchPayment
    return [one for one in claims if store.may_witness(at, one, member.id)]


def _tell_maker(at: Transaction, list_id: int, person_id: int, confirmed: list[Claim]) -> None:
    """Tell the treasurer, once a witness, how much of the list counts now."""
    booked = [one for one in confirmed if store.state_of(at, one) == "booked"]
    if not booked:
        return
    maker = members.by_id(at, booked[0].said_by)
    group = groups.by_id(at, booked[0].group_id)
    receipts.tell(
        at,
        maker.person_id,
        "contributions/list_confirmed",
        key=f"list_confirmed:{list_id}:{person_id}",
        zone_of=groups.agreement(at, group.id),
        group=group,
        witness=people.by_id(at, person_id).name or "…",
        count=len(booked),
        waiting=sum(store.state_of(at, one) == "said" for one in store.of_batch(at, list_id)),
        total=sum(one.amount_minor for one in booked),
        currency=booked[0].commodity.code,
        code=ledger.head(at, group.id).code,
    )


def _request_card(at: Reading, card: Card) -> Mapping[str, Any] | None:
    """Draw a witness's request for a whole list as it stands now, in their language."""
    person_id = chats.by_id(at, card.chat_id).person_id
    assert person_id is not None
    claims = _claims_of_witness(at, card.subject, person_id)
    if not claims:
        return None
    states = [(one, store.state_of(at, one)) for one in claims]
    me = members.of_person(at, claims[0].group_id, person_id)
    assert me is not None
    waiting = [
        one
        for one, state in states
        if state == "said" and me.id not in rules.confirmers(store.events_of(at, one.id))
    ]
    return speaking.card_content(
        people.by_id(at, person_id).language,
        "contributions/list_request",
        group=groups.by_id(at, claims[0].group_id),
        maker=members.by_id(at, claims[0].said_by).name,
        list_id=card.subject,
        names=[name for one in waiting for name in book.household_names(at, one.household_id or 0)],
        count=len(waiting),
        total=sum(one.amount_minor for one in waiting),
        currency=claims[0].commodity.code,
        booked=sum(state == "booked" for _, state in states),
        disputed=[
            (one.id, book.household_names(at, one.household_id or 0))
            for one, state in states
            if state == "disputed" and me.id in rules.disputers(store.events_of(at, one.id))
        ],
    )


CARDS = {witnessing.LIST_REQUEST: _request_card}
RESULTS: dict[str, Any] = {}
