"""Telegram as the bot's machine reaches it: the sandbox's own functions, over a line that fails.

No sockets: this stands where aiohttp's session stands under the bot's transport. What has been
accepted is written down here, whatever the bot came to know of it.
"""

import asyncio
import contextvars
import json
import random
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import Any, Final, Self

import aiohttp
from aiohttp import web
from proofs.simulation.feed import Feed
from proofs.simulation.machine import Power, PowerGone

from sandbox.calls import RecordedCall
from sandbox.parameters import Upload
from sandbox.server import Sandbox

#: Which row of the outbox the call that is being made is of.
ROW: Final[contextvars.ContextVar[int | None]] = contextvars.ContextVar("row", default=None)

HTML = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
SHORT_WAITS = (1, 2, 5, 30)
LONG_WAIT = 1800
#: How a call may fare. After those of the second line nobody can know whether it arrived.
SURE: Final = ("not_reached", "flood", "flood_long", "proxy_401", "proxy_404")
UNSURE: Final = (
    "dropped_before", "dropped_after", "late_before", "late_after", "error_500", "proxy_502",
    "proxy_502_after", "half_an_answer",
)  # fmt: skip
ARRIVES: Final = frozenset({"", "dropped_after", "late_after", "proxy_502_after", "half_an_answer"})


@dataclass
class Arrived:
    """A call of the outbox that Telegram took."""

    row: int
    method: str
    chat: int
    message_id: int | None


@dataclass
class Record:
    """What Telegram saw of the bot."""

    arrived: list[Arrived] = field(default_factory=list)
    unsure: Counter[int] = field(default_factory=Counter)  # how often nobody could know, by row
    calls: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    as_it_was: set[int] = field(default_factory=set)  # edits that changed nothing


class Line:
    """The line between them, and Telegram at its end."""

    def __init__(
        self,
        sandbox: Sandbox,
        chance: random.Random,
        trace: Callable[[str], None],
        is_busy: Callable[[], bool],
    ) -> None:
        self.sandbox = sandbox
        self.record = Record()
        self.feed = Feed(sandbox, chance, is_busy)
        self.share_failing = 0.0  # of the calls
        self.is_cut = False  # nothing goes through at all
        self.only_sends_fail = False
        self.is_deaf = False  # what is sent arrives, and nothing is heard
        self._chance = chance
        self._trace = trace

    def session(self, power: Power) -> "Session":
        """Connect a life of the bot."""
        return Session(self, power)

    # -- one call ---------------------------------------------------------------------------------

    async def meets(
        self,
        power: Power,
        method: str,
        given: dict[str, Any],
        files: dict[str, Upload],
        limit: float,
    ) -> tuple[int, bytes]:
        """One call, from its leaving to its answer or to the end of all waiting."""
        power.step("call")
        row, fate = ROW.get(), self._fate(method)
        self.record.calls[method] += 1
        if fate:
            self.record.faults[fate] += 1
        if fate == "not_reached":
            await asyncio.sleep(self._chance.uniform(0.01, 3))
            raise aiohttp.ConnectionTimeoutError
        answer = asyncio.get_running_loop().create_future()
        if row is not None and fate in UNSURE:
            self.record.unsure[row] += 1
        asyncio.get_running_loop().call_later(
            self._chance.uniform(0.01, 0.15), self._arrives, fate, method, given, files, row, answer
        )
        status, body = await answer
        power.step("answer")
        if fate.startswith("late"):
            await asyncio.sleep(limit)
            raise TimeoutError
        if fate.startswith("dropped"):
            raise aiohttp.ServerDisconnectedError
        return status, body

    def _fate(self, method: str) -> str:
        fails = self.is_cut or self._chance.random() < self.share_failing
        if not fails or (self.only_sends_fail and not method.startswith(("send", "edit"))):
            return ""
        if self.is_cut:
            return "not_reached" if self._chance.random() < 0.7 else "late_before"
        return self._chance.choice(SURE + UNSURE)

    def _arrives(
        self,
        fate: str,
        method: str,
        given: dict[str, Any],
        files: dict[str, Upload],
        row: int | None,
        answer: asyncio.Future[tuple[int, bytes]],
    ) -> None:
        status, body = self._outcome(fate, method, given, files, row)
        self._trace(f"call {row} {method} {given.get('chat_id')} {fate} {status} {_stable(given)}")
        if not answer.done():
            answer.set_result((status, body))

    def _outcome(
        self,
        fate: str,
        method: str,
        given: dict[str, Any],
        files: dict[str, Upload],
        row: int | None,
    ) -> tuple[int, bytes]:
        if fate in ARRIVES:
            status, body = self._play(method, given, files, row)
            if fate == "half_an_answer":
                return status, body[: len(body) // 2]
            return (502, HTML) if fate == "proxy_502_after" else (status, body)
        if fate.startswith("flood"):
            wait = LONG_WAIT if fate == "flood_long" else self._chance.choice(SHORT_WAITS)
            return 429, _refusal(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        if fate == "error_500":
            return 500, _refusal(500, "Internal Server Error")
        return (int(fate[-3:]) if fate.startswith("proxy") else 0), HTML

    def _play(
        self, method: str, given: dict[str, Any], files: dict[str, Upload], row: int | None
    ) -> tuple[int, bytes]:
        chat = given.get("chat_id")
        record = RecordedCall(method, given, chat, self.sandbox.clock.now())
        self.sandbox.calls.add(record)
        response = _at_once(self.sandbox.gateway._answer(method, given, files, record))
        body = response.body
        assert isinstance(body, bytes)
        if row is not None and response.status == 200:
            result = json.loads(body)["result"]
            message_id = result.get("message_id") if isinstance(result, dict) else None
            self.record.arrived.append(Arrived(row, method, chat or 0, message_id))
        elif row is not None and b"message is not modified" in body:
            self.record.as_it_was.add(row)
        return response.status, body


class Session:
    """What the bot's transport takes for aiohttp's session."""

    def __init__(self, line: Line, power: Power) -> None:
        self._line = line
        self._power = power
        self.closed = False

    def post(self, url: str, *, data: Any, timeout: aiohttp.ClientTimeout, **_: Any) -> "_Exchange":  # noqa: ANN401 - the library's own
        """One request."""
        return _Exchange(self._line, self._power, url.rpartition("/")[2], data, timeout.total or 30)

    async def close(self) -> None:
        """Hang up."""
        self.closed = True


class _Exchange:
    def __init__(self, line: Line, power: Power, method: str, data: Any, limit: float) -> None:  # noqa: ANN401 - the library's own
        self._line, self._power, self._method, self._limit = line, power, method, limit
        self._data = data
        self.status = 0
        now = line.sandbox.clock.now()
        self.headers = {"Date": format_datetime(now, usegmt=True)}
        self._body = b""

    async def __aenter__(self) -> Self:
        given, files = _read(self._data)
        if self._method == "getUpdates":
            self.status, self._body = 200, await self._polls(given)
        else:
            self.status, self._body = await self._line.meets(
                self._power, self._method, given, files, self._limit
            )
        if self._power.is_gone:
            raise PowerGone
        return self

    async def _polls(self, given: dict[str, Any]) -> bytes:
        self._power.step("poll")
        line = self._line
        fate = "not_reached" if line.is_deaf else line._fate("getUpdates")
        if fate == "not_reached":
            line.record.faults["poll_not_reached"] += 1
            await asyncio.sleep(1)
            raise aiohttp.ConnectionTimeoutError
        updates = await line.feed.gives(given)
        line._trace(f"gives {given.get('offset')} {[one['update_id'] for one in updates]} {fate}")
        self._power.step("updates")
        if fate and fate != "flood_long":
            line.record.faults["poll_lost"] += 1
            raise aiohttp.ServerDisconnectedError
        line.feed.is_given(updates)
        return json.dumps({"ok": True, "result": updates}).encode()

    async def __aexit__(self, *_: object) -> None:
        pass

    async def read(self) -> bytes:
        """What came back."""
        return self._body


def _read(data: Any) -> tuple[dict[str, Any], dict[str, Upload]]:  # noqa: ANN401 - the library's own
    if isinstance(data, aiohttp.JsonPayload):
        return json.loads(data._value), {}
    assert isinstance(data, aiohttp.FormData)
    given: dict[str, Any] = {}
    files: dict[str, Upload] = {}
    for options, headers, value in data._fields:
        if "filename" in options:
            files[options["name"]] = Upload(options["filename"], value, headers["Content-Type"])
        else:
            given[options["name"]] = value
    if (chat := given.get("chat_id")) is not None:
        given["chat_id"] = int(chat)
    return given, files


def _refusal(code: int, words: str, **parameters: int) -> bytes:
    body: dict[str, object] = {"ok": False, "error_code": code, "description": words}
    if parameters:
        body["parameters"] = parameters
    return json.dumps(body).encode()


def _at_once(work: Coroutine[Any, Any, web.Response]) -> web.Response:
    """What a method gives that waits for nothing."""
    try:
        work.send(None)
    except StopIteration as done:
        response: web.Response = done.value
        return response
    raise AssertionError("it waits")


def _stable(given: Mapping[str, Any]) -> str:
    return json.dumps(given, sort_keys=True, ensure_ascii=False)
