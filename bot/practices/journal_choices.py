"""What a member turns on for themselves in their own check-in, in private, and off again.

Nothing of it is asked of anybody who did not say so, and nobody else learns who did. Turned off, it
is asked no more; what was told before stays their own.
"""

from typing import Any, Final

from bot.domain.check_ins import AMOUNTS, MODULES
from bot.practices.journal import NoSuchQuestion
from bot.practices.journal_view import LINE_ASKED
from bot.storage import check_ins, groups, journal_choices as store, members, questions
from bot.storage.database import Reading, Transaction

#: In this order on the buttons, which carry a choice's place: they only grow at the end.
CHOICES: Final = (AMOUNTS, *MODULES)


def look(at: Transaction, group_id: int, person_id: int) -> dict[str, Any]:
    """Return the facts of what somebody turned on in a group. Raises NoSuchQuestion.

    No question of their check-in waits for words meanwhile: it may be another one after this.
    """
    member_id = _member(at, group_id, person_id)
    found = check_ins.open_round_of(at, group_id)
    for one in filter(None, (found, check_ins.awaited_round_of(at, group_id))):
        questions.settle(at, person_id, LINE_ASKED, one.id)
    return {
        "group": groups.by_id(at, group_id),
        "choices": CHOICES,
        "chosen": store.chosen(at, member_id),
        "round": found if found is not None and found.is_open(at.now) else None,
    }


def choose(
    at: Transaction, group_id: int, person_id: int, number: int, *, wanted: bool
) -> dict[str, Any]:
    """Turn something on or off, by its place; return what `look` does. Raises NoSuchQuestion."""
    member_id = _member(at, group_id, person_id)
    if number >= len(CHOICES):
        raise NoSuchQuestion
    choice = CHOICES[number]
    if (choice in store.chosen(at, member_id)) != wanted:
        store.choose(at, member_id, choice, wanted=wanted)
    return look(at, group_id, person_id)


def _member(at: Reading, group_id: int, person_id: int) -> int:
    member = members.of_person(at, group_id, person_id)
    if member is None or member.state != "member":
        raise NoSuchQuestion
    return member.id
