"""The page around the talk: who one is, groups, time, the villagers, and what is new elsewhere."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect
from visitor import PHONE, Place, Visitor, a_place, a_visitor

from sandbox.state import Content

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def place() -> AsyncIterator[Place]:
    async with a_place() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def sam(browser: Browser, place: Place) -> AsyncIterator[Visitor]:
    async with a_visitor(browser, place) as visitor:
        yield visitor


@pytest_asyncio.fixture(loop_scope="session")
async def sam_on_a_phone(browser: Browser, place: Place) -> AsyncIterator[Visitor]:
    async with a_visitor(browser, place, PHONE) as visitor:
        yield visitor


async def test_another_person_sees_their_own_chat_and_is_remembered(
    sam: Visitor, place: Place
) -> None:
    await sam.writes(sam.group, "I am Sam")
    await expect(sam.group.locator(".message.own")).to_have_count(1)
    await sam.becomes("Grace")
    await expect(sam.group.locator(".message.own")).to_have_count(0)
    await expect(sam.group.locator(".message.other")).to_contain_text("Sam Willow")
    await sam.button("START").click()
    await expect(sam.private).to_contain_text("Grace said /start")
    await sam.page.reload()
    await expect(sam.page.locator("#who")).to_contain_text("Grace Okafor")
    await sam.page.goto(place.sandbox.url)
    await expect(sam.page.locator("#who")).to_contain_text("Grace Okafor")


async def test_a_new_person_joins_the_group_and_can_be_chosen(
    sam_on_a_phone: Visitor, place: Place
) -> None:
    await sam_on_a_phone.in_menu("Add a person…")
    await sam_on_a_phone.page.get_by_label("First name").fill("Neema")
    await sam_on_a_phone.page.get_by_label("Language of their Telegram").select_option("sw")
    assert await sam_on_a_phone.overflow_px() <= 0
    await sam_on_a_phone.button("Add").tap()
    await sam_on_a_phone.becomes("Neema")
    await sam_on_a_phone.writes(sam_on_a_phone.group, "Hujambo")
    await expect(sam_on_a_phone.group.locator(".message.own")).to_contain_text("Hujambo")
    neema = max(place.sandbox.world.people.values(), key=lambda person: person.id)
    assert (neema.first_name, neema.language_code) == ("Neema", "sw")


async def test_who_blocked_the_bot_can_unblock_it(sam: Visitor, place: Place) -> None:
    await sam.button("START").click()
    box = sam.private.get_by_role("textbox", name="Message")
    await expect(box).to_be_visible()
    await sam.in_menu("People…")
    await sam.page.locator("dialog summary", has_text="Sam").click()
    await sam.page.locator("dialog").get_by_role("button", name="Block the bot").click()
    await expect(sam.page.locator("dialog summary", has_text="Sam")).to_contain_text(
        "blocked the bot"
    )
    await sam.button("Close").click()
    await expect(box).to_be_hidden()
    assert place.village.you.blocked_bot
    await sam.private.get_by_role("button", name="Unblock the bot").click()
    await expect(box).to_be_visible()


async def test_people_leave_join_and_become_admins(sam: Visitor, place: Place) -> None:
    grace = place.village.neighbours[0]
    await sam.in_menu("People…")
    await sam.page.locator("dialog summary", has_text="Grace").click()
    sheet = sam.page.locator("dialog details[open]")
    await sheet.get_by_role("button", name="Make an admin").click()
    await sheet.get_by_role("button", name="Make an ordinary member").click()
    await sheet.get_by_role("button", name="Leave").click()
    await expect(sheet.locator(".membership")).to_contain_text("not in it")
    await sheet.get_by_role("button", name="Be Grace").click()
    await sam.button("Close").click()
    assert place.village.group.standing(grace.id) == "left"
    await sam.group.get_by_role("button", name="Join as Grace").click()
    await expect(sam.group.get_by_role("textbox", name="Message")).to_be_visible()
    await expect(sam.group).to_contain_text("Grace Okafor left")


async def test_an_account_is_deleted_only_after_asking(sam: Visitor, place: Place) -> None:
    thomas = place.village.neighbours[2]
    await sam.in_menu("People…")
    await sam.page.locator("dialog summary", has_text="Thomas").click()
    await sam.page.locator("details[open]").get_by_role("button", name="Delete account…").click()
    await sam.button("Cancel").click()
    assert not thomas.deleted
    await sam.page.locator("details[open]").get_by_role("button", name="Delete account…").click()
    await sam.page.locator("dialog.box").get_by_role("button", name="Delete").click()
    await expect(sam.page.locator("dialog.sheet")).to_contain_text("Deleted account")
    assert thomas.deleted


async def test_a_second_group_is_made_and_chosen(sam_on_a_phone: Visitor, place: Place) -> None:
    await sam_on_a_phone.in_menu("New group…")
    await sam_on_a_phone.page.get_by_label("Name of the group").fill("Council of the lane")
    await sam_on_a_phone.page.get_by_label("Grace").check()
    await sam_on_a_phone.button("Make the group").tap()
    tab = sam_on_a_phone.page.locator("#tab-group")
    await expect(tab).to_contain_text("Council of the lane")
    await sam_on_a_phone.writes(sam_on_a_phone.group, "/hello council")
    await expect(sam_on_a_phone.group).to_contain_text("Sam said /hello council")
    await tab.tap()
    await sam_on_a_phone.page.locator(".menu").get_by_role("button", name="Willow Lane").tap()
    await expect(tab).to_contain_text("Willow Lane Circle")
    await expect(sam_on_a_phone.group).not_to_contain_text("/hello council")
    assert len(place.sandbox.world.chats) >= 2


async def test_the_bot_is_removed_and_added_and_the_group_grows(sam: Visitor, place: Place) -> None:
    await sam.group.get_by_role("button", name="Members of the group").click()
    sheet = sam.page.locator("dialog")
    await sheet.get_by_role("button", name="Remove the bot").click()
    await expect(sam.group).to_contain_text("without the bot")
    await sheet.get_by_role("button", name="Add the bot").click()
    await sheet.get_by_role("button", name="Make it a supergroup").click()
    await expect(sheet).to_contain_text("supergroup")
    await sam.button("Close").click()
    await sam.writes(sam.group, "/still here")
    await expect(sam.group).to_contain_text("Sam said /still here")
    assert place.village.group.migrated_to is not None


async def test_an_admin_writes_as_the_group(sam: Visitor, place: Place) -> None:
    await sam.page.locator("#menu").click()
    await expect(sam.page.get_by_role("switch", name="Send as anonymous admin")).to_be_disabled()
    await sam.page.keyboard.press("Escape")
    place.sandbox.world.migrate(place.group)
    await expect(sam.group).to_contain_text("supergroup")
    await sam.page.locator("#menu").click()
    await sam.page.get_by_role("switch", name="Send as anonymous admin").click()
    await sam.page.keyboard.press("Escape")
    await sam.writes(sam.group, "A word from the group")
    message = sam.group.locator(".message.other", has_text="A word from the group")
    await expect(message).to_contain_text("Willow Lane Circle")
    await expect(message).to_contain_text("anonymous admin")
    assert "A word from the group" not in place.bot.heard  # it may not read along


async def test_time_moves_and_shows_the_days_on_the_way(browser: Browser) -> None:
    halfway = asyncio.Event()
    places: list[Place] = []

    async def travel(to: datetime) -> None:
        sandbox = places[0].sandbox
        sandbox.clock.set(min(to, sandbox.clock.now() + timedelta(days=3)))
        sandbox.world.tell_time()
        await halfway.wait()
        sandbox.clock.set(to)

    async with a_place(travel) as place, a_visitor(browser, place) as sam:
        places.append(place)
        began = place.sandbox.clock.now()
        clock = sam.page.locator("#clock .clock-day")
        day = await clock.inner_text()
        await sam.button("Move time by one week").click()
        await expect(clock).not_to_have_text(day)
        underway = await clock.inner_text()
        await expect(sam.button("Move time by one day")).to_be_disabled()
        halfway.set()
        await expect(sam.button("Move time by one day")).to_be_enabled()
        await expect(clock).not_to_have_text(underway)
        assert place.sandbox.clock.now() - began >= timedelta(days=7)
        await sam.button("Move time to the 1st of next month").click()
        await expect(clock).to_contain_text(" 1 ")
        await expect(sam.page.locator("#clock .clock-time")).to_have_text("00:00")


async def test_one_goes_to_a_day_of_ones_choice_but_not_back(
    sam_on_a_phone: Visitor, place: Place
) -> None:
    page = sam_on_a_phone.page
    await page.locator("#clock").tap()
    wanted = page.get_by_role("textbox", name="Go to a date and time")
    now = datetime.fromisoformat(await wanted.input_value())
    await wanted.fill((now + timedelta(days=40)).strftime("%Y-%m-%dT08:15"))
    await sam_on_a_phone.button("Go").tap()
    await expect(page.locator(".clock-time")).to_have_text("08:15")
    there = place.sandbox.clock.now()
    assert (there.hour, there.minute) == (6, 15)  # 08:15 in Kigali
    await page.locator("#clock").tap()
    await wanted.evaluate("(input) => { input.min = ''; }")
    await wanted.fill(now.strftime("%Y-%m-%dT08:15"))
    await sam_on_a_phone.button("Go").tap()
    await expect(page.locator(".toast.error")).to_contain_text("only moves forward")


async def test_the_villagers_are_let_loose_and_called_back(sam: Visitor, place: Place) -> None:
    switch = sam.page.get_by_role("switch", name="Let the villagers answer")
    await switch.click()
    await expect(switch).to_have_attribute("aria-checked", "true")
    assert place.sandbox.cast.is_loose
    await switch.click()
    await expect(switch).to_have_attribute("aria-checked", "false")
    assert not place.sandbox.cast.is_loose


async def test_what_is_new_elsewhere_is_counted(sam_on_a_phone: Visitor, place: Place) -> None:
    you, grace = place.village.you, place.village.neighbours[0]
    for person in (you, grace):
        place.sandbox.world.send(person.id, person.id, Content("/start"))
    badge = sam_on_a_phone.page.locator("#tab-private .badge")
    await expect(badge).to_have_text("1")
    await place.bot.says(you.id, "It is time.")
    await expect(badge).to_have_text("2")
    await sam_on_a_phone.page.locator("#tab-private").tap()
    await expect(badge).to_have_count(0)
    who = sam_on_a_phone.page.locator("#who")
    await expect(who.locator(".dot")).to_be_visible()
    await who.tap()
    row = sam_on_a_phone.page.locator(".who-menu").get_by_role("button", name="Grace")
    await expect(row.locator(".badge")).to_have_text("1")
    await row.tap()
    await expect(who.locator(".dot")).to_have_count(0)


async def test_nothing_is_missed_when_the_stream_ends(sam: Visitor, place: Place) -> None:
    await place.bot.says(place.group, "Before")
    await expect(sam.group).to_contain_text("Before")
    place.sandbox.control.close()
    await place.bot.says(place.group, "Between")
    await expect(sam.group).to_contain_text("Between")
    await place.bot.says(place.group, "After")
    await expect(sam.group).to_contain_text("After")
    await expect(sam.group.get_by_text("Before")).to_have_count(1)


async def test_a_question_that_wants_a_reply_has_it_begun(sam: Visitor, place: Place) -> None:
    await sam.button("START").click()
    await expect(sam.private).to_contain_text("Sam said /start")
    await place.bot.says(
        place.village.you.id, "What is in the way?", reply_markup={"force_reply": True}
    )
    await expect(sam.private.locator(".extra-row")).to_contain_text("What is in the way?")
    await sam.writes(sam.private, "The rain")
    await expect(sam.private.locator(".message.own .quote")).to_contain_text("What is in the way?")


async def test_topics_are_kept_apart(sam: Visitor, place: Place) -> None:
    world = place.sandbox.world
    forum = world.make_group("Lattice", place.village.you.id, forum=True, topics=["Money", "Help"])
    await sam.group.get_by_role("button", name="Willow Lane Circle").click()
    await sam.page.locator(".menu").get_by_role("button", name="Lattice").click()
    await sam.button("Money").click()
    await sam.writes(sam.group, "About money")
    await expect(sam.group.locator(".message.own")).to_contain_text("About money")
    await sam.button("Help").click()
    await expect(sam.group.locator(".message.own")).to_have_count(0)
    await sam.button("All").click()
    await expect(sam.group.locator(".message.own .topic-label")).to_have_text("Money")
    assert set(forum.topics.values()) == {"Money", "Help"}


async def test_the_hint_is_shown_once_and_found_again(sam: Visitor) -> None:
    hint = sam.page.locator("#hint")
    await expect(hint).to_contain_text("You are Sam")
    await sam.button("Close this hint").click()
    await sam.page.reload()
    await expect(sam.page.locator("#who")).to_contain_text("Sam")
    await expect(hint).to_be_hidden()
    await sam.in_menu("What is this?")
    await expect(hint).to_be_visible()


async def test_a_crowded_chat_never_scrolls_sideways(sam_on_a_phone: Visitor, place: Place) -> None:
    world, group = place.sandbox.world, place.group
    yusuf = world.add_person("يوسف" * 8, last_name="Ndayishimiyeabimana" * 2)
    world.join(yusuf.id, group)
    world.rename(group, "Umoja" * 20, by=place.village.you.id)
    world.send(yusuf.id, group, Content("مرحبا بالجميع، أنا موافق " * 6))
    world.send(yusuf.id, group, Content("Long" * 80 + " https://example.org/" + "path/" * 40))
    await place.bot.says(group, "<pre>" + "column " * 40 + "</pre>")
    days = [{"text": str(day), "callback_data": str(day)} for day in range(1, 31)]
    await place.bot.says(group, "Which day?", *(days[row : row + 8] for row in range(0, 30, 8)))
    await place.bot.says(
        group,
        "Wide",
        [{"text": "A label that is far too long for a phone " * 2, "url": "https://a.org"}],
    )
    await place.bot.call(
        "sendPoll", chat_id=group, question="Q" * 290, options=[{"text": "a" * 99}, {"text": "b"}]
    )
    await expect(sam_on_a_phone.group.locator(".poll")).to_be_visible()
    assert await sam_on_a_phone.overflow_px() <= 0
    for item in ("People…", "Groups…", "New group…"):
        await sam_on_a_phone.in_menu(item)
        assert await sam_on_a_phone.overflow_px() <= 0
        await sam_on_a_phone.button("Close").tap()


async def test_the_dark_looks_dark(browser: Browser, place: Place) -> None:
    shown = "() => getComputedStyle(document.querySelector('.bar')).backgroundColor"
    async with a_visitor(browser, place) as sam:
        assert await sam.page.evaluate(shown) == "rgb(255, 255, 255)"
    async with a_visitor(browser, place, colour_scheme="dark") as sam:
        assert await sam.page.evaluate(shown) == "rgb(23, 33, 43)"
