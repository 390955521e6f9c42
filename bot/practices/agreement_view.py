"""Reading the agreement, at any time, in one's own language.

In short, part by part, what changed when and by whom, and the whole as a file to keep or to print.
In the group whoever is there reads it in short; the rest is for members, in private.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.domain import agreement as rules
from bot.domain.agreement import Agreement
from bot.domain.check_ins import Question, own_key
from bot.domain.errors import Refusal
from bot.practices import speaking
from bot.practices.members import NotYours, place_in
from bot.rendering import agreement as written, files
from bot.storage import decisions, groups, members, offices, outbox, own_questions, people
from bot.storage.chats import Chat
from bot.storage.database import Reading, Transaction
from bot.storage.groups import Group, Version

LINK: Final = "agreement"  # the purpose of the deep link; its number is the group's
PAGE: Final = 5  # versions on a page
#: What is read together, in the order of its buttons.
SECTIONS: Final = (
    ("name", "purpose", "joining", "leaving", "privacy"),
    ("language", "zone", "practices", "check_in", "questions", "meetings", "digest", "quiet"),
    ("currency", "plans", "late", "funds", "social_fund", "loans", "share_out"),
    ("decisions", "amendments", "offices", "witnesses"),
)


class NothingAgreed(Refusal):
    """There is no agreement to read: the group is not set up, or somebody is in none."""


@dataclass(frozen=True)
class Change:
    """What one version changed: the parts, what was locked and unlocked since the one before.

    `by` is whoever changed it, where it was not a decision; None once they were forgotten.
    """

    number: int
    since: datetime
    by: str | None
    decision: int | None  # the group's number of it; 0 where we know no more than that it was one
    parts: tuple[str, ...]
    locked: tuple[str, ...]
    unlocked: tuple[str, ...]
    before: Agreement | None
    after: Agreement


# -- in short ---------------------------------------------------------------------------------


def read_in(at: Reading, chat: Chat) -> dict[str, Any]:
    """Return the facts of what the group of a chat agreed, in short. Raises NothingAgreed."""
    group = groups.of_chat(at, chat.id)
    if group is None or groups.agreed_since(at, group.id) is None:
        raise NothingAgreed
    return _facts(at, group) | {"url": speaking.link(at, LINK, group.id)}


def read_all(at: Reading, person_id: int) -> list[dict[str, Any]]:
    """Return the same of each group that a person is in. Raises NothingAgreed."""
    found = [_facts(at, groups.by_id(at, one)) for one in members.groups_of(at, person_id)]
    if not found:
        raise NothingAgreed
    return found


def read_one(at: Reading, group_id: int, person_id: int) -> dict[str, Any]:
    """Return the same of one group to a member. Raises NotYours, NotAMember."""
    return _facts(at, place_in(at, group_id, person_id).group)


def _facts(at: Reading, group: Group) -> dict[str, Any]:
    agreement = groups.agreement(at, group.id)
    return {
        "group": group,
        "agreement": agreement,
        "own_questions": own_questions_of(at, agreement),
        "since": groups.agreed_since(at, group.id),
        "offices": offices.by_office(offices.held(at, group.id)),
        "url": None,
    }


def own_questions_of(at: Reading, *agreements: Agreement | None) -> dict[int, Question]:
    """Return the group's own questions that these versions ask, by id."""
    ids = [one for agreed in agreements if agreed is not None for one in agreed.questions.own]
    found = own_questions.by_keys(at, map(own_key, ids))
    return {one: found[own_key(one)] for one in ids}


# -- part by part -----------------------------------------------------------------------------


def read_section(at: Reading, group_id: int, person_id: int, number: int) -> dict[str, Any]:
    """Return some of the parts to a member. Raises NotYours, NotAMember."""
    place = place_in(at, group_id, person_id)
    if number >= len(SECTIONS):
        raise NotYours
    return _facts(at, place.group) | {"parts": SECTIONS[number], "number": number}


# -- what changed -----------------------------------------------------------------------------


def read_changes(at: Reading, group_id: int, person_id: int, newest: int) -> dict[str, Any]:
    """Return what changed, a page of versions from a number down (0: from the last one).

    Raises NotYours, NotAMember.
    """
    place = place_in(at, group_id, person_id)
    last = groups.agreement(at, group_id).version
    newest = min(newest, last) if newest else last
    found = groups.versions(at, group_id, newest=newest, most=PAGE + 1)
    changes = [
        _change(at, place.group.id, one, found[place_ + 1] if place_ + 1 < len(found) else None)
        for place_, one in enumerate(found[:PAGE])
    ]
    return {
        "group": place.group,
        "zone": groups.agreement(at, group_id).zone,
        "changes": changes,
        "newer": min(newest + PAGE, last) if newest < last else None,
        "older": newest - PAGE if newest > PAGE else None,
    }


def changes_since(at: Reading, group_id: int, since: datetime) -> list[Change]:
    """Return what was changed without a decision from an instant on, the oldest first."""
    found = groups.versions_since(at, group_id, since)
    before = groups.version(at, group_id, found[0].agreement.version - 1) if found else None
    changes = []
    for one in found:
        if one.decision_id is None and before is not None:
            changes.append(_change(at, group_id, one, before))
        before = one
    return changes


def read_change(at: Reading, group_id: int, person_id: int, number: int) -> dict[str, Any]:
    """Return what one version changed, before and after. Raises NotYours, NotAMember."""
    place = place_in(at, group_id, person_id)
    found = groups.version(at, group_id, number)
    if found is None:
        raise NotYours
    before = groups.version(at, group_id, number - 1)
    zone = groups.agreement(at, group_id).zone
    change = _change(at, place.group.id, found, before)
    asked = own_questions_of(at, change.before, change.after)
    return {"group": place.group, "zone": zone, "change": change, "own_questions": asked}


def _change(at: Reading, group_id: int, one: Version, before: Version | None) -> Change:
    earlier = None if before is None else before.agreement
    was_locked = one.agreement.locked if earlier is None else earlier.locked
    return Change(
        number=one.agreement.version,
        since=one.since,
        by=_who(at, group_id, one.changed_by),
        decision=_number_of(at, one.decision_id),
        parts=() if earlier is None else rules.changes(earlier, one.agreement),
        locked=_in_order(one.agreement.locked - was_locked),
        unlocked=_in_order(was_locked - one.agreement.locked),
        before=earlier,
        after=one.agreement,
    )


def _who(at: Reading, group_id: int, person_id: int | None) -> str | None:
    """Return the name under which the group knows somebody."""
    if person_id is None:
        return None
    member = members.of_person(at, group_id, person_id)
    return people.by_id(at, person_id).name if member is None else member.name


def _number_of(at: Reading, decision_id: int | None) -> int | None:
    if decision_id is None:
        return None
    found = decisions.find(at, decision_id)
    return 0 if found is None else found.number


def _in_order(parts: frozenset[str]) -> tuple[str, ...]:
    return tuple(one for one in rules.PARTS if one in parts)


# -- as a file --------------------------------------------------------------------------------


def send_file(at: Transaction, chat: Chat, group_id: int, person_id: int) -> None:
    """Send the whole to a member as a page to keep, to print, to sign. Raises NotYours, NotAMember.

    In private only: a forged press would tell one group about another.
    """
    if not chat.is_private:
        raise NotYours
    place = place_in(at, group_id, person_id)
    facts = _facts(at, place.group)
    page = written.page(facts, SECTIONS, place.member.language)
    name = f"agreement-{facts['agreement'].version}.html"
    order = files.document(name, page, "text/html")
    params = {"document": "attach://agreement"}
    content = {"method": "sendDocument", "params": params, "files": {"agreement": order}}
    outbox.queue(at, chat.id, content)
