from village import Village


async def test_added_to_a_group_the_bot_says_what_it_is_for(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await village.forms_group("Kitui Circle", amina, juma)
    assert len(group.messages) == 1
    assert group.sees("I need no admin right")
    assert "📍 Nairobi" in amina.labels(in_group=True)


async def test_start_with_the_usual_needs_nothing_but_a_place(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await village.forms_group("Kitui Circle", amina, juma)
    await amina.taps("📍 Nairobi", in_group=True)
    assert len(group.messages) == 1
    assert group.sees("We are ready")

    await juma.writes("/agreement", in_group=True)
    assert "Africa/Nairobi" in group.reads
    assert "KES" in group.reads


async def test_step_by_step_everything_can_be_chosen(village: Village) -> None:
    [amina] = village.has("Amina")
    group = await village.forms_group("Kitui Circle", amina)
    await amina.taps("Language", in_group=True)
    await amina.taps("English", in_group=True)
    await amina.taps("Find our town", in_group=True)
    await amina.writes("Kigali", in_group=True, reply_to=group.messages[-1])
    await amina.taps("📍 Kigali", in_group=True)
    await amina.taps("RWF", in_group=True)
    await amina.taps("contributions", in_group=True)
    await amina.taps("Go on", in_group=True)
    await amina.taps("Write the amount", in_group=True)
    await amina.writes("1,500", in_group=True, reply_to=group.messages[-1])
    assert group.sees("RWF\u00a01,500 a month. Is that right?")
    await amina.taps("Yes", in_group=True)
    await amina.taps("10", in_group=True)
    await amina.taps("Write it", in_group=True)
    await amina.writes("MoMo 0788 000 111 (Grace)", in_group=True, reply_to=group.messages[-1])
    await amina.taps("20", in_group=True)
    await amina.taps("Start", in_group=True)
    await amina.writes("/agreement", in_group=True)
    assert "RWF\u00a01,500 on day 10" in group.reads
    assert "The check-in opens on day 20" in group.reads


async def test_only_an_admin_or_who_added_it_may_press(village: Village) -> None:
    [amina, juma, grace] = village.has("Amina", "Juma", "Grace")
    group = await village.forms_group("Kitui Circle", amina, juma, grace)
    await juma.taps("📍 Nairobi", in_group=True)
    assert "asking Telegram" in juma.toast
    await juma.taps("📍 Nairobi", in_group=True)
    assert "Only an admin" in juma.toast
    assert not group.sees("We are ready")

    village.world.promote(grace.id, group.id)
    await grace.taps("📍 Nairobi", in_group=True)
    await grace.taps("📍 Nairobi", in_group=True)
    assert group.sees("We are ready")


async def test_the_facilitator_changes_what_was_agreed_and_others_do_not(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await village.forms_group("Kitui Circle", amina, juma)
    await village.is_set_up(group, amina, juma)
    await juma.writes("/settings", in_group=True)
    assert "Amina" in group.reads

    await amina.writes("/settings", in_group=True)
    await amina.taps("Rhythm", in_group=True)
    await amina.taps("10", in_group=True)
    await amina.taps("Let it hold", in_group=True)
    await juma.writes("/agreement", in_group=True)
    assert "day 10" in group.reads
    assert "Version 2" in group.reads


async def test_a_town_nobody_knows_is_asked_again(village: Village) -> None:
    [amina] = village.has("Amina")
    group = await village.forms_group("Kitui Circle", amina)
    await amina.taps("Find our town", in_group=True)
    question = group.messages[-1]
    await amina.writes("<b>Xyzzy</b>qqq", in_group=True, reply_to=question)
    assert "larger town" in group.reads
    await amina.writes("Nairobi", in_group=True, reply_to=question)
    await amina.taps("📍 Nairobi", in_group=True)
    assert group.sees("We are ready")


async def test_forged_and_late_presses_change_nothing(village: Village) -> None:
    [amina] = village.has("Amina")
    group = await village.forms_group("Kitui Circle", amina)
    first = group.messages[0]
    for data in (
        "setup:99",
        "setup_zone:9999999999",
        "setup_usual:77",
        "setup_start:1",
        "nonsense",
    ):
        await amina.presses_data(first, data)
        assert amina.toast
    assert not group.sees("We are ready")
    await amina.taps("📍 Nairobi", in_group=True)
    await amina.presses_data(first, "setup_usual:0")
    assert "nothing to set up" in amina.toast


async def test_set_up_in_a_topic_it_stays_in_the_topic(village: Village) -> None:
    [amina] = village.has("Amina")
    group = await village.forms_group("Kitui Circle", amina, forum=True, topics=("Money",))
    [topic] = group.chat.topics
    village.world.say(amina.id, group.id, "/setup", thread=topic)
    await village.settles()
    assert group.messages[-1].thread_id == topic
    await amina.taps("📍 Nairobi", in_group=True)
    await amina.writes("/agreement", in_group=True)
    assert group.messages[-1].thread_id == topic


async def test_an_anonymous_admin_may_have_it_shown_and_presses_as_themselves(
    village: Village,
) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await village.forms_group("Kitui Circle", amina, juma, supergroup=True)
    village.world.promote(juma.id, group.id, anonymous=True)
    village.world.say(juma.id, group.id, "/setup", anonymous=True)
    await village.settles()
    await juma.taps("📍 Nairobi", in_group=True)
    await juma.taps("📍 Nairobi", in_group=True)
    assert group.sees("We are ready")
