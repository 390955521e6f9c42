"""The rest of what cannot be done: by the bot, in Telegram's words, and by people, in ours."""

import asyncio
import struct
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from bot_client import BotClient, Json, Place

from sandbox import Sandbox, media
from sandbox.refusals import Impossible
from sandbox.state import Content, Media, MediaKind
from sandbox.world import World


@pytest.mark.parametrize(
    ("method", "fields", "words"),
    [
        ("sendMessage", {"text": "x", "chat_id": None}, "chat_id is empty"),
        ("sendMessage", {"text": "x", "chat_id": "@somewhere"}, "chat not found"),
        ("sendMessage", {"text": {"a": 1}}, 'parameter "text" must be of type String'),
        ("sendMessage", {"text": "x" * 70_000}, "message is too long"),
        ("sendMessage", {"text": "x", "entities": {}}, "can't parse entities: an array"),
        ("sendMessage", {"text": "x", "reply_markup": "{"}, "can't parse parameter"),
        ("sendMessage", {"text": "x", "reply_markup": []}, "object expected as reply markup"),
        ("sendMessage", {"text": "x", "reply_markup": {"inline_keyboard": 1}}, "can't parse in"),
        ("sendMessage", {"text": "x", "reply_markup": {"keyboard": [[1]]}}, "can't parse keyboard"),
        (
            "sendMessage",
            {
                "text": "x",
                "reply_markup": {"force_reply": True, "input_field_placeholder": "x" * 65},
            },
            "can't parse force reply",
        ),
        (
            "sendMessage",
            {
                "text": "x",
                "reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "x"}] * 101]},
            },
            "reply markup is too long",
        ),
        ("sendMessage", {"text": "x", "reply_parameters": []}, "can't parse reply parameters"),
        (
            "sendMessage",
            {"text": "x", "reply_parameters": {"message_id": 1, "chat_id": 5}},
            "the sandbox has no replies to other chats",
        ),
        ("sendMessage", {"text": "x", "reply_to_message_id": 99}, "message to be replied not"),
        ("sendMessage", {"text": "x", "message_thread_id": "seven"}, "must be of type Integer"),
        ("sendMessage", {"text": "x", "protect_content": "maybe"}, "must be of type Boolean"),
        ("sendPhoto", {"photo": "attach://x"}, "can't find the attached file in the request"),
        ("sendPhoto", {"photo": "https://example.org/a.png"}, "failed to get HTTP URL content"),
        ("sendPoll", {"question": "?", "options": ["a"], "description": "x" * 1025}, "poll desc"),
        ("sendPoll", {"question": "?", "options": [{"text": "a", "text_entities": 1}]}, "can't"),
        (
            "sendPoll",
            {"question": "?", "options": ["a"], "type": "quiz", "correct_option_ids": [0],
             "explanation": "a\nb\nc\nd"},
            "explanation has too many line feeds",
        ),
        ("stopPoll", {"message_id": 99}, "message with poll to stop not found"),
        ("stopPoll", {"message_id": 2}, "message is not a poll"),
        ("forwardMessage", {"from_chat_id": -1, "message_id": 1}, "chat not found"),
        ("copyMessage", {"message_id": 1}, "from_chat_id is empty"),
        ("pinChatMessage", {}, "message identifier is not specified"),
        ("pinChatMessage", {"message_id": 99}, "message to pin not found"),
        ("deleteMessages", {"message_ids": []}, "message identifiers are not specified"),
        ("deleteMessages", {"message_ids": ["1"]}, "message identifiers must be of type Integer"),
        ("setMessageReaction", {"message_id": 99}, "message to react not found"),
        (
            "setMessageReaction",
            {"message_id": 1, "reaction": [{"type": "emoji", "emoji": "👍"}] * 2},
            "REACTIONS_TOO_MANY",
        ),
        ("setMessageReaction", {"message_id": 1, "reaction": [1]}, "can't parse reaction"),
        ("setMyCommands", {"commands": {}, "chat_id": None}, 'unknown parameter "chat_id"'),
        ("setChatTitle", {"title": "x"}, "not enough rights to change chat title"),
        ("editMessageMedia", {"message_id": 99, "media": {}}, "message to edit not found"),
    ],
)  # fmt: skip
async def test_refusals(place: Place, method: str, fields: dict[str, Json], words: str) -> None:
    given = {"chat_id": place.group} | fields
    refused = await place.bot.refused(method, **given)
    assert refused.code == 400
    assert refused.description.startswith(f"Bad Request: {words}") or words in refused.description


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        ({"type": "everywhere"}, "unsupported type specified"),
        ({"type": "chat"}, "chat_id is not specified"),
        ({"type": "chat", "chat_id": "-99"}, "chat not found"),
        ([], "unsupported type specified"),
    ],
)
async def test_scopes(place: Place, scope: Json, words: str) -> None:
    refused = await place.bot.refused("getMyCommands", scope=scope)
    assert words in refused.description
    refused = await place.bot.refused("getMyCommands", language_code="english")
    assert refused.description == "Bad Request: invalid language code specified"
    member = {"type": "chat_member", "chat_id": str(place.group), "user_id": place.you}
    commands = [{"command": "/mine", "description": "Mine"}]
    await place.bot.call("setMyCommands", commands=commands, scope=member)
    assert (await place.bot.call("getMyCommands", scope=member))[0]["command"] == "mine"


async def test_media_edits_that_telegram_does_not_take(place: Place) -> None:
    bot = place.bot
    poll = await bot.call("sendPoll", chat_id=place.group, question="?", options=["a"])
    text = await bot.call("sendMessage", chat_id=place.group, text="x")
    file = media.document(place.sandbox.world, "a.txt", b"a").media
    assert file is not None
    assert file.file is not None
    known = file.file.file_id

    async def words(message: Json, given: Json) -> str:
        refused = await bot.refused(
            "editMessageMedia", chat_id=place.group, message_id=message["message_id"], media=given
        )
        return refused.description

    assert "can't be edited" in await words(poll, {"type": "document", "media": known})
    assert "can't parse InputMedia" in await words(text, {"type": "photo"})
    assert "a photo or a document only" in await words(text, {"type": "video", "media": known})
    long = {"type": "document", "media": known, "caption": "x" * 1025}
    assert "caption is too long" in await words(text, long)
    assert "caption must be" in await words(text, long | {"caption": 5})
    wrong = long | {"caption": "x", "caption_entities": 5}
    assert "an array is expected" in await words(text, wrong)
    refused = await bot.refused(
        "editMessageCaption", chat_id=place.group, message_id=text["message_id"], caption="x"
    )
    assert "there is no caption in the message to edit" in refused.description


async def test_more_that_a_bot_can_do(place: Place) -> None:
    bot, world, group = place.bot, place.sandbox.world, place.group
    world.promote(world.bot.id, group)
    await bot.call("setChatTitle", chat_id=group, title="New")
    assert world.chats[group].title == "New"
    await bot.refused("setChatTitle", chat_id=group, title="x" * 129)
    sent = await bot.call(
        "sendMessage", chat_id=group, text="x", disable_web_page_preview="true",
        reply_markup={"remove_keyboard": True},
    )  # fmt: skip
    for message in (sent["message_id"], world.say(place.you, group, "y").message_id):
        await bot.call("pinChatMessage", chat_id=group, message_id=message)
    await bot.call("unpinAllChatMessages", chat_id=group)
    assert world.chats[group].pinned == []
    quiz = await bot.call(
        "sendPoll", chat_id=group, question="?", options=["a", "b"], type="quiz",
        correct_option_id=0, explanation="<b>why</b>", explanation_parse_mode="HTML",
    )  # fmt: skip
    assert quiz["poll"]["explanation_entities"][0]["type"] == "bold"
    world.vote(place.you, group, quiz["message_id"], [0])
    with pytest.raises(Impossible, match="voted in twice"):
        world.vote(place.you, group, quiz["message_id"], [1])
    world.start(place.you)
    private = {"chat_id": place.you}
    for method in ("leaveChat", "getChatAdministrators"):
        await bot.refused(method, **private)
    await bot.refused("sendMessage", chat_id=world.bot.id, text="myself")
    assert (await bot.call("getChat", **private))["type"] == "private"
    chat = {"type": "chat", "chat_id": group}
    await bot.call("deleteMyCommands", scope=chat)


async def test_forwards_name_who_wrote_first(place: Place) -> None:
    bot, world = place.bot, place.sandbox.world
    chat = world.make_group("Village", place.you, supergroup=True)
    anonymous = world.say(place.you, chat.id, "/rules", anonymous=True)
    where = {"chat_id": place.group, "from_chat_id": chat.id}
    forwarded = await bot.call("forwardMessage", **where, message_id=anonymous.message_id)
    assert forwarded["forward_origin"]["sender_chat"]["id"] == chat.id
    again = await bot.call(
        "forwardMessage",
        chat_id=place.group,
        from_chat_id=place.group,
        message_id=forwarded["message_id"],
    )
    assert again["forward_origin"] == forwarded["forward_origin"]
    refused = await bot.refused("editMessageText", chat_id=place.group, text="x",
                                message_id=again["message_id"])  # fmt: skip
    assert refused.description == "Bad Request: message can't be edited"
    poll = await bot.call("sendPoll", chat_id=chat.id, question="?", options=["a"])
    await bot.refused("copyMessage", **where, message_id=poll["message_id"])
    await bot.refused("copyMessage", **where, message_id=1)


Wrong = Callable[[World, int, int], Any]
WRONGS: list[tuple[str, Wrong]] = [
    ("not a group", lambda w, you, _: w.group(you)),
    ("1 to 128", lambda w, you, _: w.make_group("", you)),
    ("no person", lambda w, _, __: w.make_group("x", 1)),
    ("already there", lambda w, you, group: w.add_bot(group, by=you)),
    ("already there", lambda w, you, group: w.join(you, group)),
    ("is not in", lambda w, _, group: w.leave(w.add_person("New").id, group)),
    ("stays its creator", lambda w, you, group: w.demote(you, group)),
    ("has no topics", lambda w, _, group: w.add_topic(group, "x")),
    ("no topic", lambda w, _, group: w.remove_topic(group, 5)),
    ("no topic", lambda w, you, group: w.say(you, group, "x", thread=5)),
    ("empty text", lambda w, you, group: w.say(you, group, " ")),
    ("too long", lambda w, you, group: w.say(you, group, "x" * 4097)),
    ("no message", lambda w, you, group: w.say(you, group, "x", reply_to=99)),
    ("one's own", lambda w, you, group: w.edit(you, group, 1, "x")),
    ("no such button", lambda w, _, group: w.button(group, 1, 0, 0)),
    ("not a poll", lambda w, you, group: w.vote(you, group, 1, [0])),
    ("not a poll", lambda w, _, group: w.close_poll(w.message(group, 1))),
]


@pytest.mark.parametrize(("words", "wrong"), WRONGS)
async def test_what_people_cannot_do(place: Place, words: str, wrong: Wrong) -> None:
    with pytest.raises(Impossible, match=words):
        wrong(place.sandbox.world, place.you, place.group)


async def test_what_cannot_be_done_to_what_is_gone(place: Place) -> None:
    world, you = place.sandbox.world, place.you
    world.remove_bot(place.group, by=you)
    with pytest.raises(Impossible, match="not there"):
        world.remove_bot(place.group, by=you)
    new = world.migrate(place.group)
    with pytest.raises(Impossible, match="is the supergroup"):
        world.group(place.group)
    with pytest.raises(Impossible, match="already"):
        world.migrate(new.id)
    world.join(world.bot.id, new.id)
    world.kick(world.bot.id, new.id)
    world.join(world.bot.id, new.id)
    world.leave(world.bot.id, new.id)
    world.delete_chat(new.id)
    for deed in (lambda: world.group(new.id), lambda: world.say(you, new.id, "x")):
        with pytest.raises(Impossible, match="deleted"):
            deed()
    world.delete_account(you)
    with pytest.raises(Impossible, match="a deleted account"):
        world.start(you)


async def test_an_edit_of_nothing_and_reactions_twice(place: Place) -> None:
    world, you, group = place.sandbox.world, place.you, place.group
    said = world.say(you, group, "x")
    with pytest.raises(Impossible, match="empty text"):
        world.edit(you, group, said.message_id, " ")
    before = world.events.last
    world.react(you, group, said.message_id, None)
    world.pin(said, by=you)
    pinned = world.events.last
    world.pin(said, by=you)
    assert world.events.last == pinned > before
    world.unpin(said)
    world.unpin(said)
    assert not said.pinned


async def test_old_presses_are_forgotten(place: Place) -> None:
    clock, world = place.sandbox.clock, place.sandbox.world
    sent = await place.bot.call("sendMessage", chat_id=place.group, text="x")
    for _ in range(3):
        world.press(place.you, place.group, sent["message_id"], "x")
        clock.set(clock.now() + timedelta(seconds=151))
    assert len(world.presses) == 1


async def test_a_photo_voice_or_document_without_a_file_gets_a_sample(place: Place) -> None:
    world, you = place.sandbox.world, place.you
    kinds: tuple[MediaKind, ...] = ("photo", "voice", "document")
    for kind in kinds:
        world.send(you, you, Content(media=Media(kind)))
    photo, voice, document = (each["message"] for each in await place.bot.updates())
    assert photo["photo"][-1]["width"] == 320
    assert voice["voice"]["duration"] == 3
    assert document["document"]["file_name"] == "notes.txt"


def test_the_size_of_a_jpeg() -> None:
    header = b"\xff\xd8\xff\xe0\x00\x04ab"
    frame = b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", 30, 40) + b"\x03"
    assert media.picture_size(header + frame) == (40, 30)
    assert media.picture_size(header) is None
    assert media.picture_size(b"GIF89a") is None


async def test_it_starts_alone() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", "--port", "0", "--cast", "--seed", "1",
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr is not None
    line = (await process.stderr.readline()).decode()
    url = line.split()[1].rstrip("/")
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{url}/sandbox/state") as answer:
            state = await answer.json()
        assert (state["cast"], len(state["people"])) == (True, 7)
        async with session.get(f"{url}/bot1:x/getMe") as answer:
            assert answer.status == 200
    process.terminate()
    await process.wait()


async def test_a_failure_of_its_own_is_owned_up_to(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(place.sandbox.world.shapes, "message", explode)
    body = await place.bot.raw("sendMessage", chat_id=place.group, text="x")
    assert (body["error_code"], body["description"]) == (500, "Internal Server Error")
    assert place.sandbox.gateway.crashes == ["sendMessage"]
    place.sandbox.gateway.crashes.clear()


async def test_two_sandboxes_do_not_know_each_other() -> None:
    async with Sandbox() as one, Sandbox() as other, aiohttp.ClientSession() as session:
        assert one.port != other.port
        one.world.add_person("Ngozi")
        assert (await BotClient(other, session).look("state"))["people"] == []
