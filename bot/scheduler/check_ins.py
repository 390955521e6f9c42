"""When rounds open, remind and close, and when members are sent their own month."""

from bot.practices import check_ins, own_month, rounds
from bot.scheduler.agenda import Start

STARTS: dict[str, Start] = {
    check_ins.OPEN: check_ins.open_when_due,
    check_ins.REMIND: check_ins.remind_when_due,
    check_ins.CLOSE: check_ins.close_when_due,
    rounds.OWN_MONTH: own_month.send_when_due,
}
