"""What a household has saved in a purse, and getting some of it back: shares are crossed out."""

from typing import Final

from bot.domain.errors import Refusal
from bot.domain.shares import Returned, returned
from bot.practices import book
from bot.practices.book import Place
from bot.storage import groups, ledger
from bot.storage.contributions import Claim
from bot.storage.database import Reading, Transaction
from bot.storage.ledger import Commodity, Line

#: Purses that are given to, not saved in: nobody gets a part of them back.
NOT_SAVED: Final = frozenset({"social_fund"})


class NotSoMuchSaved(Refusal):
    """A household would get back more than it saved. Facts: saved, counted (its commodity)."""


def of_household(
    at: Reading, group_id: int, purse: str, commodity: Commodity, household_id: int
) -> int:
    """Return what a household has in a purse, with what is kept towards its next share."""
    if purse in NOT_SAVED:
        return 0
    names = (purse, book.kept_name(purse))
    return sum(book.given_by(at, Place(group_id, name, commodity), household_id) for name in names)


def require(
    at: Reading,
    group_id: int,
    purse: str,
    commodity: Commodity,
    *,
    household_id: int,
    amount_minor: int,
) -> None:
    """Hold what is given back to what was saved. Raises NotSoMuchSaved."""
    there = of_household(at, group_id, purse, commodity, household_id)
    if there < amount_minor:
        raise NotSoMuchSaved(saved=there, counted=commodity)


def lines_back(at: Transaction, claim: Claim) -> list[Line]:
    """Return the lines by which a household gets back what it saved. Raises NotSoMuchSaved."""
    household_id = claim.household_id
    assert household_id is not None
    require(
        at,
        claim.group_id,
        claim.purse,
        claim.commodity,
        household_id=household_id,
        amount_minor=claim.amount_minor,
    )
    purse = ledger.account(at, claim.group_id, "purse", claim.purse)
    own = ledger.account(at, claim.group_id, "household", claim.purse, household_id)
    gets = _gets(at, claim, household_id)
    lines = [
        Line(purse, claim.commodity, -claim.amount_minor),
        Line(own, claim.commodity, gets.for_shares),
    ]
    if gets.from_kept:
        name = book.kept_name(claim.purse)
        kept = ledger.account(at, claim.group_id, "household", name, household_id)
        lines.append(Line(kept, claim.commodity, gets.from_kept))
    if gets.shares:
        counted = ledger.shares(at, claim.group_id)
        lines += [Line(own, counted, gets.shares), Line(purse, counted, -gets.shares)]
    return [one for one in lines if one.amount_minor]


def _gets(at: Reading, claim: Claim, household_id: int) -> Returned:
    """Return what an amount given back is made of: what was kept first, then whole shares."""
    kept = book.given_by(
        at, Place(claim.group_id, book.kept_name(claim.purse), claim.commodity), household_id
    )
    price, from_kept = _price(at, claim), min(kept, claim.amount_minor)
    gets = Returned(0, 0, 0) if price is None else returned(claim.amount_minor, price, kept)
    shares = _shares(at, claim, household_id)
    if price is None or gets.shares > shares:  # some of it was saved before there were shares
        return Returned(min(gets.shares, shares), claim.amount_minor - from_kept, from_kept)
    return gets


def _shares(at: Reading, claim: Claim, household_id: int) -> int:
    counted = ledger.commodity_named(at, claim.group_id, ledger.SHARES)
    if counted is None:
        return 0
    return book.given_by(at, Place(claim.group_id, claim.purse, counted), household_id)


def _price(at: Reading, claim: Claim) -> int | None:
    """Return the price of a share of a purse; None where it has none."""
    for terms in groups.agreement(at, claim.group_id).plans:
        if terms.purse == claim.purse and terms.kind == "shares":
            return terms.amount_minor
    return None
