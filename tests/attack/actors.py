"""Everybody who might reach for Kitui's: how each of them presses, writes and follows links."""

from dataclasses import dataclass
from typing import Any, Final

from attack.crowd import Crowd, Raw
from attack.watch import BOT

STAMP: Final = 1_775_145_000
OTHER_BOT: Final = {"id": 99, "is_bot": True, "first_name": "Other", "username": "other_bot"}
GROUP_ANONYMOUS_BOT: Final = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
#: Of the crowd by name, and who they are to Kitui. Nobody below the line has a right there.
MEMBERS: Final = {
    "facilitator": "Zawadi",
    "treasurer": "Juma",
    "witness": "Neema",
    "member": "Baraka",
    "parted from a household": "Pendo",
    "blocked the bot": "Boke",
    "away from the chat": "Achieng",
}
OUTSIDERS: Final = {
    "asked, not yet in": "Wangari",
    "left": "Kamau",
    "in the chat, never joined": "Passer",
    "admin of the chat, never joined": "Mwenye",
    "facilitator elsewhere": "Ndege",
    "member elsewhere": "Otieno",
    "stranger": "",
}
#: Not themselves: what they press or write counts for nobody, or commands nothing.
MASKED: Final = ("anonymous admin", "another bot", "the bot itself", "forwarded by a facilitator")
#: Who sets Embu up, and who is only in its chat: for what belongs to setting up.
OF_EMBU: Final = {"sets a group up": "Cedric", "in a group being set up": "Cleo"}
ACTORS: Final = (*MEMBERS, *OUTSIDERS, *OF_EMBU, *MASKED)
STRANGER_ID: Final = 4_000_000_001


@dataclass(frozen=True)
class Actor:
    """Somebody, as Telegram would tell of them."""

    name: str
    user: Raw
    masked: str = ""

    @property
    def id(self) -> int:
        """Their id at Telegram."""
        found: int = self.user["id"]
        return found

    def chat(self, crowd: Crowd, where: str) -> Raw:
        """Their private chat, or a group's by its title."""
        if where == "private":
            return {"id": self.id, "type": "private", "first_name": self.user["first_name"]}
        return {"id": crowd.groups[where], "type": "group", "title": where}

    def presses(self, crowd: Crowd, data: str, where: str = "private") -> Raw:
        """A press on a button that carries this."""
        message = {
            "message_id": 3,
            "date": STAMP,
            "chat": self.chat(crowd, where),
            "from": BOT,
            "text": "x",
        }
        query = {
            "id": "77",
            "from": self.user,
            "chat_instance": "1",
            "data": data,
            "message": message,
        }
        return {"update_id": 1, "callback_query": query}

    def writes(self, crowd: Crowd, text: str, where: str = "private", **fields: Any) -> Raw:  # noqa: ANN401 - of a message
        """A message of theirs; a command where it begins like one."""
        message = {
            "message_id": 5000,
            "date": STAMP,
            "chat": self.chat(crowd, where),
            "from": self.user,
            "text": text,
        }
        if text.startswith("/"):
            length = len(text.split(maxsplit=1)[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        if self.masked == "anonymous admin" and where != "private":
            message["sender_chat"] = self.chat(crowd, where)
        if self.masked == "forwarded by a facilitator":
            origin = {"type": "user", "date": STAMP, "sender_user": self.user}
            message["forward_origin"] = origin
        return {"update_id": 1, "message": message | fields}

    def votes(self, poll_id: str) -> Raw:
        """A vote in a poll of Telegram's."""
        vote = {
            "poll_id": poll_id,
            "user": self.user,
            "option_ids": [0],
            "option_persistent_ids": ["0"],
        }
        return {"update_id": 1, "poll_answer": vote}


def actor(crowd: Crowd, name: str) -> Actor:
    """One of ACTORS."""
    masks = {
        "anonymous admin": GROUP_ANONYMOUS_BOT,
        "another bot": OTHER_BOT,
        "the bot itself": BOT,
    }
    if name in masks:
        return Actor(name, masks[name], masked=name)
    known = MEMBERS | OUTSIDERS | OF_EMBU | {"forwarded by a facilitator": "Zawadi"}
    who = known[name]
    telegram_id = crowd.people[who] if who else STRANGER_ID
    last = {"last_name": "Quill"} if who == "Zawadi" else {}
    user = {"id": telegram_id, "is_bot": False, "first_name": who or "Stranger"} | last
    return Actor(name, user | {"language_code": "en"}, masked=name if name in MASKED else "")
