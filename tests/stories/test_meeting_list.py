"""The treasurer's list of a meeting: twenty-five names, a tick each, one confirmation."""

import pytest
from contribution_village import contributes, counted, faults, march, takes_office
from village import Someone, Village


def receipts(person: Someone) -> int:
    return sum("Receipt" in one.content.text for one in person.messages())


async def test_twenty_five_names_take_at_most_twenty_eight_taps(village: Village) -> None:
    names = [f"Member {number}" for number in range(1, 26)]
    people = village.has(*names)
    treasurer, witness = people[0], people[1]
    await contributes(village, *people)
    await takes_office(village, treasurer, "treasurer")
    await village.moves_to(march(5))
    in_group = len(village.group.messages)

    taps = 0
    await treasurer.writes("/pay")
    await treasurer.taps("The whole list")
    taps += 1
    assert len([one for one in treasurer.labels() if one.startswith("☐")]) == 25
    for name in names:
        await treasurer.taps(f"☐ {name}")
        taps += 1
    assert "25 households are ticked." in treasurer.reads
    await treasurer.taps("Say it: KES\u00a012,500.00")
    taps += 1
    assert "Noted for 25 households." in treasurer.reads
    assert "says: 24 households have paid, KES\u00a012,000.00 together." in witness.reads
    await witness.taps("Yes, KES\u00a012,000.00")
    taps += 1
    assert taps <= 28

    assert village.group.sees("24 of 25 households have paid.")
    assert "24 payments of your list: KES\u00a012,000.00" in treasurer.read_all()
    assert [receipts(one) for one in people] == [1, 0] + [1] * 23
    assert len(village.group.messages) == in_group  # the board was edited, nothing new was said

    await people[2].taps("Yes, KES\u00a0500.00")  # what is about the witness's own household
    assert village.group.sees("25 of 25 households have paid.")
    assert receipts(witness) == 1
    assert await faults(village) == []


async def test_all_with_one_tap_but_for_those_who_were_away(village: Village) -> None:
    [amina, juma, neema, otieno] = village.has("Amina", "Juma", "Neema", "Otieno")
    await contributes(village, amina, juma, neema, otieno)
    await amina.writes("/pay")  # who facilitates may make the list too
    await amina.taps("The whole list")
    await amina.taps("☑ All")
    await amina.taps("☑ Otieno")
    assert "3 households are ticked." in amina.reads
    say = amina.button("Say it")
    await amina.presses(say)
    await amina.presses(say)
    assert await counted(village, "claims") == 3
    assert "Juma and Neema" in otieno.reads or "Amina" in otieno.reads


async def test_one_that_is_not_found_holds_up_no_other(village: Village) -> None:
    [amina, juma, neema, otieno] = village.has("Amina", "Juma", "Neema", "Otieno")
    await contributes(village, amina, juma, neema, otieno)
    await takes_office(village, otieno, "witness")
    await amina.writes("/pay")
    await amina.taps("The whole list")
    await amina.taps("☑ All")
    await amina.taps("☑ Otieno")
    await amina.taps("Say it")
    assert "3 households have paid" in otieno.reads
    await otieno.taps("Not all")
    await otieno.taps("Neema")
    await otieno.taps("Nothing came")
    assert "Otieno does not find the KES\u00a0500.00" in amina.reads
    assert otieno.sees("2 households have paid, KES\u00a01,000.00 together")
    assert otieno.sees("Not found: Neema")
    await otieno.taps("Yes, KES\u00a01,000.00")
    assert await counted(village, "entries") == 2
    await otieno.taps("It is right now: Neema")
    assert await counted(village, "entries") == 3
    assert otieno.sees("3 payments of the list are in the book.")
    assert await faults(village) == []


async def test_a_list_said_at_night_waits_for_the_morning(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await contributes(village, amina, juma)
    await village.moves_to(march(3, 20))
    await amina.writes("/pay")
    await amina.taps("The whole list")
    await amina.taps("☑ All")
    await amina.taps("Say it")
    assert not juma.sees("Is all of it there?")
    await village.moves_to(march(4, 5))
    assert juma.sees("Is all of it there?")


async def test_a_list_nobody_confirmed_is_asked_about_again_in_one_message(
    village: Village,
) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await contributes(village, amina, juma, neema)
    await village.moves_to(march(3))
    await amina.writes("/pay")
    await amina.taps("The whole list")
    await amina.taps("☑ All")
    await amina.taps("Say it")
    await village.waits(days=4)
    for one in (juma, neema):
        assert len([button for button in one.buttons() if "Not all" in button.label]) == 1
    waiting = [m for m in amina.messages() if "still waits" in m.content.text]
    assert len(waiting) == 1


@pytest.mark.parametrize(
    "data",
    [
        "list:1",
        "list:9",
        "list_tick:1:1:0",
        "list_tick:9:1:0",
        "list_all:1",
        "list_page:1:0",
        "list_say:1",
        "list_say:9",
        "list_yes:9",
        "list_no:9",
    ],
)
async def test_only_who_holds_the_office_ticks(village: Village, data: str) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await contributes(village, amina, juma, neema)
    await amina.writes("/pay")
    await amina.taps("The whole list")
    await juma.presses_data(juma.messages()[-1], data)
    assert juma.toast
    assert "our side" not in juma.toast
    assert await counted(village, "meeting_ticks") == 0
    assert await counted(village, "claims") == 0
