"""A small HTTP server on this machine, for as long as a block lasts: webhook, health, metrics.

Nothing of what it hears is logged. What it has not read of a call that it refused, it does not
read.
"""

import contextlib
from collections.abc import AsyncIterator
from typing import Final

from aiohttp import web

from bot.settings import Address

#: Calls under way have so long to be answered when it ends.
LAST_ANSWERS_SECONDS: Final = 2.0


@contextlib.asynccontextmanager
async def listening(app: web.Application, address: Address) -> AsyncIterator[web.TCPSite]:
    """Serve `app` at an address. Raises OSError where that address cannot be had."""
    runner = web.AppRunner(
        app,
        access_log=None,
        handle_signals=False,
        lingering_time=0,  # a refused body is left unread
        auto_decompress=False,  # nobody we listen to compresses; a bomb would
        shutdown_timeout=LAST_ANSWERS_SECONDS,
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, address.host, address.port)
        await site.start()
        yield site
    finally:
        await runner.cleanup()
