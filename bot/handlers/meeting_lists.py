"""The treasurer's list: ticking it, saying it, and its witnesses' taps."""

from bot.handlers.context import Route, Tapped, on_tap
from bot.practices import meeting_lists


def tap_begin(tap: Tapped) -> None:
    """Open one's list."""
    tap.shows(meeting_lists.begin(tap.at, tap.own_numbers[0], tap.person.id))


def tap_tick(tap: Tapped) -> None:
    """Tick a household, or take its tick away."""
    list_id, household_id, page = tap.own_numbers
    tap.shows(meeting_lists.tick(tap.at, list_id, tap.person.id, household_id, page))


def tap_all(tap: Tapped) -> None:
    """Tick all, or none."""
    tap.shows(meeting_lists.tick_all(tap.at, tap.own_numbers[0], tap.person.id))


def tap_plan(tap: Tapped) -> None:
    """Let the list be for one plan, or for all."""
    list_id, plan = tap.own_numbers
    tap.shows(meeting_lists.choose_plan(tap.at, list_id, tap.person.id, plan))


def tap_page(tap: Tapped) -> None:
    """Show another page."""
    list_id, page = tap.own_numbers
    tap.shows(meeting_lists.turn(tap.at, list_id, tap.person.id, page))


def tap_say(tap: Tapped) -> None:
    """Say the whole list."""
    tap.shows(meeting_lists.say(tap.at, tap.own_numbers[0], tap.person.id))


def tap_confirm(tap: Tapped) -> None:
    """Confirm all of it that one may."""
    count = meeting_lists.confirm(tap.at, tap.own_numbers[0], tap.person.id)
    tap.toast("contributions/toast_list_confirmed", count=count)


def tap_missing(tap: Tapped) -> None:
    """Choose which one is not found."""
    screen = meeting_lists.choose_missing(tap.at, tap.own_numbers[0], tap.person.id)
    tap.shows(screen)


HANDLERS: list[Route] = [
    on_tap(tap_begin, r"list:\d+"),
    on_tap(tap_tick, r"list_tick:\d+:\d+:\d+"),
    on_tap(tap_all, r"list_all:\d+"),
    on_tap(tap_plan, r"list_of:\d+:\d+"),
    on_tap(tap_page, r"list_page:\d+:\d+"),
    on_tap(tap_say, r"list_say:\d+"),
    on_tap(tap_confirm, r"list_yes:\d+"),
    on_tap(tap_missing, r"list_no:\d+"),
]
