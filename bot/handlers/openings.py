"""The cut-off sheet: the balances of a paper book, written in private by who keeps it."""

from bot.handlers.context import Answered, ButtonTooOld, Route, Tapped, on_answer, on_tap
from bot.practices import openings
from bot.practices.dues import Screen
from bot.storage.questions import Question


def tap_choose(tap: Tapped) -> None:
    """Ask for which purse, then of what."""
    group_id, *purse = _numbers(tap)
    _show(tap, openings.choose(tap.at, group_id, tap.person.id, *purse))


def tap_begin(tap: Tapped) -> None:
    """Open one's sheet."""
    group_id, purse, commodity_id = _numbers(tap)
    numbers = (group_id, purse, commodity_id)
    _show(tap, openings.begin(tap.at, tap.chat, tap.person.id, numbers))


def tap_page(tap: Tapped) -> None:
    """Show another page of it."""
    sheet_id, page = _numbers(tap)
    _show(tap, openings.turn(tap.at, tap.chat, sheet_id, tap.person.id, page))


def answer_lines(answered: Answered, question: Question) -> None:
    """Write what was said for places of the list."""
    screen = openings.take_lines(answered.at, answered.chat, question, answered.text)
    answered.says(screen.message, **screen.facts)


def tap_say(tap: Tapped) -> None:
    """Say the sheet."""
    _show(tap, openings.say(tap.at, _numbers(tap)[0], tap.person.id))


def _numbers(tap: Tapped) -> tuple[int, ...]:
    if not tap.chat.is_private:
        raise ButtonTooOld
    return tap.numbers


def _show(tap: Tapped, screen: Screen) -> None:
    tap.changes(screen.message, **screen.facts)


HANDLERS: list[Route] = [
    on_tap(tap_choose, r"opening:\d+(:\d+)?"),
    on_tap(tap_begin, r"opening_of:\d+:\d+:\d+"),
    on_tap(tap_page, r"opening_page:\d+:\d+"),
    on_answer(answer_lines, openings.ASKED),
    on_tap(tap_say, r"opening_say:\d+"),
]
