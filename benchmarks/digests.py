"""What a month's digests cost: composed, drawn and queued, for 1,000 groups and for 10,000.

    PYTHONPATH=. python benchmarks/digests.py [--groups 1000 10000] [--draw 150] [--draw-all]

Groups of twelve, each with a round that closed, six contributions, thanks and a new member, all
due at the same instant. Composing and queuing is done for every group, through the same agenda as
ever, in durable transactions. A picture costs the same however many groups there are, so that
unless `--draw-all` is given so many are drawn, from all over, and their cost holds for the rest;
the bot draws each as it leaves, by as many processes as there are processors. On a machine that has
other work, the time of a processor says more than the time that passed. Telegram takes 30 messages
a second; ten times as many groups should take ten times as long.
"""

import argparse
import asyncio
import contextlib
import resource
import tempfile
import time
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from bot.domain.agreement import Agreement
from bot.domain.ledger import Confirmation
from bot.domain.plans import Contribution
from bot.practices import digests, rounds
from bot.rendering import files
from bot.rendering.drawers import Drawers
from bot.scheduler import digests as times
from bot.storage import (
    chats,
    check_ins,
    digests as store,
    due,
    groups,
    ledger,
    links,
    members,
    people,
    thanks,
)
from bot.storage.database import Database, Reading, Transaction, open_database
from bot.storage.ledger import Line

MEMBERS: Final = 12
DONE: Final = 9
GIVING: Final = 6
AT_ONCE: Final = 50
TELEGRAM_A_SECOND: Final = 30.0
IN_MARCH: Final = datetime(2026, 3, 10, 9, tzinfo=UTC)
ON_THE_FIRST: Final = datetime(2026, 4, 1, 18, 0, 1, tzinfo=UTC)


class Clock:
    """Stands where it was put, a little later each time it is read."""

    def __init__(self) -> None:
        self.now = IN_MARCH

    def __call__(self) -> datetime:
        return self.now


def settle(at: Transaction, number: int) -> None:
    """One group and its month."""
    chat = chats.seen(at, telegram_id=-10_000_000 - number, kind="group", person_id=None)
    group = groups.add(at, chat_id=chat.id, title=f"Group {number}", language="en", added_by=None)
    agreement = Agreement(
        language="en",
        zone="UTC",
        currency="KES",
        practices=frozenset({"check_ins", "contributions", "digests"}),
        plans=(Contribution(amount_minor=50_000),),
    )
    groups.agree(at, group.id, agreement, changed_by=None)
    groups.set_state(at, group.id, "active")
    folk = []
    for one in range(MEMBERS):
        telegram_id = 50_000_000 + number * MEMBERS + one
        person = people.add(at, telegram_id=telegram_id, name=f"Member {one}", language="en")
        folk.append(members.add(at, group_id=group.id, person_id=person.id, state="member"))
    opened = check_ins.open_round(
        at, group_id=group.id, month="2026-03", questions=("goal", "hurdle"), closes_at=ON_THE_FIRST
    )
    for member in folk[:DONE]:
        check_ins.finish(at, check_ins.touch(at, opened.id, member.id).id)
    rounds.close(at, opened.id)
    for giver in folk[:2]:
        thanks.add(at, giver=giver, receiver=folk[5].id, words="the water", reply_to=None)
    money = ledger.money_of(at, group.id, "KES")
    for payer, witness in pairwise(folk[: GIVING + 1]):
        home = ledger.account(at, group.id, "household", "savings", payer.household_id)
        purse = ledger.account(at, group.id, "purse", "savings")
        ledger.add(
            at,
            group.id,
            kind="contribution",
            day=at.now.date().isoformat(),
            recorded_by=payer.number,
            witnesses=1,
            key=f"bench:{payer.id}",
            confirmations=[Confirmation(witness.number, at.now_text)],
            lines=[Line(home, money, -50_000, "2026-03"), Line(purse, money, 50_000)],
        )
    digests.plan(at, group.id)


async def grow(database: Database, have: int, until: int) -> None:
    def some(at: Transaction, first: int, last: int) -> None:
        if first == 0:
            links.know_bot(at, telegram_id=7, username="barnraiser_bot")
        for number in range(first, last):
            settle(at, number)
        at.run("DELETE FROM outbox")

    for first in range(have, until, AT_ONCE):
        await database.transact(some, first, min(first + AT_ONCE, until))


def say_some(at: Transaction) -> int:
    """Say what is due, as the agenda does; return how many."""
    waiting = due.now_due(at, AT_ONCE)
    for one in waiting:
        with at.savepoint():
            if one.kind in times.STARTS:  # not, say, a member's own month after it
                times.STARTS[one.kind](at, one)
            due.finish(at, one.id)
    return len(waiting)


async def say_all(database: Database) -> tuple[float, float]:
    """Return how many seconds it took, on the wall and of the processor."""
    wall, processor = time.perf_counter(), time.process_time()
    while await database.transact(say_some):
        pass
    return time.perf_counter() - wall, time.process_time() - processor


def orders(at: Reading, most: int) -> list[dict[str, Any]]:
    """Return the orders of so many of the pictures, from all over."""
    numbers = [row["id"] for row in at.all("SELECT id FROM digests WHERE state = 'said'")]
    found = [store.by_id(at, one) for one in numbers[:: max(1, len(numbers) // most)][:most]]
    return [order for one in found if one for order in one.content["files"].values()]


async def measure(folder: Path, count: int, draw: int) -> tuple[float, float]:
    """Measure so many groups; return the seconds a group to compose and queue, and to draw."""
    clock = Clock()
    database = await open_database(folder / f"{count}.db", clock)
    try:
        begin = time.perf_counter()
        await grow(database, 0, count)
        print(f"\n{count:,} groups ({time.perf_counter() - begin:.0f} s to make)")
        clock.now = ON_THE_FIRST
        wall, processor = await say_all(database)
        said, queued = await database.read(
            lambda at: (
                at.value("SELECT count(*) FROM digests WHERE state = 'said'"),
                at.value("SELECT count(*) FROM outbox"),
            )
        )
        if not said == queued == count:
            raise SystemExit(f"said {said}, queued {queued}, of {count}")
        wanted = await database.read(orders, draw)
    finally:
        await database.close()
    drawing, processor_drawing, cores = await draw_all(wanted)
    whole = "all" if len(wanted) == count else f"{len(wanted)} of them"
    a_core = 1 / (processor / count + processor_drawing)
    print(
        f"  composed and queued  {count / wall:8,.0f} groups/s"
        f"  ({1000 * processor / count:.2f} ms of a processor each)\n"
        f"  drawn ({whole}, by {cores})  {1 / drawing:8,.1f} pictures/s"
        f"  ({1000 * processor_drawing:.1f} ms of a processor each)\n"
        f"  all of it  {a_core:,.1f} groups/s a processor, {cores * a_core:,.1f} by {cores}:"
        f" {cores * a_core / TELEGRAM_A_SECOND:.1f} times what Telegram takes"
        f" ({TELEGRAM_A_SECOND:.0f}/s)\n"
        f"  and as it went here  {1 / (wall / count + drawing):,.1f} groups/s"
    )
    return wall / count, drawing


async def draw_all(wanted: list[dict[str, Any]]) -> tuple[float, float, int]:
    """Draw as the bot does; return seconds a picture (passed, of a processor), and by how many."""
    before = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    with contextlib.closing(Drawers()) as draw:
        first, wanted = wanted[: draw.count], wanted[draw.count :]
        await _drawn(first, draw)  # what it costs to start the children is not counted
    starting = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - before
    own = time.process_time()
    with contextlib.closing(Drawers()) as draw:
        await _drawn(first, draw)
        begin = time.perf_counter()
        await _drawn(wanted, draw)
        passed = time.perf_counter() - begin
    used = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - before - 2 * starting
    used += time.process_time() - own
    return passed / len(wanted), used / len(wanted), draw.count


async def _drawn(orders_: list[dict[str, Any]], draw: Drawers) -> None:
    await asyncio.gather(*(asyncio.to_thread(files.make, one, draw) for one in orders_))


async def main() -> None:
    """Measure each size, and say how the cost of a group grows."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--groups", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--draw", type=int, default=150)
    parser.add_argument("--draw-all", action="store_true")
    asked = parser.parse_args()
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for count in sorted(asked.groups):
            draw = count if asked.draw_all else min(asked.draw, count)
            found.append((count, *await measure(Path(folder), count, draw)))
    (few, small, _), (many, large, _) = found[0], found[-1]
    if few != many:
        print(
            f"\nFrom {few:,} to {many:,} groups one digest costs {large / small:.2f} times as much"
            " to compose and queue (1.00: as many times the work as groups)."
        )


if __name__ == "__main__":
    asyncio.run(main())
