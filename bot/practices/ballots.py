"""Voting: who may, a ballot put together tap by tap, a vote given and changed, and why.

A ballot that is not given yet is kept nowhere: its buttons carry it. Every button may be forged:
who gives whose vote is authorised from the facts, and a ballot that nobody could give is none.
"""

from dataclasses import dataclass
from typing import Any, Final

from bot.domain import decisions as rules, voting
from bot.domain.calendar import utc_text
from bot.domain.errors import Refusal
from bot.domain.goals import own_words
from bot.domain.voting import OF_ONE_TAP, POINTS, Ballot, Terms
from bot.practices import decision_facts, speaking
from bot.practices.showing import Asked, Shown
from bot.storage import ballots as store, decisions, due, groups, members, outbox, questions
from bot.storage.database import Reading, Transaction
from bot.storage.decisions import Decision
from bot.storage.members import Member
from bot.storage.questions import Question

CARD: Final = "decision"  # in the group; its subject is the decision
CLOSES: Final = "decision_closes"  # due for a decision
LINK: Final = "vote"  # the deep link to one's ballot; its number is the decision's
ASKED_REASON: Final = "vote_reason"


class DecisionNotYours(Refusal):
    """No such decision, as far as this person is concerned: gone, or another group's."""


class VoteNotOpen(Refusal):
    """It is still talked over. Facts: opens_at (UTC), zone."""


class VoteOver(Refusal):
    """Voting has closed, or what was proposed was taken back."""


class NotAnElector(Refusal):
    """Who came after voting opened, or whom it is about, does not vote in it."""


class BallotTooOld(Refusal):
    """A button of a ballot that nobody can give: forged, or of another form of it."""


class NoVoteYet(Refusal):
    """A reason without a vote: one votes first."""


@dataclass(frozen=True)
class Seat:
    """Somebody about to vote: by themselves, or for a member without a phone."""

    decision: Decision
    me: Member
    other: Member | None
    voter: int

    @property
    def for_id(self) -> int:
        """The member for whom the vote is given; 0 is oneself."""
        return 0 if self.other is None else self.other.id


def look(at: Reading, decision_id: int, person_id: int) -> tuple[Decision, Member]:
    """Return a decision to a member of its group. Raises DecisionNotYours."""
    decision = decisions.find(at, decision_id)
    if decision is None:
        raise DecisionNotYours
    member = members.of_person(at, decision.group_id, person_id)
    if member is None or member.state != "member":
        raise DecisionNotYours
    return decision, member


def take_seat(at: Reading, decision_id: int, person_id: int, for_id: int = 0) -> Seat:
    """Return who votes, authorised from the facts.

    Raises DecisionNotYours, VoteNotOpen, VoteOver, NotAnElector.
    """
    decision, me = look(at, decision_id, person_id)
    if decision.state == "talk":
        zone = groups.agreement(at, decision.group_id).zone
        raise VoteNotOpen(opens_at=decision.opens_at, zone=zone)
    if decision.is_over or at.now >= decision.closes_at:
        raise VoteOver
    other = None
    if for_id:
        other = members.find(at, for_id)
        if other is None or not may_vote_for(me, other):
            raise DecisionNotYours
    voter = store.voter_of(at, decision.id, (other or me).id)
    if voter is None:
        raise NotAnElector
    return Seat(decision, me, other, voter)


def may_vote_for(me: Member, other: Member) -> bool:
    """Whether a member gives the vote of somebody without a phone: who recorded them, or at home.

    No office gives that right.
    """
    return (
        other.group_id == me.group_id
        and other.state == "member"
        and not other.has_phone
        and other.may_vote
        and (other.recorded_by == me.id or other.household_id == me.household_id)
    )


# -- voting -------------------------------------------------------------------------------------


def vote_in_group(at: Transaction, decision_id: int, person_id: int, code: int) -> dict[str, Any]:
    """Give one's vote with one tap under the group's card; return the facts of the toast.

    Raises as `take_seat`, and BallotTooOld.
    """
    seat = take_seat(at, decision_id, person_id)
    ballot = _give(at, seat, code)
    return _facts(at, seat) | {"ballot": ballot}


def vote(at: Transaction, decision_id: int, person_id: int, for_id: int, code: int) -> Shown:
    """Give a vote in private: one's own, or of somebody without a phone. As `vote_in_group`."""
    seat = take_seat(at, decision_id, person_id, for_id)
    _give(at, seat, code)
    return _ballot(at, seat, note="counts")


def _give(at: Transaction, seat: Seat, code: int) -> Ballot:
    decision = seat.decision
    ballot = voting.ballot_of(code, decision.terms)
    if ballot is None:
        raise BallotTooOld
    known = store.vote_of(at, decision, seat.voter)
    # The same vote again leaves the same traces as another one.
    store.vote(at, decision, seat.voter, seat.me.id, seat.me.person_id, ballot)
    if known and known.reason and (known.ballot, known.given_by) == (ballot, seat.me.id):
        store.give_reason(at, decision, seat.voter, seat.me.id, seat.me.person_id, known.reason)
    redraw(at, decision)
    plan_the_end(at, decision)
    return ballot


def plan_the_end(at: Transaction, decision: Decision) -> None:
    """Let voting close soon where nobody is left to vote.

    Where the votes are hidden nothing else may end it early: that it ends when the rest cannot
    change it (or that it does not) would tell how the others voted. Where everybody sees them as
    they come in, it does.
    """
    eligible = store.eligible(at, decision.id)
    is_settled = len(store.voted(at, decision.id)) >= eligible
    if decision.manner.is_live and not is_settled:
        cast = [one.ballot for one in store.votes(at, decision) if one.ballot is not None]
        is_settled = voting.is_settled(cast, decision.terms, eligible)
    if is_settled:
        when = rules.after_the_last(at.now, groups.agreement(at, decision.group_id))
        planned = due.waiting_at(at, CLOSES, decision.id)
        if planned is None or when < planned:
            due.add(at, CLOSES, decision.id, utc_text(when), when)


def member_left(at: Transaction, member_id: int) -> None:
    """Forget what somebody who leaves has voted in what is open: they decide no more."""
    for decision_id in store.open_for(at, member_id):
        store.take_back_given_by(at, decision_id, member_id)
        decision = decisions.by_id(at, decision_id)
        redraw(at, decision)
        plan_the_end(at, decision)


def redraw(at: Transaction, decision: Decision) -> None:
    """Bring the group's card up to date: of many votes at once, one edit leaves."""
    chat_id = groups.by_id(at, decision.group_id).chat_id
    if outbox.card_of(at, CARD, decision.id, chat_id) is not None:
        outbox.show_card(at, CARD, decision.id, chat_id, urgency=speaking.ANSWER)


# -- a ballot put together ------------------------------------------------------------------------


def show(at: Reading, decision_id: int, person_id: int, for_id: int = 0) -> Shown:
    """Show the ballot in private. Raises as `take_seat`."""
    return _ballot(at, take_seat(at, decision_id, person_id, for_id))


def go_on(at: Reading, decision_id: int, person_id: int, for_id: int, code: int) -> Shown:
    """Show a ballot as far as it is put together; nothing of it is kept. As `vote_in_group`."""
    seat = take_seat(at, decision_id, person_id, for_id)
    ballot = voting.ballot_of(code, seat.decision.terms)
    if ballot is None or seat.decision.manner.method in OF_ONE_TAP:
        raise BallotTooOld
    return Shown("decisions/ballot", _facts(at, seat) | _unfinished(seat.decision.terms, ballot))


def reminder(at: Reading, decision: Decision, member: Member) -> Shown | None:
    """Return the ballot of a member who has not voted, to remind them; None where they have."""
    voter = store.voter_of(at, decision.id, member.id)
    if voter is None or voter in store.voted(at, decision.id):
        return None
    return _ballot(at, Seat(decision, member, None, voter), note="reminder")


def peek(at: Reading, decision_id: int, person_id: int, for_id: int) -> dict[str, Any]:
    """Return how one votes, for a passing look: of a secret vote it stands nowhere in the chat.

    Raises as `take_seat`, and NoVoteYet.
    """
    seat = take_seat(at, decision_id, person_id, for_id)
    known = store.vote_of(at, seat.decision, seat.voter)
    if known is None or known.given_by != seat.me.id or known.ballot is None:
        raise NoVoteYet
    return _facts(at, seat) | {"ballot": known.ballot}


def _ballot(at: Reading, seat: Seat, *, note: str | None = None) -> Shown:
    """Show a ballot: of an open vote with how one voted, where oneself did it."""
    terms = seat.decision.terms
    known = store.vote_of(at, seat.decision, seat.voter)
    is_mine = known is not None and known.given_by == seat.me.id
    seen = known.ballot if known is not None and is_mine else None
    if seat.decision.manner.is_secret:
        seen = None
    facts = _facts(at, seat) | {"note": note, "has_voted": known is not None, "is_mine": is_mine}
    facts |= {"ballot": seen, "reason": known.reason if known and seen is not None else None}
    if known is not None:
        return Shown("decisions/voted", facts)
    empty: Ballot = (0,) * terms.choices if terms.method == "points" else ()
    return Shown("decisions/ballot", facts | _unfinished(terms, empty))


def change(at: Reading, decision_id: int, person_id: int, for_id: int) -> Shown:
    """Show an empty ballot in place of a vote that was given; it counts until another is."""
    seat = take_seat(at, decision_id, person_id, for_id)
    terms = seat.decision.terms
    empty: Ballot = (0,) * terms.choices if terms.method == "points" else ()
    return Shown("decisions/ballot", _facts(at, seat) | _unfinished(terms, empty))


def _facts(at: Reading, seat: Seat) -> dict[str, Any]:
    decision = seat.decision
    return decision_facts.of_decision(at, decision) | {
        "other": seat.other,
        "for_id": seat.for_id,
        "others": [] if seat.other else _without_phone(at, decision, seat.me),
        "note": None,
    }


def _without_phone(at: Reading, decision: Decision, me: Member) -> list[Member]:
    """Return for whom a member votes too: each whose vote is not one's own anyway."""
    may = store.electors(at, decision.id)
    found = [one for one in members.of_group(at, me.group_id) if may_vote_for(me, one)]
    return [one for one in found if one.id in may and may[one.id] != may.get(me.id)]


def _unfinished(terms: Terms, ballot: Ballot) -> dict[str, Any]:
    """Return what a ballot that is being put together shows, and where each tap leads."""
    return {
        "terms": terms,
        "unfinished": ballot,
        "code": voting.code_of(ballot, terms),
        "steps": [_steps(terms, ballot, choice) for choice in range(terms.choices)],
        "back": voting.code_of(ballot[:-1], terms) if terms.method == "ranked" and ballot else None,
        "points_left": POINTS - sum(ballot) if terms.method == "points" else 0,
    }


def _steps(terms: Terms, ballot: Ballot, choice: int) -> tuple[int | None, int | None]:
    """Return what a tap on a choice leads to: one more of it, and one less; None: it cannot be."""
    if terms.method in OF_ONE_TAP:
        return voting.code_of((choice,), terms), None
    if terms.method == "points":
        more = _with_points(ballot, choice, +1)
        return _code(more, terms), _code(_with_points(ballot, choice, -1), terms)
    if terms.method == "ranked":
        return _code((*ballot, choice), terms), None
    others = tuple(one for one in ballot if one != choice)
    if choice in ballot:
        return None, _code(others, terms)
    return _code(tuple(sorted((*others, choice))), terms), None


def _with_points(ballot: Ballot, choice: int, more: int) -> Ballot:
    return tuple(number + more * (one == choice) for one, number in enumerate(ballot))


def _code(ballot: Ballot, terms: Terms) -> int | None:
    return voting.code_of(ballot, terms) if voting.is_ballot(ballot, terms) else None


# -- why ----------------------------------------------------------------------------------------


def ask_reason(at: Reading, decision_id: int, person_id: int, for_id: int) -> Shown:
    """Ask why somebody votes as they do. Raises as `take_seat`, and NoVoteYet."""
    seat = _voted_seat(at, decision_id, person_id, for_id)
    asks = Asked(ASKED_REASON, decision_id, {"for_id": for_id})
    return Shown("decisions/reason_asked", _facts(at, seat), asks)


def hear_reason(at: Transaction, question: Question, text: str) -> Shown:
    """Keep why. Raises WordsMissing, WordsTooLong, and as `ask_reason`."""
    for_id: int = question.facts["for_id"]
    seat = _voted_seat(at, question.subject, question.person_id, for_id)
    words = own_words(text, rules.REASON_MAX)
    store.give_reason(at, seat.decision, seat.voter, seat.me.id, seat.me.person_id, words)
    questions.settle(at, question.person_id, ASKED_REASON, question.subject)
    return _ballot(at, seat, note="reason")


def _voted_seat(at: Reading, decision_id: int, person_id: int, for_id: int) -> Seat:
    seat = take_seat(at, decision_id, person_id, for_id)
    known = store.vote_of(at, seat.decision, seat.voter)
    if known is None or known.given_by != seat.me.id:
        raise NoVoteYet
    return seat
