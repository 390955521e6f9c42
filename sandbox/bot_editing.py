"""Methods that change what was sent: edits, deletions, poll ends, reactions, pins."""

from typing import Any

from sandbox import wire
from sandbox.bot_api import Answer, Call, method, numbers
from sandbox.bot_sending import caption_of, document_file, photo_file, text_of
from sandbox.formatted import formatted
from sandbox.reactions import EMOJI
from sandbox.refusals import bad_request
from sandbox.state import ADMINS, CallbackAnswer, Chat, Content, Json, Markup, Media, Message
from sandbox.talk import CAPTION_MAX

DELETE_SECONDS_MAX = 48 * 60 * 60
DELETED_AT_ONCE_MAX = 100
ANSWER_MAX = 200
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly "
    "the same as a current content and reply markup of the message"
)


# Edits


def _editable(call: Call) -> Message:
    chat = call.writable(thread=False)
    message = call.message(chat, "message to edit not found")
    if (
        message.sender_id != call.world.bot.id
        or message.content.service is not None
        or message.forward_origin is not None
        or (message.markup is not None and message.markup.kind != "inline")
    ):
        raise bad_request("message can't be edited")
    return message


def _edit(call: Call, message: Message, content: Content, *, keeps_markup: bool = False) -> Answer:
    markup = message.markup if keeps_markup else call.markup(inline_only=True)
    if _looks(content, markup) == _looks(message.content, message.markup):
        raise bad_request(NOT_MODIFIED)
    call.limits.spend(message.chat, edit=True)
    only_markup = content is message.content
    message.content, message.markup = content, markup
    if not only_markup:
        message.edit_date = call.world.timestamp()
    call.world.events.emit("edit", message=message)
    return call.shape(message)


def _looks(content: Content, markup: Markup | None) -> tuple[object, ...]:
    media = content.media
    file = media.file.file_id if media is not None and media.file is not None else ""
    kind = media.kind if media is not None else ""
    return content.text, content.entities, kind, file, markup.facts if markup else None


@method("editMessageText")
def edit_message_text(call: Call) -> Answer:
    """Change a text."""
    if "text" not in call.parameters:
        raise bad_request("message text is empty")
    message = _editable(call)
    if message.content.captioned or message.content.poll is not None:
        raise bad_request("there is no text in the message to edit")
    return _edit(call, message, Content(*text_of(call)))


@method("editMessageCaption")
def edit_message_caption(call: Call) -> Answer:
    """Change a caption, or take it away."""
    message = _editable(call)
    if not message.content.captioned:
        raise bad_request("there is no caption in the message to edit")
    caption, entities = caption_of(call)
    return _edit(call, message, Content(caption, entities, message.content.media))


@method("editMessageReplyMarkup")
def edit_message_reply_markup(call: Call) -> Answer:
    """Change the buttons, or take them away."""
    message = _editable(call)
    return _edit(call, message, message.content)


@method("editMessageMedia")
def edit_message_media(call: Call) -> Answer:
    """Put another photo or document in the place of one, or of a text."""
    message = _editable(call)
    if message.content.poll is not None:
        raise bad_request("message can't be edited")
    given: Any = call.get("media")
    if not isinstance(given, dict) or not isinstance(given.get("media"), str):
        raise bad_request("can't parse InputMedia: media must be of type String")
    source: str = given["media"]
    kind = given.get("type")
    if kind == "photo":
        media = Media("photo", photo_file(call, source))
    elif kind == "document":
        media = Media("document", document_file(call, source))
    else:
        raise bad_request("the sandbox edits media to a photo or a document only")
    caption, entities = _media_caption(call, given)
    return _edit(call, message, Content(caption, entities, media))


def _media_caption(call: Call, given: Json) -> tuple[str, list[Json]]:
    caption, mode = given.get("caption") or "", given.get("parse_mode") or ""
    entities = given.get("caption_entities")
    if not isinstance(caption, str) or not isinstance(mode, str):
        raise bad_request("can't parse InputMedia: caption must be of type String")
    if not isinstance(entities, list | None):
        raise bad_request("can't parse entities: an array is expected")
    text, found = formatted(caption[: CAPTION_MAX * 64], mode, entities, call.known_user)
    if len(text.encode("utf-16-le")) // 2 > CAPTION_MAX:
        raise bad_request("message caption is too long")
    return text, found


@method("stopPoll")
def stop_poll(call: Call) -> Answer:
    """Close one of the bot's polls for good."""
    chat = call.writable(thread=False)
    message = call.message(chat, "message with poll to stop not found")
    poll = message.content.poll
    if poll is None:
        raise bad_request("message is not a poll")
    if message.sender_id != call.world.bot.id:
        raise bad_request("poll can't be stopped")
    if poll.is_closed:
        raise bad_request("poll has already been closed")
    message.markup = call.markup(inline_only=True)
    return wire.poll(call.world.close_poll(message))


# Deletions


def _may_delete(call: Call, message: Message) -> bool:
    chat, bot = message.chat, call.world.bot.id
    if chat.standing(bot) in ADMINS and chat.type == "supergroup":
        return True
    age = call.world.timestamp() - message.date
    mine = message.sender_id == bot and message.content.service is None
    may = mine or not chat.is_group or chat.standing(bot) in ADMINS
    return may and age < DELETE_SECONDS_MAX


@method("deleteMessage")
def delete_message(call: Call) -> Answer:
    """Delete a message: the bot's own for 48 h, others' as an admin or in private."""
    chat = call.present()
    message = call.message(chat, "message to delete not found")
    if not _may_delete(call, message):
        raise bad_request("message can't be deleted")
    call.world.remove(message)
    return True


@method("deleteMessages")
def delete_messages(call: Call) -> Answer:
    """Delete up to 100 messages, passing over those that are not found."""
    chat = call.present()
    wanted = numbers(call.get("message_ids"), "message identifiers must be of type Integer")
    if not wanted:
        raise bad_request("message identifiers are not specified")
    if len(wanted) > DELETED_AT_ONCE_MAX:
        raise bad_request("too many message identifiers specified")
    for number in wanted:
        message = chat.messages.get(number)
        if message is not None and _may_delete(call, message):
            call.world.remove(message)
    return True


# Presses, reactions, pins


@method("answerCallbackQuery")
def answer_callback_query(call: Call) -> Answer:
    """Answer a press: nothing, a toast, an alert, or a link that opens the bot."""
    text, url = call.get("text", ""), call.get("url", "")
    if len(text) > ANSWER_MAX:
        raise bad_request("MESSAGE_TOO_LONG")
    if url and not _opens_bot(url, call.world.bot.username):
        raise bad_request("URL_INVALID")
    alert = call.get("show_alert", default=False)
    call.world.answer(call.get("callback_query_id"), CallbackAnswer(text, alert, url))
    return True


def _opens_bot(url: str, username: str) -> bool:
    links = (f"https://t.me/{username}?", f"https://telegram.me/{username}?", f"t.me/{username}?")
    return url.lower().startswith(tuple(link.lower() for link in links))


@method("setMessageReaction")
def set_message_reaction(call: Call) -> Answer:
    """Put the bot's reaction on a message, or take it off."""
    chat = call.present()
    message = call.message(chat, "message to react not found")
    wanted = call.get("reaction", [])
    if not isinstance(wanted, list) or not all(isinstance(each, dict) for each in wanted):
        raise bad_request("can't parse reaction: an array of ReactionType is expected")
    if len(wanted) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    emoji = wanted[0].get("emoji") if wanted else ""
    if wanted and (wanted[0].get("type") != "emoji" or not isinstance(emoji, str)):
        raise bad_request("REACTION_INVALID")
    if message.content.service is not None or (emoji and emoji not in EMOJI):
        raise bad_request("REACTION_INVALID")
    call.world.set_reaction(message, call.world.bot.id, emoji)
    return True


def _may_pin(call: Call, chat: Chat) -> None:
    if chat.is_group and chat.standing(call.world.bot.id) not in ADMINS:
        raise bad_request("not enough rights to manage pinned messages in the chat")


@method("pinChatMessage")
def pin_chat_message(call: Call) -> Answer:
    """Pin a message; in a group this takes an admin."""
    chat = call.present()
    message = call.message(chat, "message to pin not found")
    _may_pin(call, chat)
    if message.content.service is not None:
        raise bad_request("message can't be pinned")
    call.world.pin(message, by=call.world.bot.id)
    return True


@method("unpinChatMessage")
def unpin_chat_message(call: Call) -> Answer:
    """Take the pin off a message; by default the one pinned last."""
    chat = call.present()
    _may_pin(call, chat)
    number = call.get("message_id")
    if number is None:
        if not chat.pinned:
            raise bad_request("message to unpin not found")
        number = chat.pinned[-1]
    message = chat.messages.get(number)
    if message is None:
        raise bad_request("message to unpin not found")
    call.world.unpin(message)
    return True


@method("unpinAllChatMessages")
def unpin_all_chat_messages(call: Call) -> Answer:
    """Take every pin off."""
    chat = call.present()
    _may_pin(call, chat)
    for number in tuple(chat.pinned):
        call.world.unpin(chat.messages[number])
    return True
