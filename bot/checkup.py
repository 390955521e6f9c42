"""`barnraiser check`: is all well? One line for each thing, in plain words; it changes nothing.

It may be asked beside a bot that runs, before the first start, and by a timer: it ends with 1 where
something is broken, and with 0 where not.
"""

import asyncio
import itertools
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import click

from bot import settings as operators
from bot.checkup_telegram import Place, ask
from bot.practices import checking
from bot.scheduler.clock import wall_clock
from bot.settings import Settings
from bot.storage import backups, chats, daily_copies, groups, key_saved, migrations, people
from bot.storage.backups import BackupFailed
from bot.storage.database import CannotStore, Reading, read_beside
from bot.storage.sealing import key_path
from bot.telling import STOPPED_BY, Finding, words_for

COPY_LOOK: Final = timedelta(hours=26)
COPY_BROKEN: Final = timedelta(days=3)
DISK_LOOK: Final = 500_000_000  # bytes
DISK_BROKEN: Final = 50_000_000
COPIES_TO_COME: Final = 4  # that many more databases should fit


@click.command()
def check() -> None:
    """Say whether all is well: settings, key, database, books, disk, copies, Telegram, groups.

    One line each: ok, look, or broken. Ends with 1 where something is broken. It changes nothing
    and may be asked while the bot runs.
    """
    broken = asyncio.run(_say_all())
    sys.exit(1 if broken else 0)


async def _say_all() -> int:
    broken = 0
    async for finding in _everything():
        click.echo(f"{finding.state:<6}  {finding.what}: {finding.words}")
        broken += finding.state == "broken"
    return broken


async def _everything() -> AsyncIterator[Finding]:
    try:
        settings = operators.load()
    except operators.SettingsRefused as refused:
        for mistake in refused.mistakes:
            yield Finding("broken", "settings", mistake)
        return
    yield Finding("ok", "settings", f"understood; the database is {settings.database}.")
    now = wall_clock()
    places: list[Place] = []
    for finding in itertools.chain(_database(settings, places), _around(settings, now)):
        yield finding
    async for finding in ask(settings, wall_clock, places):
        yield finding


def _database(settings: Settings, places: list[Place]) -> Iterator[Finding]:
    """Look into the database, and note where its groups are."""
    if not settings.database.is_file():
        words = f"there is none at {settings.database}: the first start makes it."
        yield Finding("look", "database", words)
        return
    try:
        found, here = read_beside(settings.database, wall_clock, _look_inside)
    except BackupFailed as damaged:
        yield Finding("broken", "database", f"{damaged}. Stop the bot and go back to a copy.")
    except CannotStore as busy:
        yield Finding("look", "database", f"could not be read just now ({busy}).")
    except tuple(STOPPED_BY) as error:
        yield Finding("broken", "database", words_for(error))
    except OSError as error:
        yield Finding("broken", "database", f"{error.filename or ''}: {error.strerror or error}.")
    else:
        places += here
        yield from found
        if not any(one.what == "key" for one in found):
            yield from _key(settings)


def _look_inside(at: Reading) -> tuple[list[Finding], list[Place]]:
    backups.require_whole(at.connection)
    if not people.open_with_key(at):
        return [Finding("broken", "key", "it is not the key of this database. Put it back.")], []
    version, known = migrations.version_of(at.connection), len(migrations.all_migrations())
    if version < known:
        words = f"whole, of version {version}: the next start brings it to {known}."
        return [Finding("look", "database", words)], []
    places = [(one.id, chats.by_id(at, one.chat_id).telegram_id) for one in groups.active(at)]
    found = [Finding("ok", "database", f"whole, up to date (version {version})."), _books(at)]
    noted = daily_copies.newest(at)
    if noted is not None and noted["problem"] is not None:
        words = f"the nightly one could not be made: {noted['problem']}."
        found.append(Finding("broken", "copies", words))
    return found, places


def _books(at: Reading) -> Finding:
    checked = checking.verify_all(at)
    faulty = [one for one in checked if one.faults]
    if faulty:
        first = "; ".join(f"group {one.group_id} from No. {one.faults[0].seq} on" for one in faulty)
        return Finding("broken", "books", f"not in order: {first}. `verify` says more.")
    return Finding(
        "ok", "books", f"{len(checked)} agree, {sum(c.entries for c in checked)} entries."
    )


def _key(settings: Settings) -> Iterator[Finding]:
    own = key_path(settings.database)
    if own.stat().st_mode & 0o077:
        yield Finding("look", "key", f"others on this machine may read it: chmod 600 {own}.")
    saved = key_saved.when(settings.database)
    if saved is None:
        words = "never saved apart; without it no copy can be read: `backup --key FILE`."
        yield Finding("look", "key", words)
    else:
        yield Finding("ok", "key", f"saved apart on {saved:%Y-%m-%d}.")


def _around(settings: Settings, now: datetime) -> Iterator[Finding]:
    yield from _disk(settings)
    yield _copies(settings, now)
    left = backups.left_beside(settings.database)
    if left:
        names = ", ".join(path.name for path in left)
        words = (
            f"{names}: they hold whoever is forgotten from now on. Delete them when all is well."
        )
        yield Finding("look", "left over", words)


def _disk(settings: Settings) -> Iterator[Finding]:
    """Judge the space where the database lies, and where its copies do if that is elsewhere."""
    size = settings.database.stat().st_size if settings.database.is_file() else 0
    seen = set()
    for folder in (settings.database.parent, settings.backups_folder):
        there = _nearest(folder)
        if there.stat().st_dev in seen:
            continue
        seen.add(there.stat().st_dev)
        yield disk_of(there, shutil.disk_usage(there).free, size)


def disk_of(folder: Path, free: int, size: int) -> Finding:
    """Judge the free space of a folder (bytes) beside the size of the database."""
    words = f"{free / 1e6:,.0f} MB free in {folder}, the database has {size / 1e6:,.1f} MB."
    if free < max(DISK_BROKEN, size):
        return Finding("broken", "disk", words + " Make room: soon nothing can be stored.")
    if free < max(DISK_LOOK, COPIES_TO_COME * size):
        return Finding("look", "disk", words + " Make room.")
    return Finding("ok", "disk", words)


def _nearest(folder: Path) -> Path:
    """Return the folder, or where it would be made."""
    folder = folder.absolute()
    return next(one for one in (folder, *folder.parents) if one.is_dir())


def _copies(settings: Settings, now: datetime) -> Finding:
    if not settings.database.is_file():
        return Finding("ok", "copies", "none yet, and nothing to copy.")
    made = backups.made_in(settings.backups_folder, settings.database)
    where = settings.backups_folder
    if not made:
        return Finding("look", "copies", f"there is none in {where}. `backup` makes one now.")
    age = now - backups.made_at(made[-1])
    words = f"{len(made)} in {where}, the newest of {_hours(age)} ago"
    words += ", encrypted." if made[-1].suffix == ".age" else ", not encrypted."
    if not settings.backups_kept:
        return Finding("look", "copies", words + " None is made by itself (…_KEPT is 0).")
    if age > COPY_LOOK:
        state: Any = "broken" if age > COPY_BROKEN else "look"
        return Finding(
            state, "copies", words + " Does the bot run at night? What does its log say?"
        )
    return Finding("ok", "copies", words)


def _hours(age: timedelta) -> str:
    hours = round(age / timedelta(hours=1))
    return f"{hours} hours" if age < timedelta(days=2) else f"{age.days} days"
