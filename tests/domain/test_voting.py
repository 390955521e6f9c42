"""Every way of counting, against tables worked by hand and against what must hold of any votes."""

import random
from collections.abc import Sequence
from itertools import permutations

import pytest
from hypothesis import given, strategies as st

from bot.domain import voting
from bot.domain.voting import (
    ABSTAINS,
    CHOICES_MAX,
    METHODS,
    OF_ONE_TAP,
    POINTS,
    Ballot,
    Method,
    Tally,
    Terms,
    ballot_of,
    code_of,
    count,
    is_ballot,
    is_settled,
    needed,
    run_off,
    tally_from_json,
)

YES, NO = (0,), (1,)


def votes(*groups: tuple[int, Ballot]) -> list[Ballot]:
    """So many ballots of each kind."""
    return [ballot for number, ballot in groups for _ in range(number)]


def yes_no(method: Method, yes: int, no: int, abstained: int = 0, *, of: int = 20) -> Tally:
    cast = votes((yes, YES), (no, NO), (abstained, ABSTAINS))
    return count(cast, Terms(method, quorum=0), of)


@st.composite
def terms_and_ballots(draw: st.DrawFn) -> tuple[Terms, list[Ballot]]:
    method = draw(st.sampled_from(METHODS))
    yes_or_no = method in voting.OF_YES_OR_NO and (method == "consent" or draw(st.booleans()))
    choices = 2 if yes_or_no else draw(st.integers(2, CHOICES_MAX))
    cost = st.integers(1, 5000) if method == "shares" else st.none() | st.integers(1, 5000)
    terms = Terms(
        method,
        choices,
        yes_or_no,
        quorum=draw(st.sampled_from([0, 25, 50, 75, 100])),
        seats=draw(st.integers(1, 3)) if method == "approval" else 1,
        budget_minor=draw(st.integers(1, 10_000)) if method in voting.OF_BUDGETS else 0,
        costs_minor=tuple(draw(cost) for _ in range(choices))
        if method in voting.OF_BUDGETS
        else (),
    )
    return terms, draw(st.lists(ballots_of(terms), max_size=12))


def ballots_of(terms: Terms) -> st.SearchStrategy[Ballot]:
    choice = st.integers(0, terms.choices - 1)
    if terms.method == "points":
        return st.lists(st.integers(0, POINTS), min_size=terms.choices, max_size=terms.choices).map(
            lambda points: tuple(points) if sum(points) <= POINTS else (0,) * terms.choices
        )
    if terms.method == "ranked":
        return st.lists(choice, unique=True).map(tuple)
    if terms.method in OF_ONE_TAP:
        one = choice.map(lambda number: (number,))
        return one if terms.method == "unanimous" else one | st.just(ABSTAINS)
    return st.frozensets(choice).map(lambda some: tuple(sorted(some)))


# -- thresholds ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "yes", "no", "abstained", "result"),
    [
        ("majority", 6, 5, 0, "carried"),
        ("majority", 5, 5, 0, "fell"),
        ("majority", 5, 5, 9, "fell"),
        ("majority", 1, 0, 9, "carried"),
        ("majority", 0, 0, 9, "fell"),
        ("two_thirds", 6, 3, 0, "carried"),
        ("two_thirds", 7, 4, 0, "fell"),
        ("two_thirds", 8, 4, 8, "carried"),
        ("two_thirds", 0, 0, 3, "fell"),
        ("unanimous", 9, 0, 0, "carried"),
        ("unanimous", 9, 1, 0, "fell"),
        ("consent", 9, 0, 4, "carried"),
        ("consent", 9, 1, 4, "fell"),
        ("consent", 0, 0, 4, "fell"),
        ("majority", 0, 7, 0, "fell"),
        ("unanimous", 0, 7, 0, "fell"),
        ("consent", 0, 7, 0, "fell"),
    ],
)
def test_yes_and_no(method: Method, yes: int, no: int, abstained: int, result: str) -> None:
    """More than half, two-thirds, all, nobody against: of yes and no, abstentions none of them.

    | yes | no | more than half?    | two-thirds?            |
    |-----|----|--------------------|------------------------|
    | 6   | 5  | 6 of 11: 12 > 11   | 18 of 22: no           |
    | 5   | 5  | 5 of 10: no        | no                     |
    | 6   | 3  | 6 of 9             | 6 of 9 = 2/3: just     |
    | 7   | 4  | 7 of 11            | 21 of 22: just not     |
    """
    tally = yes_no(method, yes, no, abstained)
    assert tally.result == result
    assert tally.counts == (yes, no)
    assert tally.abstained == abstained
    assert tally.chosen == ((0,) if result == "carried" else ())


def test_that_all_say_no_carries_nothing() -> None:
    assert yes_no("majority", 0, 9).result == "fell"


@pytest.mark.parametrize(
    ("method", "counts", "chosen"),
    [
        ("majority", (5, 3, 1), (0,)),
        ("majority", (4, 3, 1), ()),
        ("majority", (2, 3, 6), (2,)),
        ("two_thirds", (1, 6, 2), (1,)),
        ("two_thirds", (1, 5, 2), ()),
        ("unanimous", (0, 0, 4), (2,)),
        ("unanimous", (0, 1, 4), ()),
    ],
)
def test_one_of_several(method: Method, counts: tuple[int, ...], chosen: tuple[int, ...]) -> None:
    """Of 5, 3, 1 the first has 5 of 9; of 4, 3, 1 it has 4 of 8, which is not more than half."""
    cast = [(choice,) for choice, number in enumerate(counts) for _ in range(number)]
    tally = count(cast, Terms(method, 3, yes_no=False, quorum=0), 20)
    assert (tally.counts, tally.chosen) == (counts, chosen)
    assert tally.is_carried == bool(chosen)


@pytest.mark.parametrize(
    ("eligible", "quorum", "wanted"),
    [(75, 50, 38), (20, 50, 10), (3, 50, 2), (9, 100, 9), (9, 0, 1), (1, 25, 1), (7, 25, 2)],
)
def test_how_many_must_take_part(eligible: int, quorum: int, wanted: int) -> None:
    """Half of 75 is 37½: 38 must. Nothing is ever decided by nobody."""
    assert needed(eligible, quorum) == wanted


def test_without_a_quorum_nothing_is_decided() -> None:
    """Of 20, half are 10: nine yes are not enough, nine yes and an abstention are."""
    terms = Terms("majority", quorum=50)
    assert count(votes((9, YES)), terms, 20).result == "no_quorum"
    assert count(votes((9, YES)), terms, 20).chosen == ()
    assert count(votes((9, YES), (1, ABSTAINS)), terms, 20).result == "carried"
    assert count([], Terms("majority", quorum=0), 20).result == "no_quorum"


# -- approval -----------------------------------------------------------------------------------


def test_approval() -> None:
    """Nine voters, and who approves of whom.

    | ballots | A | B | C |
    |---------|---|---|---|
    | 4       | x | x |   |
    | 3       |   | x | x |
    | 2       |   |   | x |
    | in all  | 4 | 7 | 5 |
    """
    cast = votes((4, (0, 1)), (3, (1, 2)), (2, (2,)))
    tally = count(cast, Terms("approval", 3, yes_no=False), 9)
    assert (tally.result, tally.counts, tally.chosen) == ("carried", (4, 7, 5), (1,))
    two = count(cast, Terms("approval", 3, yes_no=False, seats=2), 9)
    assert (two.result, two.chosen) == ("carried", (1, 2))


@pytest.mark.parametrize(
    ("seats", "counts", "result", "chosen"),
    [
        (1, (4, 4, 1), "tie", (0, 1)),
        (2, (4, 4, 1), "carried", (0, 1)),
        (2, (4, 3, 3), "tie", (1, 2)),
        (3, (4, 3, 0), "carried", (0,)),
        (3, (4, 4, 0), "fell", ()),
        (3, (0, 0, 0), "fell", ()),
        (1, (0, 0, 0), "fell", ()),
        (2, (1, 0, 0), "carried", (0,)),
    ],
)
def test_seats_and_ties(
    seats: int, counts: tuple[int, ...], result: str, chosen: tuple[int, ...]
) -> None:
    """A seat over which several are equal is a tie between them; nobody is chosen by nobody.

    Three seats for three: four of seven is more than half; three of seven, four of eight are not.
    """
    cast = votes(*((number, (choice,)) for choice, number in enumerate(counts)))
    cast = cast or [ABSTAINS]
    tally = count(cast, Terms("approval", 3, yes_no=False, quorum=0, seats=seats), 20)
    assert (tally.result, tally.chosen) == (result, chosen)


def test_where_there_is_a_seat_for_each_more_than_half_must_want_them() -> None:
    """A woman and a man stand for two seats; eleven vote.

    | ballots | Neema | Otieno |
    |---------|-------|--------|
    | 5       | x     | x      |
    | 1       | x     |        |
    | 5       |       |        |
    | in all  | 6     | 5      |
    """
    terms = Terms("approval", 2, yes_no=False, seats=2)
    tally = count(votes((5, (0, 1)), (1, (0,)), (5, ABSTAINS)), terms, 20)
    assert (tally.result, tally.counts, tally.chosen) == ("carried", (6, 5), (0,))
    both = count(votes((6, (0, 1)), (5, (0,))), terms, 20)
    assert (both.result, both.chosen) == ("carried", (0, 1))


# -- the instant run-off ------------------------------------------------------------------------


def ranked(*groups: tuple[int, Ballot], choices: int = 3, of: int = 50) -> Tally:
    return count(votes(*groups), Terms("ranked", choices, yes_no=False, quorum=0), of)


def test_a_run_off_of_three() -> None:
    """Seventeen ballots; nobody has nine at first.

    | ballots | ranking |      | round 1 | round 2 |
    |---------|---------|------|---------|---------|
    | 7       | A       | A    | 7       | 7       |
    | 4       | B C A   | B    | 4       | out     |
    | 6       | C B     | C    | 6       | 10      |

    B goes out; its four go to C, who has 10 of 17.
    """
    tally = ranked((7, (0,)), (4, (1, 2, 0)), (6, (2, 1)))
    assert (tally.result, tally.chosen) == ("carried", (2,))
    assert [one.counts for one in tally.rounds] == [(7, 4, 6), (7, None, 10)]
    assert [one.out for one in tally.rounds] == [(1,), ()]
    assert [one.of for one in tally.rounds] == [17, 17]
    assert not any(one.tied for one in tally.rounds)


def test_ballots_that_rank_nobody_who_is_left_count_no_longer() -> None:
    """A 4, B 3, C 2 (only C): C goes out, its ballots too; A has 4 of 7."""
    tally = ranked((4, (0,)), (3, (1,)), (2, (2,)))
    assert tally.chosen == (0,)
    assert [one.of for one in tally.rounds] == [9, 7]


def test_who_leads_at_first_may_lose() -> None:
    """The usual example: Memphis 42, Nashville 26, Chattanooga 15, Knoxville 17 of a hundred.

    Chattanooga goes out (15 to Knoxville: 32), then Nashville (26 to Knoxville: 58).
    """
    memphis, nashville, chattanooga, knoxville = range(4)
    tally = ranked(
        (42, (memphis, nashville, chattanooga, knoxville)),
        (26, (nashville, chattanooga, knoxville, memphis)),
        (15, (chattanooga, knoxville, nashville, memphis)),
        (17, (knoxville, chattanooga, nashville, memphis)),
        choices=4,
        of=100,
    )
    assert tally.chosen == (knoxville,)
    assert [one.counts for one in tally.rounds] == [
        (42, 26, 15, 17),
        (42, 26, None, 32),
        (42, None, None, 58),
    ]


def test_a_tie_for_the_last_place_that_changes_nothing_is_none() -> None:
    """A 5, B 2, C 2, all of them A at last: whoever of B and C goes out first, A wins."""
    tally = ranked((5, (0,)), (2, (1, 0)), (2, (2, 0)))
    assert (tally.result, tally.chosen) == ("carried", (0,))
    tally = ranked((4, (0,)), (3, (1, 0)), (3, (2, 0)))
    assert (tally.result, tally.chosen) == ("carried", (0,))
    assert tally.rounds[0].tied


def test_a_tie_for_the_last_place_that_decides_is_a_tie() -> None:
    """A 4, B 3 (then C), C 3 (then B): if B goes, C has 6 of 10; if C goes, B has."""
    tally = ranked((4, (0,)), (3, (1, 2)), (3, (2, 1)))
    assert (tally.result, tally.chosen) == ("tie", (1, 2))


def test_a_tie_of_two_is_a_tie_and_no_rankings_are_nothing() -> None:
    assert ranked((3, (0,)), (3, (1,))).chosen == (0, 1)
    assert ranked((3, (0,)), (3, (1,))).result == "tie"
    assert ranked((3, ())).result == "fell"
    assert ranked((3, ())).abstained == 3


def test_those_whom_nobody_has_first_go_out_together() -> None:
    tally = ranked((3, (0, 4)), (2, (1,)), (2, (2, 1)), choices=5)
    assert tally.rounds[0].out == (3, 4)
    assert not tally.rounds[0].tied


def by_another_hand(ballots: Sequence[Ballot], choices: int) -> set[int]:
    """An instant run-off written anew: a queue of piles, and whoever is out crossed off them.

    Every choice has its pile of ballots; a pile that is taken away is dealt out to the piles of
    who comes next on each. Every order of going out that the rule allows is walked through.
    """
    won: set[int] = set()
    piles: dict[str, list[list[str]]] = {chr(65 + number): [] for number in range(choices)}
    for ballot in ballots:
        names = [chr(65 + number) for number in ballot]
        if names:
            piles[names[0]].append(names)
    waiting = [piles]
    seen = set()
    while waiting:
        table = waiting.pop()
        key = tuple(sorted(table))
        if key in seen:
            continue
        seen.add(key)
        heights = {name: len(pile) for name, pile in table.items()}
        if len(table) == 1 or any(2 * one > sum(heights.values()) for one in heights.values()):
            won.add(ord(max(table, key=lambda name: heights[name])) - 65)
            continue
        if not any(heights.values()):
            won |= {ord(name) - 65 for name in table}
            continue
        for goner in [one for one in table if heights[one] == min(heights.values())]:
            dealt = {name: list(pile) for name, pile in table.items() if name != goner}
            for names in table[goner]:
                heir = next((name for name in names if name in dealt), None)
                if heir is not None:
                    dealt[heir].append(names)
            waiting.append(dealt)
    return won


def test_run_offs_agree_with_another_hand_on_ten_thousand_profiles() -> None:
    chance = random.Random(20260302)
    ties = 0
    for _ in range(10_000):
        choices = chance.randint(2, 6)
        everybody = list(range(choices))
        ballots = []
        for _ in range(chance.randint(1, 15)):
            chance.shuffle(everybody)
            ballots.append(tuple(everybody[: chance.randint(0, choices)]))
        won = run_off(ballots, choices)
        assert won == by_another_hand(ballots, choices), (ballots, choices)
        ties += len(won) > 1
    assert 500 < ties < 5_000  # enough of both kinds were met


# -- what holds of every method -----------------------------------------------------------------


@given(terms_and_ballots(), st.randoms(use_true_random=False))
def test_the_order_of_the_votes_does_not_matter(
    drawn: tuple[Terms, list[Ballot]], chance: random.Random
) -> None:
    terms, ballots = drawn
    assert all(is_ballot(ballot, terms) for ballot in ballots)
    shuffled = list(ballots)
    chance.shuffle(shuffled)
    assert count(ballots, terms, 12) == count(shuffled, terms, 12)


@given(terms_and_ballots())
def test_what_is_stored_is_read_back(drawn: tuple[Terms, list[Ballot]]) -> None:
    tally = count(drawn[1], drawn[0], 12)
    assert tally_from_json(tally.to_json()) == tally


@given(terms_and_ballots())
def test_a_majority_is_found(drawn: tuple[Terms, list[Ballot]]) -> None:
    """Whom more than half have first wins: by majority, and by a run-off."""
    terms, ballots = drawn
    if terms.method not in {"majority", "ranked"} or len(ballots) < needed(12, terms.quorum):
        return
    speaking = [ballot for ballot in ballots if ballot]
    for choice in (0,) if terms.yes_no else range(terms.choices):
        if 2 * sum(ballot[0] == choice for ballot in speaking) > len(speaking):
            assert count(ballots, terms, 12).chosen == (choice,)


@given(terms_and_ballots(), st.randoms(use_true_random=False))
def test_nobody_is_favoured_for_their_place_in_the_list(
    drawn: tuple[Terms, list[Ballot]], chance: random.Random
) -> None:
    terms, ballots = drawn
    if terms.yes_no or terms.method in voting.OF_BUDGETS:
        return
    places = list(range(terms.choices))
    chance.shuffle(places)
    moved = [tuple(places[choice] for choice in ballot) for ballot in ballots]
    if terms.method == "approval":
        moved = [tuple(sorted(ballot)) for ballot in moved]
    before, after = count(ballots, terms, 12), count(moved, terms, 12)
    assert before.result == after.result
    assert {places[choice] for choice in before.chosen} == set(after.chosen)


@given(terms_and_ballots())
def test_never_more_is_allotted_than_there_is(drawn: tuple[Terms, list[Ballot]]) -> None:
    terms, ballots = drawn
    tally = count(ballots, terms, 12)
    assert sum(tally.allotted_minor) <= terms.budget_minor
    for choice, amount in enumerate(tally.allotted_minor):
        most = terms.costs_minor[choice]
        assert amount >= 0
        assert most is None or amount <= most
        if amount:
            assert tally.counts[choice] > 0


@given(st.integers(2, 6), st.data())
def test_of_a_run_off_a_choice_that_nobody_ranks_changes_nothing(
    choices: int, data: st.DataObject
) -> None:
    terms = Terms("ranked", choices, yes_no=False, quorum=0)
    ballots = data.draw(st.lists(ballots_of(terms), min_size=1, max_size=9))
    if any(ballots):
        assert run_off(ballots, choices) == run_off(ballots, choices + 1)


# -- when the rest cannot change it ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("yes", "no", "of", "settled"),
    [(6, 0, 11, True), (5, 0, 10, False), (5, 5, 10, True), (6, 0, 20, False), (11, 0, 20, True)],
)
def test_when_the_rest_cannot_change_it(yes: int, no: int, of: int, *, settled: bool) -> None:
    """Six yes of eleven stand whatever five others say; five of ten may still become a tie."""
    cast = votes((yes, YES), (no, NO))
    assert is_settled(cast, Terms("majority", quorum=50), of) is settled


@given(terms_and_ballots(), st.data())
def test_what_is_settled_stays_so(drawn: tuple[Terms, list[Ballot]], data: st.DataObject) -> None:
    terms, ballots = drawn
    eligible = len(ballots) + data.draw(st.integers(0, 4))
    if not is_settled(ballots, terms, eligible):
        return
    end = count(ballots, terms, eligible)
    rest = data.draw(st.lists(ballots_of(terms), max_size=eligible - len(ballots)))
    later = count([*ballots, *rest], terms, eligible)
    assert (later.result, later.chosen) == (end.result, end.chosen)


# -- ballots ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "ballot"),
    [
        ("majority", (3,)),
        ("majority", (0, 1)),
        ("majority", (-1,)),
        ("unanimous", ()),
        ("approval", (1, 0)),
        ("approval", (1, 1)),
        ("ranked", (0, 0)),
        ("ranked", (0, 3)),
        ("points", (5, 6, 0)),
        ("points", (5, 5)),
        ("points", (11, -1, 0)),
        ("points", ()),
        ("shares", (2, 1)),
    ],
)
def test_a_forged_ballot_is_none(method: Method, ballot: Ballot) -> None:
    assert not is_ballot(ballot, Terms(method, 3, yes_no=False))


@given(terms_and_ballots())
def test_a_button_carries_any_ballot(drawn: tuple[Terms, list[Ballot]]) -> None:
    terms, ballots = drawn
    for ballot in ballots:
        code = code_of(ballot, terms)
        assert code < 2**62  # what a button may carry
        assert ballot_of(code, terms) == ballot


@given(terms_and_ballots(), st.integers(0, 2**62))
def test_what_a_forged_button_carries_is_a_ballot_or_none(
    drawn: tuple[Terms, list[Ballot]], code: int
) -> None:
    found = ballot_of(code, drawn[0])
    assert found is None or is_ballot(found, drawn[0])


def test_every_order_of_three_is_a_ranking() -> None:
    terms = Terms("ranked", 3, yes_no=False)
    assert all(
        is_ballot(order, terms) for size in range(4) for order in permutations(range(3), size)
    )
