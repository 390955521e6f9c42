"""The least of a Bot API server: hands out prepared updates and counts what comes back.

It keeps Telegram's promise (an update stays until an offset above it is sent) and can answer
slowly, as a server across the world does. It runs in the driver's process, on a core of its own.
"""

import asyncio
import json
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from aiohttp import web

BATCH = 100
ME = {"id": 7, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
ANSWERS = ("sendMessage", "editMessageText")


@dataclass
class FakeApi:
    """One bot's worth of updates, and what it did with them."""

    latency_s: float = 0.0
    pending: deque[dict[str, Any]] = field(default_factory=deque)
    counts: Counter[str] = field(default_factory=Counter)
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    wanted: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    answers: int = 0
    next_message: int = 1_000_000
    tapped: set[int] = field(default_factory=set)  # whom an edit answers, and not a new message
    asked_at: dict[int, float] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)  # how long each answer took

    async def start(self) -> str:
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self.call)
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)  # polls hang
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        return f"http://127.0.0.1:{self.runner.addresses[0][1]}"

    async def stop(self) -> None:
        await self.runner.cleanup()

    def offer(self, updates: list[dict[str, Any]]) -> None:
        """Hand these out from now, and wait for as many answers."""
        self.answered.clear()
        self.counts.clear()
        self.answers = 0
        self.wanted = len(updates)
        self.pending += updates
        self.arrived.set()

    def add(self, update: dict[str, Any]) -> None:
        """Hand out one more, and see how long its answer takes."""
        tap = update.get("callback_query")
        chat_id = (update["message"] if tap is None else tap["message"])["chat"]["id"]
        self.asked_at[chat_id] = time.perf_counter()
        if tap is not None:
            self.tapped.add(chat_id)
        self.pending.append(update)
        self.arrived.set()

    async def call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        params = dict(request.query)
        if request.method == "POST":
            params |= await _body(request)
        if method == "getUpdates":
            return _ok(
                await self._updates(
                    int(params.get("offset") or 0), float(params.get("timeout") or 0)
                )
            )
        if self.latency_s:
            await asyncio.sleep(self.latency_s)
        self.counts[method] += 1
        if method == "getMe":
            return _ok(ME)
        if method not in ANSWERS:
            return _ok(result=True)
        self._see_answer(method, int(params["chat_id"]))
        self.next_message += 1
        chat = {"id": int(params["chat_id"]), "type": "private", "first_name": "x"}
        return _ok({"message_id": self.next_message, "date": 1, "chat": chat, "text": "x"})

    def _see_answer(self, method: str, chat_id: int) -> None:
        """Count what answers a person: what the group's card shows is none."""
        if chat_id < 0 or (method != "sendMessage" and chat_id not in self.tapped):
            return
        self.tapped.discard(chat_id)
        if (asked_at := self.asked_at.pop(chat_id, None)) is not None:
            self.seconds.append(time.perf_counter() - asked_at)
        self.answers += 1
        if self.answers >= self.wanted:
            self.answered.set()

    async def _updates(self, offset: int, seconds: float) -> list[dict[str, Any]]:
        while self.pending and self.pending[0]["update_id"] < offset:
            self.pending.popleft()
        if not self.pending and seconds:
            self.arrived.clear()
            try:
                await asyncio.wait_for(self.arrived.wait(), seconds)
            except TimeoutError:
                return []
        return list(islice(self.pending, BATCH))


def _ok(result: object) -> web.Response:
    return web.Response(
        text=json.dumps({"ok": True, "result": result}), content_type="application/json"
    )


async def _body(request: web.Request) -> dict[str, str]:
    sent = await (request.json() if request.content_type == "application/json" else request.post())
    return {name: str(value) for name, value in sent.items()}
