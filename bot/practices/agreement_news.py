"""What the facilitator changed in the agreement is told to the group: one message a day.

It is brought up to date with each further change of the day, so that nobody is told twice. A
decision tells of itself. At night it waits for the morning.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, time
from typing import Any, Final

from bot.domain.calendar import after_quiet, local, to_utc, utc_text
from bot.practices import speaking
from bot.practices.agreement_view import changes_since, own_questions_of
from bot.storage import due, groups, outbox
from bot.storage.database import Reading, Transaction
from bot.storage.due import Due
from bot.storage.groups import Group
from bot.storage.outbox import Card

CARD: Final = "agreement_news"  # its subject is the version that was the first of its day
TELL: Final = "agreement_news"  # due for a group: the night is over
NEAR: Final = 10  # messages after it within which it is still in sight


def tell(at: Transaction, group_id: int) -> None:
    """Tell the group what changed today, or in the morning if it is night."""
    group, agreement = groups.by_id(at, group_id), groups.agreement(at, group_id)
    changes = changes_since(at, group_id, _midnight(agreement.zone, at.now))
    if not changes or group.state != "active":
        return
    first = changes[0].number
    morning = after_quiet(at.now, agreement.quiet_hours, agreement.zone)
    if morning > at.now:
        due.add(at, TELL, group_id, f"{first} {utc_text(morning)}", morning)
        return
    _show(at, group, first)


def tell_when_due(at: Transaction, waiting: Due) -> None:
    """The night is over: tell the group."""
    group = groups.by_id(at, waiting.subject)
    if group.state == "active":
        _show(at, group, int(waiting.occurrence.split()[0]))


def _show(at: Transaction, group: Group, first: int) -> None:
    chat = groups.chat_of(at, group)
    card = outbox.card_of(at, CARD, first, chat.id)
    is_far = (
        card is not None
        and card.message_id is not None
        and chat.last_message_id - card.message_id > NEAR
    )
    if is_far:
        outbox.repost_card(at, CARD, first, chat.id)
    else:
        outbox.show_card(at, CARD, first, chat.id, urgency=outbox.ANSWER)


def _midnight(zone: str, when: datetime) -> datetime:
    return to_utc(local(when, zone).date(), time(0), zone)


def _draw(at: Reading, card: Card) -> Mapping[str, Any] | None:
    group = groups.of_chat(at, card.chat_id)
    version = None if group is None else groups.version(at, group.id, card.subject)
    if group is None or version is None:
        return None
    agreement = groups.agreement(at, group.id)
    since = _midnight(agreement.zone, version.since)
    day = local(version.since, agreement.zone).date()
    changes = [
        one
        for one in changes_since(at, group.id, since)
        if local(one.since, agreement.zone).date() == day
    ]
    parts = list(dict.fromkeys(part for one in changes for part in one.parts))
    return speaking.card_content(
        group.language,
        "agreement/news",
        agreement=agreement,
        own_questions=own_questions_of(at, agreement),
        names=list(dict.fromkeys(one.by for one in changes if one.by)),
        parts=parts,
    )


CARDS: dict[str, Callable[[Reading, Card], Mapping[str, Any] | None]] = {CARD: _draw}
RESULTS: dict[str, Callable[[Transaction, int, Any], None]] = {}
