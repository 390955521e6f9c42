"""Planning meetings: their rhythm and place, who plans them, what goes round at each.

All of it is part of the agreement: whoever may plan changes it, unless the group locked that part;
then a decision does. Single dates are in `meeting_dates`. Every button may be forged: each use case
authorises from the facts.
"""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, Final

from bot.domain import agreement as agreements, meetings as rules
from bot.domain.agreement import Agreement
from bot.domain.agreement_parts import DAYS_OF_MONTH_MAX, PLACE_MAX, ROUND_MAX, MeetingEvery
from bot.domain.calendar import local
from bot.domain.errors import Refusal
from bot.domain.goals import own_words
from bot.domain.meetings import EVERY, PLANNERS
from bot.practices import agreement as agreed, agreement_news, meeting_view, meetings
from bot.practices.meeting_course import MeetingOver
from bot.practices.meeting_view import (
    ASKED_CLOCK,
    ASKED_DAY,
    ASKED_PLACE,
    ASKED_ROUND,
    PlannedByOthers,
    may_plan,
)
from bot.practices.meetings import PRACTICE, MeetingNotYours
from bot.practices.members import Place, place_in
from bot.practices.showing import Asked, Shown
from bot.storage import groups, meetings as store, members
from bot.storage.database import Reading, Transaction
from bot.storage.meetings import Meeting
from bot.storage.questions import Question

PART: Final = "meetings"  # of the agreement
DAYS_A_PAGE: Final = 12
FORTNIGHT: Final = 14
SHOWN_MAX: Final = 8
HOURS: Final = (8, 9, 10, 14, 15, 16, 17, 18, 19)
DAYS: Final = (1, 5, 10, 15, 20, 25)
WEEKS: Final = (1, 2, 3, 4, 5)


class DayNotUnderstood(Refusal):
    """What was written is no day of the month."""


# -- what is planned ------------------------------------------------------------------------------


def show(at: Reading, group_id: int, person_id: int) -> Shown:
    """Show what is planned to who may plan. Raises NotYours, NotAMember, PlannedByOthers."""
    place = planner(at, group_id, person_id)
    ahead = [
        one
        for one in store.from_on(at, group_id, at.now)
        if one.state == "planned" or (one.state == "cancelled" and can_revive(one, at.now))
    ]
    agreement = groups.agreement(at, group_id)
    facts = facts_of(at, place) | {
        "ahead": ahead[:SHOWN_MAX],
        "does": agreement.does(PRACTICE),
        "facilitates": "facilitator" in members.offices_of(at, place.member.id),
        "is_locked": PART in agreement.locked,
    }
    return Shown("meetings/plan", facts)


def choose_planners(at: Transaction, group_id: int, person_id: int, number: int) -> Shown:
    """Let the facilitator say who plans. Raises NotTheFacilitator, PartLocked, and as `show`."""
    planner(at, group_id, person_id)
    if number >= len(PLANNERS):
        raise MeetingNotYours
    agreed.amend(at, group_id, PART, {"planners": PLANNERS[number]}, by=person_id)
    return show(at, group_id, person_id)


def count_speakers(at: Transaction, group_id: int, person_id: int, number: int) -> Shown:
    """Let the group count who spoke beside who was there, or no more. As `show`, PartLocked."""
    place = planner(at, group_id, person_id)
    _amend(at, place, {"counts_speakers": bool(number)})
    return show(at, group_id, person_id)


# -- the rhythm -----------------------------------------------------------------------------------


def choose_rhythm(at: Reading, group_id: int, person_id: int, *chosen: int) -> Shown:
    """Ask for the next part of a rhythm: how often, which day, which of the month, what time.

    Raises as `show`, PartLocked, RhythmNotOffered.
    """
    place = planner(at, group_id, person_id)
    agreed.require_unlocked(groups.agreement(at, group_id), PART)
    facts = facts_of(at, place) | {"every": EVERY, "chosen": chosen}
    if not chosen:
        return Shown("meetings/rhythm", facts)
    every = EVERY[chosen[0]] if chosen[0] < len(EVERY) else "none"
    if every == "none":
        return confirm_rhythm(at, group_id, person_id, 0, 0, 0, 0)
    if len(chosen) < (3 if every == "month_weekday" else 2):
        return _ask_day(at, facts, every, chosen)
    parts = (chosen[0], chosen[1], chosen[2] if every == "month_weekday" else 0)
    rules.chosen(facts["terms"], parts[0], parts[1], parts[2], 0)
    asks = Asked(ASKED_CLOCK, group_id, {"rhythm": parts})
    return Shown("meetings/rhythm_clock", facts | {"chosen": parts, "hours": HOURS}, asks)


def _ask_day(
    at: Reading, facts: dict[str, Any], every: MeetingEvery, chosen: tuple[int, ...]
) -> Shown:
    """Ask on which day a rhythm of a kind meets."""
    if len(chosen) > 1:
        return Shown("meetings/rhythm_week", facts | {"weeks": WEEKS})
    if every == "two_weeks":
        today = local(at.now, facts["zone"]).date()
        days = rules.days_from(today, 0, FORTNIGHT)
        return Shown("meetings/rhythm_first", facts | {"days": days})
    if every == "month_day":
        asks = Asked(ASKED_DAY, facts["group"].id, {"every": chosen[0]})
        return Shown("meetings/rhythm_day", facts | {"days": DAYS}, asks)
    return Shown("meetings/rhythm_weekday", facts)


def hear_day(at: Transaction, question: Question, text: str) -> Shown:
    """Take the day of the month somebody wrote. Raises DayNotUnderstood, and as `choose_rhythm`."""
    bare = text.strip().rstrip(".")
    if not bare.isdecimal() or len(bare) > 2 or not 1 <= int(bare) <= DAYS_OF_MONTH_MAX:  # noqa: PLR2004 - digits
        raise DayNotUnderstood
    every = int(question.facts["every"])
    return choose_rhythm(at, question.subject, question.person_id, every, int(bare))


def confirm_rhythm(at: Reading, group_id: int, person_id: int, *chosen: int) -> Shown:
    """Read a rhythm back, with its next meetings, before it holds. As `choose_rhythm`.

    `chosen`: its four numbers, as `domain.meetings.chosen` takes them.
    """
    place = planner(at, group_id, person_id)
    agreement = groups.agreement(at, group_id)
    agreed.require_unlocked(agreement, PART)
    terms = rules.chosen(agreement.meetings, *chosen)
    coming = rules.coming(replace(agreement, meetings=terms), at.now, 3)
    facts = facts_of(at, place) | {
        "terms": terms,
        "coming": [one.starts_at for one in coming],
        "chosen": chosen,
    }
    return Shown("meetings/rhythm_sure", facts)


def hold_rhythm(at: Transaction, group_id: int, person_id: int, *chosen: int) -> Shown:
    """Let a rhythm hold from now: the group is told of it. As `confirm_rhythm`."""
    place = planner(at, group_id, person_id)
    before = groups.agreement(at, group_id).meetings
    _amend(at, place, asdict(rules.chosen(before, *chosen)))
    return show(at, group_id, person_id)


# -- words: the place, and what goes round --------------------------------------------------------


def ask_place(at: Reading, group_id: int, person_id: int, meeting_id: int) -> Shown:
    """Ask where a meeting is, or (0) where the group meets. Raises as `show`, MeetingNotYours."""
    place = planner(at, group_id, person_id)
    meeting = planned(at, place, meeting_id) if meeting_id else None
    if meeting is None:
        agreed.require_unlocked(groups.agreement(at, group_id), PART)
    asks = Asked(ASKED_PLACE, group_id, {"meeting": meeting_id})
    return Shown("meetings/place_asked", facts_of(at, place) | {"meeting": meeting}, asks)


def hear_place(at: Transaction, question: Question, text: str) -> Shown:
    """Keep where it is. Raises WordsMissing, WordsTooLong, and as `ask_place`."""
    words = own_words(text, PLACE_MAX)
    return _keep_place(
        at, question.subject, question.person_id, int(question.facts["meeting"]), words
    )


def no_place(at: Transaction, group_id: int, person_id: int, meeting_id: int) -> Shown:
    """Say no place (any more). As `ask_place`."""
    return _keep_place(at, group_id, person_id, meeting_id, "")


def _keep_place(
    at: Transaction, group_id: int, person_id: int, meeting_id: int, words: str
) -> Shown:
    place = planner(at, group_id, person_id)
    if not meeting_id:
        _amend(at, place, {"place": words})
        return show(at, group_id, person_id)
    meeting = planned(at, place, meeting_id)
    if meeting.place != words:
        store.set_place(at, meeting.id, words, is_own=True)
        meetings.tell_change(at, meeting)
    return meeting_view.show(at, meeting.id, person_id)


def ask_round(at: Reading, group_id: int, person_id: int) -> Shown:
    """Ask for the question that goes round at each meeting. Raises as `show`, PartLocked."""
    place = planner(at, group_id, person_id)
    agreed.require_unlocked(groups.agreement(at, group_id), PART)
    return Shown("meetings/round_asked", facts_of(at, place), Asked(ASKED_ROUND, group_id))


def hear_round(at: Transaction, question: Question, text: str) -> Shown:
    """Keep the question that goes round. Raises WordsMissing, WordsTooLong, and as `ask_round`."""
    place = planner(at, question.subject, question.person_id)
    _amend(at, place, {"question": own_words(text, ROUND_MAX)})
    return show(at, question.subject, question.person_id)


def no_round(at: Transaction, group_id: int, person_id: int) -> Shown:
    """Let nothing go round. As `ask_round`."""
    _amend(at, planner(at, group_id, person_id), {"question": ""})
    return show(at, group_id, person_id)


def can_revive(meeting: Meeting, now: datetime) -> bool:
    """Whether a meeting that was cancelled by hand can be held after all."""
    by_hand = meeting.rhythm_day is not None or not meeting.of_rhythm
    return meeting.state == "cancelled" and by_hand and meeting.starts_at > now


# -- who, and when --------------------------------------------------------------------------------


def planner(at: Reading, group_id: int, person_id: int) -> Place:
    """Return a member who may plan meetings. Raises NotYours, NotAMember, PlannedByOthers."""
    place = place_in(at, group_id, person_id)
    if not may_plan(at, place):
        raise PlannedByOthers(
            planners=groups.agreement(at, group_id).meetings.planners,
            facilitators=[one.name for one in members.holders(at, group_id, "facilitator")],
        )
    return place


def planned(at: Reading, place: Place, meeting_id: int) -> Meeting:
    """Return a meeting of a group that is still ahead. Raises MeetingNotYours, MeetingOver."""
    meeting = store.find(at, meeting_id)
    if meeting is None or meeting.group_id != place.group.id:
        raise MeetingNotYours
    if meeting.state != "planned" or rules.is_over(meeting.starts_at, at.now):
        raise MeetingOver
    return meeting


def facts_of(at: Reading, place: Place) -> dict[str, Any]:
    """Return what every screen of planning needs."""
    agreement = groups.agreement(at, place.group.id)
    return {"group": place.group, "zone": agreement.zone, "terms": agreement.meetings}


def _amend(at: Transaction, place: Place, changed: dict[str, Any]) -> None:
    """Change what was agreed on meetings, and begin with them. Raises PartLocked."""
    before = groups.agreement(at, place.group.id)
    agreed.require_unlocked(before, PART)
    _hold(at, place, before, agreements.amended(_begun(at, place), PART, changed))


def begin(at: Transaction, place: Place) -> None:
    """Begin with meetings, where the group does not hold any yet. As `_begun`."""
    _hold(at, place, groups.agreement(at, place.group.id), _begun(at, place))


def _hold(at: Transaction, place: Place, before: Agreement, after: Agreement) -> None:
    """Let it hold from now, and tell the group what was changed, as of any change by hand."""
    if after != before:
        by = place.member.person_id
        agreed.hold(at, place.group.id, before, after, by=by, decision_id=None)
        agreement_news.tell(at, place.group.id)


def _begun(at: Reading, place: Place) -> Agreement:
    """Return the agreement with meetings among what the group does.

    Raises NotTheFacilitator, PartLocked where that is news and not theirs to say.
    """
    agreement = groups.agreement(at, place.group.id)
    if agreement.does(PRACTICE):
        return agreement
    agreed.require_facilitator(at, place.group.id, place.member.person_id)
    agreed.require_unlocked(agreement, "practices")
    practices = sorted(agreement.practices | {PRACTICE})
    return agreements.amended(agreement, "practices", practices)
