"""Seeing what a group decides and decided: the list, and one with all its arithmetic, in private.

How each voted is told when it is over, or where the group sees it as it comes in; of a secret vote
never.
"""

from datetime import datetime
from typing import Final

from bot.domain import decisions as rules, voting
from bot.domain.digests import DecidedFacts
from bot.domain.errors import Refusal
from bot.practices import ballots, decision_facts, payout_orders, showing, speaking
from bot.practices.ballots import DecisionNotYours, look
from bot.practices.members import GroupNotReady, place_in
from bot.practices.showing import Shown
from bot.rendering import messages
from bot.storage import (
    ballots as votes,
    decisions as store,
    groups,
    members,
    payout_orders as orders,
)
from bot.storage.chats import Chat
from bot.storage.database import Reading, Transaction
from bot.storage.decisions import Decision
from bot.storage.groups import Group
from bot.storage.members import Member

LINK: Final = "decision"  # the deep link to one; its number is the decision's
PAGE: Final = 5
REASONS_PAGE: Final = 10
SAID_PAGE: Final = 20
SAID_INLINE: Final = 12  # so many votes stand with the decision itself; more on pages of their own
#: What decided nothing can be asked again.
AGAIN: Final = frozenset({"tie", "no_quorum"})
OPEN_SHOWN: Final = 8
#: What may stand open about decisions: one at a time, so that no answer meets the wrong question.
ASKED_NOTE, ASKED_PART = "decision_note", "proposal_part"
ASKED_VALUE, ASKED_AMOUNT = "proposal_value", "proposal_amount"
ASKED_QUESTION: Final = "proposal_question"
ASKED_OF_DRAFT: Final = (ASKED_PART, ASKED_VALUE, ASKED_AMOUNT, ASKED_QUESTION)
ASKED: Final = (ballots.ASKED_REASON, ASKED_NOTE, *ASKED_OF_DRAFT)


class NoGroupToDecide(Refusal):
    """Decisions live in a group, and this person is in none."""


# -- seeing them ----------------------------------------------------------------------------------


def begin_list(at: Reading, chat: Chat, person_id: int) -> Shown:
    """List what is open and what was decided: of the chat's group, or of one's own.

    Raises GroupNotReady, NoGroupToDecide.
    """
    if not chat.is_private:
        group = groups.of_chat(at, chat.id)
        if group is None or group.state != "active":
            raise GroupNotReady
        return _list(at, group, 0, is_private=False)
    mine = members.groups_of(at, person_id)
    if not mine:
        raise NoGroupToDecide
    if len(mine) == 1:
        return _list(at, groups.by_id(at, mine[0]), 0, is_private=True)
    return Shown("decisions/which", {"groups": [groups.by_id(at, one) for one in mine]})


def page(at: Reading, chat: Chat, person_id: int, group_id: int, number: int) -> Shown:
    """Show a page of the list. Raises DecisionNotYours, NotYours, NotAMember."""
    if chat.is_private:
        return _list(at, place_in(at, group_id, person_id).group, number, is_private=True)
    group = groups.of_chat(at, chat.id)
    if group is None or group.id != group_id or group.state != "active":
        raise DecisionNotYours
    return _list(at, group, number, is_private=False)


def _list(at: Reading, group: Group, number: int, *, is_private: bool) -> Shown:
    found = store.past(at, group.id, number * PAGE, PAGE + 1)
    now_open = store.open_in(at, group.id) if number == 0 else []
    listed = [*now_open[:OPEN_SHOWN], *found[:PAGE]]
    return Shown(
        "decisions/list",
        {
            "group": group,
            "now_open": [decision_facts.of_decision(at, one) for one in now_open[:OPEN_SHOWN]],
            "past": [decision_facts.of_decision(at, one) for one in found[:PAGE]],
            "zone": groups.agreement(at, group.id).zone,
            "number": number,
            "has_more": len(found) > PAGE,
            "is_private": is_private,
            "urls": {one.id: speaking.link(at, LINK, one.id) for one in listed},
        },
    )


def show(at: Reading, decision_id: int, person_id: int) -> Shown:
    """Show one in private, with all its arithmetic. Raises DecisionNotYours."""
    decision, member = look(at, decision_id, person_id)
    return one_for(at, decision, member)


def one_for(at: Reading, decision: Decision, member: Member) -> Shown:
    """Show a decision to a member; how each voted, where that is over and was no secret."""
    group_id = decision.group_id
    is_keeper = member.id in {one.id for one in payout_orders.keepers(at, group_id)}
    unpaid = [one for one in orders.of_decision(at, decision.id) if payout_orders.is_open(at, one)]
    facts = decision_facts.of_decision(at, decision) | {
        "is_own": decision.proposed_by == member.id,
        "may_vote": decision.state == "open"
        and votes.voter_of(at, decision.id, member.id) is not None,
        "said": _said(at, decision),
        "inline": SAID_INLINE,
        "can_be_again": decision.state in AGAIN,
        "reasons": len(_reasons(at, decision)),
        "notes": [
            (members.by_id(at, one.member_id).name, one.words)
            for one in store.notes(at, decision.id)
            if one.words
        ],
        "orders": [(one, payout_orders.what_for(decision.matter, one.place)) for one in unpaid],
        "is_keeper": is_keeper,
        "look_months": rules.LOOK_MONTHS,
    }
    return Shown("decisions/one", facts)


def _may_tell(decision: Decision) -> bool:
    """Whether it may be told how each voted: never of a secret vote, nor before it is over."""
    if decision.manner.is_secret or decision.state == "withdrawn":
        return False
    return decision.is_over or (decision.state == "open" and decision.manner.is_live)


def _said(at: Reading, decision: Decision) -> list[tuple[str, voting.Ballot]]:
    """Return who voted how, where that may be told: by whoever gave the vote."""
    if not _may_tell(decision):
        return []
    return [
        (members.by_id(at, one.given_by).name, one.ballot)
        for one in votes.votes(at, decision)
        if one.ballot is not None
    ]


def _reasons(at: Reading, decision: Decision) -> list[tuple[str | None, str]]:
    """Return why, each with a name where the vote was no secret: nothing before it may be told."""
    if decision.is_over and decision.manner.is_secret:
        return [(None, words) for words in votes.unnamed_reasons(at, decision.id)]
    if not _may_tell(decision):
        return []
    return [
        (members.by_id(at, one.given_by).name, one.reason)
        for one in votes.votes(at, decision)
        if one.reason
    ]


def said(at: Reading, decision_id: int, person_id: int, number: int) -> Shown:
    """Show a page of who voted how. Raises DecisionNotYours."""
    decision, _ = look(at, decision_id, person_id)
    found = _said(at, decision)
    facts = decision_facts.of_decision(at, decision)
    facts |= {"said": found[number * SAID_PAGE : (number + 1) * SAID_PAGE], "number": number}
    facts |= {"has_more": len(found) > (number + 1) * SAID_PAGE}
    return Shown("decisions/said", facts)


def reasons(at: Reading, decision_id: int, person_id: int, number: int) -> Shown:
    """Show a page of the reasons. Raises DecisionNotYours."""
    decision, _ = look(at, decision_id, person_id)
    found = _reasons(at, decision)
    shown = found[number * REASONS_PAGE : (number + 1) * REASONS_PAGE]
    facts = decision_facts.of_decision(at, decision)
    facts |= {"reasons": shown, "number": number}
    facts |= {"has_more": len(found) > (number + 1) * REASONS_PAGE}
    return Shown("decisions/reasons", facts)


def month_facts(
    at: Reading, group: Group, since: datetime, until: datetime
) -> tuple[DecidedFacts, ...]:
    """Return what the digest of [since, until) tells: what was decided, in the group's language."""
    return tuple(
        DecidedFacts(
            messages.plain(
                "decisions/headline", group.language, **decision_facts.of_decision(at, one)
            ),
            one.state,
            _chosen(at, one),
        )
        for one in store.closed_between(at, group.id, since, until)
    )


def _chosen(at: Reading, decision: Decision) -> tuple[str, ...]:
    if decision.state != "carried" or decision.tally is None or decision.matter.is_yes_no:
        return ()
    choices = decision.matter.choices
    return tuple(decision_facts.choice_words(at, choices[one]) for one in decision.tally.chosen)


def put(at: Transaction, chat: Chat, shown: Shown, *, message_id: int | None = None) -> None:
    """Show it in a private chat, in place of a message or as a new one, and ask what it asks."""
    showing.put(at, chat, shown, closes=ASKED, message_id=message_id)
