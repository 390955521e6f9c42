"""Three groups and everybody who might reach for what is not theirs, left behind as a file.

Kitui has lived through a month and has something of everything open. Whoever is named below stands
to it in another way. Machakos is another group; Embu is just being set up, by people of neither.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from circle import blocks_bot, joins, leaves
from contribution_village import moves_in_with, parts, takes_office
from decision_village import proposes
from goal_village import does, sets_goal
from village import Group, Someone, Village, a_village
from whole_life import WORDS, forms, lives_a_month

from bot.domain.agreement import PRACTICES
from bot.domain.plans import Contribution

Raw = dict[str, Any]

#: What only members of Kitui may read: no outsider is ever sent a word of it.
GROUPS_WORDS: Final = (
    *WORDS,
    "Ochre tiles for the school",
    "A grindstone is wanted",
    "Planting of the windbreak",
    "30 bags of lime",
)
#: What one person alone may read, by whose it is.
PRIVATE_WORDS: Final = {
    "Baraka": ("My debts to the mill", "Half-said wish of Baraka"),
    "Neema": ("The quarrel with my brother",),
}


@dataclass(frozen=True)
class Crowd:
    """What the village left behind."""

    database: Path
    groups: dict[str, int]  # Telegram's ids, by title
    people: dict[str, int]
    offered: dict[str, frozenset[str]]  # what buttons carried, and links, by who saw them
    updates: tuple[Raw, ...]  # everything that came, as it came
    left_at: datetime


async def a_crowd(folder: Path, *, whole: bool = True) -> Crowd:
    """Live the month, and leave it; without `whole` only what is quickly lived."""
    async with a_village(folder) as village:
        heard: list[Raw] = []
        _listens(village, heard)
        kitui, [zawadi, juma, neema, baraka] = await forms(village)
        if whole:
            await lives_a_month(village, [zawadi, juma, neema, baraka])
        others = village.has(
            *("Wangari", "Kamau", "Pendo", "Boke", "Achieng", "Passer", "Mwenye", "Cedric", "Cleo"),
            *("Ndege", "Otieno"),
        )
        wangari, kamau, pendo, boke, achieng, passer, mwenye, cedric, cleo, *machakos = others
        for one in (wangari, kamau, pendo, boke, achieng, passer, mwenye):
            await one.starts()
            village.world.join(one.id, kitui.id)
            await village.settles()
        for one in (kamau, pendo, boke, achieng):
            await joins(one)
        await takes_office(village, juma, "treasurer")
        await takes_office(village, neema, "witness")
        await _has_open_things(zawadi, juma, neema, baraka, whole=whole)
        await wangari.taps("I'm in", in_group=True)
        await moves_in_with(village, pendo, baraka)
        await parts(village, pendo)
        await leaves(kamau, "Kitui")
        await blocks_bot(village, boke)
        village.world.leave(achieng.id, kitui.id)
        village.world.promote(mwenye.id, kitui.id)
        await village.settles()
        await _is_elsewhere(village, *machakos)
        embu = await village.forms_group("Embu", cedric, cleo)
        await cedric.starts()
        await cedric.taps("Step by step", in_group=embu)
        await village.waits(minutes=1)
        return Crowd(
            village.settings.database,
            {one.chat.title: one.id for one in village.groups},
            {"Zawadi": zawadi.id} | {name: one.id for name, one in village.people.items()},
            {name: _offered(village, one) for name, one in village.people.items()}
            | {"Zawadi": _offered(village, zawadi)}
            | {one.chat.title: _offered(village, one) for one in village.groups},
            tuple(heard),
            village.now,
        )


def _listens(village: Village, heard: list[Raw]) -> None:
    assert village.bot is not None
    intake, taken = village.bot.intake, village.bot.intake._take

    def take(at: Any, raw: Raw) -> Any:  # noqa: ANN401 - passed through
        heard.append(raw)
        return taken(at, raw)

    intake._take = take


def _offered(village: Village, where: Someone | Group) -> frozenset[str]:
    chat = village.world.chats.get(where.id)
    if chat is None:
        return frozenset()
    keyboards = [one.markup.rows for one in chat.messages.values() if one.markup]
    buttons = [button for rows in keyboards for row in rows for button in row]
    return frozenset(
        one.get("callback_data") or one.get("url", "").partition("start=")[2] for one in buttons
    ) - {""}


async def _has_open_things(*folk: Someone, whole: bool) -> None:
    """One of everything that waits for somebody: a claim, a vote, a help, a meeting …"""
    zawadi, juma, neema, baraka = folk
    await does(juma, "/ask", GROUPS_WORDS[15], "[Home]", "[As Juma]", "[Yes, post it]")
    await does(juma, "/propose", GROUPS_WORDS[14], "[Skip]", "[Put it to the group]")
    await sets_goal(baraka, PRIVATE_WORDS["Baraka"][0])
    await does(baraka, "/pay")
    await baraka.taps("I paid")
    await does(zawadi, "/members", "[Hand over: Facilitator]", "[Pendo]")
    await does(zawadi, "/propose", "We mend the road")
    if whole:
        await _has_more_open(zawadi, juma, neema, baraka)
    await does(baraka, "/ask", PRIVATE_WORDS["Baraka"][1])


async def _has_more_open(*folk: Someone) -> None:
    zawadi, juma, neema, baraka = folk
    await proposes(neema, "We rest in May", "[More]", "[Seen at the end]", "[Back]")
    await sets_goal(neema, PRIVATE_WORDS["Neema"][0])
    await does(zawadi, "/work", "[Call a work day]", GROUPS_WORDS[16])
    await zawadi.taps("Saturday")
    await does(zawadi, "[8:00]", GROUPS_WORDS[17], "[Call it]")
    await does(zawadi, "/meetings", "[Plan]", "[A single date]")
    await zawadi.taps("Apr")
    await does(zawadi, "[5:00]", "[Plan it]")
    await baraka.taps_whatever("takeup", in_group=True)
    await baraka.taps("Yes, I can help")
    await does(zawadi, "/fund", "[Pay out]", "[A cost]", "100", "A hinge of brass")
    await does(
        zawadi, "/fund", "[Pay out]", "[From the paper book]", "[Savings]", "[KES]", "1: 100"
    )
    await does(zawadi, "/poll Which seed? | Maize | Beans", "[Ask the group]")
    await does(neema, "/members", "[Kitui]", "[Juma]")
    await does(juma, "/members", "[Kitui]")
    await juma.taps_whatever("person_add")
    await juma.writes("Grandmother Atieno")
    # What is said half-way.
    await does(juma, "/poll", "Who sings? | Me | You")
    await does(zawadi, "/propose", "We mend the road")
    await does(baraka, "/goals", "[A new goal]", PRIVATE_WORDS["Baraka"][1])


async def _is_elsewhere(village: Village, ndege: Someone, otieno: Someone) -> None:
    """Another group that does the same things."""
    group = await village.forms_group("Machakos", ndege, otieno)
    plan = Contribution(amount_minor=50_000, witnesses=1)
    await village.is_set_up(group, ndege, otieno, practices=frozenset(PRACTICES), plans=(plan,))
    await does(otieno, "/propose", "A bell", "[Skip]", "[Put it to the group]")
