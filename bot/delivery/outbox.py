"""What goes out: stored messages leave in the order of their chat, within Telegram's limits.

A turn is one transaction: it notes what the last calls brought, and marks what leaves next as
leaving. Then the calls are made, one at a time in a chat, chats side by side. What was leaving
when the process was killed is uncertain: it is sent again where its kind says so.
"""

import asyncio
import hashlib
import heapq
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.delivery.limits import Pace
from bot.delivery.transport import File, NotSent, Transport
from bot.storage import chats, outbox as store
from bot.storage.database import Database, DiskFailed, Reading, Transaction

log = logging.getLogger(__name__)

AT_ONCE_MAX: Final = 32
ATTEMPTS_MAX: Final = 60
BACK_OFF_MAX: Final = timedelta(minutes=10)
IDLE_SECONDS: Final = 60.0
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
class _Lane:
    """One chat: its rows in order, and whether a call is under way."""

    is_private: bool
    rows: list[tuple[int, int, bool, datetime | None]] = field(default_factory=list)
    busy: bool = False


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
        self._lanes: dict[int, _Lane] = {}
        self._loaded = 0
        self._flying: set[asyncio.Task[None]] = set()
        self._back: list[_Back] = []
        self._wake = asyncio.Event()
        self._stopping = False
        self.sent = 0
        self.failures = 0

    def wake(self) -> None:
        """Something new may wait, or the clock has moved."""
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
        for new in await self._database.read(store.waiting_after, self._loaded):
            self._loaded = max(self._loaded, new.id)
            self._enqueue(
                new.id, new.chat_id, new.urgency, new.is_edit, new.next_at, new.is_private
            )
        back, self._back = self._back, []
        leaving, wait = ([], IDLE_SECONDS) if self._stopping else self._choose(back)
        if back or leaving:
            try:
                calls = await self._database.transact(self._settle_and_depart, back, leaving)
            except BaseException:
                self._back = back + self._back
                for chat_id, row in leaving:
                    heapq.heappush(self._lanes[chat_id].rows, row)
                raise
            self._after_settling(back)
            for call in calls:
                lane = self._lanes[call.departing.chat.id]
                lane.busy = True
                self._pace.take(
                    call.departing.chat.id, self._monotonic(), is_private=lane.is_private
                )
                task = asyncio.create_task(self._make(call))
                self._flying.add(task)
                task.add_done_callback(self._flying.discard)
            if len(calls) < len(leaving) or back:
                return 0.0  # lanes are free that had something to do
        return wait

    def _choose(
        self, back: list[_Back]
    ) -> tuple[list[tuple[int, tuple[int, int, bool, datetime | None]]], float]:
        """Pick the rows that may leave now: answers first, then by age; one in a chat."""
        now = self._monotonic()
        clock = self._database.clock()
        free = AT_ONCE_MAX - sum(lane.busy for lane in self._lanes.values())
        coming_back = {one.call.departing.chat.id for one in back}
        wait = IDLE_SECONDS
        ready: list[tuple[tuple[int, int, bool, datetime | None], int]] = []
        for chat_id, lane in self._lanes.items():
            if lane.busy or not lane.rows or chat_id in coming_back:
                continue
            row = lane.rows[0]
            due = self._pace.ready_at(chat_id, now, is_private=lane.is_private, is_edit=row[2])
            if row[3] is not None:
                due = max(due, now + (row[3] - clock).total_seconds())
            if due > now:
                wait = min(wait, due - now)
            else:
                ready.append((row, chat_id))
        ready.sort()
        chosen = []
        for row, chat_id in ready[: max(0, free)]:
            heapq.heappop(self._lanes[chat_id].rows)
            chosen.append((chat_id, row))
        # Each call that leaves uses up a place of the whole bot's limit: ask again before the next.
        if len(chosen) > 1 and not self._pace.unlimited:
            for chat_id, row in chosen[self._pace.room(now) :]:
                heapq.heappush(self._lanes[chat_id].rows, row)
            chosen = chosen[: self._pace.room(now)]
            wait = min(wait, 0.05) if len(chosen) < len(ready) else wait
        return chosen, wait

    def _enqueue(
        self,
        row_id: int,
        chat_id: int,
        urgency: int,
        is_edit: bool,  # noqa: FBT001 - a row's own fields, in order
        next_at: datetime | None,
        is_private: bool,  # noqa: FBT001 - as above
    ) -> None:
        lane = self._lanes.setdefault(chat_id, _Lane(is_private))
        heapq.heappush(lane.rows, (urgency, row_id, is_edit, next_at))

    # -- inside the transaction -------------------------------------------------------------

    def _settle_and_depart(
        self,
        at: Transaction,
        back: list[_Back],
        leaving: list[tuple[int, tuple[int, int, bool, datetime | None]]],
    ) -> list[_Call]:
        for one in back:
            self._settle(at, one)
        calls = []
        for _, row in leaving:
            departing = store.depart(at, row[1])
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
        now, clock = self._monotonic(), self._database.clock()
        for one in back:
            departing = one.call.departing
            lane = self._lanes[departing.chat.id]
            lane.busy = False
            if one.error is None:
                self.sent += 1
                if not lane.rows:
                    del self._lanes[departing.chat.id]
                continue
            self.failures += 1
            next_at: datetime | None = None
            if isinstance(one.error, RetryAfter):
                wait = _wait(one.error)
                self._pace.hold(
                    departing.chat.id,
                    now + wait.total_seconds(),
                    is_private=lane.is_private,
                    now=now,
                )
                next_at = clock + wait
            elif not isinstance(one.error, (BadRequest, Forbidden, ChatMigrated)):
                next_at = clock + _back_off(departing.attempts)
            # Where the row does not wait any more, `depart` will find that and pass over it.
            self._enqueue(
                departing.id,
                departing.chat.id,
                departing.urgency,
                departing.card is not None or departing.edits is not None,
                next_at,
                lane.is_private,
            )

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
