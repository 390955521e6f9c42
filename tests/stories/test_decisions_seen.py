"""Decisions as they are seen: reminders, the list, who voted how and why, what became of it."""

from datetime import UTC, datetime, timedelta

from circle import blocks_bot
from decision_village import (
    CLOSES,
    card,
    circle,
    does,
    proposes,
    said,
    votes,
)
from village import Village


async def test_one_private_reminder_to_those_who_have_not_voted(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    group = await circle(village, amina, juma, neema)
    await proposes(amina)
    await votes("Yes", amina)
    await blocks_bot(village, neema)
    before = len(amina.messages()), len(juma.messages()), len(group.messages)
    await village.moves_to(CLOSES - timedelta(hours=1))
    assert (len(amina.messages()), len(juma.messages()), len(group.messages)) == (
        before[0],
        before[1] + 1,
        before[2],
    )
    assert said(juma).startswith("Kitui\nYour vote is still open, if you like:")
    await juma.taps("No")
    assert "Your vote is in." in said(juma)
    assert "2 of 3 have voted" in card(group)


async def test_the_list_is_paged(village: Village) -> None:
    [amina] = village.has("Amina")
    group = await circle(village, amina)
    await amina.writes("/decisions", in_group=True)
    assert "Nothing has been decided here yet." in group.reads
    for number in range(1, 8):
        await proposes(amina, f"Matter {number}")
        await votes("Yes", amina)
        await village.waits(minutes=11)
    await proposes(amina, "Matter 8")
    await amina.writes("/decisions", in_group=True)
    assert "We decide now:\n8. “Matter 8”" in group.reads
    assert "7. “Matter 7”\n✅ Accepted · Mar 2, 2026" in group.reads
    assert "Matter 2" not in group.reads
    await amina.taps("▶", in_group=True)
    assert "2. “Matter 2”" in group.reads
    assert "Matter 8" not in group.reads
    await amina.taps("🔎 2", in_group=True)
    assert "“Matter 2”" in said(amina)
    await amina.taps("All decisions")
    assert "8. “Matter 8”" in said(amina)


async def test_the_group_is_asked_once_what_became_of_it(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma, practices=frozenset({"polls"}))
    await proposes(amina)
    await votes("Yes", amina, juma)
    await village.waits(minutes=11)
    await juma.presses_data(juma.messages()[-1], "decision_look:1:3")
    assert "I do not find this" in juma.toast
    await amina.taps("Look in 3 months")
    assert "On Jun 2, 2026 I ask the group what became of it." in said(amina)
    await village.moves_to(datetime(2026, 6, 2, 15, 0, tzinfo=UTC))
    assert "On Mar 2, 2026 we decided: “We buy a pump”" in group.reads
    said_so_far = len(group.messages)
    await juma.taps("Tell", in_group=True)
    await does(juma, "[What became of it]", "It runs every day")
    assert "Juma: “It runs every day”" in said(juma)
    await village.waits(days=200)
    assert len(group.messages) == said_so_far


async def test_of_many_votes_who_voted_how_is_read_page_by_page(village: Village) -> None:
    people = village.has(*(f"Member {number}" for number in range(1, 24)))
    await circle(village, *people)
    await proposes(people[0])
    await votes("Yes", *people)
    await village.waits(minutes=11)
    await people[5].taps("Read more", in_group=True)
    assert "Member 1: Yes" not in said(people[5])
    await people[5].taps("Who voted how")
    assert "Member 1: Yes" in said(people[5])
    assert "Member 21: Yes" not in said(people[5])
    await people[5].taps("▶")
    assert "Member 23: Yes" in said(people[5])


async def test_reasons_are_read_when_it_is_over(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await proposes(amina)
    await juma.taps("In private", in_group=True)
    await juma.presses_data(juma.messages()[-1], "ballot_why:1:0")
    assert "Vote first" in juma.toast
    await does(juma, "[No]", "[Say why]", "Goats <first>")
    assert "“Goats <first>”" in said(juma)
    await amina.writes("/decisions")
    await amina.taps("🔎 1")
    assert "Why" not in str(amina.labels())
    await amina.presses_data(amina.messages()[-1], "reasons:1:0")
    assert "Goats" not in amina.read_all() + group.read_all()
    await votes("Yes", amina)
    await village.waits(minutes=11)
    await amina.taps("Why (1)")
    assert "Juma: “Goats <first>”" in said(amina)


async def test_the_digest_tells_what_was_decided(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await proposes(amina, "We buy a <pump>")
    await votes("No", amina, juma)
    await village.waits(minutes=11)
    await does(amina, "/propose", "[Our agreement, offices, money]", "[Our agreement]")
    await does(amina, "[the check-in]", "[The day]", "10", "[Skip]", "[Put it to the group]")
    await votes("Yes", amina, juma)
    await village.waits(minutes=11)
    await proposes(amina, "Never decided")
    await amina.writes("/digest", in_group=True)
    assert "⚖️ 2 decisions" in group.reads
    assert "“We buy a <pump>”\n→ ✕ Not accepted" in group.reads
    assert "The check-in opens on day 10 of the month.\n→ ✅ Accepted" in group.reads
    assert "Never decided" not in group.reads


async def test_in_spanish(village: Village) -> None:
    [rosa, luis] = village.has("Rosa", "Luis", language="es")
    group = await circle(village, rosa, luis, title="Las Flores", language="es")
    await does(rosa, "/propose", "Comprar una bomba", "[Saltar]")
    assert "Se acepta si más de la mitad de los votos dice que sí." in said(rosa)
    await does(rosa, "[Proponer al grupo]")
    assert "Lo propone Rosa." in card(group)
    await votes("Sí", rosa, luis)
    assert "Tu voto: Sí." in luis.toast
    await village.waits(minutes=11)
    assert "✅ Aceptado" in card(group)
    assert "2 de 2 es más de la mitad." in card(group)


async def test_a_secret_ranking_in_spanish(village: Village) -> None:
    people = village.has("Rosa", "Luis", "Carmen", "Pablo", "Inés", language="es")
    group = await circle(village, *people, title="Las Flores", language="es")
    steps = ("[Opciones]", "Zinc\nTeja", "[Cómo]", "[Por orden]", "[Más]", "[Se ve al final]")
    await does(people[0], "/propose", "¿Qué techo?", "[Saltar]", *steps, "[Según llega]")
    assert "Secreto: nadie sabrá cómo votas, ni ahora ni después." in said(people[0])
    await does(people[0], "[Atrás]", "[Proponer al grupo]")
    for person in people:
        await person.taps("Mi voto, en privado", in_group=True)
        await does(person, "[1. Zinc]", "[Este es mi voto]", "[Decir por qué]", "Dura más")
        assert "Tu voto está dado, y también el porqué." in said(person)
    await people[1].taps("¿Cómo voté?")
    assert people[1].toast == "Votas: Zinc"
    await village.waits(minutes=11)
    assert "Vuelta 1: Zinc 5, Teja 0." in card(group)
    assert "Zinc tiene más de la mitad de los 5 votos que cuentan al final." in card(group)
    await people[1].taps("Leer más", in_group=True)
    await people[1].taps("Por qué (5)")
    assert "• “Dura más”" in said(people[1])
    await people[2].writes("/decisions")
    assert "1. “¿Qué techo?”\n✅ Decidido: Zinc" in said(people[2])


async def test_electing_and_amending_in_spanish(village: Village) -> None:
    people = village.has("Rosa", "Luis", language="es")
    group = await circle(village, *people, title="Las Flores", language="es")
    await does(people[0], "/propose", "[Acuerdo, cargos, dinero]", "[Elegir a alguien]")
    await does(people[0], "[Tesorería]", "[Luis]", "[Se presenta 1]", "[Saltar]", "[Proponer al]")
    assert "Luis toma este cargo: Tesorería." in card(group)
    await votes("Sí", *people)
    await village.waits(minutes=11)
    assert "⚡ Desde ahora: Luis toma este cargo: Tesorería." in card(group)
    await does(people[0], "/propose", "[Acuerdo, cargos, dinero]", "[Nuestro acuerdo]")
    await does(people[0], "[cómo decidimos]", "[A la vista o secreto]", "[Secreto]", "[Saltar]")
    assert "Votamos en secreto." in said(people[0])
