"""A poll said in private first: of one answer or several, with names or without, and how long.

In the group `/poll Question | A | B` asks at once, as most polls are.
"""

from dataclasses import replace
from typing import Any, Final

from bot.domain import polls as rules
from bot.domain.calendar import after_quiet
from bot.domain.errors import Refusal
from bot.domain.polls import Draft
from bot.practices import polls, showing
from bot.practices.members import Place, place_in
from bot.practices.showing import Asked, Shown
from bot.storage import groups, members, polls as store
from bot.storage.chats import Chat
from bot.storage.database import Reading, Transaction
from bot.storage.questions import Question

ASKED_WORDS: Final = "poll_words"
#: What can be turned, in the order of its buttons.
TURNS: Final = ("several", "anonymous", "days")


class NoGroupToPoll(Refusal):
    """A poll is asked in a group, and this person is in none."""


class PollGone(Refusal):
    """A button of a poll that was being said: it was asked, or left."""


def begin(at: Transaction, person_id: int, text: str) -> Shown:
    """Begin a poll in private, with its words if they came along.

    Raises NoGroupToPoll, and what `domain.polls.parse` raises.
    """
    mine = members.groups_of(at, person_id)
    if not mine:
        raise NoGroupToPoll
    if not text:
        return Shown("polls/new_words", {}, Asked(ASKED_WORDS, 0))
    group_id = mine[0] if len(mine) == 1 else None
    draft_id = store.begin_draft(at, person_id, group_id, rules.parse(text))
    return _show(at, draft_id, person_id)


def hear_words(at: Transaction, question: Question, text: str) -> Shown:
    """Take the question and its answers. Raises as `begin`."""
    return begin(at, question.person_id, text or " ")


def choose_group(at: Transaction, draft_id: int, person_id: int, group_id: int) -> Shown:
    """Keep in which of their groups."""
    draft, _ = _draft(at, draft_id, person_id)
    if group_id not in members.groups_of(at, person_id):
        raise PollGone
    store.keep_draft(at, draft_id, person_id, group_id, draft)
    return _show(at, draft_id, person_id)


def turn(at: Transaction, draft_id: int, person_id: int, number: int) -> Shown:
    """Turn how it is asked: one answer or several, with names or without, how many days."""
    draft, group_id = _draft(at, draft_id, person_id)
    if number >= len(TURNS):
        raise PollGone
    if TURNS[number] == "several":
        draft = replace(draft, several=not draft.several)
    elif TURNS[number] == "anonymous":
        draft = replace(draft, anonymous=not draft.anonymous)
    else:
        longer = [one for one in rules.DAYS if one > draft.days]
        draft = replace(draft, days=longer[0] if longer else rules.DAYS[0])
    store.keep_draft(at, draft_id, person_id, group_id, draft)
    return _show(at, draft_id, person_id)


def drop(at: Transaction, draft_id: int, person_id: int) -> Shown:
    """Leave it: nothing was asked."""
    _draft(at, draft_id, person_id)
    store.end_draft(at, draft_id)
    return Shown("polls/dropped", {})


def ask(at: Transaction, draft_id: int, person_id: int) -> Shown:
    """Ask it in the group. Raises NoPollsHere, PollGone."""
    draft, group_id = _draft(at, draft_id, person_id)
    if group_id is None:
        raise PollGone
    place: Place = place_in(at, group_id, person_id)
    polls.ask(at, place, draft)
    store.end_draft(at, draft_id)
    return Shown("polls/asked", {"group": place.group, "draft": draft})


def put(at: Transaction, chat: Chat, shown: Shown, *, message_id: int | None = None) -> None:
    """Show it in private."""
    showing.put(at, chat, shown, closes=(ASKED_WORDS,), message_id=message_id)


def _draft(at: Reading, draft_id: int, person_id: int) -> tuple[Draft, int | None]:
    found = store.draft_of(at, draft_id, person_id)
    if found is None or found[1] not in {None, *members.groups_of(at, person_id)}:
        raise PollGone
    return found


def _show(at: Reading, draft_id: int, person_id: int) -> Shown:
    draft, group_id = _draft(at, draft_id, person_id)
    facts: dict[str, Any] = {"draft": draft, "draft_id": draft_id}
    if group_id is None:
        mine = members.groups_of(at, person_id)
        return Shown("polls/new_group", facts | {"groups": [groups.by_id(at, one) for one in mine]})
    agreement = groups.agreement(at, group_id)
    asked_at = after_quiet(at.now, agreement.quiet_hours, agreement.zone)
    return Shown(
        "polls/new_sure",
        facts
        | {
            "group": groups.by_id(at, group_id),
            "closes_at": rules.closing(asked_at, agreement, draft.days),
            "zone": agreement.zone,
        },
    )
