"""People who write and tap, and a group that sees: how stories speak to the real application.

The sandbox's Telegram runs in this process, and the bot speaks to it over HTTP; nothing is mocked
below it. Time is the sandbox's and moves only where a story says so (`village.moves_to`).
"""

import asyncio
import contextlib
import re
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from new_file import put_new_file

from bot.app import Barnraiser, barnraiser
from bot.delivery.limits import Pace
from bot.domain.agreement import Agreement
from bot.practices import agreement as agreements, setup
from bot.settings import Address, Settings
from bot.storage import chats, groups, members, outbox, people
from bot.storage.database import Reading, Transaction
from sandbox import media
from sandbox.clock import SandboxClock
from sandbox.server import Sandbox
from sandbox.state import Chat, Content, Media, Message

TOKEN = "7000000001:the-token-of-a-test-village-00000"
T = TypeVar("T")
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday


@dataclass
class Button:
    """A button somebody can see: where it stands and what it does."""

    message: Message
    row: int
    column: int
    label: str
    data: str | None
    url: str | None


class Someone:
    """A villager: writes, taps, and reads what the bot told them."""

    def __init__(self, village: "Village", person_id: int, name: str) -> None:
        self.village = village
        self.id = person_id
        self.name = name
        self.toast = ""  # what the last tap was answered with
        self.opened = ""  # the link the last tap opened

    # -- what they do -----------------------------------------------------------------------------

    async def writes(
        self, text: str, *, in_group: "Group | bool" = False, reply_to: Message | None = None
    ) -> None:
        """Write in private, or in the group; then everything that follows happens."""
        chat_id = self._chat(in_group)
        self.village.world.say(
            self.id, chat_id, text, reply_to=reply_to.message_id if reply_to else None
        )
        await self.village.settles()

    async def sends(self, content: Content, *, in_group: "Group | bool" = False) -> None:
        """Send a photo, a voice note, a sticker …"""
        self.village.world.send(self.id, self._chat(in_group), content)
        await self.village.settles()

    async def votes(self, *options: int, message: Message) -> None:
        """Vote in a poll of the bot's; no options takes the vote back."""
        self.village.world.vote(self.id, message.chat.id, message.message_id, list(options))
        await self.village.settles()

    async def starts(self, payload: str = "") -> None:
        """Press Start in the private chat, perhaps by a link."""
        self.village.world.start(self.id, payload)
        await self.village.settles()

    async def taps(self, label: str, *, in_group: "Group | bool" = False) -> None:
        """Tap the newest button whose label contains `label`; a link to the bot is followed.

        Looked for in the private chat; with `in_group`, in the group.
        """
        button = self.button(label, in_group=in_group)
        await self.presses(button)

    async def taps_whatever(self, verb: str, *, in_group: "Group | bool" = False) -> None:
        """Tap the newest button that does `verb`, in whatever language its label is."""
        for button in reversed(self.buttons(in_group=in_group)):
            if (button.data or "").split(":")[0] == verb or f"?start={verb}-" in (button.url or ""):
                await self.presses(button)
                return
        raise AssertionError(f"{self.name} sees no button that does {verb!r}")

    async def presses(self, button: Button) -> None:
        """Tap this very button, however old."""
        if button.url is not None:
            await self.follows(button.url)
            return
        assert button.data is not None
        await self.presses_data(button.message, button.data)

    async def presses_data(self, message: Message, data: str) -> None:
        """Send a press with any data at all, as a forged button would; its toast is kept."""
        press = self.village.world.press(self.id, message.chat.id, message.message_id, data)
        await self.village.settles()
        assert press.answer is not None, "every tap is answered exactly once"
        self.toast = _plain(press.answer.text or "")
        self.opened = press.answer.url or ""
        if self.opened:
            await self.follows(self.opened)

    async def follows(self, url: str) -> None:
        """Open a link; one to the bot starts it with its payload."""
        payload = re.fullmatch(r"https://t\.me/\w+\?start=([\w-]+)", url)
        if payload is not None:
            await self.starts(payload[1])

    # -- what they see ----------------------------------------------------------------------------

    def messages(self, *, in_group: "Group | bool" = False) -> list[Message]:
        """What the bot said, oldest first."""
        chat = self.village.world.chats.get(self._chat(in_group))
        if chat is None:
            return []
        return [one for one in chat.messages.values() if one.sender_id == self.village.world.bot.id]

    @property
    def reads(self) -> str:
        """The last thing the bot told them in private."""
        return words(self.messages()[-1]) if self.messages() else ""

    def read_all(self) -> str:
        """Everything the bot ever told them in private that still stands."""
        return "\n\n".join(words(one) for one in self.messages())

    def sees(self, text: str, *, in_group: "Group | bool" = False) -> bool:
        """Whether any standing message of the bot to them contains this."""
        return any(text in words(one) for one in self.messages(in_group=in_group))

    def buttons(self, *, in_group: "Group | bool" = False) -> list[Button]:
        """Every button they can see, the newest message last."""
        return [b for one in self.messages(in_group=in_group) for b in buttons_of(one)]

    def labels(self, *, in_group: "Group | bool" = False) -> list[str]:
        """The labels under the newest message that has buttons."""
        for message in reversed(self.messages(in_group=in_group)):
            found = buttons_of(message)
            if found:
                return [button.label for button in found]
        return []

    def button(self, label: str, *, in_group: "Group | bool" = False) -> Button:
        """The newest button whose label contains `label` (an exact label first)."""
        seen = list(reversed(self.buttons(in_group=in_group)))
        for fits in (lambda b: b.label == label, lambda b: label in b.label):
            for button in seen:
                if fits(button):
                    return button
        raise AssertionError(f"{self.name} sees no button {label!r}: {[b.label for b in seen]}")

    def _chat(self, in_group: "Group | bool") -> int:
        if isinstance(in_group, Group):
            return in_group.id
        return self.village.group.id if in_group else self.id


class Group:
    """A group chat: what everybody in it sees of the bot."""

    def __init__(self, village: "Village", chat: Chat) -> None:
        self.village = village
        self._id = chat.id

    @property
    def chat(self) -> Chat:
        """The chat as it is now (a supergroup, where it has become one)."""
        chat = self.village.world.chats[self._id]
        return self.village.world.chats[chat.migrated_to] if chat.migrated_to else chat

    @property
    def id(self) -> int:
        """Its id at Telegram now."""
        return self.chat.id

    @property
    def messages(self) -> list[Message]:
        """What the bot said here, oldest first."""
        bot = self.village.world.bot.id
        return [
            one
            for one in self.chat.messages.values()
            if one.sender_id == bot and not one.content.service
        ]

    @property
    def reads(self) -> str:
        """The bot's newest message here."""
        return words(self.messages[-1]) if self.messages else ""

    def sees(self, text: str) -> bool:
        """Whether any standing message of the bot here contains this."""
        return any(text in words(one) for one in self.messages)

    def read_all(self) -> str:
        """Everything the bot said here that still stands."""
        return "\n\n".join(words(one) for one in self.messages)


class Village:
    """A local Telegram with people in a group, and the bot serving them."""

    def __init__(self, sandbox: Sandbox, settings: Settings, *, limits: bool) -> None:
        self.sandbox = sandbox
        self.world = sandbox.world
        self.settings = settings
        self.people: dict[str, Someone] = {}
        self.groups: list[Group] = []
        self._limits = limits
        self.bot: Barnraiser | None = None
        self._serving: asyncio.Task[None] | None = None
        self._stack = contextlib.AsyncExitStack()

    @property
    def now(self) -> datetime:
        """The time there, UTC."""
        return self.sandbox.clock.now()

    @property
    def group(self) -> Group:
        """The first group."""
        return self.groups[0]

    def has(self, *names: str, language: str = "en") -> list[Someone]:
        """People with Telegram accounts (in no group yet)."""
        made = []
        for name in names:
            person = self.world.add_person(name, language_code=language)
            made.append(Someone(self, person.id, name))
            self.people[name] = made[-1]
        return made

    async def forms_group(
        self,
        title: str,
        *members: Someone,
        supergroup: bool = False,
        forum: bool = False,
        topics: tuple[str, ...] = (),
        add_bot: bool = True,
    ) -> Group:
        """Make a group of these people, the first its creator, who adds the bot."""
        chat = self.world.make_group(
            title,
            members[0].id,
            [one.id for one in members[1:]],
            supergroup=supergroup,
            forum=forum,
            topics=topics,
            add_bot=add_bot,
        )
        self.groups.append(Group(self, chat))
        await self.settles()
        return self.groups[-1]

    async def is_set_up(
        self,
        group: Group,
        *members_: Someone,
        facilitator: bool = True,
        **parts: Any,  # noqa: ANN401 - any part of an agreement
    ) -> None:
        """Have a group agree at once, and these people be its members with open private chats.

        The first is its facilitator. `parts` are parts of the agreement (zone, currency …).
        """
        for one in members_:
            await one.starts()
        document = {"language": "en", "zone": "Africa/Nairobi", "currency": "KES"} | parts
        await self._bot.database.transact(
            _agree,
            group.id,
            Agreement(**document),
            [one.id for one in members_],
            facilitator=facilitator,
        )
        self._bot.outbox.wake()
        await self.settles()

    async def finds(self, look: Callable[[Reading], T]) -> T:
        """Look something up in the bot's own storage, for what nobody is shown."""
        return await self._bot.database.read(look)

    async def agreed(self, group: Group | None = None) -> Agreement:
        """What a group agreed, as it holds now."""
        chat_id = (group or self.group).id
        return await self.finds(lambda at: groups.agreement(at, group_of(at, chat_id).id))

    @property
    def _bot(self) -> Barnraiser:
        assert self.bot is not None, "the bot is not running"
        return self.bot

    async def settles(self) -> None:
        """Wait until the bot has done everything it can do at this moment."""
        if self.bot is None:
            return
        assert self._serving is not None
        while True:
            if self._serving.done():
                self._serving.result()
            await self.bot.settle()
            if not len(self.world.updates):
                await self.bot.settle()
                return
            await asyncio.sleep(0.002)

    async def moves_to(self, when: datetime) -> None:
        """Let time pass, everything due on the way happening in order."""
        assert self.bot is not None
        await self.settles()
        await self.bot.travel(when, self.sandbox.clock.set)
        await self.settles()

    async def waits(self, **timedelta_: float) -> None:
        """Let some time pass: `waits(days=2)`."""
        await self.moves_to(self.now + timedelta(**timedelta_))

    # -- the bot's own life ------------------------------------------------------------------

    async def bot_starts(self) -> None:
        """Start the bot, on the same database as before."""
        self.bot = await self._stack.enter_async_context(
            barnraiser(
                self.settings,
                clock=self.sandbox.clock.now,
                monotonic=self.sandbox.clock.monotonic,
                pace=Pace() if self._limits else Pace(unlimited=True),
            )
        )
        self._serving = asyncio.create_task(self.bot.serve())
        await self.settles()

    async def bot_stops(self) -> None:
        """Stop the bot in an orderly way."""
        if self.bot is None or self._serving is None:
            return
        self.bot.stop()
        await self._serving
        self.bot, self._serving = None, None
        await self._stack.aclose()


@contextlib.asynccontextmanager
async def a_village(
    folder: Path,
    *,
    limits: bool = False,
    start: datetime = START,
    serving: bool = True,
    webhook: bool = False,
) -> AsyncIterator[Village]:
    """A sandbox with the bot serving it; `limits`: whether Telegram's flood limits are in force.

    With `webhook`, Telegram posts what people do, several at once, every third one twice.
    """
    clock = SandboxClock(start)
    async with Sandbox(
        token=TOKEN,
        clock=clock,
        limits=limits,
        bot_name="Barnraiser",
        bot_username="barnraiser_bot",
    ) as sandbox:
        database = folder / "village.db"
        if not database.exists():
            put_new_file(database)
        settings = Settings(
            token=TOKEN, api_url=sandbox.url, database=database, tick_seconds=3600, backups_kept=0
        )
        if webhook:
            address = Address("127.0.0.1", a_free_port())
            settings = replace(
                settings, webhook_url=f"http://{address}/telegram", webhook_listen=address
            )
            sandbox.webhook.repeats = 3
        village = Village(sandbox, settings, limits=limits)
        if serving:
            await village.bot_starts()
        try:
            yield village
        finally:
            await village.bot_stops()


def a_free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _agree(
    at: Transaction, chat_id: int, agreement: Agreement, members_: list[int], *, facilitator: bool
) -> None:
    group = group_of(at, chat_id)
    groups.agree(at, group.id, agreement, changed_by=None)
    groups.set_state(at, group.id, "active")
    groups.end_setup(at, group.id)
    for telegram_id in members_:
        person = people.by_telegram_id(at, telegram_id)
        assert person is not None
        member = members.add(at, group_id=group.id, person_id=person.id, state="member")
        if facilitator and telegram_id == members_[0]:
            members.take_office(at, group.id, "facilitator", member.id)
    agreements.plan_all(at, group.id)
    outbox.show_card(at, setup.CARD, group.id, group.chat_id)


def group_of(at: Reading, chat_id: int) -> groups.Group:
    """The bot's own record of a group chat."""
    chat = chats.by_telegram_id(at, chat_id)
    assert chat is not None
    group = groups.of_chat(at, chat.id)
    assert group is not None, "the bot was not told that it is in the group"
    return group


def words(message: Message) -> str:
    """A message as people read it, without the marks that isolate names."""
    return _plain(message.content.text)


def _plain(text: str) -> str:
    return re.sub("[\u2068\u2069]", "", text)


def buttons_of(message: Message) -> list[Button]:
    """The buttons under a message."""
    if message.markup is None:
        return []
    return [
        Button(message, row, column, one["text"], one.get("callback_data"), one.get("url"))
        for row, line in enumerate(message.markup.rows)
        for column, one in enumerate(line)
    ]


def photo() -> Content:
    """A photo, as a person sends one."""
    return Content(media=Media("photo"))


def sticker(village: Village) -> Content:
    """A sticker, as a person sends one."""
    return media.sticker(village.world, "🌾")


__all__ = [
    "START",
    "Content",
    "Group",
    "Media",
    "Someone",
    "Village",
    "a_free_port",
    "a_village",
    "group_of",
    "photo",
    "sticker",
]
