"""What a household means to give each time, where the group agreed that each gives what they can.

A pledge is an intention: nothing is due by it, and it may be changed or ended at any time.
"""

from bot.storage.database import Reading, Transaction


def of_household(at: Reading, household_id: int, plan: int) -> int:
    """Return a household's pledge in minor units; 0 where it made none."""
    found: int | None = at.value(
        "SELECT amount_minor FROM pledges WHERE household_id = :household AND plan = :plan",
        household=household_id,
        plan=plan,
    )
    return found or 0


def keep(at: Transaction, household_id: int, plan: int, amount_minor: int) -> None:
    """Keep a household's pledge in place of the one before; 0 ends it."""
    at.run(
        "DELETE FROM pledges WHERE household_id = :household AND plan = :plan",
        household=household_id,
        plan=plan,
    )
    if amount_minor:
        at.run(
            "INSERT INTO pledges VALUES (:household, :plan, :amount, :now)",
            household=household_id,
            plan=plan,
            amount=amount_minor,
            now=at.now_text,
        )
