"""/help and Start: short, and different for group and private chat."""

from bot.handlers.context import Wrote, on_command


def command_help(wrote: Wrote) -> None:
    """Say what can be done here."""
    wrote.says("help/private")


HANDLERS = [on_command(command_help, "help"), on_command(command_help, "start", "private")]
