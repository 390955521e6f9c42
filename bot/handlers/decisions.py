"""Voting, /decisions, and what became of what was decided."""

from functools import partial

from bot.handlers.context import (
    Route,
    Started,
    Tapped,
    Wrote,
    on_command,
    on_start,
    on_tap,
)
from bot.handlers.screens import hears, shows
from bot.practices import ballots, decision_view, decisions, payout_orders


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
    tap.require_private()
    decision_id, for_id = tap.numbers
    facts = ballots.peek(tap.at, decision_id, tap.person.id, for_id)
    tap.toast("decisions/toast_peek", alert=True, **facts)


def tap_paid(tap: Tapped) -> None:
    """Say that what was decided was paid out."""
    tap.require_private()
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


#: Every screen here is of one's own, and asks what it asks.
_shows = partial(shows, decision_view.put)
_hears = partial(hears, decision_view.put)

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
