"""Plans that somebody is making or changing, until they hold or are given up."""

import json
from typing import Any

from bot.storage.database import Reading, Transaction


def find(at: Reading, group_id: int, person_id: int) -> dict[str, Any] | None:
    """Return the plan a person is making for a group, if they are."""
    sealed: bytes | None = at.value(
        "SELECT document FROM plan_drafts WHERE group_id = :group AND person_id = :person",
        group=group_id,
        person=person_id,
    )
    if sealed is None:
        return None
    found: dict[str, Any] = json.loads(at.key.payloads.open(sealed))
    return found


def keep(at: Transaction, group_id: int, person_id: int, draft: dict[str, Any]) -> None:
    """Keep a plan that is being made; the group's own words in it are sealed."""
    at.run(
        "INSERT INTO plan_drafts (group_id, person_id, document, since)"
        " VALUES (:group, :person, :document, :now) ON CONFLICT (group_id, person_id)"
        " DO UPDATE SET document = excluded.document, since = excluded.since",
        group=group_id,
        person=person_id,
        document=at.key.payloads.close(json.dumps(draft, sort_keys=True)),
        now=at.now_text,
    )


def end(at: Transaction, group_id: int, person_id: int) -> None:
    """Forget a plan that was being made: it holds, or is given up."""
    at.run(
        "DELETE FROM plan_drafts WHERE group_id = :group AND person_id = :person",
        group=group_id,
        person=person_id,
    )
