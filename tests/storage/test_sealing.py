"""A stolen copy says little, a lost key is noticed, and a link cannot be guessed."""

import contextlib
import os
import sqlite3
import stat
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from hand_clock import HandClock

from bot.storage import links, people
from bot.storage.database import Database, Transaction, open_database
from bot.storage.sealing import (
    KEY_BYTES,
    KeyMissing,
    OperatorKey,
    Seal,
    key_path,
    new_person_key,
    operator_key,
)


def a_seal(number: int = 1) -> Seal:
    return Seal(bytes([number]) * KEY_BYTES)


@pytest.mark.parametrize("text", ["", "Amina", "أمينة\n🌾", "x" * 100_000])
def test_what_is_sealed_opens_again_and_shows_nothing(text: str) -> None:
    sealed = a_seal().close(text)
    assert a_seal().open(sealed) == text
    assert len(sealed) == len(text.encode()) + 28
    if text:
        assert text.encode() not in sealed


def test_the_same_text_sealed_twice_looks_different() -> None:
    assert len({a_seal().close("yes") for _ in range(100)}) == 100


def test_another_key_or_a_changed_byte_opens_nothing() -> None:
    sealed = a_seal().close("Amina")
    with pytest.raises(InvalidTag):
        a_seal(2).open(sealed)
    for place in range(len(sealed)):
        bent = bytearray(sealed)
        bent[place] ^= 1
        with pytest.raises(InvalidTag):
            a_seal().open(bytes(bent))
    assert a_seal().opens(sealed)
    assert not a_seal(2).opens(sealed)


def test_each_purpose_has_a_key_of_its_own() -> None:
    key = OperatorKey(b"k" * KEY_BYTES)
    assert not key.keys.opens(key.payloads.close("a message"))
    assert OperatorKey(b"k" * KEY_BYTES).payloads.opens(key.payloads.close("a message"))


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    database = tmp_path / "bot.db"
    os.umask(0)
    try:
        first = operator_key(database)
    finally:
        os.umask(0o022)
    path = key_path(database)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(bytes.fromhex(path.read_text())) == KEY_BYTES
    again = operator_key(database)
    assert again.payloads.open(first.payloads.close("same")) == "same"
    assert list(tmp_path.iterdir()) == [path]


def test_a_key_torn_while_it_was_made_is_made_anew(tmp_path: Path) -> None:
    """The power went while the very first key was written: there is nothing yet it could open."""
    database = tmp_path / "bot.db"
    key_path(database).with_name("bot.db.key.new").write_text("ab")
    operator_key(database)
    assert len(bytes.fromhex(key_path(database).read_text())) == KEY_BYTES


def test_no_new_key_is_made_beside_a_database(tmp_path: Path) -> None:
    database = tmp_path / "bot.db"
    database.write_bytes(b"SQLite format 3\0")
    with pytest.raises(KeyMissing):
        operator_key(database)
    assert not key_path(database).exists()
    database.write_bytes(b"")  # an empty file is no database yet
    operator_key(database)


@pytest.mark.parametrize("content", ["", "\n", "abc", "zz" * 32, "00" * 31, "00" * 33, "ключ"])
def test_a_damaged_key_is_named(tmp_path: Path, content: str) -> None:
    key_path(tmp_path / "bot.db").write_text(content, encoding="utf-8")
    with pytest.raises(KeyMissing, match=r"bot\.db\.key"):
        operator_key(tmp_path / "bot.db")


def test_keys_of_people_are_random() -> None:
    assert len({new_person_key() for _ in range(100)}) == 100
    assert len(bytes.fromhex(new_person_key())) == KEY_BYTES


# -- people's words in the file -----------------------------------------------------------------


def amina(at: Transaction) -> people.Person:
    return people.met(at, telegram_id=77, name="Amina Juma", language="en")


async def test_a_stolen_copy_tells_no_name(database: Database, tmp_path: Path) -> None:
    await database.transact(amina)
    await database.copy_to(tmp_path / "stolen.db")
    assert b"Amina" not in (tmp_path / "stolen.db").read_bytes()


async def test_a_name_follows_its_person_until_they_are_forgotten(database: Database) -> None:
    person = await database.transact(amina)
    assert person == await database.transact(amina)  # met twice is one person
    renamed = await database.transact(
        lambda at: people.met(at, telegram_id=77, name="Amina Ali", language="es")
    )
    assert (renamed.id, renamed.name, renamed.language) == (person.id, "Amina Ali", "en")

    def forget(at: Transaction) -> None:
        at.run("DELETE FROM person_keys WHERE person_id = :id", id=person.id)
        at.forget_seal(person.id)

    assert await database.read(lambda at: people.by_id(at, person.id).name) == "Amina Ali"
    await database.transact(forget)
    assert await database.read(lambda at: people.by_id(at, person.id).name) is None
    # What they write later is not sealed with a key that is gone, and brings no name back.
    assert (await database.transact(amina)).name is None
    with pytest.raises(LookupError):
        await database.transact(lambda at: at.seal_for(person.id, "more"))


async def test_seals_of_people_who_never_came_to_be_are_not_remembered(database: Database) -> None:
    """A rolled-back person's number goes to the next one: with the key of the next one."""

    def add_and_fail(at: Transaction) -> None:
        amina(at)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await database.transact(add_and_fail)
    person = await database.transact(
        lambda at: people.add(at, telegram_id=None, name="Juma", language="en")
    )
    assert person.name == "Juma"
    assert await database.read(lambda at: people.by_id(at, person.id).name) == "Juma"


async def test_nor_of_people_undone_within_a_transaction(database: Database) -> None:
    """Somebody's first update fails and is undone; then they are met again, to be told so."""

    def meets_twice(at: Transaction) -> int:
        with contextlib.suppress(RuntimeError), at.savepoint():
            amina(at)
            raise RuntimeError
        return amina(at).id

    person_id = await database.transact(meets_twice)
    # By another connection, which remembers nothing.
    assert await database.read(lambda at: people.by_id(at, person_id).name) == "Amina Juma"


async def test_the_memory_of_seals_has_an_end(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.storage.database.PERSON_SEALS_MAX", 3)

    def crowd(at: Transaction) -> list[str | None]:
        ids = [people.add(at, telegram_id=n, name=f"P{n}", language="en").id for n in range(1, 10)]
        assert len(at._seals) <= 3
        return [people.by_id(at, one).name for one in ids]

    assert await database.transact(crowd) == [f"P{n}" for n in range(1, 10)]


async def test_the_language_somebody_chose_is_kept(database: Database) -> None:
    person = await database.transact(amina)
    assert not person.language_chosen
    await database.transact(people.choose_language, person.id, "es")
    chosen = await database.transact(amina)
    assert (chosen.language, chosen.language_chosen) == ("es", True)


async def test_nobody_is_looked_up_by_a_wrong_number(database: Database) -> None:
    with pytest.raises(LookupError):
        await database.read(people.by_id, 99)
    assert await database.read(people.by_telegram_id, 99) is None


# -- deep links ---------------------------------------------------------------------------------


@pytest.fixture
async def signed(database: Database) -> str:
    await database.transact(links.know_bot, telegram_id=7, username="barnraiser_bot")
    return await database.read(links.payload, "checkin", 41)


async def test_a_link_is_read_back_a_year_later(database: Database, signed: str) -> None:
    assert len(signed) <= 64
    assert await database.read(links.read, signed) == ("checkin", 41)
    url = await database.read(links.url, "checkin", 41)
    assert url == f"https://t.me/barnraiser_bot?start={signed}"
    await database.transact(links.know_bot, telegram_id=8, username="renamed_bot")
    assert await database.read(links.bot_telegram_id) == 8
    assert await database.read(links.read, signed) == ("checkin", 41)


async def test_no_other_link_is_taken_for_ours(database: Database, signed: str) -> None:
    purpose, number, signature = signed.split("-", 2)
    forged = [
        f"{purpose}-42-{signature}",
        f"join-{number}-{signature}",
        f"{purpose}-{number}-{signature[:-1]}",
        f"{purpose}-{number}-{signature}x",
        f"{purpose}-0{number}-{signature}",
        f"{purpose}-{number}-{'A' * 22}",
        f"{purpose}-{'٤١'}-{signature}",
        signed.upper(),
        signed + "\n",
        "",
        "-" * 64,
    ]
    for one in forged:
        assert await database.read(links.read, one) is None, one


async def test_every_changed_sign_is_noticed(database: Database, signed: str) -> None:
    def flips(at: Transaction) -> list[str]:
        taken = []
        for place in range(len(signed)):
            for sign in "Aa0_-":
                bent = signed[:place] + sign + signed[place + 1 :]
                if bent != signed and links.read(at, bent) is not None:
                    taken.append(bent)
        return taken

    assert await database.transact(flips) == []


async def test_another_bots_key_signs_other_links(
    tmp_path: Path, clock: HandClock, signed: str
) -> None:
    (tmp_path / "other").mkdir()
    other = await open_database(tmp_path / "other" / "bot.db", clock.now)
    try:
        assert await other.read(links.read, signed) is None
    finally:
        await other.close()


async def test_the_database_holds_its_own_rules(database: Database) -> None:
    def private_chat_of_nobody(at: Transaction) -> None:
        at.run("INSERT INTO chats (telegram_id, kind, state) VALUES (1, 'private', 'open')")

    with pytest.raises(sqlite3.IntegrityError):
        await database.transact(private_chat_of_nobody)
