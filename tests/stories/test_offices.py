"""Offices: handed over, elected, with terms; and nobody is ever locked out of their own group."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from circle import joins, leaves
from contribution_village import moves_in_with, takes_office, transacts
from village import Group, Someone, Village

from bot.domain.agreement_parts import Offices
from bot.domain.errors import Refusal
from bot.domain.offices import Office
from bot.practices import agreement, offices, speaking
from bot.storage import groups, members, offices as store, people
from bot.storage.database import Transaction

DECISION = 7


async def kitui(
    village: Village,
    *names: str,
    language: str = "en",
    **parts: Any,  # noqa: ANN401 - any part of an agreement
) -> tuple[Group, list[Someone]]:
    """A set-up group; the first facilitates."""
    folk = village.has(*names, language=language)
    group = await village.forms_group("Kitui", *folk)
    await village.is_set_up(group, *folk, language=language, **parts)
    return group, folk


async def elects(village: Village, someone: Someone, office: Office) -> None:
    """The group has decided that this member holds an office."""

    def elect(at: Transaction, group_id: int) -> None:
        person = people.by_telegram_id(at, someone.id)
        assert person is not None
        member = members.of_person(at, group_id, person.id)
        assert member is not None
        offices.elect(at, group_id, office, member.id, DECISION)

    await transacts(village, elect)


async def who_holds(village: Village, office: Office) -> dict[str, date | None]:
    """Who holds an office, and until when."""
    held = await village.finds(lambda at: store.held(at, 1))
    return {one.member.name: one.ends for one in held if one.office == office}


class TestHandingOver:
    async def test_takes_both_and_the_term_goes_on(self, village: Village) -> None:
        group, [amina, juma, neema] = await kitui(village, "Amina", "Juma", "Neema")
        await elects(village, amina, "treasurer")
        await amina.writes("/members")
        await amina.taps("Hand over: Treasurer")
        assert "I ask them in private" in amina.reads
        await amina.taps("Juma")
        assert "Until they say yes it stays yours: Treasurer" in amina.reads
        assert await who_holds(village, "treasurer") == {"Amina": date(2027, 3, 2)}
        assert not neema.sees("hand this over")

        await village.waits(days=40)
        assert juma.sees("Amina would hand this over to you: Treasurer")
        await juma.taps("Yes, gladly")
        assert juma.sees("You hold this office now: Treasurer")
        assert amina.sees("Juma holds this office now")
        assert group.sees("Amina has handed this over to Juma: Treasurer")
        assert await who_holds(village, "treasurer") == {"Juma": date(2027, 3, 2)}

    async def test_can_be_declined_and_all_stays(self, village: Village) -> None:
        group, [amina, juma] = await kitui(village, "Amina", "Juma")
        await amina.writes("/members")
        await amina.taps("Hand over: Facilitator")
        await amina.taps("Juma")
        await juma.taps("Not now")
        assert "All stays as it was" in juma.reads
        assert "Juma cannot take it over now" in amina.reads
        assert not group.sees("handed")
        assert set(await who_holds(village, "facilitator")) == {"Amina"}

    async def test_is_answered_by_who_was_asked_and_once(self, village: Village) -> None:
        _, [amina, juma, neema] = await kitui(village, "Amina", "Juma", "Neema")
        await amina.writes("/members")
        await amina.taps("Hand over: Facilitator")
        await amina.taps("Juma")
        yes = juma.button("Yes, gladly")
        await neema.presses_data(neema.messages()[-1], yes.data or "")
        assert "no longer in use" in neema.toast
        await amina.presses_data(amina.messages()[-1], yes.data or "")
        assert "no longer in use" in amina.toast
        await juma.presses(yes)
        await juma.presses(yes)
        assert "changed since" in juma.toast
        assert set(await who_holds(village, "facilitator")) == {"Juma"}

    async def test_falls_away_with_the_office_it_was_of(self, village: Village) -> None:
        """Asked on Monday, elected away on Tuesday: Wednesday's yes gives nothing."""
        _, [amina, juma, neema] = await kitui(village, "Amina", "Juma", "Neema")
        await elects(village, amina, "treasurer")
        await amina.writes("/members")
        await amina.taps("Hand over: Treasurer")
        await amina.taps("Juma")
        await elects(village, neema, "treasurer")
        assert "elected Neema: Treasurer" in amina.reads
        await juma.taps("Yes, gladly")
        assert "changed since" in juma.toast
        assert set(await who_holds(village, "treasurer")) == {"Neema"}

    async def test_offers_only_those_who_may_hold_it(self, village: Village) -> None:
        """Juma keeps the money, Neema witnesses already, Otieno lives with her."""
        _, [amina, juma, neema, otieno, wanjiru] = await kitui(
            village, "Amina", "Juma", "Neema", "Otieno", "Wanjiru"
        )
        await moves_in_with(village, otieno, neema)
        for who, office in ((juma, "treasurer"), (amina, "witness"), (neema, "witness")):
            await takes_office(village, who, office)  # type: ignore[arg-type]  # offices all
        await amina.writes("/members")
        await amina.taps("Hand over: Witness")
        assert amina.labels() == ["Wanjiru"]
        ids = await village.finds(lambda at: {one.name: one.id for one in members.of_group(at, 1)})
        for name, words in (
            ("Juma", "keeps the money"),
            ("Otieno", "of the same household"),
            ("Amina", "no longer in use"),
        ):
            await amina.presses_data(amina.messages()[-1], f"office_to:{ids[name]}:3")
            assert words in amina.toast, name
        await wanjiru.presses_data(wanjiru.messages()[-1], f"office_to:{ids['Juma']}:3")
        assert "no longer in use" in wanjiru.toast, "she holds nothing to hand over"

    async def test_asks_nobody_who_cannot_be_written_to(self, village: Village) -> None:
        _, [amina, juma] = await kitui(village, "Amina", "Juma")
        village.world.block(juma.id)
        await village.settles()
        await amina.writes("/members")
        await amina.taps("Hand over: Facilitator")
        await amina.taps("Juma")
        assert "cannot write to Juma yet" in amina.toast


class TestAnElection:
    async def test_needs_no_word_of_who_holds_the_office(self, village: Village) -> None:
        """A woman and a man facilitate; a third is elected, and who served longest steps down."""
        group, [amina, juma, neema] = await kitui(village, "Amina", "Juma", "Neema")
        await elects(village, juma, "facilitator")
        assert "The group elected you: Facilitator" in juma.reads
        assert set(await who_holds(village, "facilitator")) == {"Amina", "Juma"}
        await village.waits(days=1)
        await elects(village, neema, "facilitator")
        assert "elected Neema: Facilitator. Thank you" in amina.reads
        assert set(await who_holds(village, "facilitator")) == {"Juma", "Neema"}
        await amina.writes("/settings", in_group=True)
        assert "facilitator does this" in group.reads

    async def test_of_the_treasurer_lays_the_office_of_witness_down(self, village: Village) -> None:
        _, [_, juma, _] = await kitui(village, "Amina", "Juma", "Neema")
        await takes_office(village, juma, "witness")
        await elects(village, juma, "treasurer")
        assert await who_holds(village, "witness") == {}
        assert set(await who_holds(village, "treasurer")) == {"Juma"}
        with pytest.raises(Refusal):
            await elects(village, juma, "witness")

    async def test_again_begins_a_new_term(self, village: Village) -> None:
        _, [amina] = await kitui(village, "Amina", offices=Offices(term_months=6))
        await elects(village, amina, "treasurer")
        assert await who_holds(village, "treasurer") == {"Amina": date(2026, 9, 2)}
        await village.waits(days=30)
        await elects(village, amina, "treasurer")
        assert await who_holds(village, "treasurer") == {"Amina": date(2026, 10, 1)}

    async def test_of_somebody_who_has_left_or_is_of_another_group_fails(
        self, village: Village
    ) -> None:
        _, [_, juma] = await kitui(village, "Amina", "Juma")
        [stranger] = village.has("Stranger")
        other = await village.forms_group("Machakos", stranger)
        await village.is_set_up(other, stranger)
        ids = await village.finds(lambda at: [one.id for one in members.of_group(at, 2)])
        await leaves(juma, "Kitui")
        with pytest.raises(offices.NotInGroup):
            await elects(village, juma, "witness")
        with pytest.raises(offices.NotInGroup):
            await transacts(
                village,
                lambda at, group_id: offices.elect(at, group_id, "witness", ids[0], DECISION),
            )

    async def test_is_the_only_way_where_the_group_agreed_so(self, village: Village) -> None:
        group, [amina, juma] = await kitui(
            village, "Amina", "Juma", offices=Offices(way="election")
        )
        await juma.writes("/members", in_group=True)
        assert not any("I'd be" in label for label in juma.labels(in_group=True))
        await juma.presses_data(group.messages[-1], "office:1:3")
        assert "filled by election" in juma.toast
        await amina.presses_data(group.messages[-1], "office_yes:2:3")
        assert "filled by election" in amina.toast
        await amina.writes("/members")
        await amina.taps("Hand over: Facilitator")
        assert "filled by election" in amina.toast
        await elects(village, juma, "witness")
        assert set(await who_holds(village, "witness")) == {"Juma"}


class TestWitnesses:
    async def test_who_become_one_household_are_one(self, village: Village) -> None:
        _, [_, juma, neema] = await kitui(village, "Amina", "Juma", "Neema")
        await takes_office(village, juma, "witness")
        await takes_office(village, neema, "witness")
        await juma.writes("/members")
        await juma.taps("Kitui")
        await juma.taps("Neema")
        await neema.taps("Yes, one household")
        assert set(await who_holds(village, "witness")) == {"Juma"}
        assert neema.sees("Juma of your household witnesses already")


class TestATerm:
    async def test_is_spoken_of_two_weeks_before_its_end(self, village: Village) -> None:
        group, [amina, juma] = await kitui(
            village, "Amina", "Juma", practices=frozenset(), offices=Offices(term_months=6)
        )
        await elects(village, amina, "treasurer")
        await elects(village, juma, "witness")
        before = len(group.messages)
        await village.moves_to(datetime(2026, 8, 19, 14, 59, tzinfo=UTC))
        assert len(group.messages) == before
        assert not amina.sees("term")
        await village.moves_to(datetime(2026, 8, 19, 15, 0, tzinfo=UTC))
        assert "Your term ends on Sep 2, 2026: Treasurer" in amina.reads
        assert "Your term ends on Sep 2, 2026: Witness" in juma.reads
        assert len(group.messages) == before + 1, "once, for all of them"
        assert "Treasurer: Amina" in group.reads
        assert "Witness: Juma" in group.reads
        assert "/propose" in group.reads

        await village.moves_to(datetime(2026, 10, 1, tzinfo=UTC))
        assert len(group.messages) == before + 1
        assert set(await who_holds(village, "treasurer")) == {"Amina"}, "she goes on"

    async def test_is_as_long_as_was_agreed_when_it_began(self, village: Village) -> None:
        _, [amina, juma] = await kitui(village, "Amina", "Juma", offices=Offices(term_months=6))
        await elects(village, amina, "treasurer")

        def amend(at: Transaction, group_id: int) -> None:
            value = {"term_months": 3}
            agreement.amend(at, group_id, "offices", value, by=None, decision_id=DECISION)

        await transacts(village, amend)
        await elects(village, juma, "witness")
        assert await who_holds(village, "treasurer") == {"Amina": date(2026, 9, 2)}
        assert await who_holds(village, "witness") == {"Juma": date(2026, 6, 2)}

    async def test_that_was_renewed_is_not_spoken_of(self, village: Village) -> None:
        group, [amina] = await kitui(
            village, "Amina", practices=frozenset(), offices=Offices(term_months=6)
        )
        await elects(village, amina, "treasurer")
        await village.waits(days=90)
        await elects(village, amina, "treasurer")
        before = len(group.messages)
        await village.moves_to(datetime(2026, 9, 2, tzinfo=UTC))
        assert len(group.messages) == before
        assert not amina.sees("term ends")

    async def test_waits_where_the_group_was_spoken_to_twice_that_day(
        self, village: Village
    ) -> None:
        group, [amina] = await kitui(
            village, "Amina", practices=frozenset(), offices=Offices(term_months=6)
        )
        await elects(village, amina, "treasurer")
        await village.moves_to(datetime(2026, 8, 19, 14, 0, tzinfo=UTC))

        def speak_twice(at: Transaction, group_id: int) -> None:
            chat = groups.chat_of(at, groups.by_id(at, group_id))
            for _ in range(2):
                speaking.say(at, chat, "en", "refusals/our_mistake", urgency=speaking.UNASKED)

        await transacts(village, speak_twice)
        before = len(group.messages)
        await village.moves_to(datetime(2026, 8, 20, 14, 0, tzinfo=UTC))
        assert len(group.messages) == before
        told = [one for one in amina.messages() if "term ends" in one.content.text]
        assert len(told) == 1
        await village.moves_to(datetime(2026, 8, 20, 15, 0, tzinfo=UTC))
        assert len(group.messages) == before + 1
        assert len([one for one in amina.messages() if "term ends" in one.content.text]) == 1


class TestNobodyIsLockedOut:
    async def test_where_the_only_facilitator_leaves_anybody_takes_it_up_or_all_elect(
        self, village: Village
    ) -> None:
        group, [amina, juma, neema] = await kitui(village, "Amina", "Juma", "Neema")
        await leaves(amina, "Kitui")
        await elects(village, neema, "facilitator")
        await neema.writes("/settings", in_group=True)
        assert "Rhythm" in "".join(neema.labels(in_group=True))
        await juma.writes("/settings", in_group=True)
        assert "facilitator does this: Neema" in group.reads

    async def test_even_where_offices_are_filled_by_election(self, village: Village) -> None:
        _, [amina, juma] = await kitui(village, "Amina", "Juma", offices=Offices(way="election"))
        await leaves(amina, "Kitui")
        await juma.taps("I facilitate", in_group=True)
        assert set(await who_holds(village, "facilitator")) == {"Juma"}

    async def test_nor_given_an_office_back_unasked(self, village: Village) -> None:
        """Whoever set the group up left it; back again, she is a member like any other."""
        folk = village.has("Amina", "Juma")
        amina, juma = folk
        group = await village.forms_group("Kitui", *folk)
        await amina.taps("📍 Nairobi", in_group=True)
        await joins(amina)
        await joins(juma)
        assert set(await who_holds(village, "facilitator")) == {"Amina"}
        await leaves(amina, "Kitui")
        await joins(amina)
        assert await who_holds(village, "facilitator") == {}
        await amina.writes("/settings", in_group=True)
        assert "no facilitator" in group.reads
        await juma.taps("I facilitate", in_group=True)
        assert set(await who_holds(village, "facilitator")) == {"Juma"}

    async def test_by_telegrams_admins_who_have_no_say_here(self, village: Village) -> None:
        """Juma becomes an admin of the chat and throws Amina out of it: she facilitates on."""
        group, [amina, juma, neema] = await kitui(village, "Amina", "Juma", "Neema")
        village.world.promote(juma.id, group.id)
        await juma.writes("/settings", in_group=True)
        assert "facilitator does this: Amina" in group.reads
        await juma.writes("/setup", in_group=True)
        assert "facilitator does this: Amina" in group.reads
        village.world.kick(amina.id, group.id, by=juma.id)
        await village.settles()
        assert set(await who_holds(village, "facilitator")) == {"Amina"}
        await juma.writes("/settings", in_group=True)
        assert "facilitator does this: Amina" in group.reads
        await elects(village, neema, "facilitator")
        await neema.writes("/settings", in_group=True)
        assert "Rhythm" in "".join(neema.labels(in_group=True)), "who is no admin is obeyed"

    async def test_by_who_adds_the_bot_again(self, village: Village) -> None:
        """The only facilitator has left; an admin adds the bot anew: that gives no office."""
        group, [amina, juma] = await kitui(village, "Amina", "Juma")
        [boss] = village.has("Boss")
        village.world.join(boss.id, group.id)
        village.world.promote(boss.id, group.id)
        await leaves(amina, "Kitui")
        village.world.remove_bot(group.id, by=boss.id)
        village.world.add_bot(group.id, by=boss.id)
        await village.settles()
        await boss.writes("/settings", in_group=True)
        assert "no facilitator" in group.reads
        await joins(boss)
        assert await who_holds(village, "facilitator") == {}
        await juma.taps("I facilitate", in_group=True)
        assert set(await who_holds(village, "facilitator")) == {"Juma"}


async def test_in_spanish_it_is_said_as_one_would(village: Village) -> None:
    group, [lucia, mateo] = await kitui(village, "Lucía", "Mateo", language="es")
    await lucia.writes("/members")
    await lucia.taps_whatever("office_over")
    await lucia.taps("Mateo")
    assert "Lucía quiere pasarte este cargo: Facilitación" in mateo.reads
    await mateo.taps_whatever("office_take")
    assert group.sees("Lucía le pasó este cargo a Mateo: Facilitación")
