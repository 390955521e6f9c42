"""The group's plans, made and changed by its facilitator in private, step by step.

A draft holds nothing until "Let it hold"; then the agreement has a new version. Where the group
has locked its contributions, only a decision changes them (practices/agreement.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from bot.domain import agreement as rules, plan_drafts as drafts, plans
from bot.domain.agreement import Agreement
from bot.domain.calendar import local
from bot.domain.errors import Refusal
from bot.domain.money import currency, parse_amount
from bot.domain.plan_drafts import STEPS, Draft, StepNotOffered
from bot.domain.plans import HOW_TO_PAY_MAX, PLANS_MAX, UNIT_MAX, Contribution
from bot.domain.quantities import parse_quantity
from bot.practices import agreement as agreed
from bot.practices.dues import Screen
from bot.rendering.messages import UNSEEN, clean_name, cut
from bot.storage import groups, members, plan_drafts as store, questions
from bot.storage.chats import Chat
from bot.storage.database import Reading, Transaction
from bot.storage.groups import Group
from bot.storage.outbox import Card
from bot.storage.questions import Question

LINK: Final = "plans"  # the purpose of the deep link; its number is the group's
ASKED: Final = "plan_step"  # the open question; its subject is the group


class PlanStandsAlready(Refusal):
    """Another plan already fills that purse with the same thing."""


class TooManyPlans(Refusal):
    """There are as many plans as a group can keep an eye on. Facts: most."""


class NotInWords(Refusal):
    """Words were asked for, and something else came."""


def show_all(at: Transaction, group_id: int, person_id: int) -> Screen:
    """Return the plans of a group, to its facilitator. Raises NotAMember, NotTheFacilitator."""
    group, agreement = _place(at, group_id, person_id)
    questions.settle(at, person_id, ASKED, group_id)
    return Screen(
        "plans/all",
        {"group": group, "agreement": agreement, "has_room": len(agreement.plans) < PLANS_MAX},
    )


def open_one(at: Transaction, chat: Chat, group_id: int, person_id: int, number: int) -> Screen:
    """Begin to change a plan, or (0) to make one.

    Raises StepNotOffered for one that is not there, TooManyPlans, PartLocked, and as `show_all`.
    """
    _, agreement = _place(at, group_id, person_id)
    agreed.require_unlocked(agreement, "plans")
    draft: Draft
    if number:
        found = next((one for one in agreement.plans if one.number == number), None)
        if found is None:
            raise StepNotOffered
        draft = drafts.draft_of(found)
    else:
        if len(agreement.plans) >= PLANS_MAX:
            raise TooManyPlans(most=PLANS_MAX)
        draft = {"number": plans.next_number(agreement.plans)}
    return _keep(at, chat, group_id, person_id, draft)


def go(at: Transaction, chat: Chat, group_id: int, person_id: int, place: int) -> Screen:
    """Go to a step of the plan being made. Raises StepNotOffered, and as `show_all`."""
    draft = _draft(at, group_id, person_id)
    if place >= len(STEPS) or STEPS[place] not in drafts.changeable(draft):
        raise StepNotOffered
    return _step_screen(at, chat, group_id, person_id, draft, STEPS[place])


def look(at: Transaction, chat: Chat, group_id: int, person_id: int) -> Screen:
    """Return to the plan being made, where it stands. Raises as `go`."""
    return _keep(at, chat, group_id, person_id, _draft(at, group_id, person_id))


def choose(at: Transaction, chat: Chat, person_id: int, numbers: tuple[int, int, int]) -> Screen:
    """Take a step by a button. `numbers`: the group, the step, the choice. Raises as `go`."""
    group_id, place, number = numbers
    group, agreement = _place(at, group_id, person_id)
    draft = _draft(at, group_id, person_id)
    if place >= len(STEPS):
        raise StepNotOffered
    today = local(at.now, agreement.zone).date()
    offered = drafts.options(draft, STEPS[place], today)
    if number >= len(offered):
        raise StepNotOffered
    made = drafts.chosen(draft, STEPS[place], offered[number])
    return _keep(at, chat, group.id, person_id, made)


def take_words(at: Transaction, chat: Chat, question: Question, text: str) -> Screen:
    """Take a step that was answered in words.

    Raises NotInWords, AmountRefusal, QuantityNotUnderstood, and as `go`.
    """
    group_id, person_id = question.subject, question.person_id
    _, agreement = _place(at, group_id, person_id)
    draft = _draft(at, group_id, person_id)
    step: str = question.facts["step"]
    words = " ".join(UNSEEN.sub(" ", text).split())
    if not words:
        raise NotInWords
    value: Any
    if step == "amount_minor":
        value = _amount_of(agreement, draft, words)
    elif step == "unit":
        value = clean_name(words, UNIT_MAX)
    else:
        value = cut(words, HOW_TO_PAY_MAX)
    return _keep(at, chat, group_id, person_id, drafts.chosen(draft, step, value))


def _amount_of(agreement: Agreement, draft: Mapping[str, Any], words: str) -> int:
    if draft.get("unit"):
        return parse_quantity(words)
    return parse_amount(words, currency(agreement.currency))


def hold(at: Transaction, group_id: int, person_id: int) -> Screen:
    """Let the plan hold from now.

    Raises StepNotOffered where something is missing, PlanStandsAlready, PartLocked,
    SharePriceStands, and as `show_all`.
    """
    draft = _draft(at, group_id, person_id)
    if drafts.missing(draft) is not None:
        raise StepNotOffered
    return _change(at, group_id, person_id, replace(drafts.plan_of(draft), rests=False))


def rest(at: Transaction, group_id: int, person_id: int, number: int) -> Screen:
    """Let a plan rest: nothing is due by it until it is taken up again. Raises as `hold`."""
    _, agreement = _place(at, group_id, person_id)
    for one in agreement.plans:
        if one.number == number:
            return _change(at, group_id, person_id, replace(one, rests=True))
    raise StepNotOffered


def _change(at: Transaction, group_id: int, person_id: int, plan: Contribution) -> Screen:
    _, before = _place(at, group_id, person_id)
    made = plans.put(before.plans, plan)
    if not plans.holds(made):
        raise PlanStandsAlready
    gives = {"contributions"} if any(not one.rests for one in made) else set[str]()
    after = replace(
        before,
        plans=made,
        practices=(before.practices - {"contributions"}) | gives,
        funds=before.funds if plan.rests else before.funds | {plan.purse},
    )
    agreed.require_unlocked(before, *rules.changes(before, after))
    agreed.hold(at, group_id, before, after, by=person_id, decision_id=None)
    store.end(at, group_id, person_id)
    return show_all(at, group_id, person_id)


# -- what is shown ------------------------------------------------------------------------------


def _keep(at: Transaction, chat: Chat, group_id: int, person_id: int, draft: Draft) -> Screen:
    """Keep the draft, and show what is to be chosen next, or all of it before it holds."""
    store.keep(at, group_id, person_id, draft)
    questions.settle(at, person_id, ASKED, group_id)
    step = drafts.missing(draft)
    if step is not None:
        return _step_screen(at, chat, group_id, person_id, draft, step)
    group, agreement = _place(at, group_id, person_id)
    return Screen(
        "plans/plan",
        _facts(at, group, agreement, draft)
        | {"plan": drafts.plan_of(draft), "changeable": drafts.changeable(draft)},
    )


def _step_screen(
    at: Transaction, chat: Chat, group_id: int, person_id: int, draft: Draft, step: str
) -> Screen:
    group, agreement = _place(at, group_id, person_id)
    if step in drafts.IN_WORDS:
        questions.ask(
            at, person_id=person_id, chat_id=chat.id, kind=ASKED, subject=group_id, step=step
        )
    else:
        questions.settle(at, person_id, ASKED, group_id)
    today = local(at.now, agreement.zone).date()
    offered = drafts.options(draft, step, today)
    return Screen(
        "plans/step",
        _facts(at, group, agreement, draft)
        | {"step": step, "options": offered, "is_whole": drafts.missing(draft) is None},
    )


def _facts(
    at: Reading, group: Group, agreement: Agreement, draft: Mapping[str, Any]
) -> dict[str, Any]:
    del at
    numbers = {one.number for one in agreement.plans}
    return {
        "group": group,
        "currency": agreement.currency,
        "draft": draft,
        "steps": {name: number for number, name in enumerate(STEPS)},
        "is_new": draft["number"] not in numbers,
    }


def _draft(at: Reading, group_id: int, person_id: int) -> Draft:
    _place(at, group_id, person_id)
    draft = store.find(at, group_id, person_id)
    if draft is None:
        raise StepNotOffered
    return draft


def _place(at: Reading, group_id: int, person_id: int) -> tuple[Group, Agreement]:
    """Return the group and what it agreed, to its facilitator."""
    try:
        group = groups.by_id(at, group_id)
        agreement = groups.agreement(at, group_id)
    except LookupError:
        raise StepNotOffered from None
    members.require(at, group_id, person_id, group_title="")
    agreed.require_facilitator(at, group_id, person_id)
    return group, agreement


CARDS: dict[str, Callable[[Reading, Card], Mapping[str, Any] | None]] = {}
RESULTS: dict[str, Callable[[Transaction, int, Any], None]] = {}
