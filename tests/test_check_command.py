"""`barnraiser check`: one line for each thing, as it is, beside a bot that runs."""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from contribution_village import contributes
from delivery.post_office import PostOffice, a_post_office, answers, floods, page, refuses
from village import TOKEN, Village

from bot import checkup, checkup_telegram
from bot.__main__ import main
from bot.scheduler.clock import wall_clock
from bot.settings import PREFIX, Settings
from bot.storage import backups, daily_copies, key_saved
from bot.storage.sealing import key_path
from bot.telling import Finding

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

Checks = Callable[[], Awaitable[dict[str, Finding]]]


@pytest.fixture
def checks(village: Village, monkeypatch: pytest.MonkeyPatch) -> Checks:
    """Check the village's bot, while it runs; what was found, by what it is about."""
    for name in [name for name in os.environ if PREFIX in name]:
        monkeypatch.delenv(name)
    monkeypatch.setenv(f"{PREFIX}TOKEN", TOKEN)
    monkeypatch.setenv(f"{PREFIX}API_URL", village.sandbox.url)
    monkeypatch.setenv(f"{PREFIX}DATABASE", str(village.settings.database))
    monkeypatch.setattr(checkup_telegram, "PACE_SECONDS", 0)

    async def check() -> dict[str, Finding]:
        found = [one async for one in checkup._everything()]
        assert all(one.words.endswith((".", "?")) for one in found)
        assert all(TOKEN not in one.words for one in found)
        return {one.what: one for one in found}

    return check


async def test_all_is_well(village: Village, checks: Checks) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await contributes(village, amina, juma)
    now = wall_clock()
    backups.make(village.settings.database, village.settings.backups_folder, now)
    key_saved.note(village.settings.database, now)
    found = await checks()
    assert {one.state for one in found.values()} == {"ok"}, found
    assert [*found] == [
        *("settings", "database", "books", "key", "disk", "copies"),
        *("token", "clock", "updates", "groups"),
    ]
    assert "@barnraiser_bot" in found["token"].words
    assert found["groups"].words.startswith("in 1 of 1")
    assert not any("Amina" in one.words or "Kitui" in one.words for one in found.values())


async def test_what_is_not_yet_done_is_looked_at_and_breaks_nothing(checks: Checks) -> None:
    found = await checks()
    assert (found["key"].state, found["copies"].state) == ("look", "look")
    assert "backup --key FILE" in found["key"].words
    assert "broken" not in {one.state for one in found.values()}


async def test_a_group_the_bot_was_taken_out_of_is_named_by_its_number(
    village: Village, checks: Checks
) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await contributes(village, amina, juma)
    await village.bot_stops()  # it would be told, and rest
    group.chat.members[village.world.bot.id].status = "kicked"
    found = await checks()
    assert found["group 1"] == Finding(
        "broken", "group 1", "Telegram says the bot is not in it. Add it again."
    )


async def test_a_damaged_book_file_or_key_is_told_apart(village: Village, checks: Checks) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await contributes(village, amina, juma)
    await village.bot_stops()
    path = village.settings.database
    whole, key = path.read_bytes(), key_path(path).read_text()
    key_path(path).write_text("ab" * 32)
    assert "not the key of this database" in (await checks())["key"].words
    key_path(path).unlink()
    assert "missing or damaged" in (await checks())["database"].words
    key_path(path).write_text(key)
    key_path(path).chmod(0o644)
    found = [one async for one in checkup._everything()]
    assert any("chmod 600" in one.words for one in found)
    path.write_bytes(whole[:60_000])
    assert (await checks())["database"].state == "broken"
    path.write_bytes(whole)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 999")
    assert "newer Barnraiser" in (await checks())["database"].words
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 30")
    assert "the next start brings it to" in (await checks())["database"].words
    shutil.rmtree(path.parent)
    path.parent.mkdir()
    found = [one async for one in checkup._everything()]
    assert Finding("look", "database", f"there is none at {path}: the first start makes it.") in (
        found
    )


async def test_how_the_nightly_copies_go(village: Village, checks: Checks) -> None:
    settings = village.settings
    now = wall_clock()
    for days, state in ((5, "broken"), (2, "look"), (0, "ok")):
        backups.make(settings.database, settings.backups_folder, now - timedelta(days=days))
        assert (await checks())["copies"].state == state
    assert village.bot is not None
    await village.bot.database.transact(daily_copies.want, "2026-03-02T02:30:00.000000Z")
    await village.bot.database.transact(
        daily_copies.failed, "2026-03-02T02:30:00.000000Z", "database or disk is full"
    )
    found = [one async for one in checkup._everything()]
    words = "the nightly one could not be made: database or disk is full."
    assert Finding("broken", "copies", words) in found
    left = settings.database.with_name(settings.database.name + ".before-0003")
    left.touch()
    assert left.name in (await checks())["left over"].words


def test_the_command_ends_with_one_where_something_is_broken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if PREFIX in name]:
        monkeypatch.delenv(name)
    said = CliRunner().invoke(main, ["check"])
    assert said.exit_code == 0
    assert "look    token: none is set" in said.output
    monkeypatch.setenv(f"{PREFIX}TOKEN", "hunter2")
    said = CliRunner().invoke(main, ["check"])
    assert said.exit_code == 1
    assert said.output.startswith("broken  settings: BARNRAISER_TOKEN is not a bot token.")
    assert "hunter2" not in said.output


# -- what Telegram may say ------------------------------------------------------------------------


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    async with a_post_office() as opened:
        yield opened


async def asked(office: PostOffice, *places: tuple[int, int]) -> list[tuple[str, str]]:
    settings = Settings(TOKEN, office.url)
    found = [one async for one in checkup_telegram.ask(settings, lambda: NOW, places)]
    return [(one.state, one.what) for one in found]


async def test_telegrams_answers_are_told_apart(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = answers({"id": 7, "is_bot": True, "username": "b_bot"})
    office.will(refuses(401, "Unauthorized"), to="getMe")
    assert await asked(office) == [("broken", "token")]
    office.will(page(502), to="getMe")
    assert await asked(office) == [("broken", "telegram")]
    office.will(answers(True), to="getMe")  # noqa: FBT003 - whatever a proxy says
    assert await asked(office) == [("broken", "telegram")]
    monkeypatch.setattr(checkup_telegram, "PACE_SECONDS", 0)
    monkeypatch.setattr("bot.checkup_telegram.asyncio.sleep", _at_once)
    office.will(me, to="getMe")
    office.will(answers({"url": "", "pending_update_count": 0}), to="getWebhookInfo")
    member = answers({"status": "member"})
    moved = refuses(400, "group migrated", migrate_to_chat_id=-1005)
    office.will(
        *(refuses(403, "bot was kicked"), moved, page(502), floods(3), member, floods(3000)),
        to="getChatMember",
    )
    office.will(answers({"id": -5, "type": "group"}), to="getChat")
    places = [(number, -number) for number in range(1, 6)]
    assert await asked(office, *places) == [
        ("ok", "token"),
        ("look", "clock"),
        ("ok", "updates"),
        ("broken", "group 1"),
        ("look", "group 2"),
        ("look", "group 3"),
        ("look", "group 5"),
        ("ok", "groups"),
    ]


async def _at_once(_seconds: float) -> None:
    return


@pytest.mark.parametrize(
    ("away", "state", "words"),
    [
        (timedelta(seconds=-30), "ok", "agrees"),
        (timedelta(seconds=31), "look", "31 s ahead of"),
        (timedelta(minutes=-10), "look", "600 s behind"),
        (timedelta(minutes=11), "broken", "660 s ahead of"),
    ],
)
def test_the_clock_is_compared_with_telegrams(away: timedelta, state: str, words: str) -> None:
    found = checkup_telegram.clock_of("Mon, 02 Mar 2026 09:00:00 GMT", NOW + away)
    assert found.state == state
    assert words in found.words


@pytest.mark.parametrize("said", [None, "", "today", "Mon, 99 Mar 2026 09:00:00 GMT"])
def test_a_server_that_says_no_time_is_no_reason_to_worry(said: str | None) -> None:
    assert checkup_telegram.clock_of(said, NOW).state == "look"


@pytest.mark.parametrize(
    ("member", "permissions", "state", "words"),
    [
        ({"status": "member"}, {}, "ok", "write and pin"),
        ({"status": "member"}, {"can_pin_messages": False}, "ok", "pinning it is not let"),
        ({"status": "member"}, {"can_send_messages": False}, "broken", "may not write"),
        ({"status": "member"}, {"can_send_photos": False}, "look", "pictures"),
        ({"status": "member"}, {"can_send_documents": False}, "look", "files"),
        ({"status": "administrator"}, {"can_send_messages": False}, "ok", "pinning it is not let"),
        ({"status": "administrator", "can_pin_messages": True}, {}, "ok", "write and pin"),
        ({"status": "restricted", "can_send_messages": False}, {}, "broken", "may not write"),
        ({"status": "restricted", "can_send_messages": True}, {}, "ok", "write"),
        ({"status": "left"}, {}, "broken", "not in it"),
        ({"status": "kicked"}, {}, "broken", "not in it"),
    ],
)
def test_what_the_bot_may_do_in_a_group(
    member: dict[str, Any], permissions: dict[str, bool], state: str, words: str
) -> None:
    found = checkup_telegram.rights("group 1", member, {"permissions": permissions})
    assert found.state == state
    assert words in found.words


@pytest.mark.parametrize(
    ("own", "info", "state", "words"),
    [
        (None, {"url": ""}, "ok", "polling"),
        (None, {"url": "", "pending_update_count": 101}, "look", "does the bot run"),
        (None, {"url": "https://x/y"}, "look", "settings say otherwise"),
        ("https://x/y", {"url": ""}, "look", "no webhook is set"),
        ("https://x/y", {"url": "https://x/y", "pending_update_count": 2}, "ok", "webhook; 2"),
        ("https://x/y", {"url": "https://x/y", "last_error_message": "502"}, "look", "502"),
    ],
)
def test_how_updates_come_in(own: str | None, info: dict[str, Any], state: str, words: str) -> None:
    found = checkup_telegram.hearing(replace(Settings(TOKEN), webhook_url=own), info)
    assert found.state == state
    assert words in found.words


@pytest.mark.parametrize(
    ("free", "size", "state"),
    [
        (600_000_000, 1000, "ok"),
        (499_000_000, 1000, "look"),
        (49_000_000, 1000, "broken"),
        (3_900_000_000, 1_000_000_000, "look"),
        (900_000_000, 1_000_000_000, "broken"),
    ],
)
def test_how_much_room_there_is(free: int, size: int, state: str) -> None:
    assert checkup.disk_of(Path("/x"), free, size).state == state
