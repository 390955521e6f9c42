"""Setting a group up: added, the set-up message, /setup, /agreement, /settings."""

from bot.handlers.context import Route

HANDLERS: list[Route] = []
