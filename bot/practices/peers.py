"""Who has been there: one who reached a goal, or came far, may tell one who would like to hear.

By the area of private goals; where both sides' words are shared with the group, by those too. They
are asked first, in private, one after another, and may say yes, not now, or no: only a yes is ever
told. The seeker cannot read a no from when they hear either (domain/peer_help.told_at).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from bot.domain import peer_help as rules
from bot.domain.calendar import utc_text
from bot.domain.goals import AREAS
from bot.domain.peer_help import Candidate
from bot.practices import goals, peer_help
from bot.practices.helping import OtherNotReachable
from bot.practices.peer_help import HelpNotYours
from bot.practices.showing import Shown
from bot.storage import (
    chats,
    due,
    goals as goal_store,
    groups,
    members,
    peer_help as asks,
    peers as store,
    word_search,
)
from bot.storage.database import Reading, Transaction
from bot.storage.due import Due
from bot.storage.members import Member
from bot.storage.peers import PeerQuestion, Wish

ASKS, PASSES, NOBODY = "peer_asks", "peer_passes", "peer_nobody"
WORDS: Final[tuple[Literal["declined", "agreed", "not_now"], ...]] = (
    "declined",
    "agreed",
    "not_now",
)


@dataclass(frozen=True)
class Found:
    """Who may be asked, and the words of a goal they shared, where these led to them."""

    member: Member
    words: str | None


# -- wishing --------------------------------------------------------------------------------------


def wish_for_peer(
    at: Transaction,
    member_id: int,
    area: str,
    *,
    ask_id: int | None = None,
    goal_id: int | None = None,
) -> Wish:
    """Note that a member would like to hear from one who has been there, and begin to ask.

    One wish an area at a time: wishing again while one is open gives that one. The caller has
    authorised the member and told them that whoever says yes learns their name. Nothing of this is
    said in the group, and the seeker hears in private once somebody agreed, or nobody is left.
    The ask or the goal (theirs) that it began with is searched by its words while it is shared.
    """
    wish = store.open_wish(at, member_id, area)
    if wish is None:
        wish = store.add_wish(at, member_id, area, ask_id=ask_id, goal_id=goal_id)
        _ask_next(at, wish, at.now)
    return wish


def ask_wish(at: Reading, ask_id: int, person_id: int) -> Shown:
    """Say how it goes before anybody is asked; the area first, where the ask has none."""
    ask = peer_help.own(at, ask_id, person_id)
    number = None if ask.area is None else AREAS.index(ask.area)
    return Shown(
        "peer_help/wish",
        {"ask": ask, "number": number, "group": groups.by_id(at, ask.group_id)},
    )


def wish(at: Transaction, ask_id: int, person_id: int, number: int) -> Shown:
    """Begin to ask those who have been there, on behalf of an ask's member."""
    ask = peer_help.own(at, ask_id, person_id)
    if number >= len(AREAS):
        raise HelpNotYours
    wish_for_peer(at, ask.member_id, AREAS[number], ask_id=ask.id)
    return Shown("peer_help/wished", {"group": groups.by_id(at, ask.group_id)})


def find_peer(at: Reading, member_id: int, area: str) -> Found | None:
    """Return who would be asked next on behalf of a member, if there is anybody.

    Not they themselves nor one of their household; nobody who cannot be written to, who was asked
    for the same wish already, twice within a month (in any group), or said no to the area lately.
    """
    seeker = members.by_id(at, member_id)
    wish_ = store.open_wish(at, member_id, area)
    asked = set() if wish_ is None else {one.member_id for one in store.of_wish(at, wish_.id)}
    near = {} if wish_ is None else _near(at, seeker, wish_)
    there = {one.id: one for one in goals.reached_and_far(at, seeker.group_id, area)}
    there |= {one: members.by_id(at, one) for one in near}
    candidates = [
        Candidate(
            one.id,
            one.number,
            store.asked_times(at, one.person_id),
            store.no_times(at, one.id, area),
            is_near=one.id in near,
        )
        for one in there.values()
        if one.id not in asked
        and one.household_id != seeker.household_id
        and _is_open(at, one)
        and one.is_asked("matching")
    ]
    chosen = rules.next_peer(candidates, at.now)
    if chosen is None:
        return None
    return Found(there[chosen.member_id], near.get(chosen.member_id))


def _near(at: Reading, seeker: Member, wish_: Wish) -> dict[int, str]:
    """Return who shared a goal like the wish, by member id, with its words, the nearest goal's."""
    been_there = {one.id: one for one in goals.shared_and_far(at, seeker.group_id)}
    texts = {one.id: one.words or "" for one in been_there.values()}
    found: dict[int, str] = {}
    for goal_id in word_search.matching(_shared_words(at, wish_), texts):
        found.setdefault(been_there[goal_id].member_id, texts[goal_id])
    return found


def _shared_words(at: Reading, wish_: Wish) -> str:
    """Return the words of a wish that the group may see now: an ask's while it stands, a goal's."""
    ask = None if wish_.ask_id is None else asks.by_id(at, wish_.ask_id)
    if ask is not None and ask.state == "open" and ask.posts_at <= at.now:
        return ask.words or ""
    goal = None if wish_.goal_id is None else goal_store.by_id(at, wish_.goal_id)
    return (goal.words or "") if goal is not None and goal.shared else ""


def _is_open(at: Reading, member: Member) -> bool:
    chat = chats.of_person(at, member.person_id)
    return chat is not None and chat.state == "open"


def _ask_next(at: Transaction, wish_: Wish, since: datetime) -> None:
    """Ask the next who has been there; in quiet hours, in the morning.

    `since`: when their turn began. What follows is counted from there, not from when the bell rang,
    or the seeker could tell by the minute that somebody had let their days pass.
    """
    seeker = members.by_id(at, wish_.member_id)
    if seeker.state != "member":
        store.end_wish(at, wish_.id, "nobody")
        return
    morning = peer_help.awake(at, seeker.group_id, at.now)
    if morning > at.now:
        due.add(at, ASKS, wish_.id, utc_text(morning), morning)
        return
    peer = find_peer(at, seeker.id, wish_.area)
    if peer is None:
        began = peer_help.awake(at, seeker.group_id, wish_.since)
        told_at = peer_help.awake(at, seeker.group_id, rules.told_at(began, since))
        due.add(at, NOBODY, wish_.id, "nobody", told_at)
        return
    question = store.ask(at, wish_.id, peer.member.id, peer.member.person_id)
    peer_help.tell(
        at,
        groups.by_id(at, seeker.group_id),
        peer.member.person_id,
        "peer_help/been_there",
        area=wish_.area,
        words_of_mine=peer.words,
        question_id=question.id,
    )
    passes_at = peer_help.awake(at, seeker.group_id, since + rules.PEER_WAITS)
    due.add(at, PASSES, question.id, "passes", passes_at)


# -- answering ------------------------------------------------------------------------------------


def answer(at: Transaction, question_id: int, person_id: int, number: int) -> Shown:
    """Take the answer of one who was asked. HelpNotYours, OtherNotReachable.

    A yes counts while the wish is open, also after a not now or a no, or when others were asked.
    """
    question = store.by_id(at, question_id)
    if question is None or number >= len(WORDS):
        raise HelpNotYours
    peer = members.by_id(at, question.member_id)
    if peer.person_id != person_id or peer.state != "member":
        raise HelpNotYours
    wish_ = store.wish_by_id(at, question.wish_id)
    assert wish_ is not None
    seeker = members.by_id(at, wish_.member_id)
    if question.state == "agreed" and seeker.state == "member":
        return _in_touch(at, wish_, seeker)
    if wish_.state != "open" or seeker.state != "member":
        return Shown("peer_help/peer_over", {"group": groups.by_id(at, peer.group_id)})
    if WORDS[number] == "agreed":
        return _meet(at, wish_, question, seeker, peer)
    store.answer(at, question.id, WORDS[number])
    due.cancel(at, PASSES, question.id)
    if question.state == "asked":
        _ask_next(at, wish_, at.now)
    facts = {"group": groups.by_id(at, peer.group_id), "question_id": question.id}
    return Shown("peer_help/peer_not_now", facts)


def _meet(
    at: Transaction, wish_: Wish, question: PeerQuestion, seeker: Member, peer: Member
) -> Shown:
    told = peer_help.tell(
        at,
        groups.by_id(at, seeker.group_id),
        seeker.person_id,
        "peer_help/peer_found",
        area=wish_.area,
        other=peer,
    )
    if not told:
        raise OtherNotReachable
    store.answer(at, question.id, "agreed")
    store.end_wish(at, wish_.id, "met")
    for kind in (ASKS, NOBODY):
        due.cancel(at, kind, wish_.id)
    for one in store.of_wish(at, wish_.id):
        due.cancel(at, PASSES, one.id)
    return _in_touch(at, wish_, seeker)


def _in_touch(at: Reading, wish_: Wish, seeker: Member) -> Shown:
    return Shown(
        "peer_help/peer_in_touch",
        {"group": groups.by_id(at, seeker.group_id), "area": wish_.area, "other": seeker},
    )


# -- when it is due -------------------------------------------------------------------------------


def ask_when_due(at: Transaction, occasion: Due) -> None:
    """Ask in the morning; however late."""
    _go_on(at, store.wish_by_id(at, occasion.subject), occasion.due_at)


def pass_when_due(at: Transaction, occasion: Due) -> None:
    """Ask the next, where somebody let their days pass; they may still say yes."""
    question = store.by_id(at, occasion.subject)
    if question is not None and question.state == "asked":
        store.answer(at, question.id, "passed")
        _go_on(at, store.wish_by_id(at, question.wish_id), occasion.due_at)


def nobody_when_due(at: Transaction, occasion: Due) -> None:
    """Tell the seeker that nobody was found; however late."""
    wish_ = store.wish_by_id(at, occasion.subject)
    if wish_ is None or wish_.state != "open":
        return
    store.end_wish(at, wish_.id, "nobody")
    seeker = members.by_id(at, wish_.member_id)
    if seeker.state == "member":
        group = groups.by_id(at, seeker.group_id)
        peer_help.tell(at, group, seeker.person_id, "peer_help/peer_nobody", area=wish_.area)


def _go_on(at: Transaction, wish_: Wish | None, since: datetime) -> None:
    if wish_ is not None and wish_.state == "open":
        _ask_next(at, wish_, since)
