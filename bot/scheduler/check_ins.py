"""When rounds open, remind and close."""

from bot.practices import check_ins
from bot.scheduler.agenda import Start

STARTS: dict[str, Start] = {
    check_ins.OPEN: check_ins.open_when_due,
    check_ins.REMIND: check_ins.remind_when_due,
    check_ins.CLOSE: check_ins.close_when_due,
}
