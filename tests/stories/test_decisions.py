"""A group decides: proposing, voting, closing, and what is said of it."""

from datetime import timedelta

from decision_village import CLOSES, card, circle, decision, does, said, votes
from village import Village


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
