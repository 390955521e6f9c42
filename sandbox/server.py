"""The sandbox's server: one port with the Bot API, the control API and the page."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from types import TracebackType
from typing import Self

from aiohttp import web

from sandbox import people
from sandbox.calls import Calls
from sandbox.cast import Cast, Hints
from sandbox.clock import SandboxClock
from sandbox.control import Control
from sandbox.faults import Faults
from sandbox.gateway import BODY_BYTES_MAX, Gateway
from sandbox.limits import Limits
from sandbox.webhook import Webhook
from sandbox.world import World

HOST = "127.0.0.1"
TICK_SECONDS = 0.5

Travel = Callable[[datetime], Awaitable[None]]


class Sandbox:
    """A local Telegram, as an async context manager.

    Args:
        port: 0 takes a free one.
        token: the only bot token it takes; None takes any.
        clock: its time.
        travel: moves the clock to a moment in steps, so that whatever is due in between happens;
            by default the clock jumps.
        limits: whether Telegram's flood limits hold.
        hints: what the villagers should know of the bot.
        seed: makes ids, chance and villagers repeatable.
        bot_name: the bot's first name.
        bot_username: its username.
    """

    people = people

    def __init__(
        self,
        *,
        port: int = 0,
        token: str | None = None,
        clock: SandboxClock | None = None,
        travel: Travel | None = None,
        limits: bool = True,
        hints: Hints | None = None,
        seed: int | None = None,
        bot_name: str = "Sandbox Bot",
        bot_username: str = "sandbox_bot",
    ) -> None:
        self.clock = clock or SandboxClock()
        self.world = World(self.clock, seed=seed, bot_name=bot_name, bot_username=bot_username)
        if token is not None and token.partition(":")[0].isdecimal():
            self.world.bot.id = int(token.partition(":")[0])
        self.limits = Limits(self.clock, on=limits)
        self.faults = Faults(seed)
        self.calls = Calls()
        self.webhook = Webhook(self.world.updates)
        self.cast = Cast(self.world, hints or Hints(), seed=seed)
        self.gateway = Gateway(
            self.world, self.limits, self.faults, self.calls, self.webhook, token
        )
        self.control = Control(self, travel)
        self._wanted_port = port
        self._runner: web.AppRunner | None = None
        self._ticking: asyncio.Task[None] | None = None
        self.url = ""

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.url.rpartition(":")[2])

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=BODY_BYTES_MAX)
        app.router.add_route("*", "/bot{token:[^/]+}/{method:[^/]+}", self.gateway.call)
        app.router.add_get("/file/bot{token:[^/]+}/{path:.+}", self.gateway.file)
        self.control.add_routes(app)
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=0.5
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, self._wanted_port)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"http://{HOST}:{port}"
        self._ticking = asyncio.create_task(self._tick())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.cast.stop()
        await self.webhook.remove()
        self.control.close()
        if self._ticking is not None:
            self._ticking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._ticking
        if self._runner is not None:
            await self._runner.cleanup()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            self.world.tick()
