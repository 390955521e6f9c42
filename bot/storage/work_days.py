"""Work days as they are stored: their needs, who comes and brings what, what was done."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.domain.work_days import NeedWritten
from bot.storage.database import Reading, Row, Transaction

State = Literal["draft", "called", "said", "off"]


@dataclass(frozen=True, slots=True)
class WorkDay:
    """A work day. `called_by` is a member's id; `day` is local (None while it is a draft)."""

    id: int
    group_id: int
    called_by: int
    title: str
    day: date | None
    hour: int
    state: State
    list_id: int | None


@dataclass(frozen=True, slots=True)
class Need:
    """Something that is needed: how much (hundredths) of what, and how much of it is promised."""

    id: int
    unit: str
    amount_minor: int
    promised_minor: int

    @property
    def missing_minor(self) -> int:
        """What nobody has promised yet."""
        return max(0, self.amount_minor - self.promised_minor)


@dataclass(frozen=True, slots=True)
class Done:
    """What a member did (`need_id` 0: hours) or brought, in hundredths."""

    member_id: int
    need_id: int
    amount_minor: int


def add(at: Transaction, group_id: int, member_id: int, title: str) -> int:
    """Begin a work day as a draft, and return its id."""
    return at.insert(
        "INSERT INTO work_days (group_id, called_by, title, since)"
        " VALUES (:group, :by, :title, :now)",
        group=group_id,
        by=member_id,
        title=at.key.payloads.close(title),
        now=at.now_text,
    )


def find(at: Reading, day_id: int) -> WorkDay | None:
    """Return a work day, if there is one."""
    row = at.one("SELECT * FROM work_days WHERE id = :id", id=day_id)
    return None if row is None else _work_day(at, row)


def of_list(at: Reading, list_id: int) -> WorkDay | None:
    """Return the work day whose work is said in a list."""
    row = at.one("SELECT * FROM work_days WHERE list_id = :list", list=list_id)
    return None if row is None else _work_day(at, row)


def coming(at: Reading, group_id: int, since: date) -> list[WorkDay]:
    """Return a group's work days from a local day on, and those whose work is not said yet."""
    return [
        _work_day(at, row)
        for row in at.all(
            "SELECT * FROM work_days WHERE group_id = :group"
            " AND (state = 'called' OR state = 'said' AND day >= :since) ORDER BY day, id",
            group=group_id,
            since=since.isoformat(),
        )
    ]


def set_day(at: Transaction, day_id: int, day: date) -> None:
    """Choose the day of a draft."""
    at.run("UPDATE work_days SET day = :day WHERE id = :id", day=day.isoformat(), id=day_id)


def set_hour(at: Transaction, day_id: int, hour: int) -> None:
    """Choose the hour of a draft."""
    at.run("UPDATE work_days SET hour = :hour WHERE id = :id", hour=hour, id=day_id)


def set_state(at: Transaction, day_id: int, state: State, list_id: int | None = None) -> None:
    """Note that a work day is called, called off, or said to witnesses as a list."""
    at.run(
        "UPDATE work_days SET state = :state, list_id = coalesce(:list, list_id) WHERE id = :id",
        state=state,
        list=list_id,
        id=day_id,
    )


def add_need(at: Transaction, day_id: int, need: NeedWritten) -> None:
    """Add something that is needed."""
    at.run(
        "INSERT INTO work_needs (work_day_id, unit, amount_minor) VALUES (:day, :unit, :amount)",
        day=day_id,
        unit=at.key.payloads.close(need.unit),
        amount=need.amount_minor,
    )


def remove_need(at: Transaction, day_id: int, need_id: int) -> None:
    """Take something off the needs of a draft."""
    at.run("DELETE FROM work_needs WHERE id = :id AND work_day_id = :day", id=need_id, day=day_id)


def needs_of(at: Reading, day_id: int) -> list[Need]:
    """Return what is needed, in the order in which it was written."""
    return [
        Need(
            row["id"],
            at.key.payloads.open(row["unit"]),
            row["amount_minor"],
            row["promised"],
        )
        for row in at.all(
            "SELECT work_needs.*, (SELECT coalesce(sum(amount_minor), 0) FROM work_brings"
            " WHERE need_id = work_needs.id) AS promised FROM work_needs"
            " WHERE work_day_id = :day ORDER BY id",
            day=day_id,
        )
    ]


def day_of_need(at: Reading, need_id: int) -> int | None:
    """Return the work day that a need is of."""
    found: int | None = at.value("SELECT work_day_id FROM work_needs WHERE id = :id", id=need_id)
    return found


def comers(at: Reading, day_id: int) -> list[int]:
    """Return the ids of the members who come, the first first."""
    return [
        row["member_id"]
        for row in at.all(
            "SELECT member_id FROM work_comers WHERE work_day_id = :day ORDER BY since, member_id",
            day=day_id,
        )
    ]


def come(at: Transaction, day_id: int, member_id: int) -> bool:
    """Note that a member comes, or does not any more; return whether they come now."""
    if at.run(
        "DELETE FROM work_comers WHERE work_day_id = :day AND member_id = :member",
        day=day_id,
        member=member_id,
    ):
        return False
    at.run(
        "INSERT INTO work_comers VALUES (:day, :member, :now)",
        day=day_id,
        member=member_id,
        now=at.now_text,
    )
    return True


def bring(at: Transaction, need_id: int, member_id: int, amount_minor: int) -> None:
    """Note how much of something a member brings; 0 takes it back."""
    at.run(
        "DELETE FROM work_brings WHERE need_id = :need AND member_id = :member",
        need=need_id,
        member=member_id,
    )
    if amount_minor:
        at.run(
            "INSERT INTO work_brings VALUES (:need, :member, :amount)",
            need=need_id,
            member=member_id,
            amount=amount_minor,
        )


def brings_of(at: Reading, day_id: int) -> list[Done]:
    """Return who brings what."""
    return [
        Done(row["member_id"], row["need_id"], row["amount_minor"])
        for row in at.all(
            "SELECT work_brings.* FROM work_brings JOIN work_needs ON work_needs.id = need_id"
            " WHERE work_day_id = :day ORDER BY need_id, member_id",
            day=day_id,
        )
    ]


def done(at: Reading, day_id: int) -> list[Done]:
    """Return what is ticked as done or brought."""
    return [
        Done(row["member_id"], row["need_id"], row["amount_minor"])
        for row in at.all(
            "SELECT * FROM work_done WHERE work_day_id = :day ORDER BY need_id, member_id",
            day=day_id,
        )
    ]


def tick(at: Transaction, day_id: int, one: Done) -> None:
    """Tick what a member did or brought; an amount of 0 takes the tick away."""
    at.run(
        "DELETE FROM work_done WHERE work_day_id = :day AND member_id = :member"
        " AND need_id = :need",
        day=day_id,
        member=one.member_id,
        need=one.need_id,
    )
    if one.amount_minor:
        at.run(
            "INSERT INTO work_done VALUES (:day, :member, :need, :amount)",
            day=day_id,
            member=one.member_id,
            need=one.need_id,
            amount=one.amount_minor,
        )


def _work_day(at: Reading, row: Row) -> WorkDay:
    return WorkDay(
        id=row["id"],
        group_id=row["group_id"],
        called_by=row["called_by"],
        title=at.key.payloads.open(row["title"]),
        day=date.fromisoformat(row["day"]) if row["day"] else None,
        hour=row["hour"],
        state=row["state"],
        list_id=row["list_id"],
    )
