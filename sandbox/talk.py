"""What people do in chats: write, edit, press, vote, react, block; and the bot's answers."""

from sandbox import wire
from sandbox.entities import utf16
from sandbox.formatted import with_detected
from sandbox.markup import CALLBACK_DATA_BYTES_MAX
from sandbox.media import with_sample
from sandbox.reactions import EMOJI
from sandbox.refusals import Impossible, bad_request
from sandbox.registry import Registry
from sandbox.state import (
    ADMINS,
    CallbackAnswer,
    Chat,
    Content,
    Json,
    Member,
    Message,
    Person,
    Poll,
    Press,
    Status,
)
from sandbox.updates import CALLBACK_SECONDS_MAX

TEXT_MAX = 4096
CAPTION_MAX = 1024


class Talk(Registry):
    """What people do with messages."""

    def say(
        self,
        person_id: int,
        chat_id: int,
        text: str,
        *,
        reply_to: int | None = None,
        thread: int | None = None,
        anonymous: bool | None = None,
    ) -> Message:
        """Have a person write a text, as they would type it."""
        if not text.strip():
            raise Impossible("an empty text is not sent")
        content = Content(text.strip())
        return self.send(
            person_id, chat_id, content, reply_to=reply_to, thread=thread, anonymous=anonymous
        )

    def send(
        self,
        person_id: int,
        chat_id: int,
        content: Content,
        *,
        reply_to: int | None = None,
        thread: int | None = None,
        anonymous: bool | None = None,
        forward_from: int | None = None,
    ) -> Message:
        """Have a person send something.

        Args:
            person_id: who.
            chat_id: where; their own id for the private chat with the bot.
            content: what; links and commands in its words are found here, and a photo, voice
                message or document without a file gets a sample.
            reply_to: the message it answers.
            thread: the topic, in a forum; a reply goes to its message's topic.
            anonymous: in the group's name; by default as the admin is set.
            forward_from: the person who wrote it first.

        Raises:
            Impossible: when this person cannot do that.
        """
        person, chat = self._at(person_id, chat_id)
        if utf16(content.text) > (CAPTION_MAX if content.captioned else TEXT_MAX):
            raise Impossible("that is too long for one message")
        if not content.entities:
            content.entities = with_detected(content.text, [])
        answered = None if reply_to is None else self.message(chat_id, reply_to)
        if answered is not None and thread is None:
            thread = answered.thread_id
        if thread is not None and thread not in chat.topics:
            raise Impossible(f"there is no topic {thread}")
        if not chat.is_group:
            self._open(person, chat)
        message = self.post(
            chat,
            person.id,
            with_sample(self, content),
            thread_id=thread,
            reply_to=answered,
            anonymous=_is_anonymous(chat, person.id, asked=anonymous),
            forward_origin=None if forward_from is None else self._origin(forward_from),
        )
        self.tell_bot(message)
        return message

    def start(self, person_id: int, payload: str = "") -> Message:
        """Have a person open the private chat, perhaps by a deep link with a payload."""
        return self.say(person_id, person_id, f"/start {payload}".strip())

    def edit(self, person_id: int, chat_id: int, message_id: int, text: str) -> Message:
        """Have a person change the words of their message."""
        self._at(person_id, chat_id)
        message = self.message(chat_id, message_id)
        if message.sender_id != person_id or message.content.service is not None:
            raise Impossible("only one's own messages can be edited")
        if not text.strip():
            raise Impossible("an empty text is not sent")
        message.content.text = text.strip()
        message.content.entities = with_detected(message.content.text, [])
        message.edit_date = self.timestamp()
        self.events.emit("edit", message=message)
        self.tell_bot(message, "edited_message")
        return message

    # Buttons

    def press(self, person_id: int, chat_id: int, message_id: int, data: str) -> Press:
        """Have a person press a button by its data; a forged one need not be on the keyboard."""
        self._at(person_id, chat_id)
        message = self.message(chat_id, message_id)
        if message.sender_id != self.bot.id:
            raise Impossible("only the bot's messages have buttons")
        if not 0 < len(data.encode()) <= CALLBACK_DATA_BYTES_MAX:
            raise Impossible(f"a button's data has 1 to {CALLBACK_DATA_BYTES_MAX} bytes")
        self._forget_old_presses()
        now = self.clock.monotonic()
        press = Press(str(self.chance.getrandbits(62)), person_id, message, data, now)
        self.presses[press.id] = press
        self.updates.add("callback_query", self.shapes.press(press))
        return press

    def button(self, chat_id: int, message_id: int, row: int, column: int) -> Json:
        """Give the button at a place (counted from 0) of a message's keyboard.

        Raises:
            Impossible: when there is none.
        """
        markup = self.message(chat_id, message_id).markup
        rows = markup.rows if markup is not None else []
        if not (0 <= row < len(rows) and 0 <= column < len(rows[row])):
            raise Impossible("there is no such button")
        return rows[row][column]

    def answer(self, press_id: str, answer: CallbackAnswer) -> None:
        """Take the bot's answer to a press.

        Raises:
            Refused: when the press is unknown, answered, or more than 150 s old.
        """
        press = self.presses.pop(press_id, None)
        if press is None or self.clock.monotonic() - press.at > CALLBACK_SECONDS_MAX:
            self.on_answer.pop(press_id, None)
            raise bad_request(
                "query is too old and response timeout expired or query ID is invalid"
            )
        press.answer = answer
        if waiting := self.on_answer.pop(press_id, None):
            waiting(press)
        self.events.emit("toast", person=press.person_id, answer=answer)

    def _forget_old_presses(self) -> None:
        oldest = self.clock.monotonic() - CALLBACK_SECONDS_MAX
        for press in tuple(self.presses.values()):
            if press.at >= oldest:
                return
            del self.presses[press.id]
            self.on_answer.pop(press.id, None)

    # Polls and reactions

    def vote(self, person_id: int, chat_id: int, message_id: int, options: list[int]) -> None:
        """Have a person vote; no options takes the vote back."""
        person, chat = self._at(person_id, chat_id)
        message = self.message(chat_id, message_id)
        chosen = sorted(set(options))
        poll = _open_poll(message, person.id, chosen)
        for index in poll.voters.pop(person.id, []):
            del poll.options[index].voters[person.id]
        for index in chosen:
            poll.options[index].voters[person.id] = None
        if chosen:
            poll.voters[person.id] = chosen
        if message.sender_id == self.bot.id:
            if not poll.is_anonymous:
                answer = self.shapes.poll_answer(poll, chat, person.id)
                self.updates.add("poll_answer", answer)
            self.updates.add("poll", wire.poll(poll, results=not poll.hides_results))
        self.events.emit("poll", message=message)

    def react(self, person_id: int, chat_id: int, message_id: int, emoji: str | None) -> None:
        """Have a person put a reaction on a message, or take it off."""
        self._at(person_id, chat_id)
        message = self.message(chat_id, message_id)
        new = emoji or ""
        if new and new not in EMOJI:
            raise Impossible(f"{new} is not one of Telegram's reactions")
        old = message.reactions.get(person_id, "")
        if old == new:
            return
        self.set_reaction(message, person_id, new)
        chat = message.chat
        if not chat.is_group or chat.standing(self.bot.id) in ADMINS:
            shape = self.shapes.reactions(message, person_id, old, new)
            self.updates.add("message_reaction", shape | {"date": self.timestamp()})

    def set_reaction(self, message: Message, member_id: int, emoji: str) -> None:
        """Put down somebody's reaction ("" takes it off) and tell the page."""
        message.reactions.pop(member_id, None)
        if emoji:
            message.reactions[member_id] = emoji
        self.events.emit("reaction", message=message)

    # The private chat

    def block(self, person_id: int) -> None:
        """Have a person block the bot."""
        person = self.person(person_id)
        if not person.blocked_bot:
            self._set_blocked(person, blocked=True)

    def unblock(self, person_id: int) -> None:
        """Have a person unblock the bot."""
        person = self.person(person_id)
        if person.blocked_bot:
            self._set_blocked(person, blocked=False)

    def delete_account(self, person_id: int) -> None:
        """Have a person delete their account; their messages stay, their name goes."""
        person = self.person(person_id)
        person.deleted = True
        person.lively = False
        person.first_name = person.last_name = person.username = ""
        self.events.emit("person", person=person)

    # Steps of the above

    def _at(self, person_id: int, chat_id: int) -> tuple[Person, Chat]:
        person, chat = self.person(person_id), self.chat(chat_id)
        if person.deleted:
            raise Impossible("a deleted account does nothing")
        if chat.deleted:
            raise Impossible("this group was deleted")
        if chat.migrated_to is not None:
            raise Impossible(f"this group is the supergroup {chat.migrated_to} now")
        if not chat.has(person.id):
            raise Impossible(f"{person.name} is not in that chat")
        return person, chat

    def _open(self, person: Person, _chat: Chat) -> None:
        if person.blocked_bot:
            self._set_blocked(person, blocked=False)
        if not person.started_bot:
            person.started_bot = True
            self.events.emit("person", person=person)

    def _set_blocked(self, person: Person, *, blocked: bool) -> None:
        chat = self.chat(person.id)
        person.blocked_bot = blocked
        statuses: tuple[Status, Status] = ("member", "kicked") if blocked else ("kicked", "member")
        shape = self.shapes.user(self.bot.id)
        old, new = (wire.member(Member(self.bot.id, each), shape) for each in statuses)
        self.updates.add(
            "my_chat_member",
            {
                "chat": self.shapes.chat(chat),
                "from": self.shapes.user(person.id),
                "date": self.timestamp(),
                "old_chat_member": old,
                "new_chat_member": new,
            },
        )
        self.events.emit("person", person=person)

    def _origin(self, person_id: int) -> Json:
        date = self.timestamp()
        if person_id != self.bot.id:
            self.person(person_id)
        return {"type": "user", "sender_user": self.shapes.user(person_id), "date": date}


def _open_poll(message: Message, person_id: int, chosen: list[int]) -> Poll:
    poll = message.content.poll
    if poll is None:
        raise Impossible("this message is not a poll")
    if poll.is_closed:
        raise Impossible("the poll is closed")
    if not all(0 <= each < len(poll.options) for each in chosen):
        raise Impossible("there is no such option")
    if len(chosen) > 1 and not poll.multiple:
        raise Impossible("only one option can be chosen")
    if poll.voters.get(person_id) and not poll.revoting:
        raise Impossible("this poll cannot be voted in twice")
    return poll


def _is_anonymous(chat: Chat, person_id: int, *, asked: bool | None) -> bool:
    member = chat.members.get(person_id)
    is_admin = member is not None and member.status in ADMINS
    if asked and not (is_admin and chat.type == "supergroup"):
        raise Impossible("only an admin of a supergroup writes anonymously")
    return bool(is_admin and member is not None and (member.anonymous if asked is None else asked))
