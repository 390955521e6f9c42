"""What comes in. An update is confirmed to Telegram only after its effects are committed.

Whatever waits (up to 100 updates) goes through its handlers in one transaction, a savepoint each,
with "update N is done" and what is to be said; one commit; then what was said leaves; then, with
the next call, Telegram is told. Killed at any instant, nothing is lost and nothing happens twice.
"""

import asyncio
import contextlib
import logging
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from telegram.error import Conflict, RetryAfter, TelegramError

from bot.delivery.transport import POLL_GRACE_SECONDS, POLL_SECONDS, Transport
from bot.storage import updates
from bot.storage.database import CannotStore, Database, DiskFailed, Transaction

log = logging.getLogger(__name__)

BATCH_MAX: Final = 100
BACK_OFF_SECONDS: Final = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
POLL_WAIT_MAX_SECONDS: Final = 600.0  # whoever asks for more: a deaf bot must hear again some day
#: A quiet Telegram answers a poll after POLL_SECONDS, and says how the webhook is once a minute.
HEARS_SECONDS: Final = 75.0
#: What the bot reads. chat_member and message_reaction do not come unless asked for.
ALLOWED_UPDATES: Final = (
    "message",
    "edited_message",
    "callback_query",
    "poll",
    "poll_answer",
    "my_chat_member",
    "chat_member",
)


class Unreadable(Exception):
    """An update that does not parse: kept and passed over."""


@dataclass(frozen=True)
class Toast:
    """The answer to a tap. Worthless a minute later, so it leaves after the commit, unstored."""

    callback_query_id: str
    text: str = ""
    alert: bool = False
    url: str | None = None


class _Posted(NamedTuple):
    """An update that waits to be applied, and whoever waits for that."""

    raw: dict[str, Any]
    done: asyncio.Future[None]
    since: float


#: Applies one update: changes facts, leaves messages in the outbox, gives back toasts.
Take = Callable[[Transaction, dict[str, Any]], list[Toast]]


class Intake:
    """Fetches updates and puts them through their handlers."""

    def __init__(
        self,
        database: Database,
        transport: Transport,
        *,
        take: Take,
        apologise: Take,
        after_commit: Callable[[], None],
    ) -> None:
        """`apologise` tells the person whose update failed that nothing was changed."""
        self._database = database
        self._transport = transport
        self._take = take
        self._apologise = apologise
        self._after_commit = after_commit
        self._toasts: set[asyncio.Task[None]] = set()
        self._receiving: asyncio.Task[None] | None = None
        self._heard_at: float | None = None
        self._has_heard = False
        self._posted: list[_Posted] = []
        self._arrived = asyncio.Event()
        self._outcomes: list[tuple[str, str]] = []  # of the transaction under way
        self._applying_since = 0.0
        self.updates_taken = 0
        self.tally: Counter[tuple[str, str]] = Counter()  # by kind and outcome
        # By webhook: how many updates Telegram kept when it last told, and posts of somebody else.
        self.kept_by_telegram: int | None = None
        self.forged = 0
        self.age_seconds = 0.0  # of the oldest message among those applied last

    @property
    def busy(self) -> bool:
        """Whether something that came is being applied, or waits for it."""
        return bool(self._posted) or (self._receiving is not None and not self._receiving.done())

    def heard(self) -> None:
        """Note that Telegram reaches us, and we it."""
        self.begin_to_listen()
        self._has_heard = True

    def hears(self) -> bool:
        """Whether Telegram answered lately, as it does at least once a poll."""
        return self._has_heard and self.seconds_since_heard() < HEARS_SECONDS

    def seconds_since_heard(self) -> float:
        """How long ago Telegram last answered: what tells a deaf bot from a quiet one."""
        if self._heard_at is None:
            return 0.0
        return time.monotonic() - self._heard_at

    def seconds_in_hand(self) -> float:
        """How long the oldest update that came has waited for its effects to be stored."""
        since = [one.since for one in self._posted[:1]]
        if self._receiving is not None and not self._receiving.done():
            since.append(self._applying_since)
        return time.monotonic() - min(since) if since else 0.0

    def begin_to_listen(self) -> None:
        """Count from now how long nothing was heard."""
        self._heard_at = time.monotonic()

    async def poll(self) -> None:
        """Fetch and apply updates for ever. Every error but cancellation is retried."""
        offset: int | None = None
        failures = 0
        self.begin_to_listen()
        while True:
            try:
                batch = await self._fetch(offset)
                await self._apply(batch)
            except DiskFailed:
                raise
            except Exception as error:  # noqa: BLE001 - a deaf bot is worse than a slow one
                if _is_webhook_conflict(error):
                    await self._take_webhook_away()
                wait = back_off(error, failures)
                failures += 1
                log.warning(
                    "poll failed",
                    extra={"action": "poll_failed", "error": without_words(error), "wait": wait},
                )
                await asyncio.sleep(wait)
                continue
            failures = 0
            self.heard()
            # An empty answer means that all is confirmed: then no offset is named, because after
            # a quiet week ids begin anew anywhere, and a higher offset would confirm them unseen.
            ids = [one["update_id"] for one in batch if has_id(one)]
            offset = max(ids) + 1 if ids else None

    async def _fetch(self, offset: int | None) -> list[Any]:
        batch = await self._transport.call(
            "getUpdates",
            {
                "offset": offset,
                "limit": BATCH_MAX,
                "timeout": POLL_SECONDS,
                "allowed_updates": ALLOWED_UPDATES,
            },
            seconds=POLL_SECONDS + POLL_GRACE_SECONDS,
        )
        if not isinstance(batch, list):
            raise TelegramError("getUpdates gave no list")
        if batch and not any(map(has_id, batch)):
            # They could never be confirmed, and would come again at once, for ever.
            raise TelegramError("getUpdates gave updates without ids")
        return batch

    async def _take_webhook_away(self) -> None:
        """Have updates wait for us again; what waits is kept."""
        log.warning("a webhook was set: taking it away", extra={"action": "webhook_removed"})
        with contextlib.suppress(TelegramError):
            await self._transport.call("deleteWebhook", {})

    async def take_posted(self) -> None:
        """Apply what is posted, for ever: whatever waits goes together, in its order.

        Telegram posts several at once; it keeps the order of a chat by waiting for each answer.
        """
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self._posted:
                now = sorted(self._posted[:BATCH_MAX], key=lambda one: one.raw["update_id"])
                try:
                    await self._apply([one.raw for one in now])
                except Exception as error:
                    _answer(now, error)
                    if isinstance(error, DiskFailed):
                        raise
                    log.warning(
                        "posted updates not taken",
                        extra={"action": "post_failed", "error": without_words(error)},
                    )
                else:
                    _answer(now, None)
                finally:
                    del self._posted[: len(now)]

    async def hear(self, raw: dict[str, Any]) -> None:
        """Take in one update that was posted; when this returns it may be confirmed.

        Raises what stands in the way: then nothing of it is stored, and it must come again.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._posted.append(_Posted(raw, done, time.monotonic()))
        self._arrived.set()
        await done
        self.heard()

    async def _apply(self, batch: list[Any]) -> None:
        self._applying_since = time.monotonic()
        self._receiving = asyncio.create_task(self.receive(batch))
        # Whoever cancels us (a stop) does not tear what came out of its transaction.
        await asyncio.shield(self._receiving)

    async def receive(self, batch: list[Any]) -> None:
        """Apply what came, durably; when this returns it may be confirmed."""
        if not batch:
            return
        for toast in await self._commit(batch):
            task = asyncio.create_task(self._say(toast))
            self._toasts.add(task)
            task.add_done_callback(self._toasts.discard)

    async def _commit(self, batch: list[Any]) -> list[Toast]:
        """Apply a batch in one transaction; one by one where that fails as a whole."""
        try:
            toasts = await self._database.transact(self._take_all, batch)
        except (CannotStore, DiskFailed):
            raise
        except Exception as error:  # noqa: BLE001 - one update must not hold up the others
            if len(batch) > 1:
                return [toast for raw in batch for toast in await self._commit([raw])]
            toasts = await self._database.transact(self._pass_over, batch[0], error)
        self.updates_taken += len(batch)
        self.tally.update(self._outcomes)
        sent_at = [when for raw in batch if (when := _sent_at(raw)) is not None]
        if sent_at:
            self.age_seconds = max(0.0, self._database.clock().timestamp() - min(sent_at))
        self._after_commit()
        return toasts

    def _take_all(self, at: Transaction, batch: list[Any]) -> list[Toast]:
        toasts: list[Toast] = []
        self._outcomes = []
        for raw in batch:
            if has_id(raw) and not updates.is_first(at, raw["update_id"]):
                self._outcomes.append((_kind(raw), "repeated"))
                continue
            toasts += self._take_one(at, raw)
        return toasts

    def _take_one(self, at: Transaction, raw: Any) -> list[Toast]:  # noqa: ANN401 - whatever came
        try:
            with at.savepoint():
                toasts = self._take(at, raw)
            self._outcomes.append((_kind(raw), "done"))
        except (CannotStore, DiskFailed):
            raise  # nothing is confirmed, and all of it comes again
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not stop the next one
            self._put_aside(at, raw, error)
            return self._excuse(at, raw)
        return toasts

    def _pass_over(self, at: Transaction, raw: Any, error: Exception) -> list[Toast]:  # noqa: ANN401 - whatever came
        """Put aside what makes even a transaction of its own fail, at its very end say."""
        self._outcomes = []
        if has_id(raw):
            updates.is_first(at, raw["update_id"])  # it had been; that was undone with the rest
        self._put_aside(at, raw, error)
        return self._excuse(at, raw)

    def _put_aside(self, at: Transaction, raw: Any, error: Exception) -> None:  # noqa: ANN401 - whatever came
        why = "unreadable" if isinstance(error, Unreadable) else "handler"
        self._outcomes.append((_kind(raw), "unreadable" if why == "unreadable" else "failed"))
        log.error(
            "update failed",
            extra={
                "action": f"update_{why}",
                "update_id": raw["update_id"] if has_id(raw) else None,
                "error": type(error).__name__,
            },
        )
        # A traceback can hold what somebody wrote: it is kept sealed, and is in no log.
        trace = "".join(traceback.format_exception(error))
        updates.keep_failed(at, raw, why=why, trace=trace)

    def _excuse(self, at: Transaction, raw: Any) -> list[Toast]:  # noqa: ANN401 - whatever came
        """Tell who sent it that nothing was changed, where they can be told."""
        try:
            with at.savepoint():
                return self._apologise(at, raw)
        except (CannotStore, DiskFailed):
            raise
        except Exception as error:  # noqa: BLE001 - who cannot be told is left alone
            log.info("no apology", extra={"action": "no_apology", "error": type(error).__name__})
            return []

    async def _say(self, toast: Toast) -> None:
        params = {
            "callback_query_id": toast.callback_query_id,
            "text": toast.text or None,
            "show_alert": True if toast.alert else None,
            "url": toast.url,
        }
        try:
            await self._transport.call("answerCallbackQuery", params, seconds=10)
        except Exception as error:  # noqa: BLE001 - as below, whatever it is
            # Too old, or the network: the effect stands, only its echo is lost.
            log.debug("no toast", extra={"action": "toast_lost", "error": type(error).__name__})

    async def idle(self) -> None:
        """Wait until what came is applied, and every toast has left."""
        if self._receiving is not None:
            await asyncio.wait([self._receiving])
        while self._toasts:
            await asyncio.gather(*self._toasts, return_exceptions=True)


def _answer(posted: list[_Posted], error: Exception | None) -> None:
    """Tell those who wait what became of theirs; one whose connection ended waits no more."""
    for one in posted:
        if one.done.done():
            continue
        if error is None:
            one.done.set_result(None)
        else:
            one.done.set_exception(error)


def has_id(raw: Any) -> bool:  # noqa: ANN401 - whatever came
    """Whether an update says which it is."""
    return (
        isinstance(raw, dict)
        and isinstance(raw.get("update_id"), int)
        and not isinstance(raw["update_id"], bool)
        and abs(raw["update_id"]) < 2**62
    )


def _is_webhook_conflict(error: Exception) -> bool:
    return isinstance(error, Conflict) and "webhook is active" in str(error)


def _kind(raw: Any) -> str:  # noqa: ANN401 - whatever came
    """Name what an update is about: one of what we asked for, or something else."""
    is_object = isinstance(raw, dict)
    return next((kind for kind in ALLOWED_UPDATES if is_object and kind in raw), "other")


def _sent_at(raw: Any) -> int | None:  # noqa: ANN401 - whatever came
    """When a message was sent, by Telegram's clock; a press does not say."""
    message = raw.get("message") if isinstance(raw, dict) else None
    when = message.get("date") if isinstance(message, dict) else None
    return when if type(when) is int else None


def back_off(error: Exception, failures: int) -> float:
    """Give the seconds to wait after so many failures in a row and this one."""
    if isinstance(error, RetryAfter):
        return min(_seconds(error), POLL_WAIT_MAX_SECONDS)
    if isinstance(error, Conflict):
        # Another process polls with this token; say so, and let it be seen that it matters.
        log.error("another process uses this token", extra={"action": "poll_conflict"})
    return BACK_OFF_SECONDS[min(failures, len(BACK_OFF_SECONDS) - 1)]


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return float(wait) if isinstance(wait, int) else wait.total_seconds()


def without_words(error: Exception) -> str:
    """Telegram's own words hold nothing private; anything else is named by its kind only."""
    return str(error) if isinstance(error, TelegramError) else type(error).__name__
