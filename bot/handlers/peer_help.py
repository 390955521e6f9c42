"""/ask, /offer, taking up, what happened, and who has been there."""

from collections.abc import Callable
from functools import partial

from bot.domain.peer_help import KINDS, Kind
from bot.handlers.context import (
    Route,
    Started,
    Wrote,
    on_command,
    on_start,
)
from bot.handlers.screens import chooses, hears, shows
from bot.practices import helping, peer_help, peers, wishing
from bot.practices.showing import Shown
from bot.storage.database import Transaction
from bot.storage.questions import Question


def _command(kind: Kind) -> Route:
    """Route /ask or /offer: posted at once in the group, by a short dialogue in private."""

    def command(wrote: Wrote) -> None:
        if wrote.chat.is_private:
            shown = peer_help.begin(wrote.at, wrote.person.id, kind, wrote.text)
            peer_help.put(wrote.at, wrote.chat, shown)
            return
        url = peer_help.say_in_group(wrote.at, wrote.chat, wrote.person.id, kind, wrote.text)
        if url is not None:
            wrote.says("peer_help/way_in", reply_to=wrote.message_id, kind=kind, url=url)

    return on_command(command, kind)


def _start(kind: Kind) -> Route:
    """Route the link to the same dialogue from the group."""

    def start(started: Started) -> None:
        shown = peer_help.follow_link(started.at, started.number, started.person.id, kind)
        peer_help.put(started.at, started.chat, shown)

    return on_start(start, peer_help.LINKS[kind])


def start_take_up(started: Started) -> None:
    """Show an ask to one who may take it up, from its card."""
    shown = helping.look(started.at, started.number, started.person.id)
    peer_help.put(started.at, started.chat, shown)


_shows = partial(shows, peer_help.put)
_decides = partial(chooses, peer_help.put)


def _hears(kind: str, use_case: Callable[[Transaction, int, int, str], Shown]) -> Route:
    """Route the words that answer an open question; where nothing is left to answer, it is said."""

    def take(at: Transaction, question: Question, text: str) -> Shown:
        return peer_help.take_answer(at, question, text, use_case)

    return hears(peer_help.put, kind, take)


HANDLERS: list[Route] = [
    *(_command(kind) for kind in KINDS),
    *(_start(kind) for kind in KINDS),
    # saying one
    _hears(peer_help.ASKED_WORDS, peer_help.hear_words),
    _shows("ask_area", peer_help.choose_area, 1),
    _decides("ask_named", peer_help.choose_named, "named"),
    _shows("ask_group", peer_help.choose_group, 1),
    _shows("ask_again", peer_help.say_again),
    _shows("ask_post", peer_help.keep),
    _shows("ask_drop", peer_help.drop),
    # one's own
    _shows("ask_mine", peer_help.mine),
    _shows("ask_renew", peer_help.renew),
    _shows("ask_back", peer_help.take_back),
    # taking up
    on_start(start_take_up, peer_help.LINK_TAKE_UP),
    _shows("help_take", helping.take),
    _decides("help_agree", helping.answer, "agreed"),
    # what happened
    _shows("help_done", helping.done),
    _shows("help_much", helping.how_much),
    _shows("help_hours", helping.say_minutes, 1),
    _shows("help_other", helping.ask_hours),
    _shows("help_thing", helping.ask_thing),
    _shows("help_so", helping.confirm),
    _shows("help_cost", helping.ask_cost),
    _shows("help_costs", helping.keep_cost, 1),
    _shows("help_thank", helping.thank),
    _hears(peer_help.ASKED_HOURS, helping.hear_hours),
    _hears(peer_help.ASKED_THING, helping.hear_thing),
    _hears(peer_help.ASKED_COST, helping.hear_cost),
    # who has been there
    _shows("peer_wish", peers.ask_wish),
    _shows("peer_ask", peers.wish, 1),
    _shows("peer_says", peers.answer, 1),
    # from the check-in
    _shows("wish_peer", wishing.ask_peer, 1),
    _shows("wish_group", wishing.ask_group),
]
