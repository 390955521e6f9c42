"""Killed with SIGKILL at random instants in bursts of updates: nothing lost, nothing done twice.

The real program is a child process; Telegram is the sandbox, in this one. Each burst queues 500
presses of check-in answers while reminders are due; the child is killed several times, started
again, and at last left to finish. It polls, or Telegram posts to it, several at once and every
third one twice. Seeds are printed: a run can be repeated with them.
"""

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from village import TOKEN, Village, a_village

from bot.domain.agreement import CheckIn
from bot.domain.agreement_parts import Quiet

ROOT = Path(__file__).parent.parent.parent
PEOPLE = 125
QUESTIONS = 4  # of one tap each: 125 people × 4 = 500 updates a burst
KILLS_A_BURST = 6
STARTING_UP = 0.15  # of the kills fall before it has said anything
KILLS = int(os.environ.get("KILLS", "300"))
SEED = int(os.environ.get("SEED", "1"))


@dataclass
class Seen:
    """What was tried, and what was found."""

    bursts: int = 0
    kills: int = 0
    updates: int = 0
    lost: int = 0
    doubled: int = 0
    unsent: int = 0
    messages: int = 0
    sent_twice: int = 0
    in_flight_at_kills: int = 0

    def __str__(self) -> str:
        return (
            f"{self.kills} kills in {self.bursts} bursts: {self.updates:,} updates,"
            f" {self.lost} lost, {self.doubled} doubled; {self.unsent} unsent;"
            f" {self.sent_twice} of {self.messages} messages sent twice,"
            f" {self.in_flight_at_kills} were in flight at a kill"
        )


class Program:
    """The real command, started and killed."""

    def __init__(self, village: Village) -> None:
        self._environment = os.environ | {
            "BARNRAISER_TOKEN": TOKEN,
            "BARNRAISER_API_URL": village.sandbox.url,
            "BARNRAISER_DATABASE": str(village.settings.database),
            "BARNRAISER_TICK_SECONDS": "0.2",
            "BARNRAISER_LOG_LEVEL": "ERROR",
            "PYTHONPATH": str(ROOT),
        }
        if village.settings.webhook_url is not None:
            self._environment |= {
                "BARNRAISER_WEBHOOK_URL": village.settings.webhook_url,
                "BARNRAISER_WEBHOOK_LISTEN": str(village.settings.webhook_listen),
            }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            env=self._environment,
            cwd=Path(self._environment["BARNRAISER_DATABASE"]).parent,
        )

    async def end(self, how: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(how)
        code = await asyncio.to_thread(self._process.wait, 30)
        assert code == (0 if how is signal.SIGTERM else -how)


def ask_database(path: Path, sql: str) -> list[tuple[int, ...]]:
    """Look into the file from outside, as another process may."""
    connection = sqlite3.connect(path, timeout=10)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


async def a_round_is_open(village: Village, people_: int = PEOPLE) -> int:
    """A group with an open round, everybody invited in private; its id."""
    people = village.has(*(f"P{number}" for number in range(people_)))
    group = await village.forms_group("Kitui", *people)
    today = datetime.now(UTC).date()
    await village.is_set_up(
        group,
        *people,
        zone="UTC",
        check_in=CheckIn(day=today.day, hour=0, open_days=3),
        quiet=Quiet(0, 0),
    )
    await village.moves_to(datetime.now(UTC) + timedelta(seconds=2))
    [[round_id]] = ask_database(village.settings.database, "SELECT max(id) FROM rounds")
    await village.bot_stops()
    return round_id


def press_everything(village: Village, round_id: int, chance: random.Random, option: int) -> None:
    """Everybody answers every question, in an order of their own, and unlike the time before.

    The same answer again would be no new row, and could not be told from a lost one.
    """
    presses = [
        (one, question + 1) for one in village.people.values() for question in range(QUESTIONS)
    ]
    chance.shuffle(presses)
    for one, question in presses:
        message = one.messages()[0]
        data = f"check:{round_id}:{question}:{option}"
        village.world.press(one.id, one.id, message.message_id, data)


async def everything_is_done(village: Village) -> None:
    """Until no update waits, nothing is due and nothing is left to say."""
    path = village.settings.database
    for _ in range(3000):
        [[waiting]] = ask_database(
            path, "SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending')"
        )
        [[overdue]] = ask_database(
            path,
            "SELECT count(*) FROM due WHERE state = 'waiting'"
            " AND due_at <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now')",
        )
        if not len(village.world.updates) and not waiting and not overdue:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it never comes to rest")


async def one_burst(
    village: Village, round_id: int, chance: random.Random, kills: int, seen: Seen
) -> None:
    path, program = village.settings.database, Program(village)
    before = answers_by_member(path)
    sent_before, called_before = messages_sent(path), messages_called(village)
    press_everything(village, round_id, chance, seen.bursts % 3)
    remind_now(path, round_id, seen.bursts)
    for _ in range(kills):
        calls = village.sandbox.calls.total
        program.start()
        if chance.random() < STARTING_UP:
            await asyncio.sleep(chance.uniform(0.0, 0.6))
        else:
            await it_calls(village, calls)
            await asyncio.sleep(chance.uniform(0.0, 0.9))
        await program.end(signal.SIGKILL)
        [[in_flight]] = ask_database(path, "SELECT count(*) FROM outbox WHERE state = 'sending'")
        seen.in_flight_at_kills += in_flight
    program.start()
    await everything_is_done(village)
    await program.end(signal.SIGTERM)
    after = answers_by_member(path)
    grown = {key: after[key] - before[key] for key in after}
    seen.bursts += 1
    seen.kills += kills
    seen.updates += len(village.people) * QUESTIONS
    seen.lost += sum(max(0, QUESTIONS - grown.get(key, 0)) for key in after)
    seen.doubled += sum(max(0, many - QUESTIONS) for many in grown.values())
    [[failed]] = ask_database(
        path, "SELECT count(*) FROM outbox WHERE state IN ('failed', 'uncertain')"
    )
    seen.unsent = failed
    messages = messages_sent(path) - sent_before
    seen.messages += messages
    seen.sent_twice += messages_called(village) - called_before - messages


async def it_calls(village: Village, before: int) -> None:
    """Until the program, started on a slow machine, has spoken to Telegram."""
    for _ in range(2000):
        if village.sandbox.calls.total > before:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never starts")


#: Rows of answers by member: each press adds exactly one.
COUNT_ANSWERS = (
    "SELECT check_ins.member_id, count(check_in_answers.id) FROM check_ins"
    " LEFT JOIN check_in_answers ON check_in_id = check_ins.id GROUP BY 1"
)


def answers_by_member(path: Path) -> Counter[int]:
    """How many rows of answers each member has."""
    return Counter({row[0]: row[1] for row in ask_database(path, COUNT_ANSWERS)})


def messages_sent(path: Path) -> int:
    """How many new messages the outbox says have left."""
    [[count]] = ask_database(
        path,
        "SELECT count(*) FROM outbox"
        " WHERE state = 'sent' AND edits IS NULL AND card_id IS NULL AND message_id IS NOT NULL",
    )
    return count


def messages_called(village: Village) -> int:
    """How many new messages arrived at Telegram."""
    return sum(1 for call in village.sandbox.calls.of("sendMessage") if call.status == 200)


def remind_now(path: Path, round_id: int, burst: int) -> None:
    """Let a reminder of the round fall due in the middle of the burst."""
    connection = sqlite3.connect(path, timeout=10)
    soon = datetime.now(UTC) + timedelta(seconds=1)
    with connection:
        connection.execute(
            "INSERT INTO due (kind, subject, occurrence, due_at)"
            " VALUES ('check_in_remind', ?, ?, ?)",
            (round_id, f"{10 + burst} test", soon.strftime("%Y-%m-%dT%H:%M:%S.%fZ")),
        )
    connection.close()


def nothing_is_amiss(seen: Seen) -> None:
    assert seen.lost == 0
    assert seen.doubled == 0
    assert seen.unsent == 0
    assert 0 <= seen.sent_twice <= seen.in_flight_at_kills


@pytest.mark.slow
@pytest.mark.promise("Killed at any instant, no update is lost, none takes effect twice")
@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_killed_at_random_instants_nothing_is_lost_and_nothing_happens_twice(
    webhook: bool,  # noqa: FBT001 - a parameter
    record_property: Callable[[str, object], None],
) -> None:
    seen, chance = Seen(), random.Random(SEED)
    while seen.kills < KILLS:
        start = datetime.now(UTC) - timedelta(days=2)
        with tempfile.TemporaryDirectory() as folder:
            async with a_village(Path(folder), start=start, webhook=webhook) as village:
                round_id = await a_round_is_open(village)
                for _ in range(5):
                    if seen.kills < KILLS:
                        await one_burst(village, round_id, chance, KILLS_A_BURST, seen)
        sys.stderr.write(f"\nseed {SEED}, webhook {webhook}: {seen}\n")
    record_property("seen", str(seen))
    nothing_is_amiss(seen)


async def test_killed_in_the_middle_of_what_is_posted_nothing_is_lost(tmp_path: Path) -> None:
    """The quick one: eight people, one kill once some of their taps have been taken."""
    start = datetime.now(UTC) - timedelta(days=2)
    async with a_village(tmp_path, start=start, webhook=True) as village:
        round_id = await a_round_is_open(village, 8)
        before = answers_by_member(tmp_path / "village.db")
        posted = village.sandbox.webhook.posted
        press_everything(village, round_id, random.Random(SEED), 1)
        program = Program(village)
        program.start()
        async with asyncio.timeout(60):
            while village.sandbox.webhook.posted == posted:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.001)
        await program.end(signal.SIGKILL)
        assert len(village.world.updates), "it was in the middle of them"
        program.start()
        await everything_is_done(village)
        await program.end(signal.SIGTERM)
        grown = answers_by_member(tmp_path / "village.db") - before
        assert set(grown.values()) == {QUESTIONS}
        assert len(grown) == 8
