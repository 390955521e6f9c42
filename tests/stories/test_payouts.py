"""Paying out of the fund: said by who keeps it, witnessed, never below nothing."""

import pytest
from contribution_village import PAID, YES, contributes, counted, faults, march
from village import Someone, Village, photo

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
    ["payout:1", "payout_to:1:1:0", "payout_to:1:99:0", "payout_gift:1:1:0", "payout:9"],
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
    for data in ("payout_to:1:2:0", "payout_to:1:77:0", "payout_to:1:1:99", "payout_gift:1:2:0"):
        await amina.presses_data(amina.messages()[-1], data)
        assert amina.toast
        assert "our side" not in amina.toast
    assert await counted(village, "questions") == 0
