"""Goals as they are stored: whatever is done in whatever order, nothing said is ever lost."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from effort import examples
from hypothesis import HealthCheck, given, settings, strategies as st

from bot.domain import goals as rules
from bot.domain.agreement import Agreement
from bot.domain.calendar import utc_text
from bot.domain.errors import Refusal
from bot.domain.goals import MOVES, WHYS
from bot.practices import goal_progress, goal_terms, goals, new_goals, shared_goals
from bot.storage import chats, goals as store, groups, members, people, questions
from bot.storage.database import Database, Transaction, open_database
from bot.storage.goals import Terms
from bot.storage.questions import Question

START = datetime(2026, 3, 2, 9, tzinfo=UTC)

Runs = Callable[[Callable[[Transaction], None]], None]


def passes_to(at: Transaction, when: datetime) -> None:
    """Let time pass inside a transaction, which knows its own instant alone."""
    at.now, at.now_text = when, utc_text(when)


class Undone(Exception):
    """Ends a test's transaction without a trace."""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    """Runs a piece of a test in one transaction of a real file, and undoes it."""
    folder = tmp_path_factory.mktemp("goals")
    with asyncio.Runner() as runner:
        database: Database = runner.run(open_database(folder / "goals.db", lambda: START))

        def run(work: Callable[[Transaction], None]) -> None:
            def undone(at: Transaction) -> None:
                work(at)
                raise Undone

            with pytest.raises(Undone):
                runner.run(database.transact(undone))

        yield run
        runner.run(database.close())


@dataclass
class Circle:
    """A group with two members, and rounds of its check-in."""

    group_id: int
    amina: members.Member
    juma: members.Member
    rounds: list[int] = field(default_factory=list)


def a_circle(at: Transaction, telegram_id: int = 100) -> Circle:
    chat = chats.seen(at, telegram_id=-telegram_id, kind="group", person_id=None, message_id=0)
    group = groups.add(at, chat_id=chat.id, title="Kitui", language="en", added_by=None)
    groups.agree(
        at,
        group.id,
        Agreement(language="en", zone="Africa/Nairobi", currency="KES"),
        changed_by=None,
    )
    groups.set_state(at, group.id, "active")
    amina, juma = (
        _join(at, group.id, telegram_id + number, name)
        for number, name in enumerate(("Amina", "Juma"))
    )
    circle = Circle(group.id, amina, juma)
    for month in (3, 4, 5):
        circle.rounds.append(
            at.insert(
                "INSERT INTO rounds (group_id, month, questions, opened_at, closes_at, closed_at,"
                " done, counted) VALUES (:group, :month, '[\"goal\"]', '1', '2', '3', 0, 0)",
                group=group.id,
                month=f"2026-{month:02}",
            )
        )
    return circle


def _join(at: Transaction, group_id: int, telegram_id: int, name: str) -> members.Member:
    person = people.add(at, telegram_id=telegram_id, name=name, language="en")
    chats.seen(at, telegram_id=telegram_id, kind="private", person_id=person.id, message_id=0)
    return members.add(at, group_id=group_id, person_id=person.id, state="member")


def a_goal(
    at: Transaction,
    member: members.Member,
    *,
    to: int = 1000,
    steps: tuple[str, ...] = (),
    area: str = "farm",
    shared: bool = False,
    words: str = "Two goats",
) -> int:
    return store.add(
        at,
        member_id=member.id,
        person_id=member.person_id,
        measure="steps" if steps else "money_up",
        currency=None if steps else "KES",
        terms=Terms(words, area, None, len(steps) or to, None, shared),
        from_value=0,
        steps=steps,
    )


# -- random sequences equal a plain model ---------------------------------------------------------


@dataclass
class Plain:
    """What a goal should be, as plainly as it can be said."""

    to: int = 1000
    said: list[list[tuple[int, str | None]]] = field(default_factory=lambda: [[(0, None)]])
    reasons: dict[int, str] = field(default_factory=dict)  # by place
    state: str = "open"
    by_round: int | None = None
    months: dict[int, str] = field(default_factory=dict)
    versions: int = 1


Step = tuple[str, int, int]
STEPS = st.tuples(
    st.sampled_from(
        ["now", "now", "fix", "fix", "twice", "why", "to", "reach", "let go", "up", "month"]
    ),
    st.integers(0, 40),
    st.integers(0, 2000),
)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(STEPS, max_size=25))
def test_whatever_is_done_the_goal_is_as_a_plain_model_says(runs: Runs, steps: list[Step]) -> None:
    def work(at: Transaction) -> None:
        circle = a_circle(at)
        goal_id = a_goal(at, circle.amina)
        plain = Plain()
        for number, step in enumerate(steps):
            passes_to(at, START + timedelta(days=number // 3))  # some at the same instant
            with_refusal = _model(plain, step, circle)
            try:
                _do(at, goal_id, circle, step)
            except Refusal:
                assert with_refusal, step
            else:
                assert not with_refusal, step
            _compare(at, goal_id, circle, plain)

    runs(work)


def _do(at: Transaction, goal_id: int, circle: Circle, step: Step) -> None:
    kind, place, value = step
    person = circle.amina.person_id
    goal = store.by_id(at, goal_id)
    assert goal is not None
    entry = goal.entries[place % len(goal.entries)]
    if kind == "now":
        goal_progress.keep_now(at, goal_id, person, value, goal.latest.id)
    elif kind == "twice":  # the same button, pressed again
        goal_progress.keep_now(at, goal_id, person, value, goal.latest.id)
        goal_progress.keep_now(at, goal_id, person, value, goal.latest.id)
    elif kind == "fix":
        goal_progress.keep_fix(at, entry.id, person, value, place % len(WHYS))
    elif kind == "why":
        goal_progress.hear_why(at, _question(entry.id, person), f"because of {value}")
    elif kind == "to":
        goal_terms.keep_target(at, goal_id, person, value, goal.to_value)
    elif kind == "reach":
        goal_progress.reach(at, goal_id, person)
    elif kind == "let go":
        goal_progress.let_go(at, goal_id, person)
    elif kind == "up":
        goal_progress.take_up(at, goal_id, person)
    else:
        moved = MOVES[value % len(MOVES)]
        goals.note_month(at, goal_id, person, moved, circle.rounds[place % len(circle.rounds)])


def _model(plain: Plain, step: Step, circle: Circle) -> bool:  # noqa: C901, PLR0911, PLR0912 - one branch a kind
    """Do the same to the plain model; say whether it is refused."""
    kind, place, value = step
    where = place % len(plain.said)
    if kind in {"now", "twice"}:
        if plain.state != "open":
            return True
        plain.said.append([(value, None)])
        return kind == "twice"
    if kind == "fix":
        if where == 0 and value >= plain.to:
            return True
        plain.said[where].append((value, WHYS[place % len(WHYS)]))
        plain.reasons.pop(where, None)
    elif kind == "why":
        plain.reasons[where] = f"because of {value}"
    elif kind == "to":
        if plain.state != "open" or value <= plain.said[0][-1][0]:
            return True
        plain.to, plain.versions = value, plain.versions + 1
    elif kind == "reach":
        if plain.state == "let_go":
            return True
        if plain.state == "open":
            plain.state, plain.by_round = "reached", None
    elif kind == "let go":
        if plain.state == "reached":
            return True
        if plain.state == "open":
            plain.state, plain.by_round = "let_go", None
    elif kind == "up":
        if plain.state != "open":
            plain.state, plain.by_round = "open", None
    else:
        return _model_month(plain, MOVES[value % len(MOVES)], circle.rounds[place % 3])
    return False


def _model_month(plain: Plain, moved: str, round_id: int) -> bool:
    if plain.state == "let_go":
        return True
    plain.months[round_id] = moved
    if moved == "reached" and plain.state == "open":
        plain.state, plain.by_round = "reached", round_id
    elif moved != "reached" and (plain.state, plain.by_round) == ("reached", round_id):
        plain.state, plain.by_round = "open", round_id
    return False


def _compare(at: Transaction, goal_id: int, circle: Circle, plain: Plain) -> None:
    goal = store.by_id(at, goal_id)
    assert goal is not None
    assert [one.value for one in goal.entries] == [chain[-1][0] for chain in plain.said]
    everything = [(value, why) for chain in plain.said for value, why in chain]
    assert [(one.value, one.why) for one in goal.said] == everything
    for where, one in enumerate(goal.entries):
        assert one.reason == plain.reasons.get(where)
    assert (goal.state, goal.to_value) == (plain.state, plain.to)
    told = goals.months_of(at, goal_id, circle.amina.person_id)
    assert {one.round_id: one.moved for one in told} == plain.months
    versions = at.value("SELECT max(version) FROM goal_terms WHERE goal_id = :goal", goal=goal_id)
    assert versions == plain.versions
    still = goals.open_goals(at, circle.amina.id)
    assert [one.id for one in still] == ([goal_id] if plain.state == "open" else [])


def _question(subject: int, person_id: int) -> Question:
    return Question(1, person_id, 1, "goal", subject, {}, None, None, START)


# -- what the database itself holds ---------------------------------------------------------------

APPEND_ONLY = (
    "goal_terms",
    "goal_steps",
    "goal_values",
    "goal_reasons",
    "goal_states",
    "goal_months",
)


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("change", ["UPDATE {0} SET goal_id = goal_id", "DELETE FROM {0}"])
def test_nothing_that_was_said_can_be_rewritten(runs: Runs, table: str, change: str) -> None:
    change = change.replace(
        "goal_id = goal_id", "value_id = value_id" if "reasons" in table else "goal_id = goal_id"
    )

    def work(at: Transaction) -> None:
        circle = a_circle(at)
        goal_id = a_goal(at, circle.amina, steps=("plough", "sow"))
        person = circle.amina.person_id
        store.add_reason(at, store.add_value(at, goal_id, person, 1), person, "rain")
        goals.note_month(at, goal_id, person, "lot", circle.rounds[0])
        with pytest.raises(sqlite3.IntegrityError, match="never"):
            at.run(change.format(table))

    runs(work)


def test_a_correction_stands_where_the_other_stood_and_once_only(runs: Runs) -> None:
    def work(at: Transaction) -> None:
        circle = a_circle(at)
        goal_id, other_id = a_goal(at, circle.amina), a_goal(at, circle.amina)
        person = circle.amina.person_id
        wrong = store.add_value(at, goal_id, person, 900)
        passes_to(at, START + timedelta(days=40))
        found = store.by_id(at, goal_id)
        assert found is not None
        store.correct_value(at, found.latest, person, 90, "slip")
        with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
            store.correct_value(at, found.latest, person, 91, "slip")
        for goal, since, why in ((other_id, "since", "'slip'"), (goal_id, "'later'", "'slip'")):
            with pytest.raises(sqlite3.IntegrityError, match="stands where"):
                at.run(
                    "INSERT INTO goal_values (goal_id, person_id, value, since, supersedes, why,"  # noqa: S608 - a test's own words
                    f" said_at) SELECT :goal, person_id, 1, {since}, id, {why}, :now"
                    " FROM goal_values WHERE id = :id",
                    goal=goal,
                    id=wrong,
                    now=at.now_text,
                )
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            at.run(
                "INSERT INTO goal_values (goal_id, person_id, value, since, supersedes, said_at)"
                " SELECT goal_id, person_id, 1, since, id, :now FROM goal_values WHERE id = :id",
                id=wrong + 1,
                now=at.now_text,
            )
        found = store.by_id(at, goal_id)
        assert found is not None
        assert [(one.value, one.since) for one in found.entries] == [(0, START), (90, START)]

    runs(work)


def test_words_are_sealed_and_gone_with_their_key(runs: Runs) -> None:
    def work(at: Transaction) -> None:
        circle = a_circle(at)
        person = circle.amina.person_id
        goal_id = a_goal(at, circle.amina, steps=("plough", "sow"), words="A field of our own")
        entry_id = store.add_value(at, goal_id, person, 1)
        store.add_reason(at, entry_id, person, "the rain came")
        goals.put(at, chats.of_person(at, person), new_goals.begin(at, circle.group_id, person))  # type: ignore[arg-type]  # made above
        draft = questions.open_in(at, person, chats.of_person(at, person).id)[0]  # type: ignore[union-attr]  # made above
        new_goals.hear_part(at, draft, "Something quite secret")
        everything = b"".join(
            repr(tuple(row)).encode()
            for table in (*APPEND_ONLY, "goals", "goal_drafts", "questions")
            for row in at.all(f"SELECT * FROM {table}")  # noqa: S608 - the names stand above
        )
        for words in (b"field", b"plough", b"rain", b"secret"):
            assert words not in everything
        at.run("DELETE FROM person_keys WHERE person_id = :person", person=person)
        at.forget_seal(person)
        found = store.by_id(at, goal_id)
        assert found is not None
        assert (found.words, found.latest.reason, found.latest.value) == (None, None, 1)
        assert [one.words for one in found.steps] == [None, None]

    runs(work)


# -- what other practices ask ---------------------------------------------------------------------


def test_who_has_been_there_is_told_without_a_word_of_the_goal(runs: Runs) -> None:
    def work(at: Transaction) -> None:
        circle = a_circle(at)
        elsewhere = a_circle(at, 200)
        far = a_goal(at, circle.juma)
        store.add_value(at, far, circle.juma.person_id, 667)
        a_goal(at, circle.amina, area="school")
        reached = a_goal(at, elsewhere.amina)
        goal_progress.reach(at, reached, elsewhere.amina.person_id)
        assert goals.reached_and_far(at, circle.group_id, "farm") == [circle.juma]
        assert goals.reached_and_far(at, circle.group_id, "school") == []
        assert goals.reached_and_far(at, elsewhere.group_id, "farm") == [elsewhere.amina]
        own = a_goal(at, circle.amina)
        goal_progress.reach(at, own, circle.amina.person_id)
        store.set_state(at, far, "let_go")
        assert goals.reached_and_far(at, circle.group_id, "farm") == [circle.amina]
        members.set_state(at, circle.amina.id, "left")
        assert goals.reached_and_far(at, circle.group_id, "farm") == []

    runs(work)


def test_a_digest_tells_what_it_may_and_once(runs: Runs) -> None:
    def work(at: Transaction) -> None:
        circle = a_circle(at)
        person = circle.amina.person_id
        goal_id = a_goal(at, circle.amina, shared=True)
        silent = a_goal(at, circle.amina, shared=True)
        private = a_goal(at, circle.amina)
        for one in (goal_id, silent, private):
            goal_progress.reach(at, one, person)
        with pytest.raises(goals.GoalMovedSince):
            goal_progress.choose_telling(at, private, person, may_tell=True)
        goal_progress.choose_telling(at, silent, person, may_tell=False)
        span = (START, START + timedelta(days=30))
        after = (span[1], span[1] + timedelta(days=30))
        assert goals.shared_reached(at, circle.group_id, *span) == []
        passes_to(at, START + timedelta(days=29))
        goal_progress.choose_telling(at, goal_id, person, may_tell=True)
        [told] = goals.shared_reached(at, circle.group_id, *span)
        assert (told.member, told.words, told.reached_at) == (circle.amina, "Two goats", START)
        passes_to(at, START + timedelta(days=31))
        goal_progress.choose_telling(at, goal_id, person, may_tell=False)
        assert goals.shared_reached(at, circle.group_id, *span) == []
        goal_progress.choose_telling(at, goal_id, person, may_tell=True)
        assert len(goals.shared_reached(at, circle.group_id, *span)) == 1
        assert goals.shared_reached(at, circle.group_id, *after) == []
        goal_terms.choose_sharing(at, goal_id, person, shared=False)
        assert goals.shared_reached(at, circle.group_id, *span) == []

    runs(work)


def test_what_a_check_in_said_is_reached_can_be_said_otherwise_in_the_same_round(
    runs: Runs,
) -> None:
    def work(at: Transaction) -> None:
        circle = a_circle(at)
        person, [first, second, _] = circle.amina.person_id, circle.rounds
        goal_id = a_goal(at, circle.amina)
        assert goals.note_month(at, goal_id, person, "reached", first).state == "reached"
        assert goals.open_goals(at, circle.amina.id) == []
        assert [one.id for one in goals.open_goals(at, circle.amina.id, first)] == [goal_id]
        assert goals.open_goals(at, circle.amina.id, second) == []
        assert goals.note_month(at, goal_id, person, "lot", second).state == "reached"
        assert goals.note_month(at, goal_id, person, "lot", first).state == "open"
        assert [one.moved for one in goals.months_of(at, goal_id, person)] == ["lot", "lot"]
        with pytest.raises(goals.GoalNotYours):
            goals.note_month(at, goal_id, circle.juma.person_id, "lot", first)
        store.set_state(at, goal_id, "let_go")
        with pytest.raises(goals.GoalClosed):
            goals.note_month(at, goal_id, person, "lot", first)

    runs(work)


def test_by_its_numbers_a_goal_moved(runs: Runs) -> None:
    def work(at: Transaction) -> None:
        circle = a_circle(at)
        goal_id = a_goal(at, circle.amina)
        passes_to(at, START + timedelta(days=10))
        store.add_value(at, goal_id, circle.amina.person_id, 100)
        assert goals.moved_since(at, goal_id, circle.amina.person_id, START) == "little"
        assert goals.moved_since(at, goal_id, circle.amina.person_id, at.now) == "same"

    runs(work)


def test_five_goals_at_a_time_and_room_again_when_one_is_let_go(runs: Runs) -> None:
    def work(at: Transaction) -> None:
        circle = a_circle(at)
        mine = [a_goal(at, circle.amina) for _ in range(rules.OPEN_MAX)]
        with pytest.raises(goals.TooManyGoals):
            new_goals.begin(at, circle.group_id, circle.amina.person_id)
        goal_progress.let_go(at, mine[0], circle.amina.person_id)
        new_goals.begin(at, circle.group_id, circle.amina.person_id)
        a_goal(at, circle.amina)
        with pytest.raises(goals.TooManyGoals):
            goal_progress.take_up(at, mine[0], circle.amina.person_id)

    runs(work)


def test_no_goal_is_added_beyond_the_limit_by_one_begun_before(runs: Runs) -> None:
    def work(at: Transaction) -> None:
        circle = a_circle(at)
        person = circle.amina.person_id
        shown = new_goals.begin(at, circle.group_id, person)
        draft_id = shown.facts["draft"].id
        parts = replace(
            shown.facts["draft"],
            words="A well",
            area="farm",
            measure="steps",
            steps=("dig",),
            by="",
        )
        store.keep_draft(at, parts, person)
        mine = [a_goal(at, circle.amina) for _ in range(rules.OPEN_MAX)]
        with pytest.raises(goals.TooManyGoals):
            new_goals.keep(at, draft_id, person)
        goal_progress.reach(at, mine[0], person)
        new_goals.keep(at, draft_id, person)
        with pytest.raises(new_goals.DraftGone):
            new_goals.keep(at, draft_id, person)

    runs(work)


def test_corrected_on_the_day_of_others_an_entry_keeps_its_place(runs: Runs) -> None:
    def work(at: Transaction) -> None:
        circle = a_circle(at)
        goal_id = a_goal(at, circle.amina)
        wrong = store.add_value(at, goal_id, circle.amina.person_id, 900)
        store.add_value(at, goal_id, circle.amina.person_id, 100)
        goal_progress.keep_fix(at, wrong, circle.amina.person_id, 90, 0)
        found = store.by_id(at, goal_id)
        assert found is not None
        assert [one.value for one in found.entries] == [0, 90, 100]
        assert [one.value for one in found.said] == [0, 900, 90, 100]

    runs(work)


def test_reached_by_a_tap_stays_reached_whatever_a_check_in_says(runs: Runs) -> None:
    def work(at: Transaction) -> None:
        circle = a_circle(at)
        person, goal_id = circle.amina.person_id, a_goal(at, circle.amina)
        goal_progress.reach(at, goal_id, person)
        for moved in ("reached", "lot"):
            found = goals.note_month(at, goal_id, person, moved, circle.rounds[0])
            assert found.state == "reached"

    runs(work)


def test_a_goal_together_ends_when_one_of_the_two_leaves(runs: Runs) -> None:
    def work(at: Transaction) -> None:
        circle = a_circle(at)
        goal_id = a_goal(at, circle.amina)
        members.move_to_household(at, circle.juma.id, circle.amina.household_id)
        request_id = store.ask_partner(at, goal_id, circle.juma.id)
        shared_goals.answer(at, request_id, circle.juma.person_id, agreed=True)
        assert [one.id for one in store.of_household(at, circle.juma.id)] == [goal_id]
        goals.look(at, goal_id, circle.juma.person_id)
        members.set_state(at, circle.amina.id, "left")
        assert store.of_household(at, circle.juma.id) == []
        with pytest.raises(goals.GoalNotYours):
            goals.look(at, goal_id, circle.juma.person_id)

    runs(work)
