"""Changing the agreement, by whoever may. Reading it is agreement_view.py's.

What is not locked the facilitator changes. A locked part changes by a decision of the group alone,
and so do the locks: whoever calls with a `decision_id` says that the group has so decided.
"""

from typing import Any

from bot.domain import agreement as rules
from bot.domain.agreement import NEVER_CHANGES, Agreement, AgreementPartRefused
from bot.domain.errors import Refusal
from bot.practices import (
    agreement_news,
    book,
    check_ins,
    consents,
    digests,
    due_days,
    meetings,
    pulses,
    retention,
)
from bot.practices.members import NotTheFacilitator
from bot.rendering import messages
from bot.storage import groups, members, outbox, own_questions
from bot.storage.database import Reading, Transaction

CARD = "setup"  # the group's welcome, which says what was agreed


class PartLocked(Refusal):
    """The group has locked a part: only a decision changes it. Facts: part."""


class LocksNeedDecision(Refusal):
    """Locking and unlocking is itself a decision. Facts: part."""


class CurrencyStays(Refusal):
    """The book is kept in one currency: it is chosen once. Facts: currency (its code)."""


# -- changing -------------------------------------------------------------------------------------


def amend(
    at: Transaction,
    group_id: int,
    part: str,
    value: Any,  # noqa: ANN401 - as a document writes it
    *,
    by: int | None,
    decision_id: int | None = None,
) -> Agreement:
    """Change one part of a group's agreement from now on, and return it as it holds.

    Args:
        at: the transaction of whoever calls.
        group_id: the group.
        part: one of `domain.agreement.PARTS`.
        value: a plain value as a document writes it (`{"day": 10}`, `"Save for roofs"`); of a part
            with several fields only those that it names are changed.
        by: the person who does it: the facilitator, or whose proposal it was.
        decision_id: the decision by which the group wants it; None: the facilitator changes it.

    Raises:
        NotTheFacilitator, PartLocked: without a decision.
        AgreementPartRefused, CurrencyStays: with one too.
    """
    before = groups.agreement(at, group_id)
    if part in NEVER_CHANGES:
        raise CurrencyStays(currency=before.currency)
    if decision_id is None:
        require_facilitator(at, group_id, by)
        require_unlocked(before, part)
    after = rules.amended(before, part, value)
    if after.language not in messages.languages():
        raise AgreementPartRefused(part="language")
    if not own_questions.are_of_group(at, group_id, after.questions.own):
        raise AgreementPartRefused(part="questions")
    return hold(at, group_id, before, after, by=by, decision_id=decision_id)


def lock(
    at: Transaction, group_id: int, part: str, *, by: int | None, decision_id: int | None = None
) -> Agreement:
    """Lock a part: from now on only a decision changes it.

    Raises LocksNeedDecision without a decision, AgreementPartRefused for what cannot be locked.
    """
    return _set_lock(at, group_id, part, by=by, decision_id=decision_id, is_locked=True)


def unlock(
    at: Transaction, group_id: int, part: str, *, by: int | None, decision_id: int | None = None
) -> Agreement:
    """Unlock a part: from now on the facilitator may change it too. Raises as `lock` does."""
    return _set_lock(at, group_id, part, by=by, decision_id=decision_id, is_locked=False)


def _set_lock(
    at: Transaction,
    group_id: int,
    part: str,
    *,
    by: int | None,
    decision_id: int | None,
    is_locked: bool,
) -> Agreement:
    before = groups.agreement(at, group_id)
    after = rules.with_lock(before, part, is_locked=is_locked)
    if decision_id is None:
        raise LocksNeedDecision(part=part)
    return hold(at, group_id, before, after, by=by, decision_id=decision_id)


def hold(
    at: Transaction,
    group_id: int,
    before: Agreement,
    after: Agreement,
    *,
    by: int | None,
    decision_id: int | None,
) -> Agreement:
    """Let a changed agreement hold from now; the same again is no new version.

    For those who have authorised the change already. What the facilitator changed is told to the
    group; a decision tells of itself. Raises SharePriceStands where members hold shares of a plan
    whose price would change.
    """
    if after == before:
        return before
    book.require_share_prices(at, group_id, before, after)
    agreed = groups.agree(at, group_id, after, changed_by=by, decision_id=decision_id)
    plan_all(at, group_id)
    consents.agreement_changed(at, group_id, before, agreed)
    group = groups.by_id(at, group_id)
    outbox.show_card(at, CARD, group.id, group.chat_id, urgency=outbox.ANSWER)
    if decision_id is None:
        agreement_news.tell(at, group_id)
    return agreed


def require_facilitator(at: Reading, group_id: int, person_id: int | None) -> None:
    """Hold somebody to the office of facilitator. Raises NotTheFacilitator."""
    facilitators = members.holders(at, group_id, "facilitator")
    if person_id is None or person_id not in {one.person_id for one in facilitators}:
        raise NotTheFacilitator(facilitators=[one.name for one in facilitators])


def require_unlocked(agreement: Agreement, *parts: str) -> None:
    """Hold whoever changes these parts without a decision to the locks. Raises PartLocked."""
    for part in parts:
        if part in agreement.locked:
            raise PartLocked(part=part)


def plan_all(at: Transaction, group_id: int) -> None:
    """Let every practice plan what comes, by the agreement that holds now."""
    check_ins.plan(at, group_id)
    due_days.plan(at, group_id)
    digests.plan(at, group_id)
    pulses.plan(at, group_id)
    meetings.plan(at, group_id)
    retention.plan(at, group_id)
