"""When others are asked whether they know somebody without a phone: in the morning."""

from bot.practices import vouching
from bot.scheduler.agenda import Start

STARTS: dict[str, Start] = {vouching.ASKS: vouching.ask_when_due}
