"""What the page reads: people, chats, messages and events as the control API gives them."""

import json
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sandbox.events import Event
from sandbox.formatted import shown
from sandbox.state import PRESENT, Chat, Json, Media, Message, Person, Poll
from sandbox.world import World

MESSAGES_PER_CHAT_MAX = 300
QUOTE_MAX = 120
_SCOPE_CHATS = {
    "default": ["group", "private"],
    "all_private_chats": ["private"],
    "all_group_chats": ["group"],
    "all_chat_administrators": ["group"],
    "chat": ["group"],
    "chat_administrators": ["group"],
    "chat_member": ["group"],
}
_SENTENCES = {
    "group_chat_created": "created the group",
    "supergroup_chat_created": "created the group",
    "pinned_message": "pinned a message",
    "migrate_to_chat_id": "turned this group into a supergroup",
    "migrate_from_chat_id": "is a supergroup now",
}


def person(of: Person) -> Json:
    """Give a person."""
    found: Json = {
        "id": of.id,
        "first_name": of.first_name or "Deleted Account",
        "language_code": of.language_code,
        "lively": of.lively,
        "blocked_bot": of.blocked_bot,
        "started_bot": of.started_bot,
        "deleted": of.deleted,
        "colour": of.colour,
    }
    if of.last_name:
        found["last_name"] = of.last_name
    if of.username:
        found["username"] = of.username
    return found


def chat(world: World, of: Chat) -> Json:
    """Give a chat with those who are in it."""
    title = of.title if of.is_group else world.people[of.id].name
    return {
        "id": of.id,
        "type": of.type,
        "title": title,
        "is_forum": of.is_forum,
        "topics": [{"id": number, "name": name} for number, name in of.topics.items()],
        "members": [
            {"id": each.id, "status": each.status, "anonymous": each.anonymous}
            for each in of.members.values()
            if each.status in PRESENT
        ],
        "pinned_message_id": of.pinned[-1] if of.pinned else None,
        "migrated_to": of.migrated_to,
        "deleted": of.deleted,
    }


def message(world: World, of: Message) -> Json:
    """Give a message, ready to be shown."""
    content = of.content
    found: Json = {
        "chat_id": of.chat.id,
        "message_id": of.message_id,
        "date": _iso(of.date),
        "from": _sender(world, of),
        "reactions": _reactions(of),
        "pinned": of.pinned,
    }
    if of.thread_id is not None:
        found["thread_id"] = of.thread_id
    if of.edit_date is not None:
        found["edit_date"] = _iso(of.edit_date)
    if content.text:
        name, html_name = ("caption", "caption_html") if content.captioned else ("text", "html")
        found |= {name: content.text, html_name: shown(content.text, content.entities)}
    if content.media is not None:
        found |= _media(content.media)
    if content.poll is not None:
        found["poll"] = _poll(content.poll)
    if content.service is not None:
        found["service"] = _sentence(world, of, content.service)
    if of.reply_to is not None:
        found["reply_to"] = _quote(world, of.reply_to)
    if of.forward_origin is not None:
        origin: Any = of.forward_origin
        source = origin.get("sender_user") or origin.get("sender_chat") or {}
        found["forwarded_from"] = source.get("first_name") or source.get("title", "")
    return found | _markup(of)


def event(world: World, of: Event) -> Json:
    """Give an event as one line of the stream."""
    found: Json = {"n": of.n, "kind": of.kind}
    for name, value in of.facts.items():
        if isinstance(value, Message):
            found["message"] = message(world, value)
        elif isinstance(value, Chat):
            found["chat"] = chat(world, value)
        elif isinstance(value, Person):
            found["person"] = person(value)
        elif isinstance(value, datetime):
            found[name] = value.isoformat()
        elif name == "answer":
            answer: Any = value
            found |= {"text": answer.text, "alert": answer.alert}
            if answer.url:
                found["url"] = answer.url
        else:
            found[name] = value
    return found


def state(world: World, *, cast: bool) -> Json:
    """Give everything a page needs to begin; the last 300 messages of each chat."""
    bot = world.bot
    return {
        "event": world.events.last,
        "now": world.clock.now().isoformat(),
        "travelling": world.travelling,
        "bot": {
            "id": bot.id,
            "first_name": bot.names.get("") or bot.first_name,
            "username": bot.username,
            "description": bot.descriptions.get("", ""),
        },
        "people": [person(each) for each in world.people.values()],
        "chats": [chat(world, each) for each in world.chats.values()],
        "messages": [
            message(world, each) for place in world.chats.values() for each in _last(place)
        ],
        "cast": cast,
        "commands": commands(world),
    }


def commands(world: World) -> list[Json]:
    """Give the bot's commands, each once, with the kinds of chat ("private", "group") it is for.

    Of several languages the one without a code counts, or else English.
    """
    found: dict[str, Json] = {}
    for (scope, language), listed in sorted(
        world.bot.commands.items(), key=lambda each: each[0][1]
    ):
        if language not in {"", "en"}:
            continue
        kinds = _SCOPE_CHATS.get(json.loads(scope)["type"], [])
        for each in listed:
            known = found.setdefault(each["command"], {**each, "chats": []})
            known["chats"] = sorted({*known["chats"], *kinds})
    return list(found.values())


def _last(place: Chat) -> list[Message]:
    newest = list(islice(reversed(place.messages.values()), MESSAGES_PER_CHAT_MAX))
    return newest[::-1]


def _iso(timestamp: int) -> str:
    return datetime.fromtimestamp(timestamp, UTC).isoformat()


def _name(world: World, number: int) -> str:
    if number == world.bot.id:
        return world.bot.names.get("") or world.bot.first_name
    return world.people[number].name


def _sender(world: World, of: Message) -> Json:
    if of.anonymous:
        return {"id": of.chat.id, "name": of.chat.title, "is_bot": False, "anonymous": True}
    number = of.sender_id
    return {"id": number, "name": _name(world, number), "is_bot": number == world.bot.id}


def _reactions(of: Message) -> list[Json]:
    by_emoji: dict[str, list[int]] = {}
    for number, emoji in of.reactions.items():
        by_emoji.setdefault(emoji, []).append(number)
    return [{"emoji": emoji, "people": people} for emoji, people in by_emoji.items()]


def _media(of: Media) -> Json:
    if of.kind == "sticker":
        return {"sticker": {"emoji": of.facts.get("emoji", "")}}
    if of.file is None:
        return {of.kind: of.facts}
    file = of.file
    found: Json = {"file_id": file.file_id, "url": f"/sandbox/files/{file.file_id}"}
    if of.kind == "photo":
        found |= {"width": file.width, "height": file.height}
    elif of.kind == "voice":
        found["duration"] = file.duration
    else:
        found |= {"file_name": file.name, "size": len(file.content)}
    return {of.kind: found}


def _poll(of: Poll) -> Json:
    found: Json = {
        "id": of.id,
        "question": of.question,
        "options": [
            # Of an anonymous poll too: the page shows each of them their own vote, and no other's.
            {"text": each.text, "voter_count": len(each.voters), "voters": list(each.voters)}
            for each in of.options
        ],
        "total_voter_count": len(of.voters),
        "is_anonymous": of.is_anonymous,
        "allows_multiple_answers": of.multiple,
        "is_closed": of.is_closed,
    }
    if of.close_date is not None:
        found["close_date"] = _iso(of.close_date)
    return found


def _quote(world: World, of: Message) -> Json:
    words = of.content.text or (of.content.poll.question if of.content.poll else "")
    name = of.chat.title if of.anonymous else _name(world, of.sender_id)
    return {"message_id": of.message_id, "name": name, "text": words[:QUOTE_MAX]}


def _markup(of: Message) -> Json:
    if of.markup is None:
        return {}
    if of.markup.kind == "force_reply":
        return {"force_reply": True}
    if of.markup.kind == "keyboard":
        rows: Any = of.markup.facts["keyboard"]
        return {"reply_keyboard": [[key["text"] for key in row] for row in rows]}
    if of.markup.kind == "remove":
        return {"remove_keyboard": True}
    return {"keyboard": [[_button(each) for each in row] for row in of.markup.rows]}


def _button(of: Json) -> Json:
    found: Json = {"text": of["text"], "kind": "callback"}
    if "callback_data" in of:
        found["data"] = of["callback_data"]
    elif "copy_text" in of:
        found |= {"kind": "copy", "copy_text": of["copy_text"]["text"]}
    else:
        address = of.get("url") or of.get("web_app", of.get("login_url"))
        found["kind"] = "url"
        found["url"] = address["url"] if isinstance(address, dict) else address or ""
    if "style" in of:
        found["style"] = of["style"]
    return found


def _sentence(world: World, of: Message, facts: Json) -> str:
    actor = of.chat.title if of.anonymous else _name(world, of.sender_id)
    if "new_chat_members" in facts:
        joined = facts["new_chat_members"][0]["id"]
        itself = joined == of.sender_id
        return f"{actor} joined" if itself else f"{actor} added {_name(world, joined)}"
    if "left_chat_member" in facts:
        gone = facts["left_chat_member"]["id"]
        itself = gone == of.sender_id
        return f"{actor} left" if itself else f"{actor} removed {_name(world, gone)}"
    if "new_chat_title" in facts:
        return f"{actor} renamed the group “{facts['new_chat_title']}”"
    if "forum_topic_created" in facts:
        return f"{actor} opened the topic “{facts['forum_topic_created']['name']}”"
    plain = next((words for name, words in _SENTENCES.items() if name in facts), "did something")
    return f"{actor} {plain}"
