"""HTTP to the Bot API server, over aiohttp, in the place python-telegram-bot leaves for it.

python-telegram-bot's own transport costs more than half of an update's CPU; this one is plugged
into the seam it offers (BaseRequest), so that the library still reads answers and names errors.
"""

import json
import math
import os
from collections.abc import Mapping
from typing import Any, Final

# Telegram's waits as timedelta: the library's own way from now on (it warns otherwise).
os.environ.setdefault("PTB_TIMEDELTA", "true")

import aiohttp
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import BaseRequest, RequestData

WAIT_SECONDS_MAX: Final = 7 * 24 * 3600.0  # a longer wait is no wait that Telegram asks for
CONNECTIONS_MAX: Final = 200  # more than the outbox ever has under way
CONNECT_SECONDS: Final = 10.0
ANSWER_SECONDS: Final = 30.0
UPLOAD_SECONDS: Final = 120.0
POLL_SECONDS: Final = 50
POLL_GRACE_SECONDS: Final = 10.0

#: Answers that say, even where they cannot be read, that nobody has acted on the call.
NOT_OF_TELEGRAM: Final = frozenset({401, 404, 429})

File = tuple[str, bytes, str]  # name, content, media type


class NotSent(NetworkError):
    """The request never left: it may be made again without a second thought."""


def error_of(status: int, answer: Mapping[str, Any]) -> TelegramError:
    """Name a refusal as python-telegram-bot names it; the code in the answer has the last word."""
    told = answer.get("error_code", status)
    code = told if isinstance(told, int) else status  # a broken server may say anything
    words = str(answer.get("description") or f"status {code}")
    parameters = answer.get("parameters")
    if isinstance(parameters, dict):
        if isinstance(moved_to := parameters.get("migrate_to_chat_id"), int):
            return ChatMigrated(moved_to)
        if isinstance(wait := parameters.get("retry_after"), int | float) and (
            0 < wait < WAIT_SECONDS_MAX
        ):
            return RetryAfter(math.ceil(wait))
    if code == 404 and "method not found" in words.lower():  # noqa: PLR2004 - this call alone
        return BadRequest(words)
    if code == 429:  # noqa: PLR2004 - too many requests, without saying for how long
        return RetryAfter(1)
    named: dict[int, type[TelegramError]] = {
        401: InvalidToken,
        403: Forbidden,
        404: InvalidToken,
        409: Conflict,
    }
    if code in named:
        return named[code](words)
    is_refusal = 400 <= code < 500  # noqa: PLR2004 - HTTP's own numbers
    return BadRequest(words) if is_refusal else NetworkError(words)


def _form(params: Mapping[str, Any], files: Mapping[str, File]) -> aiohttp.FormData:
    """Return a form: what a call with files must be; without them JSON is half the work."""
    form = aiohttp.FormData()
    for name, value in params.items():
        words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        form.add_field(name, words)
    for name, (file_name, content, media_type) in files.items():
        form.add_field(name, content, filename=file_name, content_type=media_type)
    return form


class Transport(BaseRequest):
    """Calls to one Bot API server with one token."""

    def __init__(self, api_url: str, token: str) -> None:
        self._base = f"{api_url}/bot{token}/"
        self._session: aiohttp.ClientSession | None = None
        self.server_date: str | None = None  # as the last answer said it, in HTTP's words

    @property
    def read_timeout(self) -> float:
        """Seconds an answer may take."""
        return ANSWER_SECONDS

    async def initialize(self) -> None:
        """Open the connections."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=CONNECTIONS_MAX, keepalive_timeout=55)
            self._session = aiohttp.ClientSession(connector=connector)

    async def shutdown(self) -> None:
        """Close the connections."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def call(
        self,
        method: str,
        params: Mapping[str, Any],
        files: Mapping[str, File] | None = None,
        seconds: float | None = None,
    ) -> Any:  # noqa: ANN401 - whatever the method gives
        """Call a Bot API method and return its result.

        Raises python-telegram-bot's TelegramError of the fitting kind; NotSent where the request
        certainly did not reach the server, TimedOut or NetworkError where nobody can know.
        """
        given = {name: value for name, value in params.items() if value is not None}
        if seconds is None:
            seconds = UPLOAD_SECONDS if files else ANSWER_SECONDS
        body = _form(given, files) if files else aiohttp.JsonPayload(given)
        status, payload = await self._post(self._base + method, body, seconds)
        return self._answer(status, payload)

    def _answer(self, status: int, payload: bytes) -> Any:  # noqa: ANN401 - whatever the method gives
        try:
            answer = json.loads(payload)
        except (ValueError, RecursionError):
            answer = None
        if isinstance(answer, dict):
            if answer.get("ok") is True and "result" in answer:
                return answer["result"]
            if answer.get("ok") is False:  # what a proxy says has no such word
                raise error_of(status, answer)
        if status in NOT_OF_TELEGRAM:
            raise error_of(status, {})  # a proxy in between: the call has not arrived
        raise NetworkError(f"an answer with status {status} that cannot be read")

    async def do_request(  # noqa: PLR0917 - the library's own signature
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = None,
        write_timeout: object = None,
        connect_timeout: object = None,
        pool_timeout: object = None,
    ) -> tuple[int, bytes]:
        """Make one request for python-telegram-bot's Bot, with our own time limits."""
        del method, read_timeout, write_timeout, connect_timeout, pool_timeout
        form = dict(request_data.json_parameters) if request_data else {}
        files: dict[str, File] = {}
        if request_data and request_data.multipart_data:
            files = {
                name: (part[0], part[1] if isinstance(part[1], bytes) else part[1].read(), part[2])
                for name, part in request_data.multipart_data.items()
            }
        return await self._post(url, _form(form, files), ANSWER_SECONDS)

    async def _post(
        self, url: str, body: aiohttp.FormData | aiohttp.JsonPayload, seconds: float
    ) -> tuple[int, bytes]:
        if self._session is None or self._session.closed:
            raise NotSent("the transport is closed")
        timeout = aiohttp.ClientTimeout(total=seconds, connect=CONNECT_SECONDS)
        try:
            # No redirects: they would carry the token, and what was said, to somewhere else.
            async with self._session.post(
                url, data=body, timeout=timeout, allow_redirects=False
            ) as response:
                self.server_date = response.headers.get("Date")
                return response.status, await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            # The error's own words hold the address, and the address holds the token.
            raise NotSent(type(error).__name__) from None
        except TimeoutError:
            raise TimedOut("no answer in time") from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from None
