"""Help between peers: /ask, /offer, and who has been there."""

from bot.handlers.context import Route

HANDLERS: list[Route] = []
