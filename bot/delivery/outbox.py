"""What goes out: stored messages leave in the order of their chat, within Telegram's limits.

A turn is one transaction: it notes what the last calls brought, and marks what leaves next as
leaving. Then the calls are made, one at a time in a chat, chats side by side. What was leaving
when the process was killed is uncertain: it is sent again where its kind says so.
"""

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.delivery.lanes import Lanes, Row
from bot.delivery.limits import Pace
from bot.delivery.transport import File, NotSent, Transport
from bot.storage import chats, outbox as store
from bot.storage.database import CannotStore, Database, DiskFailed, Reading, Transaction

log = logging.getLogger(__name__)

AT_ONCE_MAX: Final = 32
ATTEMPTS_MAX: Final = 60
BACK_OFF_MAX: Final = timedelta(minutes=10)
CARD_NEAR: Final = 30  # messages after a card before an edit goes unseen
CARD_AGE: Final = timedelta(hours=6)  # a card is posted anew at most that often


class Results(Protocol):
    """Told what Telegram answered, inside the transaction that notes it."""

    def __call__(self, at: Transaction, name: str, subject: int, result: Any) -> None:  # noqa: ANN401 - whatever came
        """`name` says which practice wanted to know, `subject` about what."""


#: Draws a card as a call without its chat (`{"method": …, "params": …}`), or None: nothing to show.
DrawCard = Callable[[Reading, store.Card], Mapping[str, Any] | None]
#: Makes the files of a call (pictures are drawn outside any transaction, in a thread).
MakeFile = Callable[[Mapping[str, Any]], File]


@dataclass
class _Call:
    departing: store.Departing
    method: str
    params: dict[str, Any]
    content: Mapping[str, Any]
    shown: bytes | None = None
    replaces: int | None = None


@dataclass
class _Back:
    call: _Call
    result: Any = None
    error: TelegramError | None = None


class Outbox:
    """Sends what was stored, and stores what came of it."""

    def __init__(
        self,
        database: Database,
        transport: Transport,
        pace: Pace,
        *,
        draw_card: DrawCard,
        make_file: MakeFile,
        results: Results,
        monotonic: Callable[[], float],
    ) -> None:
        self._database = database
        self._transport = transport
        self._pace = pace
        self._draw_card = draw_card
        self._make_file = make_file
        self._results = results
        self._monotonic = monotonic
        self._lanes = Lanes(pace)
        self._loaded = 0
        self._look = True
        self._flying: set[asyncio.Task[None]] = set()
        self._back: list[_Back] = []
        self._wake = asyncio.Event()
        self._stopping = False
        self.sent = 0
        self.failures = 0

    def wake(self) -> None:
        """Something new may wait, or the clock has moved."""
        self._look = True
        self._wake.set()

    async def run(self) -> None:
        """Send for ever, until `stop`."""
        await self._database.transact(store.recover)
        while True:
            self._wake.clear()
            try:
                again_in = await self._turn()
            except DiskFailed:
                raise
            except Exception as error:  # noqa: BLE001 - a mute bot is worse than a slow one
                log.error(  # noqa: TRY400 - no private words in the log
                    "outbox turn failed",
                    extra={"action": "outbox_failed", "error": type(error).__name__},
                )
                again_in = 1.0
            if self._stopping and not self._flying and not self._back:
                return
            if again_in > 0:
                try:
                    await asyncio.wait_for(self._wake.wait(), again_in)
                except TimeoutError:
                    continue

    async def stop(self) -> None:
        """Let what is under way finish, and start nothing new."""
        self._stopping = True
        self.wake()

    async def _turn(self) -> float:
        """One step: settle what came back, send what may leave. Seconds until the next look."""
        if self._look:
            self._look = False
            for new in await self._database.read(store.waiting_after, self._loaded):
                self._loaded = max(self._loaded, new.id)
                self._enqueue(new)
        now = self._monotonic()
        back, self._back = self._back, []
        most = 0 if self._stopping else AT_ONCE_MAX - self._lanes.busy
        leaving = self._lanes.choose(now, most)
        if not back and not leaving:
            return self._lanes.seconds_to_next(now)
        try:
            calls = await self._database.transact(
                self._settle_and_depart, back, [row.id for _, row in leaving]
            )
        except BaseException:
            self._back = back + self._back
            for chat_id, row in leaving:
                self._lanes.add(chat_id, row, is_private=self._lanes.is_private(chat_id), now=now)
                self._lanes.done(chat_id, now)
            raise
        self._after_settling(back)
        self._look = self._look or bool(back)  # a result may have had something said
        leave = {call.departing.chat.id for call in calls}
        for chat_id, _ in leaving:
            if chat_id not in leave:
                self._lanes.done(chat_id, now)
        for call in calls:
            task = asyncio.create_task(self._make(call))
            self._flying.add(task)
            task.add_done_callback(self._flying.discard)
        return 0.0 if back or len(calls) < len(leaving) else self._lanes.seconds_to_next(now)

    def _enqueue(self, new: store.Waiting) -> None:
        now, not_before = self._monotonic(), 0.0
        if new.next_at is not None:
            not_before = now + (new.next_at - self._database.clock()).total_seconds()
        row = Row(new.urgency, new.id, new.is_edit, not_before)
        self._lanes.add(new.chat_id, row, is_private=new.is_private, now=now)

    # -- inside the transaction -------------------------------------------------------------

    def _settle_and_depart(
        self,
        at: Transaction,
        back: list[_Back],
        leaving: list[int],
    ) -> list[_Call]:
        for one in back:
            self._settle(at, one)
        calls = []
        for row_id in leaving:
            departing = store.depart(at, row_id)
            if departing is None:
                continue
            call = self._prepared(at, departing)
            if call is not None:
                calls.append(call)
        return calls

    def _prepared(self, at: Transaction, departing: store.Departing) -> _Call | None:
        """Prepare a call; a card that cannot be drawn is put aside, the others leave."""
        try:
            with at.savepoint():
                return self._prepare(at, departing)
        except Exception as error:
            if not at.connection.in_transaction:
                raise  # a full disk undid everything: the next turn tries again
            log.error(  # noqa: TRY400 - no private words in the log
                "card could not be drawn",
                extra={
                    "action": "card_failed",
                    "outbox": departing.id,
                    "error": type(error).__name__,
                },
            )
            store.fail(at, departing.id, error=f"could not be drawn: {type(error).__name__}")
            return None

    def _prepare(self, at: Transaction, departing: store.Departing) -> _Call | None:
        if departing.card is None:
            assert departing.content is not None
            return _addressed(departing, departing.content)
        card = departing.card
        content = self._draw_card(at, card)
        if content is None:
            store.drop(at, departing.id, why="nothing to show")
            return None
        shown = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).digest()[:16]
        if card.message_id is not None and shown == card.shown:
            store.finish(at, departing.id, message_id=card.message_id)
            return None
        if card.message_id is None or _is_far(at, departing.chat, card):
            call = _addressed(departing, content)
            call.replaces = card.message_id
        else:
            edit = {
                "method": "editMessageText",
                "params": dict(content["params"]) | {"message_id": card.message_id},
            }
            call = _addressed(departing, edit)
        call.shown = shown
        return call

    def _settle(self, at: Transaction, back: _Back) -> None:
        call, departing = back.call, back.call.departing
        if back.error is None:
            self._settle_sent(at, call, back.result)
        elif isinstance(back.error, BadRequest):
            self._settle_refused(at, call, str(back.error))
        elif isinstance(back.error, ChatMigrated):
            chats.migrate(
                at,
                old_telegram_id=departing.chat.telegram_id,
                new_telegram_id=back.error.new_chat_id,
            )
            store.try_again(at, departing, None)
        elif isinstance(back.error, Forbidden):
            _close_chat(at, departing.chat, str(back.error))
            store.fail(at, departing.id, error=str(back.error))
        elif isinstance(back.error, RetryAfter):
            store.try_again(at, departing, at.now + _wait(back.error))
        elif departing.attempts >= ATTEMPTS_MAX:
            store.fail(at, departing.id, error=type(back.error).__name__)
        elif departing.again or isinstance(back.error, (NotSent, InvalidToken)):
            store.try_again(at, departing, at.now + _back_off(departing.attempts))
        else:
            store.leave_uncertain(at, departing.id)

    def _settle_sent(self, at: Transaction, call: _Call, result: Any) -> None:  # noqa: ANN401 - whatever came
        departing = call.departing
        message_id = result.get("message_id") if isinstance(result, dict) else None
        store.finish(at, departing.id, message_id=message_id)
        if message_id is not None:
            chats.reached(at, departing.chat.id, message_id)
        if departing.card is not None:
            shown_in = departing.card.message_id if message_id is None else message_id
            store.card_is_shown(at, departing.card.id, message_id=shown_in, shown=call.shown)
            if call.replaces is not None and call.replaces != shown_in:
                store.queue(
                    at, departing.chat.id, store.delete_call(call.replaces), urgency=store.UNASKED
                )
        if departing.result is not None:
            self._tell(at, departing.result, departing.subject or 0, result)

    def _tell(self, at: Transaction, name: str, subject: int, result: Any) -> None:  # noqa: ANN401 - whatever came
        """Tell the practice that asked; if it fails, that alone is undone."""
        try:
            with at.savepoint():
                self._results(at, name, subject, result)
        except (CannotStore, DiskFailed):
            raise
        except Exception as error:  # noqa: BLE001 - the message did arrive, whatever follows from it
            log.error(  # noqa: TRY400 - no private words in the log
                "result failed",
                extra={"action": "result_failed", "result": name, "error": type(error).__name__},
            )

    def _settle_refused(self, at: Transaction, call: _Call, words: str) -> None:
        """Telegram refused the call: what can be mended is mended, the rest is put aside."""
        departing, low = call.departing, words.lower()
        if "message is not modified" in low:
            store.finish(at, departing.id, message_id=departing.edits)
            if departing.card is not None:
                store.card_is_shown(
                    at, departing.card.id, message_id=departing.card.message_id, shown=call.shown
                )
        elif departing.card is not None and _edit_is_impossible(low):
            store.card_is_shown(at, departing.card.id, message_id=None, shown=None)
            store.try_again(at, departing, None)
        elif "thread not found" in low or "topic_closed" in low or "topic_deleted" in low:
            chats.set_topic(at, departing.chat.id, None)
            store.try_again(at, departing, None)
        elif "chat not found" in low or "peer_id_invalid" in low:
            chats.set_state(at, departing.chat.id, "gone")
            store.fail(at, departing.id, error=words)
        elif "can't parse entities" in low and "parse_mode" in call.params and departing.content:
            store.replace_content(at, departing.id, _as_plain_text(departing.content))
            store.try_again(at, departing, None)
        else:
            log.error(
                "refused by Telegram",
                extra={"action": "send_refused", "outbox": departing.id, "method": call.method},
            )
            store.fail(at, departing.id, error=words)

    # -- outside ------------------------------------------------------------------------------

    def _after_settling(self, back: list[_Back]) -> None:
        """Free the lanes, and put what must be tried again back into them."""
        now = self._monotonic()
        for one in back:
            departing = one.call.departing
            chat_id = departing.chat.id
            is_private = self._lanes.is_private(chat_id)
            if one.error is None:
                self.sent += 1
                self._lanes.done(chat_id, now)
                continue
            self.failures += 1
            not_before = 0.0
            if isinstance(one.error, RetryAfter):
                not_before = now + _wait(one.error).total_seconds()
                self._pace.hold(chat_id, not_before, is_private=is_private, now=now)
            elif not isinstance(one.error, (BadRequest, Forbidden, ChatMigrated)):
                not_before = now + _back_off(departing.attempts).total_seconds()
            is_edit = departing.card is not None or departing.edits is not None
            # Where the row does not wait any more, `depart` will find that and pass over it.
            row = Row(departing.urgency, departing.id, is_edit, not_before)
            self._lanes.add(chat_id, row, is_private=is_private, now=now)
            self._lanes.done(chat_id, now)

    async def _make(self, call: _Call) -> None:
        back = _Back(call)
        try:
            files = await self._files(call.content)
            back.result = await self._transport.call(call.method, call.params, files)
        except TelegramError as error:
            back.error = error
        except Exception as error:  # noqa: BLE001 - a picture that cannot be drawn must not stop a chat
            log.error(  # noqa: TRY400 - no private words in the log
                "call could not be made",
                extra={
                    "action": "call_failed",
                    "error": type(error).__name__,
                    "outbox": call.departing.id,
                },
            )
            back.error = BadRequest(f"could not be made: {type(error).__name__}")
        self._back.append(back)
        self._wake.set()

    async def _files(self, content: Mapping[str, Any]) -> dict[str, File] | None:
        wanted = content.get("files")
        if not wanted:
            return None
        return {
            name: await asyncio.to_thread(self._make_file, order) for name, order in wanted.items()
        }

    async def settled(self) -> bool:
        """Whether nothing is under way and nothing could leave at this moment."""
        if self._flying or self._back:
            return False
        return await self._database.read(store.depth) == 0


def _addressed(departing: store.Departing, content: Mapping[str, Any]) -> _Call:
    """Fill in where a call goes: the chat, and the group's own topic."""
    method = content["method"]
    params: dict[str, Any] = {"chat_id": departing.chat.telegram_id} | content["params"]
    if departing.chat.topic is not None and method.startswith("send"):
        params.setdefault("message_thread_id", departing.chat.topic)
    return _Call(departing, method, params, content)


def _is_far(at: Transaction, chat: chats.Chat, card: store.Card) -> bool:
    """Whether so much was written below a card that an edit of it goes unseen."""
    return (
        not chat.is_private
        and card.message_id is not None
        and card.posted_at is not None
        and chat.last_message_id - card.message_id > CARD_NEAR
        and at.now - card.posted_at > CARD_AGE
    )


def _edit_is_impossible(words: str) -> bool:
    return any(
        sign in words
        for sign in ("message to edit not found", "message can't be edited", "message_id_invalid")
    )


def _close_chat(at: Transaction, chat: chats.Chat, words: str) -> None:
    low = words.lower()
    if "initiate conversation" in low:
        chats.set_state(at, chat.id, "unopened")
    elif "blocked" in low:
        chats.set_state(at, chat.id, "blocked")
    elif any(sign in low for sign in ("kicked", "not a member", "deactivated", "deleted")):
        chats.set_state(at, chat.id, "gone")
    # Anything else (no right to send here, say) concerns this message alone.


def _as_plain_text(content: Mapping[str, Any]) -> dict[str, Any]:
    params = dict(content["params"])
    params.pop("parse_mode", None)
    return dict(content) | {"params": params}


def _wait(error: RetryAfter) -> timedelta:
    wait = error.retry_after
    return timedelta(seconds=wait) if isinstance(wait, int) else wait


def _back_off(attempts: int) -> timedelta:
    return min(timedelta(seconds=2 ** min(attempts, 10)), BACK_OFF_MAX)
