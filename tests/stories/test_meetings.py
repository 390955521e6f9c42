"""Meetings, as a village lives them: reminders, the chair, the agenda, one's calendar."""

from datetime import UTC, datetime, timedelta

from circle import joins, leaves
from contribution_village import contributes, transacts
from decision_village import does, proposes
from meeting_village import (
    EVE,
    FIRST,
    SATURDAYS,
    SOON,
    calendar,
    card,
    holds,
    meets,
    planned,
    posts,
    said,
)
from village import Village, words

from bot.domain.agreement_parts import Meetings
from bot.practices import speaking
from bot.storage import attendance, groups, outbox
from bot.storage.database import Transaction

# -- reminders -------------------------------------------------------------------------------------


async def test_the_group_is_reminded_the_day_before_and_an_hour_before_once(
    village: Village,
) -> None:
    amina, juma = village.has("Amina", "Juma")
    group = await meets(village, amina, juma)
    await village.moves_to(EVE - timedelta(minutes=1))
    assert posts(group) == []
    await village.moves_to(EVE)
    assert card(group).startswith(
        "📅 Meeting: Saturday, March 7, 2:30 PM\n📍 The old church\n🧭 Amina chairs."
    )
    await village.moves_to(SOON - timedelta(minutes=1))
    assert len(posts(group)) == 1
    await village.moves_to(SOON)
    assert len(posts(group)) == 2
    soon = group.messages[-1]
    assert words(soon).startswith("⏰ We meet at 2:30")
    assert soon.reply_to is not None
    assert words(soon.reply_to).startswith("📅")
    await village.moves_to(FIRST + timedelta(hours=2))
    assert len(posts(group)) == 2


async def test_each_reminder_is_one_of_the_days_two_posts(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    group = await meets(village, amina, juma)
    midnight = datetime(2026, 3, 5, 21, 0, tzinfo=UTC)  # in Nairobi

    async def unasked(since: datetime) -> int:
        chat = await village.finds(lambda at: groups.by_id(at, 1).chat_id)
        return await village.finds(lambda at: outbox.unasked_since(at, chat, since))

    await village.moves_to(EVE)
    await juma.taps("I'm coming", in_group=True)
    assert await unasked(midnight) == 1
    await village.moves_to(SOON)
    assert await unasked(midnight + timedelta(days=1)) == 1
    await amina.taps("Open the meeting", in_group=True)
    assert await unasked(midnight + timedelta(days=1)) == 1, "what somebody taps is asked for"
    assert len(posts(group)) == 2


async def test_coming_or_not_is_counted_and_nobody_is_named(village: Village) -> None:
    amina, juma, neema = village.has("Amina", "Juma", "Neema")
    group = await meets(village, amina, juma, neema)
    await village.moves_to(EVE)
    before = len(group.messages)
    await juma.taps("I'm coming", in_group=True)
    assert juma.toast == "Good. See you there."
    await neema.taps("I can't", in_group=True)
    assert neema.toast == "Noted. Only the number is shown."
    assert "1 is coming. 1 cannot." in card(group)
    await neema.taps("I'm coming", in_group=True)
    assert "2 are coming." in card(group)
    assert "cannot" not in card(group)
    assert "Neema" not in card(group)
    assert "Juma" not in card(group)
    assert len(group.messages) == before, "one message, edited in place"
    await village.moves_to(SOON)
    assert "2 are coming." in group.reads


async def test_of_the_day_only_two_posts_are_unasked(village: Village) -> None:
    """Two others spoke on Friday: the reminder comes on Saturday morning, and the hour before."""
    amina, juma = village.has("Amina", "Juma")
    group = await meets(village, amina, juma)
    await village.moves_to(EVE - timedelta(hours=1))
    await transacts(village, _speak_twice)
    await village.moves_to(EVE + timedelta(hours=3))
    assert posts(group) == []
    await village.moves_to(datetime(2026, 3, 7, 5, 0, tzinfo=UTC))
    assert card(group).startswith("📅 Meeting")
    await village.moves_to(SOON)
    assert len(posts(group)) == 2


async def test_where_the_day_is_full_the_hour_before_is_let_go(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    group = await meets(village, amina, juma)
    await village.moves_to(datetime(2026, 3, 7, 7, 0, tzinfo=UTC))
    await transacts(village, _speak_twice)
    await village.moves_to(FIRST)
    assert len(posts(group)) == 1
    await amina.taps("Open the meeting", in_group=True)
    assert card(group).startswith("🟢")


def _speak_twice(at: Transaction, group_id: int) -> None:
    group = groups.by_id(at, group_id)
    for _ in range(2):
        speaking.say(
            at,
            groups.chat_of(at, group),
            "en",
            "refusals/our_mistake",
            urgency=speaking.UNASKED,
        )


async def test_at_night_nothing_is_said(village: Village) -> None:
    """A meeting at half past seven: its hour before is night, and comes when that is over."""
    amina, juma = village.has("Amina", "Juma")
    early = Meetings(every="week", weekday=6, hour=7, minute=30)
    group = await meets(village, amina, juma, terms=early)
    await village.moves_to(datetime(2026, 3, 7, 3, 59, tzinfo=UTC))
    assert len(posts(group)) == 1
    await village.moves_to(datetime(2026, 3, 7, 4, 0, tzinfo=UTC))
    assert posts(group)[-1].startswith("⏰ We meet at 7:30")
    assert len(posts(group)) == 2


async def test_after_days_off_what_is_too_late_is_dropped(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    group = await meets(village, amina, juma)
    await village.bot_stops()
    village.sandbox.clock.set(FIRST + timedelta(days=8))
    await village.bot_starts()
    await village.moves_to(FIRST + timedelta(days=8, minutes=1))
    assert posts(group) == []
    assert juma.messages() == juma.messages()[:1]
    assert not amina.sees("Did you meet? Saturday, March 7"), "it is too long ago to be asked"
    assert amina.sees("Did you meet? Saturday, March 14")
    assert [one.starts_at for one in await planned(village)] == [
        FIRST + timedelta(weeks=number) for number in range(2, 8)
    ]


async def test_the_hour_before_is_an_hour_before_through_a_summer_time(village: Village) -> None:
    """In Boston on Sundays at ten: the clock goes forward in the night before 8 March 2026."""
    amina, juma = village.has("Amina", "Juma")
    sundays = Meetings(every="week", weekday=7, hour=10)
    group = await meets(village, amina, juma, terms=sundays, zone="America/New_York")
    await village.moves_to(datetime(2026, 3, 7, 23, 0, tzinfo=UTC))
    assert "Sunday, March 8, 10:00 AM" in card(group)
    await village.moves_to(datetime(2026, 3, 8, 12, 59, tzinfo=UTC))
    assert len(posts(group)) == 1
    await village.moves_to(datetime(2026, 3, 8, 13, 0, tzinfo=UTC))
    assert len(posts(group)) == 2
    assert [one.starts_at.hour for one in await planned(village)] == [14] * 6
    assert "10:00 AM" in posts(group)[-1].replace("\u202f", " ")


# -- the chair ------------------------------------------------------------------------------------


async def test_whoever_chairs_is_told_in_private_and_may_pass_it_on(village: Village) -> None:
    amina, juma, neema = village.has("Amina", "Juma", "Neema")
    group = await meets(village, amina, juma, neema)
    await village.moves_to(EVE)
    assert "It is your turn to chair: Saturday, March 7" in said(amina)
    await amina.taps("Not this time")
    assert "Juma chairs." in card(group)
    assert "It is your turn to chair: Saturday, March 7" in said(juma)
    await juma.taps("I can't", in_group=True)
    assert "Neema chairs." in card(group)
    await neema.taps("I can't", in_group=True)
    assert "chairs" not in card(group), "where everybody cannot, nobody is named"
    await juma.taps("I'm coming", in_group=True)
    assert "Juma chairs." in card(group)


async def test_who_left_chairs_nothing_and_who_joins_comes_first(village: Village) -> None:
    amina, juma, neema = village.has("Amina", "Juma", "Neema")
    group = await village.forms_group("Kitui", amina, juma, neema)
    await village.is_set_up(
        group, amina, juma, practices=frozenset({"meetings"}), meetings=SATURDAYS
    )
    await neema.starts()
    await village.moves_to(FIRST)
    await holds(amina, juma)
    assert "Next: Saturday, March 14, 2:30 PM\n🧭 Juma chairs." in card(group)
    await joins(neema)
    await village.moves_to(EVE + timedelta(weeks=1))
    assert "Juma chairs." in card(group), "whom the group was told stays named"
    await juma.taps("I'm coming", in_group=True)
    await leaves(juma, "Kitui")
    assert "Neema chairs." in card(group)
    assert "coming" not in card(group)


async def test_who_left_the_chat_is_passed_over_until_they_are_back(village: Village) -> None:
    amina, juma, neema = village.has("Amina", "Juma", "Neema")
    group = await meets(village, amina, juma, neema)
    village.world.leave(amina.id, group.id)
    await village.settles()
    await village.moves_to(EVE)
    assert "Juma chairs." in card(group)
    assert not amina.sees("It is your turn to chair")
    assert juma.sees("It is your turn to chair")


async def test_asked_for_in_the_group_its_card_comes_to_the_end(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    group = await meets(village, amina, juma)
    await juma.writes("/meetings", in_group=True)
    assert card(group).startswith("📅 Meeting: Saturday, March 7")
    await juma.taps("I'm coming", in_group=True)
    await amina.writes("/members", in_group=True)
    await juma.writes("/meetings", in_group=True)
    assert len(posts(group)) == 1
    assert group.reads.startswith("📅")
    assert "1 is coming." in group.reads


# -- the agenda -----------------------------------------------------------------------------------


async def test_the_agenda_gathers_what_is_open_and_what_members_add(village: Village) -> None:
    amina, juma, neema = village.has("Amina", "Juma", "Neema")
    group = await contributes(village, amina, juma, neema)
    await does(amina, "/meetings", "[Plan]", "[A single date]", "[Sat, Mar 7]", "[2:00]")
    await does(amina, "[Plan it]")
    await proposes(juma, "We buy a pump")
    await neema.writes("/ask Who has a ladder?", in_group=True)
    await juma.taps("To talk about", in_group=True)
    question = group.messages[-1]
    assert "Juma, what shall we talk about?" in words(question)
    await juma.writes("The well is dry", in_group=True, reply_to=question)
    assert question.message_id not in group.chat.messages, "the question is taken away again"
    for _ in range(2):
        await neema.taps("To talk about", in_group=True)
    asked = [one for one in group.messages if "what shall we talk about?" in words(one)]
    assert len(asked) == 1, "asked again, the first question is taken away"
    await neema.writes("/meetings Who keeps the key", in_group=True)
    await does(amina, "/meetings", "[To talk about]", "[Add something]", "Seeds for April")
    agenda = card(group)[card(group).index("📋") :]
    assert agenda.splitlines()[:7] == [
        "📋 To talk about:",
        "• 🗳 “We buy a pump”",
        "• 💰 March: 0 of 3 households have paid.",
        "• 🙋 Neema asks: Who has a ladder?",
        "• Juma: The well is dry",
        "• Neema: Who keeps the key",
        "• Amina: Seeds for April",
    ]


async def test_one_takes_off_ones_own_and_nobody_elses(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    group = await meets(village, amina, juma)
    await juma.writes("/meetings The well", in_group=True)
    await village.moves_to(EVE)
    await does(amina, "/meetings", "[To talk about]")
    assert "✕ The well" not in amina.labels()
    await amina.presses_data(amina.messages()[-1], "agenda_off:1")
    assert "I do not find this meeting" in amina.toast
    await does(juma, "/meetings", "[To talk about]", "[✕ The well]")
    assert "The well" not in card(group)
    await juma.presses_data(juma.messages()[-1], "agenda_off:1")
    assert "not to be talked about any more" in juma.toast


async def test_one_member_does_not_fill_the_agenda(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    group = await meets(village, amina, juma)
    for number in range(5):
        await juma.writes(f"/meetings Matter {number}", in_group=True)
    await juma.writes("/meetings One too many", in_group=True)
    assert "You have 5 things to talk about already." in group.reads
    await does(juma, "/meetings", "[To talk about]", "[Add]")
    assert "5 things" in juma.toast


async def test_what_was_not_reached_waits_for_the_next_time(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    group = await meets(village, amina, juma)
    await juma.writes("/meetings The well", in_group=True)
    await juma.writes("/meetings The roof", in_group=True)
    await village.moves_to(FIRST)
    await amina.taps("Open the meeting", in_group=True)
    await does(amina, "/meetings", "[To talk about]", "[⏭ The roof]")
    await amina.taps("Close · only us", in_group=True)
    assert "We talked about:\n• Juma: The well" in card(group)
    assert "The roof" not in card(group)
    await village.moves_to(EVE + timedelta(weeks=1))
    assert "To talk about:\n• Juma: The roof" in card(group)
    assert "The well" not in card(group)


async def test_the_words_of_who_left_are_not_talked_about(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    group = await meets(village, amina, juma)
    await juma.writes("/meetings My own matter", in_group=True)
    await leaves(juma, "Kitui")
    await village.moves_to(EVE)
    assert "My own matter" not in card(group)
    left = await village.finds(lambda at: at.value("SELECT count(*) FROM agenda_items"))
    assert left == 0


# -- for one's calendar ----------------------------------------------------------------------------


async def test_the_calendar_follows_what_is_moved_and_cancelled(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    await meets(village, amina, juma)
    first = await calendar(juma)
    assert [one.instant("DTSTART") for one in first] == [
        FIRST + timedelta(weeks=number) for number in range(6)
    ]
    assert {one.text("SUMMARY") for one in first} == {"Meeting: Kitui"}
    assert {one.text("LOCATION") for one in first} == {"The old church"}
    assert {one.values["SEQUENCE"] for one in first} == {"0"}

    await does(amina, "/meetings", "[Plan]", "[Sat, Mar 14]", "[Move]", "[Sun, Mar 8]", "16:00")
    await does(amina, "[Move it]", "/meetings", "[Plan]", "[Sat, Mar 21]", "[Cancel]")
    await does(amina, "[Cancel it]")
    again = {one.values["UID"]: one for one in await calendar(juma)}
    moved, cancelled = again[first[1].values["UID"]], again[first[2].values["UID"]]
    assert moved.instant("DTSTART") == datetime(2026, 3, 8, 13, 0, tzinfo=UTC)
    assert (moved.values["SEQUENCE"], moved.values["STATUS"]) == ("1", "CONFIRMED")
    assert (cancelled.values["SEQUENCE"], cancelled.values["STATUS"]) == ("1", "CANCELLED")
    assert again[first[0].values["UID"]].values == first[0].values, "what stays is the same"


async def test_from_the_groups_card_it_comes_in_private(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    group = await meets(village, amina, juma)
    await village.moves_to(EVE)
    before = len(group.messages)
    await juma.taps("Calendar", in_group=True)
    assert "6 meetings for your calendar." in said(juma)
    assert len(group.messages) == before


# -- two groups, and nobody's business -------------------------------------------------------------


async def test_a_person_in_two_groups_chooses_and_reaches_only_their_own(village: Village) -> None:
    amina, juma, neema = village.has("Amina", "Juma", "Neema")
    await meets(village, amina, juma)
    other = await meets(village, neema, juma, title="Machakos")
    await does(juma, "/meetings")
    assert juma.labels() == ["Machakos", "Kitui"]
    await does(juma, "[Machakos]")
    assert said(juma).startswith("Machakos\n")
    await village.moves_to(FIRST)
    await neema.taps("Open the meeting", in_group=other)
    theirs = neema.button("I'm here", in_group=other)
    for data in (theirs.data, "meeting_close:7:1", "meeting:7", "meetings_plan:2", "minutes:7:0"):
        await amina.presses_data(amina.messages()[-1], data or "")
        assert amina.toast, data
    assert "0 of 2 are here." in card(other)
    assert await village.finds(lambda at: attendance.of_meeting(at, 7)) == set()


async def test_the_facts_of_the_month_are_told_in_the_digest(village: Village) -> None:
    amina, juma, neema = village.has("Amina", "Juma", "Neema")
    group = await meets(village, amina, juma, neema, practices=frozenset({"meetings", "digests"}))
    await village.moves_to(FIRST)
    await holds(amina, juma)
    await village.moves_to(FIRST + timedelta(weeks=1))
    await holds(amina, juma, neema)
    await village.moves_to(datetime(2026, 4, 1, 15, 1, tzinfo=UTC))
    assert "👥 2 meetings\n2 of them by ourselves.\nOn average 3 of us were there." in group.reads
    assert "Saturday, April 4: meeting" in group.reads


async def test_from_open_to_closed_in_spanish(village: Village) -> None:
    rosa, luis = village.has("Rosa", "Luis", language="es")
    group = await meets(village, rosa, luis, title="Las Flores", language="es")
    await village.moves_to(EVE)
    assert group.reads.startswith("📅 Reunión: sábado, 7 de marzo, 14:30\n📍 The old church")
    assert "La dirige Rosa." in group.reads
    await luis.taps("Voy", in_group=True)
    assert luis.toast == "Qué bien. Nos vemos ahí."
    await village.moves_to(FIRST)
    await rosa.taps("Abrir la reunión", in_group=True)
    for one in (rosa, luis):
        await one.taps("Estoy aquí", in_group=True)
    assert "2 de 2 están aquí." in group.reads
    await rosa.taps("Fin · solo nosotros", in_group=True)
    assert "Vinieron 2 de 2. Nos reunimos por nuestra cuenta." in group.reads
    assert "La próxima: sábado, 14 de marzo, 14:30\n🧭 La dirige Luis." in group.reads
    await does(luis, "/meetings")
    assert "Nos reunimos cada sábado a las 14:30." in luis.reads
    assert "Te toca dirigirla." in luis.reads
