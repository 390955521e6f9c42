"""No id of another group opens anything, whatever its facilitator's forged buttons name."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from circle import OPENS, has_goal
from contribution_village import PAID
from decision_village import does, proposes
from effort import examples
from handlers.place import BOT, NOW, Made, Place, Tables, tables
from hypothesis import HealthCheck, given, settings, strategies as st
from village import Group, Someone, Village, a_village

from bot.domain.agreement import PRACTICES
from bot.domain.plans import Contribution
from bot.storage.database import PRAGMAS, Transaction

#: What the first group has before the second one comes, with all its rows.
Fence = Tables


async def a_group(village: Village, title: str, *people: Someone) -> Group:
    group = await village.forms_group(title, *people)
    plan = Contribution(amount_minor=50_000, how_to_pay="M-Pesa", witnesses=1)
    await village.is_set_up(group, *people, practices=frozenset(PRACTICES), plans=(plan,))
    return group


@dataclass(frozen=True)
class Left:
    """What the village left behind: its file, the fence around the first group, the other one."""

    made: Made
    fence: Fence
    ndege: int
    other_group: int


async def _make(folder: Path) -> Left:
    async with a_village(folder) as village:
        amina, juma, ndege, otieno = village.has("Amina", "Juma", "Ndege", "Otieno")
        group = await a_group(village, "Kitui Circle", amina, juma)
        await village.moves_to(OPENS)
        await amina.taps(PAID)
        await has_goal(village, amina, "A cow")
        await proposes(amina)
        await does(juma, "/ask", "A ladder on Saturday", "[Home]", "[As Juma]", "[Yes, post it]")
        await amina.writes("/poll Which day? | Saturday | Sunday", in_group=group)
        await amina.writes("/checkin")
        await amina.taps("A little")
        assert village.bot is not None
        fence = await village.bot.database.transact(tables)
        other = await a_group(village, "Machakos Circle", ndege, otieno)
        await village.waits(minutes=1)
        made = Made(village.settings.database, group.id, amina.id, "")
        return Left(made, fence, ndege.id, other.id)


class Fenced(Place):
    """Two groups: the first one whole within its fence, and the other's facilitator."""

    def __init__(self, left: Left, connection: sqlite3.Connection) -> None:
        super().__init__(left.made, connection)
        self.sender = {"id": left.ndege, "is_bot": False, "first_name": "Ndege"}
        self.in_private = {"id": left.ndege, "type": "private", "first_name": "Ndege"}
        self.in_other = {"id": left.other_group, "type": "group", "title": "Machakos Circle"}
        at = Transaction(connection, OPENS, self.key, {})
        ours = {name: set(rows) for name, rows in left.fence.items()}
        # Whatever changed by itself since (a card was shown) is not the first group's to the end.
        self.fence = {name: rows & set(tables(at)[name]) for name, rows in ours.items()}
        self.ids = {
            name: {row[0] for row in at.all(f"SELECT id FROM {name}")}  # noqa: S608 - our own
            & {row[0] for row in rows}
            for name, rows in self.fence.items()
            if "id" in {one[1] for one in at.connection.execute(f"PRAGMA table_info({name})")}
        }

    def trespasses(self, before: Tables, after: Tables) -> list[str]:
        """What of the first group's was changed, and what was added to it."""
        found = []
        for name, rows in self.fence.items():
            found += [
                f"changed {name}: {row}" for row in (rows & set(before[name])) - set(after[name])
            ]
            came = set(after[name]) - set(before[name])
            columns = [one[1] for one in self.connection.execute(f"PRAGMA table_info({name})")]
            for key in self.connection.execute(f"PRAGMA foreign_key_list({name})"):
                place = columns.index(key[3])
                theirs = self.ids.get(key[2], set())
                found += [f"added {name}: {row}" for row in came if row[place] in theirs]
        return found


@pytest.fixture(scope="module")
def fenced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fenced]:
    left = asyncio.run(_make(tmp_path_factory.mktemp("fenced")))
    with contextlib.closing(
        sqlite3.connect(left.made.database, isolation_level=None)
    ) as connection:
        connection.row_factory = sqlite3.Row
        for pragma in PRAGMAS:
            connection.execute(pragma)
        yield Fenced(left, connection)


def forged(verbs: list[str]) -> st.SearchStrategy[str]:
    """Every verb, with the ids that the first group's rows have."""
    numbers = st.integers(0, 9).map(str)
    parts = st.lists(numbers, max_size=4)
    return st.tuples(st.sampled_from(verbs), parts).map(lambda one: ":".join([one[0], *one[1]]))


def test_the_fence_stands_around_something(fenced: Fenced) -> None:
    """A group with nothing in it would prove nothing."""
    for name in ("claims", "goals", "decisions", "asks", "polls", "rounds", "check_in_answers"):
        assert fenced.fence[name], name
    at = Transaction(fenced.connection, OPENS, fenced.key, {})
    before = tables(at)
    fenced.connection.execute("BEGIN")
    try:
        at.run("UPDATE goals SET measure = 'steps' WHERE id = 1")
        at.run(
            "INSERT INTO offices (group_id, office, member_id, since)"
            " VALUES (1, 'treasurer', 1, '2026')"
        )
        found = fenced.trespasses(before, tables(at))
    finally:
        fenced.connection.execute("ROLLBACK")
    assert {one.split(":")[0] for one in found} >= {"changed goals", "added offices"}


@settings(
    max_examples=examples(400),
    derandomize=True,  # a verb that is new is tried by everybody alike
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.data())
def test_another_groups_facilitator_reaches_nothing_here(
    fenced: Fenced, data: st.DataObject
) -> None:
    text = data.draw(forged(fenced.verbs))
    chat = fenced.in_other if data.draw(st.booleans()) else fenced.in_private
    message = {"message_id": 3, "date": NOW, "chat": chat, "from": BOT, "text": "x"}
    told = fenced.takes(fenced.tap(text, message=message))
    assert len(told.toasts) == 1
    assert fenced.trespasses(told.before, told.after) == [], text
