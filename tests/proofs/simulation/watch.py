"""What is written down while a run goes on, from the file itself and at each commit."""

import json
import logging
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from proofs.simulation.machine import PowerGone

from bot.storage.sealing import OperatorKey

#: What may stand in the log as an error where a run plays tricks on the bot.
EXPECTED = frozenset(
    {"deaf", "update_unreadable", "poll_conflict", "outbox_failed", "tick_failed", "send_refused"}
)


@dataclass
class Promise:
    """A row of the outbox, as it was committed and as it ended."""

    id: int
    key: str | None
    chat: int
    urgency: int
    card: int | None
    edits: int | None
    method: str
    state: str = "queued"
    message_id: int | None = None
    error: str | None = None


class Watch(logging.Handler):
    """Sees each commit, and each error in the log."""

    def __init__(self, trace: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self.problems: list[str] = []
        self.promises: dict[int, Promise] = {}
        self.applied: Counter[int] = Counter()
        self.commits = 0
        self.is_blind = False  # what a program without power says is heard by nobody
        self._trace = trace
        self._taken: list[int] = []
        self._open: set[int] = set()
        self._last_row = 0

    # -- the intake -------------------------------------------------------------------------------

    def takes(self, raw: Any) -> None:  # noqa: ANN401 - whatever came
        """An update is being applied; whether it counts, the commit says."""
        self._taken.append(raw["update_id"])

    def undone(self) -> None:
        """What was being applied is undone."""
        self._taken.clear()

    @property
    def is_busy(self) -> bool:
        """Whether something is still to be said."""
        return bool(self._open)

    def under_way(self) -> list[int]:
        """The rows that are leaving, by what was committed last."""
        return [row for row in sorted(self._open) if self.promises[row].state == "sending"]

    def committed(self, connection: sqlite3.Connection, key: OperatorKey) -> None:
        """See what a commit promises, and what has become of what was promised before."""
        self.commits += 1
        for update_id in self._taken:
            self.applied[update_id] += 1
        self._taken.clear()
        execute = sqlite3.Connection.execute
        for row in execute(
            connection, "SELECT * FROM outbox WHERE id > ? ORDER BY id", (self._last_row,)
        ).fetchall():
            self._last_row = row["id"]
            self._open.add(row["id"])
            content = row["content"]
            call = {} if content is None else json.loads(key.payloads.open(content))
            self.promises[row["id"]] = Promise(
                id=row["id"],
                key=row["key"],
                chat=row["chat_id"],
                urgency=row["urgency"],
                card=row["card_id"],
                edits=row["edits"],
                method=call.get("method", "card"),
            )
        if self._open:
            self._look(connection)
        self._trace(f"commit {self.commits} {self._last_row} {len(self._open)}")

    def _look(self, connection: sqlite3.Connection) -> None:
        asked = json.dumps(sorted(self._open))
        seen = set()
        for row in sqlite3.Connection.execute(
            connection,
            "SELECT id, state, message_id, error, finished_at FROM outbox"
            " WHERE id IN (SELECT value FROM json_each(?))",
            (asked,),
        ).fetchall():
            seen.add(row["id"])
            promise = self.promises[row["id"]]
            promise.state, promise.message_id = row["state"], row["message_id"]
            promise.error = row["error"]
            if row["finished_at"] is not None:
                self._open.discard(row["id"])
        for missing in self._open - seen:
            self.problems.append(f"row {missing} of the outbox is gone")
            self._open.discard(missing)

    # -- the log ----------------------------------------------------------------------------------

    def emit(self, record: logging.LogRecord) -> None:
        """An error that no trick explains is a problem."""
        if self.is_blind or record.levelno < logging.ERROR:
            return
        action = getattr(record, "action", "")
        if action not in EXPECTED:
            facts = {
                name: value
                for name, value in vars(record).items()
                if name in {"action", "error", "kind", "due", "outbox", "update_id", "method"}
            }
            trace = "" if record.exc_info is None else repr(record.exc_info[1])
            self.problems.append(f"log: {record.getMessage()} {facts} {trace}")

    def hears(self, context: Any) -> None:  # noqa: ANN401 - the library's own
        """Something failed in the loop, unseen."""
        if not self.is_blind and not isinstance(context.get("exception"), PowerGone):
            self.problems.append(f"loop: {context.get('message')} {context.get('exception')!r}")
