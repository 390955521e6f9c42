"""What a cut-off sheet says, as lines of the book, and to those whom it concerns."""

from typing import Any, Final

from bot.domain.openings import Totals
from bot.domain.plans import Contribution
from bot.domain.shares import bought
from bot.practices import book
from bot.storage import groups, ledger, members, openings as sheets
from bot.storage.contributions import Claim
from bot.storage.database import Reading, Transaction
from bot.storage.ledger import Line
from bot.storage.members import Member
from bot.storage.openings import Sheet

BEFORE: Final = "before"  # the account outside: what came in or was spent before the bot


def totals(at: Reading, sheet: Sheet) -> Totals:
    """Return what a sheet adds up to."""
    of_households = sum(sheets.lines_of(at, sheet.id).values())
    held = sheet.in_purse_minor
    return Totals(of_households, of_households if held is None else held)


def facts_of(at: Reading, claim: Claim) -> dict[str, Any]:
    """Return what a sheet says, for those who are to confirm it; nothing for any other claim."""
    sheet = None if claim.kind != "opening" else sheets.of_claim(at, claim.id)
    if sheet is None:
        return {"sheet": None}
    return {
        "sheet": totals(at, sheet),
        "sheet_lines": [
            (book.household_names(at, household_id), amount)
            for household_id, amount in sheets.lines_of(at, sheet.id).items()
        ],
    }


def lines_of(at: Transaction, claim: Claim) -> list[Line]:
    """Return the lines that a sheet makes; where the purse is in shares, shares beside the money.

    What is less than a share is kept for the household, whatever is agreed from now on.
    """
    sheet = sheets.of_claim(at, claim.id)
    assert sheet is not None
    terms = _in_shares(at, claim)
    found = totals(at, sheet)
    purse = ledger.account(at, claim.group_id, "purse", claim.purse)
    lines = [Line(purse, claim.commodity, found.in_purse)]
    if found.before:
        outside = ledger.account(at, claim.group_id, "outside", BEFORE)
        lines.append(Line(outside, claim.commodity, -found.before))
    shares = 0
    for household_id, amount_minor in sheets.lines_of(at, sheet.id).items():
        own = ledger.account(at, claim.group_id, "household", claim.purse, household_id)
        if terms is None:
            lines.append(Line(own, claim.commodity, -amount_minor))
            continue
        buys = bought(amount_minor, terms.amount_minor)
        shares += buys.shares
        kept = ledger.account(
            at, claim.group_id, "household", book.kept_name(claim.purse), household_id
        )
        lines += [
            Line(own, claim.commodity, -buys.for_shares),
            Line(kept, claim.commodity, -buys.rest),
            Line(own, ledger.shares(at, claim.group_id), -buys.shares),
        ]
    if shares:
        lines.append(Line(purse, ledger.shares(at, claim.group_id), shares))
    return [one for one in lines if one.amount_minor]


def _in_shares(at: Reading, claim: Claim) -> Contribution | None:
    """Return the plan by which the purse is in shares, if it is one and they are of money."""
    if claim.commodity.unit is not None:
        return None
    for terms in groups.agreement(at, claim.group_id).plans:
        if terms.purse == claim.purse and terms.kind == "shares" and not terms.rests:
            return terms
    return None


def concerned(at: Reading, claim: Claim) -> list[Member]:
    """Return the members of every household that a sheet has a line of."""
    sheet = sheets.of_claim(at, claim.id)
    if sheet is None:
        return []
    return [
        member
        for household_id in sheets.lines_of(at, sheet.id)
        for member in members.of_household(at, household_id)
    ]


def line_of(at: Reading, claim: Claim, household_id: int) -> int:
    """Return what a sheet says a household has."""
    sheet = sheets.of_claim(at, claim.id)
    return 0 if sheet is None else sheets.lines_of(at, sheet.id).get(household_id, 0)
