"""The daily copy: at a quiet hour, its number kept, and nothing of the bot waits for it or ends."""

import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hand_clock import START, HandClock

from bot.domain.agreement import Agreement
from bot.scheduler import backups as schedule
from bot.scheduler.agenda import Agenda
from bot.scheduler.backups import Keeper
from bot.storage import (
    backups,
    chats,
    daily_copies,
    due as store,
    forgetting,
    forgotten_list,
    groups,
    people,
)
from bot.storage.backups import BackupFailed
from bot.storage.database import CannotStore, Database, DiskFailed, Transaction

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class House:
    """A keeper and the agenda that tells it what is wanted."""

    def __init__(self, database: Database, clock: HandClock, folder: Path, kept: int) -> None:
        self.database = database
        self.clock = clock
        self.folder = folder
        self.failed: list[DiskFailed] = []
        self.keeper = Keeper(database, folder, kept, (), self.failed.append)
        self.agenda = Agenda(database, schedule.STARTS, lambda: None)

    async def rings(self) -> None:
        await self.agenda.ring()
        self.keeper.wake()
        await self.keeper.idle()

    async def lives(self, days: int, *, each: timedelta = HOUR) -> None:
        end = self.clock.now() + days * DAY
        while self.clock.now() < end:
            self.clock.passes(seconds=each.total_seconds())
            await self.rings()

    @property
    def copies(self) -> list[datetime]:
        return [backups.made_at(one) for one in backups.made_in(self.folder, self.database.path)]


@pytest.fixture
async def house(database: Database, clock: HandClock, tmp_path: Path) -> AsyncIterator[House]:
    made = House(database, clock, tmp_path / "backups", 3)
    yield made
    await made.keeper.stop(5)


def has_group(at: Transaction, number: int, zone: str) -> None:
    chat = chats.seen(at, telegram_id=-number, kind="group", person_id=None)
    group = groups.add(at, chat_id=chat.id, title="Kitui", language="en", added_by=None)
    agreement = Agreement(language="en", zone=zone, currency="KES")
    groups.agree(at, group.id, agreement, changed_by=None)
    groups.set_state(at, group.id, "active")


async def test_one_a_night_where_most_of_the_groups_live(house: House) -> None:
    for number, zone in enumerate(("Africa/Kigali", "America/Lima", "Africa/Kigali"), start=1):
        await house.database.transact(has_group, number, zone)
    await house.keeper.plan()
    await house.keeper.plan()
    await house.lives(5, each=HOUR / 2)
    assert house.copies == [datetime(2026, 3, day, 0, 30, tzinfo=UTC) for day in (5, 6, 7)]


async def test_after_days_off_it_is_one_at_once(house: House) -> None:
    await house.keeper.plan()
    house.clock.passes(days=30)
    await house.rings()
    assert house.copies == [START + 30 * DAY]
    await house.rings()
    assert len(house.copies) == 1


async def test_where_none_are_kept_none_is_made(house: House, tmp_path: Path) -> None:
    await house.keeper.plan()
    none = House(house.database, house.clock, tmp_path / "none", 0)
    await none.keeper.plan()
    await none.lives(2)
    assert not none.folder.exists()
    assert await house.database.read(store.waiting_at, schedule.BACKUP, 0) is None


async def test_one_that_cannot_be_made_is_logged_noted_and_tried_again(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tries = []

    def full(*_: object) -> Path:
        tries.append(house.clock.now())
        raise BackupFailed("database or disk is full")

    await house.keeper.plan()
    house.clock.passes(days=1)
    with monkeypatch.context() as broken:
        broken.setattr(backups, "make", full)
        for _ in range(5):
            await house.rings()
            house.clock.passes(minutes=20)
    assert len(tries) == 2
    noted = await house.database.read(daily_copies.newest)
    assert noted is not None
    assert (noted["state"], noted["problem"]) == ("wanted", "database or disk is full")
    told = [one for one in caplog.records if one.levelno >= logging.ERROR]
    assert {vars(one)["action"] for one in told} == {"backup_failed"}
    house.clock.passes(hours=1)
    await house.rings()
    assert len(house.copies) == 1
    noted = await house.database.read(daily_copies.newest)
    assert noted is not None
    assert (noted["state"], noted["problem"]) == ("made", None)
    assert house.failed == []


async def test_it_is_given_up_after_half_a_day_until_the_next(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def full(*_: object) -> Path:
        tries.append(house.clock.now())
        raise BackupFailed("full")

    monkeypatch.setattr(backups, "make", full)
    await house.keeper.plan()
    house.clock.passes(days=1)
    for _ in range(22):
        await house.rings()
        house.clock.passes(hours=1)
    hours = [one.hour for one in tries]
    assert hours == [*range(9, 21), *range(3, 7)], "from nine on, then from the next night's"


async def test_a_database_that_cannot_take_the_note_is_let_be_for_an_hour(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tries = []

    def full(*_: object) -> Path:
        tries.append(1)
        raise CannotStore("SQLITE_FULL")

    monkeypatch.setattr(backups, "make", full)
    await house.keeper.plan()
    house.clock.passes(days=1)
    for _ in range(5):
        await house.rings()
    assert len(tries) == 1
    assert "copies cannot be kept" in caplog.text


async def test_a_failing_disk_ends_the_bot(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> Path:
        raise DiskFailed("SQLITE_IOERR")

    monkeypatch.setattr(backups, "make", fails)
    await house.keeper.plan()
    house.clock.passes(days=1)
    await house.rings()
    assert len(house.failed) == 1


async def test_stopped_in_the_middle_it_is_wanted_still(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "STEPS_BETWEEN_LOOKS", 1)
    await house.keeper.plan()
    house.clock.passes(days=1)
    await house.agenda.ring()
    house.keeper.wake()
    await house.keeper.stop(20)
    assert house.copies == []
    noted = await house.database.read(daily_copies.newest)
    assert noted is not None
    assert (noted["state"], noted["tries"]) == ("wanted", 0)
    house.keeper.wake()
    await house.keeper.idle()
    assert house.copies == []


async def test_beside_the_copies_stands_who_was_forgotten(house: House) -> None:
    def come(at: Transaction) -> None:
        for number in (1, 2):
            people.add(at, telegram_id=number, name="Amina", language="en")

    def forget(at: Transaction, person_id: int) -> None:
        forgetting.begin(at, person_id)
        people.forget(at, person_id)

    await house.database.transact(come)
    await house.rings()
    assert not house.folder.exists()
    for person_id in (2, 1):
        await house.database.transact(forget, person_id)
        await house.rings()
    listed = forgotten_list.read(house.folder / forgotten_list.NAME)
    assert [one.person_id for one in listed] == [1, 2]
    assert (house.folder / forgotten_list.NAME).stat().st_mode & 0o777 == 0o600
