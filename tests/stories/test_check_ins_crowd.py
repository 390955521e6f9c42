"""Forty members answer at once: the group hears nothing new, and its post ends with the truth."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from circle import OPENS, round_card
from crowded import limits_hold, passes
from village import Someone, Village, a_village

from bot.storage import members, people
from bot.storage.database import Transaction
from sandbox.calls import RecordedCall

FORTY = 40
SECONDS = 20.0
#: Every question's number, with the data of a tap that answers it; the line is skipped.
TAPS = (
    "check:1:1:2",
    "check:1:2:2",
    "check:1:6:0",
    "check:1:3:1",
    "check:1:4:0",
    "check:1:7:1",
    "check_skip:1:5",
    "check_share:1:8:0",
)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Village]:
    """A group of forty whose round is open, with Telegram's flood limits in force."""
    async with a_village(tmp_path) as made:
        folk = made.has(*(f"Member {number}" for number in range(1, FORTY + 1)))
        group = await made.forms_group("Kitui Circle", *folk)
        for one in folk[1:]:
            made.world.start(one.id)
        await made.is_set_up(group, folk[0])
        assert made.bot is not None
        await made.bot.database.transact(_join, [one.id for one in folk[1:]])
        await made.moves_to(OPENS)
        await limits_hold(made)
        yield made


def _join(at: Transaction, telegram_ids: list[int]) -> None:
    for one in telegram_ids:
        person = people.by_telegram_id(at, one)
        assert person is not None
        members.add(at, group_id=1, person_id=person.id, state="member")


def _presses(village: Village, someone: Someone, data: str) -> None:
    village.world.press(someone.id, someone.id, someone.messages()[-1].message_id, data)


def _calls_to_the_group(village: Village) -> list[RecordedCall]:
    return village.sandbox.calls.of(chat=village.group.id)


def _assert_quiet_and_true(village: Village, before: int) -> None:
    assert len(village.group.messages) == before
    assert "40 of 40 are in" in round_card(village.group)
    calls = _calls_to_the_group(village)
    assert {call.method for call in calls} == {"editMessageText"}
    assert len(calls) <= 12, "one edit each three seconds at most"
    assert {call.status for call in calls} == {200}


async def test_forty_answers_within_twenty_seconds(town: Village) -> None:
    before = len(town.group.messages)
    assert "0 of 40 are in" in round_card(town.group)
    for someone in town.people.values():
        for data in TAPS:
            _presses(town, someone, data)
        await passes(town, SECONDS / FORTY)
    await passes(town, 10)
    await town.settles()
    _assert_quiet_and_true(town, before)
    for someone in town.people.values():
        assert "you are in for March" in someone.reads


async def test_forty_answers_in_the_same_moment(town: Village) -> None:
    before = len(town.group.messages)
    for data in TAPS:
        for someone in town.people.values():
            _presses(town, someone, data)
    for _ in range(round(SECONDS)):
        await passes(town, 1)
    await town.settles()
    _assert_quiet_and_true(town, before)
    assert town.bot is not None
    kept = await town.bot.database.read(
        lambda at: at.value("SELECT count(*) FROM check_in_answers")
    )
    assert kept == FORTY * len(TAPS)
