"""What is due: everything time starts is a row with an instant and a key for the occurrence.

The agenda asks the database what is due by now and lets the practice act, all in transactions.
A tick costs what is due, not what exists. After days off, everything due is done in its order,
and what its kind says is too late is dropped.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from bot.domain.errors import Refusal
from bot.storage import due as store, hiding, outbox, retention, updates
from bot.storage.database import CannotStore, Database, DiskFailed, Transaction
from bot.storage.due import Due

log = logging.getLogger(__name__)

AT_ONCE_MAX: Final = 50  # occurrences a transaction
TURNS_MAX: Final = 1000  # transactions a tick: a mistake must not keep it for ever
PUT_OFF: Final = timedelta(minutes=5)
PUT_OFF_MAX: Final = timedelta(hours=6)
HOUSEKEEPING: Final = "housekeeping"

#: What a practice does when its occurrence is due, inside the transaction.
Start = Callable[[Transaction, Due], None]


class Agenda:
    """Lets what is due happen, in order."""

    def __init__(
        self, database: Database, starts: Mapping[str, Start], after_commit: Callable[[], None]
    ) -> None:
        self._database = database
        self._starts = dict(starts) | {HOUSEKEEPING: _keep_house}
        self._after_commit = after_commit
        self._one_at_a_time = asyncio.Lock()

    async def ring(self) -> None:
        """Do everything that is due by now."""
        async with self._one_at_a_time:
            for _ in range(TURNS_MAX):
                if not await self._commit(AT_ONCE_MAX):
                    return
                self._after_commit()
            log.error("much is due: the rest waits for the next tick", extra={"action": "due_many"})

    async def _commit(self, most: int) -> int:
        """Do the oldest that are due in one transaction; one by one where that fails as a whole."""
        try:
            return await self._database.transact(self._turn, most)
        except (CannotStore, DiskFailed):
            raise
        except Exception as error:  # noqa: BLE001 - one of them must not hold up the others
            if most > 1:
                return await self._commit(1)
            return await self._database.transact(_put_off_first, error)

    async def plan_housekeeping(self) -> None:
        """Make sure that old rows are forgotten daily."""
        if await self._database.read(store.waiting_at, HOUSEKEEPING, 0) is None:
            await self._database.transact(_plan_housekeeping)

    def _turn(self, at: Transaction, most: int) -> int:
        """Do the oldest that are due; return how many there were."""
        waiting = store.now_due(at, most)
        for due in waiting:
            self._do(at, due)
        return len(waiting)

    def _do(self, at: Transaction, due: Due) -> None:
        start = self._starts.get(due.kind)
        if start is None:  # a practice of a newer or older version: left for it to find
            store.put_off(at, due, at.now + PUT_OFF_MAX)
            return
        if due.late_at is not None and at.now > due.late_at:
            store.finish(at, due.id, dropped=True)
            return
        try:
            with at.savepoint():
                start(at, due)
                store.finish(at, due.id)
        except Refusal as refusal:
            # The facts have changed since it was planned: there is nothing left to do.
            log.info(
                "not due any more",
                extra={"action": "due_refused", "due": due.id, "refusal": type(refusal).__name__},
            )
            store.finish(at, due.id, dropped=True)
        except (CannotStore, DiskFailed):
            raise  # the next tick tries again
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not stop the next one
            _put_off(at, due, error)


def _put_off(at: Transaction, due: Due, error: Exception) -> None:
    """Let an occurrence that failed wait, longer each time."""
    log.error(
        "due failed",
        extra={
            "action": "due_failed",
            "due": due.id,
            "kind": due.kind,
            "error": type(error).__name__,
        },
    )
    store.put_off(at, due, at.now + min(PUT_OFF * 2 ** min(due.attempts, 8), PUT_OFF_MAX))


def _put_off_first(at: Transaction, error: Exception) -> int:
    """Put off what makes even a transaction of its own fail, at its very end say."""
    waiting = store.now_due(at, 1)
    for due in waiting:
        _put_off(at, due, error)
    return len(waiting)


def _keep_house(at: Transaction, due: Due) -> None:
    """Forget what need not be remembered, and plan the next time."""
    updates.forget_old(at, due.due_at)
    outbox.forget_old(at)
    hiding.forget_old(at)
    retention.forget_half_way(at)
    store.forget_old(at)
    _plan_housekeeping(at)


def _plan_housekeeping(at: Transaction) -> None:
    tomorrow = at.now + timedelta(days=1)
    store.add(at, HOUSEKEEPING, 0, tomorrow.date().isoformat(), tomorrow)
