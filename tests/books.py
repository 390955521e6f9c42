"""A group with a book in a real file, without a bot or Telegram around it: quick enough to try
every wrong thing.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from new_file import put_new_database

from bot.domain.agreement import Agreement
from bot.domain.ledger import Confirmation, Entry
from bot.domain.plans import Contribution
from bot.storage import chats, groups, ledger, members, people
from bot.storage.database import PRAGMAS, Transaction
from bot.storage.ledger import Line
from bot.storage.sealing import OperatorKey, Seal

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Books:
    """A file, a clock that moves by hand, and one group of members with open private chats."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "books.db"
        self.now = START
        self.key = OperatorKey(bytes(32))
        self.seals: dict[int, Seal] = {}
        put_new_database(self.path)
        self.connection = self._connect()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None)
        connection.row_factory = sqlite3.Row
        for pragma in PRAGMAS:
            connection.execute(pragma)
        return connection

    def passes(self, *, days: int) -> None:
        """Let days go by."""
        self.now += timedelta(days=days)

    def opens_again(self) -> None:
        """Let go of the file as a crash does, and open it anew."""
        self.connection.close()
        self.seals.clear()
        self.connection = self._connect()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Change something, durably, or not at all."""
        self.now += timedelta(seconds=1)
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield Transaction(self.connection, self.now, self.key, self.seals)
            self.connection.execute("COMMIT")
        except BaseException:
            self.seals.clear()
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise

    def has_group(
        self,
        *names: str,
        witnesses: int = 1,
        plans: tuple[Contribution, ...] = (),
        currency: str = "KES",
    ) -> groups.Group:
        """A group whose members can all be reached; it contributes 500.00 a month, if not else."""
        with self.transaction() as at:
            number = -100 - len(at.all("SELECT 1 FROM groups"))
            chat = chats.seen(at, telegram_id=number, kind="group", person_id=None)
            group = groups.add(at, chat_id=chat.id, title="Kitui", language="en", added_by=None)
            agreement = Agreement(
                language="en",
                zone="Africa/Nairobi",
                currency=currency,
                practices=frozenset({"contributions"}),
                plans=plans or (Contribution(amount_minor=50_000, witnesses=witnesses),),
            )
            groups.agree(at, group.id, agreement, changed_by=None)
            groups.set_state(at, group.id, "active")
            for name in names:
                self.joins(at, group.id, name)
            at.run("INSERT OR IGNORE INTO bot VALUES (1, 7, 'barnraiser_bot')")
            return groups.by_id(at, group.id)

    def joins(self, at: Transaction, group_id: int, name: str) -> members.Member:
        """Somebody joins, with a private chat that is open."""
        telegram_id = 1000 + len(at.all("SELECT 1 FROM people"))
        person = people.add(at, telegram_id=telegram_id, name=name, language="en")
        chats.seen(at, telegram_id=telegram_id, kind="private", person_id=person.id)
        return members.add(at, group_id=group_id, person_id=person.id, state="member")

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()


def books_entry(
    at: Transaction,
    group_id: int,
    amount_minor: int = 50_000,
    *,
    household_id: int = 1,
    recorded_by: int = 1,
    confirmed_by: tuple[int, ...] = (2,),
    witnesses: int = 1,
    key: str | None = None,
    kind: str = "contribution",
    period: str = "2026-03",
    note: str | None = None,
    noted_by: int | None = None,
    reverses: int | None = None,
) -> Entry:
    """Put a contribution into a group's book directly, as storage does."""
    money = ledger.money_of(at, group_id, "KES")
    household = ledger.account(at, group_id, "household", "savings", household_id)
    purse = ledger.account(at, group_id, "purse", "savings")
    return ledger.add(
        at,
        group_id,
        kind=kind,
        day="2026-03-05",
        recorded_by=recorded_by,
        witnesses=witnesses,
        key=key or f"test:{ledger.head(at, group_id).seq + 1}",
        confirmations=[Confirmation(one, at.now_text) for one in confirmed_by],
        lines=[
            Line(household, money, -amount_minor, period),
            Line(purse, money, amount_minor),
        ],
        note=note,
        noted_by=noted_by,
        reverses=reverses,
    )


def damages_quietly(path: Path) -> None:
    """Damage a file where nobody would notice who does not look through all of it."""
    asked = "SELECT rootpage FROM sqlite_schema WHERE name = 'entries_by_time'"
    with contextlib.closing(sqlite3.connect(path)) as at:
        [page] = at.execute(asked).fetchone()
        [size] = at.execute("PRAGMA page_size").fetchone()
    content = bytearray(path.read_bytes())
    content[(page - 1) * size : (page - 1) * size + 8] = b"damaged!"
    path.write_bytes(content)
