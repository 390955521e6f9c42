"""/digest, and the way to a digest that was said."""

from bot.handlers.context import Started, Tapped, Wrote, on_command, on_start, on_tap
from bot.practices import digests
from bot.practices.digests import Asking


def command_digest(wrote: Wrote) -> None:
    """Show how the month goes."""
    digests.show(wrote.at, Asking(wrote.chat, wrote.person.id, wrote.message_id))


def tap_digest(tap: Tapped) -> None:
    """Show the month of one of somebody's groups, in private."""
    digests.show_one(tap.at, tap.chat, tap.numbers[0], tap.person.id)


def start_said(started: Started) -> None:
    """Show a digest as it was said."""
    digests.show_said(started.at, started.chat, started.number, started.person.id)


HANDLERS = [
    on_command(command_digest, "digest"),
    on_tap(tap_digest, r"digest:\d+"),
    on_start(start_said, digests.LINK),
]
