"""The fund and one's passbook: /fund, /passbook, and paging."""

from bot.handlers.context import (
    Answered,
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
        wrote.shows(passbook.mine(wrote.at, wrote.person.id))
        return
    screen = passbook.find_in_group(wrote.at, wrote.chat, wrote.person.id, wrote.message_id)
    if screen is not None:
        wrote.shows(screen)


def start_passbook(started: Started) -> None:
    """Show one's own passbook, from the group."""
    screen = passbook.page(started.at, started.number, started.person.id)
    started.shows(screen)


def tap_fund(tap: Tapped) -> None:
    """Show the fund of one of one's groups."""
    tap.require_private()
    screen = fund.of_group(tap.at, tap.numbers[0], tap.person.id)
    tap.shows(screen)


def tap_passbook(tap: Tapped) -> None:
    """Show the passbook of one of one's groups, perhaps an older page."""
    tap.require_private()
    group_id, *before = tap.numbers
    screen = passbook.page(tap.at, group_id, tap.person.id, before[0] if before else None)
    tap.shows(screen)


def tap_passbook_picture(tap: Tapped) -> None:
    """Send a page of one's own passbook as a picture."""
    tap.require_private()
    group_id, before = tap.numbers
    passbook.send_picture(tap.at, tap.chat, group_id, tap.person.id, before or None)


def start_log(started: Started) -> None:
    """Show the group's book, from the group."""
    screen = fund.log(started.at, started.number, started.person.id)
    started.shows(screen)


def tap_log(tap: Tapped) -> None:
    """Show the group's book, perhaps an older page."""
    tap.require_private()
    group_id, *before = tap.numbers
    screen = fund.log(tap.at, group_id, tap.person.id, before[0] if before else None)
    tap.shows(screen)


def tap_entry(tap: Tapped) -> None:
    """Show one entry."""
    tap.require_private()
    group_id, seq = tap.numbers
    screen = corrections.show_entry(tap.at, group_id, tap.person.id, seq)
    tap.shows(screen)


def tap_check(tap: Tapped) -> None:
    """Check the book, whoever in the group asks."""
    screen = checking.check(tap.at, tap.numbers[0], tap.person.id)
    tap.toast(screen.message, alert=True, **screen.facts)


def tap_mistake(tap: Tapped) -> None:
    """Ask why an entry is a mistake."""
    tap.require_private()
    group_id, seq = tap.numbers
    screen = corrections.ask_reason(tap.at, tap.chat, group_id, tap.person.id, seq)
    tap.shows(screen)


def answer_mistake(answered: Answered, question: Question) -> None:
    """Take the reason, and ask the witnesses."""
    screen = corrections.take_back(
        answered.at,
        question.subject,
        answered.person.id,
        question.facts["seq"],
        answered.text,
    )
    answered.shows(screen)


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
