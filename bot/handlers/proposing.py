"""/propose: what, why, how, and what then happens by itself."""

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
from bot.practices import decision_view, proposed_effects, proposing
from bot.storage import outbox


def command_propose(wrote: Wrote) -> None:
    """Begin a proposal: read back in the group where its words came along, else in private."""
    if wrote.chat.is_private:
        shown = proposing.begin(wrote.at, wrote.person.id, wrote.text)
        decision_view.put(wrote.at, wrote.chat, shown)
        return
    shown = proposing.say_in_group(wrote.at, wrote.chat, wrote.person.id, wrote.text)
    wrote.says(shown.message, reply_to=wrote.message_id, **shown.facts)


def start_propose(started: Started) -> None:
    """Begin one in private, from the group."""
    shown = proposing.follow_link(started.at, started.number, started.person.id)
    decision_view.put(started.at, started.chat, shown)


def start_going_on(started: Started) -> None:
    """Go on in private with what was begun in the group."""
    shown = proposing.go_on(started.at, started.number, started.person.id)
    decision_view.put(started.at, started.chat, shown)


def tap_put(tap: Tapped) -> None:
    """Put it to the group; where it was read back there, its card takes that message's place."""
    shown = proposing.put_to_group(tap.at, tap.numbers[0], tap.person.id)
    if tap.chat.is_private:
        decision_view.put(tap.at, tap.chat, shown, message_id=tap.message_id)
    else:
        outbox.queue(tap.at, tap.chat.id, outbox.delete_call(tap.message_id))
        tap.toast("decisions/toast_put", **shown.facts)


def tap_drop(tap: Tapped) -> None:
    """Leave it."""
    shown = proposing.drop(tap.at, tap.numbers[0], tap.person.id)
    if tap.chat.is_private:
        decision_view.put(tap.at, tap.chat, shown, message_id=tap.message_id)
    else:
        outbox.queue(tap.at, tap.chat.id, outbox.delete_call(tap.message_id))


#: Every screen here is of one's own, and asks what it asks.
_shows = partial(shows, decision_view.put)
_hears = partial(hears, decision_view.put)

HANDLERS: list[Route] = [
    on_command(command_propose, "propose"),
    on_start(start_propose, proposing.LINK),
    on_start(start_going_on, proposing.LINK_GO_ON),
    on_tap(tap_put, r"propose_put:\d+"),
    on_tap(tap_drop, r"propose_drop:\d+"),
    _shows("propose_again", proposing.again),
    _shows("propose_group", proposing.choose_group, 1),
    _shows("propose_skip", proposing.skip_why),
    _shows("propose_part", proposing.ask_part, 1),
    _shows("propose_yes_no", proposing.only_yes_or_no),
    _shows("propose_how", proposing.how),
    _shows("propose_by", proposing.choose_how, 1),
    _shows("propose_more", proposing.more),
    _shows("propose_turn", proposing.turn, 1),
    _shows("propose_seats", proposing.turn_seats),
    _shows("propose_back", proposing.read_back),
    _hears(decision_view.ASKED_PART, proposing.hear_part),
    # what then happens by itself
    _shows("effect", proposed_effects.menu),
    _shows("effect_kind", proposed_effects.choose, 1),
    _shows("effect_part", proposed_effects.choose_part, 1),
    _shows("effect_knob", proposed_effects.choose_knob, 2),
    _shows("effect_value", proposed_effects.choose_value, 2),
    _shows("effect_lock", proposed_effects.choose_lock, 1),
    _shows("effect_practice", proposed_effects.choose_practice, 1),
    _shows("effect_office", proposed_effects.choose_office, 1),
    _shows("effect_stand", proposed_effects.choose_candidate, 2),
    _shows("effect_standing", proposed_effects.candidates, 1),
    _shows("effect_all", proposed_effects.all_stand),
    _shows("effect_leave", proposed_effects.choose_part_with, 1),
    _shows("effect_leavers", proposed_effects.part_with, 1),
    _shows("effect_admit", proposed_effects.choose_admit, 1),
    _shows("effect_homes", proposed_effects.homes, 2),
    _shows("effect_home", proposed_effects.choose_home, 2),
    _shows("effect_answer", proposed_effects.choose_answer, 1),
    _hears(decision_view.ASKED_QUESTION, proposed_effects.hear_question),
    _hears(decision_view.ASKED_VALUE, proposed_effects.hear_value),
    _hears(decision_view.ASKED_AMOUNT, proposed_effects.hear_amount),
]
