"""The cut-off sheet: the balances of a paper book, written in private by who keeps it."""

from bot.handlers.context import Answered, Route, Tapped, on_answer, on_tap
from bot.practices import openings
from bot.storage.questions import Question


def tap_choose(tap: Tapped) -> None:
    """Ask for which purse, then of what."""
    group_id, *purse = tap.own_numbers
    tap.shows(openings.choose(tap.at, group_id, tap.person.id, *purse))


def tap_begin(tap: Tapped) -> None:
    """Open one's sheet."""
    group_id, purse, commodity_id = tap.own_numbers
    numbers = (group_id, purse, commodity_id)
    tap.shows(openings.begin(tap.at, tap.chat, tap.person.id, numbers))


def tap_page(tap: Tapped) -> None:
    """Show another page of it."""
    sheet_id, page = tap.own_numbers
    tap.shows(openings.turn(tap.at, tap.chat, sheet_id, tap.person.id, page))


def answer_lines(answered: Answered, question: Question) -> None:
    """Write what was said for places of the list."""
    screen = openings.take_lines(answered.at, answered.chat, question, answered.text)
    answered.shows(screen)


def tap_say(tap: Tapped) -> None:
    """Say the sheet."""
    tap.shows(openings.say(tap.at, tap.own_numbers[0], tap.person.id))


HANDLERS: list[Route] = [
    on_tap(tap_choose, r"opening:\d+(:\d+)?"),
    on_tap(tap_begin, r"opening_of:\d+:\d+:\d+"),
    on_tap(tap_page, r"opening_page:\d+:\d+"),
    on_answer(answer_lines, openings.ASKED),
    on_tap(tap_say, r"opening_say:\d+"),
]
