"""Planning meetings by buttons and short answers: rhythms, single dates, moved, cancelled."""

from datetime import UTC, date, datetime, timedelta

import pytest
from contribution_village import takes_office, transacts
from decision_village import does, votes
from meeting_village import (
    EVE,
    FIRST,
    SATURDAYS,
    calendar,
    card,
    holds,
    meets,
    planned,
    posts,
    said,
)
from village import Group, Someone, Village

from bot.domain.agreement import Agreement
from bot.domain.agreement_parts import Meetings
from bot.practices import agreement as practice
from bot.storage import attendance, groups, meetings
from bot.storage.database import Transaction


async def kitui(village: Village, *folk: Someone) -> Group:
    """A group that holds no meetings with us yet; the first one facilitates."""
    group = await village.forms_group("Kitui", *folk)
    await village.is_set_up(group, *folk, practices=frozenset({"polls"}))
    return group


async def days(village: Village) -> list[date]:
    """The local days that stand planned, the soonest first."""
    return [(one.starts_at + timedelta(hours=3)).date() for one in await planned(village)]


# -- a rhythm --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("steps", "sentence", "first"),
    [
        (
            ["[Every week]", "[Saturday]", "14:30"],
            "We meet every Saturday at 2:30 PM.",
            [date(2026, 3, 7), date(2026, 3, 14)],
        ),
        (
            ["[Every second week]", "[Tue, Mar 10]", "[5:00]"],
            "We meet every second Tuesday at 5:00 PM.",
            [date(2026, 3, 10), date(2026, 3, 24)],
        ),
        (
            ["[Monthly, by weekday]", "[Sunday]", "[The second]", "[10:00]"],
            "We meet on the second Sunday of the month at 10:00 AM.",
            [date(2026, 3, 8), date(2026, 4, 12)],
        ),
        (
            ["[Monthly, by weekday]", "[Friday]", "[The last]", "5 pm"],
            "We meet on the last Friday of the month at 5:00 PM.",
            [date(2026, 3, 27), date(2026, 4, 24)],
        ),
        (
            ["[Monthly, by day]", "28", "[10:00]"],
            "We meet on day 28 of the month at 10:00 AM.",
            [date(2026, 3, 28), date(2026, 4, 28)],
        ),
        (
            ["[Monthly, by day]", "[The last day]", "[10:00]"],
            "We meet on the last day of the month at 10:00 AM.",
            [date(2026, 3, 31), date(2026, 4, 30)],
        ),
    ],
)
async def test_a_rhythm_takes_a_few_taps(
    village: Village, steps: list[str], sentence: str, first: list[date]
) -> None:
    amina, juma = village.has("Amina", "Juma")
    group = await kitui(village, amina, juma)
    await does(amina, "/meetings", "[Plan]", "[Rhythm]", *steps)
    assert sentence in said(amina), "it is read back before it holds"
    assert not (await village.agreed()).does("meetings")
    await does(amina, "[Let it hold]")
    assert sentence in said(amina)
    assert (await village.agreed()).does("meetings")
    assert (await days(village))[:2] == first
    assert sentence.replace(" PM", "\u202fPM").replace(" AM", "\u202fAM") in group.reads
    assert "Amina changed this in our agreement" in group.reads
    await juma.writes("/agreement", in_group=True)
    assert sentence.split(" at ", maxsplit=1)[0] in group.reads


async def test_the_place_and_the_round_are_said_in_ones_own_words(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    group = await meets(village, amina, juma)
    await does(amina, "/meetings", "[Plan]", "[Place]")
    assert "So far: The old church" in said(amina)
    await does(amina, "Under <the> big tree", "[A round]", "What worked for you this week?")
    await village.moves_to(EVE)
    assert "📍 Under <the> big tree" in card(group)
    assert "🔄 A round: “What worked for you this week?”" in card(group)
    await does(amina, "/meetings", "[Plan]", "[A round]", "[No round]", "[Place]", "[Say no place]")
    assert "📍" not in card(group)
    assert "🔄" not in card(group)


@pytest.mark.parametrize(
    ("written", "answer"),
    [("half past", "Please write a time of day, as in 17:30."), ("25:00", "Please write a time")],
)
async def test_a_time_that_is_none_is_asked_again(
    village: Village, written: str, answer: str
) -> None:
    amina, juma = village.has("Amina", "Juma")
    await kitui(village, amina, juma)
    await does(amina, "/meetings", "[Plan]", "[Rhythm]", "[Every week]", "[Saturday]", written)
    assert answer in said(amina)
    await does(amina, "17:30")
    assert "We meet every Saturday at 5:30 PM." in said(amina)


async def test_a_day_that_is_none_is_asked_again(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    await kitui(village, amina, juma)
    await does(amina, "/meetings", "[Plan]", "[Rhythm]", "[Monthly, by day]", "32")
    assert "from 1 to 31" in said(amina)
    await does(amina, "31", "[10:00]")
    assert "the last day of the month" in said(amina)


async def test_a_changed_rhythm_moves_what_it_gave_and_leaves_what_was_moved_by_hand(
    village: Village,
) -> None:
    """Saturdays; the 14th was moved to Monday the 16th; then they meet on Sundays."""
    amina, juma = village.has("Amina", "Juma")
    group = await meets(village, amina, juma)
    before = {one.values["UID"] for one in await calendar(juma)}
    await does(amina, "/meetings", "[Plan]", "[Sat, Mar 14]", "[Move]", "[▶]", "[Mon, Mar 16]")
    await does(amina, "[5:00]", "[Move it]")
    await village.moves_to(EVE)
    await juma.taps("I'm coming", in_group=True)
    await does(amina, "/meetings", "[Plan]", "[Rhythm]", "[Every week]", "[Sunday]", "[10:00]")
    await does(amina, "[Let it hold]")
    assert card(group).startswith("📅 Meeting: Sunday, March 8, 10:00 AM"), "it had been told"
    assert "coming" not in card(group), "who comes said so of another day"
    assert await days(village) == [
        date(2026, 3, 8),
        date(2026, 3, 15),
        date(2026, 3, 16),
        date(2026, 3, 22),
        date(2026, 3, 29),
        date(2026, 4, 5),
        date(2026, 4, 12),
    ]
    after = await calendar(juma)
    assert before < {one.values["UID"] for one in after}, "each stays the event it was"
    assert {one.values["STATUS"] for one in after} == {"CONFIRMED"}
    assert max(int(one.values["SEQUENCE"]) for one in after) == 1


async def test_without_a_rhythm_what_it_gave_is_cancelled_and_single_dates_stay(
    village: Village,
) -> None:
    amina, juma = village.has("Amina", "Juma")
    group = await meets(village, amina, juma)
    await does(amina, "/meetings", "[Plan]", "[A single date]", "[Thu, Mar 12]", "[5:00]")
    await does(amina, "[Plan it]")
    await village.moves_to(EVE)
    await does(amina, "/meetings", "[Plan]", "[Rhythm]", "[No rhythm]", "[Let it hold]")
    assert card(group).startswith("✖️ There is no meeting: Saturday, March 7")
    assert await days(village) == [date(2026, 3, 12)]
    events = await calendar(juma)
    assert sorted(one.values["STATUS"] for one in events) == ["CANCELLED"] * 6 + ["CONFIRMED"]
    await does(amina, "/meetings", "[Plan]", "[Rhythm]", "[Every week]", "[Saturday]", "[2:00]")
    await does(amina, "[Let it hold]")
    assert (await days(village))[:2] == [date(2026, 3, 7), date(2026, 3, 12)]


async def test_switched_off_nothing_more_is_said_of_meetings(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    group = await meets(village, amina, juma)
    await transacts(village, _switch_off, amina.id)
    before = posts(group)
    await village.moves_to(FIRST + timedelta(weeks=2))
    assert posts(group) == before == []
    await juma.writes("/meetings A matter", in_group=True)
    assert "This group does not plan its meetings with me yet." in group.reads
    await juma.writes("/meetings", in_group=True)
    assert "No meeting is planned." in group.reads
    await juma.taps("In private", in_group=True)
    assert "No meeting is planned." in said(juma)


def _switch_off(at: Transaction, group_id: int, telegram_id: int) -> None:
    by = at.value("SELECT id FROM people WHERE telegram_id = :id", id=telegram_id)
    practice.amend(at, group_id, "practices", ["polls"], by=by)


async def test_planning_again_and_again_changes_nothing(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    await meets(village, amina, juma)
    before = await planned(village)

    def plan(at: Transaction, group_id: int) -> None:
        for _ in range(3):
            practice.plan_all(at, group_id)

    await transacts(village, plan)
    assert await planned(village) == before
    await village.moves_to(FIRST + timedelta(minutes=1))
    await transacts(village, plan)
    assert [one.id for one in await planned(village)] == [one.id for one in before[1:]] + [7]


# -- single dates, moved, cancelled ----------------------------------------------------------------


async def test_a_single_date_is_told_at_once_and_in_the_morning_where_it_is_night(
    village: Village,
) -> None:
    amina, juma = village.has("Amina", "Juma")
    group = await kitui(village, amina, juma)
    await village.moves_to(datetime(2026, 3, 2, 19, 0, tzinfo=UTC))  # ten in the evening
    await does(amina, "/meetings", "[Plan]", "[A single date]", "[▶]", "[Sat, Mar 21]", "[5:00]")
    assert "A meeting: Saturday, March 21, 5:00 PM" in said(amina)
    await does(amina, "[Plan it]")
    assert posts(group) == []
    await village.moves_to(datetime(2026, 3, 3, 4, 0, tzinfo=UTC))
    assert card(group).startswith("📅 Meeting: Saturday, March 21, 5:00 PM")
    await does(amina, "/meetings", "[Plan]", "[A single date]", "[▶]", "[Tue, Mar 24]", "[5:00]")
    await does(amina, "[Plan it]")
    assert card(group).startswith("📅 Meeting: Tuesday, March 24, 5:00 PM")
    yes = "meeting_set:1:0:739699:1020"
    assert date.fromordinal(739699) == date(2026, 3, 24)
    await amina.presses_data(amina.messages()[-1], yes)
    assert len(await planned(village)) == 2, "tapped twice, it is planned once"


async def test_what_has_gone_by_or_is_far_is_no_date(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    await kitui(village, amina, juma)
    today = date(2026, 3, 2).toordinal()
    await does(amina, "/meetings", "[Plan]", "[A single date]", "[Mon, Mar 2]", "9:00")
    assert "That time has gone by" in said(amina)
    for day, minutes in ((today - 1, 600), (today + 180, 600), (today, 1440), (0, 600), (10**9, 0)):
        await amina.presses_data(amina.messages()[-1], f"meeting_set:1:0:{day}:{minutes}")
        assert "That time has gone by" in amina.toast
    assert await planned(village) == []


async def test_moved_it_is_told_anew_and_asks_again_who_comes(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    group = await meets(village, amina, juma)
    await village.moves_to(EVE)
    await juma.taps("I'm coming", in_group=True)
    await does(amina, "/meetings", "[Plan]", "[Sat, Mar 7]", "[Move]", "[Sun, Mar 8]", "[2:30]")
    assert "From: Saturday, March 7, 2:30 PM\nTo: Sunday, March 8, 2:30 PM" in said(amina)
    await does(amina, "[Move it]")
    assert len(posts(group)) == 1, "the old card is taken away"
    assert card(group).startswith(
        "📅 Meeting: Sunday, March 8, 2:30 PM\nIt was moved to this time."
    )
    assert "coming" not in card(group)
    assert await village.finds(lambda at: attendance.answers(at, 1)) == {}
    await village.moves_to(FIRST)
    assert len(posts(group)) == 1, "nothing is said of the old time"
    await village.moves_to(FIRST + timedelta(days=1))
    assert posts(group)[-1].startswith("⏰")
    await holds(amina, juma)
    assert "Next: Saturday, March 14" in card(group)


async def test_moved_ahead_of_its_week_it_is_not_planned_twice(village: Village) -> None:
    """Monday's meeting is held on the Friday before; on Saturday the next ones are planned."""
    amina, juma = village.has("Amina", "Juma")
    mondays = Meetings(every="week", weekday=1, hour=14, minute=30)
    await meets(village, amina, juma, terms=mondays)
    await does(amina, "/meetings", "[Plan]", "[Mon, Mar 9]", "[Move]", "[Fri, Mar 6]", "[2:30]")
    await does(amina, "[Move it]")
    await village.moves_to(datetime(2026, 3, 6, 11, 30, tzinfo=UTC))
    await holds(amina, juma)
    await village.moves_to(datetime(2026, 3, 8, 11, 0, tzinfo=UTC))
    await transacts(village, practice.plan_all)
    assert (await days(village))[:2] == [date(2026, 3, 16), date(2026, 3, 23)]


async def test_cancelled_it_is_told_and_can_be_held_after_all(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    group = await meets(village, amina, juma)
    await juma.writes("/meetings The well", in_group=True)
    await does(amina, "/meetings", "[Plan]", "[Sat, Mar 7]", "[Cancel]", "[Cancel it]")
    assert card(group) == "✖️ There is no meeting: Saturday, March 7, 2:30 PM\nIt was cancelled."
    await juma.presses_data(group.messages[-1], "meeting_come:1:1")
    assert "This meeting is over." in juma.toast
    assert (await days(village))[0] == date(2026, 3, 14)
    await does(amina, "/meetings", "[Plan]", "[✖️ Sat, Mar 7]", "[We meet after all]")
    assert card(group).startswith("📅 Meeting: Saturday, March 7, 2:30 PM")
    assert "The well" in card(group)
    await village.moves_to(FIRST)
    await holds(amina, juma)
    assert "2 of 2 were there." in card(group)


async def test_one_meeting_can_be_elsewhere(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    group = await meets(village, amina, juma)
    await village.moves_to(EVE)
    await does(amina, "/meetings", "[Plan]", "[Sat, Mar 7]", "[Place]", "At Neema's")
    assert "📍 At Neema's" in card(group)
    await does(amina, "/meetings", "[Plan]", "[Place]", "The school")
    assert "📍 At Neema's" in card(group)
    places = {one.text("LOCATION") for one in await calendar(juma)}
    assert places == {"At Neema's", "The school"}


async def test_dates_do_not_pile_up(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    await kitui(village, amina, juma)
    await does(amina, "/meetings", "[Plan]")
    first = date(2026, 4, 1).toordinal()
    for number in range(12):
        await amina.presses_data(amina.messages()[-1], f"meeting_set:1:0:{first + number}:600")
        assert not amina.toast
    await amina.presses_data(amina.messages()[-1], f"meeting_set:1:0:{first + 12}:600")
    assert "12 single dates are planned already." in amina.toast


# -- who -------------------------------------------------------------------------------------------


async def test_the_facilitator_plans_until_the_agreement_lets_others(village: Village) -> None:
    amina, juma, neema = village.has("Amina", "Juma", "Neema")
    await meets(village, amina, juma, neema)
    await takes_office(village, juma, "treasurer")
    for one in (juma, neema):
        await does(one, "/meetings")
        assert "⚙️ Plan" not in one.labels()
        await one.presses_data(one.messages()[-1], "meetings_plan:1")
        assert "The facilitator plans the meetings here: Amina." in one.toast
        await one.presses_data(one.messages()[-1], "meeting_cancel_yes:1")
        assert "The facilitator plans" in one.toast
    await does(amina, "/meetings", "[Plan]", "[All with an office]")
    assert (await village.agreed()).meetings.planners == "offices"
    await does(juma, "/meetings", "[Plan]", "[Sat, Mar 7]", "[Cancel]", "[Cancel it]")
    assert "There is no meeting: Saturday, March 7" in said(juma)
    await neema.presses_data(neema.messages()[-1], "meetings_plan:1")
    assert "Whoever holds an office plans the meetings here." in neema.toast
    await juma.presses_data(juma.messages()[-1], "meeting_planners:1:2")
    assert "The facilitator does this: Amina." in juma.toast
    await does(amina, "/meetings", "[Plan]", "[Any member]")
    await does(neema, "/meetings", "[Plan]", "[Rhythm]", "[Every week]", "[Sunday]", "[10:00]")
    await does(neema, "[Let it hold]")
    assert (await days(village))[0] == date(2026, 3, 8)


async def test_who_plans_in_one_group_changes_nothing_in_another(village: Village) -> None:
    """Amina facilitates Kitui and is a member of Machakos, whose meetings are 7 to 12."""
    amina, juma = village.has("Amina", "Juma")
    await meets(village, amina)
    other = await meets(village, juma, amina, title="Machakos")
    await village.moves_to(EVE)
    before = card(other)
    day = date(2026, 3, 9).toordinal()
    for data in (
        "meeting_day:1:7:0",
        f"meeting_set:1:7:{day}:600",
        "meeting_no_place:1:7",
        "meeting_place:1:7",
    ):
        await amina.presses_data(amina.messages()[-1], data)
        assert "I do not find this meeting among yours." in amina.toast, data
    for data in ("meeting_cancel_yes:7", "meeting_open:7", f"meeting_set:2:7:{day}:600"):
        await amina.presses_data(amina.messages()[-1], data)
        assert amina.toast, data
    assert card(other) == before


async def test_locked_only_a_decision_changes_the_rhythm(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    locked = Agreement("en", "Africa/Nairobi", "KES").locked | {"meetings"}
    await meets(village, amina, juma, locked=locked)
    await does(amina, "/meetings", "[Plan]")
    assert "This part is locked: only a decision changes it." in said(amina)
    assert "🗓 Rhythm" not in amina.labels()
    for data in ("rhythm:1", "rhythm_hold:1:1:7:0:600", "meeting_place:1:0", "meeting_round:1"):
        await amina.presses_data(amina.messages()[-1], data)
        assert "This is locked: our meetings." in amina.toast, data
    assert (await days(village))[0] == date(2026, 3, 7)
    await does(amina, "/meetings", "[Plan]", "[A single date]", "[Thu, Mar 12]", "[5:00]")
    await does(amina, "[Plan it]")
    assert "Thursday, March 12" in said(amina), "a date is no rhythm"

    await does(juma, "/propose", "[Our agreement, offices, money]", "[📜 Our agreement]")
    await does(juma, "[our meetings]", "[The day of the week]", "[Sunday]", "[Skip]")
    await does(juma, "[Put it to the group]")
    await votes("Yes", amina, juma)
    await village.waits(minutes=11)
    assert (await village.agreed()).meetings.weekday == 7
    assert (await days(village))[0] == date(2026, 3, 8)


async def test_somebody_else_answers_nothing_for_who_may_no_more(village: Village) -> None:
    """The facilitator is asked for a place, leaves the office, and writes on: nothing is kept."""
    amina, juma = village.has("Amina", "Juma")
    await meets(village, amina, juma)
    await takes_office(village, juma, "facilitator")
    await does(amina, "/meetings", "[Plan]", "[Place]")
    await does(amina, "/members", "[Lay down: Facilitator]")
    await does(amina, "The bar")
    assert "The facilitator plans the meetings here: Juma." in said(amina)
    assert (await village.agreed()).meetings == SATURDAYS
    await does(amina, "What now?")
    assert "plans the meetings" not in said(amina), "the question is closed"


async def test_in_spanish_from_nothing_to_a_rhythm(village: Village) -> None:
    rosa, luis = village.has("Rosa", "Luis", language="es")
    group = await village.forms_group("Las Flores", rosa, luis)
    await village.is_set_up(
        group, rosa, luis, language="es", zone="America/Mexico_City", currency="MXN"
    )
    await village.moves_to(datetime(2026, 3, 2, 20, 0, tzinfo=UTC))
    await does(rosa, "/meetings", "[Planear]", "[Ritmo]", "[Al mes, día de semana]", "[domingo]")
    await does(rosa, "[El primero]", "17h30")
    assert "Nos reunimos el primer domingo del mes a las 17:30." in rosa.reads
    await does(rosa, "[Que valga]", "[Lugar]", "La escuela", "[Una sola fecha]", "[sáb, 7 mar]")
    await does(rosa, "[17:30]", "[Planearla]")
    assert group.reads.startswith("📅 Reunión: sábado, 7 de marzo, 17:30\n📍 La escuela")
    await luis.presses_data(luis.messages()[-1], "meetings_plan:1")
    assert "Aquí planea las reuniones quien facilita: Rosa." in luis.toast
    started = await village.finds(lambda at: meetings.from_on(at, 1, at.now)[1].starts_at)
    assert started == datetime(2026, 4, 5, 23, 30, tzinfo=UTC)
    assert await village.finds(lambda at: groups.agreement(at, 1).meetings.place) == "La escuela"
