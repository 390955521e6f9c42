"""Unasked, the bot speaks in a group at most twice a day, never at night, and forgets nothing."""

from datetime import UTC, datetime, timedelta

from circle import answers_all
from contribution_village import transacts
from village import Someone, Village

from bot.domain.agreement import CheckIn, Digest
from bot.domain.plans import Contribution
from bot.practices import speaking
from bot.storage import groups
from bot.storage.database import Transaction

#: Everything on the first of the month: in Nairobi 18:00 is 15:00 UTC.
EVENING = datetime(2026, 4, 1, 15, 0, tzinfo=UTC)
MORNING = datetime(2026, 4, 2, 5, 0, tzinfo=UTC)


async def a_busy_first(village: Village) -> list[Someone]:
    people = village.has("Amina", "Juma")
    group = await village.forms_group("Kitui", *people)
    await village.is_set_up(
        group,
        *people,
        practices=frozenset({"check_ins", "contributions", "digests"}),
        check_in=CheckIn(day=1, hour=18, open_days=4),
        plans=(Contribution(amount_minor=50_000, day=1, hour=17),),
        digest=Digest(day=1, hour=18),
    )
    return people


async def hears_twice(village: Village) -> None:
    await transacts(village, speak_twice)


def speak_twice(at: Transaction, group_id: int) -> None:
    group = groups.by_id(at, group_id)
    chat = groups.chat_of(at, group)
    for _ in range(2):
        speaking.say(at, chat, "en", "refusals/our_mistake", urgency=speaking.UNASKED)


def posts_since(village: Village, when: datetime) -> list[str]:
    """What stands in the group that was posted from an instant on."""
    return [one.content.text for one in village.group.messages if one.date >= when.timestamp()]


async def test_of_three_on_one_day_the_third_waits_for_the_next(village: Village) -> None:
    amina, _ = await a_busy_first(village)
    await amina.writes("/thanks Juma for the maize", in_group=True)
    await village.moves_to(EVENING + timedelta(minutes=1))
    heard = len(posts_since(village, EVENING.replace(hour=0)))
    assert heard == 2
    await village.moves_to(EVENING + timedelta(hours=8))
    assert len(posts_since(village, EVENING.replace(hour=0))) == 2
    await village.moves_to(EVENING + timedelta(days=1, minutes=1))
    assert len(posts_since(village, EVENING.replace(hour=0))) == 3
    assert village.group.sees("March 2026")
    assert village.group.sees("How was your month?")
    assert village.group.sees("KES\u00a0500.00")


async def test_the_check_ins_post_waits_and_its_questions_do_not(village: Village) -> None:
    people = village.has("Amina", "Juma", "Neema")
    group = await village.forms_group("Kitui", *people)
    await village.is_set_up(group, *people, check_in=CheckIn(day=1, hour=18, open_days=4))
    await village.moves_to(EVENING - timedelta(hours=1))
    await hears_twice(village)
    before = len(group.messages)

    await village.moves_to(EVENING)
    assert people[0].sees("how did it move this month?"), (
        "everybody is asked in private at the agreed hour"
    )
    await answers_all(people[0])
    assert len(group.messages) == before, "an answer posts nothing that has not been posted"

    await village.moves_to(MORNING - timedelta(minutes=1))
    assert len(group.messages) == before
    await village.moves_to(MORNING)
    assert len(group.messages) == before + 1
    assert "1 of 3" in group.reads


async def test_a_post_that_found_no_room_before_the_round_closed_is_let_go(
    village: Village,
) -> None:
    people = village.has("Amina", "Juma")
    group = await village.forms_group("Kitui", *people)
    await village.is_set_up(
        group,
        *people,
        check_in=CheckIn(day=1, hour=18, open_days=1),
        practices=frozenset({"check_ins"}),
    )
    for day in (1, 2):
        await village.moves_to(datetime(2026, 4, day, 4, 0, tzinfo=UTC))
        await hears_twice(village)
    before = len(group.messages)
    await village.moves_to(datetime(2026, 4, 5, 15, 0, tzinfo=UTC))
    assert len(group.messages) == before


async def test_a_group_without_the_bot_is_not_spoken_to_later(village: Village) -> None:
    people = village.has("Amina", "Juma")
    group = await village.forms_group("Kitui", *people)
    await village.is_set_up(group, *people, check_in=CheckIn(day=1, hour=18, open_days=4))
    await village.moves_to(EVENING - timedelta(hours=1))
    await hears_twice(village)
    await village.moves_to(EVENING)
    village.world.remove_bot(group.id, by=people[0].id)
    await village.settles()
    before = len(group.messages)
    await village.moves_to(MORNING + timedelta(hours=1))
    assert len(group.messages) == before
