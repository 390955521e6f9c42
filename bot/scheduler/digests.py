"""When the monthly digest is said: caught up within seven days, then let go."""

from bot.practices import digests
from bot.scheduler.agenda import Start

STARTS: dict[str, Start] = {digests.DIGEST: digests.say_when_due}
