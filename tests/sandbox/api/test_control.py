"""The control API, as the page and tests use it."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from bot_client import BotClient, Json, Place

from sandbox import Sandbox, SandboxClock, media
from sandbox.control import arrival
from sandbox.refusals import Impossible

GO = {
    "inline_keyboard": [
        [{"text": "Go", "callback_data": "go:1"}, {"text": "Docs", "url": "https://example.org"}],
        [{"text": "Copy", "copy_text": {"text": "0788"}}],
    ]
}


async def stream(place: Place, after: int) -> AsyncIterator[Json]:
    url = f"{place.sandbox.url}/sandbox/events?after={after}"
    async with place.bot.session.get(url) as answer:
        assert answer.content_type == "text/event-stream"
        async for line in answer.content:
            if line.startswith(b"data: "):
                yield json.loads(line[6:])


async def test_the_state_is_all_a_page_needs(place: Place) -> None:
    sent = await place.bot.call(
        "sendMessage", chat_id=place.group, text="<b>a</b>&lt;", parse_mode="HTML", reply_markup=GO
    )
    state = await place.bot.look("state")
    assert state["bot"]["username"] == "sandbox_bot"
    assert state["cast"] is False
    assert len(state["people"]) == 7
    assert {person["language_code"] for person in state["people"]} >= {"en", "es", "sw", "fr"}
    group = next(chat for chat in state["chats"] if chat["id"] == place.group)
    assert group["type"] == "group"
    assert {member["status"] for member in group["members"]} == {"creator", "member"}
    private = [chat for chat in state["chats"] if chat["type"] == "private"]
    assert {chat["id"] for chat in private} == {person["id"] for person in state["people"]}
    assert state["messages"][0]["service"] == "Sam Willow created the group"
    assert state["messages"][1]["service"] == "Sam Willow added Sandbox Bot"
    message = state["messages"][-1]
    assert message["message_id"] == sent["message_id"]
    assert message["html"] == "<b>a</b>&lt;"
    assert message["text"] == "a<"
    assert message["keyboard"] == [
        [
            {"text": "Go", "kind": "callback", "data": "go:1"},
            {"text": "Docs", "kind": "url", "url": "https://example.org"},
        ],
        [{"text": "Copy", "kind": "copy", "copy_text": "0788"}],
    ]
    assert datetime.fromisoformat(message["date"]) == place.sandbox.clock.now()


async def test_the_state_keeps_the_last_300_messages_of_a_chat(place: Place) -> None:
    for number in range(310):
        place.sandbox.world.say(place.you, place.you, str(number))
    state = await place.bot.look("state")
    texts = [each["text"] for each in state["messages"] if each["chat_id"] == place.you]
    assert (len(texts), texts[0], texts[-1]) == (300, "10", "309")


async def test_events_follow_the_state(place: Place) -> None:
    after = (await place.bot.look("state"))["event"]
    events = stream(place, after)
    bot, group, you = place.bot, place.group, place.you
    said = await bot.control("send", person=you, chat=group, text="/hello *there*")
    card = (await bot.call("sendMessage", chat_id=group, text="card", reply_markup=GO))[
        "message_id"
    ]
    await bot.call("editMessageText", chat_id=group, message_id=card, text="card 2")
    await bot.control("react", person=you, chat=group, message=card, emoji="👍")
    await bot.call("sendChatAction", chat_id=group, action="typing")
    await bot.call("deleteMessage", chat_id=group, message_id=card)
    await bot.control("block", person=you)
    found = [await anext(events) for _ in range(7)]
    await events.aclose()  # type: ignore[attr-defined]  # it is a generator
    assert [each["n"] for each in found] == list(range(after + 1, after + 8))
    assert [each["kind"] for each in found] == [
        "message", "message", "edit", "reaction", "typing", "delete", "person",
    ]  # fmt: skip
    assert found[0]["message"] == said
    assert found[3]["message"]["reactions"] == [{"emoji": "👍", "people": [you]}]
    assert (found[5]["chat_id"], found[5]["message_id"]) == (group, card)
    assert found[6]["person"]["blocked_bot"] is True


async def test_the_page_is_told_who_voted_and_that_a_keyboard_is_gone(place: Place) -> None:
    poll = await place.bot.call(
        "sendPoll", chat_id=place.group, question="?", options=["a", "b"], is_anonymous=True
    )
    away = {"remove_keyboard": True}
    await place.bot.call("sendMessage", chat_id=place.group, text="x", reply_markup=away)
    where = {"chat": place.group, "message": poll["message_id"]}
    await place.bot.control("vote", person=place.you, options=[1], **where)
    state = await place.bot.look("state")
    shown = {one["message_id"]: one for one in state["messages"] if one["chat_id"] == place.group}
    options = shown[poll["message_id"]]["poll"]["options"]
    assert [option["voters"] for option in options] == [[], [place.you]]
    assert shown[poll["message_id"] + 1]["remove_keyboard"] is True


async def test_a_reader_comes_back_where_it_was(place: Place) -> None:
    after = (await place.bot.look("state"))["event"]
    await place.bot.control("people", first_name="One")
    await place.bot.control("people", first_name="Two")
    events = stream(place, after + 2)
    assert (await anext(events))["person"]["first_name"] == "Two"
    await events.aclose()  # type: ignore[attr-defined]  # it is a generator


async def test_a_press_waits_for_its_answer(place: Place) -> None:
    bot = place.bot
    card = (await bot.call("sendMessage", chat_id=place.group, text="x", reply_markup=GO))[
        "message_id"
    ]
    where = {"person": place.you, "chat": place.group, "message": card}
    pressing = asyncio.create_task(bot.control("press", **where, row=0, column=0))
    query = (await bot.updates(seconds=30))[0]["callback_query"]
    link = "https://t.me/sandbox_bot?start=x"
    await bot.call("answerCallbackQuery", callback_query_id=query["id"], url=link)
    assert await pressing == {"answered": True, "text": "", "alert": False, "url": link}
    assert await bot.control("press", **where, row=0, column=1) == {
        "answered": True,
        "url": "https://example.org",
    }
    assert await bot.impossible("press", **where, row=2, column=0) == "there is no such button"


async def test_a_press_that_is_never_answered(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.control.PRESS_SECONDS_MAX", 0.01)
    card = await place.bot.call("sendMessage", chat_id=place.group, text="x", reply_markup=GO)
    where = {"person": place.you, "chat": place.group, "message": card["message_id"]}
    assert await place.bot.control("press", **where, data="go:1") == {"answered": False}
    assert place.sandbox.world.on_answer == {}


async def test_people_and_groups_are_made(place: Place) -> None:
    bot = place.bot
    person = await bot.control(
        "people", first_name="Ngozi", username="ngozi", chats=[place.group], lively=True
    )
    assert person["lively"] is True
    changed = await bot.control(f"people/{person['id']}", last_name="Ade", lively=False)
    assert (changed["last_name"], changed["lively"]) == ("Ade", False)
    made = await bot.control(
        "groups", title="Seeds", creator=person["id"], members=[place.you], forum=True,
        topics=["Maize"],
    )  # fmt: skip
    assert made["type"] == "supergroup"
    assert made["topics"][0]["name"] == "Maize"
    assert {member["id"] for member in made["members"]} == {
        person["id"], place.you, place.sandbox.world.bot.id,
    }  # fmt: skip
    assert (await bot.control("topics", chat=made["id"], name="Beans"))["id"] > 0


async def test_what_people_do(place: Place) -> None:
    bot, world, group, you = place.bot, place.sandbox.world, place.group, place.you
    friend = place.village.neighbours[0].id
    chat = world.chats[group]
    await bot.control("leave", person=friend, chat=group)
    await bot.control("join", person=friend, chat=group)
    await bot.control("promote", person=friend, chat=group)
    assert chat.standing(friend) == "administrator"
    await bot.control("demote", person=friend, chat=group)
    await bot.control("kick", person=friend, chat=group, by=you)
    assert chat.standing(friend) == "kicked"
    await bot.control("block", person=friend)
    await bot.control("unblock", person=friend)
    await bot.control("delete_account", person=friend)
    assert world.people[friend].deleted
    await bot.control("remove_bot", chat=group, by=you)
    await bot.control("add_bot", chat=group, by=you)
    await bot.control("rename", chat=group, by=you, title="Now")
    poll = await bot.call("sendPoll", chat_id=group, question="?", options=["a", "b"])
    await bot.control("vote", person=you, chat=group, message=poll["message_id"], options=[1])
    said = await bot.control("send", person=you, chat=group, text="helo")
    edited = await bot.control(
        "edit", person=you, chat=group, message=said["message_id"], text="hello"
    )
    assert edited["text"] == "hello"
    assert "edit_date" in edited
    new = await bot.control("migrate", chat=group)
    assert world.chats[group].migrated_to == new["id"]
    await bot.control("delete_chat", chat=new["id"])
    assert world.chats[new["id"]].deleted


async def test_everything_that_can_be_sent(place: Place) -> None:
    bot, who = place.bot, {"person": place.you, "chat": place.you}
    picture = base64.b64encode(media.sample_picture(40, 30)).decode()
    photo = await bot.control("send", **who, photo=f"data:image/png;base64,{picture}", caption="c")
    assert (photo["photo"]["width"], photo["caption"], photo["caption_html"]) == (40, "c", "c")
    url = place.sandbox.url + photo["photo"]["url"]
    async with bot.session.get(url) as answer:
        assert answer.content_type == "image/png"
        assert await answer.read() == media.sample_picture(40, 30)
    assert (await bot.control("send", **who, photo=True))["photo"]["width"] == 320
    assert (await bot.control("send", **who, voice=7))["voice"]["duration"] == 7
    assert (await bot.control("send", **who, sticker="🎉"))["sticker"] == {"emoji": "🎉"}
    page = base64.b64encode(b"<script>").decode()
    document = await bot.control("send", **who, document={"name": "a.html", "base64": page})
    assert document["document"]["file_name"] == "a.html"
    async with bot.session.get(place.sandbox.url + document["document"]["url"]) as answer:
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"] == "attachment"
    reply = await bot.control("send", **who, text="yes", reply_to=photo["message_id"])
    assert reply["reply_to"] == {
        "message_id": photo["message_id"], "name": "Sam Willow", "text": "c",
    }  # fmt: skip
    forwarded = await bot.control(
        "send", **who, text="news", forward_from=place.village.neighbours[0].id
    )
    assert forwarded["forwarded_from"] == "Grace"


@pytest.mark.parametrize(
    ("path", "fields", "words"),
    [
        ("send", {"person": 1, "chat": 1, "text": "x"}, "there is no person 1"),
        ("send", {"person": "you"}, "“person” must be an integer"),
        ("send", {}, "“person” must be an integer"),
        ("people", {}, "a person needs a first name"),
        ("people/x", {}, "the path must have a number"),
        ("time", {"to": "yesterday"}, "is not a moment"),
        ("time", {"to": "2020-01-01"}, "time does not run backwards"),
        ("time", {"to": "day", "tz": "Mars/Base"}, "is not a moment"),
        ("faults", {"kind": "explode"}, "a fault is one of"),
        ("migrate", {"chat": 5}, "there is no chat 5"),
    ],
)
async def test_mistakes_are_said_in_words(
    place: Place, path: str, fields: dict[str, Json], words: str
) -> None:
    assert words in await place.bot.impossible(path, **fields)


async def test_only_this_machine_and_this_page_may_ask(place: Place) -> None:
    url = f"{place.sandbox.url}/sandbox/state"
    for headers in ({"Host": "evil.example"}, {"Origin": "https://evil.example"}):
        async with place.bot.session.get(url, headers=headers) as answer:
            assert answer.status == 400
    async with place.bot.session.get(url, headers={"Origin": place.sandbox.url}) as answer:
        assert answer.status == 200


async def test_the_page_is_served_and_nothing_beside_it(place: Place) -> None:
    session, url = place.bot.session, place.sandbox.url
    async with session.get(url) as answer:
        assert answer.status == 200
        assert answer.content_type == "text/html"
    async with session.get(f"{url}/page/page.js") as answer:
        assert answer.content_type in {"text/javascript", "application/javascript"}
    for path in ("..%2fworld.py", "%2e%2e/world.py", "nothing.js"):
        async with session.get(f"{url}/page/{path}") as answer:
            assert answer.status in {400, 404}


async def test_commands_are_listed_for_the_page(place: Place) -> None:
    both = [{"command": "help", "description": "Help"}]
    await place.bot.call("setMyCommands", commands=both, scope={"type": "all_private_chats"})
    await place.bot.call(
        "setMyCommands",
        commands=[*both, {"command": "join", "description": "I am in"}],
        scope={"type": "all_group_chats"},
    )
    await place.bot.call("setMyCommands", commands=both, language_code="es")
    assert (await place.bot.look("state"))["commands"] == [
        {"command": "help", "description": "Help", "chats": ["group", "private"]},
        {"command": "join", "description": "I am in", "chats": ["group"]},
    ]


async def test_faults_and_the_cast_are_switched(place: Place) -> None:
    bot = place.bot
    await bot.control("faults", kind="error", method="getMe", code=503, times=1)
    assert (await bot.refused("getMe")).code == 503
    await bot.control("faults", kind="flood")
    async with bot.session.delete(f"{place.sandbox.url}/sandbox/faults") as answer:
        assert (await answer.json()) == {"ordered": 0}
    await bot.call("getMe")
    assert await bot.control("cast", on=True) == {"on": True}
    assert (await bot.look("state"))["cast"] is True
    assert await bot.control("cast", on=False) == {"on": False}
    place.sandbox.world.start(place.you)
    assert await bot.look("updates") == {"undelivered": 1}


# Time


MARCH = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("to", "zone", "iso"),
    [
        ("hour", "UTC", "2026-03-02T10:00:00+00:00"),
        ("day", "UTC", "2026-03-03T09:00:00+00:00"),
        ("week", "UTC", "2026-03-09T09:00:00+00:00"),
        ("month", "UTC", "2026-04-01T00:00:00+00:00"),
        ("month", "Africa/Kigali", "2026-03-31T22:00:00+00:00"),
        ("2026-12-24T18:00:00Z", "UTC", "2026-12-24T18:00:00+00:00"),
        ("2026-12-24T18:00", "Africa/Kigali", "2026-12-24T16:00:00+00:00"),
    ],
)
def test_where_a_journey_ends(to: str, zone: str, iso: str) -> None:
    assert arrival(MARCH, to, zone).isoformat() == iso


def test_the_month_after_december() -> None:
    december = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert arrival(december, "month", "UTC").isoformat() == "2027-01-01T00:00:00+00:00"
    assert arrival(december, "month", "Asia/Tokyo").isoformat() == "2027-01-31T15:00:00+00:00"


async def test_a_journey_is_told_to_the_page(place: Place) -> None:
    after = (await place.bot.look("state"))["event"]
    answer = await place.bot.control("time", to="month", tz="Africa/Kigali")
    assert answer == {"now": "2026-03-31T22:00:00+00:00"}
    events = stream(place, after)
    told = [await anext(events) for _ in range(3)]
    await events.aclose()  # type: ignore[attr-defined]  # it is a generator
    assert [(each["kind"], each["travelling"]) for each in told] == [
        ("time", True), ("time", True), ("time", False),
    ]  # fmt: skip
    assert told[-1]["now"] == answer["now"]


async def test_whoever_starts_the_sandbox_may_do_the_travelling() -> None:
    clock = SandboxClock(MARCH, read=lambda: 0.0)
    stops: list[datetime] = []

    async def travel(to: datetime) -> None:
        while clock.now() < to:
            await asyncio.sleep(0)
            clock.set(min(to, arrival(clock.now(), "day", "UTC")))
            stops.append(clock.now())

    async with (
        Sandbox(clock=clock, travel=travel) as sandbox,
        aiohttp.ClientSession() as session,
    ):
        bot = BotClient(sandbox, session)
        journeys: list[Any] = [bot.control("time", to="week"), bot.impossible("time", to="week")]
        _, refused = await asyncio.gather(*journeys)
        assert refused == "a journey is under way already"
        assert len(stops) == 7
        with pytest.raises(Impossible):
            arrival(clock.now(), "2020-01-01", "UTC")
