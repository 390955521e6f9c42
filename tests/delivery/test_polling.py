"""Whatever asking for updates meets, it is asked again, and what was not heard comes again."""

import asyncio
import logging
from typing import Any

import pytest
from delivery.hearing import Hearing, says
from delivery.post_office import (
    ENDS_AFTER,
    ENDS_BEFORE,
    Reply,
    answers,
    floods,
    page,
    raw,
    refuses,
)
from telegram.error import NetworkError, RetryAfter

from bot.delivery import intake as module
from bot.delivery.intake import BACK_OFF_SECONDS


@pytest.mark.parametrize(
    "reply",
    [
        refuses(401, "Unauthorized"),
        refuses(404, "Not Found"),
        page(404),
        refuses(409, "Conflict: terminated by other getUpdates request"),
        page(502),
        refuses(500, "Internal Server Error"),
        refuses(400, "Bad Request: whatever"),
        ENDS_BEFORE,
        ENDS_AFTER,
        raw(200, b"\x00"),
        answers({"not": "a list"}),
        answers([{"no": "id"}, 7]),
    ],
)
async def test_whatever_polling_meets_it_goes_on(hearing: Hearing, reply: Reply) -> None:
    await hearing.hears(reply, reply, [says(10, "a")])
    assert await hearing.done() == ["a"]
    assert await hearing.failed() == []
    arrived = 2 if reply.accepts else 0
    assert hearing.offsets() == [None] * (arrived + 1) + ["11"]


async def test_it_waits_longer_each_time_and_begins_anew_when_it_is_heard(
    hearing: Hearing, caplog: pytest.LogCaptureFixture
) -> None:
    bad = page(502)
    await hearing.hears(bad, bad, bad, bad, [], bad, bad)
    waits = [vars(one)["wait"] for one in caplog.records if one.message == "poll failed"]
    assert waits == [0.001, 0.002, 0.003, 0.003, 0.001, 0.002]


def test_the_waits_grow_to_half_a_minute() -> None:
    waits = [module.back_off(NetworkError("x"), failures) for failures in range(10)]
    assert waits == [1.0, 2.0, 5.0, 10.0, 20.0, *[30.0] * 5]
    assert list(BACK_OFF_SECONDS) == sorted(BACK_OFF_SECONDS)


def test_asked_to_wait_it_waits_as_long_but_never_for_days() -> None:
    assert module.back_off(RetryAfter(7), 0) == 7
    assert module.back_off(RetryAfter(500_000), 0) == module.POLL_WAIT_MAX_SECONDS


async def test_a_flood_is_waited_for(
    hearing: Hearing, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "POLL_WAIT_MAX_SECONDS", 0.004)
    await hearing.hears(floods(35), [says(10, "a")])
    assert await hearing.done() == ["a"]
    [record] = [one for one in caplog.records if one.message == "poll failed"]
    assert vars(record)["wait"] == 0.004


async def test_another_process_with_the_token_is_said_aloud(
    hearing: Hearing, caplog: pytest.LogCaptureFixture
) -> None:
    await hearing.hears(refuses(409, "Conflict: terminated by other getUpdates request"))
    [record] = [one for one in caplog.records if vars(one).get("action") == "poll_conflict"]
    assert record.levelno == logging.ERROR
    assert "deleteWebhook" not in hearing.office.methods()


@pytest.mark.parametrize("works", [True, False])
async def test_a_webhook_that_somebody_set_is_taken_away_and_nothing_with_it(
    hearing: Hearing,
    works: bool,  # noqa: FBT001 - a parameter
) -> None:
    if not works:
        hearing.office.will(page(502), to="deleteWebhook")
    conflict = "Conflict: can't use getUpdates method while webhook is active; delete it first"
    await hearing.hears(refuses(409, conflict), [says(10, "a")])
    [letter] = [one for one in hearing.office.letters if one.method == "deleteWebhook"]
    assert letter.fields == {}, "what waits is kept"
    assert await hearing.done() == ["a"]


async def test_what_it_says_of_a_failure_is_telegrams_word_or_its_kind(
    hearing: Hearing, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch, broken = hearing.intake._fetch, [ValueError("private words")]

    async def breaks_once(offset: int | None) -> list[Any]:
        if broken:
            raise broken.pop()
        return await fetch(offset)

    monkeypatch.setattr(hearing.intake, "_fetch", breaks_once)
    await hearing.hears(refuses(400, "Bad Request: limit"))
    told = [vars(one)["error"] for one in caplog.records if one.message == "poll failed"]
    assert told == ["ValueError", "Limit"]


async def test_the_writers_thread_may_ask_whether_telegram_is_heard(hearing: Hearing) -> None:
    """The outbox asks there what to do with a call that nobody answered."""
    await hearing.hears([])
    assert await hearing.database.transact(lambda _at: hearing.intake.hears())


async def test_a_deaf_bot_is_told_from_a_quiet_one(hearing: Hearing) -> None:
    assert hearing.intake.seconds_since_heard() == 0
    await hearing.hears([])
    hearing.intake._heard_at = asyncio.get_running_loop().time() - 500
    assert 500 <= hearing.intake.seconds_since_heard() < 510
    hearing.office.will(page(502), answers([]), to="getUpdates")
    heard: list[bool] = []
    async with hearing.listening():
        hearing.intake._heard_at = asyncio.get_running_loop().time() - 500
        await hearing.office.has(4, "getUpdates")
        heard.append(hearing.intake.seconds_since_heard() < 100)
    assert heard == [True]
