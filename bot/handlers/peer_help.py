"""/ask, /offer, taking up, what happened, and who has been there."""

from collections.abc import Callable

from bot.domain.peer_help import KINDS, Kind
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
from bot.practices import helping, peer_help, peers, wishing
from bot.practices.goals import Shown
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


def _shows(verb: str, use_case: Callable[..., Shown], more: int = 0) -> Route:
    """Route a tap to a use case of (transaction, id, person, further numbers): it shows the rest.

    All of it in private: nothing of it is shown in a group, whatever is pressed there.
    """

    def tapped(tap: Tapped) -> None:
        if not tap.chat.is_private:
            raise ButtonTooOld
        first, *others = tap.numbers
        shown = use_case(tap.at, first, tap.person.id, *others)
        peer_help.put(tap.at, tap.chat, shown, message_id=tap.message_id)

    return on_tap(tapped, verb + r":\d+" * (1 + more))


def _decides(verb: str, use_case: Callable[..., Shown], word: str) -> Route:
    """Route a tap whose last number is a yes (1) or a no (0) to a use case with that word."""

    def tapped(tap: Tapped) -> None:
        if not tap.chat.is_private:
            raise ButtonTooOld
        first, yes = tap.numbers
        shown = use_case(tap.at, first, tap.person.id, **{word: bool(yes)})
        peer_help.put(tap.at, tap.chat, shown, message_id=tap.message_id)

    return on_tap(tapped, verb + r":\d+:[01]")


def _hears(kind: str, use_case: Callable[[Transaction, int, int, str], Shown]) -> Route:
    """Route the words that answer an open question to a use case."""

    def answered(answer: Answered, question: Question) -> None:
        text = answer.message.text or ""
        shown = peer_help.take_answer(answer.at, question, text, use_case)
        peer_help.put(answer.at, answer.chat, shown)

    return on_answer(answered, kind)


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
