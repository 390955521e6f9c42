"""How many stored messages leave a second, beside what Telegram takes.

    PYTHONPATH=. python benchmarks/sending.py --python .venv-bench/bin/python [--messages 3000]

A message to each person, all of them waiting when the bot starts: it marks what leaves, calls, and
notes what came back, durably. Telegram takes about 30 calls a second from a bot, and 1,000 where a
group pays for its broadcasts; without a limit is seen what the bot itself could do.
"""

import argparse
import asyncio
import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final

import village
from answers import answered, cpu_seconds, peak_mb
from fake_api import FakeApi

from bot.scheduler.clock import wall_clock
from bot.storage import outbox
from bot.storage.database import Transaction, open_database

HERE: Final = Path(__file__).parent
TELEGRAM: Final = 30  # a second
PAID: Final = 1_000
NO_LIMIT: Final = 100_000
SECONDS_AT_30: Final = 5


def fill(at: Transaction, count: int) -> None:
    """Put a message to each of so many people into the outbox."""
    params = {"text": "The check-in is open until Friday.", "parse_mode": "HTML"}
    for row in at.all("SELECT id FROM chats WHERE kind = 'private' LIMIT :most", most=count):
        outbox.queue(at, row["id"], {"method": "sendMessage", "params": params})


async def make(database: Path, count: int) -> None:
    await village.make(database, count, 0)
    opened = await open_database(database, wall_clock)
    try:
        await opened.transact(fill, count)
    finally:
        await opened.close()


async def measure(python: str, folder: Path, count: int, limit: int, latency_s: float) -> None:
    """Let so many leave within a limit, and print how fast they did."""
    database = folder / f"{limit}-{latency_s}.db"
    await make(database, count)
    api = FakeApi(latency_s=latency_s)
    url = await api.start()
    api.offer([])
    api.wanted = 1
    process = subprocess.Popen(
        [python, str(HERE / "serve.py"), url, str(database), str(limit)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(HERE.parent)},
        preexec_fn=lambda: os.sched_setaffinity(0, {0}),
    )
    try:
        await answered(api, process)  # the first: what it takes to start is not counted
        already = api.answers
        api.answered.clear()
        api.wanted = count
        begun, used = time.perf_counter(), cpu_seconds(process.pid)
        await answered(api, process)
        took, used = time.perf_counter() - begun, cpu_seconds(process.pid) - used
        beside = "no limit" if limit == NO_LIMIT else f"limit {limit:,}/s"
        print(
            f"{beside:13}, answers after {latency_s * 1000:2.0f} ms:"
            f" {(count - already) / took:6.0f} messages/s,"
            f" {used / (count - already) * 1000:5.2f} ms of a processor each,"
            f" memory at most {peak_mb(process.pid):.0f} MB"
        )
    finally:
        process.terminate()
        process.wait(20)
        await api.stop()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--python", required=True, help="the one that has the bot installed")
    parser.add_argument("--messages", type=int, default=3_000)
    chosen = parser.parse_args()
    if len(os.sched_getaffinity(0)) > 1:
        os.sched_setaffinity(0, {1})
    print("\nMessages that wait, leaving")
    with tempfile.TemporaryDirectory() as folder:
        for limit, count, latency_s in (
            (TELEGRAM, TELEGRAM * SECONDS_AT_30, 0.05),
            (PAID, chosen.messages, 0.05),
            (NO_LIMIT, chosen.messages, 0.05),
            (NO_LIMIT, chosen.messages, 0.0),
        ):
            asyncio.run(measure(chosen.python, Path(folder), count, limit, latency_s))


if __name__ == "__main__":
    main()
