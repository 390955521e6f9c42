"""A month's contribution, as those who pay, witness and look on live it."""

import pytest
from contribution_village import (
    PAID,
    YES,
    contributes,
    counted,
    faults,
    march,
    moves_in_with,
    takes_office,
)
from village import Village, photo

from bot.domain.plans import Contribution


async def test_a_month_from_the_first_reminder_to_the_last_receipt(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await contributes(village, amina, juma, neema)

    await village.moves_to(march(3))
    assert "The contribution for March is KES\u00a0500.00" in amina.reads
    assert "0712 345 678" in amina.reads
    assert "📋 0712345678" in amina.labels()

    await amina.taps(PAID)
    assert "Noted: KES\u00a0500.00. I have asked Juma and Neema to confirm it." in amina.reads
    assert not village.group.sees("Contribution")  # the board comes on the day
    await juma.taps(YES)
    assert juma.toast == "Thank you. It is in the book."
    assert "Receipt No. 1" in amina.reads
    assert "▣▢▢▢▢" in amina.reads
    assert "✓ Confirmed. It is No. 1" in neema.reads  # her request says that nothing is left to do

    await village.moves_to(march(5))
    assert village.group.sees("1 of 3 households have paid.")
    assert "Receipt" in amina.reads  # who is done is not reminded
    assert "Today is the day" in juma.reads
    board = village.group.messages[-1]
    assert "Juma" not in board.content.text
    assert "Amina" not in board.content.text

    await neema.taps(PAID)
    await amina.taps(YES)
    assert village.group.sees("2 of 3 households have paid.")
    assert village.group.sees("In the fund: KES\u00a01,000.00")
    assert len([one for one in village.group.messages if "Contribution" in one.content.text]) == 1

    await village.moves_to(march(8))
    assert "I need to talk" in juma.labels()[0]
    assert "Receipt" in neema.reads
    assert await faults(village) == []


async def test_a_tap_on_the_board_opens_it_in_private(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await contributes(village, amina, juma)
    await village.moves_to(march(5))
    await juma.taps("I've paid", in_group=True)
    assert "The contribution for March is KES\u00a0500.00." in juma.reads
    await juma.taps(PAID)
    assert "I have asked Amina" in juma.reads


async def test_pay_in_the_group_answers_in_private_with_no_new_message(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await contributes(village, amina, juma)
    before = len(village.group.messages)
    await juma.writes("/pay", in_group=True)
    assert "The contribution for" in juma.reads
    assert len(village.group.messages) == before


async def test_another_amount_is_repeated_back_before_it_counts(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await contributes(village, amina, juma)
    await village.moves_to(march(3))
    await juma.taps("Other amount")
    assert "How much did you pay?" in juma.reads
    for typed in ("ten", "1.00.0", "??", "10 dollars", "-500", "0"):
        await juma.writes(typed)
        assert "like: 1500" in juma.reads
        assert await counted(village, "claims") == 0
    await juma.sends(photo())
    assert await counted(village, "claims") == 0

    await juma.writes("1,200")
    assert "You paid KES\u00a01,200.00: is that right?" in juma.reads
    assert "May 2026: KES\u00a0200.00" in juma.reads
    assert await counted(village, "claims") == 0
    await juma.taps("Yes, KES")
    await amina.taps(YES)
    assert "for March 2026, April 2026, and May 2026" in juma.reads

    await juma.writes("/pay")
    assert "The contribution for March is paid" in juma.reads
    await village.moves_to(march(5))
    await village.moves_to(march(5).replace(month=4))
    assert not juma.sees("contribution for April")  # it was paid ahead
    await village.moves_to(march(5).replace(month=5))
    assert "KES\u00a0300.00 is left of the contribution for May" in juma.reads


async def test_parts_add_up(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await contributes(village, amina, juma)
    await village.moves_to(march(5))
    await juma.taps("Other amount")
    await juma.writes("200")
    await juma.taps("Yes, KES")
    await juma.writes("/pay")
    assert "KES\u00a0300.00 is left" in juma.reads
    assert "Waiting to be confirmed: KES\u00a0200.00." in juma.reads
    await amina.taps(YES)
    assert village.group.sees("0 of 2 households")
    await juma.writes("/pay")
    await juma.taps("✓ I paid KES\u00a0300.00")
    await amina.taps(YES)
    assert village.group.sees("1 of 2 households")


async def test_an_amount_far_ahead_is_asked_again(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await contributes(village, amina, juma)
    await juma.writes("/pay")
    await juma.taps("Other amount")
    await juma.writes("50000000")
    assert "look at the zeros" in juma.reads
    await juma.writes("500")
    assert "is that right?" in juma.reads


async def test_not_found_freezes_only_that_payment_and_tells_both(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await contributes(village, amina, juma, neema)
    await village.moves_to(march(5))
    await amina.taps(PAID)
    await neema.taps(PAID)
    request = juma.button("I don't find it")
    await juma.presses(request)
    await juma.writes("I looked at the phone twice & nothing <came>")
    assert "Please talk with each other" in juma.reads
    assert "Neema" in juma.reads
    assert "They say: I looked at the phone twice & nothing <came>" in neema.reads
    assert "Juma does not find the KES\u00a0500.00" in neema.reads
    assert amina.sees("Juma did not agree. They are talking it over")

    await juma.taps(YES)  # Amina's, which is not touched by it
    assert village.group.sees("1 of 3 households")
    await juma.taps("It is right now")
    assert village.group.sees("2 of 3 households")
    assert "Receipt No. 2" in neema.reads


async def test_others_wait_while_a_payment_is_talked_over(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await contributes(village, amina, juma, neema)
    await village.moves_to(march(5))
    await neema.taps(PAID)
    yes = amina.button(YES)
    await juma.taps("I don't find it")
    await juma.taps("Another amount")
    assert "They say: another amount came." in neema.reads
    await amina.presses(yes)
    assert "did not find this payment" in amina.toast
    assert await counted(village, "entries") == 0

    await neema.taps("Take it back")
    assert "Nothing was counted" in neema.reads
    assert juma.sees("Neema has taken it back")
    await juma.taps("It is right now")
    assert "settled already" in juma.toast
    assert await counted(village, "entries") == 0
    await neema.taps("I've paid")
    await neema.taps(PAID)
    assert await counted(village, "claims") == 2


async def test_a_double_tap_says_it_once(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await contributes(village, amina, juma)
    await village.moves_to(march(5))
    first, second = [one for one in juma.buttons() if one.label == PAID]
    await juma.presses(second)
    await juma.presses(second)
    assert "Noted: KES\u00a0500.00" in juma.reads
    await juma.presses(first)  # the reminder of two days before
    assert "said so already" in juma.toast
    assert await counted(village, "claims") == 1
    yes = amina.button(YES)
    await amina.presses(yes)
    await amina.presses(yes)
    assert await counted(village, "entries") == 1
    assert [one for one in juma.messages() if "Receipt" in one.content.text][1:] == []


async def test_nobody_of_the_household_confirms(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await contributes(village, amina, juma, neema)
    await moves_in_with(village, juma, amina)
    await village.moves_to(march(5))
    assert village.group.sees("0 of 2 households have paid.")
    await amina.taps(PAID)
    assert not juma.sees("Is the money there?")
    for one in (amina, juma):
        await one.presses_data(one.messages()[-1], "witness:1")
        assert "another household" in one.toast
    assert await counted(village, "entries") == 0
    await neema.taps(YES)
    assert village.group.sees("1 of 2 households have paid.")
    await juma.presses_data(juma.messages()[-1], "pay:1")
    assert "is paid" in juma.reads


async def test_two_witnesses_of_two_households_where_the_group_agreed_so(village: Village) -> None:
    [amina, juma, neema, otieno] = village.has("Amina", "Juma", "Neema", "Otieno")
    await contributes(village, amina, juma, neema, otieno, witnesses=2)
    await moves_in_with(village, otieno, neema)
    await village.moves_to(march(5))
    await amina.taps(PAID)
    await neema.taps(YES)
    assert "One more household must confirm it" in neema.toast
    await otieno.taps(YES)
    assert await counted(village, "entries") == 0  # of one household with Neema
    await juma.taps(YES)
    assert "Confirmed by Neema, Otieno, and Juma." in amina.reads


async def test_where_there_are_witnesses_only_they_and_the_treasurer_confirm(
    village: Village,
) -> None:
    [amina, juma, neema, otieno] = village.has("Amina", "Juma", "Neema", "Otieno")
    await contributes(village, amina, juma, neema, otieno)
    await takes_office(village, juma, "witness")
    await takes_office(village, neema, "treasurer")
    await village.moves_to(march(5))
    await amina.taps(PAID)
    assert "I have asked Juma and Neema" in amina.reads
    await otieno.presses_data(otieno.messages()[-1], "witness:1")
    assert "confirm payments. Please leave this one to them." in otieno.toast
    await juma.taps(PAID)
    assert juma.sees("I have asked Neema to confirm")


async def test_for_somebody_without_a_phone(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await contributes(village, amina, juma, neema)
    await village.moves_to(march(5))
    await amina.taps("For somebody else")
    assert amina.labels()[:2] == ["Juma", "Neema"]
    await amina.taps("Neema")
    assert "For Neema." in amina.reads
    await amina.taps(PAID)
    assert (
        "I have asked Juma to confirm it." in amina.reads
    )  # neither Amina's household nor Neema's
    await neema.presses_data(neema.messages()[-1], "witness:1")
    assert "another household" in neema.toast
    await juma.taps(YES)
    assert "For Neema." in amina.reads
    assert "Paid by Amina." in neema.reads
    assert "Your household so far: KES\u00a0500.00" in neema.reads


async def test_a_group_of_one_household_is_told_what_is_needed(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await contributes(village, amina, juma)
    await moves_in_with(village, juma, amina)
    await village.moves_to(march(5))
    await amina.taps(PAID)
    assert "somebody of another household must confirm it" in amina.reads
    assert "/join" in amina.reads


async def test_a_payment_nobody_confirmed_is_followed_up_in_private(village: Village) -> None:
    people = village.has("Amina", "Juma", "Neema", "Otieno", "Wanjiru", "Kamau")
    [amina, juma, *_] = people
    await contributes(village, *people)
    await village.moves_to(march(5))
    await amina.taps(PAID)
    asked = [one for one in people if one.sees("Is the money there?")]
    assert len(asked) == 3
    await village.waits(days=1, minutes=1)
    assert "It still waits for somebody to look." in asked[0].reads
    assert len([one for one in people if one.sees("Is the money there?")]) == 5
    assert sum("Is the money there?" in one.content.text for one in juma.messages()) == 1
    await village.waits(days=2)
    assert "Your KES\u00a0500.00 still waits to be confirmed" in amina.read_all()


async def test_nobody_is_asked_at_night(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await contributes(village, amina, juma)
    await village.moves_to(march(3, 20))  # eleven in the evening
    await amina.taps(PAID)
    assert "I have asked Juma" in amina.reads
    assert not juma.sees("Is the money there?")
    await village.moves_to(march(4, 4))
    assert juma.sees("Is the money there?")


async def test_i_need_to_talk_tells_one_person_and_no_more(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await contributes(village, amina, juma, neema)
    await village.moves_to(march(8))
    await juma.taps("I need to talk")
    assert "Shall I tell Amina" in juma.reads
    await juma.taps("Yes, tell Amina")
    assert "Juma would like to talk with you" in amina.reads
    assert "500" not in amina.reads
    assert not neema.sees("Juma")
    assert not village.group.sees("Juma")


async def test_after_days_off_the_board_is_caught_up_and_reminders_are_not(
    village: Village,
) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await contributes(village, amina, juma)
    await village.bot_stops()
    village.sandbox.clock.set(march(6, 9))
    await village.bot_starts()
    await village.waits(minutes=1)
    assert village.group.sees("0 of 2 households have paid.")
    assert not juma.sees("Its day is")
    assert not juma.sees("Today is the day")
    await village.moves_to(march(8))
    assert juma.sees("I need to talk") is False
    assert "💬 I need to talk" in juma.labels()


async def test_the_next_month_has_a_board_of_its_own(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await contributes(village, amina, juma)
    await village.moves_to(march(5))
    await juma.taps(PAID)
    await amina.taps(YES)
    await village.moves_to(march(6).replace(month=4))
    boards = [one for one in village.group.messages if "Contribution for" in one.content.text]
    assert "1 of 2 households" in boards[0].content.text
    assert boards[0].markup is None or not boards[0].markup.rows
    assert "Contribution for April" in boards[1].content.text
    assert "0 of 2 households" in boards[1].content.text


@pytest.mark.parametrize(
    "data",
    [
        "paid:1:1:1:202603:1",
        "paid:1:1:1:202603:99999999999",
        "paid:1:1:1:202699:50000",
        "paid:1:1:1:209901:50000",
        "paid:1:99:1:202603:50000",
        "paid:99:1:1:202603:50000",
        "paid:2:3:1:202603:50000",
        "pay:2",
        "pay:1:3",
        "pay:99:99",
        "paid:1:1:2:202603:50000",
        "paid:1:1:1:2026911:50000",
        "pay_plan:2:3:1",
        "pay_plan:1:1:2",
        "pay_plan:1:3:1",
        "pay_times:2:3:1:2",
        "pay_times:1:1:1:7",
        "pay_times:1:1:2:2",
        "pay_pledge:1:1:1",
        "pay_pledge:2:3:1",
        "pay_no_pledge:2:1",
        "pay_code:1:1",
        "pay_code:2:1",
        "pay_other:2:3:1",
        "pay_other:1:3:1",
        "pay_right:1:1:1:0",
        "pay_right:1:1:1:4000000000000000000",
        "pay_right:2:3:1:100",
        "pay_for:2:0",
        "pay_for:77:0",
        "pay_talk:2",
        "pay_tell:99",
        "pay_tell:2",
        "pay_back:1",
        "pay_back:99",
        "witness:1",
        "witness:99",
        "not_found:1",
        "not_found:99",
        "not_found_why:1:0",
        "not_found_why:1:9",
        "passbook:2",
        "passbook:99",
        "fund:2",
        "fund:99",
    ],
)
async def test_forged_and_foreign_presses_change_nothing(village: Village, data: str) -> None:
    [amina, juma, neema, otieno] = village.has("Amina", "Juma", "Neema", "Otieno")
    await contributes(village, amina, juma)
    await village.forms_group("Makueni", neema, otieno)
    other = village.groups[1]
    await village.is_set_up(
        other,
        neema,
        otieno,
        practices=frozenset({"contributions"}),
        plans=(Contribution(amount_minor=50_000),),
    )
    await village.moves_to(march(5))
    await neema.taps(PAID)  # payment 1, of the other group
    facts = [await counted(village, one) for one in ("claims", "claim_events", "entries")]
    assert facts == [1, 0, 0]

    for message in (amina.messages()[-1], village.group.messages[-1]):
        await amina.presses_data(message, data)
        assert amina.toast, f"{data} is answered with words"
        assert "our side" not in amina.toast
    facts = [await counted(village, one) for one in ("claims", "claim_events", "entries")]
    assert facts == [1, 0, 0]
    assert village.group.sees("0 of 2 households")


async def test_a_press_of_ones_own_with_too_large_a_page_shows_an_empty_one(
    village: Village,
) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await contributes(village, amina, juma)
    await amina.writes("/passbook")
    await amina.presses_data(amina.messages()[-1], "passbook:1:99999")
    assert "Passbook of Amina" in amina.reads
    await amina.presses_data(amina.messages()[-1], "pay_for:1:99999")
    assert "There is no other household" in amina.reads
