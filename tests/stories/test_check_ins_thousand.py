"""A thousand members answer at once: no answer is lost, and none is another's."""

import random
from pathlib import Path

import pytest
from circle import OPENS, round_card
from village import Someone, Village, a_village

from bot.domain.check_ins import CATALOGUE, Answer
from bot.storage import check_ins as store, members, people
from bot.storage.database import Reading, Transaction

A_THOUSAND = 1000
FIFTY = 50
CHOICES = ("goal", "hurdle", "help", "income", "savings", "debt")
LINE, SHARE = CATALOGUE["line"].number, CATALOGUE["share"].number


def choice_of(number: int, place: int) -> int:
    """Which option the member of this number taps for a question: hardly two tap all the same."""
    for key in CHOICES[:place]:
        number //= len(CATALOGUE[key].options)
    return number % len(CATALOGUE[CHOICES[place]].options)


def answers_of(number: int) -> dict[str, Answer]:
    """All that the member of this number answers."""
    said = {
        key: Answer(choice=CATALOGUE[key].options[choice_of(number, place)])
        for place, key in enumerate(CHOICES)
    }
    return said | {"line": Answer(text=words_of(number)), "share": Answer()}


def words_of(number: int) -> str:
    return f"The month of {number}."


def joins_all(at: Transaction, telegram_ids: list[int]) -> None:
    for one in telegram_ids:
        person = people.by_telegram_id(at, one)
        assert person is not None
        members.add(at, group_id=1, person_id=person.id, state="member")


def everything_kept(at: Reading) -> dict[int, dict[str, Answer]]:
    """What every member answered, by their Telegram id."""
    kept = {}
    for one in members.of_group(at, 1):
        check_in = store.of_member(at, 1, one.id)
        telegram_id = people.by_id(at, one.person_id).telegram_id
        assert check_in is not None
        assert telegram_id is not None
        kept[telegram_id] = store.answers(at, check_in)
    return kept


async def all_answer_at_once(village: Village, how_many: int, chance: random.Random) -> None:
    folk = village.has(*(f"Member {number}" for number in range(how_many)))
    group = await village.forms_group("Kitui Circle", *folk)
    for someone in folk[1:]:
        village.world.start(someone.id)
    await village.is_set_up(group, folk[0])
    assert village.bot is not None
    await village.bot.database.transact(joins_all, [one.id for one in folk[1:]])
    await village.moves_to(OPENS)

    def press(someone: Someone, data: str) -> None:
        message = someone.messages()[-1].message_id
        village.world.press(someone.id, someone.id, message, data)

    taps = [
        (someone, f"check:1:{CATALOGUE[key].number}:{choice_of(number, place)}")
        for number, someone in enumerate(folk)
        for place, key in enumerate(CHOICES)
    ]
    chance.shuffle(taps)
    for someone, data in taps:
        press(someone, data)
    await village.settles()
    numbered = list(enumerate(folk))
    chance.shuffle(numbered)
    for _, someone in numbered:
        press(someone, f"check_show:1:{LINE}")
    chance.shuffle(numbered)
    for number, someone in numbered:
        village.world.say(someone.id, someone.id, words_of(number))
    await village.settles()
    for _, someone in numbered:
        press(someone, f"check_share:1:{SHARE}:0")
    await village.settles()

    kept = await village.finds(everything_kept)
    assert {one.id: answers_of(number) for number, one in enumerate(folk)} == kept
    rows = await village.finds(lambda at: at.value("SELECT count(*) FROM check_in_answers"))
    assert rows == how_many * (len(CHOICES) + 2)
    for number, someone in enumerate(folk):
        assert someone.sees("you are in for March")
        assert someone.sees(f"“{words_of(number)}”")
        assert someone.read_all().count("The month of") == 1  # nobody else's
    assert f"{how_many} of {how_many} are in" in round_card(group)
    assert "The month" not in group.read_all()


async def test_fifty_answer_at_once(tmp_path: Path) -> None:
    async with a_village(tmp_path) as village:
        await all_answer_at_once(village, FIFTY, random.Random(7))


@pytest.mark.slow
@pytest.mark.promise("A thousand answer at once: no answer is lost or crossed")
async def test_a_thousand_answer_at_once(tmp_path: Path) -> None:
    async with a_village(tmp_path) as village:
        await all_answer_at_once(village, A_THOUSAND, random.Random(11))
