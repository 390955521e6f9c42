"""A whole meeting's list with Telegram's limits in force: 28 taps, nothing new in the group."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from contribution_village import faults, march, takes_office
from crowded import limits_hold, passes
from village import Village, a_village

from bot.domain.plans import Contribution

NAMES = [f"Member {number}" for number in range(1, 26)]
SAVINGS = Contribution(500, kind="shares", every="week", day=4)
SOCIAL = Contribution(2000, number=2, purse="social_fund", every="week", day=4)


@pytest.fixture
async def meeting(tmp_path: Path) -> AsyncIterator[Village]:
    """Twenty-five who save in shares and give to a social fund, on the day of their meeting."""
    async with a_village(tmp_path) as made:
        people = made.has(*NAMES)
        group = await made.forms_group("Kitui", *people)
        await made.is_set_up(
            group, *people, practices=frozenset({"contributions"}), plans=(SAVINGS, SOCIAL)
        )
        await takes_office(made, people[0], "treasurer")
        await made.moves_to(march(5))
        await limits_hold(made)
        yield made


async def test_a_meeting_of_twenty_five_in_a_minute(meeting: Village) -> None:
    treasurer, witness = (meeting.people[name] for name in NAMES[:2])
    in_group = len(meeting.group.messages)
    taps = 0
    for label in ["The whole list", *(f"☐ {name}" for name in NAMES), "Say it"]:
        button = treasurer.button(label)
        assert button.data is not None
        meeting.world.press(treasurer.id, treasurer.id, button.message.message_id, button.data)
        taps += 1
        await passes(meeting, 2)
    await passes(meeting, 10)
    yes = witness.button("Yes, KES")
    assert yes.data is not None
    meeting.world.press(witness.id, witness.id, yes.message.message_id, yes.data)
    taps += 1
    for _ in range(12):
        await passes(meeting, 5)
    assert taps <= 28

    assert len(meeting.group.messages) == in_group
    calls = meeting.sandbox.calls.of(chat=meeting.group.id)
    assert {call.method for call in calls} == {"editMessageText"}
    assert len(calls) <= 2, "48 payments in the book are one edit of the board, or two"
    assert 429 not in {call.status for call in meeting.sandbox.calls.of()}
    assert meeting.group.sees("24 of 25 households have paid.\nIn the fund: KES\u00a0480.00")
    for name in NAMES[2:]:
        assert meeting.people[name].sees("In all: 1 share")
    assert await faults(meeting) == []
