"""The Bot API over HTTP: reads a request, lets faults befall it, calls the method, answers."""

import asyncio
import inspect
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

import sandbox.bot_chats
import sandbox.bot_editing
import sandbox.bot_profile
import sandbox.bot_sending
import sandbox.bot_updates  # noqa: F401  importing them registers their methods
from sandbox import bot_api, parameters
from sandbox.bot_api import Call
from sandbox.calls import Calls, RecordedCall
from sandbox.faults import Fault, Faults
from sandbox.limits import Limits
from sandbox.parameters import Upload
from sandbox.refusals import Refused, bad_request, too_many_requests
from sandbox.webhook import Webhook
from sandbox.world import World

BODY_BYTES_MAX = 60 * 1024 * 1024
FIELDS_MAX = 200

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Gateway:
    """The Bot API of one world.

    Attributes:
        token: the only token it takes; None takes any.
        crashes: tracebacks of the sandbox's own failures (answered with 500): there are none.
    """

    world: World
    limits: Limits
    faults: Faults
    calls: Calls
    webhook: Webhook
    token: str | None = None
    crashes: list[str] = field(default_factory=list)

    async def call(self, request: web.Request) -> web.StreamResponse:
        """Answer /bot<token>/<method>."""
        name = request.match_info["method"]
        if self.token is not None and request.match_info["token"] != self.token:
            return _refusal(Refused(401, "Unauthorized"))
        if name.lower() not in parameters.METHODS:
            return _refusal(Refused(404, "Not Found: method not found"))
        try:
            given, uploads = await _read(request)
        except Refused as refused:
            return _refusal(refused)
        return await self._meet(request, name, given, uploads)

    async def _meet(
        self,
        request: web.Request,
        name: str,
        given: dict[str, Any],
        uploads: Mapping[str, Upload],
    ) -> web.StreamResponse:
        record = RecordedCall(name, given, _chat_of(given), self.world.clock.now())
        self.calls.add(record)
        fault = self.faults.strike(name, record.chat) if len(self.faults) else None
        if fault is not None and (early := await self._before(fault, request)) is not None:
            record.status, record.description = early.status, fault.kind
            return early
        answer = await self._answer(name, given, uploads, record)
        if fault is not None and fault.kind == "drop_after":
            return _drop(request)
        if fault is not None and fault.kind == "broken_json":
            text = answer.body if isinstance(answer.body, bytes) else b"{"
            return _json_bytes(text[: len(text) // 2], 200)
        return answer

    async def file(self, request: web.Request) -> web.StreamResponse:
        """Answer /file/bot<token>/<path>."""
        if self.token is not None and request.match_info["token"] != self.token:
            return _refusal(Refused(401, "Unauthorized"))
        found = self.world.paths.get(request.match_info["path"])
        if found is None:
            return _refusal(Refused(404, "Not Found"))
        return web.Response(body=found.content, content_type="application/octet-stream")

    async def _answer(
        self,
        name: str,
        given: Mapping[str, object],
        uploads: Mapping[str, Upload],
        record: RecordedCall,
    ) -> web.Response:
        try:
            result = await self._play(name, given, uploads)
        except Refused as refused:
            record.status, record.description = refused.code, refused.description
            return _refusal(refused)
        except Exception:
            log.exception("the sandbox failed at %s", name)
            self.crashes.append(name)
            record.status = 500
            return _refusal(Refused(500, "Internal Server Error"))
        record.status = 200
        return _json_bytes(_dump({"ok": True, "result": result}), 200)

    async def _play(
        self, name: str, given: Mapping[str, object], uploads: Mapping[str, Upload]
    ) -> object:
        method = name.lower()
        function = bot_api.METHODS.get(method)
        if function is None:
            raise bot_api.unplayed(name)
        read = parameters.read_parameters(method, given, uploads)
        call = Call(self.world, self.limits, self.webhook, method, read, uploads)
        result = function(call)
        return await result if inspect.isawaitable(result) else result

    async def _before(self, fault: Fault, request: web.Request) -> web.Response | None:
        if fault.kind == "flood":
            return _refusal(too_many_requests(fault.retry_after))
        if fault.kind == "error":
            return _refusal(Refused(fault.code, fault.description))
        if fault.kind == "drop_before":
            return _drop(request)
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        elif fault.kind == "hang":
            await self.faults.called_off()
            return _drop(request)
        return None


async def _read(request: web.Request) -> tuple[dict[str, Any], dict[str, Upload]]:
    given: dict[str, Any] = dict(request.query)
    kind = request.content_type
    uploads: dict[str, Upload] = {}
    if not request.can_read_body:
        return given, uploads
    if kind == "application/json":
        given |= _object(await request.read())
    elif kind == "multipart/form-data":
        given |= await _read_multipart(request, uploads)
    elif kind == "application/x-www-form-urlencoded":
        try:
            given |= {key: str(value) for key, value in (await request.post()).items()}
        except (ValueError, LookupError):
            raise bad_request("can't parse the form") from None
    if len(given) > FIELDS_MAX:
        raise bad_request("too many parameters")
    return given, uploads


def _object(body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise bad_request("can't parse JSON object") from None
    if not isinstance(value, dict):
        raise bad_request("object expected")
    return value


async def _read_multipart(request: web.Request, uploads: dict[str, Upload]) -> dict[str, str]:
    fields: dict[str, str] = {}
    try:
        form = await request.post()
    except (ValueError, LookupError, AssertionError):
        raise bad_request("can't parse multipart form data") from None
    for name, value in form.items():
        if isinstance(value, web.FileField):
            content = value.file.read()
            value.file.close()
            uploads[name] = Upload(value.filename, content, value.content_type)
        elif isinstance(value, str):
            fields[name] = value
        else:
            fields[name] = bytes(value).decode("utf-8", "replace")
    return fields


def _chat_of(given: Mapping[str, object]) -> int | None:
    chat = given.get("chat_id")
    if type(chat) is int:
        return chat
    text = chat if isinstance(chat, str) else ""
    is_number = text.isascii() and text.removeprefix("-").isdigit() and len(text) < FIELDS_MAX
    return int(text) if is_number else None


def _refusal(refused: Refused) -> web.Response:
    body: dict[str, object] = {
        "ok": False,
        "error_code": refused.code,
        "description": refused.description,
    }
    if refused.parameters:
        body["parameters"] = refused.parameters
    return _json_bytes(_dump(body), refused.code)


def _dump(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _json_bytes(body: bytes, status: int) -> web.Response:
    return web.Response(body=body, status=status, content_type="application/json")


def _drop(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
