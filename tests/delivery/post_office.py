"""A Bot API server that answers what a test tells it to, down to the last byte on the wire.

The sandbox plays Telegram as it is; this one plays it as it never should be: half answers, pages
of a proxy, connections that end, waits without end.
"""

import asyncio
import contextlib
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email.parser import BytesParser
from typing import Any
from urllib.parse import parse_qsl

TOKEN = "7000000003:the-token-of-a-post-office-000000"
HTML = b"<html><body><h1>502 Bad Gateway</h1><hr>nginx</body></html>"


@dataclass(frozen=True)
class Letter:
    """A call as it arrived."""

    method: str
    fields: dict[str, str]
    files: dict[str, tuple[str, bytes]]

    @property
    def text(self) -> str:
        """The words in it."""
        return self.fields.get("text", "")


@dataclass(frozen=True)
class Reply:
    """What comes back: bytes on the wire, or less than that.

    `accepts`: whether the call is read (and counts as arrived) before anything happens.
    `hangs`: whether nothing comes until the connection ends.
    """

    wire: bytes = b""
    accepts: bool = True
    hangs: bool = False


def answers(result: object) -> Reply:
    """Telegram did it."""
    return raw(200, json.dumps({"ok": True, "result": result}).encode())


def refuses(code: int, words: str, **parameters: object) -> Reply:
    """Telegram did not, and says why."""
    body: dict[str, object] = {"ok": False, "error_code": code, "description": words}
    if parameters:
        body["parameters"] = parameters
    return raw(code, json.dumps(body).encode())


def floods(seconds: object) -> Reply:
    """Too many calls."""
    return refuses(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def page(status: int, body: bytes = HTML) -> Reply:
    """Not Telegram at all: a proxy in between."""
    return raw(status, body)


def raw(status: int, body: bytes, *head: str) -> Reply:
    """Any answer, byte by byte."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}", *head]
    return Reply("\r\n".join([*lines, "", ""]).encode() + body)


def half(reply: Reply) -> Reply:
    """The same answer, and the connection ends in the middle of it."""
    return Reply(reply.wire[:-5])


ENDS_BEFORE = Reply(accepts=False)
ENDS_AFTER = Reply()
HANGS = Reply(hangs=True)


@dataclass
class PostOffice:
    """The server; what arrived stands in `letters`."""

    url: str = ""
    letters: list[Letter] = field(default_factory=list)
    connections: int = 0
    _told: dict[str, deque[Reply]] = field(default_factory=lambda: defaultdict(deque))
    _arrived: asyncio.Condition = field(default_factory=asyncio.Condition)
    _serving: dict[asyncio.Task[None], asyncio.StreamWriter] = field(default_factory=dict)
    _answers_late: bool = False
    _let_go: asyncio.Event = field(default_factory=asyncio.Event)
    _last_message: int = 100

    def will(self, *replies: Reply, to: str | int = "") -> None:
        """The next calls (of a method, or to a chat) meet these, in order; then all is well."""
        self._told[str(to)].extend(replies)

    def forgets(self) -> None:
        """Whatever it was told: from now on all is well."""
        self._told.clear()

    def texts(self) -> list[str]:
        """The words of what arrived, in order."""
        return [letter.text for letter in self.letters if letter.text]

    def methods(self) -> list[str]:
        """The methods called, in order."""
        return [letter.method for letter in self.letters]

    async def has(self, number: int, method: str = "") -> None:
        """Wait until so many calls (of a method) have arrived."""
        async with self._arrived:
            await self._arrived.wait_for(
                lambda: sum(1 for one in self.letters if method in {"", one.method}) >= number
            )

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        task = asyncio.current_task()
        assert task is not None
        self._serving[task] = writer
        self.connections += 1
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while await self._meet(reader, writer):
                pass
        del self._serving[task]
        writer.transport.abort()

    def answers_what_hangs(self) -> None:
        """Answer, late, whoever waits: all is well."""
        self._answers_late = True
        self._let_go.set()

    async def ends_connections(self) -> None:
        """Let go of everybody who is connected, whatever they wait for."""
        self._let_go.set()
        serving = dict(self._serving)
        for writer in serving.values():
            writer.transport.abort()
        if serving:
            await asyncio.wait(serving)
        self._let_go.clear()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        method = head.split(b" ", 2)[1].rpartition(b"/")[2].decode()
        if self._told_to_end(method):
            return False
        headers = BytesParser().parsebytes(head.partition(b"\r\n")[2])
        body = await reader.readexactly(int(headers["content-length"] or 0))
        letter = Letter(method, *_read(headers["content-type"] or "", body))
        async with self._arrived:
            self.letters.append(letter)
            self._arrived.notify_all()
        reply = self._reply(letter) or self._all_is_well(letter)
        if reply.hangs:
            await self._let_go.wait()
            if self._answers_late:
                reply = self._all_is_well(letter)
        writer.write(reply.wire)
        await writer.drain()
        whole = reply.wire.partition(b"\r\n\r\n")
        promised = BytesParser().parsebytes(whole[0].partition(b"\r\n")[2])["content-length"]
        return promised is not None and int(promised) == len(whole[2])

    def _told_to_end(self, method: str) -> bool:
        for told in (self._told[method], self._told[""]):
            if told and not told[0].accepts:
                told.popleft()
                return True
        return False

    def _reply(self, letter: Letter) -> Reply | None:
        for key in (letter.fields.get("chat_id", ""), letter.method, ""):
            if self._told[key]:
                return self._told[key].popleft()
        return None

    def _all_is_well(self, letter: Letter) -> Reply:
        if letter.method == "getUpdates":
            return HANGS
        if letter.method.startswith("send"):
            self._last_message += 1
            chat = int(letter.fields["chat_id"])
            return answers({"message_id": self._last_message, "chat": {"id": chat}})
        return answers(result=True)


def _read(kind: str, body: bytes) -> tuple[dict[str, str], dict[str, tuple[str, bytes]]]:
    if kind.startswith("application/json"):
        given = json.loads(body)
        return {name: _as_in_a_form(value) for name, value in given.items()}, {}
    if not kind.startswith("multipart/"):
        return dict(parse_qsl(body.decode(), keep_blank_values=True)), {}
    fields: dict[str, str] = {}
    files: dict[str, tuple[str, bytes]] = {}
    whole = BytesParser().parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    for part in whole.get_payload():
        assert not isinstance(part, str)
        name = str(part.get_param("name", header="content-disposition"))
        content: Any = part.get_payload(decode=True)
        if part.get_filename() is None:
            fields[name] = content.decode()
        else:
            files[name] = (str(part.get_filename()), content)
    return fields, files


def _as_in_a_form(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@contextlib.asynccontextmanager
async def a_post_office() -> AsyncIterator[PostOffice]:
    """A post office that is open, where all is well until told otherwise."""
    office = PostOffice()
    server = await asyncio.start_server(office.serve, "127.0.0.1", 0)
    office.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield office
    finally:
        server.close()
        await office.ends_connections()
        await server.wait_closed()
