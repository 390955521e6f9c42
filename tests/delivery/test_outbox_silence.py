"""What goes out when Telegram asks to wait, says nothing at all, or nothing can be stored."""

import asyncio
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from delivery.desk import AMINA, GROUP, JUMA, OTHER_GROUP, Desk, words
from delivery.post_office import (
    ENDS_AFTER,
    ENDS_BEFORE,
    HANGS,
    Reply,
    answers,
    floods,
    half,
    page,
    raw,
    refuses,
)

from bot.delivery import transport as transport_module
from bot.delivery.outbox import ASIDE_AFTER, ATTEMPTS_MAX, SILENCE_SECONDS
from bot.domain.calendar import utc_text
from bot.storage import outbox as store
from bot.storage.database import CannotStore, DiskFailed, Transaction


def refusals(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was said aloud to the operator."""
    return [one.message for one in caplog.records if one.levelno >= logging.ERROR]


# -- asked to wait --------------------------------------------------------------------------------


async def test_only_the_chat_that_was_asked_to_wait_waits(desk: Desk) -> None:
    desk.office.will(floods(35), to="sendMessage")
    await desk.says(GROUP, words("one"), words("two"))
    async with desk.sending():
        await desk.settles()
        await desk.says(AMINA, words("hello"))
        await desk.says(OTHER_GROUP, words("hello"))
        await desk.passes(34)
        assert desk.to(GROUP) == ["one"]
        assert desk.to(AMINA) == desk.to(OTHER_GROUP) == ["hello"]
        await desk.passes(1)
    assert desk.to(GROUP) == ["one", "one", "two"]
    attempts = await desk.finds(lambda at: at.value("SELECT attempts FROM outbox WHERE id = 1"))
    assert attempts == 1, "it does not count against what is said"


async def test_asked_in_every_chat_the_whole_bot_waits(desk: Desk) -> None:
    desk.office.will(*[floods(9)] * 3)
    for to in (GROUP, AMINA, JUMA):
        await desk.says(to, words("one"))
    async with desk.sending():
        await desk.settles()
        await desk.says(OTHER_GROUP, words("late"))
        await desk.passes(8)
        assert len(desk.office.letters) == 3
        await desk.passes(1)
    assert len(desk.office.letters) == 7


async def test_the_wait_outlives_a_restart(desk: Desk) -> None:
    desk.office.will(floods(35), to="sendMessage")
    await desk.says(GROUP, words("one"))
    await desk.sends_everything()
    desk.outbox = desk.made()
    async with desk.sending():
        await desk.passes(34)
        assert desk.to(GROUP) == ["one"]
        await desk.passes(1)
    assert desk.to(GROUP) == ["one", "one"]


# -- nobody knows ---------------------------------------------------------------------------------

UNKNOWN = [page(502), refuses(500, "Internal"), ENDS_AFTER, half(answers({})), raw(200, b"{")]


@pytest.mark.parametrize("reply", UNKNOWN)
async def test_what_may_be_said_once_only_is_not_said_again(desk: Desk, reply: Reply) -> None:
    desk.office.will(reply)
    await desk.says(AMINA, words("once"), again=False)
    await desk.says(AMINA, words("and on"))
    async with desk.sending():
        await desk.passes(3600)
    assert desk.to(AMINA) == ["once", "and on"]
    assert await desk.states() == ["uncertain", "sent"]


@pytest.mark.parametrize("reply", UNKNOWN)
async def test_what_may_be_said_twice_is_said_until_it_arrives(desk: Desk, reply: Reply) -> None:
    desk.office.will(reply, reply)
    await desk.says(AMINA, words("a receipt"))
    async with desk.sending():
        await desk.settles()
        assert await desk.states() == ["queued"]
        await desk.passes(2)
        assert desk.to(AMINA) == ["a receipt"] * 2
        await desk.passes(3.9)
        assert desk.to(AMINA) == ["a receipt"] * 2, "longer each time"
        await desk.passes(0.2)
    assert await desk.states() == ["sent"]


@pytest.mark.parametrize("reply", [refuses(401, "Unauthorized"), page(404), floods(1)])
async def test_what_certainly_did_not_arrive_is_said_again_even_so(
    desk: Desk, reply: Reply
) -> None:
    desk.office.will(reply)
    await desk.says(AMINA, words("once"), again=False)
    async with desk.sending():
        await desk.passes(1)
    assert desk.to(AMINA) == ["once", "once"]
    assert await desk.states() == ["sent"]


async def test_no_answer_in_time_is_no_answer(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport_module, "ANSWER_SECONDS", 0.05)
    desk.office.will(HANGS, HANGS)
    await desk.says(AMINA, words("once"), again=False)
    await desk.says(JUMA, words("a receipt"))
    async with desk.sending():
        await desk.passes(2)
    assert sorted(desk.office.texts()) == ["a receipt", "a receipt", "once"]
    assert await desk.states() == ["uncertain", "sent"]


async def tried(desk: Desk, times: int) -> None:
    """The first of what is said was tried so often already."""
    await desk.does(
        lambda at: at.run("UPDATE outbox SET attempts = :times WHERE id = 1", times=times)
    )


async def test_one_that_never_goes_through_is_given_up_in_the_end(desk: Desk) -> None:
    await desk.says(AMINA, words("poison"), words("and on"))
    await tried(desk, ATTEMPTS_MAX - 2)
    desk.office.will(page(502), to=AMINA)
    async with desk.sending():
        await desk.passes(1)
        assert desk.to(AMINA) == ["poison", "and on"], "nobody waits for it any more"
        desk.office.will(page(502), to=AMINA)
        await desk.passes(598)
        assert await desk.states() == ["queued", "sent"]
        await desk.passes(1)
    assert desk.to(AMINA) == ["poison", "and on", "poison"]
    assert await desk.states() == ["failed", "sent"]
    assert (await desk.errors())[0] == "NetworkError"


async def test_its_chat_waits_some_minutes_for_it_and_then_goes_on_without_it(desk: Desk) -> None:
    await desk.says(AMINA, words("poison"), words("one"))
    desk.office.will(*[refuses(500, "Internal Server Error")] * ASIDE_AFTER, to=AMINA)
    async with desk.sending():
        for _ in range(ASIDE_AFTER - 1):
            await desk.settles()
            assert "one" not in desk.to(AMINA), "in order, as long as there is hope"
            await desk.passes(300)
        await desk.passes(1)
        assert desk.to(AMINA) == ["poison"] * ASIDE_AFTER + ["one"]
        await desk.says(AMINA, words("two"))
        await desk.passes(5)
        assert desk.to(AMINA)[-1] == "two"
        await desk.passes(600)
    assert desk.to(AMINA)[-1] == "poison", "late is better than never"
    assert await desk.states() == ["sent"] * 3


async def test_what_stands_aside_does_so_after_a_start_too(desk: Desk) -> None:
    await desk.says(AMINA, words("poison"), words("one"))
    await tried(desk, ASIDE_AFTER)
    await desk.does(
        lambda at: at.run(
            "UPDATE outbox SET next_at = :soon WHERE id = 1",
            soon=utc_text(at.now + timedelta(minutes=10)),
        )
    )
    async with desk.sending():
        await desk.settles()
        assert desk.to(AMINA) == ["one"]
        await desk.passes(600)
    assert desk.to(AMINA) == ["one", "poison"]


async def test_what_stands_aside_makes_nobody_else_wait(desk: Desk, waits: list[float]) -> None:
    await desk.says(AMINA, words("poison"))
    await tried(desk, ASIDE_AFTER)
    desk.office.will(*[page(502)] * 5, to=AMINA)
    async with desk.sending():
        for _ in range(5):
            await desk.passes(600)
    assert len(desk.to(AMINA)) == 6
    assert waits == [], "the bot is not silent: this one message is"


@pytest.mark.parametrize("attempts", [ASIDE_AFTER, ATTEMPTS_MAX + 3])
async def test_where_telegram_answers_nothing_nothing_steps_aside_or_is_given_up(
    desk: Desk, attempts: int
) -> None:
    """It is not this one's fault; it keeps its place, and is tried as soon as others are."""
    desk.telegram_answers = False
    await desk.says(AMINA, words("patience"), words("and on"))
    await tried(desk, attempts)
    desk.office.will(*[page(502)] * 4)
    async with desk.sending():
        for _ in range(4):
            await desk.passes(31)
    assert desk.to(AMINA) == ["patience"] * 5 + ["and on"]
    assert await desk.states() == ["sent", "sent"]
    left = await desk.finds(lambda at: at.value("SELECT attempts FROM outbox WHERE id = 1"))
    assert left == attempts + 1, "only the one that arrived counts"


@pytest.fixture
def waits(caplog: pytest.LogCaptureFixture) -> Iterator[list[float]]:
    """How long the whole bot waited, each time that nothing went through."""
    found: list[float] = []

    class Noting(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if vars(record).get("action") == "sending_waits":
                found.append(vars(record)["wait"])

    noting, logger = Noting(), logging.getLogger("bot.delivery.outbox")
    logger.addHandler(noting)
    with caplog.at_level(logging.WARNING):
        yield found
    logger.removeHandler(noting)


async def test_where_telegram_is_down_one_tries_for_all(desk: Desk, waits: list[float]) -> None:
    """It waits longer each time, up to half a minute, and then everything leaves at once."""
    for to in (GROUP, OTHER_GROUP, AMINA, JUMA):
        await desk.says(to, words("hello"))
    desk.office.will(*[page(502)] * 40)
    async with desk.sending():
        await desk.settles()
        assert len(desk.office.letters) == 4
        tries = []
        for _ in range(300):
            tried = len(desk.office.letters)
            await desk.passes(1)
            tries.append(len(desk.office.letters) - tried)
        assert set(tries) == {0, 1}, "not four each time"
        assert 9 <= sum(tries) <= 20
        desk.office.forgets()
        await desk.passes(31)
        await desk.passes(600)
    assert await desk.states() == ["sent"] * 4
    assert waits == sorted(waits)
    assert set(waits) <= set(SILENCE_SECONDS)


async def test_calls_that_left_together_are_one_silence(desk: Desk, waits: list[float]) -> None:
    desk.office.will(*[HANGS] * 4)
    for to in (GROUP, OTHER_GROUP, AMINA, JUMA):
        await desk.says(to, words("hello"))
    async with desk.sending():
        await desk.office.has(4)
        desk.clock.passes(seconds=30)
        await desk.office.ends_connections()
        await desk.settles()
        assert waits == [1.0]
        await desk.passes(60)
        await desk.passes(60)
    assert await desk.states() == ["sent"] * 4


async def test_where_nobody_listens_nothing_counts_against_what_is_said(
    desk: Desk, waits: list[float]
) -> None:
    desk.office.will(*[refuses(401, "Unauthorized")] * 8)
    await desk.says(AMINA, words("hello"))
    async with desk.sending():
        await desk.settles()
        for _ in range(200):
            await desk.passes(1)
    assert waits == [1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 30.0, 30.0]
    attempts = await desk.finds(lambda at: at.value("SELECT attempts FROM outbox"))
    assert attempts == 1
    assert await desk.states() == ["sent"]


async def test_a_silence_between_answers_is_an_accident(desk: Desk, waits: list[float]) -> None:
    said = answers({"message_id": 1})
    desk.office.will(page(502), said, page(502), page(502), said, page(502), said)
    async with desk.sending():
        for to in (AMINA, JUMA, GROUP, OTHER_GROUP, AMINA, JUMA, GROUP):
            await desk.says(to, words("hello"), again=False)
            await desk.passes(5)
    assert waits == []
    assert (await desk.states()).count("uncertain") == 4


async def test_what_the_server_ended_before_reading_is_tried_again(desk: Desk) -> None:
    desk.office.will(ENDS_BEFORE)
    await desk.says(AMINA, words("hello"))
    async with desk.sending():
        await desk.passes(2)
    assert desk.to(AMINA) == ["hello"]
    assert await desk.states() == ["sent"]


async def test_whatever_else_a_call_meets_is_unknown(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    call, broken = desk.transport.call, [RuntimeError("private words")]

    async def calls(*args: Any) -> Any:  # noqa: ANN401 - of a call
        if broken:
            raise broken.pop()
        return await call(*args)

    monkeypatch.setattr(desk.transport, "call", calls)
    await desk.says(AMINA, words("a receipt"))
    async with desk.sending():
        await desk.passes(2)
    assert await desk.states() == ["sent"]
    assert refusals(caplog) == ["call failed"]
    assert "private words" not in caplog.text


# -- when it cannot be stored ---------------------------------------------------------------------


async def test_a_full_disk_only_delays(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    depart, full = store.depart, [CannotStore("SQLITE_FULL"), CannotStore("SQLITE_FULL")]

    def departs(at: Transaction, row_id: int) -> store.Departing | None:
        if full:
            raise full.pop()
        return depart(at, row_id)

    monkeypatch.setattr(store, "depart", departs)
    monkeypatch.setattr("bot.delivery.outbox.FAILED_TURN_SECONDS", 0.001)
    await desk.says(AMINA, words("one"), words("two"))
    async with desk.sending():
        await desk.office.has(2)
        await desk.settles()
    assert desk.to(AMINA) == ["one", "two"]
    assert refusals(caplog) == ["outbox turn failed"] * 2


async def test_what_came_back_is_noted_when_there_is_room_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish, full = store.finish, [CannotStore("SQLITE_FULL")]

    def finishes(at: Transaction, row_id: int, *, message_id: int | None) -> None:
        if full:
            raise full.pop()
        finish(at, row_id, message_id=message_id)

    monkeypatch.setattr(store, "finish", finishes)
    monkeypatch.setattr("bot.delivery.outbox.FAILED_TURN_SECONDS", 0.001)
    await desk.says(AMINA, words("one"), result="question_asked")
    await desk.sends_everything()
    assert desk.to(AMINA) == ["one"], "it is not said twice"
    assert await desk.states() == ["sent"]
    assert len(desk.told) == 1


async def test_what_whoever_asked_cannot_store_now_is_told_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = [CannotStore("SQLITE_FULL")]

    def hears(at: Transaction, name: str, subject: int, result: object) -> None:
        if full:
            raise full.pop()
        desk._note(at, name, subject, result)

    desk.hears = hears
    monkeypatch.setattr("bot.delivery.outbox.FAILED_TURN_SECONDS", 0.001)
    await desk.says(GROUP, words("who?"), result="question_asked", subject=7)
    await desk.sends_everything()
    assert desk.to(GROUP) == ["who?"]
    assert len(desk.told) == 1


@pytest.mark.parametrize("where", ["depart", "finish"])
async def test_where_the_disk_fails_it_ends(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def fails(*_args: object, **_kwargs: object) -> None:
        raise DiskFailed("SQLITE_IOERR_WRITE")

    monkeypatch.setattr(store, where, fails)
    await desk.says(AMINA, words("one"))
    with pytest.raises(DiskFailed):
        await asyncio.wait_for(desk.outbox.run(), 10)
