"""What a group's check-in asks: the facilitator's part of /settings, in private."""

from bot.handlers.context import Answered, Route, Started, Tapped, on_answer, on_start, on_tap
from bot.practices import own_questions
from bot.practices.journal import NoSuchQuestion
from bot.practices.journal_view import Shown
from bot.storage.questions import Question


def start_questions(started: Started) -> None:
    """See what the group asks, from its settings."""
    shown = own_questions.follow_link(started.at, started.number, started.person.id)
    started.says(shown.message, **shown.facts)


def tap_list(tap: Tapped) -> None:
    """See what the group asks."""
    _show(tap, own_questions.look(tap.at, tap.numbers[0], tap.person.id))


def tap_mark(tap: Tapped) -> None:
    """Let a question rest or wake it, not yet kept."""
    group, version, mask = tap.numbers
    _show(tap, own_questions.mark(tap.at, group, tap.person.id, version, mask))


def tap_hold(tap: Tapped) -> None:
    """Let it hold."""
    group, version, mask = tap.numbers
    _show(tap, own_questions.hold(tap.at, group, tap.person.id, version, mask))
    tap.toast("own_questions/toast_held")


def tap_new(tap: Tapped) -> None:
    """Add a question of the group's own."""
    _show(tap, own_questions.ask_kind(tap.at, tap.numbers[0], tap.person.id))


def tap_kind(tap: Tapped) -> None:
    """Choose how it is answered."""
    group, kind = tap.numbers
    _show(tap, own_questions.ask_words(tap.at, group, tap.person.id, kind))


def answer_words(answered: Answered, question: Question) -> None:
    """Take its words."""
    shown = own_questions.hear_words(answered.at, question, answered.text)
    answered.says(shown.message, **shown.facts)


def _show(tap: Tapped, shown: Shown) -> None:
    if not tap.chat.is_private:
        raise NoSuchQuestion
    tap.changes(shown.message, **shown.facts)


HANDLERS: list[Route] = [
    on_start(start_questions, own_questions.LINK),
    on_tap(tap_list, r"asks:\d+"),
    on_tap(tap_mark, r"asks_mark:\d+:\d+:\d+"),
    on_tap(tap_hold, r"asks_hold:\d+:\d+:\d+"),
    on_tap(tap_new, r"asks_new:\d+"),
    on_tap(tap_kind, r"asks_kind:\d+:\d+"),
    on_answer(answer_words, own_questions.WORDS_ASKED),
]
