"""Reading what a group agreed: anybody in its chat, and its members in private, at any time."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.domain.errors import Refusal
from bot.storage import groups, members
from bot.storage.chats import Chat
from bot.storage.database import Reading, Transaction
from bot.storage.groups import Group
from bot.storage.outbox import Card


class NothingAgreed(Refusal):
    """There is no agreement to read: the group is not set up, or somebody is in none."""


def read_in(at: Reading, chat: Chat) -> dict[str, Any]:
    """Return the facts of what the group of a chat agreed. Raises NothingAgreed."""
    group = groups.of_chat(at, chat.id)
    if group is None or groups.agreed_since(at, group.id) is None:
        raise NothingAgreed
    return _facts(at, group)


def read_all(at: Reading, person_id: int) -> list[dict[str, Any]]:
    """Return the same of each group that a person is in. Raises NothingAgreed."""
    found = [_facts(at, groups.by_id(at, one)) for one in members.groups_of(at, person_id)]
    if not found:
        raise NothingAgreed
    return found


def _facts(at: Reading, group: Group) -> dict[str, Any]:
    return {
        "group": group,
        "agreement": groups.agreement(at, group.id),
        "since": groups.agreed_since(at, group.id),
        "offices": {
            office: holders
            for office in members.OFFICES
            if (holders := members.holders(at, group.id, office))
        },
    }


CARDS: dict[str, Callable[[Reading, Card], Mapping[str, Any] | None]] = {}
RESULTS: dict[str, Callable[[Transaction, int, Any], None]] = {}
