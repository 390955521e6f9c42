"""Meetings: what is planned by the agreement, who is reminded when, and whose turn the chair is.

The next meetings of the rhythm stand planned, each a row that keeps its identity (for calendars)
when the rhythm changes or it is moved. What the card shows is in `meeting_card`, opening and
closing in `meeting_course`, what is to be talked about in `meeting_agenda`, planning by hand in
`meeting_planning`. What is late: a reminder is dropped; that a meeting was held can be recorded for
two weeks.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.domain import meetings as rules, offices as office_rules
from bot.domain.agreement import Agreement
from bot.domain.calendar import after_quiet, local, utc_text
from bot.domain.errors import Refusal
from bot.domain.meetings import Slot
from bot.practices import speaking, unasked
from bot.storage import (
    attendance,
    due,
    groups,
    meeting_agenda as items,
    meetings as store,
    members,
    offices,
    outbox,
)
from bot.storage.database import Reading, Transaction
from bot.storage.due import Due
from bot.storage.groups import Group
from bot.storage.meetings import Meeting
from bot.storage.members import Member

PRACTICE: Final = "meetings"  # as the agreement names it
CARD: Final = "meeting"
#: Deep links: their number is the group's for the first two, the meeting's for the third.
LINK, LINK_CALENDAR, LINK_ONE = "meetings", "calendar", "meeting"
#: Due for a meeting; TELLS: the night is over, the group is told what changed.
EVE, SOON, OVER, TELLS = "meeting_eve", "meeting_soon", "meeting_over", "meeting_tells"


class MeetingNotYours(Refusal):
    """No such meeting, as far as this person is concerned: another group's, or none at all."""


class LedByOthers(Refusal):
    """Whoever chairs leads a meeting, and who holds an office. Facts: name (the chair's)."""


@dataclass(frozen=True)
class MonthFacts:
    """What the digest may tell: counts alone. `there` of `of` is summed over all meetings."""

    held: int
    alone: int
    there: int
    of: int


# -- planning by the agreement --------------------------------------------------------------------


def plan(at: Transaction, group_id: int) -> None:
    """Plan the next meetings by the agreement that holds now; planning twice is planning once.

    What the rhythm gave, and nobody moved or cancelled, follows it; what it gives no more is
    cancelled. The group is told of what it had been told otherwise.
    """
    agreement = groups.agreement(at, group_id)
    store.let_pass(at, group_id, at.now - rules.RECORDED_WITHIN)
    slots = rules.coming(agreement, at.now) if agreement.does(PRACTICE) else []
    follow = [one for one in store.from_on(at, group_id, at.now) if _follows(one, at.now)]
    taken = store.days_from(at, group_id, local(at.now, agreement.zone).date())
    taken -= {one.rhythm_day for one in follow if one.rhythm_day is not None}
    wanted = [one for one in slots if one.day not in taken]
    for meeting, slot in zip(follow, wanted, strict=False):
        if meeting.rhythm_day != slot.day:
            store.loosen(at, meeting.id)  # first all of them: one may get the day of another
    for meeting, slot in zip(follow, wanted, strict=False):
        if (meeting.rhythm_day, meeting.starts_at) != (slot.day, slot.starts_at):
            _give(at, meeting, slot, agreement)
    for slot in wanted[len(follow) :]:
        added = store.add(
            at,
            group_id=group_id,
            starts_at=slot.starts_at,
            place=agreement.meetings.place,
            rhythm_day=slot.day,
        )
        plan_due(at, added)
        _tell_if_soon(at, added, agreement)
    for meeting in follow[len(wanted) :]:
        store.loosen(at, meeting.id)
        withdraw(at, meeting)
    _follow_place(at, group_id, agreement)


def _follows(meeting: Meeting, now: datetime) -> bool:
    """Whether a meeting goes where its rhythm goes."""
    return (
        meeting.of_rhythm
        and meeting.state == "planned"
        and not meeting.is_moved
        and meeting.starts_at > now
    )


def _give(at: Transaction, meeting: Meeting, slot: Slot, agreement: Agreement) -> None:
    store.give_day(at, meeting.id, slot.day, slot.starts_at)
    attendance.forget_answers(at, meeting.id)
    given = store.by_id(at, meeting.id)
    plan_due(at, given)
    if not tell_change(at, given):
        _tell_if_soon(at, given, agreement)


def _tell_if_soon(at: Transaction, meeting: Meeting, agreement: Agreement) -> None:
    """Tell the group at once of what begins before it would be reminded; else it is in time."""
    group = groups.by_id(at, meeting.group_id)
    if group.state == "active" and rules.eve_of(meeting.starts_at, agreement) <= at.now:
        tell(at, meeting)


def _follow_place(at: Transaction, group_id: int, agreement: Agreement) -> None:
    """Let what is planned be where the group meets now, but what has a place of its own."""
    place = agreement.meetings.place
    for one in store.from_on(at, group_id, at.now):
        if one.state == "planned" and not one.has_own_place and one.place != place:
            store.set_place(at, one.id, place, is_own=False)
            redraw(at, one)


def withdraw(at: Transaction, meeting: Meeting) -> None:
    """Cancel a meeting, and tell the group where it knew of it."""
    store.set_state(at, meeting.id, "cancelled")
    plan_due(at, store.by_id(at, meeting.id))
    tell_change(at, meeting)


def plan_due(at: Transaction, meeting: Meeting) -> None:
    """Plan what is said around a meeting; what was planned before it changed is cancelled."""
    agreement = groups.agreement(at, meeting.group_id)
    for kind in (EVE, SOON, OVER):
        due.cancel(at, kind, meeting.id)
    key = f"{utc_text(meeting.starts_at)} {meeting.sequence}"
    soon = meeting.starts_at - rules.SOON
    eve = rules.eve_of(meeting.starts_at, agreement)
    if meeting.state == "planned" and at.now < eve < soon:
        due.add(at, EVE, meeting.id, key, eve, late=soon - eve)
    if meeting.state == "planned" and at.now < soon:
        due.add(at, SOON, meeting.id, key, soon, late=rules.SOON)
    due.add(at, OVER, meeting.id, key, meeting.starts_at + rules.OVER_AFTER)


# -- what time starts -----------------------------------------------------------------------------


def eve_when_due(at: Transaction, occasion: Due) -> None:
    """Remind the group the day before, once, and whoever chairs in private; dropped when late."""
    meeting, group, agreement = _standing(at, occasion)
    if meeting is None:
        return
    settle_chair(at, meeting)
    _tell_chair(at, meeting, group)
    when, soon = unasked.not_before(at, group, agreement), meeting.starts_at - rules.SOON
    if when > at.now:
        if when < soon:
            due.add(at, EVE, meeting.id, _waits(occasion, when), when, late=soon - when)
        return
    outbox.repost_card(at, CARD, meeting.id, group.chat_id, urgency=speaking.UNASKED)


def soon_when_due(at: Transaction, occasion: Due) -> None:
    """Remind the group an hour before, once; dropped once it has begun."""
    meeting, group, agreement = _standing(at, occasion)
    if meeting is None:
        return
    redraw(at, meeting)  # it can be opened now
    when = unasked.not_before(at, group, agreement)
    if when > at.now:
        if when < meeting.starts_at:
            late = meeting.starts_at - when
            due.add(at, SOON, meeting.id, _waits(occasion, when), when, late=late)
        return
    card = outbox.card_of(at, CARD, meeting.id, group.chat_id)
    if card is None or card.message_id is None:  # the day before had no room for it
        settle_chair(at, meeting)
        outbox.show_card(at, CARD, meeting.id, group.chat_id, urgency=speaking.UNASKED)
        return
    speaking.say(
        at,
        groups.chat_of(at, group),
        group.language,
        "meetings/soon",
        key=f"meeting {meeting.id} soon {meeting.sequence}",
        urgency=speaking.UNASKED,
        reply_to=card.message_id,
        expires_at=meeting.starts_at,
        meeting=meeting,
        zone=agreement.zone,
        coming=sum(attendance.answers(at, meeting.id).values()),
    )


def tell_when_due(at: Transaction, occasion: Due) -> None:
    """The night is over: tell the group what changed, if the meeting is still ahead."""
    meeting = store.by_id(at, occasion.subject)
    group = groups.by_id(at, meeting.group_id)
    if group.state == "active" and at.now < meeting.starts_at:
        tell(at, meeting)


def _standing(at: Reading, occasion: Due) -> tuple[Meeting | None, Group, Agreement]:
    """Return the meeting of an occasion; None where nothing is to be said about it any more."""
    meeting = store.by_id(at, occasion.subject)
    group, agreement = groups.by_id(at, meeting.group_id), groups.agreement(at, meeting.group_id)
    stands = meeting.state == "planned" and group.state == "active" and agreement.does(PRACTICE)
    return meeting if stands else None, group, agreement


def _waits(occasion: Due, when: datetime) -> str:
    return f"{' '.join(occasion.occurrence.split()[:2])} {utc_text(when)}"


def _tell_chair(at: Transaction, meeting: Meeting, group: Group) -> None:
    chair = chair_of(at, store.by_id(at, meeting.id))
    if chair is not None:
        speaking.say_to(
            at,
            chair.person_id,
            "meetings/you_chair",
            key=f"meeting {meeting.id} chair {chair.id} {meeting.sequence}",
            urgency=speaking.UNASKED,
            expires_at=meeting.starts_at,
            meeting=meeting,
            group=group,
            zone=groups.agreement(at, group.id).zone,
        )


# -- who ------------------------------------------------------------------------------------------


def look(at: Reading, meeting_id: int, person_id: int) -> tuple[Meeting, Member]:
    """Return a meeting and who looks at it, a member of its group. Raises MeetingNotYours."""
    meeting = store.find(at, meeting_id)
    member = None if meeting is None else members.of_person(at, meeting.group_id, person_id)
    if meeting is None or member is None or member.state != "member":
        raise MeetingNotYours
    return meeting, member


def leads(at: Reading, meeting: Meeting, member: Member) -> bool:
    """Whether a member opens and closes a meeting, ticks its list and writes its minutes."""
    chair = chair_of(at, meeting)
    return rules.may_lead(
        members.offices_of(at, member.id),
        is_chair=chair is not None and chair.id == member.id,
        is_anybody=bool(offices.held(at, meeting.group_id)),
    )


def lead(at: Reading, meeting_id: int, person_id: int) -> tuple[Meeting, Member]:
    """Return a meeting to who leads it. Raises MeetingNotYours, LedByOthers."""
    meeting, member = look(at, meeting_id, person_id)
    if not leads(at, meeting, member):
        chair = chair_of(at, meeting)
        raise LedByOthers(name=None if chair is None else chair.name)
    return meeting, member


# -- the chair ------------------------------------------------------------------------------------


def chair_of(at: Reading, meeting: Meeting) -> Member | None:
    """Return who chairs a meeting: by turns, but who cannot come or passed it on; None: nobody.

    Nor does somebody who left the group's chat: their turn waits until they are back. Whom the
    group was told stays named, as long as they can.
    """
    if meeting.state not in {"planned", "open"}:
        return None if meeting.chair is None else members.by_id(at, meeting.chair)
    answers = attendance.answers(at, meeting.id)
    unable = store.passed_turns(at, meeting.id) | {one for one in answers if not answers[one]}
    if meeting.chair is not None and meeting.chair not in unable:
        named = members.by_id(at, meeting.chair)
        if named.state == "member" and named.is_asked(PRACTICE):
            return named
    everybody = members.of_group(at, meeting.group_id)
    able = {one.number: one for one in everybody if one.is_asked(PRACTICE)}
    numbers = [number for number, one in able.items() if one.id not in unable]
    chaired = store.chaired(at, meeting.group_id, meeting.starts_at)
    number = office_rules.next_chair(numbers, chaired)
    return None if number is None else able[number]


def listed(at: Reading, group_id: int) -> list[Member]:
    """Return who stands on the list of a group's meetings: all but who takes no part in them."""
    return [one for one in members.of_group(at, group_id) if one.takes_part(PRACTICE)]


def counted(at: Reading, meeting: Meeting) -> int:
    """Return of how many it is told who was there: who takes part and is not away, or was there."""
    asked = {one.id for one in listed(at, meeting.group_id) if not one.is_away}
    return len(asked | set(attendance.of_meeting(at, meeting.id)))


def settle_chair(at: Transaction, meeting: Meeting) -> None:
    """Keep who chairs, now that the group is told."""
    chair = chair_of(at, meeting)
    if chair is None or chair.id != meeting.chair:
        store.name_chair(at, meeting.id, None if chair is None else chair.id)


def member_left(at: Transaction, group_id: int, member_id: int) -> None:
    """Let nothing wait for somebody who left: their answers, their turn, their words to come."""
    attendance.member_left(at, member_id)
    items.member_left(at, member_id)
    ahead = current(at, group_id)
    if ahead is not None:
        if ahead.chair == member_id:
            settle_chair(at, ahead)
        redraw(at, ahead)


# -- telling the group -----------------------------------------------------------------------------


def current(at: Reading, group_id: int) -> Meeting | None:
    """Return the meeting that is being held, or else the next one that is planned."""
    now_open = store.open_of(at, group_id)
    if now_open is not None:
        return now_open
    ahead = store.from_on(at, group_id, at.now - rules.CLOSES_BY_ITSELF)
    return next((one for one in ahead if one.state == "planned"), None)


def following(at: Reading, meeting: Meeting) -> Meeting | None:
    """Return the next planned meeting after one."""
    ahead = store.from_on(at, meeting.group_id, max(meeting.starts_at, at.now))
    return next((one for one in ahead if one.state == "planned" and one.id != meeting.id), None)


def tell(at: Transaction, meeting: Meeting) -> None:
    """Post a meeting's card anew at the end of the chat: in the morning, where it is night."""
    group, agreement = groups.by_id(at, meeting.group_id), groups.agreement(at, meeting.group_id)
    when = after_quiet(at.now, agreement.quiet_hours, agreement.zone)
    if when > at.now:
        due.add(at, TELLS, meeting.id, utc_text(when), when)
        return
    if meeting.state == "planned":
        settle_chair(at, meeting)
    outbox.repost_card(at, CARD, meeting.id, group.chat_id)


def tell_change(at: Transaction, meeting: Meeting) -> bool:
    """Tell the group that a meeting changed, if it had been told of it; False where it had not."""
    group = groups.by_id(at, meeting.group_id)
    is_known = outbox.card_of(at, CARD, meeting.id, group.chat_id) is not None
    if is_known and group.state == "active":
        tell(at, store.by_id(at, meeting.id))
    return is_known


def redraw(at: Transaction, meeting: Meeting) -> None:
    """Bring the card up to date: of many taps at once, one edit leaves."""
    chat_id = groups.by_id(at, meeting.group_id).chat_id
    outbox.update_card(at, CARD, meeting.id, chat_id, urgency=speaking.ANSWER)


# -- for the digest -------------------------------------------------------------------------------


def month_facts(at: Reading, group_id: int, since: datetime, until: datetime) -> MonthFacts | None:
    """Return what the digest of [since, until) tells of meetings; None where none was held."""
    found = store.held(at, group_id, since, until)
    return MonthFacts(found.count, found.alone, found.there, found.of) if found.count else None


def next_at(at: Reading, group_id: int) -> datetime | None:
    """Return when the group meets next."""
    if not groups.agreement(at, group_id).does(PRACTICE):
        return None
    ahead = store.from_on(at, group_id, at.now)
    return next((one.starts_at for one in ahead if one.state == "planned"), None)
