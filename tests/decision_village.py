"""What stories about decisions share: proposing by taps and short answers, voting, and time."""

from datetime import UTC, datetime
from typing import Any

from contribution_village import member_of, transacts
from village import Group, Someone, Village, words

from bot.domain.offices import Office
from bot.storage import ballots, decisions, members, people
from bot.storage.database import Reading, Transaction
from bot.storage.decisions import Decision

#: Proposed on Monday at noon in Nairobi, open three days: until Thursday at six.
CLOSES = datetime(2026, 3, 5, 15, 0, tzinfo=UTC)


async def circle(village: Village, *people_: Someone, title: str = "Kitui", **parts: Any) -> Group:  # noqa: ANN401 - any part of an agreement
    """A group that is set up, the first one its facilitator."""
    group = await village.forms_group(title, *people_)
    await village.is_set_up(group, *people_, **parts)
    return group


async def does(person: Someone, *steps: str) -> None:
    """Tap what stands in brackets, write anything else."""
    for step in steps:
        if step.startswith("["):
            await person.taps(step[1:-1])
        else:
            await person.writes(step)


async def proposes(person: Someone, what: str = "We buy a pump", *steps: str) -> None:
    """Propose in private: what, no why, whatever else, and put it to the group."""
    await does(person, "/propose", what, "[Skip]", *steps, "[Put it to the group]")


async def votes(label: str, *people_: Someone) -> None:
    """Each taps the same under the group's card."""
    for person in people_:
        await person.taps(label, in_group=True)


async def decides(village: Village, people: list[Someone], label: str = "Yes") -> None:
    """All vote the same, and it closes."""
    await votes(label, *people)
    await village.waits(minutes=11)


async def begins(person: Someone, *steps: str) -> None:
    """Propose what then happens by itself, without words."""
    await does(person, "/propose", "[Our agreement, offices, money]", *steps)


async def puts(person: Someone, *steps: str) -> None:
    """The same, and put it to the group."""
    await begins(person, *steps, "[Skip]", "[Put it to the group]")


async def holders(village: Village, office: Office) -> list[str]:
    def look(at: Reading) -> list[str]:
        return [one.name for one in members.holders(at, 1, office)]

    return await village.finds(look)


def said(person: Someone) -> str:
    """What the bot last told them, with ordinary spaces in its amounts."""
    return person.reads.replace("\xa0", " ")


def card(group: Group) -> str:
    """The group's newest card of a decision, as it reads now."""
    cards = [one for one in group.messages if words(one).startswith("🗳 ")]
    return words(cards[-1]).replace("\xa0", " ")


async def decision(village: Village, decision_id: int = 1) -> Decision:
    """A decision as it is kept."""
    return await village.finds(lambda at: decisions.by_id(at, decision_id))


async def kept_votes(village: Village, decision_id: int = 1) -> list[ballots.Vote]:
    """The votes as they are kept."""

    def look(at: Reading) -> list[ballots.Vote]:
        return ballots.votes(at, decisions.by_id(at, decision_id))

    return await village.finds(look)


async def records(village: Village, recorder: Someone, name: str) -> int:
    """Somebody without a phone is a member, recorded by one and known by others; their id."""

    def add(at: Transaction, group_id: int) -> int:
        added = people.add(at, telegram_id=None, name=name, language="en")
        by = member_of(at, group_id, recorder.id)
        member = members.add(
            at, group_id=group_id, person_id=added.id, state="member", recorded_by=by.id
        )
        members.know(at, member.id, by.id)
        return member.id

    return await transacts(village, add)
