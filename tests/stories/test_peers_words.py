"""Who has been there, found by the words that both sides let their group see."""

from datetime import UTC, datetime
from pathlib import Path

from goal_village import as_member, circle, does, said
from village import Group, Someone, Village, words

from bot.domain.goals import State
from bot.storage import goals
from bot.storage.database import Reading, Transaction
from bot.storage.goals import Terms

NIGHT = datetime(2026, 3, 3, 20, tzinfo=UTC)  # eleven at night in Nairobi
MORNING = datetime(2026, 3, 4, 4, 1, tzinfo=UTC)


async def reached(
    village: Village,
    group: Group,
    person: Someone,
    text: str,
    area: str,
    *,
    shared: bool,
    state: State = "reached",
) -> int:
    """A goal that somebody reached (or let go …), in these words."""

    def add(at: Transaction) -> int:
        member = as_member(at, group, person)
        goal_id = goals.add(
            at,
            member_id=member.id,
            person_id=member.person_id,
            measure="number",
            currency=None,
            terms=Terms(text, area, None, 100, None, shared=shared),
            from_value=0,
        )
        goals.set_state(at, goal_id, state)
        return goal_id

    assert village.bot is not None
    return await village.bot.database.transact(add)


async def changes_sharing(village: Village, goal_id: int, text: str, *, shared: bool) -> None:
    def change(at: Transaction) -> None:
        goal = goals.by_id(at, goal_id)
        assert goal is not None
        terms = Terms(text, goal.area, None, 100, None, shared=shared)
        goals.set_terms(at, goal_id, goal.person_id, terms)

    assert village.bot is not None
    await village.bot.database.transact(change)


async def wishes(person: Someone, text: str, area: str) -> None:
    """Ask in private, and wish for one who has been there."""
    await does(person, "/ask", text, f"[{area}]", f"[As {person.name}]", "[Yes, post it]")
    await does(person, "[Ask one who has been there]", "[Yes, ask]")
    assert "I ask around" in said(person)


def was_asked(person: Someone) -> bool:
    return any("one who has been there:" in words(one) for one in person.messages())


async def test_a_goal_with_the_same_words_is_found_in_another_area_and_first(
    village: Village,
) -> None:
    [amina, grace, juma] = village.has("Amina", "Grace", "Juma")
    group = await circle(village, amina, grace, juma)
    await reached(village, group, grace, "Out of debt", "money", shared=False)
    await reached(village, group, juma, "Two goats and a hen", "farm", shared=True)
    await wishes(amina, "How did you pay for your goat?", "Money")
    assert "who has been there: 💰 Money" in said(juma)
    assert "You let the group see a goal like it: “Two goats and a hen”." in said(juma)
    assert "pay for" not in juma.read_all()
    assert "Amina" not in juma.read_all()
    assert not was_asked(grace)
    await juma.taps("✕ No")
    assert "who has been there: 💰 Money" in said(grace)
    assert "like it" not in said(grace)
    assert "debt" not in grace.read_all()


async def test_private_words_lead_nobody_anywhere(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await reached(village, group, juma, "Two goats", "farm", shared=False)
    await wishes(amina, "How to pay for a goat?", "Money")
    assert not was_asked(juma)


async def test_in_the_same_area_a_private_goal_is_found_without_its_words(
    village: Village,
) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await reached(village, group, juma, "Two goats", "farm", shared=False)
    await wishes(amina, "How to keep a goat?", "Farm")
    assert was_asked(juma)
    assert "like it" not in said(juma)
    assert "Two goats" not in said(juma)


async def test_words_count_only_while_they_are_shared(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    group = await circle(village, amina, juma, neema)
    goal = await reached(village, group, juma, "Two goats", "farm", shared=True)
    await village.moves_to(NIGHT)
    await wishes(amina, "How to pay for a goat?", "Money")
    await changes_sharing(village, goal, "Two goats", shared=False)
    await village.moves_to(MORNING)
    assert not was_asked(juma)

    await changes_sharing(village, goal, "Two goats", shared=True)
    await village.moves_to(datetime(2026, 3, 4, 20, tzinfo=UTC))
    await wishes(neema, "A goat, how?", "Money")
    await neema.writes("/ask")
    await neema.taps("🙋 A goat")
    await neema.taps("Take it back")
    await village.moves_to(datetime(2026, 3, 5, 4, 1, tzinfo=UTC))
    assert not was_asked(juma)


async def test_who_shares_such_a_goal_and_is_not_far_has_not_been_there(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    group = await circle(village, amina, juma, neema)
    await reached(village, group, juma, "Two goats", "farm", shared=True, state="open")
    await reached(village, group, neema, "Two goats", "farm", shared=True, state="let_go")
    await wishes(amina, "How to pay for a goat?", "Money")
    assert not was_asked(juma)
    assert not was_asked(neema)


async def test_words_find_nobody_in_another_group(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await circle(village, amina)
    machakos = await circle(village, juma, title="Machakos")
    await reached(village, machakos, juma, "Two goats", "farm", shared=True)
    await wishes(amina, "How to pay for a goat?", "Money")
    assert not was_asked(juma)


async def test_nothing_that_is_searched_lies_in_the_file(village: Village, tmp_path: Path) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await reached(village, group, juma, "Two Quaggas", "farm", shared=True)
    await wishes(amina, "How to feed a quagga?", "Money")
    assert was_asked(juma)
    assert village.bot is not None
    copy = tmp_path / "copy.db"
    await village.bot.database.copy_to(copy)
    assert b"uagga" not in copy.read_bytes()

    def virtual(at: Reading) -> int:
        count: int = at.value("SELECT count(*) FROM sqlite_schema WHERE sql LIKE '%VIRTUAL TABLE%'")
        return count

    assert await village.finds(virtual) == 0
