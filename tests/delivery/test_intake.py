"""What comes in: nothing is confirmed before it is safe, and nothing stops what comes next."""

import asyncio
import json

import pytest
from delivery.hearing import Hearing, Raw, fails_at, says
from delivery.post_office import (
    ENDS_AFTER,
    HANGS,
    Reply,
    answers,
    floods,
    page,
    refuses,
)

from bot.delivery.intake import Toast, Unreadable
from bot.storage import chats, outbox
from bot.storage.database import CannotStore, DiskFailed, Transaction

# -- in order, once, and confirmed when it is safe ------------------------------------------------


async def test_what_comes_is_done_in_its_order_and_then_confirmed(hearing: Hearing) -> None:
    await hearing.hears([says(10, "a"), says(11, "b")], [says(12, "c")])
    assert await hearing.done() == ["a", "b", "c"]
    assert hearing.offsets() == [None, "12", "13"]
    assert hearing.toasts() == ["toast 10", "toast 11", "toast 12"]
    assert hearing.commits == 2
    assert hearing.intake.updates_taken == 3


async def test_it_asks_for_exactly_what_it_reads(hearing: Hearing) -> None:
    await hearing.hears([])
    fields = hearing.office.letters[0].fields
    assert json.loads(fields["allowed_updates"]) == [
        *("message", "edited_message", "callback_query", "poll", "poll_answer"),
        *("my_chat_member", "chat_member"),
    ]
    assert fields["limit"] == "100"
    assert fields["timeout"] == "50"


async def test_nothing_is_confirmed_before_it_is_committed(hearing: Hearing) -> None:
    polled: list[list[str | None]] = []

    def take(_at: Transaction, _raw: Raw) -> list[Toast]:
        polled.append(hearing.offsets())
        return []

    hearing.takes = take
    await hearing.hears([says(10, "a")], [says(11, "b")])
    assert polled == [[None], [None, "11"]]


async def test_when_all_is_confirmed_no_offset_is_named(hearing: Hearing) -> None:
    """After a quiet week ids begin anew, lower perhaps; an offset would confirm them unseen."""
    await hearing.hears([says(900, "a")], [], [says(5, "b")])
    assert hearing.offsets() == [None, "901", None, "6"]
    assert await hearing.done() == ["a", "b"]


async def test_what_comes_twice_is_done_once(hearing: Hearing) -> None:
    await hearing.hears([says(10, "a"), says(10, "a again")], [says(10, "a"), says(11, "b")])
    assert await hearing.done() == ["a", "b"]
    assert hearing.toasts() == ["toast 10", "toast 11"]


async def test_after_days_off_all_that_waited_is_done_in_order(hearing: Hearing) -> None:
    waited = [says(number, f"{number:03}") for number in range(250)]
    await hearing.hears(waited[:100], waited[100:200], waited[200:])
    assert await hearing.done() == [f"{number:03}" for number in range(250)]
    assert hearing.commits == 3, "a hundred share a commit"


async def test_what_is_being_done_when_it_is_stopped_is_done_to_the_end(
    hearing: Hearing,
) -> None:
    """The thread is kept busy, so that the stop comes while the update waits for it."""
    hearing.office.will(answers([says(10, "a")]), to="getUpdates")
    may_go_on = asyncio.Event()
    loop = asyncio.get_running_loop()
    begun = asyncio.Event()

    def hold(_at: Transaction, _raw: Raw) -> list[Toast]:
        loop.call_soon_threadsafe(begun.set)
        asyncio.run_coroutine_threadsafe(may_go_on.wait(), loop).result(10)
        return []

    hearing.takes = hold
    async with hearing.listening():
        await begun.wait()
    busy = [hearing.intake.busy]
    may_go_on.set()
    await hearing.intake.idle()
    assert [*busy, hearing.intake.busy] == [True, False]
    assert await hearing.done() == ["a"]
    assert hearing.offsets() == [None], "it was not confirmed: at the next start it comes again"
    await hearing.hears([says(10, "a")])
    assert await hearing.done() == ["a"]


# -- what fails -----------------------------------------------------------------------------------


async def test_a_handler_that_fails_stops_nobody(
    hearing: Hearing, caplog: pytest.LogCaptureFixture
) -> None:
    hearing.takes = fails_at("bad", ValueError("Wanjiru owes 500"))
    await hearing.hears([says(10, "a"), says(11, "bad"), says(12, "b")])
    assert await hearing.done() == ["a", "b"], "what it had changed was undone"
    assert hearing.toasts() == ["sorry 11"]
    [(update_id, why, update, trace)] = await hearing.failed()
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


async def test_it_is_kept_so_that_nobody_reads_it_in_the_file(hearing: Hearing) -> None:
    hearing.takes = fails_at("my secret", ValueError("my secret too"))
    await hearing.hears([says(11, "my secret")])
    kept = await hearing.database.read(
        lambda at: tuple(at.one("SELECT update_sealed, trace_sealed FROM updates_failed") or ())
    )
    assert len(kept) == 2
    assert not any(b"secret" in one for one in kept)


async def test_an_update_that_does_not_parse_is_kept_and_passed_over(hearing: Hearing) -> None:
    hearing.takes = fails_at("poison", Unreadable())
    await hearing.hears([says(10, "poison"), says(11, "b")])
    assert await hearing.done() == ["b"]
    assert [(one[0], one[1]) for one in await hearing.failed()] == [(10, "unreadable")]


async def test_an_update_of_no_known_shape_is_kept_and_passed_over(hearing: Hearing) -> None:
    await hearing.hears([{"update_id": 10, "message": None}, says(11, "b")])
    assert await hearing.done() == ["b"]
    assert [one[0] for one in await hearing.failed()] == [10]


async def test_who_cannot_be_told_is_left_alone(hearing: Hearing) -> None:
    def apologise(at: Transaction, _raw: Raw) -> list[Toast]:
        at.run("DELETE FROM updates_failed")
        raise LookupError("nobody")

    hearing.takes, hearing.apologises = fails_at("bad", ValueError()), apologise
    await hearing.hears([says(10, "bad"), says(11, "b")])
    assert await hearing.done() == ["b"]
    assert len(await hearing.failed()) == 1, "what the apology did was undone"


async def test_one_that_breaks_the_commit_itself_is_found_and_put_aside(hearing: Hearing) -> None:
    def take(at: Transaction, raw: Raw) -> list[Toast]:
        if raw["message"]["text"] == "bad":
            at.connection.execute("PRAGMA defer_foreign_keys = ON")
            at.run(
                "INSERT INTO outbox (chat_id, urgency, content, state, created_at)"
                " VALUES (999, 0, x'00', 'queued', :now)",
                now=at.now_text,
            )
        return [Toast(f"toast {raw['update_id']}")]

    hearing.takes = take
    await hearing.hears([says(10, "a"), says(11, "bad"), says(12, "b")])
    assert await hearing.done() == ["a", "b"]
    assert [one[:2] for one in await hearing.failed()] == [(11, "handler")]
    assert hearing.toasts() == ["sorry 11", "toast 10", "toast 12"]
    await hearing.hears([says(11, "bad")])
    assert len(await hearing.failed()) == 1, "and it is done with"


@pytest.mark.parametrize("strange", [None, 7, "x", [], {}, {"update_id": "10"}])
async def test_something_without_an_id_among_others_is_put_aside(
    hearing: Hearing, strange: object
) -> None:
    await hearing.hears([strange, says(11, "b")])
    assert await hearing.done() == ["b"]
    assert [one[0] for one in await hearing.failed()] == [None]
    assert hearing.offsets() == [None, "12"]


@pytest.mark.parametrize("update_id", [True, 2**62, -(2**70), 1.5, None])
async def test_an_id_that_cannot_be_is_none(hearing: Hearing, update_id: object) -> None:
    strange = {"update_id": update_id, "message": {"text": "a"}}
    await hearing.hears([strange, says(11, "b")])
    assert hearing.offsets() == [None, "12"]
    assert await hearing.done() == ["a", "b"]
    await hearing.hears([says(1, "c")])
    assert await hearing.done() == ["a", "b", "c"], "and it was not taken for another"


# -- when it cannot be stored ---------------------------------------------------------------------


@pytest.mark.parametrize("where", ["handler", "apology"])
async def test_what_cannot_be_stored_now_is_not_confirmed_and_comes_again(
    hearing: Hearing, where: str
) -> None:
    full = [CannotStore("SQLITE_FULL")]

    def refuse_once(_at: Transaction, raw: Raw) -> list[Toast]:
        if full and raw["update_id"] == 11:
            raise full.pop()
        return []

    if where == "handler":
        hearing.takes = refuse_once
    else:
        hearing.takes, hearing.apologises = fails_at("b", ValueError()), refuse_once
    batch = [says(10, "a"), says(11, "b")]
    await hearing.hears(batch, batch)
    assert hearing.offsets() == [None, None, "12"]
    assert await hearing.done() == (["a", "b"] if where == "handler" else ["a"])
    assert len(await hearing.failed()) == (0 if where == "handler" else 1)
    assert hearing.commits == 1


@pytest.mark.parametrize("where", ["handler", "apology"])
async def test_where_the_disk_fails_it_ends(hearing: Hearing, where: str) -> None:
    broken = fails_at("a", DiskFailed("SQLITE_IOERR_WRITE"))
    if where == "handler":
        hearing.takes = broken
    else:
        hearing.takes, hearing.apologises = fails_at("a", ValueError()), broken
    hearing.office.will(answers([says(10, "a")]), to="getUpdates")
    with pytest.raises(DiskFailed):
        await hearing.intake.poll()
    assert await hearing.done() == []


# -- toasts ---------------------------------------------------------------------------------------


async def test_a_toast_says_what_it_was_given_and_nothing_else(hearing: Hearing) -> None:
    toasts = [
        Toast("1"),
        Toast("2", "Sí", alert=True),
        Toast("3", url="https://t.me/a_bot?start=x"),
    ]
    hearing.takes = lambda _at, _raw: toasts
    await hearing.hears([says(10, "a")])
    fields = [
        letter.fields for letter in hearing.office.letters if letter.method == "answerCallbackQuery"
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
async def test_a_toast_that_does_not_arrive_changes_nothing(hearing: Hearing, reply: Reply) -> None:
    hearing.office.will(reply, to="answerCallbackQuery")
    await hearing.hears([says(10, "a")])
    assert await hearing.done() == ["a"]
    assert hearing.toasts() in (["toast 10"], [])


async def test_a_stop_waits_for_toasts_on_their_way(hearing: Hearing) -> None:
    hearing.office.will(HANGS, to="answerCallbackQuery")
    hearing.office.will(answers([says(10, "a")]), to="getUpdates")
    async with hearing.listening():
        await hearing.office.has(1, "answerCallbackQuery")
    idle = asyncio.create_task(hearing.intake.idle())
    await asyncio.sleep(0)
    waited = [not idle.done()]
    hearing.office.answers_what_hangs()
    await idle
    assert waited == [True]


async def test_a_toast_leaves_after_the_commit(hearing: Hearing) -> None:
    answered: list[int] = []

    def take(_at: Transaction, _raw: Raw) -> list[Toast]:
        answered.append(len(hearing.toasts()))
        return [Toast("t")]

    hearing.takes = take
    await hearing.hears([says(number, str(number)) for number in range(20)])
    assert answered == [0] * 20
    assert len(hearing.toasts()) == 20


async def test_what_is_to_be_said_is_stored_with_what_was_done(hearing: Hearing) -> None:
    def take(at: Transaction, raw: Raw) -> list[Toast]:
        chat = chats.seen(at, telegram_id=-7, kind="group", person_id=None)
        outbox.queue(at, chat.id, {"method": "sendMessage", "params": {"text": "x"}})
        if raw["message"]["text"] == "bad":
            raise ValueError
        return []

    hearing.takes = take
    await hearing.hears([says(10, "a"), says(11, "bad")])
    assert await hearing.database.read(outbox.depth) == 1
