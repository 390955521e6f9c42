"""The picture of one goal's line: shown to whose it is and who shares it, and kept true."""

from collections.abc import Sequence
from typing import Any, Final

from bot.domain import goals as rules
from bot.domain.errors import Refusal
from bot.domain.goals import Entry
from bot.practices import pictures
from bot.practices.goals import GoalNotYours, Place, look
from bot.rendering import digests, files, messages
from bot.rendering.picture_facts import LineChart, Point, Target
from bot.storage import chats, people, pictures as store
from bot.storage.chats import Chat
from bot.storage.database import Transaction

TITLE_MAX: Final = 60  # signs of a picture's heading
PICTURE: Final = "goal_line"  # its subject is the goal


class LineNeedsTwo(Refusal):
    """A line needs two points: it has not moved yet."""


def draw(at: Transaction, goal_id: int, person_id: int, chat: Chat) -> None:
    """Send a picture of how a goal went, the same numbers in words below. Raises LineNeedsTwo."""
    place = look(at, goal_id, person_id)
    if len(place.goal.entries) < 2:  # noqa: PLR2004 - one point is no line
        raise LineNeedsTwo
    language = people.by_id(at, person_id).language
    pictures.show(
        at, chat, language, "goals/line", kind=PICTURE, subject=goal_id, **_facts(place, language)
    )


def refresh(at: Transaction, goal_id: int) -> None:
    """Draw the goal's line anew wherever it stands; who may not see it any more has it no more."""
    for one in store.standing(at, PICTURE, goal_id):
        person_id = chats.by_id(at, one.chat_id).person_id
        assert person_id is not None
        try:
            place = look(at, goal_id, person_id)
        except GoalNotYours:
            pictures.take_away(at, one)
            continue
        language = people.by_id(at, person_id).language
        pictures.redraw(at, one, language, "goals/line", **_facts(place, language))


def _facts(place: Place, language: str) -> dict[str, Any]:
    entries = rules.line_of(place.goal.entries)
    return place.facts | {
        "picture": files.picture(line_chart(place, entries, language)),
        "entries": entries,
        "left_out": len(place.goal.entries) - len(entries),
    }


def line_chart(place: Place, entries: Sequence[Entry], language: str) -> LineChart:
    """Return the facts of a goal's picture: these entries as points, and its target."""
    goal = place.goal

    def words(message: str, **facts: object) -> str:
        return messages.clean_name(messages.plain(message, language, **place.facts, **facts))

    return LineChart(
        title=messages.clean_name(goal.words or "…", TITLE_MAX),
        subtitle=words("goals/line_subtitle"),
        points=tuple(
            Point(
                words("goals/line_day", entry=one),
                float(goal.decimal(one.value)),
                words("goals/value", value=one.value),
            )
            for one in entries
        ),
        direction=digests.direction(language),
        target=Target(float(goal.decimal(goal.to_value)), words("goals/line_target")),
        from_zero=goal.measure != "number",
    )
