"""A member's own numbers: what they told of income, savings and debt, put right, and why.

Read and changed in private by nobody but them. What was said first stays to be read; a closed
month's count and what the group was told stay as they were.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

from bot.domain import check_ins as rules, own_values
from bot.domain.check_ins import CATALOGUE, VALUES, Answer, Question
from bot.domain.goals import Draft, own_words, read_value
from bot.domain.own_values import WHYS, Why
from bot.domain.rounds import first_day
from bot.practices import own_way
from bot.practices.journal import NoSuchQuestion
from bot.practices.journal_view import Shown
from bot.storage import chats, check_ins as store, groups, journal_choices, members, questions
from bot.storage.check_ins import CheckIn, Round
from bot.storage.database import Reading, Transaction
from bot.storage.groups import Group
from bot.storage.members import Member

RIGHT_ASKED: Final = "own_value_right"  # an open question; its subject is the round
REASON_ASKED: Final = "own_value_reason"
MONTHS_SHOWN: Final = 12


@dataclass(frozen=True)
class Place:
    """One value of one month, whose only reader is the member it belongs to."""

    group: Group
    member: Member
    round: Round
    check_in: CheckIn
    question: Question


def look(at: Transaction, group_id: int, person_id: int) -> Shown:
    """Show what a member told, month by month, and which of it holds. Raises NoSuchQuestion."""
    member = members.of_person(at, group_id, person_id)
    if member is None or member.state != "member":
        raise NoSuchQuestion
    _settle(at, person_id)
    told = store.values_told(at, member, VALUES)
    by_key = {
        key: [(one.month, one.answer) for one in told if one.key == key]
        for key in VALUES
        if any(one.key == key for one in told)
    }
    facts = {
        "group": groups.by_id(at, group_id),
        "currency": groups.agreement(at, group_id).currency,
        "values": [
            (CATALOGUE[key], [(first_day(month), said) for month, said in months[-MONTHS_SHOWN:]])
            for key, months in by_key.items()
        ],
        "held": {
            key: [
                (one.minor, first_day(one.since))
                for one in own_values.intervals(months)
                if one.until is None
            ]
            for key, months in by_key.items()
        },
    }
    return Shown("own_values/list", facts)


def look_at_months(at: Transaction, group_id: int, person_id: int, number: int) -> Shown:
    """Show the months of one value, to choose which to put right. Raises NoSuchQuestion."""
    shown = look(at, group_id, person_id)
    member = members.of_person(at, group_id, person_id)
    question = next((CATALOGUE[key] for key in VALUES if CATALOGUE[key].number == number), None)
    if question is None or member is None:
        raise NoSuchQuestion
    told = store.values_told(at, member, [question.key])[-MONTHS_SHOWN:]
    if not told:
        raise NoSuchQuestion
    months = [(one.round_id, first_day(one.month), one.answer) for one in told]
    return Shown("own_values/months", dict(shown.facts) | {"question": question, "months": months})


def show(at: Transaction, round_id: int, person_id: int, number: int) -> Shown:
    """Show one value of one month, with all that was ever said of it. Raises NoSuchQuestion."""
    place = _enter(at, round_id, person_id, number)
    _settle(at, person_id)
    return _show(at, place)


def ask_right(at: Transaction, round_id: int, person_id: int, number: int, why: int) -> Shown:
    """Ask what it should have been; `why`, the place of a reason, is kept with it."""
    place = _enter(at, round_id, person_id, number)
    _why(why)
    if place.question.kind == "value":
        _ask(at, place, RIGHT_ASKED, why=why)
    else:
        _settle(at, person_id)
    return Shown("own_values/right", _facts(at, place) | {"why": why})


def choose_right(
    at: Transaction, round_id: int, person_id: int, number: int, why: int, option: int
) -> Shown:
    """Put a value right by an option's place. Raises NoSuchQuestion."""
    place = _enter(at, round_id, person_id, number)
    if option >= len(place.question.options):
        raise NoSuchQuestion
    return _put_right(at, place, Answer(choice=place.question.options[option]), _why(why))


def hear_right(at: Transaction, asked: questions.Question, text: str) -> Shown:
    """Put a value right by the amount somebody wrote. Raises an AmountRefusal.

    Where it is theirs no more (they left, or tell no amounts now) the question is closed and that
    is said once: a refusal would leave it open, to catch whatever they write next.
    """
    place = _answered(at, asked)
    if place is None or place.question.kind != "value":
        questions.settle(at, asked.person_id, RIGHT_ASKED)
        return Shown("refusals/no_such_question")
    currency = groups.agreement(at, place.group.id).currency
    minor = read_value(text, Draft(measure="money_up", currency=currency))
    return _put_right(at, place, Answer(minor=minor), _why(asked.facts["why"]))


def ask_reason(at: Transaction, round_id: int, person_id: int, number: int) -> Shown:
    """Ask why an amount is what it is; nobody has to say. Raises NoSuchQuestion."""
    place = _enter(at, round_id, person_id, number)
    if _latest(at, place).minor is None:
        raise NoSuchQuestion
    _ask(at, place, REASON_ASKED)
    return Shown("own_values/reason", _facts(at, place))


def hear_reason(at: Transaction, asked: questions.Question, text: str) -> Shown:
    """Keep why an amount is what it is. Raises WordsMissing, WordsTooLong."""
    place = _answered(at, asked)
    if place is None or _latest(at, place).minor is None:
        questions.settle(at, asked.person_id, REASON_ASKED)
        return Shown("refusals/no_such_question")
    words = own_words(text, own_values.REASON_MAX)
    return _put_right(at, place, replace(_latest(at, place), text=words), "words")


# -- inside ----------------------------------------------------------------------------------------


def _enter(at: Reading, round_id: int, person_id: int, number: int) -> Place:
    """Authorise from the facts: any number may be forged. Raises NoSuchQuestion."""
    found = store.round_by_id(at, round_id)
    member = None if found is None else members.of_person(at, found.group_id, person_id)
    question = next((CATALOGUE[key] for key in VALUES if CATALOGUE[key].number == number), None)
    if found is None or member is None or member.state != "member" or question is None:
        raise NoSuchQuestion
    check_in = store.of_member(at, round_id, member.id)
    if check_in is None or not store.words_of(at, check_in, question.key):
        raise NoSuchQuestion
    question = rules.as_value(question, journal_choices.chosen(at, member.id))
    return Place(groups.by_id(at, found.group_id), member, found, check_in, question)


def _answered(at: Reading, asked: questions.Question) -> Place | None:
    try:
        return _enter(at, asked.subject, asked.person_id, asked.facts["question"])
    except NoSuchQuestion:
        return None


def _latest(at: Reading, place: Place) -> Answer:
    return store.words_of(at, place.check_in, place.question.key)[-1].answer


def _why(number: int) -> Why:
    if number >= len(WHYS):
        raise NoSuchQuestion
    return WHYS[number]


def _put_right(at: Transaction, place: Place, answer: Answer, why: Why) -> Shown:
    if answer != _latest(at, place):
        store.add_answer(at, place.check_in, place.question, answer, why)
        own_way.refresh(at, place.member, place.round, place.question)
    _settle(at, place.member.person_id)
    return _show(at, place)


def _show(at: Reading, place: Place) -> Shown:
    said = store.words_of(at, place.check_in, place.question.key)
    return Shown("own_values/value", _facts(at, place) | {"said": said[-1], "before": said[:-1]})


def _facts(at: Reading, place: Place) -> dict[str, Any]:
    agreement = groups.agreement(at, place.group.id)
    return {
        "group": place.group,
        "round": place.round,
        "question": place.question,
        "currency": agreement.currency,
        "zone": agreement.zone,
    }


def _ask(at: Transaction, place: Place, kind: str, **facts: int) -> None:
    chat = chats.of_person(at, place.member.person_id)
    assert chat is not None, "they tapped in it"
    _settle(at, place.member.person_id)
    questions.ask(
        at,
        person_id=place.member.person_id,
        chat_id=chat.id,
        kind=kind,
        subject=place.round.id,
        question=place.question.number,
        **facts,
    )


def _settle(at: Transaction, person_id: int) -> None:
    for kind in (RIGHT_ASKED, REASON_ASKED):
        questions.settle(at, person_id, kind)
