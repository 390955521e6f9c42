"""What members shared of their month: seen in private, and taken back."""

from collections.abc import Callable

from bot.handlers.context import ButtonTooOld, Route, Started, Tapped, on_start, on_tap
from bot.practices import sharing
from bot.practices.showing import Shown


def start_shared(started: Started) -> None:
    """Show what was shared of a round, from the group's message."""
    shown = sharing.follow_link(started.at, started.number, started.person.id)
    started.says(shown.message, **shown.facts)


def tap_media(tap: Tapped) -> None:
    """See a photo or hear a voice note that somebody shared."""
    _require_private(tap)
    sharing.let_see(tap.at, tap.chat, tap.numbers[0], tap.person.id)


def _shows(verb: str, use_case: Callable[..., Shown], more: int = 0) -> Route:
    """Route a tap to a use case of (transaction, id, person, further numbers); in private alone."""

    def tapped(tap: Tapped) -> None:
        _require_private(tap)
        first, *others = tap.numbers
        shown = use_case(tap.at, first, tap.person.id, *others)
        tap.changes(shown.message, **shown.facts)

    return on_tap(tapped, verb + r":\d+" * (1 + more))


def _require_private(tap: Tapped) -> None:
    if not tap.chat.is_private:
        raise ButtonTooOld


HANDLERS: list[Route] = [
    on_start(start_shared, sharing.LINK),
    _shows("shared", sharing.page, 1),
    _shows("shared_back", sharing.take_back),
    _shows("shared_again", sharing.show_again),
    on_tap(tap_media, r"shared_media:\d+"),
]
