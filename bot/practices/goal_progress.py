"""How far a goal has come: said, ticked, corrected; reached, let go, taken up again."""

from typing import Final

from bot.domain import goals as rules
from bot.domain.goals import Entry, Goal
from bot.practices import goal_lines
from bot.practices.goals import (
    ASKED_FIX,
    ASKED_NOW,
    ASKED_WHY,
    GoalClosed,
    GoalMovedSince,
    GoalNotYours,
    Place,
    look,
    require_room,
    view,
)
from bot.practices.showing import Asked, Shown
from bot.storage import goals as store
from bot.storage.database import Reading, Transaction
from bot.storage.questions import Question

STORY_PAGE: Final = 8  # entries on one page of how a goal went


# -- how far it has come --------------------------------------------------------------------------


def ask_now(at: Reading, goal_id: int, person_id: int) -> Shown:
    """Ask how far a goal is now; for steps, show them to be ticked. Raises GoalClosed."""
    place = _open(look(at, goal_id, person_id))
    if place.goal.measure == "steps":
        return Shown("goals/steps", place.facts)
    return Shown("goals/now", place.facts, Asked(ASKED_NOW, goal_id))


def hear_now(at: Transaction, question: Question, text: str) -> Shown:
    """Repeat the number somebody typed, for them to keep; another number may still be typed."""
    place = _open(look(at, question.subject, question.person_id))
    value = rules.read_value(text, place.goal)
    return Shown(
        "goals/now_sure", place.facts | {"value": value}, Asked(ASKED_NOW, question.subject)
    )


def keep_now(at: Transaction, goal_id: int, person_id: int, value: int, latest_id: int) -> Shown:
    """Keep how far a goal is. Raises GoalMovedSince where it has moved since they were asked.

    So a second press of the same button, or one a month old, changes nothing.
    """
    place = _open(look(at, goal_id, person_id))
    if place.goal.latest.id != latest_id or place.goal.measure == "steps":
        raise GoalMovedSince
    _check_size(value)
    entry_id = store.add_value(at, goal_id, person_id, value)
    goal_lines.refresh(at, goal_id)
    place = look(at, goal_id, person_id)
    return view(at, place, "kept", place.goal.entry(entry_id))


def tick(at: Transaction, goal_id: int, person_id: int, number: int, *, done: bool) -> Shown:
    """Note that a step is done, or that it is not after all."""
    place = _open(look(at, goal_id, person_id))
    if number not in {one.number for one in place.goal.steps}:
        raise GoalNotYours
    before = place.goal.latest.steps_done
    after = before | {number} if done else before - {number}
    if after != before:
        store.add_value(at, goal_id, person_id, rules.bits_of(after))
        goal_lines.refresh(at, goal_id)
        place = look(at, goal_id, person_id)
    return Shown("goals/steps", place.facts)


def ask_why(at: Reading, entry_id: int, person_id: int) -> Shown:
    """Ask why it moved; nobody has to say."""
    place, entry = _look_at_entry(at, entry_id, person_id)
    return Shown("goals/why", place.facts | {"entry": entry}, Asked(ASKED_WHY, entry_id))


def hear_why(at: Transaction, question: Question, text: str) -> Shown:
    """Keep why it moved, in their own words. Raises WordsMissing, WordsTooLong."""
    place, entry = _look_at_entry(at, question.subject, question.person_id)
    words = rules.own_words(text, rules.REASON_MAX)
    store.add_reason(at, entry.id, question.person_id, words)
    place = look(at, place.goal.id, question.person_id)
    return view(at, place, "why", place.goal.entry(entry.id))


def story(at: Reading, goal_id: int, person_id: int, page: int) -> Shown:
    """Show how a goal went, entry by entry, the newest first; what was corrected stays.

    What counts has a number, by which it can be put right.
    """
    place = look(at, goal_id, person_id)
    numbers = {one.id: number for number, one in enumerate(place.goal.entries, start=1)}
    said = [(one, numbers.get(one.id)) for one in reversed(place.goal.said)]
    pages = (len(said) + STORY_PAGE - 1) // STORY_PAGE
    page = min(page, pages - 1)
    entries = said[page * STORY_PAGE : (page + 1) * STORY_PAGE]
    return Shown(
        "goals/story", place.facts | {"entries": entries, "page": page, "more": page + 1 < pages}
    )


def ask_fix(at: Reading, entry_id: int, person_id: int) -> Shown:
    """Ask what an entry should have said (a step is ticked, or not any more, instead)."""
    place, entry = _look_at_number(at, entry_id, person_id)
    return Shown("goals/fix", place.facts | {"entry": entry}, Asked(ASKED_FIX, entry_id))


def hear_fix(at: Transaction, question: Question, text: str) -> Shown:
    """Repeat what it should have said, and ask why it did not: a slip, or news that came later."""
    place, entry = _look_at_number(at, question.subject, question.person_id)
    value = rules.read_value(text, place.goal)
    _check_fix(place.goal, entry, value)
    facts = place.facts | {"entry": entry, "value": value}
    return Shown("goals/fix_sure", facts, Asked(ASKED_FIX, entry.id))


def keep_fix(at: Transaction, entry_id: int, person_id: int, value: int, why_number: int) -> Shown:
    """Put a new entry where another stood, which stays to be read. In own words: ask for them.

    Raises GoalMovedSince where it was corrected before: that one is corrected, then.
    """
    place, entry = _look_at_number(at, entry_id, person_id)
    if why_number >= len(rules.WHYS):
        raise GoalMovedSince
    _check_size(value)
    _check_fix(place.goal, entry, value)
    why = rules.WHYS[why_number]
    fixed_id = store.correct_value(at, entry, person_id, value, why)
    goal_lines.refresh(at, place.goal.id)
    if why == "words":
        return ask_why(at, fixed_id, person_id)
    place = look(at, place.goal.id, person_id)
    return view(at, place, "fixed", place.goal.entry(fixed_id))


def _check_fix(goal: Goal, entry: Entry, value: int) -> None:
    if entry.id == goal.entries[0].id:  # where it began: the target must still lie the same way
        rules.check_way(goal.measure, value, goal.to_value)


def _look_at_entry(at: Reading, entry_id: int, person_id: int) -> tuple[Place, Entry]:
    goal_id = store.goal_of_value(at, entry_id)
    if goal_id is None:
        raise GoalNotYours
    place = look(at, goal_id, person_id)
    entry = place.goal.entry(entry_id)
    if entry is None:
        raise GoalMovedSince
    return place, entry


def _look_at_number(at: Reading, entry_id: int, person_id: int) -> tuple[Place, Entry]:
    place, entry = _look_at_entry(at, entry_id, person_id)
    if place.goal.measure == "steps":
        raise GoalMovedSince
    return place, entry


def _open(place: Place) -> Place:
    if place.goal.state != "open":
        raise GoalClosed
    return place


def _check_size(value: int) -> None:
    """A number in a button is as untrusted as any: hold it to what could have been typed."""
    if value > rules.VALUE_MAX:
        raise GoalMovedSince


# -- reached, let go, taken up again --------------------------------------------------------------


def reach(at: Transaction, goal_id: int, person_id: int) -> Shown:
    """Note that a goal is reached; of a shared one, ask whether the digest may tell it."""
    place = look(at, goal_id, person_id, own=True)
    if place.goal.state == "let_go":
        raise GoalClosed
    if place.goal.state == "open":
        store.set_state(at, goal_id, "reached")
        place = look(at, goal_id, person_id, own=True)
    if place.goal.shared and store.may_tell(at, goal_id) is None:
        return Shown("goals/may_tell", place.facts)
    return view(at, place)


def choose_telling(at: Transaction, goal_id: int, person_id: int, *, may_tell: bool) -> Shown:
    """Keep whether the digest may tell that a goal is reached. Raises GoalMovedSince if it is not.

    Until then nothing is told; taking it back is always possible.
    """
    place = look(at, goal_id, person_id, own=True)
    if place.goal.state != "reached" or not place.goal.shared:
        raise GoalMovedSince
    store.tell(at, goal_id, may_tell=may_tell)
    return view(at, place)


def ask_let_go(at: Reading, goal_id: int, person_id: int) -> Shown:
    """Ask once more before a goal is let go. Raises GoalClosed."""
    place = _open(look(at, goal_id, person_id, own=True))
    return Shown("goals/let_go", place.facts)


def let_go(at: Transaction, goal_id: int, person_id: int) -> Shown:
    """Let a goal go: all that was said of it stays. Raises GoalClosed for one that is reached."""
    place = look(at, goal_id, person_id, own=True)
    if place.goal.state == "reached":
        raise GoalClosed
    if place.goal.state == "open":
        store.set_state(at, goal_id, "let_go")
    return view(at, look(at, goal_id, person_id))


def take_up(at: Transaction, goal_id: int, person_id: int) -> Shown:
    """Take a goal up again. Raises TooManyGoals."""
    place = look(at, goal_id, person_id, own=True)
    if place.goal.state != "open":
        require_room(at, place.member.id)
        store.set_state(at, goal_id, "open")
    return view(at, look(at, goal_id, person_id))
