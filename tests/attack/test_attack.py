"""Everybody tries everything, and bent updates come in between: a short try each time.

All of it is one test over one village, which is dear to live; the long tries are `make prove`.
"""

import pytest
from attack.access import Judge
from attack.flood import floods
from attack.fuzz import Harness
from attack.injection import Injector
from attack.payloads import EVERY
from attack.walk import Walk
from attack.watch import Watch

from bot.storage import members
from bot.storage.database import Transaction


def test_a_short_try(crowd: Watch) -> None:
    judge = Judge(crowd)
    walk = Walk(crowd, judge, times=1)
    walk.goes(4)
    walk.sweeps(crowd.group_ids["Embu"], "stranger", "sets a group up")  # nothing is agreed there
    walk.sweeps(crowd.group_ids["Kitui"], "stranger", "left", "member")
    walk.forges(300)
    assert not judge.trespasses, "\n".join(judge.trespasses)
    assert not judge.leaks, "\n".join(judge.leaks)
    assert len(judge.held_off) > 500
    assert len(judge.reached) > 5

    seen = Harness(crowd, seed=7).runs(1000)
    assert seen.failed == {}
    assert seen.trespasses == {}
    assert (seen.traces, seen.leaks, seen.good_lost) == ([], [], 0)

    floods(crowd, "starts", "stranger", 1000)
    floods(crowd, "taps", "member", 600)

    injector = Injector(crowd)
    for payload in EVERY[::20]:
        injector.tries(payload, 1)
    assert not injector.wrong, "\n".join(injector.wrong)
    assert injector.calls > 20


def test_what_is_not_right_is_seen(crowd: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the one check that somebody is a member, a stranger reads and changes things."""
    judge = Judge(crowd)
    walk = Walk(crowd, judge, times=1)
    stranger = walk.actors["stranger"]
    pressed = ("decisions:1:0", "goals_all:1", "pay_tell:1", "meetings:1")

    def tries() -> None:
        for data in pressed:
            with crowd.undone() as at:
                knew = judge.knows(at, stranger)
                outcome = walk.does(at, stranger, data, "private")
                judge.judges(at, knew, f"tap:{data.split(':')[0]}", stranger, data, outcome)

    tries()
    assert (judge.trespasses, judge.leaks) == ([], [])
    monkeypatch.setattr("bot.storage.members.require", _lets_anybody)
    tries()
    assert judge.trespasses
    assert judge.leaks


def _lets_anybody(at: Transaction, group_id: int, _person_id: int, **_facts: object) -> object:
    return members.of_group(at, group_id)[0]
