"""A meeting as its group sees it: one card, edited in place, with counts and the fund's balances.

Who comes and who was there is counted, never named; the chair is, and whose words an item is.
"""

from collections.abc import Callable, Mapping
from typing import Any

from bot.domain import meetings as rules
from bot.practices import fund, meeting_agenda, meetings, speaking
from bot.practices.fund import Purse
from bot.practices.meetings import CARD, LINK_CALENDAR, LINK_ONE
from bot.storage import attendance, groups, meetings as store, minutes
from bot.storage.database import Reading, Transaction
from bot.storage.meetings import Meeting
from bot.storage.outbox import Card


def facts_of(at: Reading, meeting: Meeting) -> dict[str, Any]:
    """Return what every message about a meeting may tell."""
    group, agreement = groups.by_id(at, meeting.group_id), groups.agreement(at, meeting.group_id)
    answers = attendance.answers(at, meeting.id)
    next_one = meetings.following(at, meeting) if meeting.state == "kept" else None
    return {
        "meeting": meeting,
        "group": group,
        "zone": agreement.zone,
        "chair": meetings.chair_of(at, meeting),
        "coming": sum(answers.values()),
        "not_coming": len(answers) - sum(answers.values()),
        "there": len(attendance.of_meeting(at, meeting.id)),
        "of": meeting.of_members or meetings.counted(at, meeting),
        "agenda": meeting_agenda.of_meeting(at, meeting),
        "purses": _purses(at, meeting),
        "purses_before": _purses_before(at, meeting),
        "notes": len(minutes.of_meeting(at, meeting.id)),
        "can_open": can_open(at, meeting),
        "next_one": next_one,
        "next_chair": None if next_one is None else meetings.chair_of(at, next_one),
    }


def can_open(at: Reading, meeting: Meeting) -> bool:
    """Whether a meeting can be opened now, and is not."""
    return (
        meeting.state == "planned"
        and rules.may_open(meeting.starts_at, at.now)
        and not rules.is_over(meeting.starts_at, at.now)
    )


def _purses(at: Reading, meeting: Meeting) -> list[Purse]:
    """Return what was in the fund when a meeting was opened; once it is closed, when it closed."""
    if meeting.opened_at is None:
        return []
    return fund.purses(at, meeting.group_id, before=meeting.closed_at or meeting.opened_at)


def _purses_before(at: Reading, meeting: Meeting) -> list[Purse] | None:
    """Return what was in the fund when the last meeting closed; None where there was none."""
    if meeting.state != "open":
        return None
    closed_at = store.closed_before(at, meeting.group_id, meeting.starts_at)
    return None if closed_at is None else fund.purses(at, meeting.group_id, before=closed_at)


def _draw(at: Reading, card: Card) -> Mapping[str, Any] | None:
    meeting = store.by_id(at, card.subject)
    group = groups.by_id(at, meeting.group_id)
    return speaking.card_content(
        group.language,
        "meetings/card",
        url=speaking.link(at, LINK_ONE, meeting.id),
        calendar_url=speaking.link(at, LINK_CALENDAR, group.id),
        **facts_of(at, meeting),
    )


CARDS: dict[str, Callable[[Reading, Card], Mapping[str, Any] | None]] = {CARD: _draw}
RESULTS: dict[str, Callable[[Transaction, int, Any], None]] = {}
