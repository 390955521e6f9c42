"""Asks and offers: saying one, its card in the group, and how long it stands.

Taking up, and what comes of it, is in `helping`; who has been there is in `peers`. Every button may
be forged: each use case authorises from the facts, and to whom it is none of theirs, it is none.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from bot.domain import peer_help as rules
from bot.domain.calendar import after_quiet, is_quiet, utc_text
from bot.domain.errors import Refusal
from bot.domain.goals import AREAS, own_words
from bot.domain.peer_help import AskDraft, Kind
from bot.practices import showing, speaking
from bot.practices.showing import Asked, Shown
from bot.storage import chats, due, groups, members, outbox, peer_help as store, people, questions
from bot.storage.chats import Chat
from bot.storage.database import Reading, Transaction
from bot.storage.due import Due
from bot.storage.groups import Group
from bot.storage.members import Member
from bot.storage.outbox import Card
from bot.storage.peer_help import Ask
from bot.storage.questions import Question

CARD: Final = "ask"
#: Deep links: their number is the group's for the first two, the ask's for the third.
LINKS: Final[Mapping[Kind, str]] = {"ask": "ask", "offer": "offer"}
LINK_TAKE_UP: Final = "takeup"
POSTS, ENDS_SOON, RUNS_OUT = "ask_posts", "ask_ends_soon", "ask_runs_out"
#: What may stand open about help: one at a time, so that no answer meets the wrong question.
ASKED_WORDS, ASKED_HOURS = "help_words", "help_hours"
ASKED_THING, ASKED_COST = "help_thing", "help_cost"
ASKED: Final = (ASKED_WORDS, ASKED_HOURS, ASKED_THING, ASKED_COST)


class NoGroupForHelp(Refusal):
    """Help lives in a group, and this person is in none (or it is not set up)."""


class HelpNotYours(Refusal):
    """No such ask, as far as this person is concerned: gone, another's, or another group's."""


class HelpDraftGone(Refusal):
    """A button of an ask that was being said, and is not any more."""


class AskClosed(Refusal):
    """The ask is done, taken back, or has run out."""


class TooManyAsks(Refusal):
    """As many open asks and offers as one can have. Facts: most."""


#: Where an answer cannot be taken any more, the question is closed and this is said once: a
#: refusal alone would leave it open, to catch whatever they write next.
_OVER: Final[Mapping[type[Refusal], str]] = {
    HelpNotYours: "refusals/help_not_yours",
    HelpDraftGone: "refusals/help_draft_gone",
}


@dataclass(frozen=True)
class OpenAsk:
    """An ask or an offer that stands open, as the group sees it; `name` is None without one's."""

    kind: Kind
    words: str
    name: str | None


@dataclass(frozen=True)
class MonthFacts:
    """What the digest may tell: how often both sides said help happened, and what stands open."""

    exchanged: int
    minutes: int
    open_asks: tuple[OpenAsk, ...]


# -- showing --------------------------------------------------------------------------------------


def put(at: Transaction, chat: Chat, shown: Shown, *, message_id: int | None = None) -> None:
    """Show it in a private chat, in place of a message or as a new one, and ask what it asks."""
    showing.put(at, chat, shown, closes=ASKED, message_id=message_id)


def take_answer(
    at: Transaction,
    question: Question,
    text: str,
    take: Callable[[Transaction, int, int, str], Shown],
) -> Shown:
    """Take an answer in words; where there is nothing left to answer, close the question."""
    try:
        return take(at, question.subject, question.person_id, text)
    except tuple(_OVER) as over:
        questions.settle(at, question.person_id, question.kind, question.subject)
        return Shown(_OVER[type(over)], over.facts)


def tell(
    at: Transaction,
    group: Group,
    person_id: int,
    message: str,
    **facts: Any,  # noqa: ANN401 - whatever the template needs
) -> bool:
    """Say something about a group's help in private, without a sound in its quiet hours.

    False where they have no open private chat.
    """
    chat = chats.of_person(at, person_id)
    if chat is None or chat.state != "open":
        return False
    agreement = groups.agreement(at, group.id)
    return speaking.say(
        at,
        chat,
        people.by_id(at, person_id).language,
        message,
        silent=is_quiet(at.now, agreement.quiet_hours, agreement.zone),
        group=group,
        **facts,
    )


def awake(at: Reading, group_id: int, when: datetime) -> datetime:
    """Return the first instant from `when` on that is outside the group's quiet hours."""
    agreement = groups.agreement(at, group_id)
    return after_quiet(when, agreement.quiet_hours, agreement.zone)


# -- saying one -----------------------------------------------------------------------------------


def begin(
    at: Transaction,
    person_id: int,
    kind: Kind,
    text: str,
    group_id: int | None = None,
    *,
    area: str | None = None,
) -> Shown:
    """Begin an ask or an offer in private, with its words and its area if they came along.

    Raises NoGroupForHelp, WordsMissing, WordsTooLong, TooManyAsks, and HelpNotYours where
    `group_id` is none of theirs.
    """
    mine = members.groups_of(at, person_id)
    if not mine:
        raise NoGroupForHelp
    if group_id is not None and group_id not in mine:
        raise HelpNotYours
    if len(mine) == 1:
        group_id = mine[0]
    draft = replace(store.begin_draft(at, person_id, kind, group_id), area=area)
    if group_id is not None:
        _require_room(at, _member(at, group_id, person_id))
    if text:
        draft = replace(draft, words=own_words(text, rules.WORDS_MAX))
    return _keep(at, draft, person_id)


def follow_link(at: Transaction, group_id: int, person_id: int, kind: Kind) -> Shown:
    """The same, by the link in the group. Raises NotAMember, which tells the way in."""
    try:
        group = groups.by_id(at, group_id)
    except LookupError:
        raise HelpNotYours from None
    members.require(at, group.id, person_id, group_title=group.title)
    return begin(at, person_id, kind, "", group.id)


def say_in_group(at: Transaction, chat: Chat, person_id: int, kind: Kind, text: str) -> str | None:
    """Post what somebody wrote in the group, with their name; the link to private where nothing.

    Raises NoGroupForHelp, NotAMember, WordsMissing, WordsTooLong, TooManyAsks.
    """
    group = groups.of_chat(at, chat.id)
    if group is None or group.state != "active":
        raise NoGroupForHelp
    member = members.require(at, group.id, person_id, group_title=group.title)
    if not text:
        return speaking.link(at, LINKS[kind], group.id)
    _require_room(at, member)
    words = own_words(text, rules.WORDS_MAX)
    draft = AskDraft(0, kind, group.id, words, named=True)
    ask = _post(at, draft, member, at.now)
    tell(at, group, person_id, "peer_help/mine", note="posted", ask=ask)
    return None


def hear_words(at: Transaction, draft_id: int, person_id: int, text: str) -> Shown:
    """Keep the words. Raises WordsMissing, WordsTooLong, HelpDraftGone."""
    draft = _draft(at, draft_id, person_id)
    return _keep(at, replace(draft, words=own_words(text, rules.WORDS_MAX)), person_id)


def choose_area(at: Transaction, draft_id: int, person_id: int, number: int) -> Shown:
    """Keep the area that was tapped."""
    draft = _draft(at, draft_id, person_id)
    if number >= len(AREAS):
        raise HelpDraftGone
    return _keep(at, replace(draft, area=AREAS[number]), person_id)


def choose_named(at: Transaction, draft_id: int, person_id: int, *, named: bool) -> Shown:
    """Keep whether the group sees whose it is."""
    draft = _draft(at, draft_id, person_id)
    return _keep(at, replace(draft, named=named), person_id)


def choose_group(at: Transaction, draft_id: int, person_id: int, group_id: int) -> Shown:
    """Keep in which of their groups. Raises HelpNotYours for one that is not theirs."""
    draft = _draft(at, draft_id, person_id)
    if group_id not in members.groups_of(at, person_id):
        raise HelpNotYours
    _require_room(at, _member(at, group_id, person_id))
    return _keep(at, replace(draft, group_id=group_id), person_id)


def say_again(at: Transaction, draft_id: int, person_id: int) -> Shown:
    """Ask for the words once more; the rest stays."""
    draft = _draft(at, draft_id, person_id)
    return _keep(at, replace(draft, words=None), person_id)


def drop(at: Transaction, draft_id: int, person_id: int) -> Shown:
    """Leave it: nothing was posted."""
    draft = _draft(at, draft_id, person_id)
    store.end_draft(at, draft.id)
    return Shown("peer_help/dropped", {})


def keep(at: Transaction, draft_id: int, person_id: int) -> Shown:
    """Post it as it was read back, in the morning where it is night. TooManyAsks, HelpDraftGone."""
    draft = _draft(at, draft_id, person_id)
    if rules.next_part(draft) is not None:
        raise HelpDraftGone
    assert draft.group_id is not None
    member = _member(at, draft.group_id, person_id)
    _require_room(at, member)
    ask = _post(at, draft, member, awake(at, draft.group_id, at.now))
    store.end_draft(at, draft.id)
    return _mine(at, ask, "posted" if ask.posts_at <= at.now else "posts_later")


def _post(at: Transaction, draft: AskDraft, member: Member, posts_at: datetime) -> Ask:
    ask_id = store.add(
        at,
        draft,
        member_id=member.id,
        person_id=member.person_id,
        posts_at=posts_at,
        runs_out_at=posts_at + rules.STANDS,
    )
    ask = _by_id(at, ask_id)
    if posts_at > at.now:
        due.add(at, POSTS, ask.id, "posts", posts_at)
    redraw(at, ask)
    _plan_end(at, ask)
    return ask


def _keep(at: Transaction, draft: AskDraft, person_id: int) -> Shown:
    store.keep_draft(at, draft, person_id)
    part = rules.next_part(draft)
    group = None if draft.group_id is None else groups.by_id(at, draft.group_id)
    facts: dict[str, Any] = {"draft": draft, "group": group}
    if part == "words":
        facts["mine"] = [
            one
            for group_id in members.groups_of(at, person_id)
            for one in store.open_of(at, _member(at, group_id, person_id).id)
        ]
        return Shown("peer_help/new_words", facts, Asked(ASKED_WORDS, draft.id))
    if part == "group":
        mine = members.groups_of(at, person_id)
        return Shown("peer_help/new_group", facts | {"groups": [groups.by_id(at, i) for i in mine]})
    facts["asker_name"] = people.by_id(at, person_id).name or "…"
    return Shown("peer_help/new_sure" if part is None else f"peer_help/new_{part}", facts)


def _draft(at: Reading, draft_id: int, person_id: int) -> AskDraft:
    draft = store.draft_of(at, draft_id, person_id)
    if draft is None:
        raise HelpDraftGone
    if draft.group_id is not None and draft.group_id not in members.groups_of(at, person_id):
        raise HelpDraftGone
    return draft


def _member(at: Reading, group_id: int, person_id: int) -> Member:
    return members.require(at, group_id, person_id)


def _require_room(at: Reading, member: Member) -> None:
    if len(store.open_of(at, member.id)) >= rules.OPEN_MAX:
        raise TooManyAsks(most=rules.OPEN_MAX)


# -- one's own ------------------------------------------------------------------------------------


def own(at: Reading, ask_id: int, person_id: int) -> Ask:
    """Return an ask to the member whose it is. Raises HelpNotYours."""
    ask = store.by_id(at, ask_id)
    if ask is None:
        raise HelpNotYours
    member = members.by_id(at, ask.member_id)
    if member.person_id != person_id or member.state != "member":
        raise HelpNotYours
    return ask


def mine(at: Reading, ask_id: int, person_id: int) -> Shown:
    """Show one's own ask with what can be done about it."""
    return _mine(at, own(at, ask_id, person_id), None)


def take_back(at: Transaction, ask_id: int, person_id: int) -> Shown:
    """Take an ask back: the group no longer sees its words. Raises AskClosed."""
    ask = own(at, ask_id, person_id)
    if ask.state not in {"open", "run_out"}:
        raise AskClosed
    close(at, ask, "taken_back")
    return _mine(at, _by_id(at, ask_id), None)


def renew(at: Transaction, ask_id: int, person_id: int) -> Shown:
    """Let an ask stand two weeks from now, also one that ran out. AskClosed, TooManyAsks."""
    ask = own(at, ask_id, person_id)
    if ask.state not in {"open", "run_out"}:
        raise AskClosed
    if ask.state == "run_out":
        _require_room(at, members.by_id(at, ask.member_id))
    store.renew(at, ask_id, max(at.now, ask.posts_at) + rules.STANDS)
    ask = _by_id(at, ask_id)
    _plan_end(at, ask)
    redraw(at, ask)
    return _mine(at, ask, "renewed")


def close(at: Transaction, ask: Ask, state: rules.AskState) -> None:
    """Close an ask, and show it in the group."""
    store.set_state(at, ask.id, state)
    for kind in (POSTS, ENDS_SOON, RUNS_OUT):
        due.cancel(at, kind, ask.id)
    redraw(at, _by_id(at, ask.id))


def member_left(at: Transaction, member_id: int) -> None:
    """Take back what somebody has open who leaves the group."""
    for ask in store.open_of(at, member_id):
        close(at, ask, "taken_back")


def _mine(at: Reading, ask: Ask, note: str | None) -> Shown:
    return Shown(
        "peer_help/mine", {"ask": ask, "group": groups.by_id(at, ask.group_id), "note": note}
    )


def _by_id(at: Reading, ask_id: int) -> Ask:
    ask = store.by_id(at, ask_id)
    assert ask is not None
    return ask


# -- when it is due -------------------------------------------------------------------------------


def _plan_end(at: Transaction, ask: Ask) -> None:
    """Plan the question of the day before and the end; what was planned before is cancelled."""
    for kind in (ENDS_SOON, RUNS_OUT):
        due.cancel(at, kind, ask.id)
    occurrence = utc_text(ask.runs_out_at)
    before = awake(at, ask.group_id, ask.runs_out_at - rules.ASKED_BEFORE_END)
    # Asked when it has ended already it would be news, not a question.
    late = max(ask.runs_out_at - before, timedelta(0))
    due.add(at, ENDS_SOON, ask.id, occurrence, before, late=late)
    due.add(at, RUNS_OUT, ask.id, occurrence, ask.runs_out_at)


def post_when_due(at: Transaction, occasion: Due) -> None:
    """Show in the morning what was said at night; however late."""
    redraw(at, _by_id(at, occasion.subject))


def ask_when_due(at: Transaction, occasion: Due) -> None:
    """Ask in private, the day before, whether it still holds; dropped once it has run out.

    Nobody is asked about a group that the bot was removed from: nobody sees it there.
    """
    ask = _by_id(at, occasion.subject)
    member, group = members.by_id(at, ask.member_id), groups.by_id(at, ask.group_id)
    if ask.state == "open" and member.state == "member" and group.state == "active":
        zone = groups.agreement(at, group.id).zone
        tell(at, group, member.person_id, "peer_help/ends_soon", ask=ask, zone=zone)


def run_out_when_due(at: Transaction, occasion: Due) -> None:
    """Close what has run out and was not renewed; however late."""
    ask = _by_id(at, occasion.subject)
    if ask.state == "open" and ask.runs_out_at <= at.now:
        close(at, ask, "run_out")


# -- in the group ---------------------------------------------------------------------------------


def redraw(at: Transaction, ask: Ask) -> None:
    """Post the card, or bring it up to date; what was never posted and is over, is not."""
    chat_id = groups.by_id(at, ask.group_id).chat_id
    if at.now < ask.posts_at:
        return
    if ask.state == "open" or outbox.card_of(at, CARD, ask.id, chat_id) is not None:
        outbox.show_card(at, CARD, ask.id, chat_id, urgency=speaking.ANSWER)


def _draw(at: Reading, card: Card) -> Mapping[str, Any] | None:
    ask = _by_id(at, card.subject)
    group = groups.by_id(at, ask.group_id)
    return speaking.card_content(
        group.language,
        "peer_help/card",
        ask=ask,
        asker=members.by_id(at, ask.member_id) if ask.named else None,
        helping=store.count_agreed(at, ask.id),
        url=speaking.link(at, LINK_TAKE_UP, ask.id),
    )


# -- for the digest, for the journal --------------------------------------------------------------


def month_facts(at: Reading, group_id: int, since: datetime, until: datetime) -> MonthFacts:
    """Return what the digest of [since, until) may tell: nobody's name but who gave it openly.

    What stood open at its end, but for what was taken back or is over since: that is told no more.
    """
    given = store.exchanged(at, group_id, since, until)
    standing = tuple(
        OpenAsk(one.kind, one.words, members.by_id(at, one.member_id).name if one.named else None)
        for one in store.open_at(at, group_id, until)
        if one.words is not None and one.state == "open"
    )
    return MonthFacts(given.count, given.minutes, standing)


CARDS: dict[str, Callable[[Reading, Card], Mapping[str, Any] | None]] = {CARD: _draw}
RESULTS: dict[str, Callable[[Transaction, int, Any], None]] = {}
