"""What a group's whole export needs that nobody else asks for: whole lists, from the first on."""

import json
from dataclasses import dataclass
from typing import Any

from bot.storage.database import Reading


@dataclass(frozen=True)
class Membership:
    """When a member joined with their consent, and when they left (UTC texts); their household."""

    member_id: int
    state: str
    household_id: int
    consented_at: str | None
    joined_at: str | None
    left_at: str | None


def memberships(at: Reading, group_id: int) -> list[Membership]:
    """Return who is, or was, a member of a group, by number."""
    return [
        Membership(
            row["id"],
            row["state"],
            row["household_id"],
            row["consented_at"],
            row["joined_at"],
            row["left_at"],
        )
        for row in at.all(
            "SELECT * FROM members WHERE group_id = :group AND joined_at IS NOT NULL"
            " ORDER BY number",
            group=group_id,
        )
    ]


def offices(at: Reading, group_id: int) -> list[dict[str, Any]]:
    """Return who held which office from when until when (UTC texts; none: they still do)."""
    return [
        {name: row[name] for name in ("member_id", "office", "since", "until", "decision_id")}
        for row in at.all(
            "SELECT * FROM offices WHERE group_id = :group ORDER BY id", group=group_id
        )
    ]


def digests(at: Reading, group_id: int) -> list[tuple[str, str]]:
    """Return the digests that were said, by month, each with its words as Telegram's HTML."""
    found = []
    for row in at.all(
        "SELECT month, content FROM digests WHERE group_id = :group AND state = 'said'"
        " ORDER BY month",
        group=group_id,
    ):
        params = json.loads(at.key.payloads.open(row["content"]))["params"]
        found.append((row["month"], params.get("caption") or params.get("text") or ""))
    return found
