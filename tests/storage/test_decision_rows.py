"""Decisions as they are stored: whoever votes, leaves or comes back, the count is right."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from new_file import put_new_file

from bot.domain.agreement import Agreement
from bot.domain.decisions import Choice, Manner, Matter
from bot.domain.voting import Ballot, code_of, count, tally_from_json
from bot.practices import ballots, decisions
from bot.practices.members import Place, let_go
from bot.storage import (
    ballots as votes,
    chats,
    decisions as store,
    groups,
    members,
    people,
)
from bot.storage.database import Database, Transaction, open_database
from bot.storage.decisions import Decision

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
Runs = Callable[[Callable[[Transaction], None]], None]
FIVE = range(5)
VOTES = "INSERT INTO votes (decision_id, voter, given_by, ballot)"


class Undone(Exception):
    """Ends a test's transaction without a trace."""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    """Runs a piece of a test in one transaction of a real file, and undoes it."""
    path = put_new_file(tmp_path_factory.mktemp("decisions") / "decisions.db")
    with asyncio.Runner() as runner:
        database: Database = runner.run(open_database(path, lambda: START))

        def run(work: Callable[[Transaction], None]) -> None:
            def undone(at: Transaction) -> None:
                work(at)
                raise Undone

            with pytest.raises(Undone):
                runner.run(database.transact(undone))

        yield run
        runner.run(database.close())


def a_group(at: Transaction) -> list[members.Member]:
    """Five members, the first two of one household."""
    chat = chats.seen(at, telegram_id=-1, kind="group", person_id=None, message_id=0)
    group = groups.add(at, chat_id=chat.id, title="Kitui", language="en", added_by=None)
    groups.agree(at, group.id, Agreement("en", "Africa/Nairobi", "KES"), changed_by=None)
    groups.set_state(at, group.id, "active")
    found = []
    for number in FIVE:
        person = people.add(at, telegram_id=100 + number, name=f"P{number}", language="en")
        found.append(members.add(at, group_id=group.id, person_id=person.id, state="member"))
    members.move_to_household(at, found[1].id, found[0].household_id)
    return [members.by_id(at, one.id) for one in found]


def is_proposed(at: Transaction, folk: list[members.Member], manner: Manner) -> Decision:
    matter = Matter("Which?", choices=(Choice("A"), Choice("B"), Choice("C")))
    return decisions.put_to_group(at, folk[0], matter, manner)


acts = st.lists(
    st.tuples(
        st.sampled_from(["votes", "votes", "votes", "leaves", "comes back"]),
        st.sampled_from(FIVE),
        st.sampled_from([(0,), (1,), (2,), ()]),
    ),
    max_size=25,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(acts=acts, by_household=st.booleans(), is_secret=st.booleans(), is_live=st.booleans())
def test_what_is_counted_is_what_a_plain_list_says(
    runs: Runs,
    acts: list[tuple[str, int, Ballot]],
    *,
    by_household: bool,
    is_secret: bool,
    is_live: bool,
) -> None:
    def lives(at: Transaction) -> None:
        folk = a_group(at)
        manner = Manner(
            voters="household" if by_household else "member",
            is_secret=is_secret,
            is_live=is_live and not is_secret,
            quorum=0,
        )
        decision = is_proposed(at, folk, manner)
        voter_of = {one.id: one.household_id if by_household else one.id for one in folk}
        present = {one.id for one in folk}
        plain: dict[int, tuple[int, Ballot]] = {}  # by voter: who gave it, and how
        for act, number, ballot in acts:
            one = folk[number]
            if act == "votes" and one.id in present:
                code = code_of(ballot, decision.terms)
                ballots.vote_in_group(at, decision.id, one.person_id, code)
                plain[voter_of[one.id]] = one.id, ballot
            elif act == "leaves" and one.id in present:
                let_go(at, Place(groups.by_id(at, one.group_id), members.by_id(at, one.id)))
                present.discard(one.id)
                plain = {voter: vote for voter, vote in plain.items() if vote[0] != one.id}
            elif act == "comes back":
                members.set_state(at, one.id, "member")
                present.add(one.id)
        eligible = {voter_of[one] for one in present}
        cast = [ballot for voter, (_, ballot) in plain.items() if voter in eligible]
        assert votes.voted(at, decision.id) == plain.keys() & eligible
        assert votes.eligible(at, decision.id) == len(eligible)
        decisions.close(at, decision)
        closed = store.by_id(at, decision.id)
        assert closed.tally == count(cast, decision.terms, len(eligible))
        assert tally_from_json(closed.tally.to_json()) == closed.tally
        kept = at.all("SELECT ballot FROM votes WHERE decision_id = :id", id=decision.id)
        assert all((row["ballot"] is None) == is_secret for row in kept)

    runs(lives)


def refuses(at: Transaction, sql: str, decision: Decision) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        at.run(sql, id=decision.id, one=decision.proposed_by)


def test_what_was_decided_stays(runs: Runs) -> None:
    def lives(at: Transaction) -> None:
        folk = a_group(at)
        decision = is_proposed(at, folk, Manner(quorum=0))
        ballots.vote_in_group(at, decision.id, folk[0].person_id, 1)
        decisions.close(at, decision)
        for sql in (
            "UPDATE decisions SET state = 'open', closed_at = NULL, tally = NULL WHERE id = :id",
            "UPDATE decisions SET state = 'fell' WHERE id = :id",
            "UPDATE decisions SET tally = x'00' WHERE id = :id",
            "UPDATE decisions SET matter = x'00' WHERE id = :id",
            "DELETE FROM decisions WHERE id = :id",
            f"{VOTES} VALUES (:id, 9, :one, x'00')",
            "UPDATE votes SET ballot = x'00' WHERE decision_id = :id",
        ):
            refuses(at, sql, decision)

    runs(lives)


def test_nobody_votes_while_it_is_talked_over(runs: Runs) -> None:
    def lives(at: Transaction) -> None:
        decision = is_proposed(at, a_group(at), Manner(talk_days=1))
        sql = (
            "INSERT INTO votes (decision_id, voter, given_by, ballot) VALUES (:id, 1, :one, x'00')"
        )
        refuses(at, sql, decision)

    runs(lives)


def test_a_ballot_has_one_length_and_says_nothing_in_the_file(runs: Runs) -> None:
    def lives(at: Transaction) -> None:
        folk = a_group(at)
        for is_secret in (False, True):
            decision = is_proposed(at, folk, Manner("ranked", is_secret=is_secret))
            for one, ballot in zip(folk, ((), (0,), (2, 1), (2, 0, 1), (1, 0, 2)), strict=True):
                code = code_of(ballot, decision.terms)
                ballots.vote_in_group(at, decision.id, one.person_id, code)
            rows = at.all("SELECT ballot FROM votes WHERE decision_id = :id", id=decision.id)
            assert len({len(row["ballot"]) for row in rows}) == 1
            # Of a secret vote not even the person's own key opens it.
            person = folk[0].person_id
            seal = at.seal_of(person)
            assert seal is not None
            [mine] = [
                row["ballot"]
                for row in at.all(
                    "SELECT ballot FROM votes WHERE decision_id = :id AND given_by = :one",
                    id=decision.id,
                    one=folk[0].id,
                )
            ]
            assert seal.opens(mine) != is_secret
            assert not at.key.payloads.opens(mine)

    runs(lives)


def test_who_was_forgotten_votes_no_more_and_what_was_decided_stays(runs: Runs) -> None:
    def lives(at: Transaction) -> None:
        folk = a_group(at)
        decision = is_proposed(at, folk, Manner(quorum=0))
        ballots.vote_in_group(at, decision.id, folk[3].person_id, 2)
        decisions.close(at, decision)
        at.run("DELETE FROM person_keys WHERE person_id = :one", one=folk[3].person_id)
        at.forget_seal(folk[3].person_id)
        closed = store.by_id(at, decision.id)
        assert closed.tally is not None
        assert closed.tally.counts == (0, 1, 0)
        assert [one.ballot for one in votes.votes(at, closed)] == [None]

    runs(lives)
