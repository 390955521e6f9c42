"""How votes are counted: every method a pure function of the ballots, exact, blind to their order.

A ballot is a tuple of numbers: of a vote for one thing the choice (none: an abstention), of
approvals the choices in rising order, of a ranking the choices from the best, of points how many
go to each choice. No choice is favoured for its place in the list, but in allotting a budget,
where it says so. Who counts knows nobody: names never come here.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Final, Literal

from bot.domain.allotting import by_points, completed, equal_shares

Method = Literal[
    "consent", "majority", "two_thirds", "unanimous", "approval", "ranked", "points", "shares"
]
#: In this order they stand in buttons, which carry the place: only ever added to at the end.
METHODS: Final[tuple[Method, ...]] = (
    "consent",
    "majority",
    "two_thirds",
    "unanimous",
    "approval",
    "ranked",
    "points",
    "shares",
)
#: One tap is the whole vote; of the others a ballot is put together in private.
OF_ONE_TAP: Final = frozenset({"consent", "majority", "two_thirds", "unanimous"})
OF_BUDGETS: Final = frozenset({"points", "shares"})
#: What a plain question can be decided by: yes or no.
OF_YES_OR_NO: Final = ("consent", "majority", "two_thirds", "unanimous")
OF_CHOICES: Final = ("majority", "two_thirds", "unanimous", "approval", "ranked")

CHOICES_MAX: Final = 10
POINTS: Final = 10  # each voter has so many to give
YES, NO = 0, 1

Ballot = tuple[int, ...]
Result = Literal["carried", "fell", "tie", "no_quorum"]
ABSTAINS: Final[Ballot] = ()


@dataclass(frozen=True)
class Terms:
    """How a decision is counted.

    `choices`: how many there are (two where it is yes or no). `quorum` is a percentage of those
    who may vote. `seats`: how many are chosen by approval. `budget_minor` and `costs_minor` are
    for allotting; of points a cost is the most a choice may get (none: no limit), by equal shares
    each choice has one.
    """

    method: Method
    choices: int = 2
    yes_no: bool = True
    quorum: int = 50
    seats: int = 1
    budget_minor: int = 0
    costs_minor: tuple[int | None, ...] = ()


@dataclass(frozen=True)
class Round:
    """One round of an instant run-off: votes by choice (none: it is out), and who goes out."""

    counts: tuple[int | None, ...]
    out: tuple[int, ...]
    of: int  # how many ballots still rank somebody who is in
    tied: bool  # others had equally few: every way was counted


@dataclass(frozen=True)
class Tally:
    """What came of a vote, with all its arithmetic; nothing in it leads to a ballot.

    `counts` by choice: votes, approvals, first places, or points. `chosen`: what holds now, or
    what shares a tie. `paid_by_shares`: of equal shares, what the voters' own shares paid for;
    what was allotted besides was funded from what they left over.
    """

    result: Result
    eligible: int
    voted: int
    needed: int
    abstained: int
    counts: tuple[int, ...]
    chosen: tuple[int, ...] = ()
    rounds: tuple[Round, ...] = ()
    allotted_minor: tuple[int, ...] = ()
    paid_by_shares: tuple[int, ...] = ()

    @property
    def is_carried(self) -> bool:
        """Whether something is decided."""
        return self.result == "carried"

    @property
    def has_quorum(self) -> bool:
        """Whether enough took part."""
        return self.voted >= self.needed

    def to_json(self) -> str:
        """Return it as it is stored."""
        return json.dumps(asdict(self), sort_keys=True)


def tally_from_json(document: str) -> Tally:
    """Read a stored tally."""
    parts: dict[str, Any] = json.loads(document)
    rounds = tuple(
        Round(tuple(one["counts"]), tuple(one["out"]), one["of"], one["tied"])
        for one in parts.pop("rounds")
    )
    lists = {name: tuple(value) for name, value in parts.items() if isinstance(value, list)}
    return Tally(**parts | lists, rounds=rounds)


# -- ballots ----------------------------------------------------------------------------------


def is_ballot(ballot: Ballot, terms: Terms) -> bool:
    """Whether somebody can vote so."""
    if terms.method == "points":
        return (
            len(ballot) == terms.choices
            and all(0 <= points <= POINTS for points in ballot)
            and sum(ballot) <= POINTS
        )
    if not all(0 <= choice < terms.choices for choice in ballot):
        return False
    if terms.method in OF_ONE_TAP:
        # Who does not want to say yes or no to what must be unanimous, does not vote.
        return len(ballot) == 1 or (ballot == ABSTAINS and terms.method != "unanimous")
    if terms.method == "ranked":
        return len(set(ballot)) == len(ballot)
    return list(ballot) == sorted(set(ballot))


#: A button carries a ballot as one number: its choices, or points, are the digits.
_BASE: Final = CHOICES_MAX + 1


def code_of(ballot: Ballot, terms: Terms) -> int:
    """Return a ballot, finished or not, as a button carries it."""
    if terms.method in {"approval", "shares"}:
        return sum(1 << choice for choice in ballot)
    code = 0
    for number in ballot:
        code = code * _BASE + (number if terms.method == "points" else number + 1)
    return code


def ballot_of(code: int, terms: Terms) -> Ballot | None:
    """Return the ballot that a button carries; None where nobody can vote so."""
    if terms.method in {"approval", "shares"}:
        ballot: Ballot = tuple(place for place in range(code.bit_length()) if code >> place & 1)
        return ballot if is_ballot(ballot, terms) else None
    digits: list[int] = []
    while code:
        code, digit = divmod(code, _BASE)
        digits.insert(0, digit)
    if terms.method == "points":
        ballot = (0,) * (terms.choices - len(digits)) + tuple(digits)
    else:
        ballot = tuple(digit - 1 for digit in digits)
    return ballot if is_ballot(ballot, terms) else None


def needed(eligible: int, quorum: int) -> int:
    """Return how many must take part: a percentage of those who may vote, rounded up; not nobody.

    >>> needed(75, 50)
    38
    """
    return max(1, -(-eligible * quorum // 100))


# -- counting ---------------------------------------------------------------------------------


def count(ballots: Iterable[Ballot], terms: Terms, eligible: int) -> Tally:
    """Return what came of a vote.

    Without a quorum nothing is counted further. Of several that are equally first nothing is
    decided, and they are named.
    """
    cast = sorted(ballots)  # their order tells nothing, and the arithmetic is the same whatever
    found = _COUNTED[terms.method](cast, terms)
    tally = Tally(
        result="no_quorum",
        eligible=eligible,
        voted=len(cast),
        needed=needed(eligible, terms.quorum),
        abstained=sum(map(_says_nothing(terms), cast)),
        counts=found.pop("counts"),
    )
    if not tally.has_quorum:
        return tally
    return Tally(**vars(tally) | found)


def _says_nothing(terms: Terms) -> Callable[[Ballot], bool]:
    if terms.method == "points":
        return lambda ballot: not any(ballot)
    return lambda ballot: not ballot


def _votes(ballots: Sequence[Ballot], choices: int) -> tuple[int, ...]:
    """Return how many ballots name each choice."""
    return tuple(sum(choice in ballot for ballot in ballots) for choice in range(choices))


def _threshold(ballots: Sequence[Ballot], terms: Terms) -> dict[str, Any]:
    counts = _votes(ballots, terms.choices)
    winner = _winner(counts, terms)
    if winner is None:
        return {"counts": counts, "result": "fell"}
    return {"counts": counts, "result": "carried", "chosen": (winner,)}


def _winner(counts: Sequence[int], terms: Terms) -> int | None:
    """Return the choice that has as many of the votes as the method asks for.

    Abstentions are none of them. Of yes and no only yes can win: a no leaves all as it was.
    """
    cast = sum(counts)
    for choice in (YES,) if terms.yes_no else range(terms.choices):
        votes = counts[choice]
        enough = {
            "consent": votes == cast,  # nobody objects
            "unanimous": votes == cast,
            "majority": 2 * votes > cast,
            "two_thirds": 3 * votes >= 2 * cast,
        }[terms.method]
        if votes and enough:
            return choice
    return None


def _approval(ballots: Sequence[Ballot], terms: Terms) -> dict[str, Any]:
    counts = _votes(ballots, terms.choices)
    if 1 < terms.choices <= terms.seats:
        return _each_by_more_than_half(counts, len(ballots))
    liked = sorted((choice for choice in range(terms.choices) if counts[choice]), key=_by(counts))
    chosen = liked[: terms.seats]
    if not chosen:
        return {"counts": counts, "result": "fell"}
    last = counts[chosen[-1]]
    at_the_edge = [choice for choice in liked if counts[choice] == last]
    if len(liked) > terms.seats and at_the_edge[-1] not in chosen:
        return {"counts": counts, "result": "tie", "chosen": tuple(sorted(at_the_edge))}
    return {"counts": counts, "result": "carried", "chosen": tuple(sorted(chosen))}


def _each_by_more_than_half(counts: tuple[int, ...], voted: int) -> dict[str, Any]:
    """Return who is chosen where there is a seat for each: whom more than half of the votes tick.

    Else one tick would be enough to be elected, and a ballot that ticks nobody would say nothing.
    """
    chosen = tuple(choice for choice, votes in enumerate(counts) if 2 * votes > voted)
    return {"counts": counts, "result": "carried" if chosen else "fell", "chosen": chosen}


def _by(counts: Sequence[int]) -> Callable[[int], tuple[int, int]]:
    return lambda choice: (-counts[choice], choice)


# -- the instant run-off ----------------------------------------------------------------------


def _ranked(ballots: Sequence[Ballot], terms: Terms) -> dict[str, Any]:
    everybody = tuple(range(terms.choices))
    counts = _firsts(ballots, everybody, terms.choices)
    if not any(counts):
        return {"counts": counts, "result": "fell"}
    winners = run_off(ballots, terms.choices)
    return {
        "counts": counts,
        "result": "carried" if len(winners) == 1 else "tie",
        "chosen": tuple(sorted(winners)),
        "rounds": _rounds(ballots, terms.choices, winners),
    }


def run_off(ballots: Sequence[Ballot], choices: int) -> frozenset[int]:
    """Return who may win an instant run-off: one, or several where a tie decides between them.

    While nobody has more than half of the ballots that still count, whoever is first on the fewest
    goes out, and their ballots count for the next on them. Where several have equally few, each of
    them going out is tried: nobody loses by a lot or by their place in the list. If all the ways
    end with the same winner, it is no tie.
    """

    @cache
    def winners(still_in: tuple[int, ...]) -> frozenset[int]:
        firsts = _firsts(ballots, still_in, choices)
        leader = _has_more_than_half(firsts)
        if leader is not None:
            return frozenset({leader})
        found: frozenset[int] = frozenset()
        for out in _ways_out(firsts, still_in):
            found |= winners(tuple(one for one in still_in if one not in out))
        return found or frozenset(still_in)

    return winners(tuple(range(choices)))


def _firsts(ballots: Sequence[Ballot], still_in: Sequence[int], choices: int) -> tuple[int, ...]:
    """Return for each choice how many ballots have it first of those still in."""
    found = [0] * choices
    for ballot in ballots:
        first = next((choice for choice in ballot if choice in still_in), None)
        if first is not None:
            found[first] += 1
    return tuple(found)


def _has_more_than_half(firsts: Sequence[int]) -> int | None:
    total = sum(firsts)
    return next((choice for choice, votes in enumerate(firsts) if 2 * votes > total), None)


def _ways_out(firsts: Sequence[int], still_in: Sequence[int]) -> list[tuple[int, ...]]:
    """Return who goes out, a way each: those whom nobody has first together, else one of the last.

    Those whom nobody has first can go at once: no ballot moves by it. Nobody goes where nobody is
    first on any ballot.
    """
    lowest = min(firsts[one] for one in still_in)
    last = [one for one in still_in if firsts[one] == lowest]
    if lowest == 0:
        return [] if len(last) == len(still_in) else [tuple(last)]
    return [(one,) for one in last]


def _rounds(ballots: Sequence[Ballot], choices: int, winners: frozenset[int]) -> tuple[Round, ...]:
    """Return the rounds of one way to the end; who may win is kept in while others can go."""
    still_in, rounds = tuple(range(choices)), []
    while True:
        firsts = _firsts(ballots, still_in, choices)
        shown = tuple(votes if one in still_in else None for one, votes in enumerate(firsts))
        ways = _ways_out(firsts, still_in)
        if _has_more_than_half(firsts) is not None or not ways or set(still_in) <= winners:
            rounds.append(Round(shown, (), sum(firsts), tied=False))
            return tuple(rounds)
        out = next((way for way in reversed(ways) if not winners & set(way)), ways[-1])
        rounds.append(Round(shown, out, sum(firsts), tied=len(ways) > 1))
        still_in = tuple(one for one in still_in if one not in out)


# -- allotting a budget -----------------------------------------------------------------------


def _points(ballots: Sequence[Ballot], terms: Terms) -> dict[str, Any]:
    counts = tuple(sum(ballot[choice] for ballot in ballots) for choice in range(terms.choices))
    most = terms.costs_minor or (None,) * terms.choices
    return _allotted(counts, by_points(terms.budget_minor, counts, most))


def _shares(ballots: Sequence[Ballot], terms: Terms) -> dict[str, Any]:
    counts = _votes(ballots, terms.choices)
    costs = tuple(cost or 0 for cost in terms.costs_minor)
    paid = equal_shares(terms.budget_minor, costs, ballots)
    funded = completed(terms.budget_minor, costs, counts, paid)
    allotted = tuple(cost if one in funded else 0 for one, cost in enumerate(costs))
    return _allotted(counts, allotted) | {"paid_by_shares": tuple(sorted(paid))}


def _allotted(counts: tuple[int, ...], allotted: tuple[int, ...]) -> dict[str, Any]:
    chosen = tuple(choice for choice, amount in enumerate(allotted) if amount)
    return {
        "counts": counts,
        "result": "carried" if chosen else "fell",
        "chosen": chosen,
        "allotted_minor": allotted,
    }


_COUNTED: Final[dict[Method, Callable[[Sequence[Ballot], Terms], dict[str, Any]]]] = {
    "consent": _threshold,
    "majority": _threshold,
    "two_thirds": _threshold,
    "unanimous": _threshold,
    "approval": _approval,
    "ranked": _ranked,
    "points": _points,
    "shares": _shares,
}


# -- when the rest cannot change it -----------------------------------------------------------


def is_settled(ballots: Sequence[Ballot], terms: Terms, eligible: int) -> bool:
    """Whether those who have not voted cannot change what comes of it, whatever they say.

    Asked only of votes that everybody sees as they come in: of any other, the end itself would
    tell how somebody voted. Rankings and budgets are settled when everybody has voted.
    """
    rest = eligible - len(ballots)
    if rest <= 0:
        return True
    if terms.method not in OF_ONE_TAP | {"approval"}:
        return False
    # The extremes: nobody more votes, all of the rest are for one choice, or for none.
    same: list[Ballot] = [(choice,) for choice in range(terms.choices)]
    if is_ballot(ABSTAINS, terms):
        same.append(ABSTAINS)
    ways = [list(ballots), *([*ballots, *[one] * rest] for one in same)]
    ends = {_end(count(way, terms, eligible)) for way in ways}
    return len(ends) == 1


def _end(tally: Tally) -> tuple[Result, tuple[int, ...]]:
    return tally.result, tally.chosen
