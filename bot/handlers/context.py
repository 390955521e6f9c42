"""What somebody did, as the handlers see it: who, where, in which transaction.

`on_command`, `on_tap`, `on_start`, `on_answer`, `on_update` are thin covers over
python-telegram-bot's own handler classes; a handler is a plain function, never a coroutine: it
waits for nothing.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from telegram import Message, Update, constants
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler, MessageHandler, filters

from bot.delivery.intake import Toast
from bot.domain.errors import Refusal
from bot.practices import speaking
from bot.rendering import messages
from bot.storage import chats, groups, people
from bot.storage.chats import Chat
from bot.storage.database import Transaction
from bot.storage.people import Person
from bot.storage.questions import Question

#: Telegram's stand-ins: nobody in particular.
STAND_INS: Final = frozenset(
    {
        int(constants.ChatID.ANONYMOUS_ADMIN),
        int(constants.ChatID.FAKE_CHANNEL),
        int(constants.ChatID.SERVICE_CHAT),
    }
)


class AnonymousSender(Refusal):
    """Somebody wrote as the group itself: nobody can know who, so nothing personal can be done."""


class ButtonTooOld(Refusal):
    """A button whose data means nothing (any more, or ever): the way on is named."""


class Screen(Protocol):
    """What is shown: a template and its facts."""

    @property
    def message(self) -> str:
        """The template's name."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """What it needs."""


@dataclass
class Act:
    """Something a person did in a chat."""

    at: Transaction
    update: Update
    chat: Chat
    sender: Person | None  # None: an anonymous admin, or nobody in particular
    anonymous_admin: bool = False
    toasts: list[Toast] = field(default_factory=list)

    @property
    def person(self) -> Person:
        """Who did it. Raises AnonymousSender where nobody can know."""
        if self.sender is None:
            raise AnonymousSender
        return self.sender

    @property
    def language(self) -> str:
        """The language to answer in: the person's in private, the group's in the group."""
        if self.chat.is_private and self.sender is not None:
            return self.sender.language
        of_group = groups.language_of_chat(self.at, self.chat.id)
        return of_group or (self.sender.language if self.sender else messages.FIRST_LANGUAGE)

    def says(self, message: str, **facts: Any) -> None:  # noqa: ANN401 - whatever the template needs
        """Answer in the chat it happened in."""
        speaking.say(self.at, self.chat, self.language, message, **facts)

    def shows(self, screen: Screen) -> None:
        """Show a screen: written, as an answer; tapped, in place of what the button stood under."""
        self.says(screen.message, **screen.facts)


@dataclass
class Wrote(Act):
    """A message: a command with its words, or an answer."""

    text: str = ""

    @property
    def message(self) -> Message:
        """The message as it came."""
        assert self.update.message is not None
        return self.update.message

    @property
    def message_id(self) -> int:
        """Its id, to answer it."""
        return self.message.message_id

    @property
    def photo(self) -> str | None:
        """The file id of the largest form of its photo."""
        return self.message.photo[-1].file_id if self.message.photo else None

    @property
    def voice(self) -> str | None:
        """The file id of its voice note."""
        return self.message.voice.file_id if self.message.voice else None


@dataclass
class Tapped(Act):
    """A button that was pressed: the verb, and the numbers behind it. All of it untrusted."""

    verb: str = ""
    numbers: tuple[int, ...] = ()
    message_id: int = 0
    query_id: str = ""

    @property
    def own_numbers(self) -> tuple[int, ...]:
        """The same, in one's own chat only: a forged press must not turn the group's messages."""
        self.require_private()
        return self.numbers

    def require_private(self) -> None:
        """Let nothing of one's own be shown in a group, whatever data somebody presses there."""
        if not self.chat.is_private:
            raise ButtonTooOld

    def shows(self, screen: Screen) -> None:
        """The same, in place."""
        self.changes(screen.message, **screen.facts)

    def toast(self, message: str, *, alert: bool = False, **facts: object) -> None:
        """Answer the tap with a passing line, in the language of who tapped."""
        language = self.sender.language if self.sender else self.language
        text = messages.toast(message, language, **facts)
        self.toasts[:] = [Toast(self.query_id, text, alert=alert)]

    def opens(self, purpose: str, number: int) -> None:
        """Answer the tap by opening the private chat with a start payload."""
        self.toasts[:] = [Toast(self.query_id, url=speaking.link(self.at, purpose, number))]

    def changes(self, message: str, **facts: object) -> None:
        """Edit the message whose button was tapped."""
        self.changes_in(self.language, message, **facts)

    def changes_in(self, language: str, message: str, **facts: Any) -> None:  # noqa: ANN401 - as in `says`
        """The same, in a language just chosen. A picture's or a file's words go on below it."""
        query = self.update.callback_query
        tapped = None if query is None else query.message
        if isinstance(tapped, Message) and tapped.effective_attachment is not None:
            speaking.say(self.at, self.chat, language, message, **facts)
            return
        speaking.change(self.at, self.chat, self.message_id, language, message, **facts)


@dataclass
class Started(Wrote):
    """Start in private with a payload we signed: purpose and number."""

    purpose: str = ""
    number: int = 0


@dataclass
class Answered(Wrote):
    """An answer in words, photo or voice to an open question."""

    question: Question | None = None


TapHandler = Callable[[Tapped], None]
CommandHandler_ = Callable[[Wrote], None]
StartHandler = Callable[[Started], None]
AnswerHandler = Callable[[Answered, Question], None]
WordsHandler = Callable[[Wrote], bool]


@dataclass(frozen=True)
class Route:
    """One way an update finds its handler."""

    kind: str  # "tap", "command", "start", "answer", "words", "update"
    name: str
    answer: Callable[..., Any]
    matcher: BaseHandler[Any, Any, Any] | None = None


def on_tap(answer: TapHandler, pattern: str) -> Route:
    r"""Route taps whose data is `verb` with so many numbers: `r"join:\d+"`."""
    verb = re.match(r"[a-z_]+", pattern)
    assert verb is not None, pattern
    return Route("tap", verb[0], answer, CallbackQueryHandler(_unused, rf"^(?:{pattern})$"))


def on_command(answer: CommandHandler_, name: str, where: str = "both") -> Route:
    """Route a command; `where` is "group", "private" or "both"."""
    places = {
        "group": filters.ChatType.GROUPS,
        "private": filters.ChatType.PRIVATE,
        "both": filters.ChatType.GROUPS | filters.ChatType.PRIVATE,
    }
    # An edited command is not a new one: the library would match it too.
    wanted = filters.UpdateType.MESSAGE & places[where]
    return Route("command", name, answer, CommandHandler(name, _unused, filters=wanted))


def on_start(answer: StartHandler, purpose: str) -> Route:
    """Route a deep link's purpose."""
    return Route("start", purpose, answer)


def on_answer(answer: AnswerHandler, kind: str) -> Route:
    """Route the answers to an open question of this kind."""
    return Route("answer", kind, answer)


def on_words(answer: WordsHandler, name: str) -> Route:
    """Route words in private that answer no open question; the first to return True took them."""
    return Route("words", name, answer)


def on_update(answer: Callable[..., None], name: str, which: filters.BaseFilter | type) -> Route:
    """Route service messages by filter, or updates of another kind by their handler class."""
    matcher: BaseHandler[Any, Any, Any] = (
        MessageHandler(filters.UpdateType.MESSAGE & which, _unused)
        if isinstance(which, filters.BaseFilter)
        else which(_unused)
    )
    return Route("update", name, answer, matcher)


async def _unused(*_: object) -> None:
    """Stand where the library wants a coroutine: it only matches here, it never calls."""


def matches(route: Route, update: Update) -> bool:
    """Ask python-telegram-bot's own handler whether the update is for it."""
    assert route.matcher is not None
    found = route.matcher.check_update(update)
    return found is not None and found is not False


def numbers_of(data: str) -> tuple[int, ...]:
    """Return the numbers behind a verb; those too large for a row id are nobody's."""
    found = tuple(int(part) for part in data.split(":")[1:])
    if any(number >= 2**62 for number in found):
        raise ButtonTooOld
    return found


def person_of(at: Transaction, user: Any) -> Person | None:  # noqa: ANN401 - a User or None
    """Return who a Telegram user is, met now if never before; None for bots and stand-ins."""
    if user is None or user.is_bot or user.id in STAND_INS:
        return None
    name = messages.clean_name(user.full_name or "") or "…"  # a deleted account has none
    language = messages.nearest_language(user.language_code)
    return people.met(at, telegram_id=user.id, name=name, language=language)


def chat_of(at: Transaction, update: Update, person: Person | None) -> Chat | None:
    """Return the chat an update came from; None for channels and updates without one.

    A private chat has its person's own id, a group one below nothing: any other is nobody's.
    """
    chat = update.effective_chat
    if chat is None or chat.type not in {"private", "group", "supergroup"}:
        return None
    if chat.type == "private" and (person is None or person.telegram_id != chat.id):
        return None
    if chat.type != "private" and chat.id >= 0:
        return None
    message = update.message
    return chats.seen(
        at,
        telegram_id=chat.id,
        kind=chat.type,  # type: ignore[arg-type]  # checked just above
        person_id=person.id if chat.type == "private" and person is not None else None,
        message_id=message.message_id if message is not None else 0,
    )


def by_name(routes: Sequence[Route], kind: str) -> dict[str, Route]:
    """Return the routes of a kind by name. Raises ValueError where two have the same."""
    found: dict[str, Route] = {}
    for route in routes:
        if route.kind == kind:
            if route.name in found:
                raise ValueError(f"two handlers for {kind} {route.name}")
            found[route.name] = route
    return found
