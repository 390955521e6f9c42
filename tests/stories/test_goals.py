"""Goals as members live them: in private, by taps and short answers, over a year."""

from datetime import UTC, datetime

import pytest
from goal_village import (
    as_member,
    circle,
    does,
    everything,
    moves_goal,
    plain,
    said,
    sets_goal,
    stored,
)
from village import Content, Group, Media, Someone, Village, buttons_of, photo

from bot.practices import goal_lines, goals
from bot.storage import links, members
from bot.storage.database import Reading, Transaction
from sandbox.media import sticker

# -- a year ---------------------------------------------------------------------------------------

#: Worked by hand: from KES 0 to KES 12,000. What Amina writes on each day, how it reads, the tenths
#: of the way that are gone, and how it moved since the entry before (3,000 is a quarter: a lot).
YEAR = [
    (datetime(2026, 4, 1, 9, tzinfo=UTC), "500", "Apr 1, 2026 · KES 500.00", 0, "little"),
    (datetime(2026, 5, 1, 9, tzinfo=UTC), "3,500", "May 1, 2026 · KES 3,500.00", 2, "lot"),
    (datetime(2026, 6, 1, 9, tzinfo=UTC), "900", "Jun 1, 2026 · KES 900.00", 0, "back"),
    (datetime(2026, 7, 1, 9, tzinfo=UTC), "900", "Jul 1, 2026 · KES 900.00", 0, "same"),
    (datetime(2026, 8, 1, 9, tzinfo=UTC), "Ksh 2400", "Aug 1, 2026 · KES 2,400.00", 2, "little"),
    (datetime(2026, 9, 1, 9, tzinfo=UTC), "5400", "Sep 1, 2026 · KES 5,400.00", 4, "lot"),
    (datetime(2026, 10, 1, 9, tzinfo=UTC), "5 399", "Oct 1, 2026 · KES 5,399.00", 4, "back"),
    (datetime(2026, 11, 1, 9, tzinfo=UTC), "6000.50", "Nov 1, 2026 · KES 6,000.50", 5, "little"),
    (datetime(2026, 12, 1, 9, tzinfo=UTC), "8,400", "Dec 1, 2026 · KES 8,400.00", 7, "little"),
    (datetime(2027, 1, 1, 9, tzinfo=UTC), "11400", "Jan 1, 2027 · KES 11,400.00", 9, "lot"),
    (datetime(2027, 2, 1, 9, tzinfo=UTC), "12000/=", "Feb 1, 2027 · KES 12,000.00", 10, "reached"),
]


async def test_a_goal_over_a_year(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await amina.writes("/goals", in_group=True)
    await amina.taps("My goals", in_group=True)
    assert "No goal yet" in said(amina)
    in_group = len(group.messages)
    await sets_goal(amina, by="3/2027")
    assert "From KES 0.00 to KES 12,000.00" in said(amina)
    assert "By March 2027" in said(amina)
    assert "Only you see it" in said(amina)
    before = village.now
    for day, written, _, tenths, moved in YEAR:
        await village.moves_to(day)
        await moves_goal(amina, written)
        assert "Kept: KES" in said(amina)
        assert "▣" * tenths + "▢" * (10 - tenths) in said(amina)
        assert await moved_since(village, amina, group, before) == moved
        before = village.now

    await amina.taps("Its line")
    caption = plain(amina.messages()[-1])
    assert amina.messages()[-1].content.media is not None
    lines = ["Mar 2, 2026 · KES 0.00", *(line for _, _, line, _, _ in YEAR)]
    assert caption.splitlines()[2:-1] == lines
    assert caption.splitlines()[-1] == "Target: KES 12,000.00"
    assert await points(village, amina, group) == [
        (0.0, "KES 0.00"),
        *(
            (float(line.split("KES ")[1].replace(",", "")), line.split(" · ")[1])
            for *_, line, _, _ in YEAR
        ),
    ]

    await does(amina, "[How it went]", "[Back]", "[★ Reached]")
    assert amina.sees("Reached on Feb 1, 2027")
    assert not amina.sees("the next digest")  # a private goal: nobody is asked to tell it
    await does(amina, "[My goals]", "[Earlier ones]")
    assert amina.sees("★ “Two goats”, reached on Feb 1, 2027")
    assert "Two goats" not in juma.read_all() + "".join(
        plain(one) for one in group.messages[in_group:]
    )


async def moved_since(village: Village, person: Someone, group: Group, since: datetime) -> str:
    def ask(at: Reading) -> str:
        member = as_member(at, group, person)
        [goal] = goals.open_goals(at, member.id)
        return goals.moved_since(at, goal.id, member.person_id, since)

    assert village.bot is not None
    return await village.bot.database.read(ask)


async def points(village: Village, person: Someone, group: Group) -> list[tuple[float | None, str]]:
    """The points of the picture, as it is drawn."""

    def ask(at: Reading) -> list[tuple[float | None, str]]:
        member = as_member(at, group, person)
        [goal] = goals.open_goals(at, member.id)
        place = goals.look(at, goal.id, member.person_id)
        chart = goal_lines.line_chart(place, goal.entries, "en")
        assert chart.target is not None
        assert chart.target.shown == "Target: KES 12,000.00"
        return [(one.value, one.shown) for one in chart.points]

    assert village.bot is not None
    return await village.bot.database.read(ask)


async def test_going_back_is_said_like_going_forward(village: Village) -> None:
    [amina] = village.has("Amina")
    await circle(village, amina)
    await sets_goal(amina)
    await moves_goal(amina, "6000")
    forward = said(amina)
    await moves_goal(amina, "3000")
    assert said(amina) == forward.replace("6,000", "3,000").replace("▣▣▣▣▣▢▢▢▢▢", "▣▣▢▢▢▢▢▢▢▢")
    await does(amina, "[Say why]", "School fees came first")
    await does(amina, "[How it went]")
    assert "3 Mar 2, 2026 · KES 3,000.00 · “School fees came first”" in said(amina)
    assert "2 Mar 2, 2026 · KES 6,000.00" in said(amina)


async def test_a_correction_keeps_what_stood_there(village: Village) -> None:
    [amina] = village.has("Amina")
    await circle(village, amina)
    await sets_goal(amina)
    await moves_goal(amina, "45000")
    await village.waits(days=30)
    await moves_goal(amina, "5000")
    await does(amina, "[How it went]", "[✏️ 2]", "4500")
    assert "Mar 2, 2026: KES 4,500.00 instead of KES 45,000.00?" in said(amina)
    old = amina.button("In my words")
    await amina.taps("A slip of the finger")
    assert "Put right: KES 4,500.00" in said(amina)
    assert "Now KES 5,000.00" in said(amina)
    await amina.taps("How it went")
    story = amina.messages()[-1]
    assert "2 Mar 2, 2026 · KES 4,500.00 · a slip of the finger" in plain(story)
    struck = [one for one in story.content.entities if one["type"] == "strikethrough"]
    assert len(struck) == 1
    assert "KES 45,000.00" in plain(story)
    await amina.presses(old)  # the same correction twice: the other entry stands there now
    assert "has changed since then" in amina.toast
    await does(amina, "[✏️ 2]", "4400", "[In my words]", "Neema counted it again", "[How it went]")
    assert "2 Mar 2, 2026 · KES 4,400.00 · “Neema counted it again”" in said(amina)
    assert "KES 4,500.00 · a slip of the finger" in said(amina)


async def test_where_it_began_can_be_put_right_but_not_past_its_target(village: Village) -> None:
    [amina] = village.has("Amina")
    await circle(village, amina)
    await sets_goal(amina)
    await does(amina, "[How it went]", "[✏️ 1]", "12000")
    assert "the target lies above" in said(amina)
    await does(amina, "2000", "[Known only later]")
    assert "From KES 2,000.00 to KES 12,000.00" in said(amina)


async def test_a_debt_a_number_and_steps(village: Village) -> None:
    [amina] = village.has("Amina")
    await circle(village, amina)
    await sets_goal(
        amina, "Free of the shop", measure="A debt", values=("8000", "[0 Nothing left]")
    )
    assert "From KES 8,000.00 to KES 0.00" in said(amina)
    await moves_goal(amina, "2000")
    assert "▣▣▣▣▣▣▣▢▢▢" in said(amina)
    await moves_goal(amina, "0")
    assert "By its numbers you are there. Is it reached?" in said(amina)

    await sets_goal(
        amina, "Maize", measure="Another number", values=("bags", "4", "12.5 bags"), by="12/2026"
    )
    assert "From 4 bags to 12.5 bags" in said(amina)
    await moves_goal(amina, "8.25")
    assert "Now 8.25 bags ▣▣▣▣▣▢▢▢▢▢" in said(amina)

    steps = "- Find a place\n- Pay the rent <now>\n- Open"
    await sets_goal(amina, "A shop", measure="Steps", values=(steps,))
    assert "☐ Pay the rent <now>" in said(amina)
    await does(amina, "[☑ Steps]", "[☐ Find a place]", "[☐ Open]", "[☑ Open]", "[Back]")
    assert "☑ Find a place" in said(amina)
    assert "☐ Open" in said(amina)
    await does(amina, "[☑ Steps]", "[Say why]", "The rent went up", "[How it went]")
    assert "Mar 2, 2026 · 1 step · “The rent went up”" in said(amina)
    await does(amina, "[Back]", "[Change]", "[A step]", "Paint the sign")
    assert "☐ Paint the sign" in said(amina)
    await amina.taps("Its line")
    assert [line for line in plain(amina.messages()[-1]).splitlines() if "·" in line] == [
        "Mar 2, 2026 · 0 steps",
        "Mar 2, 2026 · 1 step",
        "Mar 2, 2026 · 2 steps",
        "Mar 2, 2026 · 1 step",
    ]


async def test_everything_is_read_back_and_can_be_said_again(village: Village) -> None:
    [amina] = village.has("Amina")
    await circle(village, amina)
    await does(amina, "/goals", "[A new goal]", "A roof", "[Home]", "[Money that grows]", "100")
    await does(amina, "50")
    assert "the target lies above" in said(amina)
    await does(amina, "5000", "3/2020")
    assert "still to come, as in 12/2027" in said(amina)
    await does(amina, "[June 2026]", "[✏️ Numbers]", "0", "6,000", "[✏️ Words]", "A tin roof")
    await does(amina, "[🏠 Home]", "[Family]", "[Month]", "[No date]")
    assert "👪 “A tin roof”" in said(amina)
    assert "From KES 0.00 to KES 6,000.00" in said(amina)
    assert "By " not in said(amina)
    await does(amina, "[📏 Measure]", "[Steps]", "one\ntwo", "[Not now]")
    assert "No goal yet" in said(amina)
    assert "A tin roof" not in said(amina)


async def test_a_goal_is_changed_let_go_and_taken_up_again(village: Village) -> None:
    [amina] = village.has("Amina")
    await circle(village, amina)
    await sets_goal(amina)
    await does(amina, "[Change]", "[Words]", "Three goats", "[Change]", "[🌱 Farm]", "[Family]")
    await does(amina, "[Change]", "[Target]", "0")
    assert "the target lies above" in said(amina)
    await does(amina, "18000", "[✅ Yes]", "[Change]", "[Month]", "١٢/٢٠٢٧")
    assert "👪 “Three goats”" in said(amina)
    assert "to KES 18,000.00" in said(amina)
    assert "By December 2027" in said(amina)
    await does(amina, "[Change]", "[Month]", "[No date]", "[Change]", "[Let it go]", "[Keep it]")
    assert "Let go" not in said(amina)
    await does(amina, "[Change]", "[Let it go]", "[🍃 Let it go]")
    assert "Let go on Mar 2, 2026; all of it is still here." in said(amina)
    assert not any("Now it is" in b.label for b in buttons_of(amina.messages()[-1]))
    await amina.taps("Take it up again")
    await moves_goal(amina, "100")
    assert "Kept: KES 100.00" in said(amina)


# -- what comes that is no answer -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("x" * 4000, "at most 200 signs"),
        ("\u200b", "Please write it in words"),
    ],
)
async def test_words_that_cannot_be_kept_are_asked_again(
    village: Village, text: str, answer: str
) -> None:
    [amina] = village.has("Amina")
    await circle(village, amina)
    await does(amina, "/goals", "[A new goal]", text)
    assert answer in said(amina)
    await does(amina, "Two goats")
    assert "What is it about?" in said(amina)


async def test_stickers_photos_and_voice_notes_are_no_words(village: Village) -> None:
    [amina] = village.has("Amina")
    await circle(village, amina)
    await does(amina, "/goals", "[A new goal]")
    for content in (sticker(village.world, "🐐"), photo(), Content(media=Media("voice"))):
        await amina.sends(content)
        assert "Please write it in words" in said(amina)
    await sets_goal(amina)
    await does(amina, "[Now it is]")
    await amina.sends(sticker(village.world, "🐐"))
    assert "in digits" in said(amina)
    await does(amina, "x" * 4000)
    assert "in digits" in said(amina)
    await does(amina, "7000", "[✅ Yes]")
    assert "Kept: KES 7,000.00" in said(amina)


async def test_html_and_words_from_right_to_left_arrive_as_they_were_written(
    village: Village,
) -> None:
    [amina, juma] = village.has("<b>Amina</b> & Co", "جمعة")
    await circle(village, amina, juma)
    await sets_goal(amina, "<i>Goats</i> & {{ hay }}", shared=True)
    assert "“<i>Goats</i> & {{ hay }}”" in said(amina)
    await sets_goal(juma, "بيت جديد", shared=True)
    assert "“بيت جديد”" in said(juma)
    assert "\u2068بيت جديد\u2069" in juma.messages()[-1].content.text
    await does(juma, "[My goals]", "[Our group]")
    assert "<b>Amina</b> & Co: “<i>Goats</i> & {{ hay }}”" in said(juma)
    assert "KES" not in said(juma)


# -- old presses, and those of others -------------------------------------------------------------


async def test_a_second_or_an_old_press_keeps_nothing_twice(village: Village) -> None:
    [amina] = village.has("Amina")
    await circle(village, amina)
    await sets_goal(amina)
    await does(amina, "[Now it is]", "4000")
    yes = amina.button("✅ Yes")
    await amina.presses(yes)
    await amina.presses(yes)
    assert "has changed since then" in amina.toast
    await village.waits(days=60)
    await moves_goal(amina, "6000")
    await amina.presses(yes)
    assert "has changed since then" in amina.toast
    await amina.taps("How it went")
    assert [line for line in said(amina).splitlines() if "KES" in line] == [
        "3 May 1, 2026 · KES 6,000.00",
        "2 Mar 2, 2026 · KES 4,000.00",
        "1 Mar 2, 2026 · KES 0.00",
    ]


async def test_a_button_of_a_goal_that_was_being_added_is_of_no_use_afterwards(
    village: Village,
) -> None:
    [amina] = village.has("Amina")
    await circle(village, amina)
    await does(amina, "/goals", "[A new goal]", "Two goats")
    old = amina.button("Farm")
    await does(amina, "[Farm]", "[Money that grows]", "0", "500", "[No date]")
    keep = amina.button("Yes, my goal")
    await amina.presses(keep)
    for button in (keep, old):
        await amina.presses(button)
        assert "no longer hold what you began" in amina.toast
    await amina.writes("/goals")
    assert said(amina).count("Two goats") == 1


FORGED = [
    *("goal:{g}", "goal_story:{g}:0", "goal_line:{g}", "goal_move:{g}", "goal_now:{g}:5:{e}"),
    *("goal_step:{g}:0:1", "goal_why:{e}", "goal_fix:{e}", "goal_fixed:{e}:5:0", "goal_reach:{g}"),
    *("goal_tell:{g}:1", "goal_let:{g}", "goal_gone:{g}", "goal_up:{g}", "goal_change:{g}"),
    *("goal_words:{g}", "goal_areas:{g}", "goal_area_is:{g}:1", "goal_target:{g}", "goal_by:{g}"),
    *("goal_to:{g}:5:1200000", "goal_by_is:{g}:3", "goal_more:{g}", "goal_share:{g}:1"),
    *("goal_house:{g}", "goal_ask:{g}:1", "goal_asked:{g}:1", "goal_leave:{g}", "goal_both:{g}:1"),
    *("goal_alone:{g}", "goals_mine:{c}", "goals_past:{c}", "goals_all:{c}", "goal_new:{c}"),
    *("goal_area:{d}:1", "goal_measure:{d}:1", "goal_zero:{d}", "goal_until:{d}:3"),
    *("goal_again:{d}:0", "goal_open:{d}:1", "goal_keep:{d}", "goal_drop:{d}"),
]


async def test_nobody_sees_or_moves_what_is_not_theirs(village: Village) -> None:
    """Every button of goals, forged by a fellow member and by one of another group."""
    [amina, juma, otieno] = village.has("Amina", "Juma", "Otieno")
    await circle(village, amina, juma)
    await circle(village, otieno, title="Migori")
    await sets_goal(amina)
    await does(amina, "/goals", "[A new goal]", "A secret")
    before = await stored(village)
    for person in (otieno, juma):
        await person.writes("/goals")
        message = person.messages()[-1]
        seen = plain(message)
        for forged in FORGED:
            if person is juma and "{c}" in forged:
                continue  # he is of that group, too
            for g, e, c, d in ((1, 1, 1, 2), (999, 999, 999, 999), (2**61, 2**61, 2**61, 2**61)):
                await person.presses_data(message, forged.format(g=g, e=e, c=c, d=d))
                assert "not find this goal" in person.toast or "no longer hold" in person.toast, (
                    forged
                )
        assert plain(person.messages()[-1]) == seen
        assert "goats" not in everything(person)
    assert await stored(village) == before


async def test_numbers_in_a_button_are_held_to_what_could_be_typed(village: Village) -> None:
    [amina] = village.has("Amina")
    await circle(village, amina)
    await sets_goal(amina)
    before = await stored(village)
    message = amina.messages()[-1]
    for forged in (
        *(f"goal_now:1:{2**61}:1", f"goal_fixed:1:{2**61}:0", f"goal_to:1:{2**61}:1200000"),
        *(
            "goal_fixed:1:5:9",
            "goal_area_is:1:99",
            "goal_by_is:1:5",
            "goal_to:1:5:1",
            "goal_more:1",
        ),
        *("goal_step:1:0:1", "goal_tell:1:1", "goal_ask:1:1", "goal_leave:1", "goal_line:1"),
        *("goal_now:1:5", "goal_step:1:0:7", "goal:x", "goal_now:1:-5:1"),
    ):
        await amina.presses_data(message, forged)
        assert amina.toast, forged
    assert await stored(village) == before


async def test_no_goal_is_shown_in_a_group_whatever_is_pressed_there(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await sets_goal(amina)
    await amina.writes("/goals", in_group=True)
    before = [plain(one) for one in group.messages]
    for forged in ("goal:1", "goal_line:1", "goals_mine:1", "goal_story:1:0", "goal_share:1:1"):
        await amina.presses_data(group.messages[-1], forged)
        assert "no longer in use" in amina.toast
    assert [plain(one) for one in group.messages] == before


async def test_who_has_left_finds_no_goals_and_no_question_is_left_open(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await sets_goal(amina)
    await does(amina, "[Now it is]")

    def leave(at: Transaction) -> None:
        members.set_state(at, as_member(at, group, amina).id, "left")

    assert village.bot is not None
    await village.bot.database.transact(leave)
    await does(amina, "500")
    assert "not find this goal" in said(amina)
    await does(amina, "hello")
    assert "did not ask anything" in said(amina)
    await does(amina, "/goals")
    assert "do not see you in one yet" in said(amina)


async def test_somebody_without_a_group_and_a_group_without_a_set_up(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await amina.starts()
    await amina.writes("/goals")
    assert "do not see you in one yet" in said(amina)
    group = await village.forms_group("New", amina, juma)
    await amina.writes("/goals", in_group=group)
    assert "do not see you in one yet" in group.reads


async def test_the_groups_link_leads_only_members_to_goals(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await village.forms_group("Kitui", amina, juma)
    await village.is_set_up(group, amina)
    await juma.writes("/goals", in_group=True)
    await juma.taps("My goals", in_group=True)
    assert "/join" in said(juma)
    assert village.bot is not None
    url = await village.bot.database.read(links.url, "goals", 77)
    await amina.follows(url)
    assert "not find this goal" in said(amina)
