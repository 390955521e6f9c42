"""Attaching to a proposal what then happens by itself, choice by choice.

What cannot be is said at once, and asked again when it would take effect (`effects`).
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from bot.domain.agreement import NEVER_CHANGES, PARTS, PRACTICES
from bot.domain.amending import KNOBS, Knob, knobs_of, read_value
from bot.domain.check_ins import OWN_WORDS_MAX
from bot.domain.decisions import Choice, Draft, Matter, among_several
from bot.domain.effects import (
    Admit,
    AdoptQuestion,
    Amend,
    Effect,
    Elect,
    Lock,
    PartWith,
    PayAllotted,
    PayOut,
    Switch,
    read,
    written,
)
from bot.domain.errors import Refusal
from bot.domain.money import currency, parse_amount
from bot.domain.offices import OFFICES
from bot.domain.own_questions import KINDS as QUESTION_KINDS, OwnQuestion
from bot.domain.voting import CHOICES_MAX, OF_BUDGETS
from bot.practices import book, effects, fund, offices, proposing
from bot.practices.decision_view import ASKED_AMOUNT, ASKED_QUESTION, ASKED_VALUE
from bot.practices.proposing import ProposalGone, draft_of, keep
from bot.practices.showing import Asked, Shown
from bot.storage import contributions, decisions as store, groups, ledger, members
from bot.storage.database import Reading, Transaction
from bot.storage.members import Member
from bot.storage.questions import Question

PAGE: Final = 8
#: In the order of their buttons, which carry the place: only ever added to at the end.
KINDS: Final = (
    "none",
    "amend",
    "elect",
    "pay_out",
    "admit",
    "part_with",
    "switch",
    "lock",
    "pay_allotted",
    "adopt_question",
)


class NobodyChosen(Refusal):
    """An election needs somebody who can be elected."""


def menu(at: Reading, draft_id: int, person_id: int) -> Shown:
    """Show what a decision can make happen by itself."""
    draft = _placed(at, draft_id, person_id)
    kinds = [one for one in KINDS if one != "pay_allotted" or _is_of_budget(draft)]
    return _show(at, draft, "decisions/effects", kinds=[(KINDS.index(one), one) for one in kinds])


def choose(at: Transaction, draft_id: int, person_id: int, number: int) -> Shown:
    """Go on with one kind: show what it needs to know."""
    draft = _placed(at, draft_id, person_id)
    kind = _one_of(KINDS, number)
    if kind == "none":
        return _with(at, draft, person_id, None)
    if kind == "pay_allotted":
        return _pay_allotted(at, draft, person_id)
    return _SHOWN[kind](at, draft)


def _is_of_budget(draft: Draft) -> bool:
    return draft.manner.method in OF_BUDGETS


# -- the agreement --------------------------------------------------------------------------------


def _parts(at: Reading, draft: Draft) -> Shown:
    found = knobs_of(groups.agreement(at, _group_id(draft)))
    return _show(
        at, draft, "decisions/effect_parts", parts=[(PARTS.index(one), one) for one in found]
    )


def choose_part(at: Transaction, draft_id: int, person_id: int, number: int) -> Shown:
    """Show what of a part can be changed; where that is one thing, ask for it."""
    draft = _placed(at, draft_id, person_id)
    part = _one_of(PARTS, number)
    agreement = groups.agreement(at, _group_id(draft))
    knobs = knobs_of(agreement).get(part, [])
    if not knobs:
        raise ProposalGone
    if len(knobs) == 1:
        return choose_knob(at, draft_id, person_id, *knobs[0])
    purses = {one.number: one.purse for one in agreement.plans}
    listed = [(place, plan, KNOBS[place], purses.get(plan)) for place, plan in knobs]
    are_several = len({plan for _, plan in knobs}) > 1
    facts = {"part": part, "knobs": listed, "are_several": are_several}
    return _show(at, draft, "decisions/effect_knobs", **facts)


def choose_knob(at: Transaction, draft_id: int, person_id: int, number: int, plan: int) -> Shown:
    """Ask what one thing shall be from then on; `plan`: of which plan, if of one."""
    draft = _placed(at, draft_id, person_id)
    knob = _knob(at, draft, number, plan)
    asks = (
        None
        if knob.kind == "choice"
        else Asked(ASKED_VALUE, draft.id, {"knob": number, "plan": plan})
    )
    shown = _show(at, draft, "decisions/effect_value", knob=knob, number=number)
    return replace(shown, asks=asks)


def choose_value(at: Transaction, draft_id: int, person_id: int, number: int, option: int) -> Shown:
    """Keep one of the values that are offered. Raises why it cannot be."""
    draft = _placed(at, draft_id, person_id)
    knob = _knob(at, draft, number, 0)
    amend = Amend(knob.part, knob.written(_one_of(knob.options, option)))
    return _with(at, draft, person_id, amend)


def hear_value(at: Transaction, question: Question, text: str) -> Shown:
    """Keep the value that somebody wrote. Raises what its reading raises, and why it cannot be."""
    draft = _placed(at, question.subject, question.person_id)
    plan = int(question.facts["plan"])
    knob = _knob(at, draft, int(question.facts["knob"]), plan)
    agreement = groups.agreement(at, _group_id(draft))
    value = read_value(knob, text, currency(agreement.currency))
    return _with(at, draft, question.person_id, Amend(knob.part, knob.written(value, plan)))


def _knob(at: Reading, draft: Draft, number: int, plan: int) -> Knob:
    knob: Knob = _one_of(KNOBS, number)
    if (number, plan) not in knobs_of(groups.agreement(at, _group_id(draft))).get(knob.part, []):
        raise ProposalGone
    return knob


def _locks(at: Reading, draft: Draft) -> Shown:
    locked = groups.agreement(at, _group_id(draft)).locked
    parts = [(PARTS.index(one), one, one in locked) for one in PARTS if one not in NEVER_CHANGES]
    return _show(at, draft, "decisions/effect_locks", parts=parts)


def choose_lock(at: Transaction, draft_id: int, person_id: int, number: int) -> Shown:
    """Keep that a part is to be locked; one that is, unlocked."""
    draft = _placed(at, draft_id, person_id)
    part = _one_of(PARTS, number)
    is_locked = part in groups.agreement(at, _group_id(draft)).locked
    return _with(at, draft, person_id, Lock(part, locked=not is_locked))


def _practices(at: Reading, draft: Draft) -> Shown:
    agreed = groups.agreement(at, _group_id(draft)).practices
    listed = [(place, one, one in agreed) for place, one in enumerate(PRACTICES)]
    return _show(at, draft, "decisions/effect_practices", practices=listed)


def choose_practice(at: Transaction, draft_id: int, person_id: int, number: int) -> Shown:
    """Keep that a practice is to begin; one that is on, to end."""
    draft = _placed(at, draft_id, person_id)
    practice = _one_of(PRACTICES, number)
    is_on = practice in groups.agreement(at, _group_id(draft)).practices
    return _with(at, draft, person_id, Switch(practice, on=not is_on))


def _answers(at: Reading, draft: Draft) -> Shown:
    return _show(at, draft, "decisions/effect_answers", answers=list(enumerate(QUESTION_KINDS)))


def choose_answer(at: Transaction, draft_id: int, person_id: int, number: int) -> Shown:
    """Ask for the words of a question that the check-in shall ask."""
    draft = _placed(at, draft_id, person_id)
    answered = _one_of(QUESTION_KINDS, number)
    shown = _show(at, draft, "decisions/effect_question", answered=answered, most=OWN_WORDS_MAX)
    return replace(shown, asks=Asked(ASKED_QUESTION, draft.id, {"answered": number}))


def hear_question(at: Transaction, question: Question, text: str) -> Shown:
    """Keep the question that is to be asked. Raises WordsMissing, WordsTooLong, and why not."""
    draft = _placed(at, question.subject, question.person_id)
    answered = _one_of(QUESTION_KINDS, int(question.facts["answered"]))
    own = OwnQuestion(answered, text)
    return _with(at, draft, question.person_id, AdoptQuestion(own.kind, own.words))


# -- offices and members --------------------------------------------------------------------------


def _offices(at: Reading, draft: Draft) -> Shown:
    return _show(at, draft, "decisions/effect_offices", offices=list(enumerate(OFFICES)))


def choose_office(at: Transaction, draft_id: int, person_id: int, number: int) -> Shown:
    """Keep which office, and ask who stands for it."""
    draft = _placed(at, draft_id, person_id)
    elect = Elect(_one_of(OFFICES, number))
    matter = replace(draft.matter, effect=written(elect), choices=(), budget_minor=0)
    draft = replace(draft, matter=matter)
    store.keep_draft(at, draft, person_id)
    return _candidates(at, draft, 0)


def candidates(at: Reading, draft_id: int, person_id: int, page: int) -> Shown:
    """Show a page of who can stand."""
    return _candidates(at, _placed(at, draft_id, person_id), page)


def choose_candidate(
    at: Transaction, draft_id: int, person_id: int, page: int, member_id: int
) -> Shown:
    """Let somebody stand, or no longer. Raises why they cannot."""
    draft = _placed(at, draft_id, person_id)
    elect = _electing(draft)
    offices.require_electable(at, _group_id(draft), elect.office, member_id)
    standing = [one for one in draft.matter.choices if one.member_id != member_id]
    if len(standing) == len(draft.matter.choices):
        standing.append(Choice("", member_id=member_id))
    if len(standing) <= CHOICES_MAX:
        draft = replace(draft, matter=replace(draft.matter, choices=tuple(standing)))
        store.keep_draft(at, draft, person_id)
    return _candidates(at, draft, page)


def all_stand(at: Transaction, draft_id: int, person_id: int) -> Shown:
    """Go on with those who stand; of one alone it is yes or no. Raises NobodyChosen."""
    draft = _placed(at, draft_id, person_id)
    elect, standing = _electing(draft), draft.matter.choices
    if not standing:
        raise NobodyChosen
    if len(standing) == 1:
        alone = replace(elect, member_id=standing[0].member_id)
        matter = replace(draft.matter, effect=written(alone), choices=())
        draft = replace(draft, matter=matter)
    else:
        draft = replace(draft, manner=among_several(draft.manner))
    effects.check(at, _group_id(draft), draft.matter, draft.manner)
    return keep(at, draft, person_id)


def _electing(draft: Draft) -> Elect:
    effect = read(draft.matter.effect)
    if not isinstance(effect, Elect):
        raise ProposalGone
    return effect


def _candidates(at: Reading, draft: Draft, page: int) -> Shown:
    standing = {one.member_id for one in draft.matter.choices}
    able = [
        one
        for one in members.of_group(at, _group_id(draft))
        if _is_electable(at, one, _electing(draft).office)
    ]
    return _people(at, draft, "decisions/effect_candidates", able, page, standing=standing)


def _is_electable(at: Reading, member: Member, office: Any) -> bool:  # noqa: ANN401 - an office
    try:
        offices.require_electable(at, member.group_id, office, member.id)
    except Refusal:
        return False
    return True


def _leaving(at: Reading, draft: Draft, page: int = 0) -> Shown:
    everybody = members.of_group(at, _group_id(draft))
    return _people(at, draft, "decisions/effect_part_with", everybody, page)


def part_with(at: Reading, draft_id: int, person_id: int, page: int) -> Shown:
    """Show a page of members."""
    return _leaving(at, _placed(at, draft_id, person_id), page)


def choose_part_with(at: Transaction, draft_id: int, person_id: int, member_id: int) -> Shown:
    """Keep that a member is to leave."""
    draft = _placed(at, draft_id, person_id)
    return _with(at, draft, person_id, PartWith(member_id))


def _coming(at: Reading, draft: Draft) -> Shown:
    """Show who asked to join and has not been answered, or has left."""
    found = members.outside(at, _group_id(draft))
    return _people(at, draft, "decisions/effect_admit", found, 0)


def choose_admit(at: Transaction, draft_id: int, person_id: int, member_id: int) -> Shown:
    """Keep that somebody is to be invited."""
    draft = _placed(at, draft_id, person_id)
    return _with(at, draft, person_id, Admit(member_id))


# -- money ----------------------------------------------------------------------------------------


def _purses(at: Reading, draft: Draft) -> Shown:
    group_id = _group_id(draft)
    found = ledger.purses_of(at, group_id)
    if not found:
        raise fund.NoFund
    return _homes(at, draft, found[0][0], 0)


def homes(at: Reading, draft_id: int, person_id: int, purse_id: int, page: int) -> Shown:
    """Ask what is paid out: a cost, or a gift to a household; a page of them."""
    return _homes(at, _placed(at, draft_id, person_id), purse_id, page)


def _homes(at: Reading, draft: Draft, purse_id: int, page: int) -> Shown:
    found = contributions.households_of(at, _group_id(draft))
    shown = found[page * PAGE : (page + 1) * PAGE]
    return _show(
        at,
        draft,
        "decisions/effect_homes",
        purses=ledger.purses_of(at, _group_id(draft)),
        purse_id=purse_id,
        households=[(one, book.household_names(at, one)) for one in shown],
        page=page,
        has_more=len(found) > (page + 1) * PAGE,
    )


def choose_home(
    at: Transaction, draft_id: int, person_id: int, purse_id: int, household_id: int
) -> Shown:
    """Ask how much; no household (0): a cost. Raises NoFund, NoSuchHousehold."""
    draft = _placed(at, draft_id, person_id)
    group_id = _group_id(draft)
    purse = dict(ledger.purses_of(at, group_id)).get(purse_id)
    if purse is None:
        raise fund.NoFund
    if household_id and not contributions.is_household_of(at, group_id, household_id):
        raise ProposalGone
    about = {"purse": purse_id, "household": household_id}
    names = book.household_names(at, household_id) if household_id else []
    shown = _show(at, draft, "decisions/effect_amount", household=names)
    return replace(shown, asks=Asked(ASKED_AMOUNT, draft.id, about))


def hear_amount(at: Transaction, question: Question, text: str) -> Shown:
    """Keep how much. Raises AmountRefusal, PurseTooLow, NoFund, NoSuchHousehold."""
    draft = _placed(at, question.subject, question.person_id)
    group_id = _group_id(draft)
    money = currency(groups.agreement(at, group_id).currency)
    purse = dict(ledger.purses_of(at, group_id)).get(int(question.facts["purse"]))
    if purse is None:
        raise fund.NoFund
    household_id = int(question.facts["household"]) or None
    pay = PayOut(purse, parse_amount(text, money), household_id)
    return _with(at, draft, question.person_id, pay)


def _pay_allotted(at: Transaction, draft: Draft, person_id: int) -> Shown:
    found = ledger.purses_of(at, _group_id(draft))
    if not found or not _is_of_budget(draft):
        raise fund.NoFund
    matter = replace(draft.matter, effect=written(PayAllotted(found[0][1])))
    effects.check(at, _group_id(draft), matter, draft.manner)
    return keep(at, replace(draft, matter=matter), person_id)


# -- what holds of all ----------------------------------------------------------------------------


def _with(at: Transaction, draft: Draft, person_id: int, effect: Effect | None) -> Shown:
    """Attach an effect that is accepted or not, and go on. Raises why it cannot be."""
    matter = draft.matter
    if effect is not None:
        matter = Matter(effect=written(effect))
        agreement = groups.agreement(at, _group_id(draft))
        manner = effects.required(effect, agreement, draft.manner)
        effects.check(at, _group_id(draft), matter, manner)
    elif read(matter.effect) is not None:
        is_election = isinstance(read(matter.effect), Elect)
        choices = () if is_election else matter.choices
        matter = replace(matter, effect=None, choices=choices)
    return keep(at, replace(draft, matter=matter), person_id)


def _people(
    at: Reading, draft: Draft, message: str, people: Sequence[Member], page: int, **facts: object
) -> Shown:
    shown = people[page * PAGE : (page + 1) * PAGE]
    has_more = len(people) > (page + 1) * PAGE
    return _show(at, draft, message, people=shown, page=page, has_more=has_more, **facts)


def _show(at: Reading, draft: Draft, message: str, **facts: object) -> Shown:
    found = proposing.facts_of(at, draft, groups.by_id(at, _group_id(draft)))
    return Shown(message, found | facts)


def _placed(at: Reading, draft_id: int, person_id: int) -> Draft:
    draft = draft_of(at, draft_id, person_id)
    if draft.group_id is None:
        raise ProposalGone
    return draft


def _group_id(draft: Draft) -> int:
    assert draft.group_id is not None
    return draft.group_id


def _one_of(offered: Sequence[Any], number: int) -> Any:  # noqa: ANN401 - any list of choices
    if number >= len(offered):
        raise ProposalGone
    return offered[number]


_SHOWN: Final[dict[str, Callable[[Reading, Draft], Shown]]] = {
    "amend": _parts,
    "elect": _offices,
    "pay_out": _purses,
    "admit": _coming,
    "part_with": _leaving,
    "switch": _practices,
    "lock": _locks,
    "adopt_question": _answers,
}
