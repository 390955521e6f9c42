from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice

import pytest
from effort import examples
from hypothesis import HealthCheck, given, settings, strategies as st

from bot.domain import digests
from bot.domain.agreement import Agreement, Digest as DigestPart
from bot.domain.calendar import add_months, is_quiet, local
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
    shortened,
    shorter,
)
from bot.domain.disclosure import HURDLES, Band, Figure
from bot.domain.plans import Contribution
from bot.domain.polls import Outcome
from bot.rendering import digests as written, files
from bot.rendering.messages import languages

NAIROBI = Agreement("en", "Africa/Nairobi", "KES")
FULL = DigestFacts(
    title="Kitui",
    month="2026-03",
    check_ins=CheckInFacts("2026-03", 5, 6),
    goals=(GoalFacts("Amina", "Two goats"),),
    help=HelpFacts(2, 150, (AskFacts("ask", "Juma", "A ladder"), AskFacts("offer", None, "Seeds"))),
    fund=FundFacts(
        "KES",
        1_250_000,
        950_000,
        (MonthEnd("2026-02", 950_000), MonthEnd("2026-03", 1_250_000)),
        5,
        6,
        "a1b2-c3d4",
    ),
    decided=(DecidedFacts("We buy a pump", "carried"), DecidedFacts("Roof?", "carried", ("Iron",))),
    polls=(Outcome("When do we meet?", ("Friday",), 4, 6), Outcome("Goats?", (), 0, 0)),
    thanks=(ThanksFacts("Amina", "Juma", "the water"), ThanksFacts("Neema", None, "all of you")),
    joined=("Grace", "Baraka"),
    coming=(Coming("check_in", datetime(2026, 4, 24, 15, tzinfo=UTC)),),
)
BANDS: tuple[Band, ...] = ("most", "half", "few")
MOST_TO_SAY = (Figure("moved", "most", "", is_more=True), Figure("hurdle", "half", "skill"))

words = st.text(max_size=400)
names = st.text(min_size=1, max_size=80)
amounts = st.integers(-(10**15), 10**15)
instants = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis wants its bounds bare
months = st.builds("{:04}-{:02}".format, st.integers(2020, 2035), st.integers(1, 12))
outcomes = st.builds(
    Outcome, words, st.lists(words, max_size=12).map(tuple), st.integers(0, 99), st.integers(0, 99)
)
decided = st.builds(
    DecidedFacts,
    words,
    st.sampled_from(["carried", "fell", "tie", "no_quorum"]),
    st.lists(words, max_size=10).map(tuple),
)
facts_of_any_month = st.builds(
    DigestFacts,
    title=words,
    month=months,
    is_so_far=st.booleans(),
    check_ins=st.none()
    | st.builds(
        CheckInFacts,
        months,
        st.integers(0, 80),
        st.integers(1, 80),
        st.sampled_from([(), (Figure("moved", "half", "", is_more=True),), MOST_TO_SAY]),
    ),
    goals=st.lists(st.builds(GoalFacts, names, words), max_size=12).map(tuple),
    help=st.none()
    | st.builds(
        HelpFacts,
        st.integers(0, 80),
        st.integers(0, 99_999),
        st.lists(
            st.builds(AskFacts, st.sampled_from(["ask", "offer"]), st.none() | names, words),
            max_size=9,
        ).map(tuple),
    ),
    fund=st.none()
    | st.builds(
        FundFacts,
        st.sampled_from(["KES", "RWF", "USD", "KWD"]),
        amounts,
        amounts,
        st.lists(st.builds(MonthEnd, months, amounts), max_size=14).map(tuple),
        st.integers(0, 80),
        st.integers(0, 80),
        st.sampled_from(["", "a1b2-c3d4"]),
    ),
    decided=st.lists(decided, max_size=12).map(tuple),
    meetings=st.none()
    | st.builds(
        MeetingFacts,
        st.integers(1, 40),
        st.integers(0, 40),
        st.integers(0, 99_999),
        st.integers(0, 99_999),
    ),
    polls=st.lists(outcomes, max_size=12).map(tuple),
    thanks=st.lists(st.builds(ThanksFacts, names, st.none() | names, words), max_size=30).map(
        tuple
    ),
    joined=st.lists(names, max_size=40).map(tuple),
    coming=st.lists(
        st.builds(Coming, st.sampled_from(["check_in", "contribution", "digest"]), instants),
        max_size=3,
    ).map(tuple),
)


@settings(max_examples=examples(50), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(facts_of_any_month, st.sampled_from(languages()))
def test_any_month_fits_under_its_picture_and_is_always_told_the_same(
    facts: DigestFacts, language: str
) -> None:
    digest = compose(facts)
    caption = written.caption(digest, language, "Africa/Nairobi")
    assert written.length(caption) <= 1024
    assert caption == written.caption(compose(facts), language, "Africa/Nairobi")
    card = written.card(digest, language, "Africa/Nairobi")
    assert card == written.card(compose(facts), language, "Africa/Nairobi")
    assert len(card.coming_up) == len(facts.coming)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("sign", ["W", "🌾", "<", "é", "&"])
def test_the_most_there_can_be_to_say_fits_in_every_language(language: str, sign: str) -> None:
    """All parts at once, as long as they may be, the largest sums; no number is lost for it."""
    name, more = sign * 80, sign * 400
    facts = DigestFacts(
        title=more,
        month="2026-09",
        check_ins=CheckInFacts("2026-09", 99_998, 99_999, MOST_TO_SAY),
        goals=(GoalFacts(name, more),) * 999,
        fund=FundFacts(
            "KWD", 10**18, -(10**18), (MonthEnd("2026-09", 10**18),), 99_998, 99_999, "A1B2-C3D4"
        ),
        help=HelpFacts(99_999, 9_999_999, (AskFacts("offer", name, more),) * 99),
        decided=(DecidedFacts(more, "no_quorum", (more,) * 9),) * 999,
        meetings=MeetingFacts(held=99, alone=98, there=99_999, of=99_999),
        polls=(Outcome(more, (more,) * 9, 99_998, 99_999),) * 999,
        thanks=(ThanksFacts(name, name, more),) * 99_999,
        joined=(name,) * 99_999,
        coming=tuple(
            Coming(what, datetime(2026, 9, 30, 15, tzinfo=UTC))
            for what in ("contribution", "meeting", "check_in", "digest")
        ),
    )
    caption = written.caption(compose(facts), language, "Africa/Nairobi")
    assert written.length(caption) <= 1024
    assert "A1B2-C3D4" in caption.text
    card = written.card(compose(facts), language, "Africa/Nairobi")
    assert files.picture(card) == files.picture(
        written.card(compose(facts), language, "Africa/Nairobi")
    )


@settings(max_examples=examples(4), deadline=None)
@given(facts_of_any_month)
def test_any_month_can_be_drawn(facts: DigestFacts) -> None:
    card = written.card(compose(facts), "en", "Africa/Nairobi")
    assert files.make(files.picture(card))[1].startswith(b"\x89PNG")


@given(facts_of_any_month)
def test_what_is_left_out_is_counted_and_it_ends(facts: DigestFacts) -> None:
    digest: digests.Digest | None = compose(facts)
    for _ in range(100):
        assert digest is not None
        assert (
            digest.thanks.count
            == len(facts.thanks)
            == len(digest.thanks.shown) + digest.thanks.more
        )
        assert digest.polls.count == len(facts.polls)
        assert digest.decided.count == len(facts.decided)
        assert digest.goals.count == len(facts.goals)
        assert digest.asks.count == (len(facts.help.asks) if facts.help else 0)
        digest = shorter(digest)
        if digest is None:
            return
    raise AssertionError("it never ends")


def test_the_same_numbers_stand_in_the_words_and_in_the_picture() -> None:
    digest = compose(FULL)
    caption = written.caption(digest, "en", NAIROBI.zone).text
    card = written.card(digest, "en", NAIROBI.zone)
    assert card.ring is not None
    assert card.fund is not None
    for shown in (
        card.period,
        card.ring.label,
        card.fund.headline,
        card.fund.change,
        *card.coming_up,
        *(f"{one.number} {one.words}" for one in card.small_facts),
    ):
        assert shown in caption
    assert [one.shown for one in card.fund.points] == ["KES\u00a09,500.00", "KES\u00a012,500.00"]


@given(facts_of_any_month, st.sampled_from(["answers", "fund", "help", "thanks", "joined"]))
def test_what_a_group_leaves_out_is_left_out_alone(facts: DigestFacts, part: str) -> None:
    told = digests.as_agreed(facts, replace(DigestPart(), **{f"tells_{part}": False}))
    if part == "answers":
        assert not (told.check_ins and told.check_ins.figures)
        assert (told.check_ins is None) == (facts.check_ins is None)
        told, facts = replace(told, check_ins=None), replace(facts, check_ins=None)
    else:
        assert not getattr(told, part)
        told = replace(told, **{part: getattr(facts, part)})
    assert told == facts
    assert digests.as_agreed(facts, DigestPart()) == facts


@pytest.mark.parametrize(
    "nothing",
    [
        {},
        {
            "check_ins": CheckInFacts("2026-03", 0, 6),  # nobody is shamed
            "fund": FundFacts("KES", 950_000, 950_000, (), 0, 6),
            "help": HelpFacts(0, 0, (AskFacts("ask", "Juma", "A ladder"),)),  # the chat has it
            "coming": FULL.coming,
        },
    ],
)
def test_a_month_without_news_has_none(nothing: dict[str, object]) -> None:
    facts = DigestFacts("Kitui", "2026-03", **nothing)  # type: ignore[arg-type]  # parts of it
    assert not compose(facts).has_news


@pytest.mark.parametrize(
    "part",
    [
        {"check_ins": CheckInFacts("2026-03", 1, 6)},
        {"fund": FundFacts("KES", 0, 500)},
        {"fund": FundFacts("KES", 500, 500, (), 1, 6)},
        {"polls": (Outcome("Rain?", (), 0, 0),)},
        {"decided": (DecidedFacts("A pump", "fell"),)},
        {"thanks": (ThanksFacts("Amina", None, ""),)},
        {"joined": ("Neema",)},
        {"goals": (GoalFacts("Amina", "Two goats"),)},
        {"help": HelpFacts(1, 0)},
    ],
)
def test_any_one_thing_is_news(part: dict[str, object]) -> None:
    facts = DigestFacts("Kitui", "2026-03", **part)  # type: ignore[arg-type]  # parts of it
    assert compose(facts).has_news


def test_what_helped_and_who_reached_what_is_told_in_words() -> None:
    told = written.caption(compose(FULL), "en", NAIROBI.zone).text
    plain = told.replace("\u2068", "").replace("\u2069", "")
    for line in (
        "🎯 <b>1 goal reached</b>\nAmina: Two goats\n",
        "🤲 <b>2 times helped</b>\n2.5 h in all\n",
        "🙋 <b>2 asks and offers stand open</b>\nJuma: A ladder\n🎁 Somebody of us: Seeds\n",
    ):
        assert line in plain


@pytest.mark.parametrize("language", languages())
def test_every_figure_has_words_of_its_own(language: str) -> None:
    every = [Figure("moved", band, "", is_more=more) for band in BANDS for more in (False, True)]
    every += [Figure("hurdle", band, one) for band in ("most", "half") for one in HURDLES]
    told = {
        written.caption(
            compose(replace(FULL, check_ins=CheckInFacts("2026-03", 9, 9, (one,)))),
            language,
            NAIROBI.zone,
        ).text
        for one in every
    }
    assert len(told) == len(every) == 16


def test_people_s_own_words_are_cut_between_words() -> None:
    assert shortened("as it was", 9) == "as it was"
    assert shortened("as it was before", 10) == "as it was…"
    assert shortened("as it, was before", 8) == "as it…"
    assert shortened("x" * 50, 10) == "x" * 9 + "…"


@given(st.text(), st.integers(1, 60))
def test_nothing_is_longer_than_it_may_be(text: str, most: int) -> None:
    assert len(shortened(text, most)) <= most


@given(
    instants,
    st.integers(1, 31),
    st.integers(0, 23),
    st.sampled_from(["Africa/Nairobi", "America/New_York", "Pacific/Chatham", "Africa/Cairo"]),
)
def test_digests_cover_one_month_after_the_other(
    after: datetime, day: int, hour: int, zone: str
) -> None:
    agreement = replace(NAIROBI, zone=zone, digest=DigestPart(day, hour))
    found = list(islice(digests.occurrences(agreement, after), 15))
    assert all(one.due_at > after for one in found)
    assert not any(is_quiet(one.due_at, agreement.quiet_hours, zone) for one in found)
    covered = [digests.first_day(one.month) for one in found]
    assert covered == [add_months(covered[0], number) for number in range(15)]
    assert all(
        one.due_at - datetime.combine(first, datetime.min.time(), UTC) < timedelta(days=65)
        for one, first in zip(found, covered, strict=True)
    )


def test_a_digest_on_the_last_day_still_tells_the_month_before() -> None:
    agreement = replace(NAIROBI, digest=DigestPart(31, 22))
    [one] = islice(digests.occurrences(agreement, datetime(2026, 3, 31, 20, tzinfo=UTC)), 1)
    assert one.month == "2026-02"  # due on the 31st at 22:00, said when the night is over
    assert local(one.due_at, NAIROBI.zone).date() == date(2026, 4, 1)


def test_what_is_coming_up_is_what_the_group_does_the_soonest_first() -> None:
    now = datetime(2026, 4, 1, 15, 0, tzinfo=UTC)
    everything = replace(
        NAIROBI,
        practices=frozenset({"check_ins", "contributions", "digests"}),
        plans=(Contribution(50_000),),
    )
    assert [one.what for one in digests.coming_up(everything, now)] == [
        "contribution",
        "check_in",
        "digest",
    ]
    assert digests.coming_up(replace(NAIROBI, practices=frozenset()), now) == ()
