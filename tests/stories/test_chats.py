"""What happens to chats: removed and added again, moved, renamed, blocked; nothing is lost."""

import pytest
from circle import CLOSES, OPENS_NEXT, leaves
from contribution_village import contributes, march
from decision_village import circle as decides, proposes
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


class TestAMemberWhoLeavesTheChat:
    """The chat is where the group talks; membership and money are the group's own."""

    @pytest.mark.parametrize("is_admin", [False, True])
    async def test_stays_a_member_and_is_told_once(
        self,
        village: Village,
        is_admin: bool,  # noqa: FBT001 - where the bot is one, Telegram tells it twice
    ) -> None:
        group, [amina, juma] = await a_circle(village)
        if is_admin:
            village.world.promote(village.world.bot.id, group.id)
            await village.settles()
        told, said = len(juma.messages()), len(group.messages)
        village.world.leave(juma.id, group.id)
        await village.settles()
        assert len(juma.messages()) == told + 1
        assert "no longer in the group's chat" in juma.reads
        assert "still one of the group" in juma.reads
        assert len(group.messages) == said, "nothing is said of it in the group"
        await amina.writes("/members", in_group=True)
        assert "2 members" in group.reads

    async def test_is_reminded_of_nothing_until_they_are_back(self, village: Village) -> None:
        group, [amina, juma] = await a_circle(village)
        village.world.leave(juma.id, group.id)
        await village.settles()
        told = len(juma.messages())
        await village.moves_to(CLOSES)
        assert len(juma.messages()) == told
        assert amina.sees("check-in")
        village.world.join(juma.id, group.id)
        await village.settles()
        assert len(juma.messages()) == told, "coming back is no occasion for words"
        await village.moves_to(OPENS_NEXT)
        assert len(juma.messages()) > told

    async def test_nor_of_contributions(self, village: Village) -> None:
        [amina, juma] = village.has("Amina", "Juma")
        group = await contributes(village, amina, juma)
        village.world.leave(juma.id, group.id)
        await village.settles()
        told = len(juma.messages())
        await village.moves_to(march(9))
        assert len(juma.messages()) == told
        assert amina.sees("The contribution for March")

    async def test_nor_of_votes(self, village: Village) -> None:
        [amina, juma] = village.has("Amina", "Juma")
        group = await decides(village, amina, juma)
        await proposes(amina)
        village.world.leave(juma.id, group.id)
        await village.settles()
        told = len(juma.messages())
        await village.waits(days=20)
        assert len(juma.messages()) == told
        assert amina.sees("Your vote is still open")

    async def test_may_leave_the_group_with_a_tap(self, village: Village) -> None:
        group, [amina, juma] = await a_circle(village)
        village.world.leave(juma.id, group.id)
        await village.settles()
        await juma.taps("I leave the group too")
        await juma.taps("Yes, I leave")
        await amina.writes("/members", in_group=True)
        assert "1 member" in group.reads

    async def test_and_had_not_joined_hears_nothing(self, village: Village) -> None:
        group, _ = await a_circle(village)
        [grace] = village.has("Grace")
        await grace.starts()
        told = len(grace.messages())
        village.world.join(grace.id, group.id)
        village.world.leave(grace.id, group.id)
        await village.settles()
        assert len(grace.messages()) == told

    async def test_left_before_and_joins_again_is_there_again(self, village: Village) -> None:
        group, [_, juma] = await a_circle(village)
        village.world.leave(juma.id, group.id)
        await village.settles()
        await leaves(juma)
        village.world.join(juma.id, group.id)
        await village.settles()
        await juma.writes("/join", in_group=True)
        await juma.taps("I'm in", in_group=True)
        await juma.taps("Yes, I'm in")
        await juma.writes("/members", in_group=True)
        assert "2 members" in group.reads
        away = await village.finds(lambda at: at.value("SELECT count(away_since) FROM members"))
        assert away == 0


async def test_a_group_is_called_by_its_new_name(village: Village) -> None:
    group, [amina, _] = await a_circle(village)
    village.world.rename(group.id, "Kitui <i>Sisters</i>", by=amina.id)
    await village.settles()
    await amina.writes("/members")
    assert "Kitui <i>Sisters</i>" in amina.reads


async def test_a_group_whose_name_nobody_can_see_is_still_told_apart(village: Village) -> None:
    [amina] = village.has("Amina")
    group = await village.forms_group("Kitui", amina)
    await village.is_set_up(group, amina)
    village.world.rename(group.id, "\u200b\u2066\u200b", by=amina.id)
    await village.settles()
    await amina.writes("/leave")
    assert amina.labels()[0] == "…"


async def test_people_who_come_and_go_are_not_greeted(village: Village) -> None:
    group, [_, juma] = await a_circle(village)
    [grace] = village.has("Grace")
    said = len(group.messages)
    village.world.join(grace.id, group.id)
    village.world.leave(grace.id, group.id)
    village.world.leave(juma.id, group.id)
    await village.settles()
    assert len(group.messages) == said
