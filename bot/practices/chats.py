"""A chat that opens, closes, moves or changes its name. Nothing a group has is lost by it."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.practices import agreement, members, setup, speaking
from bot.rendering.messages import clean_name
from bot.storage import chats, digests, groups, links, members as store, outbox, people
from bot.storage.chats import Chat
from bot.storage.database import Reading, Transaction
from bot.storage.groups import Group
from bot.storage.members import Member
from bot.storage.outbox import Card
from bot.storage.people import Person

TITLE_MAX: Final = 128  # Telegram's own


def bot_added(at: Transaction, chat: Chat, title: str, added_by: Person | None) -> None:
    """The bot is in a group, for the first time or again. Being told twice changes nothing."""
    chats.set_state(at, chat.id, "open")
    known = groups.of_chat(at, chat.id)
    if known is not None and known.state == "away" and groups.agreed_since(at, known.id):
        groups.set_state(at, known.id, "active")
        agreement.plan_all(at, known.id)
        speaking.say(at, chat, known.language, "chats/back", group=known)
        return
    if known is not None and known.state == "away":
        groups.set_state(at, known.id, "new")
    setup.greet(at, chat, clean_name(title, TITLE_MAX) or "…", added_by)


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
    """A group became a supergroup: it stays the same group to us. Twice is once.

    A set-up that is under way is shown there anew.
    """
    outbox.follow(at, old_telegram_id=old_telegram_id, new_telegram_id=new_telegram_id)
    chat = chats.by_telegram_id(at, new_telegram_id)
    group = groups.of_chat(at, chat.id) if chat is not None else None
    if group is None:
        return
    digests.forget_messages(at, group.id)
    if groups.setup(at, group.id) is not None:
        setup.begin(at, group)


def somebody_left(at: Transaction, chat: Chat, telegram_id: int) -> None:
    """A member left the group's chat: they stay a member, and are told so once, in private.

    What they gave is in the book, so only they or the group end it. Until they are back, nothing
    reminds them. Being told twice changes nothing.
    """
    group, member = _member_in(at, chat, telegram_id)
    if group is None or member is None or member.is_away:
        return
    store.set_away(at, member.id, away=True)
    speaking.say_to(at, member.person_id, "members/away", group=group, member=member)


def somebody_came(at: Transaction, chat: Chat, telegram_id: int) -> None:
    """Somebody is in the group's chat: a member who was away is reminded again as before."""
    _, member = _member_in(at, chat, telegram_id)
    if member is not None and member.is_away:
        store.set_away(at, member.id, away=False)


def _member_in(at: Reading, chat: Chat, telegram_id: int) -> tuple[Group | None, Member | None]:
    group, person = groups.of_chat(at, chat.id), people.by_telegram_id(at, telegram_id)
    if group is None or person is None:
        return group, None
    member = store.of_person(at, group.id, person.id)
    return group, member if member is not None and member.state == "member" else None


def renamed(at: Transaction, chat: Chat, title: str) -> None:
    """A group has another name."""
    group = groups.of_chat(at, chat.id)
    if group is not None:
        groups.set_title(at, group.id, clean_name(title, TITLE_MAX) or "…")


def hello(at: Reading, person_id: int) -> dict[str, Any]:
    """Return what somebody is told who presses Start.

    `places`: their groups; `asked`: those that await their word; `add_url`: how to bring the bot
    to a group.
    """
    return {
        "places": members.places_of(at, person_id),
        "asked": members.asked_to(at, person_id),
        "add_url": f"https://t.me/{links.bot_username(at)}?startgroup=true",
    }


CARDS: dict[str, Callable[[Reading, Card], Mapping[str, Any] | None]] = {}
RESULTS: dict[str, Callable[[Transaction, int, Any], None]] = {}
