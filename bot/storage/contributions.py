"""What members say happened to the group's money, who was asked to confirm it, and who did."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain import contributions as rules
from bot.domain.calendar import parse_utc
from bot.domain.contributions import Event, State, What
from bot.storage import ledger
from bot.storage.database import Reading, Row, Transaction
from bot.storage.ledger import Commodity


@dataclass(frozen=True, slots=True)
class Claim:
    """Something a member says happened; it counts once it is booked.

    `said_by` is a member's id. `household_id` is whose account it is for; a payment for several
    periods begins with `period`.
    """

    id: int
    group_id: int
    kind: str
    said_by: int
    household_id: int | None
    purse: str
    outside: str | None
    commodity: Commodity
    amount_minor: int
    period: str
    day: str
    said_at: datetime
    witnesses: int
    reverses: int | None
    batch: int | None

    @property
    def key(self) -> str:
        """The key under which it is booked: once."""
        return f"claim:{self.id}"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody did not find a payment: one of our words (a code), or their own."""

    code: str | None
    text: str | None
    member_id: int


def add(
    at: Transaction,
    group_id: int,
    *,
    kind: str,
    said_by: int,
    purse: str,
    commodity: Commodity,
    amount_minor: int,
    day: str,
    witnesses: int,
    key: str,
    household_id: int | None = None,
    outside: str | None = None,
    period: str = "",
    note: bytes | None = None,
    reverses: int | None = None,
    batch: int | None = None,
) -> Claim | None:
    """Keep what a member says; None where the same was said already (by its key)."""
    added = at.one(
        "INSERT INTO claims (group_id, kind, said_by, household_id, purse, outside, commodity_id,"
        " amount_minor, period, day, said_at, witnesses, note, reverses, batch, key)"
        " VALUES (:group, :kind, :by, :household, :purse, :outside, :commodity, :amount, :period,"
        " :day, :now, :witnesses, :note, :reverses, :batch, :key)"
        " ON CONFLICT (group_id, key) DO NOTHING RETURNING id",
        group=group_id,
        kind=kind,
        by=said_by,
        household=household_id,
        purse=purse,
        outside=outside,
        commodity=commodity.id,
        amount=amount_minor,
        period=period,
        day=day,
        now=at.now_text,
        witnesses=witnesses,
        note=note,
        reverses=reverses,
        batch=batch,
        key=key,
    )
    if added is None:
        return None
    at.run(
        "INSERT INTO open_claims (claim_id, group_id) VALUES (:claim, :group)",
        claim=added["id"],
        group=group_id,
    )
    return by_id(at, added["id"])


def by_id(at: Reading, claim_id: int) -> Claim:
    """Return a claim. Raises NoSuchPayment."""
    row = at.one("SELECT * FROM claims WHERE id = :id", id=claim_id)
    if row is None:
        raise rules.NoSuchPayment
    return _claim(at, row)


def with_key(at: Reading, group_id: int, key: str) -> Claim | None:
    """Return what was said under a key."""
    row = at.one(
        "SELECT * FROM claims WHERE group_id = :group AND key = :key", group=group_id, key=key
    )
    return None if row is None else _claim(at, row)


def open_of_household(at: Reading, household_id: int, purse: str) -> list[Claim]:
    """Return what is said for a household and purse and not yet over, the oldest first."""
    return [
        _claim(at, row)
        for row in at.all(
            "SELECT claims.* FROM claims JOIN open_claims ON claim_id = claims.id"
            " WHERE household_id = :household AND purse = :purse AND kind = 'contribution'"
            " ORDER BY claims.id",
            household=household_id,
            purse=purse,
        )
    ]


def open_of_group(at: Reading, group_id: int) -> list[Claim]:
    """Return everything said in a group that is not yet over, the oldest first."""
    return [
        _claim(at, row)
        for row in at.all(
            "SELECT claims.* FROM open_claims JOIN claims ON claims.id = claim_id"
            " WHERE open_claims.group_id = :group ORDER BY claims.id",
            group=group_id,
        )
    ]


def keep_photo(at: Transaction, claim: Claim, person_id: int, photo: str) -> None:
    """Keep the photo (Telegram's file id) that somebody sent with what they said, sealed."""
    at.run(
        "INSERT INTO claim_photos (claim_id, photo) VALUES (:claim, :photo)",
        claim=claim.id,
        photo=at.seal_for(person_id, photo),
    )


def photo_of(at: Reading, claim: Claim) -> str | None:
    """Return the photo of a claim (Telegram's file id); None where there is none any more."""
    row = at.one(
        "SELECT photo, person_id FROM claim_photos JOIN claims ON claims.id = claim_id"
        " JOIN members ON members.id = said_by WHERE claim_id = :claim",
        claim=claim.id,
    )
    return None if row is None else at.open_for(row["person_id"], row["photo"])


def of_batch(at: Reading, batch: int) -> list[Claim]:
    """Return what was said together on one list, in order."""
    return [
        _claim(at, row)
        for row in at.all("SELECT * FROM claims WHERE batch = :batch ORDER BY id", batch=batch)
    ]


def open_reversal(at: Reading, group_id: int, seq: int) -> bool:
    """Whether somebody said that an entry is a mistake, and it is not over."""
    return (
        at.one(
            "SELECT 1 FROM open_claims JOIN claims ON claims.id = claim_id"
            " WHERE open_claims.group_id = :group AND reverses = :seq",
            group=group_id,
            seq=seq,
        )
        is not None
    )


def count_reversals(at: Reading, group_id: int, seq: int) -> int:
    """Return how often somebody said that an entry is a mistake."""
    count: int = at.value(
        "SELECT count(*) FROM claims WHERE group_id = :group AND reverses = :seq",
        group=group_id,
        seq=seq,
    )
    return count


def note_of(at: Reading, claim: Claim) -> str | None:
    """Return why it was said; None where nothing was, or its author is forgotten."""
    row = at.one(
        "SELECT note, person_id FROM claims JOIN members ON members.id = said_by"
        " WHERE claims.id = :id",
        id=claim.id,
    )
    return None if row is None else at.open_for(row["person_id"], row["note"])


def close(at: Transaction, claim_id: int) -> None:
    """Take a claim off the list of those that wait: it is booked or withdrawn."""
    at.run("DELETE FROM open_claims WHERE claim_id = :claim", claim=claim_id)


def note(at: Transaction, claim: Claim, member_id: int, what: What) -> None:
    """Note what a member did about a claim."""
    _note(at, claim, member_id, what, code=None, sealed=None)


def dispute(at: Transaction, claim: Claim, member_id: int, reason: Reason, person_id: int) -> None:
    """Note that a witness did not find a payment, and why; their words are sealed for them."""
    sealed = None if reason.text is None else at.seal_for(person_id, reason.text)
    _note(at, claim, member_id, "disputed", code=reason.code, sealed=sealed)


def _note(
    at: Transaction,
    claim: Claim,
    member_id: int,
    what: What,
    *,
    code: str | None,
    sealed: bytes | None,
) -> None:
    at.run(
        "INSERT INTO claim_events (claim_id, member_id, what, reason_code, reason, happened_at)"
        " VALUES (:claim, :member, :what, :code, :reason, :now) ON CONFLICT DO NOTHING",
        claim=claim.id,
        member=member_id,
        what=what,
        code=code,
        reason=sealed,
        now=at.now_text,
    )


def events_of(at: Reading, claim_id: int) -> list[Event]:
    """Return what happened to a claim, in order."""
    return [
        Event(row["what"], row["member_id"])
        for row in at.all(
            "SELECT what, member_id FROM claim_events WHERE claim_id = :claim ORDER BY id",
            claim=claim_id,
        )
    ]


def confirmed_at(at: Reading, claim_id: int, member_id: int) -> str:
    """Return when a member confirmed a claim (UTC, as stored)."""
    found: str = at.value(
        "SELECT happened_at FROM claim_events"
        " WHERE claim_id = :claim AND member_id = :member AND what = 'confirmed'",
        claim=claim_id,
        member=member_id,
    )
    return found


def last_reason(at: Reading, claim_id: int) -> Reason | None:
    """Return why a claim was last disputed."""
    row = at.one(
        "SELECT reason_code, reason, member_id, person_id FROM claim_events"
        " JOIN members ON members.id = member_id"
        " WHERE claim_id = :claim AND what = 'disputed' ORDER BY claim_events.id DESC LIMIT 1",
        claim=claim_id,
    )
    if row is None:
        return None
    return Reason(
        row["reason_code"], at.open_for(row["person_id"], row["reason"]), row["member_id"]
    )


def booked_as(at: Reading, claim: Claim) -> int | None:
    """Return the seq of the entry a claim became."""
    return ledger.entry_with_key(at, claim.group_id, claim.key)


def state_of(at: Reading, claim: Claim) -> State:
    """Return where a claim stands."""
    return rules.state_of(events_of(at, claim.id), booked=booked_as(at, claim) is not None)


# -- witnesses ---------------------------------------------------------------------------------


def may_witness(at: Reading, claim: Claim, member_id: int) -> bool:
    """Whether a member is independent of a claim.

    Not who said it, nor of the household it is for, nor anybody who ever shared a household with
    either: a household that is split the evening before is still one.
    """
    return (
        at.one(
            "SELECT 1 FROM household_ties AS theirs WHERE theirs.member_id = :member"
            " AND theirs.household_id IN (SELECT household_id FROM household_ties"
            "  WHERE member_id = :by UNION SELECT :household)",
            member=member_id,
            by=claim.said_by,
            household=claim.household_id,
        )
        is None
        and member_id != claim.said_by
    )


def ask(at: Transaction, claim: Claim, member_id: int) -> None:
    """Note that a witness was asked."""
    at.run(
        "INSERT INTO witness_requests (claim_id, member_id, asked_at)"
        " VALUES (:claim, :member, :now) ON CONFLICT DO NOTHING",
        claim=claim.id,
        member=member_id,
        now=at.now_text,
    )


def asked(at: Reading, claim_id: int) -> list[int]:
    """Return the ids of the members who were asked to witness a claim, in order."""
    return [
        row["member_id"]
        for row in at.all(
            "SELECT member_id FROM witness_requests WHERE claim_id = :claim"
            " ORDER BY asked_at, member_id",
            claim=claim_id,
        )
    ]


def last_asked(at: Reading, member_id: int) -> str:
    """Return when a member was last asked to witness anything, "" for never: whose turn it is."""
    found: str | None = at.value(
        "SELECT max(asked_at) FROM witness_requests WHERE member_id = :member", member=member_id
    )
    return found or ""


# -- households -------------------------------------------------------------------------------


def households_of(at: Reading, group_id: int) -> list[int]:
    """Return the ids of the group's households that have members, by their first member's number.

    A household counts once.
    """
    return [
        row["household_id"]
        for row in at.all(
            "SELECT household_id FROM members WHERE group_id = :group AND state = 'member'"
            " GROUP BY household_id ORDER BY min(number)",
            group=group_id,
        )
    ]


def is_household_of(at: Reading, group_id: int, household_id: int) -> bool:
    """Whether a household is of the group and has members."""
    return (
        at.one(
            "SELECT 1 FROM members WHERE group_id = :group AND household_id = :household"
            " AND state = 'member'",
            group=group_id,
            household=household_id,
        )
        is not None
    )


def grew_from(at: Reading, household_id: int) -> list[int]:
    """Return a household and those whose accounts it carries on.

    Whoever moves in with somebody brings what their own household gave: one that nobody is in any
    more goes on in the household where its first member (by number) is now. So each is in one.
    """
    return [
        household_id,
        *(
            row["household_id"]
            for row in at.all(
                "SELECT DISTINCT ties.household_id FROM members"
                " JOIN household_ties AS ties ON ties.member_id = members.id"
                " WHERE members.household_id = :household AND ties.household_id != :household"
                " AND NOT EXISTS (SELECT 1 FROM members AS still"
                "  WHERE still.household_id = ties.household_id AND still.state = 'member')"
                " AND :household = (SELECT first.household_id FROM household_ties AS of_it"
                "  JOIN members AS first ON first.id = of_it.member_id"
                "  WHERE of_it.household_id = ties.household_id ORDER BY first.number LIMIT 1)"
                " ORDER BY ties.household_id",
                household=household_id,
            )
        ),
    ]


def talk_first(
    at: Transaction, *, household_id: int, purse: str, period: str, member_id: int
) -> None:
    """Note that a household would rather talk: no more reminders for the period."""
    at.run(
        "INSERT INTO contribution_talks (household_id, purse, period, member_id, since)"
        " VALUES (:household, :purse, :period, :member, :now) ON CONFLICT DO NOTHING",
        household=household_id,
        purse=purse,
        period=period,
        member=member_id,
        now=at.now_text,
    )


def talks_first(at: Reading, *, household_id: int, purse: str, period: str) -> bool:
    """Whether a household would rather talk about the period."""
    return (
        at.one(
            "SELECT 1 FROM contribution_talks WHERE household_id = :household AND purse = :purse"
            " AND period = :period",
            household=household_id,
            purse=purse,
            period=period,
        )
        is not None
    )


def _claim(at: Reading, row: Row) -> Claim:
    return Claim(
        id=row["id"],
        group_id=row["group_id"],
        kind=row["kind"],
        said_by=row["said_by"],
        household_id=row["household_id"],
        purse=row["purse"],
        outside=row["outside"],
        commodity=ledger.commodity(at, row["commodity_id"]),
        amount_minor=row["amount_minor"],
        period=row["period"],
        day=row["day"],
        said_at=parse_utc(row["said_at"]),
        witnesses=row["witnesses"],
        reverses=row["reverses"],
        batch=row["batch"],
    )
