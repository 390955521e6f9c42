"""Setting a group up: one message, edited in place, that anybody can begin with a tap."""

from pathlib import Path

import pytest
from village import Group, Someone, Village, sticker

from bot.domain.agreement_parts import Quiet
from bot.domain.plans import Contribution
from bot.storage import groups
from sandbox.faults import Fault


async def a_new_group(
    village: Village, *names: str, supergroup: bool = False
) -> tuple[Group, list[Someone]]:
    people = village.has(*(names or ("Amina", "Juma")))
    return await village.forms_group("Kitui Circle", *people, supergroup=supergroup), people


async def is_asked(group: Group, who: Someone, button: str, answer: str) -> None:
    """Tap a button that asks for words, and reply to what it asks."""
    await who.taps(button, in_group=True)
    await who.writes(answer, in_group=True, reply_to=group.messages[-1])


class TestTheFirstMessage:
    async def test_says_what_the_bot_is_for_and_what_it_cannot_do(self, village: Village) -> None:
        group, [amina, _] = await a_new_group(village)
        assert len(group.messages) == 1
        assert group.sees("I keep your own promises visible")
        assert group.sees("I need no admin right, and I cannot read what you write here")
        assert "📍 Nairobi 🇰🇪" in amina.labels(in_group=True)

    async def test_is_one_however_often_the_bot_is_told(self, village: Village) -> None:
        """A group tells of a new member twice: as a change of standing, and as a message."""
        group, [amina, _] = await a_new_group(village)
        await amina.writes("/setup", in_group=True)
        await amina.writes("/setup@barnraiser_bot", in_group=True)
        assert len(group.messages) == 1

    async def test_comes_with_the_command_where_the_news_was_missed(self, village: Village) -> None:
        await village.bot_stops()
        group, [amina, _] = await a_new_group(village)
        village.world.updates.forget_all()
        await village.bot_starts()
        assert not group.messages
        await amina.writes("/setup", in_group=True)
        await amina.taps("📍 Nairobi", in_group=True)
        assert group.sees("We are ready")

    async def test_speaks_the_language_of_who_added_it_and_guesses_by_it(
        self, village: Village
    ) -> None:
        [diego] = village.has("Diego", language="es-MX")
        await village.forms_group("Círculo", diego)
        spoken = await village.finds(lambda at: groups.by_id(at, 1).language)
        labels = diego.labels(in_group=True)
        if spoken == "es":
            assert any("🇲🇽" in label for label in labels)
        else:
            assert any("🇰🇪" in label for label in labels)


class TestStartWithTheUsual:
    async def test_needs_nothing_but_a_place(self, village: Village) -> None:
        group, [amina, juma] = await a_new_group(village)
        await amina.taps("📍 Nairobi", in_group=True)
        assert len(group.messages) == 1
        assert group.sees("We are ready")
        assert "holds from now" in amina.toast

        agreement = await village.agreed()
        assert (agreement.zone, agreement.currency) == ("Africa/Nairobi", "KES")
        assert agreement.practices == {"check_ins", "polls", "digests"}
        await juma.writes("/agreement", in_group=True)
        assert "Nairobi time" in group.reads
        assert "Version 1" in group.reads

    async def test_finds_a_place_by_its_town(self, village: Village) -> None:
        group, [amina, _] = await a_new_group(village)
        await is_asked(group, amina, "Find our town", "kigali")
        assert len(group.messages) == 1, "the question is taken away once it is answered"
        await amina.taps("📍 Kigali 🇷🇼", in_group=True)
        agreement = await village.agreed()
        assert (agreement.zone, agreement.currency) == ("Africa/Kigali", "RWF")

    async def test_pressed_twice_starts_once(self, village: Village) -> None:
        _group, [amina, _] = await a_new_group(village)
        button = amina.button("📍 Nairobi", in_group=True)
        await amina.presses(button)
        await amina.presses(button)
        assert "set-up is over" in amina.toast
        assert (await village.agreed()).version == 1


class TestStepByStep:
    async def test_everything_can_be_chosen(self, village: Village) -> None:
        group, [amina, _] = await a_new_group(village)
        await amina.taps("Language", in_group=True)
        await amina.taps("English", in_group=True)
        await amina.taps("Step by step", in_group=True)
        await is_asked(group, amina, "Find our town", "Kigali, Rwanda")
        await amina.taps("📍 Kigali", in_group=True)
        assert amina.labels(in_group=True)[0] == "RWF"
        await amina.taps("RWF", in_group=True)
        await amina.taps("contributions", in_group=True)
        await amina.taps("Go on", in_group=True)
        await is_asked(group, amina, "Write the amount", "1,500")
        assert group.sees("RWF\u00a01,500 a month. Is that right?")
        await amina.taps("Yes", in_group=True)
        await amina.taps("10", in_group=True)
        await is_asked(group, amina, "Write it", "MoMo 0788 000 111 (Grace)")
        await amina.taps("20", in_group=True)
        for line in ("RWF\u00a01,500 on day 10", "opens on day 20", "MoMo 0788", "📍 Kigali"):
            assert group.sees(line)
        assert len(group.messages) == 1
        await amina.taps("Start", in_group=True)

        agreement = await village.agreed()
        assert agreement.plans == (
            Contribution(amount_minor=1500, day=10, how_to_pay="MoMo 0788 000 111 (Grace)"),
        )
        assert agreement.check_in.day == 20
        assert agreement.does("contributions")

    async def test_without_check_ins_nobody_asks_for_their_day(self, village: Village) -> None:
        _group, [amina, _] = await a_new_group(village)
        await amina.taps("Step by step", in_group=True)
        await amina.taps("📍 Nairobi", in_group=True)
        await amina.taps("KES", in_group=True)
        await amina.taps("monthly check-in", in_group=True)
        await amina.taps("Go on", in_group=True)
        assert "Start" in " ".join(amina.labels(in_group=True))
        assert "📅 Rhythm" not in amina.labels(in_group=True)

    async def test_what_was_chosen_can_be_changed_before_it_holds(self, village: Village) -> None:
        group, [amina, _] = await a_new_group(village)
        await amina.taps("Step by step", in_group=True)
        await amina.taps("📍 Nairobi", in_group=True)
        await amina.taps("KES", in_group=True)
        await amina.taps("Go on", in_group=True)
        await amina.taps("15", in_group=True)
        await amina.taps("Place", in_group=True)
        await amina.taps("📍 Kampala", in_group=True)
        assert group.sees("📍 Kampala")
        assert group.sees("opens on day 15"), "a change leads back to the summary"
        assert group.sees("KES"), "the money was chosen, and stays"
        await amina.taps("Money", in_group=True)
        await is_asked(group, amina, "Another one", "ugx")
        assert group.sees("UGX")

    async def test_an_amount_is_asked_for_anew_in_another_money(self, village: Village) -> None:
        group, [amina, _] = await a_new_group(village)
        await amina.taps("Step by step", in_group=True)
        await amina.taps("📍 Nairobi", in_group=True)
        await amina.taps("KES", in_group=True)
        await amina.taps("contributions", in_group=True)
        await amina.taps("Go on", in_group=True)
        await is_asked(group, amina, "Write the amount", "500")
        typed = amina.button("Yes", in_group=True)
        await amina.taps("Back", in_group=True)
        await amina.taps("Back", in_group=True)
        await amina.taps("USD", in_group=True)
        await amina.presses_data(typed.message, typed.data or "")
        assert "earlier step" in amina.toast
        await amina.taps("Go on", in_group=True)
        assert "Write the amount" in " ".join(amina.labels(in_group=True))

    async def test_only_the_amount_that_was_seen_is_confirmed(self, village: Village) -> None:
        """Two admins at once: one confirms 500 while the other has typed 700 since."""
        group, [amina, _] = await a_new_group(village)
        await amina.taps("Step by step", in_group=True)
        await amina.taps("📍 Nairobi", in_group=True)
        await amina.taps("KES", in_group=True)
        await amina.taps("contributions", in_group=True)
        await amina.taps("Go on", in_group=True)
        await is_asked(group, amina, "Write the amount", "500")
        seen = amina.button("Yes", in_group=True)
        await is_asked(group, amina, "Another amount", "700")
        await amina.presses_data(group.messages[-1], seen.data or "")
        assert "earlier step" in amina.toast
        assert group.sees("KES\u00a0700.00 a month. Is that right?")

    async def test_a_tap_too_many_chooses_nothing_else(self, village: Village) -> None:
        """The second of two quick taps arrives when other places are offered already."""
        group, [amina, _] = await a_new_group(village)
        await amina.taps("Step by step", in_group=True)
        await is_asked(group, amina, "Find our town", "Kigali")
        button = amina.button("📍 Kigali", in_group=True)
        await amina.presses(button)
        await amina.presses_data(group.messages[-1], button.data or "")
        assert "earlier step" in amina.toast
        assert amina.labels(in_group=True)[0] == "RWF"

    async def test_a_switch_tapped_twice_is_switched_once(self, village: Village) -> None:
        group, [amina, _] = await a_new_group(village)
        await amina.taps("Step by step", in_group=True)
        await amina.taps("📍 Nairobi", in_group=True)
        await amina.taps("KES", in_group=True)
        switch = amina.button("quick polls", in_group=True)
        await amina.presses(switch)
        await amina.presses_data(group.messages[-1], switch.data or "")
        assert "▫️ quick polls" in amina.labels(in_group=True)


class TestWhoMayPress:
    async def test_an_admin_or_who_added_it_and_nobody_else(self, village: Village) -> None:
        group, [_, juma, grace] = await a_new_group(village, "Amina", "Juma", "Grace")
        await juma.taps("📍 Nairobi", in_group=True)
        assert "asking Telegram" in juma.toast
        await juma.taps("📍 Nairobi", in_group=True)
        assert "Only an admin" in juma.toast
        assert not group.sees("We are ready")

        village.world.promote(grace.id, group.id)
        await grace.taps("📍 Nairobi", in_group=True)
        await grace.taps("📍 Nairobi", in_group=True)
        assert group.sees("We are ready")

    async def test_telegram_is_asked_once_however_often_somebody_presses(
        self, village: Village
    ) -> None:
        group, [_, juma, grace] = await a_new_group(village, "Amina", "Juma", "Grace")
        button = juma.button("📍 Nairobi", in_group=True)
        assert button.data is not None
        for one in (juma, juma, juma, grace, juma):
            village.world.press(one.id, group.id, button.message.message_id, button.data)
        await village.settles()
        asked = [call.parameters["user_id"] for call in village.sandbox.calls.of("getChatMember")]
        assert sorted(asked) == sorted([juma.id, grace.id])

    async def test_telegram_is_asked_again_where_it_would_not_say(self, village: Village) -> None:
        group, [_, juma] = await a_new_group(village)
        village.world.promote(juma.id, group.id)
        refused = Fault(
            "error", "getChatMember", times=1, code=400, description="Bad Request: user not found"
        )
        village.sandbox.faults.add(refused)
        await juma.taps("📍 Nairobi", in_group=True)
        await juma.taps("📍 Nairobi", in_group=True)
        await juma.taps("📍 Nairobi", in_group=True)
        assert group.sees("We are ready")

    async def test_an_admin_of_before_presses_at_once(self, village: Village) -> None:
        amina, juma, grace = village.has("Amina", "Juma", "Grace")
        group = await village.forms_group("Kitui Circle", amina, juma, grace, add_bot=False)
        village.world.promote(juma.id, group.id)
        village.world.add_bot(group.id, by=grace.id)
        await village.settles()
        await juma.taps("📍 Nairobi", in_group=True)
        assert group.sees("We are ready")

    async def test_an_anonymous_admin_has_it_shown_and_presses_as_themselves(
        self, village: Village
    ) -> None:
        group, [_, juma] = await a_new_group(village, supergroup=True)
        village.world.promote(juma.id, group.id, anonymous=True)
        village.world.say(juma.id, group.id, "/setup", anonymous=True)
        await village.settles()
        await juma.taps("📍 Nairobi", in_group=True)
        await juma.taps("📍 Nairobi", in_group=True)
        assert group.sees("We are ready")

    async def test_an_anonymous_answer_is_told_why_it_does_not_count(
        self, village: Village
    ) -> None:
        group, [amina, _] = await a_new_group(village, supergroup=True)
        village.world.promote(amina.id, group.id, anonymous=True)
        await amina.taps("Find our town", in_group=True)
        await amina.writes("Kigali", in_group=True, reply_to=group.messages[-1])
        assert "write as yourself" in group.reads

    async def test_the_answer_of_another_does_not_count(self, village: Village) -> None:
        group, [amina, juma] = await a_new_group(village)
        await amina.taps("Find our town", in_group=True)
        await juma.writes("Kigali", in_group=True, reply_to=group.messages[-1])
        assert "📍 Nairobi 🇰🇪" in [one.label for one in amina.buttons(in_group=True)]


class TestBadInput:
    async def test_a_town_nobody_knows_is_asked_again(self, village: Village) -> None:
        group, [amina, _] = await a_new_group(village)
        await amina.taps("Find our town", in_group=True)
        question = group.messages[-1]
        await amina.writes("<b>Xyzzy</b>qqq", in_group=True, reply_to=question)
        assert "larger town" in group.reads
        assert group.messages[-1].markup is not None, "the reply field opens again"
        await amina.writes("\u202e" + "x" * 4000, in_group=True, reply_to=group.messages[-1])
        assert "larger town" in group.reads
        assert len(group.reads) < 200
        await amina.writes("Nairobi", in_group=True, reply_to=question)
        await amina.taps("📍 Nairobi", in_group=True)
        assert group.sees("We are ready")

    async def test_a_sticker_is_no_town(self, village: Village) -> None:
        group, [amina, _] = await a_new_group(village)
        await amina.taps("Find our town", in_group=True)
        village.world.send(
            amina.id, group.id, sticker(village), reply_to=group.messages[-1].message_id
        )
        await village.settles()
        assert "read words" in group.reads

    async def test_asked_twice_it_is_asked_once(self, village: Village) -> None:
        group, [amina, _] = await a_new_group(village)
        await amina.taps("Find our town", in_group=True)
        await amina.taps("Find our town", in_group=True)
        assert len(group.messages) == 2
        assert "answer that message" in amina.toast

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("ten", "in digits"),
            ("0", "more than nothing"),
            ("USD 500", "counts in KES"),
            ("99999999999999999", "more than I can count"),
            ("5.5555", "no such small part"),
        ],
    )
    async def test_an_amount_is_never_guessed(
        self, village: Village, typed: str, said: str
    ) -> None:
        group, [amina, _] = await a_new_group(village)
        await amina.taps("Step by step", in_group=True)
        await amina.taps("📍 Nairobi", in_group=True)
        await amina.taps("KES", in_group=True)
        await amina.taps("contributions", in_group=True)
        await amina.taps("Go on", in_group=True)
        await is_asked(group, amina, "Write the amount", typed)
        assert said in group.reads
        assert not group.sees("Is that right?")
        await amina.writes("١٠٠٠", in_group=True, reply_to=group.messages[-1])
        assert group.sees("KES\u00a01,000.00 a month. Is that right?")
        assert len(group.messages) == 1, "question and refusal are taken away"

    async def test_a_money_nobody_knows_is_asked_again(self, village: Village) -> None:
        group, [amina, _] = await a_new_group(village)
        await amina.taps("Step by step", in_group=True)
        await amina.taps("📍 Nairobi", in_group=True)
        await is_asked(group, amina, "Another one", "shillings")
        assert "three letters" in group.reads

    async def test_forged_and_late_presses_change_nothing(self, village: Village) -> None:
        group, [amina, _] = await a_new_group(village)
        first = group.messages[0]
        before = group.read_all()
        for data in (
            "setup:99",
            "setup_zone:9999999999",
            "setup_zone:0",
            "setup_usual:77",
            "setup_language:0",
            "setup_currency:0",
            "setup_practice:1:1",
            "setup_amount:500",
            "setup_day:0",
            "setup_rhythm:0",
            "setup_start",
            "setup_start:1",
            "setup_give_up",
            "setup_ask_amount",
            "setup_ask_pay",
            "setup_ask_currency",
            "nonsense",
            "setup:" + "9" * 50,
        ):
            await amina.presses_data(first, data)
            assert amina.toast, data
            assert "our side" not in amina.toast, data
        assert group.read_all() == before

    async def test_a_step_pressed_out_of_turn_leads_to_what_lacks(self, village: Village) -> None:
        group, [amina, _] = await a_new_group(village)
        for step in range(3, 10):
            await amina.presses_data(group.messages[0], f"setup:{step}")
            assert group.sees("Where do you live?")

    async def test_a_button_of_one_group_does_nothing_in_another(self, village: Village) -> None:
        group, [amina, juma] = await a_new_group(village)
        other = await village.forms_group("Another", juma, amina)
        await amina.presses_data(other.messages[0], "setup_usual:0")
        assert "asking Telegram" in amina.toast
        await amina.presses_data(other.messages[0], "setup_usual:0")
        assert "Only an admin" in amina.toast
        assert not group.sees("We are ready")

    async def test_the_name_of_a_group_and_its_words_cannot_break_a_message(
        self, village: Village
    ) -> None:
        [amina] = village.has("Amina <i>\u202eanimA</i> 🌾")
        group = await village.forms_group("<b>Kitui</b> & \u202e🌾", amina)
        await amina.taps("Step by step", in_group=True)
        await amina.taps("📍 Nairobi", in_group=True)
        await amina.taps("KES", in_group=True)
        await amina.taps("contributions", in_group=True)
        await amina.taps("Go on", in_group=True)
        await is_asked(group, amina, "Write the amount", "500")
        await amina.taps("Yes", in_group=True)
        await amina.taps("Go on", in_group=True)
        await is_asked(group, amina, "Write it", "</blockquote><a href='x'>\u202e" + "y" * 3000)
        await amina.taps("Go on", in_group=True)
        assert group.sees("<b>Kitui</b> &")
        await amina.taps("Start", in_group=True)
        agreement = await village.agreed()
        assert len(agreement.plans[0].how_to_pay) == 300

    async def test_set_up_in_private_is_sent_to_the_group(self, village: Village) -> None:
        [amina] = village.has("Amina")
        await amina.writes("/setup")
        assert "/setup in your group" in amina.reads
        await amina.writes("/agreement")
        assert "Nothing is agreed yet" in amina.reads


class TestReadingWhatWasAgreed:
    async def test_before_there_is_anything_says_how_it_begins(self, village: Village) -> None:
        group, [amina, _] = await a_new_group(village)
        await amina.writes("/agreement", in_group=True)
        assert "/setup in the group begins" in group.reads

    async def test_shows_every_rule_in_words(self, village: Village) -> None:
        group, [amina, juma] = await a_new_group(village)
        await village.is_set_up(
            group,
            amina,
            practices=frozenset({"check_ins", "contributions", "digests"}),
            plans=(Contribution(150_000, day=5, how_to_pay="To <Grace> & co", witnesses=2),),
        )
        await juma.writes("/agreement", in_group=True)
        for line in (
            "The check-in opens on day 24 of the month. It stays open 4 days.",
            "Savings: each household gives KES\u00a01,500.00, each month on day 5.",
            "when 2 witnesses of other households confirm it",
            "To <Grace> & co",
            "The digest comes on day 1",
            "I am silent from 9:00",
            "Facilitator: Amina",
            "Version 1.",
        ):
            assert line in group.reads
        assert "quick poll" not in group.reads

    async def test_in_private_is_for_members_group_by_group(self, village: Village) -> None:
        group, [amina, juma] = await a_new_group(village)
        second = await village.forms_group("Second Circle", amina)
        await village.is_set_up(group, amina)
        await village.is_set_up(second, amina, zone="Africa/Kampala")
        await amina.writes("/agreement")
        assert amina.sees("Nairobi time")
        assert amina.sees("Kampala time")
        await juma.writes("/agreement")
        assert "Nothing is agreed yet" in juma.reads


class TestChangingWhatWasAgreed:
    async def test_is_the_facilitators_to_do(self, village: Village) -> None:
        group, [amina, juma] = await a_new_group(village)
        await village.is_set_up(group, amina, juma)
        await juma.writes("/settings", in_group=True)
        assert "facilitator does this: Amina" in group.reads

        await amina.writes("/settings", in_group=True)
        await juma.presses_data(group.messages[-1], "setup_give_up")
        assert "Amina" in juma.toast
        await amina.taps("Rhythm", in_group=True)
        await amina.taps("10", in_group=True)
        await amina.taps("Let it hold", in_group=True)
        await juma.writes("/agreement", in_group=True)
        assert "day 10" in group.reads
        assert "Version 2" in group.reads

    async def test_keeps_every_part_that_is_not_asked(self, village: Village) -> None:
        group, [amina, _] = await a_new_group(village)
        contribution = Contribution(50_000, day=7, grace_days=9, how_to_pay="To Grace", witnesses=2)
        await village.is_set_up(
            group,
            amina,
            practices=frozenset({"contributions", "check_ins"}),
            plans=(contribution,),
            quiet=Quiet(from_hour=20),
        )
        await amina.writes("/settings", in_group=True)
        await amina.taps("Rhythm", in_group=True)
        await amina.taps("10", in_group=True)
        await amina.taps("Let it hold", in_group=True)
        agreement = await village.agreed()
        assert agreement.plans == (contribution,)
        assert agreement.quiet == Quiet(from_hour=20)
        assert agreement.version == 2

    async def test_can_be_given_up(self, village: Village) -> None:
        group, [amina, _] = await a_new_group(village)
        await village.is_set_up(group, amina)
        await amina.writes("/settings", in_group=True)
        await amina.taps("Rhythm", in_group=True)
        await amina.taps("10", in_group=True)
        await amina.taps("Leave all as it was", in_group=True)
        assert (await village.agreed()).check_in.day == 24
        assert "I'm in" in " ".join(amina.labels(in_group=True))

    async def test_that_changes_nothing_makes_no_version(self, village: Village) -> None:
        group, [amina, _] = await a_new_group(village)
        await village.is_set_up(group, amina)
        await amina.writes("/settings", in_group=True)
        await amina.taps("Let it hold", in_group=True)
        assert "Nothing was changed" in amina.toast
        assert (await village.agreed()).version == 1

    async def test_never_touches_the_money_of_the_book(self, village: Village) -> None:
        group, [amina, _] = await a_new_group(village)
        await village.is_set_up(group, amina)
        await amina.writes("/settings", in_group=True)
        assert "💰 Money" not in amina.labels(in_group=True)
        for data in ("setup:3", "setup_currency:1", "setup_ask_currency"):
            await amina.presses_data(group.messages[-1], data)
            assert amina.toast
        await amina.taps("Place", in_group=True)
        await amina.taps("📍 Kampala", in_group=True)
        await amina.taps("Let it hold", in_group=True)
        agreement = await village.agreed()
        assert (agreement.zone, agreement.currency) == ("Africa/Kampala", "KES")

    async def test_in_an_anonymous_admins_name_changes_nothing(self, village: Village) -> None:
        group, [amina, juma] = await a_new_group(village, supergroup=True)
        await village.is_set_up(group, amina)
        village.world.promote(juma.id, group.id, anonymous=True)
        village.world.say(juma.id, group.id, "/settings", anonymous=True)
        await village.settles()
        assert "Amina" in group.reads

    async def test_moves_what_is_planned(self, village: Village) -> None:
        group, [amina, _] = await a_new_group(village)
        await village.is_set_up(group, amina)
        await amina.writes("/settings", in_group=True)
        await amina.taps("Rhythm", in_group=True)
        await amina.taps("10", in_group=True)
        await amina.taps("Let it hold", in_group=True)
        await village.waits(days=9)
        assert group.sees("check-in")
        assert len(group.messages) > 1, "the round opened on the 10th, not on the 24th"


async def test_set_up_in_a_topic_it_stays_in_the_topic(village: Village) -> None:
    [amina] = village.has("Amina")
    group = await village.forms_group("Kitui Circle", amina, forum=True, topics=("Money",))
    [topic] = group.chat.topics
    village.world.say(amina.id, group.id, "/setup", thread=topic)
    await village.settles()
    assert [one.thread_id for one in group.messages] == [topic]
    await amina.taps("📍 Nairobi", in_group=True)
    await amina.writes("/agreement", in_group=True)
    assert group.messages[-1].thread_id == topic


async def test_how_a_group_pays_lies_sealed(village: Village, tmp_path: Path) -> None:
    group, [amina, _] = await a_new_group(village)
    words = "M-Pesa 0712 345 678 to Grace"
    await village.is_set_up(
        group, amina, plans=(Contribution(500, how_to_pay=words),), practices=frozenset()
    )
    assert village.bot is not None
    await village.bot.database.copy_to(tmp_path / "copy.db")
    written = (tmp_path / "copy.db").read_bytes()
    assert b"Africa" not in written
    assert b"0712 345 678" not in written
