"""/settings: the facilitator changes what the group has not locked; the group is told."""

from datetime import UTC, datetime

import pytest
from contribution_village import takes_office, transacts
from village import Group, Someone, Village, sticker, words

from bot.domain.agreement_parts import Joining, Loans, Offices, Quiet, SocialFund
from bot.practices import agreement
from bot.storage.database import Transaction


async def kitui(village: Village, *names: str, language: str = "en") -> tuple[Group, list[Someone]]:
    folk = village.has(*names, language=language)
    group = await village.forms_group("Kitui", *folk)
    await village.is_set_up(group, *folk, language=language)
    return group, folk


async def locks(village: Village, part: str) -> None:
    """The group locks a part by a decision."""

    def lock(at: Transaction, group_id: int) -> None:
        agreement.lock(at, group_id, part, by=None, decision_id=7)

    await transacts(village, lock)


class TestInPrivate:
    async def test_a_number_is_written_and_holds_at_once(self, village: Village) -> None:
        group, [amina, _] = await kitui(village, "Amina", "Juma")
        before = len(group.messages)
        await amina.writes("/settings")
        await amina.taps("the check-in")
        assert "The check-in opens on day 24" in amina.reads
        await amina.taps("How long it is open")
        assert "Write a number from 1 to 14" in amina.reads
        await amina.writes("7")
        assert "It holds from now" in amina.reads
        assert "It stays open 7 days." in amina.reads
        assert (await village.agreed()).check_in.open_days == 7
        assert len(group.messages) == before + 1
        assert "Amina changed this in our agreement" in group.reads
        assert "It stays open 7 days." in group.reads

    async def test_what_cannot_be_is_asked_again(self, village: Village) -> None:
        _, [amina] = await kitui(village, "Amina")
        await amina.writes("/settings")
        await amina.taps("the check-in")
        await amina.taps("How long it is open")
        for text in ("15", "0", "seven", "1,000"):
            await amina.writes(text)
            assert "one number" in amina.reads, text
        await amina.sends(sticker(village))
        assert "one number" in amina.reads
        await amina.writes("3")
        assert (await village.agreed()).check_in.open_days == 3

    async def test_a_choice_is_tapped(self, village: Village) -> None:
        _, [amina] = await kitui(village, "Amina")
        await amina.writes("/settings")
        await amina.taps("who may join")
        await amina.taps("Who may join")
        await amina.taps("Whom we decide on")
        assert (await village.agreed()).joining == Joining(way="decision")
        await amina.taps("In our words")
        await amina.writes("Families of the valley, <b>whoever</b> they are")
        assert "<b>whoever</b>" in amina.reads
        await amina.taps("Back")
        await amina.taps("offices and terms")
        await amina.taps("How they are filled")
        await amina.taps("By election")
        await amina.taps("Months of a term")
        await amina.writes("24")
        assert (await village.agreed()).offices == Offices(way="election", term_months=24)
        assert len(amina.messages()) <= 5

    async def test_an_amount_is_repeated_back_before_it_counts(self, village: Village) -> None:
        _, [amina] = await kitui(village, "Amina")
        await amina.writes("/settings")
        await amina.taps("the social fund")
        await amina.taps("Yes or no")
        await amina.taps("Yes")
        await amina.taps("A gift at most")
        await amina.writes("7,00")
        assert "KES" in amina.reads
        await amina.writes("700")
        assert "One gift is at most KES\u00a0700.00." in amina.reads
        assert (await village.agreed()).social_fund == SocialFund()
        await amina.taps("✅ Yes")
        assert (await village.agreed()).social_fund == SocialFund(most_minor=70_000)
        assert "It holds from now" in amina.reads
        await amina.taps("A gift at most")
        await amina.taps("No limit")
        assert (await village.agreed()).social_fund == SocialFund()

    async def test_what_has_screens_of_its_own_is_led_to(self, village: Village) -> None:
        _, [amina] = await kitui(village, "Amina")
        await amina.writes("/settings")
        await amina.taps("the contributions")
        await amina.taps("Contributions")
        assert "Another plan" in "".join(amina.labels())
        await amina.writes("/settings")
        await amina.taps("what the check-in asks")
        await amina.taps("Questions")
        assert not amina.toast

    async def test_practices_and_the_language_are_switched(self, village: Village) -> None:
        group, [amina] = await kitui(village, "Amina")
        await amina.writes("/settings")
        await amina.taps("what we do")
        await amina.taps("quick polls")
        assert "polls" not in (await village.agreed()).practices
        await amina.taps("quick polls")
        assert "polls" in (await village.agreed()).practices
        await amina.taps("contributions")
        assert "How much does one give?" in amina.toast
        assert "contributions" not in (await village.agreed()).practices
        await amina.taps("Back")
        await amina.taps("the language")
        await amina.taps("Español")
        assert (await village.agreed()).language == "es"
        assert "cambió esto en nuestro acuerdo" in group.reads

    async def test_an_answer_belongs_to_what_was_asked_last(self, village: Village) -> None:
        _, [amina] = await kitui(village, "Amina")
        await amina.writes("/settings")
        await amina.taps("the check-in")
        await amina.taps("The day")
        await amina.taps("Back")
        await amina.writes("9")
        assert (await village.agreed()).version == 1, "gone back, nothing is asked any more"

    async def test_which_group_is_asked_where_there_are_several(self, village: Village) -> None:
        _, [amina] = await kitui(village, "Amina")
        other = await village.forms_group("Machakos", amina)
        await village.is_set_up(other, amina)
        await amina.writes("/settings")
        await amina.taps("Machakos")
        await amina.taps("the digest")
        await amina.taps("The hour")
        await amina.writes("17")
        assert (await village.agreed(other)).digest.hour == 17
        assert (await village.agreed(village.group)).digest.hour == 18


class TestLocks:
    async def test_show_and_lead_to_a_decision(self, village: Village) -> None:
        _, [amina, _] = await kitui(village, "Amina", "Juma")
        await amina.writes("/settings")
        await amina.taps("the check-in")
        day = amina.button("The day")
        await locks(village, "check_in")
        await amina.presses(day)
        assert "This is locked: the check-in" in amina.toast
        assert "/propose" in amina.toast
        await amina.taps("Back")
        assert "🔒 the check-in" in amina.labels()
        await amina.taps("🔒 the check-in")
        assert "any member can put it to a decision with /propose" in amina.reads
        assert amina.labels() == ["‹ Back"]

    async def test_set_meanwhile_hold_against_an_answer_on_its_way(self, village: Village) -> None:
        _, [amina] = await kitui(village, "Amina")
        await amina.writes("/settings")
        await amina.taps("the check-in")
        await amina.taps("The day")
        await locks(village, "check_in")
        await amina.writes("9")
        assert "This is locked: the check-in" in amina.reads
        assert (await village.agreed()).check_in.day == 24

    async def test_hold_in_the_groups_own_set_up_too(self, village: Village) -> None:
        _, [amina] = await kitui(village, "Amina")
        await locks(village, "check_in")
        await amina.writes("/settings", in_group=True)
        await amina.taps("Rhythm", in_group=True)
        await amina.taps("10", in_group=True)
        await amina.taps("Let it hold", in_group=True)
        assert "This is locked: the check-in" in amina.toast
        assert (await village.agreed()).check_in.day == 24

    async def test_are_on_whatever_could_cost_money(self, village: Village) -> None:
        _, [amina] = await kitui(village, "Amina")
        await amina.writes("/settings")
        for label in ("🔒 loans", "🔒 what follows a miss", "🔒 changing a locked part"):
            assert any(label in one for one in amina.labels()), label
        for number in range(60):
            await amina.presses_data(amina.messages()[-1], f"set_value:1:{number}:1")
        agreed = await village.agreed()
        assert agreed.loans is None
        assert agreed.late.fine_minor == 0
        assert agreed.amendments.method == "two_thirds"
        assert agreed.loans != Loans()


class TestOnlyTheFacilitator:
    async def test_may_open_them(self, village: Village) -> None:
        group, [_, juma] = await kitui(village, "Amina", "Juma")
        await juma.writes("/settings")
        assert "The facilitator does this: Amina" in juma.reads
        assert "/propose" in juma.reads
        await juma.writes("/settings", in_group=True)
        assert "The facilitator does this: Amina" in group.reads
        [stranger] = village.has("Stranger")
        await stranger.starts()
        await stranger.writes("/settings")
        assert "Nothing is agreed yet" in stranger.reads

    @pytest.mark.parametrize("office", ["treasurer", "record_keeper", "witness", "representative"])
    async def test_whatever_other_office_somebody_holds(
        self, village: Village, office: str
    ) -> None:
        _, [_, juma] = await kitui(village, "Amina", "Juma")
        await takes_office(village, juma, office)  # type: ignore[arg-type]  # an office
        await juma.writes("/settings")
        assert "The facilitator does this: Amina" in juma.reads

    async def test_whoever_forges_a_button(self, village: Village) -> None:
        """A member, a stranger, and the facilitator from within the group's chat."""
        group, [amina, juma] = await kitui(village, "Amina", "Juma")
        [stranger] = village.has("Stranger")
        other = await village.forms_group("Machakos", stranger)
        await village.is_set_up(other, stranger)
        for who, message in (
            (juma, juma.messages()[-1]),
            (stranger, stranger.messages()[-1]),
            (amina, group.messages[-1]),
        ):
            for data in (
                "set:1",
                "set_part:1:7",
                "set_knob:1:4",
                "set_value:1:11:1",
                "set_sure:1:0:5",
                "set_practice:1:0:0",
                "set_language:1:1",
                "set:99",
                "set_part:1:99",
                "set_part:1:5",
                "set_knob:1:99",
                "set_value:1:11:9",
                "set_language:1:99",
            ):
                await who.presses_data(message, data)
                assert who.toast, (who.name, data)
                assert "our side" not in who.toast, (who.name, data)
        assert (await village.agreed(group)).version == 1

    async def test_and_who_is_no_admin_is_obeyed(self, village: Village) -> None:
        _, [_, juma] = await kitui(village, "Amina", "Juma")
        village.world.promote(juma.id, village.group.id)
        await takes_office(village, juma, "facilitator")
        village.world.demote(juma.id, village.group.id)
        await juma.writes("/settings")
        await juma.taps("the check-in")
        await juma.taps("The day")
        await juma.writes("9")
        assert (await village.agreed()).check_in.day == 9


class TestTheGroup:
    async def test_is_told_once_a_day_in_one_message(self, village: Village) -> None:
        group, [amina, _] = await kitui(village, "Amina", "Juma")
        before = len(group.messages)
        await amina.writes("/settings")
        for part, knob, answer in (
            ("the check-in", "The day", "9"),
            ("the check-in", "The day", "12"),
            ("the digest", "The hour", "17"),
        ):
            await amina.taps(part)
            await amina.taps(knob)
            await amina.writes(answer)
            await amina.taps("Back")
        assert len(group.messages) == before + 1
        assert "on day 12" in group.reads
        assert "on day 9" not in group.reads
        assert "It comes at 5:00" in group.reads
        await village.waits(days=1)
        await amina.taps("the quiet hours")
        await amina.taps("From what hour")
        await amina.writes("20")
        assert len(group.messages) == before + 2
        assert "8:00" in group.reads
        assert "on day 12" not in group.reads

    async def test_is_told_in_the_morning_what_was_changed_at_night(self, village: Village) -> None:
        group, [amina, _] = await kitui(village, "Amina", "Juma")
        await village.moves_to(datetime(2026, 3, 2, 19, 0, tzinfo=UTC))  # ten in the evening
        before = len(group.messages)
        await amina.writes("/settings")
        await amina.taps("the check-in")
        await amina.taps("The day")
        await amina.writes("9")
        assert len(group.messages) == before
        assert (await village.agreed()).check_in.day == 9, "it holds all the same"
        await village.moves_to(datetime(2026, 3, 3, 4, 0, tzinfo=UTC))
        assert len(group.messages) == before + 1
        assert "on day 9" in words(group.messages[-1])

    async def test_that_decided_is_not_told_again(self, village: Village) -> None:
        group, [_, _] = await kitui(village, "Amina", "Juma")
        before = len(group.messages)

        def amend(at: Transaction, group_id: int) -> None:
            agreement.amend(at, group_id, "quiet", {"from_hour": 20}, by=None, decision_id=7)

        await transacts(village, amend)
        assert len(group.messages) == before
        assert (await village.agreed()).quiet == Quiet(from_hour=20)


async def test_in_spanish_it_reads_as_one_would_say_it(village: Village) -> None:
    group, [lucia, _] = await kitui(village, "Lucía", "Mateo", language="es")
    await lucia.writes("/settings")
    await lucia.taps("el repaso del mes")
    await lucia.taps("El día")
    assert "Escribe un número del 1 al 31" in lucia.reads
    await lucia.writes("10")
    assert "Vale desde ahora" in lucia.reads
    assert "El repaso se abre el día 10 del mes." in group.reads
    assert "Lucía cambió esto en nuestro acuerdo" in group.reads
