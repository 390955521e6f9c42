"""/poll and the votes."""

from bot.handlers.context import Route

HANDLERS: list[Route] = []
