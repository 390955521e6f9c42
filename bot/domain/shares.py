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

    >>> bought(2300, 500)  # a share is 5; 23 is paid: field notes 2.4 A, week 3
    Bought(shares=4, for_shares=2000, rest=300)
    """
    shares, rest = divmod(amount_minor + kept_minor, price_minor)
    return Bought(shares, shares * price_minor, rest)
