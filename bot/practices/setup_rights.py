"""Who may press at set-up: at first whoever added the bot or is an admin of the chat.

Telegram is asked who somebody is. Once the group has agreed that counts for nothing: then the
facilitator may, and until somebody first facilitates, whoever set the group up.
"""

from datetime import timedelta
from typing import Any, Final

from bot.domain.errors import Refusal
from bot.practices.members import NotTheFacilitator
from bot.rendering import messages
from bot.storage import groups, members, outbox, people
from bot.storage.chats import Chat
from bot.storage.database import Reading, Transaction
from bot.storage.groups import Group
from bot.storage.people import Person

ADMIN_KNOWN: Final = "setup_admin_known"
ADMINS_KNOWN: Final = "setup_admins_known"
ADMIN_NEWS_HOLDS: Final = timedelta(minutes=1)


class OnlyAdminsSetUp(Refusal):
    """At set-up, only an admin or whoever added the bot may press."""


class NothingToSetUp(Refusal):
    """A button of a set-up that is over."""


def asks_telegram_about(at: Transaction, chat: Chat, person: Person) -> bool:
    """Whether a presser must first be looked up at Telegram; then the question is on its way.

    Raises OnlyAdminsSetUp for somebody who is known to be none, NotTheFacilitator, NothingToSetUp.
    """
    group = group_of(at, chat)
    if groups.setup(at, group.id) is None:
        raise NothingToSetUp
    if _may_set_up(at, group, person.id):
        return False
    known = groups.admin_known(at, group.id, person.id)
    is_news = known is not None and at.now - known[1] < ADMIN_NEWS_HOLDS
    if is_agreed(at, group) or is_news:
        require_may(at, group, person.id)
    # Asked once while no answer is there, however often they press.
    key = f"admin:{group.id}:{person.id}"
    outbox.forget_key(at, key)
    outbox.queue(
        at,
        chat.id,
        {"method": "getChatMember", "params": {"user_id": person.telegram_id}},
        key=key,
        result=ADMIN_KNOWN,
        subject=group.id,
    )
    return True


def is_agreed(at: Reading, group: Group) -> bool:
    """Whether the group has an agreement."""
    return groups.agreed_since(at, group.id) is not None


def _may_set_up(at: Reading, group: Group, person_id: int) -> bool:
    if not is_agreed(at, group):
        known = groups.admin_known(at, group.id, person_id)
        return person_id == group.added_by or (known is not None and known[0])
    member = members.of_person(at, group.id, person_id)
    if member is None or member.state != "member":
        return person_id == group.added_by and not members.was_held(at, group.id, "facilitator")
    return "facilitator" in members.offices_of(at, member.id)


def facilitators_of(at: Reading, group: Group) -> list[str]:
    """Return the names of those who facilitate."""
    return [one.name for one in members.holders(at, group.id, "facilitator")]


def require_may(at: Reading, group: Group, person_id: int) -> None:
    """Hold somebody to what they may. Raises OnlyAdminsSetUp, or later NotTheFacilitator."""
    if _may_set_up(at, group, person_id):
        return
    if is_agreed(at, group):
        raise NotTheFacilitator(facilitators=facilitators_of(at, group))
    raise OnlyAdminsSetUp


def admin_known(at: Transaction, group_id: int, result: Any) -> None:  # noqa: ANN401 - a ChatMember
    """Keep what Telegram said about one person."""
    user = result["user"]
    person = people.by_telegram_id(at, user["id"])
    if person is not None:
        is_admin = result["status"] in {"creator", "administrator"}
        groups.know_admin(at, group_id, person.id, is_admin=is_admin)


def admins_known(at: Transaction, group_id: int, result: Any) -> None:  # noqa: ANN401 - ChatMembers
    """Keep whom Telegram named as admins of the chat."""
    for one in result:
        user = one["user"]
        if user.get("is_bot"):
            continue
        name = " ".join(filter(None, (user.get("first_name"), user.get("last_name"))))
        person = people.met(
            at,
            telegram_id=user["id"],
            name=messages.clean_name(name) or "…",
            language=messages.nearest_language(user.get("language_code")),
        )
        groups.know_admin(at, group_id, person.id, is_admin=True)


def group_of(at: Reading, chat: Chat) -> Group:
    """Return the group of a chat. Raises NothingToSetUp."""
    group = groups.of_chat(at, chat.id)
    if group is None:
        raise NothingToSetUp
    return group
