from village import Someone, Village, buttons_of

from bot.storage import thanks
from bot.storage.database import Reading
from sandbox.state import Message


async def kitui(village: Village, *names: str, outside: tuple[str, ...] = ()) -> list[Someone]:
    people = village.has(*names, *outside)
    group = await village.forms_group("Kitui", *people)
    await village.is_set_up(group, *people[: len(names)], zone="Africa/Nairobi")
    return people


def said_by(village: Village, person: Someone, text: str) -> Message:
    chat = village.group.chat
    [found] = [
        one
        for one in chat.messages.values()
        if one.sender_id == person.id and one.content.text == text
    ]
    return found


def kept(at: Reading) -> list[tuple[int, int | None, str]]:
    rows = [thanks.by_id(at, row["id"]) for row in at.all("SELECT id FROM thanks ORDER BY id")]
    return [(one.giver, one.receiver, one.words) for one in rows if one is not None]


async def all_kept(village: Village) -> list[tuple[int, int | None, str]]:
    assert village.bot is not None
    return await village.bot.database.read(kept)


async def test_thanks_for_a_message_get_a_sign_and_a_private_word(village: Village) -> None:
    amina, juma = await kitui(village, "Amina", "Juma")
    await juma.writes("I have carried your water up.", in_group=True)
    said = len(village.group.messages)
    await amina.writes(
        "/thanks for the water, my back is bad",
        in_group=True,
        reply_to=said_by(village, juma, "I have carried your water up."),
    )

    command = said_by(village, amina, "/thanks for the water, my back is bad")
    assert list(command.reactions.values()) == ["🙏"]
    assert len(village.group.messages) == said
    assert juma.reads.startswith("Kitui\nAmina thanked you: for the water, my back is bad")
    assert await all_kept(village) == [(1, 2, "for the water, my back is bad")]


async def test_a_name_does_as_well_as_a_reply(village: Village) -> None:
    amina, juma = await kitui(village, "Amina", "Juma")
    await amina.writes("/thanks Juma for the water", in_group=True)
    assert "Amina thanked you: for the water" in juma.reads
    await amina.writes("/thanks\njuma", in_group=True)
    assert juma.reads.startswith("Kitui\nAmina thanked you.")
    assert await all_kept(village) == [(1, 2, "for the water"), (1, 2, "")]


async def test_thanks_to_nobody_in_particular_are_kept_too(village: Village) -> None:
    amina, neema = await kitui(village, "Amina", outside=("Neema",))
    await amina.writes("/thanks everyone for coming", in_group=True)
    await neema.writes("I brought bread.", in_group=True)
    await amina.writes(
        "/thanks", in_group=True, reply_to=said_by(village, neema, "I brought bread.")
    )
    # Neema has not joined: nothing of her is kept.
    assert await all_kept(village) == [(1, None, "everyone for coming"), (1, None, "")]
    assert neema.messages() == []


async def test_thanking_twice_for_a_message_is_thanking_once(village: Village) -> None:
    amina, juma = await kitui(village, "Amina", "Juma")
    said = len(village.group.messages)
    await juma.writes("Done.", in_group=True)
    for _ in range(2):
        await amina.writes("/thanks", in_group=True, reply_to=said_by(village, juma, "Done."))
    assert len(await all_kept(village)) == 1
    assert len(village.group.messages) == said
    assert len([one for one in juma.messages() if "thanked you" in one.content.text]) == 1


async def test_whoever_was_thanked_may_leave_it_out_and_put_it_in_again(village: Village) -> None:
    amina, juma = await kitui(village, "Amina", "Juma")
    await amina.writes("/thanks Juma for the water", in_group=True)
    await juma.taps("Leave it out")
    assert "left out of the digest" in juma.reads
    await amina.writes("/digest", in_group=True)
    assert "nothing to tell" not in village.group.reads  # two new members
    assert "thank-you" not in village.group.reads

    await juma.taps("Put it in")
    await amina.writes("/digest", in_group=True)
    assert "Amina to Juma: for the water" in village.group.reads


async def test_nobody_else_may_leave_it_out(village: Village) -> None:
    amina, juma, neema = await kitui(village, "Amina", "Juma", "Neema")
    await amina.writes("/thanks Juma for the water", in_group=True)
    note = buttons_of(juma.messages()[-1])[0]
    assert note.data is not None
    card = village.group.messages[0]
    for somebody, message, data in (
        (amina, note.message, note.data),
        (neema, note.message, note.data),
        (juma, card, note.data),  # in the group it would write over another message
        (juma, note.message, "thanks_out:99"),
        (juma, note.message, "thanks_in:4611686018427387905"),
    ):
        if somebody is not juma:
            await somebody.starts()
        mine = message if somebody is juma else somebody.messages()[-1]
        before = village.group.read_all()
        await somebody.presses_data(mine, data)
        assert somebody.toast
        assert village.group.read_all() == before
    await amina.writes("/digest", in_group=True)
    assert "Amina to Juma: for the water" in village.group.reads


async def test_thanks_that_cannot_be_are_answered_kindly(village: Village) -> None:
    amina, juma = await kitui(village, "Amina", outside=("Juma",))
    for writer, written, told in (
        (amina, "/thanks", "write a name"),
        (amina, "/thanks Amina for everything", "somebody else"),
        (juma, "/thanks Amina for everything", "/join"),
    ):
        await writer.writes(written, in_group=True)
        assert told in village.group.reads
    await amina.writes("/thanks", in_group=True, reply_to=village.group.messages[0])
    assert "write a name" in village.group.reads  # the bot needs no thanks
    await amina.writes("/thanks Juma")
    assert "in your group" in amina.reads
    assert await all_kept(village) == []


async def test_a_long_thanks_with_html_in_it_arrives_whole_enough(village: Village) -> None:
    amina, juma = await kitui(village, "Amina", "Juma")
    words = "<b>so</b> & much " * 230
    await amina.writes(f"/thanks Juma {words}", in_group=True)
    assert "<b>so</b> & much" in juma.reads
    await amina.writes("/digest", in_group=True)
    assert "Amina to Juma: <b>so</b> & much" in village.group.reads


async def test_in_a_topic_the_name_is_looked_for_not_who_made_the_topic(village: Village) -> None:
    amina, juma, neema = village.has("Amina", "Juma", "Neema")
    group = await village.forms_group(
        "Kitui", amina, juma, neema, supergroup=True, forum=True, topics=("Plans",)
    )
    await village.is_set_up(group, amina, juma, neema)
    [topic] = [
        one
        for one in group.chat.messages.values()
        if one.content.service and "forum_topic_created" in one.content.service
    ]
    village.world.say(juma.id, group.id, "/thanks Neema for the plan", thread=topic.message_id)
    await village.settles()
    assert "Juma thanked you: for the plan" in neema.reads
