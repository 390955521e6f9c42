"""The daily copy of the database, at a quiet hour; and those to be forgotten again after one.

That a copy is wanted is a row like anything that time starts. It is made outside the transaction,
in a thread of its own, and whatever keeps it from being made keeps nothing else: it is logged,
noted for `barnraiser check`, and tried again.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, time
from pathlib import Path
from typing import Final

from bot.domain.calendar import daily, utc_text
from bot.practices import privacy
from bot.scheduler.agenda import Start
from bot.storage import backups, daily_copies, due as store, forgotten_list, groups
from bot.storage.backups import BackupFailed
from bot.storage.database import CannotStore, Database, DiskFailed, Transaction
from bot.storage.due import Due
from bot.storage.forgotten_list import Forgotten

log = logging.getLogger(__name__)

BACKUP: Final = "backup"
QUIET: Final = time(2, 30)  # where most of the groups live
GROUPS_ASKED: Final = 50


class Keeper:
    """Makes the copies that are wanted, and lists beside them who was forgotten.

    `kept`: how many copies are kept; 0: none are made.
    """

    def __init__(
        self,
        database: Database,
        folder: Path,
        kept: int,
        recipients: Sequence[str],
        on_failed_disk: Callable[[DiskFailed], None],
    ) -> None:
        self._database = database
        self._folder = folder
        self._kept = kept
        self._recipients = recipients
        self._on_failed_disk = on_failed_disk
        self._working: asyncio.Task[None] | None = None
        self._stopped = False
        self._listed = -1  # how often somebody had been forgotten when the list was written
        self._not_before: datetime | None = None

    async def plan(self) -> None:
        """Make sure that a copy is wanted daily, or that none is."""
        waiting = await self._database.read(store.waiting_at, BACKUP, 0)
        if self._kept and waiting is None:
            await self._database.transact(_plan)
        elif not self._kept and waiting is not None:
            await self._database.transact(store.cancel, BACKUP, 0)

    def wake(self) -> None:
        """Look whether there is something to do, unless it is being done; keeps nobody waiting."""
        if not self._stopped and (self._working is None or self._working.done()):
            self._working = asyncio.create_task(self._look(), name="keeper")

    async def idle(self) -> None:
        """Wait until what is under way is done."""
        if self._working is not None:
            await asyncio.wait([self._working])

    async def stop(self, seconds: float) -> None:
        """Give up what is under way: it is wanted still, at the next start."""
        self._stopped = True
        if self._working is not None:
            await asyncio.wait([self._working], timeout=seconds)

    async def _look(self) -> None:
        now = self._database.clock()
        if self._not_before is not None and now < self._not_before:
            return
        try:
            await self._list_forgotten()
            wanted = await self._database.read(daily_copies.wanted) if self._kept else None
            if wanted is not None:
                await self._copy(wanted, now)
        except DiskFailed as failed:
            self._on_failed_disk(failed)
        except (CannotStore, OSError, ValueError) as error:
            self._not_before = now + daily_copies.TRY_AGAIN
            log.error(  # noqa: TRY400 - the reason is enough
                "copies cannot be kept", extra={"action": "keeper_failed", "reason": str(error)}
            )

    async def _copy(self, wanted: str, now: datetime) -> None:
        path = self._database.path
        await asyncio.to_thread(backups.tidy, {self._folder, path.parent}, path, now)
        try:
            made = await asyncio.to_thread(
                backups.make, path, self._folder, now, self._recipients, lambda: self._stopped
            )
        except BackupFailed as failed:
            if self._stopped:
                return
            log.error(  # noqa: TRY400 - the reason is enough
                "no copy was made", extra={"action": "backup_failed", "reason": str(failed)}
            )
            await self._database.transact(daily_copies.failed, wanted, str(failed))
            return
        await self._database.transact(daily_copies.made, wanted)
        log.info("copied", extra={"action": "backup_made", "bytes": made.stat().st_size})
        await asyncio.to_thread(backups.prune, self._folder, path, self._kept)

    async def _list_forgotten(self) -> None:
        """Bring the list beside the copies up to date, where somebody was forgotten since."""
        forgot = self._database.times_forgot
        if forgot == self._listed or not (self._kept or self._folder.is_dir()):
            return
        found = await self._database.read(forgotten_list.of)
        if found:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            await asyncio.to_thread(forgotten_list.keep, self._folder, found)
        self._listed = forgot


async def forget_again(database: Database) -> None:
    """Forget those whom a copy still knew that was gone back to; before anything else happens."""
    path = forgotten_list.again_path(database.path)
    listed = forgotten_list.read(path)
    if listed:
        count = await database.transact(_forget_all, listed)
        log.info("forgotten again", extra={"action": "forgotten_again", "people": count})
    path.unlink(missing_ok=True)


def _forget_all(at: Transaction, listed: Sequence[Forgotten]) -> int:
    return sum(privacy.forget_again(at, one.person_id, one.met) for one in listed)


def _want(at: Transaction, due: Due) -> None:
    """A copy is wanted; after days off it is one, not one for each day."""
    daily_copies.want(at, due.occurrence)
    daily_copies.forget_old(at)
    _plan(at)


def _plan(at: Transaction) -> None:
    zones = Counter(groups.agreement(at, one).zone for one in groups.newest(at, GROUPS_ASKED))
    zone = zones.most_common(1)[0][0] if zones else "UTC"
    when = daily(QUIET, zone, at.now)
    store.add(at, BACKUP, 0, utc_text(when), when)


STARTS: dict[str, Start] = {BACKUP: _want}
