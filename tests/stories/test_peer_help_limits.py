"""Help between peers at its edges: who left, who cannot be written to, who may not thank."""

from circle import leaves
from goal_village import as_member, circle, does, said
from village import Group, Someone, Village, words

from bot.domain import peer_help as rules
from bot.storage import goals
from bot.storage.database import Transaction
from bot.storage.goals import Terms


async def has_reached(village: Village, group: Group, *people: Someone) -> None:
    """Each reached a private goal about the farm."""

    def add(at: Transaction) -> None:
        for one in people:
            member = as_member(at, group, one)
            goal_id = goals.add(
                at,
                member_id=member.id,
                person_id=member.person_id,
                measure="number",
                currency=None,
                terms=Terms("Beans", "farm", None, 100, None, shared=False),
                from_value=0,
            )
            goals.set_state(at, goal_id, "reached")

    assert village.bot is not None
    await village.bot.database.transact(add)


async def wishes(person: Someone) -> None:
    await does(person, "/ask", "Goats", "[Farm]", f"[As {person.name}]", "[Yes, post it]")
    await does(person, "[Ask one who has been there]", "[Yes, ask]")


def was_asked(person: Someone) -> bool:
    return any("one who has been there:" in words(one) for one in person.messages())


async def test_a_yes_for_somebody_who_left_puts_nobody_in_touch(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await has_reached(village, group, juma)
    await wishes(amina)
    await leaves(amina, "Kitui")
    await juma.taps("Yes")
    assert "It is no longer needed" in said(juma)
    assert "Amina" not in juma.read_all()
    assert not amina.sees("has been there and")


async def test_who_cannot_be_written_to_is_passed_over_at_once(village: Village) -> None:
    [amina, juma, grace] = village.has("Amina", "Juma", "Grace")
    group = await circle(village, amina, juma, grace)
    await has_reached(village, group, juma, grace)
    village.world.block(juma.id)
    await village.settles()
    await wishes(amina)
    assert was_asked(grace)
    asked = await village.finds(lambda at: at.value("SELECT count(*) FROM peer_questions"))
    assert asked == 1


async def test_only_who_was_helped_gives_thanks(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await circle(village, amina, juma)
    await does(amina, "/ask", "A ladder", "[Home]", "[As Amina]", "[Yes, post it]")
    await juma.taps("I can help", in_group=True)
    await juma.taps("Yes, I can help")
    await amina.taps("Yes")
    await does(juma, "[It happened]", "[2 h]")
    await amina.taps("Yes")
    assert not [label for label in juma.labels() if "Thank" in label]
    await juma.presses_data(juma.messages()[-1], "help_thank:1")
    assert "I do not find this" in juma.toast
    await amina.taps("Thank Juma")
    thanks = await village.finds(lambda at: at.value("SELECT count(*) FROM thanks"))
    assert thanks == 1


async def test_what_ran_out_stands_again_only_where_there_is_room(village: Village) -> None:
    [amina] = village.has("Amina")
    await circle(village, amina)
    await does(amina, "/ask", "A ladder", "[Home]", "[As Amina]", "[Yes, post it]")
    await village.waits(days=15)
    old = amina.messages()[-1]
    for number in range(rules.OPEN_MAX):
        await amina.writes(f"/ask number {number}", in_group=True)
    await amina.presses_data(old, "ask_renew:1")
    assert "the most there can be" in amina.toast
    assert "A ladder" not in village.group.read_all()
    await amina.presses_data(old, f"ask_back:{rules.OPEN_MAX + 1}")
    await amina.presses_data(old, "ask_renew:1")
    assert "A ladder" in village.group.read_all()


async def test_nobody_is_asked_about_an_ask_of_a_group_that_the_bot_was_removed_from(
    village: Village,
) -> None:
    [amina] = village.has("Amina")
    first = await circle(village, amina)
    await does(amina, "/ask", "A ladder", "[Home]", "[As Amina]", "[Yes, post it]")
    village.world.kick(village.world.bot.id, first.id)
    await village.waits(days=15)
    assert not amina.sees("Shall it stand two more weeks?")
