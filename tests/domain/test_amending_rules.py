"""What of an agreement can be changed with one value: every one, by every value it offers."""

from dataclasses import replace

import pytest
from agreements import agreements
from effort import examples
from hypothesis import given, settings

from bot.domain.agreement import (
    NEVER_CHANGES,
    PARTS,
    Agreement,
    AgreementPartRefused,
    amended,
    document_of,
)
from bot.domain.agreement_parts import Loans, SocialFund
from bot.domain.amending import KNOBS, PLANS, NumberOutOfBounds, knobs_of, read_value
from bot.domain.goals import NumberNotUnderstood, WordsMissing, WordsTooLong
from bot.domain.money import Currency
from bot.domain.plans import Contribution

KES = Currency("KES", 2)
ALL = Agreement(
    language="en",
    zone="Africa/Nairobi",
    currency="KES",
    plans=(Contribution(500),),
    loans=Loans(),
    social_fund=SocialFund(),
)
#: Said otherwise: by switches, by a list of languages, by searching a town, by what plans name,
#: and by its own questions.
WITHOUT_KNOBS = {"language", "zone", "practices", "questions", "funds"}
#: Said with the rhythm as a whole, in /meetings.
WITH_THE_RHYTHM = {("meetings", "anchor"), ("meetings", "minute")}
NUMBERS = [one for one in KNOBS if one.kind == "number"]


def test_every_part_can_be_changed_by_some_way() -> None:
    assert {one.part for one in KNOBS} == set(PARTS) - NEVER_CHANGES - WITHOUT_KNOBS


def test_every_field_of_every_part_can_be_said_once() -> None:
    written = document_of(ALL)
    wanted = {
        (part, field)
        for part in {one.part for one in KNOBS} - {PLANS}
        for field in (written[part] if isinstance(written[part], dict) else [""])
    }
    said = [(one.part, one.field) for one in KNOBS if one.part != PLANS]
    assert len(said) == len(set(said))
    assert set(said) - wanted == {("loans", ""), ("social_fund", "")}
    assert wanted - set(said) == WITH_THE_RHYTHM


@pytest.mark.parametrize("knob", [one for one in KNOBS if one.options], ids=str)
def test_every_value_that_is_offered_can_be_agreed(knob: object) -> None:
    for number, one in enumerate(KNOBS):
        if one is knob:
            for value in one.options:
                agreed = amended(ALL, one.part, one.written(value))
                assert number in [place for place, _ in knobs_of(ALL)[one.part]]
                if one.field:
                    assert document_of(agreed)[one.part][one.field] == value


@pytest.mark.parametrize("place", [KNOBS.index(one) for one in NUMBERS])
def test_bounds_are_the_agreements_own(place: int) -> None:
    knob = KNOBS[place]
    for number in (knob.least, knob.most):
        assert read_value(knob, str(number), KES) == number
        agreement = replace(ALL, plans=(Contribution(500, grace_days=0),))
        amended(agreement, knob.part, knob.written(number, plan=1))
    for number in (knob.least - 1, knob.most + 1):
        if number >= 0:
            with pytest.raises(NumberOutOfBounds) as refused:
                read_value(knob, str(number), KES)
            assert refused.value.facts == {"least": knob.least, "most": knob.most}
        with pytest.raises(AgreementPartRefused):
            amended(ALL, knob.part, knob.written(number, plan=1))


def test_what_is_not_agreed_on_is_only_begun() -> None:
    usual = replace(ALL, loans=None, social_fund=None)
    assert [KNOBS[place].field for place, _ in knobs_of(usual)["loans"]] == [""]
    assert len(knobs_of(ALL)["loans"]) == 4
    assert [KNOBS[place].field for place, _ in knobs_of(usual)["social_fund"]] == [""]


def test_the_day_of_a_weekly_plan_is_no_day_of_the_month() -> None:
    weekly = replace(ALL, plans=(Contribution(500, day=3, every="week", grace_days=2),))
    assert "day" not in [KNOBS[place].field for place, _ in knobs_of(weekly)[PLANS]]
    assert "day" in [KNOBS[place].field for place, _ in knobs_of(ALL)[PLANS]]


@pytest.mark.parametrize(
    ("field", "text", "refused"),
    [
        ("open_days", "four", NumberNotUnderstood),
        ("open_days", "-4", NumberNotUnderstood),
        ("open_days", "4.5", NumberNotUnderstood),
        ("open_days", "99999", NumberNotUnderstood),
        ("open_days", "", NumberNotUnderstood),
        ("words", "🙂" * 301, WordsTooLong),
        ("words", " \u200b ", WordsMissing),
    ],
)
def test_what_is_not_understood_is_refused(field: str, text: str, refused: type[Exception]) -> None:
    knob = next(one for one in KNOBS if one.field == field)
    with pytest.raises(refused):
        read_value(knob, text, KES)


def test_digits_of_other_scripts_are_numbers() -> None:
    knob = next(one for one in KNOBS if one.field == "open_days")
    assert read_value(knob, "٤", KES) == 4


@given(agreements())
@settings(max_examples=examples(20), deadline=None)
def test_whatever_is_agreed_can_be_changed_by_what_is_offered(agreed: Agreement) -> None:
    for part, knobs in knobs_of(agreed).items():
        for place, plan in knobs:
            knob = KNOBS[place]
            for value in knob.options:
                amended(agreed, part, knob.written(value, plan))
