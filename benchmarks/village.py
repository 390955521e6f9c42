"""A database of groups whose round is open, made once and copied for each run.

    PYTHONPATH=. python benchmarks/village.py DATABASE PEOPLE [ANSWERED]

Groups of twenty; everybody has answered the first ANSWERED questions, and nothing waits to be said.
"""

import asyncio
import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from bot.domain import check_ins as rules
from bot.domain.agreement import Agreement
from bot.practices import journal
from bot.storage import chats, check_ins, groups, members, people
from bot.storage.database import Transaction, open_database

FIRST_PERSON: Final = 50_000_000
FIRST_GROUP: Final = -40_000_000
MEMBERS_A_GROUP: Final = 20
GROUPS_AT_ONCE: Final = 50
#: What everybody is asked, in this order; the last two in words, and what the group may see.
ASKED: Final = [one for one in rules.asked(rules.USUAL) if not one.folded]


def settle(at: Transaction, first: int, people_count: int, answered: int) -> None:
    """One group: its agreement, its open round, its members, what they have answered."""
    chat = chats.seen(
        at, telegram_id=FIRST_GROUP - first, kind="group", person_id=None, message_id=1
    )
    group = groups.add(at, chat_id=chat.id, title=f"Group {first}", language="en", added_by=None)
    groups.agree(
        at, group.id, Agreement(language="en", zone="UTC", currency="KES"), changed_by=None
    )
    groups.set_state(at, group.id, "active")
    opened = check_ins.open_round(
        at,
        group_id=group.id,
        month="2026-03",
        questions=rules.USUAL,
        closes_at=at.now + timedelta(days=3),
    )
    for number in range(first, first + people_count):
        telegram_id = FIRST_PERSON + number
        person = people.met(at, telegram_id=telegram_id, name=f"P{number}", language="en")
        chats.seen(at, telegram_id=telegram_id, kind="private", person_id=person.id, message_id=1)
        members.add(at, group_id=group.id, person_id=person.id, state="member")
        for question in ASKED[:answered]:
            journal.skip(at, journal.Step(opened.id, person.id), question.number)
    at.run("DELETE FROM outbox")


async def make(path: Path, count: int, answered: int) -> None:
    """Make the database, some groups a transaction."""
    database = await open_database(path, lambda: datetime.now(UTC))
    try:
        for batch in range(0, count, MEMBERS_A_GROUP * GROUPS_AT_ONCE):
            last = min(batch + MEMBERS_A_GROUP * GROUPS_AT_ONCE, count)

            def settle_some(at: Transaction, batch: int = batch, last: int = last) -> None:
                for first in range(batch, last, MEMBERS_A_GROUP):
                    settle(at, first, min(MEMBERS_A_GROUP, last - first), answered)

            await database.transact(settle_some)
    finally:
        await database.close()


def copy(made: Path, to: Path) -> Path:
    """Copy a database that nobody has open, with its key."""
    for ending in ("", ".key"):
        shutil.copyfile(f"{made}{ending}", f"{to}{ending}")
    return to


if __name__ == "__main__":
    asyncio.run(make(Path(sys.argv[1]), int(sys.argv[2]), int(*sys.argv[3:4] or [0])))
