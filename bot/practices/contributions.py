"""Contributions: reminders, the board, and saying that one has paid.

A household counts once. Private reminders go before, on and after the day, only to those who have
neither paid nor said so; the group sees one board, edited in place, with counts and never who.
What is late: a reminder is dropped after twelve hours; the board is always caught up.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, NamedTuple

from bot.domain import contributions as rules, money, periods
from bot.domain.calendar import local, utc_text
from bot.domain.contributions import (
    AlreadySaid,
    AmountChanged,
    NobodyToTalkTo,
    NoContributions,
    NoSuchHousehold,
)
from bot.domain.money import Currency
from bot.domain.periods import WHICH, Period, Which
from bot.practices import book, booking, receipts, speaking, unasked, witnessing
from bot.practices.book import Plan
from bot.practices.booking import BOARD
from bot.storage import (
    chats,
    contributions as store,
    due,
    groups,
    ledger,
    members,
    outbox,
    people,
    questions,
)
from bot.storage.chats import Chat
from bot.storage.contributions import Claim
from bot.storage.database import Reading, Transaction
from bot.storage.due import Due
from bot.storage.members import Member
from bot.storage.outbox import Card

LINK: Final = "pay"  # the purpose of the deep link; its number is the group's
AMOUNT_ASKED: Final = "contribution_amount"  # the open question
DUE: Final[Mapping[Which, str]] = {which: f"contribution_{which}" for which in WHICH}
REMINDER_LATE: Final = timedelta(hours=12)
PAGE: Final = 8  # households on a page of buttons
NOTED: Final = "👍"
#: Who ticks the list of a whole meeting (practices/meeting_lists.py).
LIST_OFFICES: Final = frozenset({"treasurer", "record_keeper", "facilitator"})


class Screen(NamedTuple):
    """What is shown in a private chat: a template and its facts."""

    message: str
    facts: Mapping[str, Any]


class Way(NamedTuple):
    """Who pays for which household of which group."""

    plan: Plan
    payer: Member
    household_id: int

    @property
    def is_own(self) -> bool:
        """Whether it is the payer's own household."""
        return self.payer.household_id == self.household_id


# -- when ----------------------------------------------------------------------------------------


def plan(at: Transaction, group_id: int) -> None:
    """Plan reminders and boards by the agreement that holds now; planning twice is planning once.

    To be called after set-up and after each change of the agreement. What is overdue (the bot was
    off) stays due.
    """
    since = at.now
    for kind in DUE.values():
        overdue = due.waiting_at(at, kind, group_id)
        since = since if overdue is None else min(since, overdue)
        due.cancel(at, kind, group_id)
    try:
        agreed = book.plan_of(at, group_id)
    except NoContributions:
        return
    first = agreed.current(since).key
    for steps in range(3):
        period = agreed.period(periods.next_key(first, steps))
        for which in WHICH:
            instant = period.instant(which)
            if instant > at.now or since <= instant:
                late = None if which == "day" else REMINDER_LATE
                due.add(at, DUE[which], group_id, period.key, instant, late=late)


def day_when_due(at: Transaction, waiting: Due) -> None:
    """The day has come: the group's board, and a reminder to those who have not said anything."""
    agreed = book.plan_of(at, waiting.subject)
    key = waiting.occurrence.split(",")[0]
    plan(at, agreed.group.id)
    if agreed.current(at.now).key != key:
        return  # the bot was off for a month: the next board is planned
    if _postpone(at, agreed, waiting):
        return
    period = agreed.period(key)
    outbox.show_card(at, BOARD, period.number, agreed.group.chat_id)
    booking.show_boards(at, agreed.group, [periods.next_key(key, -1)])
    if "," not in waiting.occurrence and at.now - waiting.due_at <= REMINDER_LATE:
        _remind(at, agreed, period, "day")


def _postpone(at: Transaction, agreed: Plan, waiting: Due) -> bool:
    """Let the board wait for the morning, where the group has heard enough unasked today."""
    morning = unasked.not_before(at, agreed.group, agreed.agreement)
    if morning == at.now:
        return False
    occurrence = f"{waiting.occurrence.split(',')[0]}, {utc_text(morning)}"
    due.add(at, waiting.kind, waiting.subject, occurrence, morning)
    if "," not in waiting.occurrence:
        _remind(at, agreed, agreed.period(waiting.occurrence), "day")
    return True


def remind_when_due(at: Transaction, waiting: Due) -> None:
    """Remind those who have neither paid nor said so, in private."""
    which: Which = "before" if waiting.kind == DUE["before"] else "after"
    agreed = book.plan_of(at, waiting.subject)
    period = agreed.period(waiting.occurrence)
    _remind(at, agreed, period, which)
    plan(at, agreed.group.id)


def _remind(at: Transaction, agreed: Plan, period: Period, which: Which) -> None:
    for household_id in store.households_of(at, agreed.group.id):
        standing = book.standing(at, agreed, household_id, period.key)
        # Money that is said and waits for a witness, or is being talked over, needs no reminder.
        if standing.left == 0 or store.talks_first(
            at, household_id=household_id, purse=agreed.purse, period=period.key
        ):
            continue
        for member in members.of_household(at, household_id):
            speaking.say_to(
                at,
                member.person_id,
                f"contributions/reminder_{which}",
                key=f"contribution:{agreed.group.id}:{period.key}:{which}:{member.id}",
                urgency=speaking.UNASKED,
                expires_at=at.now + REMINDER_LATE,
                **_pay_facts(at, Way(agreed, member, household_id), period, standing),
            )


# -- the board -----------------------------------------------------------------------------------


def _board(at: Reading, card: Card) -> Mapping[str, Any] | None:
    """Draw the group's board of a period: counts, what is there, how to pay. Never who."""
    group = groups.of_chat(at, card.chat_id)
    if group is None:
        return None
    try:
        agreed = book.plan_of(at, group.id)
    except NoContributions:
        return None
    period = agreed.period(periods.period_key(card.subject))
    done, of = book.paid(at, agreed, period.key)
    contribution = agreed.terms
    return speaking.card_content(
        group.language,
        "contributions/board",
        month=periods.first_day(period.key),
        amount=book.due_amount(at, agreed, period),
        currency=agreed.code,
        done=done,
        of=of,
        fund=book.in_purse(at, agreed.place),
        head=ledger.head(at, group.id),
        how_to_pay=contribution.how_to_pay,
        to_copy=rules.to_copy(contribution.how_to_pay),
        is_open=agreed.current(at.now).key <= period.key,
        url=speaking.link(at, LINK, group.id),
    )


# -- I've paid ---------------------------------------------------------------------------------


def find_mine(at: Transaction, person_id: int) -> Screen:
    """Return what /pay shows in private: what is due, or which group. Raises NoContributions."""
    found = []
    for group_id in members.groups_of(at, person_id):
        try:
            found.append(book.plan_of(at, group_id))
        except NoContributions:
            continue
    if not found:
        raise NoContributions
    if len(found) > 1:
        return Screen("contributions/which", {"groups": [one.group for one in found]})
    return pay_screen(at, found[0].group.id, person_id)


def find_in_group(at: Transaction, chat: Chat, person_id: int, message_id: int) -> Screen | None:
    """Open it in private; None where that was possible (the command gets a sign), else the way.

    Raises NoContributions, NotAMember.
    """
    group = groups.of_chat(at, chat.id)
    if group is None:
        raise NoContributions
    agreed = book.plan_of(at, group.id)
    members.require(at, group.id, person_id, group_title=group.title)
    private = chats.of_person(at, person_id)
    if private is None or private.state != "open":
        return Screen("contributions/way_in", {"url": speaking.link(at, LINK, group.id)})
    shown = pay_screen(at, agreed.group.id, person_id)
    language = people.by_id(at, person_id).language
    speaking.say(at, private, language, shown.message, **shown.facts)
    noted = {"message_id": message_id, "reaction": [{"type": "emoji", "emoji": NOTED}]}
    outbox.queue(at, chat.id, {"method": "setMessageReaction", "params": noted})
    return None


def pay_screen(
    at: Transaction, group_id: int, person_id: int, household_id: int | None = None
) -> Screen:
    """Return what is due from a household (one's own, or another's one pays for), and how to pay.

    Raises NoContributions, NotAMember, NoSuchHousehold.
    """
    way = _way(at, group_id, person_id, household_id)
    period = way.plan.current(at.now)
    standing = book.standing(at, way.plan, way.household_id, period.key)
    return Screen("contributions/pay", _pay_facts(at, way, period, standing))


def _way(
    at: Transaction | Reading, group_id: int, person_id: int, household_id: int | None = None
) -> Way:
    """Return who pays for whom, authorised. Raises NoContributions, NotAMember, NoSuchHousehold."""
    agreed = book.plan_of(at, group_id)
    payer = members.require(at, group_id, person_id, group_title=agreed.group.title)
    if household_id is None:
        household_id = payer.household_id
    if not store.is_household_of(at, group_id, household_id):
        raise NoSuchHousehold
    return Way(agreed, payer, household_id)


def _pay_facts(at: Reading, way: Way, period: Period, standing: book.Standing) -> dict[str, Any]:
    contribution = way.plan.terms
    today = local(at.now, way.plan.agreement.zone).date()
    return {
        "group": way.plan.group,
        "household_id": way.household_id,
        "household": book.household_names(at, way.household_id),
        "is_own": way.is_own,
        "period": period,
        "month": periods.first_day(period.key),
        "day": period.due_day,
        "is_over": period.due_day < today,
        "standing": standing,
        "currency": way.plan.code,
        "how_to_pay": contribution.how_to_pay,
        "to_copy": rules.to_copy(contribution.how_to_pay),
        "makes_lists": way.is_own
        and not LIST_OFFICES.isdisjoint(members.offices_of(at, way.payer.id)),
    }


def say_agreed(
    at: Transaction,
    chat: Chat,
    message_id: int,
    person_id: int,
    numbers: tuple[int, int, int, int],
) -> Screen:
    """Say that the agreed amount, or what is left of it, was paid: one tap.

    `numbers`: the group, the household, the period and the amount on the button. A second tap of
    the same button shows what was noted. Raises AlreadySaid, AmountChanged, and what `pay_screen`
    raises.
    """
    group_id, household_id, number, amount_minor = numbers
    way = _way(at, group_id, person_id, household_id)
    key = periods.period_key(number)
    said = _said_by_message(at, way, chat, message_id, amount_minor)
    if isinstance(said, Claim):
        return noted_screen(at, said)
    if way.plan.current(at.now).key != key:
        raise AmountChanged
    standing = book.standing(at, way.plan, way.household_id, key)
    if standing.left == 0:
        raise AlreadySaid(waiting=standing.waiting > 0)
    if standing.left != amount_minor:
        raise AmountChanged
    return _say(at, way, amount_minor, said)


def ask_amount(
    at: Transaction, chat: Chat, group_id: int, person_id: int, household_id: int
) -> Screen:
    """Ask which amount was paid. Raises what `pay_screen` raises."""
    way = _way(at, group_id, person_id, household_id)
    questions.ask(
        at,
        person_id=person_id,
        chat_id=chat.id,
        kind=AMOUNT_ASKED,
        subject=group_id,
        household=household_id,
    )
    return Screen("contributions/amount_asked", _amount_facts(at, way))


def take_amount(
    at: Transaction, group_id: int, person_id: int, household_id: int | None, text: str
) -> Screen:
    """Read the amount somebody typed and repeat it back, with what it covers; nothing counts yet.

    Raises money.AmountRefusal, AmountFarAhead, and what `pay_screen` raises.
    """
    way = _way(at, group_id, person_id, household_id)
    amount_minor = money.parse_amount(text, Currency(way.plan.code, way.plan.commodity.scale))
    first = way.plan.current(at.now)
    parts = book.allocation(at, way.plan, way.household_id, first.key, amount_minor)
    questions.settle(at, person_id, AMOUNT_ASKED, group_id)
    return Screen(
        "contributions/amount_repeated",
        _amount_facts(at, way)
        | {
            "amount": amount_minor,
            "covers": [(periods.first_day(key), part) for key, part in parts],
        },
    )


def say_amount(
    at: Transaction, chat: Chat, message_id: int, person_id: int, numbers: tuple[int, int, int]
) -> Screen:
    """Say that an amount was paid which was repeated back.

    `numbers`: the group, the household and the amount on the button. Raises AmountFarAhead and
    what `pay_screen` raises.
    """
    group_id, household_id, amount_minor = numbers
    way = _way(at, group_id, person_id, household_id)
    largest = money.AMOUNT_MAJOR_MAX * 10**way.plan.commodity.scale
    if not 0 < amount_minor <= largest:
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
    base = f"message:{chat.id}:{message_id}:{way.household_id}:{amount_minor}"
    for attempt in range(1000):
        key = f"{base}:{attempt}"
        claim = store.with_key(at, way.plan.group.id, key)
        if claim is None:
            return key
        if store.state_of(at, claim) != "withdrawn":
            return claim
    raise AlreadySaid(waiting=False)


def _say(at: Transaction, way: Way, amount_minor: int, key: str) -> Screen:
    agreed = way.plan
    claim = store.add(
        at,
        agreed.group.id,
        kind="contribution",
        said_by=way.payer.id,
        household_id=way.household_id,
        purse=agreed.purse,
        commodity=ledger.money_of(at, agreed.group.id, agreed.code),
        amount_minor=amount_minor,
        period=agreed.current(at.now).key,
        day=book.local_day(at, agreed.agreement),
        witnesses=agreed.terms.witnesses,
        key=key,
    )
    assert claim is not None
    questions.settle(at, way.payer.person_id, AMOUNT_ASKED, agreed.group.id)
    return noted_screen(at, claim, witnessing.ask_for(at, claim))


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
    """Return the other households, to choose for whom one pays. Raises what `pay_screen` raises."""
    way = _way(at, group_id, person_id)
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


def _amount_facts(at: Reading, way: Way) -> dict[str, Any]:
    return {
        "group": way.plan.group,
        "household_id": way.household_id,
        "household": book.household_names(at, way.household_id),
        "is_own": way.is_own,
        "agreed": way.plan.terms.amount_minor,
        "currency": way.plan.code,
    }


# -- I need to talk ----------------------------------------------------------------------------


def talk_screen(at: Reading, group_id: int, person_id: int, number: int) -> Screen:
    """Offer to tell somebody that one would like to talk. Raises NobodyToTalkTo and as above."""
    way = _way(at, group_id, person_id)
    periods.period_key(number)
    listener = _listener(at, way)
    return Screen(
        "contributions/talk",
        {"group": way.plan.group, "listener": listener.name, "number": number},
    )


def talk_first(at: Transaction, group_id: int, person_id: int, number: int) -> Screen:
    """Tell the facilitator that somebody would like to talk, and no more: reminders rest."""
    way = _way(at, group_id, person_id)
    listener = _listener(at, way)
    key = periods.period_key(number)
    store.talk_first(
        at,
        household_id=way.payer.household_id,
        purse=way.plan.purse,
        period=key,
        member_id=way.payer.id,
    )
    receipts.tell(
        at,
        listener.person_id,
        "contributions/wants_to_talk",
        key=f"talk:{group_id}:{way.payer.id}:{key}",
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


# -- for others -----------------------------------------------------------------------------------


def next_day(at: Reading, group_id: int) -> Period | None:
    """Return the next period whose day is still ahead, for what is coming up; None for none."""
    try:
        agreed = book.plan_of(at, group_id)
    except NoContributions:
        return None
    return agreed.coming(at.now)


CARDS = {BOARD: _board, **witnessing.CARDS}
RESULTS: dict[str, Any] = {}
