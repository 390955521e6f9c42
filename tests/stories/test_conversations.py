"""One conversation never swallows another: a receipt may come in the middle of a check-in."""

from circle import OPENS, USUAL_TAPS, forms_circle
from contribution_village import counted
from goal_village import does, said, sets_goal
from village import Someone, Village, words

from bot.domain.plans import Contribution
from sandbox.state import Message

LINE = "One line about your month?"
PAID = "✓ I paid KES\xa0500.00"


async def at_their_lines(village: Village, *folk: Someone) -> None:
    """A group that contributes too; each of these is asked for their line and has not answered."""
    await forms_circle(
        village,
        "Kitui Circle",
        *folk,
        practices=frozenset({"check_ins", "contributions"}),
        plans=(Contribution(amount_minor=50_000, how_to_pay="M-Pesa to Neema"),),
    )
    await village.moves_to(OPENS)
    for someone in folk:
        for label in USUAL_TAPS:
            await someone.taps(label)
        assert LINE in someone.reads


async def lines_kept(village: Village) -> int:
    kept: int = await village.finds(
        lambda at: at.value(
            "SELECT count(*) FROM check_in_answers WHERE question = 'line' AND answer IS NOT NULL"
        )
    )
    return kept


def line_of(someone: Someone) -> Message:
    return next(one for one in reversed(someone.messages()) if LINE in words(one))


async def test_a_receipt_in_the_middle_of_a_check_in(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await at_their_lines(village, amina, juma, neema)
    await juma.writes("/pay")
    await juma.taps(PAID)
    assert "Is the money there?" in said(amina)
    await amina.taps("Yes, it is")
    assert "Receipt No. 1" in said(juma)
    receipts = await counted(village, "entries")
    assert receipts == 1
    for someone in (amina, juma):  # the words go where they were asked for
        await someone.writes(f"{someone.name} planted 500 beans")
        assert "What may the group see" in someone.reads
        await someone.taps("Like this")
        assert f"“{someone.name} planted 500 beans”" in someone.reads
    assert await lines_kept(village) == 2
    assert await counted(village, "entries") == receipts


async def test_an_amount_that_is_asked_for_in_the_middle(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await at_their_lines(village, amina, juma)
    await juma.writes("/pay")
    await juma.taps("Other amount")
    assert "How much did you pay?" in said(juma)
    await juma.writes("We had rain", reply_to=line_of(juma))  # a reply finds its question
    assert "What may the group see" in juma.reads
    assert await lines_kept(village) == 1
    await juma.writes("300")  # what is asked in words
    assert "KES 300.00" in said(juma)
    await juma.taps("✓ Yes, KES")
    assert "KES 300.00" in said(amina)
    assert await lines_kept(village) == 1

    await amina.writes("/pay")
    await amina.taps("Other amount")
    await amina.writes("200")  # what was asked last gets the words
    assert "KES 200.00" in said(amina)
    assert await lines_kept(village) == 1
    await amina.taps("✓ Yes, KES")
    await amina.writes("We had rain too")
    assert "What may the group see" in amina.reads
    assert await lines_kept(village) == 2


async def test_a_goal_and_an_ask_in_the_middle(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await at_their_lines(village, amina, juma)
    await sets_goal(amina, "Two goats")
    await does(amina, "/ask", "Who has a ladder?", "[Home]", "[As Amina]", "[Yes, post it]")
    assert village.group.sees("Who has a ladder?")
    await amina.writes("We planted beans", reply_to=line_of(amina))
    assert "What may the group see" in amina.reads
    await amina.taps("Like this")
    assert "“We planted beans”" in amina.reads
    await amina.writes("/goals")
    assert "Two goats" in amina.labels()[0]


async def test_why_money_is_not_found_is_no_line_and_the_other_way_round(
    village: Village,
) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await at_their_lines(village, amina, juma)
    await juma.writes("/pay")
    await juma.taps(PAID)
    await amina.taps("I don't find it")
    assert "What do you see?" in said(amina)
    await amina.writes("A dry month", reply_to=line_of(amina))
    assert "What may the group see" in amina.reads
    assert "dry" not in juma.read_all()
    await amina.writes("Only 50 came")  # the question about the money still stands
    assert "Only 50 came" in juma.read_all()
    assert await lines_kept(village) == 1
    assert "What may the group see" in amina.read_all()
    await juma.writes("We had rain", reply_to=line_of(juma))
    assert await lines_kept(village) == 2
    assert "rain" not in amina.read_all()
