"""Saying something: words are rendered and put into the outbox, within the caller's transaction.

Who is spoken to in which language is decided here: a group in its own, a person in theirs.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from bot.rendering.messages import Words, render
from bot.storage import chats, links, outbox, people, questions
from bot.storage.chats import Chat
from bot.storage.database import Reading, Transaction
from bot.storage.outbox import ANSWER, UNASKED

__all__ = [
    "ANSWER",
    "UNASKED",
    "ask",
    "can_say_to",
    "card_content",
    "change",
    "content",
    "link",
    "say",
    "say_to",
]

#: The result name of a question's message: its id is kept, so that a reply finds the question.
QUESTION_ASKED: Final = "question_asked"


def say(
    at: Transaction,
    chat: Chat,
    language: str,
    message: str,
    *,
    key: str | None = None,
    urgency: int = ANSWER,
    reply_to: int | None = None,
    expires_at: datetime | None = None,
    result: str | None = None,
    subject: int | None = None,
    again: bool = True,
    picture: Mapping[str, Any] | None = None,
    document: Mapping[str, Any] | None = None,
    silent: bool = False,
    force_reply: bool = False,
    **facts: Any,  # noqa: ANN401 - whatever the template needs
) -> bool:
    """Put a message into the outbox; False where its `key` was said already.

    `message` names the template; `facts` fill it. `reply_to`: the message it answers (it is sent
    all the same where that is gone). `picture`, `document`: the order for a file made when it
    leaves (rendering/files.py, practices/copies.py); the words become its caption. `result` and
    `subject`: which practice is told what Telegram said.
    """
    words = render(message, language, **facts)
    made = content(
        words,
        picture=picture,
        document=document,
        reply_to=reply_to,
        silent=silent,
        force_reply=force_reply,
    )
    return outbox.queue(
        at,
        chat.id,
        made,
        key=key,
        urgency=urgency,
        expires_at=expires_at,
        result=result,
        subject=subject,
        again=again,
    )


def say_to(
    at: Transaction,
    person_id: int,
    message: str,
    *,
    key: str | None = None,
    urgency: int = ANSWER,
    expires_at: datetime | None = None,
    result: str | None = None,
    subject: int | None = None,
    picture: Mapping[str, Any] | None = None,
    **facts: Any,  # noqa: ANN401 - whatever the template needs
) -> bool:
    """Say something to a person in private, in their language.

    False where they have no open private chat with the bot, or the key was said already.
    """
    chat = chats.of_person(at, person_id)
    if chat is None or not can_say_to(at, person_id):
        return False
    return say(
        at,
        chat,
        people.by_id(at, person_id).language,
        message,
        key=key,
        urgency=urgency,
        expires_at=expires_at,
        result=result,
        subject=subject,
        picture=picture,
        **facts,
    )


def can_say_to(at: Reading, person_id: int) -> bool:
    """Whether a person has an open private chat with the bot."""
    chat = chats.of_person(at, person_id)
    return chat is not None and chat.state == "open"


def ask(
    at: Transaction,
    *,
    person_id: int,
    chat: Chat,
    language: str,
    message: str,
    kind: str,
    subject: int,
    about: Mapping[str, object] | None = None,
    reply_to: int | None = None,
    **facts: Any,  # noqa: ANN401 - whatever the template needs
) -> None:
    """Ask a person for an answer in words, a photo or a voice note; it is a row until they answer.

    In a group the answer must be a reply (the bot reads nothing else there), so the message asks
    for one. `kind` finds the practice that takes the answer, `about` are its small facts.
    """
    question_id = questions.ask(
        at, person_id=person_id, chat_id=chat.id, kind=kind, subject=subject, **(about or {})
    )
    say(
        at,
        chat,
        language,
        message,
        result=QUESTION_ASKED,
        subject=question_id,
        reply_to=reply_to,
        force_reply=not chat.is_private,
        **facts,
    )


def change(
    at: Transaction, chat: Chat, message_id: int, language: str, message: str, **facts: object
) -> None:
    """Edit one of our messages in place; of several edits that wait, the last one leaves."""
    made = content(render(message, language, **facts))
    made["method"] = "editMessageText"
    made["params"]["message_id"] = message_id
    outbox.queue(at, chat.id, made, edits=message_id)


def content(
    words: Words,
    *,
    picture: Mapping[str, Any] | None = None,
    document: Mapping[str, Any] | None = None,
    reply_to: int | None = None,
    silent: bool = False,
    force_reply: bool = False,
) -> dict[str, Any]:
    """Return the call that says these words, without its chat."""
    params: dict[str, Any] = {"parse_mode": "HTML"}
    keyboard = words.keyboard()
    if keyboard is not None:
        params["reply_markup"] = keyboard
    elif force_reply:
        params["reply_markup"] = {"force_reply": True, "selective": True}
    if reply_to is not None:
        params["reply_parameters"] = {
            "message_id": reply_to,
            "allow_sending_without_reply": True,
        }
    if silent:
        params["disable_notification"] = True
    if document is not None:
        params |= {"caption": words.text, "document": "attach://document"}
        files = {"document": dict(document)}
        return {"method": "sendDocument", "params": params, "files": files}
    if picture is None:
        params["text"] = words.text
        params["link_preview_options"] = {"is_disabled": True}
        return {"method": "sendMessage", "params": params}
    params["caption"] = words.text
    params["photo"] = "attach://picture"
    return {"method": "sendPhoto", "params": params, "files": {"picture": dict(picture)}}


def card_content(language: str, message: str, **facts: object) -> dict[str, Any]:
    """Return what a card shows, for the outbox to post or to edit."""
    return content(render(message, language, **facts))


def link(at: Reading, purpose: str, number: int) -> str:
    """Return the deep link that opens the private chat for a purpose (`checkin`, `join` …).

    Signed, so that it cannot be guessed; whoever presses it is authorised by the facts.
    """
    return links.url(at, purpose, number)
