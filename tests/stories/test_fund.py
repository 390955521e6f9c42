"""The fund and one's own passbook, as those who look at them see them."""

import pytest
from contribution_village import (
    PAID,
    YES,
    contributes,
    faults,
    march,
    moves_in_with,
    transacts,
)
from village import Someone, Village, words

from bot.domain.ledger import Confirmation
from bot.domain.plans import Contribution
from bot.practices import rounds
from bot.storage import chats, check_ins, groups, ledger, outbox
from bot.storage.database import Transaction
from bot.storage.ledger import Line
from sandbox.state import Message

SEED = "kg of seed"


def picture_of(message: Message) -> bytes:
    assert message.content.media is not None
    assert message.content.media.file is not None
    return message.content.media.file.content


async def pays(payer: Someone, witness: Someone) -> None:
    await payer.taps(PAID)
    await witness.taps(YES)


def brings_seed(at: Transaction, group_id: int, household_id: int, *, with_money: bool) -> None:
    """A household brings seed, witnessed; perhaps money with it, in one entry."""
    if ledger.commodity_named(at, group_id, "SEED") is None:
        at.run(
            "INSERT INTO commodities (group_id, code, scale, unit) VALUES (:group, 'SEED', 0, :u)",
            group=group_id,
            u=at.key.payloads.close(SEED),
        )
    seed = ledger.commodity_named(at, group_id, "SEED")
    assert seed is not None
    money = ledger.money_of(at, group_id, "KES")
    household = ledger.account(at, group_id, "household", "project", household_id)
    purse = ledger.account(at, group_id, "purse", "project")
    lines = [Line(household, seed, -40), Line(purse, seed, 40)]
    if with_money:
        lines += [Line(household, money, -100), Line(purse, money, 100)]
    ledger.add(
        at,
        group_id,
        kind="contribution",
        day="2026-03-06",
        recorded_by=household_id,
        witnesses=1,
        key=f"seed:{ledger.head(at, group_id).seq}",
        confirmations=[Confirmation(household_id % 3 + 1, at.now_text)],
        lines=lines,
    )


async def test_the_fund_is_a_picture_once_it_has_run_for_a_week(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await contributes(village, amina, juma, neema)
    await village.moves_to(march(3))
    await pays(amina, juma)
    await juma.writes("/fund", in_group=True)
    assert village.group.messages[-1].content.media is None
    assert "Savings: KES\u00a0500.00" in village.group.reads

    await village.moves_to(march(24))
    await pays(juma, neema)
    await neema.writes("/fund", in_group=True)
    shown = village.group.messages[-1]
    assert picture_of(shown).startswith(b"\x89PNG")
    assert "The fund of Kitui" in words(shown)
    assert "Savings: KES\u00a01,000.00" in words(shown)
    assert "March: 2 of 3 households have paid." in words(shown)
    assert "The book has 2 entries." in words(shown)
    assert [one for one in village.group.messages if "Amina" in words(one)] == []

    await village.moves_to(march(24).replace(month=9))
    await amina.writes("/fund")
    assert picture_of(amina.messages()[-1]).startswith(b"\x89PNG")
    assert "Savings: KES\u00a01,000.00" in amina.reads


async def test_a_button_under_the_picture_goes_on_below_it(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await contributes(village, amina, juma)
    await village.moves_to(march(3))
    await pays(juma, amina)
    await village.moves_to(march(24))
    await amina.writes("/fund")
    picture = amina.messages()[-1]
    await amina.taps("Pay out")
    assert "What was paid out?" in amina.reads
    assert amina.messages()[-2] == picture
    await amina.taps("Back")
    assert "The fund of Kitui" in amina.reads
    assert amina.messages()[-1].content.media is None
    assert amina.messages()[-2] == picture


async def test_what_was_given_in_kind_stands_apart(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await contributes(village, amina, juma, neema)
    await village.moves_to(march(5))
    await pays(amina, juma)
    await transacts(village, brings_seed, 2, with_money=False)
    await juma.writes("/fund", in_group=True)
    money, _, in_kind = village.group.reads.partition("In kind")
    assert "Savings: KES\u00a0500.00" in money
    assert "Project: 40\u00a0kg of seed" in in_kind
    await juma.writes("/passbook")
    assert "No. 2 · March 6 · +40\u00a0kg of seed → 40\u00a0kg of seed" in juma.reads
    assert await faults(village) == []


async def test_ones_passbook_as_a_picture(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await contributes(village, amina, juma, neema)
    await village.moves_to(march(5))
    await pays(amina, juma)
    await pays(juma, neema)
    await transacts(village, brings_seed, 1, with_money=True)
    await amina.writes("/passbook")
    assert "No. 3 · March 6 · Project +40\u00a0kg of seed → 40\u00a0kg of seed" in amina.reads
    assert "No. 3 · March 6 · Project +KES\u00a01.00 → KES\u00a01.00" in amina.reads
    said = amina.reads
    await amina.taps("Picture")
    shown = amina.messages()[-1]
    assert picture_of(shown).startswith(b"\x89PNG")
    assert words(shown) == said  # the same numbers in words
    assert "Juma" not in words(shown)
    await amina.writes("/fund")
    await amina.taps("All entries")
    assert "No. 3 · March 6 · +40\u00a0kg of seed · +KES\u00a01.00 · Project · Amina" in amina.reads
    assert len(amina.messages()) == len({one.message_id for one in amina.messages()})


def closes_private_chat(at: Transaction, group_id: int, telegram_id: int) -> None:
    del group_id
    chat = chats.by_telegram_id(at, telegram_id)
    assert chat is not None
    chats.set_state(at, chat.id, "unopened")


async def test_shares_and_what_is_kept_towards_the_next_are_told(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    plan = Contribution(500, kind="shares", every="week", day=4)
    await village.forms_group("Kitui", amina, juma)
    await village.is_set_up(
        village.group, *(amina, juma), practices=frozenset({"contributions"}), plans=(plan,)
    )
    await village.moves_to(march(5))
    await juma.writes("/pay")
    await juma.taps("Other amount")
    await juma.writes("23")
    await juma.taps("Yes, KES\u00a023.00")
    await amina.taps(YES)
    await juma.writes("/fund", in_group=True)
    assert "Savings: KES\u00a023.00\nSavings: 4\u00a0shares\n" in village.group.reads
    assert "In kind" not in village.group.reads
    await juma.writes("/passbook")
    for line in (
        "Savings: KES\u00a020.00",
        "Savings: 4\u00a0shares",
        "Kept for a share: KES\u00a03.00",
        "No. 1 · March 5 · Savings +4\u00a0shares → 4\u00a0shares",
        "No. 1 · March 5 · Kept for a share +KES\u00a03.00 → KES\u00a03.00",
    ):
        assert line in juma.reads
    await juma.writes("/fund")
    await juma.taps("All entries")
    assert "No. 1 · March 5 · +KES\u00a023.00 · +4\u00a0shares · Juma" in juma.reads
    assert await faults(village) == []


async def test_passbook_in_the_group_opens_it_in_private(village: Village) -> None:
    [amina, juma, otieno] = village.has("Amina", "Juma", "Otieno")
    group = await village.forms_group("Kitui", amina, juma, otieno)
    await village.is_set_up(
        group,
        *(amina, juma),
        practices=frozenset({"contributions"}),
        plans=(Contribution(amount_minor=50_000),),
    )
    before = len(group.messages)
    await amina.writes("/passbook", in_group=True)
    assert "Passbook of Amina" in amina.reads
    assert len(group.messages) == before

    await transacts(village, closes_private_chat, juma.id)
    await juma.writes("/passbook", in_group=True)
    assert "A passbook is for its own household alone" in group.reads
    await juma.taps("My passbook", in_group=True)
    assert "Passbook of Juma" in juma.reads

    await otieno.writes("/passbook", in_group=True)
    assert "Passbook of" not in group.read_all()
    assert "Passbook of" not in otieno.read_all()


async def test_every_line_is_on_some_page_and_none_is_torn_apart(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await contributes(village, amina, juma, neema)
    for number in range(9):
        await transacts(village, brings_seed, 1, with_money=number % 2 == 0)
    await amina.writes("/passbook")
    lines: list[str] = []
    while True:
        page = [line for line in amina.reads.splitlines() if line.startswith("No. ")]
        assert len(page) <= 10
        lines += page
        if "◀ Older" not in amina.labels():
            break
        await amina.taps("Older")
    numbers = [int(line.split()[1]) for line in lines]
    assert sorted(numbers, reverse=True) == numbers
    assert len(numbers) == 9 + 5
    assert set(numbers) == set(range(1, 10))


async def test_a_household_that_nobody_is_in_any_more_keeps_its_name(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await contributes(village, amina, juma, neema)
    await village.moves_to(march(5))
    await pays(amina, juma)
    await moves_in_with(village, amina, neema)
    await juma.writes("/fund")
    await juma.taps("All entries")
    assert "No. 1 · March 5 · +KES\u00a0500.00 · Amina" in juma.reads


@pytest.mark.parametrize("data", ["passbook_picture:2:0", "passbook_picture:77:0"])
async def test_another_groups_passbook_is_not_drawn(village: Village, data: str) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await contributes(village, amina, juma)
    await village.forms_group("Makueni", neema)
    await village.is_set_up(village.groups[1], neema)
    await amina.writes("/passbook")
    before = len(amina.messages())
    await amina.presses_data(amina.messages()[-1], data)
    assert amina.toast
    assert "our side" not in amina.toast
    assert len(amina.messages()) == before


async def test_a_passbook_is_not_drawn_in_the_group(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await contributes(village, amina, juma)
    await village.moves_to(march(5))
    before = len(village.group.messages)
    board = village.group.messages[-1]
    for data in ("passbook_picture:1:0", "copy:1:0", "copy:1:3"):
        await amina.presses_data(board, data)
        assert amina.toast
    assert len(village.group.messages) == before
    assert all(one.content.media is None for one in village.group.messages)


def _draws_the_round_anew(at: Transaction, group_id: int) -> None:
    found = check_ins.open_round_of(at, group_id)
    assert found is not None
    outbox.show_card(at, rounds.CARD, found.id, groups.by_id(at, group_id).chat_id)


async def test_the_balances_are_said_when_a_round_opens_and_when_it_closes(
    village: Village,
) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await village.forms_group("Kitui", amina, juma, neema)
    await village.is_set_up(
        village.group,
        *(amina, juma, neema),
        practices=frozenset({"contributions", "check_ins"}),
        plans=(Contribution(amount_minor=50_000),),
    )
    await village.moves_to(march(3))
    await pays(amina, juma)
    opens = await village.finds(lambda at: rounds.next_opening(at, 1))
    assert opens is not None
    await village.moves_to(opens)
    card = village.group.messages[-1]
    assert "Check-in for" in words(card)
    assert "In the fund as the round opened:\nSavings: KES\u00a0500.00\nCode" in words(card)
    code = words(card).split("Code of the book: ")[1].split()[0]

    await juma.writes("/pay")
    await pays(juma, neema)
    await transacts(village, _draws_the_round_anew)
    assert f"Savings: KES\u00a0500.00\nCode of the book: {code}" in words(card)
    await village.waits(days=20)
    assert "Closed" in words(card)
    assert "In the fund as the round closed:\nSavings: KES\u00a01,000.00" in words(card)
    assert code not in words(card)
    await neema.writes("/fund")
    now = neema.reads.split("Its code: ")[1].split()[0]
    assert now in words(card)


async def test_the_code_of_the_book_stands_in_every_board_digest_and_receipt(
    village: Village,
) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await village.forms_group("Kitui", amina, juma, neema)
    await village.is_set_up(
        village.group,
        *(amina, juma, neema),
        practices=frozenset({"contributions", "digests"}),
        plans=(Contribution(amount_minor=50_000),),
    )
    await village.moves_to(march(5))
    await pays(amina, juma)
    code = await village.finds(lambda at: ledger.head(at, 1).code)
    assert len(code) == 14
    board = next(one for one in village.group.messages if "Contribution for" in words(one))
    assert f"Code of the book: {code}" in words(board)
    receipt = next(one for one in amina.messages() if "Receipt No. 1" in words(one))
    assert f"Code of the book: {code}" in words(receipt)

    await pays(juma, neema)
    newer = await village.finds(lambda at: ledger.head(at, 1).code)
    assert newer != code
    assert f"Code of the book: {newer}" in words(board)
    assert f"Code of the book: {code}" in words(receipt)  # a receipt stays what it was

    await village.moves_to(march(5).replace(month=4))
    digest = next(
        one
        for one in village.group.messages
        if one.content.media is not None and "Code of the book:" in words(one)
    )
    assert newer in words(digest)
