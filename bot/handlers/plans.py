"""The group's plans: made and changed in private by who facilitates."""

from bot.handlers.context import (
    Answered,
    ButtonTooOld,
    Route,
    Started,
    Tapped,
    on_answer,
    on_start,
    on_tap,
)
from bot.practices import plans
from bot.practices.dues import Screen
from bot.storage.questions import Question


def start_plans(started: Started) -> None:
    """The plans, from the group's button."""
    screen = plans.show_all(started.at, started.number, started.person.id)
    started.says(screen.message, **screen.facts)


def tap_plans(tap: Tapped) -> None:
    """Back to all plans."""
    _show(tap, plans.show_all(tap.at, _numbers(tap)[0], tap.person.id))


def tap_plan(tap: Tapped) -> None:
    """Begin to change a plan, or to make one."""
    group_id, number = _numbers(tap)
    _show(tap, plans.open_one(tap.at, tap.chat, group_id, tap.person.id, number))


def tap_step(tap: Tapped) -> None:
    """Go to a step."""
    group_id, place = _numbers(tap)
    _show(tap, plans.go(tap.at, tap.chat, group_id, tap.person.id, place))


def tap_look(tap: Tapped) -> None:
    """Back to the plan as it stands."""
    _show(tap, plans.look(tap.at, tap.chat, _numbers(tap)[0], tap.person.id))


def tap_set(tap: Tapped) -> None:
    """Take a step."""
    group_id, place, number = _numbers(tap)
    _show(tap, plans.choose(tap.at, tap.chat, tap.person.id, (group_id, place, number)))


def tap_hold(tap: Tapped) -> None:
    """Let the plan hold."""
    _show(tap, plans.hold(tap.at, _numbers(tap)[0], tap.person.id))
    tap.toast("plans/toast_holds")


def tap_rest(tap: Tapped) -> None:
    """Let a plan rest."""
    group_id, number = _numbers(tap)
    _show(tap, plans.rest(tap.at, group_id, tap.person.id, number))


def answer_step(answered: Answered, question: Question) -> None:
    """Take a step that is answered in words."""
    screen = plans.take_words(answered.at, answered.chat, question, answered.text)
    answered.says(screen.message, **screen.facts)


def _numbers(tap: Tapped) -> tuple[int, ...]:
    if not tap.chat.is_private:
        raise ButtonTooOld
    return tap.numbers


def _show(tap: Tapped, screen: Screen) -> None:
    tap.changes(screen.message, **screen.facts)


HANDLERS: list[Route] = [
    on_start(start_plans, plans.LINK),
    on_tap(tap_plans, r"plans:\d+"),
    on_tap(tap_plan, r"plan:\d+:\d+"),
    on_tap(tap_step, r"plan_step:\d+:\d+"),
    on_tap(tap_look, r"plan_look:\d+"),
    on_tap(tap_set, r"plan_set:\d+:\d+:\d+"),
    on_tap(tap_hold, r"plan_hold:\d+"),
    on_tap(tap_rest, r"plan_rest:\d+:\d+"),
    on_answer(answer_step, plans.ASKED),
]
