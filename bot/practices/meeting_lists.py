"""The treasurer's list: all households in one private message, a tick each, said as a whole.

Each becomes a payment of its own, so that one that a witness does not find holds up no other. One
witness confirms the whole list with a tap; what is about the witness's own household, another does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.domain import contributions as rules
from bot.domain.calendar import after_quiet, is_quiet
from bot.domain.contributions import NoSuchPayment
from bot.domain.errors import Refusal
from bot.practices import book, contributions, receipts, speaking, witnessing
from bot.practices.book import Plan
from bot.practices.dues import LIST_OFFICES, Due, Screen, due_of
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
from bot.storage.due import Due as DueRow
from bot.storage.groups import Group
from bot.storage.ledger import Commodity
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
    """A list, whose it is, and the plans it is for."""

    plans: list[Plan]
    member: Member
    list: MeetingList

    @property
    def group(self) -> Group:
        """The group."""
        return self.plans[0].group


@dataclass(frozen=True)
class Row:
    """A household on a list: what a tick says it gave, by plan, and how many shares if any."""

    household_id: int
    dues: list[tuple[Plan, Due]]
    shares: int  # what the first tick stands for; 0 where no plan is in shares
    shares_max: int

    def gives(self, shares: int) -> list[tuple[Plan, int]]:
        """Return how much a tick for so many shares says, by plan."""
        found = []
        for plan, one in self.dues:
            if one.standing.is_said:
                continue
            most = max(one.shares, default=0)
            amount = min(shares, most) * plan.terms.amount_minor if most else one.tap
            if amount:
                found.append((plan, amount))
        return found

    def after(self, ticked: int) -> int:
        """Return what the next tap makes of a tick: the usual, then every other, then none."""
        if not ticked:
            return self.shares or 1
        if not self.shares:
            return 0
        following = ticked % self.shares_max + 1
        return 0 if following == self.shares else following


def may_make(at: Reading, member: Member) -> bool:
    """Whether a member ticks the meeting's list."""
    return not LIST_OFFICES.isdisjoint(members.offices_of(at, member.id))


def may_make_here(at: Reading, member: Member) -> bool:
    """Whether there is anything for a member to tick: the group gives together now."""
    return may_make(at, member) and bool(book.plans_of(at, member.group_id))


# -- ticking --------------------------------------------------------------------------------------


def begin(at: Transaction, group_id: int, person_id: int) -> Screen:
    """Open one's list of the current period. Raises NoContributions, NotAMember, NotYourList."""
    first = book.plan_of(at, group_id)
    member = members.require(at, group_id, person_id, group_title=first.group.title)
    if not may_make(at, member):
        raise NotYourList
    key = first.current(at.now).key
    opened = lists.open_for(at, group_id=group_id, member_id=member.id, period=key)
    return _screen(at, _place(at, member, opened), 0)


def choose_plan(at: Transaction, list_id: int, person_id: int, number: int) -> Screen:
    """Let the list be for one plan, or for all (0). Raises as `tick`."""
    place = _open_place(at, list_id, person_id)
    if number:
        book.plan_of(at, place.group.id, number)
    lists.choose_plan(at, list_id, number)
    return _screen(at, _open_place(at, list_id, person_id), 0)


def tick(at: Transaction, list_id: int, person_id: int, household_id: int, page: int) -> Screen:
    """Tick a household, or take its tick away; where there are shares, each tap is another count.

    Raises NotYourList, ListSaid, and as `begin`.
    """
    place = _open_place(at, list_id, person_id)
    row = next((one for one in _rows(at, place) if one.household_id == household_id), None)
    if row is None:
        raise rules.NoSuchHousehold
    before = lists.ticked(at, list_id).get(household_id, 0)
    lists.tick(at, list_id, household_id, row.after(before))
    return _screen(at, place, page)


def tick_all(at: Transaction, list_id: int, person_id: int) -> Screen:
    """Tick all, or none where all are. Raises as `tick`."""
    place = _open_place(at, list_id, person_id)
    rows, ticked = _rows(at, place), lists.ticked(at, list_id)
    if all(one.household_id in ticked for one in rows):
        lists.clear(at, list_id)
    else:
        for one in rows:
            if one.household_id not in ticked:
                lists.tick(at, list_id, one.household_id, one.after(0))
    return _screen(at, place, 0)


def turn(at: Reading, list_id: int, person_id: int, page: int) -> Screen:
    """Show another page of the list. Raises as `tick`."""
    return _screen(at, _open_place(at, list_id, person_id), page)


def _open_place(at: Reading, list_id: int, person_id: int) -> Place:
    found = lists.by_id(at, list_id)
    if found is None:
        raise NotYourList
    group = book.plan_of(at, found.group_id).group
    member = members.require(at, found.group_id, person_id, group_title=group.title)
    if member.id != found.made_by or not may_make(at, member):
        raise NotYourList
    if found.is_said:
        raise ListSaid
    return _place(at, member, found)


def _place(at: Reading, member: Member, opened: MeetingList) -> Place:
    plans = book.plans_of(at, opened.group_id)
    chosen = [one for one in plans if opened.plan in {0, one.terms.number}]
    return Place(chosen or plans, member, opened)


def _rows(at: Reading, place: Place) -> list[Row]:
    """Return the households of which a tick would say something."""
    found = (_row(at, place, one) for one in store.households_of(at, place.group.id))
    return [one for one in found if one.gives(one.shares or 1)]


def _row(at: Reading, place: Place, household_id: int) -> Row:
    dues = [(plan, due_of(at, plan, household_id)) for plan in place.plans]
    in_shares = [(plan, due) for plan, due in dues if due.shares and not due.standing.is_said]
    most = max((max(due.shares) for _, due in in_shares), default=0)
    usual = max((book.usual_shares(at, plan, household_id) for plan, _ in in_shares), default=0)
    return Row(household_id, dues, min(usual, most), most)


def _screen(at: Reading, place: Place, page: int) -> Screen:
    rows = _rows(at, place)
    ticked = lists.ticked(at, place.list.id)
    shown = rows[page * PAGE : (page + 1) * PAGE]
    chosen = [one for one in rows if one.household_id in ticked]
    given = [part for one in chosen for part in one.gives(ticked[one.household_id])]
    every = book.plans_of(at, place.group.id)
    return Screen(
        "contributions/list",
        {
            "group": place.group,
            "list": place.list,
            "plans": [one.terms for one in place.plans],
            "periods": [one.current(at.now).key for one in place.plans],
            "choices": [one.terms for one in every] if len(every) > 1 else [],
            "households": [
                (
                    one.household_id,
                    book.household_names(at, one.household_id),
                    ticked.get(one.household_id, 0),
                    one.shares > 0,
                )
                for one in shown
            ],
            "page": page,
            "has_more": len(rows) > (page + 1) * PAGE,
            "count": len(chosen),
            "totals": _totals((plan.commodity, amount) for plan, amount in given),
            "in_shares": any(one.shares for one in rows),
            "all_ticked": len(chosen) == len(rows),
        },
    )


def _totals(amounts: Iterable[tuple[Commodity, int]]) -> list[tuple[int, Commodity]]:
    """Return what is given together, of each thing that is counted."""
    sums: dict[Commodity, int] = {}
    for commodity, amount in amounts:
        sums[commodity] = sums.get(commodity, 0) + amount
    return [(amount, commodity) for commodity, amount in sums.items()]


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
        return said_screen(at, found)
    place = _open_place(at, list_id, person_id)
    ticked = lists.ticked(at, list_id)
    claims = [
        _claim(at, place, row, plan, amount)
        for row in _rows(at, place)
        if row.household_id in ticked
        for plan, amount in row.gives(ticked[row.household_id])
    ]
    if not claims:
        raise NobodyTicked
    lists.say(at, list_id)
    return ask_for(at, place.list, claims)


def ask_for(at: Transaction, said: MeetingList, claims: list[Claim]) -> Screen:
    """Ask the witnesses of a list that is said, or plan to when the night is over."""
    for claim in claims:
        witnessing.plan_follow_ups(at, claim)
    agreement = groups.agreement(at, said.group_id)
    if is_quiet(at.now, agreement.quiet_hours, agreement.zone):
        morning = after_quiet(at.now, agreement.quiet_hours, agreement.zone)
        due.add(at, ASK, said.id, "1", morning)
    else:
        _ask(at, claims)
    return said_screen(at, said)


def _claim(at: Transaction, place: Place, row: Row, plan: Plan, amount_minor: int) -> Claim:
    return contributions.add_claim(
        at,
        plan,
        place.member,
        row.household_id,
        amount_minor,
        batch=place.list.id,
        key=f"list:{place.list.id}:{row.household_id}:{plan.terms.number}",
    )


def ask_when_due(at: Transaction, waiting: DueRow) -> None:
    """The night is over: ask the list's witnesses."""
    _ask(
        at,
        [one for one in store.of_batch(at, waiting.subject) if store.state_of(at, one) == "said"],
    )


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


def said_screen(at: Reading, said: MeetingList) -> Screen:
    """Return what who said a list sees: for how many, how much, and who is asked."""
    claims = store.of_batch(at, said.id)
    asked = {one for claim in claims for one in store.asked(at, claim.id)}
    group = groups.by_id(at, said.group_id)
    return Screen(
        "contributions/list_said",
        {
            "group": group,
            "count": len({one.household_id for one in claims}),
            "totals": _totals_of(claims),
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
            "claims": [(one, book.household_names(at, one.household_id or 0)) for one in waiting],
            "has_several": len({(one.purse, one.commodity) for one in waiting}) > 1,
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
        totals=_totals_of(booked),
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
        is_gift=claims[0].kind == "gift",
        is_work=any(one.kind == "work" or one.commodity.unit for one in claims)
        and claims[0].kind != "gift",
        note=store.note_of(at, claims[0]),
        lines=_lines(at, waiting),
        is_same=len({str(_totals_of([one])) for one in waiting}) <= 1,
        count=len({one.household_id for one in waiting}),
        totals=_totals_of(waiting),
        booked=sum(state == "booked" for _, state in states),
        disputed=[
            (one, book.household_names(at, one.household_id or 0))
            for one, state in states
            if state == "disputed" and me.id in rules.disputers(store.events_of(at, one.id))
        ],
    )


def _totals_of(claims: list[Claim]) -> list[tuple[int, Commodity]]:
    return _totals((one.commodity, one.amount_minor) for one in claims)


def _lines(at: Reading, claims: list[Claim]) -> list[tuple[list[str], list[tuple[int, Commodity]]]]:
    """Return each household with what it gave."""
    by_household: dict[int, list[Claim]] = {}
    for one in claims:
        by_household.setdefault(one.household_id or 0, []).append(one)
    return [
        (book.household_names(at, household_id), _totals_of(theirs))
        for household_id, theirs in by_household.items()
    ]


CARDS = {witnessing.LIST_REQUEST: _request_card}
RESULTS: dict[str, Any] = {}
