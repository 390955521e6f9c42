"""Shares: how many an amount buys at the price the group agreed, and what is left over.

What is less than a share is kept for the household towards its next one, or goes to the social
fund where the group agreed so; it is never lost and never rounded up (field notes 2.1, 2.4 A).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bought:
    """What an amount buys, in minor units but for `shares`.

    `for_shares` is the price of the shares; `rest` is what is then left over, with what was kept
    from before.
    """

    shares: int
    for_shares: int
    rest: int


def bought(amount_minor: int, price_minor: int, kept_minor: int = 0) -> Bought:
    """Return what an amount buys, together with what a household had kept from before.

    What was kept may be less than nothing, where it was taken back after it had become a share.

    >>> bought(2300, 500)  # a share is 5; 23 is paid: field notes 2.4 A, week 3
    Bought(shares=4, for_shares=2000, rest=300)
    """
    there = amount_minor + kept_minor
    shares = max(0, there // price_minor)
    return Bought(shares, shares * price_minor, there - shares * price_minor)


@dataclass(frozen=True, slots=True)
class Returned:
    """What an amount given back is made of: shares that are crossed out, and what was kept.

    `for_shares` and `from_kept` add up to the amount. Where a whole share is crossed out for a part
    of it, `from_kept` is negative: the rest is kept for the household again.
    """

    shares: int
    for_shares: int
    from_kept: int


def returned(amount_minor: int, price_minor: int, kept_minor: int = 0) -> Returned:
    """Return how an amount is given back: what was kept first, then as few shares as it takes.

    >>> returned(600, 200)  # field notes 2.4 C: three stamps are crossed out
    Returned(shares=3, for_shares=600, from_kept=0)
    """
    if amount_minor <= kept_minor:
        return Returned(0, 0, amount_minor)
    shares = -(-(amount_minor - kept_minor) // price_minor)
    for_shares = shares * price_minor
    return Returned(shares, for_shares, amount_minor - for_shares)
