"""All that is a group's own, in one file for its office-holders: /export, in private.

The agreement with its versions, members and offices, decisions and how they ended, meetings and
their minutes, digests, and the book in every form. Nothing of what members told in private: no
answers, no goals, no votes, no asks, nor what they take no part in. It is made when it leaves, and
by then it is asked once more whether they hold an office.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

from bot.domain.agreement import document_of
from bot.domain.calendar import local, utc_text
from bot.domain.errors import Refusal
from bot.practices import copies, decision_facts, speaking
from bot.practices.members import Place, place_in, places_of
from bot.practices.showing import Shown
from bot.rendering import exports as written, messages
from bot.rendering.files import File
from bot.storage import (
    attendance,
    decisions,
    exports as store,
    groups,
    ledger,
    meetings,
    members,
    minutes,
)
from bot.storage.chats import Chat
from bot.storage.database import Reading, Transaction
from bot.storage.decisions import Decision
from bot.storage.groups import Group
from bot.storage.meetings import Meeting

ALL: Final = 10**9
EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


class NotInOffice(Refusal):
    """Only who holds an office in the group does this. Facts: group (its name)."""


# -- asking for it --------------------------------------------------------------------------------


def ask(at: Transaction, chat: Chat, person_id: int) -> Shown | None:
    """Send the export of one's only group, or ask of which. Raises NotInOffice."""
    places = places_of(at, person_id)
    held = [one for one in places if members.offices_of(at, one.member.id)]
    if len(held) > 1:
        return Shown("exports/which", {"places": held})
    if not held:
        raise NotInOffice(group=places[0].group.title if places else "")
    send(at, chat, held[0].group.id, person_id)
    return None


def send(at: Transaction, chat: Chat, group_id: int, person_id: int) -> None:
    """Have a group's export sent in private; again within a minute nothing more is sent.

    Raises NotYours, NotAMember, NotInOffice, BookTooLong.
    """
    place = _require(at, group_id, person_id)
    if ledger.head(at, group_id).seq > copies.ENTRIES_MAX:
        raise copies.BookTooLong(most=copies.ENTRIES_MAX)
    speaking.say(
        at,
        chat,
        place.member.language,
        "exports/caption",
        key=f"export:{group_id}:{person_id}:{at.now_text[:16]}",
        document={"whole": group_id, "person": person_id, "language": place.member.language},
        group=place.group,
    )


def _require(at: Reading, group_id: int, person_id: int) -> Place:
    place = place_in(at, group_id, person_id)
    if not members.offices_of(at, place.member.id):
        raise NotInOffice(group=place.group.title)
    return place


# -- making it ------------------------------------------------------------------------------------


def is_order(order: Mapping[str, Any]) -> bool:
    """Whether the order for a file is one for a group's export."""
    return "whole" in order


def make(at: Reading, order: Mapping[str, Any]) -> File:
    """Make the export that was ordered. Raises as `send` does, where that has changed since."""
    group = _require(at, order["whole"], order["person"]).group
    made = written.files_of(whole(at, group), order["language"])
    files = {f"group/{name}": text for name, text in made}
    if ledger.head(at, group.id).seq:
        for name, text in copies.files_of(at, group.id, with_names=True):
            files[f"book/{name}"] = "".join(text)
    day = local(at.now, groups.agreement(at, group.id).zone).date()
    return f"group-{day.isoformat()}.zip", written.zipped(files), "application/zip"


def whole(at: Reading, group: Group) -> dict[str, Any]:
    """Return all that is a group's own, as plain values; instants are UTC."""
    return {
        "title": group.title,
        "made_at": at.now_text,
        "agreement": _agreement(at, group),
        "members": _members(at, group.id),
        "offices": _offices(at, group.id),
        "decisions": [_decision(at, group, one) for one in _all_decisions(at, group.id)],
        "meetings": [_meeting(at, one) for one in meetings.from_on(at, group.id, EVER)],
        "digests": [
            {"month": month, "words": written.words_of(words)}
            for month, words in store.digests(at, group.id)
        ],
    }


def _agreement(at: Reading, group: Group) -> list[dict[str, Any]]:
    names = {one.person_id: one.name for one in members.ever_of_group(at, group.id)}
    return [
        {
            "version": one.agreement.version,
            "since": utc_text(one.since),
            "changed_by": None if one.changed_by is None else names.get(one.changed_by),
            "decision": one.decision_id,
            "document": document_of(one.agreement),
        }
        for one in groups.versions(at, group.id, newest=ALL, most=ALL)[::-1]
    ]


def _members(at: Reading, group_id: int) -> list[dict[str, Any]]:
    known = {one.id: one for one in members.ever_of_group(at, group_id)}
    found = []
    for one in store.memberships(at, group_id):
        facts = asdict(one)
        member = known[facts.pop("member_id")]
        found.append({"number": member.number, "name": member.name} | facts)
    return found


def _offices(at: Reading, group_id: int) -> list[dict[str, Any]]:
    names = {one.id: one.name for one in members.ever_of_group(at, group_id)}
    return [{"name": names[one.pop("member_id")]} | one for one in store.offices(at, group_id)]


def _all_decisions(at: Reading, group_id: int) -> list[Decision]:
    return decisions.past(at, group_id, 0, ALL)[::-1] + decisions.open_in(at, group_id)


def _decision(at: Reading, group: Group, decision: Decision) -> dict[str, Any]:
    facts = decision_facts.of_decision(at, decision)
    is_over = decision.closed_at is not None
    chosen = decision.tally.chosen if decision.tally is not None else ()
    return {
        "number": decision.number,
        "words": messages.plain("decisions/headline", group.language, **facts),
        "why": decision.matter.why,
        "choices": facts["choices"],
        "effect": decision.matter.effect,
        "manner": asdict(decision.manner),
        "state": decision.state,
        "closed_at": utc_text(decision.closed_at) if decision.closed_at is not None else None,
        "chosen": [facts["choices"][one] for one in chosen if facts["choices"]],
        "voted": facts["voted"] if is_over else None,
        "of": facts["eligible"] if is_over else None,
        "refusal": decision.refusal,
        "became": [one.words for one in decisions.notes(at, decision.id) if one.words],
    }


def _meeting(at: Reading, meeting: Meeting) -> dict[str, Any]:
    names = {one.id: one.name for one in members.ever_of_group(at, meeting.group_id)}
    there = attendance.of_meeting(at, meeting.id)
    return {
        "starts_at": utc_text(meeting.starts_at),
        "place": meeting.place,
        "state": meeting.state,
        "chair": names.get(meeting.chair or 0),
        "there": len(there),
        "of": meeting.of_members,
        "speakers": meeting.speakers,
        "minutes": [
            {
                "by": names.get(one.member_id),
                "kind": one.kind,
                "words": one.content if one.kind == "words" else one.caption,
            }
            for one in minutes.of_meeting(at, meeting.id)
        ],
    }
