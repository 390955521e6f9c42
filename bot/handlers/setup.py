"""Setting a group up, and changing what may be changed."""

from bot.handlers.context import (
    Answered,
    Route,
    Tapped,
    Wrote,
    on_answer,
    on_command,
    on_tap,
)
from bot.practices import setup, setup_rights, setup_words
from bot.storage.questions import Question


def command_setup(wrote: Wrote) -> None:
    """Show set-up in this chat and topic, or let the facilitator change what was agreed."""
    person = None if wrote.anonymous_admin else wrote.person
    topic = wrote.message.message_thread_id if wrote.message.is_topic_message else None
    title = wrote.message.chat.title or ""
    setup.show_again(wrote.at, wrote.chat, title, person, topic)


def _is_asked_about(tap: Tapped) -> bool:
    """Whether Telegram must first say who presses; then they are told."""
    if setup_rights.asks_telegram_about(tap.at, tap.chat, tap.person):
        tap.toast("setup/toast_asking")
        return True
    return False


def tap_go(tap: Tapped) -> None:
    """Go to a step."""
    if not _is_asked_about(tap):
        setup.go(tap.at, tap.chat, tap.person, tap.numbers[0])


def tap_language(tap: Tapped) -> None:
    """Choose the group's language."""
    if not _is_asked_about(tap):
        setup.choose_language(tap.at, tap.chat, tap.person, tap.numbers[0])


def tap_zone(tap: Tapped) -> None:
    """Choose the time zone."""
    if not _is_asked_about(tap):
        setup.choose_zone(tap.at, tap.chat, tap.person, tap.numbers[0])


def tap_usual(tap: Tapped) -> None:
    """Start with the usual."""
    if not _is_asked_about(tap):
        setup.start_with_the_usual(tap.at, tap.chat, tap.person, tap.numbers[0])
        tap.toast("setup/toast_started", outcome="started")


def tap_currency(tap: Tapped) -> None:
    """Choose the currency."""
    if not _is_asked_about(tap):
        setup.choose_currency(tap.at, tap.chat, tap.person, tap.numbers[0])


def tap_practice(tap: Tapped) -> None:
    """Switch a practice on or off."""
    if not _is_asked_about(tap):
        number, on = tap.numbers
        setup.switch_practice(tap.at, tap.chat, tap.person, number, on=bool(on))


def tap_day(tap: Tapped) -> None:
    """Choose the contribution's day."""
    if not _is_asked_about(tap):
        setup.choose_day(tap.at, tap.chat, tap.person, tap.numbers[0])


def tap_rhythm(tap: Tapped) -> None:
    """Choose the check-in's day."""
    if not _is_asked_about(tap):
        setup.choose_rhythm(tap.at, tap.chat, tap.person, tap.numbers[0])


def tap_amount(tap: Tapped) -> None:
    """Let the amount that was repeated back count."""
    if not _is_asked_about(tap):
        setup.confirm_amount(tap.at, tap.chat, tap.person, tap.numbers[0])


def tap_start(tap: Tapped) -> None:
    """Let what was chosen hold."""
    if not _is_asked_about(tap):
        tap.toast("setup/toast_started", outcome=setup.start(tap.at, tap.chat, tap.person))


def tap_give_up(tap: Tapped) -> None:
    """Leave what was agreed as it was."""
    if not _is_asked_about(tap):
        setup.give_up(tap.at, tap.chat, tap.person)


def tap_ask_town(tap: Tapped) -> None:
    """Ask for a town."""
    if not _is_asked_about(tap):
        setup_words.ask(tap.at, tap.chat, tap.person, "town")
        tap.toast("setup/toast_answer_below")


def tap_ask_currency(tap: Tapped) -> None:
    """Ask for a currency's code."""
    if not _is_asked_about(tap):
        setup_words.ask(tap.at, tap.chat, tap.person, "currency")
        tap.toast("setup/toast_answer_below")


def tap_ask_amount(tap: Tapped) -> None:
    """Ask for the contribution's amount."""
    if not _is_asked_about(tap):
        setup_words.ask(tap.at, tap.chat, tap.person, "amount")
        tap.toast("setup/toast_answer_below")


def tap_ask_how_to_pay(tap: Tapped) -> None:
    """Ask how one pays."""
    if not _is_asked_about(tap):
        setup_words.ask(tap.at, tap.chat, tap.person, "how_to_pay")
        tap.toast("setup/toast_answer_below")


def answer_town(answered: Answered, question: Question) -> None:
    """Offer the places that a town's name may mean."""
    del question
    setup_words.town_named(answered.at, answered.chat, answered.person, answered.text)


def answer_currency(answered: Answered, question: Question) -> None:
    """Take a currency by its code."""
    del question
    setup_words.currency_named(answered.at, answered.chat, answered.person, answered.text)


def answer_amount(answered: Answered, question: Question) -> None:
    """Repeat an amount back."""
    del question
    setup_words.amount_named(answered.at, answered.chat, answered.person, answered.text)


def answer_how_to_pay(answered: Answered, question: Question) -> None:
    """Keep the group's own words on how to pay."""
    del question
    setup_words.how_to_pay_named(answered.at, answered.chat, answered.person, answered.text)


HANDLERS: list[Route] = [
    on_command(command_setup, "setup"),
    on_tap(tap_go, r"setup:\d+"),
    on_tap(tap_language, r"setup_language:\d+"),
    on_tap(tap_zone, r"setup_zone:\d+"),
    on_tap(tap_usual, r"setup_usual:\d+"),
    on_tap(tap_currency, r"setup_currency:\d+"),
    on_tap(tap_practice, r"setup_practice:\d+:[01]"),
    on_tap(tap_day, r"setup_day:\d+"),
    on_tap(tap_rhythm, r"setup_rhythm:\d+"),
    on_tap(tap_amount, r"setup_amount:\d+"),
    on_tap(tap_start, r"setup_start"),
    on_tap(tap_give_up, r"setup_give_up"),
    on_tap(tap_ask_town, r"setup_ask_town"),
    on_tap(tap_ask_currency, r"setup_ask_currency"),
    on_tap(tap_ask_amount, r"setup_ask_amount"),
    on_tap(tap_ask_how_to_pay, r"setup_ask_pay"),
    on_answer(answer_town, setup_words.TOWN_ASKED),
    on_answer(answer_currency, setup_words.CURRENCY_ASKED),
    on_answer(answer_amount, setup_words.AMOUNT_ASKED),
    on_answer(answer_how_to_pay, setup_words.HOW_TO_PAY_ASKED),
]
