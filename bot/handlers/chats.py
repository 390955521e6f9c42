"""What happens to chats: the bot is added, removed, blocked; a group migrates or is renamed."""

from typing import Any

from telegram import ChatMember, ChatMemberRestricted
from telegram.ext import ChatMemberHandler, filters

from bot.handlers.context import Act, Route, Wrote, on_command, on_update
from bot.practices import chats

INSIDE = frozenset({"creator", "administrator", "member"})


class _OfOthers(ChatMemberHandler[Any, Any]):
    """The library's own handler, for others' standing where it would take the bot's."""

    def __init__(self, callback: Any) -> None:  # noqa: ANN401 - as the library has it
        super().__init__(callback, ChatMemberHandler.CHAT_MEMBER)


def _is_in(standing: ChatMember) -> bool:
    """Whether somebody of this standing is in the chat; who is restricted may be out of it."""
    if isinstance(standing, ChatMemberRestricted):
        return standing.is_member
    return standing.status in INSIDE


def bot_member_changed(act: Act) -> None:
    """The bot's own standing in a chat changed."""
    change = act.update.my_chat_member
    if change is None:
        return
    is_in = _is_in(change.new_chat_member)
    if act.chat.is_private:
        chats.private_blocked(act.at, act.chat, blocked=not is_in)
    elif is_in and not _is_in(change.old_chat_member):
        chats.bot_added(act.at, act.chat, change.chat.title or "", act.sender)
    elif not is_in:
        chats.bot_removed(act.at, act.chat)


def members_came(wrote: Wrote) -> None:
    """People, or the bot itself, were added to a group."""
    bot_id = wrote.update.get_bot().id
    for user in wrote.message.new_chat_members:
        if user.id == bot_id:
            chats.bot_added(wrote.at, wrote.chat, wrote.message.chat.title or "", wrote.sender)
        else:
            chats.somebody_came(wrote.at, wrote.chat, user.id)


def member_left(wrote: Wrote) -> None:
    """Somebody left a group; of the bot's own leaving this is the last that it hears."""
    gone = wrote.message.left_chat_member
    if gone is None:
        return
    if gone.id == wrote.update.get_bot().id:
        chats.bot_removed(wrote.at, wrote.chat)
    else:
        chats.somebody_left(wrote.at, wrote.chat, gone.id)


def member_changed(act: Act) -> None:
    """Somebody's standing in a chat changed: told only where the bot is an admin there."""
    change = act.update.chat_member
    if change is None:
        return
    told = chats.somebody_came if _is_in(change.new_chat_member) else chats.somebody_left
    told(act.at, act.chat, change.new_chat_member.user.id)


def chat_created(wrote: Wrote) -> None:
    """A group was made with the bot in it."""
    chats.bot_added(wrote.at, wrote.chat, wrote.message.chat.title or "", wrote.sender)


def chat_migrated(wrote: Wrote) -> None:
    """A group became a supergroup; told in both."""
    message = wrote.message
    if message.migrate_to_chat_id is not None:
        chats.migrated(wrote.at, message.chat.id, message.migrate_to_chat_id)
    elif message.migrate_from_chat_id is not None:
        chats.migrated(wrote.at, message.migrate_from_chat_id, message.chat.id)


def title_changed(wrote: Wrote) -> None:
    """A group has another name."""
    chats.renamed(wrote.at, wrote.chat, wrote.message.new_chat_title or "")


def nothing_to_do(wrote: Wrote) -> None:
    """A service message that asks for nothing (a pin, a new photo of the chat)."""
    del wrote


def command_start(wrote: Wrote) -> None:
    """Greet somebody who opened the private chat."""
    wrote.says("chats/hello", person=wrote.person, **chats.hello(wrote.at, wrote.person.id))


HANDLERS: list[Route] = [
    on_update(bot_member_changed, "my_chat_member", ChatMemberHandler),
    on_update(member_changed, "chat_member", _OfOthers),
    on_update(chat_migrated, "migrated", filters.StatusUpdate.MIGRATE),
    on_update(members_came, "members_came", filters.StatusUpdate.NEW_CHAT_MEMBERS),
    on_update(member_left, "member_left", filters.StatusUpdate.LEFT_CHAT_MEMBER),
    on_update(chat_created, "chat_created", filters.StatusUpdate.CHAT_CREATED),
    on_update(title_changed, "title_changed", filters.StatusUpdate.NEW_CHAT_TITLE),
    on_update(nothing_to_do, "service", filters.StatusUpdate.ALL),
    on_command(command_start, "start", "private"),
]
