from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from bot.domain import polls
from bot.domain.agreement import Agreement
from bot.domain.agreement_parts import Quiet
from bot.domain.calendar import is_quiet, local
from bot.domain.errors import Refusal
from bot.domain.polls import Draft

NAIROBI = Agreement("en", "Africa/Nairobi", "KES")


@pytest.mark.parametrize(
    ("written", "draft"),
    [
        ("When? | Friday | Sunday", Draft("When?", ("Friday", "Sunday"))),
        ("When?|Friday|Sunday|", Draft("When?", ("Friday", "Sunday"))),
        ("When?\nFriday\nSunday", Draft("When?", ("Friday", "Sunday"))),
        ("When?\n | Friday \n | Sunday", Draft("When?", ("Friday", "Sunday"))),
        ("  When   shall we? ｜ A｜B", Draft("When shall we?", ("A", "B"))),
        ("متى؟ | الجمعة | الأحد", Draft("متى؟", ("الجمعة", "الأحد"))),
        ("Who?\u202e | \u200fA\u0000 | B", Draft("Who?", ("A", "B"))),
        ("A family | 👩‍👩‍👧 | 👨‍👩‍👦", Draft("A family", ("👩‍👩‍👧", "👨‍👩‍👦"))),
    ],
)
def test_what_people_write_is_understood(written: str, draft: Draft) -> None:
    assert polls.parse(written) == draft


@pytest.mark.parametrize(
    ("written", "refusal"),
    [
        ("", polls.PollNeedsWords),
        ("  |  \u200d | ", polls.PollNeedsWords),
        ("When?", polls.PollNeedsWords),
        ("When? | Friday", polls.PollNeedsTwoAnswers),
        ("When? | " + " | ".join("abcdefghijklm"), polls.PollHasTooManyAnswers),
        ("W" * 301 + " | A | B", polls.PollQuestionTooLong),
        ("😀" * 151 + " | A | B", polls.PollQuestionTooLong),
        ("When? | A | " + "B" * 101, polls.PollAnswerTooLong),
        ("When? | Straße | STRASSE", polls.PollAnswersRepeat),
    ],
)
def test_what_telegram_would_refuse_is_refused_by_name(
    written: str, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal) as refused:
        polls.parse(written)
    assert str(refused.value.facts["written"]).strip() == written.strip()


def test_the_longest_that_is_allowed_is_allowed() -> None:
    draft = polls.parse("W" * 300 + " | " + " | ".join(f"{n:0100}" for n in range(12)))
    assert len(draft.options) == 12


@given(st.text(max_size=500))
def test_whatever_is_written_it_is_a_poll_for_telegram_or_a_refusal(written: str) -> None:
    try:
        draft = polls.parse(written)
    except Refusal:
        return
    assert 2 <= len(draft.options) <= 12
    assert 0 < len(draft.question.encode("utf-16-le", "surrogatepass")) <= 600
    for option in draft.options:
        assert 0 < len(option.encode("utf-16-le", "surrogatepass")) <= 200
        assert option == option.strip()


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - Hypothesis wants its bounds bare
    st.sampled_from(["Africa/Nairobi", "America/New_York", "Pacific/Chatham", "Africa/Cairo"]),
    st.integers(0, 23),
    st.integers(0, 23),
)
def test_a_poll_closes_in_one_to_four_days_and_never_at_night(
    now: datetime, zone: str, quiet_from: int, quiet_until: int
) -> None:
    agreement = Agreement("en", zone, "KES", quiet=Quiet(quiet_from, quiet_until))
    closes_at = polls.closing(now, agreement)
    assert timedelta(days=1) < closes_at - now < timedelta(days=4)
    assert not is_quiet(closes_at, agreement.quiet_hours, zone)


def test_usually_it_closes_at_six_in_the_evening() -> None:
    closes_at = polls.closing(datetime(2026, 3, 2, 21, 30, tzinfo=UTC), NAIROBI)  # the 3rd there
    assert local(closes_at, "Africa/Nairobi").isoformat() == "2026-03-05T18:00:00+03:00"


@pytest.mark.parametrize(
    ("counts", "best", "count", "voters"),
    [
        ([0, 0, 0], (), 0, 0),
        ([1, 4, 2], ("B",), 4, 7),
        ([3, 0, 3], ("A", "C"), 3, 6),
    ],
)
def test_the_answer_with_most_votes_wins_and_equals_stay_equal(
    counts: list[int], best: tuple[str, ...], count: int, voters: int
) -> None:
    found = polls.outcome(Draft("Which?", ("A", "B", "C")), counts, voters)
    assert (found.best, found.count, found.voters) == (best, count, voters)
