"""Methods about chats, members and files."""

from typing import Any

from sandbox import wire
from sandbox.bot_api import Answer, Call, method
from sandbox.refusals import Impossible, bad_request
from sandbox.state import ADMINS, Chat

DOWNLOAD_BYTES_MAX = 20 * 1024 * 1024


def _group(call: Call) -> Chat:
    chat = call.present()
    if not chat.is_group:
        raise bad_request("there are no administrators in the private chat")
    return chat


@method("getChat")
def get_chat(call: Call) -> Answer:
    """Tell all there is to know about a chat."""
    chat = call.present()
    person = None if chat.is_group else call.world.people[chat.id]
    pinned = chat.messages[chat.pinned[-1]] if chat.pinned else None
    shape = None if pinned is None else call.world.shapes.message(pinned, reply=False)
    return wire.full_chat(chat, person, shape)


@method("getChatMember")
def get_chat_member(call: Call) -> Answer:
    """Tell somebody's standing in a chat."""
    chat = call.present()
    number = call.get("user_id")
    if call.known_user(number) is None:
        raise bad_request("user not found")
    return call.world.shapes.member(chat, number)


@method("getChatAdministrators")
def get_chat_administrators(call: Call) -> Answer:
    """Name a group's admins, other bots left out."""
    chat = _group(call)
    return [
        call.world.shapes.member(chat, each.id)
        for each in chat.members.values()
        if each.status in ADMINS
    ]


@method("getChatMemberCount")
def get_chat_member_count(call: Call) -> Answer:
    """Count who is in a chat, the bot too."""
    chat = call.present()
    return sum(chat.has(each) for each in chat.members)


@method("leaveChat")
def leave_chat(call: Call) -> Answer:
    """Leave a group."""
    chat = call.present()
    if not chat.is_group:
        raise bad_request("chat can't be left")
    call.world.bot_leaves(chat)
    return True


@method("setChatTitle")
def set_chat_title(call: Call) -> Answer:
    """Give a group another title; this takes an admin."""
    chat = _group(call)
    if chat.standing(call.world.bot.id) not in ADMINS:
        raise bad_request("not enough rights to change chat title")
    try:
        call.world.rename(chat.id, call.get("title"), by=call.world.bot.id)
    except Impossible as problem:
        raise bad_request(str(problem)) from None
    return True


@method("getFile")
def get_file(call: Call) -> Answer:
    """Tell where a file can be fetched."""
    found = call.world.files.get(call.get("file_id"))
    if found is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if len(found.content) > DOWNLOAD_BYTES_MAX:
        raise bad_request("file is too big")
    return wire.file(found) | {"file_path": found.path}


@method("getUserProfilePhotos")
def get_user_profile_photos(call: Call) -> Answer:
    """Give somebody's pictures: nobody has any here."""
    if call.known_user(call.get("user_id")) is None:
        raise bad_request("user not found")
    photos: list[Any] = []
    return {"total_count": 0, "photos": photos}
