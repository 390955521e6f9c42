"""Showing a screen in a private chat, and asking what it asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.practices import speaking
from bot.storage import people, questions
from bot.storage.chats import Chat
from bot.storage.database import Transaction


@dataclass(frozen=True)
class Asked:
    """A question in words that stands open with what is shown."""

    kind: str
    subject: int
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Shown:
    """What to show: a message's name and facts, and the question that stands open with it."""

    message: str
    facts: Mapping[str, Any]
    asks: Asked | None = None


def put(
    at: Transaction,
    chat: Chat,
    shown: Shown,
    *,
    closes: Sequence[str],
    message_id: int | None = None,
) -> None:
    """Show it in a private chat, in place of a message or as a new one.

    `closes`: the kinds of questions of the same practice, of which one at a time stands open, so
    that no answer meets the wrong question.
    """
    assert chat.person_id is not None
    language = people.by_id(at, chat.person_id).language
    for kind in closes:
        questions.settle(at, chat.person_id, kind)
    asked_id = None
    if shown.asks is not None:
        asked_id = questions.ask(
            at,
            person_id=chat.person_id,
            chat_id=chat.id,
            kind=shown.asks.kind,
            subject=shown.asks.subject,
            **shown.asks.facts,
        )
    if message_id is not None:
        if asked_id is not None:
            questions.asked_in_message(at, asked_id, message_id)
        speaking.change(at, chat, message_id, language, shown.message, **shown.facts)
        return
    noted: dict[str, Any] = {}
    if asked_id is not None:
        noted = {"result": speaking.QUESTION_ASKED, "subject": asked_id}
    speaking.say(at, chat, language, shown.message, **noted, **shown.facts)
