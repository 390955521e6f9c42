"""A work day from its call to thanks: needs, who comes, hours witnessed and in the book."""

import pytest
from contribution_village import counted, faults, leaves, march, moves_in_with
from village import Group, Someone, Village

from bot.domain.plans import Contribution


async def a_village_that_works(
    village: Village, *people: Someone, plans: tuple[Contribution, ...] = ()
) -> Group:
    group = await village.forms_group("Kitui", *people)
    practices = frozenset({"check_ins", *(["contributions"] if plans else [])})
    await village.is_set_up(group, *people, practices=practices, plans=plans)
    return group


async def calls(caller: Someone, needs: str = "20 poles\n2 ladders") -> None:
    """Call a work day for Saturday, March 7, at eight."""
    await caller.writes("/work")
    await caller.taps("Call a work day")
    await caller.writes("A new roof")
    await caller.taps("Saturday, March 7")
    await caller.taps("8:00")
    if needs:
        await caller.writes(needs)
    await caller.taps("Call it")


async def test_a_barn_raising(village: Village) -> None:
    [amina, juma, neema, otieno] = village.has("Amina", "Juma", "Neema", "Otieno")
    group = await a_village_that_works(village, amina, juma, neema, otieno)
    await calls(juma)
    for line in (
        "A new roof",
        "Saturday, March 7, at 8:00",
        "Called by Juma.",
        "20\u00a0poles",
        "1 comes.",
    ):
        assert group.sees(line)
    cards = len(group.messages)

    await neema.taps("I come", in_group=True)
    assert "Noted: you come" in neema.toast
    await amina.taps("What I bring", in_group=True)
    await amina.taps("20\u00a0poles")
    await amina.writes("12")
    assert "12\u00a0poles" in " ".join(amina.labels())
    assert group.sees("3 come.")  # who brings something comes
    assert group.sees("20\u00a0poles: 12 are promised")
    assert len(group.messages) == cards
    assert not group.sees("Neema")

    await village.moves_to(march(6))
    assert "Tomorrow: A new roof." in amina.reads
    assert "You bring 12\u00a0poles." in amina.reads
    assert not otieno.sees("Tomorrow")  # who does not come is not reminded

    await village.moves_to(march(7))
    assert "A new roof: who worked today?" in juma.reads
    await juma.taps("What was done")
    for label in ("☑ 6 · Juma", "☑ 6 · Neema", "☑ 6 · Amina", "☑ Amina: 12\u00a0poles"):
        assert label in juma.labels()
    await juma.taps("☑ 6 · Neema")  # eight hours, it turns out
    assert "☑ 8 · Neema" in juma.labels()
    await juma.taps("Somebody else")
    await juma.taps("Otieno")
    assert "Together: 26\u00a0hours" in juma.reads
    await juma.taps("Say it")
    assert "Noted for 4 households." in juma.reads
    assert group.sees("Done. A witness looks at what was noted.")

    assert "Juma says: 3 households have given" in neema.reads  # but for her own
    await neema.taps("Yes")
    await amina.taps("Yes")
    assert group.sees("Done, and in the book: 26\u00a0hours and 12\u00a0poles.")
    assert group.sees("Thank you, all of you!")
    assert "12\u00a0poles" in amina.read_all()
    await juma.writes("/fund")
    assert "26\u00a0hours" in juma.reads
    assert len(group.messages) == cards
    assert await faults(village) == []


async def test_hours_count_for_the_plan_that_asks_for_them(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    hours = Contribution(400, unit="hours", purse="project", day=5)
    group = await a_village_that_works(village, amina, juma, plans=(hours,))
    await village.moves_to(march(5))
    assert group.sees("0 of 2 households have given.")
    await calls(juma, needs="")
    await village.moves_to(march(7))
    await juma.taps("What was done")
    await juma.taps("Say it")
    await amina.taps("Yes")
    assert group.sees("1 of 2 households have given.")
    assert "6\u00a0hours, for March 2026 and April 2026" in juma.read_all()


async def test_what_one_did_alone_is_said_and_witnessed(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await a_village_that_works(village, amina, juma, neema)
    await juma.writes("/work")
    await juma.taps("I worked or brought")
    await juma.taps("hours")
    await juma.taps("3\u00a0hours")
    assert "Noted: 3\u00a0hours" in juma.reads
    assert "Juma says: I gave 3\u00a0hours." in amina.reads
    await amina.taps("Yes")
    assert "3\u00a0hours" in juma.reads
    await juma.writes("/work")
    await juma.taps("I worked or brought")
    await juma.taps("hours")
    await juma.writes("2,5")
    await juma.taps("Yes, 2.5\u00a0hours")
    await neema.taps("Yes")
    await juma.writes("/fund")
    assert "Project: 5.5\u00a0hours" in juma.reads
    await juma.writes("/passbook")
    assert "5.5\u00a0hours" in juma.reads
    assert await faults(village) == []


async def test_a_household_does_not_witness_its_own_work(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await a_village_that_works(village, amina, juma, neema)
    await moves_in_with(village, neema, juma)
    await calls(amina, needs="")
    await juma.taps("I come", in_group=True)
    await village.moves_to(march(7))
    await amina.taps("What was done")
    await amina.taps("Say it")
    assert "Amina" in neema.reads  # Amina's own hours, not Juma's
    assert "Juma" not in neema.reads
    await neema.taps("Yes")
    assert await counted(village, "entries") == 1


async def test_it_is_called_off_and_those_who_would_come_are_told(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    group = await a_village_that_works(village, amina, juma, neema)
    await calls(juma)
    await neema.taps("I come", in_group=True)
    await juma.writes("/work")
    await juma.taps("🛠 A new roof")
    assert "Juma and Neema" in juma.reads  # whoever called it sees who comes
    await juma.taps("Call it off")
    assert "A new roof is called off, by Juma." in neema.reads
    assert not amina.sees("called off")
    assert group.sees("It is called off.")
    said = len(neema.messages())
    await village.moves_to(march(8))
    assert len(neema.messages()) == said
    await juma.writes("/work")
    assert "No work day is called." in juma.reads


async def test_what_cannot_be_read_is_asked_again(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await a_village_that_works(village, amina, juma)
    await juma.writes("/work")
    await juma.taps("Call a work day")
    await juma.writes("<b>Roof</b> & walls")
    await juma.taps("▶")
    await juma.taps("◀")
    await juma.taps("Saturday, March 7")
    await juma.taps("7:00")
    await juma.writes("many poles")
    assert "write the number first" in juma.reads
    await juma.writes("\n".join(f"{number} things" for number in range(1, 15)))
    assert "There is room for 12 lines." in juma.reads
    await juma.writes("3 poles\n2,5 bags of cement")
    await juma.taps("✗ 3\u00a0poles")
    await juma.taps("Call it")
    assert group.sees("2.5\u00a0bags of cement")
    assert not group.sees("poles")
    assert group.sees("<b>Roof</b> & walls")


async def test_who_leaves_is_not_counted(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    group = await a_village_that_works(village, amina, juma, neema)
    await calls(juma)
    await neema.taps("I come", in_group=True)
    await leaves(village, neema)
    await amina.taps("I come", in_group=True)
    assert group.sees("2 come.")
    await amina.taps("I come", in_group=True)
    assert group.sees("1 comes.")


async def test_after_it_nobody_else_says_what_was_done(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await a_village_that_works(village, amina, juma, neema)
    await calls(juma)
    await village.moves_to(march(7))
    for data in ("work_list:1", "work_tick:1:2:0:0", "work_add:1:3", "work_say:1"):
        await neema.presses_data(neema.messages()[-1], data)
        assert "/work shows what comes" in neema.toast
    assert await counted(village, "work_done") == 0
    await amina.presses_data(amina.messages()[-1], "work_list:1")  # who facilitates may
    await juma.taps("What was done")
    await amina.taps("Say it")
    assert await counted(village, "claims") == 1


@pytest.mark.parametrize(
    "data",
    ["work:2", "work_day:1", "work_day:9", "work_new:2", "work_days:1:0", "work_on:1:20260307",
     "work_at:1:8", "work_not_needed:1:1", "work_call:1", "work_off:1", "work_come:9",
     "work_come:1", "work_bring:1", "work_bring:1:100", "work_bring:9", "work_list:1",
     "work_tick:1:1:0:0", "work_page:1:0", "work_others:1:0", "work_add:1:3", "work_say:1",
     "work_did:2", "work_unit:1:9", "work_unit:2:1", "work_gave:1:9:100", "work_gave:2:1:100"],
)  # fmt: skip
async def test_forged_and_foreign_presses_change_nothing(village: Village, data: str) -> None:
    [amina, juma, neema, otieno] = village.has("Amina", "Juma", "Neema", "Otieno")
    await a_village_that_works(village, amina, juma)
    await village.forms_group("Makueni", neema, otieno)
    other = village.groups[1]
    await village.is_set_up(other, neema, otieno)
    await neema.writes("/work")
    await neema.taps("Call a work day")
    await neema.writes("A well")
    await neema.taps("Saturday, March 7")
    await neema.taps("8:00")
    await neema.writes("2 shovels")
    before = [await counted(village, one) for one in ("work_comers", "claims", "work_needs")]
    for message in (amina.messages()[-1], village.group.messages[-1]):
        await amina.presses_data(message, data)
        assert amina.toast, data
        assert "our side" not in amina.toast
    after = [await counted(village, one) for one in ("work_comers", "claims", "work_needs")]
    assert after == before == [0, 0, 1]


@pytest.mark.parametrize(
    "data",
    ["work_list:1", "work_tick:1:1:0:0", "work_say:1", "work_others:1:0", "work_add:1:1",
     "work_on:1:20260307", "work_on:1:20200307", "work_on:1:7", "work_at:1:8", "work_call:1",
     "work_not_needed:1:1", "work_off:1"],
)  # fmt: skip
async def test_only_who_called_it_says_what_was_done(village: Village, data: str) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    group = await a_village_that_works(village, amina, juma, neema)
    await calls(juma)
    await neema.presses_data(neema.messages()[-1], data)
    assert neema.toast
    assert "our side" not in neema.toast
    if data in {"work_list:1", "work_tick:1:1:0:0", "work_say:1"}:
        await juma.presses_data(juma.messages()[-1], data)
        assert "not come yet" in juma.toast
    assert group.sees("20\u00a0poles")
    assert await counted(village, "work_done") == 0
    assert await counted(village, "claims") == 0


async def test_a_press_out_of_turn_asks_for_the_day_first(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await a_village_that_works(village, amina, juma)
    await juma.writes("/work")
    await juma.taps("Call a work day")
    await juma.writes("A new roof")
    await juma.presses_data(juma.messages()[-1], "work_not_needed:1:1")
    assert "mistake" not in juma.toast
    await juma.taps("Saturday, March 7")
