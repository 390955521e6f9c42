"""What is due is done once, in order, whatever the clock and its neighbours do."""

import asyncio
from datetime import timedelta

import pytest
from hand_clock import START, HandClock

from bot.domain.errors import Refusal
from bot.scheduler import agenda as module
from bot.scheduler.agenda import HOUSEKEEPING, Agenda, Start
from bot.storage import due as store, updates
from bot.storage.database import CannotStore, Database, DiskFailed, Reading, Transaction
from bot.storage.due import Due

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class NothingLeft(Refusal):
    """The facts have changed since it was planned."""


class Calendar:
    """An agenda whose practices are a test's own, and what they did."""

    def __init__(self, database: Database, clock: HandClock) -> None:
        self.database = database
        self.clock = clock
        self.commits = 0
        self.does: Start = _nothing_more
        starts: dict[str, Start] = {"meet": self._start, "remind": self._start}
        self.agenda = Agenda(database, starts, self._committed)

    def _start(self, at: Transaction, due: Due) -> None:
        at.run(
            "INSERT INTO updates_done (update_id, done_at) VALUES ("
            " (SELECT ifnull(max(update_id), 0) + 1 FROM updates_done), :what)",
            what=f"{due.kind} {due.occurrence}",
        )
        self.does(at, due)

    def _committed(self) -> None:
        self.commits += 1

    async def plans(
        self,
        occurrence: str,
        after: timedelta,
        *,
        kind: str = "meet",
        late: timedelta | None = None,
    ) -> None:
        """Plan something so long after the start."""
        await self.database.transact(store.add, kind, 1, occurrence, START + after, late=late)

    async def rings(self) -> None:
        await self.agenda.ring()

    async def done(self) -> list[str]:
        """What was done, in order."""
        return await self.database.read(
            lambda at: [
                row[0] for row in at.all("SELECT done_at FROM updates_done ORDER BY update_id")
            ]
        )

    async def state(self, occurrence: str) -> str:
        return await self.database.read(
            lambda at: str(
                at.value("SELECT state FROM due WHERE occurrence = :one", one=occurrence)
            )
        )

    async def next_at(self) -> timedelta | None:
        """When the next is due, from the start."""
        when = await self.database.read(store.next_at)
        return None if when is None else when - START


def _nothing_more(_at: Transaction, _due: Due) -> None:
    pass


@pytest.fixture
def calendar(database: Database, clock: HandClock) -> Calendar:
    return Calendar(database, clock)


# -- when it is time, in order, once --------------------------------------------------------------


async def test_what_is_due_is_done_and_not_a_moment_before(calendar: Calendar) -> None:
    await calendar.plans("a", HOUR)
    calendar.clock.passes(hours=1, microseconds=-1)
    await calendar.rings()
    assert await calendar.done() == []
    calendar.clock.passes(microseconds=1)
    await calendar.rings()
    await calendar.rings()
    assert await calendar.done() == ["meet a"]
    assert await calendar.state("a") == "done"


async def test_after_days_off_all_is_done_in_the_order_of_its_time(calendar: Calendar) -> None:
    await calendar.plans("third", 3 * DAY)
    await calendar.plans("first", DAY)
    await calendar.plans("second", 2 * DAY, kind="remind")
    await calendar.plans("second too", 2 * DAY)
    await calendar.plans("later", 30 * DAY)
    calendar.clock.passes(days=10)
    await calendar.rings()
    assert await calendar.done() == [
        "meet first",
        "remind second",
        "meet second too",
        "meet third",
    ]
    assert calendar.commits == 1


@pytest.mark.parametrize(("late_by", "state"), [(DAY, "done"), (DAY + HOUR, "dropped")])
async def test_what_its_kind_says_is_too_late_is_dropped(
    calendar: Calendar, late_by: timedelta, state: str
) -> None:
    await calendar.plans("a", HOUR, late=DAY)
    calendar.clock.passes(seconds=(HOUR + late_by).total_seconds())
    await calendar.rings()
    assert await calendar.state("a") == state


async def test_a_clock_set_back_an_hour_does_nothing_twice(calendar: Calendar) -> None:
    await calendar.plans("a", HOUR)
    await calendar.plans("b", 2 * HOUR)
    calendar.clock.is_set(START + 1.5 * HOUR)
    await calendar.rings()
    calendar.clock.is_set(START + 0.5 * HOUR)
    await calendar.rings()
    calendar.clock.is_set(START + 1.5 * HOUR)
    await calendar.rings()
    calendar.clock.is_set(START + 2 * HOUR)
    await calendar.rings()
    assert await calendar.done() == ["meet a", "meet b"]


async def test_what_follows_from_what_is_done_is_done_in_the_same_breath(
    calendar: Calendar,
) -> None:
    """A month off: each meeting plans the next one, a week after itself."""

    def plan_next(at: Transaction, due: Due) -> None:
        week = int(due.occurrence)
        store.add(at, "meet", 1, str(week + 1), due.due_at + 7 * DAY)

    calendar.does = plan_next
    await calendar.plans("1", HOUR)
    calendar.clock.passes(days=30)
    await calendar.rings()
    assert await calendar.done() == ["meet 1", "meet 2", "meet 3", "meet 4", "meet 5"]
    assert await calendar.next_at() == HOUR + 35 * DAY


async def test_much_that_is_due_is_done_in_parts(calendar: Calendar) -> None:
    await calendar.database.transact(_plan_many, 120)
    calendar.clock.passes(hours=1)
    await calendar.rings()
    assert len(await calendar.done()) == 120
    assert calendar.commits == 3


def _plan_many(at: Transaction, number: int) -> None:
    for one in range(number):
        store.add(at, "meet", 1, f"{one:03}", at.now)


async def test_something_that_is_always_due_does_not_keep_it_for_ever(
    calendar: Calendar, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "TURNS_MAX", 7)
    calendar.does = lambda at, due: store.add(at, "meet", 1, str(int(due.occurrence) + 1), at.now)
    await calendar.plans("1", timedelta())
    await calendar.rings()
    assert len(await calendar.done()) == 7
    assert "much is due" in caplog.text


async def test_two_that_ring_at_once_do_nothing_twice(calendar: Calendar) -> None:
    await calendar.database.transact(_plan_many, 60)
    await asyncio.gather(calendar.rings(), calendar.rings(), calendar.rings())
    assert len(await calendar.done()) == 60


async def test_ended_in_the_middle_the_rest_is_done_later_and_nothing_twice(
    calendar: Calendar,
) -> None:
    await calendar.database.transact(_plan_many, 120)
    ringing = asyncio.create_task(calendar.rings())
    while calendar.commits < 1:  # noqa: ASYNC110 - it tells nobody between two transactions
        await asyncio.sleep(0)
    ringing.cancel()
    await asyncio.wait([ringing])
    assert len(await calendar.done()) in (50, 100)
    await calendar.rings()
    assert len(await calendar.done()) == 120


# -- what cannot be done --------------------------------------------------------------------------


async def test_one_that_fails_is_put_off_and_holds_nobody_up(
    calendar: Calendar, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(at: Transaction, due: Due) -> None:
        del at
        if due.occurrence == "bad":
            raise ValueError("private words")

    calendar.does = fail
    await calendar.plans("bad", HOUR)
    await calendar.plans("good", HOUR)
    calendar.clock.passes(hours=1)
    await calendar.rings()
    assert await calendar.done() == ["meet good"], "what it had changed was undone"
    [record] = [one for one in caplog.records if one.message == "due failed"]
    assert vars(record)["kind"] == "meet"
    assert vars(record)["error"] == "ValueError"
    assert "private words" not in caplog.text

    waits = []
    for _ in range(10):
        when = await calendar.next_at()
        assert when is not None
        waits.append(START + when - calendar.clock.now())
        calendar.clock.is_set(START + when)
        await calendar.rings()
    minutes = [wait.total_seconds() / 60 for wait in waits]
    assert minutes == [5, 10, 20, 40, 80, 160, 320, 360, 360, 360]

    calendar.does = _nothing_more
    calendar.clock.passes(hours=6)
    await calendar.rings()
    assert await calendar.done() == ["meet good", "meet bad"]


async def test_put_off_until_it_is_too_late_it_is_dropped(calendar: Calendar) -> None:
    def fail(_at: Transaction, _due: Due) -> None:
        raise ValueError

    calendar.does = fail
    await calendar.plans("bad", HOUR, late=timedelta(minutes=20))
    for _ in range(4):
        calendar.clock.passes(hours=1)
        await calendar.rings()
    assert await calendar.state("bad") == "dropped"


async def test_one_that_breaks_the_commit_itself_is_found_and_put_off(calendar: Calendar) -> None:
    def fail(at: Transaction, due: Due) -> None:
        if due.occurrence == "bad":
            at.connection.execute("PRAGMA defer_foreign_keys = ON")
            at.run("INSERT INTO person_keys (person_id, sealed_key) VALUES (999, x'00')")

    calendar.does = fail
    for occurrence in ("a", "bad", "b"):
        await calendar.plans(occurrence, HOUR)
    calendar.clock.passes(hours=1)
    await calendar.rings()
    assert await calendar.done() == ["meet a", "meet b"]
    assert await calendar.next_at() == HOUR + timedelta(minutes=5)


async def test_where_nothing_is_left_to_do_nothing_is_done(calendar: Calendar) -> None:
    def refuse(_at: Transaction, _due: Due) -> None:
        raise NothingLeft

    calendar.does = refuse
    await calendar.plans("a", HOUR)
    calendar.clock.passes(hours=1)
    await calendar.rings()
    assert await calendar.done() == []
    assert await calendar.state("a") == "dropped"


async def test_what_this_version_does_not_know_is_left_for_one_that_does(
    calendar: Calendar,
) -> None:
    await calendar.plans("new", HOUR, kind="dance")
    await calendar.plans("a", HOUR)
    calendar.clock.passes(hours=1)
    await calendar.rings()
    assert await calendar.done() == ["meet a"]
    assert await calendar.state("new") == "waiting"
    assert await calendar.next_at() == HOUR + timedelta(hours=6)


@pytest.mark.parametrize("error", [CannotStore("SQLITE_FULL"), DiskFailed("SQLITE_IOERR")])
async def test_what_cannot_be_stored_is_said_and_nothing_is_lost(
    calendar: Calendar, error: Exception
) -> None:
    def fail(_at: Transaction, due: Due) -> None:
        if due.occurrence == "b":
            raise error

    calendar.does = fail
    await calendar.plans("a", HOUR)
    await calendar.plans("b", HOUR)
    calendar.clock.passes(hours=1)
    with pytest.raises(type(error)):
        await calendar.rings()
    assert await calendar.done() == []
    calendar.does = _nothing_more
    await calendar.rings()
    assert await calendar.done() == ["meet a", "meet b"]


# -- keeping house --------------------------------------------------------------------------------


async def test_old_rows_are_forgotten_daily_and_after_days_off_once(calendar: Calendar) -> None:
    def remembered(at: Reading) -> list[int]:
        return [row[0] for row in at.all("SELECT update_id FROM updates_done ORDER BY 1")]

    await calendar.agenda.plan_housekeeping()
    await calendar.agenda.plan_housekeeping()
    await calendar.database.transact(updates.is_first, 1)
    calendar.clock.passes(days=1)
    await calendar.rings()
    assert await calendar.database.read(remembered) == [1]
    calendar.clock.passes(days=9)
    await calendar.database.transact(updates.is_first, 2)
    await calendar.rings()
    assert await calendar.database.read(remembered) == [1, 2], "was it off, or did the clock jump?"
    calendar.clock.passes(days=1)
    await calendar.rings()
    assert await calendar.database.read(remembered) == [2]
    waiting = await calendar.database.read(
        lambda at: at.value("SELECT count(*) FROM due WHERE state = 'waiting'")
    )
    assert waiting == 1
    assert await calendar.next_at() == 12 * DAY
    kept = await calendar.database.read(store.waiting_at, HOUSEKEEPING, 0)
    assert kept == START + 12 * DAY


async def test_a_clock_that_jumps_forgets_no_update_that_may_come_again(calendar: Calendar) -> None:
    await calendar.agenda.plan_housekeeping()
    calendar.clock.passes(hours=23)
    assert await calendar.database.transact(updates.is_first, 5)
    calendar.clock.is_set(calendar.clock.now() + 31 * DAY)
    await calendar.rings()
    assert not await calendar.database.transact(updates.is_first, 5), "it was done an hour ago"
    for _ in range(3):
        calendar.clock.passes(days=1)
        await calendar.rings()
    assert await calendar.database.transact(updates.is_first, 5)
