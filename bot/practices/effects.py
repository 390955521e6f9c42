"""What a decision makes happen by itself, in the transaction that closes it.

Each kind has a check, asked when it is proposed and again when it takes effect, and what it does.
To add one: its class in `domain/effects.py`, one `_Kind` here, its words in
`messages/decisions/_effects.j2`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.domain import agreement as agreements, effects
from bot.domain.agreement import PRACTICES, Agreement, AgreementPartRefused
from bot.domain.agreement_parts import OWN_QUESTIONS_MAX
from bot.domain.decisions import Manner, Matter
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
)
from bot.domain.errors import Refusal
from bot.domain.offices import seats
from bot.domain.own_questions import OwnQuestion
from bot.practices import (
    agreement as agreed,
    households,
    members as members_practice,
    offices,
    own_questions,
    payout_orders,
    speaking,
)
from bot.practices.agreement import PartLocked
from bot.practices.members import AlreadyAMember, Place
from bot.practices.own_questions import TooManyQuestions
from bot.rendering import messages
from bot.storage import decisions as store, groups, members
from bot.storage.database import Reading, Transaction
from bot.storage.decisions import Decision
from bot.storage.members import Member


class NoLongerAMember(Refusal):
    """Whom it is about is no member (any more), or never asked to be one. Facts: name."""


class TooFewSeats(Refusal):
    """More are to be elected than the office has seats, by now. Facts: seats."""


class NothingWouldChange(Refusal):
    """It is so already: there is nothing to decide."""


@dataclass(frozen=True)
class Proposed:
    """An effect that is proposed, or about to take effect, in a group."""

    group_id: int
    effect: Any
    matter: Matter
    manner: Manner


@dataclass(frozen=True)
class _Kind:
    """One kind of effect: its check (raises why it cannot be), and what it does."""

    check: Callable[[Reading, Proposed], None]
    take: Callable[[Transaction, Decision, Any], None]


def check(at: Reading, group_id: int, matter: Matter, manner: Manner) -> None:
    """Hold a proposal to what can take effect now. Raises the refusal that says why it cannot."""
    effect = effects.read(matter.effect)
    if effect is not None:
        proposed = Proposed(group_id, effect, matter, manner)
        _KINDS[type(effect)].check(at, proposed)


def take(at: Transaction, decision: Decision) -> None:
    """Let what was decided take effect; where it cannot any more, keep why.

    What it began is undone, and the decision stands as it was taken.
    """
    effect = decision.effect
    if effect is None or decision.tally is None or not decision.tally.is_carried:
        return
    try:
        with at.savepoint():
            check(at, decision.group_id, decision.matter, decision.manner)
            _KINDS[type(effect)].take(at, decision, effect)
    except Refusal as refusal:
        # In the group's words now: what a refusal needs to be said may be gone later.
        language = groups.by_id(at, decision.group_id).language
        why = messages.toast(refusal.message, language, **refusal.facts)
        store.keep_refusal(at, decision.id, why)


def required(effect: Effect | None, agreement: Agreement, manner: Manner) -> Manner:
    """Return the manner, as strict as the agreement asks for what is proposed.

    No more are elected at once than an office has seats: else who was elected first would make room
    for who was elected last.

    What is locked changes, and a member is parted with, in the way agreed for amendments (field
    notes 2.7: by two-thirds).
    """
    if isinstance(effect, Elect):
        return replace(manner, seats=min(manner.seats, seats(agreement, effect.office)))
    if not is_grave(effect, agreement):
        return manner
    amendments = agreement.amendments
    quorum = max(manner.quorum, amendments.quorum)
    return replace(manner, method=amendments.method, quorum=quorum)


def is_grave(effect: Effect | None, agreement: Agreement) -> bool:
    """Whether the agreement asks for its own way of deciding this."""
    if isinstance(effect, Amend):
        return effect.part in agreement.locked
    if isinstance(effect, Switch):
        return "practices" in agreement.locked
    if isinstance(effect, AdoptQuestion):
        return own_questions.PART in agreement.locked
    return isinstance(effect, (Lock, PartWith))


def does_not_vote(effect: Effect | None) -> int | None:
    """Return the member whom a decision is about and who therefore has no vote in it."""
    return effect.member_id if isinstance(effect, PartWith) else None


# -- the agreement --------------------------------------------------------------------------------


def _check_strict(at: Reading, proposed: Proposed, part: str) -> Agreement:
    """Raise PartLocked where a part was locked since, and this is not the way to change it."""
    agreement = groups.agreement(at, proposed.group_id)
    if required(proposed.effect, agreement, proposed.manner) != proposed.manner:
        raise PartLocked(part=part)
    return agreement


def _check_amend(at: Reading, proposed: Proposed) -> None:
    effect: Amend = proposed.effect
    agreement = _check_strict(at, proposed, effect.part)
    if agreements.amended(agreement, effect.part, effect.value) == agreement:
        raise NothingWouldChange


def _take_amend(at: Transaction, decision: Decision, effect: Amend) -> None:
    agreed.amend(
        at,
        decision.group_id,
        effect.part,
        effect.value,
        by=_proposer(at, decision).person_id,
        decision_id=decision.id,
    )


def _check_lock(at: Reading, proposed: Proposed) -> None:
    effect: Lock = proposed.effect
    agreement = _check_strict(at, proposed, effect.part)
    if agreements.with_lock(agreement, effect.part, is_locked=effect.locked) == agreement:
        raise NothingWouldChange


def _take_lock(at: Transaction, decision: Decision, effect: Lock) -> None:
    change = agreed.lock if effect.locked else agreed.unlock
    by = _proposer(at, decision).person_id
    change(at, decision.group_id, effect.part, by=by, decision_id=decision.id)


def _check_switch(at: Reading, proposed: Proposed) -> None:
    effect: Switch = proposed.effect
    agreement = _check_strict(at, proposed, "practices")
    if effect.practice not in PRACTICES:
        raise AgreementPartRefused(part="practices")
    if agreements.amended(agreement, "practices", _switched(agreement, effect)) == agreement:
        raise NothingWouldChange


def _take_switch(at: Transaction, decision: Decision, effect: Switch) -> None:
    practices = _switched(groups.agreement(at, decision.group_id), effect)
    amend = Amend("practices", practices)
    _take_amend(at, decision, amend)


def _switched(agreement: Agreement, effect: Switch) -> list[str]:
    others = agreement.practices - {effect.practice}
    return sorted(others | {effect.practice} if effect.on else others)


def _check_adopt(at: Reading, proposed: Proposed) -> None:
    agreement = _check_strict(at, proposed, own_questions.PART)
    if len(agreement.questions.own) >= OWN_QUESTIONS_MAX:
        raise TooManyQuestions(most=OWN_QUESTIONS_MAX)


def _take_adopt(at: Transaction, decision: Decision, effect: AdoptQuestion) -> None:
    own_questions.adopt_question(
        at,
        decision.group_id,
        OwnQuestion(effect.answered, effect.words),
        by=_proposer(at, decision).person_id,
        decision_id=decision.id,
    )


# -- offices and members --------------------------------------------------------------------------


def _candidates(effect: Elect, matter: Matter) -> list[int]:
    if effect.member_id is not None:
        return [effect.member_id]
    return [one.member_id for one in matter.choices if one.member_id is not None]


def _check_elect(at: Reading, proposed: Proposed) -> None:
    effect: Elect = proposed.effect
    there_are = seats(groups.agreement(at, proposed.group_id), effect.office)
    if proposed.manner.seats > there_are:
        raise TooFewSeats(seats=there_are)
    for member_id in _candidates(effect, proposed.matter):
        offices.require_electable(at, proposed.group_id, effect.office, member_id)


def _take_elect(at: Transaction, decision: Decision, effect: Elect) -> None:
    assert decision.tally is not None
    elected = [effect.member_id]
    if effect.member_id is None:
        elected = [decision.matter.choices[one].member_id for one in decision.tally.chosen]
    # Who holds it already goes first: elected again, they make room for nobody.
    sitting = {one.id for one in members.holders(at, decision.group_id, effect.office)}
    for member_id in sorted(elected, key=lambda one: one not in sitting):
        assert member_id is not None
        offices.elect(at, decision.group_id, effect.office, member_id, decision.id)


def _somebody(at: Reading, group_id: int, member_id: int) -> Member:
    member = members.find(at, member_id)
    if member is None or member.group_id != group_id:
        raise NoLongerAMember(name=None)
    return member


def _check_admit(at: Reading, proposed: Proposed) -> None:
    effect: Admit = proposed.effect
    member = _somebody(at, proposed.group_id, effect.member_id)
    if member.state == "member":
        raise AlreadyAMember(group=groups.by_id(at, proposed.group_id).title)
    if not member.has_phone and member.state != "asked":
        raise NoLongerAMember(name=member.name)


def _take_admit(at: Transaction, decision: Decision, effect: Admit) -> None:
    """Invite them: nobody becomes a member without their own yes.

    Who has no phone has said it to who recorded them.
    """
    members.admit(at, effect.member_id, decision.id)
    member = members.by_id(at, effect.member_id)
    if not member.has_phone:
        households.let_in(at, member)
        return
    consent = members_practice.consent_asked(at, member.id, member.person_id)
    speaking.say_to(at, member.person_id, "members/consent", **consent)


def _check_part_with(at: Reading, proposed: Proposed) -> None:
    effect: PartWith = proposed.effect
    member = _somebody(at, proposed.group_id, effect.member_id)
    if member.state != "member":
        raise NoLongerAMember(name=member.name)
    _check_strict(at, proposed, "leaving")


def _take_part_with(at: Transaction, decision: Decision, effect: PartWith) -> None:
    member = members.by_id(at, effect.member_id)
    group = groups.by_id(at, decision.group_id)
    members_practice.let_go(at, Place(group, member))
    speaking.say_to(at, member.person_id, "decisions/parted", group=group)


# -- money ----------------------------------------------------------------------------------------


def _check_pay_out(at: Reading, proposed: Proposed) -> None:
    effect: PayOut = proposed.effect
    payout_orders.require(
        at, proposed.group_id, effect.purse, effect.amount_minor, effect.household_id
    )


def _take_pay_out(at: Transaction, decision: Decision, effect: PayOut) -> None:
    payout_orders.order(
        at,
        decision,
        0,
        purse=effect.purse,
        amount_minor=effect.amount_minor,
        household_id=effect.household_id,
    )


def _check_pay_allotted(at: Reading, proposed: Proposed) -> None:
    effect: PayAllotted = proposed.effect
    payout_orders.require(at, proposed.group_id, effect.purse, proposed.matter.budget_minor, None)


def _take_pay_allotted(at: Transaction, decision: Decision, effect: PayAllotted) -> None:
    assert decision.tally is not None
    for place, amount_minor in enumerate(decision.tally.allotted_minor):
        if amount_minor:
            payout_orders.order(
                at,
                decision,
                place,
                purse=effect.purse,
                amount_minor=amount_minor,
                household_id=None,
            )


def _proposer(at: Reading, decision: Decision) -> Member:
    return members.by_id(at, decision.proposed_by)


_KINDS: Final[Mapping[type[Effect], _Kind]] = {
    Amend: _Kind(_check_amend, _take_amend),
    Lock: _Kind(_check_lock, _take_lock),
    Switch: _Kind(_check_switch, _take_switch),
    AdoptQuestion: _Kind(_check_adopt, _take_adopt),
    Elect: _Kind(_check_elect, _take_elect),
    Admit: _Kind(_check_admit, _take_admit),
    PartWith: _Kind(_check_part_with, _take_part_with),
    PayOut: _Kind(_check_pay_out, _take_pay_out),
    PayAllotted: _Kind(_check_pay_allotted, _take_pay_allotted),
}
