"""How what was said and witnessed gets into the book: once, with a receipt to those concerned.

Every practice that moves the group's money or work says so as a claim (practices/witnessing.py).
"""

from typing import Final, Literal

from bot.domain import contributions as rules
from bot.domain.ledger import Confirmation, Entry
from bot.practices import book, opening_lines, receipts, saved
from bot.practices.book import Plan
from bot.storage import (
    boards,
    contributions as store,
    entries,
    groups,
    ledger,
    members,
    outbox,
    work_days,
)
from bot.storage.contributions import Claim
from bot.storage.database import Transaction
from bot.storage.groups import Group
from bot.storage.ledger import Line

GIFTS: Final = "gifts"  # a household's account of what it was given
BOARD: Final = "contributions"  # the card in the group; its subject is the board
WORK_DAY: Final = "work_day"  # the card of a work day; its subject is the work day
SOCIAL_FUND: Final = "social_fund"


def book_claim(at: Transaction, claim: Claim) -> Entry:
    """Put a claim that its witnesses confirmed into the book, and tell those concerned.

    Raises PurseTooLow where it would take out more than is there now.
    """
    lines = _lines(at, claim)
    book.require_in_purse(at, lines)
    recorder = members.by_id(at, claim.said_by)
    note = store.note_of(at, claim)
    entry = ledger.add(
        at,
        claim.group_id,
        kind=claim.kind,
        day=claim.day,
        recorded_by=recorder.number,
        witnesses=claim.witnesses,
        key=claim.key,
        confirmations=[
            Confirmation(
                members.by_id(at, member_id).number,
                store.confirmed_at(at, claim.id, member_id),
            )
            for member_id in rules.confirmers(store.events_of(at, claim.id))
        ],
        lines=lines,
        note=note,
        noted_by=None if note is None else recorder.person_id,
        reverses=claim.reverses,
    )
    store.close(at, claim.id)
    periods = sorted({line.period for line in lines if line.period})
    receipts.give(at, claim, entry, periods)
    group = groups.by_id(at, claim.group_id)
    show_boards(at, group, claim.purse, periods)
    work = None if claim.batch is None else work_days.of_list(at, claim.batch)
    if work is not None:
        outbox.update_card(at, WORK_DAY, work.id, group.chat_id, urgency=outbox.ANSWER)
    return entry


def _lines(at: Transaction, claim: Claim) -> list[Line]:
    """Return the lines that a claim makes, by what it says happened."""
    if claim.reverses is not None:
        return entries.lines_to_reverse(at, claim.group_id, claim.reverses)
    if claim.kind in {"contribution", "work"}:
        return _contribution_lines(at, claim)
    if claim.kind == "opening":
        return opening_lines.lines_of(at, claim)
    if claim.kind == "back":
        return saved.lines_back(at, claim)
    purse = ledger.account(at, claim.group_id, "purse", claim.purse)
    out = -1 if claim.kind == "income" else 1  # what leaves a purse comes to the other account
    return [
        Line(purse, claim.commodity, -out * claim.amount_minor),
        Line(_other_account(at, claim), claim.commodity, out * claim.amount_minor),
    ]


def _other_account(at: Transaction, claim: Claim) -> int:
    """Return where something goes that leaves a purse, or comes from that enters it."""
    if claim.kind == "gift":
        return ledger.account(at, claim.group_id, "household", GIFTS, claim.household_id)
    assert claim.outside is not None
    kind: Literal["purse", "outside"] = "purse" if claim.kind == "move" else "outside"
    return ledger.account(at, claim.group_id, kind, claim.outside)


def _contribution_lines(at: Transaction, claim: Claim) -> list[Line]:
    """Return what a household gives, period by period; shares are counted beside their money.

    What is less than a share is kept towards the next one, or goes to the social fund.
    """
    plan = book.plan_of_claim(at, claim) if claim.kind == "contribution" else None
    household_id = claim.household_id
    assert household_id is not None
    if plan is None:  # agreed otherwise since: it stays as said
        covers = book.Covering(((claim.period, claim.amount_minor),))
    else:
        covers = book.covering(at, plan, household_id, claim.period, claim.amount_minor)
    purse = ledger.account(at, claim.group_id, "purse", claim.purse)
    own = ledger.account(at, claim.group_id, "household", claim.purse, household_id)
    lines = [Line(own, claim.commodity, -part, key) for key, part in covers.parts]
    if plan is None or plan.terms.kind != "shares":
        return [*lines, Line(purse, claim.commodity, claim.amount_minor)]
    lines += _rest_lines(at, claim, plan, covers.rest)
    return lines + _share_lines(at, claim, plan, covers)


def _rest_lines(at: Transaction, claim: Claim, plan: Plan, rest: int) -> list[Line]:
    """Return what the purse gets, and where what is less than a share goes."""
    household_id = claim.household_id
    assert household_id is not None
    to_social = 0 if plan.terms.keeps_rest else rest
    purse = ledger.account(at, claim.group_id, "purse", claim.purse)
    moved = [(purse, claim.amount_minor - to_social)]
    if to_social:
        own = ledger.account(at, claim.group_id, "household", SOCIAL_FUND, household_id)
        social = ledger.account(at, claim.group_id, "purse", SOCIAL_FUND)
        moved += [(own, -to_social), (social, to_social)]
    else:
        # What was kept and is not any more counts towards shares; what is kept now not yet.
        name = book.kept_name(claim.purse)
        kept = ledger.account(at, claim.group_id, "household", name, household_id)
        moved.append((kept, book.kept_by(at, plan, household_id) - rest))
    return [Line(account, claim.commodity, amount) for account, amount in moved if amount]


def _share_lines(at: Transaction, claim: Claim, plan: Plan, covers: book.Covering) -> list[Line]:
    """Return the shares that were bought, period by period."""
    if not covers.shares:
        return []
    counted, price = ledger.shares(at, claim.group_id), plan.terms.amount_minor
    own = ledger.account(at, claim.group_id, "household", claim.purse, claim.household_id)
    purse = ledger.account(at, claim.group_id, "purse", claim.purse)
    return [
        *(Line(own, counted, -(part // price), key) for key, part in covers.parts),
        Line(purse, counted, covers.shares),
    ]


def show_boards(at: Transaction, group: Group, purse: str, keys: list[str]) -> None:
    """Bring the boards on which a purse's periods stand up to date, and the newest of all."""
    found = {boards.newest(at, group.id), *boards.with_periods(at, group.id, purse, keys)}
    for board_id in sorted(filter(None, found)):
        outbox.update_card(at, BOARD, board_id, group.chat_id, urgency=outbox.ANSWER)
