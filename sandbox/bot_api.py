"""The Bot API: one function a method, found by name; what they all need to know of a call."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from sandbox import wire
from sandbox.formatted import formatted
from sandbox.limits import Limits
from sandbox.markup import parse_markup
from sandbox.parameters import Upload
from sandbox.refusals import Refused, bad_request, forbidden
from sandbox.state import Chat, Json, Markup, Message
from sandbox.webhook import Webhook
from sandbox.world import World

Answer = object
Method = Callable[["Call"], Answer | Awaitable[Answer]]
METHODS: dict[str, Method] = {}
"""Lower-case name → function. Modules that define methods fill it when they are imported."""
FORMATTED_MAX = 65_536


@dataclass(slots=True)
class Call:
    """A call of a method, its parameters checked and converted."""

    world: World
    limits: Limits
    webhook: Webhook
    method: str
    parameters: dict[str, Any]
    uploads: Mapping[str, Upload] = field(default_factory=dict)

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401  a parameter has the type its method's entry in bot_api.json gives
        """Give a parameter, or `default` when it was not given."""
        return self.parameters.get(name, default)

    def writable(self, *, thread: bool = True) -> Chat:
        """Give the chat of `chat_id` if the bot may write there.

        Raises:
            Refused: 400 or 403, in Telegram's words.
        """
        chat = self.present()
        if not chat.is_group:
            person = self.world.people[chat.id]
            if person.deleted:
                raise forbidden("user is deactivated")
            if person.blocked_bot:
                raise forbidden("bot was blocked by the user")
            if not person.started_bot:
                raise forbidden("bot can't initiate conversation with a user")
        number = self.get("message_thread_id") if thread else None
        if number is not None and number not in chat.topics:
            raise bad_request("message thread not found")
        return chat

    def present(self, name: str = "chat_id") -> Chat:
        """Give the chat that a parameter names if the bot is in it.

        Raises:
            Refused: 400 or 403, in Telegram's words.
        """
        world, number = self.world, self.get(name)
        if number == world.bot.id:
            raise forbidden("bots can't send messages to bots")
        if number in world.people:
            return world.chat(number)
        chat = world.chats.get(number) if isinstance(number, int) else None
        standing = None if chat is None else chat.members.get(world.bot.id)
        if chat is None or standing is None:
            raise bad_request("chat not found")
        if chat.migrated_to is not None:
            raise bad_request(
                "group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to
            )
        if chat.deleted:
            raise forbidden("the group chat was deleted")
        kind = "supergroup" if chat.type == "supergroup" else "group"
        if standing.status == "kicked":
            raise forbidden(f"bot was kicked from the {kind} chat")
        if standing.status == "left":
            raise forbidden(f"bot is not a member of the {kind} chat")
        return chat

    def message(self, chat: Chat, missing: str, name: str = "message_id") -> Message:
        """Give the message that a parameter names, or refuse with `missing`."""
        number = self.get(name)
        if number is None:
            raise bad_request("message identifier is not specified")
        found = chat.messages.get(number)
        if found is None:
            raise bad_request(missing)
        return found

    def formatted(self, name: str, prefix: str = "") -> tuple[str, list[Json]]:
        """Give a text and its entities.

        Args:
            name: of the parameter.
            prefix: of its parse_mode and entities: "" for text, "caption_" for the entities of a
                caption, and so on.
        """
        text = self.get(name, "")
        if len(text) > FORMATTED_MAX:
            raise bad_request("message is too long")
        mode = "parse_mode" if prefix in {"", "caption_"} else f"{prefix}parse_mode"
        entities = self.get(f"{prefix}entities")
        if entities is not None and not isinstance(entities, list):
            raise bad_request("can't parse entities: an array is expected")
        return formatted(text, self.get(mode, ""), entities, self.known_user)

    def known_user(self, number: int) -> Json | None:
        """Give the User of an id, None when there is nobody."""
        if number == self.world.bot.id or number in self.world.people:
            return self.world.shapes.user(number)
        return None

    def markup(self, *, inline_only: bool = False) -> Markup | None:
        """Give what `reply_markup` says."""
        value = self.get("reply_markup")
        return None if value is None else parse_markup(value, inline_only=inline_only)

    def answered(self, chat: Chat) -> Message | None:
        """Give the message that this one replies to, if any."""
        wanted: Any = self.get("reply_parameters")
        if wanted is None:
            number = self.get("reply_to_message_id")
            lenient = self.get("allow_sending_without_reply", default=False)
        elif isinstance(wanted, dict):
            number = wanted.get("message_id")
            lenient = wanted.get("allow_sending_without_reply") is True
            if wanted.get("chat_id") not in {None, chat.id}:
                raise bad_request("the sandbox has no replies to other chats")
        else:
            raise bad_request("can't parse reply parameters: an object is expected")
        if number is None:
            return None
        found = chat.messages.get(number) if type(number) is int else None
        if found is None and not lenient:
            raise bad_request("message to be replied not found")
        return found

    def shape(self, message: Message) -> Json:
        """Give a message as the Bot API shows it."""
        return self.world.shapes.message(message)


def method(name: str) -> Callable[[Method], Method]:
    """Register the function that plays a method of the Bot API."""

    def register(function: Method) -> Method:
        METHODS[name.lower()] = function
        return function

    return register


def unplayed(name: str) -> Refused:
    """Make the refusal of a method that exists in Telegram but not here."""
    return bad_request(f"the sandbox does not play {name}")


def numbers(value: object, words: str) -> list[int]:
    """Give a list of integers, or refuse with `words`."""
    if not isinstance(value, list) or not all(type(each) is int for each in value):
        raise bad_request(words)
    return cast("list[int]", value)


@method("getMe")
def get_me(call: Call) -> Answer:
    """Tell the bot who it is."""
    return wire.me(call.world.bot)


@method("logOut")
def log_out(_call: Call) -> Answer:
    """Take leave of the cloud server; here nothing follows from it."""
    return True


@method("close")
def close(_call: Call) -> Answer:
    """Close the bot's instance before it moves; here nothing follows from it."""
    return True
