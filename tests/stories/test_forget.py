"""/forget: who somebody is goes, the arithmetic stays, and nothing brings it back."""

import contextlib
import sqlite3
from datetime import timedelta

import pytest
from beancount import loader
from circle import OPENS, USUAL_TAPS
from contribution_village import transacts
from decision_village import proposes
from goal_village import does, sets_goal
from traces import in_bytes, in_words
from village import Someone, Village
from whole_life import APRIL, NAME, USERNAME, WORDS, file_ids, forms, lives_a_month

from bot.practices import (
    agreement,
    checking,
    copies,
    digests,
    exports,
    members as members_practice,
)
from bot.rendering import exports as exports_written
from bot.storage import chats, groups, members
from bot.storage.database import Reading, Transaction


async def forgets(person: Someone) -> None:
    await does(person, "/forget", "[Forget me]", "[Yes, forget me]")


async def verifies(village: Village) -> None:
    def faults(at: Reading) -> list[object]:
        return [fault for one in checking.verify_all(at) for fault in one.faults]

    assert await village.finds(faults) == []


async def test_no_trace_is_left_of_who_did_everything(village: Village) -> None:
    group, folk = await forms(village)
    zawadi, juma, *_ = folk
    await transacts(village, wants_a_weekly_note)
    await does(zawadi, "/privacy", "[✅ Help matching]")
    await lives_a_month(village, folk)
    path = village.settings.database
    traces: list[str | int] = [NAME, *WORDS, *file_ids(village, zawadi), zawadi.id]
    assert len(file_ids(village, zawadi)) == 3
    assert village.bot is not None
    await village.bot.database.checkpoint()
    before = in_words(path, *traces)
    assert set(before) == {str(one) for one in traces}
    assert in_bytes(path, zawadi.id)

    said = group.read_all()
    assert f"{NAME}: {WORDS[0]}" in said  # the digest told it

    before_leaving = len(juma.messages())
    said_in_group = len(group.messages)
    await forgets(zawadi)
    assert in_words(path, *traces, USERNAME) == {}
    assert not in_bytes(path, USERNAME, *traces)
    await verifies(village)
    await stands_in_no_file(village, USERNAME, *traces)
    assert "who you are" in zawadi.reads

    await juma.writes("/fund")
    assert "300.00" in juma.reads
    await juma.taps("All entries")
    assert "a former member" in juma.reads
    await juma.writes("/passbook")
    await juma.writes("/decisions")
    await juma.writes("/digest")
    await juma.writes("/members", in_group=True)
    await shows_everything(village, juma)
    await village.moves_to(APRIL + timedelta(days=5))
    await juma.writes("/thanks Neema for the rope", in_group=True)  # a week with news
    await village.moves_to(APRIL + timedelta(days=40))
    since = [one.content.text for one in juma.messages()[before_leaving:]]
    assert len(since) > 5
    assert NAME not in "".join(since)
    told = "".join(one.content.text for one in group.messages[said_in_group:])
    assert "Our week" in told
    assert not [one for one in (NAME, *WORDS) if one in told]
    await verifies(village)
    assert not in_bytes(path, USERNAME, *traces), "the log holds nothing, and nothing came back"

    await village.bot_stops()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("VACUUM")
    assert not in_bytes(path, USERNAME, *traces)


def wants_a_weekly_note(at: Transaction, group_id: int) -> None:
    agreement.amend(at, group_id, "digest", {"has_pulse": True}, by=None, decision_id=7)


async def stands_in_no_file(village: Village, *traces: str | int) -> None:
    """The group's export and its book say nothing of them, and the book still adds up."""

    def written(at: Reading) -> dict[str, str]:
        files = {name: "".join(text) for name, text in copies.files_of(at, 1, with_names=True)}
        whole = exports.whole(at, groups.by_id(at, 1))
        return files | dict(exports_written.files_of(whole, "en"))

    files = await village.finds(written)
    assert {"book.beancount", "group.json", "group.html", "check.html"} <= files.keys()
    assert not [(one, name) for one in traces for name in files if str(one) in files[name]]
    assert "a former member" in files["group.html"]
    _, errors, _ = loader.load_string(files["book.beancount"])
    assert errors == []


async def shows_everything(village: Village, juma: Someone) -> None:
    """The digest of the month can still be read, without name and words."""

    def show(at: Transaction) -> None:
        chat = chats.of_person(at, 2)
        assert chat is not None
        digest_id = at.value("SELECT id FROM digests WHERE month = '2026-03'")
        digests.show_said(at, chat, digest_id, 2)

    assert village.bot is not None
    await village.bot.database.transact(show)
    village.bot.outbox.wake()
    await village.settles()
    assert "a former member: …" in juma.reads
    assert "1 of 4 members checked in" in juma.reads
    assert juma.reads.count("a former member") > 1


async def test_it_is_asked_twice_and_no_is_no(village: Village) -> None:
    _, [zawadi, *_] = await forms(village)
    await zawadi.writes("/forget")
    assert "You leave your groups: Kitui." in zawadi.reads
    assert "Your offices end" in zawadi.reads
    await zawadi.taps("No, keep it")
    assert zawadi.reads == "All stays as it is."
    await does(zawadi, "/forget", "[Forget me]")
    assert "Nothing brings it back" in zawadi.reads
    assert zawadi.labels()[0] == "No, keep it"  # not where the first yes was
    await zawadi.taps("No, keep it")
    assert in_words(village.settings.database, NAME)


async def test_in_the_group_nothing_is_said_or_done(village: Village) -> None:
    group, [zawadi, juma, *_] = await forms(village)
    for command in ("/mydata", "/forget"):
        await zawadi.writes(command, in_group=True)
        assert "in our private chat" in group.reads
    for data in ("forget", "forget_yes"):
        await juma.presses_data(group.messages[0], data)
    assert in_words(village.settings.database, NAME, "Juma").keys() == {NAME, "Juma"}


async def test_who_comes_back_is_somebody_new(village: Village) -> None:
    group, [zawadi, juma, *_] = await forms(village)
    await sets_goal(zawadi, WORDS[0])
    await forgets(zawadi)
    await zawadi.writes("/goals")
    assert WORDS[0] not in zawadi.reads
    await zawadi.taps("I'm in", in_group=True)
    await zawadi.taps("Yes, I'm in")
    await juma.writes("/members", in_group=True)
    assert NAME in group.reads
    assert "Facilitator" not in group.reads
    numbers = await village.finds(
        lambda at: [(one.number, one.name, one.state) for one in members.ever_of_group(at, 1)]
    )
    assert numbers[0] == (1, "a former member", "left")
    assert numbers[-1] == (5, NAME, "member")
    await forgets(zawadi)  # and again
    assert in_words(village.settings.database, NAME, zawadi.id) == {}


async def test_what_the_bot_said_in_private_is_taken_away(village: Village) -> None:
    _, [zawadi, *_] = await forms(village)
    await sets_goal(zawadi, WORDS[0])
    await forgets(zawadi)
    chat = village.world.chats[zawadi.id]
    assert [one.content.text for one in chat.messages.values()] == [
        zawadi.messages()[-1].content.text
    ]
    await village.waits(days=60)  # and nobody is written to any more
    assert len(chat.messages) == 1


async def test_it_is_said_in_spanish(village: Village) -> None:
    group, [zawadi, juma, *_] = await forms(village, language="es")
    await does(zawadi, "/propose", WORDS[4], "[Saltar]", "[Proponer al grupo]")
    await zawadi.writes("/forget")
    assert "¿Quieres que te olvide?" in zawadi.reads
    await does(zawadi, "[Olvídame]", "[Sí, olvídame]")
    assert "ya no hay nada" in zawadi.reads
    await juma.writes("/decisions")
    assert NAME not in juma.reads
    assert group.sees("(las palabras de alguien que ya no está)")


async def test_what_failed_of_theirs_goes_too(
    village: Village, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _, [zawadi, juma, *_] = await forms(village)

    def fails(*_: object) -> None:
        raise ValueError(WORDS[1])

    with monkeypatch.context() as broken:
        broken.setattr(members_practice, "places_of", fails)
        await zawadi.writes("/leave now please")
        await juma.writes("/leave")
    caplog.clear()
    assert in_words(village.settings.database, "now please")
    await forgets(zawadi)
    assert in_words(village.settings.database, "now please", zawadi.id) == {}
    left = await village.finds(lambda at: at.value("SELECT count(*) FROM updates_failed"))
    assert left == 1


async def test_only_who_is_being_forgotten_loses_anything(village: Village) -> None:
    """The triggers let go of one person's rows, within that transaction, and of nobody else's."""
    _, [zawadi, juma, *_] = await forms(village)
    await village.moves_to(OPENS)
    for person in (zawadi, juma):
        for label in USUAL_TAPS:
            await person.taps(label)
    await proposes(juma, "We buy a pump")
    await village.waits(days=4)
    kept = (
        "SELECT count(*) FROM check_in_answers JOIN check_ins ON check_ins.id = check_in_id"
        " WHERE member_id = 2"
    )
    before = await village.finds(lambda at: at.value(kept))
    await forgets(zawadi)
    assert await village.finds(lambda at: at.value(kept)) == before > 0
    assert (
        await village.finds(lambda at: at.value("SELECT count(*) FROM check_in_answers")) == before
    )

    assert village.bot is not None

    def by_hand(at: Transaction, sql: str) -> None:
        at.run(sql)

    for sql in ("DELETE FROM check_in_answers", "UPDATE decisions SET matter = x'00'"):
        with pytest.raises(sqlite3.IntegrityError):
            await village.bot.database.transact(by_hand, sql)
