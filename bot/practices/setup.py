"""Setting a group up, in one message that is edited in place, into a version of its agreement.

What is chosen half-way is kept in a row; what holds is only the agreement. At the first set-up
whoever added the bot or is an admin of the chat may press; later the facilitator alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any, Final

from bot.domain import agreement as rules
from bot.domain.agreement import CheckIn
from bot.domain.errors import Refusal
from bot.domain.plans import Contribution
from bot.domain.setup import (
    CHECK_IN_DAYS,
    CONTRIBUTION_DAYS,
    STEPS,
    Choices,
    after,
    agreement_of,
    choices_of,
    missing,
    practices_of,
    step_to,
)
from bot.practices import agreement as agreed, own_questions, plans, settings, speaking
from bot.practices.agreement import CurrencyStays
from bot.practices.members import NotTheFacilitator
from bot.practices.setup_rights import (
    ADMIN_KNOWN,
    ADMINS_KNOWN,
    NothingToSetUp,
    admin_known,
    admins_known,
    facilitators_of,
    group_of,
    is_agreed,
    require_may,
)
from bot.rendering import messages, places
from bot.storage import chats, groups, members, outbox
from bot.storage.chats import Chat
from bot.storage.database import Reading, Transaction
from bot.storage.groups import Group
from bot.storage.outbox import Card
from bot.storage.people import Person

CARD: Final = "setup"


class SetUpInGroup(Refusal):
    """Set-up happens in the group, not in private."""


class ChoiceNotOffered(Refusal):
    """A button names a choice that was not offered."""


# -- the first message --------------------------------------------------------------------------


def greet(at: Transaction, chat: Chat, title: str, added_by: Person | None) -> Group:
    """Begin with a group the bot was added to: one message, edited in place."""
    group = groups.of_chat(at, chat.id)
    if group is None:
        group = groups.add(
            at,
            chat_id=chat.id,
            title=title,
            language=added_by.language if added_by else messages.FIRST_LANGUAGE,
            added_by=added_by.id if added_by else None,
        )
    elif added_by is not None and not is_agreed(at, group):
        groups.set_added_by(at, group.id, added_by.id)
    outbox.queue(
        at,
        chat.id,
        {"method": "getChatAdministrators", "params": {}},
        result=ADMINS_KNOWN,
        subject=group.id,
    )
    if not is_agreed(at, group):
        begin(at, group)
    return group


def begin(at: Transaction, group: Group) -> None:
    """Show the set-up at its beginning, or where it stopped."""
    if groups.setup(at, group.id) is None:
        choices: Choices = {"language": group.language}
        _offer_guesses(choices)
        groups.keep_setup(at, group.id, "hello", choices)
    outbox.show_card(at, CARD, group.id, group.chat_id, urgency=outbox.ANSWER)


def show_again(
    at: Transaction, chat: Chat, title: str, person: Person | None, topic: int | None
) -> None:
    """Show set-up at the end of the chat, in the topic it was asked for; change what was agreed.

    `person` is None for an anonymous admin: they may have it shown, a press shows who they are.
    Raises SetUpInGroup, NotTheFacilitator.
    """
    if chat.is_private:
        raise SetUpInGroup
    group = groups.of_chat(at, chat.id)
    if group is None:
        group = greet(at, chat, title, None)
    if is_agreed(at, group):
        if person is None:
            raise NotTheFacilitator(facilitators=facilitators_of(at, group))
        require_may(at, group, person.id)
        if groups.setup(at, group.id) is None:
            choices = choices_of(groups.agreement(at, group.id))
            _offer_guesses(choices)
            groups.keep_setup(at, group.id, "summary", choices)
    chats.set_topic(at, chat.id, topic)
    begin(at, group)
    outbox.repost_card(at, CARD, group.id, chat.id)


# -- choosing -----------------------------------------------------------------------------------


def open_at(at: Reading, chat: Chat, person: Person, *steps: str) -> tuple[Group, Choices]:
    """Return the group and what was chosen so far, where set-up is at one of these steps (or any).

    A button of another step is an old one, or pressed twice: it must not choose anything.
    """
    group = group_of(at, chat)
    require_may(at, group, person.id)
    found = groups.setup(at, group.id)
    if found is None:
        raise NothingToSetUp
    if steps and found[0] not in steps:
        raise ChoiceNotOffered
    return group, found[1]


def keep(at: Transaction, group: Group, step: str, choices: Choices) -> None:
    """Keep where set-up is and what was chosen, and show it."""
    if step == "summary":
        choices["reviewing"] = True
    groups.keep_setup(at, group.id, step, choices)
    outbox.show_card(at, CARD, group.id, group.chat_id, urgency=outbox.ANSWER)


def go(at: Transaction, chat: Chat, person: Person, step_number: int) -> None:
    """Go to a step. Raises OnlyAdminsSetUp, NothingToSetUp, ChoiceNotOffered, CurrencyStays."""
    group, choices = open_at(at, chat, person)
    step = step_to(_one_of(STEPS, step_number), choices)
    if step == "currency":
        require_first(at, group, choices)
    choices.pop("amount_typed", None)
    _offer_guesses(choices)
    keep(at, group, step, choices)


def require_first(at: Reading, group: Group, choices: Choices) -> None:
    """Hold a group to the currency of its book. Raises CurrencyStays."""
    if is_agreed(at, group):
        raise CurrencyStays(currency=choices["currency"])


def choose_language(at: Transaction, chat: Chat, person: Person, number: int) -> None:
    """Choose the group's language. Raises as `go` does."""
    group, choices = open_at(at, chat, person, "language")
    choices["language"] = _one_of(messages.languages(), number)
    if not is_agreed(at, group):
        groups.set_language(at, group.id, choices["language"])
    _offer_guesses(choices)
    keep(at, group, after("language", choices), choices)


def _offer_guesses(choices: Choices) -> None:
    """Offer the places where speakers of the language most likely live."""
    choices["places"] = [asdict(one) for one in places.zone_guesses(choices["language"])]


def choose_zone(at: Transaction, chat: Chat, person: Person, number: int) -> None:
    """Choose the time zone by a place that was offered. Raises as `go` does."""
    group, choices = open_at(at, chat, person, "zone")
    _take_place(choices, _one_of(choices["places"], number))
    following = "summary" if is_agreed(at, group) else after("zone", choices)
    keep(at, group, following, choices)


def start_with_the_usual(at: Transaction, chat: Chat, person: Person, number: int) -> None:
    """Start with nothing chosen but a place. Raises as `go` does."""
    group, choices = open_at(at, chat, person, "hello")
    _take_place(choices, _one_of(choices["places"], number))
    _start(at, group, choices, person)


def _take_place(choices: Choices, place: Mapping[str, str]) -> None:
    choices["zone"], choices["city"] = place["zone"], place["city"]
    if not choices.get("currency_chosen"):
        of_country = places.currencies_of(place["country_code"])
        take_currency(choices, of_country[0] if of_country else "USD")


def choose_currency(at: Transaction, chat: Chat, person: Person, number: int) -> None:
    """Choose the currency among those of the place. Raises as `go` does."""
    group, choices = open_at(at, chat, person, "currency")
    require_first(at, group, choices)
    take_currency(choices, _one_of(offered_currencies(choices), number))
    choices["currency_chosen"] = True
    keep(at, group, after("currency", choices), choices)


def take_currency(choices: Choices, code: str) -> None:
    """Count in a currency; an amount named in another is asked for again."""
    if choices.get("currency") != code:
        choices.pop("amount_minor", None)
        choices.pop("amount_typed", None)
    choices["currency"] = code


def offered_currencies(choices: Mapping[str, Any]) -> list[str]:
    """Return the currencies of the group's country, and the most used beyond it."""
    of_country = places.currencies_of(places.country_of(choices.get("zone", "")))
    return list(dict.fromkeys([choices.get("currency", "USD"), *of_country, "USD", "EUR"]))[:4]


def switch_practice(at: Transaction, chat: Chat, person: Person, number: int, *, on: bool) -> None:
    """Switch a practice on or off; twice the same is once. Raises as `go` does."""
    group, choices = open_at(at, chat, person, "practices")
    practice = _one_of(rules.PRACTICES, number)
    chosen = set(practices_of(choices)) - {practice}
    choices["practices"] = sorted(chosen | {practice} if on else chosen)
    keep(at, group, "practices", choices)


def choose_day(at: Transaction, chat: Chat, person: Person, number: int) -> None:
    """Choose the day of the contribution. Raises as `go` does."""
    group, choices = open_at(at, chat, person, "day")
    choices["contribution_day"] = _one_of(CONTRIBUTION_DAYS, number)
    keep(at, group, after("day", choices), choices)


def choose_rhythm(at: Transaction, chat: Chat, person: Person, number: int) -> None:
    """Choose the day on which the check-in opens. Raises as `go` does."""
    group, choices = open_at(at, chat, person, "rhythm")
    choices["check_in_day"] = _one_of(CHECK_IN_DAYS, number)
    keep(at, group, after("rhythm", choices), choices)


def confirm_amount(at: Transaction, chat: Chat, person: Person, amount_minor: int) -> None:
    """Let the amount that was repeated back count: this one, and no other typed since.

    Raises as `go` does.
    """
    group, choices = open_at(at, chat, person, "amount")
    if choices.get("amount_typed") != amount_minor:
        raise ChoiceNotOffered
    choices["amount_minor"] = choices.pop("amount_typed")
    keep(at, group, after("amount", choices), choices)


def start(at: Transaction, chat: Chat, person: Person) -> str:
    """Let what was chosen hold; where something lacks, its step is shown.

    Returns what came of it: "started", "changed", "same" (nothing was changed), "lacking".
    Raises as `go` does.
    """
    group, choices = open_at(at, chat, person, "summary")
    lacking = missing(choices)
    if lacking is not None:
        keep(at, group, lacking, choices)
        return "lacking"
    return _start(at, group, choices, person)


def give_up(at: Transaction, chat: Chat, person: Person) -> None:
    """Leave what was agreed as it was. Raises as `go` does."""
    group, _ = open_at(at, chat, person)
    if not is_agreed(at, group):
        raise ChoiceNotOffered
    groups.end_setup(at, group.id)
    outbox.show_card(at, CARD, group.id, group.chat_id, urgency=outbox.ANSWER)


# -- from choices to the agreement --------------------------------------------------------------


def _start(at: Transaction, group: Group, choices: Choices, person: Person) -> str:
    before = groups.agreement(at, group.id) if is_agreed(at, group) else None
    agreement = agreement_of(choices, before)
    if before is not None:
        changes = rules.changes(before, agreement)
        if changes:
            agreed.require_unlocked(before, *changes)
            agreed.hold(at, group.id, before, agreement, by=person.id, decision_id=None)
        groups.end_setup(at, group.id)
        outbox.show_card(at, CARD, group.id, group.chat_id, urgency=outbox.ANSWER)
        return "changed" if changes else "same"
    groups.end_setup(at, group.id)
    groups.agree(at, group.id, agreement, changed_by=person.id)
    groups.set_state(at, group.id, "active")
    groups.set_added_by(at, group.id, person.id)
    agreed.plan_all(at, group.id)
    outbox.show_card(at, CARD, group.id, group.chat_id, urgency=outbox.ANSWER)
    return "started"


def _one_of(offered: Any, number: int) -> Any:  # noqa: ANN401 - any list of choices
    if number >= len(offered):
        raise ChoiceNotOffered
    return offered[number]


# -- what is shown ------------------------------------------------------------------------------


def draw(at: Reading, card: Card) -> Mapping[str, Any] | None:
    """Draw the set-up where it is, or the group's welcome with its count."""
    group = groups.by_id(at, card.subject)
    found = groups.setup(at, group.id)
    if found is None:
        if groups.agreed_since(at, group.id) is None:
            return None
        return speaking.card_content(
            group.language,
            "setup/welcome",
            group=group,
            count=members.count(at, group.id),
            agreement=groups.agreement(at, group.id),
            wants_facilitator=members.is_vacant(at, group.id, "facilitator"),
        )
    step, choices = found
    facts: dict[str, Any] = {
        "group": group,
        "choices": choices,
        "steps": {name: number for number, name in enumerate(STEPS)},
        "places": choices["places"],
        "languages": messages.languages(),
        "currencies": offered_currencies(choices),
        "practices": rules.PRACTICES,
        "chosen_practices": practices_of(choices),
        "check_in_days": CHECK_IN_DAYS,
        "contribution_days": CONTRIBUTION_DAYS,
        "chosen_check_in": _chosen_check_in(at, group, choices),
        "chosen_contribution_day": choices.get("contribution_day", Contribution(1).day),
        "changing": is_agreed(at, group),
        "plans_url": speaking.link(at, plans.LINK, group.id),
        "questions_url": speaking.link(at, own_questions.LINK, group.id),
        "settings_url": speaking.link(at, settings.LINK, group.id),
        "following": STEPS.index(after(step, choices)),
    }
    return speaking.card_content(choices["language"], f"setup/{step}", **facts)


def _chosen_check_in(at: Reading, group: Group, choices: Choices) -> CheckIn:
    known = groups.agreement(at, group.id).check_in if is_agreed(at, group) else CheckIn()
    return replace(known, day=choices.get("check_in_day", known.day))


CARDS: dict[str, Callable[[Reading, Card], Mapping[str, Any] | None]] = {CARD: draw}
RESULTS: dict[str, Callable[[Transaction, int, Any], None]] = {
    ADMIN_KNOWN: admin_known,
    ADMINS_KNOWN: admins_known,
}
