"""The monthly check-in: a round opens, members answer in private, the group sees how many are in.

Nothing anybody answers is said in the group; who is in is said to nobody. What is late:
an opening is caught up while more than a day of its round is left, otherwise the month is let go;
a reminder is dropped after twelve hours; a closing is always caught up.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from bot.domain import rounds as rules
from bot.domain.agreement import Agreement
from bot.domain.calendar import after_quiet, utc_text
from bot.domain.digests import CheckInFacts
from bot.domain.errors import Refusal
from bot.domain.rounds import Opening
from bot.practices import (
    figures,
    fund_history,
    journal,
    journal_view,
    rounds,
    sharing,
    speaking,
    unasked,
)
from bot.practices.journal_view import Place, Shown, Step
from bot.storage import chats, check_ins as store, due, groups, members, outbox, questions
from bot.storage.chats import Chat
from bot.storage.check_ins import Round
from bot.storage.database import Reading, Transaction
from bot.storage.due import Due
from bot.storage.groups import Group
from bot.storage.outbox import Card

LINK: Final = "checkin"  # the purpose of the deep link; its number is the round's

OPEN: Final = rounds.OPENING  # due for a group
REMIND: Final = "check_in_remind"  # due for a round
CLOSE: Final = "check_in_close"  # due for a round

NOTED: Final = "👍"


class NoCheckInsHere(Refusal):
    """The group has no monthly check-in, or is not set up."""


class NoGroupToCheckInWith(Refusal):
    """Somebody asked for their check-in who is a member of no group."""


# -- /checkin -----------------------------------------------------------------------------------


def find_mine(at: Transaction, person_id: int) -> Shown:
    """Return what /checkin shows in private: the open check-in, a choice of them, or when it is.

    Raises NoGroupToCheckInWith, NoCheckInsHere.
    """
    mine = [groups.by_id(at, group_id) for group_id in members.groups_of(at, person_id)]
    if not mine:
        raise NoGroupToCheckInWith
    mine = [group for group in mine if _takes_part(at, group, person_id)] or mine[:1]
    if not _takes_part(at, mine[0], person_id):
        raise journal.NotTakingPart(group=mine[0].title)
    going_on = [(group, store.open_round_of(at, group.id)) for group in mine]
    waiting = [(group, one) for group, one in going_on if one is not None and one.is_open(at.now)]
    if len(waiting) == 1:
        return journal.resume(at, Step(waiting[0][1].id, person_id))
    if waiting:
        return Shown("check_ins/which", {"rounds": waiting})
    shared = [(group, sharing.latest(at, group.id)) for group in mine]
    found = [(group, one) for group, one in shared if one is not None]
    return _coming(at, mine, found, person_id=person_id)


def _takes_part(at: Reading, group: Group, person_id: int) -> bool:
    return members.require(at, group.id, person_id).takes_part(rounds.PRACTICE)


def find_in_group(at: Transaction, chat: Chat, person_id: int, command_message_id: int) -> Shown:
    """Return what /checkin is answered with in the group.

    Whoever has a private chat open is asked there, and the command gets a sign that it was seen:
    then the message is empty. Others get the way there. Raises NoCheckInsHere, NotAMember.
    """
    group = groups.of_chat(at, chat.id)
    if group is None or group.state != "active" or rounds.agreement_of(at, group.id) is None:
        raise NoCheckInsHere
    member = members.require(at, group.id, person_id, group_title=group.title)
    found = store.open_round_of(at, group.id)
    if found is None or not found.is_open(at.now):
        return _coming(at, [group])
    private = chats.of_person(at, person_id)
    takes_part = member.takes_part(rounds.PRACTICE)  # if not, nobody else learns of it
    if private is None or private.state != "open" or not takes_part:
        return Shown("check_ins/way_in", {"url": speaking.link(at, LINK, found.id)})
    shown = journal.resume(at, Step(found.id, person_id))
    journal_view.say(at, private, member.language, shown)
    noted = {"message_id": command_message_id, "reaction": [{"type": "emoji", "emoji": NOTED}]}
    outbox.queue(at, chat.id, {"method": "setMessageReaction", "params": noted})
    return Shown("")


def _coming(
    at: Reading,
    mine: list[Group],
    shared: Sequence[tuple[Group, Round]] = (),
    *,
    person_id: int | None = None,
) -> Shown:
    """Say when the next ones open.

    In private, to somebody, also what was `shared` of the last ones, and the way to tell now what
    they missed.
    """
    coming = []
    for group in mine:
        agreement, opens_at = rounds.agreement_of(at, group.id), rounds.next_opening(at, group.id)
        if agreement is not None and opens_at is not None:
            missed = None if person_id is None else _missed(at, group.id, person_id)
            coming.append(
                (group, opens_at, agreement.zone, missed, _has_told(at, group, person_id))
            )
    if not coming:
        raise NoCheckInsHere
    facts = {"coming": coming, "shared": shared, "in_private": person_id is not None}
    return Shown("check_ins/coming", facts)


def _has_told(at: Reading, group: Group, person_id: int | None) -> bool:
    """Whether somebody has told all for the round that is awaited."""
    awaited = store.awaited_round_of(at, group.id)
    member = None if person_id is None else members.of_person(at, group.id, person_id)
    check_in = store.of_member(at, awaited.id, member.id) if awaited and member else None
    return check_in is not None and check_in.finished_at is not None


def _missed(at: Reading, group_id: int, person_id: int) -> Round | None:
    """Return the last round that closed, where a member was not done with it."""
    closed = store.last_closed_of(at, group_id)
    member = members.of_person(at, group_id, person_id)
    if closed is None or member is None:
        return None
    check_in = store.of_member(at, closed.id, member.id)
    return None if check_in is not None and check_in.finished_at is not None else closed


# -- for the groups' and the digest's side ------------------------------------------------------


def plan(at: Transaction, group_id: int) -> None:
    """Plan the next opening by the agreement that holds now; planning twice is planning once.

    To be called after set-up and after each change of the agreement. A round that is open goes to
    its end as it opened; a month opens once.
    """
    due.cancel(at, OPEN, group_id)
    _plan_after(at, group_id, at.now)


def member_joined(at: Transaction, group_id: int, member_id: int) -> None:
    """Ask a new member too, where a round is open, and count them; called once they agreed."""
    found = store.open_round_of(at, group_id)
    if found is None or not found.is_open(at.now):
        return
    group, member = groups.by_id(at, group_id), members.by_id(at, member_id)
    if member.is_asked(rounds.PRACTICE):
        journal_view.invite(at, Place(found, group, member))
    outbox.update_card(at, rounds.CARD, found.id, group.chat_id)


def member_left(at: Transaction, group_id: int, member_id: int) -> None:
    """Ask somebody who left no more, and count them no longer; called once they left."""
    sharing.member_left(at, member_id)
    person_id = members.by_id(at, member_id).person_id
    awaited = store.awaited_round_of(at, group_id)
    if awaited is not None:
        questions.settle(at, person_id, journal_view.LINE_ASKED, awaited.id)
    found = store.open_round_of(at, group_id)
    if found is None:
        return
    questions.settle(at, person_id, journal_view.LINE_ASKED, found.id)
    outbox.update_card(at, rounds.CARD, found.id, groups.by_id(at, group_id).chat_id)


def month_facts(
    at: Reading, group_id: int, since: datetime, until: datetime
) -> CheckInFacts | None:
    """Return what a digest of [since, until) (UTC) may say: the last round that closed in it.

    Counted when it closed, so that a digest asked for twice says the same.
    """
    closed = store.closed_between(at, group_id, since, until)
    if not closed or closed[-1].tally is None:
        return None
    last = closed[-1].tally
    found = figures.of_round(at, closed[-1].id)
    return CheckInFacts(month=closed[-1].month, done=last.done, of=last.of, figures=found)


# -- what time starts -----------------------------------------------------------------------------


def open_when_due(at: Transaction, occasion: Due) -> None:
    """Open the round that is due, if the group still does this and it is still worth it."""
    group_id, month = occasion.subject, occasion.occurrence.split()[0]
    agreement, group = rounds.agreement_of(at, group_id), groups.by_id(at, group_id)
    if agreement is None:
        return
    opening = rules.opening_in(agreement, rules.first_day(month))
    going_on = store.open_round_of(at, group_id)
    if going_on is not None and going_on.closes_at <= at.now:
        rounds.close(at, going_on.id)  # both were missed: the older one ends first
    may_open = (
        group.state == "active"
        and members.count(at, group_id) > 0
        and rules.is_worth_opening(opening, at.now)
        and store.round_of_month(at, group_id, month) is None
    )
    morning = after_quiet(at.now, agreement.quiet_hours, agreement.zone)
    if may_open and morning > at.now:
        _plan_opening(at, group_id, month, morning)
        return
    if may_open:
        _open(at, group, agreement, opening)
    _plan_after(at, group_id, opening.opens_at)


def remind_when_due(at: Transaction, occasion: Due) -> None:
    """Remind those who are not done, in private; late from the night, in the morning if it can."""
    found = store.round_by_id(at, occasion.subject)
    assert found is not None
    group, agreement = groups.by_id(at, found.group_id), groups.agreement(at, found.group_id)
    if group.state != "active" or not found.is_open(at.now):
        return
    number = occasion.occurrence.split()[0]
    morning = after_quiet(at.now, agreement.quiet_hours, agreement.zone)
    if morning > at.now:
        last = occasion.late_at or morning
        if morning <= last:
            occurrence = f"{number} {utc_text(morning)}"
            due.add(at, REMIND, found.id, occurrence, morning, late=last - morning)
        return
    for member in members.of_group(at, group.id):
        if member.is_asked(rounds.PRACTICE):
            journal_view.remind(at, Place(found, group, member), number)


def close_when_due(at: Transaction, occasion: Due) -> None:
    """Close the round that is due; however late, it is closed."""
    rounds.close(at, occasion.subject)


def _plan_after(at: Transaction, group_id: int, after: datetime) -> None:
    agreement = rounds.agreement_of(at, group_id)
    if agreement is None:
        return
    going_on = store.open_round_of(at, group_id)
    opening = rules.opening_after(agreement, after)
    while store.round_of_month(at, group_id, opening.month) is not None or (
        going_on is not None and opening.opens_at < going_on.closes_at
    ):
        opening = rules.opening_after(agreement, opening.opens_at)
    _plan_opening(at, group_id, opening.month, opening.opens_at)


def _plan_opening(at: Transaction, group_id: int, month: str, when: datetime) -> None:
    due.add(at, OPEN, group_id, f"{month} {utc_text(when)}", when)


def _open(at: Transaction, group: Group, agreement: Agreement, opening: Opening) -> None:
    opened = store.open_round(
        at,
        group_id=group.id,
        month=opening.month,
        questions=rounds.questions_of(at, group.id, opening.month),
        closes_at=opening.closes_at,
    )
    unasked.post_card(at, group, rounds.CARD, opened.id, until=opened.closes_at)
    for member in members.of_group(at, group.id):
        if member.is_asked(rounds.PRACTICE):
            journal_view.invite(at, Place(opened, group, member))
    for number, when in enumerate(rules.reminders(at.now, opened.closes_at, agreement), start=1):
        due.add(at, REMIND, opened.id, str(number), when, late=rules.REMINDER_LATE_MAX)
    due.add(at, CLOSE, opened.id, opening.month, opened.closes_at)


def _draw(at: Reading, card: Card) -> Mapping[str, Any] | None:
    found = store.round_by_id(at, card.subject)
    if found is None:
        return None
    group = groups.by_id(at, found.group_id)
    return speaking.card_content(
        group.language,
        "check_ins/card",
        round=found,
        tally=rounds.count(at, found),
        zone=groups.agreement(at, group.id).zone,
        url=speaking.link(at, LINK, found.id),
        next_at=rounds.next_opening(at, group.id),
        fund=fund_history.stood(at, group.id, found.closed_at or found.opened_at),
    )


CARDS: dict[str, Callable[[Reading, Card], Mapping[str, Any] | None]] = {rounds.CARD: _draw}
WANTED: dict[str, Callable[[Reading, str], bool]] = {"round": journal_view.is_wanted}
RESULTS: dict[str, Callable[[Transaction, int, Any], None]] = {
    journal_view.SHOWN: journal_view.was_shown
}
