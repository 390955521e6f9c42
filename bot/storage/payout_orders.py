"""What a group decided to pay out: an order each, until who keeps the money says that it was."""

from dataclasses import dataclass

from bot.storage.database import Reading, Row, Transaction


@dataclass(frozen=True)
class Order:
    """An amount (minor units) to be paid out of a purse; no household: a cost.

    `place` is the choice's it was allotted to; `claim_id` what was said about it, if it was.
    """

    id: int
    decision_id: int
    group_id: int
    place: int
    purse: str
    household_id: int | None
    currency: str
    amount_minor: int
    claim_id: int | None


_ORDERS = (
    "SELECT payout_orders.*, group_id FROM payout_orders"
    " JOIN decisions ON decisions.id = decision_id"
)


def add(
    at: Transaction,
    decision_id: int,
    place: int,
    *,
    purse: str,
    household_id: int | None,
    currency: str,
    amount_minor: int,
) -> int:
    """Add what was decided to be paid out; return its id."""
    return at.insert(
        "INSERT INTO payout_orders (decision_id, place, purse, household_id, currency,"
        " amount_minor) VALUES (:decision, :place, :purse, :household, :currency, :amount)",
        decision=decision_id,
        place=place,
        purse=purse,
        household=household_id,
        currency=currency,
        amount=amount_minor,
    )


def find(at: Reading, order_id: int) -> Order | None:
    """Return the order of an id."""
    row = at.one(f"{_ORDERS} WHERE payout_orders.id = :id", id=order_id)
    return None if row is None else _order(row)


def of_decision(at: Reading, decision_id: int) -> list[Order]:
    """Return what one decision has to be paid out, in the order of its choices."""
    return [
        _order(row)
        for row in at.all(
            f"{_ORDERS} WHERE decision_id = :decision ORDER BY place", decision=decision_id
        )
    ]


def waiting_minor(at: Reading, group_id: int, purse: str, currency: str) -> int:
    """Return how much of a purse is decided to be paid out and not yet said to be."""
    found: int = at.value(
        "SELECT coalesce(sum(amount_minor), 0) FROM payout_orders"
        " JOIN decisions ON decisions.id = decision_id WHERE group_id = :group"
        " AND purse = :purse AND currency = :currency AND claim_id IS NULL",
        group=group_id,
        purse=purse,
        currency=currency,
    )
    return found


def keep_claim(at: Transaction, order_id: int, claim_id: int | None) -> None:
    """Keep what was said about an order; none: what was said was taken back."""
    at.run("UPDATE payout_orders SET claim_id = :claim WHERE id = :id", claim=claim_id, id=order_id)


def _order(row: Row) -> Order:
    return Order(
        id=row["id"],
        decision_id=row["decision_id"],
        group_id=row["group_id"],
        place=row["place"],
        purse=row["purse"],
        household_id=row["household_id"],
        currency=row["currency"],
        amount_minor=row["amount_minor"],
        claim_id=row["claim_id"],
    )
