"""The facilitator makes and changes the group's plans in private, by buttons and short answers."""

import pytest
from contribution_village import YES, counted, march
from village import Group, Someone, Village

from bot.domain.plans import Contribution

SAVINGS = Contribution(50_000, how_to_pay="To Neema")


async def has_plans(
    village: Village, *people: Someone, plans: tuple[Contribution, ...] = (SAVINGS,)
) -> Group:
    """A group with these plans; its facilitator, the first, looks at them in private."""
    group = await village.forms_group("Kitui", *people)
    practices = frozenset({"contributions", "check_ins"} if plans else {"check_ins"})
    await village.is_set_up(group, *people, practices=practices, plans=plans)
    if plans:
        await people[0].writes("/settings", in_group=True)
        await people[0].taps("Contributions", in_group=True)
    return group


async def test_a_second_plan_is_made_step_by_step(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await has_plans(village, amina, juma)
    assert "Savings: each household gives KES\u00a0500.00, each month on day 5." in amina.reads
    await amina.taps("Another plan")
    await amina.taps("Social fund")
    await amina.taps("Money")
    await amina.taps("The same for all")
    assert "How much does each household give" in amina.reads
    await amina.writes("20")
    await amina.taps("Every week")
    await amina.taps("Thursday")
    line = "Social fund: each household gives KES\u00a020.00, every week on Thursday."
    assert line in amina.reads
    assert (await village.agreed()).version == 1  # nothing holds before the last tap
    await amina.taps("How to pay")
    await amina.writes("Into the small box")
    await amina.taps("Witnesses")
    await amina.taps("2")
    await amina.taps("Let it hold")
    assert line in amina.reads
    agreement = await village.agreed()
    assert agreement.version == 2
    assert agreement.plans[1] == Contribution(
        2000,
        number=2,
        purse="social_fund",
        every="week",
        day=4,
        witnesses=2,
        how_to_pay="Into the small box",
    )
    assert agreement.funds == {"savings", "social_fund"}
    await village.moves_to(march(5))
    assert group.sees("Social fund · Contribution for the week of March 2")
    await juma.writes("/agreement", in_group=True)
    assert "every week on Thursday" in group.reads


async def test_shares_every_second_week(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await has_plans(village, amina, juma)
    await amina.taps("Another plan")
    await amina.taps("Project")
    await amina.taps("Money")
    await amina.taps("1 to 5 shares")
    assert "It stays the same for the whole cycle" in amina.reads
    await amina.writes("100")
    await amina.taps("Every second week")
    await amina.taps("Friday")
    await amina.taps("Week of March 9")
    await amina.taps("What is left over")
    await amina.taps("Goes to the social fund")
    await amina.taps("Let it hold")
    plan = (await village.agreed()).plans[1]
    assert (plan.kind, plan.amount_minor, plan.every, plan.day) == (
        "shares",
        10_000,
        "two_weeks",
        5,
    )
    assert plan.anchor == "2026-03-09"
    assert plan.leftover == "social_fund"
    await village.moves_to(march(13))
    assert juma.sees("1 to 5 shares of KES\u00a0100.00")


async def test_in_kind_in_a_word_of_the_groups_own(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await has_plans(village, amina, juma)
    await amina.taps("Another plan")
    await amina.taps("Project")
    assert "like: kg of seed" in amina.reads
    await amina.writes("kg of maize seed")
    assert "shares" not in " ".join(amina.labels())
    await amina.taps("The same for all")
    await amina.writes("5 kg")
    await amina.taps("Every month")
    await amina.taps("20")
    await amina.taps("Let it hold")
    assert (await village.agreed()).plans[1] == Contribution(
        500, number=2, purse="project", unit="kg of maize seed", day=20
    )


async def test_an_amount_is_changed_from_the_next_period_on(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await has_plans(village, amina, juma)
    await village.moves_to(march(4))
    await amina.taps("✎ Savings")
    await amina.taps("✎ Amount")
    await amina.writes("70")
    await amina.taps("Let it hold")
    assert "each household gives KES\u00a070.00" in amina.reads
    await juma.taps("I paid KES\u00a0500.00")  # what was due already stays as it was
    await amina.taps(YES)
    await village.moves_to(march(5).replace(month=4))
    assert "is KES\u00a070.00" in juma.reads


async def test_the_price_of_a_share_stays_while_members_hold_some(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    savings = Contribution(500, kind="shares", every="week", day=4)
    await has_plans(village, amina, juma, plans=(savings,))
    await village.moves_to(march(5))
    await juma.taps("▣▣ KES\u00a010.00")
    await amina.taps(YES)
    await amina.taps("✎ Savings")
    await amina.taps("✎ Amount")
    await amina.writes("6")
    hold = amina.button("Let it hold")
    await amina.presses(hold)
    assert "there are 2 shares now" in amina.toast
    assert (await village.agreed()).plans == (savings,)
    await amina.taps("✎ Amount")
    await amina.writes("5")
    await amina.taps("Days of grace")
    await amina.taps("1")
    await amina.taps("Let it hold")
    assert (await village.agreed()).plans[0].grace_days == 1


async def test_a_plan_rests_and_is_taken_up_again(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await has_plans(village, amina, juma)
    await amina.taps("✎ Savings")
    await amina.taps("Let it rest")
    assert "Savings: rests for now." in amina.reads
    assert not (await village.agreed()).does("contributions")
    await village.moves_to(march(10))
    assert not juma.sees("The contribution for")
    await amina.taps("▶ Savings")
    await amina.taps("Let it hold")
    assert (await village.agreed()).giving == (SAVINGS,)
    await village.moves_to(march(5).replace(month=4))
    assert juma.sees("The contribution for April")


async def test_two_plans_never_fill_a_purse_with_the_same(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await has_plans(village, amina, juma)
    await amina.taps("Another plan")
    for label in ("Savings", "Money", "What each one can", "Every month", "10"):
        await amina.taps(label)
    await amina.taps("Let it hold")
    assert "There is a plan for that purse already" in amina.toast
    await amina.taps("Purse")
    await amina.taps("Scholarships")
    await amina.taps("Let it hold")
    assert len((await village.agreed()).plans) == 2


async def test_only_who_facilitates_and_only_where_it_is_not_locked(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await has_plans(village, amina, juma)
    for data in ("plans:1", "plan:1:1", "plan:1:0", "plan_step:1:0", "plan_set:1:0:1",
                 "plan_look:1", "plan_hold:1", "plan_rest:1:1", "plans:9", "plan:9:0"):  # fmt: skip
        for message in (juma.messages()[-1], village.group.messages[-1]):
            await juma.presses_data(message, data)
            assert juma.toast
            assert "our side" not in juma.toast
    assert await counted(village, "plan_drafts") == 0
    assert (await village.agreed()).version == 1


@pytest.mark.parametrize(
    "data",
    ["plan:1:7", "plan_step:1:99", "plan_step:1:9", "plan_set:1:99:0", "plan_set:1:0:99",
     "plan_set:1:3:0", "plan_rest:1:9"],
)  # fmt: skip
async def test_a_forged_step_changes_nothing(village: Village, data: str) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await has_plans(village, amina, juma)
    await amina.taps("✎ Savings")
    await amina.presses_data(amina.messages()[-1], data)
    assert "another time" in amina.toast
    await amina.taps("Let it hold")
    assert (await village.agreed()).plans == (SAVINGS,)
