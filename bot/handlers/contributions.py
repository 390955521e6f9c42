"""Contributions: /pay, its taps and answers, /fund."""

from bot.handlers.context import Route

HANDLERS: list[Route] = []
