"""Goals that more than one may see: shared with the group, with one's household, in the digest."""

from datetime import timedelta
from typing import Final

from bot.domain import goals as rules
from bot.domain.errors import Refusal
from bot.practices import goals, speaking
from bot.practices.goals import GoalNotYours, Place
from bot.practices.showing import Shown
from bot.storage import chats, goals as store, groups, members
from bot.storage.database import Reading, Transaction
from bot.storage.goals import Partner
from bot.storage.members import Member

SHOWN_MAX: Final = 12  # goals in one message


class AskedNotLongAgo(Refusal):
    """The same person was asked to share the same goal a short while ago. Facts: days."""


class PartnerNotReachable(Refusal):
    """They have no open private chat with the bot: nobody can ask them. Facts: name."""


class NobodyInHousehold(Refusal):
    """Nobody else with a phone is in this household."""


# -- with the group -------------------------------------------------------------------------------


def of_all(at: Reading, group_id: int, person_id: int) -> Shown:
    """Show what members share with their group: words and whether reached, never an amount."""
    group, _ = goals.enter(at, group_id, person_id)
    found = store.shared_in(at, group_id, SHOWN_MAX)
    pairs = [(members.by_id(at, one.member_id), one) for one in found]
    return Shown("goals/of_all", {"group": group, "pairs": pairs})


# -- with the household ---------------------------------------------------------------------------


def household(at: Reading, goal_id: int, person_id: int) -> Shown:
    """Show with whom of one's household a goal is shared, or could be. NobodyInHousehold.

    Who was asked and has not agreed is shown as asked, whether they said no or nothing.
    """
    place = goals.look(at, goal_id, person_id, own=True)
    others = _others(at, place)
    if not others:
        raise NobodyInHousehold
    asked = {one.member_id: one for one in store.partners(at, goal_id)}
    pairs = [(one, asked.get(one.id)) for one in others]
    return Shown("goals/household", place.facts | {"pairs": pairs})


def ask_sure(at: Reading, goal_id: int, person_id: int, member_id: int) -> Shown:
    """Say what the other would see, before they are asked."""
    place, other = _with_other(at, goal_id, person_id, member_id)
    return Shown("goals/ask_sure", place.facts | {"other": other})


def ask(at: Transaction, goal_id: int, person_id: int, member_id: int) -> Shown:
    """Ask one of the household in private to share a goal. AskedNotLongAgo, PartnerNotReachable.

    The limit is the same whether they said no or nothing, so that it tells neither.
    """
    place, other = _with_other(at, goal_id, person_id, member_id)
    if any(one.member_id == other.id for one in store.partners(at, goal_id)):
        return household(at, goal_id, person_id)
    last = store.last_asked(at, goal_id, other.id)
    if last is not None and at.now - last < timedelta(days=rules.ASKED_AGAIN_AFTER_DAYS):
        raise AskedNotLongAgo(days=rules.ASKED_AGAIN_AFTER_DAYS)
    chat = chats.of_person(at, other.person_id)
    if chat is None or chat.state != "open":
        raise PartnerNotReachable(name=other.name)
    request_id = store.ask_partner(at, goal_id, other.id)
    speaking.say_to(
        at,
        other.person_id,
        "goals/partner_asked",
        urgency=speaking.UNASKED,
        request_id=request_id,
        **place.facts,
    )
    return household(at, goal_id, person_id)


def answer(at: Transaction, request_id: int, person_id: int, *, agreed: bool) -> Shown:
    """Agree to share a goal of one's household, or not: of a no, nobody is told."""
    request, place = _request(at, request_id, person_id)
    if request.state == "agreed":
        return goals.view(at, place) if agreed else leave(at, request_id, person_id)
    store.answer_partner(at, request_id, "agreed" if agreed else "declined")
    if not agreed:
        return Shown("goals/partner_declined", {"group": place.group})
    speaking.say_to(
        at,
        place.owner.person_id,
        "goals/partner_agreed",
        urgency=speaking.UNASKED,
        group=place.group,
        other=place.member,
        goal=place.goal,
    )
    return goals.view(at, place)


def leave(at: Transaction, request_id: int, person_id: int) -> Shown:
    """No longer share another's goal."""
    _, place = _request(at, request_id, person_id)
    store.answer_partner(at, request_id, "ended")
    return goals.of_group(at, place.group.id, person_id)


def leave_goal(at: Transaction, goal_id: int, person_id: int) -> Shown:
    """The same, from the goal itself. Raises GoalNotYours for one's own."""
    place = goals.look(at, goal_id, person_id)
    for one in store.partners(at, goal_id):
        if one.member_id == place.member.id:
            return leave(at, one.id, person_id)
    raise GoalNotYours


def end(at: Transaction, request_id: int, person_id: int) -> Shown:
    """The member whose goal it is keeps it to themselves, or takes the question back."""
    request = store.partner_by_id(at, request_id)
    if request is None:
        raise GoalNotYours
    place = goals.look(at, request.goal_id, person_id, own=True)
    if request.state != "ended":
        store.answer_partner(at, request_id, "ended")
    return goals.view(at, place)


def _request(at: Reading, request_id: int, person_id: int) -> tuple[Partner, Place]:
    """Return a request to the person who was asked, while it stands and both are one household."""
    request = store.partner_by_id(at, request_id)
    if request is None or request.state == "ended":
        raise GoalNotYours
    goal = store.by_id(at, request.goal_id)
    assert goal is not None
    member = members.by_id(at, request.member_id)
    owner = members.by_id(at, goal.member_id)
    if (
        member.person_id != person_id
        or {member.state, owner.state} != {"member"}
        or member.household_id != owner.household_id
    ):
        raise GoalNotYours
    group = groups.by_id(at, goal.group_id)
    return request, Place(goal, group, member, owner, groups.agreement(at, group.id).zone)


def _others(at: Reading, place: Place) -> list[Member]:
    return [
        one
        for one in members.of_household(at, place.member.household_id)
        if one.id != place.member.id and one.has_phone
    ]


def _with_other(at: Reading, goal_id: int, person_id: int, member_id: int) -> tuple[Place, Member]:
    place = goals.look(at, goal_id, person_id, own=True)
    other = next((one for one in _others(at, place) if one.id == member_id), None)
    if other is None:
        raise GoalNotYours
    return place, other
