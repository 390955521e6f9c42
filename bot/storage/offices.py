"""Who holds which office since when and until when, and who was asked to take one over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from bot.domain.calendar import parse_utc
from bot.domain.offices import OFFICES, Office
from bot.storage import members
from bot.storage.database import Reading, Row, Transaction
from bot.storage.members import Member

OfferState = Literal["asked", "agreed", "declined"]


@dataclass(frozen=True)
class Holding:
    """An office that is held: by whom, since when, and the local day its term ends (or none)."""

    id: int
    office: Office
    member: Member
    since: datetime
    ends: date | None


@dataclass(frozen=True)
class Offer:
    """Somebody who holds an office asks another to take it over."""

    id: int
    group_id: int
    office: Office
    giver: Member
    taker: Member
    state: OfferState


def held(at: Reading, group_id: int) -> list[Holding]:
    """Return every office that is held in a group, the longest serving first."""
    return [
        _holding(at, row)
        for row in at.all(
            "SELECT offices.* FROM offices JOIN members ON members.id = member_id"
            " WHERE offices.group_id = :group AND until IS NULL AND members.state = 'member'"
            " ORDER BY offices.since, offices.id",
            group=group_id,
        )
    ]


def holding_of(at: Reading, member_id: int, office: Office) -> Holding | None:
    """Return the office as a member holds it now, if they do."""
    row = at.one(
        "SELECT * FROM offices WHERE member_id = :member AND office = :office AND until IS NULL",
        member=member_id,
        office=office,
    )
    return None if row is None else _holding(at, row)


def ending(at: Reading, group_id: int, ends: date) -> list[Holding]:
    """Return what is held whose term ends on a local day."""
    return [one for one in held(at, group_id) if one.ends == ends]


def by_office(holdings: Iterable[Holding]) -> dict[Office, list[Holding]]:
    """Return the same by office, in the order in which offices are named."""
    found = list(holdings)
    by = {office: [one for one in found if one.office == office] for office in OFFICES}
    return {office: ones for office, ones in by.items() if ones}


# -- handing over ---------------------------------------------------------------------------------


def offer(at: Transaction, giver: Member, taker: Member, office: Office) -> int:
    """Note that one asks another to take an office over; what they asked before is void."""
    at.run(
        "UPDATE office_offers SET state = 'declined', answered_at = :now"
        " WHERE giver = :giver AND office = :office AND state = 'asked'",
        giver=giver.id,
        office=office,
        now=at.now_text,
    )
    return at.insert(
        "INSERT INTO office_offers (group_id, office, giver, taker, state, asked_at)"
        " VALUES (:group, :office, :giver, :taker, 'asked', :now)",
        group=giver.group_id,
        office=office,
        giver=giver.id,
        taker=taker.id,
        now=at.now_text,
    )


def offer_by_id(at: Reading, offer_id: int) -> Offer | None:
    """Return an offer, answered or not."""
    row = at.one("SELECT * FROM office_offers WHERE id = :id", id=offer_id)
    if row is None:
        return None
    return Offer(
        id=row["id"],
        group_id=row["group_id"],
        office=row["office"],
        giver=members.by_id(at, row["giver"]),
        taker=members.by_id(at, row["taker"]),
        state=row["state"],
    )


def answer(at: Transaction, offer_id: int, state: OfferState) -> None:
    """Note how somebody answered."""
    at.run(
        "UPDATE office_offers SET state = :state, answered_at = :now"
        " WHERE id = :id AND state = 'asked'",
        state=state,
        now=at.now_text,
        id=offer_id,
    )


def _holding(at: Reading, row: Row) -> Holding:
    return Holding(
        id=row["id"],
        office=row["office"],
        member=members.by_id(at, row["member_id"]),
        since=parse_utc(row["since"]),
        ends=None if row["term_ends"] is None else date.fromisoformat(row["term_ends"]),
    )
