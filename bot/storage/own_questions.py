"""A group's own questions: added, never reworded. Which of them are asked, the agreement says."""

from collections.abc import Collection, Iterable

from bot.domain.check_ins import Question, own_id_of, own_question
from bot.domain.own_questions import OwnQuestion
from bot.storage.database import Reading, Row, Transaction


def add(at: Transaction, group_id: int, question: OwnQuestion) -> int:
    """Keep a question of a group's and return its id."""
    return at.insert(
        "INSERT INTO own_questions (group_id, kind, words, since)"
        " VALUES (:group, :kind, :words, :now)",
        group=group_id,
        kind=question.kind,
        words=at.key.payloads.close(question.words),
        now=at.now_text,
    )


def of_group(at: Reading, group_id: int, most: int) -> dict[int, Question]:
    """Return a group's questions by id, the newest ones, in the order they were added."""
    rows = at.all(
        "SELECT * FROM own_questions WHERE group_id = :group ORDER BY id DESC LIMIT :most",
        group=group_id,
        most=most,
    )
    return {row["id"]: _question(at, row) for row in reversed(rows)}


def are_of_group(at: Reading, group_id: int, own_ids: Collection[int]) -> bool:
    """Whether all of these are questions of this group."""
    return all(
        at.one(
            "SELECT 1 FROM own_questions WHERE id = :id AND group_id = :group",
            id=one,
            group=group_id,
        )
        is not None
        for one in own_ids
    )


def by_keys(at: Reading, keys: Iterable[str]) -> dict[str, Question]:
    """Return those questions that these keys name, by key."""
    found = {}
    for key in keys:
        own_id = own_id_of(key)
        if own_id is not None:
            row = at.one("SELECT * FROM own_questions WHERE id = :id", id=own_id)
            assert row is not None, key
            found[key] = _question(at, row)
    return found


def _question(at: Reading, row: Row) -> Question:
    return own_question(row["id"], row["kind"], at.key.payloads.open(row["words"]))
