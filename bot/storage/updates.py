"""Which updates are done, and those that failed, kept sealed for the operator."""

import json
from datetime import datetime, timedelta
from typing import Any, Final

from bot.domain.calendar import utc_text
from bot.storage.database import Transaction

REMEMBERED: Final = timedelta(days=2)


def is_first(at: Transaction, update_id: int) -> bool:
    """Note that this update is done; False where it was done before."""
    return bool(
        at.run(
            "INSERT OR IGNORE INTO updates_done (update_id, done_at) VALUES (:id, :now)",
            id=update_id,
            now=at.now_text,
        )
    )


def keep_failed(at: Transaction, update: Any, *, why: str, trace: str) -> None:  # noqa: ANN401 - whatever came
    """Keep an update that could not be read, or whose handler failed, with its traceback."""
    update_id = update.get("update_id") if isinstance(update, dict) else None
    at.run(
        "INSERT INTO updates_failed (update_id, failed_at, why, update_sealed, trace_sealed)"
        " VALUES (:id, :now, :why, :update, :trace)",
        id=update_id if isinstance(update_id, int) and abs(update_id) < 2**63 else None,
        now=at.now_text,
        why=why,
        update=at.key.payloads.close(json.dumps(update)),
        # Half a surrogate pair cannot be written: a failure must not fail again here.
        trace=at.key.payloads.close(trace.encode(errors="backslashreplace").decode()),
    )


def forget_old(at: Transaction, planned_for: datetime) -> None:
    """Forget ids of updates that Telegram can no longer repeat, and failures of a month ago.

    `planned_for`: the instant for which the day before had planned this. Where the clock has
    jumped since, an hour ago looks like a month, and Telegram may still repeat what came then.
    """
    before = min(at.now, planned_for) - REMEMBERED
    at.run("DELETE FROM updates_done WHERE done_at < :before", before=utc_text(before))
    at.run(
        "DELETE FROM updates_failed WHERE failed_at < :before",
        before=utc_text(at.now - timedelta(days=30)),
    )
