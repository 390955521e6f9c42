"""What it costs to record and to read, by how long the book is.

    PYTHONPATH=. python benchmarks/book_reads.py [--entries 100 10000 1000000]

A village of 75 households gives once a month, for as many years as the book needs. Recording is
one entry in a durable transaction, by the clock on the wall; reading is the whole answer, its words
included, by the processor's time, which a busy machine does not stretch. Reading costs what is
shown, not what exists: from 10,000 entries to 1,000,000 it may take twice as long, at most.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from bot.domain.agreement import Agreement
from bot.domain.calendar import utc_text
from bot.domain.ledger import Confirmation
from bot.domain.plans import Contribution
from bot.practices import checking, fund, fund_history, passbook
from bot.practices.dues import Screen
from bot.rendering.messages import plain, render
from bot.storage import chats, groups, ledger, links, members, people
from bot.storage.database import Database, Reading, Transaction, open_database
from bot.storage.ledger import Line

HOUSEHOLDS: Final = 75
START: Final = datetime(2026, 1, 5, 9, tzinfo=UTC)
AT_ONCE: Final = 2000
TIMES: Final = 200
AMOUNT_MINOR: Final = 11_000
TWICE: Final = 2.0


class Clock:
    """Stands at the month that the book has come to."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        self.now += timedelta(microseconds=1)
        return self.now

    def is_at(self, entry: int) -> None:
        months = entry // HOUSEHOLDS
        year, month = divmod(months, 12)
        self.now = START.replace(year=START.year + year, month=1 + month) + timedelta(
            minutes=entry % HOUSEHOLDS
        )


def settle(at: Transaction) -> None:
    """A group of 75 households of one, whose members can all be reached."""
    links.know_bot(at, telegram_id=7, username="barnraiser_bot")
    chat = chats.seen(at, telegram_id=-100, kind="group", person_id=None)
    group = groups.add(at, chat_id=chat.id, title="Siganiro", language="en", added_by=None)
    agreement = Agreement(
        language="en",
        zone="Africa/Nairobi",
        currency="KES",
        practices=frozenset({"contributions"}),
        plans=(Contribution(amount_minor=AMOUNT_MINOR),),
    )
    groups.agree(at, group.id, agreement, changed_by=None)
    groups.set_state(at, group.id, "active")
    for number in range(HOUSEHOLDS):
        person = people.add(at, telegram_id=1000 + number, name=f"Member {number}", language="en")
        chats.seen(at, telegram_id=1000 + number, kind="private", person_id=person.id)
        members.add(at, group_id=group.id, person_id=person.id, state="member")


def record(at: Transaction, number: int) -> None:
    """Household `number` gives what was agreed for this month; the next one has confirmed it."""
    household = number % HOUSEHOLDS + 1
    money = ledger.money_of(at, 1, "KES")
    period = f"{at.now.year:04}-{at.now.month:02}"
    ledger.add(
        at,
        1,
        kind="contribution",
        day=at.now.date().isoformat(),
        recorded_by=household,
        witnesses=1,
        key=f"bench:{number}",
        confirmations=[Confirmation(household % HOUSEHOLDS + 1, at.now_text)],
        lines=[
            Line(
                ledger.account(at, 1, "household", "savings", household),
                money,
                -AMOUNT_MINOR,
                period,
            ),
            Line(ledger.account(at, 1, "purse", "savings"), money, AMOUNT_MINOR),
        ],
    )


async def grow(database: Database, clock: Clock, have: int, until: int) -> None:
    def some(at: Transaction, first: int, last: int) -> None:
        for number in range(first, last):
            clock.is_at(number)
            at.now, at.now_text = clock.now, utc_text(clock.now)
            record(at, number)

    for first in range(have, until, AT_ONCE):
        await database.transact(some, first, min(first + AT_ONCE, until))


def timed(clock: Callable[[], float], work: Callable[[int], object], times: int) -> float:
    """Return the median of how long it takes by a clock, in milliseconds."""
    took = []
    for number in range(times):
        begin = clock()
        work(number)
        took.append((clock() - begin) * 1000)
    return statistics.median(took)


def said(screen: Screen) -> object:
    return render(screen.message, "en", **screen.facts)


def show_fund(at: Reading, number: int) -> object:
    screen = fund.of_group(at, 1, 1 + number % HOUSEHOLDS)
    assert fund_history.picture_for(at, screen, "en") is not None or at.now - START < timedelta(7)
    return said(screen)


def show_passbook(at: Reading, number: int) -> object:
    return said(passbook.page(at, 1, 1 + number % HOUSEHOLDS))


def show_log(at: Reading, number: int) -> object:
    return said(fund.log(at, 1, 1 + number % HOUSEHOLDS))


def check(at: Reading, number: int) -> object:
    screen = checking.check(at, 1, 1 + number % HOUSEHOLDS)
    assert not screen.facts["faults"]
    return plain(screen.message, "en", **screen.facts)


READS: Final[dict[str, tuple[Callable[[Reading, int], object], int]]] = {
    "/fund": (show_fund, TIMES),
    "/passbook": (show_passbook, TIMES),
    "the log": (show_log, TIMES),
    "checking by a tap": (check, 10),
}


async def measure(database: Database, clock: Clock, entries: int) -> dict[str, float]:
    took = []
    for number in range(entries, entries + TIMES):
        clock.is_at(number)
        begin = time.perf_counter()
        await database.transact(record, number)
        took.append((time.perf_counter() - begin) * 1000)
    found = {"recording": statistics.median(took)}
    for name, (read, times) in READS.items():

        def reads(
            at: Reading, read: Callable[[Reading, int], object] = read, times: int = times
        ) -> float:
            return timed(time.thread_time, lambda number: read(at, number), times)

        found[name] = await database.read(reads)
    return found


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, nargs="+", default=[100, 10_000, 1_000_000])
    sizes = parser.parse_args().entries
    figures: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        clock = Clock()
        database = await open_database(Path(folder) / "book.db", clock)
        await database.transact(settle)
        have = 0
        for entries in sizes:
            begin = time.perf_counter()
            await grow(database, clock, have, entries)
            print(f"{entries:,} entries after {time.perf_counter() - begin:.0f} s", flush=True)
            figures.append(await measure(database, clock, entries))
            have = entries + TIMES
        await database.close()
    print(f"\n{'milliseconds (median)':24}" + "".join(f"{size:>12,}" for size in sizes))
    too_slow = []
    for name in figures[0]:
        print(f"{name:24}" + "".join(f"{each[name]:12.2f}" for each in figures))
        if len(figures) > 1 and figures[-1][name] > TWICE * figures[-2][name]:
            too_slow.append(name)
    if too_slow:
        print(f"\nMore than twice as long in the longest book: {', '.join(too_slow)}")
    return bool(too_slow)


sys.exit(asyncio.run(main()))
