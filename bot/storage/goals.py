"""Goals: what a member wants, how far it has come, and what was said of it. Added to only."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from bot.domain import goals as rules
from bot.domain.calendar import parse_utc, utc_text
from bot.domain.goals import Draft, Entry, Goal, Moved, State, Step, Why
from bot.storage.database import Reading, Row, Transaction

Asked = Literal["asked", "agreed", "declined", "ended"]


@dataclass(frozen=True)
class Terms:
    """What a goal wants, as one version of it says."""

    words: str
    area: str
    unit: str | None
    to_value: int
    by: date | None
    shared: bool


@dataclass(frozen=True)
class Partner:
    """One of the household who was asked to share a goal, and how that stands."""

    id: int
    goal_id: int
    member_id: int
    state: Asked
    asked_at: datetime


@dataclass(frozen=True)
class MonthNote:
    """How a goal moved, as its member told a monthly check-in."""

    goal_id: int
    person_id: int
    round_id: int
    moved: Moved
    noted_at: datetime


# -- goals ----------------------------------------------------------------------------------------


def add(
    at: Transaction,
    *,
    member_id: int,
    person_id: int,
    measure: str,
    currency: str | None,
    terms: Terms,
    from_value: int,
    steps: Iterable[str] = (),
) -> int:
    """Add a goal that is open from now, and where it begins; return its id."""
    goal_id = at.insert(
        "INSERT INTO goals (member_id, measure, currency, since)"
        " VALUES (:member, :measure, :currency, :now)",
        member=member_id,
        measure=measure,
        currency=currency,
        now=at.now_text,
    )
    set_terms(at, goal_id, person_id, terms)
    for number, words in enumerate(steps):
        add_step(at, goal_id, person_id, number, words)
    add_value(at, goal_id, person_id, from_value)
    set_state(at, goal_id, "open")
    return goal_id


def set_terms(at: Transaction, goal_id: int, person_id: int, terms: Terms) -> None:
    """Store the next version of what a goal wants, sealed for the person whose it is."""
    at.run(
        "INSERT INTO goal_terms (goal_id, version, words, area, unit, to_value, by_month, shared,"
        " since) VALUES (:goal, 1 + coalesce((SELECT max(version) FROM goal_terms"
        " WHERE goal_id = :goal), 0), :words, :area, :unit, :to, :by, :shared, :now)",
        goal=goal_id,
        words=at.seal_for(person_id, terms.words),
        area=terms.area,
        unit=None if terms.unit is None else at.seal_for(person_id, terms.unit),
        to=terms.to_value,
        by=None if terms.by is None else rules.month_text(terms.by),
        shared=terms.shared,
        now=at.now_text,
    )


def add_step(at: Transaction, goal_id: int, person_id: int, number: int, words: str) -> None:
    """Add a step, sealed for the person whose goal it is."""
    at.run(
        "INSERT INTO goal_steps (goal_id, number, words, since)"
        " VALUES (:goal, :number, :words, :now)",
        goal=goal_id,
        number=number,
        words=at.seal_for(person_id, words),
        now=at.now_text,
    )


def set_state(at: Transaction, goal_id: int, state: State, *, round_id: int | None = None) -> None:
    """Note that a goal is reached, let go, or open again; `round_id`: the check-in that said so."""
    at.run(
        "INSERT INTO goal_states (goal_id, state, round_id, since)"
        " VALUES (:goal, :state, :round, :now)",
        goal=goal_id,
        state=state,
        round=round_id,
        now=at.now_text,
    )


_SELECT = (
    "SELECT goals.id, goals.member_id, goals.measure, goals.currency, members.group_id,"
    " members.person_id, goal_terms.words, goal_terms.area, goal_terms.unit, goal_terms.to_value,"
    " goal_terms.by_month, goal_terms.shared, goal_states.state, goal_states.since AS state_since,"
    " goal_states.round_id FROM goals JOIN members ON members.id = goals.member_id"
    " JOIN goal_terms ON goal_terms.goal_id = goals.id AND goal_terms.version ="
    " (SELECT max(version) FROM goal_terms AS other WHERE other.goal_id = goals.id)"
    " JOIN goal_states ON goal_states.id ="
    " (SELECT max(id) FROM goal_states AS other WHERE other.goal_id = goals.id)"
)


def by_id(at: Reading, goal_id: int) -> Goal | None:
    """Return a goal, or None where there is none with this id."""
    row = at.one(f"{_SELECT} WHERE goals.id = :id", id=goal_id)
    return None if row is None else _goal(at, row)


def of_member(at: Reading, member_id: int) -> list[Goal]:
    """Return every goal of a member, in whatever state, the oldest first."""
    rows = at.all(f"{_SELECT} WHERE goals.member_id = :member ORDER BY goals.id", member=member_id)
    return [_goal(at, row) for row in rows]


def of_household(at: Reading, member_id: int) -> list[Goal]:
    """Return the goals of others that a member shares, while both are of one household."""
    rows = at.all(
        f"{_SELECT} JOIN goal_partners ON goal_partners.goal_id = goals.id"
        " AND goal_partners.member_id = :member AND goal_partners.state = 'agreed'"
        " JOIN members AS partner ON partner.id = goal_partners.member_id"
        " AND partner.household_id = members.household_id"
        " WHERE members.state = 'member' AND partner.state = 'member' ORDER BY goals.id",
        member=member_id,
    )
    return [_goal(at, row) for row in rows]


def shared_in(at: Reading, group_id: int, most: int) -> list[Goal]:
    """Return goals that members share with their group and have not let go, the newest first."""
    rows = at.all(
        f"{_SELECT} WHERE members.group_id = :group AND members.state = 'member'"
        " AND goal_terms.shared = 1 AND goal_states.state != 'let_go'"
        " ORDER BY goals.id DESC LIMIT :most",
        group=group_id,
        most=most,
    )
    return [_goal(at, row) for row in rows]


def in_area(at: Reading, group_id: int, area: str) -> list[Goal]:
    """Return the goals of a group's members in an area that were not let go, private ones too."""
    rows = at.all(
        f"{_SELECT} WHERE members.group_id = :group AND members.state = 'member'"
        " AND goal_terms.area = :area AND goal_states.state != 'let_go'"
        " ORDER BY members.number, goals.id",
        group=group_id,
        area=area,
    )
    return [_goal(at, row) for row in rows]


def told_between(at: Reading, group_id: int, since: datetime, until: datetime) -> list[Goal]:
    """Return shared, reached goals whose member let the digest tell them first in that span."""
    rows = at.all(
        f"{_SELECT} JOIN goal_telling ON goal_telling.goal_id = goals.id"
        " WHERE members.group_id = :group AND members.state = 'member' AND goal_terms.shared = 1"
        " AND goal_states.state = 'reached' AND goal_telling.may_tell = 1"
        " AND goal_telling.since >= :since AND goal_telling.since < :until"
        " ORDER BY goal_telling.since, goals.id",
        group=group_id,
        since=utc_text(since),
        until=utc_text(until),
    )
    return [_goal(at, row) for row in rows]


def tell(at: Transaction, goal_id: int, *, may_tell: bool) -> None:
    """Keep whether the digest may tell that a goal is reached; the first yes keeps its instant."""
    at.run(
        "INSERT INTO goal_telling (goal_id, may_tell, since) VALUES (:goal, :may, :now)"
        " ON CONFLICT (goal_id) DO UPDATE SET may_tell = excluded.may_tell",
        goal=goal_id,
        may=may_tell,
        now=at.now_text,
    )


def may_tell(at: Reading, goal_id: int) -> bool | None:
    """Return whether the digest may tell it; None before the member answered."""
    found = at.value("SELECT may_tell FROM goal_telling WHERE goal_id = :goal", goal=goal_id)
    return None if found is None else bool(found)


# -- how far --------------------------------------------------------------------------------------


def add_value(at: Transaction, goal_id: int, person_id: int, value: int) -> int:
    """Add how far a goal is from now on (steps: a bit each); return the entry's id."""
    return at.insert(
        "INSERT INTO goal_values (goal_id, person_id, value, since, said_at)"
        " VALUES (:goal, :person, :value, :now, :now)",
        goal=goal_id,
        person=person_id,
        value=value,
        now=at.now_text,
    )


def correct_value(at: Transaction, entry: Entry, person_id: int, value: int, why: Why) -> int:
    """Add what an entry should have said, where it stood; return the new entry's id."""
    return at.insert(
        "INSERT INTO goal_values (goal_id, person_id, value, since, supersedes, why, said_at)"
        " SELECT goal_id, :person, :value, since, id, :why, :now FROM goal_values WHERE id = :id",
        id=entry.id,
        person=person_id,
        value=value,
        why=why,
        now=at.now_text,
    )


def goal_of_value(at: Reading, entry_id: int) -> int | None:
    """Return which goal an entry belongs to."""
    found: int | None = at.value("SELECT goal_id FROM goal_values WHERE id = :id", id=entry_id)
    return found


def add_reason(at: Transaction, entry_id: int, person_id: int, words: str) -> None:
    """Add why an entry moved, sealed for the person who says so."""
    at.run(
        "INSERT INTO goal_reasons (value_id, person_id, words, said_at)"
        " VALUES (:value, :person, :words, :now)",
        value=entry_id,
        person=person_id,
        words=at.seal_for(person_id, words),
        now=at.now_text,
    )


def _entries(at: Reading, goal_id: int, measure: str) -> tuple[Entry, ...]:
    rows = at.all(
        "SELECT goal_values.*, reason.words AS reason, reason.person_id AS reason_of,"
        " EXISTS (SELECT 1 FROM goal_values AS later WHERE later.supersedes = goal_values.id)"
        " AS replaced FROM goal_values LEFT JOIN goal_reasons AS reason ON reason.id ="
        " (SELECT max(id) FROM goal_reasons WHERE value_id = goal_values.id)"
        " WHERE goal_values.goal_id = :goal ORDER BY goal_values.since, goal_values.id",
        goal=goal_id,
    )
    found = [_entry(at, row, measure) for row in rows]
    first_said = {one.id: one.id for one in found}
    for one in found:  # a correction comes after what it corrects: it takes its place in the order
        if one.supersedes is not None:
            first_said[one.id] = first_said[one.supersedes]
    return tuple(sorted(found, key=lambda one: (one.since, first_said[one.id], one.id)))


def _entry(at: Reading, row: Row, measure: str) -> Entry:
    steps_done = rules.steps_of(row["value"]) if measure == "steps" else frozenset()
    return Entry(
        id=row["id"],
        person_id=row["person_id"],
        value=len(steps_done) if measure == "steps" else row["value"],
        since=parse_utc(row["since"]),
        steps_done=steps_done,
        supersedes=row["supersedes"],
        why=row["why"],
        reason=None if row["reason"] is None else at.open_for(row["reason_of"], row["reason"]),
        replaced=bool(row["replaced"]),
    )


def _goal(at: Reading, row: Row) -> Goal:
    person_id = row["person_id"]
    steps = at.all("SELECT * FROM goal_steps WHERE goal_id = :goal ORDER BY number", goal=row["id"])
    return Goal(
        id=row["id"],
        group_id=row["group_id"],
        member_id=row["member_id"],
        person_id=person_id,
        words=at.open_for(person_id, row["words"]),
        area=row["area"],
        measure=row["measure"],
        unit=at.open_for(person_id, row["unit"]),
        currency=row["currency"],
        to_value=row["to_value"],
        by=rules.month_of(row["by_month"]),
        shared=bool(row["shared"]),
        state=row["state"],
        state_since=parse_utc(row["state_since"]),
        said=_entries(at, row["id"], row["measure"]),
        steps=tuple(Step(one["number"], at.open_for(person_id, one["words"])) for one in steps),
        state_round_id=row["round_id"],
    )


# -- how the months went --------------------------------------------------------------------------


def note_month(
    at: Transaction, *, goal_id: int, person_id: int, round_id: int, moved: Moved
) -> None:
    """Add how a goal moved in a monthly check-in; of one round the last one counts."""
    at.run(
        "INSERT INTO goal_months (goal_id, person_id, round_id, moved, noted_at)"
        " VALUES (:goal, :person, :round, :moved, :now)",
        goal=goal_id,
        person=person_id,
        round=round_id,
        moved=moved,
        now=at.now_text,
    )


def months_of(at: Reading, goal_id: int, person_id: int) -> list[MonthNote]:
    """Return what a person told of a goal in each round, the last word of each, in order."""
    return [
        MonthNote(
            goal_id=row["goal_id"],
            person_id=row["person_id"],
            round_id=row["round_id"],
            moved=row["moved"],
            noted_at=parse_utc(row["noted_at"]),
        )
        for row in at.all(
            "SELECT * FROM goal_months WHERE id IN (SELECT max(id) FROM goal_months"
            " WHERE goal_id = :goal AND person_id = :person GROUP BY round_id) ORDER BY id",
            goal=goal_id,
            person=person_id,
        )
    ]


# -- sharing with the household -------------------------------------------------------------------


def ask_partner(at: Transaction, goal_id: int, member_id: int) -> int:
    """Note that one of the household is asked to share a goal; return the request's id."""
    return at.insert(
        "INSERT INTO goal_partners (goal_id, member_id, state, asked_at)"
        " VALUES (:goal, :member, 'asked', :now)",
        goal=goal_id,
        member=member_id,
        now=at.now_text,
    )


def answer_partner(at: Transaction, request_id: int, state: Asked) -> None:
    """Note how they answered, or that the sharing has ended."""
    at.run(
        "UPDATE goal_partners SET state = :state, answered_at = :now WHERE id = :id",
        state=state,
        id=request_id,
        now=at.now_text,
    )


def partner_by_id(at: Reading, request_id: int) -> Partner | None:
    """Return a request to share a goal."""
    row = at.one("SELECT * FROM goal_partners WHERE id = :id", id=request_id)
    return None if row is None else _partner(row)


def partners(at: Reading, goal_id: int) -> list[Partner]:
    """Return who is or was asked to share a goal, but for what has ended."""
    return [
        _partner(row)
        for row in at.all(
            "SELECT * FROM goal_partners WHERE goal_id = :goal AND state != 'ended' ORDER BY id",
            goal=goal_id,
        )
    ]


def last_asked(at: Reading, goal_id: int, member_id: int) -> datetime | None:
    """Return when a member was last asked to share a goal, however that ended."""
    found = at.value(
        "SELECT max(asked_at) FROM goal_partners WHERE goal_id = :goal AND member_id = :member",
        goal=goal_id,
        member=member_id,
    )
    return None if found is None else parse_utc(found)


def _partner(row: Row) -> Partner:
    return Partner(
        id=row["id"],
        goal_id=row["goal_id"],
        member_id=row["member_id"],
        state=row["state"],
        asked_at=parse_utc(row["asked_at"]),
    )


# -- a goal that is being added -------------------------------------------------------------------


def begin_draft(at: Transaction, member_id: int, person_id: int, draft: Draft) -> Draft:
    """Begin a goal anew for a member; what they had begun before is gone."""
    at.run("DELETE FROM goal_drafts WHERE member_id = :member", member=member_id)
    draft_id = at.insert(
        "INSERT INTO goal_drafts (member_id, parts, since) VALUES (:member, :parts, :now)",
        member=member_id,
        parts=at.seal_for(person_id, _parts(draft)),
        now=at.now_text,
    )
    return _with_ids(draft, draft_id, member_id)


def keep_draft(at: Transaction, draft: Draft, person_id: int) -> None:
    """Keep what has been said so far."""
    at.run(
        "UPDATE goal_drafts SET parts = :parts WHERE id = :id",
        parts=at.seal_for(person_id, _parts(draft)),
        id=draft.id,
    )


def end_draft(at: Transaction, draft_id: int) -> None:
    """Forget a goal that was being added: it is a goal now, or was left."""
    at.run("DELETE FROM goal_drafts WHERE id = :id", id=draft_id)


def draft_of_person(at: Reading, draft_id: int, person_id: int) -> tuple[Draft, int] | None:
    """Return a person's own draft with its group's id; None for anybody else's or one gone."""
    row = at.one(
        "SELECT goal_drafts.*, members.group_id FROM goal_drafts"
        " JOIN members ON members.id = goal_drafts.member_id"
        " WHERE goal_drafts.id = :id AND members.person_id = :person",
        id=draft_id,
        person=person_id,
    )
    opened = None if row is None else at.open_for(person_id, row["parts"])
    if row is None or opened is None:
        return None
    parts: dict[str, Any] = json.loads(opened)
    parts["steps"] = tuple(parts["steps"])
    return _with_ids(Draft(**parts), row["id"], row["member_id"]), row["group_id"]


def _parts(draft: Draft) -> str:
    parts = asdict(draft)
    del parts["id"], parts["member_id"]
    return json.dumps(parts)


def _with_ids(draft: Draft, draft_id: int, member_id: int) -> Draft:
    return replace(draft, id=draft_id, member_id=member_id)
