"""A local Telegram: a Bot API server with groups, people, polls, limits, faults and a clock.

A real bot talks to it over HTTP as it would to api.telegram.org. People in it are moved by the
page, by the cast of villagers, or by tests. It knows nothing of any particular bot.
"""

from sandbox.clock import SandboxClock
from sandbox.server import Sandbox

__all__ = ["Sandbox", "SandboxClock"]
