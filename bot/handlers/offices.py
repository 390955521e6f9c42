"""Offices: taking up, giving, laying down, handing over."""

from bot.handlers.context import Route, Tapped, on_tap
from bot.practices import offices


def tap_office(tap: Tapped) -> None:
    """Take up an office, or ask the facilitator for their word."""
    group_id, number = tap.numbers
    outcome = offices.take_up(tap.at, group_id, tap.person.id, number)
    tap.toast("members/toast_office", outcome=outcome)


def tap_give_office(tap: Tapped) -> None:
    """The facilitator's word."""
    member_id, number = tap.numbers
    facts = offices.give(tap.at, member_id, tap.person.id, number)
    tap.changes("members/office_given_to", **facts)


def tap_keep_office(tap: Tapped) -> None:
    """The facilitator would rather not, now."""
    member_id, number = tap.numbers
    facts = offices.keep(tap.at, member_id, tap.person.id, number)
    tap.changes("members/office_stays", **facts)


def tap_lay_down(tap: Tapped) -> None:
    """Lay an office down."""
    group_id, number = tap.numbers
    facts = offices.lay_down(tap.at, group_id, tap.person.id, number)
    tap.changes("members/office_laid_down", **facts)


def tap_over(tap: Tapped) -> None:
    """Choose to whom an office is handed over."""
    group_id, number, page = tap.numbers
    facts = offices.takers(tap.at, group_id, tap.person.id, number, page)
    tap.changes("offices/takers", **facts)


def tap_to(tap: Tapped) -> None:
    """Ask that member."""
    member_id, number = tap.numbers
    facts = offices.offer(tap.at, member_id, tap.person.id, number)
    tap.changes("offices/asked", **facts)


def tap_take(tap: Tapped) -> None:
    """Take it over."""
    facts = offices.answer(tap.at, tap.numbers[0], tap.person.id, yes=True)
    tap.changes("offices/answered", **facts)


def tap_decline(tap: Tapped) -> None:
    """Not now."""
    facts = offices.answer(tap.at, tap.numbers[0], tap.person.id, yes=False)
    tap.changes("offices/answered", **facts)


HANDLERS: list[Route] = [
    on_tap(tap_office, r"office:\d+:\d+"),
    on_tap(tap_give_office, r"office_yes:\d+:\d+"),
    on_tap(tap_keep_office, r"office_no:\d+:\d+"),
    on_tap(tap_lay_down, r"office_down:\d+:\d+"),
    on_tap(tap_over, r"office_over:\d+:\d+:\d+"),
    on_tap(tap_to, r"office_to:\d+:\d+"),
    on_tap(tap_take, r"office_take:\d+"),
    on_tap(tap_decline, r"office_leave:\d+"),
]
