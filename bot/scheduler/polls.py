"""When polls close: always, however late."""

from bot.practices import polls
from bot.scheduler.agenda import Start

STARTS: dict[str, Start] = {polls.CLOSE: polls.close_when_due}
