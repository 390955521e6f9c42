"""The bot as it is, with a village of people who were just asked for their line of the month.

    python benchmarks/serve_check_ins.py URL DATABASE PEOPLE

Telegram's 30 calls a second are not kept here: what is measured is the bot, not the waiting. What
it does for the sake of a chat is kept: forty answers are one edit of their group's card.
"""

import asyncio
import signal
import sys
from datetime import timedelta
from pathlib import Path

from bot.app import barnraiser
from bot.delivery.limits import Pace
from bot.domain import check_ins as rules
from bot.domain.agreement import Agreement
from bot.practices import journal
from bot.settings import Settings
from bot.storage import chats, check_ins, groups, members, people
from bot.storage.database import Transaction

FIRST_PERSON = 50_000_000
FIRST_GROUP = -40_000_000
MEMBERS_A_GROUP = 20


def settle_village(at: Transaction, count: int) -> None:
    """Groups of twenty with an open round, everybody asked for their line, nothing left to say."""
    for first in range(0, count, MEMBERS_A_GROUP):
        chat = chats.seen(
            at, telegram_id=FIRST_GROUP - first, kind="group", person_id=None, message_id=1
        )
        group = groups.add(
            at, chat_id=chat.id, title=f"Group {first}", language="en", added_by=None
        )
        agreement = Agreement(language="en", zone="UTC", currency="KES")
        groups.agree(at, group.id, agreement, changed_by=None)
        groups.set_state(at, group.id, "active")
        opened = check_ins.open_round(
            at,
            group_id=group.id,
            month="2026-03",
            questions=rules.USUAL,
            closes_at=at.now + timedelta(days=3),
        )
        for number in range(first, min(first + MEMBERS_A_GROUP, count)):
            person = people.met(
                at, telegram_id=FIRST_PERSON + number, name=f"P{number}", language="en"
            )
            chats.seen(
                at,
                telegram_id=FIRST_PERSON + number,
                kind="private",
                person_id=person.id,
                message_id=1,
            )
            members.add(at, group_id=group.id, person_id=person.id, state="member")
            for question in rules.asked(rules.USUAL[: rules.USUAL.index("line")]):
                journal.skip(at, journal.Step(opened.id, person.id), question.number)
    at.run("DELETE FROM outbox")


async def main() -> None:
    """Serve until told to stop."""
    url, database, count = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    settings = Settings(token="7:bench-of-answers", api_url=url, database=database)
    async with barnraiser(settings, pace=Pace(overall_max=100_000)) as bot:
        await bot.database.transact(settle_village, count)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, bot.stop)
        await bot.serve()


asyncio.run(main())
