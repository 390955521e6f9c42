"""What each member agrees to by themselves, practice by practice. All of it pure.

Whoever joins is told of all of it and may say no to any, then or later; nothing else of theirs
changes by it. What somebody does themselves (paying, asking for help, voting) needs no word here.
"""

from collections.abc import Iterable
from typing import Final, Literal, get_args

from bot.domain.agreement import Agreement

Practice = Literal["check_ins", "contributions", "meetings", "matching", "own_month"]

#: Buttons carry the place: only ever added to at the end.
CONSENTS: Final[tuple[Practice, ...]] = get_args(Practice)


def offered(agreement: Agreement) -> tuple[Practice, ...]:
    """Return what members of a group are asked about, by what it does together now."""
    return tuple(
        one
        for one in CONSENTS
        if one == "matching" or agreement.does("check_ins" if one == "own_month" else one)
    )


def opened(before: Agreement, after: Agreement) -> tuple[Practice, ...]:
    """Return what a change of the agreement begins, that members are asked about anew."""
    return tuple(one for one in offered(after) if one not in offered(before))


def numbered(practices: Iterable[Practice]) -> list[tuple[int, Practice]]:
    """Return practices with the place by which buttons name them."""
    return [(CONSENTS.index(one), one) for one in practices]
