"""The lists on which a treasurer ticks who has paid, until each is said as a whole."""

from dataclasses import dataclass

from bot.storage.database import Reading, Row, Transaction


@dataclass(frozen=True, slots=True)
class MeetingList:
    """A list: who makes it (a member's id), for which plan (0: all), when, and whether it is said.

    `period` is that of the group's first plan: another one begins another list.
    """

    id: int
    group_id: int
    made_by: int
    plan: int
    period: str
    is_said: bool


def by_id(at: Reading, list_id: int) -> MeetingList | None:
    """Return a list, if there is one."""
    row = at.one("SELECT * FROM meeting_lists WHERE id = :id", id=list_id)
    return None if row is None else _list(row)


def open_for(at: Transaction, *, group_id: int, member_id: int, period: str) -> MeetingList:
    """Return the member's open list, begun anew where there is none of this period."""
    row = at.one("SELECT * FROM meeting_lists WHERE made_by = :by AND state = 'open'", by=member_id)
    if row is not None and row["period"] == period:
        return _list(row)
    if row is not None:
        clear(at, row["id"])
        at.run("DELETE FROM meeting_lists WHERE id = :id", id=row["id"])
    list_id = at.insert(
        "INSERT INTO meeting_lists (group_id, made_by, purse, period, since)"
        " VALUES (:group, :by, '', :period, :now)",
        group=group_id,
        by=member_id,
        period=period,
        now=at.now_text,
    )
    return MeetingList(list_id, group_id, member_id, 0, period, is_said=False)


def add_said(at: Transaction, group_id: int, member_id: int) -> int:
    """Begin what is said to witnesses as one list without ticks, and return its id."""
    return at.insert(
        "INSERT INTO meeting_lists (group_id, made_by, purse, period, state, since)"
        " VALUES (:group, :by, '', '', 'said', :now)",
        group=group_id,
        by=member_id,
        now=at.now_text,
    )


def choose_plan(at: Transaction, list_id: int, plan: int) -> None:
    """Let an open list be for one plan, by its number, or for all (0)."""
    at.run("UPDATE meeting_lists SET plan = :plan WHERE id = :id", plan=plan, id=list_id)


def ticked(at: Reading, list_id: int) -> dict[int, int]:
    """Return the households that are ticked, and how many shares the tick stands for."""
    return {
        row["household_id"]: row["shares"]
        for row in at.all(
            "SELECT household_id, shares FROM meeting_ticks WHERE list_id = :list", list=list_id
        )
    }


def tick(at: Transaction, list_id: int, household_id: int, shares: int) -> None:
    """Tick a household for so many shares (1 where there are none), or take its tick away (0)."""
    at.run(
        "DELETE FROM meeting_ticks WHERE list_id = :list AND household_id = :household",
        list=list_id,
        household=household_id,
    )
    if shares:
        at.run(
            "INSERT INTO meeting_ticks (list_id, household_id, shares)"
            " VALUES (:list, :household, :shares)",
            list=list_id,
            household=household_id,
            shares=shares,
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
        plan=row["plan"],
        period=row["period"],
        is_said=row["state"] == "said",
    )
