"""What exists in the sandbox: people, chats, messages, polls and files. No behaviour."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
ChatType = Literal["private", "group", "supergroup"]
Status = Literal["creator", "administrator", "member", "left", "kicked"]
MediaKind = Literal["photo", "voice", "document", "sticker", "contact", "location"]
MarkupKind = Literal["inline", "keyboard", "remove", "force_reply"]

ANONYMOUS_ADMIN_ID = 1087968824
CHANNEL_BOT_ID = 136817688
COLOURS = 8
PRESENT: frozenset[Status] = frozenset({"creator", "administrator", "member"})
ADMINS: frozenset[Status] = frozenset({"creator", "administrator"})


@dataclass(slots=True)
class Person:
    """Somebody with a Telegram account."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = "en"
    lively: bool = False
    started_bot: bool = False
    blocked_bot: bool = False
    deleted: bool = False
    colour: int = 0

    @property
    def name(self) -> str:
        """The name that others see."""
        return " ".join(filter(None, (self.first_name, self.last_name))) or "Deleted Account"


@dataclass(slots=True)
class Bot:
    """The one bot that lives here, and what it has told Telegram about itself."""

    id: int
    first_name: str
    username: str
    privacy: bool = True
    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    """(scope as canonical JSON, language code) → commands."""


@dataclass(slots=True)
class Member:
    """Somebody's standing in a group; kept after they left."""

    id: int
    status: Status = "member"
    anonymous: bool = False


@dataclass(slots=True)
class Chat:
    """A private chat with the bot (its id is the person's) or a group."""

    id: int
    type: ChatType
    title: str = ""
    is_forum: bool = False
    topics: dict[int, str] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    messages: "OrderedDict[int, Message]" = field(default_factory=OrderedDict)
    pinned: list[int] = field(default_factory=list)
    migrated_to: int | None = None
    deleted: bool = False
    last_message_id: int = 0

    @property
    def is_group(self) -> bool:
        """Whether it is a group of either kind."""
        return self.type != "private"

    def standing(self, member_id: int) -> Status:
        """Give somebody's status; of one who was never there, "left"."""
        member = self.members.get(member_id)
        return member.status if member else "left"

    def has(self, member_id: int) -> bool:
        """Whether somebody is in the chat now."""
        return self.standing(member_id) in PRESENT


@dataclass(slots=True)
class StoredFile:
    """Bytes that were sent, by the bot or by a person."""

    file_id: str
    unique_id: str
    content: bytes
    path: str
    name: str = ""
    mime: str = "application/octet-stream"
    width: int = 0
    height: int = 0
    duration: int = 0


@dataclass(slots=True)
class Media:
    """What a message carries beside its words."""

    kind: MediaKind
    file: StoredFile | None = None
    facts: Json = field(default_factory=dict)


@dataclass(slots=True)
class Option:
    """One answer of a poll, and who chose it."""

    text: str
    persistent_id: str
    entities: list[Json] = field(default_factory=list)
    voters: dict[int, None] = field(default_factory=dict)


@dataclass(slots=True)
class Poll:
    """A native poll."""

    id: str
    question: str
    options: list[Option]
    question_entities: list[Json] = field(default_factory=list)
    is_anonymous: bool = True
    is_closed: bool = False
    quiz: bool = False
    multiple: bool = False
    revoting: bool = True
    hides_results: bool = False
    correct: list[int] = field(default_factory=list)
    explanation: str = ""
    explanation_entities: list[Json] = field(default_factory=list)
    description: str = ""
    description_entities: list[Json] = field(default_factory=list)
    open_period: int | None = None
    close_date: int | None = None
    voters: dict[int, list[int]] = field(default_factory=dict)


@dataclass(slots=True)
class Markup:
    """What hangs under a message; `facts` is the checked Bot API object."""

    kind: MarkupKind
    facts: Json

    @property
    def rows(self) -> list[list[Json]]:
        """The rows of an inline keyboard; none for other kinds."""
        rows: list[list[Json]] = self.facts.get("inline_keyboard", [])
        return rows


@dataclass(slots=True)
class Content:
    """What a message says: words, media, a poll, or an event of the chat."""

    text: str = ""
    entities: list[Json] = field(default_factory=list)
    media: Media | None = None
    poll: Poll | None = None
    service: Json | None = None

    @property
    def captioned(self) -> bool:
        """Whether the words are a caption rather than a text."""
        return self.media is not None


@dataclass(slots=True)
class Message:
    """A message in a chat."""

    chat: Chat
    message_id: int
    sender_id: int
    date: int
    content: Content
    thread_id: int | None = None
    edit_date: int | None = None
    anonymous: bool = False
    reply_to: "Message | None" = None
    forward_origin: Json | None = None
    markup: Markup | None = None
    reactions: dict[int, str] = field(default_factory=dict)
    pinned: bool = False
    deleted: bool = False


@dataclass(slots=True)
class CallbackAnswer:
    """What the bot said to a press."""

    text: str = ""
    alert: bool = False
    url: str = ""


@dataclass(slots=True)
class Press:
    """A press on a button that waits for the bot's answer."""

    id: str
    person_id: int
    message: Message
    data: str
    at: float
    answer: CallbackAnswer | None = None
