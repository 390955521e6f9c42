"""When contributions are due, who is reminded, and when witnesses are asked (again)."""

from bot.practices import contributions, meeting_lists, witnessing
from bot.scheduler.agenda import Start

STARTS: dict[str, Start] = {
    contributions.DUE["before"]: contributions.remind_when_due,
    contributions.DUE["day"]: contributions.day_when_due,
    contributions.DUE["after"]: contributions.remind_when_due,
    witnessing.ASK: witnessing.ask_when_due,
    meeting_lists.ASK: meeting_lists.ask_when_due,
    witnessing.FOLLOW_UP: witnessing.follow_up_when_due,
}
