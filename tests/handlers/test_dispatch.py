"""From raw JSON to one handler: forged, edited, forwarded, another bot's, or not to be read."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from circle import OPENS, opens_circle
from effort import examples
from handlers.place import (
    BOT,
    GROUP_ANONYMOUS_BOT,
    HARMLESS,
    NOW,
    OTHER_BOT,
    STRANGER,
    TELEGRAM,
    Made,
    Outcome,
    Place,
    Raw,
)
from hypothesis import HealthCheck, given, settings, strategies as st
from village import a_village

from bot.delivery.intake import Toast, Unreadable
from bot.handlers.context import Act, ButtonTooOld, by_name, on_command, on_start, on_tap
from bot.handlers.dispatch import Dispatcher
from bot.handlers.shapes import without_what_was_tapped
from bot.storage import links
from bot.storage.database import PRAGMAS, Transaction


async def _make(folder: Path) -> Made:
    async with a_village(folder) as village:
        amina, juma = village.has("Amina", "Juma")
        group = await opens_circle(village, amina, juma)
        links = [button.url for button in amina.buttons(in_group=group) if button.url]
        link = next(url for url in links if "start=" in url).partition("start=")[2]
        return Made(village.settings.database, group.id, amina.id, link)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    made = asyncio.run(_make(tmp_path_factory.mktemp("place")))
    with contextlib.closing(sqlite3.connect(made.database, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        for pragma in PRAGMAS:
            connection.execute(pragma)
        yield Place(made, connection)


# -- commands -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["/members", "/MEMBERS", "/members@barnraiser_bot", "/members@Barnraiser_BOT now"]
)
def test_a_command_is_read_as_people_write_it(place: Place, text: str) -> None:
    told = place.takes(place.message(text, chat=place.in_group))
    assert [chat for chat, _ in told.said] == [place.group]
    assert "2 members" in told.words


@pytest.mark.parametrize(
    "text", ["/members@other_bot", "/membersofcircle", "//members", "/ members", "members", "/"]
)
def test_what_is_no_command_of_ours_is_not_heard_in_a_group(place: Place, text: str) -> None:
    told = place.takes(place.message(text, chat=place.in_group))
    assert told.said == []
    assert told.touched <= {"chats"}


def test_a_command_in_a_caption_is_none(place: Place) -> None:
    raw = place.message("/members", chat=place.in_group)
    raw["message"]["caption"] = raw["message"].pop("text")
    told = place.takes(raw)
    assert told.said == []


def test_edited_it_is_not_a_new_one(place: Place) -> None:
    raw = place.message("/members", chat=place.in_group, edit_date=NOW + 5)
    raw["edited_message"] = raw.pop("message")
    assert place.takes(raw) == Outcome()
    raw["edited_message"]["chat"] = place.in_private
    assert place.takes(raw) == Outcome()


@pytest.mark.parametrize(
    "origin",
    [
        {"type": "user", "date": NOW, "sender_user": STRANGER},
        {"type": "hidden_user", "date": NOW, "sender_user_name": "Somebody"},
        {"type": "chat", "date": NOW, "sender_chat": {"id": -9, "type": "group", "title": "x"}},
    ],
)
def test_forwarded_it_commands_nothing(place: Place, origin: Raw) -> None:
    raw = place.message("/members", chat=place.in_group, forward_origin=origin)
    told = place.takes(raw)
    assert told.said == []
    raw["message"]["chat"] = place.in_private
    told = place.takes(raw)
    del raw["message"]["forward_origin"]
    assert told.words != place.takes(raw).words


def test_in_private_another_bots_command_is_words(place: Place) -> None:
    told = place.takes(place.message("/members@other_bot"))
    assert [chat for chat, _ in told.said] == [place.amina]
    assert "/help" in told.words


@pytest.mark.parametrize("sender", [OTHER_BOT, BOT, TELEGRAM])
def test_nobody_in_particular_is_not_answered(place: Place, sender: Raw) -> None:
    raw = place.message("/help", chat=place.in_group, **{"from": sender})
    told = place.takes(raw)
    assert told.touched <= {"chats", "outbox"}, "they are nobody to us"
    assert told.said == [] or sender is TELEGRAM
    raw["message"]["chat"] = {"id": sender["id"], "type": "private", "first_name": "x"}
    assert place.takes(raw) == Outcome()


def test_a_post_of_the_linked_channel_is_nobodys(place: Place) -> None:
    channel = {"id": -1009, "type": "channel", "title": "News"}
    raw = place.message(
        "/join",
        chat=place.in_group,
        sender_chat=channel,
        is_automatic_forward=True,
        forward_origin={"type": "channel", "date": NOW, "chat": channel, "message_id": 3},
        **{"from": TELEGRAM},
    )
    told = place.takes(raw)
    assert told.said == []


def test_in_a_channel_it_says_nothing(place: Place) -> None:
    channel = {"id": -1009, "type": "channel", "title": "News"}
    post = {"message_id": 5, "date": NOW, "chat": channel, "text": "/help"}
    assert place.takes({"update_id": 1, "channel_post": post}) == Outcome()
    member = {
        "chat": channel,
        "from": place.sender,
        "date": NOW,
        "old_chat_member": {"user": BOT, "status": "left"},
        "new_chat_member": {"user": BOT, "status": "member"},
    }
    told = place.takes({"update_id": 1, "my_chat_member": member})
    assert told.touched <= {"people", "person_keys"}
    assert told.said == []


def test_an_anonymous_admin_is_asked_to_be_themselves(place: Place) -> None:
    raw = place.message(
        "/join",
        chat=place.in_group,
        sender_chat=place.in_group,
        **{"from": GROUP_ANONYMOUS_BOT},
    )
    told = place.takes(raw)
    assert len(told.said) == 1
    assert "anonymous" in told.words.lower() or "as yourself" in told.words.lower()
    assert told.touched <= HARMLESS


def test_who_only_pretends_to_be_the_group_is_no_admin_of_it(place: Place) -> None:
    elsewhere = {"id": -77, "type": "supergroup", "title": "Kitui Circle"}
    raw = place.message(
        "/setup",
        chat=place.in_group,
        sender_chat=elsewhere,
        **{"from": {**GROUP_ANONYMOUS_BOT, "id": 136817688}},
    )
    told = place.takes(raw)
    assert "groups" not in told.touched
    assert "setups" not in told.touched


# -- starts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "payload",
    ["x", "join-1-AAAAAAAAAAAAAAAAAAAAAA", "join", "-", "join-1", "a" * 64, "join-9-9-9", "٣-٣"],
)
def test_a_guessed_link_opens_nothing(place: Place, payload: str) -> None:
    told = place.takes(place.message(f"/start {payload}"))
    assert len(told.said) == 1
    assert told.touched <= HARMLESS


def test_a_link_of_a_newer_version_opens_nothing(place: Place) -> None:
    at = Transaction(place.connection, OPENS, place.key, {})
    told = place.takes(place.message(f"/start {links.payload(at, 'dance', 1)}"))
    assert len(told.said) == 1
    assert told.touched <= HARMLESS


def test_anothers_link_is_refused_or_shows_ones_own(place: Place) -> None:
    chat = {"id": STRANGER["id"], "type": "private", "first_name": "Stranger"}
    raw = place.message(f"/start {place.link}", chat=chat, **{"from": STRANGER})
    told = place.takes(raw)
    assert {chat for chat, _ in told.said} == {STRANGER["id"]}
    assert told.touched <= HARMLESS


# -- taps -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        *("", ":", "x", "nonsense:1", "join:1", "language", "language:", "language:-1"),
        *("language:1:1", "LANGUAGE:1", " language:1", "language:1 ", "check:1:1", "check:a:b:c"),
        *("language:99", f"leave:{2**62}", f"leave:{2**64}", f"check:1:{10**50}:0", "é" * 30),
    ],
)
def test_a_forged_button_is_answered_once_and_changes_nothing(place: Place, data: str) -> None:
    told = place.takes(place.tap(data))
    assert len(told.toasts) == 1
    assert told.toasts[0].callback_query_id == "77"
    assert told.touched <= HARMLESS


#: What is anybody's own to do: to say that one is in (consent is asked then), to hide what stands
#: in one's chat, to be forgotten.
ONES_OWN = {
    "join": {"members", "households", "household_ties"},
    "hide": {"hides", "cards"},
    "forget_yes": {"forgotten"},
}


def forged(verbs: list[str]) -> st.SearchStrategy[str]:
    """Every verb there is, with numbers it was never given."""
    numbers = st.sampled_from(["0", "1", "2", "3", "7", "99", "-1", "٣", "", "x", str(2**61)])
    parts = st.lists(numbers, max_size=5)
    return st.tuples(st.sampled_from(verbs), parts).map(lambda one: ":".join([one[0], *one[1]]))


@settings(
    max_examples=examples(400),
    derandomize=True,  # a verb that is new is tried by everybody alike
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.data())
def test_no_button_gives_a_stranger_anything(place: Place, data: st.DataObject) -> None:
    """Whatever they send, by whatever verb, in private or in the group: one answer, no effect."""
    text = data.draw(forged(place.verbs))
    in_group = data.draw(st.booleans())
    chat = place.in_group if in_group else {**STRANGER, "type": "private"}
    message = {"message_id": 3, "date": NOW, "chat": chat, "from": BOT, "text": "x"}
    raw = place.tap(text, message=message, **{"from": STRANGER})
    told = place.takes(raw)
    assert len(told.toasts) == 1
    assert told.touched <= HARMLESS | ONES_OWN.get(text, set()), (text, told)


@pytest.mark.parametrize(
    "fields",
    [
        {"message": None, "inline_message_id": "abc"},
        {"message": None},
    ],
)
def test_a_press_on_nothing_of_ours_is_answered_all_the_same(place: Place, fields: Raw) -> None:
    told = place.takes(place.tap("leave:1", **fields))
    assert len(told.toasts) == 1
    assert told.said == []


def test_a_press_that_carries_nothing_is_answered_all_the_same(place: Place) -> None:
    told = place.takes(place.tap(None, game_short_name="x"))
    assert len(told.toasts) == 1
    assert told.touched <= HARMLESS


def test_a_press_on_a_message_too_old_to_be_shown_still_counts(place: Place) -> None:
    hidden = {"message_id": 3, "date": 0, "chat": place.in_private}
    told = place.takes(place.tap("language:1", message=hidden))
    assert len(told.toasts) == 1
    assert "people" in told.touched


@pytest.mark.parametrize("sender", [OTHER_BOT, GROUP_ANONYMOUS_BOT, TELEGRAM])
def test_a_press_of_nobodys_does_nothing(place: Place, sender: Raw) -> None:
    told = place.takes(place.tap("leave_yes:1", **{"from": sender}))
    assert told == Outcome(toasts=[Toast("77")])


# -- what is neither ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "vote",
    [
        {"poll_id": "unknown", "option_ids": [0], "option_persistent_ids": ["a"], "user": STRANGER},
        {
            "poll_id": "unknown",
            "option_ids": [],
            "option_persistent_ids": [],
            "voter_chat": {"id": -9, "type": "channel"},
        },
    ],
)
def test_a_vote_in_a_poll_of_nobodys_is_nothing(place: Place, vote: Raw) -> None:
    told = place.takes({"update_id": 1, "poll_answer": vote})
    assert told.said == []
    assert told.touched <= {"people", "person_keys", "poll_votes_parked"}


@pytest.mark.parametrize(
    ("standing", "is_gone"),
    [
        ({"status": "left"}, True),
        ({"status": "kicked", "until_date": 0}, True),
        ({"status": "member"}, False),
    ],
)
def test_a_member_who_leaves_a_large_group_is_told_of_by_their_standing_alone(
    place: Place,
    standing: Raw,
    is_gone: bool,  # noqa: FBT001 - a parameter
) -> None:
    change = {
        "chat": place.in_group,
        "from": STRANGER,
        "date": NOW,
        "old_chat_member": {"user": place.sender, "status": "member"},
        "new_chat_member": {"user": place.sender} | standing,
    }
    told = place.takes({"update_id": 1, "chat_member": change})
    assert ("members" in told.touched) is is_gone
    assert [chat for chat, _ in told.said] == [place.amina] * is_gone


@pytest.mark.parametrize(
    "raw",
    [
        {"update_id": 1},
        {"update_id": 1, "something_of_next_year": {"id": 3}},
        {"update_id": 1, "message_reaction": {"chat": {"id": 3, "type": "private"}, "date": 5}},
        {"update_id": 1, "inline_query": {"id": "3", "from": STRANGER, "query": "", "offset": ""}},
    ],
)
def test_what_it_did_not_ask_for_is_passed_over(place: Place, raw: Raw) -> None:
    try:
        told = place.takes(raw)
    except Unreadable:
        return
    assert told.said == []
    assert told.touched == set()


@pytest.mark.parametrize(
    "raw",
    [
        {},
        [],
        None,
        7,
        {"update_id": "1"},
        {"update_id": 1, "message": {}},
        {"update_id": 1, "message": "x"},
        {"update_id": 1, "message": {"message_id": 1, "date": NOW, "chat": {"type": "private"}}},
        {"update_id": 1, "callback_query": {"id": "1", "from": {"id": "x"}}},
        {"update_id": 1, "message": {"message_id": 1, "date": "today", "chat": STRANGER}},
    ],
)
def test_what_cannot_be_read_says_so(place: Place, raw: Any) -> None:  # noqa: ANN401 - anything
    with pytest.raises(Unreadable):
        place.takes(raw)


def test_of_a_tapped_message_its_place_is_read_and_of_a_picture_all() -> None:
    message = {"message_id": 5, "date": NOW, "chat": {"id": 3, "type": "private"}}
    buttons = {"inline_keyboard": [[{"text": "Yes", "callback_data": "join:1"}]]}
    tap = {"id": "1", "from": STRANGER, "data": "join:1"}

    words = message | {"text": "In?", "reply_markup": buttons}
    read = without_what_was_tapped({"update_id": 1, "callback_query": tap | {"message": words}})
    assert read["callback_query"] == tap | {"message": message | {"date": 0}}
    assert words["text"] == "In?", "what came is kept as it came"

    for left in ({"photo": [{"file_id": "x"}], "caption": "In?"}, {"document": {"file_id": "x"}}):
        raw = {"update_id": 1, "callback_query": tap | {"message": message | left}}
        assert without_what_was_tapped(raw) is raw
    for raw in ({"update_id": 1, "callback_query": tap}, {"update_id": 1, "message": words}):
        assert without_what_was_tapped(raw) is raw


@pytest.mark.parametrize("odd", [7, 1.5, True, [], {}, ["a"], "\ud800"])
@pytest.mark.parametrize("field", ["text", "chat", "from", "message_id", "date", "entities"])
def test_a_field_of_another_shape_is_not_read_at_all(place: Place, field: str, odd: object) -> None:
    """Nothing falls over it half-way: whoever sent it is not told that something failed."""
    raw = place.message("/help")
    assert place.takes(raw).said
    if (field in {"message_id", "date"} and odd == 7) or (field == "entities" and odd == []):
        return  # these are as they may be
    raw["message"][field] = odd
    with pytest.raises(Unreadable):
        place.takes(raw)


@pytest.mark.parametrize(
    "chat",
    [
        {"id": STRANGER["id"], "type": "private", "first_name": "Stranger"},
        {"id": STRANGER["id"], "type": "group", "title": "x"},
        {"id": 77, "type": "supergroup", "title": "x"},
    ],
)
def test_nobody_speaks_in_anothers_private_chat(place: Place, chat: Raw) -> None:
    assert place.takes(place.message("/help", chat=chat)) == Outcome()
    told = place.takes(place.tap("language:1", message={"message_id": 3, "date": 0, "chat": chat}))
    assert told == Outcome(toasts=[Toast("77")])


def test_whoever_has_no_name_any_more_is_met_all_the_same(place: Place) -> None:
    nameless = {**STRANGER, "first_name": ""}
    chat = {"id": STRANGER["id"], "type": "private", "first_name": ""}
    assert place.takes(place.message("/help", chat=chat, **{"from": nameless})).said


# -- when a handler failed ------------------------------------------------------------------------


def test_who_tapped_is_told_that_nothing_was_changed(place: Place) -> None:
    [toast] = place.apologises(place.tap("leave:1")).toasts
    assert toast.alert
    assert "nothing" in toast.text.lower()


def test_who_wrote_is_told_in_reply(place: Place) -> None:
    told = place.apologises(place.message("private words"))
    assert told.toasts == []
    [(chat, words)] = told.said
    assert chat == place.amina
    assert "nothing" in words.lower()
    assert "private words" not in words


def test_nobody_is_told_of_what_nobody_did(place: Place) -> None:
    assert place.apologises({"update_id": 1}) == Outcome()
    assert place.apologises(place.tap("leave:1", message=None)).toasts == []


@pytest.mark.parametrize("by_tap", [True, False])
def test_a_refusal_undoes_what_was_done_before_it(
    place: Place,
    by_tap: bool,  # noqa: FBT001 - a parameter
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def acts(act: Act) -> None:
        act.at.run("UPDATE groups SET language = 'es'")
        raise ButtonTooOld

    routes = [on_tap(acts, "dance"), on_command(acts, "dance")]
    monkeypatch.setattr(place, "dispatcher", Dispatcher(place.bot, routes))
    told = place.takes(place.tap("dance") if by_tap else place.message("/dance"))
    assert len(told.toasts) == by_tap
    assert len(told.said) == (not by_tap)
    assert told.touched <= HARMLESS


def test_two_handlers_of_one_name_are_a_mistake() -> None:
    route = on_start(lambda _started: None, "join")
    with pytest.raises(ValueError, match="two handlers for start join"):
        by_name([route, route], "start")
    assert list(by_name([route], "tap")) == []
    assert Dispatcher.__doc__
