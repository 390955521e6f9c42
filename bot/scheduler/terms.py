"""When terms end: reminded of two weeks before, as long as they have not."""

from bot.practices import terms
from bot.scheduler.agenda import Start

STARTS: dict[str, Start] = {
    terms.ENDS: terms.remind_when_due,
    terms.VACANT: terms.tell_vacant_when_due,
}
