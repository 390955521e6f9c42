"""A member's own month, in private, once a check-in has closed."""

from circle import CLOSES, OPENS_NEXT, answers_all, opens_circle
from contribution_village import PAID
from goal_village import does
from village import Someone, Village

from bot.domain.plans import Contribution

MINE = "Only you see this"


def months_of(someone: Someone) -> list[str]:
    return [one for one in someone.read_all().split("\n\n") if "Your March. " + MINE in one]


async def test_what_was_theirs_is_sent_to_each_alone_and_nothing_to_who_has_nothing(
    village: Village,
) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    group = await opens_circle(
        village,
        amina,
        juma,
        neema,
        practices=frozenset({"check_ins", "contributions"}),
        plans=(Contribution(amount_minor=50_000),),
    )
    await answers_all(amina, "The rain came")
    await juma.writes("/pay")
    await juma.taps(PAID)
    await neema.taps("Yes, it is")
    await village.moves_to(CLOSES)
    await village.waits(minutes=1)
    [mine] = months_of(amina)
    assert "The rain came" in amina.read_all()
    assert "In the way: " in mine
    [his] = months_of(juma)
    assert "500.00" in his
    assert "▣" in his
    assert "In the way" not in his, "no word of a check-in that he left out"
    assert not months_of(neema)
    assert MINE not in group.read_all()


async def test_who_hid_what_stood_in_their_chat_is_not_sent_it_again(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await opens_circle(village, amina, juma)
    await answers_all(amina, "He drinks again")
    await answers_all(juma)
    await amina.writes("/hide")
    await village.moves_to(CLOSES)
    await village.waits(minutes=1)
    assert not months_of(amina)
    assert not amina.sees("He drinks again")
    assert months_of(juma)

    await village.moves_to(OPENS_NEXT)
    for someone in (amina, juma):
        await answers_all(someone)
    await village.waits(days=4, minutes=1)
    assert amina.sees("Your April. " + MINE), "another month, in which nothing was hidden"


async def test_who_turned_it_off_gets_none_and_a_night_waits(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await opens_circle(village, amina, juma)
    for one in (amina, juma):
        await answers_all(one)
    await does(juma, "/privacy", "[✅ My month]")
    assert "I send you no such month" in juma.reads
    await village.moves_to(CLOSES)
    await village.waits(minutes=1)
    assert months_of(amina)
    assert not months_of(juma)
