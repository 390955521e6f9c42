"""What happens to chats: the bot is added, removed, blocked; a group migrates."""

from bot.handlers.context import Route

HANDLERS: list[Route] = []
