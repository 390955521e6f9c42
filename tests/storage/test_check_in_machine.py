"""A member's way through check-ins, in any order, over months: what is kept equals a plain model.

They tap, write, go back, change, skip, stop, come again after a restart, turn things on and off,
press buttons of months that are over; rounds close and open meanwhile. Beside what is kept: nothing
of it is in anything said to the group or to anybody else, nor in a log line.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, Final

from check_in_folder import NOW, OPENS, Folder
from effort import examples
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.domain.check_ins import (
    AMOUNTS,
    CATALOGUE,
    EMPTY,
    MODULES,
    VALUES,
    Answer,
    Question,
    Tally,
    about_goal,
    own_question,
)
from bot.domain.errors import Refusal
from bot.domain.goals import NumberNotUnderstood
from bot.domain.money import AmountRefusal
from bot.domain.own_questions import OwnQuestion
from bot.practices import check_ins, goals, journal, journal_choices, rounds, sharing
from bot.practices.journal import NoSuchQuestion, RoundClosed
from bot.practices.journal_view import Shown, Step
from bot.storage import check_ins as store, questions
from bot.storage.database import Transaction
from bot.storage.outbox import Card

MESSAGE: Final = 7
CHOICES: Final = journal_choices.CHOICES
OWN: Final = (("yes_no", "Did you come?"), ("number", "How many trees?"), ("line", "What worked?"))
GOALS: Final = (1, 2)
#: Whatever is private says so: these signs stand in nothing that others read, nor in a log line.
SECRET: Final = "zaituni-yetu"
SECRET_NUMBERS: Final = (717273, 717374)

# -- what the model knows of the questions, written down once more in plain words ------------------

MAIN: Final = ["hurdle", "help", "income", "savings", "debt", "own:1", "own:2", "own:3", "line"]
PARTS: Final = {
    "favours": [
        "given",
        "given_hours",
        "given_worth",
        "received",
        "received_hours",
        "received_worth",
    ],
    "standing": [
        "control_hard",
        "control_keep",
        "control_ahead",
        "support_people",
        "support_care",
        "support_hand",
    ],
    "school": ["school_days", "school_marks"],
    "business": ["business", "business_went"],
    "benefits": ["benefits", "benefits_were"],
    "health": ["health", "health_days", "health_care"],
    "housing": ["housing", "housing_cost"],
}
HANGS_ON: Final = {
    "given_hours": "given",
    "given_worth": "given",
    "received_hours": "received",
    "received_worth": "received",
    "school_marks": "school_days",
    "business_went": "business",
    "benefits_were": "benefits",
}
PART_OF: Final = {key: part for part, keys in PARTS.items() for key in keys}
BY_KEY: Final[dict[str, Question]] = {
    **CATALOGUE,
    **{f"goal:{one}": about_goal(one, "") for one in GOALS},
    **{
        f"own:{number}": own_question(number, kind, words)
        for number, (kind, words) in enumerate(OWN, start=1)
    },
}
EVERY: Final = [*BY_KEY.values()]
times = st.integers(0, 9)
anything = st.integers(0, 99)  # a question: mostly one in view


@dataclass
class Book:
    """One round as the model keeps it."""

    standing: bool
    state: str = "open"  # "awaited", "open", "closed"
    given: dict[str, Answer] = field(default_factory=dict)
    rows: int = 0
    finished: bool = False
    moved: dict[int, str] = field(default_factory=dict)
    is_begun: bool = False


class Journal(RuleBasedStateMachine):
    """Amina does anything, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.said_in_logs: list[str] = []
        self.log = _Listener(self.said_in_logs)
        logging.getLogger().addHandler(self.log)
        self.folder = Folder([OwnQuestion(*one) for one in OWN])
        for number in GOALS:
            self.folder.adds_goal(number, f"{SECRET} goal {number}")
        self.now = NOW
        self.books = {1: Book(standing=True)}
        self.standing_months = [_month(OPENS)]
        self.chosen: set[str] = set()
        self.reached: dict[int, int] = {}  # goal → the round that said so
        self.asking: dict[int, str] = {}  # round → what stands open in words
        self.made: int | None = None  # the round that this very step is awaiting from now on
        self.shows(1, None, journal.resume(self.at(), self.step(1)))

    def teardown(self) -> None:
        logging.getLogger().removeHandler(self.log)
        self.folder.close()

    def at(self) -> Transaction:
        return self.folder.at()

    def step(self, round_id: int) -> Step:
        return Step(round_id, self.folder.person.id, MESSAGE)

    # -- the model ---------------------------------------------------------------------------------

    def round_in(self, state: str) -> int | None:
        return next((one for one, book in self.books.items() if book.state == state), None)

    def asked(self, round_id: int) -> list[str]:
        """What a round asks her, hidden or not."""
        mine = [f"goal:{one}" for one in GOALS if self.reached.get(one, round_id) == round_id]
        found = [*(mine or ["goal"]), *MAIN, "share", *PARTS["favours"]]
        if self.books[round_id].standing:
            found += PARTS["standing"]
        for module in MODULES:
            found += PARTS[module] if module in self.chosen else []
        return found

    def in_view(self, round_id: int) -> list[str]:
        given = self.books[round_id].given
        return [
            one
            for one in self.asked(round_id)
            if one not in HANGS_ON
            or given.get(HANGS_ON[one], EMPTY).choice not in {None, "nothing"}
        ]

    def kind(self, key: str) -> str:
        is_value = key in VALUES and AMOUNTS in self.chosen
        return "value" if is_value else str(BY_KEY[key].kind)

    def following(self, round_id: int, after: str | None) -> str | None:
        """The next that waits, in the part of the one before; the main ones where there is none."""
        part = PART_OF.get(after or "")
        among = [one for one in self.in_view(round_id) if PART_OF.get(one) == part]
        place = among.index(after) + 1 if after in among else 0
        order = [*among[place:], *among[:place]]
        return next((one for one in order if one not in self.books[round_id].given), None)

    def leads_to(self, round_id: int) -> int | None:
        """Where something done in a round counts; None where it has closed for her."""
        if self.books[round_id].state != "closed":
            return round_id
        if self.is_over(round_id):
            return None
        found = self.round_in("open") or self.round_in("awaited")
        if found is None:
            found = max(self.books) + 1
            self.books[found] = Book(standing=self._stands(self._next_opening()), state="awaited")
            self.made = found
        return found

    def is_over(self, round_id: int) -> bool:
        """Whether a round has closed and she was done: nothing of it can be answered any more."""
        book = self.books[round_id]
        return book.state == "closed" and book.finished

    def _stands(self, opens: datetime) -> bool:
        months = _month(opens) - self.standing_months[-1]
        return months >= 3

    def _next_opening(self) -> datetime:
        this = self.now.replace(day=24, hour=15, minute=0)
        return this if this > self.now else _month_later(this)

    def answers(self, round_id: int, key: str, answer: Answer) -> None:
        """Keep an answer, where it is another one than before."""
        book = self.books[round_id]
        before = book.given.get(key)
        book.is_begun = True
        if before != answer:
            book.given[key] = answer
            book.rows += 1
            if key.startswith("goal:") and not (answer.is_empty and before in {None, EMPTY}):
                number = int(key[5:])
                book.moved[number] = answer.choice or "same"
                if answer.choice == "reached":
                    self.reached[number] = round_id
                else:
                    self.reached.pop(number, None)
        main = [one for one in self.in_view(round_id) if one not in PART_OF]
        book.finished = book.finished or set(main) <= set(book.given)

    def shows(self, round_id: int, after: str | None, shown: Shown) -> None:
        self.shows_this(round_id, self.following(round_id, after), shown)

    def shows_this(self, round_id: int, key: str | None, shown: Shown) -> None:
        self.books[round_id].is_begun = True
        self.stands_open(round_id, key)
        assert shown.facts["round"].id == round_id
        if key is None:
            assert shown.message == "check_ins/summary"
        else:
            assert shown.facts["question"].key == key

    def stands_open(self, round_id: int, key: str | None) -> None:
        self.asking.pop(round_id, None)
        if key is not None and self.kind(key) in {"line", "amount", "value", "number"}:
            self.asking[round_id] = key

    # -- doing -------------------------------------------------------------------------------------

    def does(
        self, round_id: int, act: Callable[..., Shown], *numbers: int
    ) -> tuple[int, bool, Shown | Refusal]:
        """Do something with a round's button: where it leads, whether late, and what is shown."""
        self.made = None
        to = self.leads_to(round_id)
        at = self.at()
        try:
            with at.savepoint():
                made: Shown | Refusal = act(at, self.step(round_id), *numbers)
        except Refusal as refused:
            self.takes_back()
            made = refused
        if to is None:
            assert isinstance(made, RoundClosed)
            return round_id, True, made
        if to != round_id and not isinstance(made, Refusal):
            self.asking.pop(round_id, None)
        return to, to != round_id, made

    def takes_back(self) -> None:
        """What was refused left nothing: not even a round that is awaited."""
        if self.made is not None:
            del self.books[self.made]

    def old_or_new(self, pick: int) -> int:
        """Mostly the newest round, now and then the button of an older one."""
        ids = sorted(self.books)
        return ids[-1] if pick > 3 else ids[pick % len(ids)]

    def question(self, round_id: int, number: int) -> Question:
        """One in view in the round, or now and then any that there is."""
        seen = self.in_view(round_id)
        return EVERY[number % len(EVERY)] if number < 20 else BY_KEY[seen[number % len(seen)]]

    @rule(pick=times, number=anything, option=st.integers(0, 5))
    def taps_an_option(self, pick: int, number: int, option: int) -> None:
        round_id = self.old_or_new(pick)
        self.taps(round_id, self.question(round_id, number), option)

    def taps(self, round_id: int, question: Question, option: int) -> None:
        key, options = question.key, question.options
        option %= max(1, len(options))
        to, late, made = self.does(round_id, journal.choose, question.number, option)
        if isinstance(made, RoundClosed):
            return
        fits = to in self.books and key in self.in_view(to)
        if late and not isinstance(made, Refusal) and (not fits or key in self.books[to].given):
            self.shows(to, None, made)
        elif not fits or question.kind != "choice":
            assert isinstance(made, NoSuchQuestion)
        else:
            assert isinstance(made, Shown)
            self.answers(to, key, Answer(choice=options[option]))
            self.shows(to, key, made)

    @rule(pick=times, number=anything)
    def skips(self, pick: int, number: int) -> None:
        round_id = self.old_or_new(pick)
        self.leaves_empty(round_id, self.question(round_id, number))

    def leaves_empty(self, round_id: int, question: Question) -> None:
        to, late, made = self.does(round_id, journal.skip, question.number)
        if isinstance(made, RoundClosed):
            return
        if late:
            assert isinstance(made, Shown)
            self.shows(to, None, made)
        elif question.key not in self.in_view(to):
            assert isinstance(made, NoSuchQuestion)
        else:
            assert isinstance(made, Shown)
            self.answers(to, question.key, EMPTY)
            self.shows(to, question.key, made)

    @rule(pick=times, number=anything, again=st.booleans())
    def keeps_or_goes_back(self, pick: int, number: int, *, again: bool) -> None:
        round_id = self.old_or_new(pick)
        question = self.question(round_id, number)
        if self.books[round_id].state != "closed" and question.key not in self.in_view(round_id):
            return
        act = journal.show if again else journal.keep
        to, late, made = self.does(round_id, act, question.number)
        if isinstance(made, RoundClosed):
            return
        assert isinstance(made, Shown)
        if late:
            self.shows(to, None, made)
        elif again:
            self.shows_this(to, question.key, made)
        else:
            self.shows(to, question.key, made)

    @rule(pick=times, mask=st.integers(0, 31), keeps=st.booleans())
    def chooses_what_is_seen(self, pick: int, mask: int, *, keeps: bool) -> None:
        self.shares(self.old_or_new(pick), mask, keeps=keeps)

    def shares(self, round_id: int, mask: int, *, keeps: bool) -> None:
        act = journal.share if keeps else journal.mark_shared
        to, late, made = self.does(round_id, act, BY_KEY["share"].number, mask)
        if isinstance(made, RoundClosed):
            return
        assert isinstance(made, Shown)
        if late:
            self.shows(to, None, made)
        elif not keeps:
            self.shows_this(to, "share", made)
        else:
            items = ["goal", "hurdle", "line", "favours", "own"]
            chosen = ",".join(one for place, one in enumerate(items) if mask & 2**place)
            self.answers(to, "share", Answer(choice=chosen or None))
            self.shows(to, "share", made)

    @rule(pick=times, part=st.integers(0, len(PARTS) - 1))
    def tells_more(self, pick: int, part: int) -> None:
        to, late, made = self.does(self.old_or_new(pick), journal.tell_more, part)
        if isinstance(made, RoundClosed):
            return
        assert isinstance(made, Shown)
        if late:
            self.shows(to, None, made)
            return
        name = list(PARTS)[part]
        waiting = [
            one
            for one in self.in_view(to)
            if PART_OF.get(one) == name and one not in self.books[to].given
        ]
        self.shows_this(to, waiting[0] if waiting else None, made)

    @rule(pick=times)
    def comes_again(self, pick: int) -> None:
        to, _, made = self.does(self.old_or_new(pick), journal.resume)
        if not isinstance(made, RoundClosed):
            assert isinstance(made, Shown)
            self.shows(to, None, made)

    @precondition(lambda self: self.asking)
    @rule(pick=times, tail=st.text("abc ", min_size=1), number=st.sampled_from(SECRET_NUMBERS))
    def writes(self, pick: int, tail: str, number: int) -> None:
        round_id = sorted(self.asking)[pick % len(self.asking)]
        self.writes_words(round_id, SECRET + tail, number, in_words=pick > 7)

    def writes_words(self, round_id: int, words: str, number: int, *, in_words: bool) -> None:
        key = self.asking[round_id]
        open_now = questions.open_in(self.at(), self.folder.person.id, self.folder.chat.id)
        [waiting] = [one for one in open_now if one.subject == round_id]
        assert waiting.facts["question"] == BY_KEY[key].number
        text = words if BY_KEY[key].kind == "line" or in_words else str(number)

        def write(at: Transaction, step: Step) -> Shown:
            del step
            return journal.write_line(at, waiting, text=text, photo=None, voice=None)

        if self.is_over(round_id):
            assert write(self.at(), self.step(round_id)).message == "refusals/round_closed"
            del self.asking[round_id]
            return
        to, late, made = self.does(round_id, write)
        if isinstance(made, Refusal):
            assert isinstance(made, AmountRefusal | NumberNotUnderstood)
            assert self.kind(key) != "line"
            return
        takes = key in self.in_view(to) and self.kind(key) != "choice"
        self.asking.pop(round_id, None)
        if not takes or (late and key in self.books[to].given):
            self.shows(to, None, made)
            return
        answer = Answer(text=text) if self.kind(key) == "line" else Answer(minor=number * 100)
        self.answers(to, key, answer)
        self.shows(to, key, made)

    @rule(times=st.integers(1, 12), option=st.integers(0, 5), writes=st.booleans())
    def answers_what_is_asked(self, times: int, option: int, *, writes: bool) -> None:
        """One question after the other, as most people do."""
        for number in range(times):
            self.comes_again(9)
            round_id = max(self.books)
            key = self.following(round_id, None)
            if key is None or self.books[round_id].state == "closed":
                return
            if key == "share":
                self.shares(round_id, option, keeps=True)
            elif writes and round_id in self.asking:
                amount = SECRET_NUMBERS[number % 2]
                self.writes_words(round_id, f"{SECRET} {number}", amount, in_words=False)
            elif BY_KEY[key].options:
                self.taps(round_id, BY_KEY[key], option + number)
            else:
                self.leaves_empty(round_id, BY_KEY[key])

    @rule(wanted=st.booleans())
    def turns_amounts_on_or_off(self, *, wanted: bool) -> None:
        self.turns(CHOICES.index(AMOUNTS), wanted=wanted)

    @rule(number=st.integers(0, len(CHOICES) - 1), wanted=st.booleans())
    def turns_something_on_or_off(self, number: int, *, wanted: bool) -> None:
        self.turns(number, wanted=wanted)

    def turns(self, number: int, *, wanted: bool) -> None:
        facts = journal_choices.choose(self.at(), 1, self.folder.person.id, number, wanted=wanted)
        self.chosen = self.chosen | {CHOICES[number]} if wanted else self.chosen - {CHOICES[number]}
        assert facts["chosen"] == self.chosen
        for round_id, book in self.books.items():
            if book.state != "closed":
                self.asking.pop(round_id, None)

    @rule()
    def the_bot_starts_again(self) -> None:
        self.folder.starts_again()

    @rule(days=st.sampled_from([1, 3, 9, 27]))
    def time_passes(self, days: int) -> None:
        self.folder.passes(timedelta(days=days))
        until = self.now + timedelta(days=days)
        opens = self.now.replace(day=24, hour=15, minute=0)
        while opens <= until:
            if opens > self.now:
                self._opens(opens)
            if self.now < opens + timedelta(days=4) <= until:
                self._closes()
            opens = _month_later(opens)
        self.now = until

    def _closes(self) -> None:
        going_on = self.round_in("open")
        if going_on is not None:
            self.books[going_on].state = "closed"

    def _opens(self, opens: datetime) -> None:
        round_id = self.round_in("awaited") or len(self.books) + 1
        book = self.books.setdefault(round_id, Book(standing=False))
        book.state, book.standing = "open", self._stands(opens)
        if book.standing:
            self.standing_months.append(_month(opens))
        if not book.finished:  # she is asked
            book.is_begun = True
            self.stands_open(round_id, self.following(round_id, None))

    # -- what holds --------------------------------------------------------------------------------

    @invariant()
    def what_is_stored_is_what_was_said(self) -> None:
        at = self.at()
        assert at.value("SELECT count(*) FROM rounds") == len(self.books)
        for round_id, book in self.books.items():
            found = store.round_by_id(at, round_id)
            assert found is not None
            assert (found.awaited, found.closed_at is not None) == (
                book.state == "awaited",
                book.state == "closed",
            )
            check_in = store.of_member(at, round_id, self.folder.member.id)
            assert (check_in is not None) == book.is_begun
            if check_in is None:
                continue
            assert store.answers(at, check_in) == book.given
            assert (check_in.finished_at is not None) == book.finished
            rows = at.value(
                "SELECT count(*) FROM check_in_answers WHERE check_in_id = :id", id=check_in.id
            )
            assert rows == book.rows
            assert rounds.count(at, found) == Tally(int(book.finished), 2)

    @invariant()
    def what_stands_open_in_words_is_what_is_shown(self) -> None:
        waiting = questions.open_in(self.at(), self.folder.person.id, self.folder.chat.id)
        found = {one.subject: one.facts["question"] for one in waiting}
        assert found == {one: BY_KEY[key].number for one, key in self.asking.items()}

    @invariant()
    def goals_know_how_they_moved(self) -> None:
        at, person_id = self.at(), self.folder.person.id
        for number in GOALS:
            told = [one.moved for one in goals.months_of(at, number, person_id)]
            books = [self.books[one] for one in sorted(self.books)]
            assert told == [one.moved[number] for one in books if number in one.moved]
            state = goals.look(at, number, person_id).goal.state
            assert state == ("reached" if number in self.reached else "open")

    @invariant()
    def nobody_else_reads_anything_private(self) -> None:
        folder, at = self.folder, self.at()
        said = folder.said_to(folder.home) + folder.said_to(folder.chat_of_other)
        for round_id in self.books:
            card = Card(0, rounds.CARD, round_id, folder.home.id, None, None, None)
            said.append(str(check_ins.CARDS[rounds.CARD](at, card)))
        for text in (*said, *self.said_in_logs):
            assert not [one for one in SECRETS if one in text]

    @invariant()
    def the_group_sees_of_a_month_what_she_let_it_see(self) -> None:
        at = self.at()
        for round_id, book in self.books.items():
            card = Card(0, sharing.CARD, round_id, self.folder.home.id, None, None, None)
            text = str(sharing.CARDS[sharing.CARD](at, card))
            let = (book.given.get("share", EMPTY).choice or "").split(",")
            if "line" not in let and "own" not in let:
                assert SECRET not in text, "not even the words of a private goal"
            if "own" not in let:
                assert not [one for one in SECRETS[1:] if one in text]


SECRETS: Final = (SECRET, *(form for one in SECRET_NUMBERS for form in (f"{one}", f"{one:,}")))


class _Listener(logging.Handler):
    """Keeps every log line with all that it carries."""

    KNOWN: ClassVar = frozenset(vars(logging.makeLogRecord({})))

    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self.lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        extra = {name: one for name, one in vars(record).items() if name not in self.KNOWN}
        self.lines.append(f"{record.getMessage()} {extra}")


def _month(when: datetime) -> int:
    return when.year * 12 + when.month


def _month_later(when: datetime) -> datetime:
    return (when.replace(day=1) + timedelta(days=32)).replace(day=when.day)


Journal.TestCase.settings = settings(max_examples=examples(12), stateful_step_count=30)
TestJournal = Journal.TestCase
