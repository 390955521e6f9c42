"""What may be said of private answers, and what somebody who knows nearly all of them learns."""

import doctest
import functools
import hashlib
import itertools
import random
from collections import Counter, defaultdict
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from bot.domain import disclosure
from bot.domain.check_ins import MOVES, Answer
from bot.domain.disclosure import Figure, Shown, band, blur, may_compare, may_show

FORWARD, BACK = Answer(choice="little"), Answer(choice="same")


def drawing(seed: str) -> Callable[[str], bytes]:
    return lambda name: hashlib.sha256(f"{seed} {name}".encode()).digest()


def chance_of_at_least(blurred: int) -> Fraction:
    """P(blur >= z), from what the docstring says of it: 1/3 at 0, and half as often a step."""
    if blurred > 0:
        return Fraction(2, 3) * Fraction(1, 2**blurred)
    return 1 - chance_of_at_least(1 - blurred)


@functools.cache
def chances(count: int, of: int) -> dict[str | None, Fraction]:
    """How likely each band is for a count: worked out, not drawn."""
    found: dict[str | None, Fraction] = defaultdict(Fraction)
    low, high = -count - 1, of - count + 1
    for blurred in range(low, high):
        found[band(count + blurred, of)] += chance_of_at_least(blurred) - chance_of_at_least(
            blurred + 1
        )
    found[band(0, of)] += 1 - chance_of_at_least(low)
    found[band(of + 1, of)] += chance_of_at_least(high)
    return dict(found)


def test_its_worked_numbers_hold() -> None:
    assert doctest.testmod(disclosure).failed == 0


def test_a_count_is_blurred_as_it_says() -> None:
    drawn = Counter(blur(hashlib.sha256(f"{n}".encode()).digest()) for n in range(30_000))
    for blurred in range(-5, 6):
        wanted = chance_of_at_least(blurred) - chance_of_at_least(blurred + 1)
        assert abs(drawn[blurred] / 30_000 - float(wanted)) < 0.01
    assert {-8, 8} <= drawn.keys(), "whatever is said, any answer may be behind it"
    with pytest.raises(ValueError, match="31"):
        blur(b"x" * 31)


@pytest.mark.parametrize("of", [5, 8, 9, 12, 20, 33, 80])
def test_no_band_is_more_than_twice_as_likely_for_one_answer_than_for_another(of: int) -> None:
    for count in range(of):  # the others' answers, all known; the last one's makes it one more
        without, with_it = chances(count, of), chances(count + 1, of)
        assert sum(without.values()) == sum(with_it.values()) == 1
        for said in without:
            assert without[said] <= 2 * with_it[said]
            assert with_it[said] <= 2 * without[said]


@pytest.mark.parametrize(("of", "least"), [(8, 0.91), (12, 0.95), (80, 0.999)])
def test_what_all_of_them_did_is_nearly_always_told_as_most(of: int, least: float) -> None:
    assert chances(of, of)["most"] > least
    assert chances(0, of).get("most", 0) + chances(0, of).get("half", 0) < 1 - least


@given(st.integers(0, 100), st.integers(0, 100), st.sampled_from(["answers", "money"]))
def test_too_few_are_never_shown(members: int, answered: int, kind: disclosure.Kind) -> None:
    least = {"answers": 5, "money": 10}[kind]
    may = may_show("band", kind, members=members, answered=answered)
    assert may == (members >= 8 and least <= answered <= members)
    assert may_show("sum", "money", members=members, answered=answered) == (
        members >= 10 and 10 <= answered <= members
    )
    for extreme in ("least", "most"):
        assert not may_show(extreme, kind, members=members, answered=answered)


@given(st.lists(st.integers(0, 30), max_size=6), st.integers(0, 4))
def test_what_is_kept_back_is_nobody_or_enough(parts: list[int], rest: int) -> None:
    assert disclosure.rest_is_hidden(sum(parts) + rest, parts) == (rest == 0)
    assert disclosure.rest_is_hidden(sum(parts) + 5 + rest, parts)
    members = max(8, sum(parts) + rest)
    shown = may_show(
        "count", "answers", members=members, answered=sum(parts) + rest, shown_of=tuple(parts)
    )
    if shown and parts:
        assert rest == 0


ids = st.frozensets(st.integers(1, 25), max_size=25)


@given(ids, ids)
def test_times_are_compared_only_where_nobody_alone_came_or_went(
    before: frozenset[int], now: frozenset[int]
) -> None:
    came, went = now - before, before - now
    wanted = len(before & now) >= 5 and not (1 <= len(came) <= 4 or 1 <= len(went) <= 4)
    assert may_compare(before, now) == may_compare(now, before) == wanted
    if may_compare(before, now, "money"):
        assert wanted
        assert len(before & now) >= 10


# -- the figures ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("changed", "may"), [(0, True), (1, False), (4, False), (5, True)])
def test_four_who_came_or_went_are_too_few_and_five_are_enough(changed: int, *, may: bool) -> None:
    few, more = frozenset(range(12)), frozenset(range(12 + changed))
    assert may_compare(few, more) is may
    assert may_compare(more, few) is may
    assert may_compare(frozenset(range(changed, 12 + changed)), few) is may


def still(_: str) -> bytes:
    """Draw nothing: no count is blurred."""
    return b"\x01" * 32


def test_each_member_counts_once_and_who_said_nothing_of_it_does_not() -> None:
    answers = {n: {"goal:3": FORWARD, "goal:4": BACK} for n in range(1, 7)}
    answers |= {n: {"goal": BACK, "income": FORWARD} for n in range(7, 9)}
    answers |= {9: {"goal": Answer(), "hurdle": Answer(choice="money")}, 10: {}}
    found = disclosure.moved(10, answers, still)
    assert found == Shown(Figure("moved", "most"), frozenset(range(1, 9)))
    assert disclosure.moved(7, answers, still) is None
    few_said = {n: answers[n] for n in (1, 2, 3, 4, 9, 10)}
    assert disclosure.moved(10, few_said, still) is None


@pytest.mark.parametrize("choice", MOVES)
def test_forward_is_forward(choice: str) -> None:
    answers = {n: {"goal": Answer(choice=choice)} for n in range(9)}
    found = disclosure.moved(9, answers, still)
    assert (found is not None) == (choice in {"little", "lot", "reached"})


def test_more_than_the_time_before_is_said_of_the_same_people_only() -> None:
    half = Shown(Figure("moved", "half"), frozenset(range(1, 10)))
    answers = {n: {"goal": FORWARD} for n in range(1, 10)}

    def figure(before: Shown | None) -> Figure:
        found = disclosure.moved(9, answers, still, before)
        assert found is not None
        return found.figure

    assert figure(half).is_more
    assert not figure(None).is_more
    assert not figure(Shown(Figure("moved", "most"), half.counted)).is_more
    assert not figure(Shown(half.figure, half.counted | {10})).is_more
    assert not figure(Shown(half.figure, half.counted - {9})).is_more


def test_what_was_in_the_way_is_said_where_it_was_for_many() -> None:
    def hurdles(**counts: int) -> dict[int, dict[str, Answer]]:
        said = itertools.chain.from_iterable([one] * count for one, count in counts.items())
        return {n: {"hurdle": Answer(choice=one)} for n, one in enumerate(said)}

    def told(members: int, **counts: int) -> tuple[str, str] | None:
        found = disclosure.hurdle(members, hurdles(**counts), still)
        return None if found is None else (found.figure.choice, found.figure.band)

    assert told(12, money=9, time=2, nothing=1) == ("money", "most")
    assert told(20, time=7, money=6, nothing=7) == ("time", "half")
    assert told(20, time=5, money=5, nothing=10) is None
    assert told(20, nothing=20) is None
    assert told(12, money=11) is None, "fewer than twelve said what was"


# -- played attacks -------------------------------------------------------------------------------


def blurring(**by: int) -> Callable[[str], bytes]:
    """Secrets that blur what is drawn for a name by so many, and all else by nothing."""

    def draw(name: str) -> bytes:
        more = by.get(name.replace(" ", "_"), 0)
        up, down = (1 << max(0, more), 1 << max(0, -more))
        return up.to_bytes(16, "big") + down.to_bytes(16, "big")

    return draw


@pytest.mark.parametrize(("by", "band"), [(0, "half"), (1, "most"), (-3, "half"), (-4, "few")])
def test_how_many_moved_is_told_blurred(by: int, band: str) -> None:
    answers = {n: {"goal": FORWARD if n < 6 else BACK} for n in range(10)}
    shown = disclosure.moved(10, answers, blurring(moved=by))
    assert shown is not None
    assert shown.figure.band == band


def test_what_was_in_the_way_is_blurred_choice_by_choice() -> None:
    answers = {n: {"hurdle": Answer(choice="time" if n < 6 else "money")} for n in range(12)}
    for choice in ("time", "money"):
        shown = disclosure.hurdle(12, answers, blurring(**{f"hurdle_{choice}": 1}))
        assert shown is not None
        assert shown.figure.choice == choice
    assert disclosure.hurdle(12, answers, blurring(hurdle_time=-3, hurdle_money=-3)) is None


def knows_all_but_one(seed: int) -> tuple[list[Fraction], list[bool]]:
    """A year of one group's digests, read by somebody who knows every answer but one member's.

    Members join, leave and skip months. Returns how sure the reader may be of the likelier of the
    two answers in each month, and whether it was the one.
    """
    chance = random.Random(seed)
    group, following = set(range(chance.randint(5, 40))), 1000
    target, lean, before = 0, chance.random(), None
    sure, right = [], []
    for month in range(12):
        group -= {one for one in group if one != target and chance.random() < 0.05}
        for _ in range(chance.choice((0, 0, 1, 2, 6))):
            group.add(following)
            following += 1
        taking_part = {one for one in group if one == target or chance.random() < 0.8}
        truth = {one: chance.random() < lean for one in taking_part} | {
            target: chance.random() < 0.5
        }
        answers = {n: {"goal": FORWARD if truth[n] else BACK} for n in taking_part}
        shown = disclosure.moved(len(group), answers, drawing(f"{seed} {month}"), before)
        if len(group) < 8 or len(taking_part) < 5:
            assert shown is None
            continue
        others = sum(truth[one] for one in taking_part - {target})
        said = None if shown is None else shown.figure.band
        no, yes = (chances(count, len(taking_part))[said] for count in (others, others + 1))
        sure.append(max(no, yes) / (no + yes))
        right.append(truth[target] if yes > no else not truth[target] if no > yes else True)
        if yes == no:
            right.pop()
        before = shown or before
    return sure, right


def year_after_year(histories: int) -> None:
    sure, right = [], []
    for seed in range(histories):
        found = knows_all_but_one(seed)
        sure += found[0]
        right += found[1]
    assert len(sure) > 5 * histories
    assert max(sure) <= Fraction(2, 3), "never more than two to one"
    assert sum(sure) / len(sure) < Fraction(57, 100), "most digests tell next to nothing"
    print(  # noqa: T201 - what `make prove` is run for
        f"{len(sure):,} figures read: surest {float(max(sure)):.3f}, on average"
        f" {float(sum(sure) / len(sure)):.3f}, right {sum(right) / max(1, len(right)):.3f}"
    )


def test_who_knows_all_others_is_never_sure_of_the_last() -> None:
    year_after_year(150)


@pytest.mark.slow
@pytest.mark.promise("Who knows all others is never sure of the last: 10,000 years of digests")
def test_who_knows_all_others_is_never_sure_of_the_last_in_ten_thousand_years() -> None:
    year_after_year(10_000)


def is_alone(shown: list[frozenset[int]]) -> bool:
    """Whether the totals shown can be added and subtracted so that one member's amount is left."""
    patterns = Counter(
        tuple(Fraction(one in counted) for counted in shown) for one in frozenset().union(*shown)
    )
    return any(
        count == 1 and rank([*rest, pattern]) > rank(rest)
        for pattern, count in patterns.items()
        for rest in [[other for other in patterns if other != pattern]]
    )


def rank(rows: list[tuple[Fraction, ...]]) -> int:
    """How many of these lines are none of the others' sum, however each is multiplied."""
    left, found = [list(row) for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in left if row[column]), None)
        if pivot is None:
            continue
        found += 1
        left.remove(pivot)
        for row in left:
            times = row[column] / pivot[column]
            row[:] = [one - times * other for one, other in zip(row, pivot, strict=True)]
    return found


def subtracts(histories: int, *, by_the_rules: bool) -> tuple[int, int]:
    """In how many histories somebody's exact amount is got from the totals shown; and of how many.

    Amounts that stay as they are, their total told each month; the reader knows who was counted.
    """
    found = told = 0
    for seed in range(histories):
        chance = random.Random(seed)
        group = frozenset(range(chance.randint(10, 40)))
        shown: list[frozenset[int]] = []
        for month in range(12):
            if chance.random() < 0.5:
                group = frozenset(one for one in group if chance.random() > 0.03)
                group |= {1000 * month + n for n in range(chance.choice((0, 0, 1, 2, 7)))}
            enough = may_show("sum", "money", members=len(group), answered=len(group))
            if enough and (
                not by_the_rules or all(may_compare(one, group, "money") for one in shown)
            ):
                shown.append(group)
        found += len(shown) > 1 and is_alone(shown)
        told += len(shown)
    return found, told


def test_subtraction_finds_many_by_the_minimum_alone_and_nobody_by_the_rules() -> None:
    assert subtracts(200, by_the_rules=False)[0] > 140
    found, told = subtracts(200, by_the_rules=True)
    assert found == 0
    assert told > 400, "and something is shown"


@pytest.mark.slow
@pytest.mark.promise("Subtracting one digest from another finds nobody: 10,000 years")
def test_subtraction_finds_nobody_in_ten_thousand_years() -> None:
    assert subtracts(10_000, by_the_rules=True)[0] == 0
