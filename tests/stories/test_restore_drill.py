"""The drill: copied in the middle of a burst, put on a clean machine, started, and all is there."""

import asyncio
import contextlib
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from books import books_entry
from click.testing import CliRunner
from contribution_village import PAID, contributes, faults, march
from goal_village import does, sets_goal
from traces import in_bytes, in_words
from village import Someone, Village
from whole_life import NAME, WORDS, forms

from bot.__main__ import main
from bot.settings import PREFIX
from bot.storage import backups, forgotten_list
from bot.storage.sealing import key_path

Head = tuple[int, bytes]


async def copies(village: Village) -> Path:
    """A copy, as `barnraiser backup` makes it beside the bot."""
    settings = village.settings
    path = await asyncio.to_thread(
        backups.make, settings.database, settings.backups_folder, village.now
    )
    assert village.bot is not None
    found = await village.finds(forgotten_list.of)
    forgotten_list.keep(settings.backups_folder, found)
    return path


async def goes_back_to(
    village: Village, copy: Path, to: Path, monkeypatch: pytest.MonkeyPatch, *more: str
) -> None:
    """The operator restores a copy, with the key that was saved apart, and starts the bot on it."""
    stick = to.parent.parent / "stick.key"
    stick.write_text(key_path(village.settings.database).read_text())
    await village.bot_stops()
    monkeypatch.setenv(f"{PREFIX}DATABASE", str(to))
    said = await asyncio.to_thread(
        CliRunner().invoke, main, ["restore", str(copy), "--key", str(stick), *more]
    )
    assert said.exit_code == 0, said.output
    village.settings = replace(village.settings, database=to)
    await village.bot_starts()


def head(path: Path) -> Head:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        last = "SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1"
        found: Head = connection.execute(last).fetchone()
    return found


@contextlib.asynccontextmanager
async def a_burst(village: Village, *people: Someone) -> AsyncIterator[list[int]]:
    """As many entries and messages as the bot can take in, until told to stop; how many entries."""
    written: list[int] = []
    is_over = asyncio.Event()

    async def writes() -> None:
        assert village.bot is not None
        while not is_over.is_set():
            entry = await village.bot.database.transact(books_entry, 1)
            written.append(entry.seq)
            if not len(village.world.updates):
                for person in people:
                    village.world.say(person.id, person.id, "/passbook")
            await asyncio.sleep(0)

    writing = asyncio.create_task(writes())
    try:
        yield written
    finally:
        is_over.set()
        await writing
        await village.settles()


async def reaches(written: list[int], count: int) -> None:
    while len(written) < count:  # noqa: ASYNC110 - it tells nobody
        await asyncio.sleep(0.001)


async def drills(village: Village, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    amina, juma = village.people["Amina"], village.people["Juma"]
    async with a_burst(village, amina, juma) as written:
        await reaches(written, 5)
        before = written[-1]
        copy = await copies(village)
        after = written[-1]
        await reaches(written, len(written) + 5)
    seq, end = head(copy)
    assert before <= seq <= after + 1
    live = await village.finds(
        lambda at: at.value("SELECT hash FROM entries WHERE seq = :seq", seq=seq)
    )
    assert live == end, "the copy ends where the book stood at some moment of the burst"
    await goes_back_to(village, copy, folder / "new" / "our.db", monkeypatch)
    assert head(folder / "new" / "our.db") == (seq, end)
    assert await faults(village) == []
    await amina.writes("/passbook")
    assert "KES\u00a0500.00" in amina.reads
    assert f"KES\u00a0{seq * 500:,}.00" in amina.reads
    return f"copied at {seq} of {written[-1]} entries"


async def ready(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    await contributes(village, amina, juma)
    await village.moves_to(march(5))
    await amina.taps(PAID)
    await juma.taps_whatever("witness")


async def test_a_copy_made_in_a_burst_is_put_on_a_clean_machine(
    village: Village, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ready(village)
    await drills(village, tmp_path, monkeypatch)


@pytest.mark.slow
@pytest.mark.promise("A copy made in a burst of writes is all there on a clean machine")
async def test_twenty_drills_one_after_another(
    village: Village,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    """Each goes on where the one before had gone back to."""
    await ready(village)
    copied = []
    for number in range(20):
        await village.waits(hours=1)
        folder = tmp_path / str(number)
        folder.mkdir()
        copied.append(await drills(village, folder, monkeypatch))
    record_property("seen", f"{len(copied)} of 20 restored, heads equal; the last {copied[-1]}")


async def test_who_was_forgotten_is_in_no_later_copy_and_comes_back_with_no_older_one(
    village: Village, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    group, [zawadi, juma, *_] = await forms(village)
    await sets_goal(zawadi, WORDS[0])
    traces = (NAME, WORDS[0], zawadi.id)
    before = await copies(village)
    assert in_words(with_key(village, before), *traces).keys() == {str(one) for one in traces}
    await does(zawadi, "/forget", "[Forget me]", "[Yes, forget me]")
    said = len(zawadi.messages())
    await village.waits(hours=1)
    after = await copies(village)
    assert in_words(with_key(village, after), *traces) == {}
    assert not in_bytes(after, *traces)
    assert not in_bytes(after.with_name(forgotten_list.NAME), NAME, zawadi.id)

    new = tmp_path / "new" / "our.db"
    await goes_back_to(village, before, new, monkeypatch)
    assert in_words(new, *traces) == {}
    await juma.writes("/members", in_group=True)
    assert NAME not in group.reads
    assert len(zawadi.messages()) == said, "nothing is said to them"
    shown = await village.finds(lambda at: at.value("SELECT shown_as FROM members WHERE id = 1"))
    assert shown == "a former member"
    assert not forgotten_list.again_path(new).exists()
    await village.bot_stops()
    await village.bot_starts()
    assert in_words(new, *traces) == {}
    assert await faults(village) == []


def with_key(village: Village, copy: Path) -> Path:
    """The copy, with its key beside it: whoever has both."""
    shutil.copy(key_path(village.settings.database), key_path(copy))
    return copy
