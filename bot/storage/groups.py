"""Groups, who may set them up, and the versions of their agreement."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from bot.domain import agreement as agreements, plans
from bot.domain.agreement import Agreement
from bot.domain.calendar import local, parse_utc, utc_text
from bot.storage import chats
from bot.storage.database import Reading, Row, Transaction

State = Literal["new", "active", "away"]


@dataclass(frozen=True)
class Version:
    """One version of a group's agreement: since when, by whom, by which decision."""

    agreement: Agreement
    since: datetime
    changed_by: int | None  # a person
    decision_id: int | None


@dataclass(frozen=True)
class Group:
    """A peer group in its chat. `away`: the bot was removed; all is kept and it rests."""

    id: int
    chat_id: int
    title: str
    state: State
    language: str
    added_by: int | None


def by_id(at: Reading, group_id: int) -> Group:
    """Return the group. Raises LookupError."""
    row = at.one("SELECT * FROM groups WHERE id = :id", id=group_id)
    if row is None:
        raise LookupError(group_id)
    return _group(at, row)


def of_chat(at: Reading, chat_id: int) -> Group | None:
    """Return the group that lives in a chat."""
    row = at.one("SELECT * FROM groups WHERE chat_id = :chat", chat=chat_id)
    return None if row is None else _group(at, row)


def chat_of(at: Reading, group: Group) -> chats.Chat:
    """Return the chat a group lives in."""
    return chats.by_id(at, group.chat_id)


def add(at: Transaction, *, chat_id: int, title: str, language: str, added_by: int | None) -> Group:
    """Add a group that is not set up yet."""
    group_id = at.insert(
        "INSERT INTO groups (chat_id, title, state, language, added_by, since)"
        " VALUES (:chat, :title, 'new', :language, :by, :now)",
        chat=chat_id,
        title=at.key.payloads.close(title),
        language=language,
        by=added_by,
        now=at.now_text,
    )
    return by_id(at, group_id)


def set_title(at: Transaction, group_id: int, title: str) -> None:
    """Keep up with the group's name."""
    at.run(
        "UPDATE groups SET title = :title WHERE id = :id",
        title=at.key.payloads.close(title),
        id=group_id,
    )


def set_state(at: Transaction, group_id: int, state: State) -> None:
    """Mark a group as new, active or away."""
    at.run("UPDATE groups SET state = :state WHERE id = :id", state=state, id=group_id)


def set_language(at: Transaction, group_id: int, language: str) -> None:
    """Keep the group's language (before it has an agreement, too)."""
    at.run("UPDATE groups SET language = :language WHERE id = :id", language=language, id=group_id)


def set_added_by(at: Transaction, group_id: int, person_id: int) -> None:
    """Keep who added the bot (again)."""
    at.run("UPDATE groups SET added_by = :by WHERE id = :id", by=person_id, id=group_id)


def active(at: Reading) -> list[Group]:
    """Return every group that is set up and has the bot."""
    return [_group(at, row) for row in at.all("SELECT * FROM groups WHERE state = 'active'")]


def newest(at: Reading, most: int) -> list[int]:
    """Return the ids of the newest groups that are set up and have the bot."""
    rows = at.all(
        "SELECT id FROM groups WHERE state = 'active' ORDER BY id DESC LIMIT :most", most=most
    )
    return [row["id"] for row in rows]


# -- who may press at set-up --------------------------------------------------------------------


def admin_known(at: Reading, group_id: int, person_id: int) -> tuple[bool, datetime] | None:
    """Return whether Telegram said that this person is an admin of the chat, and when it did."""
    row = at.one(
        "SELECT is_admin, seen_at FROM group_admins"
        " WHERE group_id = :group AND person_id = :person",
        group=group_id,
        person=person_id,
    )
    return None if row is None else (bool(row["is_admin"]), parse_utc(row["seen_at"]))


def know_admin(at: Transaction, group_id: int, person_id: int, *, is_admin: bool) -> None:
    """Keep what Telegram says about one person's adminship."""
    at.run(
        "INSERT INTO group_admins (group_id, person_id, is_admin, seen_at)"
        " VALUES (:group, :person, :is_admin, :now) ON CONFLICT (group_id, person_id)"
        " DO UPDATE SET is_admin = excluded.is_admin, seen_at = excluded.seen_at",
        group=group_id,
        person=person_id,
        is_admin=is_admin,
        now=at.now_text,
    )


# -- set-up under way ---------------------------------------------------------------------------


def setup(at: Reading, group_id: int) -> tuple[str, dict[str, Any]] | None:
    """Return the step a group's set-up is at, and what has been chosen so far."""
    row = at.one("SELECT step, choices FROM setups WHERE group_id = :group", group=group_id)
    return None if row is None else (row["step"], json.loads(at.key.payloads.open(row["choices"])))


def keep_setup(at: Transaction, group_id: int, step: str, choices: dict[str, Any]) -> None:
    """Keep where a group's set-up is, and what has been chosen so far."""
    at.run(
        "INSERT INTO setups (group_id, step, choices) VALUES (:group, :step, :choices)"
        " ON CONFLICT (group_id) DO UPDATE SET step = excluded.step, choices = excluded.choices",
        group=group_id,
        step=step,
        choices=at.key.payloads.close(json.dumps(choices, sort_keys=True)),
    )


def end_setup(at: Transaction, group_id: int) -> None:
    """Forget the half-way choices: what holds now is the agreement."""
    at.run("DELETE FROM setups WHERE group_id = :group", group=group_id)


# -- the agreement ------------------------------------------------------------------------------


def agree(
    at: Transaction,
    group_id: int,
    agreement: Agreement,
    *,
    changed_by: int | None,
    decision_id: int | None = None,
) -> Agreement:
    """Store the next version of the agreement and return it as it holds from now.

    A plan that has no first day yet has it today.
    """
    today = local(at.now, agreement.zone).date()
    agreement = replace(agreement, plans=plans.begun(agreement.plans, today))
    version = 1 + (
        at.value("SELECT max(version) FROM agreements WHERE group_id = :group", group=group_id) or 0
    )
    at.run(
        "INSERT INTO agreements (group_id, version, document, since, changed_by, decision_id)"
        " VALUES (:group, :version, :document, :now, :by, :decision)",
        group=group_id,
        version=version,
        document=at.key.payloads.close(agreement.to_json()),
        now=at.now_text,
        by=changed_by,
        decision=decision_id,
    )
    set_language(at, group_id, agreement.language)
    return agreements.from_json(agreement.to_json(), version)


def agreement(at: Reading, group_id: int) -> Agreement:
    """Return the agreement that holds now. Raises LookupError before set-up."""
    row = at.one(
        "SELECT document, version FROM agreements WHERE group_id = :group"
        " ORDER BY version DESC LIMIT 1",
        group=group_id,
    )
    if row is None:
        raise LookupError(group_id)
    return _agreement(at, row)


def version(at: Reading, group_id: int, number: int) -> Version | None:
    """Return one version of a group's agreement; None where there is none of that number."""
    found = versions(at, group_id, newest=number, most=1)
    return found[0] if found and found[0].agreement.version == number else None


def versions(at: Reading, group_id: int, *, newest: int, most: int) -> list[Version]:
    """Return the versions from a number down, the newest first, at most so many."""
    return [
        _version(at, row)
        for row in at.all(
            "SELECT * FROM agreements WHERE group_id = :group AND version <= :newest"
            " ORDER BY version DESC LIMIT :most",
            group=group_id,
            newest=newest,
            most=most,
        )
    ]


def versions_since(at: Reading, group_id: int, since: datetime) -> list[Version]:
    """Return the versions that were agreed on from an instant on, the oldest first."""
    return [
        _version(at, row)
        for row in at.all(
            "SELECT * FROM agreements WHERE group_id = :group AND since >= :since ORDER BY version",
            group=group_id,
            since=utc_text(since),
        )
    ]


def agreed_since(at: Reading, group_id: int) -> datetime | None:
    """Return since when the agreement that holds now holds; None before set-up."""
    since = at.value("SELECT max(since) FROM agreements WHERE group_id = :group", group=group_id)
    return None if since is None else parse_utc(since)


def language_of_chat(at: Reading, chat_id: int) -> str | None:
    """Return the language of the group that lives in a chat."""
    language: str | None = at.value(
        "SELECT language FROM groups WHERE chat_id = :chat", chat=chat_id
    )
    return language


def agreement_at(at: Reading, group_id: int, when: datetime) -> Agreement:
    """Return the agreement that held at an instant (the first one for anything before it)."""
    row = at.one(
        "SELECT document, version FROM agreements WHERE group_id = :group"
        " ORDER BY since <= :when DESC,"
        " CASE WHEN since <= :when THEN version ELSE -version END DESC"
        " LIMIT 1",
        group=group_id,
        when=utc_text(when),
    )
    if row is None:
        raise LookupError(group_id)
    return _agreement(at, row)


def _version(at: Reading, row: Row) -> Version:
    return Version(
        _agreement(at, row), parse_utc(row["since"]), row["changed_by"], row["decision_id"]
    )


def _agreement(at: Reading, row: Row) -> Agreement:
    return agreements.from_json(at.key.payloads.open(row["document"]), row["version"])


def _group(at: Reading, row: Row) -> Group:
    return Group(
        id=row["id"],
        chat_id=row["chat_id"],
        title=at.key.payloads.open(row["title"]),
        state=row["state"],
        language=row["language"],
        added_by=row["added_by"],
    )
