"""Allotting a budget over what people want: by points, and by the method of equal shares.

All amounts are minor units; fractions are exact. No more is ever given than there is.
"""

from collections.abc import Sequence
from fractions import Fraction

from bot.domain.money import divide


def by_points(
    budget_minor: int, points: Sequence[int], most_minor: Sequence[int | None]
) -> tuple[int, ...]:
    """Return what each choice gets of a budget: in proportion to its points, to the last unit.

    None gets more than the most it asked for (where it named one); what is over is divided again
    among the others, and what nobody may have stays where it is. Where units are left over by
    rounding, of equals the one named first has one more.

    >>> by_points(1000, [5, 3, 2], [200, None, None])
    (200, 480, 320)
    """
    given = [0] * len(points)
    waiting, left = [one for one in range(len(points)) if points[one]], budget_minor
    while waiting and left:
        parts = dict(
            zip(waiting, divide(left, [points[one] for one in waiting]), strict=True),
        )
        full: dict[int, int] = {}
        for one, part in parts.items():
            most = most_minor[one]
            if most is not None and part >= most:
                full[one] = most
        for one, part in (full or parts).items():
            given[one] = part
            left -= part
        waiting = [one for one in waiting if one not in full] if full else []
    assert sum(given) + left == budget_minor
    return tuple(given)


def equal_shares(
    budget_minor: int, costs_minor: Sequence[int], ballots: Sequence[Sequence[int]]
) -> tuple[int, ...]:
    """Return what the method of equal shares funds, in its order, with exact fractions.

    Everybody who votes has an equal share of the budget. A choice can be paid if those who want it
    have its cost between them; they pay it alike, whoever has less giving all they have. Each time
    that choice is funded for which whoever pays most pays least, for its size (Peters and others
    2021, the utility of a choice being its cost). Of equals the cheaper, then what more want, then
    what was named first.

    >>> equal_shares(1000, [600, 500, 200], [(0,), (0,), (0,), (1,), (1, 2)])
    (0, 2)
    """
    purses = [Fraction(budget_minor, len(ballots)) for _ in ballots]
    wanted_by = [
        [voter for voter, ballot in enumerate(ballots) if choice in ballot]
        for choice in range(len(costs_minor))
    ]
    funded: list[int] = []
    while True:
        ways = []
        for choice, voters in enumerate(wanted_by):
            cost = costs_minor[choice]
            most = None
            if choice not in funded and voters and cost > 0:
                most = _most_paid(cost, [purses[voter] for voter in voters])
            if most is not None:
                ways.append((most / cost, cost, -len(voters), choice, most))
        if not ways:
            return tuple(funded)
        *_, choice, most = min(ways)
        for voter in wanted_by[choice]:
            purses[voter] -= min(purses[voter], most)
        funded.append(choice)


def _most_paid(cost_minor: int, purses: list[Fraction]) -> Fraction | None:
    """Return what whoever pays most pays, if a cost is borne alike; None where it cannot be."""
    left = Fraction(cost_minor)
    for place, purse in enumerate(sorted(purses)):
        others = len(purses) - place
        if purse * others >= left:
            return left / others
        left -= purse
    return None


def completed(
    budget_minor: int, costs_minor: Sequence[int], counts: Sequence[int], funded: Sequence[int]
) -> tuple[int, ...]:
    """Return what is funded when what the shares left over is spent too.

    What most want and still fits comes first; of equals the cheaper, then the one named first.
    """
    found = list(funded)
    left = budget_minor - sum(costs_minor[one] for one in funded)
    for choice in sorted(
        range(len(costs_minor)), key=lambda one: (-counts[one], costs_minor[one], one)
    ):
        cost = costs_minor[choice]
        if choice not in found and counts[choice] and 0 < cost <= left:
            found.append(choice)
            left -= cost
    assert left >= 0
    return tuple(found)
