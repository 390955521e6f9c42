"""Decisions: putting one to the group, opening and closing the vote, and what becomes of it.

Voting is in `ballots`, saying what is proposed in `proposing`, what then happens by itself in
`effects`. Until a vote closes, nothing here or anywhere tells how it stands, unless the group sees
the votes as they come in; of a secret one nobody ever learns how somebody voted.
"""

from collections.abc import Callable, Mapping
from typing import Any

from bot.domain import decisions as rules, voting
from bot.domain.calendar import after_quiet, utc_text
from bot.domain.decisions import Manner, Matter
from bot.domain.errors import Refusal
from bot.domain.goals import own_words
from bot.practices import ballots, decision_facts, decision_view, effects, speaking, unasked
from bot.practices.ballots import CARD, CLOSES, DecisionNotYours, VoteOver, look
from bot.practices.decision_view import ASKED_NOTE, one_for
from bot.practices.showing import Asked, Shown
from bot.storage import (
    ballots as votes,
    decisions as store,
    due,
    groups,
    members,
    outbox,
    questions,
)
from bot.storage.database import Reading, Transaction
from bot.storage.decisions import Decision
from bot.storage.due import Due
from bot.storage.members import Member
from bot.storage.outbox import Card
from bot.storage.questions import Question

POSTS, OPENS = "decision_posts", "decision_opens"
REMINDS, LOOKS = "decision_reminds", "decision_looks"


class TooManyProposals(Refusal):
    """As many open proposals as one member can have. Facts: most."""


class OnlyProposerWithdraws(Refusal):
    """Who proposed it takes it back, and nobody else. Facts: name."""


class NotCarried(Refusal):
    """Nothing became of what was not decided."""


# -- putting it to the group ----------------------------------------------------------------------


def require_room(at: Reading, member: Member) -> None:
    """Raise TooManyProposals where a member has as many open as one can have."""
    if store.open_of(at, member.id) >= rules.OPEN_MAX:
        raise TooManyProposals(most=rules.OPEN_MAX)


def put_to_group(at: Transaction, member: Member, matter: Matter, manner: Manner) -> Decision:
    """Put something to the group: at once, in the morning where it is night.

    Raises TooManyProposals, and what the check of its effect raises.
    """
    require_room(at, member)
    agreement = groups.agreement(at, member.group_id)
    effects.check(at, member.group_id, matter, manner)
    posts_at = after_quiet(at.now, agreement.quiet_hours, agreement.zone)
    opens_at = rules.opening(posts_at, manner, agreement)
    decision = store.add(
        at,
        group_id=member.group_id,
        proposed_by=member.id,
        matter=matter,
        manner=manner,
        posts_at=posts_at,
        opens_at=opens_at,
        closes_at=rules.closing(opens_at, manner, agreement),
    )
    for kind, when in ((POSTS, posts_at), (OPENS, opens_at)):
        if when > at.now:
            due.add(at, kind, decision.id, kind, when)
    due.add(at, CLOSES, decision.id, "closes", decision.closes_at)
    if opens_at <= at.now:
        _open(at, decision)
    if posts_at <= at.now:
        _show(at, decision)
    return store.by_id(at, decision.id)


def post_when_due(at: Transaction, occasion: Due) -> None:
    """Show in the morning what was proposed at night; however late."""
    decision = store.by_id(at, occasion.subject)
    if not decision.is_over:
        _show(at, decision)


def open_when_due(at: Transaction, occasion: Due) -> None:
    """Open the vote after the days of talking it over; however late."""
    decision = store.by_id(at, occasion.subject)
    if decision.state == "talk":
        _open(at, decision)
        _show_anew(at, store.by_id(at, decision.id))


def _open(at: Transaction, decision: Decision) -> None:
    """Write down who may vote, from now to the end: who comes later votes the next time."""
    absent = effects.does_not_vote(decision.effect)
    everybody = [
        one for one in members.of_group(at, decision.group_id) if one.may_vote and one.id != absent
    ]
    by_household = decision.manner.voters == "household"
    voters = {one.id: one.household_id if by_household else one.id for one in everybody}
    votes.write_electors(at, decision.id, voters)
    if decision.manner.is_secret:
        votes.make_seal(at, decision.id)
    store.open_voting(at, decision.id)
    agreement = groups.agreement(at, decision.group_id)
    when = rules.reminding(at.now, decision.closes_at, agreement)
    if when is not None:
        late = decision.closes_at - rules.REMINDED_LAST - when
        due.add(at, REMINDS, decision.id, "reminds", when, late=late)


def _show(at: Transaction, decision: Decision) -> None:
    chat_id = groups.by_id(at, decision.group_id).chat_id
    outbox.show_card(at, CARD, decision.id, chat_id, urgency=speaking.ANSWER)


def _show_anew(at: Transaction, decision: Decision) -> None:
    chat_id = groups.by_id(at, decision.group_id).chat_id
    outbox.repost_card(at, CARD, decision.id, chat_id)


def remind_when_due(at: Transaction, occasion: Due) -> None:
    """Remind those who have not voted, in private, once: nobody who has, and nobody else's eyes."""
    decision = store.by_id(at, occasion.subject)
    if decision.state != "open":
        return
    for member_id in votes.electors(at, decision.id):
        member = members.by_id(at, member_id)
        ballot = None if member.is_away else ballots.reminder(at, decision, member)
        if ballot is not None:
            speaking.say_to(
                at,
                member.person_id,
                ballot.message,
                key=f"decision {decision.id} reminds {member.id}",
                urgency=speaking.UNASKED,
                expires_at=decision.closes_at,
                **ballot.facts,
            )


# -- closing --------------------------------------------------------------------------------------


def close_when_due(at: Transaction, occasion: Due) -> None:
    """Close a vote at its hour, however late; sooner where still nobody is left to vote."""
    decision = store.by_id(at, occasion.subject)
    if decision.state != "open":
        return
    if at.now >= decision.closes_at or _is_settled(at, decision):
        close(at, decision)


def _is_settled(at: Reading, decision: Decision) -> bool:
    eligible = votes.eligible(at, decision.id)
    if len(votes.voted(at, decision.id)) >= eligible:
        return True
    return decision.manner.is_live and voting.is_settled(
        _cast(votes.votes(at, decision)), decision.terms, eligible
    )


def close(at: Transaction, decision: Decision) -> None:
    """Count, keep what came of it, and let it take effect: all of it in this transaction."""
    given = votes.votes(at, decision)
    tally = voting.count(_cast(given), decision.terms, votes.eligible(at, decision.id))
    store.close(at, decision.id, tally)
    if decision.manner.is_secret:
        votes.unlink(at, decision.id, [one.reason for one in given if one.reason])
    _end(at, decision)
    decision = store.by_id(at, decision.id)
    if tally.is_carried and decision.manner.look_months:
        _plan_look(at, decision, decision.manner.look_months)
    effects.take(at, decision)
    _show_anew(at, decision)
    proposer = members.by_id(at, decision.proposed_by)
    if proposer.state == "member":
        shown = one_for(at, store.by_id(at, decision.id), proposer)
        key = f"decision {decision.id} closed"
        speaking.say_to(at, proposer.person_id, shown.message, key=key, **shown.facts)


def _cast(given: list[votes.Vote]) -> list[voting.Ballot]:
    return [one.ballot for one in given if one.ballot is not None]


def _end(at: Transaction, decision: Decision) -> None:
    for kind in (POSTS, OPENS, REMINDS, CLOSES):
        due.cancel(at, kind, decision.id)
    for member_id in votes.electors(at, decision.id):
        person_id = members.by_id(at, member_id).person_id
        questions.settle(at, person_id, ballots.ASKED_REASON, decision.id)


def ask_to_withdraw(at: Reading, decision_id: int, person_id: int) -> Shown:
    """Ask whoever proposed it whether they are sure. As `withdraw`."""
    decision, _ = _own(at, decision_id, person_id)
    return Shown("decisions/withdraw_sure", decision_facts.of_decision(at, decision))


def withdraw(at: Transaction, decision_id: int, person_id: int) -> Shown:
    """Take a proposal back: nothing is decided, and the votes so far are forgotten.

    Raises DecisionNotYours, OnlyProposerWithdraws, VoteOver.
    """
    decision, member = _own(at, decision_id, person_id)
    return one_for(at, take_off(at, decision), member)


def take_off(at: Transaction, decision: Decision) -> Decision:
    """Decide it no more: the votes so far are forgotten. Returns how it stands then."""
    store.withdraw(at, decision.id)
    votes.forget(at, decision.id)
    _end(at, decision)
    decision = store.by_id(at, decision.id)
    ballots.redraw(at, decision)
    return decision


def _own(at: Reading, decision_id: int, person_id: int) -> tuple[Decision, Member]:
    decision, member = look(at, decision_id, person_id)
    if decision.proposed_by != member.id:
        raise OnlyProposerWithdraws(name=members.by_id(at, decision.proposed_by).name)
    if decision.is_over:
        raise VoteOver
    return decision, member


# -- what became of it ----------------------------------------------------------------------------


def set_look(at: Transaction, decision_id: int, person_id: int, months: int) -> Shown:
    """Let the group be asked after some months what became of it; 0: not at all.

    Whoever proposed it says so. Raises DecisionNotYours, OnlyProposerWithdraws, NotCarried.
    """
    decision, member = look(at, decision_id, person_id)
    if decision.proposed_by != member.id or months not in rules.LOOK_MONTHS:
        raise DecisionNotYours
    if decision.state != "carried":
        raise NotCarried
    _plan_look(at, decision, months)
    return one_for(at, store.by_id(at, decision.id), member)


def _plan_look(at: Transaction, decision: Decision, months: int) -> None:
    due.cancel(at, LOOKS, decision.id)
    assert decision.closed_at is not None
    when = None
    if months:
        agreement = groups.agreement(at, decision.group_id)
        when = rules.looking_back(decision.closed_at, months, agreement)
        due.add(at, LOOKS, decision.id, utc_text(when), when)
    store.set_look(at, decision.id, when)


def look_when_due(at: Transaction, occasion: Due) -> None:
    """Ask the group what became of it: once, however late, when it may be spoken to."""
    decision = store.by_id(at, occasion.subject)
    group = groups.by_id(at, decision.group_id)
    if group.state != "active":
        return
    when = unasked.not_before(at, group, groups.agreement(at, group.id))
    if when > at.now:
        due.add(at, LOOKS, decision.id, utc_text(when), when)
        return
    speaking.say(
        at,
        groups.chat_of(at, group),
        group.language,
        "decisions/look",
        key=f"decision {decision.id} looks",
        urgency=speaking.UNASKED,
        url=speaking.link(at, decision_view.LINK, decision.id),
        **decision_facts.of_decision(at, decision),
    )


def ask_note(at: Reading, decision_id: int, person_id: int) -> Shown:
    """Ask a member what became of it. Raises DecisionNotYours, NotCarried."""
    decision = _carried(at, decision_id, person_id)
    asks = Asked(ASKED_NOTE, decision_id)
    return Shown("decisions/note_asked", decision_facts.of_decision(at, decision), asks)


def hear_note(at: Transaction, question: Question, text: str) -> Shown:
    """Keep what became of it. Raises WordsMissing, WordsTooLong, and as `ask_note`."""
    decision = _carried(at, question.subject, question.person_id)
    _, member = look(at, decision.id, question.person_id)
    words = own_words(text, rules.REASON_MAX)
    store.keep_note(at, decision.id, member.id, member.person_id, words)
    questions.settle(at, question.person_id, ASKED_NOTE, decision.id)
    return one_for(at, decision, member)


def _carried(at: Reading, decision_id: int, person_id: int) -> Decision:
    decision, _ = look(at, decision_id, person_id)
    if decision.state != "carried":
        raise NotCarried
    return decision


def _draw(at: Reading, card: Card) -> Mapping[str, Any] | None:
    decision = store.by_id(at, card.subject)
    group = groups.by_id(at, decision.group_id)
    given = votes.votes(at, decision) if decision.manner.is_live else []
    so_far = None
    if decision.manner.is_live and decision.state == "open":
        eligible = votes.eligible(at, decision.id)
        so_far = voting.count(_cast(given), decision.terms, eligible)
    return speaking.card_content(
        group.language,
        "decisions/card",
        so_far=so_far,
        ballot_url=speaking.link(at, ballots.LINK, decision.id),
        url=speaking.link(at, decision_view.LINK, decision.id),
        **decision_facts.of_decision(at, decision),
    )


CARDS: dict[str, Callable[[Reading, Card], Mapping[str, Any] | None]] = {CARD: _draw}
RESULTS: dict[str, Callable[[Transaction, int, Any], None]] = {}
