"""/digest and /thanks."""

from bot.handlers.context import Route

HANDLERS: list[Route] = []
