"""Methods about the bot itself: its commands, its name and what it says of itself."""

import json
import re
from typing import Any

from sandbox.bot_api import Answer, Call, method
from sandbox.refusals import bad_request
from sandbox.state import Json

COMMANDS_MAX = 100
COMMAND_DESCRIPTION_MAX = 256
NAME_MAX, DESCRIPTION_MAX, SHORT_DESCRIPTION_MAX = 64, 512, 120

_COMMAND = re.compile(r"/?[a-z0-9_]{1,32}$")
_LANGUAGE = re.compile(r"([a-z]{2})?$")
_SCOPES = {
    "default": (), "all_private_chats": (), "all_group_chats": (),
    "all_chat_administrators": (), "chat": ("chat_id",), "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}  # fmt: skip


def _language(call: Call) -> str:
    language: str = call.get("language_code", "")
    if not _LANGUAGE.match(language):
        raise bad_request("invalid language code specified")
    return language


def _place(call: Call) -> tuple[str, str]:
    scope: Any = call.get("scope", {"type": "default"})
    kind = scope.get("type") if isinstance(scope, dict) else None
    if not isinstance(kind, str) or kind not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    fields: Json = {"type": kind}
    for name in _SCOPES[kind]:
        value = scope.get(name)
        if isinstance(value, str) and value.lstrip("-").isdecimal():
            value = int(value[:19])
        if type(value) is not int:
            raise bad_request(f"can't parse BotCommandScope: {name} is not specified")
        if name == "chat_id" and value not in call.world.people and value not in call.world.chats:
            raise bad_request("chat not found")
        fields[name] = value
    return json.dumps(fields, sort_keys=True), _language(call)


@method("setMyCommands")
def set_my_commands(call: Call) -> Answer:
    """Put down the commands that one scope of chats and one language see."""
    given = call.get("commands")
    if not isinstance(given, list):
        raise bad_request("can't parse commands: an array of BotCommand is expected")
    if len(given) > COMMANDS_MAX:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    call.world.bot.commands[_place(call)] = [_command(each) for each in given]
    return True


def _command(given: object) -> Json:
    fields: Json = given if isinstance(given, dict) else {}
    name, description = fields.get("command"), fields.get("description")
    if not isinstance(name, str) or not _COMMAND.match(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if (
        not isinstance(description, str)
        or not 0 < len(description.strip()) <= COMMAND_DESCRIPTION_MAX
    ):
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name.removeprefix("/"), "description": description}


@method("getMyCommands")
def get_my_commands(call: Call) -> Answer:
    """Give the commands of exactly this scope and language."""
    return call.world.bot.commands.get(_place(call), [])


@method("deleteMyCommands")
def delete_my_commands(call: Call) -> Answer:
    """Take the commands of this scope and language away."""
    call.world.bot.commands.pop(_place(call), None)
    return True


def _put(call: Call, name: str, where: dict[str, str], longest: int) -> Answer:
    value: str = call.get(name, "")
    if len(value) > longest:
        raise bad_request(f"bot {name.replace('_', ' ')} is too long")
    language = _language(call)
    if value:
        where[language] = value
    else:
        where.pop(language, None)
    return True


@method("setMyName")
def set_my_name(call: Call) -> Answer:
    """Set the bot's name."""
    return _put(call, "name", call.world.bot.names, NAME_MAX)


@method("getMyName")
def get_my_name(call: Call) -> Answer:
    """Give the bot's name in a language, or else its usual one."""
    bot = call.world.bot
    usual = bot.names.get("") or bot.first_name
    return {"name": bot.names.get(_language(call), usual)}


@method("setMyDescription")
def set_my_description(call: Call) -> Answer:
    """Set what an empty chat with the bot shows."""
    return _put(call, "description", call.world.bot.descriptions, DESCRIPTION_MAX)


@method("getMyDescription")
def get_my_description(call: Call) -> Answer:
    """Give what an empty chat with the bot shows."""
    texts = call.world.bot.descriptions
    return {"description": texts.get(_language(call), texts.get("", ""))}


@method("setMyShortDescription")
def set_my_short_description(call: Call) -> Answer:
    """Set what the bot's profile shows."""
    texts = call.world.bot.short_descriptions
    return _put(call, "short_description", texts, SHORT_DESCRIPTION_MAX)


@method("getMyShortDescription")
def get_my_short_description(call: Call) -> Answer:
    """Give what the bot's profile shows."""
    texts = call.world.bot.short_descriptions
    return {"short_description": texts.get(_language(call), texts.get("", ""))}
