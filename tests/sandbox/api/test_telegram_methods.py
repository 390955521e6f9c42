"""Methods of the Bot API and their refusals, in Telegram's words."""

import io
import json
from datetime import timedelta

import aiohttp
import pytest
from bot_client import TOKEN, Json, Place
from telegram.constants import ReactionEmoji

from sandbox import media
from sandbox.bot_editing import NOT_MODIFIED
from sandbox.reactions import EMOJI

GO = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}


async def test_who_the_bot_is(place: Place) -> None:
    me = await place.bot.call("getMe")
    assert me["username"] == "sandbox_bot"
    assert me["is_bot"] is True
    assert me["can_read_all_group_messages"] is False


@pytest.mark.parametrize("style", ["query", "form", "json", "multipart"])
async def test_parameters_come_in_four_ways(place: Place, style: str) -> None:
    url = f"{place.sandbox.url}/bot{TOKEN}/SENDMESSAGE"
    fields = {"chat_id": str(place.group), "text": "Jambo & karibu", "reply_markup": json.dumps(GO)}
    session = place.bot.session
    if style == "query":
        request = session.get(url, params=fields)
    elif style == "form":
        request = session.post(url, data=fields)
    elif style == "json":
        request = session.post(url, json={**fields, "reply_markup": GO, "chat_id": place.group})
    else:
        form = aiohttp.FormData(fields, default_to_multipart=True)
        request = session.post(url, data=form)
    async with request as answer:
        result = (await answer.json())["result"]
    assert result["text"] == "Jambo & karibu"
    assert result["reply_markup"] == GO


async def test_unknown_methods_and_parameters_are_refused(place: Place) -> None:
    bot = place.bot
    assert (await bot.refused("sendMesage")).description == "Not Found: method not found"
    assert (await bot.refused("sendMesage")).code == 404
    wrong = await bot.refused("sendMessage", chat_id=place.group, text="x", parsemode="HTML")
    assert wrong.description == 'Bad Request: unknown parameter "parsemode"'
    assert "does not play sendDice" in (await bot.refused("sendDice", chat_id=1)).description


async def test_only_the_right_token_is_taken_when_one_is_set(place: Place) -> None:
    place.sandbox.gateway.token = "7000000001:right"
    refused = await place.bot.refused("getMe")
    assert (refused.code, refused.description) == (401, "Unauthorized")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "message text is empty"),
        (" \n ", "message text is empty"),
        ("<b></b>", "message text is empty"),
        ("x" * 4097, "message is too long"),
        ("😀" * 2049, "message is too long"),
        ("<b>x", "can't parse entities: Can't find end tag corresponding to start tag \"b\""),
    ],
)
async def test_texts_that_telegram_does_not_take(place: Place, text: str, words: str) -> None:
    refused = await place.bot.refused(
        "sendMessage", chat_id=place.group, text=text, parse_mode="HTML"
    )
    assert refused.description.startswith(f"Bad Request: {words}")


async def test_length_is_counted_after_the_tags(place: Place) -> None:
    text = f"<b>{'😀' * 2048}</b>"
    sent = await place.bot.call("sendMessage", chat_id=place.group, text=text, parse_mode="HTML")
    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 4096}]


async def test_who_cannot_be_written_to(place: Place) -> None:
    world, bot, you = place.sandbox.world, place.bot, place.you

    async def words(chat: int) -> tuple[int, str]:
        refused = await bot.refused("sendMessage", chat_id=chat, text="hello")
        return refused.code, refused.description

    assert await words(you) == (403, "Forbidden: bot can't initiate conversation with a user")
    world.start(you)
    await bot.call("sendMessage", chat_id=you, text="hello")
    world.block(you)
    assert await words(you) == (403, "Forbidden: bot was blocked by the user")
    world.unblock(you)
    await bot.call("sendMessage", chat_id=you, text="hello")
    world.delete_account(you)
    assert await words(you) == (403, "Forbidden: user is deactivated")
    assert await words(12345) == (400, "Bad Request: chat not found")
    assert await words(-12345) == (400, "Bad Request: chat not found")

    owner = place.village.neighbours[0].id
    for supergroup, name in ((False, "group"), (True, "supergroup")):
        chat = world.make_group("Choir", owner, supergroup=supergroup).id
        world.remove_bot(chat, by=owner)
        assert await words(chat) == (403, f"Forbidden: bot was kicked from the {name} chat")
        world.add_bot(chat, by=owner)
        await bot.call("sendMessage", chat_id=chat, text="back again")
        await bot.call("leaveChat", chat_id=chat)
        assert await words(chat) == (403, f"Forbidden: bot is not a member of the {name} chat")
        world.add_bot(chat, by=owner)
        world.delete_chat(chat)
        assert await words(chat) == (403, "Forbidden: the group chat was deleted")


async def test_replies(place: Place) -> None:
    sent = place.sandbox.world.say(place.you, place.group, "/join")
    found = await place.bot.call(
        "sendMessage",
        chat_id=place.group,
        text="welcome",
        reply_parameters={"message_id": sent.message_id},
    )
    assert found["reply_to_message"]["text"] == "/join"
    wrong: dict[str, Json] = {
        "chat_id": place.group,
        "text": "x",
        "reply_parameters": {"message_id": 999},
    }
    refused = await place.bot.refused("sendMessage", **wrong)
    assert refused.description == "Bad Request: message to be replied not found"
    wrong["reply_parameters"]["allow_sending_without_reply"] = True
    assert "reply_to_message" not in await place.bot.call("sendMessage", **wrong)


@pytest.mark.parametrize(
    ("button", "words"),
    [
        ({"text": "x", "callback_data": "é" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"text": "x"}, "Text buttons are unallowed in the inline keyboard"),
        ({"text": " ", "callback_data": "x"}, "button text must be non-empty"),
        ({"text": "x", "url": "ftp://example.org"}, "Unsupported URL protocol"),
        ({"text": "x", "url": "http://localhost:80/"}, "Wrong HTTP URL"),
        ({"text": "x", "copy_text": {"text": "y" * 257}}, "BUTTON_COPY_TEXT_INVALID"),
        ({"text": "x", "web_app": {"url": "http://example.org"}}, "Only HTTPS links"),
        ({"text": "x", "callback_data": "x", "url": "https://example.org"}, "exactly one action"),
        ({"text": "x", "callback_data": "x", "style": "pink"}, "unsupported style"),
        (5, "Object expected"),
    ],
)
async def test_buttons_that_telegram_does_not_take(place: Place, button: Json, words: str) -> None:
    refused = await place.bot.refused(
        "sendMessage",
        chat_id=place.group,
        text="x",
        reply_markup={"inline_keyboard": [[button]]},
    )
    assert refused.code == 400
    assert words in refused.description


async def test_buttons_of_every_kind(place: Place) -> None:
    keyboard = {
        "inline_keyboard": [
            [{"text": "é", "callback_data": "é" * 32, "style": "success"}],
            [{"text": "link", "url": "https://t.me/sandbox_bot?start=x"}],
            [{"text": "pay", "copy_text": {"text": "0788"}}],
        ]
    }
    sent = await place.bot.call("sendMessage", chat_id=place.group, text="x", reply_markup=keyboard)
    assert sent["reply_markup"] == keyboard


# Edits


async def test_edits(place: Place) -> None:
    bot, group = place.bot, place.group
    sent = await bot.call("sendMessage", chat_id=group, text="one", reply_markup=GO)
    where = {"chat_id": group, "message_id": sent["message_id"]}
    refused = await bot.refused("editMessageText", **where, text="one", reply_markup=GO)
    assert refused.description == f"Bad Request: {NOT_MODIFIED}"
    changed = await bot.call("editMessageText", **where, text="two", reply_markup=GO)
    assert changed["text"] == "two"
    assert changed["edit_date"] >= changed["date"]
    bare = await bot.call("editMessageText", **where, text="two")
    assert "reply_markup" not in bare
    again = await bot.call("editMessageReplyMarkup", **where, reply_markup=GO)
    assert again["reply_markup"] == GO
    assert (await bot.refused("editMessageText", **where)).description == (
        "Bad Request: message text is empty"
    )
    missing = await bot.refused("editMessageText", chat_id=group, message_id=999, text="x")
    assert missing.description == "Bad Request: message to edit not found"


async def test_what_cannot_be_edited(place: Place) -> None:
    bot, group = place.bot, place.group
    theirs = place.sandbox.world.say(place.you, group, "/mine").message_id
    forced = await bot.call(
        "sendMessage", chat_id=group, text="name?", reply_markup={"force_reply": True}
    )
    keys = await bot.call(
        "sendMessage", chat_id=group, text="keys", reply_markup={"keyboard": [["yes", "no"]]}
    )
    for number in (theirs, forced["message_id"], keys["message_id"]):
        refused = await bot.refused("editMessageText", chat_id=group, message_id=number, text="x")
        assert refused.description == "Bad Request: message can't be edited"


async def test_photos_captions_and_media(place: Place) -> None:
    bot, group = place.bot, place.group
    form = aiohttp.FormData({"chat_id": str(group), "caption": "<i>dusk</i>", "parse_mode": "HTML"})
    form.add_field("photo", media.sample_picture(), filename="dusk.png", content_type="image/png")
    sent = (await bot.upload("sendPhoto", form))["result"]
    assert sent["photo"][-1]["width"] == 320
    assert sent["caption_entities"][0]["type"] == "italic"
    where = {"chat_id": group, "message_id": sent["message_id"]}
    assert (await bot.call("editMessageCaption", **where, caption="dawn"))["caption"] == "dawn"
    assert "caption" not in await bot.call("editMessageCaption", **where)
    refused = await bot.refused("editMessageText", **where, text="x")
    assert refused.description == "Bad Request: there is no text in the message to edit"

    form = aiohttp.FormData({"chat_id": str(group), "message_id": str(sent["message_id"])})
    form.add_field("media", json.dumps({"type": "photo", "media": "attach://new", "caption": "c"}))
    form.add_field("new", media.sample_picture(64, 48), filename="n.png", content_type="image/png")
    changed = (await bot.upload("editMessageMedia", form))["result"]
    assert (changed["photo"][-1]["width"], changed["caption"]) == (64, "c")

    again = await bot.call("sendPhoto", chat_id=group, photo=changed["photo"][-1]["file_id"])
    assert again["photo"] == changed["photo"]
    long = await bot.refused(
        "sendPhoto", chat_id=group, photo=again["photo"][-1]["file_id"], caption="x" * 1025
    )
    assert long.description == "Bad Request: message caption is too long"
    unknown = await bot.refused("sendPhoto", chat_id=group, photo="AgAC")
    assert unknown.description.startswith("Bad Request: wrong remote file identifier specified")


async def test_files_that_telegram_does_not_take(place: Place) -> None:
    async def words(content: bytes) -> str:
        form = aiohttp.FormData({"chat_id": str(place.group)})
        form.add_field("photo", io.BytesIO(content), filename="x.png", content_type="image/png")
        return str((await place.bot.upload("sendPhoto", form))["description"])

    assert await words(b"no picture") == "Bad Request: IMAGE_PROCESS_FAILED"
    assert await words(media.sample_picture(2, 100)) == "Bad Request: PHOTO_INVALID_DIMENSIONS"
    assert await words(bytes(10 * 1024 * 1024 + 1)) == "Bad Request: file is too big"


async def test_documents_and_voice(place: Place) -> None:
    for method, field in (("sendDocument", "document"), ("sendVoice", "voice")):
        form = aiohttp.FormData({"chat_id": str(place.group)})
        form.add_field(field, b"content", filename="book.txt", content_type="text/plain")
        sent = (await place.bot.upload(method, form))["result"]
        assert sent[field]["file_size"] == 7


# Deletions, copies, pins, reactions


async def test_deletions(place: Place) -> None:
    bot, world, group, clock = place.bot, place.sandbox.world, place.group, place.sandbox.clock
    sent = [
        (await bot.call("sendMessage", chat_id=group, text=str(number)))["message_id"]
        for number in range(4)
    ]
    theirs = world.say(place.you, group, "mine").message_id
    await bot.call("deleteMessage", chat_id=group, message_id=sent[0])
    gone = await bot.refused("deleteMessage", chat_id=group, message_id=sent[0])
    assert gone.description == "Bad Request: message to delete not found"
    other = await bot.refused("deleteMessage", chat_id=group, message_id=theirs)
    assert other.description == "Bad Request: message can't be deleted"
    await bot.call("deleteMessages", chat_id=group, message_ids=[*sent, 999])
    assert not world.chats[group].messages.keys() & set(sent)
    many = await bot.refused("deleteMessages", chat_id=group, message_ids=list(range(1, 102)))
    assert many.description == "Bad Request: too many message identifiers specified"

    old = (await bot.call("sendMessage", chat_id=group, text="old"))["message_id"]
    clock.set(clock.now() + timedelta(hours=48))
    late = await bot.refused("deleteMessage", chat_id=group, message_id=old)
    assert late.description == "Bad Request: message can't be deleted"
    await bot.call("editMessageText", chat_id=group, message_id=old, text="still editable")


async def test_copies_and_forwards(place: Place) -> None:
    world, bot, you = place.sandbox.world, place.bot, place.you
    sent = world.say(you, place.group, "/tell everybody")
    world.start(you)
    where = {"chat_id": you, "from_chat_id": place.group, "message_id": sent.message_id}
    forwarded = await bot.call("forwardMessage", **where)
    assert forwarded["text"] == "/tell everybody"
    assert forwarded["forward_origin"]["sender_user"]["id"] == you
    copied = await bot.call("copyMessage", **where)
    assert list(copied) == ["message_id"]
    missing = await bot.refused("copyMessage", **{**where, "message_id": 999})
    assert missing.description == "Bad Request: message to copy not found"


async def test_pins(place: Place) -> None:
    bot, group, world = place.bot, place.group, place.sandbox.world
    sent = (await bot.call("sendMessage", chat_id=group, text="rules"))["message_id"]
    refused = await bot.refused("pinChatMessage", chat_id=group, message_id=sent)
    assert refused.description == (
        "Bad Request: not enough rights to manage pinned messages in the chat"
    )
    world.promote(world.bot.id, group)
    await bot.updates()
    await bot.call("pinChatMessage", chat_id=group, message_id=sent)
    assert (await bot.update("message"))["pinned_message"]["text"] == "rules"
    assert (await bot.call("getChat", chat_id=group))["pinned_message"]["message_id"] == sent
    await bot.call("unpinChatMessage", chat_id=group)
    assert "pinned_message" not in await bot.call("getChat", chat_id=group)
    empty = await bot.refused("unpinChatMessage", chat_id=group)
    assert empty.description == "Bad Request: message to unpin not found"


async def test_the_bots_reactions(place: Place) -> None:
    bot, group, world = place.bot, place.group, place.sandbox.world
    sent = world.say(place.you, group, "done")
    where = {"chat_id": group, "message_id": sent.message_id}
    await bot.call("setMessageReaction", **where, reaction=[{"type": "emoji", "emoji": "🎉"}])
    assert sent.reactions == {world.bot.id: "🎉"}
    await bot.call("setMessageReaction", **where, reaction=[])
    assert sent.reactions == {}
    unknown: list[Json] = [{"type": "emoji", "emoji": "🥕"}, {"type": "paid"}, {}, {"type": []}]
    for wrong in unknown:
        refused = await bot.refused("setMessageReaction", **where, reaction=[wrong])
        assert refused.description == "Bad Request: REACTION_INVALID"


def test_the_reactions_are_telegrams() -> None:
    assert {each.value for each in ReactionEmoji} <= EMOJI
    assert len(EMOJI) <= len(ReactionEmoji) + 4  # some are known with and without U+FE0F


# Chats, the bot's own profile


async def test_what_a_bot_can_ask_of_a_chat(place: Place) -> None:
    bot, group = place.bot, place.group
    chat = await bot.call("getChat", chat_id=group)
    assert (chat["type"], chat["title"]) == ("group", "Willow Lane Circle")
    assert await bot.call("getChatMemberCount", chat_id=group) == 8
    admins = await bot.call("getChatAdministrators", chat_id=group)
    assert [(each["user"]["id"], each["status"]) for each in admins] == [(place.you, "creator")]
    person = place.village.neighbours[0].id

    async def status() -> str:
        found = await bot.call("getChatMember", chat_id=group, user_id=person)
        return str(found["status"])

    assert await status() == "member"
    place.sandbox.world.promote(person, group)
    assert await status() == "administrator"
    place.sandbox.world.leave(person, group)
    assert await status() == "left"
    place.sandbox.world.join(person, group)
    place.sandbox.world.kick(person, group)
    assert await status() == "kicked"
    unknown = await bot.refused("getChatMember", chat_id=group, user_id=99)
    assert unknown.description == "Bad Request: user not found"
    photos = await bot.call("getUserProfilePhotos", user_id=person)
    assert photos == {"total_count": 0, "photos": []}


async def test_commands_by_scope_and_language(place: Place) -> None:
    bot = place.bot
    english = [{"command": "join", "description": "I am in"}]
    spanish = [{"command": "join", "description": "Me apunto"}]
    scope = {"type": "all_group_chats"}
    await bot.call("setMyCommands", commands=english, scope=scope)
    await bot.call("setMyCommands", commands=spanish, scope=scope, language_code="es")
    assert await bot.call("getMyCommands", scope=scope) == english
    assert await bot.call("getMyCommands", scope=scope, language_code="es") == spanish
    assert await bot.call("getMyCommands") == []
    await bot.call("deleteMyCommands", scope=scope, language_code="es")
    assert await bot.call("getMyCommands", scope=scope, language_code="es") == []
    for wrong in ("Join", "join-us", "x" * 33, ""):
        commands = [{"command": wrong, "description": "x"}]
        refused = await bot.refused("setMyCommands", commands=commands)
        assert refused.description == "Bad Request: BOT_COMMAND_INVALID"
    empty = await bot.refused("setMyCommands", commands=[{"command": "x", "description": " "}])
    assert empty.description == "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID"
    many = await bot.refused("setMyCommands", commands=english * 101)
    assert many.description == "Bad Request: BOT_COMMANDS_TOO_MUCH"


async def test_name_and_descriptions(place: Place) -> None:
    for method, field, size in (
        ("Name", "name", 64),
        ("Description", "description", 512),
        ("ShortDescription", "short_description", 120),
    ):
        await place.bot.call(f"setMy{method}", **{field: "General"})
        await place.bot.call(f"setMy{method}", **{field: "Español"}, language_code="es")
        assert (await place.bot.call(f"getMy{method}"))[field] == "General"
        assert (await place.bot.call(f"getMy{method}", language_code="es"))[field] == "Español"
        assert (await place.bot.call(f"getMy{method}", language_code="fr"))[field] == "General"
        await place.bot.refused(f"setMy{method}", **{field: "x" * (size + 1)})


async def test_small_methods(place: Place) -> None:
    await place.bot.call("sendChatAction", chat_id=place.group, action="typing")
    await place.bot.refused("sendChatAction", chat_id=place.group, action="dancing")
    assert await place.bot.call("logOut") is True
    assert await place.bot.call("close") is True


async def test_the_file_of_another_kind_of_path_is_not_found(place: Place) -> None:
    url = f"{place.sandbox.url}/file/bot{TOKEN}/../../etc/passwd"
    async with place.bot.session.get(url) as answer:
        assert answer.status == 404
    refused = await place.bot.refused("getFile", file_id="x")
    assert refused.description.startswith("Bad Request: wrong file_id")
