"""Households, and members without a phone."""

import pytest
from circle import leaves
from village import Group, Someone, Village, group_of, sticker

from bot.storage import members, people
from bot.storage.database import Reading


async def a_circle(village: Village, *names: str) -> tuple[Group, list[Someone]]:
    found = village.has(*(names or ("Amina", "Juma", "Grace")))
    group = await village.forms_group("Kitui Circle", *found)
    await village.is_set_up(group, *found)
    return group, found


async def households(village: Village) -> list[list[str]]:
    """The names in each household, by the members' numbers."""

    def look(at: Reading) -> list[list[str]]:
        found: dict[int, list[str]] = {}
        for one in members.of_group(at, group_of(at, village.group.id).id):
            found.setdefault(one.household_id, []).append(one.name)
        return sorted(found.values())

    return await village.finds(look)


async def opens_home(who: Someone) -> None:
    await who.writes("/members")
    await who.taps("Kitui Circle")


class TestTwoWhoShareAHome:
    async def test_are_one_when_both_agree(self, village: Village) -> None:
        group, [amina, juma, _] = await a_circle(village)
        await opens_home(amina)
        await amina.taps("Juma")
        assert "when both of you agree" in amina.reads
        assert await households(village) == [["Amina"], ["Grace"], ["Juma"]]

        assert "Amina says that you share a home" in juma.reads
        await juma.taps("Yes, one household")
        assert "You and Juma are one household" in amina.reads
        assert await households(village) == [["Amina", "Juma"], ["Grace"]]
        await juma.writes("/members", in_group=True)
        assert "🏠 Amina and Juma\n🏠 Grace" in group.reads

    async def test_part_again_by_either(self, village: Village) -> None:
        _group, [amina, juma, _] = await a_circle(village)
        await opens_home(amina)
        await amina.taps("Juma")
        await juma.taps("Yes, one household")
        await opens_home(juma)
        assert "Your household: Amina and Juma" in juma.reads
        await juma.taps("Part again")
        assert "of your own again" in juma.reads
        assert await households(village) == [["Amina"], ["Grace"], ["Juma"]]

    async def test_a_no_is_told_to_nobody(self, village: Village) -> None:
        _group, [amina, juma, _] = await a_circle(village)
        await opens_home(amina)
        await amina.taps("Juma")
        before = amina.read_all()
        yes = juma.button("Yes, one household")
        await juma.taps("No")
        assert "I tell nobody" in juma.reads
        assert amina.read_all() == before
        await juma.presses_data(yes.message, yes.data or "")
        assert "no longer in use" in juma.toast
        assert await households(village) == [["Amina"], ["Grace"], ["Juma"]]

    async def test_cannot_be_joined_by_a_third(self, village: Village) -> None:
        _group, [amina, juma, grace] = await a_circle(village)
        await opens_home(amina)
        await amina.taps("Juma")
        yes = juma.button("Yes, one household")
        await grace.presses_data(grace.messages()[-1], yes.data or "")
        assert "for somebody else" in grace.toast
        assert await households(village) == [["Amina"], ["Grace"], ["Juma"]]

    async def test_asked_again_it_is_the_same_question(self, village: Village) -> None:
        _group, [amina, juma, _] = await a_circle(village)
        for _ in range(3):
            await opens_home(amina)
            await amina.taps("Juma")
        assert len([one for one in juma.messages() if "share a home" in one.content.text]) == 1
        await juma.taps("Yes, one household")
        assert await households(village) == [["Amina", "Juma"], ["Grace"]]
        await opens_home(amina)
        await amina.presses_data(amina.messages()[-1], "household:2")
        assert "one household already" in amina.toast

    async def test_who_left_meanwhile_cannot_be_joined(self, village: Village) -> None:
        _group, [amina, juma, _] = await a_circle(village)
        await opens_home(amina)
        await amina.taps("Juma")
        await leaves(amina)
        await juma.taps("Yes, one household")
        assert "no longer in use" in juma.toast
        assert await households(village) == [["Grace"], ["Juma"]]

    async def test_whoever_moves_in_leaves_the_others_of_their_home_where_they_are(
        self, village: Village
    ) -> None:
        _group, [amina, juma, grace] = await a_circle(village)
        await opens_home(juma)
        await juma.taps("Grace")
        await grace.taps("Yes, one household")
        await opens_home(amina)
        await amina.taps("Juma")
        await juma.taps("Yes, one household")
        assert await households(village) == [["Amina", "Juma"], ["Grace"]]

    async def test_who_cannot_be_written_to_is_asked_to_open_the_chat(
        self, village: Village
    ) -> None:
        _group, [amina, juma, _] = await a_circle(village)
        village.world.block(juma.id)
        await village.settles()
        await opens_home(amina)
        await amina.taps("Juma")
        assert "cannot write to Juma yet" in amina.reads

    async def test_alone_there_is_nothing_to_part_from(self, village: Village) -> None:
        _group, [amina, *_] = await a_circle(village)
        await opens_home(amina)
        await amina.presses_data(amina.messages()[-1], "household_part:1")
        assert "of your own already" in amina.toast


class TestSomebodyWithoutAPhone:
    async def test_is_recorded_by_another_and_repeated_back(self, village: Village) -> None:
        group, [amina, juma, _] = await a_circle(village)
        await opens_home(amina)
        await amina.taps("Somebody without a phone")
        await amina.writes("Mama  Wanjiru")
        assert "Is this right: Mama Wanjiru?" in amina.reads
        assert group.sees("3 are in.")
        await amina.taps("Yes, in my household")
        assert "in your household" in amina.reads
        assert group.sees("4 are in.")
        assert await households(village) == [["Amina", "Mama Wanjiru"], ["Grace"], ["Juma"]]
        await juma.writes("/members", in_group=True)
        assert "Amina and Mama Wanjiru (without a phone)" in group.reads

    async def test_of_whom_the_name_was_wrong_is_forgotten(self, village: Village) -> None:
        group, [amina, *_] = await a_circle(village)
        await opens_home(amina)
        await amina.taps("Somebody without a phone")
        await amina.writes("Mama Wanjriu")
        yes = amina.button("Yes, in their own")
        await amina.taps("No, not right")
        assert "kept nothing" in amina.reads
        await amina.presses_data(yes.message, yes.data or "")
        assert "no longer in use" in amina.toast
        assert group.sees("3 are in.")
        names = await village.finds(
            lambda at: [
                (row["name"], people.by_id(at, row["id"]).name)
                for row in at.all("SELECT id, name FROM people WHERE telegram_id IS NULL")
            ]
        )
        assert names == [(None, None)]

    async def test_is_confirmed_by_who_named_them_and_nobody_else(self, village: Village) -> None:
        group, [amina, juma, grace] = await a_circle(village)
        await opens_home(grace)
        await grace.taps("Somebody without a phone")
        await grace.writes("Mzee Otieno")
        for other in (amina, juma):
            for data in ("person_in:4:1", "person_wrong:4", "person:4", "person_leave_yes:4"):
                await other.presses_data(other.messages()[-1], data)
                assert "for somebody else" in other.toast
        assert group.sees("3 are in.")
        await grace.taps("Yes, in their own")
        assert group.sees("4 are in.")

    async def test_moves_with_who_writes_for_them_and_leaves_when_they_say(
        self, village: Village
    ) -> None:
        group, [amina, juma, grace] = await a_circle(village)
        await opens_home(grace)
        await grace.taps("Somebody without a phone")
        await grace.writes("Mzee Otieno")
        await grace.taps("Yes, in my household")
        await opens_home(juma)
        await juma.taps("Grace")
        await grace.taps("Yes, one household")
        together = ["Juma", "Grace", "Mzee Otieno"]
        assert await households(village) == [["Amina"], together]

        await opens_home(grace)
        await grace.taps("📓 Mzee Otieno")
        await grace.taps("In their own")
        assert await households(village) == [["Amina"], ["Juma", "Grace"], ["Mzee Otieno"]]
        await grace.taps("In my household")
        await grace.taps("They leave")
        await grace.taps("They stay")
        await grace.taps("They leave")
        await grace.taps("Yes, they leave")
        assert "Mzee Otieno has left" in grace.reads
        assert group.sees("3 are in.")
        assert amina.reads

    async def test_is_looked_after_by_the_facilitator_too_but_by_nobody_else(
        self, village: Village
    ) -> None:
        _group, [amina, juma, grace] = await a_circle(village)
        await opens_home(grace)
        await grace.taps("Somebody without a phone")
        await grace.writes("Mzee Otieno")
        await grace.taps("Yes, in their own")
        await opens_home(juma)
        assert "📓 Mzee Otieno" not in juma.labels()
        await juma.presses_data(juma.messages()[-1], "person_leave_yes:4")
        assert "for somebody else" in juma.toast
        await juma.presses_data(juma.messages()[-1], "person_move:4:1")
        assert "for somebody else" in juma.toast
        await opens_home(amina)
        assert "📓 Mzee Otieno" in amina.labels()

    @pytest.mark.parametrize("typed", ["…", "\u202e\u200f", "🌾🌾", "/"])
    async def test_needs_a_name(self, village: Village, typed: str) -> None:
        group, [amina, *_] = await a_circle(village)
        await opens_home(amina)
        await amina.taps("Somebody without a phone")
        await amina.writes(typed)
        assert "like: Mama Wanjiru" in amina.reads
        await amina.sends(sticker(village))
        assert "like: Mama Wanjiru" in amina.reads
        await amina.writes("Mama Wanjiru")
        assert "Is this right: Mama Wanjiru?" in amina.reads
        assert group.sees("3 are in.")

    async def test_with_a_name_full_of_signs_or_far_too_long_breaks_nothing(
        self, village: Village
    ) -> None:
        group, [amina, *_] = await a_circle(village)
        await opens_home(amina)
        await amina.taps("Somebody without a phone")
        await amina.writes("Mama <b>Wanjiru</b> \u202e&amp; " + "w" * 3900)
        assert "Mama <b>Wanjiru</b> &amp;" in amina.reads
        assert len(amina.reads) < 200
        await amina.taps("Yes, in their own")
        await amina.writes("/members", in_group=True)
        assert "Mama <b>Wanjiru</b> &amp;" in group.reads

    async def test_lies_sealed_with_a_key_of_their_own(self, village: Village) -> None:
        _group, [amina, *_] = await a_circle(village)
        await opens_home(amina)
        await amina.taps("Somebody without a phone")
        await amina.writes("Mama Wanjiru")
        await amina.taps("Yes, in their own")
        stored = await village.finds(
            lambda at: at.one("SELECT id, name FROM people WHERE telegram_id IS NULL")
        )
        assert stored is not None
        assert b"Wanjiru" not in stored["name"]
        assert (await village.finds(lambda at: people.by_id(at, stored["id"]))).name == (
            "Mama Wanjiru"
        )
