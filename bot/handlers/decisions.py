"""Voting, /decisions, and what became of what was decided."""

from collections.abc import Callable

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
from bot.practices import ballots, decision_view, decisions, payout_orders
from bot.practices.goals import Shown
from bot.storage.database import Transaction
from bot.storage.questions import Question


def command_decisions(wrote: Wrote) -> None:
    """List what is open and what was decided."""
    shown = decision_view.begin_list(wrote.at, wrote.chat, wrote.person.id)
    if wrote.chat.is_private:
        decision_view.put(wrote.at, wrote.chat, shown)
    else:
        wrote.says(shown.message, reply_to=wrote.message_id, **shown.facts)


def tap_page(tap: Tapped) -> None:
    """Show another page of the list, where it stands."""
    group_id, number = tap.numbers
    shown = decision_view.page(tap.at, tap.chat, tap.person.id, group_id, number)
    tap.changes(shown.message, **shown.facts)


def tap_vote(tap: Tapped) -> None:
    """Give one's vote under the group's card: the answer is for who tapped alone."""
    decision_id, code = tap.numbers
    facts = ballots.vote_in_group(tap.at, decision_id, tap.person.id, code)
    tap.toast("decisions/toast_voted", **facts)


def tap_peek(tap: Tapped) -> None:
    """Show in passing how one votes: nothing of it stays in the chat."""
    _require_private(tap)
    decision_id, for_id = tap.numbers
    facts = ballots.peek(tap.at, decision_id, tap.person.id, for_id)
    tap.toast("decisions/toast_peek", alert=True, **facts)


def tap_paid(tap: Tapped) -> None:
    """Say that what was decided was paid out."""
    _require_private(tap)
    screen = payout_orders.say_paid(tap.at, tap.numbers[0], tap.person.id)
    tap.changes(screen.message, **screen.facts)


def start_ballot(started: Started) -> None:
    """Show one's ballot, from the group's card."""
    shown = ballots.show(started.at, started.number, started.person.id)
    decision_view.put(started.at, started.chat, shown)


def start_decision(started: Started) -> None:
    """Show a decision, from the group."""
    shown = decision_view.show(started.at, started.number, started.person.id)
    decision_view.put(started.at, started.chat, shown)


def _require_private(tap: Tapped) -> None:
    """Let nothing of one's own be shown in a group, whatever data somebody presses there."""
    if not tap.chat.is_private:
        raise ButtonTooOld


def _shows(verb: str, use_case: Callable[..., Shown], more: int = 0) -> Route:
    """Route a tap to a use case of (transaction, id, person, further numbers): it shows the rest.

    `more`: how many numbers follow the first one.
    """

    def tapped(tap: Tapped) -> None:
        _require_private(tap)
        first, *others = tap.numbers
        shown = use_case(tap.at, first, tap.person.id, *others)
        decision_view.put(tap.at, tap.chat, shown, message_id=tap.message_id)

    return on_tap(tapped, verb + r":\d+" * (1 + more))


def _hears(kind: str, use_case: Callable[[Transaction, Question, str], Shown]) -> Route:
    """Route the words that answer an open question to a use case."""

    def answered(answer: Answered, question: Question) -> None:
        shown = use_case(answer.at, question, answer.message.text or "")
        decision_view.put(answer.at, answer.chat, shown)

    return on_answer(answered, kind)


HANDLERS: list[Route] = [
    on_command(command_decisions, "decisions"),
    on_tap(tap_page, r"decisions:\d+:\d+"),
    on_start(start_decision, decision_view.LINK),
    _shows("decision", decision_view.show),
    _shows("reasons", decision_view.reasons, 1),
    _shows("decision_said", decision_view.said, 1),
    # voting
    on_tap(tap_vote, r"vote:\d+:\d+"),
    on_start(start_ballot, ballots.LINK),
    _shows("ballot", ballots.show, 1),
    _shows("ballot_on", ballots.go_on, 2),
    _shows("ballot_in", ballots.vote, 2),
    _shows("ballot_change", ballots.change, 1),
    on_tap(tap_peek, r"ballot_peek:\d+:\d+"),
    _shows("ballot_why", ballots.ask_reason, 1),
    _hears(ballots.ASKED_REASON, ballots.hear_reason),
    # taking it back, and what became of it
    _shows("decision_back", decisions.ask_to_withdraw),
    _shows("decision_gone", decisions.withdraw),
    _shows("decision_look", decisions.set_look, 1),
    _shows("decision_note", decisions.ask_note),
    _hears(decision_view.ASKED_NOTE, decisions.hear_note),
    on_tap(tap_paid, r"order_paid:\d+"),
]
