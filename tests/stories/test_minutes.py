"""The minutes of a meeting: words, photos, voice notes; for the group's members alone."""

from datetime import timedelta

from circle import leaves
from decision_village import does
from meeting_village import FIRST, card, holds, meets, said
from village import Someone, Village, words

from bot.storage import minutes
from sandbox.state import Content, Media


async def writes(person: Someone) -> None:
    """Go to the minutes of the last meeting, and begin to write."""
    await does(person, "/meetings", "[Past]", "[🔎]", "[Minutes]", "[Write]")


async def test_words_a_photo_and_a_voice_note_are_kept_and_read_in_private(
    village: Village,
) -> None:
    amina, juma = village.has("Amina", "Juma")
    group = await meets(village, amina, juma)
    await village.moves_to(FIRST)
    await holds(amina, juma)
    await writes(amina)
    await does(amina, "We dig a <new> well.\n\nJuma asks the county.")
    assert "1 note is kept. Send the next one" in said(amina)
    await amina.sends(Content(text="The list of who digs", media=Media("photo")))
    await amina.sends(Content(media=Media("voice")))
    assert "3 notes are kept." in said(amina)
    await does(amina, "[That is all]")
    assert "The minutes have 3 notes." in card(group)
    assert "well" not in group.read_all(), "the group sees how many there are"

    await juma.taps("Minutes", in_group=True)
    await does(juma, "[Minutes]")
    assert said(juma).splitlines()[1:] == [
        "📝 Minutes: Saturday, March 7, 2:30 PM",
        "",
        "1. Amina",
        "We dig a <new> well.",
        "Juma asks the county.",
        "",
        "2. Amina 🖼",
        "The list of who digs",
        "",
        "3. Amina 🎤",
    ]
    await does(juma, "[🖼 2]")
    sent = juma.messages()[-1]
    assert sent.content.media is not None
    assert sent.content.media.kind == "photo"
    assert "Minutes, by Amina\nThe list of who digs" in words(sent)
    await does(juma, "[🎤 3]")
    voice = juma.messages()[-1].content.media
    assert voice is not None
    assert voice.kind == "voice"


async def test_they_are_sealed_with_the_key_of_who_wrote_them(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    await meets(village, amina, juma)
    await village.moves_to(FIRST)
    await holds(amina, juma)
    await writes(amina)
    await does(amina, "The secret of the well")
    raw = await village.finds(lambda at: at.value("SELECT content FROM minutes"))
    assert b"secret" not in raw
    opened = await village.finds(lambda at: at.key.payloads.opens(raw))
    assert not opened, "nor with the operator's key alone"
    [note] = await village.finds(lambda at: minutes.of_meeting(at, 1))
    assert note.content == "The secret of the well"


async def test_what_is_no_note_is_asked_again(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    await meets(village, amina, juma)
    await village.moves_to(FIRST)
    await holds(amina, juma)
    await writes(amina)
    await amina.sends(Content(media=Media("document")))
    assert "please send words, a photo or a voice note" in said(amina)
    await does(amina, "x" * 1001)
    assert "at most 1000 signs" in said(amina)
    await does(amina, "Now it is short")
    assert "1 note is kept." in said(amina)


async def test_who_leads_writes_and_each_takes_away_only_their_own(village: Village) -> None:
    amina, juma, neema = village.has("Amina", "Juma", "Neema")
    group = await meets(village, amina, juma, neema)
    await village.moves_to(FIRST)
    await holds(amina, juma, neema)
    await writes(amina)
    await does(amina, "First", "Second")
    await juma.taps("Minutes", in_group=True)
    await does(juma, "[Minutes]")
    assert not {"✍️ Write", "✕ Take 1 away"} & set(juma.labels())
    for data in ("minutes_add:1", "minutes_off:1"):
        await juma.presses_data(juma.messages()[-1], data)
        assert juma.toast, data
    await does(amina, "[That is all]", "[✕ Take 1 away]")
    assert "Second" in said(amina)
    assert "First" not in said(amina)
    assert "The minutes have 1 note." in card(group)


async def test_nobody_outside_the_group_reads_them_nor_who_left(village: Village) -> None:
    amina, juma, neema = village.has("Amina", "Juma", "Neema")
    await meets(village, amina, juma)
    await meets(village, neema, title="Machakos")
    await village.moves_to(FIRST)
    await holds(amina, juma)
    await writes(amina)
    await amina.sends(Content(text="A <picture>", media=Media("photo")))
    await leaves(juma, "Kitui")
    for one in (neema, juma):
        before = len(one.messages())
        for data in ("minutes:1:0", "minutes_see:1", "minutes_add:1", "minutes_off:1", "meeting:1"):
            await one.presses_data(one.messages()[-1], data)
            assert "I do not find this meeting among yours." in one.toast, data
        assert len(one.messages()) == before


async def test_they_can_be_written_for_two_weeks(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    await meets(village, amina, juma)
    await village.moves_to(FIRST)
    await holds(amina, juma)
    await village.moves_to(FIRST + timedelta(days=13))
    await writes(amina)
    await village.moves_to(FIRST + timedelta(days=15))
    await does(amina, "Too late")
    assert "This meeting is over." in said(amina)
    assert await village.finds(lambda at: minutes.of_meeting(at, 1)) == []


async def test_a_full_book_of_minutes_takes_no_more_and_is_paged(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    await meets(village, amina, juma)
    await village.moves_to(FIRST)
    await holds(amina, juma)
    await writes(amina)
    await does(amina, *("x" * 1000 for _ in range(19)), "The last")
    await does(amina, "[That is all]", "[Write]")
    assert "These minutes have 20 notes" in amina.toast
    await does(amina, *["[▶]"] * 6)
    assert "20. Amina\nThe last" in said(amina)
    assert "▶" not in amina.labels()
    await does(amina, "[◀]", "[◀]")
    assert "13. Amina" in said(amina)


async def test_in_spanish(village: Village) -> None:
    rosa, luis = village.has("Rosa", "Luis", language="es")
    group = await meets(village, rosa, luis, title="Las Flores", language="es")
    await village.moves_to(FIRST)
    await rosa.taps("Abrir la reunión", in_group=True)
    await rosa.taps("Fin · con visitas", in_group=True)
    await does(rosa, "/meetings", "[Las pasadas]", "[🔎]", "[Actas]", "[Escribir]", "Habrá un pozo")
    assert "Guardé 1 nota. Manda la siguiente, o déjalo así." in rosa.reads
    assert "Las actas tienen 1 nota." in group.reads
    await luis.taps("Actas", in_group=True)
    await does(luis, "[Actas]")
    assert "1. Rosa\nHabrá un pozo" in said(luis)
