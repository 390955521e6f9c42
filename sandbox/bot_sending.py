"""Methods that send: messages, photos, documents, voice, polls, copies and forwards."""

from typing import Any

from sandbox import media
from sandbox.bot_api import Answer, Call, method
from sandbox.entities import utf16
from sandbox.formatted import formatted
from sandbox.parameters import Upload
from sandbox.refusals import Refused, bad_request
from sandbox.state import Chat, Content, Json, Media, Message, Option, Poll, StoredFile
from sandbox.talk import CAPTION_MAX, TEXT_MAX

UPLOAD_BYTES_MAX = 50 * 1024 * 1024
PHOTO_BYTES_MAX = 10 * 1024 * 1024
PHOTO_SIDES_MAX = 10_000
PHOTO_RATIO_MAX = 20
QUESTION_MAX = 300
OPTION_MAX = 100
OPTIONS_MAX = 12
EXPLANATION_MAX = 200
EXPLANATION_LINES_MAX = 2
DESCRIPTION_MAX = 1024
OPEN_SECONDS_MIN, OPEN_SECONDS_MAX = 5, 2_628_000
ACTIONS = frozenset(
    {
        "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
        "upload_document", "choose_sticker", "find_location", "record_video_note",
        "upload_video_note",
    }
)  # fmt: skip


def post(call: Call, chat: Chat, content: Content, **extra: Json | None) -> Answer:
    """Check what all messages have in common, count it against the limits, and send it."""
    markup = call.markup()
    answered = call.answered(chat)
    thread = call.get("message_thread_id")
    if answered is not None and thread is None:
        thread = answered.thread_id
    call.limits.spend(chat)
    message = call.world.post(
        chat,
        call.world.bot.id,
        content,
        thread_id=thread,
        reply_to=answered,
        markup=markup,
        forward_origin=extra.get("forward_origin"),
    )
    return call.shape(message)


def text_of(call: Call) -> tuple[str, list[Json]]:
    """Give the text of a message, of the length that Telegram takes."""
    text, entities = call.formatted("text")
    if not text:
        raise bad_request("message text is empty")
    if utf16(text) > TEXT_MAX:
        raise bad_request("message is too long")
    return text, entities


def caption_of(call: Call) -> tuple[str, list[Json]]:
    """Give a caption, of the length that Telegram takes; it may be empty."""
    text, entities = call.formatted("caption", "caption_")
    if utf16(text) > CAPTION_MAX:
        raise bad_request("message caption is too long")
    return text, entities


@method("sendMessage")
def send_message(call: Call) -> Answer:
    """Send a text."""
    chat = call.writable()
    return post(call, chat, Content(*text_of(call)))


# Files


def photo_file(call: Call, value: str | Upload) -> StoredFile:
    """Give the stored file of a photo, sent now or before."""
    upload = _uploaded(call, value)
    if not isinstance(upload, Upload):
        return upload
    if len(upload.content) > PHOTO_BYTES_MAX:
        raise bad_request("file is too big")
    file = media.store_photo(call.world, upload.content)
    if file is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    sides = sorted((file.width, file.height))
    if sum(sides) > PHOTO_SIDES_MAX or not sides[0] or sides[1] / sides[0] > PHOTO_RATIO_MAX:
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return file


def document_file(call: Call, value: str | Upload, folder: str = "documents") -> StoredFile:
    """Give the stored file of a document or voice message, sent now or before."""
    upload = _uploaded(call, value)
    if not isinstance(upload, Upload):
        return upload
    if not upload.content:
        raise bad_request("file must be non-empty")
    return call.world.store(upload.content, name=upload.name, mime=upload.mime, folder=folder)


def _uploaded(call: Call, value: str | Upload) -> StoredFile | Upload:
    if isinstance(value, str) and value.startswith("attach://"):
        found = call.uploads.get(value.removeprefix("attach://"))
        if found is None:
            raise bad_request("can't find the attached file in the request")
        value = found
    if isinstance(value, Upload):
        if len(value.content) > UPLOAD_BYTES_MAX:
            raise Refused(413, "Request Entity Too Large")
        return value
    known = call.world.files.get(value)
    if known is not None:
        return known
    if value.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    raise bad_request(
        "wrong remote file identifier specified: can't unserialize it. Wrong last symbol"
    )


@method("sendPhoto")
def send_photo(call: Call) -> Answer:
    """Send a photo."""
    chat = call.writable()
    caption, entities = caption_of(call)
    file = photo_file(call, call.get("photo"))
    return post(call, chat, Content(caption, entities, Media("photo", file)))


@method("sendDocument")
def send_document(call: Call) -> Answer:
    """Send a file of any kind."""
    chat = call.writable()
    caption, entities = caption_of(call)
    file = document_file(call, call.get("document"))
    return post(call, chat, Content(caption, entities, Media("document", file)))


@method("sendVoice")
def send_voice(call: Call) -> Answer:
    """Send a voice message."""
    chat = call.writable()
    caption, entities = caption_of(call)
    file = document_file(call, call.get("voice"), "voice")
    file.duration = max(0, call.get("duration", file.duration))
    return post(call, chat, Content(caption, entities, Media("voice", file)))


# Polls


@method("sendPoll")
def send_poll(call: Call) -> Answer:
    """Send a native poll."""
    chat = call.writable()
    question, question_entities = call.formatted("question", "question_")
    if not question:
        raise bad_request("poll question must be non-empty")
    if utf16(question) > QUESTION_MAX:
        raise bad_request(f"poll question length must not exceed {QUESTION_MAX}")
    poll = Poll(
        str(call.world.chance.getrandbits(62)),
        question,
        _options(call),
        question_entities,
        is_anonymous=call.get("is_anonymous", default=True),
        multiple=call.get("allows_multiple_answers", default=False),
        hides_results=call.get("hide_results_until_closes", default=False),
        is_closed=call.get("is_closed", default=False),
    )
    _set_kind(call, poll)
    _set_end(call, poll)
    poll.revoting = call.get("allows_revoting", default=not poll.quiz)
    poll.description, poll.description_entities = call.formatted("description", "description_")
    if utf16(poll.description) > DESCRIPTION_MAX:
        raise bad_request("poll description is too long")
    return post(call, chat, Content(poll=poll))


def _options(call: Call) -> list[Option]:
    given = call.get("options")
    if not isinstance(given, list):
        raise bad_request("options must be an array of InputPollOption")
    if not given:
        raise bad_request("poll must have at least 1 option")
    if len(given) > OPTIONS_MAX:
        raise bad_request(f"poll can't have more than {OPTIONS_MAX} options")
    return [_option(call, each) for each in given]


def _option(call: Call, given: object) -> Option:
    fields: dict[str, Any] = given if isinstance(given, dict) else {"text": given}
    text, mode = fields.get("text"), fields.get("text_parse_mode") or ""
    entities = fields.get("text_entities")
    if not isinstance(text, str) or not isinstance(mode, str):
        raise bad_request("can't parse InputPollOption: text must be of type String")
    if entities is not None and not isinstance(entities, list):
        raise bad_request("can't parse entities: an array is expected")
    if len(text) > TEXT_MAX:
        raise bad_request(f"poll options length must not exceed {OPTION_MAX}")
    text, found = formatted(text, mode, entities, call.known_user)
    if not text:
        raise bad_request("poll options must be non-empty")
    if utf16(text) > OPTION_MAX:
        raise bad_request(f"poll options length must not exceed {OPTION_MAX}")
    return Option(text, str(call.world.chance.getrandbits(31)), found)


def _set_kind(call: Call, poll: Poll) -> None:
    kind = call.get("type", "regular")
    if kind not in {"regular", "quiz"}:
        raise bad_request("unsupported poll type specified")
    poll.quiz = kind == "quiz"
    if not poll.quiz:
        return
    correct = call.get("correct_option_ids") or [call.get("correct_option_id", -1)]
    if not isinstance(correct, list) or not all(
        type(each) is int and 0 <= each < len(poll.options) for each in correct
    ):
        raise bad_request("wrong correct option ID specified")
    poll.correct = correct
    poll.explanation, poll.explanation_entities = call.formatted("explanation", "explanation_")
    if utf16(poll.explanation) > EXPLANATION_MAX:
        raise bad_request("message is too long")
    if poll.explanation.count("\n") > EXPLANATION_LINES_MAX:
        raise bad_request("explanation has too many line feeds")


def _set_end(call: Call, poll: Poll) -> None:
    period, date = call.get("open_period"), call.get("close_date")
    now = call.world.timestamp()
    if period is not None:
        if not OPEN_SECONDS_MIN <= period <= OPEN_SECONDS_MAX:
            raise bad_request("wrong open period specified")
        poll.open_period, poll.close_date = period, now + period
    elif date is not None:
        if not OPEN_SECONDS_MIN <= date - now <= OPEN_SECONDS_MAX:
            raise bad_request("wrong close date specified")
        poll.close_date = date


# Copies


def _source(call: Call, missing: str) -> Message:
    chat = call.present("from_chat_id")
    message = call.message(chat, missing)
    if message.content.service is not None:
        raise bad_request("message can't be forwarded")
    return message


@method("forwardMessage")
def forward_message(call: Call) -> Answer:
    """Forward a message of any chat that the bot is in."""
    chat = call.writable()
    source = _source(call, "message to forward not found")
    if source.forward_origin is not None:
        origin = source.forward_origin
    elif source.anonymous:
        origin = {"type": "chat", "sender_chat": call.world.shapes.chat(source.chat)}
    else:
        origin = {"type": "user", "sender_user": call.world.shapes.user(source.sender_id)}
    content = _copied(source)
    return post(call, chat, content, forward_origin=origin | {"date": source.date})


@method("copyMessage")
def copy_message(call: Call) -> Answer:
    """Send what another message says as the bot's own."""
    chat = call.writable()
    content = _copied(_source(call, "message to copy not found"))
    if "caption" in call.parameters and content.captioned:
        content.text, content.entities = caption_of(call)
    sent: Any = post(call, chat, content)
    return {"message_id": sent["message_id"]}


def _copied(source: Message) -> Content:
    content = source.content
    if content.poll is not None:
        raise bad_request("the sandbox does not copy or forward polls")
    return Content(content.text, list(content.entities), content.media)


@method("sendChatAction")
def send_chat_action(call: Call) -> Answer:
    """Show that the bot is busy."""
    if call.get("action") not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = call.writable()
    call.world.events.emit("typing", chat_id=chat.id)
    return True
