"""Groups: members, admins, migration, topics, anonymity, presses, polls, reactions."""

from datetime import timedelta
from typing import Any

import pytest
from bot_client import Place

from sandbox.refusals import Impossible
from sandbox.state import ANONYMOUS_ADMIN_ID, CHANNEL_BOT_ID

GO = {"inline_keyboard": [[{"text": "Go", "callback_data": "go:1"}]]}


async def test_adding_and_removing_the_bot(place: Place) -> None:
    world, bot = place.sandbox.world, place.bot
    chat = world.make_group("Choir", place.you, add_bot=False).id
    assert await bot.updates() == []
    world.add_bot(chat, by=place.you)
    mine, message = await bot.updates()
    assert mine["my_chat_member"]["old_chat_member"]["status"] == "left"
    assert mine["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert mine["my_chat_member"]["from"]["id"] == place.you
    assert message["message"]["new_chat_members"][0]["username"] == "sandbox_bot"
    world.remove_bot(chat, by=place.you)
    mine, message = await bot.updates()
    assert mine["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    assert message["message"]["left_chat_member"]["username"] == "sandbox_bot"
    world.say(place.you, chat, "/anybody")
    assert await bot.updates() == []


async def test_members_come_and_go(place: Place) -> None:
    world, bot = place.sandbox.world, place.bot
    person = world.add_person("Ngozi").id
    world.join(person, place.group)
    assert (await bot.update("message"))["new_chat_members"][0]["first_name"] == "Ngozi"
    world.kick(person, place.group, by=place.you)
    message = await bot.update("message")
    assert message["left_chat_member"]["id"] == person
    assert message["from"]["id"] == place.you
    with pytest.raises(Impossible, match="is not in that chat"):
        world.say(person, place.group, "hello?")


async def test_migration(place: Place) -> None:
    world, bot, old = place.sandbox.world, place.bot, place.group
    sent = await bot.call("sendMessage", chat_id=old, text="before")
    new = world.migrate(old)
    first, second = (each["message"] for each in await bot.updates())
    assert (first["chat"]["id"], first["migrate_to_chat_id"]) == (old, new.id)
    assert (second["chat"]["id"], second["migrate_from_chat_id"]) == (new.id, old)
    assert second["chat"]["type"] == "supergroup"
    assert str(new.id).startswith("-100")
    for method, more in (
        ("sendMessage", {"text": "x"}),
        ("editMessageText", {"text": "x", "message_id": sent["message_id"]}),
        ("getChat", {}),
    ):
        refused = await bot.refused(method, chat_id=old, **more)
        assert refused.description == ("Bad Request: group chat was upgraded to a supergroup chat")
        assert refused.parameters == {"migrate_to_chat_id": new.id}
    await bot.call("sendMessage", chat_id=new.id, text="after")
    assert await bot.call("getChatMemberCount", chat_id=new.id) == 8
    with pytest.raises(Impossible, match="supergroup"):
        world.say(place.you, old, "hello?")
    world.say(place.you, new.id, "/hello")
    assert (await bot.update("message"))["chat"]["id"] == new.id


async def test_topics(place: Place) -> None:
    world, bot, you = place.sandbox.world, place.bot, place.you
    chat = world.make_group("Village", you, forum=True, topics=["Seeds", "Roofs"])
    seeds, roofs = chat.topics
    await bot.updates()
    sent = await bot.call("sendMessage", chat_id=chat.id, text="x", message_thread_id=seeds)
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (seeds, True)
    assert "message_thread_id" not in await bot.call("sendMessage", chat_id=chat.id, text="general")
    for missing in (1, 999):
        refused = await bot.refused(
            "sendMessage", chat_id=chat.id, text="x", message_thread_id=missing
        )
        assert refused.description == "Bad Request: message thread not found"

    world.say(you, chat.id, "/sow", thread=roofs)
    message = await bot.update("message")
    assert message["message_thread_id"] == roofs
    assert message["reply_to_message"]["forum_topic_created"]["name"] == "Roofs"
    world.say(you, chat.id, "thanks", reply_to=sent["message_id"])
    message = await bot.update("message")
    assert message["message_thread_id"] == seeds
    assert message["reply_to_message"]["message_id"] == sent["message_id"]

    world.remove_topic(chat.id, seeds)
    refused = await bot.refused("sendMessage", chat_id=chat.id, text="x", message_thread_id=seeds)
    assert refused.description == "Bad Request: message thread not found"
    assert sent["message_id"] not in chat.messages


async def test_anonymous_admins(place: Place) -> None:
    world, bot, you = place.sandbox.world, place.bot, place.you
    chat = world.make_group("Village", you, supergroup=True).id
    world.promote(you, chat, anonymous=True)
    await bot.updates()
    world.say(you, chat, "/decide")
    message = await bot.update("message")
    assert message["from"]["id"] == ANONYMOUS_ADMIN_ID
    assert message["from"]["username"] == "GroupAnonymousBot"
    assert message["sender_chat"]["id"] == chat
    world.say(you, chat, "/me", anonymous=False)
    assert (await bot.update("message"))["from"]["id"] == you

    card = await bot.call("sendMessage", chat_id=chat, text="?", reply_markup=GO)
    world.press(you, chat, card["message_id"], "go:1")
    assert (await bot.update("callback_query"))["from"]["id"] == you

    poll = await bot.call(
        "sendPoll", chat_id=chat, question="?", options=["a", "b"], is_anonymous=False
    )
    world.vote(you, chat, poll["message_id"], [1])
    answer = next(each["poll_answer"] for each in await bot.updates() if "poll_answer" in each)
    assert (answer["user"]["id"], answer["voter_chat"]["id"]) == (CHANNEL_BOT_ID, chat)

    plain = world.add_person("Ngozi").id
    world.join(plain, chat)
    with pytest.raises(Impossible, match="only an admin"):
        world.say(plain, chat, "me too", anonymous=True)
    with pytest.raises(Impossible, match="supergroups"):
        world.promote(place.you, place.group, anonymous=True)


# Presses


async def test_a_press_and_its_answer(place: Place) -> None:
    world, bot, group = place.sandbox.world, place.bot, place.group
    card = await bot.call("sendMessage", chat_id=group, text="card", reply_markup=GO)
    press = world.press(place.you, group, card["message_id"], "go:1")
    query = await bot.update("callback_query")
    assert query["data"] == "go:1"
    assert query["from"]["id"] == place.you
    assert query["message"]["reply_markup"] == GO
    await bot.call("answerCallbackQuery", callback_query_id=query["id"], text="ok", show_alert=True)
    assert press.answer is not None
    assert (press.answer.text, press.answer.alert) == ("ok", True)
    again = await bot.refused("answerCallbackQuery", callback_query_id=query["id"])
    assert again.description == (
        "Bad Request: query is too old and response timeout expired or query ID is invalid"
    )


async def test_a_press_grows_old(place: Place) -> None:
    world, bot, clock = place.sandbox.world, place.bot, place.sandbox.clock
    card = await bot.call("sendMessage", chat_id=place.group, text="card", reply_markup=GO)
    world.press(place.you, place.group, card["message_id"], "go:1")
    query = await bot.update("callback_query")
    clock.set(clock.now() + timedelta(seconds=151))
    refused = await bot.refused("answerCallbackQuery", callback_query_id=query["id"])
    assert refused.description.startswith("Bad Request: query is too old")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"text": "x" * 201}, "MESSAGE_TOO_LONG"),
        ({"url": "https://example.org"}, "URL_INVALID"),
        ({"url": "https://t.me/other_bot?start=x"}, "URL_INVALID"),
    ],
)
async def test_answers_that_telegram_does_not_take(
    place: Place, answer: dict[str, Any], words: str
) -> None:
    card = await place.bot.call("sendMessage", chat_id=place.group, text="x", reply_markup=GO)
    press = place.sandbox.world.press(place.you, place.group, card["message_id"], "go:1")
    refused = await place.bot.refused("answerCallbackQuery", callback_query_id=press.id, **answer)
    assert refused.description == f"Bad Request: {words}"
    link = "https://t.me/sandbox_bot?start=abc"
    await place.bot.call("answerCallbackQuery", callback_query_id=press.id, url=link)
    assert press.answer is not None
    assert press.answer.url == link


async def test_a_press_on_a_message_that_is_being_deleted(place: Place) -> None:
    world, bot = place.sandbox.world, place.bot
    card = await bot.call("sendMessage", chat_id=place.group, text="x", reply_markup=GO)
    await bot.call("deleteMessage", chat_id=place.group, message_id=card["message_id"])
    with pytest.raises(Impossible, match="there is no message"):
        world.press(place.you, place.group, card["message_id"], "go:1")


async def test_who_may_not_press(place: Place) -> None:
    world = place.sandbox.world
    card = await place.bot.call("sendMessage", chat_id=place.group, text="x", reply_markup=GO)
    stranger = world.add_person("Ngozi").id
    for person, data in ((stranger, "go:1"), (place.you, ""), (place.you, "x" * 65)):
        with pytest.raises(Impossible):
            world.press(person, place.group, card["message_id"], data)
    theirs = world.say(place.you, place.group, "mine").message_id
    with pytest.raises(Impossible, match="only the bot's"):
        world.press(place.you, place.group, theirs, "go:1")
    forged = world.press(place.you, place.group, card["message_id"], "admin:1")
    assert (await place.bot.update("callback_query"))["id"] == forged.id


# The private chat


async def test_deep_links(place: Place) -> None:
    place.sandbox.world.start(place.you, "checkin_7")
    message = await place.bot.update("message")
    assert message["text"] == "/start checkin_7"
    assert message["chat"]["type"] == "private"
    assert place.sandbox.world.people[place.you].started_bot


async def test_blocking_tells_the_bot(place: Place) -> None:
    world, bot = place.sandbox.world, place.bot
    world.start(place.you)
    world.block(place.you)
    world.block(place.you)
    _, blocked = await bot.updates()
    assert blocked["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    assert blocked["my_chat_member"]["chat"]["id"] == place.you
    world.say(place.you, place.you, "I am back")
    unblocked, message = await bot.updates()
    assert unblocked["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert message["message"]["text"] == "I am back"


# Polls


async def test_a_poll_with_names(place: Place) -> None:
    world, bot, group = place.sandbox.world, place.bot, place.group
    sent = await bot.call(
        "sendPoll",
        chat_id=group,
        question="When?",
        options=[{"text": "Monday"}, "Tuesday"],
        is_anonymous=False,
    )
    poll = sent["poll"]
    assert [option["text"] for option in poll["options"]] == ["Monday", "Tuesday"]
    world.vote(place.you, group, sent["message_id"], [1])
    answer, state = await bot.updates()
    assert answer["poll_answer"]["poll_id"] == poll["id"]
    assert answer["poll_answer"]["option_ids"] == [1]
    assert answer["poll_answer"]["option_persistent_ids"] == [poll["options"][1]["persistent_id"]]
    assert answer["poll_answer"]["user"]["id"] == place.you
    assert [option["voter_count"] for option in state["poll"]["options"]] == [0, 1]
    world.vote(place.you, group, sent["message_id"], [0])
    world.vote(place.you, group, sent["message_id"], [])
    chosen = [each["poll_answer"]["option_ids"] for each in (await bot.updates())[::2]]
    assert chosen == [[0], []]
    with pytest.raises(Impossible, match="only one option"):
        world.vote(place.you, group, sent["message_id"], [0, 1])


async def test_an_anonymous_poll_names_nobody(place: Place) -> None:
    world, bot = place.sandbox.world, place.bot
    sent = await bot.call(
        "sendPoll",
        chat_id=place.group,
        question="?",
        options=["a", "b", "c"],
        allows_multiple_answers=True,
    )
    world.vote(place.you, place.group, sent["message_id"], [2, 0])
    (update,) = await bot.updates()
    state = update["poll"]
    assert [option["voter_count"] for option in state["options"]] == [1, 0, 1]
    assert state["total_voter_count"] == 1


async def test_stopping_a_poll(place: Place) -> None:
    world, bot, group = place.sandbox.world, place.bot, place.group
    sent = await bot.call("sendPoll", chat_id=group, question="?", options=["a", "b"])
    where = {"chat_id": group, "message_id": sent["message_id"]}
    assert (await bot.call("stopPoll", **where))["is_closed"] is True
    assert (await bot.update("poll"))["is_closed"] is True
    again = await bot.refused("stopPoll", **where)
    assert again.description == "Bad Request: poll has already been closed"
    with pytest.raises(Impossible, match="closed"):
        world.vote(place.you, group, sent["message_id"], [0])


async def test_a_poll_closes_when_its_time_is_up(place: Place) -> None:
    bot, clock = place.bot, place.sandbox.clock
    sent = await bot.call(
        "sendPoll", chat_id=place.group, question="?", options=["a"], open_period=600
    )
    assert sent["poll"]["close_date"] == sent["date"] + 600
    clock.set(clock.now() + timedelta(seconds=599))
    assert await bot.updates() == []
    clock.set(clock.now() + timedelta(seconds=1))
    assert (await bot.update("poll"))["is_closed"] is True


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"question": "x" * 301}, "poll question length must not exceed 300"),
        ({"question": " "}, "poll question must be non-empty"),
        ({"options": []}, "poll must have at least 1 option"),
        ({"options": ["x"] * 13}, "poll can't have more than 12 options"),
        ({"options": ["x" * 101]}, "poll options length must not exceed 100"),
        ({"options": [" "]}, "poll options must be non-empty"),
        ({"options": [{}]}, "can't parse InputPollOption"),
        ({"options": {"a": 1}}, "options must be an array"),
        ({"type": "quiz"}, "wrong correct option ID specified"),
        ({"type": "quiz", "correct_option_ids": [9]}, "wrong correct option ID specified"),
        ({"type": "game"}, "unsupported poll type specified"),
        ({"open_period": 4}, "wrong open period specified"),
        ({"close_date": 1}, "wrong close date specified"),
    ],
)
async def test_polls_that_telegram_does_not_take(
    place: Place, fields: dict[str, Any], words: str
) -> None:
    good: dict[str, Any] = {"chat_id": place.group, "question": "?", "options": ["a", "b"]}
    refused = await place.bot.refused("sendPoll", **(good | fields))
    assert refused.description.startswith(f"Bad Request: {words}")
    await place.bot.call("sendPoll", **good)


async def test_reactions_reach_an_admin_bot(place: Place) -> None:
    world, bot, group = place.sandbox.world, place.bot, place.group
    await bot.updates(allowed_updates=["message_reaction"])
    sent = world.say(place.you, group, "hello")
    world.react(place.you, group, sent.message_id, "👍")
    assert await bot.updates() == []
    world.promote(world.bot.id, group)
    world.react(place.you, group, sent.message_id, "🎉")
    world.react(place.you, group, sent.message_id, None)
    change, gone = (each["message_reaction"] for each in await bot.updates())
    assert change["old_reaction"] == [{"type": "emoji", "emoji": "👍"}]
    assert change["new_reaction"] == [{"type": "emoji", "emoji": "🎉"}]
    assert gone["new_reaction"] == []
    with pytest.raises(Impossible, match="not one of"):
        world.react(place.you, group, sent.message_id, "🥕")


async def test_a_title_and_a_pin_are_told(place: Place) -> None:
    world, bot = place.sandbox.world, place.bot
    world.rename(place.group, "New Name", by=place.you)
    assert (await bot.update("message"))["new_chat_title"] == "New Name"
    sent = world.say(place.you, place.group, "rules")
    world.pin(sent, by=place.you)
    assert (await bot.update("message"))["pinned_message"]["text"] == "rules"
