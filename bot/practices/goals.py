"""Members' own goals: seeing them, and what holds for everything that is done with them.

Adding one is in `new_goals`, how far it has come in `goal_progress`, changing what it wants in
`goal_terms`, sharing it in `shared_goals`; what other practices ask of goals is here.
Every button may be forged: each use case authorises from the facts, and to somebody whose goal it
is not, it is none at all.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.domain import goals as rules
from bot.domain.errors import Refusal
from bot.domain.goals import Entry, Goal, Moved
from bot.practices import showing, speaking
from bot.practices.showing import Shown
from bot.storage import goals as store, groups, members
from bot.storage.chats import Chat
from bot.storage.database import Reading, Transaction
from bot.storage.goals import MonthNote
from bot.storage.groups import Group
from bot.storage.members import Member
from bot.storage.outbox import Card
from bot.storage.questions import Question

PAST_MAX: Final = 12  # closed goals in one message
SEARCHED_MAX: Final = 500  # shared goals of a group, the newest: more would be slow to read
LINK: Final = "goals"  # the deep link's purpose; its number is the group's
#: What may stand open about goals: only one at a time, so that no answer meets the wrong question.
ASKED_PART, ASKED_NOW, ASKED_WHY, ASKED_FIX = "goal_part", "goal_now", "goal_why", "goal_fix"
ASKED_WORDS, ASKED_TO, ASKED_BY, ASKED_STEP = "goal_words", "goal_to", "goal_by", "goal_step"
ASKED: Final = (
    ASKED_PART,
    ASKED_NOW,
    ASKED_WHY,
    ASKED_FIX,
    ASKED_WORDS,
    ASKED_TO,
    ASKED_BY,
    ASKED_STEP,
)


class NoGroupForGoals(Refusal):
    """Goals belong to a member of a group, and this person is in none (or it is not set up)."""


class GoalNotYours(Refusal):
    """No such goal, as far as this person is concerned: gone, another's, or another group's."""


class GoalClosed(Refusal):
    """The goal is reached or let go: to move it, it is taken up again first."""


class GoalMovedSince(Refusal):
    """An old button: the goal has moved, or was changed, since it was shown."""


class TooManyGoals(Refusal):
    """As many open goals as one can have. Facts: most."""


#: Where an answer cannot be taken any more, the question is closed and this is said once: a
#: refusal alone would leave it open, to catch whatever they write next.
_OVER: Final[Mapping[type[Refusal], str]] = {
    GoalNotYours: "refusals/goal_not_yours",
    GoalClosed: "refusals/goal_closed",
}


@dataclass(frozen=True)
class Place:
    """A person looking at a goal: their group and zone, and whether it is their own."""

    goal: Goal
    group: Group
    member: Member  # who looks
    owner: Member
    zone: str

    @property
    def is_own(self) -> bool:
        """Whether the goal is theirs, not one of their household that they share."""
        return self.member.id == self.owner.id

    @property
    def facts(self) -> dict[str, Any]:
        """What every message about a goal needs."""
        return {
            "goal": self.goal,
            "group": self.group,
            "zone": self.zone,
            "is_own": self.is_own,
            "owner": self.owner,
        }


@dataclass(frozen=True)
class ReachedGoal:
    """A goal whose member lets the digest tell that it is reached."""

    member: Member
    words: str
    reached_at: datetime


# -- showing --------------------------------------------------------------------------------------


def put(at: Transaction, chat: Chat, shown: Shown, *, message_id: int | None = None) -> None:
    """Show it in a private chat, in place of a message or as a new one, and ask what it asks."""
    showing.put(at, chat, shown, closes=ASKED, message_id=message_id)


def take_answer(
    at: Transaction,
    question: Question,
    text: str,
    take: Callable[[Transaction, Question, str], Shown],
) -> Shown:
    """Take an answer in words; where nothing is left to answer, say so: `put` closes it."""
    try:
        return take(at, question, text)
    except tuple(_OVER) as over:
        return Shown(_OVER[type(over)], over.facts)


def look(at: Reading, goal_id: int, person_id: int, *, own: bool = False) -> Place:
    """Authorise a person for a goal: theirs, or (unless `own`) one they share. GoalNotYours."""
    goal = store.by_id(at, goal_id)
    if goal is None:
        raise GoalNotYours
    member = members.of_person(at, goal.group_id, person_id)
    owner = members.by_id(at, goal.member_id)
    if member is None or member.state != "member" or (own and member.id != owner.id):
        raise GoalNotYours
    if member.id != owner.id and not is_shared_with(at, goal_id, owner, member):
        raise GoalNotYours
    group = groups.by_id(at, goal.group_id)
    return Place(goal, group, member, owner, groups.agreement(at, group.id).zone)


def is_shared_with(at: Reading, goal_id: int, owner: Member, member: Member) -> bool:
    """Whether a member agreed to share the goal and they still are one household."""
    return (
        owner.state == "member"
        and owner.household_id == member.household_id
        and any(
            one.member_id == member.id and one.state == "agreed"
            for one in store.partners(at, goal_id)
        )
    )


def enter(at: Reading, group_id: int, person_id: int) -> tuple[Group, Member]:
    """Return a group and a person's membership of it. Raises GoalNotYours."""
    member = members.of_person(at, group_id, person_id)
    if member is None or member.state != "member":
        raise GoalNotYours
    return groups.by_id(at, group_id), member


def begin(at: Reading, person_id: int) -> Shown:
    """Show somebody's goals, or ask of which group. Raises NoGroupForGoals."""
    mine = members.groups_of(at, person_id)
    if not mine:
        raise NoGroupForGoals
    if len(mine) == 1:
        return of_group(at, mine[0], person_id)
    return Shown("goals/which", {"groups": [groups.by_id(at, one) for one in mine]})


def follow_link(at: Reading, group_id: int, person_id: int) -> Shown:
    """The same, by the link in the group. Raises NotAMember, which tells the way in.

    The link is signed and was seen in the group: its name may be told to who follows it.
    """
    try:
        group = groups.by_id(at, group_id)
    except LookupError:
        raise GoalNotYours from None
    members.require(at, group.id, person_id, group_title=group.title)
    return of_group(at, group.id, person_id)


def way_in(at: Reading, chat: Chat) -> str:
    """Return the link to one's own goals, for the group. Raises NoGroupForGoals."""
    group = groups.of_chat(at, chat.id)
    if group is None or group.state != "active":
        raise NoGroupForGoals
    return speaking.link(at, LINK, group.id)


def of_group(at: Reading, group_id: int, person_id: int) -> Shown:
    """Show a member's open goals in one group, and those of the household they share."""
    group, member = enter(at, group_id, person_id)
    mine = store.of_member(at, member.id)
    return Shown(
        "goals/list",
        {
            "group": group,
            "several": len(members.groups_of(at, person_id)) > 1,
            "goals": [one for one in mine if one.state == "open"],
            "past": [one for one in mine if one.state != "open"],
            "together": [one for one in store.of_household(at, member.id) if one.state == "open"],
            "may_add": _count_open(mine) < rules.OPEN_MAX,
            "most": rules.OPEN_MAX,
        },
    )


def past(at: Reading, group_id: int, person_id: int) -> Shown:
    """Show what a member has reached and what they let go."""
    group, member = enter(at, group_id, person_id)
    closed = [one for one in store.of_member(at, member.id) if one.state != "open"]
    zone = groups.agreement(at, group.id).zone
    newest = sorted(closed, key=lambda one: one.state_since, reverse=True)[:PAST_MAX]
    return Shown("goals/past", {"group": group, "goals": newest, "zone": zone})


def show(at: Reading, goal_id: int, person_id: int) -> Shown:
    """Show one goal, with what can be done about it."""
    return view(at, look(at, goal_id, person_id))


def view(at: Reading, place: Place, note: str | None = None, entry: Entry | None = None) -> Shown:
    """Show a goal; `note` says what was just done (about an entry, maybe)."""
    together = [
        members.by_id(at, one.member_id)
        for one in store.partners(at, place.goal.id)
        if one.state == "agreed"
        and is_shared_with(at, place.goal.id, place.owner, members.by_id(at, one.member_id))
    ]
    facts = {
        "note": note,
        "entry": entry,
        "together": together,
        "may_tell": store.may_tell(at, place.goal.id),
    }
    return Shown("goals/goal", place.facts | facts)


def require_room(at: Reading, member_id: int) -> None:
    """Raise TooManyGoals where a member has as many open goals as one can have."""
    if _count_open(store.of_member(at, member_id)) >= rules.OPEN_MAX:
        raise TooManyGoals(most=rules.OPEN_MAX)


def _count_open(mine: list[Goal]) -> int:
    return sum(one.state == "open" for one in mine)


# -- for the check-in, for help between peers, for the digest ------------------------------------


def open_goals(at: Reading, member_id: int, round_id: int | None = None) -> list[Goal]:
    """Return a member's own open goals, the oldest first.

    With a round's id also those that this round's check-in said are reached, so that its answer
    can still be changed.
    """
    return [
        one
        for one in store.of_member(at, member_id)
        if one.state == "open"
        or (round_id is not None and (one.state, one.state_round_id) == ("reached", round_id))
    ]


def moved_since(at: Reading, goal_id: int, person_id: int, since: datetime) -> Moved:
    """Return how a goal moved by its numbers since an instant. Raises GoalNotYours."""
    return rules.moved(look(at, goal_id, person_id).goal, since)


def note_month(at: Transaction, goal_id: int, person_id: int, moved: Moved, round_id: int) -> Goal:
    """Keep how a goal moved this month, as its member says; of one round the last word counts.

    “Reached” makes it reached (and asks in private whether a shared one may be told); another word
    in the same round makes it open again. Return the goal as it is now. Raises GoalNotYours, and
    GoalClosed for one that was let go.
    """
    place = look(at, goal_id, person_id)
    if place.goal.state == "let_go":
        raise GoalClosed
    store.note_month(at, goal_id=goal_id, person_id=person_id, round_id=round_id, moved=moved)
    if not place.is_own:
        return place.goal
    if moved == "reached" and place.goal.state == "open":
        store.set_state(at, goal_id, "reached", round_id=round_id)
        if place.goal.shared and store.may_tell(at, goal_id) is None:
            facts = look(at, goal_id, person_id).facts
            key = f"goal:{goal_id}:tell:{round_id}"
            speaking.say_to(at, person_id, "goals/may_tell", key=key, **facts)
    elif moved != "reached" and (place.goal.state, place.goal.state_round_id) == (
        "reached",
        round_id,
    ):
        store.set_state(at, goal_id, "open", round_id=round_id)
    return look(at, goal_id, person_id).goal


def months_of(at: Reading, goal_id: int, person_id: int) -> list[MonthNote]:
    """Return what a person told the check-ins of a goal, one note a round. Raises GoalNotYours."""
    look(at, goal_id, person_id)
    return store.months_of(at, goal_id, person_id)


def reached_and_far(at: Reading, group_id: int, area: str) -> list[Member]:
    """Return the members who reached a goal in an area, or came far on one, by their number.

    Private goals count too: nothing of a goal is given, only who could be asked in private.
    """
    found = {
        one.member_id for one in store.in_area(at, group_id, area) if rules.has_been_there(one)
    }
    return [one for one in members.of_group(at, group_id) if one.id in found]


def shared_and_far(at: Reading, group_id: int) -> list[Goal]:
    """Return the goals that members let their group see and that they reached or came far on.

    In any area; only while their words are shared.
    """
    everything = store.shared_in(at, group_id, SEARCHED_MAX)
    return [one for one in everything if one.words and rules.has_been_there(one)]


def shared_reached(
    at: Reading, group_id: int, since: datetime, until: datetime
) -> list[ReachedGoal]:
    """Return the shared goals that are reached and that the digest of this span may tell.

    By when the member first said yes, so that each is told once, in the digest that follows. One
    who takes the yes back, takes the goal up again or makes it private is not told.
    """
    return [
        ReachedGoal(members.by_id(at, one.member_id), one.words, one.state_since)
        for one in store.told_between(at, group_id, since, until)
        if one.words is not None
    ]


CARDS: dict[str, Callable[[Reading, Card], Mapping[str, Any] | None]] = {}
RESULTS: dict[str, Callable[[Transaction, int, Any], None]] = {}
