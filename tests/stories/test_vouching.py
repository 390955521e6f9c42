"""Somebody without a phone: recorded by one, known by another household, and then a voter."""

from typing import Any

from circle import leaves
from contribution_village import moves_in_with
from decision_village import card, circle, does, proposes, said, votes
from village import Group, Someone, Village

from bot.domain.agreement_parts import Decisions, Joining


async def names(who: Someone, name: str, *, in_own: bool = True) -> None:
    """Record somebody without a phone, as people do."""
    household = "[Yes, in their own]" if in_own else "[Yes, in my household]"
    await does(who, "/members", "[Kitui]", "[Somebody without a phone]", name, household)


async def three(
    village: Village,
    **parts: Any,  # noqa: ANN401 - any part of an agreement
) -> tuple[Group, Someone, Someone, Someone]:
    amina, juma, neema = village.has("Amina", "Juma", "Neema")
    return await circle(village, amina, juma, neema, **parts), amina, juma, neema


async def test_one_member_makes_no_votes_by_writing_names(village: Village) -> None:
    """Juma records three people of whom nobody knows; alone he would have had four votes of six."""
    group, amina, juma, _ = await three(village)
    for name in ("Wanjiru", "Otieno", "Achieng"):
        await names(juma, name)
    assert "Achieng is in, as a household of their own." in said(juma)
    assert "Achieng votes in decisions once somebody of another household" in said(juma)
    assert "I ask Amina and Neema." in said(juma)
    assert group.sees("6 are in."), "in everything else they count"
    await proposes(juma)
    assert "0 of 3 have voted" in card(group)
    await juma.taps("In private", in_group=True)
    await juma.taps("Yes")
    assert not [one for one in juma.labels() if "Achieng" in one]
    for forged in (4, 5, 6):
        await juma.presses_data(juma.messages()[-1], f"ballot_in:1:{forged}:0")
        assert "I do not find this" in juma.toast
    assert "1 of 3 have voted" in card(group)
    await votes("No", amina)
    await village.waits(days=4)
    assert "✅" not in card(group)


async def test_who_is_known_by_another_household_votes_from_the_next_decision_on(
    village: Village,
) -> None:
    group, amina, juma, neema = await three(village)
    await names(juma, "Wanjiru")
    assert "Juma writes for Wanjiru, who has no phone." in said(amina)
    await proposes(amina, "Matter 1")
    await neema.taps("Yes, I know them")
    assert "Wanjiru votes from the next decision on." in said(neema)
    assert "Neema knows Wanjiru too." in said(juma)
    assert "0 of 3 have voted" in card(group), "who is in when voting opens votes"
    await amina.taps("Yes, I know them")
    assert "somebody has said so already" in amina.toast
    await proposes(amina, "Matter 2")
    assert "0 of 4 have voted" in card(group)
    await juma.taps("In private", in_group=True)
    await does(juma, "[Yes]", "[For Wanjiru]", "[No]")
    assert "2 of 4 have voted" in card(group)


async def test_nobody_knows_them_from_within(village: Village) -> None:
    """Not who recorded them, nor who shares a home with either, nor somebody of another group."""
    _group, amina, juma, neema = await three(village)
    await moves_in_with(village, neema, juma)
    await names(juma, "Wanjiru")
    assert "I ask Amina." in said(juma)
    for within in (juma, neema):
        await within.presses_data(within.messages()[-1], "person_known:4:1")
        assert "Somebody of another household says this." in within.toast
    [stranger] = village.has("Stranger")
    await stranger.starts()
    for data in ("person_known:4:1", "person_unknown:4", "person_ask:4", "person_known:2:1"):
        await stranger.presses_data(stranger.messages()[-1], data)
        assert stranger.toast.startswith(("This is for members", "This button or link is for"))
    await juma.taps("My household")
    assert not [one for one in juma.labels() if one.startswith("🤝")]
    await does(amina, "/members", "[Kitui]", "[🤝 Wanjiru]", "[Yes, I know them]")
    assert "Wanjiru votes from the next decision on." in said(amina)


async def test_who_does_not_know_them_is_no_traitor_and_others_are_asked(village: Village) -> None:
    folk = village.has("Amina", "Juma", "Neema", "Otieno", "Wekesa")
    await circle(village, *folk)
    _amina, juma, neema, _otieno, wekesa = folk
    await names(juma, "Wanjiru")
    assert "I ask Amina, Neema, and Otieno." in said(juma)
    before = juma.read_all(), len(wekesa.messages())
    await neema.taps("I don't know them")
    assert "I tell nobody." in said(neema)
    assert juma.read_all() == before[0]
    assert len(wekesa.messages()) == before[1] + 1, "the next one is asked"
    await does(juma, "/members", "[Kitui]", "[📓 Wanjiru]", "[Ask others]")
    assert "I can ask nobody now." in said(juma)
    assert len(wekesa.messages()) == before[1] + 1, "nobody is asked twice"
    await does(neema, "/members", "[Kitui]", "[🤝 Wanjiru]")
    await neema.taps("Yes, I know them")
    assert "Neema knows Wanjiru too." in said(juma)


async def test_at_night_nobody_is_woken_for_it(village: Village) -> None:
    _group, amina, juma, _ = await three(village)
    await village.moves_to(village.now.replace(hour=20))  # eleven in the evening in Nairobi
    before = len(amina.messages())
    await names(juma, "Wanjiru")
    assert "I ask Amina and Neema." in said(juma)
    assert len(amina.messages()) == before
    await village.waits(hours=9)
    assert "Juma writes for Wanjiru" in said(amina)


async def test_in_the_recorders_household_nothing_is_won_by_household(village: Village) -> None:
    group, amina, juma, _ = await three(village, decisions=Decisions(voters="household"))
    await names(juma, "Wanjiru", in_own=False)
    await names(juma, "Otieno")
    await proposes(amina)
    assert "0 of 3 have voted" in card(group)


async def test_no_office_takes_a_vote_over(village: Village) -> None:
    """The facilitator may take somebody into their home; the vote waits for others then."""
    group, amina, juma, neema = await three(village)
    await names(juma, "Wanjiru")
    await neema.taps("Yes, I know them")
    await proposes(juma)
    assert "0 of 4 have voted" in card(group)
    await does(amina, "/members", "[Kitui]", "[📓 Wanjiru]", "[In my household]")
    await amina.presses_data(amina.messages()[-1], "ballot_in:1:4:0")
    assert "I do not find this" in amina.toast
    await leaves(juma, "Kitui")
    await neema.taps("Yes, I know them")
    await amina.taps("In private", in_group=True)
    await does(amina, "[Yes]", "[For Wanjiru]", "[Yes]")
    assert "2 of 3 have voted" in card(group)


async def test_where_the_group_decides_who_joins_it_decides_on_them_too(village: Village) -> None:
    group, amina, juma, neema = await three(village, joining=Joining(way="decision"))
    await names(juma, "Wanjiru", in_own=False)
    assert "all decide together who joins" in said(juma)
    assert group.sees("3 are in.")
    await does(amina, "/propose", "Wanjiru joins", "[Skip]", "[What then]", "[Invite somebody]")
    await does(amina, "[Wanjiru]", "[Put it to the group]")
    await votes("Yes", amina, juma, neema)
    await village.waits(minutes=11)
    assert group.sees("4 are in.")
    assert juma.sees("The group has decided: Wanjiru is in.")
    await proposes(amina, "Matter 2")
    assert "0 of 4 have voted" in card(group)
