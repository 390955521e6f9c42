"""Contributions: /pay, what follows from it in private, and the witnesses' taps."""

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
from bot.practices import contributions, witnessing
from bot.storage.questions import Question


def command_pay(wrote: Wrote) -> None:
    """Open what is due in private."""
    if wrote.chat.is_private:
        wrote.shows(contributions.find_mine(wrote.at, wrote.person.id))
        return
    way = contributions.find_in_group(wrote.at, wrote.chat, wrote.person.id, wrote.message_id)
    if way is not None:
        wrote.says(way.message, reply_to=wrote.message_id, **way.facts)


def start_pay(started: Started) -> None:
    """Open what is due, from the board."""
    started.shows(contributions.pay_screen(started.at, started.number, started.person.id))


def start_code(started: Started) -> None:
    """Send the QR picture of a payment link, from the board."""
    group_id, plan = divmod(started.number, contributions.PLANS_A_GROUP)
    contributions.show_code(started.at, started.chat, group_id, started.person.id, plan)


def tap_pay(tap: Tapped) -> None:
    """Show what is due from a household."""
    group_id, *household = tap.own_numbers
    household_id = household[0] if household else None
    tap.shows(contributions.pay_screen(tap.at, group_id, tap.person.id, household_id))


def tap_plan(tap: Tapped) -> None:
    """Show what is due from a household by one plan."""
    group_id, household_id, number = tap.own_numbers
    tap.shows(contributions.pay_screen(tap.at, group_id, tap.person.id, household_id, number))


def tap_paid(tap: Tapped) -> None:
    """Say that what the button says was given."""
    group_id, household_id, plan, period, amount = tap.own_numbers
    numbers = (group_id, household_id, plan, period, amount)
    shown = contributions.say_agreed(tap.at, tap.chat, tap.message_id, tap.person.id, numbers)
    tap.shows(shown)


def tap_other(tap: Tapped) -> None:
    """Ask for another amount."""
    group_id, household_id, plan = tap.own_numbers
    numbers = (group_id, household_id, plan)
    tap.shows(contributions.ask_amount(tap.at, tap.chat, tap.person.id, numbers))


def answer_amount(answered: Answered, question: Question) -> None:
    """Repeat the amount back."""
    answered.shows(contributions.take_amount(answered.at, question, answered.text))


def tap_times(tap: Tapped) -> None:
    """Repeat back what is due for several periods."""
    group_id, household_id, plan, times = tap.own_numbers
    numbers = (group_id, household_id, plan, times)
    tap.shows(contributions.repeat_times(tap.at, tap.person.id, numbers))


def tap_right(tap: Tapped) -> None:
    """Say that the amount repeated back was given."""
    group_id, household_id, plan, amount = tap.own_numbers
    numbers = (group_id, household_id, plan, amount)
    shown = contributions.say_amount(tap.at, tap.chat, tap.message_id, tap.person.id, numbers)
    tap.shows(shown)


def tap_pledge(tap: Tapped) -> None:
    """Ask what one means to give each time."""
    group_id, household_id, plan = tap.own_numbers
    numbers = (group_id, household_id, plan)
    tap.shows(contributions.ask_pledge(tap.at, tap.chat, tap.person.id, numbers))


def answer_pledge(answered: Answered, question: Question) -> None:
    """Keep what one means to give each time."""
    answered.shows(contributions.take_pledge(answered.at, question, answered.text))


def tap_no_pledge(tap: Tapped) -> None:
    """End one's pledge."""
    group_id, plan = tap.own_numbers
    tap.shows(contributions.end_pledge(tap.at, group_id, tap.person.id, plan))


def tap_code(tap: Tapped) -> None:
    """Send the QR picture of the payment link."""
    group_id, plan = tap.own_numbers
    contributions.show_code(tap.at, tap.chat, group_id, tap.person.id, plan)


def tap_for_whom(tap: Tapped) -> None:
    """List the households one can pay for."""
    group_id, page = tap.own_numbers
    tap.shows(contributions.households_screen(tap.at, group_id, tap.person.id, page))


def tap_talk(tap: Tapped) -> None:
    """Offer to tell somebody that one would like to talk."""
    tap.shows(contributions.talk_screen(tap.at, tap.own_numbers[0], tap.person.id))


def tap_talk_first(tap: Tapped) -> None:
    """Tell them."""
    tap.shows(contributions.talk_first(tap.at, tap.own_numbers[0], tap.person.id))


def tap_withdraw(tap: Tapped) -> None:
    """Take back what one said."""
    claim = witnessing.withdraw(tap.at, tap.own_numbers[0], tap.person.id)
    tap.shows(contributions.noted_screen(tap.at, claim))


# -- witnesses ----------------------------------------------------------------------------------


def tap_confirm(tap: Tapped) -> None:
    """Confirm that it arrived."""
    _, state = witnessing.confirm(tap.at, tap.own_numbers[0], tap.person.id)
    tap.toast("contributions/toast_confirmed", state=state)


def tap_not_found(tap: Tapped) -> None:
    """Ask what they saw instead."""
    witnessing.ask_reason(tap.at, tap.own_numbers[0], tap.person.id, tap.chat)


def tap_reason(tap: Tapped) -> None:
    """Dispute it for one of the usual reasons."""
    claim_id, number = tap.own_numbers
    if number >= len(witnessing.REASONS):
        raise ButtonTooOld
    claim = witnessing.dispute(tap.at, claim_id, tap.person.id, code=witnessing.REASONS[number])
    tap.changes("contributions/dispute_kept", **witnessing.facts_of(tap.at, claim))


def answer_reason(answered: Answered, question: Question) -> None:
    """Dispute it in one's own words."""
    witnessing.require_words(answered.text)
    claim = witnessing.dispute(
        answered.at, question.subject, answered.person.id, text=answered.text
    )
    answered.says("contributions/dispute_kept", **witnessing.facts_of(answered.at, claim))


HANDLERS: list[Route] = [
    on_command(command_pay, "pay"),
    on_start(start_pay, contributions.LINK),
    on_start(start_code, contributions.CODE_LINK),
    on_tap(tap_pay, r"pay:\d+(:\d+)?"),
    on_tap(tap_plan, r"pay_plan:\d+:\d+:\d+"),
    on_tap(tap_paid, r"paid:\d+:\d+:\d+:\d+:\d+"),
    on_tap(tap_other, r"pay_other:\d+:\d+:\d+"),
    on_answer(answer_amount, contributions.AMOUNT_ASKED),
    on_tap(tap_times, r"pay_times:\d+:\d+:\d+:\d+"),
    on_tap(tap_right, r"pay_right:\d+:\d+:\d+:\d+"),
    on_tap(tap_pledge, r"pay_pledge:\d+:\d+:\d+"),
    on_answer(answer_pledge, contributions.PLEDGE_ASKED),
    on_tap(tap_no_pledge, r"pay_no_pledge:\d+:\d+"),
    on_tap(tap_code, r"pay_code:\d+:\d+"),
    on_tap(tap_for_whom, r"pay_for:\d+:\d+"),
    on_tap(tap_talk, r"pay_talk:\d+"),
    on_tap(tap_talk_first, r"pay_tell:\d+"),
    on_tap(tap_withdraw, r"pay_back:\d+"),
    on_tap(tap_confirm, r"witness:\d+"),
    on_tap(tap_not_found, r"not_found:\d+"),
    on_tap(tap_reason, r"not_found_why:\d+:\d+"),
    on_answer(answer_reason, witnessing.REASON_ASKED),
]
