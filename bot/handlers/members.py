"""Joining, leaving, /members, households, /language."""

from bot.handlers.context import Route

HANDLERS: list[Route] = []
