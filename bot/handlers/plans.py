"""The group's plans: made and changed in private by who facilitates."""

from bot.handlers.context import (
    Answered,
    Route,
    Started,
    Tapped,
    on_answer,
    on_start,
    on_tap,
)
from bot.practices import plans
from bot.storage.questions import Question


def start_plans(started: Started) -> None:
    """The plans, from the group's button."""
    screen = plans.show_all(started.at, started.number, started.person.id)
    started.shows(screen)


def tap_plans(tap: Tapped) -> None:
    """Back to all plans."""
    tap.shows(plans.show_all(tap.at, tap.own_numbers[0], tap.person.id))


def tap_plan(tap: Tapped) -> None:
    """Begin to change a plan, or to make one."""
    group_id, number = tap.own_numbers
    tap.shows(plans.open_one(tap.at, tap.chat, group_id, tap.person.id, number))


def tap_step(tap: Tapped) -> None:
    """Go to a step."""
    group_id, place = tap.own_numbers
    tap.shows(plans.go(tap.at, tap.chat, group_id, tap.person.id, place))


def tap_look(tap: Tapped) -> None:
    """Back to the plan as it stands."""
    tap.shows(plans.look(tap.at, tap.chat, tap.own_numbers[0], tap.person.id))


def tap_set(tap: Tapped) -> None:
    """Take a step."""
    group_id, place, number = tap.own_numbers
    tap.shows(plans.choose(tap.at, tap.chat, tap.person.id, (group_id, place, number)))


def tap_hold(tap: Tapped) -> None:
    """Let the plan hold."""
    tap.shows(plans.hold(tap.at, tap.own_numbers[0], tap.person.id))
    tap.toast("plans/toast_holds")


def tap_rest(tap: Tapped) -> None:
    """Let a plan rest."""
    group_id, number = tap.own_numbers
    tap.shows(plans.rest(tap.at, group_id, tap.person.id, number))


def answer_step(answered: Answered, question: Question) -> None:
    """Take a step that is answered in words."""
    screen = plans.take_words(answered.at, answered.chat, question, answered.text)
    answered.shows(screen)


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
