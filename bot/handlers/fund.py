"""The fund and one's passbook: /fund, /passbook, and paging."""

from bot.handlers.context import (
    Answered,
    ButtonTooOld,
    Route,
    Started,
    Tapped,
    Wrote,
    on_answer,
    on_command,
    on_start,
    on_tap,
)
from bot.practices import checking, corrections, fund, fund_history, passbook
from bot.practices.dues import Screen
from bot.storage.questions import Question


def command_fund(wrote: Wrote) -> None:
    """Show what is in the fund."""
    if wrote.chat.is_private:
        screen = fund.find_mine(wrote.at, wrote.person.id)
    else:
        screen = fund.find_in_group(wrote.at, wrote.chat)
    picture = fund_history.picture_for(wrote.at, screen, wrote.language)
    wrote.says(screen.message, picture=picture, **screen.facts)


def command_passbook(wrote: Wrote) -> None:
    """Show one's own passbook, in private."""
    if wrote.chat.is_private:
        screen: Screen | None = passbook.mine(wrote.at, wrote.person.id)
    else:
        screen = passbook.find_in_group(wrote.at, wrote.chat, wrote.person.id, wrote.message_id)
    if screen is not None:
        wrote.says(screen.message, **screen.facts)


def start_passbook(started: Started) -> None:
    """Show one's own passbook, from the group."""
    screen = passbook.page(started.at, started.number, started.person.id)
    started.says(screen.message, **screen.facts)


def tap_fund(tap: Tapped) -> None:
    """Show the fund of one of one's groups."""
    _require_private(tap)
    screen = fund.of_group(tap.at, tap.numbers[0], tap.person.id)
    tap.changes(screen.message, **screen.facts)


def tap_passbook(tap: Tapped) -> None:
    """Show the passbook of one of one's groups, perhaps an older page."""
    _require_private(tap)
    group_id, *before = tap.numbers
    screen = passbook.page(tap.at, group_id, tap.person.id, before[0] if before else None)
    tap.changes(screen.message, **screen.facts)


def tap_passbook_picture(tap: Tapped) -> None:
    """Send a page of one's own passbook as a picture."""
    _require_private(tap)
    group_id, before = tap.numbers
    passbook.send_picture(tap.at, tap.chat, group_id, tap.person.id, before or None)


def start_log(started: Started) -> None:
    """Show the group's book, from the group."""
    screen = fund.log(started.at, started.number, started.person.id)
    started.says(screen.message, **screen.facts)


def tap_log(tap: Tapped) -> None:
    """Show the group's book, perhaps an older page."""
    _require_private(tap)
    group_id, *before = tap.numbers
    screen = fund.log(tap.at, group_id, tap.person.id, before[0] if before else None)
    tap.changes(screen.message, **screen.facts)


def tap_entry(tap: Tapped) -> None:
    """Show one entry."""
    _require_private(tap)
    group_id, seq = tap.numbers
    screen = corrections.show_entry(tap.at, group_id, tap.person.id, seq)
    tap.changes(screen.message, **screen.facts)


def tap_check(tap: Tapped) -> None:
    """Check the book, whoever in the group asks."""
    screen = checking.check(tap.at, tap.numbers[0], tap.person.id)
    tap.toast(screen.message, alert=True, **screen.facts)


def tap_mistake(tap: Tapped) -> None:
    """Ask why an entry is a mistake."""
    _require_private(tap)
    group_id, seq = tap.numbers
    screen = corrections.ask_reason(tap.at, tap.chat, group_id, tap.person.id, seq)
    tap.changes(screen.message, **screen.facts)


def answer_mistake(answered: Answered, question: Question) -> None:
    """Take the reason, and ask the witnesses."""
    screen = corrections.take_back(
        answered.at,
        question.subject,
        answered.person.id,
        question.facts["seq"],
        answered.text,
    )
    answered.says(screen.message, **screen.facts)


def _show(tap: Tapped, screen: Screen) -> None:
    tap.changes(screen.message, **screen.facts)


def _require_private(tap: Tapped) -> None:
    if not tap.chat.is_private:
        raise ButtonTooOld


HANDLERS: list[Route] = [
    on_command(command_fund, "fund"),
    on_command(command_passbook, "passbook"),
    on_start(start_passbook, fund.PASSBOOK),
    on_tap(tap_fund, r"fund:\d+"),
    on_start(start_log, fund.LOG),
    on_tap(tap_log, r"book:\d+(:\d+)?"),
    on_tap(tap_entry, r"entry:\d+:\d+"),
    on_tap(tap_check, r"book_check:\d+"),
    on_tap(tap_mistake, r"mistake:\d+:\d+"),
    on_answer(answer_mistake, corrections.REASON_ASKED),
    on_tap(tap_passbook, r"passbook:\d+(:\d+)?"),
    on_tap(tap_passbook_picture, r"passbook_picture:\d+:\d+"),
]
