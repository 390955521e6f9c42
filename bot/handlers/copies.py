"""Copies of the group's book: which, and here it is. In private only."""

from bot.handlers.context import ButtonTooOld, Route, Started, Tapped, on_start, on_tap
from bot.practices import copies, fund


def start_copies(started: Started) -> None:
    """Ask in which form, from the group."""
    screen = copies.screen(started.at, started.number, started.person.id)
    started.says(screen.message, **screen.facts)


def tap_copy(tap: Tapped) -> None:
    """Send a copy."""
    if not tap.chat.is_private:
        raise ButtonTooOld
    group_id, form = tap.numbers
    copies.send(tap.at, tap.chat, group_id, tap.person.id, form)
    tap.toast("copies/toast_coming")


HANDLERS: list[Route] = [
    on_start(start_copies, fund.COPY),
    on_tap(tap_copy, r"copy:\d+:\d+"),
]
