"""The page as people use it: writing, tapping, voting, reacting, at a desk and on a phone."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect
from visitor import DESKTOP, PHONE, Place, Visitor, a_place, a_visitor

from sandbox.media import sample_picture

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


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
async def test_what_one_writes_is_seen_and_answered(
    browser: Browser, place: Place, size: tuple[int, int]
) -> None:
    async with a_visitor(browser, place, size) as sam:
        await sam.writes(sam.group, "/hello everybody")
        await expect(sam.group.locator(".message.own")).to_contain_text("/hello everybody")
        await expect(sam.group.locator(".message.other")).to_contain_text(
            "Sam said /hello everybody"
        )
        assert await sam.overflow_px() <= 0


async def test_shift_enter_makes_a_line_and_enter_sends(sam: Visitor) -> None:
    box = sam.group.get_by_role("textbox", name="Message")
    await box.type("one")
    await box.press("Shift+Enter")
    await box.type("two")
    await expect(sam.group.locator(".message.own")).to_have_count(0)
    await box.press("Enter")
    await expect(sam.group.locator(".message.own .text")).to_have_text(re.compile("one\ntwo"))


async def test_a_tap_shows_that_it_waits_and_then_its_toast_once(
    sam: Visitor, place: Place
) -> None:
    place.bot.answers["in"] = {"text": "You are in, Sam."}
    place.bot.may_answer.clear()
    await place.bot.says(place.group, "Who is in?", [{"text": "I am in", "callback_data": "in"}])
    tapped = sam.button("I am in")
    await tapped.click()
    await expect(tapped).to_have_attribute("aria-busy", "true")
    await tapped.click()
    place.bot.may_answer.set()
    await expect(sam.page.locator(".toast")).to_have_text(["You are in, Sam."])
    await expect(tapped).to_have_attribute("aria-busy", "false")
    # The toast comes as the press's answer and as an event: what comes after both has been seen.
    await place.bot.says(place.group, "Later")
    await expect(sam.group).to_contain_text("Later")
    assert await sam.page.locator(".toast").count() == 1
    assert place.bot.pressed == ["in"]


async def test_an_alert_stays_until_ok(sam_on_a_phone: Visitor, place: Place) -> None:
    place.bot.answers["no"] = {"text": "Only the treasurer may.", "show_alert": True}
    await place.bot.says(place.group, "Pay out?", [{"text": "Pay", "callback_data": "no"}])
    await sam_on_a_phone.button("Pay").tap()
    box = sam_on_a_phone.page.locator("dialog.alert")
    await expect(box).to_contain_text("Only the treasurer may.")
    await sam_on_a_phone.button("OK").tap()
    await expect(box).to_have_count(0)


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
async def test_a_deep_link_opens_the_private_chat_and_starts_the_bot(
    browser: Browser, place: Place, size: tuple[int, int]
) -> None:
    link = {"text": "Check in", "url": "https://t.me/helper_bot?start=round_7"}
    await place.bot.says(place.group, "The round is open.", [link])
    async with a_visitor(browser, place, size) as sam:
        await sam.button("Check in").click()
        await expect(sam.private).to_contain_text("Sam said /start round_7")
        await expect(sam.private.get_by_role("textbox", name="Message")).to_be_visible()


async def test_an_answer_with_a_link_leads_to_the_private_chat(sam: Visitor, place: Place) -> None:
    place.bot.answers["open"] = {"url": "https://t.me/helper_bot?start=goals"}
    await place.bot.says(place.group, "Goals", [{"text": "Mine", "callback_data": "open"}])
    await sam.button("Mine").click()
    await expect(sam.private).to_contain_text("Sam said /start goals")


async def test_the_start_button_starts_the_bot(sam_on_a_phone: Visitor) -> None:
    await sam_on_a_phone.page.locator("#tab-private").tap()
    await sam_on_a_phone.button("START").tap()
    await expect(sam_on_a_phone.private).to_contain_text("Sam said /start")


async def test_one_vote_shows_the_bars_and_can_be_taken_back(sam: Visitor, place: Place) -> None:
    await place.bot.call(
        "sendPoll",
        chat_id=place.group,
        question="Which day?",
        options=[{"text": "Saturday"}, {"text": "Sunday"}],
        is_anonymous=False,
    )
    poll = sam.group.locator(".poll")
    await poll.get_by_role("button", name="Saturday").click()
    await expect(poll.locator(".poll-result.mine")).to_contain_text("100%")
    await expect(poll).to_contain_text("1 vote")
    await sam.becomes("Grace")
    await poll.get_by_role("button", name="Sunday").click()
    await expect(poll.locator(".poll-percent")).to_have_text(["50%", "50%"])
    await poll.get_by_role("button", name="Retract vote").click()
    await expect(poll.get_by_role("button", name="Sunday")).to_be_visible()
    await expect(poll).to_contain_text("1 vote")


async def test_several_answers_are_sent_together_and_a_closed_poll_only_shows(
    sam_on_a_phone: Visitor, place: Place
) -> None:
    sent = await place.bot.call(
        "sendPoll",
        chat_id=place.group,
        question="What do you bring?",
        options=[{"text": "Nails"}, {"text": "Food"}, {"text": "Hands"}],
        allows_multiple_answers=True,
    )
    poll = sam_on_a_phone.group.locator(".poll")
    await expect(poll).to_contain_text("Anonymous poll · several answers")
    await expect(poll.get_by_role("button", name="Vote")).to_be_disabled()
    await poll.get_by_role("checkbox", name="Nails").tap()
    await poll.get_by_role("checkbox", name="Hands").tap()
    await poll.get_by_role("button", name="Vote").tap()
    await expect(poll.locator(".poll-result.mine .poll-label")).to_have_text(["Nails", "Hands"])
    await sam_on_a_phone.page.reload()
    await expect(poll.locator(".poll-result.mine .poll-label")).to_have_text(["Nails", "Hands"])
    await expect(poll.locator(".poll-faces .avatar")).to_have_count(0)
    await place.bot.call("stopPoll", chat_id=place.group, message_id=sent["message_id"])
    await expect(poll).to_contain_text("Final results")
    await expect(poll.get_by_role("button", name="Retract vote")).to_have_count(0)


async def test_a_reaction_is_put_and_taken_off(sam: Visitor, place: Place) -> None:
    await place.bot.says(place.group, "Grace paid.")
    await sam.group.locator(".message").hover()
    await sam.group.get_by_role("button", name="Reply or react").click()
    await sam.button("React with 🙏").click()
    chip = sam.group.locator(".chip[aria-pressed]")
    await expect(chip).to_have_text("🙏1")
    await expect(chip).to_have_attribute("aria-pressed", "true")
    await sam.becomes("María")
    await expect(chip).to_have_attribute("aria-pressed", "false")
    await chip.click()
    await expect(chip).to_have_text("🙏2")
    await chip.click()
    await expect(chip).to_have_text("🙏1")


async def test_on_a_phone_a_message_is_tapped_to_reply(
    sam_on_a_phone: Visitor, place: Place
) -> None:
    await place.bot.says(place.group, "What worked for you?")
    await sam_on_a_phone.group.locator(".bubble").tap()
    await sam_on_a_phone.button("Reply").tap()
    await expect(sam_on_a_phone.group.locator(".extra-row")).to_contain_text("Reply to Helper")
    await sam_on_a_phone.writes(sam_on_a_phone.group, "Selling eggs")
    own = sam_on_a_phone.group.locator(".message.own")
    await expect(own.locator(".quote")).to_contain_text("What worked for you?")


async def test_a_photo_from_the_device_goes_with_its_caption_and_is_enlarged(
    sam: Visitor, tmp_path: Path
) -> None:
    picture = tmp_path / "roof.png"
    picture.write_bytes(sample_picture())
    await sam.group.locator("input[type=file][accept]").set_input_files(picture)
    await expect(sam.group.locator(".extra-row")).to_contain_text("roof.png")
    await sam.writes(sam.group, "The first roof")
    message = sam.group.locator(".message.own")
    await expect(message).to_contain_text("The first roof")
    await message.locator(".photo").click()
    large = sam.page.locator("dialog.picture img")
    await expect(large).to_be_visible()
    assert await large.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 0
    await sam.page.keyboard.press("Escape")
    await expect(large).to_have_count(0)


async def test_samples_and_files_are_a_tap_away(sam: Visitor, tmp_path: Path) -> None:
    for item in ("A sample photo", "A sample voice note"):
        await sam.group.get_by_role("button", name="Attach").click()
        await sam.button(item).click()
    await expect(sam.group.locator(".photo img")).to_be_visible()
    await expect(sam.group.locator(".voice")).to_contain_text("0:03")
    book = tmp_path / "book.csv"
    book.write_text("day,amount\n")
    await sam.group.locator("input[type=file]:not([accept])").set_input_files(book)
    await sam.group.get_by_role("button", name="Send").click()
    await expect(sam.group.locator(".document")).to_contain_text("book.csv")
    async with sam.page.expect_download() as download:
        await sam.group.locator(".document").click()
    assert (await (await download.value).path()).read_text() == "day,amount\n"


async def test_commands_are_offered_and_chosen_with_the_keyboard(
    sam: Visitor, place: Place
) -> None:
    await place.bot.call(
        "setMyCommands",
        commands=[
            {"command": "fund", "description": "The fund"},
            {"command": "help", "description": "Help"},
        ],
    )
    await sam.page.reload()
    box = sam.group.get_by_role("textbox", name="Message")
    await box.type("/")
    await expect(sam.group.get_by_role("option")).to_have_count(2)
    await box.press("ArrowDown")
    await box.press("ArrowDown")
    await box.press("Enter")
    await expect(sam.group).to_contain_text("Sam said /help")


async def test_an_edit_in_place_keeps_the_focus_on_the_button(sam: Visitor, place: Place) -> None:
    keys = [{"text": "More", "callback_data": "more"}, {"text": "Less", "callback_data": "less"}]
    sent = await place.bot.says(place.group, "Now: 1", keys)
    await sam.button("Less").focus()
    await place.bot.call(
        "editMessageText",
        chat_id=place.group,
        message_id=sent,
        text="Now: 2",
        reply_markup={"inline_keyboard": [keys]},
    )
    await expect(sam.group.locator(".message")).to_contain_text("Now: 2")
    await expect(sam.group.locator(".meta")).to_contain_text("edited")
    await expect(sam.button("Less")).to_be_focused()


async def test_a_pinned_message_stands_above_the_chat_and_leads_to_it(
    sam: Visitor, place: Place
) -> None:
    await place.bot.says(place.group, "The agreement")
    for number in range(40):
        await place.bot.says(place.group, f"Talk {number}")
    await sam.group.get_by_text("Talk 39").wait_for()
    world = place.sandbox.world
    world.promote(place.sandbox.world.bot.id, place.group)
    first = next(iter(m for m in world.chat(place.group).messages.values() if m.content.text))
    await place.bot.call("pinChatMessage", chat_id=place.group, message_id=first.message_id)
    agreement = sam.group.locator(".message", has_text="The agreement")
    await expect(agreement).not_to_be_in_viewport()
    await sam.group.locator(".pinned").click()
    await expect(agreement).to_be_in_viewport()


async def test_who_reads_earlier_is_not_scrolled_away(sam: Visitor, place: Place) -> None:
    for number in range(40):
        await place.bot.says(place.group, f"Talk {number}")
    await sam.group.get_by_text("Talk 39").wait_for()
    await sam.group.locator(".log").evaluate("(log) => { log.scrollTop = 0; }")
    await expect(sam.group.get_by_role("button", name="Go to the end")).to_be_visible()
    await place.bot.says(place.group, "Something new")
    pill = sam.group.get_by_role("button", name="1 new message: go to the end")
    await expect(pill).to_be_visible()
    assert await sam.group.locator(".log").evaluate("(log) => log.scrollTop") == 0
    await pill.click()
    await expect(sam.group.get_by_text("Something new")).to_be_in_viewport()


async def test_names_texts_and_buttons_are_text_whatever_they_contain(
    sam: Visitor, place: Place
) -> None:
    evil = "<img src=x onerror=\"document.title='taken'\"><b>Eve</b>"
    world = place.sandbox.world
    eve = world.add_person(evil)
    world.join(eve.id, place.group)
    world.rename(place.group, evil, by=place.village.you.id)
    await place.bot.says(
        place.group,
        "A <b>bold</b> word",
        [{"text": evil, "callback_data": "x"}],
    )
    await sam.becomes("<b>Eve</b>")
    await sam.writes(sam.group, f"I am {evil}")
    await expect(sam.group.locator(".message.own")).to_contain_text(f"I am {evil}")
    await sam.in_menu("People…")
    await expect(sam.page.locator("dialog")).to_contain_text(evil)
    assert await sam.page.locator("img").count() == 0
    assert await sam.page.title() == f"{evil} · Helper"
    await expect(sam.group.locator(".text b")).to_have_text("bold")


async def test_only_telegrams_own_tags_come_through(sam: Visitor) -> None:
    copied = await sam.page.evaluate(
        """async (html) => {
            const { richText } = await import("/page/text.js");
            const taps = { onLink: () => false, onCommand: () => undefined };
            const box = document.createElement("div");
            box.append(richText(html, taps));
            return box.innerHTML;
        }""",
        '<b onclick="x()">bold</b> <img src=x onerror="x()"> <script>x()</script>'
        ' <a href="javascript:x()">trap</a> <a href="https://a.org">way</a> <style>b{}</style>',
    )
    assert "<b>bold</b>" in copied
    assert 'href="https://a.org"' in copied
    assert 'rel="noopener noreferrer"' in copied
    for forbidden in ("onclick", "<img", "<script", "javascript:", "<style"):
        assert forbidden not in copied
    # The browser reports that the page's policy refused them as well: a second wall.
    assert all("Content Security Policy" in complaint for complaint in sam.complaints)
    sam.complaints.clear()


async def test_ones_own_message_is_edited(sam: Visitor) -> None:
    await sam.writes(sam.group, "On Saterday")
    own = sam.group.locator(".message.own")
    await own.hover()
    await own.get_by_role("button", name="Reply or react").click()
    await sam.button("Edit").click()
    await expect(sam.group.get_by_role("textbox", name="Message")).to_have_value("On Saterday")
    await sam.writes(sam.group, "On Saturday")
    await expect(own).to_contain_text("On Saturday")
    await expect(own).to_contain_text("edited")
    await expect(own).to_have_count(1)


async def test_answers_to_choose_from_stand_under_the_line(sam: Visitor, place: Place) -> None:
    keyboard = {"keyboard": [[{"text": "Yes"}, {"text": "No"}]]}
    await place.bot.says(place.group, "Shall we?", reply_markup=keyboard)
    keys = sam.group.locator(".reply-keys")
    await keys.get_by_role("button", name="Yes").click()
    await expect(sam.group.locator(".message.own")).to_contain_text("Yes")
    await keys.get_by_role("button", name="Put the keyboard away").click()
    await expect(keys).to_be_hidden()


async def test_the_bot_takes_its_keyboard_away_again(sam: Visitor, place: Place) -> None:
    keyboard = {"keyboard": [[{"text": "Yes"}, {"text": "No"}]]}
    await place.bot.says(place.group, "Shall we?", reply_markup=keyboard)
    keys = sam.group.locator(".reply-keys")
    await expect(keys).to_be_visible()
    await place.bot.says(place.group, "Thank you.", reply_markup={"remove_keyboard": True})
    await expect(keys).to_be_hidden()
    await sam.page.reload()
    await expect(sam.group).to_contain_text("Thank you.")
    await expect(keys).to_be_hidden()
