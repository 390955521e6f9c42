"""Several plans side by side: shares, what one can, in kind; weekly, monthly; one board a day."""

from contribution_village import YES, counted, faults, march, moves_in_with, takes_office
from village import Group, Someone, Village

from bot.domain.plans import Contribution

SAVINGS = Contribution(
    500, kind="shares", every="week", day=4, grace_days=2, how_to_pay="Into the box"
)
SOCIAL = Contribution(2000, number=2, purse="social_fund", every="week", day=4, grace_days=2)
SEED = Contribution(500, number=3, purse="project", unit="kg of seed", day=20)
ROOFS = Contribution(0, number=4, purse="scholarship", kind="open", day=20)


async def gives(village: Village, *people: Someone, plans: tuple[Contribution, ...]) -> Group:
    """A group that gives by these plans."""
    group = await village.forms_group("Kitui", *people)
    await village.is_set_up(group, *people, practices=frozenset({"contributions"}), plans=plans)
    return group


def boards(group: Group) -> list[str]:
    return [one.content.text for one in group.messages if "households" in one.content.text]


async def test_what_is_due_on_one_day_is_one_board_and_one_reminder(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    group = await gives(village, amina, juma, neema, plans=(SAVINGS, SOCIAL))
    before = len(juma.messages())
    await village.moves_to(march(4))  # a Wednesday: the evening before
    assert len(juma.messages()) == before + 1
    assert "For the week of March 2: 1 to 5 shares of KES\u00a05.00." in juma.reads
    assert "The contribution for the week of March 2 is KES\u00a020.00." in juma.reads
    assert "The day is Thursday, March 5." in juma.reads
    assert "How to pay: Into the box" in juma.reads
    await village.moves_to(march(5))
    [board] = boards(group)
    assert "Shares for the week of March 2: KES\u00a05.00 each" in board
    assert "Social fund · Contribution for the week of March 2: KES\u00a020.00" in board
    assert len(juma.messages()) == before + 2

    await juma.taps("Social fund: KES\u00a020.00")
    assert "Noted: KES\u00a020.00" in juma.reads
    await amina.taps(YES)
    assert group.sees("1 of 3 households have paid.\nIn the fund: KES\u00a020.00")
    await village.moves_to(march(7))
    assert "still open" in juma.reads
    assert "1 to 5 shares" in juma.reads
    assert "KES\u00a020.00" not in juma.reads
    assert amina.reads.count("still open") == 1
    await village.moves_to(march(12))
    assert len(boards(group)) == 2
    assert "of March 9" in boards(group)[-1]


async def test_of_several_plans_everybody_reads_which_one_it_is(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    hours = Contribution(400, number=4, purse="project", unit="hours", day=20)
    group = await gives(village, amina, juma, plans=(SAVINGS, SOCIAL, SEED, hours))
    await village.moves_to(march(5))
    await juma.taps("Social fund: KES\u00a020.00")
    assert "Kitui\nSocial fund\n\nNoted: KES\u00a020.00." in juma.reads
    assert "Kitui\nSocial fund\n\nJuma says: I paid KES\u00a020.00" in amina.reads
    await amina.taps(YES)
    assert "Kitui\nSocial fund\n\nReceipt No. 1" in juma.reads
    await juma.writes("/pay")
    await juma.taps("✓ Project: 4\u00a0hours")
    assert "Is that right?" in amina.reads  # no money is looked for
    await amina.taps(YES)

    await juma.writes("/fund", in_group=True)
    assert group.sees("Social fund · Week of March 2: 1 of 2 households have paid.")
    assert group.sees("Project · kg of seed · March: 0 of 2 households have given.")
    assert group.sees("Project · hours · March: 1 of 2 households have given.")
    await amina.writes("/fund")
    await amina.taps("All entries")
    await amina.taps("1")
    assert "For the week of Mar 2, 2026." in amina.reads


async def test_shares_are_bought_by_a_button_and_stamped(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await gives(village, amina, juma, plans=(SAVINGS,))
    await village.moves_to(march(5))
    assert [one for one in juma.labels() if "▣" in one] == [
        "▣ KES\u00a05.00",
        "▣▣ KES\u00a010.00",
        "▣▣▣ KES\u00a015.00",
        "▣▣▣▣ KES\u00a020.00",
        "▣▣▣▣▣ KES\u00a025.00",
    ]
    await juma.taps("▣▣▣ KES\u00a015.00")
    await amina.taps(YES)
    assert "KES\u00a015.00, for the week of Mar 2, 2026" in juma.reads
    assert "3 shares" in juma.reads
    assert "In all: 3 shares" in juma.reads
    assert "▣▣▣▢▢" in juma.reads
    await juma.writes("/pay")
    assert "For the week of March 2: 1 to 2 shares of KES\u00a05.00." in juma.reads
    await juma.taps("▣▣ KES\u00a010.00")
    await amina.taps(YES)
    await juma.writes("/pay")
    assert "is paid" in juma.reads
    assert not [one for one in juma.labels() if "▣" in one]
    assert await faults(village) == []


async def pays(payer: Someone, witness: Someone, amount: str) -> None:
    """Write an amount, say that it is right, have it confirmed."""
    await payer.writes("/pay")
    await payer.taps("Other amount")
    await payer.writes(amount)
    await payer.taps(f"Yes, KES\u00a0{amount}")
    await witness.taps(YES)


async def test_the_first_example_of_the_field_notes(village: Village) -> None:
    """2.4 A: a share is 5. 20, then 10, then 23: 4, 2 and 4 shares, and 3 are left over."""
    [amina, juma] = village.has("Amina", "Juma")
    await gives(village, amina, juma, plans=(SAVINGS,))
    await village.moves_to(march(5))
    await pays(juma, amina, "20.00")
    assert "In all: 4 shares" in juma.reads
    await village.moves_to(march(12))
    await pays(juma, amina, "10.00")
    assert "In all: 6 shares" in juma.reads
    await village.moves_to(march(19))
    await juma.writes("/pay")
    await juma.taps("Other amount")
    await juma.writes("23")
    assert "That makes 4 shares." in juma.reads
    assert "KES\u00a03.00 is kept for you, towards your next share." in juma.reads
    await juma.taps("Yes, KES\u00a023.00")
    await amina.taps(YES)
    assert "In all: 10 shares" in juma.reads
    assert "Your household so far: KES\u00a050.00" in juma.reads
    assert "Kept towards the next share: KES\u00a03.00" in juma.reads
    await village.moves_to(march(26))
    await pays(juma, amina, "2.00")  # with the 3 that were kept it is one more
    assert "In all: 11 shares" in juma.reads
    assert "Kept towards" not in juma.reads
    assert await faults(village) == []


async def test_what_is_left_over_may_go_to_the_social_fund(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    savings = Contribution(500, kind="shares", every="week", day=4, leftover="social_fund")
    await gives(village, amina, juma, plans=(savings,))
    await village.moves_to(march(5))
    await juma.writes("/pay")
    await juma.taps("Other amount")
    await juma.writes("23")
    assert "KES\u00a03.00 goes to the social fund." in juma.reads
    await juma.taps("Yes, KES\u00a023.00")
    await amina.taps(YES)
    await juma.writes("/fund")
    assert "Savings: KES\u00a020.00" in juma.reads
    assert "Social fund: KES\u00a03.00" in juma.reads
    assert await faults(village) == []


async def test_nobody_is_asked_for_what_was_due_before_the_plan_began(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await gives(village, amina, juma, plans=(SEED, SAVINGS))
    await juma.writes("/pay")  # on March 2: the 20th of February is not asked for
    assert "The contribution for March is 5\u00a0kg of seed." in juma.reads
    assert "For the week of March 2" in juma.reads
    await village.moves_to(march(18))
    assert "The day is Thursday, March 19." in juma.reads
    assert "The day is Friday, March 20." in juma.reads


async def test_in_kind_it_is_counted_in_the_groups_own_unit(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await gives(village, amina, juma, plans=(SEED,))
    await village.moves_to(march(20))
    assert "is 5\u00a0kg of seed." in juma.reads
    await juma.taps("✓ I gave 5\u00a0kg of seed")
    assert "Juma says: I gave 5\u00a0kg of seed, for March." in amina.reads
    await amina.taps("Yes")
    assert "Your household so far: 5\u00a0kg of seed" in juma.reads
    assert group.sees("1 of 2 households have given.")
    assert group.sees("In the fund: 5\u00a0kg of seed")
    await amina.taps("Other amount")
    await amina.writes("2.5 kg")
    assert "You gave 2.5\u00a0kg of seed: is that right?" in amina.reads
    await amina.taps("Yes, 2.5\u00a0kg of seed")
    await juma.taps("Yes")
    assert group.sees("In the fund: 7.5\u00a0kg of seed")
    await amina.taps("Other amount")
    await amina.writes("two bags")
    assert "write one number" in amina.reads
    assert await faults(village) == []


async def test_hours_have_a_word_in_every_language(village: Village) -> None:
    [amina] = village.has("Amina")
    [juma] = village.has("Juma", language="es")
    hours = Contribution(400, unit="hours", day=5)
    await gives(village, amina, juma, plans=(hours,))
    await village.moves_to(march(5))
    await amina.taps("✓ I gave 4\u00a0hours")
    assert "Amina dice: Di 4\u00a0horas, por marzo." in juma.reads


async def test_what_one_can_with_a_pledge_that_binds_nobody(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await gives(village, amina, juma, plans=(ROOFS,))
    await village.moves_to(march(18))
    assert "For March: what you can." in juma.reads
    await juma.taps("What I mean to give")
    await juma.writes("300")
    assert "You meant to give KES\u00a0300.00." in juma.reads
    await village.moves_to(march(20))
    assert group.sees("Contribution for March: what each one can")
    await juma.taps("I paid KES\u00a0300.00")
    await amina.taps(YES)
    assert group.sees("1 of 2 households have paid.")
    await village.moves_to(march(24))
    assert not amina.sees("still open")  # what one can is never missed
    await juma.writes("/pay")
    await juma.taps("What I mean to give")
    await juma.taps("No amount")
    assert "You meant to give" not in juma.reads
    assert await counted(village, "pledges") == 0


async def test_a_pledge_is_its_own_households_alone(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await gives(village, amina, juma, plans=(ROOFS,))
    await juma.writes("/pay")
    await juma.taps("What I mean to give")
    await juma.writes("300")
    await amina.writes("/pay")
    await amina.presses_data(amina.messages()[-1], "pay_pledge:1:2:4")
    assert amina.toast
    assert "300" not in amina.read_all()
    await amina.taps("For somebody else")
    await amina.taps("Juma")
    assert "What I mean to give" not in " ".join(amina.labels())
    assert "300" not in amina.read_all()
    assert "300" not in " ".join(amina.labels())


async def test_who_would_rather_talk_hears_of_no_plan_for_now(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    monthly = Contribution(50_000, day=9)
    await gives(village, amina, juma, plans=(SOCIAL, monthly))
    await village.moves_to(march(7))  # the first is open; the other has not had its day
    await juma.taps("I need to talk")
    await juma.taps("Yes, tell Amina")
    said = len(juma.messages())
    await village.moves_to(march(10))
    assert len(juma.messages()) == said
    assert amina.sees("Juma would like to talk with you")
    await village.moves_to(march(12))
    assert "for the week of March 9" in juma.reads  # the next week is another


async def test_several_months_at_once_by_a_button(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await gives(village, amina, juma, plans=(Contribution(50_000),))
    await village.moves_to(march(5))
    await juma.taps("Other amount")
    await juma.taps("3 × = KES\u00a01,500.00")
    for month in ("March 2026", "April 2026", "May 2026"):
        assert f"{month}: KES\u00a0500.00" in juma.reads
    await juma.taps("Yes, KES\u00a01,500.00")
    await amina.taps(YES)
    assert "▣▣▣▢▢" in juma.reads


async def test_who_moves_in_brings_what_they_gave_and_what_was_kept(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await gives(village, amina, juma, neema, plans=(SAVINGS,))
    await village.moves_to(march(5))
    await pays(juma, amina, "13.00")  # two shares, and 3 are kept
    await moves_in_with(village, juma, neema)
    await neema.writes("/pay")
    assert "Paid: KES\u00a010.00." in neema.reads
    assert [one for one in neema.labels() if "▣" in one][-1] == "▣▣▣ KES\u00a015.00"
    await pays(neema, amina, "2.00")
    assert "In all: 3 shares" in neema.reads
    assert "Your household so far: KES\u00a015.00" in neema.reads
    assert await faults(village) == []


async def test_a_member_in_two_plans_sees_both_and_pays_each(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await gives(village, amina, juma, neema, plans=(SAVINGS, SOCIAL, SEED))
    await village.moves_to(march(5))
    await juma.writes("/pay")
    for words in ("Savings", "Social fund", "Project · kg of seed"):
        assert words in juma.reads
    await juma.taps("Savings ▸")
    await juma.taps("▣▣ KES\u00a010.00")
    await juma.writes("/pay")
    await juma.taps("Social fund: KES\u00a020.00")
    assert sum("Is the money there?" in one.content.text for one in amina.messages()) == 2
    await juma.writes("/pay")
    assert "Waiting to be confirmed: KES\u00a010.00." in juma.reads
    await juma.taps("For somebody else")
    await juma.taps("Neema")
    assert "For Neema." in juma.reads
    await juma.taps("Social fund: KES\u00a020.00")
    assert "For Neema." in juma.reads


async def test_a_payment_link_is_opened_or_scanned(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    link = "https://pay.example.org/kitui"
    how = f"{link} or 0712 345 678"
    group = await gives(village, amina, juma, plans=(Contribution(50_000, how_to_pay=how),))
    await village.moves_to(march(5))
    assert amina.button("Pay here", in_group=True).url == link
    assert group.sees(how)
    markup = group.messages[-1].markup
    assert markup is not None
    [copy] = [one["copy_text"]["text"] for row in markup.rows for one in row if "copy_text" in one]
    assert copy == "0712345678"
    await amina.taps("QR picture", in_group=True)
    assert amina.messages()[-1].content.media is not None
    await juma.taps("QR picture")
    picture = juma.messages()[-1].content
    assert picture.media is not None
    assert "Scan it" in picture.text


async def test_twenty_five_names_in_two_plans_take_at_most_twenty_eight_taps(
    village: Village,
) -> None:
    names = [f"Member {number}" for number in range(1, 26)]
    people = village.has(*names)
    treasurer, witness = people[0], people[1]
    group = await gives(village, *people, plans=(SAVINGS, SOCIAL))
    await takes_office(village, treasurer, "treasurer")
    await village.moves_to(march(5))
    await treasurer.taps("The whole list")
    for name in names:
        await treasurer.taps(f"☐ {name}")
    assert "25 households are ticked." in treasurer.reads
    await treasurer.taps("Say it: KES\u00a0625.00")
    assert "Noted for 25 households." in treasurer.reads
    await witness.taps("Yes, KES\u00a0600.00")
    taps = 1 + 25 + 1 + 1
    assert taps <= 28
    assert await counted(village, "entries") == 48
    await people[2].taps("Not all")
    labels = [one.label for one in people[2].buttons()]
    assert [one for one in labels if one.startswith("Member 2 ·")] == [
        "Member 2 · Savings KES\u00a05.00",
        "Member 2 · Social fund KES\u00a020.00",
    ]
    assert group.sees("24 of 25 households have paid.\nIn the fund: KES\u00a0480.00")
    assert await faults(village) == []


async def test_a_tick_again_is_another_number_of_shares(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await gives(village, amina, juma, neema, plans=(SAVINGS, SOCIAL))
    await village.moves_to(march(5))
    await juma.taps("Savings ▸")
    await juma.taps("▣▣▣ KES\u00a015.00")
    await amina.taps(YES)
    await village.moves_to(march(12))
    await amina.writes("/pay")
    await amina.taps("The whole list")
    await amina.taps("☐ Juma")
    assert "☑3 Juma" in amina.labels()  # as many as the week before
    for count in (4, 5, 1, 2):
        await amina.taps("Juma")
        assert f"☑{count} Juma" in amina.labels()
    await amina.taps("Neema")
    assert "☑1 Neema" in amina.labels()
    await amina.taps("Social fund")
    assert "☑ Juma" in amina.labels()
    await amina.taps("All plans")
    await amina.taps("Say it: KES\u00a055.00")
    assert "Juma: KES\u00a030.00" in neema.reads
    await amina.writes("/pay")
    await amina.taps("The whole list")
    assert [one for one in amina.labels() if one.startswith("☐ ")] == ["☐ Amina"]
