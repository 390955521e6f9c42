"""When the digest is posted."""

from bot.scheduler.agenda import Start

STARTS: dict[str, Start] = {}
