"""A member's own way since they began: their goals' moves added up, month by month. All pure.

Only their own months are compared, with nobody else's. A month that was left out is a gap, not a
step back; what moved before it still counts after it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.check_ins import EMPTY, Answer
from bot.domain.own_values import direction, held_after

#: Steps that an answer counts for; reached is a step more than a lot.
STEPS: Final[Mapping[str, int]] = {"back": -1, "same": 0, "little": 1, "lot": 2, "reached": 3}
POINTS_MIN: Final = 2
SHOWN: Final = frozenset({"goal", "income"})  # the questions whose answers it is made of


@dataclass(frozen=True)
class Month:
    """One month: where the goals and the money that came in stand by then, None for a gap."""

    month: str
    goals: int | None
    income: int | None


@dataclass(frozen=True)
class OwnWay:
    """A member's months in order, and how many goals were said to be reached."""

    months: tuple[Month, ...]
    reached: int

    @property
    def has_line(self) -> bool:
        """Whether there are enough points for a line."""
        return sum(one.goals is not None for one in self.months) >= POINTS_MIN

    @property
    def steps(self) -> int:
        """How many steps the goals moved in all; below 0 where they are behind."""
        return next((one.goals for one in reversed(self.months) if one.goals is not None), 0)


def own_way(
    rounds: Sequence[tuple[str, Mapping[str, Answer]]], reached_between: Collection[str] = ()
) -> OwnWay:
    """Return a member's way by their answers, a mapping a round, from the first one they answered.

    Each round is its month (as in "2026-03") and the latest answers by key; empty for a round
    that they left out. `reached_between`: the keys of goals that were said to be reached outside of
    check-ins; each goal counts once, however often it is said.
    """
    months: list[Month] = []
    goals = income = in_general = 0
    reached = set(reached_between)
    held: int | None = None
    for month, answers in rounds:
        told = {
            key: one.choice
            for key, one in answers.items()
            if key.partition(":")[0] == "goal" and one.choice is not None
        }
        moves = list(told.values())
        said = answers.get("income", EMPTY)
        money, held = direction(held, said), held_after(held, said)
        goals += sum(STEPS[one] for one in moves)
        income += money or 0
        in_general += told.get("goal") == "reached"
        reached |= {key for key, move in told.items() if move == "reached" and key != "goal"}
        if moves or money is not None or months:
            by_then = None if money is None else income
            months.append(Month(month, goals if moves else None, by_then))
    return OwnWay(tuple(months), in_general + len(reached))
