"""Single dates, and meetings that are moved, cancelled, or held after all. The group is told.

Every button may be forged: each use case authorises from the facts.
"""

from datetime import date, datetime, time
from typing import Final

from bot.domain import meetings as rules
from bot.domain.calendar import local, to_utc
from bot.domain.errors import Refusal
from bot.practices import meeting_view, meetings
from bot.practices.meeting_course import MeetingOver
from bot.practices.meeting_planning import (
    HOURS,
    begin,
    can_revive,
    confirm_rhythm,
    facts_of,
    planned,
    planner,
)
from bot.practices.meeting_view import ASKED_CLOCK
from bot.practices.members import Place
from bot.practices.showing import Asked, Shown
from bot.storage import attendance, groups, meetings as store
from bot.storage.database import Reading, Transaction
from bot.storage.meetings import Meeting
from bot.storage.questions import Question

DAYS_A_PAGE: Final = 12


class TimeNotAhead(Refusal):
    """A meeting is set to a time that has gone by, or lies half a year ahead."""


class TooManyDates(Refusal):
    """As many single dates stand planned as can. Facts: most."""


# -- single dates, and what is moved --------------------------------------------------------------


def choose_day(at: Reading, group_id: int, person_id: int, meeting_id: int, page: int) -> Shown:
    """Offer days for a new meeting (0), or for one that is moved. As `ask_place`."""
    place = planner(at, group_id, person_id)
    meeting = planned(at, place, meeting_id) if meeting_id else None
    today = local(at.now, groups.agreement(at, group_id).zone).date()
    facts = facts_of(at, place) | {
        "meeting": meeting,
        "days": rules.days_from(today, page, DAYS_A_PAGE),
        "page": page,
        "has_more": (page + 1) * DAYS_A_PAGE < rules.DAYS_AHEAD_MAX,
    }
    return Shown("meetings/day", facts)


def choose_clock(at: Reading, group_id: int, person_id: int, meeting_id: int, day: int) -> Shown:
    """Ask for the time of day. Raises TimeNotAhead, and as `choose_day`."""
    place = planner(at, group_id, person_id)
    meeting = planned(at, place, meeting_id) if meeting_id else None
    terms = groups.agreement(at, group_id).meetings
    minutes = {hour * 60 for hour in HOURS}
    if terms.every != "none":
        minutes.add(terms.hour * 60 + terms.minute)  # as usual
    asks = Asked(ASKED_CLOCK, group_id, {"meeting": meeting_id, "day": day})
    facts = facts_of(at, place) | {"meeting": meeting, "day": _day(day), "number": day}
    return Shown("meetings/clock", facts | {"minutes": sorted(minutes)}, asks)


def hear_clock(at: Transaction, question: Question, text: str) -> Shown:
    """Take a time of day that somebody wrote, of a rhythm or of a date. ClockNotUnderstood."""
    clock = rules.read_clock(text)
    minutes = clock.hour * 60 + clock.minute
    group_id, person_id = question.subject, question.person_id
    if "rhythm" in question.facts:
        chosen = question.facts["rhythm"]
        return confirm_rhythm(at, group_id, person_id, *chosen, minutes)
    meeting_id, day = int(question.facts["meeting"]), int(question.facts["day"])
    return confirm_date(at, group_id, person_id, meeting_id, day, minutes)


def confirm_date(
    at: Reading, group_id: int, person_id: int, meeting_id: int, day: int, minutes: int
) -> Shown:
    """Read a date back before it holds. Raises TimeNotAhead, and as `choose_day`."""
    place = planner(at, group_id, person_id)
    meeting = planned(at, place, meeting_id) if meeting_id else None
    facts = facts_of(at, place) | {
        "meeting": meeting,
        "starts_at": _instant(at, group_id, day, minutes),
        "number": day,
        "minutes": minutes,
    }
    return Shown("meetings/date_sure", facts)


def set_date(
    at: Transaction, group_id: int, person_id: int, meeting_id: int, day: int, minutes: int
) -> Shown:
    """Plan a meeting on a date (0), or move one there; the group is told. As `confirm_date`.

    Raises TooManyDates too. Tapped twice, it is once.
    """
    place = planner(at, group_id, person_id)
    starts_at = _instant(at, group_id, day, minutes)
    if meeting_id:
        meeting = planned(at, place, meeting_id)
        if meeting.starts_at != starts_at:
            _move(at, meeting, starts_at)
        return meeting_view.show(at, meeting.id, person_id)
    begin(at, place)
    ahead = [one for one in store.from_on(at, group_id, at.now) if one.state == "planned"]
    same = next((one for one in ahead if one.starts_at == starts_at), None)
    if same is None:
        if sum(not one.of_rhythm for one in ahead) >= rules.SINGLE_MAX:
            raise TooManyDates(most=rules.SINGLE_MAX)
        usual = groups.agreement(at, group_id).meetings.place
        same = store.add(at, group_id=group_id, starts_at=starts_at, place=usual)
        meetings.plan_due(at, same)
        meetings.tell(at, same)
    return meeting_view.show(at, same.id, person_id)


def _move(at: Transaction, meeting: Meeting, starts_at: datetime) -> None:
    store.move(at, meeting.id, starts_at)
    attendance.forget_answers(at, meeting.id)
    moved = store.by_id(at, meeting.id)
    meetings.plan_due(at, moved)
    meetings.plan(at, meeting.group_id)
    meetings.tell(at, moved)


def ask_to_cancel(at: Reading, meeting_id: int, person_id: int) -> Shown:
    """Ask whether it shall be cancelled. MeetingNotYours, PlannedByOthers, MeetingOver."""
    place, meeting = _one(at, meeting_id, person_id)
    return Shown("meetings/cancel_sure", facts_of(at, place) | {"meeting": meeting})


def cancel(at: Transaction, meeting_id: int, person_id: int) -> Shown:
    """Cancel a meeting, and tell the group. As `ask_to_cancel`."""
    _, meeting = _one(at, meeting_id, person_id)
    store.set_state(at, meeting.id, "cancelled")
    cancelled = store.by_id(at, meeting.id)
    meetings.plan_due(at, cancelled)
    meetings.tell(at, cancelled)
    return meeting_view.show(at, meeting.id, person_id)


def revive(at: Transaction, meeting_id: int, person_id: int) -> Shown:
    """Hold a meeting after all that was cancelled. As `ask_to_cancel`."""
    meeting, member = meetings.look(at, meeting_id, person_id)
    planner(at, meeting.group_id, person_id)
    if meeting.state != "planned":
        if not can_revive(meeting, at.now):
            raise MeetingOver
        store.set_state(at, meeting.id, "planned")
        planned = store.by_id(at, meeting.id)
        meetings.plan_due(at, planned)
        meetings.tell(at, planned)
    return meeting_view.show(at, meeting.id, member.person_id)


def _one(at: Reading, meeting_id: int, person_id: int) -> tuple[Place, Meeting]:
    meeting, _ = meetings.look(at, meeting_id, person_id)
    place = planner(at, meeting.group_id, person_id)
    return place, planned(at, place, meeting_id)


def _day(number: int) -> date:
    if not 1 <= number <= date.max.toordinal():
        raise TimeNotAhead
    return date.fromordinal(number)


def _instant(at: Reading, group_id: int, day: int, minutes: int) -> datetime:
    """Return a local time of a day as an instant that lies ahead. Raises TimeNotAhead."""
    zone = groups.agreement(at, group_id).zone
    today = local(at.now, zone).date()
    wanted = _day(day)
    if not 0 <= (wanted - today).days < rules.DAYS_AHEAD_MAX or minutes >= 24 * 60:
        raise TimeNotAhead
    starts_at = to_utc(wanted, time(*divmod(minutes, 60)), zone)
    if starts_at <= at.now:
        raise TimeNotAhead
    return starts_at
