"""I've paid: what is due from a household, plan by plan, and saying that it was given.

A household counts once, and anybody of the group may say it for any of them. What is said counts
once witnesses have confirmed it (practices/witnessing.py); when it is due and who is reminded is
in practices/due_days.py.
"""

from typing import Any, Final

from bot.domain import money, paying, periods
from bot.domain.contributions import (
    AlreadySaid,
    AmountChanged,
    NobodyToTalkTo,
    NoContributions,
    NoSuchHousehold,
)
from bot.domain.money import Currency
from bot.domain.quantities import parse_quantity
from bot.practices import book, receipts, speaking, witnessing
from bot.practices.book import Plan
from bot.practices.dues import (
    Screen,
    Way,
    due_facts,
    due_of,
    way_of,
    who_facts,
)
from bot.rendering import files
from bot.storage import (
    chats,
    contributions as store,
    groups,
    members,
    outbox,
    people,
    pledges,
    questions,
)
from bot.storage.chats import Chat
from bot.storage.contributions import Claim
from bot.storage.database import Reading, Transaction
from bot.storage.members import Member
from bot.storage.questions import Question

LINK: Final = "pay"  # the purpose of the deep link; its number is the group's
CODE_LINK: Final = "paycode"  # to the QR picture of a plan's payment link: see `code_number`
PLANS_A_GROUP: Final = 1000  # more than any group ever has
AMOUNT_ASKED: Final = "contribution_amount"  # the open questions; their subject is the group
PLEDGE_ASKED: Final = "contribution_pledge"
PAGE: Final = 8  # households on a page of buttons
NOTED: Final = "👍"
#: How many periods at once are offered as buttons, by rhythm; any other amount can be written.
TIMES: Final = {"month": (2, 3, 6), "week": (2, 4, 8), "two_weeks": (2, 3, 4)}


# -- what is due ---------------------------------------------------------------------------------


def find_mine(at: Transaction, person_id: int) -> Screen:
    """Return what /pay shows in private: what is due, or which group. Raises NoContributions."""
    found = [one for one in members.groups_of(at, person_id) if book.plans_of(at, one)]
    if not found:
        raise NoContributions
    if len(found) > 1:
        shown = [groups.by_id(at, one) for one in found]
        return Screen("contributions/which", {"groups": shown})
    return pay_screen(at, found[0], person_id)


def find_in_group(at: Transaction, chat: Chat, person_id: int, message_id: int) -> Screen | None:
    """Open it in private; None where that was possible (the command gets a sign), else the way.

    Raises NoContributions, NotAMember.
    """
    group = groups.of_chat(at, chat.id)
    if group is None or not book.plans_of(at, group.id):
        raise NoContributions
    members.require(at, group.id, person_id, group_title=group.title)
    private = chats.of_person(at, person_id)
    if private is None or private.state != "open":
        return Screen("contributions/way_in", {"url": speaking.link(at, LINK, group.id)})
    shown = pay_screen(at, group.id, person_id)
    language = people.by_id(at, person_id).language
    speaking.say(at, private, language, shown.message, **shown.facts)
    noted = {"message_id": message_id, "reaction": [{"type": "emoji", "emoji": NOTED}]}
    outbox.queue(at, chat.id, {"method": "setMessageReaction", "params": noted})
    return None


def pay_screen(
    at: Reading,
    group_id: int,
    person_id: int,
    household_id: int | None = None,
    number: int | None = None,
) -> Screen:
    """Return what is due from a household (one's own, or another's), and how to pay.

    Of one plan (`number`), or where the group has several, of all of them.

    Raises NoContributions, NotAMember, NoSuchHousehold.
    """
    way = way_of(at, group_id, person_id, household_id, number)
    numbers = [one.terms.number for one in book.plans_of(at, group_id)]
    if number is None and len(numbers) > 1:
        ways = [way_of(at, group_id, person_id, way.household_id, one) for one in numbers]
        return Screen("contributions/pay_all", due_facts(at, ways))
    return Screen("contributions/pay", due_facts(at, [way]))


def code_number(group_id: int, plan_number: int) -> int:
    """Return the number by which a link finds a plan of a group."""
    return group_id * PLANS_A_GROUP + plan_number


def show_code(at: Transaction, chat: Chat, group_id: int, person_id: int, number: int) -> None:
    """Send the QR picture of a plan's payment link. Raises as `pay_screen`, and AmountChanged."""
    way = way_of(at, group_id, person_id, None, number)
    code = paying.code(way.plan.terms.how_to_pay)
    if not code:
        raise AmountChanged
    language = people.by_id(at, person_id).language
    facts = who_facts(at, way) | {"words": way.plan.terms.how_to_pay}
    speaking.say(at, chat, language, "contributions/code", picture=files.code(code), **facts)


# -- I've paid ---------------------------------------------------------------------------------


def say_agreed(
    at: Transaction,
    chat: Chat,
    message_id: int,
    person_id: int,
    numbers: tuple[int, int, int, int, int],
) -> Screen:
    """Say that what a button says was given: what is left of it, or so many shares. One tap.

    `numbers`: the group, the household, the plan, the period and the amount on the button. A second
    tap of the same button shows what was noted. Raises AlreadySaid, AmountChanged, and what
    `pay_screen` raises.
    """
    group_id, household_id, plan_number, period_number, amount_minor = numbers
    way = way_of(at, group_id, person_id, household_id, plan_number)
    key = periods.period_key(period_number)
    said = _said_by_message(at, way, chat, message_id, amount_minor)
    if isinstance(said, Claim):
        return noted_screen(at, said)
    if way.plan.current(at.now).key != key:
        raise AmountChanged
    due = due_of(at, way.plan, way.household_id, is_own=way.is_own)
    if due.standing.is_said and not due.shares and amount_minor != due.tap:
        raise AlreadySaid(waiting=due.standing.waiting > 0)
    if amount_minor not in {due.tap, *(one * way.plan.terms.amount_minor for one in due.shares)}:
        raise AmountChanged
    return _say(at, way, amount_minor, said)


def ask_amount(
    at: Transaction, chat: Chat, person_id: int, numbers: tuple[int, int, int]
) -> Screen:
    """Ask which amount was given. `numbers`: the group, the household, the plan.

    Raises what `pay_screen` raises.
    """
    way = _asks(at, chat, person_id, numbers, AMOUNT_ASKED)
    several = TIMES[way.plan.terms.every] if way.plan.terms.kind == "fixed" else ()
    return Screen("contributions/amount_asked", who_facts(at, way) | {"times": several})


def ask_pledge(
    at: Transaction, chat: Chat, person_id: int, numbers: tuple[int, int, int]
) -> Screen:
    """Ask what a household means to give each time. Raises NoSuchHousehold for another's."""
    way = _asks(at, chat, person_id, numbers, PLEDGE_ASKED)
    if not way.is_own or way.plan.terms.kind != "open":
        raise NoSuchHousehold
    pledge = pledges.of_household(at, way.household_id, way.plan.terms.number)
    return Screen("contributions/pledge_asked", who_facts(at, way) | {"pledge": pledge})


def _asks(
    at: Transaction, chat: Chat, person_id: int, numbers: tuple[int, int, int], kind: str
) -> Way:
    group_id, household_id, plan_number = numbers
    way = way_of(at, group_id, person_id, household_id, plan_number)
    for other in (AMOUNT_ASKED, PLEDGE_ASKED):
        questions.settle(at, person_id, other, group_id)
    questions.ask(
        at,
        person_id=person_id,
        chat_id=chat.id,
        kind=kind,
        subject=group_id,
        household=household_id,
        plan=plan_number,
    )
    return way


def take_amount(at: Transaction, question: Question, text: str) -> Screen:
    """Read the amount somebody typed and repeat it back, with what it covers; nothing counts yet.

    Raises money.AmountRefusal, QuantityNotUnderstood, AmountFarAhead, and as `pay_screen`.
    """
    way = _asked_about(at, question)
    amount_minor = _amount_of(way.plan, text)
    shown = _repeated(at, way, amount_minor)
    questions.settle(at, question.person_id, AMOUNT_ASKED, question.subject)
    return shown


def take_pledge(at: Transaction, question: Question, text: str) -> Screen:
    """Keep what a household means to give each time. Raises as `take_amount`."""
    way = _asked_about(at, question)
    amount_minor = _amount_of(way.plan, text)
    pledges.keep(at, way.household_id, way.plan.terms.number, amount_minor)
    questions.settle(at, question.person_id, PLEDGE_ASKED, question.subject)
    return Screen("contributions/pay", due_facts(at, [way]))


def end_pledge(at: Transaction, group_id: int, person_id: int, number: int) -> Screen:
    """End one's pledge. Raises what `pay_screen` raises."""
    way = way_of(at, group_id, person_id, None, number)
    pledges.keep(at, way.household_id, number, 0)
    questions.settle(at, person_id, PLEDGE_ASKED, group_id)
    return Screen("contributions/pay", due_facts(at, [way]))


def _asked_about(at: Reading, question: Question) -> Way:
    facts = question.facts
    return way_of(at, question.subject, question.person_id, facts["household"], facts.get("plan"))


def _amount_of(plan: Plan, text: str) -> int:
    if plan.terms.is_in_kind:
        return parse_quantity(text)
    return money.parse_amount(text, Currency(plan.code, plan.commodity.scale))


def repeat_times(at: Transaction, person_id: int, numbers: tuple[int, int, int, int]) -> Screen:
    """Repeat back what is due for several periods at once.

    `numbers`: the group, the household, the plan, how many. Raises as `take_amount`.
    """
    group_id, household_id, plan_number, times = numbers
    way = way_of(at, group_id, person_id, household_id, plan_number)
    if times not in TIMES[way.plan.terms.every] or way.plan.terms.kind != "fixed":
        raise AmountChanged
    return _repeated(at, way, times * way.plan.terms.amount_minor)


def _repeated(at: Reading, way: Way, amount_minor: int) -> Screen:
    first = way.plan.current(at.now)
    covers = book.allocation(at, way.plan, way.household_id, first.key, amount_minor)
    facts = {"amount": amount_minor, "covers": covers}
    return Screen("contributions/amount_repeated", who_facts(at, way) | facts)


def say_amount(
    at: Transaction,
    chat: Chat,
    message_id: int,
    person_id: int,
    numbers: tuple[int, int, int, int],
) -> Screen:
    """Say that an amount was given which was repeated back.

    `numbers`: the group, the household, the plan and the amount on the button. Raises
    AmountFarAhead, AmountChanged, and what `pay_screen` raises.
    """
    group_id, household_id, plan_number, amount_minor = numbers
    way = way_of(at, group_id, person_id, household_id, plan_number)
    if not 0 < amount_minor <= money.AMOUNT_MAJOR_MAX * 10**way.plan.commodity.scale:
        raise AmountChanged
    said = _said_by_message(at, way, chat, message_id, amount_minor)
    if isinstance(said, Claim):
        return noted_screen(at, said)
    first = way.plan.current(at.now)
    book.allocation(at, way.plan, way.household_id, first.key, amount_minor)
    return _say(at, way, amount_minor, said)


def _said_by_message(
    at: Reading, way: Way, chat: Chat, message_id: int, amount_minor: int
) -> Claim | str:
    """Return what this message's button said already, or the key under which it is to be said.

    A message says the same once; after it was taken back, once more.
    """
    plan_number = way.plan.terms.number
    base = f"message:{chat.id}:{message_id}:{way.household_id}:{plan_number}:{amount_minor}"
    for attempt in range(1000):
        key = f"{base}:{attempt}"
        claim = store.with_key(at, way.plan.group.id, key)
        if claim is None:
            return key
        if store.state_of(at, claim) != "withdrawn":
            return claim
    raise AlreadySaid(waiting=False)


def _say(at: Transaction, way: Way, amount_minor: int, key: str) -> Screen:
    claim = add_claim(at, way.plan, way.payer, way.household_id, amount_minor, key=key)
    questions.settle(at, way.payer.person_id, AMOUNT_ASKED, way.plan.group.id)
    return noted_screen(at, claim, witnessing.ask_for(at, claim))


def add_claim(
    at: Transaction,
    plan: Plan,
    sayer: Member,
    household_id: int,
    amount_minor: int,
    *,
    key: str,
    batch: int | None = None,
) -> Claim:
    """Keep that a household gave something now, as somebody says; nobody is asked yet."""
    claim = store.add(
        at,
        plan.group.id,
        kind="contribution",
        said_by=sayer.id,
        household_id=household_id,
        purse=plan.purse,
        commodity=book.counted_from_now(at, plan),
        amount_minor=amount_minor,
        period=plan.current(at.now).key,
        day=book.local_day(at, plan.agreement),
        witnesses=plan.terms.witnesses,
        batch=batch,
        key=key,
    )
    assert claim is not None
    return claim


def noted_screen(at: Reading, claim: Claim, asked: list[Member] | None = None) -> Screen:
    """Return what the payer sees after saying so: who is asked, or what is missing."""
    if asked is None:
        asked = [members.by_id(at, one) for one in store.asked(at, claim.id)]
    able = witnessing.eligible(at, claim)
    return Screen(
        "contributions/noted",
        witnessing.facts_of(at, claim)
        | {
            "state": store.state_of(at, claim),
            "asked": [one.name for one in asked],
            "unopened": [one.name for one in able],
        },
    )


def households_screen(at: Reading, group_id: int, person_id: int, page: int) -> Screen:
    """Return the other households, to choose for whom one gives. Raises as `pay_screen`."""
    way = way_of(at, group_id, person_id)
    others = [one for one in store.households_of(at, group_id) if one != way.household_id]
    shown = others[page * PAGE : (page + 1) * PAGE]
    return Screen(
        "contributions/for_whom",
        {
            "group": way.plan.group,
            "households": [(one, book.household_names(at, one)) for one in shown],
            "page": page,
            "has_more": len(others) > (page + 1) * PAGE,
        },
    )


# -- I need to talk ----------------------------------------------------------------------------


def talk_screen(at: Reading, group_id: int, person_id: int) -> Screen:
    """Offer to tell somebody that one would like to talk. Raises NobodyToTalkTo and as above."""
    way = way_of(at, group_id, person_id)
    facts = {"group": way.plan.group, "listener": _listener(at, way).name}
    return Screen("contributions/talk", facts)


def talk_first(at: Transaction, group_id: int, person_id: int) -> Screen:
    """Tell the facilitator that somebody would like to talk, and no more: reminders rest."""
    way = way_of(at, group_id, person_id)
    listener = _listener(at, way)
    for plan in book.plans_of(at, group_id):
        store.talk_first(
            at,
            household_id=way.payer.household_id,
            purse=plan.purse,
            period=plan.current(at.now).key,
            member_id=way.payer.id,
        )
    receipts.tell(
        at,
        listener.person_id,
        "contributions/wants_to_talk",
        key=f"talk:{group_id}:{way.payer.id}:{way.plan.current(at.now).key}",
        zone_of=way.plan.agreement,
        group=way.plan.group,
        who=way.payer.name,
    )
    return Screen("contributions/talk_told", {"group": way.plan.group, "listener": listener.name})


def _listener(at: Reading, way: Way) -> Member:
    """Return whom to talk to: who facilitates or keeps the money, of another household."""
    group_id = way.plan.group.id
    for office in ("facilitator", "treasurer", "representative", "witness"):
        for member in members.holders(at, group_id, office):
            if member.household_id != way.payer.household_id and witnessing.reachable(at, member):
                return member
    raise NobodyToTalkTo


CARDS = witnessing.CARDS
RESULTS: dict[str, Any] = {}
