"""When contributions are due, and who is reminded."""

from bot.scheduler.agenda import Start

STARTS: dict[str, Start] = {}
