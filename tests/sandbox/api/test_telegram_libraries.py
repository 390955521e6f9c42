"""A peer check: python-telegram-bot itself, unchanged, lives in the sandbox."""

import os
from collections.abc import AsyncIterator
from typing import Any

import pytest
import telegram
from bot_client import TOKEN, Place
from telegram import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    ReplyParameters,
    Update,
)
from telegram.constants import ParseMode
from telegram.ext import Application, ApplicationBuilder, CallbackQueryHandler, CommandHandler

from sandbox import media

os.environ.setdefault("PTB_TIMEDELTA", "1")
GO = InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data="go:1")]])


@pytest.fixture
async def bot(place: Place) -> AsyncIterator[telegram.Bot]:
    url = f"{place.sandbox.url}/bot"
    async with telegram.Bot(
        TOKEN, base_url=url, base_file_url=f"{place.sandbox.url}/file/bot"
    ) as made:
        yield made


async def test_messages(place: Place, bot: telegram.Bot) -> None:
    assert bot.username == "sandbox_bot"
    sent = await bot.send_message(
        place.group, "<b>Hello</b> 😀", parse_mode=ParseMode.HTML, reply_markup=GO
    )
    assert sent.text_html == "<b>Hello</b> 😀"
    assert sent.date == place.sandbox.clock.now()
    edited = await sent.edit_text("two", reply_markup=GO)
    assert isinstance(edited, telegram.Message)
    assert edited.edit_date is not None
    with pytest.raises(telegram.error.BadRequest, match="essage is not modified"):
        await sent.edit_text("two", reply_markup=GO)
    reply = await bot.send_message(
        place.group,
        "three",
        reply_parameters=ReplyParameters(sent.message_id),
        reply_markup=ForceReply(selective=True, input_field_placeholder="?"),
        disable_notification=True,
        protect_content=True,
    )
    assert reply.reply_to_message is not None
    assert (await bot.copy_message(place.group, place.group, sent.message_id)).message_id
    await bot.set_message_reaction(place.group, sent.message_id, "👍")
    assert await bot.delete_messages(place.group, [sent.message_id, reply.message_id])


async def test_files(place: Place, bot: telegram.Bot) -> None:
    sent = await bot.send_photo(place.group, media.sample_picture(), caption="dusk")
    fetched = await (await sent.photo[-1].get_file()).download_as_bytearray()
    assert fetched == media.sample_picture()
    changed = await bot.edit_message_media(
        InputMediaPhoto(media.sample_picture(100, 100), caption="noon"),
        chat_id=place.group,
        message_id=sent.message_id,
    )
    assert isinstance(changed, telegram.Message)
    assert (changed.caption, changed.photo[-1].width) == ("noon", 100)
    document = await bot.send_document(place.group, b"a,b\n", filename="book.csv")
    assert document.document is not None
    assert document.document.file_name == "book.csv"
    voice = await bot.send_voice(place.group, media.sample_voice(1), duration=1)
    assert voice.voice is not None


async def test_polls_members_and_profile(place: Place, bot: telegram.Bot) -> None:
    sent = await bot.send_poll(place.group, "When?", ["Mon", "Tue"], is_anonymous=False)
    place.sandbox.world.vote(place.you, place.group, sent.message_id, [0])
    updates = await bot.get_updates(allowed_updates=Update.ALL_TYPES)
    answers = [each.poll_answer for each in updates if each.poll_answer]
    assert answers[0].option_ids == (0,)
    assert (await bot.stop_poll(place.group, sent.message_id)).is_closed
    admins = await bot.get_chat_administrators(place.group)
    assert isinstance(admins[0], telegram.ChatMemberOwner)
    place.sandbox.world.promote(place.village.neighbours[0].id, place.group)
    member = await bot.get_chat_member(place.group, place.village.neighbours[0].id)
    assert isinstance(member, telegram.ChatMemberAdministrator)
    chat = await bot.get_chat(place.group)
    assert chat.title == "Willow Lane Circle"
    assert chat.permissions is not None
    scope = BotCommandScopeAllGroupChats()
    await bot.set_my_commands([BotCommand("join", "I am in")], scope=scope, language_code="es")
    assert await bot.get_my_commands(scope, "es") == (BotCommand("join", "I am in"),)
    await bot.set_my_description("What I do")
    assert (await bot.get_my_description()).description == "What I do"
    assert (await bot.get_webhook_info()).url == ""


async def test_errors_have_their_classes(place: Place, bot: telegram.Bot) -> None:
    world = place.sandbox.world
    with pytest.raises(telegram.error.Forbidden, match="can't initiate"):
        await bot.send_message(place.you, "x")
    new = world.migrate(place.group)
    with pytest.raises(telegram.error.ChatMigrated) as migrated:
        await bot.send_message(place.group, "x")
    assert migrated.value.new_chat_id == new.id
    place.sandbox.limits.on = True
    for _ in range(20):
        await bot.send_message(new.id, "x")
    with pytest.raises(telegram.error.RetryAfter) as flooded:
        await bot.send_message(new.id, "x")
    assert flooded.value._retry_after.total_seconds() == 3


async def test_an_application_that_polls(place: Place) -> None:
    async def start(update: Update, _context: object) -> None:
        assert update.message is not None
        await update.message.reply_text("Press", reply_markup=GO)

    async def pressed(update: Update, _context: object) -> None:
        assert update.callback_query is not None
        await update.callback_query.answer("pressed")
        await update.callback_query.edit_message_text("Thank you")

    builder = ApplicationBuilder().token(TOKEN).base_url(f"{place.sandbox.url}/bot")
    app: Application[Any, Any, Any, Any, Any, Any] = builder.build()
    app.add_handler(CommandHandler("start", start))
    app.add_handler(CallbackQueryHandler(pressed))
    world, you = place.sandbox.world, place.you
    async with app:
        assert app.updater is not None
        await app.updater.start_polling(poll_interval=0)
        await app.start()
        world.start(you)
        card = await _next(place, "message", "Press")
        answered = await place.bot.control(
            "press", person=you, chat=you, message=card, row=0, column=0
        )
        assert answered == {"answered": True, "text": "pressed", "alert": False}
        await _next(place, "edit", "Thank you")
        await app.updater.stop()
        await app.stop()


async def _next(place: Place, kind: str, text: str) -> int:
    """Follow the stream of events until a message says this; gives its id."""
    async with place.bot.session.get(f"{place.sandbox.url}/sandbox/events?after=0") as stream:
        while True:
            line = (await stream.content.readline()).decode()
            assert line, "the stream ended"
            if f'"kind": "{kind}"' in line and f'"text": "{text}"' in line:
                return int(line.partition('"message_id": ')[2].split(",")[0])
