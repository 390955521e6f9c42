"""Set-up's steps: every way through them ends, and what was chosen is what is agreed."""

from dataclasses import replace
from typing import Any

import pytest
from agreements import agreements
from hypothesis import given, strategies as st

from bot.domain.agreement import Agreement
from bot.domain.plans import Contribution
from bot.domain.setup import (
    OF_CONTRIBUTIONS,
    STEPS,
    after,
    agreement_of,
    choices_of,
    missing,
    step_to,
)

PLACED = {"language": "en", "zone": "Africa/Nairobi", "currency": "KES"}
practices = st.lists(
    st.sampled_from(["check_ins", "contributions", "polls", "digests"]), unique=True
)


class TestTheWay:
    @given(st.sampled_from(STEPS[STEPS.index("zone") :]), practices, st.booleans())
    def test_ends_at_the_summary(self, step: str, chosen: list[str], reviewing: bool) -> None:  # noqa: FBT001 - drawn
        choices = PLACED | {"practices": chosen, "reviewing": reviewing, "amount_minor": 500}
        seen = [step]
        while seen[-1] != "summary":
            seen.append(after(seen[-1], choices))
            assert len(seen) <= len(STEPS) + 2, seen
        followed = set(seen[1:])
        if "check_ins" not in chosen:
            assert "rhythm" not in followed
        if "contributions" not in chosen:
            assert not followed & OF_CONTRIBUTIONS or step in OF_CONTRIBUTIONS

    def test_from_the_first_message_takes_the_steps_in_order(self) -> None:
        choices: dict[str, Any] = dict(PLACED) | {"practices": ["contributions", "check_ins"]}
        way = ["zone"]
        while way[-1] != "summary":
            way.append(after(way[-1], choices))
        assert way == [
            "zone", "currency", "practices", "amount", "day", "how_to_pay", "rhythm", "summary",
        ]  # fmt: skip

    def test_of_a_change_leads_straight_back(self) -> None:
        choices = PLACED | {"reviewing": True, "practices": ["check_ins", "polls"]}
        for step in ("language", "zone", "currency", "practices", "rhythm"):
            assert after(step, choices) == "summary"

    def test_of_contributions_just_switched_on_asks_for_all_they_need(self) -> None:
        choices = PLACED | {"reviewing": True, "practices": ["contributions", "check_ins"]}
        assert after("practices", choices) == "amount"
        choices["amount_minor"] = 500
        assert [after(step, choices) for step in ("amount", "day", "how_to_pay")] == [
            "day",
            "how_to_pay",
            "summary",
        ]

    @pytest.mark.parametrize("step", STEPS)
    def test_to_what_follows_from_a_place_goes_by_the_place(self, step: str) -> None:
        assert step_to(step, PLACED) == step
        wanted = step if step in {"hello", "language", "zone"} else "zone"
        assert step_to(step, {"language": "en"}) == wanted


class TestWhatIsAgreed:
    @given(agreements())
    def test_of_choices_unchanged_is_what_was_agreed_before(self, agreed: Agreement) -> None:
        choices = choices_of(agreed)
        assert missing(choices) is None
        assert agreement_of(choices, agreed) == agreed

    @given(agreements(), st.integers(1, 10**9), st.integers(1, 31))
    def test_of_one_change_differs_in_that_alone(
        self, agreed: Agreement, amount_minor: int, day: int
    ) -> None:
        choices = choices_of(agreed) | {"check_in_day": day, "amount_minor": amount_minor}
        before = replace(agreed, check_in=replace(agreed.check_in, day=day))
        if agreed.does("contributions"):  # the plans that hold are changed elsewhere
            assert agreement_of(choices, agreed).plans == agreed.plans
        assert agreement_of(choices, agreed) == before

    def test_of_an_amount_where_all_plans_rest_begins_another(self) -> None:
        resting = Contribution(100, rests=True)
        agreed = replace(agreement_of(PLACED), plans=(resting,))
        choices = choices_of(agreed) | {"practices": ["contributions"], "amount_minor": 500}
        assert agreement_of(choices, agreed).plans == (resting, Contribution(500, number=2))

    def test_of_a_place_alone_is_the_usual(self) -> None:
        assert missing(PLACED) is None
        assert agreement_of(PLACED) == Agreement("en", "Africa/Nairobi", "KES")

    def test_names_what_lacks_in_order(self) -> None:
        assert missing({"language": "en"}) == "zone"
        assert missing({"language": "en", "zone": "Africa/Nairobi"}) == "currency"
        assert missing(PLACED | {"practices": ["contributions"]}) == "amount"

    def test_of_contributions_has_the_usual_day_and_no_charge(self) -> None:
        choices = PLACED | {"practices": ["contributions"], "amount_minor": 500}
        assert agreement_of(choices).plans == (Contribution(500),)
