"""Changing what a goal wants: its words, area, target, month. Each change is a version more."""

from bot.domain import goals as rules
from bot.practices import goal_lines, goals, new_goals
from bot.practices.goals import (
    ASKED_BY,
    ASKED_STEP,
    ASKED_TO,
    ASKED_WORDS,
    GoalClosed,
    GoalMovedSince,
    Place,
)
from bot.practices.showing import Asked, Shown
from bot.storage import goals as store
from bot.storage.database import Reading, Transaction
from bot.storage.goals import Terms
from bot.storage.questions import Question


def menu(at: Reading, goal_id: int, person_id: int) -> Shown:
    """Show what can be changed. Raises GoalClosed, as everything here does."""
    place = _own(at, goal_id, person_id)
    return Shown("goals/change", place.facts | {"steps_max": rules.STEPS_MAX})


def ask_words(at: Reading, goal_id: int, person_id: int) -> Shown:
    """Ask for other words."""
    return Shown(
        "goals/change_words", _own(at, goal_id, person_id).facts, Asked(ASKED_WORDS, goal_id)
    )


def hear_words(at: Transaction, question: Question, text: str) -> Shown:
    """Keep other words for the same goal."""
    place = _own(at, question.subject, question.person_id)
    return _change(at, place, words=rules.own_words(text))


def ask_area(at: Reading, goal_id: int, person_id: int) -> Shown:
    """Ask for another area."""
    return Shown("goals/change_area", _own(at, goal_id, person_id).facts)


def choose_area(at: Transaction, goal_id: int, person_id: int, number: int) -> Shown:
    """Keep another area."""
    place = _own(at, goal_id, person_id)
    if number >= len(rules.AREAS):
        raise GoalMovedSince
    return _change(at, place, area=rules.AREAS[number])


def ask_target(at: Reading, goal_id: int, person_id: int) -> Shown:
    """Ask for another target; a goal in steps has what its steps are."""
    place = _own(at, goal_id, person_id)
    if place.goal.measure == "steps":
        raise GoalMovedSince
    return Shown("goals/change_to", place.facts, Asked(ASKED_TO, goal_id))


def hear_target(at: Transaction, question: Question, text: str) -> Shown:
    """Repeat the target somebody typed."""
    place = _own(at, question.subject, question.person_id)
    value = rules.read_value(text, place.goal)
    rules.check_way(place.goal.measure, place.goal.from_value, value)
    return Shown(
        "goals/change_to_sure", place.facts | {"value": value}, Asked(ASKED_TO, place.goal.id)
    )


def keep_target(at: Transaction, goal_id: int, person_id: int, value: int, before: int) -> Shown:
    """Keep another target. Raises GoalMovedSince where it was changed since they were asked."""
    place = _own(at, goal_id, person_id)
    if place.goal.to_value != before or place.goal.measure == "steps" or value > rules.VALUE_MAX:
        raise GoalMovedSince
    rules.check_way(place.goal.measure, place.goal.from_value, value)
    return _change(at, place, to_value=value)


def ask_month(at: Reading, goal_id: int, person_id: int) -> Shown:
    """Ask by when."""
    place = _own(at, goal_id, person_id)
    months = new_goals.months_offered(at, place.group)
    return Shown("goals/change_by", place.facts | {"months": months}, Asked(ASKED_BY, goal_id))


def choose_month(at: Transaction, goal_id: int, person_id: int, months: int) -> Shown:
    """Keep another month, or none (0)."""
    place = _own(at, goal_id, person_id)
    by = rules.month_of(new_goals.month_ahead(at, place.group, months))
    return _change(at, place, by=by)


def hear_month(at: Transaction, question: Question, text: str) -> Shown:
    """Keep the month somebody typed."""
    place = _own(at, question.subject, question.person_id)
    return _change(at, place, by=rules.read_month(text, new_goals.today(at, place.group)))


def ask_step(at: Reading, goal_id: int, person_id: int) -> Shown:
    """Ask for one more step. Raises StepsNotUnderstood where there is no room for one."""
    place = _in_steps(_own(at, goal_id, person_id))
    return Shown("goals/change_step", place.facts, Asked(ASKED_STEP, goal_id))


def hear_step(at: Transaction, question: Question, text: str) -> Shown:
    """Add one more step."""
    place = _in_steps(_own(at, question.subject, question.person_id))
    words = rules.own_words(text, rules.STEP_MAX)
    number = len(place.goal.steps)
    store.add_step(at, place.goal.id, question.person_id, number, words)
    return _change(at, place, to_value=number + 1)


def choose_sharing(at: Transaction, goal_id: int, person_id: int, *, shared: bool) -> Shown:
    """Let the group see a goal's words, or not any more; reached ones can be shared too."""
    place = goals.look(at, goal_id, person_id, own=True)
    if place.goal.state == "let_go":
        raise GoalClosed
    if place.goal.shared != shared:
        _set(at, place, shared=shared)
    return goals.show(at, goal_id, person_id)


def _own(at: Reading, goal_id: int, person_id: int) -> Place:
    place = goals.look(at, goal_id, person_id, own=True)
    if place.goal.state != "open":
        raise GoalClosed
    return place


def _in_steps(place: Place) -> Place:
    if place.goal.measure != "steps":
        raise GoalMovedSince
    if len(place.goal.steps) >= rules.STEPS_MAX:
        raise rules.StepsNotUnderstood(most=rules.STEPS_MAX, longest=rules.STEP_MAX)
    return place


def _change(at: Transaction, place: Place, **parts: object) -> Shown:
    _set(at, place, **parts)
    return goals.view(at, goals.look(at, place.goal.id, place.member.person_id), "changed")


def _set(at: Transaction, place: Place, **parts: object) -> None:
    goal = place.goal
    held = {
        "words": goal.words,
        "area": goal.area,
        "unit": goal.unit,
        "to_value": goal.to_value,
        "by": goal.by,
        "shared": goal.shared,
    }
    store.set_terms(at, goal.id, goal.person_id, Terms(**(held | parts)))  # type: ignore[arg-type]  # its own fields
    goal_lines.refresh(at, goal.id)
