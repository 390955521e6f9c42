"""Two homes become one and part again: what is shared meanwhile, and whose it is afterwards."""

from datetime import UTC, datetime

import pytest
from circle import leaves
from contribution_village import PAID, contributes, counted, faults, march
from goal_village import does, said, sets_goal
from village import Someone, Village

from bot.storage import members
from bot.storage.database import Reading

YES = "Yes, it is"


async def opens_home(who: Someone) -> None:
    await who.writes("/members")
    await who.taps("Kitui")


def april(day: int) -> datetime:
    return datetime(2026, 4, day, 15, 1, tzinfo=UTC)


async def test_two_homes_join_and_part(village: Village) -> None:
    [amina, juma, grace] = village.has("Amina", "Juma", "Grace")
    group = await contributes(village, amina, juma, grace)
    await village.moves_to(march(5))
    assert group.sees("0 of 3 households")
    for payer, witness in ((amina, grace), (juma, amina), (grace, juma)):
        await payer.writes("/pay")
        await payer.taps(PAID)
        await witness.taps(YES)
    assert group.sees("3 of 3 households")

    await opens_home(amina)
    await amina.taps("Juma")
    await juma.taps("Yes, one household")
    await sets_goal(amina, "A roof of iron", area="Home")
    await does(amina, "[Change]", "[My household]", "[Ask Juma]", "[✅ Ask]")
    await juma.taps("Yes, together")
    assert "A roof of iron" in said(juma)

    await village.moves_to(april(5))
    assert group.sees("0 of 2 households")
    await juma.writes("/pay")
    await juma.taps(PAID)
    assert not any("Is the money there?" in said(one) for one in (amina, juma))
    await grace.taps(YES)
    assert group.sees("1 of 2 households")
    await amina.writes("/pay")
    assert "The contribution for April is paid" in said(amina)

    await opens_home(juma)
    await juma.taps("Part again")
    assert "of your own again" in said(juma)
    await juma.writes("/members", in_group=True)
    assert "🏠 Amina\n🏠 Juma\n🏠 Grace" in group.reads
    await juma.writes("/goals")
    assert "No goal yet" in said(juma)
    await amina.writes("/goals")
    assert "A roof of iron" in amina.labels()[0]

    await village.moves_to(datetime(2026, 5, 5, 15, 1, tzinfo=UTC))
    assert "0 of 3 households" in group.reads
    for payer in (amina, juma):
        await payer.writes("/pay")
        await payer.taps(PAID)
        await grace.taps(YES)  # who once shared a home never witness each other
    assert "2 of 3 households" in group.reads
    await juma.writes("/passbook")
    assert "Passbook of Juma" in said(juma)
    assert "May 5" in said(juma)
    assert await counted(village, "entries") == 6
    assert await faults(village) == []


async def test_what_was_paid_before_stays_with_each_home(village: Village) -> None:
    [amina, juma, grace] = village.has("Amina", "Juma", "Grace")
    await contributes(village, amina, juma, grace)
    await village.moves_to(march(5))
    for payer in (amina, juma):
        await payer.writes("/pay")
        await payer.taps(PAID)
        await grace.taps(YES)
    before = []
    for one in (amina, juma):
        await one.writes("/passbook")
        before.append(said(one))
    await opens_home(amina)
    await amina.taps("Juma")
    await juma.taps("Yes, one household")
    await opens_home(amina)
    await amina.taps("Part again")
    for one, as_it_was in zip((amina, juma), before, strict=True):
        await one.writes("/passbook")
        assert said(one) == as_it_was
    assert await faults(village) == []


async def homes(village: Village) -> list[list[str]]:
    def look(at: Reading) -> list[list[str]]:
        found: dict[int, list[str]] = {}
        for one in members.of_group(at, 1):
            found.setdefault(one.household_id, []).append(one.name)
        return sorted(found.values())

    return await village.finds(look)


async def join(one: Someone, other: Someone) -> None:
    """The first asks, the other moves in."""
    await opens_home(one)
    await one.taps(other.name)
    await other.taps("Yes, one household")


async def records(who: Someone, name: str) -> None:
    await opens_home(who)
    await does(who, "[Somebody without a phone]", name, "[Yes, in my household]")


async def parts_again(who: Someone) -> None:
    await opens_home(who)
    await who.taps("Part again")


async def test_whoever_parts_the_others_stay_together(village: Village) -> None:
    [amina, juma, grace] = village.has("Amina", "Juma", "Grace")
    await contributes(village, amina, juma, grace)
    await join(amina, juma)
    await join(amina, grace)
    before = await homes(village)
    assert before == [["Amina", "Juma", "Grace"]]
    await parts_again(amina)
    assert await homes(village) == [["Amina"], ["Juma", "Grace"]]
    await parts_again(grace)
    assert await homes(village) == [["Amina"], ["Grace"], ["Juma"]]


@pytest.mark.parametrize("who_parts", ["Amina", "Juma"])
async def test_those_without_a_phone_go_with_who_writes_for_them(
    village: Village, who_parts: str
) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await contributes(village, amina, juma)
    await records(amina, "Mama")
    await records(juma, "Mzee")
    await join(amina, juma)
    assert await homes(village) == [["Amina", "Juma", "Mama", "Mzee"]]
    await parts_again(village.people[who_parts])
    assert await homes(village) == [["Amina", "Mama"], ["Juma", "Mzee"]]
    await parts_again(amina)
    assert await homes(village) == [["Amina"], ["Juma", "Mzee"], ["Mama"]]


async def test_who_leaves_the_group_leaves_the_other_what_is_theirs(village: Village) -> None:
    [amina, juma, grace] = village.has("Amina", "Juma", "Grace")
    await contributes(village, amina, juma, grace)
    await village.moves_to(march(5))
    for payer in (amina, juma):
        await payer.writes("/pay")
        await payer.taps(PAID)
        await grace.taps(YES)
    await juma.writes("/passbook")
    before = said(juma)
    await join(amina, juma)
    await leaves(amina, "Kitui")
    assert await homes(village) == [["Grace"], ["Juma"]]
    await juma.writes("/passbook")
    assert said(juma) == before
    assert await faults(village) == []


async def test_homes_that_joined_both_ways_are_the_same_afterwards(village: Village) -> None:
    [amina, juma, grace] = village.has("Amina", "Juma", "Grace")
    await contributes(village, amina, juma, grace)
    await village.moves_to(march(5))
    await juma.writes("/pay")
    await juma.taps(PAID)
    await grace.taps(YES)
    await juma.writes("/passbook")
    before = said(juma)
    for one, other in ((juma, amina), (amina, juma)):
        await join(one, other)
        await parts_again(other)
    await juma.writes("/passbook")
    assert said(juma) == before
    await amina.writes("/passbook")
    assert "500" not in said(amina)


async def test_who_moves_out_is_not_asked_again_for_a_month_given_together(
    village: Village,
) -> None:
    [amina, juma, grace] = village.has("Amina", "Juma", "Grace")
    group = await contributes(village, amina, juma, grace)
    await join(amina, juma)
    await amina.writes("/pay")
    await amina.taps(PAID)
    await grace.taps(YES)
    await parts_again(juma)
    before = len(juma.messages())
    await village.moves_to(march(5))
    assert group.sees("1 of 2 households"), "Juma's new home is awaited from April on"
    assert len(juma.messages()) == before
    await village.moves_to(april(5))
    assert group.sees("0 of 3 households")
    assert len(juma.messages()) > before


async def test_who_moves_out_before_it_was_given_is_asked(village: Village) -> None:
    [amina, juma, grace] = village.has("Amina", "Juma", "Grace")
    group = await contributes(village, amina, juma, grace)
    await join(amina, juma)
    await parts_again(juma)
    await amina.writes("/pay")
    await amina.taps(PAID)
    await grace.taps(YES)
    await village.moves_to(march(5))
    assert group.sees("1 of 3 households")
