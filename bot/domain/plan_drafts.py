"""Making or changing a plan step by step: a draft is a plain document until it holds.

A draft has the fields of a `Contribution`; what is not chosen yet is not there. Nothing is chosen
for a group that could cost its members anything: no amount, no fine, no date of its own accord.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any, Final

from bot.domain.agreement_parts import PURSES
from bot.domain.errors import Refusal
from bot.domain.plans import (
    DAY_MAX,
    EVERY,
    GRACE_DAYS_MAX,
    KINDS,
    UNITS,
    WEEKDAY_MAX,
    Contribution,
)

Draft = dict[str, Any]

#: The steps, by the field that each chooses; the first ones are asked, the rest can be changed.
STEPS: Final = (
    "purse",
    "unit",
    "kind",
    "amount_minor",
    "every",
    "day",
    "anchor",
    "grace_days",
    "witnesses",
    "leftover",
    "how_to_pay",
)
#: Steps that are answered in words.
IN_WORDS: Final = frozenset({"amount_minor", "how_to_pay", "unit"})
_ASKED: Final = ("purse", "unit", "kind", "amount_minor", "every", "day", "anchor")
_DAYS: Final = (1, 5, 10, 15, 20, 25, 28, DAY_MAX)
_GRACE: Final = (0, 1, 2, 3, 5, 7, 14)
_WEEK: Final = timedelta(days=7)


class StepNotOffered(Refusal):
    """A button names a choice that was not offered, or is from another time."""


def draft_of(plan: Contribution) -> Draft:
    """Return a draft to change a plan with."""
    return asdict(plan)


def plan_of(draft: Mapping[str, Any]) -> Contribution:
    """Return the plan a draft amounts to. Raises KeyError where `missing` names a step."""
    return Contribution(**draft)


def missing(draft: Mapping[str, Any]) -> str | None:
    """Return the next step that must be taken before the plan can hold."""
    for step in _ASKED:
        if step == "anchor" and draft["every"] != "two_weeks":
            continue
        if step not in draft:
            return step
    return None


def changeable(draft: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the steps that make a difference to this plan."""
    left_out = set[str]()
    if draft.get("kind") == "open":
        left_out.add("amount_minor")
    if draft.get("kind") != "shares" or draft.get("purse") == "social_fund":
        left_out.add("leftover")
    if draft.get("every") != "two_weeks":
        left_out.add("anchor")
    return tuple(one for one in STEPS if one not in left_out)


def options(draft: Mapping[str, Any], step: str, today: date) -> tuple[Any, ...]:
    """Return what a step offers as buttons; what is answered in words offers nothing.

    `today` is the group's local date: the first of two weeks for a fortnightly plan.
    """
    every = draft.get("every", "month")
    kinds = tuple(one for one in KINDS if one != "shares" or not draft.get("unit"))
    monday = today - timedelta(days=today.weekday())
    offered: dict[str, tuple[Any, ...]] = {
        "purse": PURSES,
        "unit": ("", *UNITS),
        "kind": kinds,
        "every": EVERY,
        "day": _DAYS if every == "month" else tuple(range(1, WEEKDAY_MAX + 1)),
        "anchor": (monday.isoformat(), (monday + _WEEK).isoformat()),
        "grace_days": tuple(one for one in _GRACE if one <= GRACE_DAYS_MAX[every]),
        "witnesses": (1, 2),
        "leftover": ("kept", "social_fund"),
    }
    return offered.get(step, ())


def chosen(draft: Mapping[str, Any], step: str, value: Any) -> Draft:  # noqa: ANN401 - of any field
    """Return the draft with a step taken; what no longer fits is asked again."""
    made = {**draft, step: value}
    if draft.get(step) == value:
        return made
    if step == "unit" and value and made.get("kind") == "shares":
        made.pop("kind")
    if step in {"unit", "kind"}:
        made.pop("amount_minor", None)
    if made.get("kind") == "open":
        made["amount_minor"] = 0
    if step == "every":
        made.pop("day", None)
        made.pop("anchor", None)
        made["grace_days"] = min(
            made.get("grace_days", Contribution(1).grace_days), GRACE_DAYS_MAX[made["every"]]
        )
    return made
