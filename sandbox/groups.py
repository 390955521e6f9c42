"""Groups: who is in them and as what, their topics, pins, moves and ends."""

from collections.abc import Iterable

from sandbox.refusals import Impossible
from sandbox.registry import Registry
from sandbox.state import ADMINS, Chat, Content, Json, Member, Message, Status

TITLE_MAX = 128
TOPIC_COLOUR = 7322096


class Groups(Registry):
    """What is done to groups."""

    def group(self, chat_id: int) -> Chat:
        """Give a group that is alive.

        Raises:
            Impossible: when it is private, deleted, or has become a supergroup.
        """
        chat = self.chat(chat_id)
        if not chat.is_group:
            raise Impossible(f"chat {chat_id} is not a group")
        if chat.deleted:
            raise Impossible(f"the group {chat_id} was deleted")
        if chat.migrated_to is not None:
            raise Impossible(f"the group {chat_id} is the supergroup {chat.migrated_to} now")
        return chat

    def make_group(
        self,
        title: str,
        creator: int,
        members: Iterable[int] = (),
        *,
        supergroup: bool = False,
        forum: bool = False,
        topics: Iterable[str] = (),
        add_bot: bool = True,
        added_by: int | None = None,
    ) -> Chat:
        """Make a group.

        Args:
            title: its name.
            creator: the person who owns it.
            members: who else is in it.
            supergroup: whether it is one; otherwise a basic group.
            forum: whether it has topics; then it is a supergroup.
            topics: the names of its first topics.
            add_bot: whether the bot is added at once.
            added_by: by whom; by default the creator.
        """
        title = _title(title)
        people = [self.person(each).id for each in (creator, *members)]
        chat = self.new_chat(title, supergroup=supergroup, forum=forum)
        for each in people:
            chat.members.setdefault(each, Member(each))
        chat.members[creator].status = "creator"
        created = "supergroup_chat_created" if chat.type == "supergroup" else "group_chat_created"
        self.post(chat, creator, Content(service={created: True}))
        self.events.emit("chat", chat=chat)
        for name in topics:
            self.add_topic(chat.id, name)
        if add_bot:
            self.add_bot(chat.id, by=creator if added_by is None else added_by)
        return chat

    def rename(self, chat_id: int, title: str, *, by: int) -> None:
        """Give a group another title."""
        chat = self.group(chat_id)
        chat.title = _title(title)
        self.service(chat, by, {"new_chat_title": chat.title})
        self.events.emit("chat", chat=chat)

    # Members

    def add_bot(self, chat_id: int, *, by: int) -> None:
        """Have a member bring the bot into a group."""
        chat = self.group(chat_id)
        self._inside(chat, by)
        if chat.has(self.bot.id):
            raise Impossible("the bot is already there")
        self._move(chat, self.bot.id, "member", by)
        self._greet(chat, self.bot.id, by)

    def remove_bot(self, chat_id: int, *, by: int) -> None:
        """Have somebody throw the bot out of a group."""
        chat = self.group(chat_id)
        if not chat.has(self.bot.id):
            raise Impossible("the bot is not there")
        self._move(chat, self.bot.id, "kicked", by)
        self._farewell(chat, self.bot.id, by)

    def bot_leaves(self, chat: Chat) -> None:
        """Have the bot leave a group by itself."""
        self._move(chat, self.bot.id, "left", self.bot.id)
        self._farewell(chat, self.bot.id, self.bot.id)

    def join(self, person_id: int, chat_id: int) -> None:
        """Have a person join a group."""
        chat = self.group(chat_id)
        if person_id == self.bot.id:
            self.add_bot(chat_id, by=self._owner(chat))
            return
        person = self.person(person_id)
        if chat.has(person.id):
            raise Impossible(f"{person.name} is already there")
        self._move(chat, person.id, "member", person.id)
        self._greet(chat, person.id, person.id)

    def leave(self, person_id: int, chat_id: int) -> None:
        """Have a person leave a group."""
        chat = self.group(chat_id)
        if person_id == self.bot.id:
            self.bot_leaves(chat)
            return
        self._inside(chat, person_id)
        self._move(chat, person_id, "left", person_id)
        self._farewell(chat, person_id, person_id)

    def kick(self, person_id: int, chat_id: int, *, by: int | None = None) -> None:
        """Have an admin (the creator unless said) throw somebody out."""
        chat = self.group(chat_id)
        by = self._owner(chat) if by is None else by
        if person_id == self.bot.id:
            self.remove_bot(chat_id, by=by)
            return
        self._inside(chat, person_id)
        self._move(chat, person_id, "kicked", by)
        self._farewell(chat, person_id, by)

    def promote(self, person_id: int, chat_id: int, *, anonymous: bool | None = None) -> None:
        """Make somebody (or the bot) an admin; in a supergroup perhaps an anonymous one."""
        chat = self.group(chat_id)
        self._inside(chat, person_id)
        member = chat.members[person_id]
        if anonymous and chat.type != "supergroup":
            raise Impossible("only supergroups have anonymous admins")
        self._stand(
            chat,
            person_id,
            "creator" if member.status == "creator" else "administrator",
            anonymous=member.anonymous if anonymous is None else anonymous,
        )

    def demote(self, person_id: int, chat_id: int) -> None:
        """Make an admin a plain member again."""
        chat = self.group(chat_id)
        self._inside(chat, person_id)
        if chat.standing(person_id) == "creator":
            raise Impossible("the creator of a group stays its creator")
        self._stand(chat, person_id, "member", anonymous=False)

    # The chat itself

    def add_topic(self, chat_id: int, name: str) -> int:
        """Open a topic in a forum; gives its thread id."""
        chat = self.group(chat_id)
        if not chat.is_forum:
            raise Impossible("this group has no topics")
        facts: Json = {"name": name, "icon_color": TOPIC_COLOUR}
        message = self.post(
            chat, self._owner(chat), Content(service={"forum_topic_created": facts})
        )
        message.thread_id = message.message_id
        chat.topics[message.message_id] = name
        self.tell_bot(message)
        self.events.emit("chat", chat=chat)
        return message.message_id

    def remove_topic(self, chat_id: int, thread_id: int) -> None:
        """Delete a topic and all its messages."""
        chat = self.group(chat_id)
        if chat.topics.pop(thread_id, None) is None:
            raise Impossible(f"there is no topic {thread_id}")
        for message in [each for each in chat.messages.values() if each.thread_id == thread_id]:
            self.remove(message)
        self.events.emit("chat", chat=chat)

    def migrate(self, chat_id: int, *, forum: bool = False) -> Chat:
        """Turn a basic group into a supergroup, which is another chat; gives the new one."""
        old = self.group(chat_id)
        if old.type != "group":
            raise Impossible("this group is a supergroup already")
        new = self.new_chat(old.title, supergroup=True, forum=forum)
        new.members = {each.id: Member(each.id, each.status) for each in old.members.values()}
        self.service(old, self._owner(old), {"migrate_to_chat_id": new.id})
        old.migrated_to = new.id
        self.service(new, self._owner(new), {"migrate_from_chat_id": old.id}, anonymous=True)
        self.events.emit("chat", chat=old)
        self.events.emit("chat", chat=new)
        return new

    def delete_chat(self, chat_id: int) -> None:
        """Delete a group for everybody."""
        chat = self.group(chat_id)
        owner = self._owner(chat)
        if chat.has(self.bot.id):
            self._move(chat, self.bot.id, "left", owner)
        chat.deleted = True
        self.events.emit("chat", chat=chat)

    def pin(self, message: Message, *, by: int) -> None:
        """Pin a message, and say so in the chat."""
        chat = message.chat
        if message.pinned:
            return
        message.pinned = True
        chat.pinned.append(message.message_id)
        self.events.emit("pin", message=message)
        self.events.emit("chat", chat=chat)
        shape = self.shapes.message(message, reply=False)
        self.service(chat, by, {"pinned_message": shape})

    def unpin(self, message: Message) -> None:
        """Take a pin off; nothing is said in the chat."""
        if not message.pinned:
            return
        message.pinned = False
        message.chat.pinned.remove(message.message_id)
        self.events.emit("pin", message=message)
        self.events.emit("chat", chat=message.chat)

    # Steps of the above

    def _owner(self, chat: Chat) -> int:
        return next(each.id for each in chat.members.values() if each.status == "creator")

    def _inside(self, chat: Chat, member_id: int) -> None:
        if member_id != self.bot.id:
            self.person(member_id)
        if not chat.has(member_id):
            raise Impossible(f"{member_id} is not in “{chat.title}”")

    def _move(self, chat: Chat, member_id: int, status: Status, actor_id: int) -> None:
        old = self.shapes.member(chat, member_id)
        chat.members[member_id] = Member(member_id, status)
        self.tell_standing(chat, member_id, actor_id, old)
        self.events.emit("chat", chat=chat)

    def _stand(self, chat: Chat, member_id: int, status: Status, *, anonymous: bool) -> None:
        old = self.shapes.member(chat, member_id)
        was_admin = chat.standing(self.bot.id) in ADMINS
        chat.members[member_id] = Member(member_id, status, anonymous)
        if was_admin or member_id == self.bot.id:
            self.tell_standing(chat, member_id, self._owner(chat), old)
        self.events.emit("chat", chat=chat)

    def _greet(self, chat: Chat, member_id: int, by: int) -> None:
        shape = self.shapes.user(member_id)
        self.service(
            chat,
            by,
            {"new_chat_participant": shape, "new_chat_member": shape, "new_chat_members": [shape]},
        )

    def _farewell(self, chat: Chat, member_id: int, by: int) -> None:
        shape = self.shapes.user(member_id)
        facts = {"left_chat_participant": shape, "left_chat_member": shape}
        message = self.post(chat, by, Content(service=facts))
        if member_id == self.bot.id and by != self.bot.id and chat.type == "group":
            # The last thing that a bot reads in a basic group is its own removal.
            self.updates.add("message", self.shapes.message(message))
        else:
            self.tell_bot(message)


def _title(text: str) -> str:
    title = text.strip()
    if not 0 < len(title) <= TITLE_MAX:
        raise Impossible(f"a group's title has 1 to {TITLE_MAX} characters")
    return title
