"""Who is there while the group decides: who left the chat, who proposed it, who reads it how."""

from circle import leaves
from decision_village import CLOSES, card, circle, does, proposes, puts, said, votes
from village import Village


async def test_a_chat_that_many_have_left_still_decides(village: Village) -> None:
    """Three of five have left the chat and not the group: half of five would never come again."""
    people = village.has("Amina", "Juma", "Neema", "Otieno", "Wanjiru")
    amina, juma, neema = people[:3]
    group = await circle(village, *people)
    for gone in people[2:]:
        village.world.leave(gone.id, group.id)
    await village.settles()
    await proposes(amina)
    assert "0 of 2 have voted. At least 1 is needed." in card(group)
    await does(neema, "/decisions", "[🔎 1]", "[🗳 Vote]", "[No]")
    assert "1 of 3 have voted" in card(group), "no chat takes a vote away"
    await votes("Yes", amina, juma)
    await village.waits(minutes=11)
    assert "2 of 3 is more than half.\n3 of 3 took part. 2 were needed." in card(group)


async def test_where_who_proposed_it_leaves_it_is_the_groups(village: Village) -> None:
    people = village.has("Amina", "Juma", "Neema", "Otieno")
    juma = people[1]
    group = await circle(village, *people)
    await puts(juma, "[Our agreement]", "[the check-in]", "[The day]", "10")
    await votes("Yes", *people)
    await village.waits(minutes=5)
    await leaves(juma, "Kitui")
    read_so_far = juma.read_all()
    await village.waits(minutes=30)
    assert "3 of 3 took part." in card(group)
    assert (await village.agreed()).check_in.day == 10
    assert juma.read_all() == read_so_far, "who left is told nothing"


async def test_what_was_asked_of_a_proposal_ends_with_it(village: Village) -> None:
    """Half-way in private, put to the group from the group: what she writes next is no answer."""
    amina, juma = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await amina.writes("/propose We buy a pump | The old one leaks", in_group=True)
    await amina.taps("Otherwise, in private", in_group=True)
    await amina.taps("✏️ Words")
    await amina.taps("Put it to the group", in_group=True)
    assert "“We buy a pump”" in card(group)
    await amina.writes("Good evening")
    assert not amina.sees("/propose begins anew"), "nothing stood open"
    await amina.writes("/propose We buy two pumps", in_group=True)
    await amina.taps("Otherwise, in private", in_group=True)
    await amina.taps("✏️ Words")
    await amina.writes("/propose We buy seed", in_group=True)
    await amina.writes("Good evening")
    assert not amina.sees("/propose begins anew")
    assert "Good evening" not in group.read_all() + amina.read_all()


async def test_in_two_languages_each_reads_and_votes_in_their_own(village: Village) -> None:
    """Una decisión entera en español; Grace, de visita larga, la lee y vota en inglés."""
    rosa, luis, ines = village.has("Rosa", "Luis", "Inés", language="es")
    [grace] = village.has("Grace")
    group = await circle(village, rosa, luis, ines, grace, title="Las Flores", language="es")
    await does(grace, "/propose", "[Our agreement, offices, money]", "[Our agreement]")
    await does(grace, "[the check-in]", "[The day]", "10", "El 24 ya empezó la cosecha")
    assert "The check-in opens on day 10 of the month." in said(grace)
    await does(grace, "[More]", "[Vote at once]", "[Talk 1 day first]", "[Back]")
    assert "We talk about it for 2 days first." in said(grace)
    await grace.taps("Put it to the group")
    assert "🗳 El repaso se abre el día 10 del mes." in card(group)
    assert "El 24 ya empezó la cosecha\n\n💬 Lo propone Grace. Primero lo hablamos" in card(group)
    await luis.writes("/decisions")
    await luis.taps("🔎 1")
    assert "Lo propone Grace." in said(luis)
    await grace.writes("/decisions")
    assert "The check-in opens on day 10 of the month." in said(grace)

    await village.moves_to(CLOSES.replace(day=4))
    assert "Han votado 0 de 4." in card(group)
    await votes("Sí", rosa, luis)
    assert luis.toast.startswith("Tu voto: Sí.")
    await grace.taps("En privado", in_group=True)
    assert "The check-in opens on day 10 of the month." in said(grace)
    await does(grace, "[No]", "[Change it]", "[Yes]", "[Say why]", "The harvest <first>")
    assert "Your vote is in, and so is why." in said(grace)
    await village.moves_to(CLOSES.replace(day=6))
    assert "Todavía puedes votar, si quieres:" in said(ines), "one reminder, in her own language"
    await village.moves_to(CLOSES.replace(day=7, hour=16))
    assert "✅ Aceptado\nSí: 3\nNo: 0" in card(group)
    assert "⚡ Desde ahora: El repaso se abre el día 10 del mes." in card(group)
    assert "⚡ From now on: The check-in opens on day 10 of the month." in said(grace)
    await luis.taps("Leer más", in_group=True)
    assert "Rosa: Sí\nLuis: Sí\nGrace: Sí" in said(luis)
    await luis.taps("Por qué (1)")
    assert "Grace: “The harvest <first>”" in said(luis)
    await does(ines, "/agreement", "[Qué cambió]")
    assert "por la decisión n.º 1" in said(ines)
    await ines.writes("/decisions", in_group=True)
    assert "1. “" not in group.reads
    assert "El repaso se abre el día 10 del mes.\n✅ Aceptado" in group.reads
