"""When answers older than a group keeps them are erased: daily, and caught up however late."""

from bot.practices import retention
from bot.scheduler.agenda import Start

STARTS: dict[str, Start] = {
    retention.ERASE: retention.erase_when_due,
    retention.TELL: retention.tell_when_due,
}
