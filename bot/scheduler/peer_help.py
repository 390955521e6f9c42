"""When asks run out."""

from bot.scheduler.agenda import Start

STARTS: dict[str, Start] = {}
