"""Thanks: given in the group, in public; told in the digest unless whoever was thanked objects."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.domain import thanks as rules
from bot.domain.digests import ThanksFacts
from bot.domain.errors import Refusal
from bot.practices import members as members_practice, speaking
from bot.storage import groups, members, outbox, people, thanks as store
from bot.storage.chats import Chat
from bot.storage.database import Reading, Transaction
from bot.storage.groups import Group
from bot.storage.members import Member
from bot.storage.thanks import Thanks

NOTED: Final = "🙏"


class ThanksAreForTheGroup(Refusal):
    """/thanks in private: nobody would see it."""


class ThanksNeedSomebody(Refusal):
    """/thanks alone: said with an example."""


class ThanksToOneself(Refusal):
    """Somebody thanks themselves."""


class ThanksOfSomebodyElse(Refusal):
    """A button under a note that is for another, or about no thanks at all."""


@dataclass(frozen=True)
class Thanking:
    """Somebody's /thanks: where, in which message, and what it answers.

    `to_telegram_id` is who wrote the message that is thanked for; None for the bot's own, for an
    anonymous admin's, and where it answers nothing.
    """

    chat: Chat
    person_id: int
    message_id: int
    reply_to: int | None = None
    to_telegram_id: int | None = None


def give(at: Transaction, thanking: Thanking, words: str) -> None:
    """Keep a thanks, sign that it was seen, and tell whoever is meant, in private.

    Raises ThanksAreForTheGroup, GroupNotReady, NotAMember, ThanksNeedSomebody, ThanksToOneself.
    """
    if thanking.chat.is_private:
        raise ThanksAreForTheGroup
    place = members_practice.my_place(at, thanking.chat, thanking.person_id)
    group, giver = place.group, place.member
    receiver, words = _meant(at, thanking, group, words)
    if receiver is not None and receiver.id == giver.id:
        raise ThanksToOneself
    given = store.add(
        at,
        giver=giver,
        receiver=None if receiver is None else receiver.id,
        words=words,
        reply_to=thanking.reply_to if thanking.to_telegram_id is not None else None,
    )
    reaction = {"message_id": thanking.message_id, "reaction": [{"type": "emoji", "emoji": NOTED}]}
    outbox.queue(at, thanking.chat.id, {"method": "setMessageReaction", "params": reaction})
    if given is not None and receiver is not None:
        speaking.say_to(
            at,
            receiver.person_id,
            "thanks/note",
            urgency=speaking.UNASKED,
            **_note_facts(at, given, group),
        )


def leave_out(
    at: Transaction, chat: Chat, thanks_id: int, person_id: int, *, is_left_out: bool
) -> dict[str, Any]:
    """Take a thanks out of the digest, or put it back, as whoever was thanked wishes.

    Returns the facts of the note that says so. Raises ThanksOfSomebodyElse.
    """
    given = store.by_id(at, thanks_id)
    if given is None or given.receiver is None or not chat.is_private:
        raise ThanksOfSomebodyElse
    if members.by_id(at, given.receiver).person_id != person_id:
        raise ThanksOfSomebodyElse
    store.leave_out(at, thanks_id, is_left_out=is_left_out)
    changed = store.by_id(at, thanks_id)
    assert changed is not None
    return _note_facts(at, changed, groups.by_id(at, given.group_id))


def to_tell(
    at: Reading, group_id: int, since: datetime, until: datetime
) -> tuple[ThanksFacts, ...]:
    """Return the thanks given in [since, until) as the digest tells them."""
    return tuple(
        ThanksFacts(
            giver=members.by_id(at, one.giver).name,
            receiver=None if one.receiver is None else members.by_id(at, one.receiver).name,
            words=one.words,
        )
        for one in store.to_tell(at, group_id, since, until)
    )


def _meant(at: Reading, thanking: Thanking, group: Group, words: str) -> tuple[Member | None, str]:
    """Return the member who is meant, where it can be known, and what for."""
    if thanking.to_telegram_id is not None:
        person = people.by_telegram_id(at, thanking.to_telegram_id)
        member = None if person is None else members.of_person(at, group.id, person.id)
        is_member = member is not None and member.state == "member"
        return (member if is_member else None), words
    if not words:
        raise ThanksNeedSomebody
    names = {one.id: one.name for one in members.of_group(at, group.id)}
    member_id, words = rules.addressed(words, names)
    return (None if member_id is None else members.by_id(at, member_id)), words


def _note_facts(at: Reading, given: Thanks, group: Group) -> dict[str, Any]:
    return {"thanks": given, "giver": members.by_id(at, given.giver).name, "group": group}
