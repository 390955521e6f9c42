"""Elections: who stands, how many are chosen, and who makes room."""

from circle import leaves
from decision_village import begins, card, circle, decides, does, holders, puts, said, votes
from village import Village


async def test_two_are_elected_of_three(village: Village) -> None:
    people = village.has("Amina", "Juma", "Neema", "Otieno")
    group = await circle(village, *people)
    await begins(people[3], "[Elect somebody]", "[Facilitator]", "[Juma]", "[Neema]", "[Otieno]")
    await does(people[3], "[Otieno]", "[Otieno]", "[3 stand]", "[Skip]", "[More]", "[1 is chosen]")
    await does(people[3], "[Back]", "[Put it to the group]")
    assert "Whoever is chosen takes this office: Facilitator." in card(group)
    assert "The 2 most ticked are chosen." in card(group)
    assert "1. Juma\n2. Neema\n3. Otieno" in card(group)
    for person, ballot in zip(people, ("Juma Neema", "Neema", "Juma Neema", "Otieno"), strict=True):
        await person.taps("My vote, in private", in_group=True)
        for name in ballot.split():
            await person.taps(f"▫️ {name}")
        await person.taps("This is my vote")
    await village.waits(minutes=11)
    assert "Most ticked: Juma and Neema." in card(group)
    assert "⚡ From now on: Juma and Neema take this office: Facilitator." in card(group)
    assert await holders(village, "facilitator") == ["Juma", "Neema"]
    assert people[1].sees("The group elected you: Facilitator.")
    assert people[0].sees("Thank you for all you did in it.")


async def test_a_woman_and_a_man_stand_for_two_seats(village: Village) -> None:
    """As many stand as there are seats: each is elected whom more than half tick."""
    people = village.has("Amina", "Juma", "Neema", "Otieno")
    amina, juma, neema, otieno = people
    group = await circle(village, *people)
    elect = ("[Elect somebody]", "[Facilitator]", "[Neema]", "[Otieno]")
    await begins(juma, *elect, "[2 stand]", "[Skip]")
    assert "The most ticked is chosen." in said(juma)
    await juma.taps("🪑 1 is chosen")
    assert "Each that more than half of the votes tick is chosen." in said(juma)
    await juma.taps("🪑 2 are chosen")
    assert "The most ticked is chosen." in said(juma), "it turns round at the office's two seats"
    await does(juma, "[1 is chosen]", "[How]")
    assert "Several at once are chosen by ticking alone." in said(juma)
    await does(juma, "[Back]", "[Put it to the group]")
    for person, ballot in zip(people, ("Neema Otieno", "Neema", "Neema", "Otieno"), strict=True):
        await person.taps("My vote, in private", in_group=True)
        for name in ballot.split():
            await person.taps(f"▫️ {name}")
        await person.taps("This is my vote")
    await village.waits(minutes=11)
    assert "Ticked by more than half of 4 votes: Neema." in card(group)
    assert "⚡ From now on: Neema takes this office: Facilitator." in card(group)
    assert await holders(village, "facilitator") == ["Amina", "Neema"]

    await begins(juma, "[Elect somebody]", "[Facilitator]", "[Amina]", "[Otieno]", "[Neema]")
    await does(juma, "[3 stand]", "[Skip]", "[1 is chosen]")
    assert "🪑 2 are chosen" in juma.labels()
    await does(juma, "[2 are chosen]", "[1 is chosen]", "[Put it to the group]")
    for person in people:
        await person.taps("My vote, in private", in_group=True)
        await does(person, "[▫️ Amina]", "[▫️ Otieno]", "[This is my vote]")
    await village.waits(minutes=11)
    assert await holders(village, "facilitator") == ["Amina", "Otieno"]
    assert neema.sees("Thank you for all you did in it.")
    assert not amina.sees("Thank you for all you did in it."), "elected again, she stays"
    assert otieno.sees("The group elected you: Facilitator.")


async def test_over_the_last_seat_a_tie_forgets_nobody_and_seats_may_be_fewer_by_then(
    village: Village,
) -> None:
    people = village.has("Amina", "Juma", "Neema", "Otieno")
    amina, juma = people[:2]
    group = await circle(village, *people)
    await begins(juma, "[Elect somebody]", "[Facilitator]", "[Juma]", "[Neema]", "[Otieno]")
    await does(juma, "[3 stand]", "[Skip]", "[1 is chosen]", "[Put it to the group]")
    for person, ballot in zip(people, ("Juma Neema", "Juma Otieno", "Juma", "Juma"), strict=True):
        await person.taps("My vote, in private", in_group=True)
        await does(person, *(f"[▫️ {name}]" for name in ballot.split()), "[This is my vote]")
    await village.waits(minutes=11)
    assert "A tie between Neema and Otieno: nothing is decided." in card(group)
    await does(juma, "[Ask again]")
    assert "1. Juma\n2. Neema\n3. Otieno" in said(juma), "who was ahead of them is not lost"
    await juma.taps("Put it to the group")
    await does(amina, "/settings", "[offices and terms]", "[How many facilitate]", "1")
    for person in people:
        await person.taps("My vote, in private", in_group=True)
        await does(person, "[▫️ Juma]", "[▫️ Neema]", "[This is my vote]")
    await village.waits(minutes=11)
    assert "It could not take effect: The office has 1 seat by now." in card(group)
    assert await holders(village, "facilitator") == ["Amina"]


async def test_one_alone_is_elected_by_yes_or_no(village: Village) -> None:
    people = village.has("Amina", "Juma")
    group = await circle(village, *people)
    await puts(people[0], "[Elect somebody]", "[Treasurer]", "[Juma]", "[1 stands]")
    assert "🗳 Juma takes this office: Treasurer." in card(group)
    await decides(village, people)
    assert await holders(village, "treasurer") == ["Juma"]


async def test_without_any_facilitator_the_group_elects_one(village: Village) -> None:
    people = village.has("Amina", "Juma", "Neema")
    await circle(village, *people)
    await leaves(people[0], "Kitui")
    assert await holders(village, "facilitator") == []
    await puts(people[1], "[Elect somebody]", "[Facilitator]", "[Neema]", "[1 stands]")
    await decides(village, people[1:])
    assert await holders(village, "facilitator") == ["Neema"]


async def test_who_was_elected_and_left_takes_no_office(village: Village) -> None:
    people = village.has("Amina", "Juma", "Neema")
    group = await circle(village, *people)
    await puts(people[0], "[Elect somebody]", "[Treasurer]", "[Juma]", "[1 stands]")
    await votes("Yes", people[0], people[2])
    await leaves(people[1], "Kitui")
    await village.waits(minutes=11)
    assert "✅ Accepted" in card(group)
    assert "It could not take effect:" in card(group)
    assert await holders(village, "treasurer") == []
