"""/mydata and /forget: what is kept of oneself, taken away or forgotten. In private only."""

from bot.handlers.context import Route, Tapped, Wrote, on_command, on_tap
from bot.practices import privacy


def command_mydata(wrote: Wrote) -> None:
    """Send everything about oneself."""
    privacy.send(wrote.at, wrote.chat, wrote.person.id)


def command_forget(wrote: Wrote) -> None:
    """Say what goes and what stays."""
    shown = privacy.look_at_forgetting(wrote.at, wrote.chat, wrote.person.id)
    wrote.says(shown.message, **shown.facts)


def tap_forget(tap: Tapped) -> None:
    """Ask once more."""
    shown = privacy.look_at_forgetting(tap.at, tap.chat, tap.person.id, again=True)
    tap.changes(shown.message, **shown.facts)


def tap_forget_yes(tap: Tapped) -> None:
    """Forget them."""
    privacy.forget(tap.at, tap.chat, tap.person.id, tap.message_id)


def tap_forget_no(tap: Tapped) -> None:
    """Everything stays as it is."""
    tap.changes("privacy/kept")


HANDLERS: list[Route] = [
    on_command(command_mydata, "mydata"),
    on_command(command_forget, "forget"),
    on_tap(tap_forget, r"forget"),
    on_tap(tap_forget_yes, r"forget_yes"),
    on_tap(tap_forget_no, r"forget_no"),
]
