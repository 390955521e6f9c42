"""/settings: in the group what was chosen at set-up, in private every part of the agreement."""

from bot.handlers.context import (
    Answered,
    Route,
    Started,
    Tapped,
    Wrote,
    on_answer,
    on_command,
    on_start,
    on_tap,
)
from bot.handlers.setup import command_setup
from bot.practices import settings
from bot.practices.journal_view import Shown
from bot.practices.members import NotYours
from bot.storage.questions import Question


def command_settings(wrote: Wrote) -> None:
    """Change what was agreed: the basics in the group, all of it in private."""
    if not wrote.chat.is_private:
        command_setup(wrote)
        return
    shown = settings.find_mine(wrote.at, wrote.person.id)
    wrote.says(shown.message, **shown.facts)


def start_settings(started: Started) -> None:
    """All of it, from the group's button."""
    shown = settings.show_parts(started.at, started.number, started.person.id)
    started.says(shown.message, **shown.facts)


def _show(tap: Tapped, shown: Shown) -> None:
    if not tap.chat.is_private:
        raise NotYours  # a forged press would show one group's settings to another
    tap.changes(shown.message, **shown.facts)


def tap_parts(tap: Tapped) -> None:
    """See the parts."""
    _show(tap, settings.show_parts(tap.at, tap.numbers[0], tap.person.id))


def tap_part(tap: Tapped) -> None:
    """See one part."""
    group_id, number = tap.numbers
    _show(tap, settings.show_part(tap.at, group_id, tap.person.id, number))


def tap_knob(tap: Tapped) -> None:
    """Change one thing of it."""
    group_id, number = tap.numbers
    _show(tap, settings.show_knob(tap.at, tap.chat, group_id, tap.person.id, number))


def tap_value(tap: Tapped) -> None:
    """Let a value hold."""
    group_id, number, option = tap.numbers
    _show(tap, settings.choose(tap.at, group_id, tap.person.id, number, option))


def tap_sure(tap: Tapped) -> None:
    """Let an amount hold."""
    group_id, number, amount = tap.numbers
    _show(tap, settings.confirm(tap.at, group_id, tap.person.id, number, amount))


def tap_practice(tap: Tapped) -> None:
    """Begin or end a practice."""
    group_id, number, on = tap.numbers
    _show(tap, settings.switch_practice(tap.at, group_id, tap.person.id, number, on=bool(on)))


def tap_language(tap: Tapped) -> None:
    """Choose the group's language."""
    group_id, number = tap.numbers
    _show(tap, settings.choose_language(tap.at, group_id, tap.person.id, number))


def answer_value(answered: Answered, question: Question) -> None:
    """Take the value that was written."""
    shown = settings.hear(answered.at, question, answered.text)
    answered.says(shown.message, **shown.facts)


HANDLERS: list[Route] = [
    on_command(command_settings, "settings"),
    on_start(start_settings, settings.LINK),
    on_tap(tap_parts, r"set:\d+"),
    on_tap(tap_part, r"set_part:\d+:\d+"),
    on_tap(tap_knob, r"set_knob:\d+:\d+"),
    on_tap(tap_value, r"set_value:\d+:\d+:\d+"),
    on_tap(tap_sure, r"set_sure:\d+:\d+:\d+"),
    on_tap(tap_practice, r"set_practice:\d+:\d+:[01]"),
    on_tap(tap_language, r"set_language:\d+:\d+"),
    on_answer(answer_value, settings.VALUE_ASKED),
]
