"""The monthly check-in as its members live it."""

from datetime import timedelta

import pytest
from circle import (
    CLOSES,
    OPENS,
    OPENS_NEXT,
    REMINDS,
    REMINDS_AGAIN,
    USUAL_TAPS,
    answers_all,
    blocks_bot,
    forms_circle,
    joins,
    leaves,
    opens_circle,
    round_card,
)
from village import Media, Someone, Village, buttons_of, words

from bot.domain import agreement as agreements
from bot.domain.agreement import CheckIn
from bot.domain.calendar import parse_utc
from bot.practices import check_ins
from bot.storage import groups
from bot.storage.database import Reading, Transaction
from sandbox.state import Content, Message


async def test_a_month_from_opening_to_closing(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    group = await forms_circle(village, "Kitui Circle", amina, juma, neema)
    await blocks_bot(village, neema)
    before = len(group.messages)
    await village.moves_to(OPENS - timedelta(minutes=1))
    assert len(group.messages) == before

    await village.moves_to(OPENS)
    assert len(group.messages) == before + 1
    assert "0 of 3 are in" in round_card(village.group)
    assert "How was your month? 8 short questions, in private." in round_card(village.group)
    assert "Kitui Circle · 1/8" in amina.reads
    assert "1/8" in juma.reads
    assert "1/8" not in neema.reads

    await answers_all(amina, "We planted the beans.")
    assert "1 of 3 are in" in round_card(village.group)
    assert "Thank you, you are in for March" in amina.reads
    assert "My aim: + A little" in amina.reads
    assert "In the way: ⏳ Time" in amina.reads
    assert "Money in: + More" in amina.reads
    assert "Savings: = The same" in amina.reads
    assert "My words: “We planted the beans.”" in amina.reads

    await neema.taps("My check-in", in_group=True)
    assert "1/8" in neema.reads
    await answers_all(neema)
    assert neema.toast == "Thank you, you are in."
    assert "2 of 3 are in" in round_card(village.group)

    await village.moves_to(CLOSES)
    assert "Closed: 2 of 3 took part" in round_card(village.group)
    assert "April 24" in round_card(village.group)
    assert not any(buttons_of(one) for one in group.messages if "Check-in for March" in words(one))
    assert len(group.messages) == before + 1


async def test_nothing_anybody_answers_is_said_in_the_group(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await opens_circle(village, amina, juma)
    await answers_all(amina, "A secret of ours")
    await village.moves_to(CLOSES)
    told = group.read_all() + juma.read_all()
    for private in ("secret", "A little", "Time", "More", "Amina"):
        assert private not in told.replace("A little", "", juma.read_all().count("A little"))


async def test_nine_taps_at_most_from_the_groups_post_to_the_end(village: Village) -> None:
    [amina] = village.has("Amina")
    await opens_circle(village, amina)
    taps = ["My check-in", *USUAL_TAPS, "Skip", "Like this"]
    assert f"{len(taps) - 1} short questions" in round_card(village.group)
    await amina.taps(taps[0], in_group=True)
    for label in taps[1:]:
        await amina.taps(label)
    assert "you are in for March" in amina.reads
    assert len(taps) <= 9


async def test_the_private_chat_stays_short(village: Village) -> None:
    [amina] = village.has("Amina")
    await opens_circle(village, amina)
    before = len(amina.messages())
    await answers_all(amina)
    assert len(amina.messages()) == before


async def test_resumed_days_later_where_it_stopped(village: Village) -> None:
    [amina] = village.has("Amina")
    await opens_circle(village, amina)
    await amina.taps("A lot")
    await amina.taps("Money")
    await village.waits(days=2)
    await village.bot_stops()
    await village.bot_starts()
    await amina.writes("/checkin")
    assert "3/8" in amina.reads
    live = [one for one in amina.messages() if buttons_of(one)]
    assert len([one for one in live if "/8" in words(one)]) == 1
    await amina.taps("Not now")
    assert "4/8" in amina.reads


async def test_back_and_another_answer(village: Village) -> None:
    [amina] = village.has("Amina")
    await opens_circle(village, amina)
    assert "◀ Back" not in amina.labels()
    await amina.taps("A little")
    await amina.taps("◀ Back")
    assert "1/8" in amina.reads
    assert "✅ + A little" in amina.labels()
    await amina.taps("★ Reached")
    assert "2/8" in amina.reads
    for _ in range(6):
        await amina.taps("Skip")
    await amina.taps("Like this")
    assert "My aim: ★ Reached" in amina.reads
    assert "In the way: –" in amina.reads


async def test_going_back_two_and_on_again_asks_nothing_twice(village: Village) -> None:
    [amina] = village.has("Amina")
    await opens_circle(village, amina)
    await amina.taps("A little")
    await amina.taps("Time")
    await amina.taps("◀ Back")
    await amina.taps("◀ Back")
    assert "1/8" in amina.reads
    await amina.taps("Keep")
    assert "3/8" in amina.reads


async def test_changed_until_it_closes(village: Village) -> None:
    [amina] = village.has("Amina")
    await opens_circle(village, amina)
    await answers_all(amina, "First words")
    await amina.taps("Change")
    await amina.taps("Money in")
    assert "✅ + More" in amina.labels()
    await amina.taps("Less")
    assert amina.toast == "", "who was in already is not thanked for it again"
    assert "Money in: − Less" in amina.reads
    await amina.taps("Change")
    await amina.taps("My words")
    assert "First words" in amina.reads
    await amina.writes("Better words")
    assert "“Better words”" in amina.reads
    await amina.taps("Change")
    await amina.taps("Savings")
    await amina.taps("Leave empty")
    assert "Savings: –" in amina.reads
    assert "1 of 1 is in" in round_card(village.group)

    await village.moves_to(CLOSES)
    await amina.taps("Change")
    assert "has closed" in amina.toast


async def test_everything_may_be_left_empty(village: Village) -> None:
    [amina] = village.has("Amina")
    await opens_circle(village, amina)
    for _ in range(7):
        await amina.taps("Skip")
    await amina.taps("Like this")
    assert "You left every question empty, and that is fine." in amina.reads
    assert "1 of 1 is in" in round_card(village.group)


async def test_a_photo_or_a_voice_note_is_a_line_too(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await opens_circle(village, amina, juma)
    for label in USUAL_TAPS:
        await amina.taps(label)
        await juma.taps(label)
    await amina.sends(Content(text="Our first goat", media=Media("photo")))
    await amina.taps("Like this")
    assert "📷 “Our first goat”" in amina.reads
    await juma.sends(Content(media=Media("voice")))
    await juma.taps("Like this")
    assert "🎤 a voice note" in juma.reads
    assert "2 of 2 are in" in round_card(village.group)


# -- reminders -----------------------------------------------------------------------------------


def reminders(someone: Someone) -> list[Message]:
    return [one for one in someone.messages() if "when you have a minute" in words(one)]


async def test_two_reminders_to_those_who_are_not_done_and_to_nobody_else(village: Village) -> None:
    [amina, juma, neema, zawadi] = village.has("Amina", "Juma", "Neema", "Zawadi")
    await opens_circle(village, amina, juma, neema, zawadi)
    await answers_all(amina)
    await juma.taps("A little")

    await village.moves_to(REMINDS)
    assert [len(reminders(one)) for one in (amina, juma, neema, zawadi)] == [0, 1, 1, 1]
    await neema.taps("Check in")
    await answers_all(neema)
    await zawadi.taps("No reminders")
    assert "No more reminders" in zawadi.toast
    told = len(zawadi.messages())

    await village.moves_to(REMINDS_AGAIN)
    assert len(zawadi.messages()) == told
    assert [len(reminders(one)) for one in (amina, juma, neema, zawadi)] == [0, 2, 0, 0]
    await village.moves_to(CLOSES)
    assert [len(reminders(one)) for one in (amina, juma, neema, zawadi)] == [0, 2, 0, 0]


async def test_a_reminder_goes_on_where_it_stopped(village: Village) -> None:
    [amina] = village.has("Amina")
    await opens_circle(village, amina)
    await amina.taps("A little")
    await village.moves_to(REMINDS)
    assert "A little" not in amina.reads
    await amina.taps("Check in")
    assert "2/8" in amina.reads


async def test_who_was_at_it_a_moment_ago_is_left_in_peace(village: Village) -> None:
    [amina] = village.has("Amina")
    await opens_circle(village, amina)
    await village.moves_to(REMINDS - timedelta(minutes=5))
    await amina.taps("A little")
    await village.moves_to(REMINDS + timedelta(hours=13))
    assert not reminders(amina)


async def test_reminders_wanted_again(village: Village) -> None:
    [amina] = village.has("Amina")
    await opens_circle(village, amina)
    await village.moves_to(REMINDS)
    await amina.taps("No reminders")
    await amina.taps("Remind me")
    assert "I will remind you" in amina.toast
    await village.moves_to(REMINDS_AGAIN)
    assert len(reminders(amina)) == 2


async def test_a_reminder_says_nothing_private(village: Village) -> None:
    [amina] = village.has("Amina")
    await opens_circle(village, amina)
    await village.moves_to(REMINDS)
    told = words(reminders(amina)[0])
    assert not any(word in told.lower() for word in ("money", "sav", "aim", "month?"))


# -- coming and going ----------------------------------------------------------------------------


async def test_somebody_who_joins_while_it_is_open_is_asked_too(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await opens_circle(village, amina, others=(juma,))
    assert "of 1" in round_card(village.group)
    await joins(juma)
    assert "1/8" in juma.reads
    assert "0 of 2 are in" in round_card(village.group)


async def test_somebody_who_leaves_counts_no_longer(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await opens_circle(village, amina, juma)
    await answers_all(amina)
    for label in USUAL_TAPS:
        await juma.taps(label)
    assert "1 of 2 are in" in round_card(village.group)
    await leaves(juma)
    assert "1 of 1 is in" in round_card(village.group)
    await juma.writes("A line too late")
    assert "did not ask" in juma.reads
    await juma.taps("Skip")
    assert "members of the group" in juma.toast
    await village.moves_to(REMINDS)
    assert not reminders(juma)


async def test_a_person_in_two_groups_answers_the_right_one(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    first = await forms_circle(village, "Kitui Circle", amina, juma)
    second = await forms_circle(village, "Choir", amina)
    await village.moves_to(OPENS)
    assert amina.sees("Kitui Circle · 1/8")
    assert amina.sees("Choir · 1/8")

    for title in ("Kitui Circle", "Choir"):
        asked = next(one for one in amina.messages() if f"{title} · 1/8" in words(one))
        for _ in range(6):
            skip = next(b for b in buttons_of(asked) if "Skip" in b.label)
            await amina.presses(skip)
    kitui, choir = (
        next(one for one in amina.messages() if f"{title} · 7/8" in words(one))
        for title in ("Kitui Circle", "Choir")
    )
    await amina.writes("For Kitui", reply_to=kitui)
    assert "Kitui Circle" in amina.reads
    await amina.taps("Like this")
    assert "“For Kitui”" in amina.reads
    assert not amina.sees("Choir\nThank you")
    await amina.writes("For the choir")
    assert amina.reads.startswith("Choir")
    await amina.taps("Like this")
    assert "“For the choir”" in amina.reads
    assert "Choir" not in words(kitui)
    assert choir is not kitui
    assert first.sees("1 of 2 are in")
    assert second.sees("1 of 1 is in")


# -- /checkin ------------------------------------------------------------------------------------


async def test_the_command_says_when_the_next_one_is(village: Village) -> None:
    [amina] = village.has("Amina")
    await forms_circle(village, "Kitui Circle", amina)
    await amina.writes("/checkin")
    assert "Kitui Circle: the next check-in opens on March 24" in amina.reads
    await village.moves_to(CLOSES)
    await amina.writes("/checkin")
    assert "April 24" in amina.reads


async def test_the_command_lets_one_choose_among_groups(village: Village) -> None:
    [amina] = village.has("Amina")
    await forms_circle(village, "Kitui Circle", amina)
    await forms_circle(village, "Choir", amina)
    await village.moves_to(OPENS)
    await amina.writes("/checkin")
    assert amina.labels() == ["Choir", "Kitui Circle"]
    await amina.taps("Choir")
    assert "Choir · 1/8" in amina.reads


async def test_the_command_in_the_group_leads_to_private(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await forms_circle(village, "Kitui Circle", amina, juma)
    await blocks_bot(village, juma)
    await village.moves_to(OPENS)
    before = len(group.messages)
    await amina.writes("/checkin", in_group=True)
    assert len(group.messages) == before
    assert len([one for one in amina.messages() if "1/8" in words(one)]) == 1
    assert "goes on below" in words(amina.messages()[-2])
    await juma.writes("/checkin", in_group=True)
    assert len(group.messages) == before + 1
    await juma.taps("My check-in", in_group=True)
    assert "1/8" in juma.reads


async def test_the_command_of_somebody_in_no_group(village: Village) -> None:
    [amina] = village.has("Amina")
    await amina.starts()
    await amina.writes("/checkin")
    assert "You are in no group yet" in amina.reads


# -- when ----------------------------------------------------------------------------------------


async def test_a_new_month_opens_anew(village: Village) -> None:
    [amina] = village.has("Amina")
    group = await opens_circle(village, amina)
    await answers_all(amina)
    await village.moves_to(OPENS_NEXT)
    assert group.sees("Check-in for April")
    assert "1/8" in amina.reads
    await answers_all(amina)
    assert amina.sees("you are in for April")


async def test_a_bot_that_was_off_opens_late_while_more_than_a_day_is_left(
    village: Village,
) -> None:
    [amina] = village.has("Amina")
    group = await forms_circle(village, "Kitui Circle", amina)
    await village.bot_stops()
    village.sandbox.clock.set(CLOSES - timedelta(hours=25))
    await village.bot_starts()
    await village.waits(seconds=1)
    assert group.sees("Check-in for March")
    await village.moves_to(CLOSES)
    assert group.sees("Closed")


async def test_a_bot_that_was_off_too_long_lets_the_month_go(village: Village) -> None:
    [amina] = village.has("Amina")
    group = await forms_circle(village, "Kitui Circle", amina)
    await village.bot_stops()
    village.sandbox.clock.set(CLOSES - timedelta(hours=23))
    await village.bot_starts()
    await village.waits(seconds=1)
    assert not group.sees("Check-in for March")
    await amina.writes("/checkin")
    assert "April 24" in amina.reads
    await village.moves_to(OPENS_NEXT)
    assert group.sees("Check-in for April")


async def test_a_bot_that_comes_back_at_night_waits_for_the_morning(village: Village) -> None:
    [amina] = village.has("Amina")
    group = await forms_circle(village, "Kitui Circle", amina)
    await village.bot_stops()
    night = OPENS + timedelta(hours=8)  # two in the morning there
    village.sandbox.clock.set(night)
    await village.bot_starts()
    await village.waits(minutes=1)
    assert not group.sees("Check-in for March")
    await village.moves_to(night + timedelta(hours=5))
    assert group.sees("Check-in for March")


@pytest.mark.parametrize(
    ("hour", "back_after_hours", "then_hours", "reminded"),
    [
        (18, 2, 0, True),  # eight in the evening
        (18, 13, 0, False),  # the next morning: too late
        (18, 8, 6, False),  # at night, and the morning would be too late
        (20, 7, 0, False),  # at night …
        (20, 7, 5, True),  # … and in the morning, eleven hours late
    ],
)
async def test_a_reminder_the_bot_was_off_for(
    village: Village, hour: int, back_after_hours: int, then_hours: int, *, reminded: bool
) -> None:
    [amina] = village.has("Amina")
    await forms_circle(village, "Kitui Circle", amina, check_in=CheckIn(hour=hour))
    opens = OPENS + timedelta(hours=hour - 18)
    await village.moves_to(opens)
    await village.bot_stops()
    village.sandbox.clock.set(opens + timedelta(days=1, hours=back_after_hours))
    await village.bot_starts()
    await village.waits(hours=then_hours, seconds=1)
    assert len(reminders(amina)) == int(reminded)


async def test_months_of_being_off_are_caught_up_in_order(village: Village) -> None:
    [amina] = village.has("Amina")
    group = await opens_circle(village, amina)
    await village.bot_stops()
    village.sandbox.clock.set(OPENS_NEXT + timedelta(days=61, hours=1))  # in June's round
    await village.bot_starts()
    await village.waits(seconds=1)
    assert group.sees("Closed: 0 of 1 took part")
    assert not group.sees("April\n")
    assert not group.sees("Check-in for May")
    assert group.sees("Check-in for June")
    assert not reminders(amina)


async def test_planning_twice_is_planning_once(village: Village) -> None:
    [amina] = village.has("Amina")
    await forms_circle(village, "Kitui Circle", amina)
    assert village.bot is not None
    database = village.bot.database
    for _ in range(2):
        await database.transact(check_ins.plan, 1)
    assert await database.read(_openings) == [OPENS]


def _openings(at: Reading) -> list[object]:
    rows = at.all("SELECT due_at FROM due WHERE kind = 'check_in_open' AND state = 'waiting'")
    return [parse_utc(row["due_at"]) for row in rows]


async def test_what_the_digest_is_told_stays_the_same(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await opens_circle(village, amina, juma)
    await answers_all(amina)
    assert village.bot is not None
    read = village.bot.database.read
    assert await read(check_ins.month_facts, 1, OPENS, CLOSES) is None
    await village.moves_to(CLOSES)
    until = CLOSES + timedelta(days=3)
    facts = await read(check_ins.month_facts, 1, OPENS, until)
    assert facts is not None
    assert (facts.month, facts.done, facts.of) == ("2026-03", 1, 2)
    await leaves(amina)
    assert await read(check_ins.month_facts, 1, OPENS, until) == facts


# -- where it is not to be ------------------------------------------------------------------------


async def test_a_group_that_does_no_check_ins_has_none(village: Village) -> None:
    [amina] = village.has("Amina")
    group = await opens_circle(village, amina, practices=frozenset({"polls"}))
    assert not group.sees("Check-in for March")
    await amina.writes("/checkin")
    assert "no monthly check-in" in amina.reads
    await amina.writes("/checkin", in_group=True)
    assert "no monthly check-in" in group.reads


async def test_a_group_that_stops_check_ins_ends_the_round_and_opens_no_other(
    village: Village,
) -> None:
    [amina] = village.has("Amina")
    group = await opens_circle(village, amina)
    await _agrees_to(village, practices=frozenset({"polls"}))
    await answers_all(amina)
    await village.moves_to(CLOSES)
    assert "1 of 1 took part" in round_card(group)
    await village.moves_to(OPENS_NEXT)
    assert not group.sees("Check-in for April")


async def test_another_day_agreed_within_a_month_opens_that_month_once(village: Village) -> None:
    [amina] = village.has("Amina")
    group = await opens_circle(village, amina)
    await _agrees_to(village, check_in=CheckIn(day=30))
    await village.moves_to(OPENS_NEXT)
    assert not group.sees("Check-in for April")
    await village.moves_to(OPENS_NEXT + timedelta(days=6))
    assert group.sees("Check-in for April")
    assert len([one for one in group.messages if "Check-in for" in words(one)]) == 2


async def test_a_group_that_the_bot_was_removed_from_rests(village: Village) -> None:
    [amina] = village.has("Amina")
    group = await forms_circle(village, "Kitui Circle", amina)
    village.world.kick(village.world.bot.id, group.id)
    await village.moves_to(OPENS)
    assert not amina.sees("1/8")


async def test_a_group_without_members_is_asked_nothing(village: Village) -> None:
    [amina] = village.has("Amina")
    group = await opens_circle(village, others=(amina,))
    assert not group.sees("Check-in for March")


async def test_the_command_in_the_group_says_when_the_next_one_is(village: Village) -> None:
    [amina] = village.has("Amina")
    group = await forms_circle(village, "Kitui Circle", amina)
    await amina.writes("/checkin", in_group=True)
    assert "opens on March 24" in group.reads


async def test_a_line_that_is_asked_again_takes_a_reply(village: Village) -> None:
    [amina] = village.has("Amina")
    await opens_circle(village, amina)
    for label in USUAL_TAPS:
        await amina.taps(label)
    await amina.writes("/checkin")
    assert "7/8" in amina.reads
    await amina.writes("By reply", reply_to=amina.messages()[-1])
    await amina.taps("Like this")
    assert "“By reply”" in amina.reads


async def test_reminders_can_be_chosen_beside_ones_answers(village: Village) -> None:
    [amina] = village.has("Amina")
    await opens_circle(village, amina)
    await answers_all(amina)
    await amina.taps("Change")
    await amina.taps("No reminders")
    assert "🔔 Remind me" in amina.labels()
    await amina.taps("All is well")
    assert "✏️ Change" in amina.labels()
    await village.moves_to(OPENS_NEXT + timedelta(days=4))
    assert not reminders(amina)


async def _agrees_to(village: Village, **parts: object) -> None:
    def agrees(at: Transaction) -> None:
        agreement = groups.agreement(at, 1)
        groups.agree(at, 1, agreements.with_parts(agreement, parts), changed_by=None)
        check_ins.plan(at, 1)

    assert village.bot is not None
    await village.bot.database.transact(agrees)
