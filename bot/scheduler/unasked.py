"""When cards that found no room in their day are posted: as long as they are worth it."""

from bot.practices import rounds, sharing, unasked
from bot.scheduler.agenda import Start

STARTS: dict[str, Start] = {
    unasked.due_kind(kind): unasked.post_when_due for kind in (rounds.CARD, sharing.CARD)
}
