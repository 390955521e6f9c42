"""A month's check-ins of 100,000 households, eight answers each: how fast, how late, how much.

    PYTHONPATH=. python benchmarks/wave.py --python .venv-bench/bin/python [--households 100000]

All households lie in the file; as many of them answer as it takes. First as many updates as are
given at once, then 30 and 300 a second, as they come. An answer is late by the time from when
Telegram has it to when the call that shows the next question is there.
"""

import argparse
import asyncio
import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import village
from answers import answered, cpu_seconds, forget_peak, peak_mb
from fake_api import FakeApi

HERE: Final = Path(__file__).parent
ANSWERS: Final = len(village.ASKED)
RATES: Final = ((30, 20), (300, 20))  # updates a second, for so many seconds
#: Telegram gives a tapped message with all that stands in it.
BUTTONS: Final = {
    "inline_keyboard": [
        [{"text": "Less", "callback_data": f"check:1:3:{place}"}] for place in "012345"
    ]
}


def answer(update_id: int, person: int, step: int) -> dict[str, Any]:
    """The answer of one person to one of the round's questions, as Telegram gives it."""
    telegram_id = village.FIRST_PERSON + person
    who = {"id": telegram_id, "is_bot": False, "first_name": f"P{person}", "language_code": "en"}
    chat = {"id": telegram_id, "type": "private", "first_name": f"P{person}"}
    message: dict[str, Any] = {"message_id": 10 + step, "date": 1_760_000_000, "chat": chat}
    question = village.ASKED[step]
    if question.kind == "line":
        return {
            "update_id": update_id,
            "message": message | {"from": who, "text": "A good month: the roof is done."},
        }
    opened = person // village.MEMBERS_A_GROUP + 1
    verb, last = ("check_share", 0) if question.kind == "share" else ("check", 1)
    tap = {
        "id": str(update_id),
        "from": who,
        "chat_instance": "1",
        "message": message
        | {"from": {"id": 7, "is_bot": True, "first_name": "Bench"}, "text": "Kitui · 1/8"}
        | {"entities": [{"type": "bold", "offset": 0, "length": 5}], "reply_markup": BUTTONS},
        "data": f"{verb}:{opened}:{question.number}:{last}",
    }
    return {"update_id": update_id, "callback_query": tap}


def wave(first_id: int, first_person: int, people: int) -> list[dict[str, Any]]:
    """Everybody's first answer, then everybody's second, and so on."""
    return [
        answer(first_id + step * people + person, first_person + person, step)
        for step in range(ANSWERS)
        for person in range(people)
    ]


async def offer(api: FakeApi, updates: list[dict[str, Any]], per_second: int) -> None:
    """Give updates at a steady rate, whatever becomes of them."""
    api.offer([])
    api.wanted = len(updates)
    begun = time.perf_counter()
    for place, update in enumerate(updates):
        ahead = begun + place / per_second - time.perf_counter()
        if ahead > 0:
            await asyncio.sleep(ahead)
        api.add(update)


def at_share(seconds: list[float], share: float) -> float:
    """How many milliseconds this share of the answers took at most."""
    return sorted(seconds)[min(int(len(seconds) * share), len(seconds) - 1)] * 1000


async def run(python: str, database: Path, burst: int) -> None:
    api = FakeApi()
    url = await api.start()
    process = subprocess.Popen(
        [python, str(HERE / "serve.py"), url, str(database)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(HERE.parent)},
        preexec_fn=lambda: os.sched_setaffinity(0, {0}),
    )
    try:
        await one_load(api, process, "warming", 0, 100)
        forget_peak(process.pid)
        await one_load(api, process, "all at once", 100, burst // ANSWERS)
        first = 100 + burst // ANSWERS
        for per_second, seconds in RATES:
            people = per_second * seconds // ANSWERS
            await one_load(api, process, f"{per_second} a second", first, people, per_second)
            first += people
        print(f"memory at most {peak_mb(process.pid):.0f} MB, file {size_mb(database):.0f} MB")
    finally:
        process.terminate()
        process.wait(60)
        await api.stop()


async def one_load(
    api: FakeApi,
    process: "subprocess.Popen[bytes]",
    name: str,
    first_person: int,
    people: int,
    per_second: int | None = None,
) -> None:
    """Offer one load and print what came of it; without a rate, everybody's answer at once."""
    updates = wave(first_person * ANSWERS + 1, first_person, people)
    api.seconds.clear()
    cpu, begun = cpu_seconds(process.pid), time.perf_counter()
    if per_second is None:
        for step in range(ANSWERS):  # nobody answers a question they have not seen yet
            await offer(api, updates[step * people : (step + 1) * people], 1_000_000)
            await answered(api, process)
        late = ""  # each waits for those before it: that is the rate once more
    else:
        await offer(api, updates, per_second)
        await answered(api, process)
        late = f"p50 {at_share(api.seconds, 0.5):.1f} ms, p99 {at_share(api.seconds, 0.99):.1f} ms"
    took = time.perf_counter() - begun
    await asyncio.sleep(0.5)
    used = (cpu_seconds(process.pid) - cpu) / len(updates) * 1000
    print(f"{name:14} {len(updates) / took:6.0f} updates/s  {used:5.2f} ms CPU each  {late}")


def size_mb(database: Path) -> float:
    """How much the file and its log take."""
    return sum(one.stat().st_size for one in database.parent.glob(f"{database.name}*")) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", required=True, help="the one that has the bot installed")
    parser.add_argument("--households", type=int, default=100_000)
    parser.add_argument("--burst", type=int, default=16_000, help="updates given at once")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "wave.db"
        begun = time.perf_counter()
        asyncio.run(village.make(database, chosen.households, 0))
        took = time.perf_counter() - begun
        print(f"\n{chosen.households} households, each in its private chat ({took:.0f} s to make)")
        if len(os.sched_getaffinity(0)) > 1:
            os.sched_setaffinity(0, {1})
        asyncio.run(run(chosen.python, database, chosen.burst))


if __name__ == "__main__":
    main()
