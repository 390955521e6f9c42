"""What can be proposed, how it is decided, when it opens and closes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from agreements import agreements
from hypothesis import given, strategies as st

from bot.domain import amending, decisions as rules, effects
from bot.domain.agreement import NEVER_CHANGES, PARTS, Agreement, AgreementPartRefused, amended
from bot.domain.agreement_parts import Loans, SocialFund
from bot.domain.amending import KNOBS, Knob, knobs_of, read_value
from bot.domain.calendar import is_quiet, local
from bot.domain.decisions import (
    Choice,
    ChoiceNeedsCost,
    ChoicesNeeded,
    ChoicesRepeat,
    ChoiceTooLong,
    Draft,
    Manner,
    Matter,
)
from bot.domain.errors import Refusal
from bot.domain.goals import NumberNotUnderstood
from bot.domain.money import AmountRefusal, currency
from bot.domain.plans import Contribution
from bot.domain.voting import METHODS

NAIROBI = Agreement("en", "Africa/Nairobi", "KES")
KES = currency("KES")
instants = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)).map(  # noqa: DTZ001 - below
    lambda when: when.replace(tzinfo=UTC)
)
manners = st.builds(
    Manner,
    method=st.sampled_from(METHODS),
    voters=st.sampled_from(["member", "household"]),
    is_secret=st.just(value=False),
    is_live=st.booleans(),
    quorum=st.sampled_from(rules.QUORUMS),
    days=st.sampled_from(rules.DAYS),
    talk_days=st.sampled_from(rules.TALK_DAYS),
    look_months=st.sampled_from(rules.LOOK_MONTHS),
    seats=st.sampled_from(rules.SEATS),
)


# -- when -----------------------------------------------------------------------------------------


@given(agreements(), manners, instants)
def test_it_opens_before_it_closes_and_never_closes_at_night(
    agreement: Agreement, manner: Manner, now: datetime
) -> None:
    opens = rules.opening(now, manner, agreement)
    closes = rules.closing(opens, manner, agreement)
    assert now <= opens < closes
    assert not is_quiet(closes, agreement.quiet_hours, agreement.zone)
    if manner.talk_days:
        assert not is_quiet(opens, agreement.quiet_hours, agreement.zone)
    assert closes - opens <= timedelta(days=manner.days + 2)
    reminds = rules.reminding(opens, closes, agreement)
    if reminds is not None:
        assert opens <= reminds <= closes - rules.REMINDED_LAST
        assert not is_quiet(reminds, agreement.quiet_hours, agreement.zone)
    last = rules.after_the_last(now, agreement)
    assert last >= now + rules.LAST_MINUTES
    assert not is_quiet(last, agreement.quiet_hours, agreement.zone)


def test_three_days_end_in_the_evening_of_the_third() -> None:
    """Noon on Monday in Nairobi (9:00 UTC): open until Thursday at six, reminded on Wednesday."""
    noon = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    closes = rules.closing(noon, Manner(days=3), NAIROBI)
    assert closes == datetime(2026, 3, 5, 15, 0, tzinfo=UTC)
    assert rules.reminding(noon, closes, NAIROBI) == closes - timedelta(days=1)
    short = rules.closing(noon, Manner(days=1), NAIROBI)
    assert rules.reminding(noon, short, NAIROBI) == datetime(2026, 3, 3, 4, 0, tzinfo=UTC)


def test_it_is_looked_back_at_on_the_same_day_months_later() -> None:
    closed = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
    when = local(rules.looking_back(closed, 3, NAIROBI), NAIROBI.zone)
    assert (when.date().isoformat(), when.hour) == ("2027-02-28", 18)


# -- how ------------------------------------------------------------------------------------------


@given(manners, st.sampled_from(sorted(rules.TURNS)))
def test_turning_comes_round_and_touches_nothing_else(manner: Manner, part: str) -> None:
    seen = [manner]
    while True:
        turned = rules.turned(seen[-1], part)
        assert not (turned.is_secret and turned.is_live)
        if turned in seen:
            break
        seen.append(turned)
    assert turned == manner
    assert len(seen) == (
        3 if part == "sight" else 2 if part == "voters" else len(rules.TURNS[part])
    )


@given(manners, st.integers(0, 10))
def test_a_method_fits_what_is_proposed(manner: Manner, choices: int) -> None:
    matter = Matter(
        choices=tuple(Choice(f"{number}") for number in range(choices if choices > 1 else 0))
    )
    fitting = rules.fitting(manner, matter)
    assert fitting.method in rules.methods_for(matter)
    assert fitting.seats == 1 or fitting.seats <= len(matter.choices)
    assert replace(fitting, method=manner.method, seats=manner.seats) == manner


def test_of_several_things_the_usual_is_to_tick() -> None:
    assert rules.among_several(Manner("majority")).method == "approval"
    assert rules.among_several(Manner("ranked")).method == "ranked"


def test_people_are_elected_and_not_funded() -> None:
    standing = Matter(choices=(Choice("", member_id=1), Choice("", member_id=2)))
    assert set(rules.methods_for(standing)) == {
        "majority",
        "two_thirds",
        "unanimous",
        "approval",
        "ranked",
    }


# -- what is written ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "method", "choices"),
    [
        ("Iron\nTiles", "ranked", (Choice("Iron"), Choice("Tiles"))),
        ("Iron | Tiles", "ranked", (Choice("Iron"), Choice("Tiles"))),
        ("- Iron \n\n• Tiles\n", "ranked", (Choice("Iron"), Choice("Tiles"))),
        ("At 9: 30\nLater", "ranked", (Choice("At 9: 30"), Choice("Later"))),
        ("Iron: 500\nTiles", "points", (Choice("Iron", 50_000), Choice("Tiles"))),
        ("Iron = 1,500.50\nTiles:2", "shares", (Choice("Iron", 150_050), Choice("Tiles", 200))),
    ],
)
def test_choices_as_people_write_them(text: str, method: Any, choices: tuple[Choice, ...]) -> None:  # noqa: ANN401
    assert rules.own_choices(text, method, KES) == choices


@pytest.mark.parametrize(
    ("text", "method", "refusal"),
    [
        ("", "ranked", ChoicesNeeded),
        ("Iron", "ranked", ChoicesNeeded),
        ("\n".join(str(number) for number in range(11)), "ranked", ChoicesNeeded),
        ("Iron\nIRON", "ranked", ChoicesRepeat),
        ("Iron\n" + "x" * 61, "ranked", ChoiceTooLong),
        ("Iron: 5\nTiles", "shares", ChoiceNeedsCost),
        ("Iron: much\nTiles: 5", "shares", AmountRefusal),
    ],
)
def test_choices_that_cannot_be(text: str, method: Any, refusal: type[Refusal]) -> None:  # noqa: ANN401
    with pytest.raises(refusal):
        rules.own_choices(text, method, KES)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("A pump", ("A pump", None)),
        ("A pump | it broke", ("A pump", "it broke")),
        ("A pump\nit broke\ntwice", ("A pump", "it broke twice")),
        ("A pump |", ("A pump", None)),
    ],
)
def test_what_and_why_at_once(text: str, said: tuple[str, str | None]) -> None:
    assert rules.said_at_once(text) == said


words = st.text(max_size=20)
matters = st.builds(
    Matter,
    words,
    words,
    st.lists(st.builds(Choice, words, st.none() | st.integers(1), st.none() | st.integers(1))).map(
        tuple
    ),
    st.integers(0),
    st.none() | st.just(effects.written(effects.Elect("treasurer", 5))),
)


@given(matters, manners, st.none() | words)
def test_what_is_stored_is_read_back(matter: Matter, manner: Manner, said: str | None) -> None:
    assert rules.matter_from_json(matter.to_json()) == matter
    draft = Draft(3, 4, said, None, matter, manner)
    assert rules.draft_from_json(draft.to_json(), 3, 4) == draft


def test_a_proposal_asks_for_what_it_lacks() -> None:
    draft = Draft(1)
    assert rules.next_part(draft) == "group"
    draft = replace(draft, group_id=1)
    assert rules.next_part(draft) == "words"
    assert rules.next_part(replace(draft, matter=Matter(effect={"kind": "elect"}))) == "why"
    draft = replace(draft, words="Roofs", why="")
    assert rules.next_part(draft) is None
    choices = (Choice("Iron", 5), Choice("Tiles"))
    by_shares = replace(draft, matter=Matter(choices=choices), manner=Manner("shares"))
    assert rules.next_part(by_shares) == "costs"
    assert rules.next_part(replace(by_shares, manner=Manner("points"))) == "budget"
    costed = Matter(choices=(Choice("Iron", 5), Choice("Tiles", 6)), budget_minor=9)
    assert rules.next_part(replace(by_shares, matter=costed)) is None


def test_numbers_of_few_secret_votes_are_not_told() -> None:
    assert not rules.shows_numbers(Manner(is_secret=True), 4)
    assert rules.shows_numbers(Manner(is_secret=True), 5)
    assert rules.shows_numbers(Manner(), 1)


# -- what then happens ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "effect",
    [
        effects.Amend("check_in", {"day": 5}),
        effects.Lock("loans", locked=False),
        effects.Switch("polls", on=True),
        effects.Elect("witness"),
        effects.PayOut("savings", 500, 3),
        effects.PayAllotted("savings"),
        effects.Admit(7),
        effects.PartWith(7),
    ],
)
def test_an_effect_is_read_as_it_was_written(effect: effects.Effect) -> None:
    assert effects.read(effects.written(effect)) == effect
    assert effects.read(None) is None


WITH_PLANS = replace(
    NAIROBI,
    plans=(Contribution(50_000, number=1), Contribution(0, number=2, kind="open", purse="project")),
    loans=Loans(),
    social_fund=SocialFund(),
)


@pytest.mark.parametrize("knob", KNOBS, ids=lambda knob: f"{knob.part} {knob.field}")
def test_every_part_that_can_be_proposed_can_be_agreed(knob: Knob) -> None:
    assert knob.part in set(PARTS) - NEVER_CHANGES
    agreement = WITH_PLANS
    for value in knob.options or (read_value(knob, "3", KES),):
        changed = amended(agreement, knob.part, knob.written(value, 1))
        assert amended(changed, knob.part, knob.written(value, 1)) == changed
    assert (KNOBS.index(knob), 1 if knob.part == amending.PLANS else 0) in knobs_of(agreement)[
        knob.part
    ]


def test_an_amount_is_one_of_money_and_a_first_plan_begins_with_it() -> None:
    [amount] = [place for place, knob in enumerate(KNOBS) if knob.field == "amount_minor"]
    assert (amount, 2) not in knobs_of(WITH_PLANS)[amending.PLANS]
    assert knobs_of(NAIROBI)[amending.PLANS] == [(amount, 1)]
    first = amended(NAIROBI, amending.PLANS, KNOBS[amount].written(11_000, 1))
    assert first.plans[0].amount_minor == 11_000


@pytest.mark.parametrize("text", ["", "soon", "-1", "1.5", "99999", "½"])
def test_a_number_is_one_number(text: str) -> None:
    [knob] = [one for one in KNOBS if (one.part, one.field) == ("check_in", "day")]
    with pytest.raises(NumberNotUnderstood):
        read_value(knob, text, KES)
    assert read_value(knob, " ١٢ ", KES) == 12
    with pytest.raises(AgreementPartRefused):
        amended(NAIROBI, "check_in", knob.written(32))
