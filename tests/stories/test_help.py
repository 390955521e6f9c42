"""/help: short, and different for the group, the private chat, and those who hold an office."""

from village import Village


async def test_somebody_who_asks_for_help_in_private_gets_it(village: Village) -> None:
    [amina] = village.has("Amina")
    await amina.starts()
    assert "Barnraiser" in amina.reads
    await amina.writes("/help")
    assert "/checkin" in amina.reads
    assert "in no group yet" in amina.reads
    assert len(amina.messages()) == 2


async def test_words_that_answer_nothing_get_a_kind_answer(village: Village) -> None:
    [amina] = village.has("Amina")
    await amina.starts()
    await amina.writes("habari")
    assert "/help" in amina.reads


async def test_help_in_the_group_is_short_and_about_the_group(village: Village) -> None:
    [amina] = village.has("Amina")
    group = await village.forms_group("Kitui Circle", amina)
    await village.is_set_up(group, amina)
    await amina.writes("/help@barnraiser_bot", in_group=True)
    assert "/members" in group.reads
    assert "/passbook" not in group.reads
    assert len(group.reads) < 500
    said = len(group.messages)
    await amina.writes("/help@another_bot", in_group=True)
    assert len(group.messages) == said


async def test_who_holds_an_office_sees_theirs(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    group = await village.forms_group("Kitui Circle", amina, juma)
    await village.is_set_up(group, amina, juma)
    await amina.writes("/help")
    assert "You facilitate" in amina.reads
    assert "witness" not in amina.reads
    await juma.writes("/help")
    assert "You facilitate" not in juma.reads

    await juma.writes("/members", in_group=True)
    await juma.taps("I'd be witness", in_group=True)
    await amina.taps("Yes, gladly")
    await juma.writes("/help")
    assert "You are a witness" in juma.reads
