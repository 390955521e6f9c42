"""When decisions are posted, open, remind, close, and are looked back at.

All of it however late, but the reminder: dropped when it would come within the last hour.
"""

from bot.practices import ballots, decisions
from bot.scheduler.agenda import Start

STARTS: dict[str, Start] = {
    decisions.POSTS: decisions.post_when_due,
    decisions.OPENS: decisions.open_when_due,
    decisions.REMINDS: decisions.remind_when_due,
    ballots.CLOSES: decisions.close_when_due,
    decisions.LOOKS: decisions.look_when_due,
}
