"""Goals: /goals, its taps and answers."""

from bot.handlers.context import Route

HANDLERS: list[Route] = []
