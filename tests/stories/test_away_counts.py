"""Who left the group's chat is not awaited: counted once they answer, not asked to witness."""

from circle import CLOSES, answers_all, opens_circle, round_card
from contribution_village import PAID, contributes, march
from village import Someone, Village


async def leaves_chat(village: Village, someone: Someone) -> None:
    village.world.leave(someone.id, village.group.id)
    await village.settles()


async def test_away_counts_once_they_are_in(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    group = await opens_circle(village, amina, juma, neema)
    await leaves_chat(village, juma)
    await leaves_chat(village, neema)
    await answers_all(amina)
    assert "1 of 1 is in" in round_card(group)
    await answers_all(juma)
    assert "2 of 2 are in" in round_card(group)
    await village.moves_to(CLOSES)
    assert "2 of 2 took part" in round_card(group)


async def test_away_is_not_awaited_to_give_nor_asked_to_witness(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    group = await contributes(village, amina, juma, neema)
    await leaves_chat(village, neema)
    before = len(neema.messages())
    await amina.writes("/pay")
    await amina.taps(PAID)
    assert "Is the money there?" in juma.reads
    assert len(neema.messages()) == before
    await village.moves_to(march(5))
    assert group.sees("0 of 2 households")
