"""What members let the group see of their month, shown to it once the round has closed.

Item by item as each chose in the journal's last question, and nothing else. Until the round closes
every choice can be changed, and nothing is shown; afterwards a member can take back all of theirs.
It is drawn from their sealed answers each time and kept nowhere else: of who leaves, or is
forgotten, nothing is shown any more. Of a goal that is private the group sees how it moved, but not
its words.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from bot.domain import check_ins as rules, sharing
from bot.domain.check_ins import Answer, Question
from bot.domain.errors import Refusal
from bot.practices import speaking, unasked
from bot.practices.showing import Shown
from bot.rendering import messages
from bot.storage import check_ins, goals, groups, members, outbox, sharing as store
from bot.storage.chats import Chat
from bot.storage.check_ins import CheckIn, Round
from bot.storage.database import Reading, Transaction
from bot.storage.members import Member
from bot.storage.outbox import Card

CARD: Final = "shared"  # the group's message; its subject is the round
LINK: Final = "shared"  # the deep link's purpose; its number is the round's

LATE_MAX: Final = timedelta(days=7)  # later it is no news any more
CARD_SIGNS_MAX: Final = 3600  # of the 4096 that Telegram takes
IN_CARD_MAX: Final = 12  # members
ON_PAGE_MAX: Final = 4


class NothingSharedHere(Refusal):
    """No such month, as far as this person is concerned, or nothing of it to be seen."""


@dataclass(frozen=True)
class Shared:
    """What one member lets the group see of a month: each answer with its question."""

    member: Member
    check_in_id: int
    items: tuple[tuple[Question, Answer], ...]
    is_hidden: bool  # they took it back: only they see it

    @property
    def media(self) -> tuple[str, str] | None:
        """The photo or the voice note, as its kind and its file id, where there is one."""
        for _, answer in sorted(self.items, key=lambda one: one[0].key != "line"):
            if answer.photo or answer.voice:
                return ("photo", answer.photo) if answer.photo else ("voice", answer.voice or "")
        return None

    def is_of(self, member: Member) -> bool:
        """Whether it is this member's own."""
        return self.member.id == member.id


# -- what is seen ---------------------------------------------------------------------------------


def of_round(at: Reading, found: Round) -> list[Shared]:
    """Return what the group may see of a round, by its members' numbers."""
    seen = [_of_member(at, found, one) for one in members.of_group(at, found.group_id)]
    return [one for one in seen if one is not None and not one.is_hidden]


def items_of(
    at: Reading, found: Round, answers: Mapping[str, Answer]
) -> tuple[tuple[Question, Answer], ...]:
    """Return what the group may see of these answers of one member to a round."""
    mine = []
    for key in answers:
        name, _, number = key.partition(":")
        goal = goals.by_id(at, int(number)) if name == "goal" and number else None
        if goal is not None:
            mine.append(rules.about_goal(goal.id, (goal.words or "") if goal.shared else ""))
    return sharing.chosen(rules.own_list(found.questions, mine), answers)


def _of_member(at: Reading, found: Round, member: Member) -> Shared | None:
    check_in = check_ins.of_member(at, found.id, member.id)
    if check_in is None:
        return None
    items = items_of(at, found, check_ins.answers(at, check_in))
    if not items:
        return None
    return Shared(member, check_in.id, items, store.is_taken_back(at, check_in.id))


# -- in the group ---------------------------------------------------------------------------------


def round_closed(at: Transaction, round_id: int) -> None:
    """Show what was shared of a round that closed just now, if anything was, in its turn."""
    found = check_ins.round_by_id(at, round_id)
    assert found is not None
    group, until = groups.by_id(at, found.group_id), found.closes_at + LATE_MAX
    if group.state == "active" and at.now < until and of_round(at, found):
        unasked.post_card(at, group, CARD, round_id, until=until)


def member_left(at: Transaction, member_id: int) -> None:
    """Show nothing any more of somebody who left; called once they left."""
    for round_id in store.rounds_of(at, member_id):
        _redraw(at, round_id)


def _redraw(at: Transaction, round_id: int) -> None:
    """Change the message where it stands, however far above: words taken back must not stay."""
    found = check_ins.round_by_id(at, round_id)
    assert found is not None
    chat_id = groups.by_id(at, found.group_id).chat_id
    card = outbox.card_of(at, CARD, round_id, chat_id)
    if card is None:
        return
    if card.message_id is None:
        if card.posted_at is None:  # on its way: drawn before, it is changed after it arrived
            outbox.show_card(at, CARD, round_id, chat_id)
        return
    made = _content(at, found)
    made["method"] = "editMessageText"
    made["params"]["message_id"] = card.message_id
    outbox.queue(at, chat_id, made, edits=card.message_id)


def _draw(at: Reading, card: Card) -> Mapping[str, Any] | None:
    found = check_ins.round_by_id(at, card.subject)
    return None if found is None or not of_round(at, found) else _content(at, found)


def _content(at: Reading, found: Round) -> dict[str, Any]:
    """Return the group's message, as many members in it as it has room for."""
    group, shared = groups.by_id(at, found.group_id), of_round(at, found)
    facts = {"round": found, "url": speaking.link(at, LINK, found.id)}
    for number in range(min(len(shared), IN_CARD_MAX), 0, -1):
        shown, more = shared[:number], len(shared) - number
        words = messages.render("sharing/card", group.language, shown=shown, more=more, **facts)
        if number == 1 or len(words.text.encode("utf-16-le")) // 2 <= CARD_SIGNS_MAX:
            return speaking.content(words)
    return speaking.card_content(group.language, "sharing/card", shown=[], more=0, **facts)


# -- in private -----------------------------------------------------------------------------------


def follow_link(at: Reading, round_id: int, person_id: int) -> Shown:
    """Show it in private, from the group's message. NothingSharedHere, NotAMember."""
    found = check_ins.round_by_id(at, round_id)
    if found is not None:
        group = groups.by_id(at, found.group_id)
        members.require(at, group.id, person_id, group_title=group.title)
    return page(at, round_id, person_id, 0)


def page(at: Reading, round_id: int, person_id: int, number: int) -> Shown:
    """Show a page of what was shared of a round to a member, theirs first. NothingSharedHere."""
    found, me = _enter(at, round_id, person_id)
    mine = _of_member(at, found, me)
    others = [one for one in of_round(at, found) if one.member.id != me.id]
    everybody = others if mine is None else [mine, *others]
    pages = (len(everybody) + ON_PAGE_MAX - 1) // ON_PAGE_MAX
    number = min(number, max(pages - 1, 0))
    return Shown(
        "sharing/page",
        {
            "group": groups.by_id(at, found.group_id),
            "round": found,
            "me": me,
            "shown": everybody[number * ON_PAGE_MAX : (number + 1) * ON_PAGE_MAX],
            "page": number,
            "pages": pages,
        },
    )


def let_see(at: Transaction, chat: Chat, check_in_id: int, person_id: int) -> None:
    """Send a photo or a voice note that a member shared. NothingSharedHere."""
    check_in = _check_in(at, check_in_id)
    found, me = _enter(at, check_in.round_id, person_id)
    shared = _of_member(at, found, members.by_id(at, check_in.member_id))
    if shared is None or shared.media is None or (shared.is_hidden and not shared.is_of(me)):
        raise NothingSharedHere
    facts = {"group": groups.by_id(at, found.group_id), "round": found, "shared": shared}
    words = messages.render("sharing/media", me.language, **facts)
    kind, file_id = shared.media
    method = {"photo": "sendPhoto", "voice": "sendVoice"}[kind]
    params = {kind: file_id, "caption": words.text, "parse_mode": "HTML"}
    outbox.queue(at, chat.id, {"method": method, "params": params})


def take_back(at: Transaction, check_in_id: int, person_id: int) -> Shown:
    """Take back all that one shared of a round: nobody sees it any more. NothingSharedHere."""
    return _change(at, check_in_id, person_id, store.take_back)


def show_again(at: Transaction, check_in_id: int, person_id: int) -> Shown:
    """Let it be seen after all. NothingSharedHere."""
    return _change(at, check_in_id, person_id, store.show_again)


def latest(at: Reading, group_id: int) -> Round | None:
    """Return the round that closed last, where its group may see something of it."""
    found = store.last_closed(at, group_id)
    closed = None if found is None else check_ins.round_by_id(at, found)
    return closed if closed is not None and of_round(at, closed) else None


def _change(
    at: Transaction, check_in_id: int, person_id: int, change: Callable[[Transaction, int], None]
) -> Shown:
    check_in = _check_in(at, check_in_id)
    found, me = _enter(at, check_in.round_id, person_id)
    if me.id != check_in.member_id:
        raise NothingSharedHere
    change(at, check_in.id)
    _redraw(at, found.id)
    return page(at, found.id, person_id, 0)


def _enter(at: Reading, round_id: int, person_id: int) -> tuple[Round, Member]:
    """Authorise somebody for a round of a group of theirs that has closed."""
    found = check_ins.round_by_id(at, round_id)
    me = None if found is None else members.of_person(at, found.group_id, person_id)
    if found is None or found.closed_at is None or me is None or me.state != "member":
        raise NothingSharedHere
    return found, me


def _check_in(at: Reading, check_in_id: int) -> CheckIn:
    try:
        return check_ins.by_id(at, check_in_id)
    except LookupError:
        raise NothingSharedHere from None


CARDS: dict[str, Callable[[Reading, Card], Mapping[str, Any] | None]] = {CARD: _draw}
RESULTS: dict[str, Callable[[Transaction, int, Any], None]] = {}
