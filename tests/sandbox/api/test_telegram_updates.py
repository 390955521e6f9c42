"""getUpdates and what reaches a bot: offsets, long polls, kinds, privacy mode."""

import asyncio
from datetime import timedelta

import pytest
from bot_client import BotClient, Place

from sandbox import media


async def test_updates_stay_until_they_are_confirmed(place: Place) -> None:
    place.sandbox.world.start(place.you)
    first = await place.bot.call("getUpdates", offset=place.bot.offset)
    again = await place.bot.call("getUpdates", offset=place.bot.offset)
    assert first == again
    assert first[0]["message"]["text"] == "/start"
    assert await place.bot.call("getUpdates", offset=first[-1]["update_id"] + 1) == []
    assert await place.bot.call("getUpdates") == []


async def test_ids_rise_by_one_from_a_random_start(place: Place) -> None:
    for _ in range(3):
        place.sandbox.world.start(place.you)
    ids = [each["update_id"] for each in await place.bot.updates()]
    assert ids == [ids[0], ids[0] + 1, ids[0] + 2]
    assert ids[0] > 1_000_000


async def test_a_negative_offset_forgets_all_but_the_last(place: Place) -> None:
    for number in range(5):
        place.sandbox.world.say(place.you, place.you, f"message {number}")
    found = await place.bot.call("getUpdates", offset=-2)
    assert [each["message"]["text"] for each in found] == ["message 3", "message 4"]
    assert len(await place.bot.call("getUpdates", offset=0)) == 2
    assert len(await place.bot.call("getUpdates", offset=-100)) == 2


async def test_the_limit_holds(place: Place) -> None:
    for _ in range(150):
        place.sandbox.world.start(place.you)
    assert len(await place.bot.call("getUpdates", limit=7)) == 7
    assert len(await place.bot.call("getUpdates", limit=1000)) == 100
    assert len(await place.bot.call("getUpdates")) == 100


async def test_a_long_poll_ends_when_something_happens(place: Place) -> None:
    poll = asyncio.create_task(place.bot.updates(seconds=30))
    await _until_waiting(place)
    place.sandbox.world.start(place.you)
    assert (await poll)[0]["message"]["text"] == "/start"


async def test_a_second_poll_ends_the_first_with_a_conflict(place: Place) -> None:
    first = asyncio.create_task(place.bot.raw("getUpdates", offset=place.bot.offset, timeout=30))
    await _until_waiting(place)
    second = asyncio.create_task(place.bot.updates(seconds=30))
    body = await first
    assert body["error_code"] == 409
    assert body["description"].startswith("Conflict: terminated by other getUpdates request")
    place.sandbox.world.start(place.you)
    assert len(await second) == 1


async def test_some_kinds_come_only_when_asked_for(place: Place) -> None:
    world = place.sandbox.world
    world.promote(world.bot.id, place.group)
    newcomer = world.add_person("Ngozi").id
    world.join(newcomer, place.group)
    assert await place.bot.kinds() == ["my_chat_member", "message"]

    await place.bot.updates(allowed_updates=["message", "chat_member", "message_reaction"])
    world.leave(newcomer, place.group)
    sent = world.say(place.you, place.group, "who was that")
    world.react(place.you, place.group, sent.message_id, "👍")
    world.block(place.you)
    assert await place.bot.kinds() == ["chat_member", "message", "message", "message_reaction"]


async def test_the_kinds_asked_for_are_remembered(place: Place) -> None:
    await place.bot.updates(allowed_updates=["callback_query"])
    place.sandbox.world.start(place.you)
    assert await place.bot.updates() == []
    info = await place.bot.call("getWebhookInfo")
    assert info["allowed_updates"] == ["callback_query"]
    await place.bot.updates(allowed_updates=[])
    place.sandbox.world.start(place.you)
    assert await place.bot.kinds() == ["message"]


async def test_a_press_waits_150_seconds_and_a_message_a_day(place: Place) -> None:
    clock, world = place.sandbox.clock, place.sandbox.world
    message = await _card(place.bot, place.group)
    world.press(place.you, place.group, message, "go")
    world.start(place.you)
    clock.set(clock.now() + timedelta(seconds=151))
    assert await place.bot.kinds() == ["message"]
    world.start(place.you)
    clock.set(clock.now() + timedelta(hours=24, seconds=1))
    assert await place.bot.kinds() == []


@pytest.mark.parametrize(
    ("text", "reaches"),
    [
        ("good morning", False),
        ("good morning /join", False),
        ("@sandbox_bot good morning", False),
        ("/join", True),
        ("/join now", True),
        ("/join@sandbox_bot", True),
        ("/join@Sandbox_Bot now", True),
        ("/join@another_bot", False),
    ],
)
async def test_privacy_mode(place: Place, text: str, *, reaches: bool) -> None:
    place.sandbox.world.say(place.you, place.group, text)
    found = await place.bot.updates()
    assert [each["message"]["text"] for each in found] == ([text] if reaches else [])


async def test_replies_to_the_bot_pass_privacy_mode_and_replies_to_people_do_not(
    place: Place,
) -> None:
    world = place.sandbox.world
    card = await _card(place.bot, place.group)
    talk = world.say(place.you, place.group, "morning")
    world.say(place.you, place.group, "hello you", reply_to=talk.message_id)
    world.say(place.you, place.group, "hello bot", reply_to=card)
    message = await place.bot.update("message")
    assert message["text"] == "hello bot"
    assert message["reply_to_message"]["message_id"] == card


async def test_an_admin_bot_and_one_without_privacy_read_everything(place: Place) -> None:
    world = place.sandbox.world
    world.bot.privacy = False
    world.say(place.you, place.group, "hello")
    assert (await place.bot.update("message"))["text"] == "hello"
    world.bot.privacy = True
    world.promote(world.bot.id, place.group)
    await place.bot.updates()
    world.say(place.you, place.group, "hello again")
    assert (await place.bot.update("message"))["text"] == "hello again"


async def test_messages_have_telegrams_shape(place: Place) -> None:
    world = place.sandbox.world
    world.say(place.you, place.you, "/start@sandbox_bot 😀 #now @sam_willow https://example.org/a.")
    message = await place.bot.update("message")
    person = {
        "id": place.you,
        "first_name": "Sam",
        "last_name": "Willow",
        "username": "sam_willow",
    }
    assert message["from"] == person | {"is_bot": False, "language_code": "en"}
    assert message["chat"] == person | {"type": "private"}
    assert message["date"] == int(place.sandbox.clock.now().timestamp())
    assert message["entities"] == [
        {"type": "bot_command", "offset": 0, "length": 18},
        {"type": "hashtag", "offset": 22, "length": 4},
        {"type": "mention", "offset": 27, "length": 11},
        {"type": "url", "offset": 39, "length": 21},
    ]


async def test_what_people_send_arrives_whole(place: Place) -> None:
    world, you = place.sandbox.world, place.you
    picture = media.store_photo(world, media.sample_picture(800, 400))
    assert picture is not None
    for content in (
        media.photo(picture, "look /here"),
        media.voice(world, 2),
        media.document(world, "plan.pdf", b"%PDF"),
        media.sticker(world, "🎉"),
        media.contact("+25078", "Amina"),
        media.location(-1.9, 30.1),
    ):
        world.send(you, you, content)
    photo, voice, document, sticker, contact, location = [
        each["message"] for each in await place.bot.updates()
    ]
    assert [size["width"] for size in photo["photo"]] == [90, 320, 800]
    assert photo["caption"] == "look /here"
    assert photo["caption_entities"] == [{"type": "bot_command", "offset": 5, "length": 5}]
    assert voice["voice"]["duration"] == 2
    assert document["document"]["file_name"] == "plan.pdf"
    assert sticker["sticker"]["emoji"] == "🎉"
    assert contact["contact"] == {"phone_number": "+25078", "first_name": "Amina"}
    assert location["location"] == {"latitude": -1.9, "longitude": 30.1}

    file = await place.bot.call("getFile", file_id=document["document"]["file_id"])
    url = f"{place.sandbox.url}/file/bot1:x/{file['file_path']}"
    async with place.bot.session.get(url) as answer:
        assert await answer.read() == b"%PDF"


async def test_an_edit_arrives_as_edited_message(place: Place) -> None:
    world = place.sandbox.world
    sent = world.say(place.you, place.you, "helo")
    world.edit(place.you, place.you, sent.message_id, "hello")
    kinds = await place.bot.updates()
    assert kinds[1]["edited_message"]["text"] == "hello"
    assert kinds[1]["edited_message"]["edit_date"] == kinds[0]["message"]["date"]


async def _card(bot: BotClient, chat: int) -> int:
    keyboard = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    sent = await bot.call("sendMessage", chat_id=chat, text="card", reply_markup=keyboard)
    return int(sent["message_id"])


async def _until_waiting(place: Place) -> None:
    while place.sandbox.world.updates._signal is None:  # noqa: ASYNC110  nothing tells of a poll
        await asyncio.sleep(0)
