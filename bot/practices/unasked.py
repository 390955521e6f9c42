"""What the bot says in a group unasked: at most twice a local day, never at night.

Whoever wants to post asks here. What finds no room today waits for tomorrow: first come, first
said. Whatever somebody asked for is no such post, nor is an edit of a message that stands.
"""

from datetime import datetime, time, timedelta
from typing import Final

from bot.domain.agreement import Agreement
from bot.domain.calendar import after_quiet, local, to_utc, utc_text
from bot.storage import due, groups, outbox
from bot.storage.database import Reading, Transaction
from bot.storage.due import Due
from bot.storage.groups import Group

A_DAY_MAX: Final = 2
MORNING: Final = 8  # o'clock, where nothing better is agreed
POST: Final = "post_"  # due for a card's subject, the kind of the card behind it


def not_before(at: Reading, group: Group, agreement: Agreement, *, hour: int = MORNING) -> datetime:
    """Return the first instant at which the group may be spoken to unasked: now, if it may be.

    At night, in the morning; where today has heard its two, tomorrow at the local `hour`.
    """
    today = local(at.now, agreement.zone).date()
    midnight = to_utc(today, time(0), agreement.zone)
    earliest = at.now
    if outbox.unasked_since(at, group.chat_id, midnight) >= A_DAY_MAX:
        earliest = to_utc(today + timedelta(days=1), time(hour), agreement.zone)
    return after_quiet(earliest, agreement.quiet_hours, agreement.zone)


def post_card(
    at: Transaction, group: Group, kind: str, subject: int, *, until: datetime | None = None
) -> bool:
    """Post a card unasked, or have it wait for its turn; False where it waits.

    `until`: after that instant it is not worth posting any more. A card of this kind needs
    `due_kind(kind)` among what time starts.
    """
    when = not_before(at, group, groups.agreement(at, group.id))
    if when > at.now:
        late = None if until is None else until - when
        due.add(at, due_kind(kind), subject, f"{group.id} {utc_text(when)}", when, late=late)
        return False
    outbox.show_card(at, kind, subject, group.chat_id)
    return True


def post_when_due(at: Transaction, waiting: Due) -> None:
    """It is a waiting card's turn, if nobody was faster and the group still has the bot."""
    group = groups.by_id(at, int(waiting.occurrence.split()[0]))
    if group.state == "active":
        kind = waiting.kind.removeprefix(POST)
        post_card(at, group, kind, waiting.subject, until=waiting.late_at)


def due_kind(kind: str) -> str:
    """Return under which name a card of a kind waits for its turn."""
    return f"{POST}{kind}"
