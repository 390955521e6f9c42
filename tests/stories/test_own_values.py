"""A member's own numbers: told as amounts only by who likes, put right later, and why."""

from circle import CLOSES, OPENS_NEXT, USUAL_TAPS, answers_all, leaves, opens_circle, round_card
from village import Someone, Village

from bot.domain.check_ins import Answer
from bot.storage import check_ins as store
from bot.storage.database import Reading


async def turns_amounts_on(someone: Someone) -> None:
    await someone.taps("My journal")
    await someone.taps("Amounts of money")
    await someone.taps("All is well")


async def tells(someone: Someone, *values: str) -> None:
    """Answer the whole check-in: income, savings and debt as given, written or tapped."""
    for label in USUAL_TAPS[:3]:
        await someone.taps(label)
    for value in values:
        await (someone.writes(value) if value[0].isdigit() else someone.taps(value))
    await someone.taps("Skip")
    await someone.taps("Like this")


async def has_told(village: Village, *folk: Someone) -> None:
    """March and April told by the first of them, who tells amounts; May is far."""
    await opens_circle(village, *folk)
    await tells(folk[0], "The same", "The same", "Less")
    await turns_amounts_on(folk[0])
    for question, amount in (("Money in", "12,000"), ("Savings", "0"), ("Debt", "5000")):
        await folk[0].taps("Change")
        await folk[0].taps(question)
        await folk[0].writes(amount)
    await village.moves_to(OPENS_NEXT)
    await tells(folk[0], "15,000.50", "The same", "Less")


async def test_amounts_are_told_only_by_who_chose_them(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await opens_circle(village, amina, juma)
    for label in USUAL_TAPS[:3]:
        await juma.taps(label)
    assert "write the amount" not in juma.reads
    await juma.writes("12000")
    assert "tap one of the buttons" in juma.reads
    await answers_all(amina)
    await turns_amounts_on(amina)
    await village.moves_to(OPENS_NEXT)
    for label in USUAL_TAPS[:3]:
        await amina.taps(label)
    assert "compared with last month? Tap, or write the amount." in amina.reads
    await amina.writes("much")
    assert "amount" in amina.reads
    await amina.writes("12,000")
    assert "I noted: KES 12,000.00." in amina.reads.replace("\u00a0", " ")
    await amina.taps("◀ Back")
    assert "KES 12,000.00" in amina.reads.replace("\u00a0", " ")
    await amina.taps("Keep")
    await amina.taps("More")  # of savings she only says this
    assert "I noted" not in amina.reads
    await amina.taps("Skip")
    await amina.taps("Skip")
    await amina.taps("Like this")
    told = amina.read_all().replace("\u00a0", " ")
    assert "Money in: KES 12,000.00" in told
    assert "Savings: + More" in told

    await amina.taps("My journal")
    await amina.taps("Amounts of money")
    await amina.taps("All is well")
    assert "Money in: KES 12,000.00" in amina.read_all().replace("\u00a0", " "), (
        "what was told stays her own"
    )
    await amina.taps("Change")
    await amina.taps("Debt")
    assert "write the amount" not in amina.reads


async def test_ones_own_numbers_month_by_month(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await has_told(village, amina, juma)
    await amina.taps("My journal")
    await amina.taps("My numbers")
    told = amina.read_all().replace("\u00a0", " ")
    assert "March 2026: KES 12,000.00\nApril 2026: KES 15,000.50" in told
    assert "KES 15,000.50 holds since April 2026" in told
    assert "KES 0.00 holds since March 2026" in told
    assert "KES 5,000.00 holds" not in told, "less was said since, and not how much"
    assert "12,000" not in juma.read_all() + village.group.read_all()


async def test_a_number_is_put_right_and_what_was_said_first_stays(village: Village) -> None:
    [amina] = village.has("Amina")
    await has_told(village, amina)
    card = round_card(village.group)
    await amina.taps("My journal")
    await amina.taps("My numbers")
    await amina.taps("Money in")
    await amina.taps("March 2026")
    assert amina.sees("What you said before stays here"), "first a tap, then an amount"
    await amina.taps("It was a slip")
    await amina.writes("1,200")
    told = amina.reads.replace("\u00a0", " ")
    assert "KES 1,200.00\nPut right on Apr 24, 2026: a slip." in told
    assert "Mar 24, 2026: KES 12,000.00" in told
    await amina.taps("Why")
    await amina.writes("The goats came later")
    assert "KES 1,200.00 · “The goats came later”" in amina.reads.replace("\u00a0", " ")
    await amina.taps("Known only later")
    await amina.taps("Less")
    assert amina.sees("Put right on Apr 24, 2026: known only later.")

    def read(at: Reading) -> list[tuple[Answer | None, int]]:
        check_in = store.of_member(at, 1, 1)
        assert check_in is not None
        now = store.answers(at, check_in)["income"]
        then = store.answers(at, check_in, CLOSES)["income"]
        return [(now, 0), (then, 0)]

    assert await village.finds(read) == [(Answer(choice="less"), 0), (Answer(minor=1200000), 0)]
    assert round_card(village.group) == card


async def test_taps_are_put_right_too_by_who_tells_no_amounts(village: Village) -> None:
    [amina] = village.has("Amina")
    await opens_circle(village, amina)
    await answers_all(amina)
    await village.moves_to(CLOSES)
    await amina.writes("/checkin")
    for label in ("My journal", "My numbers", "Savings", "March 2026", "Known only later"):
        await amina.taps(label)
    await amina.writes("12000")
    assert "did not ask" in amina.reads
    await amina.taps("More")
    assert amina.sees("+ More\nPut right")
    assert not [one for one in amina.labels() if "Why" in one], (
        "only an amount has a reason beside it"
    )


async def test_leaving_it_asks_no_more(village: Village) -> None:
    [amina] = village.has("Amina")
    await has_told(village, amina)
    for label in ("My journal", "My numbers", "Savings", "March 2026", "It was a slip"):
        await amina.taps(label)
    await amina.taps("Leave it")
    await amina.writes("77")
    assert "did not ask" in amina.reads
    await amina.taps("Why")
    await amina.taps("Leave it")
    await amina.writes("A secret")
    assert "did not ask" in amina.reads


async def test_nobody_reads_or_rights_anothers_numbers(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await opens_circle(village, amina, juma)
    await answers_all(amina)
    message = juma.messages()[-1]
    for data in (
        "values:2",
        "values_of:1:3",  # nothing told of it
        "values_of:1:1",
        "value:1:3",
        "value_right:1:3:0",
        "value_is:1:3:0:1",
        "value_reason:1:3",
        "value:99:3",
    ):
        await juma.presses_data(message, data)
        assert "cannot find" in juma.toast, data
    own = amina.messages()[-1]
    for data in ("value_is:1:3:2:1", "value_is:1:3:0:3", "value:1:1", "value_reason:1:3"):
        await amina.presses_data(own, data)
        assert "cannot find" in amina.toast, data
    await amina.presses_data(group.messages[-1], "value_is:1:3:0:0")
    assert "cannot find" in amina.toast
    assert (
        await village.finds(
            lambda at: at.value("SELECT count(*) FROM check_in_answers WHERE why IS NOT NULL")
        )
        == 0
    )
    await amina.presses_data(own, "value_right:1:3:0")
    await leaves(amina)
    await amina.presses_data(own, "values:1")
    assert "cannot find" in amina.toast


async def test_who_left_is_told_once_that_it_is_over(village: Village) -> None:
    [amina] = village.has("Amina")
    await has_told(village, amina)
    for label in ("My journal", "My numbers", "Money in", "March 2026", "It was a slip"):
        await amina.taps(label)
    await leaves(amina)
    await amina.writes("1200")
    assert "cannot find" in amina.reads
    await amina.writes("1200")
    assert "did not ask" in amina.reads
