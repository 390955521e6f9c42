"""Walk through all that the bot offers, and at every step let all others try the same.

A walk is somebody with a right who opens screens, presses what they are offered and answers what
they are asked; nothing of it is kept. At each step everybody else presses the same button, follows
the same link, or writes the same answer, and what they reached is noted and undone.
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final, Protocol

from attack.actors import ACTORS, MEMBERS, OF_EMBU, STAMP, Actor, actor
from attack.crowd import Raw
from attack.watch import BOT, Outcome, Watch

from bot.storage.database import Transaction

PAYLOAD: Final = re.compile(r"[a-z]+-\d+-[\w-]{22}")
#: What is written where something is asked: one of them fits nearly every question.
ANSWERS: Final = (
    *("5", "100", "Mend the roof", "2 ladders", "1: 100", "12:00", "Nairobi", "KES", "2026-05-01"),
    *("Who sings? | Me | You", "Juma", "31"),
)
FORWARDED: Final = "forwarded by a facilitator"
STEPS: Final = 14
#: After the village was left: soon; on the work day; as the meeting begins; on the day after it.
WHEN: Final = (
    timedelta(minutes=30),
    timedelta(days=8, hours=21),
    timedelta(days=10, hours=23, minutes=5),
    timedelta(days=11, hours=18),
)
#: Somebody who may, by what the walk is about.
WALKERS: Final = ("facilitator", "treasurer", "witness", "member", "sets a group up")


class Hears(Protocol):
    """Whoever looks at each step."""

    def knows(self, at: Transaction, who: Actor) -> Any:  # noqa: ANN401 - the judge's own
        """What somebody is before they act."""
        ...

    def judges(
        self,
        at: Transaction,
        knew: Any,  # noqa: ANN401 - as above
        way: str,
        who: Actor,
        what: str,
        outcome: Outcome,
    ) -> None:
        """Look at what came of it."""
        ...


class Walk:
    """Goes on until everything was tried often enough, or there is nothing more to try."""

    def __init__(
        self,
        watch: Watch,
        judge: Hears,
        *,
        times: int,
        seed: int = 1,
        answers: tuple[str, ...] = ANSWERS,
    ) -> None:
        self.answers = answers
        self.before: Callable[[Transaction], object] | None = None
        self.watch = watch
        self.judge = judge
        self.times = times
        self.chance = random.Random(seed)
        self.actors = {name: actor(watch.crowd, name) for name in ACTORS}
        self.tried: Counter[tuple[str, str]] = Counter()
        self.walked: Counter[str] = Counter()
        routes = watch.routes
        self.commands = sorted(one.name for one in routes if one.kind == "command")

    # -- walking ----------------------------------------------------------------------------------

    def goes(self, walks: int) -> None:
        """So many walks, each from where all stood as it was left."""
        for number in range(walks):
            walker = self.actors[WALKERS[number // len(WHEN) % len(WALKERS)]]
            with self.watch.undone(self.watch.crowd.left_at + WHEN[number % len(WHEN)]) as at:
                if self.before is not None:
                    self.before(at)
                self._goes_once(at, walker)

    def sweeps(self, group_id: int, *names: str) -> None:
        """Every verb there is about one group, or about the row that has its number."""
        for route in self.watch.routes:
            for name in names if route.kind == "tap" else ():
                numbers = [group_id, 0, 1, 1, 1][: _numbers_of(route)]
                data = ":".join([route.name, *(str(one) for one in numbers)])
                with self.watch.undone() as at:
                    where = "Embu" if name in OF_EMBU else "private"
                    self._acts(at, way_of(data), self.actors[name], data, where)

    def forges(self, times: int) -> None:
        """So many presses by whoever it may be, of any verb, with numbers that rows have."""
        made = {one.name: _numbers_of(one) for one in self.watch.routes if one.kind == "tap"}
        verbs = sorted(made)
        everybody = [one for one in self.actors.values() if one.name != FORWARDED]
        for _ in range(times):
            verb, who = self.chance.choice(verbs), self.chance.choice(everybody)
            # Mostly as many as its handler takes, and small: ids of groups, or of their rows.
            many = made[verb] if self.chance.random() < 0.9 else self.chance.randint(0, 5)
            numbers = self.chance.choices(range(self.chance.choice([4, 12])), k=many)
            data = ":".join([verb, *(str(one) for one in numbers)])
            where = self.chance.choice(["private", "Kitui", "Embu"]) if not who.masked else "Kitui"
            with self.watch.undone() as at:
                self._acts(at, way_of(data), who, data, where)

    def _goes_once(self, at: Transaction, walker: Actor) -> None:
        where = "Embu" if walker.name in OF_EMBU else self.chance.choice(["private", "Kitui"])
        person = {**MEMBERS, **OF_EMBU}[walker.name]
        seen = self.watch.crowd.offered
        offered = [*seen[person], *seen.get(where, ())]
        offered += [f"/{name}" for name in self.commands]
        asked = ""
        for _ in range(STEPS):
            what = self._chooses(offered, asked)
            self._let_others_try(at, what, where, asked, walker)
            way = self._way(at, walker, what, where)
            self.walked[way] += 1
            outcome = self._acts(at, way, walker, what, where)
            asked = outcome.asked[-1][0] if outcome.asked else asked
            if outcome.refused is None and outcome.offered:
                fresh = [one for one in outcome.offered if one]
                offered = fresh * 3 + offered[-60:] if fresh else offered
            if where != "private" and any(PAYLOAD.fullmatch(one) for one in outcome.offered):
                where = "private" if self.chance.random() < 0.5 else where

    def _chooses(self, offered: list[str], asked: str) -> str:
        """What was tried least goes first, mostly."""
        if asked and self.chance.random() < 0.6:
            return self.chance.choice(self.answers)
        if self.chance.random() < 0.25:
            return self.chance.choice(offered)
        few = self.chance.sample(offered, min(40, len(offered)))
        return min(few, key=lambda one: self.walked[self.way_of(one, asked)])

    def _acts(self, at: Transaction, way: str, who: Actor, what: str, where: str) -> Outcome:
        knew = self.judge.knows(at, who)
        outcome = self.does(at, who, what, where)
        self.judge.judges(at, knew, way, who, what, outcome)
        return outcome

    def does(self, at: Transaction, who: Actor, what: str, where: str) -> Outcome:
        """Press, follow, command or write."""
        crowd = self.watch.crowd
        if PAYLOAD.fullmatch(what):
            raw = who.writes(crowd, f"/start {what}", "private")
        elif what.startswith("/"):
            raw = who.writes(crowd, what, where)
        elif what in self.answers:
            raw = who.writes(crowd, what, where, **self._reply(at, where))
        else:
            raw = who.presses(crowd, what, where)
        return self.watch.takes_in(at, raw)

    def _reply(self, at: Transaction, where: str) -> Raw:
        """In a group an answer is a reply to what asked: whoever was asked."""
        if where == "private":
            return {}
        at.run(
            "UPDATE questions SET message_id = 777 WHERE message_id IS NULL AND chat_id IN"
            " (SELECT id FROM chats WHERE telegram_id = :id)",
            id=self.watch.crowd.groups[where],
        )
        group = self.actors["facilitator"].chat(self.watch.crowd, where)
        asked = {"message_id": 777, "date": STAMP, "chat": group, "from": BOT, "text": "x"}
        return {"reply_to_message": asked}

    # -- attacking --------------------------------------------------------------------------------

    def _let_others_try(
        self, at: Transaction, what: str, where: str, asked: str, walker: Actor
    ) -> None:
        tried_as = self.way_of(what, asked)
        for name, who in self.actors.items():
            if name == walker.name or self.tried[tried_as, name] >= self.times:
                continue
            if name == FORWARDED and not what.startswith("/"):
                continue  # a press cannot be forwarded, and words in private are who forwards them
            group = "Embu" if where == "Embu" else "Kitui"
            places = (group,) if who.masked or where == "Embu" else ("private", group)
            for place in places:
                self.tried[tried_as, name] += 1
                with self._undone_here(at):
                    self._acts(at, self._way(at, who, what, place), who, what, place)

    @contextmanager
    def _undone_here(self, at: Transaction) -> Iterator[None]:
        at.connection.execute("SAVEPOINT attack")
        try:
            yield
        finally:
            at.connection.execute("ROLLBACK TO attack")
            at.connection.execute("RELEASE attack")
            at._seals.clear()

    def _way(self, at: Transaction, who: Actor, what: str, where: str) -> str:
        """The way in; words answer what was asked last of them there."""
        if what not in self.answers:
            return way_of(what)
        chat = who.id if where == "private" else self.watch.crowd.groups[where]
        kind = at.value(
            "SELECT questions.kind FROM questions JOIN people ON people.id = questions.person_id"
            " JOIN chats ON chats.id = chat_id WHERE people.telegram_id = :id"
            " AND chats.telegram_id = :chat ORDER BY questions.id DESC",
            id=who.id,
            chat=chat,
        )
        return f"answer:{kind}" if kind else "words:check_ins"

    def way_of(self, what: str, asked: str = "") -> str:
        """The way in that something takes."""
        if what in self.answers:
            return f"answer:{asked}" if asked else "words"
        return way_of(what)


def _numbers_of(route: Any) -> int:  # noqa: ANN401 - a Route for taps
    """How many numbers a button carries at most."""
    shape: str = route.matcher.pattern.pattern
    return len(re.findall(r":(?=\\d|\[01\])", shape))


def way_of(what: str) -> str:
    """The way in that a link, a command or a button takes."""
    if PAYLOAD.fullmatch(what):
        return "start:" + what.split("-", maxsplit=1)[0]
    if what.startswith("/"):
        return "command:" + what[1:].split(maxsplit=1)[0]
    return "tap:" + what.split(":", maxsplit=1)[0]


__all__ = ["Walk", "way_of"]
