"""What `barnraiser check` asks Telegram: who is the bot, what time is it, what may the bot do.

It may be asked while the bot runs: nothing that waits is taken.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.delivery.transport import Transport
from bot.settings import Settings
from bot.telling import Finding

PACE_SECONDS: Final = 0.05  # the bot beside us speaks, too
WAIT_SECONDS_MAX: Final = 60.0
CLOCK_LOOK: Final = timedelta(seconds=30)
CLOCK_BROKEN: Final = timedelta(minutes=10)
WAITING_LOOK: Final = 100  # updates that Telegram could not deliver yet

Place = tuple[int, int]  # a group's number here, its chat's id at Telegram


async def ask(
    settings: Settings, clock: Callable[[], datetime], places: Sequence[Place]
) -> AsyncIterator[Finding]:
    """Ask Telegram, and give each finding as it comes."""
    if settings.token is None:
        yield Finding(
            "look", "token", "none is set: `run` opens the sandbox. @BotFather gives one."
        )
        return
    transport = Transport(settings.api_url, settings.token)
    await transport.initialize()
    try:
        me = await transport.call("getMe", {})
        yield Finding("ok", "token", f"Telegram knows the bot as @{me['username']}.")
        yield clock_of(transport.server_date, clock())
        yield hearing(settings, await transport.call("getWebhookInfo", {}))
        async for finding in _ask_groups(transport, me["id"], places):
            yield finding
    except InvalidToken:
        yield Finding("broken", "token", "Telegram does not know it: check BARNRAISER_TOKEN.")
    except (TelegramError, KeyError, TypeError) as error:
        words = f"no good answer from {settings.api_url} ({type(error).__name__}): check the net."
        yield Finding("broken", "telegram", words)
    finally:
        await transport.shutdown()


def clock_of(server_date: str | None, now: datetime) -> Finding:
    """Compare our clock with the server's, which tells whole seconds."""
    try:
        away = now - parsedate_to_datetime(server_date or "")
    except (ValueError, TypeError):
        return Finding("look", "clock", "the server does not say what time it is.")
    seconds = round(abs(away).total_seconds())
    if abs(away) <= CLOCK_LOOK:
        return Finding("ok", "clock", "agrees with Telegram's.")
    which = "ahead of" if away > timedelta(0) else "behind"
    words = f"{seconds} s {which} Telegram's: what is due comes at wrong times. Set it (NTP)."
    return Finding("broken" if abs(away) > CLOCK_BROKEN else "look", "clock", words)


def hearing(settings: Settings, info: Mapping[str, Any]) -> Finding:
    """Judge how updates come in, by what Telegram says of the webhook."""
    url = info.get("url") or None
    if url != settings.webhook_url:
        set_to = "a webhook is set at Telegram" if url else "no webhook is set at Telegram"
        words = f"{set_to}, and the settings say otherwise: the next start mends that."
        return Finding("look", "updates", words)
    waiting = info.get("pending_update_count", 0)
    if url and info.get("last_error_message"):
        words = f"Telegram could not post: {info['last_error_message']}. {waiting} wait."
        return Finding("look", "updates", words)
    if waiting > WAITING_LOOK:
        return Finding("look", "updates", f"{waiting} wait at Telegram: does the bot run?")
    return Finding("ok", "updates", f"come by {'webhook' if url else 'polling'}; {waiting} wait.")


async def _ask_groups(
    transport: Transport, bot_id: int, places: Sequence[Place]
) -> AsyncIterator[Finding]:
    well = 0
    for number, chat_id in places:
        finding = await _ask_group(transport, bot_id, number, chat_id)
        if finding.state == "ok":
            well += 1
        else:
            yield finding
        await asyncio.sleep(PACE_SECONDS)
    if well:
        yield Finding("ok", "groups", f"in {well} of {len(places)} the bot may do all it needs.")
    elif not places:
        yield Finding("ok", "groups", "none is set up yet.")


async def _ask_group(transport: Transport, bot_id: int, number: int, chat_id: int) -> Finding:
    what = f"group {number}"
    try:
        member = await _patiently(transport, "getChatMember", chat_id=chat_id, user_id=bot_id)
        chat = await _patiently(transport, "getChat", chat_id=chat_id)
    except ChatMigrated:
        return Finding("look", what, "has become a supergroup: the bot follows with its next word.")
    except (BadRequest, Forbidden, InvalidToken):
        return Finding("broken", what, "Telegram says the bot is not in it. Add it again.")
    except TelegramError as error:
        return Finding("look", what, f"could not be asked ({type(error).__name__}).")
    return rights(what, member, chat)


async def _patiently(transport: Transport, method: str, **params: int) -> Mapping[str, Any]:
    """Call once, and once more after the wait that Telegram asks for."""
    try:
        found: Mapping[str, Any] = await transport.call(method, params)
    except RetryAfter as error:
        wait = error.retry_after
        seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
        if seconds > WAIT_SECONDS_MAX:
            raise
        await asyncio.sleep(seconds)
        found = await transport.call(method, params)
    return found


def rights(what: str, member: Mapping[str, Any], chat: Mapping[str, Any]) -> Finding:
    """Judge what the bot may do in a group: write and send pictures it must, pin it need not."""
    status = member.get("status")
    if status in {"left", "kicked"}:
        return Finding("broken", what, "the bot is not in it any more. Add it again.")
    is_admin = status in {"administrator", "creator"}
    everybody = chat.get("permissions", {})
    own = member if status == "restricted" else {}

    def may(right: str) -> bool:
        return bool(is_admin or (everybody.get(right, True) and own.get(right, True)))

    pins = member.get("can_pin_messages") if status == "administrator" else may("can_pin_messages")
    if not may("can_send_messages"):
        return Finding(
            "broken", what, "the bot may not write. Let members write, or make it admin."
        )
    if not may("can_send_photos"):
        return Finding("look", what, "the bot may not send pictures: digests come without theirs.")
    if not may("can_send_documents"):
        return Finding("look", what, "the bot may not send files: calendar files do not come.")
    return Finding("ok", what, "may write" + (" and pin." if pins else "; pinning it is not let."))
