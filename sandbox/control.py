"""The control API: what the page and tests do to the world, as JSON over HTTP.

Thin covers over `World`. Every error is a 4xx with {"error": "words"}. Only this machine may
ask: a request for another host, or from another site's page, is refused.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from aiohttp import web

from sandbox import events, page_shapes
from sandbox.body import Body, content_of, fault_of
from sandbox.events import Event
from sandbox.refusals import Impossible, Refused
from sandbox.state import CallbackAnswer, Json, Press

if TYPE_CHECKING:
    from sandbox.server import Sandbox

PAGE = Path(__file__).parent / "page"
PRESS_SECONDS_MAX = 10.0
HEARTBEAT_SECONDS = 15.0
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
LISTED_CALLS_MAX = 1_000
STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}

log = logging.getLogger(__name__)

Action = Callable[[Body], Json | Awaitable[Json]]
Deed = Callable[[Body], None]
Travel = Callable[[datetime], Awaitable[None]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Control:
    """The control API of one sandbox."""

    def __init__(self, sandbox: "Sandbox", travel: Travel | None) -> None:
        self.travel = travel
        self._sandbox = sandbox
        self._world = sandbox.world
        self._streams: set[asyncio.Queue[Event | None]] = set()

    def add_routes(self, app: web.Application) -> None:
        """Put the control API and the page on the server."""
        router = app.router
        router.add_get("/", _guarded(self._index))
        router.add_get("/page/{path:.+}", _guarded(self._page))
        router.add_get("/sandbox/state", _guarded(self._state))
        router.add_get("/sandbox/events", _guarded(self._events))
        router.add_get("/sandbox/calls", _guarded(self._calls))
        router.add_get("/sandbox/updates", _guarded(self._updates))
        router.add_get("/sandbox/faults", _guarded(self._list_faults))
        router.add_delete("/sandbox/faults", _guarded(self._clear_faults))
        router.add_get("/sandbox/files/{file_id}", _guarded(self._file))
        for name, action in self._actions().items():
            router.add_post(f"/sandbox/{name}", _guarded(_posted(action)))
        for name, deed in self._deeds().items():
            router.add_post(f"/sandbox/{name}", _guarded(_posted(_answering(deed))))

    def close(self) -> None:
        """End every stream of events."""
        for stream in self._streams:
            stream.put_nowait(None)

    def _actions(self) -> dict[str, Action]:
        return {
            "people": self._add_person,
            "people/{id}": self._change_person,
            "groups": self._make_group,
            "migrate": self._migrate,
            "topics": self._add_topic,
            "send": self._send,
            "edit": self._edit,
            "press": self._press,
            "time": self._time,
            "cast": self._cast,
            "faults": self._add_fault,
        }

    def _deeds(self) -> dict[str, Deed]:
        world = self._world
        return {
            "vote": lambda body: world.vote(*body.place(), body.integers("options")),
            "react": lambda body: world.react(*body.place(), body.text("emoji") or None),
            "join": lambda body: world.join(*body.who_where()),
            "leave": lambda body: world.leave(*body.who_where()),
            "kick": lambda body: world.kick(*body.who_where(), by=body.maybe_integer("by")),
            "promote": lambda body: world.promote(
                *body.who_where(), anonymous=body.maybe_flag("anonymous")
            ),
            "demote": lambda body: world.demote(*body.who_where()),
            "block": lambda body: world.block(body.integer("person")),
            "unblock": lambda body: world.unblock(body.integer("person")),
            "delete_account": lambda body: world.delete_account(body.integer("person")),
            "add_bot": lambda body: world.add_bot(body.integer("chat"), by=body.integer("by")),
            "remove_bot": lambda body: world.remove_bot(
                body.integer("chat"), by=body.integer("by")
            ),
            "delete_chat": lambda body: world.delete_chat(body.integer("chat")),
            "rename": lambda body: world.rename(
                body.integer("chat"), body.text("title"), by=body.integer("by")
            ),
            "remove_topic": lambda body: world.remove_topic(
                body.integer("chat"), body.integer("topic")
            ),
        }

    # Reading

    async def _index(self, _request: web.Request) -> web.StreamResponse:
        return _static(PAGE / "index.html")

    async def _page(self, request: web.Request) -> web.StreamResponse:
        wanted = (PAGE / request.match_info["path"]).resolve()
        if not wanted.is_relative_to(PAGE.resolve()):
            raise Impossible("there is no such file")
        return _static(wanted)

    async def _state(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response(page_shapes.state(self._world, cast=self._sandbox.cast.is_loose))

    async def _calls(self, request: web.Request) -> web.StreamResponse:
        chat = request.query.get("chat")
        if chat is not None and not chat.removeprefix("-").isdecimal():
            raise Impossible("chat must be a number")
        found = self._sandbox.calls.of(
            request.query.get("method"), None if chat is None else int(chat)
        )
        listed = [
            {
                "method": call.method,
                "params": call.parameters,
                "chat": call.chat,
                "time": call.at.isoformat(),
                "status": call.status,
                "description": call.description,
            }
            for call in found[-LISTED_CALLS_MAX:]
        ]
        return web.json_response({"count": len(found), "calls": listed})

    async def _updates(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response({"undelivered": len(self._world.updates)})

    async def _file(self, request: web.Request) -> web.StreamResponse:
        found = self._world.files.get(request.match_info["file_id"])
        if found is None:
            raise Impossible("there is no such file")
        shown = found.mime.startswith(("image/png", "image/jpeg", "image/webp", "audio/"))
        headers = {"X-Content-Type-Options": "nosniff"}
        if not shown:
            headers["Content-Disposition"] = "attachment"
        mime = found.mime if shown else "application/octet-stream"
        return web.Response(body=found.content, content_type=mime, headers=headers)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        after = request.query.get("after") or request.headers.get("Last-Event-ID") or "0"
        if not after.isdecimal():
            raise Impossible("after must be a number")
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        for event in self._world.events.since(int(after)):
            queue.put_nowait(event)
        stop = self._world.events.listen(lambda event: _push(queue, event))
        self._streams.add(queue)
        try:
            await response.prepare(request)
            await self._stream(response, queue)
        except ConnectionResetError:
            pass
        finally:
            stop()
            self._streams.discard(queue)
        return response

    async def _stream(
        self, response: web.StreamResponse, queue: asyncio.Queue[Event | None]
    ) -> None:
        while True:
            try:
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    event = await queue.get()
            except TimeoutError:
                await response.write(b": still here\n\n")
                continue
            if event is None:
                return
            shape = json.dumps(page_shapes.event(self._world, event), ensure_ascii=False)
            await response.write(f"id: {event.n}\ndata: {shape}\n\n".encode())

    # People and groups

    def _add_person(self, body: Body) -> Json:
        for chat in body.integers("chats"):
            self._world.group(chat)
        person = self._world.add_person(
            body.text("first_name"),
            last_name=body.text("last_name"),
            username=body.text("username"),
            language_code=body.text("language_code") or "en",
            lively=body.flag("lively"),
        )
        for chat in body.integers("chats"):
            self._world.join(person.id, chat)
        return page_shapes.person(person)

    def _change_person(self, body: Body) -> Json:
        person = self._world.person(body.integer("id"))
        for name in ("first_name", "last_name", "username", "language_code"):
            if name in body.fields:
                setattr(person, name, body.text(name))
        person.lively = body.flag("lively", default=person.lively)
        self._world.events.emit("person", person=person)
        return page_shapes.person(person)

    def _make_group(self, body: Body) -> Json:
        chat = self._world.make_group(
            body.text("title"),
            body.integer("creator"),
            body.integers("members"),
            supergroup=body.flag("supergroup"),
            forum=body.flag("forum"),
            topics=body.texts("topics"),
            add_bot=body.flag("add_bot", default=True),
            added_by=body.maybe_integer("added_by"),
        )
        return page_shapes.chat(self._world, chat)

    def _migrate(self, body: Body) -> Json:
        return page_shapes.chat(self._world, self._world.migrate(body.integer("chat")))

    def _add_topic(self, body: Body) -> Json:
        return {"id": self._world.add_topic(body.integer("chat"), body.text("name"))}

    # Messages

    def _send(self, body: Body) -> Json:
        message = self._world.send(
            *body.who_where(),
            content_of(self._world, body),
            reply_to=body.maybe_integer("reply_to"),
            thread=body.maybe_integer("thread"),
            anonymous=body.maybe_flag("anonymous"),
            forward_from=body.maybe_integer("forward_from"),
        )
        return page_shapes.message(self._world, message)

    def _edit(self, body: Body) -> Json:
        message = self._world.edit(*body.place(), body.text("text"))
        return page_shapes.message(self._world, message)

    async def _press(self, body: Body) -> Json:
        person, chat, message = body.place()
        data = body.text("data")
        if not data:
            button = self._world.button(chat, message, body.integer("row"), body.integer("column"))
            if "callback_data" not in button:
                return {"answered": True, "url": button.get("url", "")}
            data = button["callback_data"]
        press = self._world.press(person, chat, message, data)
        answer = await self._answered(press)
        if answer is None:
            return {"answered": False}
        found: Json = {"answered": True, "text": answer.text, "alert": answer.alert}
        return found | ({"url": answer.url} if answer.url else {})

    async def _answered(self, press: Press) -> CallbackAnswer | None:
        answered = asyncio.Event()
        self._world.on_answer[press.id] = lambda _press: answered.set()
        try:
            async with asyncio.timeout(PRESS_SECONDS_MAX):
                await answered.wait()
        except TimeoutError:
            return None
        finally:
            self._world.on_answer.pop(press.id, None)
        return press.answer

    # Time, cast, faults

    async def _time(self, body: Body) -> Json:
        world = self._world
        target = arrival(world.clock.now(), body.text("to"), body.text("tz") or "UTC")
        if world.travelling:
            raise Impossible("a journey is under way already")
        world.travelling = True
        world.tell_time()
        try:
            if self.travel is None:
                world.clock.set(target)
            else:
                await self.travel(target)
        finally:
            world.travelling = False
            world.tell_time()
        return {"now": world.clock.now().isoformat()}

    async def _cast(self, body: Body) -> Json:
        cast = self._sandbox.cast
        if body.flag("on"):
            cast.start()
        else:
            await cast.stop()
        return {"on": cast.is_loose}

    def _add_fault(self, body: Body) -> Json:
        fault = fault_of(body)
        self._sandbox.faults.add(fault, seed=body.maybe_integer("seed"))
        return {"ordered": len(self._sandbox.faults)}

    async def _list_faults(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response({"ordered": len(self._sandbox.faults)})

    async def _clear_faults(self, _request: web.Request) -> web.StreamResponse:
        self._sandbox.faults.clear()
        return web.json_response({"ordered": 0})


def arrival(now: datetime, to: str, zone: str) -> datetime:
    """Say where a journey through time ends.

    Args:
        now: where it begins.
        to: "hour", "day", "week", "month" (the first of the next, 00:00 in `zone`), or a moment
            in ISO 8601; without an offset it is meant in `zone`.
        zone: a time zone's name.

    Raises:
        Impossible: when that is not a moment, or lies in the past.
    """
    try:
        tz = ZoneInfo(zone)
        if to in STEPS:
            return now + STEPS[to]
        if to == "month":
            local = now.astimezone(tz)
            year, month = local.year + local.month // 12, local.month % 12 + 1
            return datetime(year, month, 1, tzinfo=tz).astimezone(UTC)
        target = datetime.fromisoformat(to)
        target = (target if target.tzinfo else target.replace(tzinfo=tz)).astimezone(UTC)
    except (ValueError, OverflowError, OSError, KeyError):
        raise Impossible(f"“{to}” in “{zone}” is not a moment") from None
    if target < now:
        raise Impossible("time does not run backwards")
    return target


def _push(queue: asyncio.Queue[Event | None], event: Event) -> None:
    # A reader who stopped reading is let go; a browser comes back for the whole state.
    queue.put_nowait(event if queue.qsize() < events.KEPT else None)


def _answering(deed: Deed) -> Action:
    def act(body: Body) -> Json:
        deed(body)
        return {"done": True}

    return act


def _static(path: Path) -> web.StreamResponse:
    if not path.is_file():
        raise Impossible("there is no such file")
    return web.FileResponse(path, headers={"Cache-Control": "no-cache"})


def _posted(action: Action) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        body = Body.read(await request.read(), request.match_info)
        done: Any = action(body)
        if asyncio.iscoroutine(done):
            done = await done
        return web.json_response(done)

    return handle


def _guarded(handler: Handler) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            _check_near(request)
            return await handler(request)
        except (Impossible, ValueError) as problem:
            return web.json_response({"error": str(problem)}, status=400)
        except Refused as refused:
            return web.json_response({"error": refused.description}, status=400)
        except Exception as failure:
            log.exception("the sandbox failed at %s", request.path)
            return web.json_response({"error": f"the sandbox failed: {failure!r}"}, status=500)

    return handle


def _check_near(request: web.Request) -> None:
    host = urlsplit(f"//{request.host}").hostname
    origin = request.headers.get("Origin")
    if host not in LOOPBACK:
        raise Impossible("the sandbox answers on this machine only")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise Impossible("another site's page may not touch the sandbox")
