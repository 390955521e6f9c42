"""Saying what is proposed: what, why, and how it is decided; the rest is folded away.

Nothing reaches the group before it was read back. What then happens by itself is attached in
`proposed_effects`. Every button may be forged: a draft is its person's alone.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.domain import decisions as rules, effects as kinds
from bot.domain.calendar import after_quiet
from bot.domain.decisions import Draft, Manner
from bot.domain.errors import Refusal
from bot.domain.goals import own_words
from bot.domain.money import currency, parse_amount
from bot.domain.voting import METHODS, OF_BUDGETS
from bot.practices import decision_facts, decisions, effects, speaking
from bot.practices.ballots import DecisionNotYours, look
from bot.practices.decision_view import AGAIN, ASKED_OF_DRAFT, ASKED_PART, NoGroupToDecide
from bot.practices.members import my_place
from bot.practices.showing import Asked, Shown
from bot.storage import decisions as store, groups, members, questions
from bot.storage.chats import Chat
from bot.storage.database import Reading, Transaction
from bot.storage.groups import Group
from bot.storage.questions import Question

#: Deep links, to begin one and to go on with one begun in the group; the number is the group's.
LINK, LINK_GO_ON = "propose", "proposal"


class ProposalGone(Refusal):
    """A button of a proposal that was being said: it stands in the group, or was left."""


# -- beginning ------------------------------------------------------------------------------------


def begin(at: Transaction, person_id: int, text: str = "", group_id: int | None = None) -> Shown:
    """Begin a proposal in private, with its words if they came along.

    Raises NoGroupToDecide, TooManyProposals, WordsMissing, WordsTooLong, and DecisionNotYours where
    `group_id` is none of theirs.
    """
    mine = members.groups_of(at, person_id)
    if not mine:
        raise NoGroupToDecide
    if group_id is not None and group_id not in mine:
        raise DecisionNotYours
    if len(mine) == 1:
        group_id = mine[0]
    return keep(at, _new(at, person_id, text, group_id), person_id)


def follow_link(at: Transaction, group_id: int, person_id: int) -> Shown:
    """The same, by the link in the group. Raises NotAMember, which tells the way in."""
    try:
        group = groups.by_id(at, group_id)
    except LookupError:
        raise DecisionNotYours from None
    members.require(at, group.id, person_id, group_title=group.title)
    return begin(at, person_id, "", group.id)


def say_in_group(at: Transaction, chat: Chat, person_id: int, text: str) -> Shown:
    """Read back in the group what somebody wrote there; nothing written: the way to private.

    Raises GroupNotReady, NotAMember, TooManyProposals, WordsMissing, WordsTooLong.
    """
    group = my_place(at, chat, person_id).group
    url = speaking.link(at, LINK, group.id)
    if not text:
        return Shown("decisions/way_in", {"url": url})
    draft = _new(at, person_id, text, group.id)
    draft = replace(draft, why=draft.why or "")
    store.keep_draft(at, draft, person_id)
    facts = facts_of(at, draft, group) | {"url": speaking.link(at, LINK_GO_ON, group.id)}
    return Shown("decisions/new_in_group", facts)


def go_on(at: Transaction, group_id: int, person_id: int) -> Shown:
    """Go on in private with what was begun in a group. Raises as `follow_link`."""
    draft = store.draft_of_person(at, person_id)
    if draft is None or draft.group_id != group_id:
        return follow_link(at, group_id, person_id)
    return keep(at, draft_of(at, draft.id, person_id), person_id)


def again(at: Transaction, decision_id: int, person_id: int) -> Shown:
    """Begin a proposal like one that decided nothing.

    After a tie only with those that were equal, and where several are chosen those ahead of them.

    Any member may. Raises DecisionNotYours, TooManyProposals.
    """
    decision, member = look(at, decision_id, person_id)
    if decision.state not in AGAIN:
        raise DecisionNotYours
    decisions.require_room(at, member)
    matter = decision.matter
    if decision.state == "tie" and decision.tally is not None:
        counts, tied = decision.tally.counts, decision.tally.chosen
        ahead = {
            place
            for place, votes in enumerate(counts)
            if decision.manner.seats > 1 and votes > counts[tied[0]]
        }
        choices = tuple(matter.choices[one] for one in sorted({*tied, *ahead}))
        matter = replace(matter, choices=choices)
    draft = Draft(0, member.group_id, matter.words or None, matter.why, matter, decision.manner)
    return keep(at, store.begin_draft(at, person_id, draft), person_id)


def _new(at: Transaction, person_id: int, text: str, group_id: int | None) -> Draft:
    draft = Draft(0, group_id)
    if group_id is not None:
        decisions.require_room(at, members.require(at, group_id, person_id))
        draft = replace(draft, manner=rules.usual(groups.agreement(at, group_id)))
    if text:
        words, why = rules.said_at_once(text)
        draft = replace(draft, words=words, why=why)
    _ask_nothing_more(at, person_id)
    return store.begin_draft(at, person_id, draft)


def _ask_nothing_more(at: Transaction, person_id: int) -> None:
    """Close what was asked about the proposal before: in private it may stand open still."""
    for kind in ASKED_OF_DRAFT:
        questions.settle(at, person_id, kind)


# -- its parts ------------------------------------------------------------------------------------


def choose_group(at: Transaction, draft_id: int, person_id: int, group_id: int) -> Shown:
    """Keep in which of their groups. Raises DecisionNotYours, TooManyProposals."""
    draft = draft_of(at, draft_id, person_id)
    if group_id not in members.groups_of(at, person_id):
        raise DecisionNotYours
    decisions.require_room(at, members.require(at, group_id, person_id))
    manner = rules.usual(groups.agreement(at, group_id))
    return keep(at, replace(draft, group_id=group_id, manner=manner), person_id)


def hear_part(at: Transaction, question: Question, text: str) -> Shown:
    """Take what was asked for in words. Raises what each part's reading raises."""
    person_id = question.person_id
    draft = draft_of(at, question.subject, person_id)
    assert draft.group_id is not None
    money = currency(groups.agreement(at, draft.group_id).currency)
    part = str(question.facts["part"])
    matter = draft.matter
    if part == "words":
        draft = replace(draft, words=own_words(text, rules.WORDS_MAX))
    elif part == "why":
        draft = replace(draft, why=own_words(text, rules.WHY_MAX))
    elif part == "budget":
        draft = replace(draft, matter=replace(matter, budget_minor=parse_amount(text, money)))
    else:
        choices = rules.own_choices(text, draft.manner.method, money)
        manner = rules.among_several(draft.manner) if matter.is_yes_no else draft.manner
        draft = replace(draft, matter=replace(matter, choices=choices), manner=manner)
    return keep(at, draft, person_id)


def skip_why(at: Transaction, draft_id: int, person_id: int) -> Shown:
    """Say no reason: the words say enough."""
    draft = draft_of(at, draft_id, person_id)
    return keep(at, replace(draft, why=""), person_id)


def ask_part(at: Reading, draft_id: int, person_id: int, number: int) -> Shown:
    """Ask for one part in words once more: the words, why, or the choices."""
    draft = draft_of(at, draft_id, person_id)
    part = _one_of(("words", "why", "choices"), number)
    if part == "choices" and draft.matter.effect is not None:
        raise ProposalGone  # what then happens says what can be chosen
    return _ask(at, draft, part)


def only_yes_or_no(at: Transaction, draft_id: int, person_id: int) -> Shown:
    """Take the choices back: it is accepted or not."""
    draft = draft_of(at, draft_id, person_id)
    if draft.matter.effect is not None:
        raise ProposalGone
    matter = replace(draft.matter, choices=(), budget_minor=0)
    return keep(at, replace(draft, matter=matter), person_id)


def how(at: Reading, draft_id: int, person_id: int) -> Shown:
    """Show by which ways it can be decided."""
    return _show(at, draft_of(at, draft_id, person_id), "decisions/new_how")


def choose_how(at: Transaction, draft_id: int, person_id: int, number: int) -> Shown:
    """Keep the way it is decided by; what another way asked for is forgotten."""
    draft = draft_of(at, draft_id, person_id)
    method = _one_of(METHODS, number)
    if method not in _methods(at, draft):
        raise ProposalGone
    matter = draft.matter
    if method not in OF_BUDGETS:
        matter = replace(matter, budget_minor=0)
    draft = replace(draft, matter=matter, manner=replace(draft.manner, method=method))
    return keep(at, draft, person_id)


def more(at: Reading, draft_id: int, person_id: int) -> Shown:
    """Show what else can be said otherwise: who votes, who sees it, how many, how long."""
    return _show(at, draft_of(at, draft_id, person_id), "decisions/new_more")


def turn(at: Transaction, draft_id: int, person_id: int, number: int) -> Shown:
    """Turn one of these to its next value."""
    draft = draft_of(at, draft_id, person_id)
    part = _one_of(tuple(rules.TURNS), number)
    draft = _turned(at, draft, part)
    store.keep_draft(at, draft, person_id)
    return _show(at, draft, "decisions/new_more")


def turn_seats(at: Transaction, draft_id: int, person_id: int) -> Shown:
    """Turn how many are chosen, where it is read back."""
    return keep(at, _turned(at, draft_of(at, draft_id, person_id), "seats"), person_id)


def _turned(at: Reading, draft: Draft, part: str) -> Draft:
    most = _required(at, draft, replace(draft.manner, seats=len(draft.matter.choices))).seats
    manner = _required(at, draft, rules.turned(draft.manner, part, most))
    return replace(draft, manner=rules.fitting(manner, draft.matter))


def read_back(at: Transaction, draft_id: int, person_id: int) -> Shown:
    """Go back to where it is read back, or to what still lacks."""
    return keep(at, draft_of(at, draft_id, person_id), person_id)


def drop(at: Transaction, draft_id: int, person_id: int) -> Shown:
    """Leave it: nothing reached the group."""
    store.end_draft(at, draft_of(at, draft_id, person_id).id)
    _ask_nothing_more(at, person_id)
    return Shown("decisions/dropped", {})


def put_to_group(at: Transaction, draft_id: int, person_id: int) -> Shown:
    """Put it to the group as it was read back.

    Raises ProposalGone, TooManyProposals, and why its effect could not be.
    """
    draft = draft_of(at, draft_id, person_id)
    if rules.next_part(draft) is not None:
        raise ProposalGone
    assert draft.group_id is not None
    member = members.require(at, draft.group_id, person_id)
    matter = replace(draft.matter, words=draft.words or "", why=draft.why or "")
    manner = _required(at, draft, rules.fitting(draft.manner, matter))
    decision = decisions.put_to_group(at, member, matter, manner)
    store.end_draft(at, draft.id)
    _ask_nothing_more(at, person_id)
    return Shown("decisions/put", decision_facts.of_decision(at, decision) | {"now": at.now})


# -- what holds of all ----------------------------------------------------------------------------


def keep(at: Transaction, draft: Draft, person_id: int) -> Shown:
    """Keep a draft, and ask what it lacks, or read it back."""
    draft = replace(draft, manner=rules.fitting(draft.manner, draft.matter))
    if draft.group_id is not None:
        draft = replace(draft, manner=_required(at, draft, draft.manner))
    store.keep_draft(at, draft, person_id)
    part = rules.next_part(draft)
    if part == "group":
        mine = [groups.by_id(at, one) for one in members.groups_of(at, person_id)]
        return Shown("decisions/new_group", {"draft": draft, "groups": mine})
    if part is not None:
        return _ask(at, draft, part)
    return _show(at, draft, "decisions/new_sure")


def _required(at: Reading, draft: Draft, manner: Manner) -> Manner:
    assert draft.group_id is not None
    agreement = groups.agreement(at, draft.group_id)
    return effects.required(kinds.read(draft.matter.effect), agreement, manner)


def _methods(at: Reading, draft: Draft) -> Sequence[str]:
    assert draft.group_id is not None
    agreement = groups.agreement(at, draft.group_id)
    if effects.is_grave(kinds.read(draft.matter.effect), agreement):
        return (agreement.amendments.method,)
    return rules.methods_for(draft.matter)


def _ask(at: Reading, draft: Draft, part: str) -> Shown:
    assert draft.group_id is not None
    facts = facts_of(at, draft, groups.by_id(at, draft.group_id))
    return Shown(f"decisions/new_{part}", facts, Asked(ASKED_PART, draft.id, {"part": part}))


def _show(at: Reading, draft: Draft, message: str) -> Shown:
    assert draft.group_id is not None
    return Shown(message, facts_of(at, draft, groups.by_id(at, draft.group_id)))


def facts_of(at: Reading, draft: Draft, group: Group) -> dict[str, Any]:
    """Return what every message about a draft needs."""
    agreement = groups.agreement(at, group.id)
    matter = replace(draft.matter, words=draft.words or "", why=draft.why or "")
    posts_at = after_quiet(at.now, agreement.quiet_hours, agreement.zone)
    opens_at = rules.opening(posts_at, draft.manner, agreement)
    return decision_facts.of_matter(at, group.id, matter, draft.manner) | {
        "draft": draft,
        "methods": _methods(at, draft),
        "all_methods": METHODS,
        "turns": list(rules.TURNS),
        "closes_at": rules.closing(opens_at, draft.manner, agreement),
        "is_grave": effects.is_grave(kinds.read(matter.effect), agreement),
    }


def draft_of(at: Reading, draft_id: int, person_id: int) -> Draft:
    """Return somebody's own draft. Raises ProposalGone."""
    draft = store.draft_of(at, draft_id, person_id)
    if draft is None:
        raise ProposalGone
    if draft.group_id is not None and draft.group_id not in members.groups_of(at, person_id):
        raise ProposalGone
    return draft


def _one_of(offered: Sequence[Any], number: int) -> Any:  # noqa: ANN401 - any list of choices
    if number >= len(offered):
        raise ProposalGone
    return offered[number]
