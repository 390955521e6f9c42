"""The bot as it is, on a database that `village.py` made.

    python benchmarks/serve.py URL DATABASE [CALLS_A_SECOND]

Telegram's 30 calls a second are not kept here unless they are asked for: what is measured is the
bot, not the waiting. What it does for the sake of a chat is kept: forty answers are one edit of
their group's card.
"""

import asyncio
import signal
import sys
from pathlib import Path

from bot.app import barnraiser
from bot.delivery.limits import Pace
from bot.settings import Settings


async def main() -> None:
    """Serve until told to stop."""
    settings = Settings(token="7:bench-of-answers", api_url=sys.argv[1], database=Path(sys.argv[2]))
    pace = Pace(overall_max=int(sys.argv[3]) if len(sys.argv) > 3 else 100_000)
    async with barnraiser(settings, pace=pace) as bot:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, bot.stop)
        await bot.serve()


asyncio.run(main())
