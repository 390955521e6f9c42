"""The long tries: everybody and everything many times, 100,000 bent updates, every payload.

A seed is walked and bent alike each time; `SEED=7 make prove` tries another.
"""

import os
from typing import Final

import pytest
from attack.access import Judge
from attack.fuzz import Harness
from attack.injection import Injector
from attack.payloads import EVERY
from attack.rights import RIGHTS
from attack.walk import Walk
from attack.watch import Watch

SEED: Final = int(os.environ.get("SEED", "1"))
BENT: Final = int(os.environ.get("BENT", "100000"))

pytestmark = pytest.mark.slow


def test_everybody_tries_everything(crowd_of_all: Watch) -> None:
    judge = Judge(crowd_of_all)
    walk = Walk(crowd_of_all, judge, times=2, seed=SEED)
    walk.goes(1500)
    for group_id in crowd_of_all.group_ids.values():
        walk.sweeps(group_id, *(one for one in walk.actors if not walk.actors[one].masked))
    forged = 30_000
    walk.forges(forged)
    tried = {way for way, _ in judge.held_off} | judge.reached
    print(  # noqa: T201 - what `make prove` is run for
        f"\naccess: {judge.steps:,} steps, {forged:,} of them forged; {len(tried)} of"
        f" {len(RIGHTS)} ways in tried, {len(judge.reached)} reached by who may;"
        f" {len(judge.held_off):,} pairs of a way in and somebody came to nothing;"
        f" {len(judge.trespasses)} trespasses, {len(judge.leaks)} leaks"
    )
    assert not judge.trespasses, "\n".join(judge.trespasses)
    assert not judge.leaks, "\n".join(judge.leaks)


def test_bent_updates(crowd_of_all: Watch) -> None:
    seen = Harness(crowd_of_all, SEED).runs(BENT)
    print(  # noqa: T201 - what `make prove` is run for
        f"\nfuzz: {seen.taken:,} bent updates, {seen.unreadable:,} not readable and put aside;"
        f" {len(seen.failed)} failed, {len(seen.traces)} traces told, {len(seen.trespasses)}"
        f" changes without right, {len(seen.leaks)} leaks; {seen.good:,} good ones in between,"
        f" {seen.good_lost} not served"
    )
    assert seen.failed == {}
    assert seen.trespasses == {}
    assert (seen.traces, seen.leaks, seen.good_lost) == ([], [], 0)


def test_every_payload_everywhere(crowd_of_all: Watch) -> None:
    injector = Injector(crowd_of_all, SEED)
    for payload in EVERY:
        injector.tries(payload, 10)
    print(  # noqa: T201 - what `make prove` is run for
        f"\ninjection: {len(EVERY)} payloads as names, titles, commands and answers,"
        f" {injector.calls:,} messages read as Telegram would; {len(injector.wrong)} wrong"
    )
    assert not injector.wrong, "\n".join(injector.wrong)
