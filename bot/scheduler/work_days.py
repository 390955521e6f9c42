"""When those who come to a work day are reminded, and when it is asked what was done."""

from bot.practices import work_days
from bot.scheduler.agenda import Start

STARTS: dict[str, Start] = {
    work_days.REMIND: work_days.remind_when_due,
    work_days.OVER: work_days.over_when_due,
}
