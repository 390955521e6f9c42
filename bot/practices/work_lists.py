"""What was done on a work day: ticked by whoever called it, said once, confirmed by a witness.

Who said they come is ticked with the usual hours, and what they said they bring; each tap on a name
is another number of hours. Nobody who stayed away is told of.
"""

from dataclasses import dataclass
from typing import Final

from bot.domain import work_days as rules
from bot.domain.errors import Refusal
from bot.practices import meeting_lists, work_days, working
from bot.practices.booking import WORK_DAY
from bot.practices.dues import LIST_OFFICES, Screen
from bot.practices.work_days import Place
from bot.storage import (
    ledger,
    meeting_lists as lists,
    members,
    outbox,
    work_days as store,
)
from bot.storage.contributions import Claim
from bot.storage.database import Reading, Transaction
from bot.storage.members import Member
from bot.storage.work_days import Done

PAGE: Final = 40
OTHERS: Final = 24
HOURS: Final = 0  # the number of the need that hours of work are


class NobodyWorked(Refusal):
    """A list on which nothing is ticked."""


class NotYet(Refusal):
    """What was done is said on the day itself, or after it."""


@dataclass(frozen=True)
class Row:
    """A line of the list: who, of what (HOURS, or a need's id), and how much is ticked."""

    member: Member
    need_id: int
    unit: str
    promised_minor: int
    done_minor: int


def begin(at: Transaction, day_id: int, person_id: int) -> Screen:
    """Open the list; at first, who said they come is ticked.

    Raises NoWorkDay, WorkDayOver, NotYet.
    """
    place = _open(at, day_id, person_id)
    if not store.done(at, day_id):
        for member_id in store.comers(at, day_id):
            if members.by_id(at, member_id).state == "member":
                store.tick(at, day_id, Done(member_id, HOURS, rules.HOURS_DONE[0]))
        for one in store.brings_of(at, day_id):
            store.tick(at, day_id, one)
    return _screen(at, place, 0)


def tick(at: Transaction, day_id: int, person_id: int, numbers: tuple[int, int, int]) -> Screen:
    """Tick somebody for another number of hours, or for what they brought, or not.

    `numbers`: the member, the need (0: hours), the page. Raises as `begin`.
    """
    member_id, need_id, page = numbers
    place = _open(at, day_id, person_id)
    row = next(
        (one for one in _rows(at, place) if (one.member.id, one.need_id) == (member_id, need_id)),
        None,
    )
    if row is None:
        raise work_days.NoWorkDay
    if need_id == HOURS:
        amount = rules.next_hours(row.done_minor)
    else:
        amount = 0 if row.done_minor else row.promised_minor
    store.tick(at, day_id, Done(member_id, need_id, amount))
    return _screen(at, place, page)


def others(at: Reading, day_id: int, person_id: int, page: int) -> Screen:
    """List the members who are not on the list, to add one. Raises as `begin`."""
    place = _open(at, day_id, person_id)
    there = {one.member.id for one in _rows(at, place)}
    found = [one for one in members.of_group(at, place.group.id) if one.id not in there]
    shown = found[page * OTHERS : (page + 1) * OTHERS]
    facts = {
        "group": place.group,
        "work": place.day,
        "members": shown,
        "page": page,
        "has_more": len(found) > (page + 1) * OTHERS,
    }
    return Screen("work_days/list_others", facts)


def add(at: Transaction, day_id: int, person_id: int, member_id: int) -> Screen:
    """Add somebody who came without saying so before. Raises as `begin`."""
    place = _open(at, day_id, person_id)
    member = members.find(at, member_id)
    if member is None or member.group_id != place.group.id or member.state != "member":
        raise work_days.NoWorkDay
    store.tick(at, day_id, Done(member_id, HOURS, rules.HOURS_DONE[0]))
    return _screen(at, place, 0)


def turn(at: Reading, day_id: int, person_id: int, page: int) -> Screen:
    """Show another page. Raises as `begin`."""
    return _screen(at, _open(at, day_id, person_id), page)


def say(at: Transaction, day_id: int, person_id: int) -> Screen:
    """Say the whole list; witnesses are asked. A second tap shows what was said.

    Raises NobodyWorked, and as `begin`.
    """
    place = work_days.place_of(at, day_id, person_id)
    if place.day.state == "said" and _may(at, place) and place.day.list_id is not None:
        said = lists.by_id(at, place.day.list_id)
        assert said is not None
        return meeting_lists.said_screen(at, said)
    place = _open(at, day_id, person_id)
    ticked = [one for one in _rows(at, place) if one.done_minor]
    if not ticked:
        raise NobodyWorked
    list_id = lists.add_said(at, place.group.id, place.member.id)
    store.set_state(at, day_id, "said", list_id)
    claims = [_claim(at, place, list_id, one) for one in ticked]
    outbox.update_card(at, WORK_DAY, day_id, place.group.chat_id, urgency=outbox.ANSWER)
    said = lists.by_id(at, list_id)
    assert said is not None
    return meeting_lists.ask_for(at, said, claims)


def _claim(at: Transaction, place: Place, list_id: int, row: Row) -> Claim:
    counted = ledger.unit_of(at, place.group.id, row.unit)
    return working.add_claim(
        at,
        place.member,
        row.member,
        counted,
        row.done_minor,
        key=f"work_list:{list_id}:{row.member.id}:{row.need_id}",
        batch=list_id,
    )


def _open(at: Reading, day_id: int, person_id: int) -> Place:
    place = work_days.place_of(at, day_id, person_id)
    if place.day.state == "draft" or not _may(at, place):
        raise work_days.NoWorkDay
    if place.day.state != "called":
        raise work_days.WorkDayOver
    if place.day.day is None or place.day.day > work_days.today_of(at, place.group.id):
        raise NotYet
    return place


def _may(at: Reading, place: Place) -> bool:
    """Whether somebody says what was done: whoever called it, or holds an office."""
    return place.is_caller or not LIST_OFFICES.isdisjoint(members.offices_of(at, place.member.id))


def _rows(at: Reading, place: Place) -> list[Row]:
    day_id = place.day.id
    ticked = {(one.member_id, one.need_id): one.amount_minor for one in store.done(at, day_id)}
    units = {one.id: one.unit for one in store.needs_of(at, day_id)}
    came = [*store.comers(at, day_id), *(who for who, need_id in ticked if need_id == HOURS)]
    wanted = [
        *((who, HOURS, working.HOURS, 0) for who in dict.fromkeys(came)),
        *(
            (one.member_id, one.need_id, units[one.need_id], one.amount_minor)
            for one in store.brings_of(at, day_id)
        ),
    ]
    return [
        Row(member, need_id, unit, promised, ticked.get((who, need_id), 0))
        for who, need_id, unit, promised in wanted
        for member in [members.by_id(at, who)]
        if member.state == "member"
    ]


def _screen(at: Reading, place: Place, page: int) -> Screen:
    rows = _rows(at, place)
    ticked = [one for one in rows if one.done_minor]
    hours = sum(one.done_minor for one in ticked if one.need_id == HOURS)
    return Screen(
        "work_days/list",
        {
            "group": place.group,
            "work": place.day,
            "rows": rows[page * PAGE : (page + 1) * PAGE],
            "page": page,
            "has_more": len(rows) > (page + 1) * PAGE,
            "count": len({one.member.id for one in ticked}),
            "hours": hours,
            "things": sum(1 for one in ticked if one.need_id != HOURS),
        },
    )
