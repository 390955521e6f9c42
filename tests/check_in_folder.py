"""A database with a group whose check-in has just opened, moved by hand below Telegram."""

import sqlite3
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.agreement import Agreement
from bot.domain.agreement_parts import Questions
from bot.domain.check_ins import USUAL
from bot.domain.own_questions import OwnQuestion
from bot.practices import check_ins
from bot.practices.journal_view import Place
from bot.scheduler import check_ins as check_in_times, unasked as unasked_times
from bot.scheduler.agenda import Start
from bot.storage import (
    chats,
    check_ins as store,
    due,
    goals as goal_store,
    groups,
    members,
    migrations,
    own_questions,
    people,
)
from bot.storage.database import PRAGMAS, Transaction
from bot.storage.goals import Terms
from bot.storage.sealing import OperatorKey, operator_key

OPENS = datetime(2026, 3, 24, 15, 0, tzinfo=UTC)  # six in the evening in Nairobi
NOW = OPENS + timedelta(hours=1)
STARTS: dict[str, Start] = {**check_in_times.STARTS, **unasked_times.STARTS}


class Folder:
    """Amina and Juma are members of one group; it is the evening of the 24th of March."""

    def __init__(self, own: Sequence[OwnQuestion] = ()) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.path = Path(self._folder.name) / "group.db"
        self.key: OperatorKey = operator_key(self.path)
        migrations.migrate(self.path, PRAGMAS)
        self.connection = self._connect()
        self.now = OPENS - timedelta(days=9)
        at = self.at()
        self.person = people.add(at, telegram_id=1, name="Amina", language="en")
        other = people.add(at, telegram_id=2, name="Juma", language="en")
        self.chat = chats.seen(at, telegram_id=1, kind="private", person_id=self.person.id)
        self.chat_of_other = chats.seen(at, telegram_id=2, kind="private", person_id=other.id)
        self.home = chats.seen(at, telegram_id=-1, kind="group", person_id=None)
        group = groups.add(at, chat_id=self.home.id, title="Kitui", language="en", added_by=None)
        asked = Questions(own=tuple(own_questions.add(at, group.id, one) for one in own))
        agreement = Agreement(
            language="en",
            zone="Africa/Nairobi",
            currency="KES",
            practices=frozenset({"check_ins"}),
            questions=asked,
        )
        groups.agree(at, group.id, agreement, changed_by=None)
        groups.set_state(at, group.id, "active")
        self.member = members.add(at, group_id=group.id, person_id=self.person.id, state="member")
        self.other = members.add(at, group_id=group.id, person_id=other.id, state="member")
        check_ins.plan(at, group.id)
        self.passes(NOW - self.now)
        opened = store.open_round_of(self.at(), group.id)
        assert opened is not None
        self.round = opened

    def passes(self, time: timedelta) -> None:
        """Let time pass: what is due on the way happens in order."""
        until = self.now + time
        while (following := due.next_at(self.at())) is not None and following <= until:
            self.now = max(self.now, following)
            at = self.at()
            for one in due.now_due(at, 1):
                if one.late_at is None or at.now <= one.late_at:
                    STARTS[one.kind](at, one)
                due.finish(at, one.id)
        self.now = until

    def opens(self, month: str) -> store.Round:
        """Open a month's round by hand."""
        closes_at = self.now + timedelta(days=4)
        return store.open_round(
            self.at(), group_id=1, month=month, questions=USUAL, closes_at=closes_at
        )

    def adds_goal(self, number: int, words: str) -> None:
        """Give Amina a goal that she had before the round opened."""
        at = Transaction(self.connection, OPENS - timedelta(days=5), self.key, {})
        made = goal_store.add(
            at,
            member_id=self.member.id,
            person_id=self.person.id,
            measure="number",
            currency=None,
            terms=Terms(words, "money", None, 9, None, shared=False),
            from_value=0,
        )
        assert made == number

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = OFF")  # no power is cut here
        return connection

    def at(self) -> Transaction:
        """A transaction now."""
        return Transaction(self.connection, self.now, self.key, {})

    def check_in(self) -> store.CheckIn:
        """Amina's check-in of the first round."""
        found = store.of_member(self.at(), self.round.id, self.member.id)
        assert found is not None
        return found

    def place(self) -> Place:
        """Amina in the first round."""
        group = groups.by_id(self.at(), self.round.group_id)
        return Place(self.round, group, self.member)

    def said_to(self, chat: chats.Chat) -> list[str]:
        """What stands in the outbox for a chat, in words and buttons; cards are drawn later."""
        at = self.at()
        rows = at.all(
            "SELECT content FROM outbox WHERE chat_id = :chat AND content IS NOT NULL ORDER BY id",
            chat=chat.id,
        )
        return [at.key.payloads.open(row["content"]) for row in rows]

    def starts_again(self) -> None:
        """Stop and start: only what is in the file is still there."""
        self.connection.close()
        self.connection = self._connect()

    def close(self) -> None:
        """Take it away."""
        self.connection.close()
        self._folder.cleanup()
