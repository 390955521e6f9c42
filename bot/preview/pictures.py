"""Pictures with sample facts: ordinary months, and facts that strain them, in any language."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

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
    compose,
)
from bot.domain.polls import Outcome
from bot.preview import samples
from bot.rendering import digests
from bot.rendering.charts import (
    Bar,
    BarChart,
    Column,
    DigestCard,
    Facts,
    Fund,
    LineChart,
    Passbook,
    Point,
    Ring,
    SmallFact,
    Target,
)

ZONE: Final = "Africa/Kigali"
#: A language written from right to left in which the bot does not speak yet.
ARABIC: Final = "ar"
LONG_NAME: Final = "Ishyirahamwe ry’Abahinzi n’Aborozi b’Umurenge wa Nyarugenge-Kacyiru"
LONG_WORD: Final = "Ntibazongeramukwibagirwanashimirwimihigoyabo"
HUGE: Final = 987_654_321_098_700  # in minor units
LARGE: Final = 12_345_678_900  # of one household

#: What makes a picture, by its name among the samples: which facts it takes, in order, and under
#: which message it is shown.
MAKERS: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "bot.practices.fund_history.line_chart": (("group", "what", "points"), "fund/fund"),
    "bot.practices.goal_lines.line_chart": (("place", "entries"), "goals/line"),
    "bot.practices.own_way.line_chart": (("way", "group"), "check_ins/own_way"),
    "bot.practices.passbook.picture_of": (("facts",), "fund/passbook_caption"),
}
DIGEST: Final = "digests/caption"


class Case(NamedTuple):
    """A picture to look at: its name, the message it goes with, and whether it is an ordinary one.

    What strains a picture may be cut short with an ellipsis; an ordinary one may not.
    """

    name: str
    message: str
    facts: Facts
    is_ordinary: bool


COMING: Final = (
    Coming("contribution", datetime(2026, 4, 5, 9, tzinfo=UTC)),
    Coming("meeting", datetime(2026, 4, 11, 13, tzinfo=UTC)),
    Coming("check_in", datetime(2026, 4, 24, 15, tzinfo=UTC)),
)


def _ends(*balances: int) -> tuple[MonthEnd, ...]:
    months = [divmod(2026 * 12 + 2 - back, 12) for back in reversed(range(len(balances)))]
    return tuple(
        MonthEnd(f"{year}-{month + 1:02}", balance)
        for (year, month), balance in zip(months, balances, strict=True)
    )


def _fund(code: str, *balances: int, paid: int, of: int) -> FundFacts:
    before = balances[-2] if len(balances) > 1 else 0
    return FundFacts(code, balances[-1], before, _ends(*balances), paid, of, "ZE2Y-KXMG")


MONTHS: Final[Mapping[str, DigestFacts]] = {
    "a month of twelve": DigestFacts(
        title="Umoja Mothers’ Circle",
        month="2026-03",
        check_ins=CheckInFacts("2026-03", 11, 12),
        goals=(GoalFacts("Amina", "Two goats"), GoalFacts("Neema", "School fees")),
        fund=_fund("KES", *range(700_000, 8_400_001, 700_000), paid=11, of=12),
        help=HelpFacts(7, 1_170, (AskFacts("ask", None, "A ladder for a week"),)),
        decided=(DecidedFacts("We buy the pump together", "carried"),),
        meetings=MeetingFacts(held=4, alone=3, there=38, of=48),
        polls=(Outcome("When do we meet?", ("Friday",), 7, 11),),
        thanks=(ThanksFacts("Amina", "Juma", "carrying the water"),),
        joined=("Pendo",),
        coming=COMING,
    ),
    "a first month": DigestFacts(
        "Kitui Circle", "2026-03", joined=("Amina", "Juma", "Neema"), coming=COMING
    ),
    "one of each": DigestFacts(
        title="A",
        month="2026-02",
        check_ins=CheckInFacts("2026-02", 1, 1),
        goals=(GoalFacts("A", "B"),),
        fund=_fund("JPY", 1, paid=1, of=1),
        help=HelpFacts(1, 30),
        decided=(DecidedFacts("B", "fell"),),
        thanks=(ThanksFacts("A", "B", "C"),),
        coming=COMING[:1],
    ),
    "nothing but zero": DigestFacts(
        title="Kilimo",
        month="2026-03",
        check_ins=CheckInFacts("2026-03", 0, 80),
        fund=_fund("USD", 500_000, 250_000, 0, paid=0, of=80),
    ),
    "huge sums and long words": DigestFacts(
        title=LONG_NAME,
        month="2026-09",
        check_ins=CheckInFacts("2026-09", 998, 1_000),
        goals=(GoalFacts(LONG_NAME, LONG_WORD),) * 900,
        fund=_fund(
            "IDR", *(HUGE - 9_999_999_999_900 * n for n in range(11, -1, -1)), paid=998, of=999
        ),
        help=HelpFacts(12_345, 1_234_567),
        decided=(DecidedFacts(LONG_WORD, "carried", (LONG_NAME,)),) * 120,
        meetings=MeetingFacts(held=31, alone=30, there=30_000, of=31_000),
        polls=(Outcome(LONG_NAME, (LONG_WORD,) * 3, 777, 998),) * 40,
        thanks=(ThanksFacts(LONG_NAME, LONG_WORD, LONG_NAME),) * 9_999,
        joined=(LONG_NAME,) * 500,
        coming=COMING,
    ),
}
ORDINARY: Final = frozenset({"a month of twelve", "a first month", "one of each"})


def cases(language: str) -> Iterator[Case]:
    """Give every picture in a language; what the bot does not say in it is English."""
    for name, facts in MONTHS.items():
        card = digests.card(compose(facts), language, ZONE)
        yield Case(f"digest: {name}", DIGEST, card, name in ORDINARY)
    for maker, (wanted, message) in MAKERS.items():
        short = maker.split(".")[2]
        for number, facts_ in enumerate(samples.all_samples().get(maker, ()), 1):
            made = _made(maker, facts_, wanted, language)
            yield Case(f"{short} {number}", message, made, is_ordinary=True)
            strained = _STRAINS[maker](facts_)
            made = _made(maker, strained, wanted, language)
            yield Case(f"{short} {number}, strained", message, made, is_ordinary=False)


def _made(maker: str, facts: Mapping[str, Any], wanted: tuple[str, ...], language: str) -> Facts:
    made: Facts = samples.named(maker)(*(facts[one] for one in wanted), language)
    return made


def _fund_strained(facts: samples.Facts) -> samples.Facts:
    points = [one._replace(amount_minor=one.amount_minor * 10**9) for one in facts["points"]]
    return facts | {"points": points}


def _goal_strained(facts: samples.Facts) -> samples.Facts:
    goal = facts["place"].goal
    goal = dataclasses.replace(goal, words=f"{LONG_WORD} {LONG_NAME}", to_value=LARGE)
    return facts | {"place": dataclasses.replace(facts["place"], goal=goal)}


def _way_strained(facts: samples.Facts) -> samples.Facts:
    months = facts["way"].months * 20
    return {
        "way": dataclasses.replace(facts["way"], months=months),
        "group": dataclasses.replace(facts["group"], title=LONG_NAME),
    }


def _book_strained(facts: samples.Facts) -> samples.Facts:
    told = facts["facts"]
    lines = [
        dataclasses.replace(one, amount_minor=-LARGE, balance_minor=LARGE) for one in told["lines"]
    ]
    totals = [one._replace(name=LONG_NAME, amount_minor=LARGE) for one in told["totals"]]
    group = dataclasses.replace(told["group"], title=LONG_NAME)
    return {"facts": told | {"lines": lines * 5, "totals": totals, "group": group}}


_STRAINS: Final[Mapping[str, Callable[[samples.Facts], samples.Facts]]] = {
    "bot.practices.fund_history.line_chart": _fund_strained,
    "bot.practices.goal_lines.line_chart": _goal_strained,
    "bot.practices.own_way.line_chart": _way_strained,
    "bot.practices.passbook.picture_of": _book_strained,
}


def arabic() -> Iterator[Case]:
    """Give each kind of picture in Arabic, with Latin names and figures among its words."""
    months = ("يناير", "فبراير", "مارس", "أبريل")
    points = tuple(
        Point(month, value, f"KES {value:,}")
        for month, value in zip(months, (12_000, 24_500, 18_000, 36_000), strict=True)
    )
    card = DigestCard(
        title="حلقة أمهات أوموجا (Umoja)",
        period="مارس ٢٠٢٦",
        direction="rtl",
        ring=Ring(7, 9, "٧ من ٩", "أعضاء شاركوا هذا الشهر"),
        fund=Fund("في الصندوق", "KES 36,000", "أكثر من بداية الشهر بمبلغ KES 18,000", points),
        small_facts=(
            SmallFact("٣", "استطلاعات"),
            SmallFact("٥", "كلمات شكر"),
            SmallFact("٤", "أهداف تحققت"),
        ),
        coming_up_title="قريبًا",
        coming_up=("السبت ٤ أبريل: يوم عمل عند بئر Amina", "الجمعة ٢٤ أبريل: المتابعة الشهرية"),
    )
    line = LineChart(
        title="المشي إلى السوق كل يوم",
        subtitle="خط Amina وحدها",
        points=points,
        direction="rtl",
        name="الأيام",
        target=Target(30_000, "الهدف: KES 30,000"),
        from_zero=True,
    )
    book = Passbook(
        title="دفتر فاطمة الزهراء",
        subtitle="حلقة أمهات أوموجا",
        columns=(
            Column("اليوم"),
            Column("المبلغ", is_amount=True),
            Column("المجموع", is_amount=True),
        ),
        rows=(("١ مارس", "500", "12,000"), ("٨ مارس", "−2,000", "10,000")),
        direction="rtl",
        footer="ما هو لك الآن",
        footer_amount="KES 12,150",
    )
    words = "المستوصفاتوالمستشفياتوالمدارسوالطرقاتوالجسور"
    poll = BarChart(
        "ماذا نبني أولاً؟",
        "أجاب ٩ من ٩",
        (Bar("خزان ماء", 6, "٦ أصوات"), Bar("مخزن بذور (seed store)", 3, "٣"), Bar(words, 0, "٠")),
        "rtl",
    )
    yield Case("digest", DIGEST, card, is_ordinary=True)
    yield Case("goal", "goals/line", line, is_ordinary=True)
    yield Case("passbook", "fund/passbook_caption", book, is_ordinary=True)
    yield Case("bars", "", poll, is_ordinary=True)
    strained = dataclasses.replace(
        card, title=f"{words} {words}", ring=Ring(0, 1_000, f"٠ من {words}", words)
    )
    yield Case("digest, strained", DIGEST, strained, is_ordinary=False)
