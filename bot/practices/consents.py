"""Each member says, in private, what they take part in; a no holds at once, and costs nothing else.

At joining they are told of everything the group does, and when it begins something new they are
told again. Who said no is asked nothing more there, is not counted, and nothing of theirs is used
for it; what was said or booked before stays, as they are told.
"""

from typing import Final

from bot.domain import consents as rules
from bot.domain.agreement import Agreement
from bot.domain.calendar import after_quiet
from bot.domain.consents import CONSENTS, Practice
from bot.domain.errors import Refusal
from bot.practices import check_ins, meetings, speaking
from bot.practices.journal_view import Shown
from bot.practices.members import NotYours, Place, places_of
from bot.storage import consents as store, due, groups, members
from bot.storage.chats import Chat
from bot.storage.database import Reading, Transaction
from bot.storage.due import Due

ASK: Final = "consent_ask"  # due for a group; its occurrence names what it began, by places


class NoGroupForPrivacy(Refusal):
    """Somebody asks what they take part in who is in no group."""


# -- looking and choosing -------------------------------------------------------------------------


def find_mine(at: Reading, person_id: int) -> Shown:
    """Return what /privacy shows in private: one's group, or which. Raises NoGroupForPrivacy."""
    places = places_of(at, person_id)
    if not places:
        raise NoGroupForPrivacy
    if len(places) > 1:
        return Shown("consents/which", {"places": places})
    return _screen(at, places[0])


def show(at: Reading, chat: Chat, member_id: int, person_id: int) -> Shown:
    """Show what somebody takes part in, or would who is about to join. Raises NotYours."""
    return _screen(at, _own(at, chat, member_id, person_id))


def choose(
    at: Transaction, chat: Chat, member_id: int, person_id: int, number: int, *, given: bool
) -> Shown:
    """Keep a yes or a no; it holds at once. The same again changes nothing. Raises NotYours."""
    place = _own(at, chat, member_id, person_id)
    practice = _offered(at, place, number)
    if place.member.takes_part(practice) == given:
        return _screen(at, place)
    store.add(at, member_id, practice, given=given)
    if place.member.state == "member":
        _take_effect(at, place, practice, given=given)
    return _screen(at, _own(at, chat, member_id, person_id), changed=practice)


def answer_new(
    at: Transaction, chat: Chat, member_id: int, person_id: int, number: int, *, given: bool
) -> Shown:
    """Take the answer of who was asked about something new. Raises NotYours."""
    place = _own(at, chat, member_id, person_id)
    practice = _offered(at, place, number)
    store.add(at, member_id, practice, given=given)
    if place.member.takes_part(practice) != given:
        _take_effect(at, place, practice, given=given)
    return _screen(at, _own(at, chat, member_id, person_id), changed=practice)


def _take_effect(at: Transaction, place: Place, practice: Practice, *, given: bool) -> None:
    """Ask and count somebody from now on, or no more."""
    group_id, member_id = place.group.id, place.member.id
    if practice == "check_ins":
        change = check_ins.member_joined if given else check_ins.member_left
        change(at, group_id, member_id)
    elif practice == "meetings" and not given:
        meetings.member_left(at, group_id, member_id)


def _screen(at: Reading, place: Place, *, changed: Practice | None = None) -> Shown:
    agreement = groups.agreement(at, place.group.id)
    return Shown(
        "consents/choices",
        {
            "group": place.group,
            "member": place.member,
            "choices": rules.numbered(rules.offered(agreement)),
            "changed": changed,
            "keep_months": agreement.privacy.keep_months,
        },
    )


def _own(at: Reading, chat: Chat, member_id: int, person_id: int) -> Place:
    """Return somebody's own place, whether they are in or about to be. Raises NotYours."""
    member = members.find(at, member_id)
    if (
        not chat.is_private
        or member is None
        or member.person_id != person_id
        or member.state == "left"
    ):
        raise NotYours
    return Place(groups.by_id(at, member.group_id), member)


def _offered(at: Reading, place: Place, number: int) -> Practice:
    if number >= len(CONSENTS):
        raise NotYours
    practice = CONSENTS[number]
    if practice not in rules.offered(groups.agreement(at, place.group.id)):
        raise NotYours
    return practice


# -- something new --------------------------------------------------------------------------------


def agreement_changed(at: Transaction, group_id: int, before: Agreement, after: Agreement) -> None:
    """Plan to ask members about what the group begins: now, or in the morning."""
    new = rules.opened(before, after)
    if new and members.count(at, group_id):
        when = after_quiet(at.now, after.quiet_hours, after.zone)
        places = ",".join(str(number) for number, _ in rules.numbered(new))
        due.add(at, ASK, group_id, f"{after.version} {places}", when)


def ask_when_due(at: Transaction, occasion: Due) -> None:
    """Tell each member in private what is kept of a new practice and who sees it, and ask."""
    group, agreement = groups.by_id(at, occasion.subject), groups.agreement(at, occasion.subject)
    version, places = occasion.occurrence.split()
    new = [CONSENTS[int(one)] for one in places.split(",")]
    still = rules.numbered(one for one in new if one in rules.offered(agreement))
    if group.state != "active":
        return
    for member in members.of_group(at, group.id):
        if member.is_away:
            continue
        for number, practice in still:
            speaking.say_to(
                at,
                member.person_id,
                "consents/new",
                key=f"consent:{group.id}:{version}:{member.id}:{number}",
                urgency=speaking.UNASKED,
                group=group,
                member=member,
                practice=practice,
                number=number,
            )
