"""Answers are kept as long as the group agreed, and then erased: once a day, by the clock.

When a group agrees on a shorter time, its members are told in private, and nothing is erased by it
for thirty days. What was counted and told together stays as it was (`storage.retention`).
"""

from datetime import timedelta
from typing import Final

from bot.domain import retention as rules
from bot.domain.calendar import after_quiet
from bot.practices import speaking
from bot.storage import due, groups, members, retention as store
from bot.storage.database import Reading, Transaction
from bot.storage.due import Due

ERASE: Final = "retention_erase"  # due for a group, daily
TELL: Final = "retention_tell"  # due for a group: members are told that the time is shorter


def plan(at: Transaction, group_id: int) -> None:
    """Plan by the agreement that holds now; planning twice is planning once."""
    agreement = groups.agreement(at, group_id)
    months = agreement.privacy.keep_months
    if months == rules.FOR_EVER:
        due.cancel(at, ERASE, group_id)
    else:
        _plan_next(at, group_id)
    before = groups.version(at, group_id, agreement.version - 1)
    if before is None or before.agreement.privacy == agreement.privacy:
        return
    due.cancel(at, TELL, group_id)
    if rules.is_shorter(months, before.agreement.privacy.keep_months):
        when = after_quiet(at.now, agreement.quiet_hours, agreement.zone)
        due.add(at, TELL, group_id, str(agreement.version), when, late=rules.NOTICE)


def erase_when_due(at: Transaction, occasion: Due) -> None:
    """Erase what is older than the group keeps it, whether or not it still has the bot."""
    group_id = occasion.subject
    agreement = groups.agreement(at, group_id)
    before = rules.erased_before(at.now, _kept(at, group_id), agreement.zone)
    if before is not None:
        store.erase(at, group_id, before)
    if agreement.privacy.keep_months != rules.FOR_EVER:
        _plan_next(at, group_id)


def tell_when_due(at: Transaction, occasion: Due) -> None:
    """Tell members in private that their answers will be erased sooner, and what to do."""
    group, agreement = groups.by_id(at, occasion.subject), groups.agreement(at, occasion.subject)
    months = agreement.privacy.keep_months
    if group.state != "active" or months == rules.FOR_EVER:
        return
    for member in members.of_group(at, group.id):
        if member.has_phone:
            speaking.say_to(
                at,
                member.person_id,
                "privacy/erased_sooner",
                key=f"{TELL}:{occasion.id}:{member.id}",
                urgency=speaking.UNASKED,
                group=group,
                months=months,
            )


def _kept(at: Reading, group_id: int) -> int:
    """Return for how many months answers are kept, by all that held since the notice began."""
    since = at.now - rules.NOTICE
    held = [groups.agreement_at(at, group_id, since)]
    held += [one.agreement for one in groups.versions_since(at, group_id, since)]
    return rules.kept_months(one.privacy.keep_months for one in held)


def _plan_next(at: Transaction, group_id: int) -> None:
    tomorrow = at.now + timedelta(days=1)
    due.add(at, ERASE, group_id, tomorrow.date().isoformat(), tomorrow)
