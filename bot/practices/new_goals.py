"""Adding a goal: one short question after the other; nothing counts before it was read back."""

from dataclasses import replace
from datetime import date
from typing import Any, Final

from bot.domain import goals as rules
from bot.domain.calendar import local
from bot.domain.errors import Refusal
from bot.domain.goals import Draft
from bot.practices import goals
from bot.practices.goals import ASKED_PART
from bot.practices.showing import Asked, Shown
from bot.storage import goals as store, groups
from bot.storage.database import Reading, Transaction
from bot.storage.goals import Terms
from bot.storage.groups import Group
from bot.storage.questions import Question

#: Months ahead that a tap offers; any other month is typed.
MONTHS_OFFERED: Final = (3, 6, 12, 24)


class DraftGone(Refusal):
    """A button of a goal that was being added: it is a goal now, or was left."""


def begin(at: Transaction, group_id: int, person_id: int) -> Shown:
    """Begin a goal: ask for its words. Raises TooManyGoals."""
    group, member = goals.enter(at, group_id, person_id)
    goals.require_room(at, member.id)
    draft = store.begin_draft(at, member.id, person_id, Draft())
    return _ask_next(at, draft, group)


def hear_part(at: Transaction, question: Question, text: str) -> Shown:
    """Take what was asked for in words: the words, a unit, steps, a number, a month."""
    try:
        draft, group = _draft(at, question.subject, question.person_id)
    except DraftGone:
        raise goals.GoalNotYours from None  # the question is closed, and /goals named
    part = str(question.facts["part"])
    if part == "words":
        draft = replace(draft, words=rules.own_words(text))
    elif part == "unit":
        draft = replace(draft, unit=rules.own_words(text, rules.UNIT_MAX))
    elif part == "steps":
        draft = replace(draft, steps=rules.own_steps(text))
    elif part == "by":
        draft = replace(draft, by=rules.month_text(rules.read_month(text, today(at, group))))
    else:
        draft = _with_value(draft, part, rules.read_value(text, draft))
    return _keep(at, draft, group, question.person_id)


def choose_area(at: Transaction, draft_id: int, person_id: int, number: int) -> Shown:
    """Keep the area that was tapped."""
    draft, group = _draft(at, draft_id, person_id)
    if number >= len(rules.AREAS):
        raise DraftGone
    return _keep(at, replace(draft, area=rules.AREAS[number]), group, person_id)


def choose_measure(at: Transaction, draft_id: int, person_id: int, number: int) -> Shown:
    """Keep how it is measured; money is in the group's currency."""
    draft, group = _draft(at, draft_id, person_id)
    if number >= len(rules.MEASURES):
        raise DraftGone
    measure = rules.MEASURES[number]
    if measure != draft.measure:
        currency = groups.agreement(at, group.id).currency
        draft = replace(rules.said_again(draft, "measure"), measure=measure, currency=currency)
    return _keep(at, draft, group, person_id)


def choose_nothing(at: Transaction, draft_id: int, person_id: int) -> Shown:
    """Keep 0 for the number that is being asked for."""
    draft, group = _draft(at, draft_id, person_id)
    part = rules.next_part(draft)
    if part not in {"from", "to"}:
        raise DraftGone
    return _keep(at, _with_value(draft, part, 0), group, person_id)


def choose_month(at: Transaction, draft_id: int, person_id: int, months: int) -> Shown:
    """Keep by when: so many months ahead, or no month (0)."""
    draft, group = _draft(at, draft_id, person_id)
    by = month_ahead(at, group, months)
    return _keep(at, replace(draft, by=by), group, person_id)


def month_ahead(at: Reading, group: Group, months: int) -> str:
    """Return the month so many ahead as it is stored, "" for none. Raises DraftGone."""
    if months not in {0, *MONTHS_OFFERED}:
        raise DraftGone
    if months == 0:
        return ""
    return rules.month_text(rules.months_ahead(today(at, group), months))


def say_again(at: Transaction, draft_id: int, person_id: int, number: int) -> Shown:
    """Ask for one part once more."""
    draft, group = _draft(at, draft_id, person_id)
    if number >= len(rules.PARTS):
        raise DraftGone
    return _keep(at, rules.said_again(draft, rules.PARTS[number]), group, person_id)


def choose_sharing(at: Transaction, draft_id: int, person_id: int, *, shared: bool) -> Shown:
    """Keep whether the group may see its words."""
    draft, group = _draft(at, draft_id, person_id)
    return _keep(at, replace(draft, shared=shared), group, person_id)


def drop(at: Transaction, draft_id: int, person_id: int) -> Shown:
    """Leave it: nothing was kept."""
    draft, group = _draft(at, draft_id, person_id)
    store.end_draft(at, draft.id)
    return goals.of_group(at, group.id, person_id)


def keep(at: Transaction, draft_id: int, person_id: int) -> Shown:
    """Make it a goal, as it was read back. Raises TooManyGoals, DraftGone where a part lacks."""
    draft, _ = _draft(at, draft_id, person_id)
    goals.require_room(at, draft.member_id)
    if rules.next_part(draft) is not None:
        raise DraftGone
    assert draft.words is not None
    assert draft.area is not None
    assert draft.measure is not None
    in_steps = draft.measure == "steps"
    to_value = len(draft.steps) if in_steps else draft.to_value
    assert to_value is not None
    goal_id = store.add(
        at,
        member_id=draft.member_id,
        person_id=person_id,
        measure=draft.measure,
        currency=draft.currency if draft.is_money else None,
        terms=Terms(
            words=draft.words,
            area=draft.area,
            unit=draft.unit,
            to_value=to_value,
            by=rules.month_of(draft.by),
            shared=draft.shared,
        ),
        from_value=0 if in_steps else draft.from_value or 0,
        steps=draft.steps,
    )
    store.end_draft(at, draft.id)
    return goals.view(at, goals.look(at, goal_id, person_id), "new")


def _with_value(draft: Draft, part: str, value: int) -> Draft:
    if part == "from":
        return replace(draft, from_value=value)
    assert draft.measure is not None
    rules.check_way(draft.measure, draft.from_value or 0, value)
    return replace(draft, to_value=value)


def _draft(at: Reading, draft_id: int, person_id: int) -> tuple[Draft, Group]:
    found = store.draft_of_person(at, draft_id, person_id)
    if found is None:
        raise DraftGone
    draft, group_id = found
    group, _ = goals.enter(at, group_id, person_id)
    return draft, group


def _keep(at: Transaction, draft: Draft, group: Group, person_id: int) -> Shown:
    store.keep_draft(at, draft, person_id)
    return _ask_next(at, draft, group)


def _ask_next(at: Reading, draft: Draft, group: Group) -> Shown:
    part = rules.next_part(draft)
    facts: dict[str, Any] = {"draft": draft, "group": group, "part": part}
    if part is None:
        return Shown("goals/new_sure", facts | {"by": rules.month_of(draft.by)})
    if part == "by":
        facts["months"] = months_offered(at, group)
    asks = None if part in {"area", "measure"} else Asked(ASKED_PART, draft.id, {"part": part})
    return Shown(f"goals/new_{part}", facts, asks)


def months_offered(at: Reading, group: Group) -> list[tuple[int, date]]:
    """Return the months that a tap offers: how many ahead, and their first days."""
    return [(one, rules.months_ahead(today(at, group), one)) for one in MONTHS_OFFERED]


def today(at: Reading, group: Group) -> date:
    """Return the group's local day."""
    return local(at.now, groups.agreement(at, group.id).zone).date()
