"""/export: all that is a group's own, as one file for its office-holders. In private only."""

from bot.handlers.context import ButtonTooOld, Route, Tapped, Wrote, on_command, on_tap
from bot.practices import exports
from bot.practices.privacy import OnlyInPrivate


def command_export(wrote: Wrote) -> None:
    """Send it, or ask of which group."""
    if not wrote.chat.is_private:
        raise OnlyInPrivate
    shown = exports.ask(wrote.at, wrote.chat, wrote.person.id)
    if shown is not None:
        wrote.says(shown.message, **shown.facts)


def tap_export(tap: Tapped) -> None:
    """Send it, of one of several groups."""
    if not tap.chat.is_private:
        raise ButtonTooOld
    exports.send(tap.at, tap.chat, tap.numbers[0], tap.person.id)
    tap.toast("copies/toast_coming")


HANDLERS: list[Route] = [on_command(command_export, "export"), on_tap(tap_export, r"export:\d+")]
