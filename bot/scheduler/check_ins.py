"""When rounds open, remind and close."""

from bot.scheduler.agenda import Start

STARTS: dict[str, Start] = {}
