"""Reminders go only to those not done, and nine taps are enough: over every question there is."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import chain, combinations

import pytest
from check_in_folder import Folder

from bot.domain.agreement_parts import MAY_REST, Questions
from bot.domain.check_ins import (
    AMOUNTS,
    CATALOGUE,
    MODULES,
    Question,
    about_goal,
    asked,
    keys_of,
    own_list,
)
from bot.domain.own_questions import OwnQuestion
from bot.practices import journal, journal_view as view
from bot.practices.journal_view import Step
from bot.storage import journal_choices

OWN = [OwnQuestion("yes_no", "Did you come?"), OwnQuestion("number", "How many trees?")]
OWN.append(OwnQuestion("line", "What worked?"))
GOALS = ["A goat", "School fees"]
#: Every question that a member can be asked, by its key: the whole catalogue (the goals in place
#: of the general one), and a group's own.
EVERY = [
    *(f"goal:{number}" for number, _ in enumerate(GOALS, start=1)),
    *(one for one in CATALOGUE if one != "goal"),
    *(f"own:{number}" for number, _ in enumerate(OWN, start=1)),
]


@pytest.fixture(scope="module")
def full() -> Iterator[Folder]:
    """Amina has two goals and turned everything on; her group asks questions of its own."""
    made = Folder(OWN)
    for number, words in enumerate(GOALS, start=1):
        made.adds_goal(number, words)
    for one in (AMOUNTS, *MODULES):
        journal_choices.choose(made.at(), made.member.id, one, wanted=True)
    yield made
    made.close()


@pytest.fixture
def folder(full: Folder) -> Iterator[Folder]:
    """The same for each question: what one leaves is taken back."""
    now = full.now
    full.connection.execute("SAVEPOINT before")
    yield full
    full.connection.execute("ROLLBACK TO before")
    full.connection.execute("RELEASE before")
    full.now = now


def answers(folder: Folder, question: Question) -> None:
    """Answer so that all that hangs on it is asked too; what has no options is left empty."""
    step = Step(folder.round.id, folder.person.id)
    options = [place for place, one in enumerate(question.options) if one != "nothing"]
    if question.kind == "share" or not options:
        journal.skip(folder.at(), step, question.number)
    else:
        journal.choose(folder.at(), step, question.number, options[0])


def reminders(folder: Folder) -> int:
    return sum("when you have a minute" in one for one in folder.said_to(folder.chat))


def test_these_are_all_the_questions_there_are(folder: Folder) -> None:
    assert {one.key for one in view.asked_of(folder.at(), folder.place())} == set(EVERY)


@pytest.mark.parametrize("key", EVERY)
def test_who_has_only_this_one_left_is_reminded_if_it_is_one_of_the_usual(
    folder: Folder, key: str
) -> None:
    left_out = None
    for one in view.asked_of(folder.at(), folder.place()):
        if one.key == key:
            left_out = one
        elif one.after != key:
            answers(folder, one)
    assert left_out is not None
    assert (folder.check_in().finished_at is None) == (not left_out.folded)
    folder.passes(timedelta(days=4))
    assert reminders(folder) == (0 if left_out.folded else 2)


def test_who_answered_everything_is_not_reminded_and_who_answered_nothing_is(
    folder: Folder,
) -> None:
    for one in view.asked_of(folder.at(), folder.place()):
        answers(folder, one)
    folder.passes(timedelta(days=4))
    assert reminders(folder) == 0
    told = folder.said_to(folder.chat_of_other)
    assert sum("when you have a minute" in one for one in told) == 2


# -- nine taps ------------------------------------------------------------------------------------


def every_rest() -> Iterator[frozenset[str]]:
    """Whatever a group lets rest."""
    sizes = (combinations(MAY_REST, size) for size in range(len(MAY_REST) + 1))
    return (frozenset(one) for one in chain.from_iterable(sizes))


@pytest.mark.parametrize("standing", [False, True], ids=["ordinary", "third"])
@pytest.mark.parametrize("chosen", [(), (AMOUNTS, *MODULES)], ids=["usual", "everything"])
@pytest.mark.parametrize("goals", [0, 1])
def test_nine_taps_are_enough_in_every_kind_of_month(
    goals: int, chosen: tuple[str, ...], *, standing: bool
) -> None:
    """One on the group's post, then one a question: each can be answered, or skipped, by one."""
    mine = [about_goal(number, "A goat") for number in range(1, goals + 1)]

    def taps(resting: frozenset[str]) -> int:
        questions = asked(keys_of(Questions(resting=resting), standing=standing))
        return 1 + sum(not one.folded for one in own_list(questions, mine, chosen))

    assert taps(frozenset()) == 9
    assert max(taps(one) for one in every_rest()) == 9
