"""Who may change what of an agreement: every part, every role, locked or not, with a decision or
without one. One table, tried in full.
"""

import asyncio
import dataclasses
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import pytest

from bot.domain.agreement import NEVER_CHANGES, PARTS, Agreement, document_of
from bot.domain.errors import Refusal
from bot.domain.offices import OFFICES
from bot.practices import agreement as practice
from bot.storage import chats, groups, members, people
from bot.storage.database import Database, Transaction, open_database

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
USUAL = Agreement(language="en", zone="Africa/Nairobi", currency="KES")
#: A value for each part that differs from the usual one.
OTHER: Final[dict[str, Any]] = {
    "name": "Roofs",
    "purpose": "A roof for every house",
    "joining": {"way": "decision"},
    "language": "es",
    "zone": "Africa/Kigali",
    "currency": "RWF",
    "practices": ["polls"],
    "check_in": {"day": 10},
    "questions": {"resting": ["hurdle"]},
    "meetings": {"every": "week", "weekday": 6},
    "plans": {"number": 1, "amount_minor": 110},
    "funds": ["savings", "project"],
    "loans": {"months": 2},
    "late": {"fine_minor": 500},
    "social_fund": {"words": "Funerals"},
    "share_out": {"month": 12},
    "digest": {"day": 3},
    "quiet": {"from_hour": 20},
    "decisions": {"method": "consent"},
    "offices": {"term_months": 6},
    "witnesses": {"number": 2},
    "leaving": {"savings": "at_share_out"},
    "privacy": {"keep_months": 24},
    "amendments": {"method": "unanimous"},
}
#: Nobody in particular, somebody of another group, a Telegram admin, who added the bot, a plain
#: member, one who left, and a holder of each office.
ROLES: Final = ("nobody", "stranger", "admin", "adder", "member", "left", *OFFICES)
DECISION: Final = 7

Runs = Callable[[Callable[[Transaction], None]], None]


class Undone(Exception):
    """Ends a test's transaction without a trace."""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    folder = tmp_path_factory.mktemp("agreements")
    with asyncio.Runner() as runner:
        database: Database = runner.run(open_database(folder / "bot.db", lambda: START))

        def run(work: Callable[[Transaction], None]) -> None:
            def undone(at: Transaction) -> None:
                work(at)
                raise Undone

            with pytest.raises(Undone):
                runner.run(database.transact(undone))

        yield run
        runner.run(database.close())


def a_group(at: Transaction, locked: frozenset[str], telegram_id: int = 1) -> int:
    chat = chats.seen(at, telegram_id=-telegram_id, kind="group", person_id=None, message_id=0)
    group = groups.add(at, chat_id=chat.id, title="Kitui", language="en", added_by=None)
    groups.agree(at, group.id, dataclasses.replace(USUAL, locked=locked), changed_by=None)
    groups.set_state(at, group.id, "active")
    return group.id


def a_person(at: Transaction, role: str, group_id: int) -> int | None:
    """Somebody in a role; the group has another facilitator whatever the role."""
    other = people.met(at, telegram_id=500, name="Other", language="en").id
    joined = members.add(at, group_id=group_id, person_id=other, state="member")
    members.take_office(at, group_id, "facilitator", joined.id)
    if role == "nobody":
        return None
    person_id = people.met(at, telegram_id=501, name="Amina", language="en").id
    if role == "stranger":  # who facilitates elsewhere
        elsewhere = a_group(at, frozenset(), telegram_id=2)
        member = members.add(at, group_id=elsewhere, person_id=person_id, state="member")
        members.take_office(at, elsewhere, "facilitator", member.id)
        return person_id
    member = members.add(at, group_id=group_id, person_id=person_id, state="member")
    if role in {"admin", "adder"}:
        groups.know_admin(at, group_id, person_id, is_admin=True)
        groups.set_added_by(at, group_id, person_id)
    elif role == "left":
        members.take_office(at, group_id, "facilitator", member.id)
        members.set_state(at, member.id, "left")
    elif role in OFFICES:
        members.take_office(at, group_id, role, member.id)
    return person_id


def refusal_of(work: Callable[[], object]) -> str | None:
    try:
        work()
    except Refusal as refusal:
        return type(refusal).__name__
    return None


def test_the_table_knows_every_part() -> None:
    assert set(OTHER) == set(PARTS)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("is_locked", [False, True])
def test_who_may_change_a_part(runs: Runs, role: str, *, is_locked: bool) -> None:
    def expected(part: str, decision_id: int | None) -> str | None:
        if part in NEVER_CHANGES:
            return "CurrencyStays"
        if decision_id is not None:
            return None
        if role != "facilitator":
            return "NotTheFacilitator"
        return "PartLocked" if is_locked else None

    def work(at: Transaction) -> None:
        locked = frozenset(PARTS) - NEVER_CHANGES if is_locked else frozenset[str]()
        group_id = a_group(at, locked)
        person_id = a_person(at, role, group_id)
        for part in PARTS:
            for decision_id in (None, DECISION):
                before = groups.agreement(at, group_id)
                change = partial(practice.amend, at, group_id, part, OTHER[part], by=person_id)
                refused = refusal_of(partial(change, decision_id=decision_id))
                after = groups.agreement(at, group_id)
                assert refused == expected(part, decision_id), (part, decision_id)
                if refused is None and getattr(before, part) != getattr(after, part):
                    assert after.version == before.version + 1
                    written, wanted = document_of(after)[part], OTHER[part]
                    written = written[0] if part == "plans" else written
                    if isinstance(wanted, dict):
                        assert wanted.items() <= written.items()
                    else:
                        assert sorted(written) == sorted(wanted)
                else:
                    assert after == before, (part, decision_id)
            assert (
                document_of(groups.agreement(at, group_id))[part] != document_of(USUAL)[part]
            ) is (part not in NEVER_CHANGES)

    runs(work)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("is_locked", [False, True])
def test_locks_are_the_groups_alone(runs: Runs, role: str, *, is_locked: bool) -> None:
    def work(at: Transaction) -> None:
        locked = frozenset(PARTS) - NEVER_CHANGES if is_locked else frozenset[str]()
        group_id = a_group(at, locked)
        person_id = a_person(at, role, group_id)
        for part in PARTS:
            for use in (practice.lock, practice.unlock):
                before = groups.agreement(at, group_id)
                wanted = "AgreementPartRefused" if part in NEVER_CHANGES else "LocksNeedDecision"
                refused = refusal_of(partial(use, at, group_id, part, by=person_id))
                assert refused == wanted
                assert groups.agreement(at, group_id) == before
                if part in NEVER_CHANGES:
                    continue
                after = use(at, group_id, part, by=person_id, decision_id=DECISION)
                assert (part in after.locked) is (use is practice.lock)

    runs(work)
