"""What moves in the purses but for contributions: said by who keeps them, in private."""

from bot.handlers.context import Answered, Route, Tapped, on_answer, on_tap
from bot.practices import payouts, splits
from bot.storage.questions import Question


def tap_payout(tap: Tapped) -> None:
    """Begin to say what was paid out."""
    tap.shows(payouts.begin(tap.at, tap.own_numbers[0], tap.person.id))


def tap_from(tap: Tapped) -> None:
    """Ask what was done with what is in a purse."""
    group_id, purse_id, commodity_id = tap.own_numbers
    tap.shows(payouts.from_purse(tap.at, group_id, tap.person.id, purse_id, commodity_id))


def tap_household(tap: Tapped) -> None:
    """Choose to which household it went."""
    group_id, purse_id, commodity_id, what, page = tap.own_numbers
    numbers = (group_id, purse_id, commodity_id, what)
    tap.shows(payouts.choose_household(tap.at, tap.person.id, numbers, page))


def tap_purse(tap: Tapped) -> None:
    """Choose to which purse it was moved."""
    group_id, purse_id, commodity_id = tap.own_numbers
    tap.shows(payouts.choose_purse(tap.at, group_id, tap.person.id, purse_id, commodity_id))


def tap_income(tap: Tapped) -> None:
    """Ask into which purse something came, then what it was."""
    group_id, *purse = tap.own_numbers
    tap.shows(payouts.choose_income(tap.at, group_id, tap.person.id, *purse))


def tap_amount(tap: Tapped) -> None:
    """Ask how much."""
    group_id, purse_id, commodity_id, what, target = tap.own_numbers
    numbers = (group_id, purse_id, commodity_id, what, target)
    tap.shows(payouts.ask_amount(tap.at, tap.chat, tap.person.id, numbers))


def answer_amount(answered: Answered, question: Question) -> None:
    """Repeat the amount back and ask what for."""
    screen = payouts.take_amount(answered.at, answered.chat, question, answered.text)
    answered.shows(screen)


def answer_reason(answered: Answered, question: Question) -> None:
    """Take what it was for, perhaps with a photo."""
    screen = payouts.take_reason(answered.at, question, answered.text, answered.photo)
    answered.shows(screen)


# -- to all households ------------------------------------------------------------------


def tap_split(tap: Tapped) -> None:
    """Ask how something is shared out."""
    group_id, purse_id, commodity_id = tap.own_numbers
    tap.shows(splits.ways(tap.at, group_id, tap.person.id, purse_id, commodity_id))


def tap_split_by(tap: Tapped) -> None:
    """Ask how much is shared out."""
    group_id, purse_id, commodity_id, way = tap.own_numbers
    numbers = (group_id, purse_id, commodity_id, way)
    tap.shows(splits.ask_amount(tap.at, tap.chat, tap.person.id, numbers))


def answer_split(answered: Answered, question: Question) -> None:
    """Show who would get how much."""
    screen = splits.take_amount(answered.at, answered.chat, question, answered.text)
    answered.shows(screen)


def answer_split_reason(answered: Answered, question: Question) -> None:
    """Say it, and what for."""
    screen = splits.take_reason(answered.at, question, answered.text)
    answered.shows(screen)


HANDLERS: list[Route] = [
    on_tap(tap_payout, r"payout:\d+"),
    on_tap(tap_from, r"payout_from:\d+:\d+:\d+"),
    on_tap(tap_household, r"payout_gift:\d+:\d+:\d+:\d+:\d+"),
    on_tap(tap_purse, r"payout_move:\d+:\d+:\d+"),
    on_tap(tap_income, r"income:\d+(:\d+)?"),
    on_tap(tap_amount, r"payout_to:\d+:\d+:\d+:\d+:\d+"),
    on_answer(answer_amount, payouts.AMOUNT_ASKED),
    on_answer(answer_reason, payouts.REASON_ASKED),
    on_tap(tap_split, r"split:\d+:\d+:\d+"),
    on_tap(tap_split_by, r"split_by:\d+:\d+:\d+:\d+"),
    on_answer(answer_split, splits.ASKED),
    on_answer(answer_split_reason, splits.REASON_ASKED),
]
