"""Routes that are alike in every practice: a tap that shows a screen, words that answer one.

All of it is in private: nothing of one's own is shown in a group, whatever is pressed there. A
practice names its own `put`, which shows a screen and asks what it asks: `partial(shows, put)`.
"""

from collections.abc import Callable
from typing import Protocol

from bot.handlers.context import Answered, Route, Tapped, on_answer, on_tap
from bot.practices.showing import Shown
from bot.storage.chats import Chat
from bot.storage.database import Transaction
from bot.storage.questions import Question


class Put(Protocol):
    """How a practice shows a screen: in place of a message, or as a new one."""

    def __call__(
        self, at: Transaction, chat: Chat, shown: Shown, *, message_id: int | None = None
    ) -> None:
        """Show it."""


def shows(put: Put, verb: str, use_case: Callable[..., Shown], more: int = 0) -> Route:
    """Route a tap to a use case of (transaction, id, person, further numbers): it shows the rest.

    `more`: how many numbers follow the first one.
    """

    def tapped(tap: Tapped) -> None:
        first, *others = tap.own_numbers
        shown = use_case(tap.at, first, tap.person.id, *others)
        put(tap.at, tap.chat, shown, message_id=tap.message_id)

    return on_tap(tapped, verb + r":\d+" * (1 + more))


def chooses(put: Put, verb: str, use_case: Callable[..., Shown], word: str, more: int = 0) -> Route:
    """Route a tap whose last number is a yes (1) or a no (0) to a use case with that word."""

    def tapped(tap: Tapped) -> None:
        first, *others, yes = tap.own_numbers
        shown = use_case(tap.at, first, tap.person.id, *others, **{word: bool(yes)})
        put(tap.at, tap.chat, shown, message_id=tap.message_id)

    return on_tap(tapped, verb + r":\d+" * (1 + more) + r":[01]")


def hears(put: Put, kind: str, use_case: Callable[[Transaction, Question, str], Shown]) -> Route:
    """Route the words that answer an open question to a use case."""

    def answered(answer: Answered, question: Question) -> None:
        shown = use_case(answer.at, question, answer.message.text or "")
        put(answer.at, answer.chat, shown)

    return on_answer(answered, kind)
