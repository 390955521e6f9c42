"""What every message about a decision needs to know; nothing here tells how anybody votes."""

from typing import Any

from bot.domain.agreement import Agreement
from bot.domain.amending import PLANS
from bot.domain.decisions import Choice, Manner, Matter, shows_numbers
from bot.domain.effects import (
    Admit,
    Amend,
    Effect,
    Elect,
    PartWith,
    PayOut,
    name_of,
    read,
)
from bot.domain.voting import needed
from bot.practices import book
from bot.storage import ballots, groups, members
from bot.storage.database import Reading
from bot.storage.decisions import Decision


def of_decision(at: Reading, decision: Decision) -> dict[str, Any]:
    """Return the facts of a decision, for the group and for anybody in private."""
    proposer = members.by_id(at, decision.proposed_by)
    tally = decision.tally
    eligible = ballots.eligible(at, decision.id)
    return of_matter(at, decision.group_id, decision.matter, decision.manner) | {
        "decision": decision,
        "proposer": proposer,
        "eligible": eligible,
        "needed": needed(eligible, decision.manner.quorum),
        "voted": len(ballots.voted(at, decision.id)),
        "tally": tally,
        "with_numbers": tally is not None and shows_numbers(decision.manner, tally.voted),
    }


def of_matter(at: Reading, group_id: int, matter: Matter, manner: Manner) -> dict[str, Any]:
    """Return the facts of what is, or would be, put to the group."""
    agreement = groups.agreement(at, group_id)
    effect = read(matter.effect)
    return {
        "group": groups.by_id(at, group_id),
        "zone": agreement.zone,
        "currency": agreement.currency,
        "matter": matter,
        "choices": [choice_words(at, one) for one in matter.choices],
        "manner": manner,
        "effect": None if effect is None else of_effect(at, effect, agreement),
    }


def choice_words(at: Reading, choice: Choice) -> str:
    """Return what a choice is called: its words, or the name of who stands."""
    if choice.member_id is None:
        return choice.words
    return members.by_id(at, choice.member_id).name


def of_effect(at: Reading, effect: Effect, agreement: Agreement) -> dict[str, Any]:
    """Return what the words of an effect need: its kind, its own facts, and names."""
    facts: dict[str, Any] = {"name": None, "household": [], "plan_purse": None}
    facts |= {"kind": name_of(effect)} | vars(effect)
    if isinstance(effect, (Admit, PartWith, Elect)) and effect.member_id is not None:
        facts["name"] = members.by_id(at, effect.member_id).name
    if isinstance(effect, PayOut) and effect.household_id is not None:
        facts["household"] = book.household_names(at, effect.household_id)
    if isinstance(effect, Amend) and effect.part == PLANS and len(agreement.plans) > 1:
        purses = {one.number: one.purse for one in agreement.plans}
        facts["plan_purse"] = purses.get(effect.value["number"])
    return facts
