"""What a group's time for keeping answers erases; and what of the bot's own rows is old.

Counts, amounts, who confirmed, how votes ended, and what was made of all answers together when a
check-in closed: all of that stays.
"""

from datetime import datetime, timedelta
from typing import Final

from bot.domain.calendar import utc_text
from bot.storage.database import Reading, Row, Transaction

NOTHING: Final = "…"  # in place of words that may not be missing
HALF_WAY: Final = timedelta(days=60)  # so long an unfinished draft or an open question waits
PARKED: Final = timedelta(days=7)

_CHECK_INS: Final = (
    "SELECT check_ins.id FROM rounds JOIN check_ins ON check_ins.round_id = rounds.id"
    " WHERE rounds.group_id = :group AND closed_at < :until"
)
_VALUES: Final = (
    "SELECT goal_values.id FROM members JOIN goals ON goals.member_id = members.id"
    " JOIN goal_values ON goal_values.goal_id = goals.id WHERE members.group_id = :group"
)
_DECISIONS: Final = "SELECT id FROM decisions WHERE group_id = :group AND closed_at < :until"
_CLAIMS: Final = (
    "SELECT id FROM claims WHERE group_id = :group AND said_at < :until"
    " AND id NOT IN (SELECT claim_id FROM open_claims WHERE group_id = :group)"
)
_ASKS: Final = (
    "SELECT asks.id, person_id, words AS sealed FROM members"
    " JOIN asks ON asks.member_id = members.id AND asks.state != 'open'"
    " WHERE members.group_id = :group AND state_since < :until"
)
_THINGS: Final = (
    "SELECT help_reports.id, tellers.person_id, thing AS sealed FROM members AS tellers"
    " JOIN help_reports ON said_by = tellers.id"
    " WHERE tellers.group_id = :group AND said_at < :until AND thing IS NOT NULL"
)


def erase(at: Transaction, group_id: int, before: datetime) -> None:
    """Erase what members of a group told before an instant, and note until when it is erased."""
    facts = {"group": group_id, "until": utc_text(before)}
    at.run(
        "INSERT INTO erasures (group_id, erased_before, under_way) VALUES (:group, :until, 1)"
        " ON CONFLICT (group_id) DO UPDATE SET under_way = 1,"
        " erased_before = max(erased_before, excluded.erased_before)",
        **facts,
    )
    at.run(f"DELETE FROM check_in_answers WHERE check_in_id IN ({_CHECK_INS})", **facts)  # noqa: S608
    at.run(f"DELETE FROM goal_reasons WHERE value_id IN ({_VALUES}) AND said_at < :until", **facts)  # noqa: S608
    at.run(f"DELETE FROM claim_photos WHERE claim_id IN ({_CLAIMS})", **facts)  # noqa: S608
    at.run(f"UPDATE votes SET reason = NULL WHERE decision_id IN ({_DECISIONS})", **facts)  # noqa: S608
    at.run(f"DELETE FROM decision_reasons WHERE decision_id IN ({_DECISIONS})", **facts)  # noqa: S608
    _blank(at, "asks", "words", at.all(_ASKS, **facts))
    _blank(at, "help_reports", "thing", at.all(_THINGS, **facts))
    at.run("UPDATE erasures SET under_way = 0 WHERE group_id = :group", group=group_id)


def erased_before(at: Reading, group_id: int) -> str | None:
    """Return until when a group's answers were erased (UTC text); None where none ever were."""
    found: str | None = at.value(
        "SELECT erased_before FROM erasures WHERE group_id = :group", group=group_id
    )
    return found


def _blank(at: Transaction, table: str, column: str, rows: list[Row]) -> None:
    """Take the words out of rows that stay; those of who was forgotten cannot be read any more."""
    for row in rows:
        if at.open_for(row["person_id"], row["sealed"]) not in {None, NOTHING}:
            at.run(
                f"UPDATE {table} SET {column} = :words WHERE id = :id",  # noqa: S608 - our own words
                words=at.seal_for(row["person_id"], NOTHING),
                id=row["id"],
            )


def forget_half_way(at: Transaction) -> None:
    """Forget drafts nobody finished, questions nobody answered, votes whose poll never came."""
    half_way = utc_text(at.now - HALF_WAY)
    at.run("DELETE FROM ask_drafts WHERE since < :before", before=half_way)
    at.run("DELETE FROM goal_drafts WHERE since < :before", before=half_way)
    at.run("DELETE FROM poll_drafts WHERE since < :before", before=half_way)
    at.run("DELETE FROM decision_drafts WHERE since < :before", before=half_way)
    at.run("DELETE FROM plan_drafts WHERE since < :before", before=half_way)
    at.run("DELETE FROM questions WHERE asked_at < :before", before=half_way)
    parked = utc_text(at.now - PARKED)
    at.run("DELETE FROM poll_votes_parked WHERE came_at < :before", before=parked)
