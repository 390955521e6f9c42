"""When contributions are due: reminders in private, and one board a day in the group.

Private reminders go before, on and after the day, only to those who have neither given nor said
so; the group sees one board, edited in place, with counts and never who. Whatever several plans
have due on one day is said at once. What is late: a reminder is dropped after twelve hours; the
board is always caught up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from bot.domain import paying, periods
from bot.domain.calendar import local, utc_text
from bot.domain.contributions import NoContributions
from bot.domain.periods import WHICH, Period, Which
from bot.domain.plans import Contribution
from bot.practices import book, speaking, unasked
from bot.practices.book import Plan
from bot.practices.booking import BOARD
from bot.practices.contributions import CODE_LINK, LINK, code_number
from bot.practices.dues import Way, due_facts
from bot.storage import boards, contributions as store, due, groups, ledger, members, outbox
from bot.storage.database import Reading, Transaction
from bot.storage.due import Due
from bot.storage.outbox import Card

DUE: Final[Mapping[Which, str]] = {which: f"contribution_{which}" for which in WHICH}
REMINDER_LATE: Final = timedelta(hours=12)
AHEAD: Final = 3  # periods of each plan that are planned


@dataclass(frozen=True)
class Today:
    """A plan and the period of it that something is said about."""

    plan: Plan
    period: Period


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
    for agreed in book.plans_of(at, group_id):
        key = agreed.current(since).key
        for _ in range(AHEAD):
            period = agreed.period(key)
            for which in WHICH:
                instant = period.instant(which)
                if instant > at.now or since <= instant:
                    late = None if which == "day" else REMINDER_LATE
                    day = local(instant, agreed.agreement.zone).date().isoformat()
                    due.add(at, DUE[which], group_id, day, instant, late=late)
            key = periods.next_key(key, every=agreed.terms.every)


def day_when_due(at: Transaction, waiting: Due) -> None:
    """The day has come: the group's board, and a reminder to those who have not said anything."""
    group = groups.by_id(at, waiting.subject)
    day = waiting.occurrence.split(",")[0]
    plan(at, group.id)
    today = _of_day(at, group.id, "day", date.fromisoformat(day))
    if not today:
        return  # the bot was off for a period: the next board is planned
    is_first = "," not in waiting.occurrence
    if is_first and at.now - waiting.due_at <= REMINDER_LATE:
        _remind(at, today, "day", day)
    morning = unasked.not_before(at, group, today[0].plan.agreement)
    if morning > at.now:  # the group has heard enough unasked today
        due.add(at, waiting.kind, group.id, f"{day}, {utc_text(morning)}", morning)
        return
    board_id = boards.of_day(at, group.id, day)
    for one in today:
        boards.add(at, board_id, one.plan.terms.number, one.plan.purse, one.period.key)
    outbox.show_card(at, BOARD, board_id, group.chat_id)
    for earlier in boards.before(at, board_id):
        outbox.update_card(at, BOARD, earlier, group.chat_id, urgency=outbox.ANSWER)


def remind_when_due(at: Transaction, waiting: Due) -> None:
    """Remind those who have neither given nor said so, in private."""
    which: Which = "before" if waiting.kind == DUE["before"] else "after"
    today = _of_day(at, waiting.subject, which, date.fromisoformat(waiting.occurrence))
    _remind(at, today, which, waiting.occurrence)
    plan(at, waiting.subject)


def _of_day(at: Reading, group_id: int, which: Which, day: date) -> list[Today]:
    """Return the plans of which a reminder or the board is due on a local day."""
    found = []
    for agreed in book.plans_of(at, group_id):
        period = agreed.current(at.now)
        if local(period.instant(which), agreed.agreement.zone).date() == day:
            found.append(Today(agreed, period))
    return found


def _remind(at: Transaction, today: list[Today], which: Which, day: str) -> None:
    """Remind each household of what is still open of these; where all gives what it can, once."""
    wanted = [one for one in today if which != "after" or one.plan.terms.kind != "open"]
    if not wanted:
        return
    group_id = wanted[0].plan.group.id
    for household_id in store.households_of(at, group_id):
        still_open = [one for one in wanted if _is_open(at, one, household_id)]
        if not still_open:
            continue
        for member in members.of_household(at, household_id):
            if not member.is_asked("contributions"):
                continue
            ways = [Way(one.plan, member, household_id) for one in still_open]
            speaking.say_to(
                at,
                member.person_id,
                f"contributions/reminder_{which}",
                key=f"contribution:{group_id}:{day}:{which}:{member.id}",
                urgency=speaking.UNASKED,
                expires_at=at.now + REMINDER_LATE,
                **due_facts(at, ways),
            )


def _is_wanted(at: Reading, key: str) -> bool:
    """Whether a reminder that waited on its way is still of use to its household.

    `key` is the one under which it was said.
    """
    _, group_id, day, asked, member_id = key.split(":")
    household_id = members.by_id(at, int(member_id)).household_id
    which = next(one for one in WHICH if one == asked)
    today = _of_day(at, int(group_id), which, date.fromisoformat(day))
    return any(_is_open(at, one, household_id) for one in today)


def _is_open(at: Reading, today: Today, household_id: int) -> bool:
    """Whether nobody has said it yet: what waits, or is talked over, needs no word."""
    standing = book.standing(at, today.plan, household_id, today.period.key)
    if standing.is_said or book.gave_together(at, today.plan, household_id, today.period.key):
        return False
    return not store.talks_first(
        at, household_id=household_id, purse=today.plan.purse, period=today.period.key
    )


# -- the board -----------------------------------------------------------------------------------


def _board(at: Reading, card: Card) -> Mapping[str, Any] | None:
    """Draw the group's board of a day: counts, what is there, how to pay. Never who."""
    group = groups.of_chat(at, card.chat_id)
    if group is None:
        return None
    parts = [
        part
        for number, key in boards.periods_on(at, card.subject)
        for part in [_board_part(at, group.id, number, key)]
        if part is not None
    ]
    if not parts:
        return None
    ways_to_pay = list(dict.fromkeys(one["plan"].how_to_pay for one in parts if one["is_open"]))
    return speaking.card_content(
        group.language,
        "contributions/board",
        parts_of_day=parts,
        head=ledger.head(at, group.id),
        is_open=any(one["is_open"] for one in parts),
        how_to_pay=[words for words in ways_to_pay if words],
        to_copy=list(filter(None, map(paying.to_copy, ways_to_pay))),
        links=list(filter(None, map(paying.link, ways_to_pay))),
        code_url=_code_url(at, group.id, [one["plan"] for one in parts if one["is_open"]]),
        url=speaking.link(at, LINK, group.id),
    )


def _code_url(at: Reading, group_id: int, plans: list[Contribution]) -> str:
    """Return the link to the QR picture of a payment link, if any of these plans has one."""
    for terms in plans:
        if paying.code(terms.how_to_pay):
            return speaking.link(at, CODE_LINK, code_number(group_id, terms.number))
    return ""


def _board_part(at: Reading, group_id: int, number: int, key: str) -> dict[str, Any] | None:
    """Return what a board says of one plan's period; None where the plan rests since."""
    try:
        agreed = book.plan_of(at, group_id, number)
    except NoContributions:
        return None
    period = agreed.period(key)
    done, of = book.paid(at, agreed, key)
    return {
        "plan": book.terms_of(at, agreed, period),
        "has_several": len(agreed.agreement.giving) > 1,
        "counted": agreed.commodity,
        "period": key,
        "done": done,
        "of": of,
        "in_purse": book.in_purse(at, agreed.place),
        "is_open": periods.fits(agreed.terms, key) and agreed.current(at.now).key <= key,
    }


CARDS = {BOARD: _board}
WANTED = {"contribution": _is_wanted}
RESULTS: dict[str, Any] = {}
