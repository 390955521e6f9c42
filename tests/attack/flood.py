"""One person sends far more than a hand can: how long it takes, and what it leaves behind."""

import time
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, Final

from attack.actors import Actor, actor
from attack.crowd import Raw
from attack.watch import Watch

from bot.delivery.intake import BATCH_MAX, Intake
from bot.handlers.dispatch import Dispatcher
from bot.handlers.floods import AT_ONCE
from bot.scheduler.agenda import _keep_house
from bot.storage import outbox
from bot.storage.database import Transaction

KINDS: Final = ("starts", "commands in the group", "taps", "words")
#: Who somebody is stays known; and the night plans the next one.
STAYS: Final = frozenset({"people", "person_keys", "chats", "due"})


def floods(watch: Watch, kind: str, name: str, many: int) -> tuple[float, int]:
    """Flood the bot, let the next person tap, and a night pass. Gives seconds, and rows grown."""
    who, other = actor(watch.crowd, name), actor(watch.crowd, "facilitator")
    intake = _intake(watch)
    flood = [_one(watch, who, kind, number) for number in range(many)]
    with watch.undone() as at:
        _nobody_looks(at)
        before = rows_of(at)
        begun, toasts = time.perf_counter(), 0
        for first in range(0, many, BATCH_MAX):
            toasts += len(intake._take_all(at, flood[first : first + BATCH_MAX]))
        seconds = time.perf_counter() - begun
        served = intake._take_all(at, [other.presses(watch.crowd, "fund:1") | {"update_id": 7}])
        assert len(served) == 1, "the next one is served as ever"
        grown = _grown(before, rows_of(at))
        assert grown.pop("updates_done") == many + 1
        assert toasts <= AT_ONCE + 1
        assert all(more <= AT_ONCE + 3 for more in grown.values()), grown
        _let_a_night_pass(at)
        left = _grown(before, rows_of(at))
        assert all(more <= 1 and one in STAYS for one, more in left.items()), left
        return seconds, sum(grown.values())


def _intake(watch: Watch) -> Intake:
    dispatcher = Dispatcher(watch.bot, watch.routes)  # with the rule in force
    return Intake(
        None,  # type: ignore[arg-type]  # we give the transaction ourselves
        None,  # type: ignore[arg-type]  # nothing leaves
        take=dispatcher.take,
        apologise=dispatcher.apologise,
        after_commit=lambda: None,
    )


def _one(watch: Watch, who: Actor, kind: str, number: int) -> Raw:
    if kind == "taps":
        raw = who.presses(watch.crowd, f"decisions:{number % 50}:0")
    elif kind == "starts":
        raw = who.writes(watch.crowd, f"/start join-{number}-AAAAAAAAAAAAAAAAAAAAAA")
    elif kind == "commands in the group":
        raw = who.writes(watch.crowd, "/members", "Kitui")
    else:
        raw = who.writes(watch.crowd, f"some words {number}")
    return raw | {"update_id": 1_000_000 + number}


def _nobody_looks(at: Transaction) -> None:
    """Take the watch's triggers away (until this is undone): they cost more than what they see."""
    for row in at.all("SELECT name FROM temp.sqlite_schema WHERE type = 'trigger'"):
        at.run(f"DROP TRIGGER temp.{row['name']}")


def rows_of(at: Transaction) -> dict[str, int]:
    """How many rows each table has."""
    names = at.all(
        "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    return {row["name"]: at.value(f"SELECT count(*) FROM {row['name']}") for row in names}  # noqa: S608 - our own


def _grown(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {one: more - before[one] for one, more in after.items() if more > before[one]}


def _let_a_night_pass(at: Transaction) -> None:
    """All that waits leaves; weeks later what need not be remembered is forgotten."""
    for row in at.all("SELECT id FROM outbox WHERE finished_at IS NULL"):
        outbox.finish(at, row["id"], message_id=None)
    later = Transaction(at.connection, at.now + timedelta(days=40), at.key, {})
    for due in ("first", "next"):  # what is forgotten by when the last night was due
        told: Any = SimpleNamespace(occurrence=due, due_at=later.now)
        _keep_house(later, told)
