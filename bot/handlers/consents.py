"""/privacy: what one takes part in, practice by practice. In private only."""

from bot.handlers.context import Route, Tapped, Wrote, on_command, on_tap
from bot.practices import consents
from bot.practices.privacy import OnlyInPrivate


def command_privacy(wrote: Wrote) -> None:
    """Show what somebody takes part in."""
    if not wrote.chat.is_private:
        raise OnlyInPrivate
    shown = consents.find_mine(wrote.at, wrote.person.id)
    wrote.says(shown.message, **shown.facts)


def tap_consents(tap: Tapped) -> None:
    """See it, of one group."""
    shown = consents.show(tap.at, tap.chat, tap.numbers[0], tap.person.id)
    tap.changes(shown.message, **shown.facts)


def tap_consent(tap: Tapped) -> None:
    """Take part from now, or no more."""
    member_id, number, given = tap.numbers
    shown = consents.choose(tap.at, tap.chat, member_id, tap.person.id, number, given=bool(given))
    tap.changes(shown.message, **shown.facts)


def tap_new(tap: Tapped) -> None:
    """Answer about something the group begins."""
    member_id, number, given = tap.numbers
    shown = consents.answer_new(
        tap.at, tap.chat, member_id, tap.person.id, number, given=bool(given)
    )
    tap.changes(shown.message, **shown.facts)


HANDLERS: list[Route] = [
    on_command(command_privacy, "privacy"),
    on_tap(tap_consents, r"consents:\d+"),
    on_tap(tap_consent, r"consent:\d+:\d+:[01]"),
    on_tap(tap_new, r"consent_new:\d+:\d+:[01]"),
]
