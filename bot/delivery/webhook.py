"""Telegram posts updates here; 200 is said only after their effects are committed.

As safe as polling: what was not taken is posted again by Telegram, what was taken before is known
by its number. Who posts is known by a secret that Telegram was given with the address, compared
before anything of the post is read.
"""

import asyncio
import contextlib
import hmac
import json
import logging
from dataclasses import dataclass
from typing import Any, Final, NoReturn
from urllib.parse import urlsplit

from aiohttp import web
from telegram.error import TelegramError

from bot.delivery.intake import ALLOWED_UPDATES, Intake, back_off, has_id, without_words
from bot.delivery.transport import Transport
from bot.listening import listening
from bot.settings import Address
from bot.storage.database import Database

log = logging.getLogger(__name__)

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
BODY_BYTES_MAX: Final = 1024 * 1024  # the longest message with all its entities is a tenth of that
BODY_SECONDS: Final = 20.0
CONNECTIONS_MAX: Final = 40  # posts at once; whatever waits shares one commit
WATCH_SECONDS: Final = 60.0
CHANGED_SECONDS: Final = 1.0  # before it is set again
STOP_SECONDS: Final = 5.0


@dataclass(frozen=True)
class Standing:
    """What Telegram says of the webhook."""

    address: tuple[str, ...]  # where it posts, and what, in its own words
    waiting: int
    trouble: str  # what it met when it last posted, where that is recent and updates wait


class Webhook:
    """Receives updates, and sees to it that Telegram posts them here."""

    def __init__(
        self,
        intake: Intake,
        transport: Transport,
        database: Database,
        *,
        url: str,
        address: Address,
        secret: str,
    ) -> None:
        self._intake = intake
        self._transport = transport
        self._clock = database.clock
        self._url = url
        self._address = address
        self._secret = secret
        self._stopping = False
        self._in_hand = 0
        self._forged_said_at = -WATCH_SECONDS

    async def serve(self) -> None:
        """Listen until cancelled. Raises OSError where it cannot, DiskFailed where nothing can."""
        app = web.Application(client_max_size=BODY_BYTES_MAX)
        path = urlsplit(self._url).path or "/"
        app.router.add_route("POST", path, self._hear, expect_handler=self._expect)
        applying = asyncio.create_task(self._intake.take_posted(), name="posted")
        watching = asyncio.create_task(self._keep_ours(), name="webhook")
        try:
            async with listening(app, self._address) as site:
                try:
                    await asyncio.wait([applying, watching], return_when=asyncio.FIRST_COMPLETED)
                finally:
                    await self._finish_what_came(site, applying)
        finally:
            for task in (applying, watching):
                task.cancel()
            await asyncio.wait([applying, watching])
        for task in (applying, watching):
            if not task.cancelled():
                task.result()

    async def _finish_what_came(self, site: web.TCPSite, applying: asyncio.Task[None]) -> None:
        """Take nothing new; what is in hand is applied, and answered."""
        self._stopping = True
        await site.stop()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                while self._in_hand and not applying.done():  # noqa: ASYNC110 - nobody tells
                    await asyncio.sleep(0.005)

    # -- what is posted -----------------------------------------------------------------------

    async def _expect(self, request: web.Request) -> None:
        """Ask for a body that waits to be asked for, where it would be read."""
        self._require_telegram(request)
        if request.transport is not None:
            request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    async def _hear(self, request: web.Request) -> web.Response:
        self._require_telegram(request)
        if self._stopping:
            raise web.HTTPServiceUnavailable
        self._in_hand += 1
        try:
            await self._intake.hear(await _read(request))
        except web.HTTPException:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, Telegram keeps the update
            log.debug("not taken", extra={"action": "post_refused", "error": type(error).__name__})
            raise web.HTTPServiceUnavailable from None
        finally:
            self._in_hand -= 1
        return web.Response()

    def _require_telegram(self, request: web.Request) -> None:
        """Refuse who does not show the secret, and what is too long, before it is read."""
        shown = request.headers.get(SECRET_HEADER, "").encode(errors="surrogateescape")
        if not hmac.compare_digest(shown, self._secret.encode()):
            self._note_forged()
            raise web.HTTPForbidden
        if (request.content_length or 0) > BODY_BYTES_MAX:
            _refuse_long(request.content_length or 0)

    def _note_forged(self) -> None:
        """Say that somebody else posts here, once a minute: the log is not theirs to fill."""
        self._intake.forged += 1
        now = asyncio.get_running_loop().time()
        if now >= self._forged_said_at + WATCH_SECONDS:
            self._forged_said_at = now
            log.warning(
                "posts without the secret",
                extra={"action": "post_forged", "count": self._intake.forged},
            )

    # -- what Telegram knows of us ------------------------------------------------------------

    async def _keep_ours(self) -> None:
        """Have Telegram post here; look every minute that it does. Every error is retried."""
        failures, ours = 0, None
        self._intake.begin_to_listen()
        while True:
            wait = WATCH_SECONDS
            try:
                if ours is None:
                    ours = await self._set()
                standing = await self._look()
                failures, self._intake.kept_by_telegram = 0, standing.waiting
                if standing.address != ours:
                    log.error("the webhook was changed", extra={"action": "webhook_changed"})
                    ours, wait = None, CHANGED_SECONDS
                elif standing.trouble:
                    log.warning(
                        "Telegram cannot post",
                        extra={
                            "action": "webhook_unreached",
                            "error": standing.trouble,
                            "updates": standing.waiting,
                        },
                    )
                else:
                    self._intake.heard()
            except Exception as error:  # noqa: BLE001 - a deaf bot is worse than a slow one
                wait = back_off(error, failures)
                failures += 1
                log.warning(
                    "webhook not set yet" if ours is None else "webhook not seen",
                    extra={"action": "webhook_failed", "error": without_words(error), "wait": wait},
                )
            await asyncio.sleep(wait)

    async def _set(self) -> tuple[str, ...]:
        """Name the address and the secret; what waits is kept. Gives it in Telegram's words."""
        await self._transport.call(
            "setWebhook",
            {
                "url": self._url,
                "secret_token": self._secret,
                "allowed_updates": ALLOWED_UPDATES,
                "max_connections": CONNECTIONS_MAX,
            },
        )
        log.info("webhook set", extra={"action": "webhook_set"})
        self._intake.heard()
        return (await self._look()).address

    async def _look(self) -> Standing:
        found = await self._transport.call("getWebhookInfo", {})
        if not isinstance(found, dict):
            raise TelegramError("getWebhookInfo gave no object")
        waiting = int(found.get("pending_update_count") or 0)
        since = self._clock().timestamp() - 2 * WATCH_SECONDS
        troubled = waiting > 0 and int(found.get("last_error_date") or 0) >= since
        return Standing(
            address=(str(found.get("url")), *sorted(map(str, found.get("allowed_updates") or ()))),
            waiting=waiting,
            trouble=str(found.get("last_error_message"))[:200] if troubled else "",
        )


async def _read(request: web.Request) -> dict[str, Any]:
    """Read one update. What is none is refused: with the secret shown, it was cut on its way."""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            found = json.loads(await request.read())
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except (ValueError, RecursionError):
        raise web.HTTPBadRequest from None
    if not isinstance(found, dict) or not has_id(found):
        raise web.HTTPBadRequest
    return found


def _refuse_long(size: int) -> NoReturn:
    raise web.HTTPRequestEntityTooLarge(max_size=BODY_BYTES_MAX, actual_size=size)
