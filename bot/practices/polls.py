"""Quick polls: Telegram's own poll, the members' votes kept, the outcome told in the digest.

A poll whose sending is uncertain is sent again: the group must not lose its question. Should both
have arrived, both are shown by one row, a member's last vote in either of them counts once, and so
the vote is not split. That Telegram has two is found out from the news it sends of the one whose
answer was lost. When a poll closes nothing is said: Telegram shows it closed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.domain import polls as rules
from bot.domain.errors import Refusal
from bot.domain.polls import Draft, Outcome, Seen
from bot.practices import members as members_practice
from bot.practices.members import Place
from bot.rendering import messages
from bot.storage import chats, due, groups, members, outbox, polls as store
from bot.storage.chats import Chat
from bot.storage.database import Reading, Transaction
from bot.storage.due import Due
from bot.storage.outbox import Card
from bot.storage.polls import Poll, Post

PRACTICE: Final = "polls"  # as the agreement names it
CLOSE: Final = "poll_close"  # due for a poll
POSTED: Final = "poll_posted"  # the result of sending one
STOPPED: Final = "poll_stopped"  # the result of stopping one

CLOSE_WORD: Final = "close"
NOTED: Final = "👍"


class NoPollsHere(Refusal):
    """The group has switched quick polls off."""


class PollClosedAlready(Refusal):
    """Somebody closes a poll that is closed."""


class PollOfSomebodyElse(Refusal):
    """Only who asked closes a poll early. Facts: asker, closes_at (UTC), zone."""


@dataclass(frozen=True)
class Asking:
    """Somebody's /poll: where, in which message, and which message it answers."""

    chat: Chat
    person_id: int
    message_id: int
    replies_to: int | None = None


def command(at: Transaction, asking: Asking, words: str) -> None:
    """Ask what was written, or close the poll that a bare /poll (or `/poll close`) replies to.

    Raises GroupNotReady, NotAMember, and what `ask` and `close_early` raise.
    """
    place = members_practice.my_place(at, asking.chat, asking.person_id)
    replied = None
    if asking.replies_to is not None:
        replied = store.in_message(at, asking.chat.telegram_id, asking.replies_to)
    if replied is not None and words.strip().casefold() in {"", CLOSE_WORD}:
        close_early(at, asking, replied, place)
    else:
        ask(at, place, rules.parse(words), reply_to=asking.message_id)


def ask(at: Transaction, place: Place, draft: Draft, *, reply_to: int | None = None) -> Poll:
    """Post Telegram's own poll in the group; `reply_to`: the command. Raises NoPollsHere."""
    group, agreement = place.group, groups.agreement(at, place.group.id)
    if not agreement.does(PRACTICE):
        raise NoPollsHere
    closes_at = rules.closing(at.now, agreement, draft.days)
    poll = store.add(
        at, group_id=group.id, asked_by=place.member.id, draft=draft, closes_at=closes_at
    )
    params: dict[str, Any] = {
        "question": draft.question,
        "options": [{"text": option} for option in draft.options],
        "is_anonymous": draft.anonymous,
        "allows_multiple_answers": draft.several,
        "description": messages.plain(
            "polls/description", group.language, closes_at=closes_at, zone=agreement.zone
        ),
    }
    if reply_to is not None:
        reply = {"message_id": reply_to, "allow_sending_without_reply": True}
        params["reply_parameters"] = reply
    outbox.queue(
        at,
        group.chat_id,
        {"method": "sendPoll", "params": params},
        key=f"poll:{poll.id}",
        result=POSTED,
        subject=poll.id,
        expires_at=closes_at,
    )
    due.add(at, CLOSE, poll.id, "close", closes_at)
    return poll


def close_early(at: Transaction, asking: Asking, poll: Poll, place: Place) -> None:
    """Close a poll because who asked it, or a facilitator, wants so.

    Raises PollClosedAlready, PollOfSomebodyElse.
    """
    member = place.member
    if poll.closed_at is not None:
        raise PollClosedAlready
    if member.id != poll.asked_by and "facilitator" not in members.offices_of(at, member.id):
        raise PollOfSomebodyElse(
            asker=members.by_id(at, poll.asked_by).name,
            closes_at=poll.closes_at,
            zone=groups.agreement(at, place.group.id).zone,
        )
    close(at, poll)
    reaction = {"message_id": asking.message_id, "reaction": [{"type": "emoji", "emoji": NOTED}]}
    outbox.queue(at, asking.chat.id, {"method": "setMessageReaction", "params": reaction})


def close_when_due(at: Transaction, occasion: Due) -> None:
    """Close the poll that is due; however late, it is closed."""
    poll = store.by_id(at, occasion.subject)
    if poll.closed_at is None:
        close(at, poll)


def close(at: Transaction, poll: Poll) -> None:
    """Close a poll here and at Telegram, where it takes no vote from then on."""
    store.close(at, poll.id)
    due.cancel(at, CLOSE, poll.id)
    for post in store.posts_of(at, poll.id):
        _stop(at, poll, post)


def outcomes(at: Reading, group_id: int, since: datetime, until: datetime) -> tuple[Outcome, ...]:
    """Return what came of a group's polls that closed in [since, until), by its members' votes."""
    return tuple(
        rules.outcome(poll.draft, store.counts(at, poll), store.voters(at, poll.id))
        for poll in store.closed_between(at, group_id, since, until)
    )


# -- what Telegram tells -------------------------------------------------------------------------


def vote(at: Transaction, telegram_poll_id: str, person_id: int, options: Sequence[int]) -> None:
    """Keep a vote; no options takes it back. One in a poll that is not known yet is parked."""
    poll = store.of_post(at, telegram_poll_id)
    if poll is None:
        store.park(at, telegram_poll_id, person_id, options)
    else:
        _count(at, poll, person_id, options)


def saw(at: Transaction, seen: Seen) -> None:
    """Take in how one of our polls looks at Telegram now.

    One that nobody knows is the double of an open poll with the very same words, if there is only
    one such: its sending was uncertain.
    """
    poll = store.of_post(at, seen.telegram_id)
    if poll is None:
        same = [
            one
            for one in store.still_open(at)
            if (one.draft.question, one.draft.options) == (seen.question, seen.options)
        ]
        if len(same) != 1:
            return
        poll = same[0]
        _known(at, poll, Post(seen.telegram_id, None, None))
    if seen.is_closed:
        _keep_totals(at, poll, seen.telegram_id, seen.counts)


def _was_posted(at: Transaction, poll_id: int, result: Any) -> None:  # noqa: ANN401 - a message
    poll = store.by_id(at, poll_id)
    post = Post(result["poll"]["id"], result["chat"]["id"], result["message_id"])
    _known(at, poll, post)
    if poll.closed_at is not None:  # closed while it was on its way
        _stop(at, poll, post)


def _was_stopped(at: Transaction, poll_id: int, result: Any) -> None:  # noqa: ANN401 - a poll
    counts = [option["voter_count"] for option in result["options"]]
    _keep_totals(at, store.by_id(at, poll_id), result["id"], counts)


def _keep_totals(at: Transaction, poll: Poll, telegram_poll_id: str, counts: Sequence[int]) -> None:
    """Keep how Telegram counted; not of an anonymous poll, of which nobody knows whose it is."""
    if not poll.draft.anonymous:
        store.keep_totals(at, telegram_poll_id, counts)


def _known(at: Transaction, poll: Poll, post: Post) -> None:
    """Keep which of Telegram's polls is ours, and count the votes that came before."""
    store.add_post(at, poll.id, post)
    for person_id, options in store.unpark(at, post.telegram_poll_id):
        _count(at, poll, person_id, options)


def _count(at: Transaction, poll: Poll, person_id: int, options: Sequence[int]) -> None:
    """Count the vote of a member; nobody else's is kept.

    A vote that was made before Telegram stopped the poll may reach us after: it counts.
    """
    member = members.of_person(at, poll.group_id, person_id)
    if member is None or member.state != "member":
        return
    if poll.closed_at is not None and at.now - poll.closed_at > rules.VOTES_LATE_MAX:
        return
    if poll.draft.anonymous or (len(options) > 1 and not poll.draft.several):
        return  # Telegram sends no such vote
    if all(option in range(len(poll.draft.options)) for option in options):
        store.vote(at, poll.id, member.id, options)


def _stop(at: Transaction, poll: Poll, post: Post) -> None:
    chat = chats.by_id(at, groups.by_id(at, poll.group_id).chat_id)
    if post.message_id is None or post.chat_telegram_id != chat.telegram_id:
        return  # not known, or left behind in the chat that became a supergroup
    stop = {"method": "stopPoll", "params": {"message_id": post.message_id}}
    outbox.queue(at, chat.id, stop, result=STOPPED, subject=poll.id)


CARDS: dict[str, Callable[[Reading, Card], Mapping[str, Any] | None]] = {}
RESULTS: dict[str, Callable[[Transaction, int, Any], None]] = {
    POSTED: _was_posted,
    STOPPED: _was_stopped,
}
