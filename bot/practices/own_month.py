"""A member's own month, in private, once a check-in has closed: what was theirs, for them alone.

Only what is there is told: whoever left the check-in out, or gave nothing, hears not a word of it,
and who has nothing in the month hears nothing. Never at night; dropped after two days. Who does
not want it says so in /privacy; and who hid what stood in their chat since the month began, for
others hold their phone, is not sent it unasked.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from bot.domain.calendar import local, month_span
from bot.domain.contributions import NoContributions
from bot.practices import fund, journal_view, passbook, rounds, speaking
from bot.practices.journal_view import Place
from bot.storage import check_ins as store, groups, hiding, members, peer_help
from bot.storage.check_ins import Round
from bot.storage.database import Reading, Transaction
from bot.storage.due import Due
from bot.storage.groups import Group
from bot.storage.members import Member

LINES_MAX: Final = 3
EXPIRES: Final = timedelta(hours=12)


def send_when_due(at: Transaction, occasion: Due) -> None:
    """Send each member what was theirs, if they want it and there is something."""
    found = store.round_by_id(at, occasion.subject)
    assert found is not None
    group = groups.by_id(at, found.group_id)
    if group.state != "active":
        return
    began, _ = month_span(found.month, groups.agreement(at, group.id).zone)
    for member in members.of_group(at, group.id):
        if member.is_asked("own_month") and speaking.can_say_to(at, member.person_id):
            hidden_at = hiding.hidden_at(at, member.person_id)
            if hidden_at is None or hidden_at < began:
                _send(at, found, group, member)


def _send(at: Transaction, found: Round, group: Group, member: Member) -> None:
    facts = month_of(at, found, group, member)
    if any(facts[one] for one in ("answers", "lines", "given", "received")):
        speaking.say_to(
            at,
            member.person_id,
            "check_ins/own_month",
            key=f"own_month:{found.id}:{member.id}",
            urgency=speaking.UNASKED,
            expires_at=at.now + EXPIRES,
            group=group,
            round=found,
            **facts,
        )


def month_of(at: Reading, found: Round, group: Group, member: Member) -> dict[str, Any]:
    """Return what a member said, gave and got in the month of a round; empty where nothing."""
    agreement = groups.agreement(at, group.id)
    since, _ = month_span(found.month, agreement.zone)
    given, received = peer_help.given_and_received(at, member.id, since, at.now)
    return {
        "answers": _answers(at, Place(found, group, member)),
        "currency": agreement.currency,
        "given": given if given.count else None,
        "received": received if received.count else None,
        **_booked(at, group, member, since, agreement.zone),
    }


def _answers(at: Reading, place: Place) -> list[Any]:
    if not place.member.takes_part(rounds.PRACTICE):
        return []
    known = journal_view.known_of(at, place)
    return [
        (one, known[one.key])
        for one in journal_view.questions_in_view(at, place, known)
        if one.kind != "share" and one.key in known and not known[one.key].is_empty
    ]


def _booked(
    at: Reading, group: Group, member: Member, since: datetime, zone: str
) -> dict[str, Any]:
    """Return the household's newest lines of the month, and its stamps of the year."""
    try:
        facts = passbook.page(at, group.id, member.person_id).facts
    except (fund.NoFund, NoContributions):
        return {"lines": [], "stamps": ""}
    first = local(since, zone).date()
    lines = [one for one in facts["lines"] if one.day >= first]
    return {"lines": lines[:LINES_MAX], "stamps": facts["stamps"]}
