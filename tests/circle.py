"""A group whose monthly check-in is open: where the stories of check-ins begin."""

from datetime import UTC, datetime
from typing import Any

from village import Group, Someone, Village, words

from bot.storage import goals as goal_store, members
from bot.storage.database import Transaction
from bot.storage.goals import Terms

OPENS = datetime(2026, 3, 24, 15, 0, tzinfo=UTC)  # six in the evening in Nairobi
REMINDS = datetime(2026, 3, 25, 15, 0, tzinfo=UTC)
REMINDS_AGAIN = datetime(2026, 3, 27, 15, 0, tzinfo=UTC)
CLOSES = datetime(2026, 3, 28, 15, 0, tzinfo=UTC)
OPENS_NEXT = datetime(2026, 4, 24, 15, 0, tzinfo=UTC)

#: One answer a question, as their buttons say it; the line and what is shared come after them.
USUAL_TAPS = ("A little", "Time", "Not now", "More", "The same", "Less")


async def forms_circle(
    village: Village,
    title: str,
    *folk: Someone,
    others: tuple[Someone, ...] = (),
    **parts: Any,  # noqa: ANN401 - any part of an agreement
) -> Group:
    """A set-up group of these members; `others` are in the chat but have not joined."""
    group = await village.forms_group(title, *folk, *others)
    await village.is_set_up(group, *folk, **parts)
    return group


async def opens_circle(
    village: Village,
    *folk: Someone,
    title: str = "Kitui Circle",
    **parts: Any,  # noqa: ANN401 - any part of an agreement
) -> Group:
    """The same, and its first round has just opened."""
    group = await forms_circle(village, title, *folk, **parts)
    await village.moves_to(OPENS)
    return group


async def blocks_bot(village: Village, someone: Someone) -> None:
    """Somebody blocks the bot, so that it cannot write to them first."""
    village.world.block(someone.id)
    await village.settles()


async def joins(someone: Someone) -> None:
    """Somebody joins the group they are in, as people do."""
    await someone.taps("I'm in", in_group=True)
    await someone.taps("Yes, I'm in")


async def leaves(someone: Someone, title: str = "Kitui Circle") -> None:
    """A member leaves, as people do."""
    await someone.writes("/leave")
    await someone.taps(title)
    await someone.taps("Yes, I leave")


async def has_goal(village: Village, someone: Someone, words: str, area: str = "school") -> int:
    """A goal of somebody's, a number from 0 to 10, as adding it would keep it."""

    def add(at: Transaction) -> int:
        person_id = at.value("SELECT id FROM people WHERE telegram_id = :id", id=someone.id)
        member = members.of_person(at, 1, person_id)
        assert member is not None
        return goal_store.add(
            at,
            member_id=member.id,
            person_id=person_id,
            measure="number",
            currency=None,
            terms=Terms(words, area, None, 1000, None, shared=False),
            from_value=0,
        )

    assert village.bot is not None
    made: int = await village.bot.database.transact(add)
    return made


async def answers_all(someone: Someone, line: str = "") -> None:
    """Answer the check-in that is shown, from its first question to its end."""
    for label in USUAL_TAPS:
        await someone.taps(label)
    await (someone.writes(line) if line else someone.taps("Skip"))
    await someone.taps("Like this")


def round_card(group: Group) -> str:
    """The group's one post of March's round, as it reads now."""
    cards = [one for one in group.messages if "Check-in for March" in words(one)]
    assert len(cards) == 1
    return words(cards[0])
