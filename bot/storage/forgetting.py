"""Forgetting somebody: their key, their name, their words; the arithmetic of the book stays."""

import json
from collections.abc import Callable
from typing import Any, Final

from bot.storage import own_data, people
from bot.storage.chats import NOBODYS_ID
from bot.storage.database import Reading, Transaction

Scrub = Callable[[str], str]

#: Where a group's own rows may quote a member; the operator's key seals them.
_QUOTING: Final = (
    ("digests", "content", "group_id = :group AND content IS NOT NULL"),
    ("decisions", "refusal", "group_id = :group AND refusal IS NOT NULL"),
)


def is_known(at: Reading, person_id: int, met: str) -> bool:
    """Whether the person with this number, first met at this instant, was not forgotten yet."""
    known = at.value(
        "SELECT 1 FROM people JOIN person_keys ON person_id = id WHERE id = :id AND since = :met",
        id=person_id,
        met=met,
    )
    return known is not None


def begin(at: Transaction, person_id: int) -> None:
    """Note who is being forgotten: until `end`, what is only added to lets go of theirs."""
    at.run(
        "INSERT INTO forgotten (person_id, since, under_way) VALUES (:person, :now, 1)",
        person=person_id,
        now=at.now_text,
    )


def memberships(at: Reading, person_id: int) -> list[int]:
    """Return the ids of whatever a person is, or was, in groups."""
    rows = at.all("SELECT id FROM members WHERE person_id = :person ORDER BY id", person=person_id)
    return [row["id"] for row in rows]


def own_words(at: Reading, person_id: int) -> list[str]:
    """Return what a person said that a group may have been told, as they said it."""
    said = own_data.mine(at, person_id)
    found = []
    for practice, table, column in (
        ("thanks", "thanks", "words"),
        ("goals", "goal_terms", "words"),
        ("help", "asks", "words"),
        ("work_days", "work_days", "title"),
    ):
        rows = said.get(practice, {}).get(table, [])
        found += [str(row[column]) for row in rows if column in row]
    for row in said.get("polls", {}).get("polls", []):
        found += [str(one) for one in row["words"]]
    for row in said.get("decisions", {}).get("decisions", []):
        matter = row["matter"]
        found += [matter["words"], matter["why"], *(one["words"] for one in matter["choices"])]
    return [one for one in found if one.strip()]


def blank_proposals(at: Transaction, group_id: int, member_id: int, words: str) -> None:
    """Put other words in place of what a member proposed; what it did, and how it ended, stays."""
    for row in at.all(
        "SELECT id, matter FROM decisions WHERE group_id = :group AND proposed_by = :member",
        group=group_id,
        member=member_id,
    ):
        matter = json.loads(at.key.payloads.open(row["matter"]))
        matter["words"], matter["why"] = words, ""
        for number, choice in enumerate(matter["choices"], 1):
            choice["words"] = str(number)
        _keep_matter(at, row["id"], matter)


def blank_candidate(at: Transaction, group_id: int, member_id: int, former: str) -> None:
    """Put other words in place of a member's name where the group could have elected them."""
    for row in at.all("SELECT id, matter FROM decisions WHERE group_id = :group", group=group_id):
        matter = json.loads(at.key.payloads.open(row["matter"]))
        theirs = [one for one in matter["choices"] if one["member_id"] == member_id]
        for choice in theirs:
            choice["words"] = former
        if theirs:
            _keep_matter(at, row["id"], matter)


def blank_polls(at: Transaction, group_id: int, member_id: int, words: str) -> None:
    """Put other words in place of what a member asked in polls."""
    for row in at.all(
        "SELECT id, options FROM polls WHERE group_id = :group AND asked_by = :member",
        group=group_id,
        member=member_id,
    ):
        said = [words, *(str(number) for number in range(1, row["options"] + 1))]
        at.run(
            "UPDATE polls SET words = :words WHERE id = :id",
            words=at.key.payloads.close(json.dumps(said)),
            id=row["id"],
        )


def blank_work_days(at: Transaction, group_id: int, member_id: int, words: str) -> None:
    """Put other words in place of what a member called work days for."""
    at.run(
        "UPDATE work_days SET title = :words WHERE group_id = :group AND called_by = :member",
        words=at.key.payloads.close(words),
        group=group_id,
        member=member_id,
    )


def scrub_group(at: Transaction, group_id: int, scrub: Scrub) -> None:
    """Take somebody's name and words out of whatever a group keeps of what it was told."""
    for table, column, condition in _QUOTING:
        for row in at.all(
            f"SELECT id, {column} AS sealed FROM {table} WHERE {condition}",  # noqa: S608 - our own words
            group=group_id,
        ):
            _put_back(at, table, column, row, scrub)


def scrub_waiting(at: Transaction, scrub: Scrub) -> None:
    """The same for what waits to be said to others."""
    for row in at.all(
        "SELECT id, content AS sealed FROM outbox WHERE finished_at IS NULL AND content IS NOT NULL"
    ):
        _put_back(at, "outbox", "content", row, scrub)


def forget_failures(at: Transaction, telegram_id: int, name: str) -> None:
    """Delete what failed of what a person sent, and whatever else failed that names them."""
    for row in at.all("SELECT id, update_sealed, trace_sealed FROM updates_failed"):
        kept = at.key.payloads.open(row["update_sealed"]) + at.key.payloads.open(
            row["trace_sealed"]
        )
        if str(telegram_id) in kept or name in kept or json.dumps(name)[1:-1] in kept:
            at.run("DELETE FROM updates_failed WHERE id = :id", id=row["id"])


def end(at: Transaction, person_id: int, shown_as: Callable[[int], str]) -> None:
    """Delete what goes, then the name, the way to them, and the key of all that stays.

    `shown_as` gives the words that stand in place of the name in a group, by its id.
    """
    own_data.delete(at, person_id)
    for row in at.all("SELECT id, group_id FROM members WHERE person_id = :id", id=person_id):
        at.run(
            "UPDATE members SET shown_as = :words WHERE id = :id",
            words=shown_as(row["group_id"]),
            id=row["id"],
        )
    at.run(
        "UPDATE chats SET telegram_id = :nobody - id, last_message_id = 0 WHERE person_id = :id",
        nobody=NOBODYS_ID,
        id=person_id,
    )
    people.forget(at, person_id)
    at.run("UPDATE forgotten SET under_way = 0 WHERE person_id = :id", id=person_id)


def _keep_matter(at: Transaction, decision_id: int, matter: dict[str, Any]) -> None:
    at.run(
        "UPDATE decisions SET matter = :matter WHERE id = :id",
        matter=at.key.payloads.close(json.dumps(matter, ensure_ascii=False)),
        id=decision_id,
    )


def _put_back(at: Transaction, table: str, column: str, row: Any, scrub: Scrub) -> None:  # noqa: ANN401 - a row
    text = at.key.payloads.open(row["sealed"])
    try:
        said = json.dumps(_scrubbed(json.loads(text), scrub))
    except json.JSONDecodeError:  # a refusal is kept as words
        said = scrub(text)
    at.run(
        f"UPDATE {table} SET {column} = :sealed WHERE id = :id",  # noqa: S608 - our own words
        sealed=at.key.payloads.close(said),
        id=row["id"],
    )


def _scrubbed(said: Any, scrub: Scrub) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(said, str):
        return scrub(said)
    if isinstance(said, list):
        return [_scrubbed(one, scrub) for one in said]
    if isinstance(said, dict):
        return {key: _scrubbed(one, scrub) for key, one in said.items()}
    return said
