"""When contributions are due, who is reminded, and when witnesses are asked (again)."""

from bot.practices import due_days, meeting_lists, witnessing
from bot.scheduler.agenda import Start

STARTS: dict[str, Start] = {
    due_days.DUE["before"]: due_days.remind_when_due,
    due_days.DUE["day"]: due_days.day_when_due,
    due_days.DUE["after"]: due_days.remind_when_due,
    witnessing.ASK: witnessing.ask_when_due,
    meeting_lists.ASK: meeting_lists.ask_when_due,
    witnessing.FOLLOW_UP: witnessing.follow_up_when_due,
}
