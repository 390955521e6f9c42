"""Weeks in a few groups, simulated: whatever goes wrong, nothing is lost and nothing is doubled.

`SEED=7` lives through one seed, `SEEDS=2000` through so many. The same seed is the same run, so
that a failing one can be looked at again (`TRACE=file` writes down what happened in it).
"""

import os
import sys
from collections import Counter

import pytest
from proofs.simulation.run import Told, run

SEED = int(os.environ.get("SEED", "0"))
SEEDS = int(os.environ.get("SEEDS", "1000"))
#: Short runs that between them kill, cut the line, fill the disk, lock the file and set the clock.
QUICK = (4, 16)
QUICK_DAYS = 3.0


def found(told: Told) -> list[str]:
    """What is wrong, with the seed that shows it."""
    return [f"SEED={told.seed}: {problem}" for problem in told.problems]


@pytest.mark.parametrize("seed", QUICK)
def test_whatever_befalls_the_bot_nothing_is_lost_and_nothing_is_doubled(seed: int) -> None:
    told = run(seed, days=QUICK_DAYS)
    assert found(told) == []
    assert told.updates > 10
    assert told.messages > 10


def test_a_seed_is_a_run() -> None:
    first, second = run(7, days=1.0), run(7, days=1.0)
    assert first == second
    assert first.trace != run(8, days=1.0).trace


@pytest.mark.slow
def test_many_seeds() -> None:
    seeds = [SEED] if "SEED" in os.environ else range(1, SEEDS + 1)
    whole, problems, totals = Counter[str](), list[str](), Counter[str]()
    for count, seed in enumerate(seeds, start=1):
        told = run(seed)
        problems += found(told)
        whole.update(told.faults)
        whole.update({f"killed at {where}": times for where, times in told.kills.items()})
        totals.update(
            seeds=1,
            days=round(told.days),
            lives=told.lives,
            updates=told.updates,
            messages=told.messages,
            reminders=told.reminders,
        )
        for problem in found(told):
            sys.stderr.write(f"\n{problem}")
        if count % 100 == 0 or count == len(seeds):
            sys.stderr.write(f"\n{dict(totals)}\n{dict(sorted(whole.items()))}\n")
    assert problems == []
