"""Rounds of check-ins, who is at one, and their answers: rows are added, never changed."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.domain.calendar import parse_utc, utc_text
from bot.domain.check_ins import EMPTY, Answer, Question, Tally, asked
from bot.domain.own_values import Why, Word
from bot.domain.rounds import first_day
from bot.storage import own_questions
from bot.storage.database import Reading, Row, Transaction
from bot.storage.members import DECLINED, Member


@dataclass(frozen=True)
class Round:
    """One month's round of a group. `tally` is counted when it closes.

    `awaited`: it has not opened yet; only what came too late for the last one is kept in it, and
    its month, questions and instants are those it will open with as things stand.
    """

    id: int
    group_id: int
    month: str  # local, as in "2026-03"
    questions: tuple[Question, ...]
    opened_at: datetime
    closes_at: datetime
    closed_at: datetime | None
    tally: Tally | None
    awaited: bool = False

    def __hash__(self) -> int:
        """Its id tells it well enough apart; its questions are many."""
        return hash(self.id)

    @property
    def first_day(self) -> date:
        """The first day of its month, to be named by."""
        return first_day(self.month)

    @property
    def asked_of_all(self) -> int:
        """How many questions everybody is asked; those folded away are for who wants to."""
        return sum(not question.folded for question in self.questions)

    def is_open(self, now: datetime) -> bool:
        """Whether it goes on: not any more where the closing itself comes a little late."""
        return self.closed_at is None and not self.awaited and now < self.closes_at

    def takes_answers(self, now: datetime) -> bool:
        """Whether answers are taken: it goes on, or it is awaited."""
        return self.awaited or self.is_open(now)


@dataclass(frozen=True)
class CheckIn:
    """One member's part in a round."""

    id: int
    round_id: int
    member_id: int
    person_id: int
    message_id: int | None
    touched_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True)
class ValueTold:
    """A member's last word on a question in one round; `why`: it put right an earlier one."""

    round_id: int
    month: str
    key: str
    answer: Answer
    why: Why | None


# -- rounds ---------------------------------------------------------------------------------------


def open_round(
    at: Transaction, *, group_id: int, month: str, questions: tuple[str, ...], closes_at: datetime
) -> Round:
    """Open a group's round of a month: the one that is awaited, if there is one.

    Raises IntegrityError for a month that was opened before.
    """
    return _keep_round(at, group_id, month, questions, closes_at, awaited=False)


def await_round(
    at: Transaction, *, group_id: int, month: str, questions: tuple[str, ...], closes_at: datetime
) -> Round:
    """Keep the round that comes next, before it opens; the same one, where it is kept already.

    Raises IntegrityError while one is open, and for a month that was opened before.
    """
    return _keep_round(at, group_id, month, questions, closes_at, awaited=True)


def _keep_round(
    at: Transaction,
    group_id: int,
    month: str,
    questions: tuple[str, ...],
    closes_at: datetime,
    *,
    awaited: bool,
) -> Round:
    known = awaited_round_of(at, group_id)
    facts: dict[str, Any] = {
        "month": month,
        "questions": json.dumps(questions),
        "now": at.now_text,
        "closes": utc_text(closes_at),
        "awaited": awaited,
    }
    if known is None:
        round_id = at.insert(
            "INSERT INTO rounds (group_id, month, questions, opened_at, closes_at, awaited)"
            " VALUES (:group, :month, :questions, :now, :closes, :awaited)",
            group=group_id,
            **facts,
        )
    else:
        round_id = known.id
        at.run(
            "UPDATE rounds SET month = :month, questions = :questions, opened_at = :now,"
            " closes_at = :closes, awaited = :awaited WHERE id = :id",
            id=round_id,
            **facts,
        )
    found = round_by_id(at, round_id)
    assert found is not None
    return found


def close_round(at: Transaction, round_id: int, tally: Tally) -> None:
    """Close a round with its final count."""
    at.run(
        "UPDATE rounds SET closed_at = :now, done = :done, counted = :of"
        " WHERE id = :id AND closed_at IS NULL",
        now=at.now_text,
        done=tally.done,
        of=tally.of,
        id=round_id,
    )


def round_by_id(at: Reading, round_id: int) -> Round | None:
    """Return the round, if there is one with this number (buttons may name any)."""
    row = at.one("SELECT * FROM rounds WHERE id = :id", id=round_id)
    return None if row is None else _round(at, row)


def round_of_month(at: Reading, group_id: int, month: str) -> Round | None:
    """Return a group's round of a month, open or closed."""
    row = at.one(
        "SELECT * FROM rounds WHERE group_id = :group AND month = :month AND NOT awaited",
        group=group_id,
        month=month,
    )
    return None if row is None else _round(at, row)


def open_round_of(at: Reading, group_id: int) -> Round | None:
    """Return the group's round that has opened and has not been closed."""
    found = _unclosed_of(at, group_id)
    return None if found is None or found.awaited else found


def awaited_round_of(at: Reading, group_id: int) -> Round | None:
    """Return the group's round that has not opened, where something is kept for it already."""
    found = _unclosed_of(at, group_id)
    return found if found is not None and found.awaited else None


def _unclosed_of(at: Reading, group_id: int) -> Round | None:
    row = at.one(
        "SELECT * FROM rounds WHERE group_id = :group AND closed_at IS NULL", group=group_id
    )
    return None if row is None else _round(at, row)


def last_closed_of(at: Reading, group_id: int) -> Round | None:
    """Return the group's round that closed last."""
    row = at.one(
        "SELECT * FROM rounds WHERE group_id = :group AND closed_at IS NOT NULL"
        " ORDER BY month DESC LIMIT 1",
        group=group_id,
    )
    return None if row is None else _round(at, row)


def last_month_asking(at: Reading, group_id: int, key: str) -> str | None:
    """Return the last month whose round asked a question; None where none did."""
    month: str | None = at.value(
        "SELECT max(month) FROM rounds WHERE group_id = :group AND NOT awaited"
        " AND EXISTS (SELECT 1 FROM json_each(questions) WHERE value = :key)",
        group=group_id,
        key=key,
    )
    return month


def closed_between(at: Reading, group_id: int, since: datetime, until: datetime) -> list[Round]:
    """Return the rounds that closed from `since` up to but without `until`, in order."""
    return [
        _round(at, row)
        for row in at.all(
            "SELECT * FROM rounds WHERE group_id = :group"
            " AND closed_at >= :since AND closed_at < :until ORDER BY closed_at",
            group=group_id,
            since=utc_text(since),
            until=utc_text(until),
        )
    ]


# -- one member's -------------------------------------------------------------------------------


def of_member(at: Reading, round_id: int, member_id: int) -> CheckIn | None:
    """Return a member's check-in of a round, if they were ever asked."""
    row = at.one(
        "SELECT check_ins.*, person_id FROM check_ins JOIN members ON members.id = member_id"
        " WHERE round_id = :round AND member_id = :member",
        round=round_id,
        member=member_id,
    )
    return None if row is None else _check_in(row)


def by_id(at: Reading, check_in_id: int) -> CheckIn:
    """Return the check-in. Raises LookupError."""
    row = at.one(
        "SELECT check_ins.*, person_id FROM check_ins JOIN members ON members.id = member_id"
        " WHERE check_ins.id = :id",
        id=check_in_id,
    )
    if row is None:
        raise LookupError(check_in_id)
    return _check_in(row)


def latest_unfinished(at: Reading, person_id: int, since: datetime) -> CheckIn | None:
    """Return the check-in that a person is in the middle of, the last one shown since then."""
    row = at.one(
        "SELECT check_ins.*, person_id FROM check_ins JOIN members ON members.id = member_id"
        " WHERE person_id = :person AND finished_at IS NULL AND touched_at >= :since"
        " ORDER BY touched_at DESC LIMIT 1",
        person=person_id,
        since=utc_text(since),
    )
    return None if row is None else _check_in(row)


def touch(at: Transaction, round_id: int, member_id: int) -> CheckIn:
    """Return the member's check-in, begun if it was not, and note that they are at it now."""
    [row] = at.all(
        "INSERT INTO check_ins (round_id, member_id, touched_at) VALUES (:round, :member, :now)"
        " ON CONFLICT (round_id, member_id) DO UPDATE SET touched_at = excluded.touched_at"
        " RETURNING *, (SELECT person_id FROM members WHERE id = member_id) AS person_id",
        round=round_id,
        member=member_id,
        now=at.now_text,
    )
    return _check_in(row)


def goes_on_in(at: Transaction, check_in_id: int, message_id: int) -> None:
    """Keep in which private message a check-in goes on."""
    at.run(
        "UPDATE check_ins SET message_id = :message WHERE id = :id",
        message=message_id,
        id=check_in_id,
    )


def finish(at: Transaction, check_in_id: int) -> None:
    """Note that a member reached the end; the first time stays."""
    at.run(
        "UPDATE check_ins SET finished_at = :now WHERE id = :id AND finished_at IS NULL",
        now=at.now_text,
        id=check_in_id,
    )


def asked_and_done(at: Reading, found: Round) -> list[tuple[bool, bool]]:
    """Return of each member who takes part in the round's group: are they asked, are they done.

    Asked is who has a phone of their own and is in the group's chat.
    """
    return [
        (bool(row["is_asked"]), bool(row["is_done"]))
        for row in at.all(
            "SELECT telegram_id IS NOT NULL AND away_since IS NULL AS is_asked,"  # noqa: S608 - ours
            " finished_at IS NOT NULL AS is_done"
            " FROM members JOIN people ON people.id = members.person_id"
            " LEFT JOIN check_ins ON check_ins.member_id = members.id AND round_id = :round"
            " WHERE group_id = :group AND members.state = 'member' AND NOT EXISTS (SELECT 1"
            " FROM consents WHERE consents.member_id = members.id AND practice = 'check_ins'"
            f" AND {DECLINED})",
            round=found.id,
            group=found.group_id,
        )
    ]


def answers(at: Reading, check_in: CheckIn, known_at: datetime | None = None) -> dict[str, Answer]:
    """Return the latest answer to each question that has one, the empty ones too, by key.

    `known_at`: as it was known at that instant, whatever was put right since.
    """
    found = {}
    for row in at.all(
        "SELECT question, answer FROM check_in_answers WHERE id IN"
        " (SELECT max(id) FROM check_in_answers WHERE check_in_id = :check_in"
        " AND (:known IS NULL OR answered_at <= :known) GROUP BY question)",
        check_in=check_in.id,
        known=None if known_at is None else utc_text(known_at),
    ):
        found[row["question"]] = _answer(at, check_in.person_id, row["answer"])
    return found


def latest_of_member(at: Reading, member: Member, key: str) -> Answer:
    """Return a member's latest answer to a question in any round; empty where there is none."""
    row = at.one(
        "SELECT answer FROM check_in_answers JOIN check_ins ON check_ins.id = check_in_id"
        " WHERE member_id = :member AND question = :key ORDER BY round_id DESC,"
        " check_in_answers.id DESC LIMIT 1",
        member=member.id,
        key=key,
    )
    return EMPTY if row is None else _answer(at, member.person_id, row["answer"])


def answers_by_month(
    at: Reading, member: Member, until: Round
) -> list[tuple[str, dict[str, Answer]]]:
    """Return a member's latest answers in each round of their group up to this one, in order.

    A round they left out is there too, without answers.
    """
    found: dict[int, tuple[str, dict[str, Answer]]] = {}
    for row in at.all(
        "SELECT rounds.id, month, question, answer FROM rounds"
        " LEFT JOIN check_ins ON check_ins.round_id = rounds.id AND member_id = :member"
        " LEFT JOIN check_in_answers ON check_in_answers.id IN"
        " (SELECT max(id) FROM check_in_answers WHERE check_in_id = check_ins.id GROUP BY question)"
        " WHERE group_id = :group AND month <= :until ORDER BY month, check_in_answers.id",
        member=member.id,
        group=until.group_id,
        until=until.month,
    ):
        _, said = found.setdefault(row["id"], (row["month"], {}))
        if row["question"] is not None:
            said[row["question"]] = _answer(at, member.person_id, row["answer"])
    return list(found.values())


def words_of(at: Reading, check_in: CheckIn, key: str) -> list[Word]:
    """Return all that was said to a question, the first word first."""
    return [
        Word(
            _answer(at, check_in.person_id, row["answer"]),
            parse_utc(row["answered_at"]),
            row["why"],
        )
        for row in at.all(
            "SELECT * FROM check_in_answers WHERE check_in_id = :check_in AND question = :key"
            " ORDER BY id",
            check_in=check_in.id,
            key=key,
        )
    ]


def values_told(at: Reading, member: Member, keys: Collection[str]) -> list[ValueTold]:
    """Return a member's last word on these questions in each round, by question and month.

    Where the last word is empty it is left out.
    """
    return [
        ValueTold(row["round_id"], row["month"], row["question"], answer, row["why"])
        for row in at.all(
            "SELECT round_id, month, question, answer, why FROM check_in_answers"
            " JOIN check_ins ON check_ins.id = check_in_id JOIN rounds ON rounds.id = round_id"
            " WHERE check_in_answers.id IN (SELECT max(check_in_answers.id) FROM check_in_answers"
            " JOIN check_ins ON check_ins.id = check_in_id WHERE member_id = :member"
            " GROUP BY check_in_id, question)"
            " AND question IN (SELECT value FROM json_each(:keys)) ORDER BY question, month",
            member=member.id,
            keys=json.dumps(sorted(keys)),
        )
        if not (answer := _answer(at, member.person_id, row["answer"])).is_empty
    ]


def add_answer(
    at: Transaction, check_in: CheckIn, question: Question, answer: Answer, why: Why | None = None
) -> None:
    """Add an answer; from now on it is the one that counts.

    After the round has closed only with a reason `why`, and only to a value that was told.
    """
    parts = {name: part for name, part in vars(answer).items() if part is not None}
    at.insert(
        "INSERT INTO check_in_answers (check_in_id, question, answer, answered_at, why)"
        " VALUES (:check_in, :question, :answer, :now, :why)",
        check_in=check_in.id,
        question=question.key,
        answer=at.seal_for(check_in.person_id, json.dumps(parts)) if parts else None,
        now=at.now_text,
        why=why,
    )


# -- reminders off --------------------------------------------------------------------------------


def set_reminders(at: Transaction, member_id: int, *, wanted: bool) -> None:
    """Keep whether a member wants to be reminded of check-ins."""
    if wanted:
        at.run("DELETE FROM reminders_off WHERE member_id = :member", member=member_id)
        return
    at.run(
        "INSERT INTO reminders_off (member_id, since) VALUES (:member, :now)"
        " ON CONFLICT DO NOTHING",
        member=member_id,
        now=at.now_text,
    )


def wants_reminders(at: Reading, member_id: int) -> bool:
    """Whether a member wants to be reminded of check-ins (everybody does until they say so)."""
    return at.one("SELECT 1 FROM reminders_off WHERE member_id = :member", member=member_id) is None


def _round(at: Reading, row: Row) -> Round:
    keys = json.loads(row["questions"])
    return Round(
        id=row["id"],
        group_id=row["group_id"],
        month=row["month"],
        questions=asked(keys, own_questions.by_keys(at, keys)),
        opened_at=parse_utc(row["opened_at"]),
        closes_at=parse_utc(row["closes_at"]),
        closed_at=None if row["closed_at"] is None else parse_utc(row["closed_at"]),
        tally=None if row["closed_at"] is None else Tally(row["done"], row["counted"]),
        awaited=bool(row["awaited"]),
    )


def _answer(at: Reading, person_id: int, sealed: bytes | None) -> Answer:
    words = at.open_for(person_id, sealed)
    return EMPTY if words is None else Answer(**json.loads(words))


def _check_in(row: Row) -> CheckIn:
    return CheckIn(
        id=row["id"],
        round_id=row["round_id"],
        member_id=row["member_id"],
        person_id=row["person_id"],
        message_id=row["message_id"],
        touched_at=parse_utc(row["touched_at"]),
        finished_at=None if row["finished_at"] is None else parse_utc(row["finished_at"]),
    )
