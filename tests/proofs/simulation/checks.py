"""What must be true after a run, whatever befell it."""

import contextlib
import html
import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.app import CARDS
from bot.delivery.outbox import ASIDE_AFTER
from bot.domain.calendar import utc_text
from bot.practices import checking
from bot.storage import backups, outbox
from bot.storage.database import Reading, read_beside

if TYPE_CHECKING:
    from proofs.simulation.run import Run

#: Why a row may end without having been sent.
CHAT_CLOSED = (
    "chat gone",
    "chat blocked",
    "chat unopened",
    "Forbidden",
    "Bad Request: chat not found",
)
MESSAGE_GONE = ("message to", "message can't", "MESSAGE_ID_INVALID", "message not found")
#: The lines of a card that count who is in and who has paid. (When the next one opens, and what is
#: in the fund by now, an old card does not say.)
COUNTED = {"round": 3, "contributions": 2}
DROPPED = (
    None, "expired", "a newer edit waits", "nothing to show", "the group moved",
    "not needed any more",
)  # fmt: skip


def found(run: "Run") -> list[str]:
    """Everything that is not as it must be, in words for who looks for the mistake."""
    return [
        *_updates(run),
        *_promises(run),
        *_order(run),
        *_file(run),
        *read_beside(run.settings.database, run.machine.now, lambda at: list(_book(run, at))),
    ]


# -- updates ------------------------------------------------------------


def _updates(run: "Run") -> Iterator[str]:
    applied, confirmed = run.watch.applied, run.line.feed.confirmed
    for update_id in sorted(confirmed - applied.keys()):
        yield f"update {update_id} was confirmed and never applied"
    for update_id, times in sorted(applied.items()):
        if times > 1:
            yield f"update {update_id} took effect {times} times"
    if len(run.line.feed):
        yield f"{len(run.line.feed)} updates still wait"


# -- messages ------------------------------------------------------------


def _promises(run: "Run") -> Iterator[str]:
    arrived: dict[int, int] = defaultdict(int)
    for one in run.line.record.arrived:
        arrived[one.row] += 1
    for row, promise in sorted(run.watch.promises.items()):
        words = f"row {row} ({promise.method}, {promise.key}): "
        if promise.state in {"queued", "sending"}:
            yield words + f"still {promise.state}"
        elif (
            promise.state == "sent"
            and promise.card is None
            and not arrived[row]
            and row not in run.line.record.as_it_was
        ):
            yield words + "is said to be sent, and never arrived"
        elif promise.state == "uncertain":
            yield words + "nobody knows whether it arrived"
        elif promise.state == "failed" and not _may_fail(promise.method, promise.error or ""):
            yield words + f"failed: {promise.error}"
        elif promise.state == "dropped" and promise.error not in DROPPED:
            yield words + f"was dropped: {promise.error}"
        if arrived[row] > 1 + run.line.record.unsure[row]:
            yield words + f"arrived {arrived[row]} times, and the bot knew"


def _may_fail(method: str, error: str) -> bool:
    if any(sign in error for sign in CHAT_CLOSED):
        return True
    if method == "stopPoll" and "already been closed" in error:
        return True
    changes = method.startswith(("edit", "delete", "setMessage", "stop", "pin", "unpin"))
    return changes and any(sign.lower() in error.lower() for sign in MESSAGE_GONE)


def _order(run: "Run") -> Iterator[str]:
    """In a chat, what is of one urgency arrives in the order in which it was promised."""
    last: dict[tuple[int, int], int] = defaultdict(int)
    seen: set[int] = set()
    for one in run.line.record.arrived:
        if one.row in seen or run.line.record.unsure[one.row] >= ASIDE_AFTER - 1:
            continue  # what Telegram failed to take so often lets others go first
        seen.add(one.row)
        promise = run.watch.promises[one.row]
        lane = (promise.chat, promise.urgency)
        if one.row < last[lane]:
            yield f"row {one.row} arrived after row {last[lane]} of the same chat"
        last[lane] = max(last[lane], one.row)


#: A claim says that a contribution was paid, and was neither withdrawn nor taken back.
PAID = """
    claims.kind = 'contribution'
    AND NOT EXISTS
      (SELECT 1 FROM claim_events WHERE claim_id = claims.id AND what = 'withdrawn')
    AND NOT EXISTS
      (SELECT 1 FROM entries AS paid JOIN entries AS back
       ON back.group_id = paid.group_id AND back.reverses = paid.seq
       WHERE paid.group_id = claims.group_id AND paid.key = 'claim:' || claims.id)
"""
CLAIMS = "SELECT household_id, period, count(*) FROM claims"
PAID_TWICE = "GROUP BY household_id, purse, period, amount_minor HAVING count(*) > 1"
HOUSEHOLDS_CLAIMS = """
    SELECT 1 FROM claims JOIN members ON members.household_id = claims.household_id
    WHERE members.id = ? AND said_at < ? AND period = ?
"""


def leaves(run: "Run", call: Any) -> None:  # noqa: ANN401 - the outbox's own
    """A call leaves: no reminder goes to anybody who is done."""
    promise = run.watch.promises.get(call.departing.id)
    key = "" if promise is None else promise.key or ""
    parts = key.split(":")
    facts: tuple[object, ...] = ()
    if parts[0] == "round" and parts[2:3] == ["remind"]:
        sql = "SELECT 1 FROM check_ins WHERE round_id = ? AND member_id = ? AND finished_at < ?"
        facts = (parts[1], parts[3], utc_text(run.machine.now()))
    elif parts[0] == "contribution":
        sql = f"{HOUSEHOLDS_CLAIMS} AND {PAID}"
        facts = (parts[4], utc_text(run.machine.now()), parts[2][:7])
    else:
        return
    run.reminders += 1
    if _asks(run, sql, *facts):
        run.watch.problems.append(f"a reminder ({key}) leaves for somebody who is done")


def _asks(run: "Run", sql: str, *facts: object) -> list[Any]:
    with contextlib.closing(_opened(run)) as connection:
        return connection.execute(sql, facts).fetchall()


def _opened(run: "Run") -> sqlite3.Connection:
    return sqlite3.connect(f"{run.settings.database.as_uri()}?mode=ro", uri=True)


# -- the file -------------------------------------------------------------------------------------


def _file(run: "Run") -> Iterator[str]:
    try:
        with contextlib.closing(_opened(run)) as connection:
            backups.require_whole(connection, "integrity_check")
    except backups.BackupFailed as error:
        yield f"the file is damaged: {error}"
    for row in _asks(run, "PRAGMA foreign_key_check"):
        yield f"foreign key: {row}"
    # What has fallen due since the bell last rang may wait for its next.
    now = utc_text(run.machine.now() - timedelta(seconds=run.settings.tick_seconds))
    for row in _asks(
        run,
        "SELECT kind, subject, occurrence FROM due WHERE state = 'waiting' AND due_at <= ?",
        now,
    ):
        yield f"forgotten: {row}"
    for row in _asks(run, "SELECT id FROM rounds WHERE closed_at IS NULL AND closes_at <= ?", now):
        yield f"round {row} is still open"


def _book(run: "Run", at: Reading) -> Iterator[str]:
    for checked in checking.verify_all(at):
        for fault in checked.faults:
            yield f"book of group {checked.group_id}: No. {fault.seq}: {fault.kind}"
    yield from _cards(run, at)
    yield from _thanks(run, at)
    yield from _polls(run, at)
    yield from _claims(at)


def _cards(run: "Run", at: Reading) -> Iterator[str]:
    """Every card that stands in an open chat shows how things are."""
    for row in at.all(
        "SELECT cards.*, chats.telegram_id FROM cards JOIN chats ON chats.id = chat_id"
        " WHERE chats.state = 'open' AND message_id IS NOT NULL"
    ):
        card = outbox.card_of(at, row["kind"], row["subject"], row["chat_id"])
        assert card is not None
        drawn = CARDS[card.kind](at, card)
        message = run.sandbox.world.chats[row["telegram_id"]].messages.get(card.message_id or 0)
        if message is None:
            yield f"card {card.kind} {card.subject} stands in a message that is not there"
        elif drawn is not None and card.kind in COUNTED:
            count = COUNTED[card.kind]
            is_so = _plain(drawn["params"]["text"]).split("\n")[:count]
            if (shown := message.content.text.split("\n")[:count]) != is_so:
                yield f"card {card.kind} {card.subject} shows {shown}, and it is {is_so}"


def _thanks(run: "Run", at: Reading) -> Iterator[str]:
    """Each thanks that was heard is kept once."""
    kept = [
        at.open_for(row["person_id"], row["words"]) or ""
        for row in at.all("SELECT words, person_id FROM thanks JOIN members ON members.id = giver")
    ]
    yield from _once(run, "thanks", run.people.done.thanks, kept)


def _polls(run: "Run", at: Reading) -> Iterator[str]:
    """Each poll that was asked is kept once, and holds the votes that Telegram counts."""
    rows = at.all("SELECT id, words FROM polls")
    words = [json.loads(at.key.payloads.open(row["words"]))[0] for row in rows]
    yield from _once(run, "poll", run.people.done.polls, words)
    for row in rows:
        yield from _votes(run, at, row["id"])


def _votes(run: "Run", at: Reading, poll_id: int) -> Iterator[str]:
    posts = at.all("SELECT * FROM poll_posts WHERE poll_id = :poll", poll=poll_id)
    if len(posts) != 1 or (message := run.sandbox.world.polls.get(posts[0][0])) is None:
        return
    assert message.content.poll is not None
    told = {who: list(chosen) for who, chosen in message.content.poll.voters.items()}
    kept: dict[int, list[int]] = defaultdict(list)
    for row in at.all(
        "SELECT telegram_id, option FROM poll_votes JOIN members ON members.id = member_id"
        " JOIN people ON people.id = person_id WHERE poll_id = :poll ORDER BY option",
        poll=poll_id,
    ):
        kept[row["telegram_id"]].append(row["option"])
    if kept != told:
        yield f"poll {poll_id}: Telegram counts {told}, kept are {dict(kept)}"


def _once(run: "Run", what: str, said: dict[str, int], kept: list[str]) -> Iterator[str]:
    for word, update_id in said.items():
        times = sum(1 for one in kept if word in one)
        wanted = run.watch.applied[update_id]
        if times != wanted:
            yield f"{what} {word} was heard {wanted} times and is kept {times} times"


def _claims(at: Reading) -> Iterator[str]:
    """What was confirmed is in the book once, and nothing else is."""
    confirmed = at.value(
        "SELECT count(DISTINCT claim_id) FROM claim_events WHERE what = 'confirmed'"
    )
    entered = at.value("SELECT count(*) FROM entries")
    if confirmed != entered:
        yield f"{confirmed} payments were confirmed, and {entered} are in the book"
    for row in at.all(f"{CLAIMS} WHERE {PAID} {PAID_TWICE}"):
        yield f"household {row[0]} has paid {row[1]} {row[2]} times"


def _plain(text: str) -> str:
    return html.unescape(re.sub("<[^<>]*>", "", text))
