"""Set-up's answers in words: a town, a currency, an amount, how one pays.

Asked in the group of whoever pressed, answered by a reply; question and answer are taken away.
"""

from dataclasses import asdict
from datetime import timedelta
from typing import Final

from bot.domain.errors import Refusal
from bot.domain.money import CURRENCY_SCALES, currency, parse_amount
from bot.domain.plans import HOW_TO_PAY_MAX
from bot.domain.setup import after, step_to
from bot.practices import setup, speaking
from bot.practices.setup import ChoiceNotOffered
from bot.rendering import messages, places
from bot.storage import groups, outbox, questions
from bot.storage.chats import Chat
from bot.storage.database import Reading, Transaction
from bot.storage.groups import Group
from bot.storage.people import Person

TOWN_ASKED: Final = "setup_town"
CURRENCY_ASKED: Final = "setup_currency"
AMOUNT_ASKED: Final = "setup_amount"
HOW_TO_PAY_ASKED: Final = "setup_how_to_pay"

ON_ITS_WAY: Final = timedelta(seconds=20)
ASKED_NEAR: Final = 5  # messages below a question before it is asked anew


class TownNotFound(Refusal):
    """No place by that name. Facts: town (what was typed)."""


class CurrencyNotKnown(Refusal):
    """No currency by that code."""


class WordsWanted(Refusal):
    """Words were asked for, and something else came (a sticker, a photo)."""


def ask(at: Transaction, chat: Chat, person: Person, what: str) -> None:
    """Ask whoever pressed for an answer in words, as a reply; pressed twice it is asked once.

    Raises as `go` does.
    """
    group, choices = setup.open_at(at, chat, person)
    if what == "currency":
        setup.require_first(at, group, choices)
    if step_to(what, choices) == "zone" and what != "town":
        raise ChoiceNotOffered
    kind = f"setup_{what}"
    if _is_asked_just_above(at, chat, person, kind):
        return
    speaking.ask(
        at,
        person_id=person.id,
        chat=chat,
        language=choices["language"],
        message=f"setup/{what}_asked",
        kind=kind,
        subject=group.id,
        person=person,
        currency=choices.get("currency", "USD"),
    )


def _is_asked_just_above(at: Reading, chat: Chat, person: Person, kind: str) -> bool:
    """Whether the same question stands near the end of the chat, or is on its way there."""
    return any(
        question.kind == kind
        and (
            at.now - question.asked_at < ON_ITS_WAY
            if question.message_id is None
            else chat.last_message_id - question.message_id < ASKED_NEAR
        )
        for question in questions.open_in(at, person.id, chat.id)
    )


def town_named(at: Transaction, chat: Chat, person: Person, text: str) -> None:
    """Offer the places that a town's name may mean. Raises TownNotFound, and as `go` does."""
    group, choices = setup.open_at(at, chat, person)
    town = _words_of(text)
    found = places.find_places(town, at=at.now, language=choices["language"])
    if not found:
        raise TownNotFound(town=messages.clean_name(town, 40))
    choices["places"] = [asdict(one) for one in found]
    step = groups.setup(at, group.id)
    at_hello = step is not None and step[0] == "hello"
    _answered(at, chat, person, group, TOWN_ASKED)
    setup.keep(at, group, "hello" if at_hello else "zone", choices)


def currency_named(at: Transaction, chat: Chat, person: Person, text: str) -> None:
    """Take a currency by its code. Raises CurrencyNotKnown, and as `go` does."""
    group, choices = setup.open_at(at, chat, person)
    setup.require_first(at, group, choices)
    code = _words_of(text).upper()
    if code not in CURRENCY_SCALES:
        raise CurrencyNotKnown
    setup.take_currency(choices, code)
    choices["currency_chosen"] = True
    _answered(at, chat, person, group, CURRENCY_ASKED)
    setup.keep(at, group, after("currency", choices), choices)


def amount_named(at: Transaction, chat: Chat, person: Person, text: str) -> None:
    """Repeat an amount back: it counts once confirmed. Raises AmountRefusal, and as `go` does."""
    group, choices = setup.open_at(at, chat, person)
    if "currency" not in choices:
        raise ChoiceNotOffered
    choices["amount_typed"] = parse_amount(_words_of(text), currency(choices["currency"]))
    _answered(at, chat, person, group, AMOUNT_ASKED)
    setup.keep(at, group, "amount", choices)


def how_to_pay_named(at: Transaction, chat: Chat, person: Person, text: str) -> None:
    """Keep the group's own words on how to pay. Raises as `go` does."""
    group, choices = setup.open_at(at, chat, person)
    choices["how_to_pay"] = messages.cut(_words_of(text), HOW_TO_PAY_MAX)
    _answered(at, chat, person, group, HOW_TO_PAY_ASKED)
    setup.keep(at, group, after("how_to_pay", choices), choices)


def _words_of(text: str) -> str:
    """Return what somebody wrote. Raises WordsWanted where they sent something else."""
    words = messages.UNSEEN.sub(" ", text).strip()
    if not words:
        raise WordsWanted
    return words


def _answered(at: Transaction, chat: Chat, person: Person, group: Group, kind: str) -> None:
    """Close a question: it is taken away, and what came of it stands where people look."""
    for question in questions.open_in(at, person.id, chat.id):
        if question.kind == kind:
            for message_id in filter(None, (question.message_id, question.again_message_id)):
                outbox.queue(at, chat.id, outbox.delete_call(message_id))
    questions.settle(at, person.id, kind, group.id)
    outbox.repost_card(at, setup.CARD, group.id, chat.id)
