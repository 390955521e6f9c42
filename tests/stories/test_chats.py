"""What happens to chats: removed and added again, moved, renamed, blocked; nothing is lost."""

from village import Group, Someone, Village, group_of

from bot.storage import chats


async def a_circle(village: Village, **how: bool) -> tuple[Group, list[Someone]]:
    found = village.has("Amina", "Juma")
    group = await village.forms_group("Kitui Circle", *found)
    await village.is_set_up(group, *found, **how)
    return group, found


async def state(village: Village, chat_id: int) -> str:
    found = await village.finds(lambda at: chats.by_telegram_id(at, chat_id))
    assert found is not None
    return found.state


class TestRemovedAndAddedAgain:
    async def test_nothing_is_lost(self, village: Village) -> None:
        group, [amina, juma] = await a_circle(village)
        village.world.remove_bot(group.id, by=amina.id)
        await village.settles()
        assert await state(village, group.id) == "gone"
        assert (await village.finds(lambda at: group_of(at, group.id))).state == "away"

        village.world.add_bot(group.id, by=juma.id)
        await village.settles()
        assert len([one for one in group.messages if "nothing was lost" in one.content.text]) == 1
        await juma.writes("/members", in_group=True)
        assert "2 members" in group.reads
        assert "Facilitator: Amina" in group.reads

    async def test_while_it_is_away_nobody_is_asked_anything(self, village: Village) -> None:
        group, [amina, juma] = await a_circle(village)
        village.world.remove_bot(group.id, by=amina.id)
        await village.settles()
        before = juma.read_all()
        await village.waits(days=40)
        assert juma.read_all() == before
        await juma.writes("/members")
        assert "in no group" in juma.reads

        village.world.add_bot(group.id, by=juma.id)
        await village.waits(days=31)
        assert juma.sees("Kitui Circle"), "the next round asks as it always did"

    async def test_half_way_through_set_up_it_goes_on(self, village: Village) -> None:
        [amina, juma] = village.has("Amina", "Juma")
        group = await village.forms_group("Kitui Circle", amina, juma)
        village.world.remove_bot(group.id, by=amina.id)
        await village.settles()
        village.world.add_bot(group.id, by=juma.id)
        await village.settles()
        await juma.writes("/setup", in_group=True)
        await juma.taps("📍 Nairobi", in_group=True)
        assert group.sees("We are ready")

    async def test_a_basic_groups_farewell_does_not_open_it_again(self, village: Village) -> None:
        """In a basic group the bot reads of its removal after it was removed."""
        group, [amina, _] = await a_circle(village)
        assert group.chat.type == "group"
        village.world.remove_bot(group.id, by=amina.id)
        await village.settles()
        assert await state(village, group.id) == "gone"

    async def test_a_deleted_group_is_left_in_peace(self, village: Village) -> None:
        group, _ = await a_circle(village)
        village.world.delete_chat(group.id)
        await village.settles()
        await village.waits(days=40)
        assert await state(village, group.id) == "gone"


class TestASupergroup:
    async def test_is_the_same_group(self, village: Village) -> None:
        group, [_, juma] = await a_circle(village)
        old = group.id
        village.world.migrate(group.id)
        await village.settles()
        await juma.writes("/members", in_group=True)
        assert "2 members" in group.reads
        assert group.id != old
        kept = await village.finds(lambda at: at.value("SELECT count(*) FROM groups"))
        assert kept == 1

    async def test_shows_a_set_up_that_was_under_way(self, village: Village) -> None:
        [amina] = village.has("Amina")
        group = await village.forms_group("Kitui Circle", amina)
        await amina.taps("Step by step", in_group=True)
        village.world.migrate(group.id)
        await village.settles()
        assert group.sees("Where do you live?")
        await amina.taps("📍 Nairobi", in_group=True)
        assert group.sees("Which money do you count in?")

    async def test_in_the_middle_of_a_question_still_takes_the_answer(
        self, village: Village
    ) -> None:
        [amina] = village.has("Amina")
        group = await village.forms_group("Kitui Circle", amina)
        await amina.taps("Find our town", in_group=True)
        village.world.migrate(group.id)
        await village.settles()
        await village.waits(minutes=1)
        await amina.taps("Find our town", in_group=True)
        await amina.writes("Kigali", in_group=True, reply_to=group.messages[-1])
        await amina.taps("📍 Kigali", in_group=True)
        assert group.sees("We are ready")


class TestPrivateChats:
    async def test_who_blocked_the_bot_is_left_alone_and_may_come_back(
        self, village: Village
    ) -> None:
        [amina] = village.has("Amina")
        await amina.starts()
        village.world.block(amina.id)
        await village.settles()
        assert await state(village, amina.id) == "blocked"
        village.world.unblock(amina.id)
        await village.settles()
        assert await state(village, amina.id) == "open"
        await amina.writes("/help")
        assert "/checkin" in amina.reads

    async def test_start_greets_and_shows_the_way_to_a_group(self, village: Village) -> None:
        [amina] = village.has("Amina <b>")
        await amina.starts()
        assert "Hello Amina <b>, I am Barnraiser" in amina.reads
        assert amina.button("Add me to a group").url == (
            "https://t.me/barnraiser_bot?startgroup=true"
        )

    async def test_start_names_the_groups_one_is_in(self, village: Village) -> None:
        _group, [_, juma] = await a_circle(village)
        await juma.starts()
        assert "Good to see you, Juma" in juma.reads
        assert "Kitui Circle" in juma.reads


async def test_a_group_is_called_by_its_new_name(village: Village) -> None:
    group, [amina, _] = await a_circle(village)
    village.world.rename(group.id, "Kitui <i>Sisters</i>", by=amina.id)
    await village.settles()
    await amina.writes("/members")
    assert "Kitui <i>Sisters</i>" in amina.reads


async def test_people_who_come_and_go_are_not_greeted(village: Village) -> None:
    group, [_, juma] = await a_circle(village)
    [grace] = village.has("Grace")
    said = len(group.messages)
    village.world.join(grace.id, group.id)
    village.world.leave(grace.id, group.id)
    village.world.leave(juma.id, group.id)
    await village.settles()
    assert len(group.messages) == said
