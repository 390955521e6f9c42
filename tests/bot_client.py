"""A bot that speaks plain HTTP, and the hands of those who move the world over the control API."""

from dataclasses import dataclass
from typing import Any

import aiohttp

from sandbox import Sandbox
from sandbox.people import Village

Json = Any  # whatever came over the wire
TOKEN = "7000000001:any"


@dataclass
class Refusal:
    code: int
    description: str
    parameters: dict[str, Any]


class BotClient:
    """Calls methods; remembers the offset, as a bot does."""

    def __init__(self, sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
        self.sandbox = sandbox
        self.session = session
        self.offset = 0

    async def raw(self, method: str, **parameters: Json) -> dict[str, Any]:
        url = f"{self.sandbox.url}/bot{TOKEN}/{method}"
        async with self.session.post(url, json=parameters) as answer:
            body: dict[str, Any] = await answer.json()
            assert answer.status == (200 if body["ok"] else body["error_code"])
            return body

    async def call(self, method: str, **parameters: Json) -> Json:
        body = await self.raw(method, **parameters)
        assert body["ok"], body
        return body["result"]

    async def refused(self, method: str, **parameters: Json) -> Refusal:
        body = await self.raw(method, **parameters)
        assert not body["ok"], body
        return Refusal(body["error_code"], body["description"], body.get("parameters", {}))

    async def upload(self, method: str, form: aiohttp.FormData) -> dict[str, Any]:
        url = f"{self.sandbox.url}/bot{TOKEN}/{method}"
        async with self.session.post(url, data=form) as answer:
            body: dict[str, Any] = await answer.json()
            return body

    async def updates(self, seconds: int = 0, **parameters: Json) -> list[dict[str, Any]]:
        """Fetch what is new, and confirm it with the next call."""
        found = await self.call("getUpdates", offset=self.offset, timeout=seconds, **parameters)
        if found:
            self.offset = found[-1]["update_id"] + 1
        return [update for update in found if isinstance(update, dict)]

    async def update(self, kind: str) -> Json:
        """Fetch what is new and give the one update of this kind."""
        found = [each[kind] for each in await self.updates() if kind in each]
        assert len(found) == 1, found
        return found[0]

    async def kinds(self) -> list[str]:
        """Fetch what is new and name its kinds."""
        return [next(name for name in each if name != "update_id") for each in await self.updates()]

    # The control API

    async def control(self, path: str, **fields: Json) -> Json:
        async with self.session.post(f"{self.sandbox.url}/sandbox/{path}", json=fields) as answer:
            body = await answer.json()
            assert answer.status == 200, body
            return body

    async def impossible(self, path: str, **fields: Json) -> str:
        async with self.session.post(f"{self.sandbox.url}/sandbox/{path}", json=fields) as answer:
            body = await answer.json()
            assert 400 <= answer.status < 500, (answer.status, body)
            return str(body["error"])

    async def look(self, path: str) -> Json:
        async with self.session.get(f"{self.sandbox.url}/sandbox/{path}") as answer:
            assert answer.status == 200
            return await answer.json()


@dataclass
class Place:
    """A sandbox with a village in it, the bot in the group, and a bot client."""

    sandbox: Sandbox
    village: Village
    bot: BotClient

    @property
    def you(self) -> int:
        return self.village.you.id

    @property
    def group(self) -> int:
        return self.village.group.id
