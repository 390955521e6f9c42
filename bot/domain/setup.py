"""Set-up: its steps, and how what was chosen becomes an agreement.

What is chosen half-way is a plain document (`Choices`), kept until it holds or is given up:
language, zone and city, currency, practices, and what each practice needs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from bot.domain.agreement import Agreement, CheckIn
from bot.domain.plans import Contribution, next_number, put

Choices = dict[str, Any]

#: The steps in their order; "hello" is the first message, from which the usual takes one tap.
STEPS: Final = (
    "hello",
    "language",
    "zone",
    "currency",
    "practices",
    "amount",
    "day",
    "how_to_pay",
    "rhythm",
    "summary",
)
OF_CONTRIBUTIONS: Final = frozenset({"amount", "day", "how_to_pay"})
#: What says that the group gives something together: an amount chosen here, or plans made since.
GIVING: Final = frozenset({"amount_minor", "has_plans"})
BEFORE_A_PLACE: Final = frozenset({"hello", "language", "zone"})
CHECK_IN_DAYS: Final = (5, 10, 15, 20, 24, 26)
CONTRIBUTION_DAYS: Final = (1, 5, 10, 15, 20, 25)
USUAL_PRACTICES: Final = frozenset({"check_ins", "polls", "digests"})


def practices_of(choices: Mapping[str, Any]) -> frozenset[str]:
    """Return what the group chose to do together; the usual, where it chose nothing."""
    return frozenset(choices.get("practices", USUAL_PRACTICES))


def missing(choices: Mapping[str, Any]) -> str | None:
    """Return the step that must still be taken before anything can hold."""
    if "zone" not in choices or "currency" not in choices:
        return "zone" if "zone" not in choices else "currency"
    if "contributions" in practices_of(choices) and not choices.keys() & GIVING:
        return "amount"
    return None


def step_to(wanted: str, choices: Mapping[str, Any]) -> str:
    """Return the step to go to: without a place, what follows from one cannot be chosen."""
    return wanted if wanted in BEFORE_A_PLACE or "zone" in choices else "zone"


def after(step: str, choices: Mapping[str, Any]) -> str:
    """Return the step that follows.

    Once everything was seen (`reviewing`), each change leads back to the summary; but what
    contributions need is asked together.
    """
    reviewing = choices.get("reviewing", False)
    if step == "language":
        return "summary" if reviewing else "hello"
    begins_contributions = step == "practices" and missing(choices) == "amount"
    if reviewing and step not in {"amount", "day"} and not begins_contributions:
        return "summary"
    practices = practices_of(choices)
    left_out = set() if "contributions" in practices else set(OF_CONTRIBUTIONS)
    if "check_ins" not in practices or (reviewing and step in OF_CONTRIBUTIONS):
        left_out.add("rhythm")
    following = STEPS[STEPS.index(step) + 1 :]
    return next((one for one in following if one not in left_out), "summary")


def agreement_of(choices: Mapping[str, Any], before: Agreement | None = None) -> Agreement:
    """Return the agreement that the choices amount to.

    What set-up does not ask stays as it was `before`, or is the usual. Raises
    AgreementPartRefused, and KeyError where `missing` names a step.
    """
    practices = practices_of(choices)
    parts: dict[str, Any] = {
        "language": choices["language"],
        "zone": choices["zone"],
        "currency": choices["currency"],
        "practices": practices,
    }
    plans = () if before is None else before.plans
    if "contributions" in practices and "amount_minor" in choices and not _holding(plans):
        first = Contribution(
            choices["amount_minor"],
            day=choices.get("contribution_day", Contribution(1).day),
            how_to_pay=choices.get("how_to_pay", ""),
            number=next_number(plans),
        )
        parts["plans"] = put(plans, first)
    known_check_in = before.check_in if before is not None else CheckIn()
    day = choices.get("check_in_day", known_check_in.day)
    parts["check_in"] = replace(known_check_in, day=day)
    return Agreement(**parts) if before is None else replace(before, **parts)


def choices_of(agreement: Agreement) -> Choices:
    """Return the choices that an agreement amounts to, to begin a change with."""
    choices: Choices = {
        "language": agreement.language,
        "zone": agreement.zone,
        "currency": agreement.currency,
        "currency_chosen": True,
        "practices": sorted(agreement.practices),
        "check_in_day": agreement.check_in.day,
        "reviewing": True,
    }
    if _holding(agreement.plans):
        choices["has_plans"] = True  # they are made and changed in private, by practices/plans.py
    return choices


def _holding(plans: Sequence[Contribution]) -> bool:
    """Whether any plan holds: set-up itself asks for the first one only."""
    return any(not one.rests for one in plans)
