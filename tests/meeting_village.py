"""A group that meets on Saturdays at half past two in Nairobi, for stories."""

from datetime import UTC, datetime
from typing import Any

from decision_village import does
from ics import Read, events_of
from village import Group, Someone, Village, words

from bot.domain.agreement_parts import Meetings
from bot.storage import meetings
from bot.storage.meetings import Meeting

SATURDAYS = Meetings(every="week", weekday=6, hour=14, minute=30, place="The old church")
#: The first Saturday: 14:30 in Nairobi is 11:30 UTC.
FIRST = datetime(2026, 3, 7, 11, 30, tzinfo=UTC)
EVE = datetime(2026, 3, 6, 15, 0, tzinfo=UTC)
SOON = datetime(2026, 3, 7, 10, 30, tzinfo=UTC)


async def meets(
    village: Village,
    *folk: Someone,
    title: str = "Kitui",
    language: str = "en",
    terms: Meetings = SATURDAYS,
    **parts: Any,  # noqa: ANN401 - any part of an agreement
) -> Group:
    """A set-up group that has agreed on a rhythm; the first one facilitates."""
    group = await village.forms_group(title, *folk)
    practices = parts.pop("practices", frozenset({"meetings"}))
    await village.is_set_up(
        group, *folk, language=language, practices=practices, meetings=terms, **parts
    )
    return group


def posts(group: Group) -> list[str]:
    """Everything the bot said in the group that is about a meeting, the oldest first."""
    signs = ("📅", "🟢", "✅ We met", "✖️", "⏰")
    return [words(one) for one in group.messages if words(one).startswith(signs)]


def card(group: Group) -> str:
    """The newest card of a meeting, as it reads now, with ordinary spaces."""
    cards = [one for one in posts(group) if not one.startswith("⏰")]
    return _plain(cards[-1])


def said(person: Someone) -> str:
    """What the bot last told them, with ordinary spaces."""
    return _plain(person.reads)


def _plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\xa0", " ")


async def planned(village: Village, group_id: int = 1) -> list[Meeting]:
    """The meetings that stand planned, the soonest first."""
    found = await village.finds(lambda at: meetings.from_on(at, group_id, at.now))
    return [one for one in found if one.state == "planned"]


async def calendar(person: Someone) -> list[Read]:
    """The events of the file for one's calendar, as /meetings gives it now."""
    await does(person, "/meetings", "[Calendar]")
    media = person.messages()[-1].content.media
    assert media is not None
    assert media.file is not None
    assert (media.file.name, media.file.mime) == ("meetings.ics", "text/calendar")
    return events_of(media.file.content)


async def holds(leader: Someone, *others: Someone, alone: bool = True) -> None:
    """A meeting is opened, everybody says that they are there, and it is closed."""
    await leader.taps("Open the meeting", in_group=True)
    for one in (leader, *others):
        await one.taps("I'm here", in_group=True)
    label = "Close · only us" if alone else "Close · with guests"
    await leader.taps(label, in_group=True)
