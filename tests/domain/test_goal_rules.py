"""The rules of goals: how far, how it moved, what may be set and what people type."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from bot.domain import goals as rules
from bot.domain.errors import Refusal
from bot.domain.goals import Draft, Entry, Goal
from bot.domain.money import AmountAmbiguous, AmountNotPositive, AmountNotUnderstood, AmountTooLarge

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
MONTH = timedelta(days=30)
TODAY = date(2026, 3, 2)


def goal(*values: int, to: int = 1200, state: str = "open", measure: str = "number") -> Goal:
    """A goal whose values came a month apart."""
    return Goal(
        id=1,
        group_id=1,
        member_id=1,
        person_id=1,
        words="Two goats",
        area="farm",
        measure=measure,  # type: ignore[arg-type]  # a test's own
        unit="goats",
        currency="KES" if measure.startswith("money") else None,
        to_value=to,
        by=None,
        shared=False,
        state=state,  # type: ignore[arg-type]  # a test's own
        state_since=START,
        said=tuple(
            Entry(id=number, person_id=1, value=value, since=START + number * MONTH)
            for number, value in enumerate(values)
        ),
    )


def last_month(of: Goal) -> datetime:
    return of.latest.since - timedelta(days=1)


@pytest.mark.parametrize(
    ("values", "to", "moved"),
    [
        ((0, 300), 1200, "lot"),  # a quarter of the way is a lot
        ((0, 299), 1200, "little"),
        ((0, 1), 1200, "little"),
        ((600, 600), 1200, "same"),
        ((600, 599), 1200, "back"),
        ((600, 0), 1200, "back"),
        ((0, 1200), 1200, "reached"),
        ((0, 1300), 1200, "reached"),
        ((1000, 750), 0, "lot"),  # a debt: down is forward
        ((1000, 999), 0, "little"),
        ((1000, 1100), 0, "back"),
        ((1000, 0), 0, "reached"),
        ((0, 1200, 1300), 1200, "little"),  # already there the month before: it only moved on
        ((0, 1200, 1200), 1200, "same"),
        ((0, 1300, 1200), 1200, "back"),
    ],
)
def test_how_a_goal_moved_in_a_month(values: tuple[int, ...], to: int, moved: str) -> None:
    found = goal(*values, to=to)
    assert rules.moved(found, last_month(found)) == moved


def test_a_goal_that_is_said_to_be_reached_has_moved_there_whatever_its_numbers() -> None:
    found = goal(0, 100, state="reached")
    assert rules.moved(found, last_month(found)) == "reached"


def test_before_its_beginning_a_goal_stood_where_it_began() -> None:
    assert rules.moved(goal(0, 300), START - MONTH) == "lot"
    assert rules.moved(goal(600), START - MONTH) == "same"


@pytest.mark.parametrize(
    ("values", "to", "percent"),
    [
        ((0, 0), 1200, 0),
        ((0, 1199), 1200, 99),  # never rounded up to there
        ((0, 1200), 1200, 100),
        ((0, 2400), 1200, 100),
        ((600, 300), 1200, 0),  # behind where it began: nothing below nothing
        ((1000, 250), 0, 75),
        ((0, 1), 3, 33),
    ],
)
def test_the_way_in_hundredths(values: tuple[int, ...], to: int, percent: int) -> None:
    assert goal(*values, to=to).percent == percent


@given(
    start=st.integers(0, 10**9),
    to=st.integers(0, 10**9),
    values=st.lists(st.integers(0, 10**9), min_size=1),
)
def test_the_way_has_one_meaning(start: int, to: int, values: list[int]) -> None:
    found = goal(start, *values, to=to)
    assert 0 <= found.percent <= 100
    if start == to:
        assert found.way == 1
        return
    forward = 1 if to > start else -1
    assert found.is_there == (forward * found.value >= forward * to)
    assert (found.way < 0) == (forward * found.value < forward * start)
    by_hand = Fraction(found.value - start, to - start)
    assert found.percent == max(0, min(100, by_hand.numerator * 100 // by_hand.denominator))


def test_what_was_corrected_no_longer_counts() -> None:
    said = goal(0, 9000, 900).said
    wrong = Entry(**{**vars(said[1]), "replaced": True})
    right = Entry(id=7, person_id=1, value=90, since=said[1].since, supersedes=1, why="slip")
    found = Goal(**{**vars(goal(0)), "said": (said[0], wrong, right, said[2])})
    assert [one.value for one in found.entries] == [0, 90, 900]
    assert found.at(said[1].since).value == 90
    assert found.entry(1) is None


def test_who_has_been_there() -> None:
    assert rules.has_been_there(goal(0, 800))
    assert not rules.has_been_there(goal(0, 799))
    assert rules.has_been_there(goal(0, state="reached"))
    assert not rules.has_been_there(goal(0, 1100, state="let_go"))


# -- adding one, part by part ---------------------------------------------------------------------

DONE = {
    "money_up": Draft(
        words="A roof", area="home", measure="money_up", from_value=0, to_value=5, by=""
    ),
    "number": Draft(
        words="Maize",
        area="farm",
        measure="number",
        unit="bags",
        from_value=0,
        to_value=5,
        by="2026-12",
    ),
    "steps": Draft(words="A shop", area="work", measure="steps", steps=("rent", "open"), by=""),
}


def test_each_part_is_asked_in_turn_and_only_what_the_measure_needs() -> None:
    assert rules.next_part(Draft()) == "words"
    assert rules.next_part(Draft(words="A roof")) == "area"
    assert rules.next_part(Draft(words="A roof", area="home")) == "measure"
    assert rules.next_part(Draft(words="A", area="home", measure="number")) == "unit"
    assert rules.next_part(Draft(words="A", area="home", measure="steps")) == "steps"
    assert rules.next_part(Draft(words="A", area="home", measure="money_down")) == "from"
    assert [rules.next_part(one) for one in DONE.values()] == [None, None, None]


@pytest.mark.parametrize(
    ("measure", "part", "asked"),
    [
        ("money_up", "words", "words"),
        ("money_up", "from", "from"),
        ("money_up", "to", "to"),
        ("money_up", "by", "by"),
        ("number", "measure", "measure"),
        ("number", "unit", "unit"),
        ("steps", "steps", "steps"),
        ("steps", "area", "area"),
        ("steps", "to", None),
    ],
)
def test_a_part_can_be_said_again(measure: str, part: str, asked: str | None) -> None:
    assert rules.next_part(rules.said_again(DONE[measure], part)) == asked


@pytest.mark.parametrize(
    ("measure", "from_value", "to", "refusal"),
    [
        ("money_up", 5, 5, rules.TargetNotAbove),
        ("money_up", 5, 4, rules.TargetNotAbove),
        ("money_down", 5, 5, rules.TargetNotBelow),
        ("money_down", 5, 6, rules.TargetNotBelow),
        ("number", 5, 5, rules.TargetIsStart),
    ],
)
def test_a_target_lies_where_its_measure_goes(
    measure: rules.Measure, from_value: int, to: int, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        rules.check_way(measure, from_value, to)


def test_a_number_may_go_either_way() -> None:
    rules.check_way("number", 90, 70)
    rules.check_way("number", 70, 90)
    rules.check_way("money_up", 0, 1)
    rules.check_way("money_down", 1, 0)


# -- what people type -----------------------------------------------------------------------------


def test_words_are_kept_on_one_line() -> None:
    assert rules.own_words("  Two\n goats  ") == "Two goats"
    assert rules.own_words("🐐🐐") == "🐐🐐"
    assert len(rules.own_words("ش" * 200)) == 200


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u2067", "\n"])
def test_words_that_nobody_can_see_are_none(text: str) -> None:
    with pytest.raises(rules.WordsMissing):
        rules.own_words(text)


@pytest.mark.parametrize("length", [201, 4000])
def test_more_words_than_are_kept(length: int) -> None:
    with pytest.raises(rules.WordsTooLong) as refused:
        rules.own_words("x" * length)
    assert refused.value.facts == {"most": 200, "length": length}


def test_steps_stand_a_line_each() -> None:
    assert rules.own_steps("- Plough\n\n • Sow \nWeed") == ("Plough", "Sow", "Weed")
    for text in ("", "\n \n", "\n".join("x" * 11), "x" * 81):
        with pytest.raises(rules.StepsNotUnderstood):
            rules.own_steps(text)


@given(st.frozensets(st.integers(0, rules.STEPS_MAX - 1)))
def test_steps_come_back_as_they_were_stored(done: frozenset[int]) -> None:
    assert rules.steps_of(rules.bits_of(done)) == done


@pytest.mark.parametrize(
    ("text", "hundredths"),
    [
        ("12", 1200),
        ("12.5", 1250),
        ("12,5", 1250),
        ("1,250", 125000),
        ("12 Bags", 1200),
        ("12bags", 1200),
        ("0", 0),
        ("٣", 300),
    ],
)
def test_numbers_as_people_type_them(text: str, hundredths: int) -> None:
    assert rules.read_value(text, DONE["number"]) == hundredths


@pytest.mark.parametrize("text", ["", "twelve", "-3", "12 goats", "1.2.3", "5 000 000 000 000 000"])
def test_what_is_no_number_is_asked_again(text: str) -> None:
    with pytest.raises(rules.NumberNotUnderstood):
        rules.read_value(text, DONE["number"])


def test_money_is_read_as_money_and_may_be_nothing() -> None:
    shillings = Draft(measure="money_down", currency="KES")
    assert rules.read_value("Ksh 1,250", shillings) == 125000
    assert rules.read_value("0", shillings) == 0
    assert rules.read_value("0.00", shillings) == 0
    for text, refusal in (
        ("-5", AmountNotPositive),
        ("-0", AmountNotPositive),
        ("?", AmountNotUnderstood),
        ("9" * 20, AmountTooLarge),
    ):
        with pytest.raises(refusal):
            rules.read_value(text, shillings)
    with pytest.raises(AmountAmbiguous):
        rules.read_value("1.500", Draft(measure="money_up", currency="KWD"))


@pytest.mark.parametrize("text", ["12/2027", "2027-12", "12.2027", "١٢/٢٠٢٧", " 12 2027 "])
def test_a_month_as_people_type_it(text: str) -> None:
    assert rules.read_month(text, TODAY) == date(2027, 12, 1)


def test_this_month_is_still_to_come_and_the_last_one_is_not() -> None:
    assert rules.read_month("3/2026", TODAY) == date(2026, 3, 1)
    assert rules.read_month("12/2046", TODAY) == date(2046, 12, 1)
    for text in (
        "2/2026",
        "13/2027",
        "0/2027",
        "1/2047",
        "2027",
        "12/27",
        "May 2027",
        "",
        "1/2/2027",
    ):
        with pytest.raises(rules.MonthNotUnderstood) as refused:
            rules.read_month(text, TODAY)
        assert rules.read_month(str(refused.value.facts["example"]), TODAY) > TODAY


@given(st.dates(date(2026, 3, 1), date(2046, 12, 31)))
def test_a_month_is_stored_and_read_back(day: date) -> None:
    first = day.replace(day=1)
    assert rules.month_of(rules.month_text(first)) == first
    assert rules.read_month(f"{day.month}/{day.year}", TODAY) == first


def test_a_line_shows_the_beginning_and_the_latest() -> None:
    found = goal(*range(40))
    shown = [one.value for one in rules.line_of(found.entries)]
    assert shown == [0, *range(28, 40)]
    assert len(rules.line_of(goal(1, 2).entries)) == 2
