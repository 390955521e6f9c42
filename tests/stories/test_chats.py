from village import Village


async def test_removed_and_added_again_nothing_is_lost(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await village.forms_group("Kitui Circle", amina, juma)
    await village.is_set_up(group, amina, juma)
    village.world.remove_bot(group.id, by=amina.id)
    await village.settles()
    village.world.add_bot(group.id, by=juma.id)
    await village.settles()
    assert "nothing was lost" in group.reads
    await juma.writes("/members", in_group=True)
    assert "2 members" in group.reads


async def test_a_group_that_becomes_a_supergroup_stays_itself(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await village.forms_group("Kitui Circle", amina, juma)
    await village.is_set_up(group, amina, juma)
    village.world.migrate(group.id)
    await village.settles()
    await juma.writes("/members", in_group=True)
    assert "2 members" in group.reads


async def test_who_blocked_the_bot_is_left_alone_and_may_come_back(village: Village) -> None:
    [amina] = village.has("Amina")
    await amina.starts()
    village.world.block(amina.id)
    await village.settles()
    village.world.unblock(amina.id)
    await amina.writes("/help")
    assert "/checkin" in amina.reads


async def test_a_group_is_called_by_its_new_name(village: Village) -> None:
    [amina] = village.has("Amina")
    group = await village.forms_group("Kitui Circle", amina)
    await village.is_set_up(group, amina)
    village.world.rename(group.id, "Kitui Sisters", by=amina.id)
    await village.settles()
    await amina.writes("/members")
    assert amina.sees("Kitui Sisters") or "Kitui Sisters" in amina.labels()[0]
