"""The facilitator changes what the group has not locked: in private, one thing at a time.

Each change is a version of the agreement from that moment on, and the group is told of it in its
chat (agreement_news.py). An amount is repeated back before it counts.
"""

from typing import Any, Final

from bot.domain.agreement import NEVER_CHANGES, PARTS, PRACTICES, Agreement
from bot.domain.amending import KNOBS, PLANS, Knob, knobs_of, read_value
from bot.domain.errors import Refusal
from bot.domain.money import currency
from bot.practices import agreement as agreed
from bot.practices.agreement_view import NothingAgreed, own_questions_of
from bot.practices.journal_view import Shown
from bot.practices.members import NotYours, Place, place_in
from bot.rendering import messages
from bot.storage import groups, members, questions
from bot.storage.chats import Chat
from bot.storage.database import Reading, Transaction
from bot.storage.questions import Question

LINK: Final = "settings"  # the purpose of the deep link; its number is the group's
VALUE_ASKED: Final = "settings_value"  # an open question; its subject is the group
#: Not here: a town is searched for in the group, and purses follow the plans.
ELSEWHERE: Final = frozenset({"zone", "funds"})


class PlanLacking(Refusal):
    """Contributions are switched on where nobody has said yet how much one gives."""


# -- finding it -----------------------------------------------------------------------------------


def find_mine(at: Transaction, person_id: int) -> Shown:
    """Return what /settings shows in private: the group's parts, or which group.

    Raises NothingAgreed, NotTheFacilitator.
    """
    mine = members.groups_of(at, person_id)
    if not mine:
        raise NothingAgreed
    facilitated = [one for one in mine if _facilitates(at, one, person_id)]
    if not facilitated:
        agreed.require_facilitator(at, mine[0], person_id)
    if len(facilitated) > 1:
        found = [groups.by_id(at, one) for one in facilitated]
        return Shown("settings/which", {"groups": found})
    return show_parts(at, facilitated[0], person_id)


def _facilitates(at: Reading, group_id: int, person_id: int) -> bool:
    return any(one.person_id == person_id for one in members.holders(at, group_id, "facilitator"))


def _enter(at: Reading, group_id: int, person_id: int) -> tuple[Place, Agreement]:
    """Return the facilitator's place. Raises NotYours, NotAMember, NotTheFacilitator."""
    place = place_in(at, group_id, person_id)
    agreed.require_facilitator(at, group_id, person_id)
    return place, groups.agreement(at, group_id)


# -- looking --------------------------------------------------------------------------------------


def show_parts(at: Transaction, group_id: int, person_id: int) -> Shown:
    """Show every part that can be changed, the locked ones marked.

    Raises NotYours, NotAMember, NotTheFacilitator.
    """
    place, agreement = _enter(at, group_id, person_id)
    questions.settle(at, person_id, VALUE_ASKED, group_id)
    parts = [
        (number, part, part in agreement.locked)
        for number, part in enumerate(PARTS)
        if part not in NEVER_CHANGES | ELSEWHERE
    ]
    return Shown("settings/parts", {"group": place.group, "parts": parts})


def show_part(
    at: Transaction, group_id: int, person_id: int, number: int, *, holds: bool = False
) -> Shown:
    """Show one part as it is, and what of it can be changed; `holds`: it was changed just now.

    Raises NotYours, NotAMember, NotTheFacilitator.
    """
    where, agreement = _enter(at, group_id, person_id)
    part = _one_of(PARTS, number)
    if part in NEVER_CHANGES | ELSEWHERE:
        raise NotYours
    questions.settle(at, person_id, VALUE_ASKED, group_id)
    is_locked = part in agreement.locked
    found = [] if is_locked or part == PLANS else knobs_of(agreement).get(part, [])
    return Shown(
        "settings/part",
        {
            "group": where.group,
            "agreement": agreement,
            "own_questions": own_questions_of(at, agreement),
            "part": part,
            "number": number,
            "is_locked": is_locked,
            "holds": holds,
            "knobs": [(place, KNOBS[place]) for place, _ in found],
            "practices": list(enumerate(PRACTICES)),
            "languages": list(enumerate(messages.languages())),
        },
    )


# -- changing -------------------------------------------------------------------------------------


def show_knob(at: Transaction, chat: Chat, group_id: int, person_id: int, number: int) -> Shown:
    """Ask what one thing shall be from now on: to be tapped, or written.

    Raises NotYours, NotAMember, NotTheFacilitator, PartLocked.
    """
    place, agreement = _enter(at, group_id, person_id)
    knob = _knob(agreement, number)
    if knob.kind != "choice":
        questions.ask(
            at,
            person_id=person_id,
            chat_id=chat.id,
            kind=VALUE_ASKED,
            subject=group_id,
            knob=number,
        )
    return Shown("settings/value", _knob_facts(place, agreement, number))


def choose(at: Transaction, group_id: int, person_id: int, number: int, option: int) -> Shown:
    """Let one of the values that are offered hold.

    Raises as `show_knob` does, and AgreementPartRefused.
    """
    _, agreement = _enter(at, group_id, person_id)
    knob = _knob(agreement, number)
    return _amend(at, group_id, person_id, knob, _one_of(knob.options, option))


def hear(at: Transaction, question: Question, text: str) -> Shown:
    """Let the value that somebody wrote hold; an amount is repeated back first.

    Raises what `read_value` raises, and as `choose` does.
    """
    group_id, person_id = question.subject, question.person_id
    number = int(question.facts["knob"])
    place, agreement = _enter(at, group_id, person_id)
    knob = _knob(agreement, number)
    value = read_value(knob, text, currency(agreement.currency))
    if knob.kind == "amount":
        facts = _knob_facts(place, agreement, number)
        return Shown("settings/sure", facts | {"amount": value})
    return _amend(at, group_id, person_id, knob, value)


def confirm(at: Transaction, group_id: int, person_id: int, number: int, amount: int) -> Shown:
    """Let an amount hold that was repeated back. Raises as `choose` does."""
    _, agreement = _enter(at, group_id, person_id)
    knob = _knob(agreement, number)
    if knob.kind != "amount":
        raise NotYours
    return _amend(at, group_id, person_id, knob, amount)


def switch_practice(
    at: Transaction, group_id: int, person_id: int, number: int, *, on: bool
) -> Shown:
    """Begin or end a practice. Raises as `choose` does, and PlanLacking."""
    _, agreement = _enter(at, group_id, person_id)
    practice = _one_of(PRACTICES, number)
    wanted = agreement.practices | {practice} if on else agreement.practices - {practice}
    if "contributions" in wanted and all(one.rests for one in agreement.plans):
        raise PlanLacking
    agreed.amend(at, group_id, "practices", sorted(wanted), by=person_id)
    return show_part(at, group_id, person_id, PARTS.index("practices"), holds=True)


def choose_language(at: Transaction, group_id: int, person_id: int, number: int) -> Shown:
    """Choose the group's language. Raises as `choose` does."""
    _enter(at, group_id, person_id)
    language = _one_of(messages.languages(), number)
    agreed.amend(at, group_id, "language", language, by=person_id)
    return show_part(at, group_id, person_id, PARTS.index("language"), holds=True)


def _amend(at: Transaction, group_id: int, person_id: int, knob: Knob, value: object) -> Shown:
    agreed.amend(at, group_id, knob.part, knob.written(value), by=person_id)
    return show_part(at, group_id, person_id, PARTS.index(knob.part), holds=True)


def _knob(agreement: Agreement, number: int) -> Knob:
    """Return one thing that can be changed now. Raises NotYours, PartLocked."""
    knob: Knob = _one_of(KNOBS, number)
    if knob.part == PLANS or (number, 0) not in knobs_of(agreement).get(knob.part, []):
        raise NotYours
    agreed.require_unlocked(agreement, knob.part)
    return knob


def _knob_facts(place: Place, agreement: Agreement, number: int) -> dict[str, Any]:
    knob = KNOBS[number]
    return {
        "group": place.group,
        "currency": agreement.currency,
        "knob": knob,
        "knob_number": number,
        "number": PARTS.index(knob.part),
    }


def _one_of(offered: Any, number: int) -> Any:  # noqa: ANN401 - any list of choices
    if number >= len(offered):
        raise NotYours
    return offered[number]
