"""The Bot API's shapes: what a bot reads about users, chats, messages, members and polls."""

from sandbox.state import (
    ADMINS,
    ANONYMOUS_ADMIN_ID,
    CHANNEL_BOT_ID,
    Bot,
    Chat,
    Json,
    Media,
    Member,
    Message,
    Person,
    Poll,
    Press,
    StoredFile,
)

ANONYMOUS_ADMIN: Json = {
    "id": ANONYMOUS_ADMIN_ID,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
CHANNEL_BOT: Json = {
    "id": CHANNEL_BOT_ID,
    "is_bot": True,
    "first_name": "Channel",
    "username": "Channel_Bot",
}
_ADMIN_RIGHTS = (
    "can_be_edited", "can_manage_chat", "can_delete_messages", "can_manage_video_chats",
    "can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users",
    "can_post_stories", "can_edit_stories", "can_delete_stories", "can_pin_messages",
    "can_manage_topics", "can_manage_tags",
)  # fmt: skip
_NOT_OURS = frozenset({"can_be_edited", "can_promote_members"})
_PERMISSIONS = (
    "can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos",
    "can_send_videos", "can_send_video_notes", "can_send_voice_notes", "can_send_polls",
    "can_send_other_messages", "can_add_web_page_previews", "can_change_info",
    "can_invite_users", "can_pin_messages", "can_manage_topics",
)  # fmt: skip
_GIFTS = (
    "unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription",
    "gifts_from_channels",
)  # fmt: skip
THUMBNAIL_SIDES = (("s", 90), ("m", 320))


def user(person: Person | Bot) -> Json:
    """Give a User."""
    if isinstance(person, Bot):
        return {
            "id": person.id,
            "is_bot": True,
            "first_name": person.names.get("") or person.first_name,
            "username": person.username,
        }
    found: Json = {"id": person.id, "is_bot": False, "first_name": person.first_name}
    if person.last_name:
        found["last_name"] = person.last_name
    if person.username:
        found["username"] = person.username
    if person.language_code:
        found["language_code"] = person.language_code
    return found


def me(bot: Bot) -> Json:
    """Give the User that getMe returns."""
    return user(bot) | {
        "can_join_groups": True,
        "can_read_all_group_messages": not bot.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
        "supports_guest_queries": False,
    }


def chat(of: Chat, person: Person | None = None) -> Json:
    """Give a Chat; a private one takes its names from `person`."""
    found: Json = {"id": of.id, "type": of.type}
    if person is not None:
        found |= {
            key: value
            for key, value in user(person).items()
            if key in {"first_name", "last_name", "username"}
        }
        return found
    found["title"] = of.title
    if of.is_forum:
        found["is_forum"] = True
    if of.type == "group":
        found["all_members_are_administrators"] = False
    return found


def full_chat(of: Chat, person: Person | None, pinned: Json | None) -> Json:
    """Give a ChatFullInfo."""
    found = chat(of, person) | {
        "accent_color_id": of.id % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(_GIFTS, False),
    }
    if of.is_group:
        allowed = dict.fromkeys(_PERMISSIONS, True)
        found["permissions"] = allowed | {"can_change_info": False, "can_pin_messages": False}
        if of.type == "supergroup":
            found["has_visible_history"] = True
    if pinned is not None:
        found["pinned_message"] = pinned
    return found


def member(of: Member, who: Json) -> Json:
    """Give a ChatMember of the kind that their status asks for."""
    found: Json = {"user": who, "status": of.status}
    if of.status == "creator":
        found["is_anonymous"] = of.anonymous
    elif of.status == "administrator":
        found["is_anonymous"] = of.anonymous
        found |= {right: right not in _NOT_OURS for right in _ADMIN_RIGHTS}
    elif of.status == "kicked":
        found["until_date"] = 0
    return found


def file(of: StoredFile) -> Json:
    """Give the fields that every kind of file has."""
    return {
        "file_id": of.file_id,
        "file_unique_id": of.unique_id,
        "file_size": len(of.content),
    }


def photo_sizes(of: StoredFile) -> list[Json]:
    """Give a photo's sizes, the smallest first, the whole one last."""
    whole = file(of) | {"width": of.width, "height": of.height}
    side = max(of.width, of.height, 1)
    smaller = [
        {
            "file_id": of.file_id + suffix,
            "file_unique_id": of.unique_id + suffix,
            "file_size": max(1, len(of.content) * longest // side),
            "width": max(1, of.width * longest // side),
            "height": max(1, of.height * longest // side),
        }
        for suffix, longest in THUMBNAIL_SIDES
        if side > longest
    ]
    return [*smaller, whole]


def media(of: Media) -> Json:
    """Give the field of a Message that carries the media."""
    if of.file is None:
        return {of.kind: of.facts}
    if of.kind == "photo":
        return {"photo": photo_sizes(of.file)}
    found = file(of.file)
    if of.kind == "voice":
        found |= {"duration": of.file.duration, "mime_type": of.file.mime}
    elif of.kind == "document":
        found |= {"file_name": of.file.name, "mime_type": of.file.mime}
    return {of.kind: found | of.facts}


def poll(of: Poll, *, results: bool = True) -> Json:
    """Give a Poll; without `results` the counts are 0, as for a poll that hides them."""
    found: Json = {
        "id": of.id,
        "question": of.question,
        "options": [
            {
                "persistent_id": option.persistent_id,
                "text": option.text,
                "voter_count": len(option.voters) if results else 0,
            }
            | ({"text_entities": option.entities} if option.entities else {})
            for option in of.options
        ],
        "total_voter_count": len(of.voters),
        "is_closed": of.is_closed,
        "is_anonymous": of.is_anonymous,
        "type": "quiz" if of.quiz else "regular",
        "allows_multiple_answers": of.multiple,
        "allows_revoting": of.revoting,
        "members_only": False,
    }
    extras = {
        "question_entities": of.question_entities,
        "correct_option_ids": of.correct,
        "correct_option_id": of.correct[0] if len(of.correct) == 1 else None,
        "explanation": of.explanation,
        "explanation_entities": of.explanation_entities,
        "description": of.description,
        "description_entities": of.description_entities,
        "open_period": of.open_period,
        "close_date": of.close_date,
    }
    return found | {key: value for key, value in extras.items() if value or value == 0}


class Shapes:
    """Shapes that need to look people up."""

    def __init__(self, bot: Bot, people: dict[int, Person]) -> None:
        self._bot = bot
        self._people = people

    def user(self, member_id: int) -> Json:
        """Give the User of a person or of the bot."""
        return user(self._bot if member_id == self._bot.id else self._people[member_id])

    def chat(self, of: Chat) -> Json:
        """Give a Chat."""
        return chat(of, None if of.is_group else self._people[of.id])

    def sender(self, of: Message) -> Json:
        """Give `from`, and `sender_chat` for an anonymous admin."""
        if of.anonymous:
            return {"from": ANONYMOUS_ADMIN, "sender_chat": self.chat(of.chat)}
        return {"from": self.user(of.sender_id)}

    def message(self, of: Message, *, reply: bool = True) -> Json:
        """Give a Message; the one it replies to comes without its own reply."""
        content = of.content
        found: Json = {
            "message_id": of.message_id,
            **self.sender(of),
            "chat": self.chat(of.chat),
            "date": of.date,
        }
        if of.edit_date is not None:
            found["edit_date"] = of.edit_date
        if of.thread_id is not None:
            found |= {"message_thread_id": of.thread_id, "is_topic_message": True}
        if of.forward_origin is not None:
            found["forward_origin"] = of.forward_origin
        if reply and (answered := _answered(of)) is not None:
            found["reply_to_message"] = self.message(answered, reply=False)
        found |= self._content(of)
        if of.markup is not None and of.markup.kind == "inline":
            found["reply_markup"] = of.markup.facts
        return found | (content.service or {})

    def _content(self, of: Message) -> Json:
        content = of.content
        found: Json = {}
        if content.media is not None:
            found |= media(content.media)
        if content.poll is not None:
            found["poll"] = poll(content.poll)
        if content.text:
            name = "caption" if content.captioned else "text"
            found[name] = content.text
            if content.entities:
                found["caption_entities" if content.captioned else "entities"] = content.entities
        return found

    def member(self, of: Chat, member_id: int) -> Json:
        """Give a ChatMember; one who was never there has left."""
        standing = of.members.get(member_id) or Member(member_id, "left")
        return member(standing, self.user(member_id))

    def press(self, of: Press) -> Json:
        """Give a CallbackQuery."""
        place = of.message
        inaccessible = {
            "chat": self.chat(place.chat),
            "message_id": place.message_id,
            "date": 0,
        }
        return {
            "id": of.id,
            "from": self.user(of.person_id),
            "message": inaccessible if place.deleted else self.message(place),
            "chat_instance": str(abs(place.chat.id) * 7919 % 10**18),
            "data": of.data,
        }

    def poll_answer(self, of: Poll, place: Chat, person_id: int) -> Json:
        """Give a PollAnswer; an anonymous admin votes as the chat."""
        chosen = of.voters.get(person_id, [])
        found: Json = {
            "poll_id": of.id,
            "option_ids": chosen,
            "option_persistent_ids": [of.options[index].persistent_id for index in chosen],
        }
        standing = place.members.get(person_id)
        if standing is not None and standing.anonymous and standing.status in ADMINS:
            return found | {"user": CHANNEL_BOT, "voter_chat": self.chat(place)}
        return found | {"user": self.user(person_id)}

    def reactions(self, of: Message, person_id: int, old: str, new: str) -> Json:
        """Give a MessageReactionUpdated."""
        standing = of.chat.members.get(person_id)
        hidden = standing is not None and standing.anonymous and standing.status in ADMINS
        who = {"actor_chat": self.chat(of.chat)} if hidden else {"user": self.user(person_id)}
        return {
            "chat": self.chat(of.chat),
            "message_id": of.message_id,
            **who,
            "old_reaction": [{"type": "emoji", "emoji": old}] if old else [],
            "new_reaction": [{"type": "emoji", "emoji": new}] if new else [],
        }


def _answered(of: Message) -> Message | None:
    """In a topic, a message that replies to nothing replies to the topic's first message."""
    if of.reply_to is not None or of.thread_id is None:
        return of.reply_to
    return of.chat.messages.get(of.thread_id)
