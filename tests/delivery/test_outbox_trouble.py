"""What goes out when Telegram refuses, moves, floods, or says nothing at all."""

import logging

import pytest
from delivery.desk import AMINA, GROUP, OTHER_GROUP, Desk, edit, words
from delivery.post_office import (
    HANGS,
    Reply,
    answers,
    floods,
    refuses,
)

from bot.domain.agreement import Agreement
from bot.storage import chats, groups, outbox as store
from bot.storage.database import Transaction

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
