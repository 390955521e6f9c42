"""What goes wrong when: drawn from the seed before the run begins."""

import asyncio
import math
import random
import sqlite3
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from sandbox.refusals import Impossible

if TYPE_CHECKING:
    from proofs.simulation.run import Run

HOUR = 3600.0
DAY = 24 * HOUR


class Trouble:
    """The plan of a run's trouble."""

    def __init__(self, run: "Run", chance: random.Random) -> None:
        self.run = run
        self.befell: Counter[str] = Counter()
        self.is_over = False
        self.clock_was_wrong = False
        self.longest_off = 0.0
        self.deleted: set[int] = set()  # chats
        self._chance = chance
        self._locks: list[sqlite3.Connection] = []
        self._timers: list[asyncio.TimerHandle] = []
        self._eager = chance.choice((1.0, 5.0, 40.0))  # how soon lives end

    def steps_of_a_life(self) -> int | None:
        """After how many steps the power goes."""
        low, high = math.log(15), math.log(400_000 / self._eager)
        return int(math.exp(self._chance.uniform(low, high)))

    def cancels(self) -> bool:
        """Whether it is told to end, where else the power would go."""
        return self._chance.random() < 0.25

    def seconds_off(self) -> float:
        """How long nobody starts it again."""
        seconds = math.exp(self._chance.uniform(math.log(0.5), math.log(self._off_most())))
        self.longest_off = max(self.longest_off, seconds)
        return seconds

    def _off_most(self) -> float:
        return 2 * DAY if self._chance.random() < 0.05 else HOUR

    def stops_in_order(self, stop: asyncio.Future[None]) -> asyncio.TimerHandle | None:
        """Sometimes an operator stops it as it should be."""
        if self._chance.random() < 0.8:
            return None

        def stops() -> None:
            if not stop.done():
                self.befell["stopped"] += 1
                stop.set_result(None)

        return self.run.loop.call_later(self._chance.uniform(1, 2 * DAY), stops)

    # -- the plan ---------------------------------------------------------------------------------

    def begins(self, seconds: float) -> None:
        """From now on, for so long."""
        chance = self._chance
        self.run.line.share_failing = chance.choice((0.0, 0.02, 0.1, 0.4))
        self.run.line.feed.trouble = chance.choice((0.0, 0.05, 0.3))
        for often, act in (
            (chance.choice((0, 1, 4)), self._cuts_line),
            (chance.choice((0, 1, 3)), self._fails_sends),
            (chance.choice((0, 0, 1)), self._fills_disk),
            (chance.choice((0, 0, 2)), self._locks_file),
            (chance.choice((0, 0, 2)), self._sets_clock),
            (chance.choice((0, 0, 1)), self._sleeps),
            (chance.choice((0, 1, 3)), self._poisons),
            (chance.choice((0, 1)), self._migrates),
            (chance.choice((0, 1, 2)), self._blocks),
            (chance.choice((0, 0, 0, 1)), self._deletes_chat),
            (chance.choice((0, 0, 0, 1)), self._deletes_account),
        ):
            for _ in range(often):
                self._at(chance.uniform(0, seconds * 0.9), act)

    def ends(self) -> None:
        """Everything is as it should be again."""
        self.is_over = True
        for timer in self._timers:
            timer.cancel()
        line = self.run.line
        line.share_failing, line.is_cut, line.only_sends_fail = 0.0, False, False
        line.is_deaf = False
        line.feed.trouble = 0.0
        self._unlock()
        self.run.machine.off_by = timedelta()

    def _at(self, seconds: float, act: Callable[[], None]) -> None:
        self._timers.append(self.run.loop.call_later(seconds, self._befalls, act))

    def _befalls(self, act: Callable[[], None]) -> None:
        if self.is_over:
            return
        name = act.__name__.strip("_")
        self.run.trace(f"trouble {name}")
        try:
            act()
        except Impossible:
            return
        if not name.startswith("ends_"):
            self.befell[name] += 1

    # -- the line ---------------------------------------------------------------------------------

    def _cuts_line(self) -> None:
        self.run.line.is_cut = True
        self._at(self._chance.choice((60.0, HOUR, 4 * HOUR)), self._ends_cut)

    def _fails_sends(self) -> None:
        """They are heard, and cannot be answered."""
        line = self.run.line
        line.is_cut = line.only_sends_fail = True
        self._at(self._chance.choice((HOUR, 5 * HOUR)), self._ends_cut)

    def _ends_cut(self) -> None:
        self.run.line.is_cut = self.run.line.only_sends_fail = False

    def _poisons(self) -> None:
        self.run.line.feed.poisons()

    # -- the disk ---------------------------------------------------------------------------------

    def _fills_disk(self) -> None:
        if self.run.disk is not None:
            self.run.disk.is_full(self._chance.choice((0, 1, 3)))
            self._at(self._chance.uniform(60, 6 * HOUR), self._ends_full)

    def _ends_full(self) -> None:
        if self.run.disk is not None:
            self.run.disk.is_full(None)

    def _locks_file(self) -> None:
        other = sqlite3.connect(self.run.settings.database, isolation_level=None, timeout=0)
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            other.close()
            return
        self._locks.append(other)
        self._at(self._chance.choice((1.0, 6.0, 60.0, 1800.0)), self._ends_lock)

    def _ends_lock(self) -> None:
        self._unlock()

    def _unlock(self) -> None:
        for other in self._locks:
            other.close()
        self._locks.clear()

    # -- time -------------------------------------------------------------------------------------

    def _sets_clock(self) -> None:
        """Somebody sets the machine's clock wrongly, and puts it right later."""
        self.clock_was_wrong = True
        self.run.machine.off_by = self._chance.choice(
            (timedelta(hours=-1), timedelta(hours=1), timedelta(days=1), timedelta(days=31))
        )
        self._at(self._chance.choice((HOUR, 12 * HOUR, 3 * DAY)), self._ends_wrong_clock)

    def _ends_wrong_clock(self) -> None:
        self.run.machine.off_by = timedelta()

    def _sleeps(self) -> None:
        """The machine sleeps (a lid is closed): time goes on without it."""
        slept = self._chance.choice((timedelta(hours=3), timedelta(days=1), timedelta(days=31)))
        self.longest_off = max(self.longest_off, slept.total_seconds())
        self.run.clock.set(self.run.clock.now() + slept)

    # -- people and chats -------------------------------------------------------------------------

    def _migrates(self) -> None:
        """A group moves; sometimes the bot writes there before it hears of it."""
        circle = self._chance.choice(self.run.people.circles)
        if self._chance.random() < 0.6:
            self.run.line.is_deaf = True
            self._at(self._chance.choice((HOUR, 14 * HOUR)), self._ends_deaf)
        self.run.sandbox.world.migrate(circle.chat.id)

    def _ends_deaf(self) -> None:
        self.run.line.is_deaf = False

    def _blocks(self) -> None:
        person = self._chance.choice(self._chance.choice(self.run.people.circles).people)
        self.run.sandbox.world.block(person.id)

        def ends_block() -> None:
            if not person.deleted:
                self.run.sandbox.world.start(person.id)

        self._at(self._chance.uniform(60, 5 * DAY), ends_block)

    def _deletes_chat(self) -> None:
        circle = self.run.people.circles[-1]
        chat = circle.chat.migrated_to or circle.chat.id
        self.run.sandbox.world.delete_chat(chat)
        self.deleted.add(circle.chat.id)

    def _deletes_account(self) -> None:
        circle = self._chance.choice(self.run.people.circles)
        self.run.sandbox.world.delete_account(circle.people[-1].id)
