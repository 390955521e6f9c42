"""Start the sandbox alone: `python -m sandbox --port 8081`."""

import argparse
import asyncio
import contextlib
import logging
from datetime import datetime

from sandbox.clock import SandboxClock
from sandbox.people import village
from sandbox.server import Sandbox


def main() -> None:
    """Read the command line and run until interrupted."""
    parser = argparse.ArgumentParser(prog="sandbox", description="A local Telegram for bots.")
    parser.add_argument("--port", type=int, default=8081, help="0 takes a free one")
    parser.add_argument("--token", help="the only bot token to take; any, unless said")
    parser.add_argument("--bot-username", default="sandbox_bot")
    parser.add_argument("--bot-name", default="Sandbox Bot")
    parser.add_argument("--no-limits", action="store_true", help="switch flood limits off")
    parser.add_argument("--empty", action="store_true", help="begin without the village")
    parser.add_argument("--cast", action="store_true", help="let the villagers loose")
    parser.add_argument("--seed", type=int, help="make chance repeatable")
    parser.add_argument(
        "--start", type=datetime.fromisoformat, help="the first moment, 2026-03-01T09:00+00:00"
    )
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(arguments))


async def _run(arguments: argparse.Namespace) -> None:
    sandbox = Sandbox(
        port=arguments.port,
        token=arguments.token,
        clock=SandboxClock(arguments.start),
        limits=not arguments.no_limits,
        seed=arguments.seed,
        bot_name=arguments.bot_name,
        bot_username=arguments.bot_username,
    )
    if not arguments.empty:
        village(sandbox.world, add_bot=True)
    async with sandbox:
        logging.getLogger("sandbox").info(
            "Page: %s/   Bot API: %s/bot<token>/<method>", sandbox.url, sandbox.url
        )
        if arguments.cast:
            sandbox.cast.start()
        await asyncio.Event().wait()


if __name__ == "__main__":
    main()
