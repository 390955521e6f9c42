"""The monthly digest: said once a month by itself, and to whoever asks, at any time.

By itself it covers the local month before. One that is late is caught up within seven days, in the
morning if it would be night; later it is let go, and the next one speaks of its own month alone.
With nothing to say nothing is sent. What was said is kept as it was said.

Asked for, it covers this month so far. Without a change the same facts make the same words and the
same picture, so while it still stands near the end of the chat, asking again only gets a sign; it
is posted anew, and the old one taken away, once it has changed or lies far above.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bot.domain import digests as rules
from bot.domain.agreement import Agreement
from bot.domain.calendar import (
    is_quiet,
    month_key,
    month_span,
    parse_utc,
    still_worth,
    utc_text,
)
from bot.domain.digests import (
    AskFacts,
    Coming,
    Digest,
    DigestFacts,
    GoalFacts,
    HelpFacts,
    MeetingFacts,
    Occurrence,
)
from bot.domain.errors import Refusal
from bot.practices import (
    check_ins,
    decision_view,
    fund_history,
    goals,
    meetings,
    members as members_practice,
    peer_help,
    polls,
    speaking,
    thanks,
    unasked,
)
from bot.rendering import digests as written, files
from bot.storage import digests as store, due, groups, members, outbox, people
from bot.storage.chats import Chat
from bot.storage.database import Reading, Transaction
from bot.storage.digests import Standing
from bot.storage.due import Due
from bot.storage.groups import Group
from bot.storage.outbox import Card

PRACTICE: Final = "digests"  # as the agreement names it
DIGEST: Final = "digest"  # due for a group; its occurrence: month, first due, due now
LINK: Final = "digest"  # the purpose of the deep link to a digest that was said; its number
SAID: Final = "digest_said"  # the result of posting the month's own
STANDS: Final = "digest_stands"  # the result of posting one that was asked for

NOTED: Final = "👍"
NEAR: Final = 10  # messages after it within which it is still in sight
ON_ITS_WAY: Final = timedelta(minutes=10)
MAY_BE_DELETED: Final = timedelta(hours=47)  # Telegram allows two days


class NoGroupForDigest(Refusal):
    """Somebody asked in private who is a member of no group."""


@dataclass(frozen=True)
class Asking:
    """Somebody's /digest: where, and in which message."""

    chat: Chat
    person_id: int
    message_id: int


# -- what time starts -------------------------------------------------------------------------


def plan(at: Transaction, group_id: int) -> None:
    """Plan the next digest by the agreement that holds now; planning twice is planning once.

    A month that was told, or let go, is not told again whatever day is agreed on later.
    """
    due.cancel(at, DIGEST, group_id)
    agreement = _agreement(at, group_id)
    if agreement is None or not agreement.does(PRACTICE):
        return
    for month, due_at in rules.occurrences(agreement, at.now - rules.LATE_MAX):
        if not store.is_done(at, group_id, month):
            _wait(at, group_id, Occurrence(month, due_at), max(due_at, at.now))
            return


def say_when_due(at: Transaction, occasion: Due) -> None:
    """Say the digest that is due, if there is something to say, and plan the next.

    Nothing is planned for a group that removed the bot: that is done when it is added again.
    """
    group, agreement = groups.by_id(at, occasion.subject), _agreement(at, occasion.subject)
    if group.state != "active" or agreement is None or not agreement.does(PRACTICE):
        return
    month, due_text, _ = occasion.occurrence.split()
    occurrence = Occurrence(month, parse_utc(due_text))
    if not store.is_done(at, group.id, month):
        later = _not_before(at, group, agreement, occurrence)
        if not still_worth(occurrence.due_at, at.now, rules.LATE_MAX):
            store.add(at, group.id, month, "late")
        elif later > at.now:
            _wait(at, group.id, occurrence, later)
            return
        else:
            _say(at, group, agreement, month)
    plan(at, group.id)


def _wait(at: Transaction, group_id: int, occurrence: Occurrence, until: datetime) -> None:
    """Have the month's digest be due at an instant; when it was due at first is kept with it."""
    key = f"{occurrence.month} {utc_text(occurrence.due_at)} {utc_text(until)}"
    due.add(at, DIGEST, group_id, key, until)


def _say(at: Transaction, group: Group, agreement: Agreement, month: str) -> None:
    digest = digest_of(at, group, agreement, month)
    if not digest.has_news:
        store.add(at, group.id, month, "silent")
        return
    content = _content(digest, group.language, agreement.zone)
    digest_id = store.add(at, group.id, month, "said", content)
    outbox.queue(
        at,
        group.chat_id,
        content,
        key=f"digest:{digest_id}",
        urgency=speaking.UNASKED,
        result=SAID,
        subject=group.id,
    )


def _pin(at: Transaction, group_id: int, result: Any) -> None:  # noqa: ANN401 - a message
    """Pin what was said, where the group wishes it, in the place of the one before.

    Where Telegram does not let us, nothing else changes.
    """
    agreement = _agreement(at, group_id)
    if agreement is None or not agreement.digest.is_pinned:
        return
    chat_id, message_id = groups.by_id(at, group_id).chat_id, result["message_id"]
    params = {"message_id": message_id, "disable_notification": True}
    outbox.queue(at, chat_id, {"method": "pinChatMessage", "params": params})
    before = store.pinned(at, group_id)
    if before is not None:
        params = {"message_id": before}
        outbox.queue(at, chat_id, {"method": "unpinChatMessage", "params": params})
    store.pin(at, group_id, message_id)


def _not_before(
    at: Reading, group: Group, agreement: Agreement, occurrence: Occurrence
) -> datetime:
    """Return when the group may be told: tomorrow at its hour; if not then, in the morning."""
    has_waited = at.now - occurrence.due_at > timedelta(hours=12)
    hour = unasked.MORNING if has_waited else agreement.digest.hour
    return unasked.not_before(at, group, agreement, hour=hour)


# -- what it says --------------------------------------------------------------------------------


def digest_of(
    at: Reading, group: Group, agreement: Agreement, month: str, *, is_so_far: bool = False
) -> Digest:
    """Return the digest of a local month of a group, by the facts as they stand."""
    span = month_span(month, agreement.zone)
    facts = facts_of(at, group, agreement, month, span, is_so_far=is_so_far)
    return rules.compose(rules.as_agreed(facts, agreement.digest))


def facts_of(
    at: Reading,
    group: Group,
    agreement: Agreement,
    month: str,
    span: tuple[datetime, datetime],
    *,
    is_so_far: bool = False,
) -> DigestFacts:
    """Return what happened in a group in a span [since, until) (UTC), which a month names."""
    since, until = span
    return DigestFacts(
        title=group.title,
        month=month,
        is_so_far=is_so_far,
        check_ins=check_ins.month_facts(at, group.id, since, until),
        goals=tuple(
            GoalFacts(one.member.name, one.words)
            for one in goals.shared_reached(at, group.id, since, until)
        ),
        fund=fund_history.month_facts(at, group.id, since, until),
        help=_help(at, group.id, since, until),
        decided=decision_view.month_facts(at, group, since, until),
        meetings=_meetings(at, group.id, since, until),
        polls=polls.outcomes(at, group.id, since, until),
        thanks=thanks.to_tell(at, group.id, since, until),
        joined=tuple(one.name for one in store.joined(at, group.id, since, until)),
        coming=_coming(at, group.id, agreement),
    )


def _help(at: Reading, group_id: int, since: datetime, until: datetime) -> HelpFacts:
    found = peer_help.month_facts(at, group_id, since, until)
    asks = tuple(AskFacts(one.kind, one.name, one.words) for one in found.open_asks)
    return HelpFacts(found.exchanged, found.minutes, asks)


def _meetings(at: Reading, group_id: int, since: datetime, until: datetime) -> MeetingFacts | None:
    found = meetings.month_facts(at, group_id, since, until)
    return None if found is None else MeetingFacts(found.held, found.alone, found.there, found.of)


def _coming(at: Reading, group_id: int, agreement: Agreement) -> tuple[Coming, ...]:
    """Return what comes next: by the agreement, and the next meeting, moved or not."""
    found = rules.coming_up(agreement, at.now)
    meets_at = meetings.next_at(at, group_id)
    if meets_at is None:
        return found
    return tuple(sorted((*found, Coming("meeting", meets_at)), key=lambda one: one.when))


def _content(digest: Digest, language: str, zone: str) -> dict[str, Any]:
    """Return the call that says a digest: the words are the picture's caption."""
    picture = files.picture(written.card(digest, language, zone))
    return speaking.content(written.caption(digest, language, zone), picture=picture)


# -- for whoever asks ------------------------------------------------------------------------------


def show(at: Transaction, asking: Asking) -> None:
    """Show this month so far: in the group to all, in private to who asked.

    Raises GroupNotReady, NotAMember, NoGroupForDigest.
    """
    if asking.chat.is_private:
        _show_mine(at, asking)
        return
    place = members_practice.my_place(at, asking.chat, asking.person_id)
    group, agreement = place.group, groups.agreement(at, place.group.id)
    digest = _so_far(at, group, agreement)
    if not digest.has_news:
        _say_nothing_yet(at, asking.chat, group, digest, reply_to=asking.message_id)
        return
    content = _content(digest, group.language, agreement.zone)
    shown = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).digest()[:16]
    standing = store.standing(at, group.id)
    if standing and standing.shown == shown and _is_in_sight(asking, standing, at.now):
        noted = {"message_id": asking.message_id, "reaction": [{"type": "emoji", "emoji": NOTED}]}
        outbox.queue(at, asking.chat.id, {"method": "setMessageReaction", "params": noted})
        return
    if is_quiet(at.now, agreement.quiet_hours, agreement.zone):
        content["params"]["disable_notification"] = True
    outbox.queue(at, asking.chat.id, content, result=STANDS, subject=group.id)
    if standing and standing.message_id and at.now - standing.posted_at < MAY_BE_DELETED:
        outbox.queue(at, asking.chat.id, outbox.delete_call(standing.message_id))
    store.is_posted(at, group.id, shown)


def show_one(at: Transaction, chat: Chat, group_id: int, person_id: int) -> None:
    """Show one group's month so far to a member in private. Raises NotYours, NotAMember."""
    if not chat.is_private:  # a forged press would tell another group
        raise members_practice.NotYours
    place = members_practice.place_in(at, group_id, person_id)
    agreement, language = groups.agreement(at, group_id), place.member.language
    digest = _so_far(at, place.group, agreement)
    if digest.has_news:
        outbox.queue(at, chat.id, _content(digest, language, agreement.zone))
    else:
        _say_nothing_yet(at, chat, place.group, digest)


def show_said(at: Transaction, chat: Chat, digest_id: int, person_id: int) -> None:
    """Show a digest to a member in private, as it was said. Raises NotYours, NotAMember."""
    said = store.by_id(at, digest_id)
    if said is None:
        raise members_practice.NotYours
    members_practice.place_in(at, said.group_id, person_id)
    outbox.queue(at, chat.id, said.content)


def _show_mine(at: Transaction, asking: Asking) -> None:
    mine = members.groups_of(at, asking.person_id)
    if not mine:
        raise NoGroupForDigest
    if len(mine) == 1:
        show_one(at, asking.chat, mine[0], asking.person_id)
        return
    language = people.by_id(at, asking.person_id).language
    found = [groups.by_id(at, group_id) for group_id in mine]
    speaking.say(at, asking.chat, language, "digests/which", groups=found)


def _so_far(at: Reading, group: Group, agreement: Agreement) -> Digest:
    month = month_key(at.now, agreement.zone)
    return digest_of(at, group, agreement, month, is_so_far=True)


def _say_nothing_yet(
    at: Transaction, chat: Chat, group: Group, digest: Digest, *, reply_to: int | None = None
) -> None:
    said = store.last_said(at, group.id)
    language = group.language if reply_to is not None else _language_of(at, chat, group)
    speaking.say(
        at,
        chat,
        language,
        "digests/nothing_yet",
        reply_to=reply_to,
        group=group,
        digest=digest,
        zone=groups.agreement(at, group.id).zone,
        last=None if said is None else rules.first_day(said.month),
        url=None if said is None else speaking.link(at, LINK, said.id),
    )


def _language_of(at: Reading, chat: Chat, group: Group) -> str:
    return group.language if chat.person_id is None else people.by_id(at, chat.person_id).language


def _is_in_sight(asking: Asking, standing: Standing, now: datetime) -> bool:
    """Whether the digest stands so near the end of the chat that whoever asks can see it."""
    if standing.message_id is None:
        return now - standing.posted_at < ON_ITS_WAY
    return 0 < asking.message_id - standing.message_id <= NEAR


def _agreement(at: Reading, group_id: int) -> Agreement | None:
    try:
        return groups.agreement(at, group_id)
    except LookupError:
        return None


def _now_stands(at: Transaction, group_id: int, result: Any) -> None:  # noqa: ANN401 - a message
    store.stands_in(at, group_id, result["message_id"])


CARDS: dict[str, Callable[[Reading, Card], Mapping[str, Any] | None]] = {}
RESULTS: dict[str, Callable[[Transaction, int, Any], None]] = {STANDS: _now_stands, SAID: _pin}
