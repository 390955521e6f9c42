"""A village of 75 households, from its first decisions to the roof of its half-year.

After a village of the field notes (4.1: 75 households who met every week, agreed on an iron roof
for every house, and saved 1.10 a month each).

Half a year, worked by hand (dollars and cents):

    | from        | households × amount | months | in all |
    |-------------|---------------------|--------|--------|
    | March       | 75 × 1.10 = 82.50   | 3      | 247.50 |
    | June        | 74 × 1.30 = 96.20   | 3      | 288.60 |
    | iron sheets | paid out in June    |        | −60.00 |
    | in the fund |                     |        | 476.10 |

The treasurer is lost in May: from June his household gives nothing, and is pressed for nothing.
The short telling has one month of each: 82.50 + 96.20 − 60.00 = 118.70.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from contribution_village import faults, takes_office
from decision_village import begins, card, does, puts, said
from meeting_village import SATURDAYS, card as meeting_card
from village import Group, Someone, Village, a_village

from bot.domain.agreement_parts import Decisions
from bot.domain.plans import Contribution
from bot.storage import decisions, meetings, members, offices, people
from bot.storage.database import Reading, Transaction

ALL = 75
START = datetime(2026, 2, 23, 9, 0, tzinfo=UTC)  # a Monday
FIRST = datetime(2026, 2, 28, 12, 30, tzinfo=UTC)  # Saturday, 14:30 in Kigali
#: The weeks of Mar 7, Apr 11, May 9, Jun 6, Jul 11, Aug 8: the first meeting on or after the 5th.
SIX_MONTHS = (1, 6, 10, 14, 19, 23)
NAMES = ("Amina", "Juma", "Neema", "Otieno", "Wekesa", "Achieng", "Baraka", "Chebet")


@dataclass
class Telling:
    """The village, and those who do most in it."""

    village: Village
    group: Group
    folk: list[Someone]

    def __getitem__(self, name: str) -> Someone:
        return self.village.people[name]

    async def all_tap(self, label: str, folk: Sequence[Someone]) -> None:
        """Everybody taps the same under the group's newest card, at about the same time."""
        button = folk[0].button(label, in_group=True)
        for one in folk:
            self.village.world.press(
                one.id, self.group.id, button.message.message_id, button.data or ""
            )
        await self.village.settles()

    async def all_tick(self, decision: int, *ticked: tuple[int, Sequence[int]]) -> None:
        """So many each tick these choices in private and say that it is their vote."""
        voters = iter(self.folk)
        for count, choices in ticked:
            code = sum(1 << choice for choice in choices)
            for _, one in zip(range(count), voters, strict=False):
                message = one.messages()[-1].message_id
                self.village.world.press(one.id, one.id, message, f"ballot_in:{decision}:0:{code}")
        await self.village.settles()

    async def closes(self, decision: int) -> None:
        """Time passes until a decision's last evening."""
        found = await self.village.finds(lambda at: decisions.by_id(at, decision))
        await self.village.moves_to(found.closes_at)

    async def meets(self, week: int, minutes: str) -> None:
        """A Saturday: opened, some say that they are there, somebody writes, it is closed."""
        leader = self["Neema"]
        await self.village.moves_to(FIRST + timedelta(weeks=week))
        await leader.taps("Open the meeting", in_group=True)
        await self.all_tap("I'm here", self.folk[5:15])
        await does(leader, "/meetings", "[Minutes]", "[Write]", minutes, "[That is all]")
        await leader.taps("Close · only us", in_group=True)
        assert "📝 The minutes have 1 note." in meeting_card(self.group)


def _join(at: Transaction, telegram_ids: list[int]) -> None:
    for one in telegram_ids:
        person = people.by_telegram_id(at, one)
        assert person is not None
        members.add(at, group_id=1, person_id=person.id, state="member")


async def gathers(village: Village) -> Telling:
    """75 households in one chat; Amina, who added the bot, facilitates until they have elected."""
    others = (f"Household {number}" for number in range(len(NAMES) + 1, ALL + 1))
    folk = village.has(*NAMES, *others)
    group = await village.forms_group("Kitui", *folk)
    await village.is_set_up(
        group,
        folk[0],
        zone="Africa/Kigali",
        currency="USD",
        practices=frozenset({"contributions", "meetings"}),
        meetings=SATURDAYS,
        decisions=Decisions(voters="household"),
        plans=(Contribution(amount_minor=100, purse="project", how_to_pay="In the box"),),
    )
    for one in folk[1:]:
        village.world.start(one.id)
    await village.settles()
    assert village.bot is not None
    await village.bot.database.transact(_join, [one.id for one in folk[1:]])
    return Telling(village, group, folk)


async def agrees(told: Telling) -> None:
    """Decisions 1 to 5: the roofs, two facilitators, a treasurer, 1.10 a month, and its lock."""
    village, group = told.village, told.group
    await does(told["Baraka"], "/propose", "Which roof for each house?", "Rain comes through")
    await does(told["Baraka"], "[Choices]", "Iron\nThatch\nTiles", "[Put it to the group]")
    assert "Each household has one vote." in card(group)
    await told.all_tick(1, (60, (0,)), (10, (0, 2)), (5, (1,)))
    await village.waits(minutes=11)
    assert "Iron: 70\nThatch: 5\nTiles: 10\n\nMost ticked: Iron.\n75 of 75 took part." in card(
        group
    )

    stand = ("[Juma]", "[Neema]", "[Otieno]", "[Amina]", "[4 stand]")
    await begins(told["Chebet"], "[Elect somebody]", "[Facilitator]", *stand)
    await does(told["Chebet"], "[Skip]", "[1 is chosen]", "[Put it to the group]")
    # Juma 30, Neema 45, Otieno 41, Amina 25: a woman and a man.
    await told.all_tick(2, (30, (0, 1)), (15, (1, 2)), (26, (2, 3)))
    await told.closes(2)
    assert "Most ticked: Neema and Otieno." in card(group)
    assert "71 of 75 took part. 38 were needed." in card(group)
    assert await who_holds(village, "facilitator") == ["Neema", "Otieno"]

    await puts(told["Baraka"], "[Elect somebody]", "[Treasurer]", "[Wekesa]", "[1 stands]")
    await told.all_tap("Yes", told.folk)
    await village.waits(minutes=11)
    amount = ("[Our agreement]", "[the contributions]", "[The amount]", "1.10")
    await puts(told["Baraka"], *amount)
    await told.all_tap("Yes", told.folk)
    await village.waits(minutes=11)
    await puts(told["Chebet"], "[Lock or unlock]", "[the contributions]")
    await told.all_tap("Yes", told.folk)
    await village.waits(minutes=11)
    assert "“the contributions” is locked" in card(group)
    for witness in ("Achieng", "Baraka", "Chebet"):
        await takes_office(village, told[witness], "witness")


async def who_holds(village: Village, office: str) -> list[str]:
    held = await village.finds(lambda at: offices.by_office(offices.held(at, 1)))
    return [one.member.name for office_, ones in held.items() if office_ == office for one in ones]


async def asks_to_change_it(told: Telling) -> None:
    """A facilitator finds the amount locked, and the way to go on."""
    neema = told["Neema"]
    await does(neema, "/settings", "[🔒 the contributions]")
    assert "any member can put it to a decision with /propose" in said(neema)
    assert (await village_amount(told.village)) == 110


async def village_amount(village: Village) -> int:
    return (await village.agreed()).plans[0].amount_minor


async def all_pay(told: Telling, treasurer: str, *, but: str = "") -> None:
    """At the meeting: the treasurer ticks the list, a witness confirms, another the witness's."""
    keeper = told[treasurer]
    await does(keeper, "/pay", "[The whole list]", "[☑ All]")
    if but:
        await keeper.taps(f"☑ {but}")
    await keeper.taps("Say it")


async def confirms(told: Telling, *witnesses: str) -> None:
    """Witnesses of other households confirm what waits for them."""
    for name in witnesses:
        await told[name].taps("✓ Yes, USD")


async def lives(told: Telling, weeks: int, middle: int, paying: Sequence[int]) -> None:
    """The weeks, meeting by meeting; in the middle the treasurer is lost, and the amount changes.

    `paying`: the weeks whose meeting is the first on or after the 5th.
    """
    kept = "Wekesa"
    for week in range(weeks):
        await told.meets(week, f"What we said in week {week + 1}")
        if week in paying:
            await all_pay(told, kept, but="Wekesa" if kept == "Achieng" else "")
            await confirms(told, "Baraka", "Chebet")
        if week == middle:
            await loses_the_treasurer(told)
            await changes_the_amount(told)
            kept = "Achieng"


async def loses_the_treasurer(told: Telling) -> None:
    """Wekesa's account is gone: the group elects Achieng, without him and without any admin."""
    village, group, wekesa = told.village, told.group, told["Wekesa"]
    village.world.block(wekesa.id)
    village.world.leave(wekesa.id, group.id)
    await village.settles()
    await puts(told["Household 40"], "[Elect somebody]", "[Treasurer]", "[Achieng]", "[1 stands]")
    await told.all_tap("Yes", [one for one in told.folk if one is not wekesa])
    await told.closes(6)
    assert "74 of 74 took part." in card(group), "who is gone is not needed"
    assert await who_holds(village, "treasurer") == ["Achieng"]


async def changes_the_amount(told: Telling) -> None:
    """1.30: of 74 households fifty are two-thirds, and 49 would not be."""
    await puts(told["Otieno"], "[Our agreement]", "[the contributions]", "[The amount]", "1.30")
    assert "two-thirds of the votes say yes" in card(told.group)
    still = [one for one in told.folk if one.name != "Wekesa"]
    await told.all_tap("Yes", still[:50])
    await told.all_tap("No", still[50:])
    await told.closes(7)
    assert "Yes: 50\nNo: 24" in card(told.group)
    assert await village_amount(told.village) == 130


async def pays_for_iron(told: Telling) -> None:
    """By consent: sixty dollars out of the project's purse, paid by who keeps it now, witnessed."""
    group = told.group
    await does(told["Juma"], "/propose", "Iron for the first roofs", "[Skip]", "[What then]")
    await does(told["Juma"], "[Pay out]", "[A cost]", "60", "[How]", "[Nobody objects]")
    await told["Juma"].taps("Put it to the group")
    assert "It is accepted if nobody objects." in card(group)
    await told.all_tap("I agree", [one for one in told.folk if one.name != "Wekesa"])
    await told.closes(8)
    assert "Nobody objects." in card(group)
    await told["Achieng"].taps("I paid it out")
    await told["Baraka"].taps("✓ Yes, it is")


def chairs(at: Reading) -> list[str]:
    held = reversed(meetings.past(at, 1, 0, 100))
    return [members.by_id(at, one.chair or 0).name for one in held]


async def ends(told: Telling, weeks: int, middle: int, fund: str) -> None:
    """What is left: the fund, the meetings, the chairs, and how the agreement came to be."""
    village, amina = told.village, told["Amina"]
    assert await faults(village) == []
    await amina.writes("/fund")
    assert f"Project: {fund}" in said(amina)
    assert await village.finds(lambda at: meetings.held_in_all(at, 1)) == (weeks, weeks)
    chaired = await village.finds(chairs)
    turns = [
        one.name for one in told.folk if one.name != "Wekesa" or middle > NAMES.index("Wekesa")
    ]
    assert chaired == turns[:weeks], "round by the numbers in the book, without who is gone"
    await does(amina, "/agreement", "[What changed]")
    changed = said(amina)
    for number, words_ in ((7, "Changed"), (5, "🔒 Locked"), (4, "Changed")):
        assert f"by decision no. {number}\n{words_}: the contributions." in changed


def verified(path: Path) -> str:
    """What the operator's own check says, once the bot has stopped."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "verify"],
        env=os.environ | {"BARNRAISER_DATABASE": str(path)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


async def tells(folder: Path, weeks: int, middle: int, paying: Sequence[int], fund: str) -> None:
    async with a_village(folder, start=START) as village:
        told = await gathers(village)
        await agrees(told)
        await asks_to_change_it(told)
        await lives(told, weeks, middle, paying)
        await pays_for_iron(told)
        await ends(told, weeks, middle, fund)


async def test_a_village_of_75_households_in_short(tmp_path: Path) -> None:
    await tells(tmp_path, weeks=7, middle=3, paying=(1, 6), fund="USD 118.70")


@pytest.mark.slow
async def test_a_village_of_75_households_for_half_a_year(tmp_path: Path) -> None:
    await tells(tmp_path, weeks=26, middle=11, paying=SIX_MONTHS, fund="USD 476.10")
    assert "entries agree" in verified(tmp_path / "village.db")
