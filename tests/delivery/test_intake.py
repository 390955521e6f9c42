"""What comes in: nothing is confirmed before it is safe, and nothing stops what comes next."""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from delivery.post_office import (
    ENDS_AFTER,
    ENDS_BEFORE,
    HANGS,
    PostOffice,
    Reply,
    answers,
    floods,
    page,
    raw,
    refuses,
)
from telegram.error import NetworkError, RetryAfter

from bot.delivery import intake as module
from bot.delivery.intake import BACK_OFF_SECONDS, Intake, Toast, Unreadable
from bot.delivery.transport import Transport
from bot.storage import chats, outbox
from bot.storage.database import CannotStore, Database, DiskFailed, Reading, Transaction

Raw = dict[str, Any]
Take = Callable[[Transaction, Raw], list[Toast]]


def says(update_id: int, text: str) -> Raw:
    return {"update_id": update_id, "message": {"text": text}}


class Village:
    """An intake whose handlers are a test's own, and what they did."""

    def __init__(self, database: Database, transport: Transport, office: PostOffice) -> None:
        self.database = database
        self.office = office
        self.takes: Take = lambda _at, raw: [Toast(f"toast {raw['update_id']}")]
        self.apologises: Take = lambda _at, raw: [Toast(f"sorry {raw.get('update_id')}")]
        self.commits = 0
        self.intake = Intake(
            database,
            transport,
            take=self._take,
            apologise=self._apologise,
            after_commit=self._committed,
        )

    def _take(self, at: Transaction, raw: Raw) -> list[Toast]:
        """Note it down in the file, as a handler would, and let the test's own do what it does."""
        words = raw["message"]["text"]
        at.run(
            "INSERT INTO due (kind, subject, occurrence, due_at) VALUES ('said', 0, :w, :now)",
            w=words,
            now=at.now_text,
        )
        return self.takes(at, raw)

    def _apologise(self, at: Transaction, raw: Raw) -> list[Toast]:
        return self.apologises(at, raw)

    def _committed(self) -> None:
        self.commits += 1

    async def hears(self, *batches: list[Any] | Reply) -> None:
        """Poll until these answers were given and the next one is asked for."""
        replies = [one if isinstance(one, Reply) else answers(one) for one in batches]
        self.office.will(*replies, to="getUpdates")
        asked = self.office.methods().count("getUpdates")
        async with self.listening():
            arrive = sum(one.accepts for one in replies)
            await self.office.has(asked + arrive + 1, "getUpdates")
        await self.intake.idle()

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[asyncio.Task[None]]:
        task = asyncio.create_task(self.intake.poll())
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def done(self) -> list[str]:
        """What the handlers noted down, in order."""
        return await self.database.read(
            lambda at: [row[0] for row in at.all("SELECT occurrence FROM due ORDER BY id")]
        )

    async def failed(self) -> list[tuple[int | None, str, Any, str]]:
        """The updates that failed: id, why, the update and the traceback, unsealed."""

        def look(at: Reading) -> list[tuple[int | None, str, Any, str]]:
            return [
                (
                    row["update_id"],
                    row["why"],
                    json.loads(at.key.payloads.open(row["update_sealed"])),
                    at.key.payloads.open(row["trace_sealed"]),
                )
                for row in at.all("SELECT * FROM updates_failed ORDER BY rowid")
            ]

        return await self.database.read(look)

    def toasts(self) -> list[str]:
        """The taps that were answered."""
        return sorted(
            letter.fields["callback_query_id"]
            for letter in self.office.letters
            if letter.method == "answerCallbackQuery"
        )

    def offsets(self) -> list[str | None]:
        """What was confirmed, poll by poll."""
        return [
            letter.fields.get("offset")
            for letter in self.office.letters
            if letter.method == "getUpdates"
        ]


@pytest.fixture
def village(
    database: Database, transport: Transport, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> Village:
    monkeypatch.setattr(module, "BACK_OFF_SECONDS", (0.001, 0.002, 0.003))
    return Village(database, transport, office)


def fails_at(words: str, error: Exception) -> Take:
    def take(_at: Transaction, raw: Raw) -> list[Toast]:
        if raw["message"]["text"] == words:
            raise error
        return []

    return take


# -- in order, once, and confirmed when it is safe ------------------------------------------------


async def test_what_comes_is_done_in_its_order_and_then_confirmed(village: Village) -> None:
    await village.hears([says(10, "a"), says(11, "b")], [says(12, "c")])
    assert await village.done() == ["a", "b", "c"]
    assert village.offsets() == [None, "12", "13"]
    assert village.toasts() == ["toast 10", "toast 11", "toast 12"]
    assert village.commits == 2
    assert village.intake.updates_taken == 3


async def test_it_asks_for_exactly_what_it_reads(village: Village) -> None:
    await village.hears([])
    fields = village.office.letters[0].fields
    assert json.loads(fields["allowed_updates"]) == [
        *("message", "edited_message", "callback_query", "poll", "poll_answer"),
        *("my_chat_member", "chat_member"),
    ]
    assert fields["limit"] == "100"
    assert fields["timeout"] == "50"


async def test_nothing_is_confirmed_before_it_is_committed(village: Village) -> None:
    polled: list[list[str | None]] = []

    def take(_at: Transaction, _raw: Raw) -> list[Toast]:
        polled.append(village.offsets())
        return []

    village.takes = take
    await village.hears([says(10, "a")], [says(11, "b")])
    assert polled == [[None], [None, "11"]]


async def test_when_all_is_confirmed_no_offset_is_named(village: Village) -> None:
    """After a quiet week ids begin anew, lower perhaps; an offset would confirm them unseen."""
    await village.hears([says(900, "a")], [], [says(5, "b")])
    assert village.offsets() == [None, "901", None, "6"]
    assert await village.done() == ["a", "b"]


async def test_what_comes_twice_is_done_once(village: Village) -> None:
    await village.hears([says(10, "a"), says(10, "a again")], [says(10, "a"), says(11, "b")])
    assert await village.done() == ["a", "b"]
    assert village.toasts() == ["toast 10", "toast 11"]


async def test_after_days_off_all_that_waited_is_done_in_order(village: Village) -> None:
    waited = [says(number, f"{number:03}") for number in range(250)]
    await village.hears(waited[:100], waited[100:200], waited[200:])
    assert await village.done() == [f"{number:03}" for number in range(250)]
    assert village.commits == 3, "a hundred share a commit"


async def test_what_is_being_done_when_it_is_stopped_is_done_to_the_end(
    village: Village,
) -> None:
    """The thread is kept busy, so that the stop comes while the update waits for it."""
    village.office.will(answers([says(10, "a")]), to="getUpdates")
    may_go_on = asyncio.Event()
    loop = asyncio.get_running_loop()
    begun = asyncio.Event()

    def hold(_at: Transaction, _raw: Raw) -> list[Toast]:
        loop.call_soon_threadsafe(begun.set)
        asyncio.run_coroutine_threadsafe(may_go_on.wait(), loop).result(10)
        return []

    village.takes = hold
    async with village.listening():
        await begun.wait()
    busy = [village.intake.busy]
    may_go_on.set()
    await village.intake.idle()
    assert [*busy, village.intake.busy] == [True, False]
    assert await village.done() == ["a"]
    assert village.offsets() == [None], "it was not confirmed: at the next start it comes again"
    await village.hears([says(10, "a")])
    assert await village.done() == ["a"]


# -- what fails -----------------------------------------------------------------------------------


async def test_a_handler_that_fails_stops_nobody(
    village: Village, caplog: pytest.LogCaptureFixture
) -> None:
    village.takes = fails_at("bad", ValueError("Wanjiru owes 500"))
    await village.hears([says(10, "a"), says(11, "bad"), says(12, "b")])
    assert await village.done() == ["a", "b"], "what it had changed was undone"
    assert village.toasts() == ["sorry 11"]
    [(update_id, why, update, trace)] = await village.failed()
    assert (update_id, why) == (11, "handler")
    assert update == says(11, "bad")
    assert "Wanjiru owes 500" in trace
    [record] = [one for one in caplog.records if one.message == "update failed"]
    facts = vars(record)
    assert (facts["action"], facts["update_id"], facts["error"]) == (
        "update_handler",
        11,
        "ValueError",
    )
    assert "Wanjiru" not in caplog.text
    assert "bad" not in caplog.text


async def test_it_is_kept_so_that_nobody_reads_it_in_the_file(village: Village) -> None:
    village.takes = fails_at("my secret", ValueError("my secret too"))
    await village.hears([says(11, "my secret")])
    kept = await village.database.read(
        lambda at: tuple(at.one("SELECT update_sealed, trace_sealed FROM updates_failed") or ())
    )
    assert len(kept) == 2
    assert not any(b"secret" in one for one in kept)


async def test_an_update_that_does_not_parse_is_kept_and_passed_over(village: Village) -> None:
    village.takes = fails_at("poison", Unreadable())
    await village.hears([says(10, "poison"), says(11, "b")])
    assert await village.done() == ["b"]
    assert [(one[0], one[1]) for one in await village.failed()] == [(10, "unreadable")]


async def test_an_update_of_no_known_shape_is_kept_and_passed_over(village: Village) -> None:
    await village.hears([{"update_id": 10, "message": None}, says(11, "b")])
    assert await village.done() == ["b"]
    assert [one[0] for one in await village.failed()] == [10]


async def test_who_cannot_be_told_is_left_alone(village: Village) -> None:
    def apologise(at: Transaction, _raw: Raw) -> list[Toast]:
        at.run("DELETE FROM updates_failed")
        raise LookupError("nobody")

    village.takes, village.apologises = fails_at("bad", ValueError()), apologise
    await village.hears([says(10, "bad"), says(11, "b")])
    assert await village.done() == ["b"]
    assert len(await village.failed()) == 1, "what the apology did was undone"


async def test_one_that_breaks_the_commit_itself_is_found_and_put_aside(village: Village) -> None:
    def take(at: Transaction, raw: Raw) -> list[Toast]:
        if raw["message"]["text"] == "bad":
            at.connection.execute("PRAGMA defer_foreign_keys = ON")
            at.run(
                "INSERT INTO outbox (chat_id, urgency, content, state, created_at)"
                " VALUES (999, 0, x'00', 'queued', :now)",
                now=at.now_text,
            )
        return [Toast(f"toast {raw['update_id']}")]

    village.takes = take
    await village.hears([says(10, "a"), says(11, "bad"), says(12, "b")])
    assert await village.done() == ["a", "b"]
    assert [one[:2] for one in await village.failed()] == [(11, "handler")]
    assert village.toasts() == ["sorry 11", "toast 10", "toast 12"]
    await village.hears([says(11, "bad")])
    assert len(await village.failed()) == 1, "and it is done with"


@pytest.mark.parametrize("strange", [None, 7, "x", [], {}, {"update_id": "10"}])
async def test_something_without_an_id_among_others_is_put_aside(
    village: Village, strange: object
) -> None:
    await village.hears([strange, says(11, "b")])
    assert await village.done() == ["b"]
    assert [one[0] for one in await village.failed()] == [None]
    assert village.offsets() == [None, "12"]


@pytest.mark.parametrize("update_id", [True, 2**62, -(2**70), 1.5, None])
async def test_an_id_that_cannot_be_is_none(village: Village, update_id: object) -> None:
    strange = {"update_id": update_id, "message": {"text": "a"}}
    await village.hears([strange, says(11, "b")])
    assert village.offsets() == [None, "12"]
    assert await village.done() == ["a", "b"]
    await village.hears([says(1, "c")])
    assert await village.done() == ["a", "b", "c"], "and it was not taken for another"


# -- when it cannot be stored ---------------------------------------------------------------------


@pytest.mark.parametrize("where", ["handler", "apology"])
async def test_what_cannot_be_stored_now_is_not_confirmed_and_comes_again(
    village: Village, where: str
) -> None:
    full = [CannotStore("SQLITE_FULL")]

    def refuse_once(_at: Transaction, raw: Raw) -> list[Toast]:
        if full and raw["update_id"] == 11:
            raise full.pop()
        return []

    if where == "handler":
        village.takes = refuse_once
    else:
        village.takes, village.apologises = fails_at("b", ValueError()), refuse_once
    batch = [says(10, "a"), says(11, "b")]
    await village.hears(batch, batch)
    assert village.offsets() == [None, None, "12"]
    assert await village.done() == (["a", "b"] if where == "handler" else ["a"])
    assert len(await village.failed()) == (0 if where == "handler" else 1)
    assert village.commits == 1


@pytest.mark.parametrize("where", ["handler", "apology"])
async def test_where_the_disk_fails_it_ends(village: Village, where: str) -> None:
    broken = fails_at("a", DiskFailed("SQLITE_IOERR_WRITE"))
    if where == "handler":
        village.takes = broken
    else:
        village.takes, village.apologises = fails_at("a", ValueError()), broken
    village.office.will(answers([says(10, "a")]), to="getUpdates")
    with pytest.raises(DiskFailed):
        await village.intake.poll()
    assert await village.done() == []


# -- when Telegram does not answer as it should ---------------------------------------------------


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
async def test_whatever_polling_meets_it_goes_on(village: Village, reply: Reply) -> None:
    await village.hears(reply, reply, [says(10, "a")])
    assert await village.done() == ["a"]
    assert await village.failed() == []
    arrived = 2 if reply.accepts else 0
    assert village.offsets() == [None] * (arrived + 1) + ["11"]


async def test_it_waits_longer_each_time_and_begins_anew_when_it_is_heard(
    village: Village, caplog: pytest.LogCaptureFixture
) -> None:
    bad = page(502)
    await village.hears(bad, bad, bad, bad, [], bad, bad)
    waits = [vars(one)["wait"] for one in caplog.records if one.message == "poll failed"]
    assert waits == [0.001, 0.002, 0.003, 0.003, 0.001, 0.002]


def test_the_waits_grow_to_half_a_minute() -> None:
    waits = [module._back_off(NetworkError("x"), failures) for failures in range(10)]
    assert waits == [1.0, 2.0, 5.0, 10.0, 20.0, *[30.0] * 5]
    assert list(BACK_OFF_SECONDS) == sorted(BACK_OFF_SECONDS)


def test_asked_to_wait_it_waits_as_long_but_never_for_days() -> None:
    assert module._back_off(RetryAfter(7), 0) == 7
    assert module._back_off(RetryAfter(500_000), 0) == module.POLL_WAIT_MAX_SECONDS


async def test_a_flood_is_waited_for(
    village: Village, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "POLL_WAIT_MAX_SECONDS", 0.004)
    await village.hears(floods(35), [says(10, "a")])
    assert await village.done() == ["a"]
    [record] = [one for one in caplog.records if one.message == "poll failed"]
    assert vars(record)["wait"] == 0.004


async def test_another_process_with_the_token_is_said_aloud(
    village: Village, caplog: pytest.LogCaptureFixture
) -> None:
    await village.hears(refuses(409, "Conflict: terminated by other getUpdates request"))
    [record] = [one for one in caplog.records if vars(one).get("action") == "poll_conflict"]
    assert record.levelno == logging.ERROR
    assert "deleteWebhook" not in village.office.methods()


@pytest.mark.parametrize("works", [True, False])
async def test_a_webhook_that_somebody_set_is_taken_away_and_nothing_with_it(
    village: Village,
    works: bool,  # noqa: FBT001 - a parameter
) -> None:
    if not works:
        village.office.will(page(502), to="deleteWebhook")
    conflict = "Conflict: can't use getUpdates method while webhook is active; delete it first"
    await village.hears(refuses(409, conflict), [says(10, "a")])
    [letter] = [one for one in village.office.letters if one.method == "deleteWebhook"]
    assert letter.fields == {}, "what waits is kept"
    assert await village.done() == ["a"]


async def test_what_it_says_of_a_failure_is_telegrams_word_or_its_kind(
    village: Village, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch, broken = village.intake._fetch, [ValueError("private words")]

    async def breaks_once(offset: int | None) -> list[Any]:
        if broken:
            raise broken.pop()
        return await fetch(offset)

    monkeypatch.setattr(village.intake, "_fetch", breaks_once)
    await village.hears(refuses(400, "Bad Request: limit"))
    told = [vars(one)["error"] for one in caplog.records if one.message == "poll failed"]
    assert told == ["ValueError", "Limit"]


async def test_a_deaf_bot_is_told_from_a_quiet_one(village: Village) -> None:
    assert village.intake.seconds_since_poll() == 0
    await village.hears([])
    village.intake._polled_at = asyncio.get_running_loop().time() - 500
    assert 500 <= village.intake.seconds_since_poll() < 510
    village.office.will(page(502), answers([]), to="getUpdates")
    heard: list[bool] = []
    async with village.listening():
        village.intake._polled_at = asyncio.get_running_loop().time() - 500
        await village.office.has(4, "getUpdates")
        heard.append(village.intake.seconds_since_poll() < 100)
    assert heard == [True]


# -- toasts ---------------------------------------------------------------------------------------


async def test_a_toast_says_what_it_was_given_and_nothing_else(village: Village) -> None:
    toasts = [
        Toast("1"),
        Toast("2", "Sí", alert=True),
        Toast("3", url="https://t.me/a_bot?start=x"),
    ]
    village.takes = lambda _at, _raw: toasts
    await village.hears([says(10, "a")])
    fields = [
        letter.fields for letter in village.office.letters if letter.method == "answerCallbackQuery"
    ]
    assert sorted(fields, key=lambda one: one["callback_query_id"]) == [
        {"callback_query_id": "1"},
        {"callback_query_id": "2", "text": "Sí", "show_alert": "true"},
        {"callback_query_id": "3", "url": "https://t.me/a_bot?start=x"},
    ]


@pytest.mark.parametrize(
    "reply",
    [refuses(400, "Bad Request: query is too old"), ENDS_AFTER, page(502), floods(30)],
)
async def test_a_toast_that_does_not_arrive_changes_nothing(village: Village, reply: Reply) -> None:
    village.office.will(reply, to="answerCallbackQuery")
    await village.hears([says(10, "a")])
    assert await village.done() == ["a"]
    assert village.toasts() in (["toast 10"], [])


async def test_a_stop_waits_for_toasts_on_their_way(village: Village) -> None:
    village.office.will(HANGS, to="answerCallbackQuery")
    village.office.will(answers([says(10, "a")]), to="getUpdates")
    async with village.listening():
        await village.office.has(1, "answerCallbackQuery")
    idle = asyncio.create_task(village.intake.idle())
    await asyncio.sleep(0)
    waited = [not idle.done()]
    village.office.answers_what_hangs()
    await idle
    assert waited == [True]


async def test_a_toast_leaves_after_the_commit(village: Village) -> None:
    answered: list[int] = []

    def take(_at: Transaction, _raw: Raw) -> list[Toast]:
        answered.append(len(village.toasts()))
        return [Toast("t")]

    village.takes = take
    await village.hears([says(number, str(number)) for number in range(20)])
    assert answered == [0] * 20
    assert len(village.toasts()) == 20


async def test_what_is_to_be_said_is_stored_with_what_was_done(village: Village) -> None:
    def take(at: Transaction, raw: Raw) -> list[Toast]:
        chat = chats.seen(at, telegram_id=-7, kind="group", person_id=None)
        outbox.queue(at, chat.id, {"method": "sendMessage", "params": {"text": "x"}})
        if raw["message"]["text"] == "bad":
            raise ValueError
        return []

    village.takes = take
    await village.hears([says(10, "a"), says(11, "bad")])
    assert await village.database.read(outbox.depth) == 1
