"""What is stored of check-ins: what the file itself refuses, and a way through held to a model."""

import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.domain.agreement import Agreement
from bot.domain.check_ins import (
    CATALOGUE,
    EMPTY,
    USUAL,
    Answer,
    Question,
    Tally,
    about_goal,
    asked,
    own_key,
    own_list,
)
from bot.domain.own_questions import OwnQuestion
from bot.practices import check_ins, goals, journal, rounds
from bot.practices.journal_view import Shown, Step
from bot.storage import (
    chats,
    check_ins as store,
    goals as goal_store,
    groups,
    members,
    migrations,
    own_questions,
    people,
    questions,
)
from bot.storage.database import PRAGMAS, Transaction
from bot.storage.goals import Terms
from bot.storage.sealing import OperatorKey, operator_key

NOW = datetime(2026, 3, 24, 16, 0, tzinfo=UTC)
QUESTIONS = asked(USUAL)
MESSAGE = 7


class Folder:
    """A database of its own, with one member of one group whose round is open."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.path = Path(self._folder.name) / "group.db"
        self.key: OperatorKey = operator_key(self.path)
        migrations.migrate(self.path, PRAGMAS)
        self.connection = self._connect()
        at = self.at()
        self.person = people.add(at, telegram_id=1, name="Amina", language="en")
        self.chat = chats.seen(at, telegram_id=1, kind="private", person_id=self.person.id)
        home = chats.seen(at, telegram_id=-1, kind="group", person_id=None)
        group = groups.add(at, chat_id=home.id, title="Kitui", language="en", added_by=None)
        agreement = Agreement(language="en", zone="Africa/Nairobi", currency="KES")
        groups.agree(at, group.id, agreement, changed_by=None)
        groups.set_state(at, group.id, "active")
        self.member = members.add(at, group_id=group.id, person_id=self.person.id, state="member")
        self.round = self.opens("2026-03")
        check_ins.member_joined(at, group.id, self.member.id)

    def opens(self, month: str) -> store.Round:
        return store.open_round(
            self.at(),
            group_id=1,
            month=month,
            questions=USUAL,
            closes_at=NOW + timedelta(days=4),
        )

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = OFF")  # no power is cut here
        return connection

    def at(self) -> Transaction:
        return Transaction(self.connection, NOW, self.key, {})

    def check_in(self) -> store.CheckIn:
        found = store.of_member(self.at(), self.round.id, self.member.id)
        assert found is not None
        return found

    def starts_again(self) -> None:
        self.connection.close()
        self.connection = self._connect()

    def close(self) -> None:
        self.connection.close()
        self._folder.cleanup()


@pytest.fixture
def folder() -> Iterator[Folder]:
    made = Folder()
    yield made
    made.close()


# -- what the file itself refuses -----------------------------------------------------------------


def test_a_month_opens_once_and_one_round_at_a_time(folder: Folder) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        folder.opens("2026-04")
    store.close_round(folder.at(), folder.round.id, Tally(0, 1))
    with pytest.raises(sqlite3.IntegrityError):
        folder.opens("2026-03")
    assert folder.opens("2026-04").month == "2026-04"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE check_in_answers SET answer = NULL",
        "DELETE FROM check_in_answers",
        "INSERT OR REPLACE INTO check_in_answers SELECT * FROM check_in_answers",
        "INSERT INTO check_ins SELECT id + 1, round_id, member_id, 1, '', NULL FROM check_ins",
    ],
)
def test_an_answer_is_never_changed_or_taken_away(folder: Folder, sql: str) -> None:
    folder.connection.execute("PRAGMA recursive_triggers = ON")
    store.add_answer(folder.at(), folder.check_in(), QUESTIONS[0], Answer(choice="lot"))
    with pytest.raises(sqlite3.IntegrityError):
        folder.at().run(sql)
    assert store.answers(folder.at(), folder.check_in()) == {"goal": Answer(choice="lot")}


def test_a_round_that_closed_stays_as_it_was_counted(folder: Folder) -> None:
    store.close_round(folder.at(), folder.round.id, Tally(1, 1))
    store.close_round(folder.at(), folder.round.id, Tally(0, 1))
    closed = store.round_by_id(folder.at(), folder.round.id)
    assert closed is not None
    assert closed.tally == Tally(1, 1)
    with pytest.raises(sqlite3.IntegrityError):
        folder.at().run("UPDATE rounds SET done = 0")
    with pytest.raises(sqlite3.IntegrityError):
        store.add_answer(folder.at(), folder.check_in(), QUESTIONS[0], EMPTY)


def test_only_a_value_that_was_told_is_put_right_after_the_closing(folder: Folder) -> None:
    """And what was said first can still be read, as it was known then."""
    for key, choice in (("income", "more"), ("goal", "lot")):
        store.add_answer(folder.at(), folder.check_in(), CATALOGUE[key], Answer(choice=choice))
    store.close_round(folder.at(), folder.round.id, Tally(0, 1))
    later = Transaction(folder.connection, NOW + timedelta(days=40), folder.key, {})
    store.add_answer(
        later, folder.check_in(), CATALOGUE["income"], Answer(choice="less"), "later_news"
    )
    for key in ("goal", "savings"):
        with pytest.raises(sqlite3.IntegrityError):
            store.add_answer(later, folder.check_in(), CATALOGUE[key], EMPTY, "slip")
    with pytest.raises(sqlite3.IntegrityError):
        store.add_answer(later, folder.check_in(), CATALOGUE["income"], EMPTY)
    then = store.answers(later, folder.check_in(), NOW)
    assert then["income"] == Answer(choice="more")
    assert store.answers(later, folder.check_in())["income"] == Answer(choice="less")
    words = store.words_of(later, folder.check_in(), "income")
    assert [(one.answer.choice, one.why) for one in words] == [
        ("more", None),
        ("less", "later_news"),
    ]


def test_a_groups_question_is_never_reworded_and_a_round_finds_it(folder: Folder) -> None:
    own_id = own_questions.add(folder.at(), 1, OwnQuestion("line", "What worked?"))
    store.close_round(folder.at(), folder.round.id, Tally(0, 1))
    opened = store.open_round(
        folder.at(),
        group_id=1,
        month="2026-04",
        questions=("goal", own_key(own_id), "share"),
        closes_at=NOW + timedelta(days=4),
    )
    assert [one.about for one in opened.questions] == ["", "What worked?", ""]
    for sql in ("UPDATE own_questions SET kind = 'number'", "DELETE FROM own_questions"):
        with pytest.raises(sqlite3.IntegrityError):
            folder.at().run(sql)
    assert "What worked" not in "\n".join(folder.connection.iterdump())


def test_more_cannot_be_in_than_are_counted(folder: Folder) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        store.close_round(folder.at(), folder.round.id, Tally(2, 1))


def test_the_latest_answer_counts_and_the_earlier_one_stays(folder: Folder) -> None:
    income = CATALOGUE["income"]
    for answer in (Answer(choice="more"), EMPTY, Answer(choice="less")):
        store.add_answer(folder.at(), folder.check_in(), income, answer)
    assert store.answers(folder.at(), folder.check_in()) == {"income": Answer(choice="less")}
    assert folder.at().value("SELECT count(*) FROM check_in_answers") == 3


def test_what_was_answered_cannot_be_read_in_the_file(folder: Folder) -> None:
    line = Answer(text="Our zaituni harvest", photo="photo-file-id")
    store.add_answer(folder.at(), folder.check_in(), CATALOGUE["line"], line)
    store.add_answer(folder.at(), folder.check_in(), CATALOGUE["goal"], Answer(choice="reached"))
    dump = "\n".join(folder.connection.iterdump())
    stored = b"".join(one.read_bytes() for one in folder.path.parent.glob("group.db*"))
    for private in ("zaituni", "harvest", "photo-file-id", '"choice"'):
        assert private not in dump
        assert private.encode() not in stored


def test_a_forgotten_person_leaves_the_count_and_no_words(folder: Folder) -> None:
    store.add_answer(folder.at(), folder.check_in(), CATALOGUE["line"], Answer(text="Words"))
    folder.at().run("DELETE FROM person_keys")
    assert store.answers(folder.at(), folder.check_in()) == {"line": EMPTY}


# -- the way through, against a plain model -------------------------------------------------------


GOALS = (1, 2)


def _own() -> tuple[Question, ...]:
    return own_list(QUESTIONS, [about_goal(one, f"Goal {one}") for one in GOALS])


OWN = _own()
PLAIN = [one.key for one in OWN if not one.folded]
FOLDED = [one.key for one in OWN if one.folded]
BY_KEY = {one.key: one for one in OWN}
CHOICES = [one for one in OWN if one.kind == "choice"]


class Way(RuleBasedStateMachine):
    """One member taps, writes, goes back, changes, comes back after a restart, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Folder()
        for number in GOALS:
            self._adds_goal(number)
        self.step = Step(self.folder.round.id, self.folder.person.id, MESSAGE)
        self.rows = 0
        self.given: dict[str, Answer] = {}
        self.moved: dict[int, str] = {}
        self.shown: str | None = PLAIN[0]  # the question in view; None: the summary
        self.comes_again()

    def _adds_goal(self, number: int) -> None:
        terms = Terms(f"Goal {number}", "money", None, 9, None, shared=False)
        at = Transaction(self.folder.connection, NOW - timedelta(days=9), self.folder.key, {})
        made = goal_store.add(
            at,
            member_id=self.folder.member.id,
            person_id=self.folder.person.id,
            measure="number",
            currency=None,
            terms=terms,
            from_value=0,
        )
        assert made == number

    def _at(self) -> Transaction:
        return self.folder.at()

    def _in_view(self) -> list[str]:
        """Hours and worth are asked of help that there was."""
        found = list(PLAIN)
        for favour in ("given", "received"):
            found.append(favour)
            if self.given.get(favour, EMPTY).choice not in {None, "nothing"}:
                found += [f"{favour}_hours", f"{favour}_worth"]
        return found

    def _answers(self, key: str, answer: Answer) -> None:
        """What the model does with an answer: keep it, and look for the next that waits."""
        before = self.given.get(key)
        if before != answer:
            self.given[key] = answer
            self.rows += 1
            if key.startswith("goal:") and not (answer.is_empty and before in {None, EMPTY}):
                self.moved[int(key[5:])] = answer.choice or "same"
        self._goes_on_after(key)

    def _goes_on_after(self, key: str | None) -> None:
        among = [one for one in self._in_view() if (one in FOLDED) == (key in FOLDED)]
        place = among.index(key) + 1 if key else 0
        order = [*among[place:], *among[:place]]
        self.shown = next((one for one in order if one not in self.given), None)

    def _agrees(self, shown: Shown) -> None:
        if self.shown is None:
            assert shown.message == "check_ins/summary"
        else:
            assert shown.facts["question"].key == self.shown

    @rule(question=st.sampled_from(CHOICES), option=st.integers(0, 4))
    def taps_an_option(self, question: Question, option: int) -> None:
        if question.key not in self._in_view():
            with pytest.raises(journal.NoSuchQuestion):
                journal.choose(self._at(), self.step, question.number, option)
            return
        option %= len(question.options)
        self._answers(question.key, Answer(choice=question.options[option]))
        self._agrees(journal.choose(self._at(), self.step, question.number, option))

    @rule(mask=st.integers(0, 15), keeps=st.booleans())
    def chooses_what_is_seen(self, mask: int, *, keeps: bool) -> None:
        number = BY_KEY["share"].number
        if not keeps:
            self.shown = "share"
            self._agrees(journal.mark_shared(self._at(), self.step, number, mask))
            return
        items = ["goal", "hurdle", "line", "favours"]
        chosen = ",".join(one for place, one in enumerate(items) if mask & 2**place)
        self._answers("share", Answer(choice=chosen or None))
        self._agrees(journal.share(self._at(), self.step, number, mask))

    @rule()
    def tells_more(self) -> None:
        waiting = [one for one in self._in_view() if one in FOLDED and one not in self.given]
        self.shown = waiting[0] if waiting else None
        self._agrees(journal.tell_more(self._at(), self.step, 0))

    @rule(question=st.sampled_from(OWN))
    def skips(self, question: Question) -> None:
        if question.key not in self._in_view():
            return
        self._answers(question.key, EMPTY)
        self._agrees(journal.skip(self._at(), self.step, question.number))

    @rule(question=st.sampled_from(OWN))
    def keeps(self, question: Question) -> None:
        if question.key not in self._in_view():
            return
        self._goes_on_after(question.key)
        self._agrees(journal.keep(self._at(), self.step, question.number))

    @rule(question=st.sampled_from(OWN))
    def goes_to(self, question: Question) -> None:
        if question.key not in self._in_view():
            return
        self.shown = question.key
        self._agrees(journal.show(self._at(), self.step, question.number))

    @rule()
    def comes_again(self) -> None:
        self._goes_on_after(None)
        self._agrees(journal.resume(self._at(), self.step))

    @precondition(lambda self: self.shown == "line")
    @rule(text=st.text(min_size=1, max_size=40), photo=st.sampled_from([None, "file-1"]))
    def writes(self, text: str, photo: str | None) -> None:
        [waiting] = questions.open_in(self._at(), self.folder.person.id, self.folder.chat.id)
        self._answers("line", Answer(text=text, photo=photo))
        made = journal.write_line(self._at(), waiting, text=text, photo=photo, voice=None)
        self._agrees(made)

    @precondition(lambda self: (self.shown or "").endswith("_worth"))
    @rule(shillings=st.integers(1, 10**6))
    def writes_an_amount(self, shillings: int) -> None:
        [waiting] = questions.open_in(self._at(), self.folder.person.id, self.folder.chat.id)
        assert self.shown is not None
        self._answers(self.shown, Answer(minor=shillings * 100))
        made = journal.write_line(self._at(), waiting, text=f"{shillings}", photo=None, voice=None)
        self._agrees(made)

    @rule()
    def the_bot_starts_again(self) -> None:
        self.folder.starts_again()

    @invariant()
    def what_is_stored_is_what_was_said(self) -> None:
        at = self._at()
        check_in = self.folder.check_in()
        assert store.answers(at, check_in) == self.given
        assert at.value("SELECT count(*) FROM check_in_answers") == self.rows
        done = set(PLAIN) <= set(self.given)
        assert (check_in.finished_at is not None) == done
        assert rounds.count(at, self.folder.round) == Tally(int(done), 1)
        waiting = questions.open_in(at, self.folder.person.id, self.folder.chat.id)
        in_words = self.shown == "line" or (self.shown or "").endswith("_worth")
        wanted = [BY_KEY[self.shown].number] if self.shown and in_words else []
        assert [one.facts["question"] for one in waiting] == wanted

    @invariant()
    def goals_know_how_they_moved(self) -> None:
        at, person_id = self._at(), self.folder.person.id
        for number in GOALS:
            told = [one.moved for one in goals.months_of(at, number, person_id)]
            assert told == ([self.moved[number]] if number in self.moved else [])
            reached = self.moved.get(number) == "reached"
            assert goals.look(at, number, person_id).goal.state == (
                "reached" if reached else "open"
            )

    def teardown(self) -> None:
        self.folder.close()


Way.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestWay = Way.TestCase
