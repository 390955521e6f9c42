"""/goals, its taps and its answers: all of it in private."""

from collections.abc import Callable
from functools import partial

from bot.handlers.context import (
    Route,
    Started,
    Tapped,
    Wrote,
    on_command,
    on_start,
    on_tap,
)
from bot.handlers.screens import chooses, hears, shows
from bot.practices import goal_lines, goal_progress, goal_terms, goals, new_goals, shared_goals
from bot.practices.showing import Shown
from bot.storage.database import Transaction
from bot.storage.questions import Question


def command_goals(wrote: Wrote) -> None:
    """Show one's own goals; in the group, the way to them."""
    if not wrote.chat.is_private:
        url = goals.way_in(wrote.at, wrote.chat)
        wrote.says("goals/way_in", reply_to=wrote.message_id, url=url)
        return
    goals.put(wrote.at, wrote.chat, goals.begin(wrote.at, wrote.person.id))


def start_goals(started: Started) -> None:
    """The same, from the group's button."""
    shown = goals.follow_link(started.at, started.number, started.person.id)
    goals.put(started.at, started.chat, shown)


def tap_line(tap: Tapped) -> None:
    """Send the picture of a goal's line."""
    tap.require_private()
    goal_lines.draw(tap.at, tap.numbers[0], tap.person.id, tap.chat)


_shows = partial(shows, goals.put)
_decides = partial(chooses, goals.put)


def _hears(kind: str, use_case: Callable[[Transaction, Question, str], Shown]) -> Route:
    """Route the words that answer an open question; where nothing is left to answer, it is said."""

    def take(at: Transaction, question: Question, text: str) -> Shown:
        return goals.take_answer(at, question, text, use_case)

    return hears(goals.put, kind, take)


HANDLERS: list[Route] = [
    on_command(command_goals, "goals"),
    on_start(start_goals, goals.LINK),
    # seeing them
    _shows("goals_mine", goals.of_group),
    _shows("goals_past", goals.past),
    _shows("goals_all", shared_goals.of_all),
    _shows("goal", goals.show),
    on_tap(tap_line, r"goal_line:\d+"),
    _shows("goal_story", goal_progress.story, 1),
    # adding one
    _shows("goal_new", new_goals.begin),
    _shows("goal_area", new_goals.choose_area, 1),
    _shows("goal_measure", new_goals.choose_measure, 1),
    _shows("goal_zero", new_goals.choose_nothing),
    _shows("goal_until", new_goals.choose_month, 1),
    _shows("goal_again", new_goals.say_again, 1),
    _decides("goal_open", new_goals.choose_sharing, "shared"),
    _shows("goal_keep", new_goals.keep),
    _shows("goal_drop", new_goals.drop),
    _hears(goals.ASKED_PART, new_goals.hear_part),
    # moving it
    _shows("goal_move", goal_progress.ask_now),
    _shows("goal_now", goal_progress.keep_now, 2),
    _decides("goal_step", goal_progress.tick, "done", 1),
    _shows("goal_why", goal_progress.ask_why),
    _shows("goal_fix", goal_progress.ask_fix),
    _shows("goal_fixed", goal_progress.keep_fix, 2),
    _hears(goals.ASKED_NOW, goal_progress.hear_now),
    _hears(goals.ASKED_WHY, goal_progress.hear_why),
    _hears(goals.ASKED_FIX, goal_progress.hear_fix),
    # reaching it, letting it go
    _shows("goal_reach", goal_progress.reach),
    _decides("goal_tell", goal_progress.choose_telling, "may_tell"),
    _shows("goal_let", goal_progress.ask_let_go),
    _shows("goal_gone", goal_progress.let_go),
    _shows("goal_up", goal_progress.take_up),
    # changing it
    _shows("goal_change", goal_terms.menu),
    _shows("goal_words", goal_terms.ask_words),
    _shows("goal_areas", goal_terms.ask_area),
    _shows("goal_area_is", goal_terms.choose_area, 1),
    _shows("goal_target", goal_terms.ask_target),
    _shows("goal_to", goal_terms.keep_target, 2),
    _shows("goal_by", goal_terms.ask_month),
    _shows("goal_by_is", goal_terms.choose_month, 1),
    _shows("goal_more", goal_terms.ask_step),
    _decides("goal_share", goal_terms.choose_sharing, "shared"),
    _hears(goals.ASKED_WORDS, goal_terms.hear_words),
    _hears(goals.ASKED_TO, goal_terms.hear_target),
    _hears(goals.ASKED_BY, goal_terms.hear_month),
    _hears(goals.ASKED_STEP, goal_terms.hear_step),
    # with one's household
    _shows("goal_house", shared_goals.household),
    _shows("goal_ask", shared_goals.ask_sure, 1),
    _shows("goal_asked", shared_goals.ask, 1),
    _decides("goal_both", shared_goals.answer, "agreed"),
    _shows("goal_alone", shared_goals.end),
    _shows("goal_leave", shared_goals.leave_goal),
]
