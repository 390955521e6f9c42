"""Members of groups, their households, and who holds which office."""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from bot.domain.consents import Practice
from bot.domain.errors import Refusal
from bot.domain.offices import Office
from bot.storage.database import Reading, Row, Transaction

State = Literal["asked", "member", "left"]


class NotAMember(Refusal):
    """Only members of the group can do this; `group` is its name, the way in is /join there."""


@dataclass(frozen=True)
class Member:
    """A person in a group. `number` is theirs in the group's book for ever."""

    id: int
    group_id: int
    person_id: int
    number: int
    household_id: int
    state: State
    recorded_by: int | None
    name: str  # as it may be shown in the group; of who was forgotten, what the group says instead
    telegram_id: int | None
    language: str
    is_away: bool  # they left the group's chat, and are reminded of nothing until they are back
    may_vote: bool  # of somebody without a phone: another household, or the group, knows them
    declined: frozenset[str] = frozenset()  # what they said they take no part in (domain/consents)

    @property
    def has_phone(self) -> bool:
        """Whether they have a Telegram account of their own."""
        return self.telegram_id is not None

    def takes_part(self, practice: Practice) -> bool:
        """Whether they take part in a practice: everybody does until they say no."""
        return practice not in self.declined

    def is_asked(self, practice: Practice) -> bool:
        """Whether anything of a practice is asked of them now: not while they are away."""
        return self.takes_part(practice) and not self.is_away


#: Of a member's row: whether the last they said of a practice is no.
DECLINED: Final = (
    "given = 0 AND NOT EXISTS (SELECT 1 FROM consents AS later WHERE later.member_id = members.id"
    " AND later.practice = consents.practice AND later.id > consents.id)"
)
_SELECT: Final = (
    "SELECT members.*, people.name AS sealed_name, people.telegram_id, people.language,"  # noqa: S608 - our own words
    " (SELECT group_concat(practice) FROM consents WHERE consents.member_id = members.id"
    f" AND {DECLINED}) AS declined FROM members"
    " JOIN people ON people.id = members.person_id"
)


def by_id(at: Reading, member_id: int) -> Member:
    """Return the member, in whatever state. Raises LookupError."""
    row = at.one(f"{_SELECT} WHERE members.id = :id", id=member_id)
    if row is None:
        raise LookupError(member_id)
    return _member(at, row)


def find(at: Reading, member_id: int) -> Member | None:
    """Return the member, in whatever state; None where there is none."""
    row = at.one(f"{_SELECT} WHERE members.id = :id", id=member_id)
    return None if row is None else _member(at, row)


def of_person(at: Reading, group_id: int, person_id: int) -> Member | None:
    """Return what a person is in a group, in whatever state."""
    row = at.one(
        f"{_SELECT} WHERE group_id = :group AND person_id = :person",
        group=group_id,
        person=person_id,
    )
    return None if row is None else _member(at, row)


def of_number(at: Reading, group_id: int, number: int) -> Member:
    """Return who has a number in the group's book, in whatever state. Raises LookupError."""
    row = at.one(
        f"{_SELECT} WHERE group_id = :group AND number = :number", group=group_id, number=number
    )
    if row is None:
        raise LookupError(number)
    return _member(at, row)


def require(at: Reading, group_id: int, person_id: int, *, group_title: str = "") -> Member:
    """Return the person's membership of the group. Raises NotAMember."""
    member = of_person(at, group_id, person_id)
    if member is None or member.state != "member":
        raise NotAMember(group=group_title)
    return member


def of_group(at: Reading, group_id: int) -> list[Member]:
    """Return the group's members, by number."""
    return [
        _member(at, row)
        for row in at.all(
            f"{_SELECT} WHERE group_id = :group AND state = 'member' ORDER BY number",
            group=group_id,
        )
    ]


def outside(at: Reading, group_id: int) -> list[Member]:
    """Return whom the group can decide to have, by number.

    Who asked to join and is not in, or has left, and can be asked; and whom a member has recorded.
    """
    return [
        _member(at, row)
        for row in at.all(
            f"{_SELECT} WHERE group_id = :group AND state != 'member'"
            " AND (people.telegram_id IS NOT NULL OR (state = 'asked' AND recorded_by IS NOT NULL))"
            " ORDER BY number",
            group=group_id,
        )
    ]


def count(at: Reading, group_id: int) -> int:
    """Return how many members a group has."""
    number: int = at.value(
        "SELECT count(*) FROM members WHERE group_id = :group AND state = 'member'", group=group_id
    )
    return number


def groups_of(at: Reading, person_id: int) -> list[int]:
    """Return the ids of the groups a person is a member of, the latest joined first."""
    return [
        row["group_id"]
        for row in at.all(
            "SELECT group_id FROM members JOIN groups ON groups.id = group_id"
            " WHERE person_id = :person AND members.state = 'member' AND groups.state = 'active'"
            " ORDER BY joined_at DESC, members.id DESC",
            person=person_id,
        )
    ]


def add(
    at: Transaction,
    *,
    group_id: int,
    person_id: int,
    state: State,
    recorded_by: int | None = None,
) -> Member:
    """Add a person to a group, with the next number and a household of their own."""
    household_id = new_household(at, group_id)
    number = 1 + (
        at.value("SELECT max(number) FROM members WHERE group_id = :group", group=group_id) or 0
    )
    member_id = at.insert(
        "INSERT INTO members (group_id, person_id, number, household_id, state, recorded_by,"
        " consented_at, joined_at) VALUES (:group, :person, :number, :household, :state, :by,"
        " CASE :state WHEN 'member' THEN :now END, CASE :state WHEN 'member' THEN :now END)",
        group=group_id,
        person=person_id,
        number=number,
        household=household_id,
        state=state,
        by=recorded_by,
        now=at.now_text,
    )
    at.run(
        "UPDATE households SET begun_by = :member WHERE id = :id",
        member=member_id,
        id=household_id,
    )
    return by_id(at, member_id)


def set_state(at: Transaction, member_id: int, state: State) -> None:
    """Note that somebody became a member, or left; when is kept with it."""
    at.run(
        "UPDATE members SET state = :state,"
        " consented_at = CASE :state WHEN 'member' THEN :now ELSE consented_at END,"
        " joined_at = CASE :state WHEN 'member' THEN coalesce(joined_at, :now) ELSE joined_at END,"
        " left_at = CASE :state WHEN 'left' THEN :now END, away_since = NULL,"
        " admitted_by = CASE :state WHEN 'left' THEN NULL ELSE admitted_by END,"
        " known_by = CASE :state WHEN 'left' THEN NULL ELSE known_by END WHERE id = :id",
        state=state,
        id=member_id,
        now=at.now_text,
    )


def set_away(at: Transaction, member_id: int, *, away: bool) -> None:
    """Note that a member left the group's chat, or is back in it."""
    at.run(
        "UPDATE members SET away_since = CASE WHEN :away THEN :now END WHERE id = :id",
        away=away,
        now=at.now_text,
        id=member_id,
    )


def admit(at: Transaction, member_id: int, decision_id: int) -> None:
    """Note that the group decided to have somebody; they are asked for their own yes."""
    set_state(at, member_id, "asked")
    at.run(
        "UPDATE members SET admitted_by = :decision WHERE id = :id",
        decision=decision_id,
        id=member_id,
    )


def know(at: Transaction, member_id: int, known_by: int) -> None:
    """Note which member of another household knows somebody without a phone."""
    at.run("UPDATE members SET known_by = :by WHERE id = :id", by=known_by, id=member_id)


def hand_to(at: Transaction, member_id: int, recorded_by: int) -> None:
    """Note who writes for somebody without a phone from now: others must know them anew."""
    at.run(
        "UPDATE members SET recorded_by = :by, known_by = NULL, admitted_by = NULL WHERE id = :id",
        by=recorded_by,
        id=member_id,
    )


def is_admitted(at: Reading, member_id: int) -> bool:
    """Whether the group decided to have somebody."""
    return at.value("SELECT admitted_by FROM members WHERE id = :id", id=member_id) is not None


def asked_to(at: Reading, person_id: int) -> list[Member]:
    """Return the groups, as asked members, that await a person's consent."""
    return [
        _member(at, row)
        for row in at.all(
            f"{_SELECT} JOIN groups ON groups.id = group_id WHERE person_id = :person"
            " AND members.state = 'asked' AND groups.state = 'active' ORDER BY members.id",
            person=person_id,
        )
    ]


def new_household(at: Transaction, group_id: int, begun_by: int | None = None) -> int:
    """Add a household that a member begins; return its id."""
    return at.insert(
        "INSERT INTO households (group_id, since, begun_by) VALUES (:group, :now, :by)",
        group=group_id,
        now=at.now_text,
        by=begun_by,
    )


def begun_by(at: Reading, household_id: int) -> int | None:
    """Return the id of the member whose household it was at first."""
    found: int | None = at.value("SELECT begun_by FROM households WHERE id = :id", id=household_id)
    return found


def left_behind(at: Reading, member_id: int) -> int | None:
    """Return the household that a member began and that nobody is in any more."""
    found: int | None = at.value(
        "SELECT id FROM households WHERE begun_by = :member AND NOT EXISTS (SELECT 1 FROM members"
        " WHERE household_id = households.id AND state = 'member') ORDER BY id LIMIT 1",
        member=member_id,
    )
    return found


def move_to_household(at: Transaction, member_id: int, household_id: int) -> None:
    """Put a member into a household; where they lived before is kept with when."""
    at.run(
        "INSERT INTO household_moves (member_id, left_id, joined_id, moved_at)"
        " SELECT id, household_id, :household, :now FROM members"
        " WHERE id = :id AND household_id != :household",
        household=household_id,
        id=member_id,
        now=at.now_text,
    )
    at.run(
        "UPDATE members SET household_id = :household WHERE id = :id",
        household=household_id,
        id=member_id,
    )


def of_household(at: Reading, household_id: int) -> list[Member]:
    """Return the members of a household."""
    return [
        _member(at, row)
        for row in at.all(
            f"{_SELECT} WHERE household_id = :household AND state = 'member' ORDER BY number",
            household=household_id,
        )
    ]


def ever_of_household(at: Reading, household_id: int) -> list[Member]:
    """Return the members of a household; of one that nobody is in any more, those who were."""
    return of_household(at, household_id) or [
        _member(at, row)
        for row in at.all(
            f"{_SELECT} JOIN household_ties AS ties ON ties.member_id = members.id"
            " WHERE ties.household_id = :household ORDER BY number",
            household=household_id,
        )
    ]


def ever_of_group(at: Reading, group_id: int) -> list[Member]:
    """Return everybody who has a number in the group's book, in whatever state, by number."""
    rows = at.all(f"{_SELECT} WHERE group_id = :group ORDER BY number", group=group_id)
    return [_member(at, row) for row in rows]


def ask_for_household(at: Transaction, asking: Member, other: Member) -> int:
    """Note that one member asks another to be one household; return the request's id.

    Asked again before the answer, it is the same request.
    """
    facts = {"by": asking.id, "of": other.id}
    at.run(
        "INSERT INTO household_requests (group_id, asked_by, asked_of, state, asked_at)"
        " VALUES (:group, :by, :of, 'asked', :now) ON CONFLICT DO NOTHING",
        group=asking.group_id,
        now=at.now_text,
        **facts,
    )
    request_id: int = at.value(
        "SELECT id FROM household_requests"
        " WHERE asked_by = :by AND asked_of = :of AND state = 'asked'",
        **facts,
    )
    return request_id


def household_request(at: Reading, request_id: int) -> tuple[Member, Member, str] | None:
    """Return who asks whom to be one household, and how it stands."""
    row = at.one("SELECT * FROM household_requests WHERE id = :id", id=request_id)
    if row is None:
        return None
    return by_id(at, row["asked_by"]), by_id(at, row["asked_of"]), row["state"]


def answer_household_request(at: Transaction, request_id: int, *, agreed: bool) -> None:
    """Note how somebody answered."""
    at.run(
        "UPDATE household_requests SET state = :state WHERE id = :id AND state = 'asked'",
        state="agreed" if agreed else "declined",
        id=request_id,
    )


# -- offices ------------------------------------------------------------------------------------


def holders(at: Reading, group_id: int, office: Office) -> list[Member]:
    """Return who holds an office now."""
    return [
        by_id(at, row["member_id"])
        for row in at.all(
            "SELECT member_id FROM offices JOIN members ON members.id = member_id"
            " WHERE offices.group_id = :group AND office = :office AND until IS NULL"
            " AND members.state = 'member' ORDER BY offices.id",
            group=group_id,
            office=office,
        )
    ]


def was_held(at: Reading, group_id: int, office: Office) -> bool:
    """Whether anybody ever held an office."""
    row = at.one(
        "SELECT 1 FROM offices WHERE group_id = :group AND office = :office",
        group=group_id,
        office=office,
    )
    return row is not None


def is_vacant(at: Reading, group_id: int, office: Office) -> bool:
    """Whether an office was held once, and nobody holds it now."""
    return was_held(at, group_id, office) and not holders(at, group_id, office)


def offices_of(at: Reading, member_id: int) -> list[Office]:
    """Return the offices a member holds now."""
    return [
        row["office"]
        for row in at.all(
            "SELECT office FROM offices WHERE member_id = :member AND until IS NULL ORDER BY id",
            member=member_id,
        )
    ]


def take_office(
    at: Transaction,
    group_id: int,
    office: Office,
    member_id: int,
    *,
    term_ends: date | None = None,
    decision_id: int | None = None,
) -> None:
    """Note that a member holds an office from now; `term_ends` is the local day their term does."""
    at.run(
        "INSERT INTO offices (group_id, office, member_id, since, term_ends, decision_id)"
        " VALUES (:group, :office, :member, :now, :ends, :decision) ON CONFLICT DO NOTHING",
        group=group_id,
        office=office,
        member=member_id,
        now=at.now_text,
        ends=None if term_ends is None else term_ends.isoformat(),
        decision=decision_id,
    )


def lay_down_office(at: Transaction, group_id: int, office: Office, member_id: int) -> None:
    """Note that a member holds an office no longer."""
    at.run(
        "UPDATE offices SET until = :now WHERE group_id = :group AND office = :office"
        " AND member_id = :member AND until IS NULL",
        group=group_id,
        office=office,
        member=member_id,
        now=at.now_text,
    )


def _member(at: Reading, row: Row) -> Member:
    name = at.open_for(row["person_id"], row["sealed_name"])
    return Member(
        id=row["id"],
        group_id=row["group_id"],
        person_id=row["person_id"],
        number=row["number"],
        household_id=row["household_id"],
        state=row["state"],
        recorded_by=row["recorded_by"],
        name=name or row["shown_as"] or f"#{row['number']}",
        telegram_id=row["telegram_id"],
        language=row["language"],
        is_away=row["away_since"] is not None,
        may_vote=not (row["telegram_id"] is None and row["known_by"] is None)
        or row["admitted_by"] is not None,
        declined=frozenset((row["declined"] or "").split(",")) - {""},
    )
