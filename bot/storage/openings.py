"""Cut-off sheets: what a paper book said, a purse and a thing each, until witnesses confirm it."""

from dataclasses import dataclass

from bot.storage.database import Reading, Row, Transaction


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: who writes it (a member's id), for which purse and commodity, and its claim if said.

    `in_purse_minor`: what the purse holds; None while it is what the households have together.
    """

    id: int
    group_id: int
    made_by: int
    purse: str
    commodity_id: int
    in_purse_minor: int | None
    claim_id: int | None


def open_for(
    at: Transaction, group_id: int, member_id: int, purse: str, commodity_id: int
) -> Sheet:
    """Return a member's open sheet of a purse, begun where there is none.

    A new one begins with what the last one said, should it have been taken back.
    """
    row = at.one(
        "SELECT * FROM opening_sheets WHERE made_by = :by AND purse = :purse"
        " AND commodity_id = :commodity AND claim_id IS NULL",
        by=member_id,
        purse=purse,
        commodity=commodity_id,
    )
    if row is not None:
        return _sheet(row)
    last = at.one(
        "SELECT * FROM opening_sheets WHERE group_id = :group AND purse = :purse"
        " AND commodity_id = :commodity ORDER BY id DESC LIMIT 1",
        group=group_id,
        purse=purse,
        commodity=commodity_id,
    )
    sheet_id = at.insert(
        "INSERT INTO opening_sheets (group_id, made_by, purse, commodity_id, in_purse_minor, since)"
        " VALUES (:group, :by, :purse, :commodity, :holds, :now)",
        group=group_id,
        by=member_id,
        purse=purse,
        commodity=commodity_id,
        holds=None if last is None else last["in_purse_minor"],
        now=at.now_text,
    )
    if last is not None:
        at.run(
            "INSERT INTO opening_lines SELECT :sheet, household_id, amount_minor"
            " FROM opening_lines WHERE sheet_id = :last",
            sheet=sheet_id,
            last=last["id"],
        )
    found = find(at, sheet_id)
    assert found is not None
    return found


def find(at: Reading, sheet_id: int) -> Sheet | None:
    """Return a sheet, if there is one."""
    row = at.one("SELECT * FROM opening_sheets WHERE id = :id", id=sheet_id)
    return None if row is None else _sheet(row)


def of_claim(at: Reading, claim_id: int) -> Sheet | None:
    """Return the sheet that was said as a claim."""
    row = at.one("SELECT * FROM opening_sheets WHERE claim_id = :claim", claim=claim_id)
    return None if row is None else _sheet(row)


def claims_of(at: Reading, group_id: int, purse: str, commodity_id: int) -> list[int]:
    """Return the claims that sheets of a purse and commodity became."""
    return [
        row["claim_id"]
        for row in at.all(
            "SELECT claim_id FROM opening_sheets WHERE group_id = :group AND purse = :purse"
            " AND commodity_id = :commodity AND claim_id IS NOT NULL ORDER BY claim_id",
            group=group_id,
            purse=purse,
            commodity=commodity_id,
        )
    ]


def lines_of(at: Reading, sheet_id: int) -> dict[int, int]:
    """Return what each household has by a sheet, in minor units."""
    return {
        row["household_id"]: row["amount_minor"]
        for row in at.all(
            "SELECT household_id, amount_minor FROM opening_lines WHERE sheet_id = :sheet"
            " ORDER BY household_id",
            sheet=sheet_id,
        )
    }


def put(at: Transaction, sheet_id: int, household_id: int, amount_minor: int) -> None:
    """Write what a household has; 0 takes its line off."""
    at.run(
        "DELETE FROM opening_lines WHERE sheet_id = :sheet AND household_id = :household",
        sheet=sheet_id,
        household=household_id,
    )
    if amount_minor:
        at.run(
            "INSERT INTO opening_lines VALUES (:sheet, :household, :amount)",
            sheet=sheet_id,
            household=household_id,
            amount=amount_minor,
        )


def set_in_purse(at: Transaction, sheet_id: int, amount_minor: int | None) -> None:
    """Write what the purse holds; None: what the households have together."""
    at.run(
        "UPDATE opening_sheets SET in_purse_minor = :amount WHERE id = :id",
        amount=amount_minor,
        id=sheet_id,
    )


def say(at: Transaction, sheet_id: int, claim_id: int) -> None:
    """Note that a sheet is said to witnesses."""
    at.run(
        "UPDATE opening_sheets SET claim_id = :claim WHERE id = :id", claim=claim_id, id=sheet_id
    )


def _sheet(row: Row) -> Sheet:
    return Sheet(
        id=row["id"],
        group_id=row["group_id"],
        made_by=row["made_by"],
        purse=row["purse"],
        commodity_id=row["commodity_id"],
        in_purse_minor=row["in_purse_minor"],
        claim_id=row["claim_id"],
    )
