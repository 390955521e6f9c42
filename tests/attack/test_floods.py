"""Ten thousand updates of one person: the next one's turn comes soon, and little is left behind."""

from datetime import UTC, datetime, timedelta

import pytest
from attack.flood import KINDS, floods
from attack.watch import Watch

from bot.handlers.floods import AT_ONCE, PEOPLE_MAX, REST, Floods

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
FLOOD = 10_000


# -- the rule -------------------------------------------------------------------------------------


def test_nobody_who_taps_by_hand_comes_near_it() -> None:
    floods = Floods()
    for number in range(2000):  # two a second for a quarter of an hour, with a breath in between
        assert floods.judge(1, NOW + timedelta(seconds=number * 0.9)) == "fine"


def test_what_is_too_much_is_told_once_until_they_rested() -> None:
    floods = Floods()
    told = [floods.judge(1, NOW) for _ in range(AT_ONCE + 50)]
    assert told.count("fine") == AT_ONCE
    assert told[AT_ONCE] == "too much"
    assert set(told[AT_ONCE + 1 :]) == {"still too much"}
    soon = NOW + timedelta(seconds=5)
    assert [floods.judge(1, soon) for _ in range(6)] == ["fine"] * 5 + ["still too much"]
    rested = soon + timedelta(seconds=REST)
    told = [floods.judge(1, rested) for _ in range(int(REST) + 2)]
    assert told[-2:] == ["too much", "still too much"]


def test_each_has_their_own() -> None:
    floods = Floods()
    for _ in range(AT_ONCE + 5):
        floods.judge(1, NOW)
    assert floods.judge(2, NOW) == "fine"


def test_a_clock_set_back_neither_gives_nor_takes() -> None:
    floods = Floods()
    for _ in range(AT_ONCE):
        floods.judge(1, NOW)
    assert floods.judge(1, NOW - timedelta(days=1)) == "too much"
    assert floods.judge(1, NOW - timedelta(days=1) + timedelta(seconds=REST)) == "fine"


def test_the_memory_of_it_has_an_end() -> None:
    floods = Floods()
    for who in range(PEOPLE_MAX + 10):
        floods.judge(who, NOW)
    assert len(floods._people) <= PEOPLE_MAX
    for who in range(PEOPLE_MAX + 10):
        floods.judge(who, NOW + timedelta(hours=1))
    assert len(floods._people) <= PEOPLE_MAX


# -- what it leaves behind ------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["stranger", "member", "left"])
def test_ten_thousand_of_one_person_make_nobody_wait(
    crowd_of_all: Watch, kind: str, name: str
) -> None:
    seconds, rows = floods(crowd_of_all, kind, name, FLOOD)
    print(  # noqa: T201 - what `make prove` is run for
        f"\nflood: {FLOOD:,} {kind} of a {name}: taken in {seconds:.1f} s, {rows} rows left until"
        " the night; the next person's tap is served"
    )
