"""When polls close."""

from bot.scheduler.agenda import Start

STARTS: dict[str, Start] = {}
