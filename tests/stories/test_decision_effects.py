"""What a decision makes happen by itself: in the moment it closes, or not at all, and why."""

from collections.abc import Callable

import pytest
from circle import OPENS, leaves
from contribution_village import PAID, YES, contributes, counted, faults, march, takes_office
from decision_village import (
    begins,
    card,
    circle,
    decides,
    decision,
    does,
    puts,
    said,
    votes,
)
from village import Group, Someone, Village

from bot.domain.agreement import Agreement
from bot.domain.agreement_parts import Amendments, Joining
from bot.storage import groups, members
from bot.storage.database import Reading, Transaction

# -- the agreement --------------------------------------------------------------------------------


async def test_a_part_of_the_agreement_changes_in_the_moment_it_closes(village: Village) -> None:
    people = village.has("Amina", "Juma", "Neema")
    group = await circle(village, *people)
    await puts(people[1], "[Our agreement]", "[the check-in]", "[The day]", "10")
    assert "🗳 The check-in opens on day 10 of the month." in card(group)
    await decides(village, people)
    assert "⚡ From now on: The check-in opens on day 10 of the month." in card(group)
    assert (await village.agreed()).check_in.day == 10
    assert group.sees("The check-in opens on day 10 of each month.")  # in the welcome, too

    def who(at: Reading) -> tuple[int, int]:
        row = at.one("SELECT decision_id, version FROM agreements ORDER BY version DESC LIMIT 1")
        assert row is not None
        return row["decision_id"], row["version"]

    assert await village.finds(who) == (1, 2)


async def test_what_is_not_accepted_changes_nothing(village: Village) -> None:
    people = village.has("Amina", "Juma", "Neema")
    group = await circle(village, *people)
    await puts(people[1], "[Our agreement]", "[the check-in]", "[The day]", "10")
    await decides(village, people, "No")
    assert "From now on" not in card(group)
    assert (await village.agreed()).check_in.day == 24


@pytest.mark.parametrize(
    ("steps", "says", "holds"),
    [
        (
            ("[how we decide]", "[By what way]", "[Two-thirds]"),
            "This is how we decide: Two-thirds.",
            lambda agreed: agreed.decisions.method == "two_thirds",
        ),
        (
            ("[how we decide]", "[Who has a vote]", "[Each household]"),
            "In decisions, each household has one vote.",
            lambda agreed: agreed.decisions.voters == "household",
        ),
        (
            ("[how we decide]", "[Open or secret]", "[Secret]"),
            "We vote in secret.",
            lambda agreed: agreed.decisions.is_secret,
        ),
        (
            ("[how we decide]", "[How many take part]", "[75\xa0%]"),
            "In decisions, at least 75\xa0% of us must take part.",
            lambda agreed: agreed.decisions.quorum == 75,
        ),
        (
            ("[what we are for]", "A roof <for> each house"),
            "This is what we are for: A roof <for> each house",
            lambda agreed: agreed.purpose == "A roof <for> each house",
        ),
        (
            ("[who may join]", "[Who may join]", "[Whom we decide on]"),
            "Whoever wants to join, we decide on.",
            lambda agreed: agreed.joining.way == "decision",
        ),
        (
            ("[the quiet hours]", "[From what hour]", "20"),
            "The quiet hours begin at 8:00",
            lambda agreed: agreed.quiet.from_hour == 20,
        ),
        (
            ("[offices and terms]", "[Months of a term]", "6"),
            "An office is held for 6 months.",
            lambda agreed: agreed.offices.term_months == 6,
        ),
        (
            ("[loans]", "[Yes]"),
            "We make loans: at most three times one's savings, for three months, without a charge.",
            lambda agreed: agreed.loans is not None and agreed.loans.charge == 0,
        ),
        (
            ("[what follows a miss]", "[The fine]", "50"),
            "The fine after a miss is KES 50.00.",
            lambda agreed: agreed.late.fine_minor == 5000,
        ),
        (
            ("[the share-out]", "[The month]", "[December]"),
            "We share out in December.",
            lambda agreed: agreed.share_out.month == 12,
        ),
    ],
)
async def test_parts_and_their_words(
    village: Village, steps: tuple[str, ...], says: str, holds: Callable[[Agreement], bool]
) -> None:
    people = village.has("Amina", "Juma")
    group = await circle(village, *people)
    await puts(people[0], "[Our agreement]", *steps)
    await decides(village, people)
    assert says.replace("\xa0", " ") in card(group).replace("\u202f", " ")
    assert holds(await village.agreed())


async def test_the_agreement_names_the_decision_by_which_it_changed(village: Village) -> None:
    people = village.has("Amina", "Juma")
    await circle(village, *people)
    await puts(people[0], "[Our agreement]", "[the quiet hours]", "[From what hour]", "20")
    await decides(village, people)
    await people[1].writes("/agreement")
    await people[1].taps("What changed")
    assert "by decision no. 1\nChanged: the quiet hours." in people[1].reads


async def test_what_cannot_be_agreed_is_said_at_once(village: Village) -> None:
    [amina] = village.has("Amina")
    await circle(village, amina)
    await begins(amina, "[Our agreement]", "[the check-in]", "[The day]")
    for text, told in (("40", "from 1 to 31"), ("soon", "number"), ("24", "It is so already")):
        await amina.writes(text)
        assert told in said(amina)
    await amina.writes("12")  # the question is still open
    assert "The check-in opens on day 12" in said(amina)


async def test_a_locked_part_changes_by_two_thirds_only(village: Village) -> None:
    people = village.has("Amina", "Juma", "Neema", "Otieno")
    group = await circle(village, *people)
    await puts(people[1], "[Lock or unlock]", "[🔓 the check-in]")
    assert "“the check-in” is locked: only a decision changes it." in card(group)
    assert "It is accepted if two-thirds of the votes say yes." in card(group)
    await decides(village, people)
    assert "check_in" in (await village.agreed()).locked

    await begins(people[1], "[Our agreement]", "[the check-in]", "[The day]", "10", "[Skip]")
    assert "So it is agreed for what is as weighty as this." in said(people[1])
    await people[1].taps("How")
    assert people[1].labels() == ["✅ Two-thirds", "◀ Back"]
    await people[1].presses_data(people[1].messages()[-1], "propose_by:2:1")  # forged: majority
    assert "not yours" in people[1].toast
    await does(people[1], "[Back]", "[Put it to the group]")
    await votes("Yes", *people[:2])
    await votes("No", people[2])
    await village.waits(days=4)
    assert "2 of 3 is two-thirds or more." in card(group)
    assert (await village.agreed()).check_in.day == 10


async def test_what_was_locked_meanwhile_does_not_change_by_less(village: Village) -> None:
    people = village.has("Amina", "Juma", "Neema")
    group = await circle(village, *people)
    await puts(people[0], "[Our agreement]", "[the check-in]", "[The day]", "10")
    await puts(people[1], "[Lock or unlock]", "[🔓 the check-in]")
    await votes_in(people, 2)
    await village.waits(minutes=11)
    await votes_in(people, 1)
    await village.waits(minutes=11)
    assert "✅ Accepted" in card(group)
    assert "It could not take effect: This is locked: the check-in." in card(group)
    assert (await village.agreed()).check_in.day == 24
    assert (await decision(village)).state == "carried"


async def votes_in(people: list[Someone], decision_id: int) -> None:
    for person in people:
        await person.presses_data(person.messages(in_group=True)[-1], f"vote:{decision_id}:1")


async def test_the_groups_own_way_of_amending_holds(village: Village) -> None:
    people = village.has("Amina", "Juma")
    await circle(village, *people, amendments=Amendments(method="unanimous", quorum=100))
    await puts(people[0], "[Lock or unlock]", "[🔒 loans]")
    kept = await decision(village)
    assert (kept.manner.method, kept.manner.quorum) == ("unanimous", 100)


async def test_a_practice_begins_and_ends(village: Village) -> None:
    people = village.has("Amina", "Juma")
    group = await circle(village, *people)
    await begins(people[0], "[Begin or stop]", "[contributions]")
    assert "cannot be agreed" in people[0].toast  # there is no plan yet
    await puts(people[0], "[Begin or stop]", "[✅ quick polls]")
    assert "We stop with this: quick polls." in card(group)
    await decides(village, people)
    assert not (await village.agreed()).does("polls")
    await puts(people[0], "[Our agreement]", "[the contributions]", "110")
    assert "Each household gives KES 110.00." in card(group)
    await decides(village, people)
    await puts(people[0], "[Begin or stop]", "[contributions]")
    await decides(village, people)
    agreed = await village.agreed()
    assert agreed.does("contributions")
    assert agreed.giving[0].amount_minor == 11_000


# -- members --------------------------------------------------------------------------


async def test_the_group_parts_with_somebody_who_has_no_vote_in_it(village: Village) -> None:
    people = village.has("Amina", "Juma", "Neema", "Otieno")
    group = await circle(village, *people)
    await puts(people[0], "[Part with somebody]", "[Otieno]")
    assert "Otieno is no longer a member. What stands in the books stays." in card(group)
    assert "It is accepted if two-thirds of the votes say yes." in card(group)
    assert "0 of 3 have voted" in card(group)
    await votes("No", people[3])
    assert "Who was in when voting opened" in people[3].toast
    await decides(village, people[:3])
    assert people[3].sees("The group has decided to part with you.")
    assert await village.finds(lambda at: members.count(at, 1)) == 3
    assert "From now on: Otieno is no longer a member." in card(group)


async def test_somebody_is_invited_and_says_yes_themselves(village: Village) -> None:
    people = village.has("Amina", "Juma")
    [eve] = village.has("Eve")
    group = await village.forms_group("Kitui", *people, eve)
    await village.is_set_up(group, *people)
    await eve.starts()
    await eve.taps("I'm in", in_group=True)
    await puts(people[0], "[Invite somebody]", "[Eve]")
    assert "Eve is invited to be one of us." in card(group)
    before = len(eve.messages())
    await decides(village, people)
    assert len(eve.messages()) == before + 1
    assert await village.finds(lambda at: members.count(at, 1)) == 2
    await eve.taps("Yes, I'm in")
    assert await village.finds(lambda at: members.count(at, 1)) == 3


async def test_where_the_group_decides_who_joins_nobody_does_by_themselves(
    village: Village,
) -> None:
    people = village.has("Amina", "Juma")
    [eve] = village.has("Eve")
    group = await village.forms_group("Kitui", *people, eve)
    await village.is_set_up(group, *people, joining=Joining("decision"))
    await eve.starts()
    await eve.taps("I'm in", in_group=True)
    assert "Kitui decides together who joins." in said(eve)
    await eve.writes("/join")
    await eve.taps("Kitui")
    assert "decides together" in eve.toast
    for data in ("join_yes:3", "join_look:3"):
        await eve.presses_data(eve.messages()[-1], data)
        assert "decides together" in eve.toast
    await puts(people[0], "[Invite somebody]", "[Eve]")
    await decides(village, people)
    await eve.taps("Yes, I'm in")
    assert await village.finds(lambda at: members.count(at, 1)) == 3
    await leaves(eve, "Kitui")
    await eve.taps("I'm in", in_group=True)
    assert "decides together" in said(eve)  # who left is decided on anew
    for person in people:
        await leaves(person, "Kitui")
    await eve.taps("I'm in", in_group=True)
    await eve.taps("Yes, I'm in")  # nobody is left to decide: no group is locked out of itself
    assert await village.finds(lambda at: members.count(at, 1)) == 1


async def test_the_group_adopts_a_question_for_its_check_in(village: Village) -> None:
    people = village.has("Amina", "Juma")
    group = await circle(village, *people)
    await puts(people[1], "[A question monthly]", "[Yes or no]", "Did you <eat> well?")
    assert "The check-in asks: Did you <eat> well? (✓ Yes or no)" in card(group)
    await decides(village, people)
    assert len((await village.agreed()).questions.own) == 1
    await village.moves_to(OPENS)
    await people[0].writes("/checkin")
    for label in ("A little", "Time", "Not now", "More", "The same", "Less"):
        await people[0].taps(label)
    assert "Did you <eat> well?" in said(people[0])


# -- money ----------------------------------------------------------------------------------------


async def with_a_fund(village: Village, *people: Someone) -> Group:
    """1,000 shillings are in the fund; the first facilitates, the second keeps the money."""
    group = await contributes(village, *people)
    await takes_office(village, people[1], "treasurer")
    await village.moves_to(march(5))
    for one, witness in ((people[0], people[1]), (people[1], people[2])):
        await one.taps(PAID)
        await witness.taps(YES)
    return group


async def test_a_gift_is_decided_paid_and_witnessed(village: Village) -> None:
    people = village.has("Amina", "Juma", "Neema", "Otieno")
    group = await with_a_fund(village, *people)
    await does(people[3], "/propose", "A roof for Neema", "After the storm")
    await does(people[3], "[What then]", "[Pay out]", "[🎁 Neema]", "300", "[Put it to the group]")
    assert "KES 300.00 is given to Neema, out of the fund (Savings)." in card(group)
    await decides(village, people)
    assert "The group decided to pay out KES 300.00." in said(people[1])
    assert "For: A roof for Neema" in said(people[1])
    assert not people[0].sees("decided to pay out")  # there is a treasurer
    assert await counted(village, "entries") == 2
    await people[2].presses_data(people[2].messages()[-1], "order_paid:1")
    assert "treasurer" in people[2].toast
    await people[1].taps("I paid it out")
    assert "I have asked" in said(people[1])
    await people[1].presses_data(people[1].messages()[-1], "order_paid:1")
    assert "already said" in people[1].toast
    await people[3].taps(YES)
    assert await counted(village, "entries") == 3
    assert await faults(village) == []
    await people[2].writes("/passbook")
    assert "given to you: KES 300.00" in said(people[2])


async def test_more_than_there_is_cannot_be_decided(village: Village) -> None:
    people = village.has("Amina", "Juma", "Neema", "Otieno")
    group = await with_a_fund(village, *people)
    await begins(people[0], "[Pay out]", "[A cost]", "1,000.01")
    assert "The purse holds KES 1,000.00" in said(people[0])
    await does(people[0], "800", "[Skip]", "[Put it to the group]")
    await puts(people[2], "[Pay out]", "[A cost]", "700")  # each could be, both cannot
    await votes_in(people, 1)
    await village.waits(minutes=11)
    await votes_in(people, 2)
    await village.waits(minutes=11)
    assert "It could not take effect: The purse holds KES 200.00" in card(group)
    assert await counted(village, "payout_orders") == 1


async def test_what_is_allotted_is_paid_out(village: Village) -> None:
    people = village.has("Amina", "Juma", "Neema", "Otieno")
    group = await with_a_fund(village, *people)
    steps = ("[Choices]", "Iron\nTiles", "[How]", "[Equal shares]", "Iron: 600\nTiles: 400", "1000")
    await does(people[0], "/propose", "The roofs", "[Skip]", *steps)
    await does(people[0], "[What then]", "[Pay what is allotted]", "[Put it to the group]")
    assert "If it is accepted: What is allotted is paid out of the fund (Savings)." in card(group)
    for person, ballot in zip(people, ("Iron", "Iron", "Iron", "Tiles"), strict=True):
        await does(person, "/decisions", "[🔎 1]", "[🗳 Vote]", f"[{ballot}]", "[This is my vote]")
    await village.waits(minutes=11)
    assert "Iron: 3 → KES 600.00" in card(group)
    assert "Tiles: 1 → KES 400.00 (of what was left over)" in card(group)
    told = people[1].read_all().replace("\xa0", " ")
    assert "For: The roofs: Iron" in told
    assert "For: The roofs: Tiles" in told
    await people[1].taps("I paid it out")
    await people[1].writes("/decisions")
    await people[1].taps("🔎 1")
    assert "To be paid out:\nKES 600.00 · The roofs: Iron" in said(people[1])


# -- all of it at once ----------------------------------------------------------------------------


async def test_closing_and_its_effect_are_one(
    village: Village, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Where the effect breaks in the middle, the vote is not closed either: it is tried again."""
    people = village.has("Amina", "Juma")
    group = await circle(village, *people)
    await puts(people[0], "[Our agreement]", "[the check-in]", "[The day]", "10")
    agree = groups.agree

    def broken(at: Transaction, group_id: int, agreement: Agreement, **facts: int | None) -> None:
        agree(at, group_id, agreement, **facts)
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(groups, "agree", broken)
        await decides(village, people)
    assert (await decision(village)).state == "open"
    assert (await village.agreed()).check_in.day == 24
    assert "due failed" in caplog.messages
    caplog.clear()  # this once it was meant to
    await village.waits(hours=1)
    assert (await decision(village)).state == "carried"
    assert (await village.agreed()).check_in.day == 10
    assert "From now on" in card(group)
