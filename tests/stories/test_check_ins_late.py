"""What comes after a round has closed counts for the next one, and it is said so."""

from datetime import UTC, datetime, timedelta

import pytest
from circle import (
    CLOSES,
    OPENS,
    OPENS_NEXT,
    USUAL_TAPS,
    answers_all,
    forms_circle,
    has_goal,
    joins,
    leaves,
    opens_circle,
    round_card,
)
from village import Group, Someone, Village, buttons_of, words

from bot.domain import agreement as agreements
from bot.domain.agreement import CheckIn
from bot.domain.check_ins import Answer
from bot.practices import check_ins, goals
from bot.storage import check_ins as store, groups
from bot.storage.database import Reading, Transaction

CLOSES_NEXT = datetime(2026, 4, 28, 15, 0, tzinfo=UTC)


async def kept(village: Village, round_id: int, member_id: int) -> dict[str, Answer]:
    """A member's answers in a round, by question."""

    def read(at: Reading) -> dict[str, Answer]:
        check_in = store.of_member(at, round_id, member_id)
        return {} if check_in is None else store.answers(at, check_in)

    return await village.finds(read)


def card_of(group: Group, month: str) -> str:
    """The group's post of a month's round; nothing, where there is none."""
    found = [words(one) for one in group.messages if f"Check-in for {month}" in words(one)]
    assert len(found) <= 1
    return found[0] if found else ""


async def goes_through(someone: Someone, *labels: str) -> None:
    for label in labels:
        await someone.taps(label)


async def test_a_tap_after_the_closing_is_kept_for_the_next_round(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await opens_circle(village, amina, juma)
    await amina.taps("A little")
    await village.moves_to(CLOSES)
    posts = len(group.messages)
    await amina.taps("Money")
    assert amina.toast == ""
    assert amina.sees("goes on below")
    assert amina.reads.startswith("Kitui Circle · 3/8 · April")
    told = "The check-in for March has closed. What you tell me now is kept for the next one"
    assert f"{told}, on April 24." in amina.reads
    await amina.taps("Not now")
    assert "has closed" not in amina.reads, "it is said once"
    assert "4/8 · April" in amina.reads
    assert await kept(village, 1, 1) == {"goal": Answer(choice="little")}
    assert await kept(village, 2, 1) == {
        "hurdle": Answer(choice="money"),
        "help": Answer(choice="no"),
    }
    assert round_card(group).startswith("Check-in for March\n\nClosed: 0 of 2 took part")
    assert len(group.messages) == posts, "the group hears nothing of it"

    await village.moves_to(OPENS_NEXT)
    assert "0 of 2 are in" in card_of(group, "April")
    assert amina.reads.startswith("Kitui Circle · 1/8\n")
    await goes_through(amina, "A lot", *USUAL_TAPS[3:], "Skip", "Like this")
    assert amina.sees("you are in for April")
    assert amina.sees("In the way: 💰 Money")
    assert "1 of 2 are in" in card_of(group, "April")


async def test_all_told_late_counts_from_the_moment_the_next_one_opens(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await opens_circle(village, amina, juma)
    await village.moves_to(CLOSES)
    posts = len(group.messages)
    await answers_all(amina, "A line of ours")
    assert amina.sees("Thank you, you are in for April.")
    assert amina.sees("I count it once the check-in opens, on April 24.")
    assert len(group.messages) == posts
    assert not group.sees("April\n")
    await village.waits(days=3)
    await village.bot_stops()
    await village.bot_starts()
    await amina.taps("Change")
    await amina.taps("Money in")
    await amina.taps("Less")
    assert amina.sees("Money in: − Less")

    await village.moves_to(OPENS_NEXT)
    assert "1 of 2 are in" in card_of(group, "April")
    assert "is open, and what you told me before counts" in amina.reads
    assert "line of ours" not in amina.reads, "a notification says nothing private"
    assert "1/8" in juma.reads
    await village.moves_to(OPENS_NEXT + timedelta(days=2))
    assert not amina.sees("Your check-in for April is here"), "only those not done are reminded"
    await amina.taps("My check-in")
    assert amina.sees("Money in: − Less")
    await village.moves_to(CLOSES_NEXT)
    assert "Closed: 1 of 2 took part" in card_of(group, "April")
    assert len(await kept(village, 2, 1)) == 8
    assert await kept(village, 1, 1) == {}


async def test_a_line_after_the_closing_is_kept_for_the_next_round(village: Village) -> None:
    [amina] = village.has("Amina")
    await opens_circle(village, amina)
    await goes_through(amina, *USUAL_TAPS)
    await village.moves_to(CLOSES)
    await amina.writes("Am I too late?")
    assert "is kept for the next one, on April 24" in amina.reads
    assert (await kept(village, 2, 1))["line"] == Answer(text="Am I too late?")
    assert "line" not in await kept(village, 1, 1)
    await amina.writes("And now?")
    assert "tap one of the buttons" in amina.reads
    assert len(await kept(village, 2, 1)) == 1


async def test_a_bot_whose_closing_is_late_closes_when_somebody_answers(village: Village) -> None:
    """The instant decides, not the tick that comes after it."""
    [amina] = village.has("Amina")
    group = await opens_circle(village, amina)
    village.sandbox.clock.set(CLOSES + timedelta(seconds=1))
    await amina.taps("A little")
    assert "is kept for the next one" in amina.reads
    assert "Closed: 0 of 1 took part" in round_card(group)
    assert await kept(village, 1, 1) == {}


async def test_who_was_done_is_told_that_it_has_closed(village: Village) -> None:
    [amina] = village.has("Amina")
    await opens_circle(village, amina)
    await answers_all(amina)
    await village.moves_to(CLOSES)
    await amina.taps("Change")
    assert "the check-in for March has closed" in amina.toast
    assert "April 24" in amina.toast
    await village.moves_to(OPENS_NEXT)
    change = next(one for one in amina.buttons() if one.label == "✏️ Change")
    await amina.presses(change)
    assert "A new one is open: /checkin" in amina.toast


async def test_an_old_button_leads_into_the_round_that_is_open_and_overwrites_nothing(
    village: Village,
) -> None:
    [amina] = village.has("Amina")
    await opens_circle(village, amina)
    march = amina.messages()[-1]
    old = next(one for one in buttons_of(march) if "A lot" in one.label)
    skip = next(one for one in buttons_of(march) if "Skip" in one.label)
    await village.moves_to(OPENS_NEXT)
    april = amina.messages()[-1]
    await amina.presses(skip)
    assert "What you tell me now counts for April." in amina.reads
    assert "goes on below" in words(march)
    assert "goes on below" in words(april)
    assert await kept(village, 2, 1) == {}, "a skip of March is none of April"
    await amina.taps("Back a bit")
    await amina.presses(old)
    assert await kept(village, 2, 1) == {"goal": Answer(choice="back")}
    assert amina.reads.startswith("Kitui Circle · 2/8")


@pytest.mark.parametrize(
    "data",
    [
        "check_mark:1:8:1",
        "check_share:1:8:1",
        "check_skip:1:1",
        "check_keep:1:1",
        "check_show:1:3",
        "check_on:1",
        "check_change:1",
        "check_more:1:0",
        "check:1:1006:1",
        "check:1:10:1",
    ],
)
async def test_whatever_else_is_tapped_late_leads_on_and_keeps_nothing(
    village: Village, data: str
) -> None:
    [amina] = village.has("Amina")
    await opens_circle(village, amina)
    await village.moves_to(CLOSES)
    await amina.presses_data(amina.messages()[-1], data)
    assert amina.reads.startswith("Kitui Circle · 1/8 · April")
    assert "March has closed" in amina.reads
    assert await kept(village, 2, 1) == {}


async def test_no_more_reminders_is_heard_late_too(village: Village) -> None:
    [amina] = village.has("Amina")
    await opens_circle(village, amina)
    await village.moves_to(CLOSES)
    await amina.taps("No reminders")
    assert "No more reminders" in amina.toast
    assert "has closed" in amina.reads
    await village.moves_to(CLOSES_NEXT)
    assert len([one for one in amina.messages() if "when you have a minute" in words(one)]) == 1


async def test_the_command_offers_what_was_missed(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await opens_circle(village, amina, juma)
    await answers_all(juma)
    await village.moves_to(CLOSES)
    await amina.writes("/checkin")
    assert "You can tell me now too: it counts then." in amina.reads
    await amina.taps("My check-in")
    assert "1/8 · April" in amina.reads
    await juma.writes("/checkin")
    assert "tell me now" not in juma.reads
    await answers_all(amina)
    await amina.writes("/checkin")
    assert "What you told me counts then; you can still change it." in amina.reads
    await amina.taps("My check-in")
    assert amina.sees("you are in for April")


async def test_a_goal_that_is_reached_late_is_reached_at_once(village: Village) -> None:
    [amina] = village.has("Amina")
    await forms_circle(village, "Kitui Circle", amina)
    goat = await has_goal(village, amina, "A goat")
    await village.moves_to(CLOSES)
    await amina.taps("★ Reached")
    state = await village.finds(lambda at: goals.look(at, goat, 1).goal.state)
    assert state == "reached"
    await village.moves_to(OPENS_NEXT)
    assert "2/8" in amina.reads
    await amina.taps("◀ Back")
    assert "✅ ★ Reached" in amina.labels()


async def test_a_month_that_is_let_go_moves_what_came_late_to_the_next(village: Village) -> None:
    [amina] = village.has("Amina")
    group = await opens_circle(village, amina)
    await village.moves_to(CLOSES)
    await answers_all(amina)
    await village.bot_stops()
    village.sandbox.clock.set(CLOSES_NEXT)
    await village.bot_starts()
    await village.moves_to(datetime(2026, 5, 24, 15, 0, tzinfo=UTC))
    assert not group.sees("Check-in for April")
    assert "1 of 1 is in" in card_of(group, "May")
    assert len(await kept(village, 2, 1)) == 8


async def test_another_day_agreed_meanwhile(village: Village) -> None:
    [amina] = village.has("Amina")
    group = await opens_circle(village, amina)
    await village.moves_to(CLOSES)
    await amina.taps("A lot")

    def agrees(at: Transaction) -> None:
        agreement = groups.agreement(at, 1)
        parts = {"check_in": CheckIn(day=10)}
        groups.agree(at, 1, agreements.with_parts(agreement, parts), changed_by=None)
        check_ins.plan(at, 1)

    assert village.bot is not None
    await village.bot.database.transact(agrees)
    await amina.taps("Money")
    assert "3/8 · April" in amina.reads
    await village.moves_to(datetime(2026, 4, 10, 15, 0, tzinfo=UTC))
    assert "0 of 1 are in" in card_of(group, "April").replace("is in", "are in")
    assert "3/8" in amina.reads


async def test_where_no_other_round_comes_it_has_closed(village: Village) -> None:
    [amina] = village.has("Amina")
    await opens_circle(village, amina)

    def stops(at: Transaction) -> None:
        agreement = groups.agreement(at, 1)
        parts = {"practices": frozenset({"polls"})}
        groups.agree(at, 1, agreements.with_parts(agreement, parts), changed_by=None)
        check_ins.plan(at, 1)

    assert village.bot is not None
    await village.bot.database.transact(stops)
    await village.moves_to(CLOSES)
    await amina.taps("A lot")
    assert amina.toast == "Kitui Circle: the check-in for March has closed."


async def test_who_comes_and_who_goes_before_it_opens(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    group = await opens_circle(village, amina, juma, others=(neema,))
    await village.moves_to(CLOSES)
    await goes_through(juma, *USUAL_TAPS)
    told = len(juma.messages())
    await leaves(juma)
    await joins(neema)
    assert "1/8" not in neema.reads, "nobody is asked before it opens"
    await juma.writes("A line too late")
    assert "did not ask" in juma.reads
    assert len(juma.messages()) > told
    await village.moves_to(OPENS_NEXT)
    assert "0 of 2 are in" in card_of(group, "April")
    assert neema.reads.startswith("Kitui Circle · 1/8")


async def test_somebody_in_two_groups_is_late_in_one(village: Village) -> None:
    [amina] = village.has("Amina")
    await forms_circle(village, "Kitui Circle", amina)
    await forms_circle(village, "Choir", amina)
    await village.moves_to(OPENS)
    kitui = next(one for one in amina.messages() if "Kitui Circle · 1/8" in words(one))
    await village.moves_to(CLOSES)
    lot = next(one for one in buttons_of(kitui) if "A lot" in one.label)
    await amina.presses(lot)
    assert amina.reads.startswith("Kitui Circle · 2/8 · April")
    await amina.writes("/checkin")
    assert len([one for one in amina.labels() if one.startswith("✏️")]) == 2


async def test_a_third_month_asks_how_one_stands_though_it_was_awaited(village: Village) -> None:
    [amina] = village.has("Amina")
    await opens_circle(village, amina)
    await village.moves_to(datetime(2026, 5, 29, 15, 0, tzinfo=UTC))
    await amina.writes("/checkin")
    await amina.taps("My check-in")
    await answers_all(amina)
    assert amina.sees("Every third month there are six more")
    await amina.taps("How I stand")
    await amina.taps("Mostly")
    await village.moves_to(datetime(2026, 6, 24, 15, 0, tzinfo=UTC))
    asked = await village.finds(lambda at: store.open_round_of(at, 1))
    assert asked is not None
    assert "control_hard" in {one.key for one in asked.questions}
    assert (await kept(village, asked.id, 1))["control_hard"] == Answer(choice="mostly")
