"""What goes out: stored messages leave in the order of their chat, within Telegram's limits.

A turn is one transaction: it notes what the last calls brought, and marks what leaves next as
leaving. Then the calls are made, one at a time in a chat, chats side by side. What was leaving
when the process was killed is uncertain: it is sent again where its kind says so.
"""

import asyncio
import hashlib
import html
import json
import logging
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.delivery.lanes import Lanes, Row
from bot.delivery.limits import Pace
from bot.delivery.transport import File, NotSent, Transport
from bot.rendering.messages import CAPTION_MAX, TEXT_MAX, cut
from bot.storage import chats, outbox as store
from bot.storage.database import CannotStore, Database, DiskFailed, Reading, Transaction

log = logging.getLogger(__name__)

#: Calls under way: enough for the 1,000 a second of who pays Telegram, a fifth of a second each.
AT_ONCE_MAX: Final = 192
ATTEMPTS_MAX: Final = 60  # at ten minutes each, most of a working day
#: After so many in vain (some four minutes) it lets what came later in its chat go first.
ASIDE_AFTER: Final = 8
MENDS_MAX: Final = 3
BACK_OFF_MAX_SECONDS: Final = 600.0
STORED_WAIT_MAX_SECONDS: Final = 3600.0  # whatever the wall clock did since it was stored
#: How long the whole bot waits when nothing at all goes through, longer each time.
SILENCE_SECONDS: Final = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
SILENCE_AFTER: Final = 3  # calls in a row that may or may not have arrived
FAILED_TURN_SECONDS: Final = 1.0
SOON_SECONDS: Final = 5.0
CARD_NEAR: Final = 30  # messages after a card before an edit goes unseen
CARD_AGE: Final = timedelta(hours=6)  # a card is posted anew at most that often


class Results(Protocol):
    """Told what Telegram answered, inside the transaction that notes it."""

    def __call__(self, at: Transaction, name: str, subject: int, result: Any) -> None:  # noqa: ANN401 - whatever came
        """`name` says which practice wanted to know, `subject` about what."""


#: Draws a card as a call without its chat (`{"method": …, "params": …}`), or None: nothing to show.
DrawCard = Callable[[Reading, store.Card], Mapping[str, Any] | None]
#: Whether what was to be said once, by its key, is still of use.
IsWanted = Callable[[Reading, str], bool]
#: Makes the files of a call (pictures are drawn outside any transaction, in a thread).
MakeFile = Callable[[Mapping[str, Any]], File]


class CannotBeMade(BadRequest):
    """A call whose files cannot be made: as good as refused."""


@dataclass
class _Call:
    departing: store.Departing
    row: Row
    method: str
    params: dict[str, Any]
    content: Mapping[str, Any]
    shown: bytes | None = None
    replaces: int | None = None
    left_at: float = 0.0


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
        is_wanted: IsWanted,
        make_file: MakeFile,
        results: Results,
        monotonic: Callable[[], float],
        hears: Callable[[], bool],
    ) -> None:
        """`hears`: whether Telegram answers other calls: then a silence concerns one message."""
        self._database = database
        self._transport = transport
        self._pace = pace
        self._draw_card = draw_card
        self._is_wanted = is_wanted
        self._make_file = make_file
        self._results = results
        self._monotonic = monotonic
        self._hears = hears
        self._lanes = Lanes(pace)
        self._loaded = 0
        self._look = True
        self._turning = False
        self._flying: set[asyncio.Task[None]] = set()
        self._back: list[_Back] = []
        self._wake = asyncio.Event()
        self._stopping = False
        # Calls in a row, each after what was waited for the one before, to which nothing answered.
        self._silent = 0
        self._silent_since = 0.0
        self.sent = 0
        self.failures: Counter[str] = Counter()  # by kind

    def wake(self) -> None:
        """Something new may wait, or the clock has moved."""
        self._look = True
        self._wake.set()

    async def run(self) -> None:
        """Send for ever, until `stop`."""
        await self._database.transact(store.recover)
        try:
            while not (self._stopping and self._lanes.busy == 0):
                self._wake.clear()
                again_in = await self._turn_or_rest()
                if again_in > 0:
                    try:
                        await asyncio.wait_for(self._wake.wait(), again_in)
                    except TimeoutError:
                        continue
        finally:
            for task in self._flying:
                task.cancel()

    def stop(self) -> None:
        """Let what is under way finish, and start nothing new."""
        self._stopping = True
        self.wake()

    async def _turn_or_rest(self) -> float:
        self._turning = True
        try:
            return await self._turn()
        except DiskFailed:
            raise
        except Exception as error:  # noqa: BLE001 - a mute bot is worse than a slow one
            self._look = True
            log.error(  # noqa: TRY400 - no private words in the log
                "outbox turn failed",
                extra={"action": "outbox_failed", "error": type(error).__name__},
            )
            return FAILED_TURN_SECONDS
        finally:
            self._turning = False

    async def _turn(self) -> float:
        """One step: settle what came back, send what may leave. Seconds until the next look."""
        if self._look and not self._stopping:
            self._look = False
            for new in await self._database.read(store.waiting_after, self._loaded):
                self._loaded = max(self._loaded, new.id)
                self._enqueue(new)
        now = self._monotonic()
        back, self._back = self._back, []
        leaving = self._lanes.choose(now, self._free())
        if not back and not leaving:
            return self._lanes.seconds_to_next(now, self._free())
        try:
            waits, calls = await self._database.transact(self._settle_and_depart, back, leaving)
        except BaseException:
            self._back = back + self._back
            for chat_id, row in leaving:
                self._lanes.done(chat_id, now, again=row)
            raise
        # What follows waits for nothing: what the database says is leaving does leave.
        for one, wait in zip(back, waits, strict=True):
            self._land(one, wait)
        for (chat_id, _), call in zip(leaving, calls, strict=True):
            if call is None:
                self._lanes.done(chat_id, now)
            else:
                self._let_leave(chat_id, call)
        self._look = self._look or bool(back)  # a result may have had something said
        return 0.0 if back or None in calls else self._lanes.seconds_to_next(now, self._free())

    def _free(self) -> int:
        """How many more calls may be under way; where nothing answers, one at a time tries."""
        if self._stopping:
            return 0
        return (1 if self._silent >= SILENCE_AFTER else AT_ONCE_MAX) - self._lanes.busy

    def _enqueue(self, new: store.Waiting) -> None:
        now, not_before = self._monotonic(), 0.0
        if new.next_at is not None:
            wait = (new.next_at - self._database.clock()).total_seconds()
            not_before = now + min(wait, STORED_WAIT_MAX_SECONDS)
        row = Row.new(new.id, new.urgency, now, is_edit=new.is_edit, not_before=not_before)
        if new.attempts >= ASIDE_AFTER:
            row = row.aside()
        self._lanes.add(new.chat_id, row, is_private=new.is_private, now=now)

    def _let_leave(self, chat_id: int, call: _Call) -> None:
        call.left_at = self._monotonic()
        self._lanes.leaves(chat_id, call.left_at)
        task = asyncio.create_task(self._make(call))
        self._flying.add(task)
        task.add_done_callback(self._flying.discard)

    def _land(self, back: _Back, wait: float | None) -> None:
        """Free a chat for what comes next in it, and learn from what Telegram answered."""
        now, chat_id = self._monotonic(), back.call.departing.chat.id
        if back.error is None:
            self.sent += 1
        else:
            self.failures[type(back.error).__name__] += 1
        if isinstance(back.error, RetryAfter):
            until, is_private = now + _seconds(back.error), self._lanes.is_private(chat_id)
            self._pace.hold(chat_id, until, is_private=is_private, now=now)
        steps_aside = self._steps_aside(back)
        if _is_silence(back.error):
            if not steps_aside:
                self._hear_nothing(back, now)
        else:
            self._silent = 0
            if not isinstance(back.error, RetryAfter):
                self._pace.answered()
        again = None
        if wait is not None:
            mended = back.error is not None and wait <= 0 and not _is_silence(back.error)
            mends = back.call.row.mends + mended
            again = back.call.row._replace(not_before=now + wait, mends=mends)
            again = again.aside() if steps_aside else again
        self._lanes.done(chat_id, now, again)

    def _steps_aside(self, back: _Back) -> bool:
        """Whether Telegram answers, but for this one alone: then its chat goes on without it."""
        tried = back.call.departing.attempts
        return _is_silence(back.error) and tried >= ASIDE_AFTER and self._hears()

    def _hear_nothing(self, back: _Back, now: float) -> None:
        """A call went unanswered; where that is no accident, the whole bot waits."""
        if back.call.left_at < self._silent_since:
            return  # it left together with one that was counted
        surely = isinstance(back.error, (NotSent, InvalidToken))
        self._silent += SILENCE_AFTER if surely else 1
        if self._silent >= SILENCE_AFTER:
            step = min(self._silent // SILENCE_AFTER, len(SILENCE_SECONDS)) - 1
            self._pace.hold_all(now + SILENCE_SECONDS[step])
            self._silent_since = now
            log.warning(
                "nothing goes through",
                extra={
                    "action": "sending_waits",
                    "error": type(back.error).__name__,
                    "wait": SILENCE_SECONDS[step],
                },
            )

    # -- inside the transaction -------------------------------------------------------------

    def _settle_and_depart(
        self, at: Transaction, back: list[_Back], leaving: list[tuple[int, Row]]
    ) -> tuple[list[float | None], list[_Call | None]]:
        """Note what came back, and mark what leaves.

        For each that came back: after how many seconds it is tried again, if at all. For each
        that was to leave: its call, if there still is something to say.
        """
        waits = [self._settled(at, one) for one in back]
        return waits, [self._departed(at, row) for _, row in leaving]

    def _departed(self, at: Transaction, row: Row) -> _Call | None:
        """Prepare a call; a card that cannot be drawn is put aside, the others leave."""
        try:
            with at.savepoint():
                departing = store.depart(at, row.id)
                return None if departing is None else self._prepare(at, departing, row)
        except (CannotStore, DiskFailed):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not stop the next one
            _log_failure("call could not be prepared", "prepare_failed", row.id, error)
            store.fail(at, row.id, error=f"could not be prepared: {type(error).__name__}")
            return None

    def _prepare(self, at: Transaction, departing: store.Departing, row: Row) -> _Call | None:
        if departing.key is not None and not self._is_wanted(at, departing.key):
            store.drop(at, departing.id, why="not needed any more")
            return None
        if departing.card is None:
            assert departing.content is not None
            return _addressed(departing, row, departing.content)
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
            call = _addressed(departing, row, content)
            call.replaces = card.message_id
        else:
            edit = {
                "method": "editMessageText",
                "params": dict(content["params"]) | {"message_id": card.message_id},
            }
            call = _addressed(departing, row, edit)
        call.shown = shown
        return call

    def _settled(self, at: Transaction, back: _Back) -> float | None:
        """Settle what came back; if noting it fails, that alone is undone, and it is over."""
        try:
            with at.savepoint():
                return self._settle(at, back)
        except (CannotStore, DiskFailed):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not stop the next one
            row_id = back.call.departing.id
            _log_failure("answer could not be noted", "settle_failed", row_id, error)
            if back.error is None:
                store.finish(at, row_id, message_id=None)
            else:
                store.fail(at, row_id, error=f"could not be settled: {type(error).__name__}")
            return None

    def _settle(self, at: Transaction, back: _Back) -> float | None:
        call, departing, error = back.call, back.call.departing, back.error
        if error is None:
            self._settle_sent(at, call, back.result)
        elif isinstance(error, BadRequest):
            return self._settle_refused(at, call, str(error))
        elif isinstance(error, ChatMigrated):
            return _follow(at, departing, error.new_chat_id)
        elif isinstance(error, Forbidden):
            _close_chat(at, departing.chat, str(error))
            store.fail(at, departing.id, error=_bare(str(error)))
        elif isinstance(error, RetryAfter):
            return _again(at, departing, _seconds(error), counted=False)
        elif isinstance(error, (NotSent, InvalidToken)):
            return _again(at, departing, 0.0, counted=False)  # the whole bot waits
        else:
            return self._settle_silence(at, departing, error)
        return None

    def _settle_silence(
        self, at: Transaction, departing: store.Departing, error: TelegramError
    ) -> float | None:
        """Nobody can know whether it arrived."""
        if not departing.again:
            store.leave_uncertain(at, departing.id)
            return None
        if not self._hears():  # whatever it is, it is not this one: it keeps its place
            wait = min(_back_off(departing.attempts), SILENCE_SECONDS[-1])
            return _again(at, departing, wait, counted=False)
        if departing.attempts >= ATTEMPTS_MAX:
            store.fail(at, departing.id, error=type(error).__name__)
            return None
        return _again(at, departing, _back_off(departing.attempts))

    def _settle_sent(self, at: Transaction, call: _Call, result: Any) -> None:  # noqa: ANN401 - whatever came
        departing = call.departing
        message_id = result.get("message_id") if isinstance(result, dict) else None
        store.finish(at, departing.id, message_id=message_id)
        if chats.by_id(at, departing.chat.id).telegram_id == departing.chat.telegram_id:
            self._note_message(at, call, message_id)
        if departing.result is not None:
            self._tell(at, departing.result, departing.subject or 0, result)

    def _note_message(self, at: Transaction, call: _Call, message_id: int | None) -> None:
        """Keep which message it has become (in a chat that moved meanwhile it has become none)."""
        departing = call.departing
        if message_id is not None and not departing.chat.is_private:
            chats.reached(at, departing.chat.id, message_id)
        if departing.card is not None:
            shown_in = departing.card.message_id if message_id is None else message_id
            store.card_is_shown(at, departing.card.id, message_id=shown_in, shown=call.shown)
            if call.replaces is not None and call.replaces != shown_in:
                store.queue(
                    at, departing.chat.id, store.delete_call(call.replaces), urgency=store.UNASKED
                )

    def _tell(self, at: Transaction, name: str, subject: int, result: Any) -> None:  # noqa: ANN401 - whatever came
        """Tell the practice that asked; the message did arrive, even if what follows fails."""
        try:
            with at.savepoint():
                self._results(at, name, subject, result)
        except (CannotStore, DiskFailed):
            raise
        except Exception as error:  # noqa: BLE001 - as above
            _log_failure(f"result {name} failed", "result_failed", subject, error)

    def _settle_refused(self, at: Transaction, call: _Call, words: str) -> float | None:
        """Telegram refused the call: what can be mended is mended, the rest is put aside."""
        departing, low = call.departing, words.lower()
        if "message is not modified" in low:
            store.finish(at, departing.id, message_id=departing.edits)
            if departing.card is not None:
                store.card_is_shown(
                    at, departing.card.id, message_id=departing.card.message_id, shown=call.shown
                )
            return None
        if call.row.mends < MENDS_MAX and self._mended(at, call, low):
            return _again(at, departing, 0.0)
        if "chat not found" in low or "peer_id_invalid" in low:
            chats.set_state(at, departing.chat.id, "gone")
        elif call.method == "deleteMessage":
            self._take_buttons_away(at, call, low)
        elif not _message_is_gone(low):
            log.error(
                "refused by Telegram",
                extra={"action": "send_refused", "outbox": departing.id, "method": call.method},
            )
        store.fail(at, departing.id, error=_bare(words))
        return None

    def _mended(self, at: Transaction, call: _Call, low: str) -> bool:
        """Change what stood in the way, if that can be: then it is tried again."""
        departing = call.departing
        if departing.card is not None and _message_is_gone(low):
            store.card_is_shown(at, departing.card.id, message_id=None, shown=None)
            return True
        if "thread not found" in low or "topic_closed" in low or "topic_deleted" in low:
            chats.set_topic(at, departing.chat.id, None)  # to the general topic, then
            return True
        if not departing.plain and ("can't parse entities" in low or "is too long" in low):
            log.error(
                "formatting refused by Telegram: sent as plain text",
                extra={"action": "sent_plain", "outbox": departing.id},
            )
            store.make_plain(at, departing.id)
            return True
        return False

    def _take_buttons_away(self, at: Transaction, call: _Call, low: str) -> None:
        """A message too old to be deleted stays; nobody shall press what it offered."""
        if "can't be deleted" in low:
            edit = {
                "method": "editMessageReplyMarkup",
                "params": {"message_id": call.params["message_id"]},
            }
            store.queue(at, call.departing.chat.id, edit, urgency=store.UNASKED)

    # -- outside ------------------------------------------------------------------------------

    async def _make(self, call: _Call) -> None:
        back = _Back(call)
        try:
            files = await self._files(call)
            back.result = await self._transport.call(call.method, call.params, files)
        except TelegramError as error:
            back.error = error
        except Exception as error:  # noqa: BLE001 - nobody knows: as if nothing had answered
            _log_failure("call failed", "call_failed", call.departing.id, error)
            back.error = NetworkError(type(error).__name__)
        self._back.append(back)
        self._wake.set()

    async def _files(self, call: _Call) -> dict[str, File] | None:
        wanted = call.content.get("files")
        if not wanted:
            return None
        try:
            return {
                name: await asyncio.to_thread(self._make_file, order)
                for name, order in wanted.items()
            }
        except Exception as error:  # noqa: BLE001 - a picture that cannot be drawn must not stop a chat
            _log_failure("file could not be made", "file_failed", call.departing.id, error)
            raise CannotBeMade(f"could not be made: {type(error).__name__}") from None

    async def settled(self) -> bool:
        """Whether nothing is under way, and nothing could leave at this moment or very soon."""
        if self._turning or self._look or self._lanes.busy:
            return False
        return self._lanes.seconds_to_next(self._monotonic(), AT_ONCE_MAX) > SOON_SECONDS


def _addressed(departing: store.Departing, row: Row, content: Mapping[str, Any]) -> _Call:
    """Fill in where a call goes: the chat, and the group's own topic."""
    method = content["method"]
    params: dict[str, Any] = {"chat_id": departing.chat.telegram_id} | content["params"]
    if departing.chat.topic is not None and method.startswith("send"):
        params.setdefault("message_thread_id", departing.chat.topic)
    if departing.plain:
        _make_plain(params)
    return _Call(departing, row, method, params, content)


def _again(
    at: Transaction, departing: store.Departing, seconds: float, *, counted: bool = True
) -> float | None:
    """Let it wait again; None where a newer edit has taken its place."""
    next_at = at.now + timedelta(seconds=seconds) if seconds else None
    return seconds if store.try_again(at, departing, next_at, counted=counted) else None


def _follow(at: Transaction, departing: store.Departing, new_id: int) -> float | None:
    """Follow a group to its supergroup, and try there."""
    store.follow(at, old_telegram_id=departing.chat.telegram_id, new_telegram_id=new_id)
    if chats.by_id(at, departing.chat.id).telegram_id == departing.chat.telegram_id:
        chats.set_state(at, departing.chat.id, "gone")  # the new one is a group of its own
        store.fail(at, departing.id, error="the group moved to where another is")
        return None
    return _again(at, departing, 0.0, counted=False)


def _is_far(at: Transaction, chat: chats.Chat, card: store.Card) -> bool:
    """Whether so much was written below a card that an edit of it goes unseen."""
    return (
        not chat.is_private
        and card.message_id is not None
        and card.posted_at is not None
        and chat.last_message_id - card.message_id > CARD_NEAR
        and at.now - card.posted_at > CARD_AGE
    )


def _message_is_gone(words: str) -> bool:
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


def _is_silence(error: TelegramError | None) -> bool:
    """Whether nothing that understands a call answered it."""
    return isinstance(error, InvalidToken) or (
        isinstance(error, NetworkError) and not isinstance(error, BadRequest)
    )


def _make_plain(params: dict[str, Any]) -> None:
    """Take the formatting out, and cut what is too long."""
    params.pop("parse_mode", None)
    for name, most in (("text", TEXT_MAX), ("caption", CAPTION_MAX)):
        if name in params:
            bare = re.sub(r"</?[a-z][^<>]*>", "", params[name])
            params[name] = cut(html.unescape(bare), most)


def _bare(words: str) -> str:
    """Telegram's words, without what they quote of ours: that may be somebody's."""
    return re.sub(r'".*"', '"…"', words, flags=re.DOTALL)[:200]


def _log_failure(words: str, action: str, row_id: int, error: Exception) -> None:
    # Without the error's own words: they may hold what people wrote.
    log.error(words, extra={"action": action, "outbox": row_id, "error": type(error).__name__})


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return float(wait) if isinstance(wait, int) else wait.total_seconds()


def _back_off(attempts: int) -> float:
    return min(2.0 ** min(attempts, 10), BACK_OFF_MAX_SECONDS)
