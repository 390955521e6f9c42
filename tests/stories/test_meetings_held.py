"""A meeting that is held: opened, attended, closed, remembered; or recorded afterwards."""

from datetime import timedelta

from circle import leaves
from contribution_village import contributes
from decision_village import does, records
from meeting_village import (
    EVE,
    FIRST,
    SOON,
    card,
    holds,
    meets,
    said,
)
from village import Village

from bot.domain.agreement_parts import Meetings
from bot.handlers import (
    meeting_planning as meeting_planning_handlers,
    meetings as meetings_handlers,
)
from bot.storage import meetings


async def test_a_meeting_is_opened_attended_closed_and_counted(village: Village) -> None:
    amina, juma, neema = village.has("Amina", "Juma", "Neema")
    group = await meets(village, amina, juma, neema)
    wanjiru = await records(village, juma, "Wanjiru")
    await village.moves_to(FIRST)
    await juma.taps("Open the meeting", in_group=True)
    assert "Whoever chairs does this, or who holds an office. Amina chairs" in juma.toast
    await amina.taps("Open the meeting", in_group=True)
    assert card(group).startswith("🟢 We are meeting: Saturday, March 7, 2:30 PM\n🧭 Amina chairs.")
    await juma.taps("I'm here", in_group=True)
    await juma.taps("I'm here", in_group=True)
    assert "1 of 4 is here" not in card(group)
    assert "1 of 4 are here." in card(group)
    await amina.taps("The list", in_group=True)
    await does(amina, "[The list]", "[Wanjiru]", "[Amina]")
    assert "3 of 4 are ticked." in said(amina)
    await does(amina, "[Amina]", "[Amina]")
    await juma.presses_data(juma.messages()[-1], f"meeting_tick:1:{wanjiru}:0")
    assert "Whoever chairs does this" in juma.toast
    assert "3 of 4 are here." in card(group)
    await juma.taps("Close · only us", in_group=True)
    assert "Whoever chairs does this" in juma.toast
    assert card(group).startswith("🟢")
    await amina.taps("Close · only us", in_group=True)
    assert card(group).startswith(
        "✅ We met: Saturday, March 7, 2:30 PM\n3 of 4 were there. We met by ourselves."
    )
    assert "Juma chairs." in card(group)
    await juma.taps("Minutes", in_group=True)
    assert "You were there." in said(juma)
    await does(juma, "/meetings")
    assert "We have met 1 time. 1 time without anybody from outside." in said(juma)
    held = await village.finds(lambda at: meetings.held(at, 1, FIRST, FIRST + timedelta(days=1)))
    assert (held.count, held.alone, held.there, held.of) == (1, 1, 3, 4)


async def test_it_is_opened_shortly_before_and_by_nobody_twice(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    group = await meets(village, amina, juma)
    await village.moves_to(EVE)
    await amina.presses_data(group.messages[-1], "meeting_open:1")
    assert "A meeting is opened shortly before it begins" in amina.toast
    await amina.presses_data(group.messages[-1], "meeting_here:1")
    assert "has not begun" in amina.toast
    await village.moves_to(SOON)
    await amina.taps("Open the meeting", in_group=True)
    before = len(group.messages)
    await amina.presses_data(group.messages[-1], "meeting_open:1")
    assert len(group.messages) == before
    await amina.taps("Close · with guests", in_group=True)
    assert "by ourselves" not in card(group)
    await amina.presses_data(group.messages[-1], "meeting_close:1:1")
    assert "This meeting is over." in amina.toast
    await juma.presses_data(group.messages[-1], "meeting_here:1")
    assert "This meeting is over." in juma.toast


async def test_the_balances_are_said_and_remembered_together(village: Village) -> None:
    amina, juma, neema = village.has("Amina", "Juma", "Neema")
    group = await contributes(village, amina, juma, neema)
    await does(amina, "/meetings", "[Plan]", "[Rhythm]", "[Every week]", "[Saturday]", "14:30")
    await does(amina, "[Let it hold]")
    await village.moves_to(FIRST)
    await amina.taps("Open the meeting", in_group=True)
    assert "In the fund" not in card(group)
    await does(juma, "/pay", "[✓ I paid KES]")
    await neema.taps("Yes, it is")
    await amina.taps("Close · only us", in_group=True)
    assert "In the fund when we closed:\n• Savings: KES 500.00\nLet us all remember" in card(group)
    await village.moves_to(FIRST + timedelta(weeks=1))
    await amina.taps("Open the meeting", in_group=True)
    opened = card(group)
    assert "In the fund as we open:\n• Savings: KES 500.00\nIt is what we remembered" in opened
    await amina.taps("Close · only us", in_group=True)
    await does(neema, "/pay", "[✓ I paid KES]")
    await juma.taps("Yes, it is")
    await does(amina, "/meetings", "[Past]", "[🔎 Sat, Mar 14]", "[Minutes]", "[Write]")
    await does(amina, "All is well")
    assert "The minutes have 1 note." in card(group), "it was drawn anew"
    assert "• Savings: KES 500.00" in card(group), "as it closed, whatever came since"
    await village.moves_to(FIRST + timedelta(weeks=2))
    await amina.taps("Open the meeting", in_group=True)
    assert (
        "In the fund as we open:\n• Savings: KES 1,000.00\n"
        "When we last closed:\n• Savings: KES 500.00" in card(group)
    )


async def test_who_has_paid_is_ticked_from_the_meeting(village: Village) -> None:
    amina, juma, neema = village.has("Amina", "Juma", "Neema")
    await contributes(village, amina, juma, neema)
    await does(amina, "/meetings", "[Plan]", "[A single date]", "[Sat, Mar 7]", "[2:00]")
    await does(amina, "[Plan it]")
    await village.moves_to(FIRST)
    await amina.taps("Open the meeting", in_group=True)
    await does(amina, "/meetings", "[Who has paid]", "[Juma]")
    assert "KES 500.00" in said(amina)
    await does(juma, "/meetings")
    assert "💰 Who has paid" not in juma.labels(), "who keeps the money ticks it"


async def test_nothing_planned_is_no_calendar(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    await meets(village, amina, juma, terms=Meetings())
    await amina.presses_data(amina.messages()[-1], "meetings_file:1")
    assert "there is nothing for your calendar yet" in amina.toast


async def test_whatever_a_member_presses_nothing_breaks(village: Village) -> None:
    """Every verb of meetings with numbers it was never given: each is answered, none fails."""
    amina, juma = village.has("Amina", "Juma")
    group = await meets(village, amina, juma)
    await village.moves_to(FIRST)
    await amina.taps("Open the meeting", in_group=True)
    verbs = [
        route.name
        for module in (meetings_handlers, meeting_planning_handlers)
        for route in module.HANDLERS
        if route.kind == "tap"
    ]
    for verb in verbs:
        for count in range(1, 6):
            for who, number in ((amina, 1), (juma, 2**61)):
                data = ":".join([verb, "1", *[str(number)] * (count - 1)])[:64]
                await who.presses_data(who.messages()[-1], data)
        await juma.presses_data(group.messages[-1], f"{verb}:{2**61}")
    assert (await village.agreed()).meetings.every in {"week", "none"}


async def test_closed_too_soon_it_goes_on(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    group = await meets(village, amina, juma)
    await juma.writes("/meetings The well", in_group=True)
    await village.moves_to(FIRST)
    await holds(amina)
    await does(amina, "/meetings", "[Past]", "[🔎]", "[It is not over yet]")
    assert card(group).startswith("🟢")
    assert "To talk about:\n• Juma: The well" in card(group)
    await juma.taps("I'm here", in_group=True)
    await amina.taps("Close · with guests", in_group=True)
    assert "2 of 2 were there." in card(group)
    await village.waits(hours=13)
    await amina.presses_data(amina.messages()[-1], "meeting_reopen:1")
    assert "This meeting is over." in amina.toast


async def test_left_open_it_closes_by_itself_and_the_one_question_is_asked(
    village: Village,
) -> None:
    amina, juma = village.has("Amina", "Juma")
    group = await meets(village, amina, juma)
    await village.moves_to(FIRST)
    await amina.taps("Open the meeting", in_group=True)
    await juma.taps("I'm here", in_group=True)
    before = len(group.messages)
    await village.moves_to(FIRST + timedelta(hours=12, minutes=1))
    assert card(group).startswith("✅ We met")
    assert len(group.messages) == before, "it is night: nothing is posted"
    assert "Was anybody from outside there?" in said(amina)
    await amina.taps("Only us were there")
    assert "1 of 2 were there. We met by ourselves." in card(group)


async def test_one_that_nobody_opened_is_recorded_with_a_tap(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    group = await meets(village, amina, juma)
    await village.moves_to(EVE + timedelta(minutes=1))
    await amina.presses_data(amina.messages()[-1], "meeting_record:1:1")
    assert "has not begun" in amina.toast
    await village.moves_to(FIRST + timedelta(hours=3))
    assert "Did you meet? Saturday, March 7" in said(amina)
    assert not juma.sees("Did you meet?"), "whoever chairs and whoever holds an office is asked"
    before = len(group.messages)
    await amina.taps("We met · only us")
    await does(amina, "[The list]", "[Juma]", "[The meeting]")
    assert "1 of 2 were there. We met by ourselves." in said(amina)
    assert len(group.messages) == before
    await village.moves_to(FIRST + timedelta(weeks=1, hours=3))
    await juma.taps("It was not held")  # it was Juma's turn to chair
    assert "It was not held." in said(juma)
    await amina.taps("We met · guests")
    assert "This meeting is over." in amina.toast
    await does(amina, "/meetings")
    assert "We have met 1 time." in said(amina)
    assert "Juma chairs." in said(amina), "who could not chair is first the next time"


async def test_who_spoke_is_counted_where_the_group_wishes(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    group = await meets(village, amina, juma)
    await village.moves_to(FIRST)
    await amina.taps("Open the meeting", in_group=True)
    await amina.presses_data(amina.messages()[-1], "meeting_spoke:1:1:0")
    assert "I do not find" in amina.toast
    await does(amina, "/meetings", "[Plan]", "[Count who spoke]", "/meetings")
    await does(amina, "[The list]", "[Amina]", "[Juma]", "[➕]", "[➕]")
    assert "🗣 2 spoke" in amina.labels()
    assert "➕" not in amina.labels(), "no more than were there"
    await does(amina, "[➖]")
    await amina.taps("Close · only us", in_group=True)
    assert "🗣 1 of us spoke." in card(group)


async def test_a_single_facilitator_gone_locks_nobody_out(village: Village) -> None:
    amina, juma, neema = village.has("Amina", "Juma", "Neema")
    group = await meets(village, amina, juma, neema)
    await leaves(amina, "Kitui")
    await village.moves_to(FIRST)
    await neema.taps("Open the meeting", in_group=True)
    assert card(group).startswith("🟢")
    await does(neema, "/meetings", "[Plan]", "[A single date]")
    assert "On which day?" in said(neema)
