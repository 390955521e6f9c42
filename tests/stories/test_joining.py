from village import Village


async def test_i_am_in_asks_for_consent_in_private(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await village.forms_group("Kitui Circle", amina, juma)
    await amina.taps("📍 Nairobi", in_group=True)
    await juma.taps("I'm in", in_group=True)
    assert "Kitui Circle" in juma.reads
    assert "key of your own" in juma.reads

    await juma.taps("Yes, I'm in")
    assert "You are in" in juma.reads
    assert group.sees("1 is in")
    assert len(group.messages) == 1

    await juma.taps("I'm in", in_group=True)
    assert "You are in already" in juma.toast


async def test_who_set_it_up_becomes_the_facilitator_by_joining(village: Village) -> None:
    [amina] = village.has("Amina")
    group = await village.forms_group("Kitui Circle", amina)
    await amina.taps("📍 Nairobi", in_group=True)
    await amina.taps("I'm in", in_group=True)
    await amina.taps("Yes, I'm in")
    assert "you are its facilitator" in amina.reads
    await amina.writes("/members", in_group=True)
    assert "Facilitator: Amina" in group.reads


async def test_a_link_made_for_another_opens_nothing(village: Village) -> None:
    [amina, juma, eve] = village.has("Amina", "Juma", "Eve")
    await village.forms_group("Kitui Circle", amina, juma)
    await amina.taps("📍 Nairobi", in_group=True)
    await juma.taps("I'm in", in_group=True)
    await eve.follows(juma.opened)
    assert "somebody else" in eve.reads
    await eve.starts("join-1-AAAAAAAAAAAAAAAAAAAAAA")
    assert "do not know this link" in eve.reads
    question = juma.messages()[-1]
    await juma.taps("Not now")
    assert "whenever you like" in juma.reads
    await juma.presses_data(question, "join_yes:1")
    assert "somebody else, or no longer" in juma.toast


async def test_two_share_a_home_and_part_again(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await village.forms_group("Kitui Circle", amina, juma)
    await village.is_set_up(group, amina, juma)
    await amina.writes("/members")
    await amina.taps("Kitui Circle")
    await amina.taps("Juma")
    assert "shares" not in amina.reads
    await juma.taps("Yes, one household")
    assert "one household now" in amina.reads
    await juma.writes("/members")
    await juma.taps("Kitui Circle")
    assert "Your household: Amina" in juma.reads
    await juma.taps("Part again")
    assert "of your own again" in juma.reads


async def test_a_member_without_a_phone_is_recorded_by_another(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await village.forms_group("Kitui Circle", amina, juma)
    await village.is_set_up(group, amina, juma)
    await amina.writes("/members")
    await amina.taps("Kitui Circle")
    await amina.taps("Somebody without a phone")
    await amina.writes("Mama <b>Wanjiru</b> \u202eevil")
    assert "Mama <b>Wanjiru</b> evil is in" in amina.reads
    await amina.taps("Yes, in mine")
    await juma.writes("/members", in_group=True)
    assert "3 members" in group.reads
    assert group.sees("3 are in")


async def test_leaving_is_asked_twice_and_lays_down_offices(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await village.forms_group("Kitui Circle", amina, juma)
    await village.is_set_up(group, amina, juma)
    await amina.writes("/leave")
    await amina.taps("Kitui Circle")
    await amina.taps("Yes, I leave")
    assert "You have left" in amina.reads
    await juma.writes("/members", in_group=True)
    await juma.taps("I facilitate", in_group=True)
    await juma.writes("/members", in_group=True)
    assert "Facilitator: Juma" in group.reads


async def test_each_chooses_their_own_language(village: Village) -> None:
    [amina] = village.has("Amina")
    await amina.starts()
    await amina.writes("/language")
    await amina.taps("Español")
    assert amina.messages()[-1].content.text
    await amina.presses_data(amina.messages()[-1], "language:99")
    assert amina.toast
