"""Months of groups of 4, of 12 and of 80, to be told: a first one, a silent one, a large event."""

from datetime import UTC, datetime
from typing import Final

from bot.domain.digests import (
    AskFacts,
    CheckInFacts,
    Coming,
    DecidedFacts,
    DigestFacts,
    FundFacts,
    GoalFacts,
    HelpFacts,
    MeetingFacts,
    MonthEnd,
    ThanksFacts,
)
from bot.domain.disclosure import Figure
from bot.domain.polls import Outcome

COMING: Final = (
    Coming("contribution", datetime(2026, 4, 5, 9, tzinfo=UTC)),
    Coming("check_in", datetime(2026, 4, 24, 15, tzinfo=UTC)),
    Coming("digest", datetime(2026, 5, 1, 15, tzinfo=UTC)),
)


def ends(*balances: int) -> tuple[MonthEnd, ...]:
    """The fund at the ends of so many months up to March 2026, in minor units."""
    months = [divmod(2026 * 12 + 2 - back, 12) for back in reversed(range(len(balances)))]
    return tuple(
        MonthEnd(f"{year}-{month + 1:02}", balance)
        for (year, month), balance in zip(months, balances, strict=True)
    )


FOUR: Final = DigestFacts(
    title="Las Comadres",
    month="2026-03",
    check_ins=CheckInFacts("2026-03", 3, 4),
    fund=FundFacts("PEN", 48_000, 36_000, ends(12_000, 24_000, 36_000, 48_000), 3, 4, "A1B2-C3D4"),
    thanks=(ThanksFacts("Rosa", "Inés", "the bread on Sunday"),),
    coming=COMING,
)
TWELVE: Final = DigestFacts(
    title="Umoja Mothers' Circle",
    month="2026-03",
    check_ins=CheckInFacts(
        "2026-03", 11, 12, (Figure("moved", "most", is_more=True), Figure("hurdle", "half", "time"))
    ),
    goals=(GoalFacts("Amina", "Two goats"), GoalFacts("Neema", "Pay back the school fees")),
    fund=FundFacts(
        "KES",
        8_400_000,
        7_700_000,
        ends(*range(700_000, 8_400_001, 700_000)),
        11,
        12,
        "ZE2Y-KXMG",
    ),
    help=HelpFacts(7, 1_170, (AskFacts("ask", None, "A ladder for a week"),)),
    decided=(
        DecidedFacts("We buy the pump together", "carried"),
        DecidedFacts("What first?", "carried", ("Water tank",)),
    ),
    meetings=MeetingFacts(held=4, alone=3, there=38, of=48),
    polls=(Outcome("When do we meet?", ("Friday",), 7, 11),),
    thanks=(
        ThanksFacts("Amina", "Juma", "carrying the water"),
        ThanksFacts("Grace", None, "all of you who came to the burial"),
    ),
    joined=("Pendo",),
    coming=COMING,
)
EIGHTY: Final = DigestFacts(
    title="Ikerekezo Village, Siganiro",
    month="2026-03",
    check_ins=CheckInFacts(
        "2026-03", 63, 80, (Figure("moved", "half"), Figure("hurdle", "half", "money"))
    ),
    goals=tuple(GoalFacts(f"Household {n}", "An iron roof") for n in range(1, 15)),
    fund=FundFacts(
        "RWF",
        1_284_000,
        1_195_500,
        ends(310_000, 402_000, 498_500, 590_000, 687_000, 1_195_500, 1_284_000),
        71,
        75,
        "8QWT-0M3X",
    ),
    help=HelpFacts(41, 9_900),
    decided=tuple(DecidedFacts(f"The roof of house {n} comes next", "carried") for n in range(4)),
    thanks=tuple(ThanksFacts(f"Neighbour {n}", "the masons", "the wall") for n in range(24)),
    joined=tuple(f"Newcomer {n}" for n in range(1, 4)),
    coming=COMING,
)
FIRST: Final = DigestFacts(
    title="Kitui Circle",
    month="2026-03",
    joined=("Amina", "Juma", "Neema", "Baraka"),
    coming=COMING,
)
SILENT: Final = DigestFacts(
    title="Kitui Circle",
    month="2026-03",
    check_ins=CheckInFacts("2026-03", 0, 4),
    fund=FundFacts("KES", 950_000, 950_000, ends(900_000, 950_000, 950_000), 0, 4, "ZE2Y-KXMG"),
    coming=COMING,
)
HARVEST: Final = DigestFacts(  # one large event: the fund is drawn on for a roof, nearly to nothing
    title="Gruver Farm Friends",
    month="2026-03",
    check_ins=CheckInFacts("2026-03", 12, 12, (Figure("moved", "most"),)),
    fund=FundFacts(
        "USD", 1_250_000, 50_250_000, ends(49_000_000, 50_250_000, 1_250_000), 12, 12, "TT7A-9KQP"
    ),
    decided=(DecidedFacts("Tuition for every graduate, from the harvest", "carried"),),
    coming=COMING,
)

MONTHS: Final = {
    "four": FOUR,
    "twelve": TWELVE,
    "eighty": EIGHTY,
    "first": FIRST,
    "silent": SILENT,
    "large_event": HARVEST,
}
