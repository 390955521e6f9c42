"""Setting a group up, in one message that is edited in place, into a version of its agreement.

What is chosen half-way is kept in a row; what holds is only the agreement. At the first set-up
whoever added the bot or is an admin of the chat may press; later the facilitator alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any, Final

from bot.domain import agreement as rules
from bot.domain.agreement import Agreement, CheckIn, Contribution
from bot.domain.errors import Refusal
from bot.domain.money import CURRENCY_SCALES, currency, parse_amount
from bot.practices import check_ins, contributions, digests, speaking
from bot.rendering import messages, places
from bot.storage import chats, groups, members, outbox, people, questions
from bot.storage.chats import Chat
from bot.storage.database import Reading, Transaction
from bot.storage.groups import Group
from bot.storage.outbox import Card
from bot.storage.people import Person

CARD: Final = "setup"
ADMIN_KNOWN: Final = "setup_admin_known"
ADMINS_KNOWN: Final = "setup_admins_known"
TOWN_ASKED: Final = "setup_town"
CURRENCY_ASKED: Final = "setup_currency"
AMOUNT_ASKED: Final = "setup_amount"
HOW_TO_PAY_ASKED: Final = "setup_how_to_pay"

#: The steps in their order; "hello" is the first message.
STEPS: Final = (
    "hello",
    "language",
    "zone",
    "currency",
    "practices",
    "amount",
    "day",
    "how_to_pay",
    "rhythm",
    "summary",
)
CHECK_IN_DAYS: Final = (5, 10, 15, 20, 24, 26)
CONTRIBUTION_DAYS: Final = (1, 5, 10, 15, 20, 25)
ADMIN_NEWS_HOLDS: Final = timedelta(minutes=1)
CODE_LENGTH: Final = 3
STARTED: Final = "started"


class OnlyAdminsSetUp(Refusal):
    """At set-up, only an admin or whoever added the bot may press."""


class SetUpInGroup(Refusal):
    """Set-up happens in the group, not in private."""


class NothingToSetUp(Refusal):
    """A button of a set-up that is over."""


class TownNotFound(Refusal):
    """No place by that name. Facts: town (what was typed)."""


class CurrencyNotKnown(Refusal):
    """No currency by that code."""


class ChoiceNotOffered(Refusal):
    """A button names a choice that was not offered."""


# -- who may ------------------------------------------------------------------------------------


def asks_telegram_about(at: Transaction, chat: Chat, person: Person) -> bool:
    """Whether a presser must first be looked up at Telegram; then the question is on its way.

    Raises OnlyAdminsSetUp for somebody who is known to be none, NothingToSetUp.
    """
    group = group_of(at, chat)
    if _may_set_up(at, group, person.id):
        return False
    known = groups.admin_known(at, group.id, person.id)
    if groups.agreed_since(at, group.id) is not None:
        raise OnlyAdminsSetUp(facilitators=_facilitators(at, group))
    if known is not None and at.now - known[1] < ADMIN_NEWS_HOLDS:
        raise OnlyAdminsSetUp(facilitators=[])
    params = {"user_id": person.telegram_id}
    outbox.queue(
        at,
        chat.id,
        {"method": "getChatMember", "params": params},
        result=ADMIN_KNOWN,
        subject=group.id,
    )
    return True


def _may_set_up(at: Reading, group: Group, person_id: int) -> bool:
    if groups.agreed_since(at, group.id) is None:
        known = groups.admin_known(at, group.id, person_id)
        return person_id == group.added_by or (known is not None and known[0])
    member = members.of_person(at, group.id, person_id)
    if member is None or member.state != "member":
        return person_id == group.added_by and not _facilitators(at, group)
    return "facilitator" in members.offices_of(at, member.id)


def _facilitators(at: Reading, group: Group) -> list[str]:
    return [one.name for one in members.holders(at, group.id, "facilitator")]


def require_may(at: Reading, group: Group, person_id: int) -> None:
    """Hold somebody to what they may. Raises OnlyAdminsSetUp."""
    if not _may_set_up(at, group, person_id):
        raise OnlyAdminsSetUp(facilitators=_facilitators(at, group))


def admin_known(at: Transaction, group_id: int, result: Any) -> None:  # noqa: ANN401 - a ChatMember
    """Keep what Telegram said about one person."""
    user = result["user"]
    person = people.by_telegram_id(at, user["id"])
    if person is not None:
        is_admin = result["status"] in {"creator", "administrator"}
        groups.know_admin(at, group_id, person.id, is_admin=is_admin)


def admins_known(at: Transaction, group_id: int, result: Any) -> None:  # noqa: ANN401 - ChatMembers
    """Keep whom Telegram named as admins of the chat."""
    for one in result:
        user = one["user"]
        if user.get("is_bot"):
            continue
        name = " ".join(filter(None, (user.get("first_name"), user.get("last_name"))))
        person = people.met(
            at,
            telegram_id=user["id"],
            name=messages.clean_name(name) or "…",
            language=messages.nearest_language(user.get("language_code")),
        )
        groups.know_admin(at, group_id, person.id, is_admin=True)


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
    elif added_by is not None:
        groups.set_added_by(at, group.id, added_by.id)
    outbox.queue(
        at,
        chat.id,
        {"method": "getChatAdministrators", "params": {}},
        result=ADMINS_KNOWN,
        subject=group.id,
    )
    if groups.agreed_since(at, group.id) is None:
        begin(at, group)
    return group


def begin(at: Transaction, group: Group) -> None:
    """Show the set-up at its beginning, or where it stopped."""
    if groups.setup(at, group.id) is None:
        groups.keep_setup(at, group.id, "hello", {"language": group.language})
    outbox.show_card(at, CARD, group.id, group.chat_id, urgency=outbox.ANSWER)


def show_again(
    at: Transaction, chat: Chat, title: str, person: Person | None, topic: int | None
) -> None:
    """Show set-up at the end of the chat, in the topic it was asked for; change what was agreed.

    `person` is None for an anonymous admin: they may have it shown, a press shows who they are.
    Raises SetUpInGroup, OnlyAdminsSetUp.
    """
    if chat.is_private:
        raise SetUpInGroup
    group = groups.of_chat(at, chat.id)
    if group is None:
        group = greet(at, chat, title, None)
    if person is not None and groups.agreed_since(at, group.id) is not None:
        require_may(at, group, person.id)
    chats.set_topic(at, chat.id, topic)
    if groups.agreed_since(at, group.id) is not None and groups.setup(at, group.id) is None:
        agreement = groups.agreement(at, group.id)
        groups.keep_setup(at, group.id, "summary", choices_of(agreement))
    begin(at, group)
    outbox.repost_card(at, CARD, group.id, chat.id)


# -- choosing -----------------------------------------------------------------------------------


def group_of(at: Reading, chat: Chat) -> Group:
    """Return the group of a chat. Raises NothingToSetUp."""
    group = groups.of_chat(at, chat.id)
    if group is None:
        raise NothingToSetUp
    return group


def _open(at: Reading, chat: Chat, person: Person) -> tuple[Group, dict[str, Any]]:
    group = group_of(at, chat)
    require_may(at, group, person.id)
    found = groups.setup(at, group.id)
    if found is None:
        raise NothingToSetUp
    return group, found[1]


def _keep(at: Transaction, group: Group, step: str, choices: dict[str, Any]) -> None:
    groups.keep_setup(at, group.id, step, choices)
    outbox.show_card(at, CARD, group.id, group.chat_id, urgency=outbox.ANSWER)


def go(at: Transaction, chat: Chat, person: Person, step_number: int) -> None:
    """Go to a step. Raises OnlyAdminsSetUp, NothingToSetUp, ChoiceNotOffered."""
    group, choices = _open(at, chat, person)
    if step_number >= len(STEPS):
        raise ChoiceNotOffered
    choices.pop("found", None)
    _keep(at, group, STEPS[step_number], choices)


def choose_language(at: Transaction, chat: Chat, person: Person, number: int) -> None:
    """Choose the group's language. Raises as `go` does."""
    group, choices = _open(at, chat, person)
    choices["language"] = _one_of(messages.languages(), number)
    groups.set_language(at, group.id, choices["language"])
    _keep(at, group, _after("language", choices), choices)


def offered_places(choices: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the places that are offered as buttons: those found, or guesses by language."""
    found: list[dict[str, str]] | None = choices.get("found")
    if found is not None:
        return found
    return [asdict(one) for one in places.zone_guesses(choices["language"])]


def choose_zone(at: Transaction, chat: Chat, person: Person, number: int) -> None:
    """Choose the time zone by a place that was offered. Raises as `go` does."""
    group, choices = _open(at, chat, person)
    _take_place(choices, _one_of(offered_places(choices), number))
    _keep(at, group, _after("zone", choices), choices)


def start_with_the_usual(at: Transaction, chat: Chat, person: Person, number: int) -> None:
    """Start with nothing chosen but a place. Raises as `go` does."""
    group, choices = _open(at, chat, person)
    _take_place(choices, _one_of(offered_places(choices), number))
    _start(at, group, choices, person)


def choose_currency(at: Transaction, chat: Chat, person: Person, number: int) -> None:
    """Choose the currency among those of the place. Raises as `go` does."""
    group, choices = _open(at, chat, person)
    choices["currency"] = _one_of(offered_currencies(choices), number)
    choices.pop("amount_minor", None)
    _keep(at, group, _after("currency", choices), choices)


def offered_currencies(choices: Mapping[str, Any]) -> list[str]:
    """Return the currencies of the group's country, and the most used beyond it."""
    of_country = places.currencies_of(places.country_of(choices.get("zone", "")))
    return list(dict.fromkeys([*of_country, choices.get("currency", "USD"), "USD", "EUR"]))[:4]


def toggle_practice(at: Transaction, chat: Chat, person: Person, number: int) -> None:
    """Switch a practice on or off. Raises as `go` does."""
    group, choices = _open(at, chat, person)
    practice = _one_of(rules.PRACTICES, number)
    chosen = set(choices.get("practices", sorted(_usual_practices())))
    choices["practices"] = sorted(chosen ^ {practice})
    _keep(at, group, "practices", choices)


def choose_day(at: Transaction, chat: Chat, person: Person, number: int) -> None:
    """Choose the day of the contribution. Raises as `go` does."""
    group, choices = _open(at, chat, person)
    choices["contribution_day"] = _one_of(CONTRIBUTION_DAYS, number)
    _keep(at, group, _after("day", choices), choices)


def choose_rhythm(at: Transaction, chat: Chat, person: Person, number: int) -> None:
    """Choose the day on which the check-in opens. Raises as `go` does."""
    group, choices = _open(at, chat, person)
    choices["check_in_day"] = _one_of(CHECK_IN_DAYS, number)
    _keep(at, group, _after("rhythm", choices), choices)


def confirm_amount(at: Transaction, chat: Chat, person: Person) -> None:
    """Let the amount that was repeated back count. Raises as `go` does."""
    group, choices = _open(at, chat, person)
    if "amount_typed" not in choices:
        raise ChoiceNotOffered
    choices["amount_minor"] = choices.pop("amount_typed")
    _keep(at, group, _after("amount", choices), choices)


def start(at: Transaction, chat: Chat, person: Person) -> None:
    """Let what was chosen hold. Raises as `go` does; where something lacks, its step is shown."""
    group, choices = _open(at, chat, person)
    missing = _missing(choices)
    if missing is not None:
        _keep(at, group, missing, choices)
        return
    _start(at, group, choices, person)


# -- answers in words ---------------------------------------------------------------------------


def ask(at: Transaction, chat: Chat, person: Person, what: str) -> None:
    """Ask whoever pressed for an answer in words, as a reply. Raises as `go` does."""
    group, choices = _open(at, chat, person)
    speaking.ask(
        at,
        person_id=person.id,
        chat=chat,
        language=group.language,
        message=f"setup/{what}_asked",
        kind=f"setup_{what}",
        subject=group.id,
        person=person,
        currency=choices.get("currency", "USD"),
    )


def town_named(at: Transaction, chat: Chat, person: Person, text: str) -> None:
    """Offer the places that a town's name may mean. Raises TownNotFound, and as `go` does."""
    group, choices = _open(at, chat, person)
    found = places.find_places(text, at=at.now, language=choices["language"])
    if not found:
        raise TownNotFound(town=messages.clean_name(text, 40))
    choices["found"] = [asdict(one) for one in found]
    step = groups.setup(at, group.id)
    _settle(at, person, TOWN_ASKED, group)
    _keep(at, group, step[0] if step and step[0] == "hello" else "zone", choices)


def currency_named(at: Transaction, chat: Chat, person: Person, text: str) -> None:
    """Take a currency by its code. Raises CurrencyNotKnown, and as `go` does."""
    group, choices = _open(at, chat, person)
    code = text.strip().upper()[:CODE_LENGTH]
    if code not in CURRENCY_SCALES or len(text.strip()) != CODE_LENGTH:
        raise CurrencyNotKnown
    choices["currency"] = code
    choices.pop("amount_minor", None)
    _settle(at, person, CURRENCY_ASKED, group)
    _keep(at, group, _after("currency", choices), choices)


def amount_named(at: Transaction, chat: Chat, person: Person, text: str) -> None:
    """Repeat an amount back before it counts. Raises AmountRefusal, and as `go` does."""
    group, choices = _open(at, chat, person)
    choices["amount_typed"] = parse_amount(text, currency(choices["currency"]))
    _settle(at, person, AMOUNT_ASKED, group)
    _keep(at, group, "amount", choices)


def how_to_pay_named(at: Transaction, chat: Chat, person: Person, text: str) -> None:
    """Keep the group's own words on how to pay. Raises as `go` does."""
    group, choices = _open(at, chat, person)
    choices["how_to_pay"] = messages.cut(text.strip(), rules.HOW_TO_PAY_MAX)
    _settle(at, person, HOW_TO_PAY_ASKED, group)
    _keep(at, group, _after("how_to_pay", choices), choices)


def _settle(at: Transaction, person: Person, kind: str, group: Group) -> None:
    questions.settle(at, person.id, kind, group.id)


# -- from choices to the agreement --------------------------------------------------------------


def agreement_of(choices: Mapping[str, Any]) -> Agreement:
    """Return the agreement that the choices amount to; what was not chosen is the usual."""
    practices = frozenset(choices.get("practices", _usual_practices()))
    contribution = None
    if "contributions" in practices:
        contribution = Contribution(
            amount_minor=choices["amount_minor"],
            day=choices.get("contribution_day", Contribution(amount_minor=1).day),
            how_to_pay=choices.get("how_to_pay", ""),
        )
    return Agreement(
        language=choices["language"],
        zone=choices["zone"],
        currency=choices["currency"],
        practices=practices,
        check_in=CheckIn(day=choices.get("check_in_day", CheckIn().day)),
        contribution=contribution,
    )


def choices_of(agreement: Agreement) -> dict[str, Any]:
    """Return the choices that an agreement amounts to, to begin a change with."""
    choices: dict[str, Any] = {
        "language": agreement.language,
        "zone": agreement.zone,
        "currency": agreement.currency,
        "practices": sorted(agreement.practices),
        "check_in_day": agreement.check_in.day,
    }
    if agreement.contribution is not None:
        choices["amount_minor"] = agreement.contribution.amount_minor
        choices["contribution_day"] = agreement.contribution.day
        choices["how_to_pay"] = agreement.contribution.how_to_pay
    return choices


def _usual_practices() -> frozenset[str]:
    return frozenset({"check_ins", "polls", "digests"})


def _missing(choices: Mapping[str, Any]) -> str | None:
    """The step that must still be taken before anything can hold."""
    if "zone" not in choices:
        return "zone"
    if "currency" not in choices:
        return "currency"
    if "contributions" in choices.get("practices", ()) and "amount_minor" not in choices:
        return "amount"
    return None


def _after(step: str, choices: Mapping[str, Any]) -> str:
    """The step that follows; contributions' own steps only where the group has them."""
    left = list(STEPS[STEPS.index(step) + 1 :])
    if "contributions" not in choices.get("practices", _usual_practices()):
        left = [one for one in left if one not in {"amount", "day", "how_to_pay"}]
    return left[0] if left else "summary"


def _take_place(choices: dict[str, Any], place: Mapping[str, str]) -> None:
    choices["zone"], choices["city"] = place["zone"], place["city"]
    choices.pop("found", None)
    of_country = places.currencies_of(place["country_code"])
    choices.setdefault("currency", of_country[0] if of_country else "USD")


def _start(at: Transaction, group: Group, choices: dict[str, Any], person: Person) -> None:
    groups.agree(at, group.id, agreement_of(choices), changed_by=person.id)
    groups.set_state(at, group.id, "active")
    if groups.agreement(at, group.id).version == 1:
        groups.set_added_by(at, group.id, person.id)
    groups.end_setup(at, group.id)
    plan_all(at, group.id)
    outbox.show_card(at, CARD, group.id, group.chat_id, urgency=outbox.ANSWER)


def plan_all(at: Transaction, group_id: int) -> None:
    """Let every practice plan what comes, by the agreement that holds now."""
    check_ins.plan(at, group_id)
    contributions.plan(at, group_id)
    digests.plan(at, group_id)


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
        count, agreement = members.count(at, group.id), groups.agreement(at, group.id)
        return speaking.card_content(
            group.language, "setup/welcome", group=group, count=count, agreement=agreement
        )
    step, choices = found
    facts: dict[str, Any] = {
        "group": group,
        "choices": choices,
        "steps": {name: number for number, name in enumerate(STEPS)},
        "places": offered_places(choices),
        "searched": "found" in choices,
        "languages": messages.languages(),
        "currencies": offered_currencies(choices) if "zone" in choices else [],
        "practices": rules.PRACTICES,
        "chosen_practices": choices.get("practices", sorted(_usual_practices())),
        "check_in_days": CHECK_IN_DAYS,
        "contribution_days": CONTRIBUTION_DAYS,
        "usual": CheckIn(),
        "changing": groups.agreed_since(at, group.id) is not None,
        "following": STEPS.index(_after(step, choices)),
    }
    return speaking.card_content(choices["language"], f"setup/{step}", **facts)


def read_agreement(at: Reading, chat: Chat, person_id: int | None) -> dict[str, Any]:
    """Return what a group agreed, for all to read. Raises NothingToSetUp before there is any."""
    if chat.is_private:
        mine = members.groups_of(at, person_id) if person_id is not None else []
        group = groups.by_id(at, mine[0]) if mine else None
    else:
        group = groups.of_chat(at, chat.id)
    since = groups.agreed_since(at, group.id) if group is not None else None
    if group is None or since is None:
        raise NothingToSetUp
    return {
        "group": group,
        "agreement": groups.agreement(at, group.id),
        "since": since,
        "offices": {
            office: holders
            for office in members.OFFICES
            if (holders := members.holders(at, group.id, office))
        },
    }


CARDS: dict[str, Callable[[Reading, Card], Mapping[str, Any] | None]] = {CARD: draw}
RESULTS: dict[str, Callable[[Transaction, int, Any], None]] = {
    ADMIN_KNOWN: admin_known,
    ADMINS_KNOWN: admins_known,
}
