"""One durable check-in answer beside two echoes that store nothing, in one run.

    python benchmarks/answers.py --python .venv-bench/bin/python

The bot: update in, answer stored with synchronous=FULL, next question said through the outbox. The
peers reply and forget. Each is a process of its own on one core; driver and Bot API on the other.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import village
from fake_api import FakeApi

HERE = Path(__file__).parent
LINE = next(one for one in village.ASKED if one.kind == "line")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Figure:
    """What one run of one bot came to."""

    per_second: float
    cpu_ms: float
    memory_mb: float


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def texts(first_id: int, people: range) -> list[dict[str, Any]]:
    """One line of text from each person, in private."""
    return [
        {
            "update_id": first_id + place,
            "message": {
                "message_id": 10_000 + place,
                "date": 1_760_000_000,
                "chat": {
                    "id": village.FIRST_PERSON + person,
                    "type": "private",
                    "first_name": f"P{person}",
                },
                "from": {
                    "id": village.FIRST_PERSON + person,
                    "is_bot": False,
                    "first_name": f"P{person}",
                    "language_code": "en",
                },
                "text": "A good month: the roof is done.",
            },
        }
        for place, person in enumerate(people)
    ]


def forget_peak(pid: int) -> None:
    """Let the peak of memory begin anew: what it took to start is not what it takes to serve."""
    Path(f"/proc/{pid}/clear_refs").write_text("5", "ascii")


@dataclass
class Contender:
    """A bot, as it is started against a Bot API server."""

    name: str
    command: Callable[[str], list[str]]
    one_at_a_time: bool = False


async def measure(contender: Contender, latency_s: float, warm: int, count: int) -> Figure:
    """Start a bot, warm it, give it `count` updates at once and time its answers."""
    api = FakeApi(latency_s=latency_s)
    url = await api.start()
    # The first core is the bot's alone; this process keeps to the other.
    process = subprocess.Popen(
        contender.command(url),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(HERE.parent)},
        preexec_fn=lambda: os.sched_setaffinity(0, {0}),
    )
    try:
        api.offer(texts(1_000, range(warm)))
        await answered(api, process)
        await asyncio.sleep(0.5)
        forget_peak(process.pid)
        cpu, begun = cpu_seconds(process.pid), time.perf_counter()
        api.offer(texts(100_000, range(warm, warm + count)))
        await answered(api, process)
        took = time.perf_counter() - begun
        await asyncio.sleep(0.3)
        used = cpu_seconds(process.pid) - cpu
        return Figure(count / took, used / count * 1000, peak_mb(process.pid))
    finally:
        process.terminate()
        process.wait(20)
        await api.stop()


async def answered(api: FakeApi, process: subprocess.Popen[bytes]) -> None:
    """Wait for every answer. Raises SystemExit where the bot ended, or fell silent."""
    for _ in range(300):
        try:
            await asyncio.wait_for(api.answered.wait(), 1)
        except TimeoutError:
            if process.poll() is not None:
                raise SystemExit(f"{process.args} ended with {process.returncode}") from None
        else:
            return
    raise SystemExit(f"{api.answers} of {api.wanted} answered after five minutes")


def contenders(python: str, people: int, folder: Path) -> list[Contender]:
    """The bot on a fresh copy of one village each time, and its peers."""
    made = folder / "made.db"
    if not made.exists():
        asyncio.run(village.make(made, people, village.ASKED.index(LINE)))

    def ours(url: str) -> list[str]:
        database = village.copy(made, folder / f"{time.monotonic_ns()}.db")
        return [python, str(HERE / "serve.py"), url, str(database)]

    return [
        Contender("Barnraiser, a durable answer", ours),
        Contender(
            "python-telegram-bot echo",
            lambda url: [python, str(HERE / "echo_ptb.py"), url],
            one_at_a_time=True,
        ),
        Contender(
            "python-telegram-bot echo, 256 at once",
            lambda url: [python, str(HERE / "echo_ptb.py"), url, "256"],
        ),
        Contender("aiogram echo", lambda url: [python, str(HERE / "echo_aiogram.py"), url]),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", required=True, help="the one that has bot and peers installed")
    parser.add_argument("--count", type=int, default=1500)
    parser.add_argument("--runs", type=int, default=3)
    chosen = parser.parse_args()
    if len(os.sched_getaffinity(0)) > 1:
        os.sched_setaffinity(0, {1})
    for latency_s, count in ((0.0, chosen.count), (0.05, min(chosen.count, 600))):
        print(f"\nBot API answers after {latency_s * 1000:.0f} ms; {count} updates wait")
        print(f"The middle of {chosen.runs} runs:")
        print(f"{'':38} {'updates/s':>10} {'CPU ms each':>12} {'peak MB':>8}")
        figures: dict[str, list[Figure]] = {}
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(chosen.runs):  # in turns, so that a noisy minute is everybody's
                for one in contenders(chosen.python, 100 + count, Path(folder)):
                    if latency_s and one.one_at_a_time:
                        continue  # it can only be 20 a second
                    figures.setdefault(one.name, []).append(
                        asyncio.run(measure(one, latency_s, 100, count))
                    )
        for name, runs in figures.items():
            middle = [
                statistics.median(values)
                for values in zip(
                    *((r.per_second, r.cpu_ms, r.memory_mb) for r in runs), strict=True
                )
            ]
            print(f"{name:38} {middle[0]:10.0f} {middle[1]:12.2f} {middle[2]:8.0f}")


if __name__ == "__main__":
    main()
