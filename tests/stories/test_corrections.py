"""A mistake in the book is taken back by another entry, witnessed, and all can see why."""

import pytest
from contribution_village import PAID, YES, contributes, counted, faults, march
from village import Someone, Village, photo

from bot.practices import checking


async def has_paid(village: Village, *people: Someone) -> None:
    """The first one's contribution is in the book, confirmed by the second."""
    await contributes(village, *people)
    await village.moves_to(march(5))
    await people[0].taps(PAID)
    await people[1].taps(YES)


async def test_a_mistake_is_taken_back_with_its_reason(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await has_paid(village, amina, juma, neema)
    await amina.taps("A mistake?")
    assert "What is wrong with it?" in amina.reads
    await amina.writes("It was <b>April</b>'s & paid twice")
    assert "I have asked" in amina.reads
    assert "No. 1 is a mistake. It was KES\u00a0500.00 of Amina." in amina.reads
    assert "says: No. 1 is a mistake. It was KES\u00a0500.00 of Amina." in neema.reads
    assert "They say: It was <b>April</b>'s & paid twice" in neema.reads
    assert village.group.sees("1 of 3 households")

    await neema.taps("Yes, take it back")
    assert village.group.sees("0 of 3 households")
    assert village.group.sees("In the fund: KES\u00a00.00")
    for one in (amina, juma):  # who recorded it and who confirmed it
        assert "Receipt No. 2" in one.reads
        assert "No. 1 is taken back: KES\u00a0500.00" in one.reads
        assert "They say: It was <b>April</b>'s & paid twice\nConfirmed by Neema." in one.reads
    assert await faults(village) == []

    await juma.writes("/fund")
    await juma.taps("All entries")
    assert "No. 2 · March 5 · −KES\u00a0500.00 · takes back No. 1" in juma.reads
    assert "· Amina (taken back by No. 2)" in juma.reads
    await juma.taps("2")
    assert "Said by Amina." in juma.reads
    assert "Confirmed by Neema." in juma.reads
    await juma.presses_data(juma.messages()[-1], "mistake:1:1")
    assert "taken back already" in juma.toast


async def test_whose_entry_it_is_may_object(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await has_paid(village, amina, juma, neema)
    await juma.writes("/fund")
    await juma.taps("All entries")
    await juma.taps("1")
    await juma.taps("It is a mistake")
    await juma.writes("I looked again, nothing came")
    assert "Juma says: No. 1 is a mistake" in amina.reads
    await amina.presses_data(amina.messages()[-1], "witness:2")
    assert "another household" in amina.toast  # nobody confirms what is about their own
    await amina.taps("I don't agree")
    await amina.writes("Here is the M-Pesa message")
    assert "Amina does not agree that No. 1 is taken back." in juma.reads
    assert "Amina did not agree." in neema.reads
    await neema.presses_data(neema.messages()[-1], "witness:2")
    assert "Please let them talk first" in neema.toast
    assert village.group.sees("1 of 3 households")

    await juma.taps("Take it back")
    assert await counted(village, "entries") == 1
    await amina.presses_data(amina.messages()[-1], "witness:2")
    assert "settled already" in amina.toast


async def test_who_recorded_it_and_may_confirm_is_asked_once(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await contributes(village, amina, juma, neema)
    await village.moves_to(march(5))
    await amina.taps("For somebody else")
    await amina.taps("Juma")
    await amina.taps(PAID)
    await neema.taps(YES)
    await juma.taps("A mistake?")
    await juma.writes("I was not there")
    assert sum("is a mistake" in one.content.text for one in amina.messages()) == 1
    await amina.taps("✗ No")
    await amina.writes("Your brother brought it")
    assert "They say: Your brother brought it" in juma.reads
    assert await faults(village) == []


async def test_nobody_takes_back_alone_what_they_paid(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await has_paid(village, amina, juma, neema)
    await amina.taps("A mistake?")
    await amina.writes("give it back")
    await amina.presses_data(amina.messages()[-1], "witness:2")
    assert "another household" in amina.toast
    assert await counted(village, "entries") == 1


async def test_anybody_checks_the_book_with_a_tap(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await has_paid(village, amina, juma, neema)
    await neema.writes("/fund", in_group=True)
    before = len(village.group.messages)
    await neema.taps("Check the book", in_group=True)
    assert "1 entry, and all of it agrees." in neema.toast
    code = neema.toast.split("Code: ")[1]
    assert code in amina.reads
    assert village.group.sees(code)
    assert len(village.group.messages) == before


async def test_of_a_very_long_book_a_tap_checks_the_newest_and_says_so(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "TAP_MAX", 1)
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await has_paid(village, amina, juma, neema)
    await neema.taps(PAID)
    await amina.taps(YES)
    await neema.writes("/fund")
    await neema.taps("Check the book")
    assert "The newest 1 entry agrees, of 2. Code: " in neema.toast
    assert "To check all of it, take your copy: /passbook" in neema.toast


@pytest.mark.parametrize(
    "data",
    ["mistake:1:9", "mistake:2:1", "mistake:77:1", "entry:1:9", "entry:2:1", "book:2", "book:9:9"],
)
async def test_forged_presses_show_and_change_nothing(village: Village, data: str) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await has_paid(village, amina, juma)
    await village.forms_group("Makueni", neema)
    await village.is_set_up(village.groups[1], neema)
    reads = amina.reads
    await amina.presses_data(amina.messages()[-1], data)
    assert amina.toast
    assert "our side" not in amina.toast
    assert amina.reads == reads
    assert await counted(village, "questions") == 0


async def test_a_reason_is_asked_for_in_words(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await has_paid(village, amina, juma, neema)
    await amina.taps("A mistake?")
    await amina.sends(photo())
    assert "write a few words" in amina.reads
    await amina.writes("x" * 4000)
    assert await counted(village, "claims") == 2
    assert len(neema.reads) < 600
