"""What is stored of check-ins: what the file itself refuses."""

import sqlite3
from collections.abc import Iterator
from datetime import timedelta

import pytest
from check_in_folder import NOW, Folder

from bot.domain.check_ins import CATALOGUE, EMPTY, USUAL, Answer, Tally, asked, own_key
from bot.domain.own_questions import OwnQuestion
from bot.storage import check_ins as store, own_questions
from bot.storage.database import Transaction

QUESTIONS = asked(USUAL)


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
