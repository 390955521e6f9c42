"""What a look at the clock costs where nothing is due, and where everything is.

    PYTHONPATH=. python benchmarks/ticks.py [--groups 100 1000 10000]

Groups with check-ins, contributions and digests, each planned as ever; five members. Goal: a tick
with nothing due stays under 5 ms whatever the number of groups. Then every group's check-in opens
at the same instant: its card, an invitation to each member, what is due next.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bot import app
from bot.domain.agreement import Agreement
from bot.domain.plans import Contribution
from bot.practices import check_ins, digests, due_days
from bot.scheduler.agenda import Agenda, Start
from bot.storage import chats, due, groups, links, members, people
from bot.storage.database import Database, Transaction, open_database

MEMBERS: Final = 5
AT_ONCE: Final = 50
LOOKS: Final = 300
GOAL_MS: Final = 5.0
IN_MARCH: Final = datetime(2026, 3, 10, 9, tzinfo=UTC)
PRACTICES: Final = frozenset({"check_ins", "contributions", "digests"})


class Clock:
    """Stands where it was put."""

    def __init__(self) -> None:
        self.now = IN_MARCH

    def __call__(self) -> datetime:
        return self.now


def settle(at: Transaction, number: int) -> None:
    """One group, with all that it plans."""
    chat = chats.seen(at, telegram_id=-10_000_000 - number, kind="group", person_id=None)
    group = groups.add(at, chat_id=chat.id, title=f"Group {number}", language="en", added_by=None)
    agreement = Agreement(
        language="en",
        zone="UTC",
        currency="KES",
        practices=PRACTICES,
        plans=(Contribution(amount_minor=50_000),),
    )
    groups.agree(at, group.id, agreement, changed_by=None)
    groups.set_state(at, group.id, "active")
    for one in range(number * MEMBERS, (number + 1) * MEMBERS):
        telegram_id = 50_000_000 + one
        person = people.add(at, telegram_id=telegram_id, name=f"Member {one}", language="en")
        chats.seen(at, telegram_id=telegram_id, kind="private", person_id=person.id)
        members.add(at, group_id=group.id, person_id=person.id, state="member")
    for practice in (check_ins, due_days, digests):
        practice.plan(at, group.id)


async def grow(database: Database, count: int) -> None:
    def some(at: Transaction, first: int) -> None:
        for number in range(first, min(first + AT_ONCE, count)):
            settle(at, number)

    await database.transact(links.know_bot, telegram_id=7, username="barnraiser_bot")
    for first in range(0, count, AT_ONCE):
        await database.transact(some, first)


def first_opening(at: Transaction) -> datetime:
    """Let nothing but check-ins wait, so that all that is due is one thing; return when."""
    at.run("UPDATE due SET state = 'cancelled' WHERE kind != :kind", kind=check_ins.OPEN)
    found = due.next_at(at)
    assert found is not None
    return found


async def measure(folder: Path, count: int) -> None:
    """Measure so many groups, and print what came of it."""
    clock = Clock()
    database = await open_database(folder / f"{count}.db", clock)
    starts: dict[str, Start] = {}
    for module in app.SCHEDULES:
        starts |= module.STARTS
    agenda = Agenda(database, starts, lambda: None)
    try:
        await grow(database, count)
        waiting = await database.read(lambda at: at.value("SELECT count(*) FROM due"))
        looks = []
        for _ in range(LOOKS):
            begin = time.perf_counter()
            await agenda.ring()
            looks.append((time.perf_counter() - begin) * 1000)
        late = sorted(looks)[int(LOOKS * 0.99)]
        clock.now = await database.transact(first_opening)
        wall, processor = time.perf_counter(), time.process_time()
        await agenda.ring()
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        opened = await database.read(lambda at: at.value("SELECT count(*) FROM rounds"))
    finally:
        await database.close()
    if opened != count:
        raise SystemExit(f"{opened} of {count} check-ins opened")
    print(
        f"{count:7,} groups, {waiting:7,} planned: nothing due {statistics.median(looks):5.2f} ms"
        f" (p99 {late:5.2f}; goal: under {GOAL_MS:.0f});"
        f" all due {wall:6.1f} s, {processor / count * 1000:5.2f} ms of a processor a group"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--groups", type=int, nargs="+", default=[100, 1_000, 10_000])
    print("\nA look at the clock")
    with tempfile.TemporaryDirectory() as folder:
        for count in parser.parse_args().groups:
            asyncio.run(measure(Path(folder), count))


if __name__ == "__main__":
    main()
