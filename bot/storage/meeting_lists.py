"""The lists on which a treasurer ticks who has paid, until each is said as a whole."""

from dataclasses import dataclass

from bot.storage.database import Reading, Row, Transaction


@dataclass(frozen=True, slots=True)
class MeetingList:
    """A list: who makes it (a member's id), for which purse and period, and whether it is said."""

    id: int
    group_id: int
    made_by: int
    purse: str
    period: str
    is_said: bool


def by_id(at: Reading, list_id: int) -> MeetingList | None:
    """Return a list, if there is one."""
    row = at.one("SELECT * FROM meeting_lists WHERE id = :id", id=list_id)
    return None if row is None else _list(row)


def open_for(
    at: Transaction, *, group_id: int, member_id: int, purse: str, period: str
) -> MeetingList:
    """Return the member's open list of a purse, begun anew where there is none of this period."""
    row = at.one(
        "SELECT * FROM meeting_lists WHERE made_by = :by AND purse = :purse AND state = 'open'",
        by=member_id,
        purse=purse,
    )
    if row is not None and row["period"] == period:
        return _list(row)
    if row is not None:
        clear(at, row["id"])
        at.run("DELETE FROM meeting_lists WHERE id = :id", id=row["id"])
    list_id = at.insert(
        "INSERT INTO meeting_lists (group_id, made_by, purse, period, since)"
        " VALUES (:group, :by, :purse, :period, :now)",
        group=group_id,
        by=member_id,
        purse=purse,
        period=period,
        now=at.now_text,
    )
    return MeetingList(list_id, group_id, member_id, purse, period, is_said=False)


def ticked(at: Reading, list_id: int) -> set[int]:
    """Return the households that are ticked."""
    return {
        row["household_id"]
        for row in at.all(
            "SELECT household_id FROM meeting_ticks WHERE list_id = :list", list=list_id
        )
    }


def tick(at: Transaction, list_id: int, household_id: int) -> None:
    """Tick a household, or take its tick away."""
    if not at.run(
        "DELETE FROM meeting_ticks WHERE list_id = :list AND household_id = :household",
        list=list_id,
        household=household_id,
    ):
        at.run(
            "INSERT INTO meeting_ticks VALUES (:list, :household)",
            list=list_id,
            household=household_id,
        )


def tick_all(at: Transaction, list_id: int, households: list[int]) -> None:
    """Tick all of these households."""
    for household_id in households:
        at.run(
            "INSERT INTO meeting_ticks VALUES (:list, :household) ON CONFLICT DO NOTHING",
            list=list_id,
            household=household_id,
        )


def clear(at: Transaction, list_id: int) -> None:
    """Take every tick away."""
    at.run("DELETE FROM meeting_ticks WHERE list_id = :list", list=list_id)


def say(at: Transaction, list_id: int) -> None:
    """Note that a list is said as a whole: nothing is ticked on it any more."""
    at.run("UPDATE meeting_lists SET state = 'said' WHERE id = :id", id=list_id)


def _list(row: Row) -> MeetingList:
    return MeetingList(
        id=row["id"],
        group_id=row["group_id"],
        made_by=row["made_by"],
        purse=row["purse"],
        period=row["period"],
        is_said=row["state"] == "said",
    )
