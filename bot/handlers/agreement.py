"""/agreement: what was agreed, in words; part by part, what changed, and as a file."""

from bot.handlers.context import Route, Started, Tapped, Wrote, on_command, on_start, on_tap
from bot.practices import agreement_view
from bot.practices.members import NotYours


def command_agreement(wrote: Wrote) -> None:
    """Read what the group agreed; in private, what each of one's groups did."""
    if not wrote.chat.is_private:
        facts = agreement_view.read_in(wrote.at, wrote.chat)
        wrote.says("agreement/whole", reply_to=wrote.message_id, **facts)
        return
    for facts in agreement_view.read_all(wrote.at, wrote.person.id):
        wrote.says("agreement/whole", **facts)


def start_agreement(started: Started) -> None:
    """All of it, from the group's button."""
    facts = agreement_view.read_one(started.at, started.number, started.person.id)
    started.says("agreement/whole", **facts)


def _require_private(tap: Tapped) -> None:
    """Hold a press to the chat its button stands in: a forged one would tell another group."""
    if not tap.chat.is_private:
        raise NotYours


def tap_whole(tap: Tapped) -> None:
    """Back to the agreement in short."""
    _require_private(tap)
    facts = agreement_view.read_one(tap.at, tap.numbers[0], tap.person.id)
    tap.changes("agreement/whole", **facts)


def tap_section(tap: Tapped) -> None:
    """Read some of the parts."""
    _require_private(tap)
    group_id, number = tap.numbers
    facts = agreement_view.read_section(tap.at, group_id, tap.person.id, number)
    tap.changes("agreement/section", **facts)


def tap_changes(tap: Tapped) -> None:
    """Read what changed, page by page."""
    _require_private(tap)
    group_id, newest = tap.numbers
    facts = agreement_view.read_changes(tap.at, group_id, tap.person.id, newest)
    tap.changes("agreement/changes", **facts)


def tap_change(tap: Tapped) -> None:
    """Read what one version changed."""
    _require_private(tap)
    group_id, number = tap.numbers
    facts = agreement_view.read_change(tap.at, group_id, tap.person.id, number)
    tap.changes("agreement/change", **facts)


def tap_file(tap: Tapped) -> None:
    """Send it as a file."""
    agreement_view.send_file(tap.at, tap.chat, tap.numbers[0], tap.person.id)


HANDLERS: list[Route] = [
    on_command(command_agreement, "agreement"),
    on_start(start_agreement, agreement_view.LINK),
    on_tap(tap_whole, r"agreed_whole:\d+"),
    on_tap(tap_section, r"agreed:\d+:\d+"),
    on_tap(tap_changes, r"agreed_changes:\d+:\d+"),
    on_tap(tap_change, r"agreed_change:\d+:\d+"),
    on_tap(tap_file, r"agreed_file:\d+"),
]
