"""What the digest tells of goals that were reached and of help between members."""

from datetime import UTC, datetime

from goal_village import circle, does, sets_goal
from village import Group, Someone, Village, words

FIRST_OF_APRIL = datetime(2026, 4, 1, 15, 0, tzinfo=UTC)  # six in the evening in Nairobi


def digest_in(group: Group) -> str:
    """The newest digest there, in words, with ordinary spaces."""
    pictures = [one for one in group.messages if one.content.media]
    return words(pictures[-1]).replace("\xa0", " ")


async def takes_up(group: Group, other: Someone, asker: Someone) -> None:
    """From the newest ask's card to being in touch."""
    link = [one for one in other.buttons(in_group=group) if one.url][-1]
    await other.presses(link)
    await other.taps("Yes, ")
    await asker.taps("Yes")


async def test_reached_goals_and_help_are_told_as_members_let_it(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    group = await circle(village, amina, juma, neema)
    await sets_goal(amina, shared=True)
    await does(amina, "[★ Reached]", "[Yes, tell it]")
    await sets_goal(juma, "A well of our own", shared=True)
    await does(juma, "[★ Reached]", "[🤫 No]")
    await sets_goal(neema, "Rid of the debt")
    await does(neema, "[★ Reached]")

    await does(juma, "/ask A ladder", "[Home]", "[As Juma]", "[Yes, post it]")
    await takes_up(group, neema, juma)
    await does(neema, "[It happened]", "[2 h]")
    await juma.taps("Yes")
    await amina.writes("/offer seeds for beans", in_group=True)
    await takes_up(group, neema, amina)
    await does(neema, "[It happened]", "[A thing]", "a bag of seeds")
    await amina.taps("Yes")
    await village.moves_to(datetime(2026, 3, 28, 9, 0, tzinfo=UTC))
    for text in ("a ride to the clinic", "a saw"):
        await neema.writes(f"/ask {text}", in_group=True)
    await neema.taps("Take it back")  # the saw
    await does(juma, "/ask Who lends me money?", "[Money]", "[Without my name]", "[Yes, post it]")

    await village.moves_to(FIRST_OF_APRIL)
    told = digest_in(group)
    for line in (
        "🎯 1 goal reached\nAmina: Two goats",
        "🤲 2 times helped\n2 h in all",
        "🙋 2 asks and offers stand open",
        "Neema: a ride to the clinic",
        "Somebody of us: Who lends me money?",
    ):
        assert line in told
    for text in ("well", "debt", "ladder", "a bag", "saw", "12,000", "seeds"):
        assert text not in told


async def test_what_is_taken_back_before_it_is_told_is_not_told(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await village.moves_to(datetime(2026, 3, 28, 9, 0, tzinfo=UTC))
    await sets_goal(amina, shared=True)
    await does(amina, "[★ Reached]", "[Yes, tell it]")
    await juma.writes("/ask a ladder", in_group=True)
    await village.moves_to(datetime(2026, 4, 1, 9, 0, tzinfo=UTC))  # the month is over
    await amina.taps("Do not tell it")
    await juma.taps("Take it back")
    await village.moves_to(FIRST_OF_APRIL)
    told = digest_in(group)
    assert "goats" not in told
    assert "ladder" not in told


async def test_each_group_is_told_its_own(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    kitui = await circle(village, amina)
    await sets_goal(amina, shared=True)
    await does(amina, "[★ Reached]", "[Yes, tell it]")
    await amina.writes("/ask a ladder", in_group=kitui)
    machakos = await circle(village, juma, title="Machakos")
    for group in (kitui, machakos):
        who = amina if group is kitui else juma
        await who.writes("/digest", in_group=group)
    assert "Amina: Two goats" in digest_in(kitui)
    assert "Amina: a ladder" in digest_in(kitui)
    assert "goats" not in digest_in(machakos)
    assert "ladder" not in digest_in(machakos)
