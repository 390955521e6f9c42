"""Pictures that somebody has in private, kept true.

Shown again, one replaces the old one; a correction is drawn into the one that stands: no picture
goes on saying what is not so any more.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.practices import speaking
from bot.rendering.messages import render
from bot.storage import outbox, pictures as store
from bot.storage.chats import Chat
from bot.storage.database import Reading, Transaction
from bot.storage.outbox import Card
from bot.storage.pictures import Standing

SHOWN: Final = "picture_shown"  # the result of a message with a picture


def show(
    at: Transaction,
    chat: Chat,
    language: str,
    message: str,
    *,
    kind: str,
    subject: int,
    picture: Mapping[str, Any],
    as_of: int | None = None,
    **facts: Any,  # noqa: ANN401 - whatever the template needs
) -> None:
    """Show a picture at the end of a private chat; the one of the same that stood there goes.

    `as_of`: the round up to which it shows. `picture` and `facts` as for `speaking.say`.
    """
    for one in store.standing(at, kind, subject):
        if one.chat_id == chat.id:
            take_away(at, one)
    shown_id = store.add(at, kind, subject, chat.id, as_of=as_of)
    speaking.say(
        at, chat, language, message, picture=picture, result=SHOWN, subject=shown_id, **facts
    )


def redraw(
    at: Transaction,
    one: Standing,
    language: str,
    message: str,
    *,
    picture: Mapping[str, Any],
    **facts: Any,  # noqa: ANN401 - whatever the template needs
) -> None:
    """Draw a picture that stands anew, where it stands, its words too."""
    if one.message_id is None:
        return
    words = render(message, language, **facts)
    media = {
        "type": "photo",
        "media": "attach://picture",
        "caption": words.text,
        "parse_mode": "HTML",
    }
    params = {
        "message_id": one.message_id,
        "media": media,
        "reply_markup": words.keyboard(),
    }
    call = {"method": "editMessageMedia", "params": params, "files": {"picture": dict(picture)}}
    outbox.queue(at, one.chat_id, call, edits=one.message_id)


def take_away(at: Transaction, one: Standing) -> None:
    """Take a picture away; Telegram lets a bot do so for two days, an older one stays."""
    if one.message_id is not None and at.now - one.shown_at < outbox.DELETABLE:
        outbox.queue(at, one.chat_id, outbox.delete_call(one.message_id))
    store.remove(at, one.id)


def _arrived(at: Transaction, picture_id: int, result: Any) -> None:  # noqa: ANN401 - a message
    store.arrived(at, picture_id, result["message_id"])


CARDS: dict[str, Callable[[Reading, Card], Mapping[str, Any] | None]] = {}
RESULTS: dict[str, Callable[[Transaction, int, Any], None]] = {SHOWN: _arrived}
