"""What a member is asked in their own check-in, as they choose it in private."""

from typing import Any

from bot.handlers.context import Route, Tapped, on_tap
from bot.practices import journal_choices
from bot.practices.journal import NoSuchQuestion


def tap_choices(tap: Tapped) -> None:
    """See what one can turn on."""
    _require_private(tap)
    _show(tap, journal_choices.look(tap.at, tap.numbers[0], tap.person.id))


def tap_choose(tap: Tapped) -> None:
    """Turn something on or off."""
    _require_private(tap)
    group, number, wanted = tap.numbers
    person_id = tap.person.id
    _show(tap, journal_choices.choose(tap.at, group, person_id, number, wanted=bool(wanted)))


def _require_private(tap: Tapped) -> None:
    if not tap.chat.is_private:
        raise NoSuchQuestion


def _show(tap: Tapped, facts: dict[str, Any]) -> None:
    tap.changes("journal_choices/list", **facts)


HANDLERS: list[Route] = [
    on_tap(tap_choices, r"journal_choices:\d+"),
    on_tap(tap_choose, r"journal_choose:\d+:\d+:[01]"),
]
