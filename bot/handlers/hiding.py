"""/hide and its button: what stands in one's private chat is taken away."""

from bot.handlers.context import ButtonTooOld, Route, Tapped, Wrote, on_command, on_tap
from bot.practices import hiding


def command_hide(wrote: Wrote) -> None:
    """Take away what stands here, the command too."""
    hiding.hide(wrote.at, wrote.chat)


def tap_hide(tap: Tapped) -> None:
    """The same, by the button under something private."""
    if not tap.chat.is_private:
        raise ButtonTooOld
    hiding.hide(tap.at, tap.chat)


HANDLERS: list[Route] = [on_command(command_hide, "hide", "private"), on_tap(tap_hide, "hide")]
