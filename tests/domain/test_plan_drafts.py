"""Making a plan step by step: every way ends in a plan that can hold, asking what matters."""

from datetime import date
from typing import Any

from agreements import contributions
from hypothesis import given, strategies as st

from bot.domain import plan_drafts as drafts, plans
from bot.domain.plans import Contribution

TODAY = date(2026, 3, 5)


def answer(draw: st.DataObject, draft: dict[str, Any], step: str) -> Any:  # noqa: ANN401 - of any step
    if step == "amount_minor":
        return draw.draw(st.integers(1, 10**9))
    if step == "how_to_pay":
        return draw.draw(st.text("ab 7", max_size=9))
    return draw.draw(st.sampled_from(drafts.options(draft, step, TODAY)))


@given(st.data())
def test_whoever_answers_what_is_asked_has_a_plan(data: st.DataObject) -> None:
    draft: dict[str, Any] = {"number": 1}
    for _ in range(len(drafts.STEPS)):
        step = drafts.missing(draft)
        if step is None:
            break
        draft = drafts.chosen(draft, step, answer(data, draft, step))
    assert drafts.missing(draft) is None
    assert plans.holds([drafts.plan_of(draft)])


@given(contributions(), st.data())
def test_a_change_of_one_step_leads_to_a_plan_again(
    plan: Contribution, data: st.DataObject
) -> None:
    draft = drafts.draft_of(plan)
    assert drafts.plan_of(draft) == plan
    step = data.draw(st.sampled_from(drafts.changeable(draft)))
    draft = drafts.chosen(draft, step, answer(data, draft, step))
    for _ in range(len(drafts.STEPS)):
        following = drafts.missing(draft)
        if following is None:
            break
        draft = drafts.chosen(draft, following, answer(data, draft, following))
    assert plans.holds([drafts.plan_of(draft)])


def test_the_same_again_changes_nothing() -> None:
    plan = Contribution(500, kind="shares", every="week", day=4, grace_days=2)
    draft = drafts.draft_of(plan)
    for step in drafts.STEPS:
        assert drafts.plan_of(drafts.chosen(draft, step, draft[step])) == plan


def test_another_rhythm_asks_for_its_day_and_keeps_grace_within_it() -> None:
    draft = drafts.chosen(drafts.draft_of(Contribution(500, day=20, grace_days=9)), "every", "week")
    assert drafts.missing(draft) == "day"
    assert draft["grace_days"] == 3


def test_what_is_given_in_kind_is_not_given_in_shares() -> None:
    draft = drafts.chosen(drafts.draft_of(Contribution(500, kind="shares")), "unit", "hours")
    assert drafts.missing(draft) == "kind"
    assert "shares" not in drafts.options(draft, "kind", TODAY)
