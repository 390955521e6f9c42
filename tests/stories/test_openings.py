"""A group with ten years of paper begins: balances come in, witnessed, and may be taken back."""

import pytest
from contribution_village import YES, counted, faults, march
from village import Group, Someone, Village

from bot.domain.plans import Contribution

SHARES = Contribution(500, kind="shares", every="week", day=4)


async def with_a_paper_book(
    village: Village, *people: Someone, plan: Contribution | None = None
) -> Group:
    """A group whose facilitator, the first, keeps the book."""
    group = await village.forms_group("Kitui", *people)
    await village.is_set_up(
        group,
        *people,
        practices=frozenset({"contributions"}),
        plans=(plan or Contribution(50_000),),
    )
    return group


async def opens_sheet(keeper: Someone, purse: str = "Savings", what: str = "KES") -> None:
    await keeper.writes("/fund")
    await keeper.taps("Pay out")
    await keeper.taps("From the paper book")
    await keeper.taps(purse)
    await keeper.taps(what)


async def test_ten_years_of_paper_come_in(village: Village) -> None:
    [amina, juma, neema, otieno] = village.has("Amina", "Juma", "Neema", "Otieno")
    group = await with_a_paper_book(village, amina, juma, neema, otieno)
    await opens_sheet(amina)
    for line in ("1. Amina", "2. Juma", "3. Neema", "4. Otieno"):
        assert line in amina.reads
    await amina.writes("1: 12,000\n2: 9,500.50\n3) 700")
    assert "2. Juma: KES\u00a09,500.50" in amina.reads
    assert "Households together: KES\u00a022,200.50" in amina.reads
    await amina.writes("0 = 25000")
    assert "KES\u00a02,799.50 more than theirs: it came in before." in amina.reads
    assert await counted(village, "claims") == 0  # nothing is said before the last tap
    say = amina.button("Say it: KES\u00a025,000.00")
    await amina.presses(say)
    await amina.presses(say)
    assert await counted(village, "claims") == 1
    assert await counted(village, "entries") == 0

    assert "this is what our paper book says (Savings)" in juma.reads
    assert "Amina: KES\u00a012,000.00" in juma.reads
    assert "it came in before" in juma.reads
    assert not group.sees("12,000")
    await juma.taps(YES)
    assert "your household has in Savings: KES\u00a0700.00." in neema.reads
    assert "your household has in Savings: KES\u00a09,500.50." in juma.read_all()
    assert not otieno.sees("your household has")
    await neema.writes("/passbook")
    assert "So far: KES\u00a0700.00" in neema.reads
    await neema.writes("/fund")
    assert "Savings: KES\u00a025,000.00" in neema.reads
    await neema.taps("All entries")
    assert "+KES\u00a025,000.00 · from the paper book" in neema.reads
    await village.moves_to(march(5))
    assert "The contribution for March is KES\u00a0500.00." in neema.reads  # what is due stays due
    assert group.sees("0 of 4 households have paid.")
    assert await faults(village) == []


async def test_a_sheet_that_is_wrong_is_taken_back_and_written_anew(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await with_a_paper_book(village, amina, juma, neema)
    await opens_sheet(amina)
    await amina.writes("2: 900")
    await amina.taps("Say it")
    await neema.taps(YES)
    assert "your household has in Savings: KES\u00a0900.00." in juma.reads

    await amina.writes("/fund")
    await amina.taps("Pay out")
    await amina.taps("From the paper book")
    await amina.taps("Savings")
    await amina.taps("KES")
    assert "has been brought over already" in amina.toast

    await juma.taps("A mistake?")
    await juma.writes("It was 950")
    assert "Juma says: No. 1 is a mistake." in amina.reads
    await amina.taps("Yes, take it back")
    assert "is taken back: Savings" in juma.read_all()
    await opens_sheet(amina)
    assert "2. Juma: KES\u00a0900.00" in amina.reads  # it begins with what stood there
    await amina.writes("2: 950")
    await amina.taps("Say it: KES\u00a0950.00")
    await neema.taps(YES)
    await juma.writes("/passbook")
    assert "So far: KES\u00a0950.00" in juma.reads
    assert await faults(village) == []


async def test_savings_in_shares_come_in_as_shares(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await with_a_paper_book(village, amina, juma, neema, plan=SHARES)
    await opens_sheet(amina)
    await amina.writes("2: 53\n3: 40")
    await amina.taps("Say it")
    await neema.taps(YES)
    await juma.writes("/fund")
    assert "Savings: KES\u00a093.00" in juma.reads
    assert "18\u00a0shares" in juma.reads
    await village.moves_to(march(5))
    await juma.taps("Other amount")
    await juma.writes("2")  # with the 3 that were left over it is one more
    assert "That makes 1 share." in juma.reads
    await juma.taps("Yes, KES")
    await amina.taps(YES)
    assert "In all: 11 shares" in juma.reads
    assert await faults(village) == []


async def test_what_was_spent_before_is_told_and_balances(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await with_a_paper_book(village, amina, juma, neema)
    await opens_sheet(amina)
    await amina.writes("1: 500\n2: 500\n0: 800")
    assert "KES\u00a0200.00 less than theirs: it was spent before." in amina.reads
    await amina.writes("2: 0")
    assert "KES\u00a0300.00 more than theirs" in amina.reads
    await amina.taps("Say it: KES\u00a0800.00")
    await neema.taps(YES)
    await amina.writes("/fund")
    assert "Savings: KES\u00a0800.00" in amina.reads
    assert await faults(village) == []


async def test_nobody_of_the_keepers_household_confirms_and_who_disputes_freezes(
    village: Village,
) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await with_a_paper_book(village, amina, juma, neema)
    await opens_sheet(amina)
    await amina.writes("1: 500")
    await amina.taps("Say it")
    await amina.presses_data(amina.messages()[-1], "witness:1")
    assert "another household" in amina.toast
    await juma.taps("✗ No")
    await juma.writes("The paper says 50")
    assert "Juma does not agree" in amina.reads
    await neema.presses_data(neema.messages()[-1], "witness:1")
    assert await counted(village, "entries") == 0
    await amina.taps("Take it back")
    await opens_sheet(amina)
    await amina.writes("1: 50")
    await amina.taps("Say it: KES\u00a050.00")
    await juma.taps(YES)
    assert await counted(village, "entries") == 1


@pytest.mark.parametrize(
    "words", ["", "x", "1 500", "7: 500", "1:", "1: many", "1: -5", "2: 1\n9: 1"]
)
async def test_what_cannot_be_read_changes_nothing(village: Village, words: str) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await with_a_paper_book(village, amina, juma)
    await opens_sheet(amina)
    if words:
        await amina.writes(words)
    assert await counted(village, "opening_lines") == 0
    assert not [one for one in amina.labels() if one.startswith("✓ Say it")]
    await amina.presses_data(amina.messages()[-1], "opening_say:1")
    assert "Nothing is written yet" in amina.toast


@pytest.mark.parametrize(
    "data",
    ["opening:1", "opening:1:0", "opening:9", "opening_of:1:0:1", "opening_of:1:9:1",
     "opening_page:1:0", "opening_page:9:0", "opening_say:1", "opening_say:9"],
)  # fmt: skip
async def test_only_who_keeps_the_book_brings_it_over(village: Village, data: str) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await with_a_paper_book(village, amina, juma)
    await opens_sheet(amina)
    await amina.writes("1: 500")
    await juma.presses_data(juma.messages()[-1], data)
    assert juma.toast
    assert "our side" not in juma.toast
    assert await counted(village, "claims") == 0
    assert await counted(village, "opening_sheets") == 1
