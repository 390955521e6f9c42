"""Saying what one did or brought, outside of plans: hours, and whatever the group counts.

Where a plan counts the unit it is given by that plan (practices/contributions.py); else it is said
as work for the project, and counts once witnesses have confirmed it.
"""

from typing import Final

from bot.domain.errors import Refusal
from bot.domain.plans import UNITS
from bot.domain.quantities import parse_quantity
from bot.practices import book, contributions, witnessing
from bot.practices.book import Plan
from bot.practices.contributions import noted_screen
from bot.practices.dues import Screen
from bot.storage import contributions as store, groups, ledger, members, questions
from bot.storage.chats import Chat
from bot.storage.contributions import Claim
from bot.storage.database import Reading, Transaction
from bot.storage.ledger import Commodity
from bot.storage.members import Member
from bot.storage.questions import Question

ASKED: Final = "work_amount"  # the open question; its subject is the group
PURSE: Final = "project"  # where work and things go that no plan counts
HOURS: Final = UNITS[0]
#: Hours offered as buttons, in hundredths; anything else can be written.
HOURS_OFFERED: Final = (100, 200, 300, 400, 600, 800)


class UnitNotOffered(Refusal):
    """A button names something the group does not count (any more)."""


def units_screen(at: Transaction, group_id: int, person_id: int) -> Screen:
    """Ask what one did or brought. Raises NotAMember."""
    member = members.require(at, group_id, person_id)
    plans = [one for one in book.plans_of(at, group_id) if one.terms.is_in_kind]
    counted = {one.terms.unit.casefold() for one in plans}
    others = {ledger.unit_of(at, group_id, HOURS).id: ledger.unit_of(at, group_id, HOURS)}
    others |= {one.id: one for one in ledger.commodities_of(at, group_id) if _is_unit(one)}
    return Screen(
        "work_days/units",
        {
            "group": groups.by_id(at, group_id),
            "household_id": member.household_id,
            "plans": [one.terms for one in plans],
            "units": [one for one in others.values() if (one.unit or "").casefold() not in counted],
        },
    )


def _is_unit(commodity: Commodity) -> bool:
    return commodity.unit is not None and commodity.code != ledger.SHARES


def ask_amount(
    at: Transaction, chat: Chat, group_id: int, person_id: int, commodity_id: int
) -> Screen:
    """Ask how much of it. Raises NotAMember, UnitNotOffered."""
    members.require(at, group_id, person_id)
    counted = _unit(at, group_id, commodity_id)
    questions.settle(at, person_id, ASKED, group_id)
    questions.ask(
        at,
        person_id=person_id,
        chat_id=chat.id,
        kind=ASKED,
        subject=group_id,
        commodity=commodity_id,
    )
    offered = HOURS_OFFERED if counted.unit == HOURS else ()
    facts = {"group": groups.by_id(at, group_id), "counted": counted, "offered": offered}
    return Screen("work_days/amount_asked", facts)


def _unit(at: Reading, group_id: int, commodity_id: int) -> Commodity:
    for one in ledger.commodities_of(at, group_id):
        if one.id == commodity_id and _is_unit(one):
            return one
    raise UnitNotOffered


def take_amount(at: Transaction, question: Question, text: str) -> Screen:
    """Repeat back how much somebody wrote. Raises QuantityNotUnderstood, and as `ask_amount`."""
    members.require(at, question.subject, question.person_id)
    counted = _unit(at, question.subject, question.facts["commodity"])
    amount_minor = parse_quantity(text)
    questions.settle(at, question.person_id, ASKED, question.subject)
    group = groups.by_id(at, question.subject)
    facts = {"group": group, "counted": counted, "amount": amount_minor}
    return Screen("work_days/amount_repeated", facts)


def say(
    at: Transaction,
    chat: Chat,
    message_id: int,
    person_id: int,
    numbers: tuple[int, int, int],
) -> Screen:
    """Say that one did or brought so much; witnesses are asked. A second tap shows the same.

    `numbers`: the group, the commodity, the amount (hundredths). Raises NotAMember, UnitNotOffered.
    """
    group_id, commodity_id, amount_minor = numbers
    member = members.require(at, group_id, person_id)
    counted = _unit(at, group_id, commodity_id)
    if not 0 < amount_minor <= 10**11:
        raise UnitNotOffered
    base = f"work:{chat.id}:{message_id}:{commodity_id}:{amount_minor}"
    said = [
        one
        for attempt in range(20)
        if (one := store.with_key(at, group_id, f"{base}:{attempt}")) is not None
    ]
    if said and store.state_of(at, said[-1]) != "withdrawn":
        return noted_screen(at, said[-1])
    claim = add_claim(at, member, member, counted, amount_minor, key=f"{base}:{len(said)}")
    questions.settle(at, person_id, ASKED, group_id)
    return noted_screen(at, claim, witnessing.ask_for(at, claim))


def add_claim(
    at: Transaction,
    sayer: Member,
    worker: Member,
    counted: Commodity,
    amount_minor: int,
    *,
    key: str,
    batch: int | None = None,
) -> Claim:
    """Keep that somebody did or brought something, as a member says; nobody is asked yet.

    By the plan that counts it, where there is one.
    """
    for plan in book.plans_of(at, sayer.group_id):
        if _counts(at, plan, counted):
            return contributions.add_claim(
                at, plan, sayer, worker.household_id, amount_minor, key=key, batch=batch
            )
    claim = store.add(
        at,
        sayer.group_id,
        kind="work",
        said_by=sayer.id,
        household_id=worker.household_id,
        purse=PURSE,
        commodity=counted,
        amount_minor=amount_minor,
        day=book.local_day(at, groups.agreement(at, sayer.group_id)),
        witnesses=book.witnesses_needed(at, sayer.group_id),
        batch=batch,
        key=key,
    )
    assert claim is not None
    return claim


def _counts(at: Transaction, plan: Plan, counted: Commodity) -> bool:
    return plan.terms.is_in_kind and book.counted_from_now(at, plan).id == counted.id
