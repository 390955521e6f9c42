"""A member's own numbers: seen, put right, and said why, in private."""

from bot.handlers.context import Answered, Route, Tapped, on_answer, on_tap
from bot.practices import own_values
from bot.practices.journal import NoSuchQuestion
from bot.practices.journal_view import Shown
from bot.storage.questions import Question


def tap_list(tap: Tapped) -> None:
    """See all that one told."""
    _show(tap, own_values.look(tap.at, tap.numbers[0], tap.person.id))


def tap_months(tap: Tapped) -> None:
    """Choose a month of one value."""
    group, number = tap.numbers
    _show(tap, own_values.look_at_months(tap.at, group, tap.person.id, number))


def tap_value(tap: Tapped) -> None:
    """See one value of one month."""
    round_id, number = tap.numbers
    _show(tap, own_values.show(tap.at, round_id, tap.person.id, number))


def tap_right(tap: Tapped) -> None:
    """Put it right."""
    round_id, number, why = tap.numbers
    _show(tap, own_values.ask_right(tap.at, round_id, tap.person.id, number, why))


def tap_choose(tap: Tapped) -> None:
    """Put it right by an option."""
    round_id, number, why, option = tap.numbers
    person_id = tap.person.id
    _show(tap, own_values.choose_right(tap.at, round_id, person_id, number, why, option))


def tap_reason(tap: Tapped) -> None:
    """Say why it is what it is."""
    round_id, number = tap.numbers
    _show(tap, own_values.ask_reason(tap.at, round_id, tap.person.id, number))


def answer_right(answered: Answered, question: Question) -> None:
    """Take the amount it should have been."""
    _say(answered, own_values.hear_right(answered.at, question, answered.text))


def answer_reason(answered: Answered, question: Question) -> None:
    """Take why it is what it is."""
    _say(answered, own_values.hear_reason(answered.at, question, answered.text))


def _show(tap: Tapped, shown: Shown) -> None:
    if not tap.chat.is_private:
        raise NoSuchQuestion
    tap.changes(shown.message, **shown.facts)


def _say(answered: Answered, shown: Shown) -> None:
    answered.says(shown.message, **shown.facts)


HANDLERS: list[Route] = [
    on_tap(tap_list, r"values:\d+"),
    on_tap(tap_months, r"values_of:\d+:\d+"),
    on_tap(tap_value, r"value:\d+:\d+"),
    on_tap(tap_right, r"value_right:\d+:\d+:\d+"),
    on_tap(tap_choose, r"value_is:\d+:\d+:\d+:\d+"),
    on_tap(tap_reason, r"value_reason:\d+:\d+"),
    on_answer(answer_right, own_values.RIGHT_ASKED),
    on_answer(answer_reason, own_values.REASON_ASKED),
]
