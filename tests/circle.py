"""A group whose monthly check-in is open: where the stories of check-ins begin."""

from datetime import UTC, datetime
from typing import Any

from village import Group, Someone, Village

from bot.domain.agreement import Agreement
from bot.practices import check_ins
from bot.storage import chats, groups, members, people
from bot.storage.database import Transaction

OPENS = datetime(2026, 3, 24, 15, 0, tzinfo=UTC)  # six in the evening in Nairobi
REMINDS = datetime(2026, 3, 25, 15, 0, tzinfo=UTC)
REMINDS_AGAIN = datetime(2026, 3, 27, 15, 0, tzinfo=UTC)
CLOSES = datetime(2026, 3, 28, 15, 0, tzinfo=UTC)
OPENS_NEXT = datetime(2026, 4, 24, 15, 0, tzinfo=UTC)

#: One answer a question, as their buttons say it; the line comes after them.
USUAL_TAPS = ("A little", "Time", "More", "The same")


async def forms_circle(
    village: Village, title: str, *folk: Someone, unopened: tuple[Someone, ...] = (), **parts: Any
) -> Group:
    """A set-up group of these members; those in `unopened` never pressed Start."""
    group = await village.forms_group(title, *folk)
    for one in folk:
        if one not in unopened:
            await one.starts()
    assert village.bot is not None
    document = {"language": "en", "zone": "Africa/Nairobi", "currency": "KES"} | parts
    await village.bot.database.transact(
        _agree, group.id, title, Agreement(**document), [(one.id, one.name) for one in folk]
    )
    return group


def _agree(
    at: Transaction, telegram_id: int, title: str, agreement: Agreement, folk: list[tuple[int, str]]
) -> None:
    chat = chats.seen(at, telegram_id=telegram_id, kind="group", person_id=None)
    group = groups.of_chat(at, chat.id) or groups.add(
        at, chat_id=chat.id, title=title, language=agreement.language, added_by=None
    )
    groups.agree(at, group.id, agreement, changed_by=None)
    groups.set_state(at, group.id, "active")
    for telegram, name in folk:
        person = people.met(at, telegram_id=telegram, name=name, language="en")
        members.add(at, group_id=group.id, person_id=person.id, state="member")
    check_ins.plan(at, group.id)


async def opens_circle(
    village: Village, *folk: Someone, title: str = "Kitui Circle", **parts: Any
) -> Group:
    """The same, and its first round has just opened."""
    group = await forms_circle(village, title, *folk, **parts)
    await village.moves_to(OPENS)
    return group
