"""Polls as they were asked, Telegram's polls that show them, and the members' votes."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.domain.calendar import parse_utc, utc_text
from bot.domain.polls import Draft
from bot.storage.database import Reading, Row, Transaction

PARKED_KEPT: Final = timedelta(days=2)  # Telegram's own memory is a day


@dataclass(frozen=True)
class Poll:
    """A quick poll. `asked_by` is a member's id."""

    id: int
    group_id: int
    asked_by: int
    draft: Draft
    opened_at: datetime
    closes_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True)
class Post:
    """One of Telegram's polls; the message is not known where its answer was lost on the way."""

    telegram_poll_id: str
    chat_telegram_id: int | None
    message_id: int | None


def add(
    at: Transaction, *, group_id: int, asked_by: int, draft: Draft, closes_at: datetime
) -> Poll:
    """Add a poll that is about to be posted."""
    words = json.dumps([draft.question, *draft.options])
    poll_id = at.insert(
        "INSERT INTO polls (group_id, asked_by, words, options, several, anonymous, days,"
        " opened_at, closes_at) VALUES (:group, :by, :words, :options, :several, :anonymous, :days,"
        " :now, :closes)",
        group=group_id,
        by=asked_by,
        words=at.key.payloads.close(words),
        options=len(draft.options),
        several=draft.several,
        anonymous=draft.anonymous,
        days=draft.days,
        now=at.now_text,
        closes=utc_text(closes_at),
    )
    return by_id(at, poll_id)


def by_id(at: Reading, poll_id: int) -> Poll:
    """Return the poll. Raises LookupError."""
    row = at.one("SELECT * FROM polls WHERE id = :id", id=poll_id)
    if row is None:
        raise LookupError(poll_id)
    return _poll(at, row)


def open_of(at: Reading, member_id: int) -> list[Poll]:
    """Return the polls that a member asked and that are open."""
    return [
        _poll(at, row)
        for row in at.all(
            "SELECT * FROM polls WHERE asked_by = :by AND closed_at IS NULL", by=member_id
        )
    ]


def close(at: Transaction, poll_id: int) -> None:
    """Note that a poll is closed."""
    at.run(
        "UPDATE polls SET closed_at = :now WHERE id = :id AND closed_at IS NULL",
        now=at.now_text,
        id=poll_id,
    )


def still_open(at: Reading) -> list[Poll]:
    """Return every poll that is open."""
    return [_poll(at, row) for row in at.all("SELECT * FROM polls WHERE closed_at IS NULL")]


def closed_between(at: Reading, group_id: int, since: datetime, until: datetime) -> list[Poll]:
    """Return the group's polls that were posted, and closed in [since, until), in that order."""
    return [
        _poll(at, row)
        for row in at.all(
            "SELECT * FROM polls WHERE group_id = :group"
            " AND closed_at >= :since AND closed_at < :until"
            " AND EXISTS (SELECT 1 FROM poll_posts WHERE poll_id = polls.id)"
            " ORDER BY closed_at, id",
            group=group_id,
            since=utc_text(since),
            until=utc_text(until),
        )
    ]


# -- Telegram's polls ---------------------------------------------------------------------------


def add_post(at: Transaction, poll_id: int, post: Post) -> None:
    """Keep which of Telegram's polls shows a poll; the message may become known later."""
    at.run(
        "INSERT INTO poll_posts (telegram_poll_id, poll_id, chat_telegram_id, message_id)"
        " VALUES (:id, :poll, :chat, :message) ON CONFLICT (telegram_poll_id)"
        " DO UPDATE SET chat_telegram_id = coalesce(excluded.chat_telegram_id, chat_telegram_id),"
        " message_id = coalesce(excluded.message_id, message_id)",
        id=post.telegram_poll_id,
        poll=poll_id,
        chat=post.chat_telegram_id,
        message=post.message_id,
    )


def posts_of(at: Reading, poll_id: int) -> list[Post]:
    """Return Telegram's polls that show a poll."""
    return [
        Post(row["telegram_poll_id"], row["chat_telegram_id"], row["message_id"])
        for row in at.all("SELECT * FROM poll_posts WHERE poll_id = :poll", poll=poll_id)
    ]


def of_post(at: Reading, telegram_poll_id: str) -> Poll | None:
    """Return the poll that one of Telegram's shows, if it is known to be ours."""
    row = at.one(
        "SELECT polls.* FROM poll_posts JOIN polls ON polls.id = poll_id"
        " WHERE telegram_poll_id = :id",
        id=telegram_poll_id,
    )
    return None if row is None else _poll(at, row)


def in_message(at: Reading, chat_telegram_id: int, message_id: int) -> Poll | None:
    """Return the poll that a message shows."""
    row = at.one(
        "SELECT polls.* FROM poll_posts JOIN polls ON polls.id = poll_id"
        " WHERE chat_telegram_id = :chat AND message_id = :message",
        chat=chat_telegram_id,
        message=message_id,
    )
    return None if row is None else _poll(at, row)


def keep_totals(at: Transaction, telegram_poll_id: str, counts: Sequence[int]) -> None:
    """Keep how Telegram itself counted at the end, the votes of outsiders among them."""
    at.run(
        "UPDATE poll_posts SET totals = :totals WHERE telegram_poll_id = :id",
        totals=json.dumps(list(counts)),
        id=telegram_poll_id,
    )


def totals(at: Reading, poll_id: int) -> list[list[int]]:
    """Return how Telegram counted, a list for each of its polls that has ended."""
    return [
        json.loads(row["totals"])
        for row in at.all(
            "SELECT totals FROM poll_posts WHERE poll_id = :poll AND totals IS NOT NULL"
            " ORDER BY telegram_poll_id",
            poll=poll_id,
        )
    ]


# -- votes --------------------------------------------------------------------------------------


def vote(at: Transaction, poll_id: int, member_id: int, options: Iterable[int]) -> None:
    """Keep a member's vote, of one answer or several; the last one counts, none takes it back."""
    at.run(
        "DELETE FROM poll_votes WHERE poll_id = :poll AND member_id = :member",
        poll=poll_id,
        member=member_id,
    )
    for option in sorted(set(options)):
        at.run(
            "INSERT INTO poll_votes (poll_id, member_id, option, voted_at)"
            " VALUES (:poll, :member, :option, :now)",
            poll=poll_id,
            member=member_id,
            option=option,
            now=at.now_text,
        )


def counts(at: Reading, poll: Poll) -> list[int]:
    """Return how many members voted for each option, in their order."""
    found = {
        row["option"]: row["votes"]
        for row in at.all(
            "SELECT option, count(*) AS votes FROM poll_votes WHERE poll_id = :poll"
            " GROUP BY option",
            poll=poll.id,
        )
    }
    return [found.get(number, 0) for number in range(len(poll.draft.options))]


def voters(at: Reading, poll_id: int) -> int:
    """Return how many members voted at all."""
    count: int = at.value(
        "SELECT count(DISTINCT member_id) FROM poll_votes WHERE poll_id = :poll", poll=poll_id
    )
    return count


def park(at: Transaction, telegram_poll_id: str, person_id: int, options: Iterable[int]) -> None:
    """Keep a vote in a poll that is not known yet; old ones that never were go."""
    at.run(
        "DELETE FROM poll_votes_parked WHERE came_at < :before",
        before=utc_text(at.now - PARKED_KEPT),
    )
    at.run(
        "INSERT INTO poll_votes_parked (telegram_poll_id, person_id, options, came_at)"
        " VALUES (:id, :person, :options, :now) ON CONFLICT (telegram_poll_id, person_id)"
        " DO UPDATE SET options = excluded.options, came_at = excluded.came_at",
        id=telegram_poll_id,
        person=person_id,
        options=json.dumps(sorted(set(options))),
        now=at.now_text,
    )


def unpark(at: Transaction, telegram_poll_id: str) -> list[tuple[int, list[int]]]:
    """Take the votes that wait for a poll out, as pairs of person and options."""
    found = [
        (row["person_id"], json.loads(row["options"]))
        for row in at.all(
            "SELECT person_id, options FROM poll_votes_parked WHERE telegram_poll_id = :id"
            " ORDER BY came_at, person_id",
            id=telegram_poll_id,
        )
    ]
    at.run("DELETE FROM poll_votes_parked WHERE telegram_poll_id = :id", id=telegram_poll_id)
    return found


# -- drafts ---------------------------------------------------------------------------------------


def begin_draft(at: Transaction, person_id: int, group_id: int | None, draft: Draft) -> int:
    """Keep a poll that somebody is about to ask, instead of the one before; return its id."""
    at.run("DELETE FROM poll_drafts WHERE person_id = :person", person=person_id)
    return at.insert(
        "INSERT INTO poll_drafts (person_id, group_id, parts, since)"
        " VALUES (:person, :group, :parts, :now)",
        person=person_id,
        group=group_id,
        parts=at.seal_for(person_id, json.dumps(asdict(draft))),
        now=at.now_text,
    )


def draft_of(at: Reading, draft_id: int, person_id: int) -> tuple[Draft, int | None] | None:
    """Return the poll somebody is about to ask and in which group, if it is theirs."""
    row = at.one(
        "SELECT * FROM poll_drafts WHERE id = :id AND person_id = :person",
        id=draft_id,
        person=person_id,
    )
    parts = None if row is None else at.open_for(person_id, row["parts"])
    if row is None or parts is None:
        return None
    read = json.loads(parts)
    return Draft(**read | {"options": tuple(read["options"])}), row["group_id"]


def keep_draft(
    at: Transaction, draft_id: int, person_id: int, group_id: int | None, draft: Draft
) -> None:
    """Keep how it is to be asked."""
    at.run(
        "UPDATE poll_drafts SET group_id = :group, parts = :parts WHERE id = :id",
        group=group_id,
        parts=at.seal_for(person_id, json.dumps(asdict(draft))),
        id=draft_id,
    )


def end_draft(at: Transaction, draft_id: int) -> None:
    """Forget it: it was asked, or dropped."""
    at.run("DELETE FROM poll_drafts WHERE id = :id", id=draft_id)


def _poll(at: Reading, row: Row) -> Poll:
    question, *options = json.loads(at.key.payloads.open(row["words"]))
    return Poll(
        id=row["id"],
        group_id=row["group_id"],
        asked_by=row["asked_by"],
        draft=Draft(
            question,
            tuple(options),
            several=bool(row["several"]),
            anonymous=bool(row["anonymous"]),
            days=row["days"],
        ),
        opened_at=parse_utc(row["opened_at"]),
        closes_at=parse_utc(row["closes_at"]),
        closed_at=None if row["closed_at"] is None else parse_utc(row["closed_at"]),
    )
