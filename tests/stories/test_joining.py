"""I'm in: seen in the group, agreed to in private, in plain words; and out again as easily."""

from datetime import UTC, datetime

from village import Group, Someone, Village, group_of, sticker

from bot.domain.plans import Contribution
from bot.storage import members, people


async def a_group(village: Village, *names: str) -> tuple[Group, list[Someone]]:
    found = village.has(*names)
    group = await village.forms_group("Kitui Circle", *found)
    await found[0].taps("📍 Nairobi", in_group=True)
    return group, found


async def joins(*them: Someone) -> None:
    for one in them:
        await one.taps("I'm in", in_group=True)
        await one.taps("Yes, I'm in")


class TestJoining:
    async def test_asks_for_consent_in_private_and_counts_in_place(self, village: Village) -> None:
        group, [amina, juma] = await a_group(village, "Amina", "Juma")
        await juma.taps("I'm in", in_group=True)
        assert juma.reads.startswith("Kitui Circle")
        assert "The group sees your name, what you choose to share, and totals" in juma.reads
        assert "/leave" in juma.reads
        assert not group.sees("is in.")

        await juma.taps("Yes, I'm in")
        assert "You are in" in juma.reads
        assert "opens on March 24" in juma.reads
        assert group.sees("1 is in.")
        await joins(amina)
        assert group.sees("2 are in.")
        assert len(group.messages) == 1

    async def test_twice_is_once(self, village: Village) -> None:
        group, [amina] = await a_group(village, "Amina")
        await amina.taps("I'm in", in_group=True)
        yes = amina.button("Yes, I'm in")
        await amina.presses(yes)
        await amina.presses_data(yes.message, yes.data or "")
        assert "You are in already" in amina.toast
        await amina.taps("I'm in", in_group=True)
        assert "You are in already" in amina.toast
        assert group.sees("1 is in.")

    async def test_by_command_leads_to_the_same(self, village: Village) -> None:
        group, [_, juma] = await a_group(village, "Amina", "Juma")
        await juma.writes("/join", in_group=True)
        assert "Juma, one more step" in group.reads
        await joins(juma)
        await juma.writes("/join", in_group=True)
        assert "You are in already" in group.reads

    async def test_in_private_shows_the_groups_that_wait_for_a_word(self, village: Village) -> None:
        _group, [_, juma] = await a_group(village, "Amina", "Juma")
        await juma.writes("/join")
        assert "/join in your group" in juma.reads
        await juma.taps("I'm in", in_group=True)
        await juma.writes("/join")
        await juma.taps("Kitui Circle")
        assert "Do you want to be in?" in juma.reads
        await juma.starts()
        await juma.taps("Kitui Circle")
        await juma.taps("Yes, I'm in")
        assert "You are in" in juma.reads

    async def test_makes_who_set_it_up_the_facilitator(self, village: Village) -> None:
        group, [amina, juma] = await a_group(village, "Amina", "Juma")
        await joins(juma)
        assert "🧭 I facilitate" not in juma.labels(in_group=True), "it is Amina's to take up"
        await joins(amina)
        assert "you are its facilitator" in amina.reads
        assert not juma.sees("facilitator")
        await amina.writes("/members", in_group=True)
        assert "Facilitator: Amina" in group.reads

    async def test_says_what_it_costs_before_anybody_agrees(self, village: Village) -> None:
        amina, juma = village.has("Amina", "Juma")
        group = await village.forms_group("Kitui Circle", amina, juma)
        await village.is_set_up(
            group,
            amina,
            practices=frozenset({"contributions"}),
            plans=(Contribution(150_000, day=5),),
        )
        await juma.taps("I'm in", in_group=True)
        assert "each household gives KES\u00a01,500.00, each month on day 5" in juma.reads

    async def test_gives_each_a_household_of_their_own(self, village: Village) -> None:
        group, [amina, juma] = await a_group(village, "Amina", "Juma")
        await joins(amina, juma)
        await juma.writes("/members", in_group=True)
        assert "🏠 Amina\n🏠 Juma" in group.reads
        assert "2 members" in group.reads

    async def test_not_now_is_asked_no_more_until_they_tap_again(self, village: Village) -> None:
        group, [_, juma] = await a_group(village, "Amina", "Juma")
        await juma.taps("I'm in", in_group=True)
        yes = juma.button("Yes, I'm in")
        await juma.taps("Not now")
        assert "whenever you like" in juma.reads
        await juma.presses_data(yes.message, yes.data or "")
        assert "no longer in use" in juma.toast
        await juma.writes("/join")
        assert "/join in your group" in juma.reads
        await joins(juma)
        assert group.sees("1 is in.")

    async def test_before_the_group_is_set_up_is_too_early(self, village: Village) -> None:
        [amina] = village.has("Amina")
        group = await village.forms_group("Kitui Circle", amina)
        await amina.writes("/join", in_group=True)
        assert "not set up yet" in group.reads
        await amina.presses_data(group.messages[0], "join")
        assert "not set up yet" in amina.toast
        await amina.writes("/members", in_group=True)
        assert "not set up yet" in group.reads


class TestLinksAndButtonsOfOthers:
    async def test_a_link_made_for_another_opens_nothing(self, village: Village) -> None:
        _group, [_, juma, eve] = await a_group(village, "Amina", "Juma", "Eve")
        await juma.taps("I'm in", in_group=True)
        await eve.follows(juma.opened)
        assert "for somebody else" in eve.reads
        yes = juma.button("Yes, I'm in")
        await eve.presses_data(eve.messages()[-1], yes.data or "")
        assert "for somebody else" in eve.toast
        assert not juma.sees("You are in.")

    async def test_a_guessed_link_opens_nothing(self, village: Village) -> None:
        _group, [amina] = await a_group(village, "Amina")
        for payload in ("join-1-AAAAAAAAAAAAAAAAAAAAAA", "people-1", "x" * 64, "join"):
            await amina.starts(payload)
            assert "do not know this link" in amina.reads

    async def test_forged_presses_change_nothing(self, village: Village) -> None:
        group, [amina, juma] = await a_group(village, "Amina", "Juma")
        await joins(amina)
        [eve] = village.has("Eve")
        await eve.starts()
        before = await village.finds(lambda at: members.of_group(at, 1))
        for who in (eve, juma):
            await who.starts()
            for data in (
                "join",
                "join_yes:1",
                "join_no:1",
                "join_look:1",
                "leave:1",
                "leave_yes:1",
                "people:1",
                "people:99",
                "person_add:1",
                "person_in:1:1",
                "person_wrong:1",
                "person:1",
                "person_move:1:1",
                "person_leave_yes:1",
                "household:1",
                "household:99",
                "household_answer:1:1",
                "household_part:1",
                "office:1:1",
                "office:1:2",
                "office:99:1",
                "office:1:99",
                "office_yes:1:1",
                "office_no:1:1",
                "office_down:1:0",
                "language:99",
            ):
                await who.presses_data(who.messages()[-1], data)
                assert who.toast, data
                assert "our side" not in who.toast, data
        assert await village.finds(lambda at: members.of_group(at, 1)) == before
        assert group.sees("1 is in.")


class TestLeaving:
    async def test_is_asked_twice_and_lays_offices_down(self, village: Village) -> None:
        group, [amina, juma] = await a_group(village, "Amina", "Juma")
        await joins(amina, juma)
        await amina.writes("/leave")
        await amina.taps("Kitui Circle")
        assert group.sees("2 are in.")
        await amina.taps("Yes, I leave")
        assert "You have left" in amina.reads
        assert group.sees("1 is in.")

    async def test_can_be_thought_better_of(self, village: Village) -> None:
        group, [amina] = await a_group(village, "Amina")
        await joins(amina)
        await amina.writes("/leave", in_group=True)
        await amina.taps("Open", in_group=True)
        await amina.taps("Kitui Circle")
        await amina.taps("I stay")
        assert "Good to have you" in amina.reads
        assert group.sees("1 is in.")

    async def test_of_the_last_facilitator_locks_nobody_out(self, village: Village) -> None:
        group, [amina, juma] = await a_group(village, "Amina", "Juma")
        await joins(amina, juma)
        await amina.writes("/leave")
        await amina.taps("Kitui Circle")
        await amina.taps("Yes, I leave")
        assert "🧭 I facilitate" in juma.labels(in_group=True), "on the card itself, unasked"
        await juma.writes("/settings", in_group=True)
        assert "no facilitator" in group.reads
        await juma.taps("I facilitate", in_group=True)
        assert "yours now" in juma.toast
        await juma.writes("/settings", in_group=True)
        assert "📅 Rhythm" in juma.labels(in_group=True)
        await juma.taps("Leave all as it was", in_group=True)
        assert "🧭 I facilitate" not in juma.labels(in_group=True)

    async def test_and_coming_back_keeps_the_number_in_the_book(self, village: Village) -> None:
        group, [amina, juma] = await a_group(village, "Amina", "Juma")
        await joins(amina, juma)
        await amina.writes("/leave")
        await amina.taps("Kitui Circle")
        await amina.taps("Yes, I leave")
        await joins(amina)
        assert group.sees("2 are in.")
        numbers = await village.finds(lambda at: [one.number for one in members.of_group(at, 1)])
        assert numbers == [1, 2]

    async def test_a_group_one_is_not_in_is_not_possible(self, village: Village) -> None:
        _group, [_, juma] = await a_group(village, "Amina", "Juma")
        await juma.writes("/leave")
        assert "in no group" in juma.reads


class TestOffices:
    async def test_are_offered_by_a_member_and_confirmed_by_the_facilitator(
        self, village: Village
    ) -> None:
        group, [amina, juma] = await a_group(village, "Amina", "Juma")
        await joins(amina, juma)
        await juma.writes("/members", in_group=True)
        await juma.taps("I'd be witness", in_group=True)
        assert "asked the facilitator" in juma.toast
        assert "Juma offers" in amina.reads
        await juma.taps("I'd be witness", in_group=True)
        assert len([one for one in amina.messages() if "offers" in one.content.text]) == 1
        await amina.taps("Yes, gladly")
        assert "You hold this office now: Witness" in juma.reads
        await juma.taps("I'd be witness", in_group=True)
        assert "hold it already" in juma.toast
        await juma.writes("/members", in_group=True)
        assert "Witness: Juma" in group.reads

    async def test_are_not_taken_without_that_word(self, village: Village) -> None:
        group, [amina, juma] = await a_group(village, "Amina", "Juma")
        await joins(amina, juma)
        await juma.writes("/members", in_group=True)
        await juma.taps("I'd be treasurer", in_group=True)
        yes = amina.button("Yes, gladly")
        await juma.presses_data(juma.messages()[-1], yes.data or "")
        assert "facilitator does this: Amina" in juma.toast
        await amina.taps("Not now")
        assert "All stays as it was" in amina.reads
        await juma.writes("/members", in_group=True)
        assert "Treasurer" not in group.reads

    async def test_that_there_are_not_are_nobodys_to_take(self, village: Village) -> None:
        group, [amina] = await a_group(village, "Amina")
        await joins(amina)
        for data in ("office:1:5", "office:1:99", "office_yes:1:5", "office_yes:99:0"):
            await amina.presses_data(group.messages[0], data)
            assert "no longer in use" in amina.toast

    async def test_are_all_offered_as_long_as_they_have_a_free_seat(self, village: Village) -> None:
        group, [amina, juma] = await a_group(village, "Amina", "Juma")
        await joins(amina, juma)
        await amina.writes("/members", in_group=True)
        for label, name in (
            ("I'd be treasurer", "Treasurer"),
            ("I'd keep records", "Record keeper"),
            ("I'd represent us", "Representative"),
        ):
            await amina.taps(label, in_group=True)
            assert "yours now" in amina.toast
            await amina.writes("/members", in_group=True)
            assert f"{name}: Amina" in group.reads
        assert amina.labels(in_group=True) == [
            "🏠 My household",
            "🧭 I'd facilitate too",
            "👁 I'd be witness",
        ]
        await juma.presses_data(group.messages[-1], "office:1:1")
        assert "Treasurer: Amina. They can hand it over" in juma.toast
        await amina.presses_data(group.messages[-1], "office:1:3")
        assert "keeps the money" in amina.toast
        await juma.taps("I'd facilitate too", in_group=True)
        await amina.taps("Yes, gladly")
        await juma.writes("/members", in_group=True)
        assert "Facilitator: Amina and Juma" in group.reads

    async def test_can_be_laid_down(self, village: Village) -> None:
        group, [amina] = await a_group(village, "Amina")
        await joins(amina)
        await amina.writes("/members", in_group=True)
        await amina.taps("I'd be witness", in_group=True)
        await amina.writes("/members")
        assert "Facilitator" in amina.reads
        await amina.taps("Lay down: Witness")
        assert "laid this office down" in amina.reads
        await amina.writes("/members", in_group=True)
        assert "Witness:" not in group.reads

    async def test_wait_where_the_facilitator_cannot_be_asked(self, village: Village) -> None:
        _group, [amina, juma] = await a_group(village, "Amina", "Juma")
        await joins(amina, juma)
        village.world.block(amina.id)
        await village.settles()
        await juma.writes("/members", in_group=True)
        await juma.taps("I'd be witness", in_group=True)
        assert "open a private chat" in juma.toast


class TestNamesAndLanguages:
    async def test_a_name_full_of_signs_cannot_break_a_message(self, village: Village) -> None:
        name = "<b>Eve</b> &amp; \u202eevE 🌾\u200f"
        [amina] = village.has("Amina")
        eve = village.has(name)[0]
        group = await village.forms_group("Kitui Circle", amina, eve)
        await amina.taps("📍 Nairobi", in_group=True)
        await joins(eve)
        assert "<b>Eve</b> &amp; evE 🌾" in eve.reads
        await amina.writes("/members", in_group=True)
        assert "<b>Eve</b> &amp; evE 🌾" in group.reads
        assert "\u202e" not in group.reads

    async def test_each_chooses_their_own_language(self, village: Village) -> None:
        [amina] = village.has("Amina")
        await amina.starts()
        await amina.writes("/language")
        await amina.taps("English")
        chosen = await village.finds(lambda at: people.by_telegram_id(at, amina.id))
        assert chosen is not None
        assert chosen.language_chosen
        await amina.presses_data(amina.messages()[-1], "language:99")
        assert "our side" not in amina.toast
        assert amina.toast

    async def test_a_language_is_chosen_in_private(self, village: Village) -> None:
        group, [amina] = await a_group(village, "Amina")
        await amina.writes("/language", in_group=True)
        assert "/language in our private chat" in group.reads
        await amina.presses_data(group.messages[0], "language:0")
        assert "no longer in use" in amina.toast

    async def test_someone_in_several_groups_is_told_which(self, village: Village) -> None:
        _group, [amina, juma] = await a_group(village, "Amina", "Juma")
        await joins(amina)
        other = await village.forms_group("Second Circle", juma, amina)
        await juma.taps("📍 Kampala", in_group=other)
        await amina.taps("I'm in", in_group=other)
        assert amina.reads.startswith("Second Circle")
        await amina.taps("Yes, I'm in")
        await amina.writes("/members")
        assert amina.sees("Kitui Circle")
        assert "Second Circle" in amina.reads
        zones = [(await village.agreed(one)).zone for one in village.groups]
        assert zones == ["Africa/Nairobi", "Africa/Kampala"]


async def test_a_sticker_in_private_gets_a_kind_answer(village: Village) -> None:
    _group, [amina] = await a_group(village, "Amina")
    await joins(amina)
    await amina.sends(sticker(village))
    assert "/help" in amina.reads


async def test_the_way_in_names_the_next_day_in_the_groups_zone(village: Village) -> None:
    """At 22:30 UTC on the 23rd it is the 24th in Nairobi, and the round of March is over."""
    _group, [amina] = await a_group(village, "Amina")
    await village.moves_to(datetime(2026, 3, 29, 22, 30, tzinfo=UTC))
    await joins(amina)
    assert "opens on April 24" in amina.reads
    assert await village.finds(lambda at: members.count(at, group_of(at, village.group.id).id)) == 1
