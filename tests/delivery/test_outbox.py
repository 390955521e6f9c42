"""What goes out: in the order of its chat, within the limits, the last truth, and once."""

import asyncio
from datetime import timedelta

import pytest
from delivery.desk import AMINA, GROUP, JUMA, OTHER_GROUP, Desk, edit, meet, words
from delivery.post_office import HANGS, answers, floods, page

from bot.delivery.limits import GROUP_EDIT_SECONDS
from bot.delivery.outbox import CARD_AGE, CARD_NEAR
from bot.storage import chats, outbox as store
from bot.storage.database import Transaction

FIRST_MESSAGE = 101  # the id that the post office gives to what arrives first


def numbered(number: int) -> list[dict[str, object]]:
    return [words(str(one)) for one in range(1, number + 1)]


# -- order ----------------------------------------------------------------------------------------


async def test_what_is_said_in_a_chat_arrives_in_its_order(desk: Desk) -> None:
    await desk.says(AMINA, *numbered(9))
    async with desk.sending():
        await desk.settles()
        assert desk.to(AMINA) == ["1", "2", "3", "4"], "a few at once"
        await desk.passes(5, step=1)
    assert desk.to(AMINA) == [str(one) for one in range(1, 10)]
    assert await desk.states() == ["sent"] * 9


async def test_one_that_must_be_tried_again_is_not_overtaken(desk: Desk) -> None:
    desk.office.will(answers({"message_id": 1}), floods(35), page(502), to="sendMessage")
    await desk.says(AMINA, *numbered(3))
    async with desk.sending():
        await desk.settles()
        assert desk.to(AMINA) == ["1", "2"]
        await desk.passes(35)
        assert desk.to(AMINA) == ["1", "2", "2"]
        await desk.passes(60)
    assert desk.to(AMINA) == ["1", "2", "2", "2", "3"]


async def test_chats_do_not_wait_for_each_other(desk: Desk) -> None:
    desk.office.will(HANGS, to="sendMessage")
    await desk.says(AMINA, words("slow"))
    async with desk.sending():
        await desk.office.has(1)
        await desk.says(JUMA, *numbered(3))
        await desk.says(AMINA, words("later"))
        await desk.office.has(4)
        assert desk.to(JUMA) == ["1", "2", "3"]
        assert desk.to(AMINA) == ["slow"], "one call at a time in a chat"
        await desk.office.ends_connections()


async def test_an_answer_goes_before_what_nobody_asked_for(desk: Desk) -> None:
    await desk.says(AMINA, words("a reminder"), urgency=store.UNASKED)
    await desk.says(AMINA, words("the answer"))
    await desk.sends_everything()
    assert desk.to(AMINA) == ["the answer", "a reminder"]


async def test_a_broadcast_keeps_to_what_telegram_takes_in_all(desk: Desk) -> None:
    def tell_everybody(at: Transaction) -> None:
        for telegram_id in range(1001, 1101):
            store.queue(at, meet(at, telegram_id), words("hello"), urgency=store.UNASKED)

    await desk.does(tell_everybody)
    async with desk.sending():
        await desk.settles()
        counts = [len(desk.office.letters)]
        for _ in range(4):
            await desk.passes(1.1)
            counts.append(len(desk.office.letters))
    assert counts == [30, 60, 90, 100, 100]


async def test_what_waits_for_its_instant_waits_again_after_a_start(desk: Desk) -> None:
    desk.office.will(page(502), to="sendMessage")
    await desk.says(AMINA, words("x"))
    await desk.sends_everything()
    desk.outbox = desk.made()
    async with desk.sending():
        await desk.settles()
        assert desk.to(AMINA) == ["x"]
        await desk.passes(2)
    assert desk.to(AMINA) == ["x", "x"]


async def test_a_clock_set_back_a_year_does_not_silence_what_waits(desk: Desk) -> None:
    desk.office.will(page(502), to="sendMessage")
    await desk.says(AMINA, words("x"))
    await desk.sends_everything()
    desk.clock.is_set(desk.clock.now() - timedelta(days=365))
    desk.outbox = desk.made()
    async with desk.sending():
        await desk.passes(3600)
    assert desk.to(AMINA) == ["x", "x"]


# -- edits merge ----------------------------------------------------------------------------------


async def test_many_changes_of_a_card_are_few_edits_and_the_last_is_true(desk: Desk) -> None:
    """Half a minute of a change each half second: the group would have had sixty edits."""
    await desk.shows_card("round", "0 are in")
    async with desk.sending():
        await desk.settles()
        for count in range(1, 61):
            await desk.shows_card("round", f"{count} are in")
            await desk.passes(0.5)
        await desk.passes(GROUP_EDIT_SECONDS)
    edits = desk.to(GROUP)
    assert edits[0] == "0 are in"
    assert edits[-1] == "60 are in"
    assert 9 <= len(edits) - 1 <= 11, "one each three seconds, and one at the end"
    assert desk.office.methods().count("sendMessage") == 1


async def test_words_in_the_group_do_not_wait_for_edits(desk: Desk) -> None:
    await desk.shows_card("round", "0 are in")
    async with desk.sending():
        await desk.settles()
        await desk.shows_card("round", "1 is in")
        await desk.says(GROUP, words("an answer"))
        await desk.settles()
        assert desk.to(GROUP) == ["0 are in", "an answer"]
        await desk.passes(GROUP_EDIT_SECONDS)
    assert desk.to(GROUP) == ["0 are in", "an answer", "1 is in"]


async def test_of_several_edits_of_a_message_the_last_one_leaves(desk: Desk) -> None:
    await desk.says(AMINA, edit(5, "one"), edits=5)
    await desk.says(AMINA, edit(6, "another"), edits=6)
    await desk.says(AMINA, edit(5, "two"), edits=5)
    await desk.says(GROUP, edit(5, "elsewhere"), edits=5)
    await desk.sends_everything()
    assert desk.to(AMINA) == ["another", "two"]
    assert desk.to(GROUP) == ["elsewhere"]
    assert await desk.states() == ["dropped", "sent", "sent", "sent"]


async def test_an_edit_that_must_be_tried_again_gives_way_to_a_newer_one(desk: Desk) -> None:
    desk.office.will(HANGS, to="editMessageText")
    await desk.says(AMINA, edit(5, "old"), edits=5)
    async with desk.sending():
        await desk.office.has(1)
        await desk.says(AMINA, edit(5, "new"), edits=5)
        await desk.office.ends_connections()
        await desk.passes(60)
    assert desk.to(AMINA) == ["old", "new"]
    assert await desk.states() == ["dropped", "sent"]


async def test_a_card_that_shows_what_it_shows_is_left_alone(desk: Desk) -> None:
    await desk.shows_card("round", "0 are in")
    async with desk.sending():
        await desk.settles()
        await desk.passes(10)
        await desk.shows_card("round", "0 are in")
        await desk.passes(10)
    assert desk.to(GROUP) == ["0 are in"]
    assert await desk.states() == ["sent", "sent"]


async def test_a_card_changed_while_it_leaves_is_drawn_anew(desk: Desk) -> None:
    await desk.shows_card("round", "0 are in")
    desk.office.will(HANGS, to="sendMessage")
    async with desk.sending():
        await desk.office.has(1)
        await desk.shows_card("round", "1 is in")
        assert await desk.states() == ["sending", "queued"]
        await desk.office.ends_connections()


async def test_a_card_with_nothing_to_show_is_let_be(desk: Desk) -> None:
    desk.shows["round", 1] = None
    await desk.does(lambda at: store.show_card(at, "round", 1, 1))
    await desk.says(GROUP, words("and on"))
    async with desk.sending():
        await desk.passes(GROUP_EDIT_SECONDS)
    assert desk.to(GROUP) == ["and on"]
    assert await desk.states() == ["dropped", "sent"]


async def test_a_card_that_cannot_be_drawn_holds_nobody_up(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    await desk.does(lambda at: store.show_card(at, "unknown", 1, 1))
    await desk.says(GROUP, words("and on"))
    await desk.says(AMINA, words("hello"))
    async with desk.sending():
        await desk.passes(GROUP_EDIT_SECONDS)
    assert desk.to(GROUP) == ["and on"]
    assert desk.to(AMINA) == ["hello"]
    assert await desk.errors() == ["could not be prepared: KeyError", None, None]
    assert "call could not be prepared" in caplog.text


# -- a card that talk has carried away ------------------------------------------------------------


async def a_card_far_up(desk: Desk, *, below: int, after: timedelta, to: int = GROUP) -> None:
    """Shown, then so many messages below it and so long after, changed."""
    await desk.shows_card("round", "0 are in", to=to)
    await desk.settles()
    await desk.passes(after.total_seconds())
    chat = await desk.chat(to)
    await desk.does(lambda at: chats.reached(at, chat.id, FIRST_MESSAGE + below))
    await desk.shows_card("round", "1 is in", to=to)
    await desk.passes(GROUP_EDIT_SECONDS)


async def test_it_is_posted_anew_and_the_old_one_taken_away(desk: Desk) -> None:
    long = CARD_AGE + timedelta(minutes=1)
    async with desk.sending():
        await a_card_far_up(desk, below=CARD_NEAR + 1, after=long)
        await desk.passes(GROUP_EDIT_SECONDS)
    assert desk.to(GROUP) == ["0 are in", "1 is in", "deleteMessage"]
    assert desk.office.letters[-1].fields["message_id"] == str(FIRST_MESSAGE)
    card = await desk.finds(lambda at: store.card_of(at, "round", 1, 1))
    assert card is not None
    assert card.message_id == 102


async def test_posted_anew_without_a_word_of_where_the_old_one_stays(desk: Desk) -> None:
    async with desk.sending():
        desk.office.will(answers({"message_id": FIRST_MESSAGE}), answers({}), to="sendMessage")
        await a_card_far_up(desk, below=CARD_NEAR + 1, after=CARD_AGE + timedelta(minutes=1))
        await desk.passes(GROUP_EDIT_SECONDS)
    assert desk.office.methods() == ["sendMessage", "sendMessage"]


@pytest.mark.parametrize(
    ("below", "after", "to"),
    [
        (CARD_NEAR, CARD_AGE + timedelta(minutes=1), GROUP),
        (CARD_NEAR + 50, CARD_AGE, GROUP),
        (CARD_NEAR + 50, CARD_AGE + timedelta(minutes=1), AMINA),
    ],
)
async def test_near_or_new_or_in_private_it_is_edited(
    desk: Desk, below: int, after: timedelta, to: int
) -> None:
    async with desk.sending():
        await a_card_far_up(desk, below=below, after=after, to=to)
    assert desk.office.methods() == ["sendMessage", "editMessageText"]


# -- what was said and what it became -------------------------------------------------------------


async def test_whoever_asked_is_told_what_telegram_said(desk: Desk) -> None:
    await desk.says(GROUP, words("who?"), result="question_asked", subject=7)
    await desk.sends_everything()
    assert desk.told == [("question_asked", 7, {"message_id": 101, "chat": {"id": GROUP}})]
    assert (await desk.chat(GROUP)).last_message_id == 101


async def test_a_practice_that_cannot_hear_it_does_not_unsay_it(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(at: Transaction, name: str, subject: int, result: object) -> None:
        del name, subject, result
        chats.set_topic(at, 1, 9)
        raise LookupError("private words")

    desk.hears = fails
    await desk.says(GROUP, words("who?"), result="question_asked")
    await desk.says(GROUP, words("and on"))
    await desk.sends_everything()
    assert await desk.states() == ["sent", "sent"]
    assert (await desk.chat(GROUP)).topic is None, "what it had changed was undone"
    assert "result question_asked failed" in caplog.text
    assert "private words" not in caplog.text


@pytest.mark.parametrize("result", [{"message_id": "one"}, {"message_id": 2**70}])
async def test_an_answer_of_no_known_shape_was_an_answer(
    desk: Desk, result: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    desk.office.will(answers(result))
    await desk.says(GROUP, words("x"), words("and on"))
    await desk.sends_everything()
    assert await desk.states() == ["sent", "sent"]
    assert desk.to(GROUP) == ["x", "and on"]
    assert "answer could not be noted" in caplog.text


async def test_what_was_said_is_not_kept(desk: Desk) -> None:
    await desk.says(GROUP, words("private words"))
    await desk.sends_everything()
    assert await desk.finds(lambda at: at.value("SELECT content FROM outbox")) is None


async def test_it_goes_to_the_groups_topic_and_edits_do_not_name_it(desk: Desk) -> None:
    await desk.does(lambda at: chats.set_topic(at, 1, 44))
    await desk.says(GROUP, words("one"), words("two", message_thread_id=9), edit(5, "three"))
    await desk.says(OTHER_GROUP, words("four"))
    await desk.sends_everything()
    threads = {
        letter.text: letter.fields.get("message_thread_id") for letter in desk.office.letters
    }
    assert threads == {"one": "44", "two": "9", "three": None, "four": None}


async def test_a_picture_is_drawn_when_it_leaves_and_its_words_go_with_it(desk: Desk) -> None:
    content = {
        "method": "sendPhoto",
        "params": {"photo": "attach://chart", "caption": "Year"},
        "files": {"chart": {"kind": "bars"}},
    }
    await desk.says(GROUP, content)
    await desk.sends_everything()
    [letter] = desk.office.letters
    assert letter.files == {"chart": ("bars.png", b"picture")}
    assert letter.fields["caption"] == "Year"


async def test_a_picture_that_cannot_be_drawn_holds_nobody_up(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    content = {
        "method": "sendPhoto",
        "params": {"photo": "attach://chart"},
        "files": {"chart": {"private words": "no kind"}},
    }
    await desk.says(GROUP, content, words("and on"))
    await desk.sends_everything()
    assert desk.to(GROUP) == ["and on"]
    assert await desk.states() == ["failed", "sent"]
    assert (await desk.errors())[0] == "could not be made: KeyError"
    assert "private words" not in caplog.text


# -- stopping and starting ------------------------------------------------------------------------


async def test_stopped_it_lets_what_is_under_way_finish_and_starts_nothing(desk: Desk) -> None:
    desk.office.will(HANGS, to="sendMessage")
    await desk.says(AMINA, *numbered(2))
    sending = asyncio.create_task(desk.outbox.run())
    await desk.office.has(1)
    await desk.says(JUMA, *numbered(5))
    await desk.office.has(5)
    desk.outbox.stop()
    await desk.says(JUMA, words("not any more"))
    desk.clock.passes(minutes=1)
    while (await desk.states()).count("sent") < 4:
        desk.outbox.wake()
    await desk.office.ends_connections()
    await sending
    assert desk.to(AMINA) == ["1"]
    assert desk.to(JUMA) == ["1", "2", "3", "4"]
    assert await desk.states() == ["queued"] * 2 + ["sent"] * 4 + ["queued"] * 2


async def test_what_was_leaving_when_it_was_killed_leaves_again(desk: Desk) -> None:
    desk.office.will(HANGS, HANGS, to="sendMessage")
    await desk.says(AMINA, words("a receipt"))
    await desk.says(JUMA, words("once only"), again=False)
    sending = asyncio.create_task(desk.outbox.run())
    await desk.office.has(2)
    sending.cancel()
    await asyncio.wait([sending])
    assert await desk.states() == ["sending", "sending"]
    desk.outbox = desk.made()
    await desk.sends_everything()
    assert sorted(desk.office.texts()) == ["a receipt", "a receipt", "once only"]
    assert await desk.states() == ["sent", "uncertain"]


async def test_what_is_too_late_is_not_said(desk: Desk) -> None:
    soon = desk.clock.now() + timedelta(minutes=1)
    await desk.says(AMINA, words("come today"), expires_at=soon)
    desk.clock.passes(minutes=2)
    await desk.sends_everything()
    assert desk.to(AMINA) == []
    assert await desk.states() == ["dropped"]


async def test_what_is_no_longer_wanted_when_its_turn_comes_does_not_leave(desk: Desk) -> None:
    desk.office.will(floods(35), to=AMINA)
    await desk.says(AMINA, words("paid?"), key="contribution:1")
    await desk.says(AMINA, words("tomorrow"), key="contribution:2")
    async with desk.sending():
        await desk.settles()
        desk.unwanted.add("contribution:1")
        await desk.passes(36)
    assert desk.to(AMINA) == ["paid?", "tomorrow"], "the first try was refused"
    assert await desk.states() == ["dropped", "sent"]
    assert await desk.errors() == ["not needed any more", None]
