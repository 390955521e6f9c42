"""The group rules itself: it locks what it likes, changes it by deciding, elects whom it likes.

Told by taps alone, from /propose to what holds.
"""

from circle import leaves
from contribution_village import contributes, takes_office
from decision_village import card, puts, votes
from village import Village

from bot.storage import offices

NINE = ("Amina", "Juma", "Neema", "Otieno", "Wanjiru", "Baraka", "Halima", "Kamau", "Zawadi")


async def who_holds(village: Village) -> dict[str, list[str]]:
    held = await village.finds(lambda at: offices.by_office(offices.held(at, 1)))
    return {office: [one.member.name for one in ones] for office, ones in held.items()}


async def test_a_village_locks_its_contribution_and_changes_it_by_two_thirds(
    village: Village,
) -> None:
    """1.10 a month. Six of nine are two-thirds; five are not."""
    people = village.has(*NINE)
    amina, juma = people[:2]
    group = await contributes(village, *people, amount_minor=110)
    await puts(juma, "[Lock or unlock]", "[the contributions]")
    await votes("Yes", *people)
    await village.waits(minutes=11)
    assert "“the contributions” is locked" in card(group)

    await amina.writes("/settings")
    await amina.taps("🔒 the contributions")
    assert "any member can put it to a decision with /propose" in amina.reads
    await juma.writes("/agreement")
    await juma.taps("Our money")
    assert "The contributions 🔒" in juma.reads

    for in_favour, amount, holds in ((5, "1.20", 110), (6, "1.30", 130)):
        await puts(juma, "[Our agreement]", "[the contributions]", "[The amount]", amount)
        await votes("Yes", *people[:in_favour])
        await votes("No", *people[in_favour:])
        await village.waits(minutes=11)
        assert (await village.agreed()).plans[0].amount_minor == holds

    await juma.writes("/agreement")
    await juma.taps("What changed")
    assert "by decision no. 3\nChanged: the contributions." in juma.reads
    assert "by decision no. 1\n🔒 Locked: the contributions." in juma.reads
    assert "decision no. 2" not in juma.reads, "what fell changed nothing"


async def test_a_village_elects_a_woman_and_a_man_and_loses_its_treasurer(village: Village) -> None:
    """Two facilitators by one vote; the treasurer leaves, and another is elected without her."""
    people = village.has(*NINE)
    amina, juma, neema, otieno = people[:4]
    group = await contributes(village, *people, amount_minor=110)
    await takes_office(village, neema, "treasurer")
    await puts(juma, "[Elect somebody]", "[Facilitator]", "[Juma]", "[1 stands]")
    await votes("Yes", *people)
    await village.waits(minutes=11)
    assert (await who_holds(village))["facilitator"] == ["Amina", "Juma"]

    await leaves(neema, "Kitui")
    assert "treasurer" not in await who_holds(village)
    await puts(otieno, "[Elect somebody]", "[Treasurer]", "[Otieno]", "[1 stands]")
    await votes("Yes", *(one for one in people if one is not neema))
    await village.waits(minutes=11)
    assert (await who_holds(village))["treasurer"] == ["Otieno"]
    assert otieno.sees("The group elected you: Treasurer")
    await amina.writes("/members", in_group=True)
    assert "Treasurer: Otieno" in group.reads


async def test_en_un_pueblo_se_cierra_y_se_decide(village: Village) -> None:
    """The same in Spanish: locked, refused with the way on, decided."""
    lucia, mateo, rosa = village.has("Lucía", "Mateo", "Rosa", language="es")
    group = await contributes(village, lucia, mateo, rosa, language="es")
    await mateo.writes("/propose")
    await mateo.taps_whatever("effect")
    await mateo.taps("Cerrar o abrir")
    await mateo.taps("el repaso del mes")
    await mateo.taps("Saltar")
    await mateo.taps("Proponer al grupo")
    await votes("Sí", lucia, mateo, rosa)
    await village.waits(minutes=11)
    assert "check_in" in (await village.agreed()).locked
    await lucia.writes("/settings")
    await lucia.taps("🔒 el repaso del mes")
    assert "Esto está cerrado. Solo lo cambia el grupo" in lucia.reads
    await rosa.writes("/agreement", in_group=True)
    assert "lo cerrado, el grupo con /propose" in group.reads
