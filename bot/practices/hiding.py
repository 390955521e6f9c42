"""Hiding: one command takes away what stands in a private chat, for those who share a phone.

What the bot said and what the person wrote, of the last two days: Telegram lets a bot delete no
more, and that is said. Nothing that was answered is undone. Afterwards no words bring it back: an
open question is closed, so that whoever holds the phone next is not shown a half-done check-in.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.practices import speaking
from bot.storage import chats, hiding as store, outbox, people
from bot.storage.chats import Chat
from bot.storage.database import Reading, Transaction
from bot.storage.hiding import Hide
from bot.storage.outbox import Card

CARD: Final = "hidden"  # what is said in its place; its subject is the hide
GONE: Final = "hidden_gone"  # Telegram took something away; its subject is the hide
AT_ONCE_MAX: Final = 100  # as many as Telegram takes in one call


def hide(at: Transaction, chat: Chat) -> None:
    """Take away what stands in a private chat, the newest first, and say how it is then."""
    assert chat.person_id is not None
    store.close_questions(at, chat.person_id, chat.id)
    found = store.add(at, chat.id, store.standing(at, chat.id, at.now, AT_ONCE_MAX))
    _take_away(at, found)
    # Said after it, in the order of the chat: then it is known whether Telegram allowed it.
    outbox.show_card(at, CARD, found.id, chat.id, urgency=speaking.ANSWER)


def _take_away(at: Transaction, found: Hide) -> None:
    if found.message_ids:
        call = {"method": "deleteMessages", "params": {"message_ids": list(found.message_ids)}}
        outbox.queue(at, found.chat_id, call, result=GONE, subject=found.id)


def _are_gone(at: Transaction, hide_id: int, _result: object) -> None:
    """Go on with what is left: more than one call takes, or on its way when they asked."""
    found = store.by_id(at, hide_id)
    if found is None:
        return
    store.are_gone(at, found)
    store.try_more(at, found, store.standing(at, found.chat_id, found.asked_at, AT_ONCE_MAX))
    left = store.by_id(at, hide_id)
    assert left is not None
    _take_away(at, left)


def _draw(at: Reading, card: Card) -> Mapping[str, Any] | None:
    found = store.by_id(at, card.subject)
    if found is None:
        return None
    person_id = chats.by_id(at, found.chat_id).person_id
    assert person_id is not None
    language = people.by_id(at, person_id).language
    refused = store.was_refused(at, found, GONE)
    return speaking.card_content(language, "hiding/tidy", refused=refused)


CARDS: dict[str, Callable[[Reading, Card], Mapping[str, Any] | None]] = {CARD: _draw}
RESULTS: dict[str, Callable[[Transaction, int, Any], None]] = {GONE: _are_gone}
