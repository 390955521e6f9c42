"""A group decides: proposing, voting, closing, and what is said of it."""

from datetime import UTC, datetime, timedelta

from circle import leaves
from contribution_village import moves_in_with, transacts
from decision_village import (
    CLOSES,
    card,
    circle,
    decision,
    does,
    kept_votes,
    proposes,
    records,
    said,
    votes,
)
from village import Village, words

from bot.domain.agreement_parts import Decisions
from bot.domain.voting import Terms, count
from bot.storage import members, people as people_store
from bot.storage.database import Transaction


async def test_yes_or_no_from_the_proposal_to_the_outcome(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    group = await circle(village, amina, juma, neema)
    await amina.writes("/propose")
    assert "What shall we decide?" in said(amina)
    await amina.writes("We buy a pump <together>")
    assert "Why?" in said(amina)
    await amina.writes("The old one is broken")
    assert "It is accepted if more than half of the votes say yes." in said(amina)
    assert "Open until Thursday, March 5, 6:00" in said(amina)
    assert not group.sees("pump")
    await amina.taps("Put it to the group")
    assert "It stands in the group now." in said(amina)
    assert "“We buy a pump <together>”" in card(group)
    assert "The old one is broken" in card(group)
    assert "Amina proposes it." in card(group)
    assert "0 of 3 have voted. At least 2 are needed." in card(group)

    await votes("Yes", amina)
    assert amina.toast == "Your vote: Yes. You can change it until Thursday, 6:00\u202fPM."
    assert "1 of 3 have voted." in card(group)
    await votes("No", juma)
    await votes("Yes", juma)
    assert "2 of 3 have voted." in card(group)
    standing = len(group.messages)
    await village.moves_to(CLOSES - timedelta(minutes=1))
    assert "have voted" in card(group)
    await village.moves_to(CLOSES)
    assert "✅ Accepted" in card(group)
    assert "Yes: 2" in card(group)
    assert "No: 0" in card(group)
    assert "2 of 2 is more than half." in card(group)
    assert "2 of 3 took part. 2 were needed." in card(group)
    assert len(group.messages) == standing + 1  # told anew: the old one is days old
    assert not any("vote:" in (one.data or "") for one in amina.buttons(in_group=True))
    assert (await decision(village)).state == "carried"
    assert "✅ Accepted" in said(amina)
    assert "Juma: Yes" in said(amina)

    await neema.taps("Read more", in_group=True)
    assert "Amina: Yes" in said(neema)


async def test_in_the_group_with_one_tap(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await amina.writes("/propose We meet on Sundays | Friday is market day", in_group=True)
    assert "“We meet on Sundays”" in group.reads
    assert "Friday is market day" in group.reads
    await juma.taps("Put it to the group", in_group=True)
    assert "not yours" in juma.toast
    await amina.taps("Put it to the group", in_group=True)
    assert "0 of 2 have voted" in card(group)
    assert not group.sees("Put it")  # what was read back is gone
    await does(juma, "/decisions")
    assert "1. “We meet on Sundays”" in said(juma)


async def test_without_a_quorum_nothing_is_decided(village: Village) -> None:
    people = village.has("Amina", "Juma", "Neema", "Otieno", "Wanjiru")
    group = await circle(village, *people)
    await proposes(people[0])
    await votes("Yes", people[0], people[1])
    await village.moves_to(CLOSES)
    assert "🕐 Too few took part" in card(group)
    assert "2 of 5 took part. 3 were needed." in card(group)
    assert "Any member can propose it again" in card(group)
    assert (await decision(village)).state == "no_quorum"


async def test_half_and_half_is_not_accepted(village: Village) -> None:
    people = village.has("Amina", "Juma", "Neema", "Otieno", "Wanjiru")
    group = await circle(village, *people)
    await proposes(people[0])
    await votes("Yes", *people[:2])
    await votes("No", *people[2:4])
    await votes("I abstain", people[4])
    await village.moves_to(CLOSES)
    assert "✕ Not accepted" in card(group)
    assert "2 of 4 is not more than half." in card(group)
    assert "5 of 5 took part. 3 were needed. 1 abstained." in card(group)


async def test_nobody_votes_twice_late_or_from_elsewhere(village: Village) -> None:
    [amina, juma, neema, eve] = village.has("Amina", "Juma", "Neema", "Eve")
    group = await circle(village, amina, juma, neema)
    other = await village.forms_group("Elsewhere", eve)
    await village.is_set_up(other, eve)
    await proposes(amina)
    await votes("Yes", amina, amina, amina)
    assert [one.ballot for one in await kept_votes(village)] == [(0,)]
    for data in ("vote:1:1", "vote:1:0", "vote:9:1", "ballot:1:0", "ballot_in:1:0:1"):
        await eve.presses_data(eve.messages()[-1], data)
        assert "I do not find this" in eve.toast
    for data in (
        "decision:1",
        "reasons:1:0",
        "decision_back:1",
        "decision_note:1",
        "decisions:1:0",
    ):
        await eve.presses_data(eve.messages()[-1], data)
        assert eve.toast
        assert "pump" not in eve.read_all()
    await eve.presses_data(other.messages[-1], "decisions:1:0")
    assert "I do not find this" in eve.toast
    for data in ("vote:1:3", "vote:1:99", "ballot_in:1:0:77", "ballot_on:1:0:1"):
        await juma.presses_data(juma.messages()[-1], data)
        assert "no longer whole" in juma.toast
    await juma.presses_data(juma.messages()[-1], "ballot_in:1:2:1")  # for somebody with a phone
    assert "I do not find this" in juma.toast
    assert len(await kept_votes(village)) == 1

    button = juma.button("Yes", in_group=True)
    await village.moves_to(CLOSES)
    await juma.presses(button)
    assert "Voting is over" in juma.toast
    assert "1 of 3 took part" in card(group)


async def test_what_comes_after_its_hour_does_not_count_though_nobody_has_closed_it(
    village: Village,
) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await circle(village, amina, juma)
    await proposes(amina)
    await votes("Yes", amina)
    village.sandbox.clock.set(CLOSES)  # the bell has not rung yet
    await votes("No", juma)
    assert "Voting is over" in juma.toast
    await village.waits(minutes=1)
    assert (await decision(village)).tally == count([(0,)], Terms("majority"), 2)


async def test_all_have_voted_and_ten_minutes_later_it_closes(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await proposes(amina)
    await votes("Yes", amina)
    await votes("No", juma)
    await village.waits(minutes=9)
    await votes("Yes", juma)  # a slip of the finger is mended
    assert "2 of 2 have voted" in card(group)
    await village.waits(minutes=2)
    assert "✅ Accepted" in card(group)
    await village.moves_to(CLOSES)  # and the hour that was planned does nothing
    assert (await decision(village)).closed_at != CLOSES


async def test_a_hidden_vote_does_not_close_because_it_is_decided(village: Village) -> None:
    people = village.has("Amina", "Juma", "Neema", "Otieno", "Wanjiru")
    group = await circle(village, *people)
    await proposes(people[0])
    await votes("Yes", *people[:4])
    await village.waits(hours=5)
    assert "4 of 5 have voted" in card(group)
    assert "Yes:" not in card(group)


async def test_a_vote_that_all_see_closes_when_the_rest_cannot_change_it(village: Village) -> None:
    people = village.has("Amina", "Juma", "Neema", "Otieno", "Wanjiru")
    group = await circle(village, *people)
    await proposes(people[0], "Goats", "[More]", "[Seen at the end]", "[Back]")
    await votes("Yes", *people[:2])
    assert "Yes: 2" in card(group)
    await village.waits(hours=1)
    assert "2 of 5 have voted" in card(group)
    await votes("Yes", people[2])
    await village.waits(minutes=11)
    assert "✅ Accepted" in card(group)
    assert "3 of 3 is more than half." in card(group)


async def test_it_never_closes_at_night(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await proposes(amina)
    await votes("Yes", amina)
    await village.moves_to(datetime(2026, 3, 2, 20, 0, tzinfo=UTC))  # eleven in the evening
    await votes("Yes", juma)
    await village.waits(hours=2)
    assert "2 of 2 have voted" in card(group)
    await village.moves_to(datetime(2026, 3, 3, 4, 1, tzinfo=UTC))  # seven in the morning
    assert "✅ Accepted" in card(group)


async def test_what_is_proposed_at_night_stands_there_in_the_morning(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await village.moves_to(datetime(2026, 3, 2, 20, 0, tzinfo=UTC))
    await proposes(amina)
    assert "I post it in the morning" in said(amina)
    assert not group.sees("pump")
    await village.moves_to(datetime(2026, 3, 3, 4, 1, tzinfo=UTC))
    assert "0 of 2 have voted" in card(group)
    assert (await decision(village)).closes_at == CLOSES + timedelta(days=1)


async def test_first_it_is_talked_over(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma, decisions=Decisions(talk_days=1, days=2))
    await proposes(amina)
    assert "voting opens on Tuesday, March 3, 6:00" in card(group)
    await juma.presses_data(group.messages[-1], "vote:1:1")
    assert "Voting opens on Tuesday" in juma.toast
    await village.moves_to(datetime(2026, 3, 3, 15, 0, tzinfo=UTC))
    assert "0 of 2 have voted" in card(group)
    assert "Open until Thursday, March 5, 6:00" in card(group)
    assert sum("pump" in words(one) for one in group.messages) == 1
    await votes("Yes", amina, juma)


async def test_who_proposed_it_takes_it_back_and_nobody_else(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await proposes(juma)
    await votes("Yes", amina)
    await amina.presses_data(amina.messages()[-1], "decision_gone:1")  # she facilitates
    assert "Only Juma" in amina.toast
    await does(juma, "[Take it back]", "[Yes, take it back]")
    assert "↩ Taken back" in card(group)
    assert await kept_votes(village) == []
    await juma.presses_data(juma.messages()[-1], "decision_gone:1")
    assert "Voting is over" in juma.toast
    await amina.presses_data(group.messages[-1], "vote:1:1")
    assert "Voting is over" in amina.toast
    await village.waits(days=9)
    assert (await decision(village)).state == "withdrawn"


async def test_three_at_a_time(village: Village) -> None:
    [amina] = village.has("Amina")
    await circle(village, amina)
    for what in ("One", "Two", "Three"):
        await proposes(amina, what)
    await amina.writes("/propose Four")
    assert "You have 3 proposals open" in said(amina)


# -- who joins, who leaves -------------------------------------------------------------------------


async def test_who_joins_later_votes_the_next_time(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    group = await village.forms_group("Kitui", amina, juma, neema)
    await village.is_set_up(group, amina, juma)
    await proposes(amina)
    await transacts(village, becomes_member, neema.id)
    await neema.presses_data(group.messages[-1], "vote:1:1")
    assert "Who was in when voting opened" in neema.toast
    assert "0 of 2 have voted" in card(group)
    await proposes(amina, "The next one")
    await neema.presses_data(group.messages[-1], "vote:2:1")
    assert "1 of 3 have voted" in card(group)


async def test_who_leaves_takes_their_vote_along(village: Village) -> None:
    [amina, juma, neema, otieno] = village.has("Amina", "Juma", "Neema", "Otieno")
    group = await circle(village, amina, juma, neema, otieno)
    await proposes(amina)
    await votes("Yes", amina)
    await votes("No", juma, neema)
    await leaves(neema, "Kitui")
    assert "2 of 3 have voted. At least 2 are needed." in card(group)
    await leaves(amina, "Kitui")  # who proposed it: the proposal is the group's by now
    assert "1 of 2 have voted" in card(group)
    await votes("Yes", otieno)
    await village.waits(minutes=11)  # all who are left have voted
    assert "1 of 2 is not more than half." in card(group)
    await neema.presses_data(group.messages[-1], "decision:1")
    assert neema.toast


async def test_who_comes_back_votes_again(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await proposes(amina)
    await votes("Yes", juma)
    await leaves(juma, "Kitui")
    assert "0 of 1 have voted" in card(group)
    await transacts(village, becomes_member, juma.id)
    assert await kept_votes(village) == []  # the old vote does not come back with them
    await votes("No", juma)
    assert "1 of 2 have voted" in card(group)


def becomes_member(at: Transaction, group_id: int, telegram_id: int) -> None:
    person = people_store.met(at, telegram_id=telegram_id, name="Neema", language="en")
    known = members.of_person(at, group_id, person.id)
    if known is None:
        members.add(at, group_id=group_id, person_id=person.id, state="member")
    else:
        members.set_state(at, known.id, "member")


# -- households, and those without a phone ---------------------------------------------------------


async def test_a_household_has_one_vote_and_the_last_one_counts(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    group = await circle(village, amina, juma, neema, decisions=Decisions(voters="household"))
    await moves_in_with(village, juma, amina)
    await proposes(amina)
    assert "Each household has one vote." in card(group)
    assert "0 of 2 have voted" in card(group)
    await votes("Yes", amina)
    await votes("No", juma)
    assert "1 of 2 have voted" in card(group)
    await amina.taps("In private", in_group=True)
    assert "Somebody of your household has given its vote." in said(amina)
    assert "No" not in said(amina).split("Kitui")[1].split("Hidden")[0].replace("Nobody", "")
    await votes("Yes", neema)
    await village.waits(minutes=5)
    await leaves(juma, "Kitui")  # who gave it takes it along; the household's is open again
    await village.waits(minutes=30)
    assert "1 of 2 have voted" in card(group)
    await votes("Yes", amina)
    await village.waits(minutes=11)
    assert "2 of 2 is more than half." in card(group)


async def test_a_household_is_as_it_was_when_voting_opened(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    group = await circle(village, amina, juma, neema, decisions=Decisions(voters="household"))
    await proposes(amina)
    await moves_in_with(village, juma, amina)
    await votes("Yes", amina)
    await votes("No", juma)
    assert "2 of 3 have voted" in card(group)


async def test_somebody_without_a_phone_votes_through_who_recorded_them(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    wanjiru = await records(village, juma, "Wanjiru")
    await proposes(amina)
    assert "0 of 3 have voted" in card(group)
    await amina.presses_data(amina.messages()[-1], f"ballot_in:1:{wanjiru}:1")  # no office gives it
    assert "I do not find this" in amina.toast
    await juma.taps("In private", in_group=True)
    await juma.taps("No")
    await juma.taps("For Wanjiru")
    assert "You vote for Wanjiru, as they tell you." in said(juma)
    await juma.taps("Yes")
    assert "The vote of Wanjiru is in." in said(juma)
    assert "2 of 3 have voted" in card(group)
    assert sorted(one.ballot or () for one in await kept_votes(village)) == [(0,), (1,)]
