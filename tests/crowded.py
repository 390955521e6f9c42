"""Time that passes while Telegram's limits are in force, for stories of many people at once."""

import asyncio
from datetime import timedelta

from village import Village

from bot.delivery.outbox import AT_ONCE_MAX


async def limits_hold(village: Village) -> None:
    """From now on Telegram's flood limits are in force; what was said before is forgotten."""
    assert village.bot is not None
    village.sandbox.limits.on, village.bot.outbox._pace.unlimited = True, False
    await passes(village, 600)
    village.sandbox.calls.clear()


async def passes(village: Village, seconds: float) -> None:
    """Time passes; what has come in by then is done, and what may leave by then has left."""
    await _keeps_up(village)
    village.sandbox.clock.set(village.now + timedelta(seconds=seconds))
    assert village.bot is not None
    village.bot.outbox.wake()
    await _keeps_up(village)


async def _keeps_up(village: Village) -> None:
    assert village.bot is not None
    sends = village.bot.outbox
    while (  # noqa: ASYNC110 - the bot tells nobody when it rests
        len(village.world.updates)
        or village.bot.intake.busy
        or sends._turning
        or sends._look
        or sends._lanes.busy
        or sends._lanes.seconds_to_next(village.sandbox.clock.monotonic(), AT_ONCE_MAX) <= 0
    ):
        await asyncio.sleep(0.002)
