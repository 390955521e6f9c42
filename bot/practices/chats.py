"""A chat that opens, closes, moves or changes its name. Nothing a group has is lost by it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.practices import members, setup, speaking
from bot.rendering.messages import clean_name
from bot.storage import chats, groups, links, outbox
from bot.storage.chats import Chat
from bot.storage.database import Reading, Transaction
from bot.storage.outbox import Card
from bot.storage.people import Person


def bot_added(at: Transaction, chat: Chat, title: str, added_by: Person | None) -> None:
    """The bot is in a group, for the first time or again. Being told twice changes nothing."""
    chats.set_state(at, chat.id, "open")
    known = groups.of_chat(at, chat.id)
    if known is not None and known.state == "away" and groups.agreed_since(at, known.id):
        groups.set_state(at, known.id, "active")
        setup.plan_all(at, known.id)
        speaking.say(at, chat, known.language, "chats/back", group=known)
        return
    if known is not None and known.state == "away":
        groups.set_state(at, known.id, "new")
    setup.greet(at, chat, clean_name(title, 128), added_by)


def bot_removed(at: Transaction, chat: Chat) -> None:
    """The bot was removed from a group, or left it: the group rests, all is kept."""
    chats.set_state(at, chat.id, "gone")
    group = groups.of_chat(at, chat.id)
    if group is not None:
        groups.set_state(at, group.id, "away")


def private_blocked(at: Transaction, chat: Chat, *, blocked: bool) -> None:
    """Somebody blocked the bot, or let it write again."""
    chats.set_state(at, chat.id, "blocked" if blocked else "open")


def migrated(at: Transaction, old_telegram_id: int, new_telegram_id: int) -> None:
    """A group became a supergroup: it stays the same group to us. Twice is once."""
    outbox.follow(at, old_telegram_id=old_telegram_id, new_telegram_id=new_telegram_id)


def renamed(at: Transaction, chat: Chat, title: str) -> None:
    """A group has another name."""
    group = groups.of_chat(at, chat.id)
    if group is not None:
        groups.set_title(at, group.id, clean_name(title, 128))


@dataclass(frozen=True)
class Hello:
    """What somebody is told who presses Start: their groups, or how to bring the bot to one."""

    places: list[members.Place]
    add_url: str


def hello(at: Reading, person_id: int) -> Hello:
    """Return what to say to somebody who opens the private chat without a link."""
    url = f"https://t.me/{links.bot_username(at)}?startgroup=true"
    return Hello(members.places_of(at, person_id), url)


CARDS: dict[str, Callable[[Reading, Card], Mapping[str, Any] | None]] = {}
RESULTS: dict[str, Callable[[Transaction, int, Any], None]] = {}
