"""Meetings that are planned, held, cancelled; whose turn it is to chair them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from bot.domain.calendar import parse_utc, utc_text
from bot.domain.meetings import State
from bot.storage.database import Reading, Row, Transaction

CHAIRED_MAX: Final = 500  # meetings that the turns of the chair remember


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting. `rhythm_day` is the local day its rhythm gave it, also where it was moved.

    `sequence` counts its changes, as calendars do. `chair` is a member's id, once the group was
    told. `of_members`: how many there were when it closed; `is_alone`: nobody from outside was
    there (None: not said).
    """

    id: int
    group_id: int
    of_rhythm: bool
    rhythm_day: date | None
    starts_at: datetime
    place: str
    has_own_place: bool
    is_moved: bool
    state: State
    sequence: int
    changed_at: datetime
    chair: int | None
    opened_at: datetime | None
    closed_at: datetime | None
    of_members: int | None
    is_alone: bool | None
    speakers: int | None


@dataclass(frozen=True, slots=True)
class Held:
    """What a group's meetings of a span amount to: how many, and how many without outsiders.

    `there` counts everybody who was at each of them; `of` every member there then was.
    """

    count: int
    alone: int
    there: int
    of: int


# -- planning -------------------------------------------------------------------------------------


def add(
    at: Transaction,
    *,
    group_id: int,
    starts_at: datetime,
    place: str,
    rhythm_day: date | None = None,
) -> Meeting:
    """Plan a meeting: of the rhythm where a day of it is given, else on a single date."""
    meeting_id = at.insert(
        "INSERT INTO meetings (group_id, of_rhythm, rhythm_day, starts_at, place, changed_at)"
        " VALUES (:group, :of_rhythm, :day, :starts, :place, :now)",
        group=group_id,
        of_rhythm=rhythm_day is not None,
        day=None if rhythm_day is None else rhythm_day.isoformat(),
        starts=utc_text(starts_at),
        place=at.key.payloads.close(place),
        now=at.now_text,
    )
    return by_id(at, meeting_id)


def loosen(at: Transaction, meeting_id: int) -> None:
    """Take the day of its rhythm from a meeting: another may have it."""
    at.run("UPDATE meetings SET rhythm_day = NULL WHERE id = :id", id=meeting_id)


def give_day(at: Transaction, meeting_id: int, day: date, starts_at: datetime) -> None:
    """Give a meeting of the rhythm another day of it."""
    at.run(
        "UPDATE meetings SET rhythm_day = :day, starts_at = :starts, sequence = sequence + 1,"
        " changed_at = :now WHERE id = :id",
        day=day.isoformat(),
        starts=utc_text(starts_at),
        now=at.now_text,
        id=meeting_id,
    )


def move(at: Transaction, meeting_id: int, starts_at: datetime) -> None:
    """Note that a meeting was moved by hand: its rhythm leaves it where it is."""
    at.run(
        "UPDATE meetings SET starts_at = :starts, is_moved = 1, sequence = sequence + 1,"
        " changed_at = :now WHERE id = :id",
        starts=utc_text(starts_at),
        now=at.now_text,
        id=meeting_id,
    )


def set_place(at: Transaction, meeting_id: int, place: str, *, is_own: bool) -> None:
    """Keep where a meeting is; `is_own`: said of this one, not of all."""
    at.run(
        "UPDATE meetings SET place = :place, has_own_place = :own, sequence = sequence + 1,"
        " changed_at = :now WHERE id = :id",
        place=at.key.payloads.close(place),
        own=is_own,
        now=at.now_text,
        id=meeting_id,
    )


def set_state(at: Transaction, meeting_id: int, state: State) -> None:
    """Note that a meeting is cancelled, planned after all, or has passed: calendars are to know."""
    at.run(
        "UPDATE meetings SET state = :state, sequence = sequence + 1, changed_at = :now"
        " WHERE id = :id",
        state=state,
        now=at.now_text,
        id=meeting_id,
    )


def let_pass(at: Transaction, group_id: int, before: datetime) -> None:
    """Let what was planned before an instant, and never recorded, have passed."""
    at.run(
        "UPDATE meetings SET state = 'passed' WHERE group_id = :group AND starts_at < :before"
        " AND state = 'planned'",
        group=group_id,
        before=utc_text(before),
    )


# -- holding --------------------------------------------------------------------------------------


def open_(at: Transaction, meeting_id: int) -> None:
    """Note that a meeting begins, or goes on after it was closed too soon."""
    at.run(
        "UPDATE meetings SET state = 'open', opened_at = coalesce(opened_at, :now),"
        " closed_at = NULL, of_members = NULL, is_alone = NULL WHERE id = :id",
        now=at.now_text,
        id=meeting_id,
    )


def keep(at: Transaction, meeting_id: int, *, of_members: int, is_alone: bool | None) -> None:
    """Note that a meeting was held, and is over."""
    at.run(
        "UPDATE meetings SET state = 'kept', closed_at = :now, of_members = :of, is_alone = :alone"
        " WHERE id = :id",
        now=at.now_text,
        of=of_members,
        alone=is_alone,
        id=meeting_id,
    )


def say_alone(at: Transaction, meeting_id: int, *, is_alone: bool) -> None:
    """Keep whether anybody from outside was at a meeting that was held."""
    at.run(
        "UPDATE meetings SET is_alone = :alone WHERE id = :id AND state = 'kept'",
        alone=is_alone,
        id=meeting_id,
    )


def set_speakers(at: Transaction, meeting_id: int, speakers: int) -> None:
    """Keep how many of those who were there spoke."""
    at.run(
        "UPDATE meetings SET speakers = :speakers WHERE id = :id",
        speakers=speakers,
        id=meeting_id,
    )


# -- the chair ------------------------------------------------------------------------------------


def name_chair(at: Transaction, meeting_id: int, member_id: int | None) -> None:
    """Keep who chairs a meeting, so that nobody else is named without need."""
    at.run("UPDATE meetings SET chair = :chair WHERE id = :id", chair=member_id, id=meeting_id)


def chaired(at: Reading, group_id: int, before: datetime) -> list[int]:
    """Return the numbers of those who chair the meetings before an instant, the oldest first."""
    rows = at.all(
        "SELECT number FROM meetings JOIN members ON members.id = chair"
        " WHERE meetings.group_id = :group AND starts_at < :before"
        " AND meetings.state IN ('planned', 'open', 'kept')"
        " ORDER BY starts_at DESC, meetings.id DESC LIMIT :most",
        group=group_id,
        before=utc_text(before),
        most=CHAIRED_MAX,
    )
    return [row["number"] for row in reversed(rows)]


def pass_turn(at: Transaction, meeting_id: int, member_id: int) -> None:
    """Note that a member does not chair this time."""
    at.run(
        "INSERT INTO meeting_turns VALUES (:meeting, :member) ON CONFLICT DO NOTHING",
        meeting=meeting_id,
        member=member_id,
    )


def passed_turns(at: Reading, meeting_id: int) -> set[int]:
    """Return who does not chair this time."""
    rows = at.all("SELECT member_id FROM meeting_turns WHERE meeting_id = :id", id=meeting_id)
    return {row["member_id"] for row in rows}


# -- looking --------------------------------------------------------------------------------------


def find(at: Reading, meeting_id: int) -> Meeting | None:
    """Return a meeting, if there is one of this id."""
    row = at.one("SELECT * FROM meetings WHERE id = :id", id=meeting_id)
    return None if row is None else _meeting(at, row)


def by_id(at: Reading, meeting_id: int) -> Meeting:
    """Return a meeting. Raises LookupError."""
    found = find(at, meeting_id)
    if found is None:
        raise LookupError(meeting_id)
    return found


def open_of(at: Reading, group_id: int) -> Meeting | None:
    """Return the meeting that a group is holding."""
    row = at.one(
        "SELECT * FROM meetings WHERE group_id = :group AND state = 'open'", group=group_id
    )
    return None if row is None else _meeting(at, row)


def from_on(at: Reading, group_id: int, since: datetime) -> list[Meeting]:
    """Return every meeting that begins at an instant or later, the soonest first."""
    return [
        _meeting(at, row)
        for row in at.all(
            "SELECT * FROM meetings WHERE group_id = :group AND starts_at >= :since"
            " ORDER BY starts_at, id",
            group=group_id,
            since=utc_text(since),
        )
    ]


def days_from(at: Reading, group_id: int, since: date) -> set[date]:
    """Return the days of its rhythm, from one on, that a group's meetings have in any state."""
    rows = at.all(
        "SELECT rhythm_day FROM meetings WHERE group_id = :group AND rhythm_day >= :since",
        group=group_id,
        since=since.isoformat(),
    )
    return {date.fromisoformat(row["rhythm_day"]) for row in rows}


def past(at: Reading, group_id: int, offset: int, most: int) -> list[Meeting]:
    """Return the meetings that were held, the newest first."""
    return [
        _meeting(at, row)
        for row in at.all(
            "SELECT * FROM meetings WHERE group_id = :group AND state = 'kept'"
            " ORDER BY starts_at DESC, id DESC LIMIT :most OFFSET :offset",
            group=group_id,
            most=most,
            offset=offset,
        )
    ]


def closed_before(at: Reading, group_id: int, when: datetime) -> datetime | None:
    """Return when the last meeting closed that was opened here, before an instant."""
    closed = at.value(
        "SELECT max(closed_at) FROM meetings WHERE group_id = :group AND starts_at < :when"
        " AND state = 'kept' AND opened_at IS NOT NULL AND closed_at < :when",
        group=group_id,
        when=utc_text(when),
    )
    return None if closed is None else parse_utc(closed)


def held(at: Reading, group_id: int, since: datetime, until: datetime) -> Held:
    """Return what the meetings amount to that were held in [since, until)."""
    row = at.one(
        "SELECT count(*) AS count, coalesce(sum(is_alone), 0) AS alone,"
        " coalesce(sum(of_members), 0) AS members, coalesce(sum((SELECT count(*) FROM attendance"
        " WHERE meeting_id = meetings.id)), 0) AS there FROM meetings WHERE group_id = :group"
        " AND starts_at >= :since AND starts_at < :until AND state = 'kept'",
        group=group_id,
        since=utc_text(since),
        until=utc_text(until),
    )
    assert row is not None
    return Held(row["count"], row["alone"], row["there"], row["members"])


def held_in_all(at: Reading, group_id: int) -> tuple[int, int]:
    """Return how many meetings a group ever held, and how many of them without outsiders."""
    row = at.one(
        "SELECT count(*) AS count, coalesce(sum(is_alone), 0) AS alone FROM meetings"
        " WHERE group_id = :group AND state = 'kept'",
        group=group_id,
    )
    assert row is not None
    return row["count"], row["alone"]


def _meeting(at: Reading, row: Row) -> Meeting:
    def instant(name: str) -> datetime | None:
        return None if row[name] is None else parse_utc(row[name])

    return Meeting(
        id=row["id"],
        group_id=row["group_id"],
        of_rhythm=bool(row["of_rhythm"]),
        rhythm_day=None if row["rhythm_day"] is None else date.fromisoformat(row["rhythm_day"]),
        starts_at=parse_utc(row["starts_at"]),
        place=at.key.payloads.open(row["place"]),
        has_own_place=bool(row["has_own_place"]),
        is_moved=bool(row["is_moved"]),
        state=row["state"],
        sequence=row["sequence"],
        changed_at=parse_utc(row["changed_at"]),
        chair=row["chair"],
        opened_at=instant("opened_at"),
        closed_at=instant("closed_at"),
        of_members=row["of_members"],
        is_alone=None if row["is_alone"] is None else bool(row["is_alone"]),
        speakers=row["speakers"],
    )
