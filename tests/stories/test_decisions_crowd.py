"""Seventy-five vote within a minute: few edits leave, and the count that stands is right."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from decision_village import card, proposes
from village import Someone, Village, a_village, words

from bot.app import Barnraiser
from bot.delivery.outbox import AT_ONCE_MAX
from bot.storage import members, people
from bot.storage.database import Transaction

ALL = 75
GROUP_CALLS_A_MINUTE = 20


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Village]:
    """A village of 75 that is about to decide, with Telegram's flood limits in force."""
    async with a_village(tmp_path) as made:
        folk = made.has(*(f"Member {number}" for number in range(1, ALL + 1)))
        group = await made.forms_group("Kitui", *folk)
        await made.is_set_up(group, folk[0])
        for one in folk[1:]:
            made.world.start(one.id)
        await made.settles()
        assert made.bot is not None
        await made.bot.database.transact(_join, [one.id for one in folk[1:]])
        await proposes(folk[0], "A roof for each house")
        made.sandbox.limits.on, made.bot.outbox._pace.unlimited = True, False
        await _passes(made, 600)
        made.sandbox.calls.clear()
        yield made


def _join(at: Transaction, telegram_ids: list[int]) -> None:
    for one in telegram_ids:
        person = people.by_telegram_id(at, one)
        assert person is not None
        members.add(at, group_id=1, person_id=person.id, state="member")


async def _passes(village: Village, seconds: float) -> None:
    """Time passes; what has come in by then is done, and what may leave by then has left."""
    assert village.bot is not None
    await _keeps_up(village, village.bot)
    village.sandbox.clock.set(village.now + timedelta(seconds=seconds))
    village.bot.outbox.wake()
    await _keeps_up(village, village.bot)


async def _keeps_up(village: Village, bot: Barnraiser) -> None:
    sends = bot.outbox
    while (  # noqa: ASYNC110 - the bot tells nobody when it rests
        len(village.world.updates)
        or bot.intake.busy
        or sends._turning
        or sends._look
        or sends._lanes.busy
        or sends._lanes.seconds_to_next(village.sandbox.clock.monotonic(), AT_ONCE_MAX) <= 0
    ):
        await asyncio.sleep(0.002)


def _votes(village: Village, someone: Someone, code: int) -> None:
    [shown] = [one for one in village.group.messages if "A roof" in words(one)]
    village.world.press(someone.id, village.group.id, shown.message_id, f"vote:1:{code}")


async def test_seventy_five_votes_within_a_minute(town: Village) -> None:
    folk = list(town.people.values())
    assert "0 of 75 have voted. At least 38 are needed." in card(town.group)
    for number, someone in enumerate(folk):
        _votes(town, someone, 2 if number % 3 == 0 else 1)
        if number % 5 == 0:
            _votes(town, someone, 0)  # changed at once, five times over
        await _passes(town, 60 / ALL)
    await _passes(town, 10)
    await town.settles()
    assert "75 of 75 have voted" in card(town.group)
    calls = town.sandbox.calls.of(chat=town.group.id)
    assert {call.method for call in calls} == {"editMessageText"}
    assert {call.status for call in calls} == {200}
    first = calls[0].at
    minutes = Counter((call.at - first) // timedelta(minutes=1) for call in calls)
    assert max(minutes.values()) <= GROUP_CALLS_A_MINUTE
    assert town.sandbox.calls.of("sendMessage") == []  # nobody is written to

    await town.waits(minutes=11)
    expected = Counter(
        "abstain" if number % 5 == 0 else "no" if number % 3 == 0 else "yes"
        for number in range(ALL)
    )
    assert f"Yes: {expected['yes']}\nNo: {expected['no']}" in card(town.group)
    assert f"75 of 75 took part. 38 were needed. {expected['abstain']} abstained." in card(
        town.group
    )
