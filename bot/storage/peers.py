"""Who would like to hear from one who has been there, and who was asked. A no stays here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.domain.calendar import parse_utc
from bot.domain.peer_help import PeerAnswer
from bot.storage.database import Reading, Row, Transaction

WishState = Literal["open", "met", "nobody"]


@dataclass(frozen=True)
class Wish:
    """A member's wish to hear from one who has been there.

    It began with an ask or a goal of theirs, where it did: they have its words.
    """

    id: int
    member_id: int
    area: str
    state: WishState
    since: datetime
    ask_id: int | None = None
    goal_id: int | None = None


@dataclass(frozen=True)
class PeerQuestion:
    """A member who was asked in private, and how that stands."""

    id: int
    wish_id: int
    member_id: int
    state: PeerAnswer
    asked_at: datetime


def add_wish(
    at: Transaction,
    member_id: int,
    area: str,
    *,
    ask_id: int | None = None,
    goal_id: int | None = None,
) -> Wish:
    """Add a wish that is open from now."""
    wish_id = at.insert(
        "INSERT INTO peer_wishes (member_id, area, state, since, ask_id, goal_id)"
        " VALUES (:member, :area, 'open', :now, :ask, :goal)",
        member=member_id,
        area=area,
        ask=ask_id,
        goal=goal_id,
        now=at.now_text,
    )
    wish = wish_by_id(at, wish_id)
    assert wish is not None
    return wish


def wish_by_id(at: Reading, wish_id: int) -> Wish | None:
    """Return a wish, if there is one of this id."""
    row = at.one("SELECT * FROM peer_wishes WHERE id = :id", id=wish_id)
    return None if row is None else _wish(row)


def open_wish(at: Reading, member_id: int, area: str) -> Wish | None:
    """Return what a member wishes in an area now."""
    row = at.one(
        "SELECT * FROM peer_wishes WHERE member_id = :member AND area = :area AND state = 'open'",
        member=member_id,
        area=area,
    )
    return None if row is None else _wish(row)


def end_wish(at: Transaction, wish_id: int, state: WishState) -> None:
    """Note that a wish was met, or that nobody is left to ask."""
    at.run("UPDATE peer_wishes SET state = :state WHERE id = :id", state=state, id=wish_id)


def ask(at: Transaction, wish_id: int, member_id: int, person_id: int) -> PeerQuestion:
    """Note that a member is asked now. The database holds: twice a month at most."""
    question_id = at.insert(
        "INSERT INTO peer_questions (wish_id, member_id, person_id, state, asked_at)"
        " VALUES (:wish, :member, :person, 'asked', :now)",
        wish=wish_id,
        member=member_id,
        person=person_id,
        now=at.now_text,
    )
    question = by_id(at, question_id)
    assert question is not None
    return question


def by_id(at: Reading, question_id: int) -> PeerQuestion | None:
    """Return who was asked, if there is a question of this id."""
    row = at.one("SELECT * FROM peer_questions WHERE id = :id", id=question_id)
    return None if row is None else _question(row)


def of_wish(at: Reading, wish_id: int) -> list[PeerQuestion]:
    """Return who was asked for a wish, in order."""
    return [
        _question(row)
        for row in at.all(
            "SELECT * FROM peer_questions WHERE wish_id = :wish ORDER BY id", wish=wish_id
        )
    ]


def answer(at: Transaction, question_id: int, state: PeerAnswer) -> None:
    """Keep how somebody answered, or that they let their days pass."""
    at.run("UPDATE peer_questions SET state = :state WHERE id = :id", state=state, id=question_id)


def asked_times(at: Reading, person_id: int) -> tuple[datetime, ...]:
    """Return when a person was asked, in any of their groups."""
    return tuple(
        parse_utc(row["asked_at"])
        for row in at.all(
            "SELECT asked_at FROM peer_questions WHERE person_id = :person ORDER BY id",
            person=person_id,
        )
    )


def no_times(at: Reading, member_id: int, area: str) -> tuple[datetime, ...]:
    """Return when a member was asked about an area and said no."""
    return tuple(
        parse_utc(row["asked_at"])
        for row in at.all(
            "SELECT asked_at FROM peer_questions JOIN peer_wishes ON peer_wishes.id = wish_id"
            " WHERE peer_questions.member_id = :member AND area = :area"
            " AND peer_questions.state = 'declined' ORDER BY peer_questions.id",
            member=member_id,
            area=area,
        )
    )


def _wish(row: Row) -> Wish:
    return Wish(
        id=row["id"],
        member_id=row["member_id"],
        area=row["area"],
        state=row["state"],
        since=parse_utc(row["since"]),
        ask_id=row["ask_id"],
        goal_id=row["goal_id"],
    )


def _question(row: Row) -> PeerQuestion:
    return PeerQuestion(
        id=row["id"],
        wish_id=row["wish_id"],
        member_id=row["member_id"],
        state=row["state"],
        asked_at=parse_utc(row["asked_at"]),
    )
