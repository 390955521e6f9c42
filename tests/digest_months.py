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


def first(title: str, code: str, paid_minor: int, paid: int, of: int) -> DigestFacts:
    """A group's first month: who is in, and what the first of them gave."""
    return DigestFacts(
        title=title,
        month="2026-03",
        fund=FundFacts(code, paid_minor, 0, ends(paid_minor), paid, of, "ZE2Y-KXMG")
        if paid
        else None,
        joined=tuple(f"{NAMES[n % len(NAMES)]} {n // len(NAMES) or ''}".strip() for n in range(of)),
        coming=COMING,
    )


def silent(title: str, code: str, balance_minor: int, of: int) -> DigestFacts:
    """A month in which nothing happened: nobody checked in, nothing was given."""
    kept = ends(balance_minor // 2, balance_minor, balance_minor)
    return DigestFacts(
        title=title,
        month="2026-03",
        check_ins=CheckInFacts("2026-03", 0, of),
        fund=FundFacts(code, balance_minor, balance_minor, kept, 0, of, "ZE2Y-KXMG"),
        coming=COMING,
    )


NAMES: Final = ("Amina", "Juma", "Neema", "Baraka", "Rosa", "Inés", "Uwase", "Mugisha")

#: One large event each: the fund is drawn on, nearly to nothing, or grows as never before.
BURIAL: Final = DigestFacts(
    title="Las Comadres",
    month="2026-03",
    check_ins=CheckInFacts("2026-03", 4, 4),
    fund=FundFacts("PEN", 0, 48_000, ends(24_000, 36_000, 48_000, 0), 4, 4, "A1B2-C3D4"),
    help=HelpFacts(9, 2_400),
    decided=(DecidedFacts("All of it for the burial of Rosa's mother", "carried"),),
    thanks=(ThanksFacts("Rosa", None, "all of you who came"),),
    coming=COMING,
)
HARVEST: Final = DigestFacts(
    title="Gruver Farm Friends",
    month="2026-03",
    check_ins=CheckInFacts("2026-03", 12, 12, (Figure("moved", "most"),)),
    fund=FundFacts(
        "USD", 1_250_000, 50_250_000, ends(49_000_000, 50_250_000, 1_250_000), 12, 12, "TT7A-9KQP"
    ),
    decided=(DecidedFacts("Tuition for every graduate, from the harvest", "carried"),),
    coming=COMING,
)
GIFT: Final = DigestFacts(
    title="Ikerekezo Village, Siganiro",
    month="2026-03",
    check_ins=CheckInFacts("2026-03", 77, 80, (Figure("moved", "most", is_more=True),)),
    goals=tuple(GoalFacts(f"Household {n}", "An iron roof") for n in range(1, 61)),
    fund=FundFacts(
        "RWF", 941_284_000, 1_195_500, ends(687_000, 1_195_500, 941_284_000), 80, 80, "8QWT-0M3X"
    ),
    decided=(DecidedFacts("Roofs for the sixty houses that have none", "carried"),),
    meetings=MeetingFacts(held=1, alone=0, there=79, of=80),
    joined=("Pendo",),
    coming=COMING,
)

MONTHS: Final = {
    "four": FOUR,
    "four, first month": first("Las Comadres", "PEN", 0, 0, 4),
    "four, silent month": silent("Las Comadres", "PEN", 48_000, 4),
    "four, one large event": BURIAL,
    "twelve": TWELVE,
    "twelve, first month": first("Kitui Circle", "KES", 450_000, 9, 12),
    "twelve, silent month": silent("Kitui Circle", "KES", 950_000, 12),
    "twelve, one large event": HARVEST,
    "eighty": EIGHTY,
    "eighty, first month": first("Ikerekezo Village, Siganiro", "RWF", 132_000, 66, 80),
    "eighty, silent month": silent("Ikerekezo Village, Siganiro", "RWF", 687_000, 80),
    "eighty, one large event": GIFT,
}
