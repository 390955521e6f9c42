"""Each way of deciding, as members meet it: from the proposal to the arithmetic."""

import pytest
from decision_village import card, circle, decision, does, kept_votes, proposes, said, votes
from village import Group, Someone, Village

ROOFS = "Iron\nThatch\nTiles"


async def five(village: Village) -> tuple[list[Someone], Group]:
    people = village.has("Amina", "Juma", "Neema", "Otieno", "Wanjiru")
    return people, await circle(village, *people)


async def all_vote(people: list[Someone], *ballots: str) -> None:
    """Each puts a ballot together in private, tapping these labels one by one."""
    for person, ballot in zip(people, ballots, strict=True):
        await person.taps("My vote, in private", in_group=True)
        for label in ballot.split():
            await person.taps(label)
        await person.taps("This is my vote" if ballot else "I abstain")


@pytest.mark.parametrize(
    ("method", "yes", "no", "says"),
    [
        ("Two-thirds", 4, 1, ("✅ Accepted", "4 of 5 is two-thirds or more.")),
        ("Two-thirds", 3, 2, ("✕ Not accepted", "3 of 5 is less than two-thirds.")),
        ("All of us", 5, 0, ("✅ Accepted", "Every vote says yes.")),
        ("All of us", 4, 1, ("✕ Not accepted", "Not every vote says yes.")),
    ],
)
async def test_thresholds(
    village: Village, method: str, yes: int, no: int, says: tuple[str, ...]
) -> None:
    people, group = await five(village)
    await proposes(people[0], "We buy a pump", "[How]", f"[{method}]")
    await votes("Yes", *people[:yes])
    await votes("No", *people[yes : yes + no])
    await village.waits(minutes=11)
    assert all(one in card(group) for one in says)


async def test_who_does_not_want_what_must_be_unanimous_does_not_abstain(village: Village) -> None:
    people, group = await five(village)
    await proposes(people[0], "We buy a pump", "[How]", "[All of us]")
    assert "I abstain" not in people[1].labels(in_group=True)
    await people[1].presses_data(group.messages[-1], "vote:1:0")
    assert "no longer whole" in people[1].toast


async def test_consent(village: Village) -> None:
    people, group = await five(village)
    await proposes(people[0], "We buy a pump", "[How]", "[Nobody objects]")
    assert people[1].labels(in_group=True)[:3] == ["👍 I agree", "✋ I object", "😐 I abstain"]
    await votes("I agree", *people[:3])
    await votes("I abstain", people[3])
    await votes("I object", people[4])
    await village.waits(minutes=11)
    assert "✕ Not accepted" in card(group)
    assert "There is 1 objection." in card(group)
    assert "1 abstained." in card(group)


async def test_one_of_several_by_more_than_half(village: Village) -> None:
    people, group = await five(village)
    steps = ("[Choices]", ROOFS, "[How]", "[More than half]")
    await proposes(people[0], "Which roof?", *steps)
    assert "1 Iron" in people[1].labels(in_group=True)
    await votes("1 Iron", *people[:2])
    await votes("3 Tiles", *people[2:])
    await village.waits(minutes=11)
    assert "✅ Decided\nIron: 2\nThatch: 0\nTiles: 3" in card(group)
    assert "Tiles: 3 of 5 votes is more than half." in card(group)


async def test_approval(village: Village) -> None:
    people, group = await five(village)
    await proposes(people[0], "Which roof?", "[Choices]", ROOFS)
    assert "Tick all you could live with. The most ticked is chosen." in card(group)
    await people[0].taps("My vote, in private", in_group=True)
    assert people[0].labels() == ["▫️ Iron", "▫️ Thatch", "▫️ Tiles", "😐 I abstain"]
    await does(people[0], "[Iron]", "[Tiles]", "[Tiles]", "[Thatch]")
    assert people[0].labels()[:3] == ["✅ Iron", "✅ Thatch", "▫️ Tiles"]
    assert await kept_votes(village) == []  # nothing counts before it is given
    await people[0].taps("This is my vote")
    assert "Iron, Thatch" in said(people[0])
    await all_vote(people[1:], "Thatch", "Thatch Tiles", "Tiles", "")
    await village.waits(minutes=11)
    assert "Iron: 1\nThatch: 3\nTiles: 2" in card(group)
    assert "Most ticked: Thatch." in card(group)
    assert "5 of 5 took part. 3 were needed. 1 abstained." in card(group)


async def test_a_tie_is_named_and_decides_nothing(village: Village) -> None:
    people, group = await five(village)
    await proposes(people[0], "Which roof?", "[Choices]", ROOFS)
    await all_vote(people, "Iron", "Iron", "Tiles", "Tiles", "Thatch")
    await village.waits(minutes=11)
    assert "⚖️ A tie" in card(group)
    assert "A tie between Iron and Tiles: nothing is decided." in card(group)
    assert (await decision(village)).state == "tie"
    await people[3].taps("Read more", in_group=True)
    await people[3].taps("Ask again")
    assert "“Which roof?”\n\n1. Iron\n2. Tiles\n" in said(people[3])
    await people[3].taps("Put it to the group")
    assert "Otieno proposes it." in card(group)
    assert "Thatch" not in card(group)


async def test_ranking(village: Village) -> None:
    people, group = await five(village)
    await proposes(people[0], "Which roof?", "[Choices]", ROOFS, "[How]", "[In your order]")
    await people[0].taps("My vote, in private", in_group=True)
    await does(people[0], "[1. Iron]", "[2. Tiles]", "[One back]", "[2. Thatch]")
    assert "1. Iron\n2. Thatch" in said(people[0])
    await people[0].taps("This is my vote")
    assert "Iron › Thatch" in said(people[0])
    await all_vote(people[1:], "Thatch", "Thatch", "Tiles", "Tiles")
    await village.waits(minutes=11)
    assert "Round 1: Iron 1, Thatch 2, Tiles 2. Out: Iron." in card(group)
    assert "Round 2: Thatch 3, Tiles 2." in card(group)
    assert "Thatch has more than half of the 5 votes that count at the end." in card(group)


async def test_points_divide_a_budget(village: Village) -> None:
    people, group = await five(village)
    steps = ("[Choices]", ROOFS, "[How]", "[Ten points each]", "1000", "[Choices]")
    await proposes(people[0], "The roof money", *steps, "Iron: 200\nThatch\nTiles")
    assert "There is KES 1,000.00 to allot." in card(group)
    assert "1. Iron · KES 200.00" in card(group)
    for person, points in zip(people[:3], ((5, 3, 2), (5, 3, 2), (10, 0, 0)), strict=True):
        await person.taps("My vote, in private", in_group=True)
        for name, number in zip(ROOFS.split(), points, strict=True):
            for _ in range(number):
                await plus(person, name)
        if sum(points) == 10:
            assert "You have 0 points left." in said(person)
        await person.taps("This is my vote")
    await village.waits(days=4)
    assert "Iron: 20 → KES 200.00" in card(group)
    assert "Thatch: 6 → KES 480.00" in card(group)
    assert "Tiles: 4 → KES 320.00" in card(group)
    assert "Allotted: KES 1,000.00 of KES 1,000.00." in card(group)


async def plus(person: Someone, name: str) -> None:
    """Tap the ➕ beside a name."""
    last = person.messages()[-1]
    [row] = {one.row for one in person.buttons() if one.message is last and name in one.label}
    [button] = [
        one
        for one in person.buttons()
        if one.message is last and one.row == row and one.label == "➕"
    ]
    await person.presses(button)


async def test_equal_shares_of_a_budget(village: Village) -> None:
    people, group = await five(village)
    steps = ("[Choices]", ROOFS, "[How]", "[Equal shares]")
    await does(people[0], "/propose", "The roof money", "[Skip]", *steps)
    assert "What does each cost, in KES?" in said(people[0])
    await people[0].writes("Iron: 600\nThatch: 500\nTiles")
    assert "What does “Tiles” cost?" in said(people[0])
    await does(people[0], "Iron: 600\nThatch: 500\nTiles: 200", "1000", "[Put it to the group]")
    await all_vote(people, "Iron", "Iron", "Iron", "Thatch", "Thatch Tiles")
    await village.waits(minutes=11)
    assert "Iron: 3 → KES 600.00\nThatch: 2 → –\nTiles: 1 → KES 200.00" in card(group)
    assert "Allotted: KES 800.00 of KES 1,000.00. What is left over stays where it is." in card(
        group
    )


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("Iron", "Write at least 2 choices and at most 10"),
        ("\n".join(str(number) for number in range(11)), "at most 10"),
        ("Iron\niron", "“iron” is there twice"),
        ("Iron\n" + "x" * 61, "at most 60 letters"),
    ],
)
async def test_choices_that_cannot_be(village: Village, written: str, told: str) -> None:
    people, _ = await five(village)
    await does(people[0], "/propose", "Which roof?", "[Skip]", "[Choices]", written)
    assert told in said(people[0])
    await people[0].writes(ROOFS)  # the question is still open
    assert "3. Tiles" in said(people[0])


async def test_the_folded_part_turns_round(village: Village) -> None:
    people, group = await five(village)
    await does(people[0], "/propose", "We buy a pump", "[Skip]", "[More]")
    for label in ("Seen at the end", "As it comes in", "By member", "50", "3 days", "Vote at once"):
        await people[0].taps(label)
    assert people[0].labels() == [
        "🔒 Secret",
        "🏠 By household",
        "👥 75\xa0% take part",
        "⏳ 5 days",
        "💬 Talk 1 day first",
        "🗓 No look back",
        "◀ Back",
    ]
    await does(people[0], "[Secret]", "[By household]", "[Talk 1 day]", "[Back]", "[Put it to]")
    assert "At least 4 are needed." not in card(group)
    kept = await decision(village)
    assert (kept.manner.is_secret, kept.manner.is_live) == (False, False)
    assert (kept.manner.voters, kept.manner.quorum, kept.manner.days) == ("member", 75, 5)
    assert kept.manner.talk_days == 2
