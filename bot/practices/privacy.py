"""What is kept of oneself: taken away as files, and forgotten.

/mydata gives everything, as it is kept. /forget takes away who somebody is: their name, the way to
them, their words and pictures. The arithmetic stays, under the number they had in each group's
book, which can still be checked; the group reads "a former member". Nothing brings it back: whoever
returns is somebody new.
"""

import functools
import html
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.domain.digests import NAME_MAX, WORDS_MAX, shortened
from bot.domain.errors import Refusal
from bot.practices import decisions, members as members_practice, polls, speaking
from bot.practices.members import Place
from bot.practices.showing import Shown
from bot.rendering import messages, own_data as written
from bot.rendering.files import File
from bot.storage import (
    chats,
    decisions as decision_store,
    forgetting,
    groups,
    hiding,
    members,
    outbox,
    own_data,
    people,
    polls as poll_store,
)
from bot.storage.chats import Chat
from bot.storage.database import Reading, Transaction
from bot.storage.outbox import Card

FORGOTTEN: Final = "forgotten"  # the last words have arrived; the subject is the chat
AT_ONCE_MAX: Final = 100  # messages that Telegram takes away in one call
QUOTED_MIN: Final = 8  # letters: what is shorter is anybody's word, and goes where it stands alone
BEGINNING: Final = 24  # letters by which a quotation is known again that was cut
REDRAWN_MAX: Final = 20  # a group's newest cards
FILES: Final[Mapping[str, tuple[str, str]]] = {  # the file's name, its media type
    "page": ("my-data.html", "text/html"),
    "json": ("my-data.json", "application/json"),
}


class OnlyInPrivate(Refusal):
    """Somebody asks in the group for what is between them and the bot."""


# -- everything about oneself ---------------------------------------------------------------------


def send(at: Transaction, chat: Chat, person_id: int) -> None:
    """Have everything about somebody sent to them: a page to read, and JSON.

    Asked for again within a minute, nothing more is sent. Raises OnlyInPrivate.
    """
    if not chat.is_private:
        raise OnlyInPrivate
    language = people.by_id(at, person_id).language
    for form in FILES:
        speaking.say(
            at,
            chat,
            language,
            "privacy/mydata",
            key=f"mydata:{person_id}:{form}:{at.now_text[:16]}",
            document={"mine": form, "person": person_id, "language": language},
            form=form,
        )


def is_order(order: Mapping[str, Any]) -> bool:
    """Whether the order for a file is one for everything about oneself."""
    return "mine" in order


def make(at: Reading, order: Mapping[str, Any]) -> File:
    """Make the file that was ordered: what is kept now."""
    form, person_id = order["mine"], order["person"]
    kept = own_data.mine(at, person_id)
    if form == "json":
        text = written.json_of(kept, at.now)
    else:
        name = people.by_id(at, person_id).name or ""
        text = written.page_of(kept, order["language"], name, at.now)
    name_of_file, media_type = FILES[form]
    return name_of_file, text.encode(), media_type


# -- being forgotten ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Quoted:
    """What of somebody may be quoted: their name, their words, and what stands in their place."""

    name: str
    words: tuple[str, ...]
    former: str

    def scrub(self) -> Callable[[str], str]:
        """Return what takes it out of a text that we wrote, whole or cut to a line as it was.

        Only where it stands as a name or a quotation, between the marks that every one of them is
        put between: of a name that is also a word of the language, the language keeps its word.
        """
        whole = dict.fromkeys(_forms(self.words, WORDS_MAX), "…")
        names = _forms([self.name], NAME_MAX)
        begun = {one[:BEGINNING] for one in whole if len(one) >= QUOTED_MIN}
        name = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names)) or '(?!)'})(?!\w)")

        def instead(found: re.Match[str]) -> str:
            said = whole.get(found[1]) or name.sub(self.former, found[1])
            if any(one in said for one in begun):  # within a longer line, perhaps cut
                said = "…"
            return f"{messages.ISOLATE}{said}{messages.POP_ISOLATE}"

        pattern = f"{messages.ISOLATE}([^{messages.POP_ISOLATE}]*){messages.POP_ISOLATE}"
        return functools.partial(re.compile(pattern).sub, instead)


def look_at_forgetting(at: Reading, chat: Chat, person_id: int, *, again: bool = False) -> Shown:
    """Show what goes, what stays and why; `again`: the second time. Raises OnlyInPrivate."""
    if not chat.is_private:
        raise OnlyInPrivate
    places = members_practice.places_of(at, person_id)
    offices = any(members.offices_of(at, one.member.id) for one in places)
    facts = {"places": places, "offices": offices}
    return Shown("privacy/forget_sure" if again else "privacy/forget", facts)


def forget(at: Transaction, chat: Chat, person_id: int, message_id: int) -> None:
    """Forget somebody, and say so in the message where they said yes. Raises OnlyInPrivate.

    Their chat is tidied of the last two days, as far as Telegram allows.
    """
    if not chat.is_private:
        raise OnlyInPrivate
    person = people.by_id(at, person_id)
    farewell = messages.render("privacy/forgotten", person.language)
    standing = hiding.standing(at, chat.id, at.now, AT_ONCE_MAX)
    _forget(at, person)
    _take_leave(at, chat, farewell, message_id, standing)


def forget_again(at: Transaction, person_id: int, met: str) -> bool:
    """Forget somebody of whom a copy of before they were forgotten still knew; nothing is said.

    `met`: the instant at which the bot first met them, as it is stored. Returns whether somebody
    was there to be forgotten.
    """
    if not forgetting.is_known(at, person_id, met):
        return False
    chat = chats.of_person(at, person_id)
    _forget(at, people.by_id(at, person_id))
    if chat is not None:
        chats.set_state(at, chat.id, "gone")
    return True


def _forget(at: Transaction, person: people.Person) -> None:
    """Take away who somebody is, in every group and everywhere else."""
    forgetting.begin(at, person.id)
    _leave_groups(at, person.id)
    _take_words_back(at, person)
    forgetting.end(at, person.id, lambda group_id: _former(at, group_id))
    _redraw_groups(at, person.id)


def _leave_groups(at: Transaction, person_id: int) -> None:
    """End what is open of theirs: proposals and polls, offices, memberships."""
    for member_id in forgetting.memberships(at, person_id):
        member = members.by_id(at, member_id)
        group = groups.by_id(at, member.group_id)
        for decision in decision_store.open_in(at, group.id):
            if decision.proposed_by == member_id:
                decisions.take_off(at, decision)
        for poll in poll_store.open_of(at, member_id):
            polls.close(at, poll)
        if member.state == "member":
            members_practice.let_go(at, Place(group, member))
        elif member.state == "asked":
            members.set_state(at, member_id, "left")


def _take_words_back(at: Transaction, person: people.Person) -> None:
    """Take name and words out of whatever others are, or were, told of them."""
    name, words = person.name or "", tuple(forgetting.own_words(at, person.id))
    for member_id in forgetting.memberships(at, person.id):
        group_id = members.by_id(at, member_id).group_id
        gone = messages.plain("privacy/words_gone", groups.by_id(at, group_id).language)
        former = _former(at, group_id)
        forgetting.blank_proposals(at, group_id, member_id, gone)
        forgetting.blank_candidate(at, group_id, member_id, former)
        forgetting.blank_polls(at, group_id, member_id, gone)
        forgetting.blank_work_days(at, group_id, member_id, gone)
        forgetting.scrub_group(at, group_id, _Quoted(name, words, former).scrub())
    former = messages.plain("privacy/former_member", person.language)
    forgetting.scrub_waiting(at, _Quoted(name, (), former).scrub())
    if person.telegram_id is not None:
        forgetting.forget_failures(at, person.telegram_id, name)


def _former(at: Reading, group_id: int) -> str:
    return messages.plain("privacy/former_member", groups.by_id(at, group_id).language)


def _redraw_groups(at: Transaction, person_id: int) -> None:
    """Bring what stands in their groups up to date: the name goes there, too."""
    for member_id in forgetting.memberships(at, person_id):
        group = groups.by_id(at, members.by_id(at, member_id).group_id)
        for card in outbox.cards_in(at, group.chat_id, REDRAWN_MAX):
            outbox.show_card(at, card.kind, card.subject, card.chat_id, urgency=outbox.ANSWER)


def _take_leave(
    at: Transaction, chat: Chat, farewell: messages.Words, message_id: int, standing: Iterable[int]
) -> None:
    """Say the last words, addressed as the chat was: it has no address any more."""
    address = {"chat_id": chat.telegram_id}
    old = [one for one in standing if one != message_id]
    if old:
        call = {"method": "deleteMessages", "params": address | {"message_ids": old}}
        outbox.queue(at, chat.id, call)
    made = speaking.content(farewell)
    made["method"] = "editMessageText"
    made["params"] |= address | {"message_id": message_id}
    outbox.queue(at, chat.id, made, result=FORGOTTEN, subject=chat.id)


def _forms(said: Iterable[str], most: int) -> list[str]:
    """Return texts as they may be quoted: whole, cut, and as HTML writes them."""
    bare = {one for text in said if text.strip() for one in (text, shortened(text, most))}
    return [*bare, *(html.escape(one) for one in bare if html.escape(one) != one)]


def _has_left(at: Transaction, chat_id: int, _result: object) -> None:
    """Nothing more is said in a chat whose person was forgotten."""
    chats.set_state(at, chat_id, "gone")


CARDS: dict[str, Callable[[Reading, Card], Mapping[str, Any] | None]] = {}
RESULTS: dict[str, Callable[[Transaction, int, Any], None]] = {FORGOTTEN: _has_left}
