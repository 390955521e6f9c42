"""Somebody who looks at the sandbox's page in a browser, and a bot for them to talk to."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import aiohttp
from playwright.async_api import Browser, ConsoleMessage, Locator, Page, expect

from sandbox.people import Village
from sandbox.server import Sandbox

Update = dict[str, Any]
TOKEN = "7000000002:the-token-of-a-scripted-bot-00000"
PATIENCE_MS = 15_000
DESKTOP = (1280, 800)
PHONE = (360, 740)
ZONE = "Africa/Kigali"

expect.set_options(timeout=PATIENCE_MS)


class ScriptedBot:
    """A bot that answers what a test tells it to, over the sandbox's Bot API."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = f"{url}/bot{TOKEN}/"
        self.answers: dict[str, dict[str, Any]] = {}
        self.pressed: list[str] = []
        self.heard: list[str] = []
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def call(self, method: str, **fields: Any) -> Any:  # noqa: ANN401  Telegram's own JSON
        """Call a method of the Bot API and give its result."""
        async with self._session.post(self._url + method, json=fields) as response:
            answer = await response.json()
        assert answer["ok"], answer
        return answer["result"]

    async def says(
        self, chat: int, text: str, *rows: list[dict[str, Any]], **fields: object
    ) -> int:
        """Send HTML with rows of buttons; gives the message's id."""
        markup = {"reply_markup": {"inline_keyboard": list(rows)}} if rows else {}
        sent = await self.call(
            "sendMessage", chat_id=chat, text=text, parse_mode="HTML", **markup, **fields
        )
        return int(sent["message_id"])

    async def listen(self) -> None:
        """Answer whatever comes, until cancelled."""
        offset = 0
        while True:
            for update in await self.call("getUpdates", offset=offset, timeout=20):
                offset = update["update_id"] + 1
                await self._meet(update)

    async def _meet(self, update: Update) -> None:
        if query := update.get("callback_query"):
            self.pressed.append(query["data"])
            await self.may_answer.wait()
            answer = self.answers.get(query["data"], {})
            await self.call("answerCallbackQuery", callback_query_id=query["id"], **answer)
        elif message := update.get("message"):
            text = message.get("text", "")
            self.heard.append(text)
            if text.startswith("/"):
                name = message["from"]["first_name"]
                await self.call(
                    "sendMessage", chat_id=message["chat"]["id"], text=f"{name} said {text}"
                )


@dataclass
class Place:
    """A sandbox with a village in it and a bot that listens."""

    sandbox: Sandbox
    village: Village
    bot: ScriptedBot

    @property
    def group(self) -> int:
        """The group's id."""
        return self.village.group.id


@contextlib.asynccontextmanager
async def a_place(travel: Callable[[Any], Any] | None = None) -> AsyncIterator[Place]:
    """Open a sandbox whose villagers are quiet and whose bot is in the group."""
    sandbox = Sandbox(
        limits=False, seed=4, bot_name="Helper", bot_username="helper_bot", travel=travel
    )
    village = sandbox.people.village(sandbox.world, add_bot=True)
    async with sandbox, aiohttp.ClientSession() as session:
        bot = ScriptedBot(session, sandbox.url)
        listening = asyncio.create_task(bot.listen())
        try:
            yield Place(sandbox, village, bot)
        finally:
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening


@dataclass
class Visitor:
    """A page in a browser. Whatever its console complains of is kept."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    @property
    def group(self) -> Locator:
        """The group's side of the page."""
        return self.page.locator("#pane-group")

    @property
    def private(self) -> Locator:
        """The private chat's side of the page."""
        return self.page.locator("#pane-private")

    def button(self, name: str) -> Locator:
        """A button by what it is called."""
        return self.page.get_by_role("button", name=name, exact=True)

    async def writes(self, pane: Locator, text: str) -> None:
        """Type into a chat and press Enter."""
        await pane.get_by_role("textbox", name="Message").fill(text)
        await pane.get_by_role("textbox", name="Message").press("Enter")

    async def becomes(self, name: str) -> None:
        """Choose another person in the bar."""
        await self.page.locator("#who").click()
        await self.page.locator(".who-menu").get_by_role("button", name=name).click()

    async def shows(self, side: str) -> None:
        """On a phone, look at one side ("group" or "private"); at a desk both are there."""
        tab = self.page.locator(f"#tab-{side}")
        chosen = await tab.get_attribute("aria-selected") == "true"
        if await tab.is_visible() and not chosen:  # tapped again it offers other groups
            await tab.click()

    async def moves_time(self, step: str, times: int = 1) -> None:
        """Move time by "hour", "day", "week" or to the next "month", and wait until it is there."""
        button = self.page.locator(f'[data-travel="{step}"]')
        for _ in range(times):
            await button.click()
            await expect(button).to_be_enabled(timeout=60_000)

    async def lets_villagers(self, *, answer: bool) -> None:
        """Let the villagers loose, or call them back."""
        switch = self.page.get_by_role("switch")
        await switch.click()
        await expect(switch).to_have_attribute("aria-checked", str(answer).lower())

    async def in_menu(self, item: str) -> None:
        """Choose an item of the main menu."""
        await self.page.locator("#menu").click()
        await self.button(item).click()

    async def overflow_px(self) -> int:
        """How many pixels wider than the window something is that would make it scroll sideways."""
        wider: int = await self.page.evaluate(
            """() => Math.max(document.documentElement.scrollWidth - innerWidth,
                ...[...document.querySelectorAll(".log, .bar, .composer, .tabs, dialog, .menu")]
                  .filter((part) => part.clientWidth > 0)
                  .map((part) => Math.max(part.scrollWidth - part.clientWidth,
                                          part.getBoundingClientRect().right - innerWidth)))"""
        )
        return wider


class Opened(Protocol):
    """Anything that has a sandbox open."""

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox."""
        ...


@contextlib.asynccontextmanager
async def a_visitor(
    browser: Browser,
    place: Opened,
    size: tuple[int, int] = DESKTOP,
    colour_scheme: Literal["light", "dark"] = "light",
) -> AsyncIterator[Visitor]:
    """Open the page as Sam, who made the group; nothing may have gone wrong when it is closed."""
    touch = size[0] < 600
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        has_touch=touch,
        is_mobile=touch,
        timezone_id=ZONE,
        reduced_motion="reduce",
        color_scheme=colour_scheme,
    )
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    visitor = Visitor(page)

    def hear(message: ConsoleMessage) -> None:
        refused = "status of 400" in message.text  # what the sandbox refuses is shown as a toast
        if message.type in {"error", "warning"} and not refused:
            visitor.complaints.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
    try:
        await page.goto(place.sandbox.url)
        await expect(page.locator("#who")).to_contain_text("Sam")
        yield visitor
    finally:
        await context.close()
    assert not visitor.complaints, f"the page complained: {visitor.complaints}"
