"""The rules of help: hours as typed, who may be asked, and when a seeker hears that nobody was."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from bot.domain import peer_help as rules
from bot.domain.peer_help import AskDraft, Candidate, HoursNotUnderstood

NOW = datetime(2026, 5, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("3", 180),
        ("1.5", 90),
        ("1,5", 90),
        ("1½", 90),
        ("½", 30),
        ("2 h", 120),
        ("2 hours", 120),
        ("0.25", 15),
        ("٣", 180),
        ("200", 12_000),
    ],
)
def test_hours_as_people_type_them(typed: str, minutes: int) -> None:
    assert rules.read_hours(typed) == minutes


@pytest.mark.parametrize("typed", ["", "0", "201", "-2", "two", "1.5½", "1:30", "h", "9" * 40, "²"])
def test_what_is_no_number_of_hours_is_refused(typed: str) -> None:
    with pytest.raises(HoursNotUnderstood):
        rules.read_hours(typed)


@given(st.text(max_size=30))
def test_any_text_is_hours_or_refused(typed: str) -> None:
    try:
        minutes = rules.read_hours(typed)
    except HoursNotUnderstood:
        return
    assert 1 <= minutes <= 12_000


def test_a_draft_is_asked_for_part_by_part() -> None:
    assert rules.next_part(AskDraft(1, "ask")) == "words"
    assert rules.next_part(AskDraft(1, "ask", 3, "A ladder")) == "area"
    assert rules.next_part(AskDraft(1, "ask", 3, "A ladder", "home")) == "named"
    assert rules.next_part(AskDraft(1, "ask", None, "A ladder", "home", named=False)) == "group"
    assert rules.next_part(AskDraft(1, "ask", 3, "A ladder", "home", named=False)) is None


def test_nobody_is_asked_more_than_twice_a_month() -> None:
    assert rules.may_be_asked([], NOW)
    assert rules.may_be_asked([NOW - DAY], NOW)
    assert not rules.may_be_asked([NOW - 31 * DAY, NOW - DAY], NOW)
    assert rules.may_be_asked([NOW - 31 * DAY - timedelta(seconds=1), NOW - DAY], NOW)


@given(st.lists(st.integers(0, 200), max_size=40))
def test_in_no_month_is_anybody_asked_a_third_time(days: list[int]) -> None:
    asked: list[datetime] = []
    for day in sorted(days):
        now = NOW + day * DAY
        if rules.may_be_asked(asked, now):
            asked.append(now)
    for index in range(2, len(asked)):
        assert asked[index] - asked[index - 2] > 31 * DAY


def test_who_was_never_asked_comes_first_then_who_was_longest_ago() -> None:
    recent = Candidate(1, 1, (NOW - 5 * DAY,))
    longer = Candidate(2, 2, (NOW - 90 * DAY, NOW - 40 * DAY))
    never = Candidate(3, 3)
    assert rules.next_peer([recent, longer, never], NOW) == never
    assert rules.next_peer([recent, longer], NOW) == longer
    assert rules.next_peer([], NOW) is None
    near = Candidate(4, 4, (NOW - 5 * DAY,), is_near=True)
    assert rules.next_peer([recent, longer, never, near], NOW) == near
    weary = Candidate(5, 5, (NOW - 5 * DAY, NOW - 4 * DAY), is_near=True)
    assert rules.next_peer([recent, weary], NOW) == recent


def test_who_said_no_to_an_area_is_left_in_peace_for_half_a_year() -> None:
    no = NOW - 100 * DAY
    said_no = Candidate(1, 1, (no,), (no,))
    assert rules.next_peer([said_no], NOW) is None
    assert rules.next_peer([said_no], NOW + 90 * DAY) == said_no


def test_a_seeker_cannot_tell_a_no_from_silence_or_from_nobody() -> None:
    fourth = NOW + 4 * DAY
    assert rules.told_at(NOW, NOW) == fourth  # there was nobody
    assert rules.told_at(NOW, NOW + timedelta(hours=1)) == fourth  # one, who said no at once
    assert rules.told_at(NOW, NOW + 3 * DAY) == fourth  # one, who let the days pass
    assert rules.told_at(NOW, NOW + 6 * DAY) == NOW + 7 * DAY  # two, who let the days pass
    assert rules.told_at(NOW, NOW + 5 * DAY) == NOW + 7 * DAY


@given(st.timedeltas(timedelta(0), 60 * DAY))
def test_a_seeker_hears_at_the_same_instants_whatever_anybody_said(after: timedelta) -> None:
    told = rules.told_at(NOW, NOW + after)
    assert told >= NOW + after + DAY
    assert (told - NOW - DAY) % (3 * DAY) == timedelta(0)
