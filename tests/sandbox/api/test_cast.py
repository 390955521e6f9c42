"""The villagers: they press, follow links, answer, vote; they shun what they should, and rest."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from bot_client import Json, Place

from sandbox.cast import Cast, Hints

HASTY = Hints(delay=(0.0, 0.002), react_chance=0.0, avoid=("vote:",))


@pytest.fixture
async def lively(place: Place) -> AsyncIterator[Place]:
    await use(place, HASTY)
    yield place
    await place.sandbox.cast.stop()


async def use(place: Place, hints: Hints) -> None:
    await place.sandbox.cast.stop()
    place.sandbox.cast = Cast(place.sandbox.world, hints, seed=1)
    place.sandbox.cast.start()


async def rest(place: Place) -> list[Json]:
    """Wait until nobody is about to do anything; give what reached the bot."""
    while place.sandbox.cast._timers:  # noqa: ASYNC110  nothing tells of an idle village
        await asyncio.sleep(0.001)
    return await place.bot.updates()


def keys(*rows: Json) -> Json:
    return {
        "inline_keyboard": [
            [{"text": text, ("url" if "://" in does else "callback_data"): does}]
            for text, does in rows
        ]
    }


async def test_everybody_lively_presses_once_in_a_group(lively: Place) -> None:
    bot = lively.bot
    sent = await bot.call(
        "sendMessage", chat_id=lively.group, text="In?", reply_markup=keys(("I am in", "in:1"))
    )
    pressed = [each["callback_query"]["from"]["id"] for each in await rest(lively)]
    assert sorted(pressed) == [each.id for each in lively.village.neighbours]
    await bot.call(
        "editMessageText",
        chat_id=lively.group,
        message_id=sent["message_id"],
        text="6 are in",
        reply_markup=keys(("I am in", "in:1")),
    )
    assert await rest(lively) == []


async def test_they_follow_links_to_the_bot(lively: Place) -> None:
    link = "https://t.me/sandbox_bot?start=checkin_3"
    await lively.bot.call(
        "sendMessage", chat_id=lively.group, text="Open", reply_markup=keys(("Check in", link))
    )
    texts = [each["message"]["text"] for each in await rest(lively)]
    assert texts == ["/start checkin_3"] * 6


async def test_they_follow_the_link_that_answers_a_press(lively: Place) -> None:
    bot = lively.bot
    await bot.call("sendMessage", chat_id=lively.group, text="?", reply_markup=keys(("Mine", "m")))
    for update in await rest(lively):
        await bot.call(
            "answerCallbackQuery",
            callback_query_id=update["callback_query"]["id"],
            url="https://t.me/sandbox_bot?start=mine",
        )
    assert [each["message"]["text"] for each in await rest(lively)] == ["/start mine"] * 6


async def test_they_shun_and_avoid(lively: Place) -> None:
    for label, data in (
        ("Leave the group", "x"),
        ("Settings", "x"),
        ("Cancelar", "x"),
        ("OK", "cancel:4"),
        ("Docs", "https://example.org"),
        ("Other bot", "https://t.me/other_bot?start=x"),
    ):
        await lively.bot.call(
            "sendMessage", chat_id=lively.group, text="x", reply_markup=keys((label, data))
        )
    await lively.bot.call(
        "sendMessage",
        chat_id=lively.group,
        text="x",
        reply_markup=keys(("Good", "good"), ("Yes", "vote:1")),
    )
    assert await rest(lively) == []


async def test_they_answer_in_private(lively: Place) -> None:
    bot, world = lively.bot, lively.sandbox.world
    maria, you = lively.village.neighbours[1].id, lively.you
    world.start(maria)
    world.start(you)
    await rest(lively)
    for person in (maria, you):
        await bot.call("sendMessage", chat_id=person, text="What was in the way?")
    (answer,) = await rest(lively)
    assert answer["message"]["from"]["id"] == maria
    assert answer["message"]["text"] in HASTY.lines["es"]

    forced = await bot.call(
        "sendMessage", chat_id=maria, text="How many hours", reply_markup={"force_reply": True}
    )
    (answer,) = await rest(lively)
    assert answer["message"]["text"] in HASTY.numbers
    assert answer["message"]["reply_to_message"]["message_id"] == forced["message_id"]
    await bot.call("sendMessage", chat_id=maria, text="Thank you.")
    assert await rest(lively) == []


async def test_they_vote_once(lively: Place) -> None:
    sent = await lively.bot.call(
        "sendPoll", chat_id=lively.group, question="?", options=["a", "b"], is_anonymous=False
    )
    answers = [each for each in await rest(lively) if "poll_answer" in each]
    assert len(answers) == 6
    poll = lively.sandbox.world.message(lively.group, sent["message_id"]).content.poll
    assert poll is not None
    assert len(poll.voters) == 6


async def test_they_react_now_and_then(place: Place) -> None:
    await use(place, replace(HASTY, react_chance=1.0))
    sent = await place.bot.call("sendMessage", chat_id=place.group, text="Thanks, all.")
    await rest(place)
    message = place.sandbox.world.message(place.group, sent["message_id"])
    assert len(message.reactions) == 6


async def test_they_never_go_round_in_circles(place: Place) -> None:
    """A bot that always asks again gets tired villagers, on one message and on many."""
    await use(place, replace(HASTY, presses_max=4, chain_max=10, per_minute_max=1000))
    person = place.village.neighbours[0].id
    place.sandbox.world.start(person)
    await rest(place)
    again = keys(("More", "more"))
    sent = await place.bot.call("sendMessage", chat_id=person, text="0", reply_markup=again)
    for number in range(1, 10):
        await rest(place)
        await place.bot.call(
            "editMessageText",
            chat_id=person,
            message_id=sent["message_id"],
            text=str(number),
            reply_markup=again,
        )
    await rest(place)
    assert presses(place) == 4
    for _ in range(20):
        await place.bot.call("sendMessage", chat_id=person, text="x", reply_markup=again)
        await rest(place)
    assert presses(place) == 10


async def test_they_do_so_much_a_minute(place: Place) -> None:
    await use(place, replace(HASTY, per_minute_max=3))
    person = place.village.neighbours[0].id
    place.sandbox.world.start(person)
    for _ in range(10):
        await place.bot.call("sendMessage", chat_id=person, text="x", reply_markup=keys(("A", "a")))
        await rest(place)
    assert presses(place) == 3


def presses(place: Place) -> int:
    """Count all presses so far: everything a villager pressed, answered or not."""
    return sum(place.sandbox.cast._presses.values())


async def test_called_back_they_do_nothing(lively: Place) -> None:
    await use(lively, replace(HASTY, delay=(60.0, 60.0)))
    await lively.bot.call(
        "sendMessage", chat_id=lively.group, text="x", reply_markup=keys(("In", "in"))
    )
    await lively.sandbox.cast.stop()
    await lively.sandbox.cast.stop()
    assert await rest(lively) == []
    await use(lively, HASTY)
    lively.sandbox.cast.start()
    assert len(await rest(lively)) == 6, "let loose again, they see what was said last"


async def test_chance_is_repeatable(place: Place) -> None:
    async def choices() -> list[str]:
        await use(place, HASTY)
        sent = await place.bot.call(
            "sendMessage",
            chat_id=place.group,
            text="x",
            reply_markup=keys(*((letter, letter) for letter in "abcdef")),
        )
        found = [each["callback_query"]["data"] for each in await rest(place)]
        await place.bot.call("deleteMessage", chat_id=place.group, message_id=sent["message_id"])
        return sorted(found)

    first = await choices()
    assert first == await choices()
    assert len(set(first)) > 1


async def test_who_left_or_blocked_is_left_alone(lively: Place) -> None:
    world = lively.sandbox.world
    first, second, third = (each.id for each in lively.village.neighbours[:3])
    world.kick(first, lively.group)
    world.delete_account(second)
    world.start(third)
    world.block(third)
    await rest(lively)
    await lively.bot.call(
        "sendMessage", chat_id=lively.group, text="x", reply_markup=keys(("In", "in"))
    )
    pressed = {
        each["callback_query"]["from"]["id"]
        for each in await rest(lively)
        if "callback_query" in each
    }
    assert pressed == {each.id for each in lively.village.neighbours[2:]}
