"""What goes out when Telegram refuses, moves, floods, or says nothing at all."""

import asyncio
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from delivery.desk import AMINA, GROUP, JUMA, OTHER_GROUP, Desk, edit, words
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
from bot.delivery.outbox import ATTEMPTS_MAX, SILENCE_SECONDS
from bot.domain.agreement import Agreement
from bot.storage import chats, groups, outbox as store
from bot.storage.database import CannotStore, DiskFailed, Transaction

NOT_MODIFIED = refuses(400, "Bad Request: message is not modified: specified new message content …")
NOT_FOUND = refuses(400, "Bad Request: message to edit not found")


def refusals(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was said aloud to the operator."""
    return [one.message for one in caplog.records if one.levelno >= logging.ERROR]


# -- a chat that is closed to us ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "to", "state"),
    [
        (refuses(403, "Forbidden: bot was blocked by the user"), AMINA, "blocked"),
        (refuses(403, "Forbidden: user is deactivated"), AMINA, "gone"),
        (
            refuses(403, "Forbidden: bot can't initiate conversation with a user"),
            AMINA,
            "unopened",
        ),
        (refuses(403, "Forbidden: bot was kicked from the group chat"), GROUP, "gone"),
        (refuses(403, "Forbidden: bot is not a member of the supergroup chat"), GROUP, "gone"),
        (refuses(403, "Forbidden: the group chat was deleted"), GROUP, "gone"),
        (refuses(400, "Bad Request: chat not found"), GROUP, "gone"),
        (refuses(400, "Bad Request: PEER_ID_INVALID"), AMINA, "gone"),
    ],
)
async def test_it_is_left_in_peace_until_it_opens_again(
    desk: Desk, reply: Reply, to: int, state: str
) -> None:
    desk.office.will(reply)
    await desk.says(to, words("one"), words("two"))
    await desk.says(OTHER_GROUP, words("hello"))
    async with desk.sending():
        await desk.settles()
        chat = await desk.chat(to)
        assert chat.state == state
        assert desk.to(to) == ["one"], "nothing more is tried"
        assert desk.to(OTHER_GROUP) == ["hello"]
        assert await desk.states() == ["failed", "failed", "sent"]
        assert (await desk.errors())[1] == f"chat {state}"

        await desk.does(lambda at: chats.set_state(at, chat.id, "open"))
        await desk.says(to, words("good to see you again"))
        await desk.settles()
    assert desk.to(to) == ["one", "good to see you again"]


async def test_no_right_to_write_concerns_that_message_alone(desk: Desk) -> None:
    desk.office.will(refuses(403, "Forbidden: not enough rights to send photos to the chat"))
    await desk.says(GROUP, words("one"), words("two"))
    await desk.sends_everything()
    assert (await desk.chat(GROUP)).state == "open"
    assert await desk.states() == ["failed", "sent"]


# -- a group that moves ---------------------------------------------------------------------------


def moved(to: int) -> Reply:
    return refuses(
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        migrate_to_chat_id=to,
    )


async def test_what_is_said_follows_it_in_order(desk: Desk) -> None:
    await desk.shows_card("round", "0 are in")
    desk.office.will(floods(40), to=OTHER_GROUP)
    await desk.says(OTHER_GROUP, edit(77, "not of that group"), edits=77)
    async with desk.sending():
        await desk.settles()
        desk.office.will(moved(-1005))
        await desk.says(GROUP, words("one"), words("two", reply_parameters={"message_id": 3}))
        await desk.says(GROUP, edit(77, "an old message"), edits=77)
        await desk.settles()
        await desk.shows_card("round", "1 is in")
        await desk.passes(60)
    assert desk.to(GROUP) == ["0 are in", "one"]
    assert desk.to(-1005) == ["one", "two", "1 is in"]
    assert desk.to(OTHER_GROUP) == ["not of that group"] * 2, "others keep what waits there"
    assert desk.office.methods().count("sendMessage") == 5, "the card is posted anew"
    [two] = [one for one in desk.office.letters if one.text == "two"]
    assert "reply_parameters" not in two.fields
    assert (await desk.errors()).count("the group moved") == 1
    chat = await desk.chat(GROUP)
    assert (chat.telegram_id, chat.kind, chat.state) == (-1005, "supergroup", "open")


async def test_what_arrived_while_it_moved_is_no_message_of_the_new_place(desk: Desk) -> None:
    """Ids begin anew there: to edit the old one would change another message."""
    await desk.shows_card("round", "0 are in")
    desk.office.will(HANGS, to="sendMessage")
    async with desk.sending():
        await desk.office.has(1)
        await desk.does(lambda at: store.follow(at, old_telegram_id=GROUP, new_telegram_id=-1005))
        desk.office.answers_what_hangs()
        await desk.settles()
        card = await desk.finds(lambda at: store.card_of(at, "round", 1, 1))
        assert card is not None
        assert card.message_id is None
        await desk.shows_card("round", "1 is in")
        await desk.passes(5)
    assert desk.to(-1005) == ["1 is in"]
    assert desk.office.methods() == ["sendMessage", "sendMessage"]


async def test_it_never_takes_another_groups_place(desk: Desk) -> None:
    other = await desk.chat(OTHER_GROUP)

    def agrees(at: Transaction) -> None:
        group = groups.add(at, chat_id=other.id, title="Other", language="en", added_by=None)
        groups.agree(at, group.id, Agreement("en", "UTC", "KES"), changed_by=None)

    await desk.does(agrees)
    desk.office.will(moved(OTHER_GROUP))
    await desk.says(GROUP, words("private to us"), words("and on"))
    await desk.sends_everything()
    assert desk.to(OTHER_GROUP) == []
    assert (await desk.chat(GROUP)).state == "gone"
    assert await desk.states() == ["failed", "failed"]


async def test_a_place_that_cannot_be_is_no_place(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.office.will(moved(2**70))
    await desk.says(GROUP, words("one"), words("two"))
    await desk.sends_everything()
    assert await desk.states() == ["failed", "sent"]
    assert refusals(caplog) == ["answer could not be noted"]


# -- a topic that is closed -----------------------------------------------------------------------


@pytest.mark.parametrize("why", ["message thread not found", "TOPIC_CLOSED", "TOPIC_DELETED"])
async def test_it_speaks_to_all_instead(desk: Desk, why: str) -> None:
    await desk.does(lambda at: chats.set_topic(at, 1, 44))
    desk.office.will(refuses(400, f"Bad Request: {why}"))
    await desk.says(GROUP, words("one"), words("two"))
    await desk.sends_everything()
    assert desk.to(GROUP) == ["one", "one", "two"]
    threads = [letter.fields.get("message_thread_id") for letter in desk.office.letters]
    assert threads == ["44", None, None]
    assert (await desk.chat(GROUP)).topic is None


async def test_a_refusal_that_nothing_mends_ends(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.office.will(*[refuses(400, "Bad Request: message thread not found")] * 9)
    await desk.says(GROUP, words("one"))
    await desk.sends_everything()
    assert desk.to(GROUP) == ["one"] * 4
    assert await desk.states() == ["failed"]
    assert refusals(caplog) == ["refused by Telegram"]


# -- edits of what is not there, or not new -------------------------------------------------------


async def test_an_edit_that_changes_nothing_is_done(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.office.will(NOT_MODIFIED)
    await desk.says(AMINA, edit(5, "x"), edits=5)
    await desk.sends_everything()
    assert await desk.states() == ["sent"]
    assert refusals(caplog) == []


async def test_a_card_that_changes_nothing_is_known_as_shown(desk: Desk) -> None:
    """Killed after its edit arrived, it is edited once more: then it is known."""
    await desk.shows_card("round", "0 are in")
    async with desk.sending():
        await desk.passes(3)
        desk.office.will(NOT_MODIFIED)
        await desk.shows_card("round", "1 is in")
        await desk.passes(3)
        await desk.shows_card("round", "1 is in")
        await desk.passes(3)
    assert desk.to(GROUP) == ["0 are in", "1 is in"]
    card = await desk.finds(lambda at: store.card_of(at, "round", 1, 1))
    assert card is not None
    assert card.message_id == 101


@pytest.mark.parametrize(
    "why", ["message to edit not found", "message can't be edited", "MESSAGE_ID_INVALID"]
)
async def test_a_card_that_somebody_deleted_is_posted_anew(desk: Desk, why: str) -> None:
    await desk.shows_card("round", "0 are in")
    async with desk.sending():
        await desk.passes(3)
        desk.office.will(refuses(400, f"Bad Request: {why}"))
        await desk.shows_card("round", "1 is in")
        await desk.passes(6)
    assert desk.office.methods() == ["sendMessage", "editMessageText", "sendMessage"]
    card = await desk.finds(lambda at: store.card_of(at, "round", 1, 1))
    assert card is not None
    assert card.message_id == 102


async def test_an_edit_of_a_deleted_message_is_no_news(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.office.will(NOT_FOUND)
    await desk.says(AMINA, edit(5, "x"), words("and on"))
    await desk.sends_everything()
    assert desk.to(AMINA) == ["x", "and on"]
    assert await desk.states() == ["failed", "sent"]
    assert refusals(caplog) == []


async def test_what_is_too_old_to_be_deleted_loses_its_buttons(desk: Desk) -> None:
    desk.office.will(refuses(400, "Bad Request: message can't be deleted for everyone"))
    await desk.says(GROUP, store.delete_call(9))
    await desk.sends_everything()
    assert desk.office.methods() == ["deleteMessage", "editMessageReplyMarkup"]
    assert desk.office.letters[-1].fields == {"chat_id": str(GROUP), "message_id": "9"}


async def test_what_is_deleted_already_is_let_be(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.office.will(refuses(400, "Bad Request: message to delete not found"))
    await desk.says(GROUP, store.delete_call(9))
    await desk.sends_everything()
    assert desk.office.methods() == ["deleteMessage"]
    assert refusals(caplog) == []


# -- words that Telegram does not take ------------------------------------------------------------


@pytest.mark.parametrize(
    "why",
    [
        'can\'t parse entities: Unsupported start tag "village" at byte offset 3',
        "message is too long",
        "message caption is too long",
    ],
)
async def test_words_are_said_plainly_where_their_dress_is_refused(
    desk: Desk, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    desk.office.will(refuses(400, f"Bad Request: {why}"))
    text = "<b>Amina &amp; Juma</b> 3 &lt; 4 <village>" + "x" * 5000
    await desk.says(GROUP, words(text, parse_mode="HTML"))
    await desk.sends_everything()
    first, second = desk.office.letters
    assert first.fields["parse_mode"] == "HTML"
    assert "parse_mode" not in second.fields
    assert second.text.startswith("Amina & Juma 3 < 4 xxx")
    assert len(second.text) <= 4096
    assert await desk.states() == ["sent"]
    assert refusals(caplog) == ["formatting refused by Telegram: sent as plain text"]
    assert "Amina" not in caplog.text


async def test_plain_words_that_are_refused_too_are_put_aside(desk: Desk) -> None:
    desk.office.will(*[refuses(400, "Bad Request: can't parse entities")] * 5)
    await desk.says(GROUP, words("<b>x</b>"), words("and on"))
    desk.office.will(answers({"message_id": 1}))
    await desk.sends_everything()
    assert desk.to(GROUP)[:2] == ["<b>x</b>", "x"]
    assert (await desk.states())[0] == "failed"


async def test_what_telegram_quotes_of_ours_is_kept_nowhere(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.office.will(refuses(400, 'Bad Request: wrong "private\nwords" given'))
    await desk.says(GROUP, words("x"))
    await desk.sends_everything()
    assert await desk.errors() == ['Wrong "…" given']
    assert "private" not in caplog.text


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


async def test_one_that_never_goes_through_while_others_do_is_given_up_in_the_end(
    desk: Desk,
) -> None:
    await desk.says(AMINA, words("poison"), words("and on"))
    await tried(desk, ATTEMPTS_MAX - 2)
    desk.office.will(page(502), page(502), to=AMINA)
    async with desk.sending():
        await desk.settles()
        await desk.says(JUMA, words("hello"))
        await desk.passes(599)
        assert await desk.states() == ["queued", "queued", "sent"]
        await desk.passes(1)
    assert desk.to(AMINA) == ["poison", "poison", "and on"]
    assert await desk.states() == ["failed", "sent", "sent"]
    assert (await desk.errors())[0] == "NetworkError"


async def test_after_a_start_nothing_is_given_up_before_something_went_through(
    desk: Desk,
) -> None:
    await desk.says(AMINA, words("patience"))
    await tried(desk, ATTEMPTS_MAX + 3)
    desk.office.will(page(502), page(502))
    async with desk.sending():
        await desk.passes(600)
        await desk.passes(600)
    assert await desk.states() == ["sent"]


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
