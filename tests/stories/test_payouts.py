"""Paying out of the fund: said by who keeps it, witnessed, never below nothing."""

import pytest
from contribution_village import PAID, YES, contributes, counted, faults, march
from village import Someone, Village, photo

from bot.domain.plans import Contribution
from sandbox.state import Content


def captioned(words: str) -> Content:
    content = photo()
    content.text = words
    return content


async def has_a_fund(village: Village, *people: Someone) -> None:
    """The first one facilitates; 1,000 shillings are in the fund."""
    await contributes(village, *people)
    await village.moves_to(march(5))
    for one, witness in ((people[0], people[1]), (people[1], people[0])):
        await one.taps(PAID)
        await witness.taps(YES)


async def test_a_cost_with_the_photo_of_its_receipt(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await has_a_fund(village, amina, juma, neema)
    await amina.writes("/fund")
    await amina.taps("Pay out")
    await amina.taps("A cost")
    assert "The purse holds KES\u00a01,000.00." in amina.reads
    await amina.writes("300.50")
    assert "KES\u00a0300.50, a cost." in amina.reads
    await amina.sends(captioned("Seed & <rope>"))
    assert "I have asked" in amina.reads
    assert "Amina says: KES\u00a0300.50 was paid out of the fund." in neema.reads
    assert "For: Seed & <rope>" in neema.reads
    assert neema.messages()[-2].content.media is not None
    assert "sent this with KES" in neema.messages()[-2].content.text
    assert village.group.sees("In the fund: KES\u00a01,000.00")

    await neema.taps(YES)
    assert village.group.sees("In the fund: KES\u00a0699.50")
    assert "Left in the purse: KES\u00a0699.50" in amina.reads
    await juma.writes("/fund")
    assert "Savings: KES\u00a0699.50" in juma.reads
    assert "Pay out" not in str(juma.labels())
    await juma.taps("All entries")
    assert "−KES\u00a0300.50 · a cost" in juma.reads
    assert await faults(village) == []


async def test_a_photo_alone_waits_for_its_words(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await has_a_fund(village, amina, juma, neema)
    await amina.writes("/fund")
    await amina.taps("Pay out")
    await amina.taps("A cost")
    await amina.writes("300.50")
    assert "📷" not in amina.reads
    await amina.sends(photo())
    assert "KES\u00a0300.50, a cost.\n📷 ✓\nWhat was it for?" in amina.reads
    assert not neema.sees("was paid out of the fund")
    await amina.writes("Seed")
    assert neema.messages()[-2].content.media is not None
    assert "Amina says: KES\u00a0300.50 was paid out of the fund.\nFor: Seed" in neema.reads
    await neema.taps(YES)
    assert "a cost.\nFor: Seed\nConfirmed by Neema." in amina.reads


async def test_a_gift_to_a_household_is_not_witnessed_by_it(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await has_a_fund(village, amina, juma, neema)
    await amina.writes("/fund")
    await amina.taps("Pay out")
    await amina.taps("A gift")
    await amina.taps("Juma")
    await amina.writes("200")
    await amina.writes("The roof after the storm")
    assert not juma.sees("Is that right?")
    await neema.taps(YES)
    assert "KES\u00a0200.00, a gift to Juma." in juma.reads
    await juma.writes("/passbook")
    assert "given to you: KES\u00a0200.00" in juma.reads
    assert "So far: KES\u00a0500.00" in juma.reads
    assert await faults(village) == []


async def test_never_below_nothing(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await has_a_fund(village, amina, juma, neema)
    await amina.writes("/fund")
    await amina.taps("Pay out")
    await amina.taps("A cost")
    await amina.writes("1,000.01")
    assert "The purse holds KES\u00a01,000.00, and never less than nothing." in amina.reads
    await amina.writes("800")
    await amina.writes("rope")
    first = neema.button(YES)
    await amina.writes("/fund")
    await amina.taps("Pay out")
    await amina.taps("A cost")
    await amina.writes("800")
    await amina.writes("rope, once more")
    await juma.taps(YES)
    await neema.presses(first)  # both are said; only one can be booked
    assert await counted(village, "entries") == 3
    assert "never less than nothing" in neema.toast or "never less than nothing" in juma.toast
    await amina.writes("/fund")
    assert "Savings: KES\u00a0200.00" in amina.reads

    await juma.writes("/fund")
    await juma.taps("All entries")
    await juma.taps("1")
    await juma.taps("It is a mistake")
    assert "never less than nothing" in juma.toast  # what is spent cannot be taken back first
    assert await faults(village) == []


@pytest.mark.parametrize(
    "data",
    [
        "payout:1",
        "payout:9",
        "payout_from:1:1:1",
        "payout_to:1:1:1:0:0",
        "payout_to:1:99:1:0:0",
        "payout_gift:1:1:1:1:0",
        "payout_move:1:1:1",
        "income:1",
        "income:1:0",
        "split:1:1:1",
        "split_by:1:1:1:0",
    ],
)
async def test_only_who_keeps_the_fund_says_so(village: Village, data: str) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await has_a_fund(village, amina, juma, neema)
    reads = juma.reads
    await juma.presses_data(juma.messages()[-1], data)
    assert juma.toast
    assert "our side" not in juma.toast
    assert juma.reads == reads
    assert await counted(village, "questions") == 0


async def test_forged_purses_and_households_are_refused(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await has_a_fund(village, amina, juma, neema)
    for data in (
        "payout_to:1:2:1:0:0",  # a household's account, not a purse
        "payout_to:1:77:1:0:0",
        "payout_to:1:1:77:0:0",
        "payout_to:1:1:1:9:0",
        "payout_to:1:1:1:1:99",
        "payout_to:1:1:1:2:99",
        "payout_to:1:1:1:3:0",  # from savings to savings
        "payout_to:1:1:1:3:9",
        "payout_to:1:9:1:4:0",
        "payout_gift:1:2:1:1:0",
        "payout_gift:1:1:1:0:0",
        "payout_from:1:2:1",
        "payout_from:1:1:7",
        "payout_move:1:2:1",
        "income:1:9",
        "split:1:2:1",
        "split_by:1:1:1:9",
        "split_by:1:1:7:0",
    ):
        await amina.presses_data(amina.messages()[-1], data)
        assert amina.toast
        assert "our side" not in amina.toast
    assert await counted(village, "questions") == 0


async def in_shares_of_200(village: Village, *people: Someone) -> None:
    group = await village.forms_group("Kitui", *people)
    plan = Contribution(20_000, kind="shares", every="week", day=4)
    await village.is_set_up(group, *people, practices=frozenset({"contributions"}), plans=(plan,))
    await village.moves_to(march(5))


async def gets_back(treasurer: Someone, whom: Someone, witness: Someone, amount: str) -> None:
    await treasurer.writes("/fund")
    await treasurer.taps("Pay out")
    await treasurer.taps("Savings back")
    await treasurer.taps(whom.name)
    await treasurer.writes(amount)
    await treasurer.writes("School fees")
    await witness.taps(YES)


async def test_savings_back_cross_stamps_out(village: Village) -> None:
    """Field notes 2.4 C: a share is 200. 400, then 1,000 saved, 600 back: 4 shares, 800."""
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await in_shares_of_200(village, amina, juma, neema)
    await juma.taps("▣▣ KES\u00a0400.00")
    await amina.taps(YES)
    assert "In all: 2 shares" in juma.reads
    assert "▣▣▢▢▢" in juma.reads
    await village.moves_to(march(12))
    await juma.taps("▣▣▣▣▣ KES\u00a01,000.00")
    await amina.taps(YES)
    assert "In all: 7 shares" in juma.reads
    assert "▣▣▣▣▣ ▣▣▢▢▢" in juma.reads

    await amina.writes("/fund")
    await amina.taps("Pay out")
    await amina.taps("Savings back")
    assert amina.labels()[0] == "Juma"  # who saved nothing gets nothing back
    await amina.taps("Juma")
    assert "they have saved KES\u00a01,400.00" in amina.reads
    await amina.writes("1,400.01")
    assert "more cannot be given back" in amina.reads
    await gets_back(amina, juma, neema, "600")
    assert "KES\u00a0600.00, back to Juma from what they saved." in juma.reads
    assert "Your household so far: KES\u00a0800.00" in juma.reads
    assert "In all: 4 shares" in juma.reads
    assert "▣▣▣▣▢" in juma.reads
    assert await faults(village) == []


async def test_a_part_of_a_share_back_keeps_the_rest(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await in_shares_of_200(village, amina, juma, neema)
    await juma.taps("▣▣▣ KES\u00a0600.00")
    await amina.taps(YES)
    await gets_back(amina, juma, neema, "250")
    assert "In all: 1 share" in juma.reads
    assert "Kept towards the next share: KES\u00a0150.00" in juma.reads
    await gets_back(amina, juma, neema, "150")
    assert "In all: 1 share" in juma.reads
    assert "Kept towards" not in juma.reads
    await gets_back(amina, juma, neema, "200")
    assert "In all:" not in juma.reads
    await amina.writes("/fund")
    assert "Nothing is in it yet." in amina.reads
    assert await faults(village) == []


async def test_what_comes_in_from_outside_and_goes_to_another_purse(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await has_a_fund(village, amina, juma, neema)
    await amina.writes("/fund")
    await amina.taps("Pay out")
    await amina.taps("Something came in")
    await amina.taps("Project")
    await amina.taps("KES")
    await amina.writes("5000")
    assert "KES\u00a05,000.00 came in: Project." in amina.reads
    await amina.writes("Honey sold at the market")
    assert "Amina says: KES\u00a05,000.00 came into Project." in neema.reads
    await neema.taps(YES)
    assert "Now in the purse: KES\u00a05,000.00" in amina.reads
    await amina.writes("/fund")
    assert "Project: KES\u00a05,000.00" in amina.reads
    await amina.taps("Pay out")
    await amina.taps("Project · KES\u00a05,000.00")
    await amina.taps("To another purse")
    await amina.taps("Scholarships")
    await amina.writes("3000")
    await amina.writes("School fees of the next term")
    assert "was moved from Project to Scholarships." in juma.reads
    await juma.taps(YES)
    await juma.writes("/fund")
    assert "Project: KES\u00a02,000.00" in juma.reads
    assert "Scholarships: KES\u00a03,000.00" in juma.reads
    await juma.taps("All entries")
    assert "between purses" in juma.reads
    assert "came in" in juma.reads
    assert await faults(village) == []


async def test_shared_out_the_same_to_each_with_nothing_lost(village: Village) -> None:
    """As in field notes 2.4 H: of equal parts the earlier household gets what is left."""
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await has_a_fund(village, amina, juma, neema)
    await amina.writes("/fund")
    await amina.taps("Pay out")
    await amina.taps("To all households")
    await amina.taps("The same to each")
    await amina.writes("1,000.01")
    assert "never less than nothing" in amina.reads
    await amina.writes("100")
    for line in ("Amina: KES\u00a033.34", "Juma: KES\u00a033.33", "Neema: KES\u00a033.33"):
        assert line in amina.reads
    await amina.writes("A good year")
    assert "KES\u00a066.67 was given to 2 households from the fund." in juma.reads
    await juma.taps("Yes, KES\u00a0")
    await neema.taps("Yes, KES\u00a0")
    assert "a gift to Juma" in juma.reads
    await amina.writes("/fund")
    assert await faults(village) == []
