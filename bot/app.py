"""The composition root: the only module that knows all the parts, and puts them together."""

import asyncio
import contextlib
import functools
import logging
import signal
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from datetime import datetime
from types import ModuleType
from typing import Any, Final

from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot import service_manager
from bot.delivery.intake import Intake
from bot.delivery.limits import Pace
from bot.delivery.outbox import Outbox
from bot.delivery.transport import Transport
from bot.handlers import (
    agreement as agreement_handlers,
    chats as chats_handlers,
    check_ins as check_ins_handlers,
    consents as consents_handlers,
    contributions as contributions_handlers,
    copies as copies_handlers,
    decisions as decisions_handlers,
    digests as digests_handlers,
    dispatch,
    exports as exports_handlers,
    fund as fund_handlers,
    goals as goals_handlers,
    help as help_handlers,
    hiding as hiding_handlers,
    households as households_handlers,
    journal_choices as journal_choices_handlers,
    meeting_lists as meeting_lists_handlers,
    meeting_planning as meeting_planning_handlers,
    meetings as meetings_handlers,
    members as members_handlers,
    offices as offices_handlers,
    openings as openings_handlers,
    own_questions as own_questions_handlers,
    own_values as own_values_handlers,
    payouts as payouts_handlers,
    peer_help as peer_help_handlers,
    plans as plans_handlers,
    polls as polls_handlers,
    privacy as privacy_handlers,
    proposing as proposing_handlers,
    settings as settings_handlers,
    setup as setup_handlers,
    sharing as sharing_handlers,
    thanks as thanks_handlers,
    work_days as work_days_handlers,
)
from bot.monitoring import DEAF_SECONDS, Monitor
from bot.practices import (
    agreement_news as agreement_news_practice,
    chats as chats_practice,
    check_ins as check_ins_practice,
    contributions as contributions_practice,
    copies as copies_practice,
    decisions as decisions_practice,
    digests as digests_practice,
    due_days as due_days_practice,
    exports as exports_practice,
    fund as fund_practice,
    goals as goals_practice,
    hiding as hiding_practice,
    households as households_practice,
    meeting_card as meeting_card_practice,
    meeting_lists as meeting_lists_practice,
    members as members_practice,
    offices as offices_practice,
    peer_help as peer_help_practice,
    pictures as pictures_practice,
    plans as plans_practice,
    polls as polls_practice,
    privacy as privacy_practice,
    setup as setup_practice,
    sharing as sharing_practice,
    speaking,
    work_days as work_days_practice,
)
from bot.rendering import files, messages
from bot.rendering.drawers import Drawers, DrawSvg
from bot.rendering.files import File
from bot.scheduler import (
    agreement as agreement_schedule,
    backups as backups_schedule,
    check_ins as check_ins_schedule,
    consents as consents_schedule,
    contributions as contributions_schedule,
    decisions as decisions_schedule,
    digests as digests_schedule,
    households as households_schedule,
    meetings as meetings_schedule,
    peer_help as peer_help_schedule,
    polls as polls_schedule,
    pulses as pulses_schedule,
    retention as retention_schedule,
    terms as terms_schedule,
    unasked as unasked_schedule,
    work_days as work_days_schedule,
)
from bot.scheduler.agenda import Agenda, Start
from bot.scheduler.backups import Keeper, forget_again
from bot.scheduler.clock import Bell, wall_clock
from bot.settings import Settings
from bot.storage import due, links
from bot.storage.database import Database, DiskFailed, Reading, Transaction, open_database
from bot.storage.outbox import Card

log = logging.getLogger(__name__)

#: Each practice's rooms. A handler module gives HANDLERS; a practice may give CARDS, RESULTS and
#: WANTED; a scheduler module gives STARTS.
HANDLERS: Final[tuple[ModuleType, ...]] = (
    setup_handlers,
    settings_handlers,
    agreement_handlers,
    members_handlers,
    offices_handlers,
    households_handlers,
    chats_handlers,
    check_ins_handlers,
    journal_choices_handlers,
    sharing_handlers,
    own_values_handlers,
    own_questions_handlers,
    contributions_handlers,
    fund_handlers,
    copies_handlers,
    exports_handlers,
    meeting_lists_handlers,
    meetings_handlers,
    meeting_planning_handlers,
    polls_handlers,
    decisions_handlers,
    proposing_handlers,
    thanks_handlers,
    work_days_handlers,
    digests_handlers,
    goals_handlers,
    openings_handlers,
    payouts_handlers,
    peer_help_handlers,
    plans_handlers,
    hiding_handlers,
    consents_handlers,
    privacy_handlers,
    help_handlers,
)
PRACTICES: Final[tuple[ModuleType, ...]] = (
    setup_practice,
    agreement_news_practice,
    members_practice,
    offices_practice,
    households_practice,
    chats_practice,
    check_ins_practice,
    sharing_practice,
    contributions_practice,
    due_days_practice,
    fund_practice,
    meeting_lists_practice,
    meeting_card_practice,
    polls_practice,
    decisions_practice,
    digests_practice,
    goals_practice,
    peer_help_practice,
    plans_practice,
    hiding_practice,
    pictures_practice,
    work_days_practice,
    privacy_practice,
)
SCHEDULES: Final[tuple[ModuleType, ...]] = (
    agreement_schedule,
    backups_schedule,
    check_ins_schedule,
    consents_schedule,
    contributions_schedule,
    decisions_schedule,
    digests_schedule,
    households_schedule,
    meetings_schedule,
    peer_help_schedule,
    polls_schedule,
    pulses_schedule,
    retention_schedule,
    terms_schedule,
    unasked_schedule,
    work_days_schedule,
)

START_BACK_OFF_SECONDS: Final = (1.0, 2.0, 5.0, 10.0, 30.0)
STOP_SECONDS: Final = 8.0  # less than those who stop a process usually give it


class Barnraiser:
    """The bot, its parts put together around one database and one Bot API server."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        transport: Transport,
        bot: Bot,
        pace: Pace,
        *,
        monotonic: Callable[[], float],
        draw: DrawSvg,
    ) -> None:
        self.database = database
        self._transport = transport
        self._dispatcher = dispatch.Dispatcher(
            bot, [route for module in HANDLERS for route in module.HANDLERS]
        )
        self.outbox = Outbox(
            database,
            transport,
            pace,
            draw_card=_draw_card,
            is_wanted=_is_wanted,
            make_file=functools.partial(_make_file, database, draw),
            results=_tell_result,
            monotonic=monotonic,
            hears=self._hears_telegram,
        )
        self.intake = Intake(
            database,
            transport,
            take=self._dispatcher.take,
            apologise=self._dispatcher.apologise,
            after_commit=self.outbox.wake,
        )
        self._hear = self._way_to_hear(settings, transport)
        starts: dict[str, Start] = {}
        for module in SCHEDULES:
            starts |= module.STARTS
        self.agenda = Agenda(database, starts, self.outbox.wake)
        self.keeper = Keeper(
            database,
            settings.backups_folder,
            settings.backups_kept,
            settings.backup_recipients,
            self._fail,
        )
        self._bell = Bell(self._ring, settings.tick_seconds)
        self._monitor = Monitor(
            database,
            self.intake,
            self.outbox,
            self._bell,
            tick_seconds=settings.tick_seconds,
            address=settings.metrics,
        )
        self._stop = asyncio.Event()
        self._hurry = asyncio.Event()
        self._failed: DiskFailed | None = None

    def _hears_telegram(self) -> bool:
        return self.intake.hears()

    def _way_to_hear(
        self, settings: Settings, transport: Transport
    ) -> Callable[[], Coroutine[Any, Any, None]]:
        """Poll, or have Telegram post where the operator said so."""
        if settings.webhook_url is None:
            return self.intake.poll
        from bot.delivery.webhook import Webhook  # noqa: PLC0415 - a server is loaded where asked for

        assert settings.token is not None
        return Webhook(
            self.intake,
            transport,
            self.database,
            url=settings.webhook_url,
            address=settings.webhook_listen,
            secret=settings.webhook_secret or self.database.key.webhook_secret(settings.token),
        ).serve

    async def _ring(self) -> None:
        try:
            await self.agenda.ring()
        except DiskFailed as failed:
            self._fail(failed)
            return
        self.keeper.wake()
        silent = self.intake.seconds_since_heard()
        if silent > DEAF_SECONDS:
            log.error("hears nothing", extra={"action": "deaf", "seconds": round(silent)})
        # A message may wait for an instant by the wall clock, and the clock may have jumped.
        self.outbox.wake()

    def _fail(self, failed: DiskFailed) -> None:
        self._failed = failed
        self.stop()

    def stop(self) -> None:
        """Ask to stop: what is under way is finished first. Asked twice, it is not waited for."""
        if self._stop.is_set():
            self._hurry.set()
        self._stop.set()

    async def serve(self) -> None:
        """Serve until `stop`. Raises what stops a part for good, such as DiskFailed."""
        await self.agenda.plan_housekeeping()
        await self.keeper.plan()
        self._bell.start()
        intake = asyncio.create_task(self._hear(), name="intake")
        sending = asyncio.create_task(self.outbox.run(), name="outbox")
        commands = asyncio.create_task(self._register_commands(), name="commands")
        monitor = asyncio.create_task(self._monitor.serve(), name="monitor")
        stopped = asyncio.create_task(self._stop.wait(), name="stop")
        parts = (intake, sending, monitor)
        service_manager.tell("READY=1")
        try:
            await asyncio.wait([*parts, stopped], return_when=asyncio.FIRST_COMPLETED)
        finally:
            service_manager.tell("STOPPING=1")
            await self._bell.stop()
            await _cancel(intake, commands, stopped)
            self.outbox.stop()
            # What is under way is given time to finish; what does not, the database knows of.
            keeper = asyncio.create_task(self.keeper.stop(STOP_SECONDS), name="keeper")
            toasts = asyncio.create_task(self.intake.idle(), name="toasts")
            await self._wait_for_the_last(sending, toasts, keeper)
            await _cancel(sending, toasts, keeper, monitor)
        for part in parts:
            if not part.cancelled():
                part.result()  # a part that ended by itself failed for good
        if self._failed is not None:
            raise self._failed

    async def _wait_for_the_last(self, *tasks: asyncio.Task[None]) -> None:
        """Wait some seconds for what is under way, and no longer once somebody asks again."""
        ending = asyncio.create_task(asyncio.wait(tasks, timeout=STOP_SECONDS), name="ending")
        hurried = asyncio.create_task(self._hurry.wait(), name="hurry")
        await asyncio.wait([ending, hurried], return_when=asyncio.FIRST_COMPLETED)
        await _cancel(ending, hurried)

    async def settle(self) -> None:
        """Wait until what has come in is done and nothing more can leave at this moment."""
        await self.keeper.idle()
        while self.intake.busy or not await self.outbox.settled():  # noqa: ASYNC110 - two parts
            await asyncio.sleep(0.005)
        await self.intake.idle()

    async def travel(self, to: datetime, set_clock: Callable[[datetime], None]) -> None:
        """Move a clock that can be moved, stopping at each thing that is due on the way."""
        await self.settle()
        while True:
            next_at = await self.database.read(due.next_at)
            if next_at is None or next_at > to:
                break
            if next_at > self.database.clock():
                set_clock(next_at)
            await self._ring()
            await self.settle()
        if to > self.database.clock():
            set_clock(to)
        await self._ring()
        await self.settle()

    async def _register_commands(self) -> None:
        """Tell Telegram the commands of each kind of chat in each language, until it works."""
        wanted = [
            (scope, language)
            for scope in ("group", "private")
            for language in (None, *messages.languages())
        ]
        failures = 0
        while wanted:
            scope, language = wanted[0]
            commands = messages.command_list(scope, language or messages.FIRST_LANGUAGE)
            try:
                await self._transport.call(
                    "setMyCommands",
                    {
                        "commands": [
                            {"command": name, "description": words} for name, words in commands
                        ],
                        "scope": {"type": f"all_{scope}_chats"},
                        "language_code": language,
                    },
                )
            except TelegramError as error:
                failures = await _rest("commands not registered yet", failures, error)
                continue
            wanted.pop(0)


@contextlib.asynccontextmanager
async def barnraiser(
    settings: Settings,
    *,
    clock: Callable[[], datetime] = wall_clock,
    monotonic: Callable[[], float] = time.monotonic,
    pace: Pace | None = None,
) -> AsyncIterator[Barnraiser]:
    """Open the database, learn who we are, and put the parts together; close all of it at the end.

    `clock` gives the time (UTC) by which things are due, `monotonic` the seconds by which
    Telegram's limits are kept. Raises what open_database raises.
    """
    assert settings.token is not None
    database = await open_database(settings.database, clock)
    try:
        await forget_again(database)
        transport = Transport(settings.api_url, settings.token)
        await transport.initialize()
        bot = Bot(
            settings.token,
            base_url=f"{settings.api_url}/bot",
            request=transport,
            get_updates_request=transport,
        )
        try:
            await _learn_who_we_are(bot)
            await database.transact(links.know_bot, telegram_id=bot.id, username=bot.username)
            with contextlib.closing(Drawers()) as draw:
                yield Barnraiser(
                    settings,
                    database,
                    transport,
                    bot,
                    pace or Pace(),
                    monotonic=monotonic,
                    draw=draw,
                )
        finally:
            await transport.shutdown()
    finally:
        await database.close()


def stop_on_signals(stop: Callable[[], object]) -> None:
    """Call `stop` on SIGTERM and on Ctrl-C, in place of what was called before."""
    loop = asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(one, stop)


async def _learn_who_we_are(bot: Bot) -> None:
    """Ask Telegram who we are, until it answers: it may be down when we start."""
    failures = 0
    while True:
        try:
            await bot.initialize()
        except InvalidToken as error:
            # It may be the token, or a proxy's hiccup: an operator mends the one, time the other.
            words = "Telegram does not know this token: check BARNRAISER_TOKEN"
            failures = await _rest(words, failures, error)
        except TelegramError as error:
            failures = await _rest("Telegram does not answer yet", failures, error)
        else:
            return


async def _rest(words: str, failures: int, error: TelegramError) -> int:
    """Say that something at the start must be tried again, and wait; return the failures so far."""
    wait = START_BACK_OFF_SECONDS[min(failures, len(START_BACK_OFF_SECONDS) - 1)]
    log.warning(
        words, extra={"action": "start_retried", "error": type(error).__name__, "wait": wait}
    )
    await asyncio.sleep(wait)
    return failures + 1


def _told_by_name(rooms: str) -> dict[str, Callable[..., Any]]:
    """Gather what the practices offer by name: their CARDS, RESULTS and WANTED."""
    found: dict[str, Callable[..., Any]] = {}
    for module in PRACTICES:
        offered: dict[str, Callable[..., Any]] = getattr(module, rooms, {})
        if twice := found.keys() & offered.keys():
            raise ValueError(f"two practices offer {rooms} {sorted(twice)}")
        found |= offered
    return found


CARDS: Final = _told_by_name("CARDS")
WANTED: Final = _told_by_name("WANTED")
RESULTS: Final = _told_by_name("RESULTS") | {speaking.QUESTION_ASKED: dispatch.question_asked}


def _make_file(database: Database, draw: DrawSvg, order: Mapping[str, Any]) -> File:
    """Make a file that leaves, in a thread; copies of what is kept are read there, too."""
    if copies_practice.is_order(order):
        return database.aside(functools.partial(copies_practice.make, order=order))
    if exports_practice.is_order(order):
        return database.aside(functools.partial(exports_practice.make, order=order))
    if privacy_practice.is_order(order):
        return database.aside(functools.partial(privacy_practice.make, order=order))
    return files.make(order, draw)


def _is_wanted(at: Reading, key: str) -> bool:
    wanted = WANTED.get(key.split(":", 1)[0])
    return wanted is None or bool(wanted(at, key))


def _draw_card(at: Reading, card: Card) -> Mapping[str, Any] | None:
    drawn: Mapping[str, Any] | None = CARDS[card.kind](at, card)
    return drawn


def _tell_result(at: Transaction, name: str, subject: int, result: Any) -> None:  # noqa: ANN401 - whatever came
    RESULTS[name](at, subject, result)


async def _cancel(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    for task in tasks:
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await task
