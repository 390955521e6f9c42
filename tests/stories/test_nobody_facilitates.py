"""The last facilitator leaves or is forgotten: the group hears it once, kindly, and goes on."""

import pytest
from circle import forms_circle, leaves
from goal_village import does
from village import Group, Someone, Village

from bot.storage import members

SAID = "Nobody facilitates our group just now"


async def kitui(village: Village) -> tuple[Group, list[Someone]]:
    folk = village.has("Amina", "Juma", "Neema")
    return await forms_circle(village, "Kitui Circle", *folk), folk


def times_said(group: Group) -> int:
    return group.read_all().count(SAID)


@pytest.mark.parametrize("how", ["leaves", "is forgotten"])
async def test_the_group_is_told_once_and_any_member_takes_it_up(
    village: Village, how: str
) -> None:
    group, [amina, juma, _] = await kitui(village)
    if how == "leaves":
        await leaves(amina)
    else:
        await does(amina, "/forget", "[Forget me]", "[Yes, forget me]")
    await village.waits(days=3)
    assert times_said(group) == 1
    assert "Amina" not in group.messages[-1].content.text
    await juma.taps("I facilitate", in_group=True)
    held = await village.finds(
        lambda at: [one.name for one in members.holders(at, 1, "facilitator")]
    )
    assert held == ["Juma"]
    await village.waits(days=3)
    assert times_said(group) == 1


async def test_an_election_begins_with_a_tap(village: Village) -> None:
    group, [amina, juma, _] = await kitui(village)
    await leaves(amina)
    await village.waits(minutes=1)
    await juma.taps("Put an election", in_group=True)
    assert "propose" in juma.reads.lower() or "What" in juma.reads
    assert group.sees(SAID)


async def test_at_night_it_waits_and_another_facilitator_makes_it_needless(
    village: Village,
) -> None:
    group, [amina, juma, _] = await kitui(village)
    await village.moves_to(village.now.replace(hour=20))  # eleven at night in Nairobi
    await leaves(amina)
    await village.waits(hours=1)
    assert times_said(group) == 0
    await juma.writes("/members", in_group=True)
    await juma.taps("I facilitate", in_group=True)
    await village.waits(days=2)
    assert times_said(group) == 0


async def test_who_leaves_an_empty_group_or_one_with_another_facilitator_tells_nobody(
    village: Village,
) -> None:
    group, [amina, juma, neema] = await kitui(village)
    await juma.writes("/members", in_group=True)
    await juma.taps("I'd facilitate too", in_group=True)
    await does(amina, "[Yes]")
    for one in (amina, neema, juma):
        await leaves(one)
    await village.waits(days=1)
    assert times_said(group) == 0
