"""Barnraiser: a chat bot that keeps a peer group's own promises visible."""

__version__ = "0.1.0"
