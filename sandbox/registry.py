"""What the world holds, and the three things everything else does to it: find, post, tell."""

import heapq
import random
from datetime import datetime
from typing import TYPE_CHECKING

from sandbox import wire
from sandbox.clock import SandboxClock
from sandbox.events import EventLog
from sandbox.formatted import command_of
from sandbox.refusals import Impossible
from sandbox.state import (
    ADMINS,
    COLOURS,
    Bot,
    Chat,
    Content,
    Json,
    Markup,
    Member,
    Message,
    Person,
    Poll,
    Press,
    StoredFile,
)
from sandbox.updates import UpdateQueue

if TYPE_CHECKING:
    from collections.abc import Callable

BOT_ID = 7_000_000_001
FIRST_PERSON_ID = 5_001_001
FIRST_GROUP_ID = 4_000_001
FIRST_SUPERGROUP_ID = 1_000_000_002_001
FILE_ID_PREFIX = "AgACAgQAAxkDAAI"


class Registry:
    """People, chats, messages, polls and files, and how news of them travels.

    Args:
        clock: the sandbox's clock.
        seed: makes ids and chance repeatable.
        bot_name: the bot's first name.
        bot_username: its username, without "@".
    """

    def __init__(
        self,
        clock: SandboxClock,
        *,
        seed: int | None = None,
        bot_name: str = "Sandbox Bot",
        bot_username: str = "sandbox_bot",
    ) -> None:
        self.clock = clock
        self.chance = random.Random(seed)
        self.bot = Bot(BOT_ID, bot_name, bot_username)
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.polls: dict[str, Message] = {}
        self.files: dict[str, StoredFile] = {}
        self.paths: dict[str, StoredFile] = {}
        self.presses: dict[str, Press] = {}
        self.on_answer: dict[str, Callable[[Press], None]] = {}
        self.updates = UpdateQueue(clock, self.chance)
        self.events = EventLog()
        self.travelling = False
        self.shapes = wire.Shapes(self.bot, self.people)
        self._closing: list[tuple[int, str]] = []
        self._last_person_id = FIRST_PERSON_ID - 1
        self._last_group_id = FIRST_GROUP_ID - 1
        self._last_supergroup_id = FIRST_SUPERGROUP_ID - 1
        clock.listen(self._on_time)

    # Finding

    def person(self, person_id: int) -> Person:
        """Give a person, or say that there is none.

        Raises:
            Impossible: when nobody has this id.
        """
        found = self.people.get(person_id)
        if found is None:
            raise Impossible(f"there is no person {person_id}")
        return found

    def chat(self, chat_id: int) -> Chat:
        """Give a chat; the private chat with the bot exists as soon as the person does.

        Raises:
            Impossible: when there is none.
        """
        found = self.chats.get(chat_id)
        if found is None:
            if chat_id not in self.people:
                raise Impossible(f"there is no chat {chat_id}")
            found = Chat(chat_id, "private")
            found.members = {each: Member(each) for each in (chat_id, self.bot.id)}
            self.chats[chat_id] = found
        return found

    def message(self, chat_id: int, message_id: int) -> Message:
        """Give a message that was not deleted.

        Raises:
            Impossible: when there is none.
        """
        found = self.chat(chat_id).messages.get(message_id)
        if found is None:
            raise Impossible(f"there is no message {message_id} in chat {chat_id}")
        return found

    def timestamp(self) -> int:
        """Give the sandbox's time in Unix seconds."""
        return int(self.clock.now().timestamp())

    # People and chats

    def add_person(
        self,
        first_name: str,
        *,
        last_name: str = "",
        username: str = "",
        language_code: str = "en",
        lively: bool = False,
    ) -> Person:
        """Give somebody a Telegram account."""
        if not first_name.strip():
            raise Impossible("a person needs a first name")
        self._last_person_id += 1
        number = self._last_person_id
        colour = (number - FIRST_PERSON_ID) % COLOURS
        person = Person(
            number, first_name.strip(), last_name, username, language_code, lively, colour=colour
        )
        self.people[number] = person
        self.events.emit("person", person=person)
        self.events.emit("chat", chat=self.chat(number))
        return person

    def new_chat(self, title: str, *, supergroup: bool, forum: bool = False) -> Chat:
        """Make an empty group and give it an id of its kind."""
        if supergroup or forum:
            self._last_supergroup_id += 1
            chat = Chat(-self._last_supergroup_id, "supergroup", title, forum)
        else:
            self._last_group_id += 1
            chat = Chat(-self._last_group_id, "group", title)
        self.chats[chat.id] = chat
        return chat

    # Posting

    def post(
        self,
        chat: Chat,
        sender_id: int,
        content: Content,
        *,
        thread_id: int | None = None,
        reply_to: Message | None = None,
        markup: Markup | None = None,
        anonymous: bool = False,
        forward_origin: Json | None = None,
    ) -> Message:
        """Put a message into a chat and tell the page; telling the bot is the caller's part."""
        chat.last_message_id += 1
        message = Message(
            chat,
            chat.last_message_id,
            sender_id,
            self.timestamp(),
            content,
            thread_id=thread_id,
            reply_to=reply_to,
            markup=markup,
            anonymous=anonymous,
            forward_origin=forward_origin,
        )
        chat.messages[message.message_id] = message
        if content.poll is not None:
            self._watch(message, content.poll)
        self.events.emit("message", message=message)
        return message

    def remove(self, message: Message) -> None:
        """Take a message out of its chat and tell the page."""
        message.deleted = True
        message.chat.messages.pop(message.message_id, None)
        if message.pinned:
            message.pinned = False
            message.chat.pinned.remove(message.message_id)
            self.events.emit("chat", chat=message.chat)
        self.events.emit("delete", chat_id=message.chat.id, message_id=message.message_id)

    def tell_bot(self, message: Message, kind: str = "message") -> None:
        """Queue a message for the bot, if privacy mode and membership let it see it."""
        if self.bot_sees(message):
            self.updates.add(kind, self.shapes.message(message))

    def bot_sees(self, message: Message) -> bool:
        """Say whether a message that somebody else sent reaches the bot."""
        chat, content = message.chat, message.content
        if not chat.is_group or chat.standing(self.bot.id) in ADMINS:
            return chat.has(self.bot.id)
        if not chat.has(self.bot.id):
            return False
        if content.service is not None or not self.bot.privacy:
            return True
        command, at, name = command_of(content.text, content.entities).partition("@")
        if at:
            return name.lower() == self.bot.username.lower()
        if command:
            return True
        return message.reply_to is not None and message.reply_to.sender_id == self.bot.id

    def service(self, chat: Chat, actor_id: int, facts: Json, *, anonymous: bool = False) -> None:
        """Post a service message; the bot reads of it if it is there, even of its own pins."""
        message = self.post(chat, actor_id, Content(service=facts), anonymous=anonymous)
        self.tell_bot(message)

    def tell_standing(self, chat: Chat, member_id: int, actor_id: int, old: Json) -> None:
        """Tell the bot that somebody's standing changed, its own or (as an admin) another's."""
        facts = {
            "chat": self.shapes.chat(chat),
            "from": self.shapes.user(actor_id),
            "date": self.timestamp(),
            "old_chat_member": old,
            "new_chat_member": self.shapes.member(chat, member_id),
        }
        if member_id == self.bot.id:
            self.updates.add("my_chat_member", facts)
        elif chat.standing(self.bot.id) in ADMINS:
            self.updates.add("chat_member", facts)

    # Files

    def store(self, content: bytes, *, name: str, mime: str, folder: str) -> StoredFile:
        """Keep bytes and give them the ids and the path by which they are found again."""
        number = len(self.paths) + 1
        file = StoredFile(
            f"{FILE_ID_PREFIX}{self.chance.getrandbits(96):024x}{number}",
            f"AQAD{self.chance.getrandbits(48):012x}{number}",
            content,
            f"{folder}/file_{number}{_suffix(name)}",
            name,
            mime,
        )
        self.files[file.file_id] = file
        for suffix, _ in wire.THUMBNAIL_SIDES:
            self.files[file.file_id + suffix] = file
        self.paths[file.path] = file
        return file

    # Time

    def close_poll(self, message: Message) -> Poll:
        """Close a poll for good and tell the bot and the page."""
        poll = message.content.poll
        if poll is None:
            raise Impossible("this message is not a poll")
        poll.is_closed = True
        self.updates.add("poll", wire.poll(poll))
        self.events.emit("poll", message=message)
        return poll

    def tick(self) -> None:
        """Do what time does by itself: close the polls whose time is up."""
        now = self.timestamp()
        while self._closing and self._closing[0][0] <= now:
            message = self.polls[heapq.heappop(self._closing)[1]]
            poll = message.content.poll
            if poll is not None and not poll.is_closed and not message.deleted:
                self.close_poll(message)

    def _watch(self, message: Message, poll: Poll) -> None:
        self.polls[poll.id] = message
        if poll.close_date is not None:
            heapq.heappush(self._closing, (poll.close_date, poll.id))

    def _on_time(self, _now: datetime) -> None:
        self.tick()
        self.tell_time()

    def tell_time(self) -> None:
        """Tell the page what time it is."""
        self.events.emit("time", now=self.clock.now(), travelling=self.travelling)


def _suffix(name: str) -> str:
    stem, dot, suffix = name.rpartition(".")
    return f".{suffix}" if stem and dot and suffix.isalnum() else ""
