"""`barnraiser run` without a token: the sandbox and the bot in one process, spoken to over HTTP.

This is the command line's own half: the only place where bot and sandbox meet. The bot takes its
clock from the sandbox, so that moving time there moves what is due here.
"""

import contextlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

import click

from bot.app import Barnraiser, barnraiser, stop_on_signals
from bot.settings import Settings
from sandbox import people
from sandbox.cast import SHUNNED, Hints
from sandbox.clock import SandboxClock
from sandbox.server import Sandbox

TOKEN: Final = "7000000000:sandbox"  # noqa: S105 - opens nothing but the sandbox beside us
TICK_SECONDS: Final = 5.0
#: What the villagers leave to whoever looks on: set-up, households, offices, leaving.
LEFT_ALONE: Final = ("setup", "people", "household", "person", "office", "leave", "language")
#: Buttons they pass by, so that a newcomer soon sees a group that lives.
PASSED_BY: Final = ("join_no", "pay_talk", "not_found", "pay_back")
ADDRESS: Final = "Barnraiser is in a group of villagers. Open {} in a browser. Ctrl-C ends it."


@dataclass(frozen=True)
class Trial:
    """A sandbox with a village in it, and the bot that will serve it."""

    sandbox: Sandbox
    bot: Barnraiser


@contextlib.asynccontextmanager
async def trial(settings: Settings, port: int, clock: SandboxClock) -> AsyncIterator[Trial]:
    """Open the sandbox with the bot in a group of villagers; whoever opened it lets the bot serve.

    The database is a new file in a temporary folder: the sandbox's people live as long as it runs.
    """
    with tempfile.TemporaryDirectory(prefix="barnraiser-") as folder:
        settings = replace(
            settings,
            token=TOKEN,
            database=Path(folder) / "sandbox.db",
            tick_seconds=min(settings.tick_seconds, TICK_SECONDS),
            backups_kept=0,
            webhook_url=None,  # the sandbox posts to this machine only; polling is as good here
        )

        async def travel(to: datetime) -> None:
            await bot.travel(to, clock.set)

        async with Sandbox(
            port=port,
            token=TOKEN,
            clock=clock,
            travel=travel,
            bot_name="Barnraiser",
            bot_username="barnraiser_bot",
            hints=Hints(avoid=LEFT_ALONE, shun=(*SHUNNED, *PASSED_BY)),
        ) as sandbox:
            settings = replace(settings, api_url=sandbox.url)
            async with barnraiser(settings, clock=clock.now, monotonic=clock.monotonic) as bot:
                people.village(sandbox.world, add_bot=True)
                yield Trial(sandbox, bot)


async def try_out(settings: Settings, port: int) -> None:
    """Open the sandbox, say where it is, and serve it until stopped."""
    async with trial(settings, port, SandboxClock()) as opened:
        stop_on_signals(opened.bot.stop)
        click.echo(ADDRESS.format(opened.sandbox.url))
        await opened.bot.serve()
