"""The group's book taken away: by its members, in private, and checked without us."""

import asyncio
import csv
import io
import sys
from pathlib import Path

import pytest
from beancount import loader
from contribution_village import contributes, leaves, march, transacts
from village import Someone, Village, words

from bot.practices import copies
from bot.storage import ledger, people
from bot.storage.database import Reading, Transaction
from bot.storage.members import NotAMember
from sandbox.state import Message


async def has_a_book(village: Village, *people_: Someone) -> None:
    """The first three have paid for March, each confirmed by the next."""
    await contributes(village, *people_)
    await village.moves_to(march(5))
    for payer, witness in zip(people_, (*people_[1:], people_[0]), strict=True):
        await payer.taps_whatever("paid")
        await witness.taps_whatever("witness")


def file_of(message: Message) -> tuple[str, str]:
    """A document's name and its text."""
    assert message.content.media is not None
    assert message.content.media.kind == "document"
    file = message.content.media.file
    assert file is not None
    return file.name, file.content.decode()


async def code_of(village: Village) -> str:
    def look(at: Reading) -> str:
        return ledger.head(at, 1).code

    return await village.finds(look)


async def test_a_member_takes_the_book_away_in_three_forms(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await has_a_book(village, amina, juma, neema)
    await neema.writes("/fund", in_group=True)
    before = len(village.group.messages)
    await neema.taps("Take a copy", in_group=True)
    assert "It has names in it, so keep it within the group." in neema.reads
    assert "The fund of" not in neema.reads

    await neema.taps("Table")
    assert neema.toast == "It is on its way."
    name, text = file_of(neema.messages()[-1])
    assert name == "book-2026-03-05.csv"
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row["Household"] for row in rows if row["Household"]] == ["Amina", "Juma", "Neema"]
    assert sum(float(row["Amount"]) for row in rows if row["Account"] == "purse:savings") == 1500

    await neema.taps("Sheet")
    name, text = file_of(neema.messages()[-1])
    assert name == "book-2026-03-05.html"
    assert "KES\u00a01,500.00" in text

    await neema.taps("Beancount")
    name, text = file_of(neema.messages()[-1])
    assert name == "book-2026-03-05.beancount"
    assert loader.load_string(text)[1] == []
    assert "Assets:Savings  1500.00 ~ 0 KES" in text

    assert await code_of(village) in neema.reads
    assert len(village.group.messages) == before
    assert all(one.content.media is None for one in [*amina.messages(), *juma.messages()])


async def test_ones_own_page_and_script_check_the_book(village: Village, tmp_path: Path) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await has_a_book(village, amina, juma, neema)
    await juma.writes("/passbook")
    await juma.taps("File")
    page, script = juma.messages()[-2:]
    name, text = file_of(page)
    assert name == "passbook-2026-03-05.html"
    assert "Passbook of \u2068Juma\u2069" in text
    assert text.count("KES\u00a0500.00") == 2  # one line: the amount, and what it makes
    assert "Amina" not in text
    assert "Neema" not in text
    code = await code_of(village)
    assert f"python3 check_book.py passbook.html {code}" in words(script)
    (tmp_path / "passbook.html").write_text(text, "utf-8")
    (tmp_path / "check_book.py").write_text(file_of(script)[1], "utf-8")
    done = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "check_book.py", "passbook.html", code),
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await done.communicate()
    assert done.returncode == 0
    assert f"{code} is the code after No. 3." in said.decode()


async def test_two_taps_are_one_copy_and_a_later_one_is_another(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await has_a_book(village, amina, juma)
    await amina.writes("/fund")
    await amina.taps("Take a copy")
    await amina.taps("Table")
    await amina.taps("Table")
    assert sum(one.content.media is not None for one in amina.messages()) == 1
    await village.waits(minutes=2)
    await amina.taps("Table")
    assert sum(one.content.media is not None for one in amina.messages()) == 2


async def test_a_copy_holds_the_book_as_it_was_when_it_was_asked_for(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await has_a_book(village, amina, juma)
    order = {"copy": "csv", "group": 1, "person": 1, "until": 1, "language": "en"}

    def make(at: Reading) -> str:
        return copies.make(at, order)[1].decode()

    text = await village.finds(make)
    assert len(text.splitlines()) == 1 + 2


async def test_it_is_in_the_members_language(village: Village) -> None:
    [amina] = village.has("Amina")
    [jose] = village.has("José", language="es")
    await has_a_book(village, amina, jose)
    await jose.writes("/passbook")
    await jose.taps("Archivo")
    assert "Libreta de" in file_of(jose.messages()[-2])[1]


async def test_who_left_meanwhile_gets_nothing(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await has_a_book(village, amina, juma, neema)
    await juma.writes("/fund")
    await juma.taps("Take a copy")
    table = juma.button("Table")
    await leaves(village, juma)
    before = len(juma.messages())
    await juma.presses(table)
    assert "members" in juma.toast
    assert len(juma.messages()) == before

    def make(at: Transaction, group_id: int) -> None:
        person = people.by_telegram_id(at, juma.id)
        assert person is not None
        order = {"copy": "csv", "group": group_id, "person": person.id, "until": 1}
        copies.make(at, order | {"language": "en"})

    with pytest.raises(NotAMember):  # it was on its way when they left
        await transacts(village, make)


@pytest.mark.parametrize("data", ["copy:1:9", "copy:1:4", "copy:2:0", "copy:2:3", "copy:77:0"])
async def test_forged_presses_bring_nothing(village: Village, data: str) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await has_a_book(village, amina, juma)
    await village.forms_group("Makueni", neema)
    await village.is_set_up(village.groups[1], neema)
    await amina.writes("/passbook")
    before = len(amina.messages())
    await amina.presses_data(amina.messages()[-1], data)
    assert amina.toast
    assert "our side" not in amina.toast
    assert "on its way" not in amina.toast
    assert len(amina.messages()) == before


async def test_a_book_too_long_for_a_chat_is_said_to_be(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await has_a_book(village, amina, juma)
    monkeypatch.setattr(copies, "ENTRIES_MAX", 1)
    await amina.writes("/passbook")
    before = len(amina.messages())
    await amina.taps("File")
    assert "Whoever runs the bot can take the whole book out." in amina.toast
    assert len(amina.messages()) == before


async def test_of_an_empty_book_there_is_no_copy(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await contributes(village, amina, juma)
    await amina.writes("/fund")
    assert "Take a copy" not in str(amina.labels())
    await amina.presses_data(amina.messages()[-1], "copy:1:0")
    assert "nothing yet to take a copy of" in amina.toast
