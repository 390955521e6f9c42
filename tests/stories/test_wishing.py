"""From a check-in to help: the way there, to the group or to one who has been there."""

from datetime import timedelta

import pytest
from circle import CLOSES, OPENS, answers_all, forms_circle, has_goal, leaves
from village import Group, Someone, Village

from bot.domain.goals import AREAS
from bot.storage import goals as store
from bot.storage.database import Reading, Transaction

KNOWS, GROUP = "Somebody who knows", "Ask the group"
WAY_TO_PEER = "I can ask in private those who reached a goal like it"
WAY_TO_GROUP = "Shall we bring it to the group?"


async def checks_in(someone: Someone, *moves: str, hurdle: str = "Time", wish: str = KNOWS) -> None:
    """Answer all of it; `moves` are of each goal, in order."""
    for label in (*moves, hurdle, wish, "More", "The same", "Less", "Skip", "Like this"):
        await someone.taps(label)


async def has_been_there(village: Village, someone: Someone, area: str) -> None:
    goal_id = await has_goal(village, someone, "Long done", area)

    def reach(at: Transaction) -> None:
        store.set_state(at, goal_id, "reached")

    assert village.bot is not None
    await village.bot.database.transact(reach)


async def wished(village: Village) -> list[str]:
    def look(at: Reading) -> list[str]:
        return [row["area"] for row in at.all("SELECT area FROM peer_wishes ORDER BY id")]

    return await village.finds(look)


async def test_somebody_who_knows_is_found_for_a_goal_that_stood_still(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    group = await forms_circle(village, "Kitui Circle", amina, juma, neema)
    await has_goal(village, amina, "Fees for Baraka", "school")
    await has_goal(village, amina, "A goat", "farm")
    for someone, area in ((juma, "school"), (neema, "farm")):
        await has_been_there(village, someone, area)
    await village.moves_to(OPENS)
    said = group.read_all()
    await checks_in(amina, "Back a bit", "A little")
    assert WAY_TO_PEER in amina.reads
    assert "🎓 School" in amina.reads
    assert amina.labels() == ["🧭 Yes, ask"]
    assert await wished(village) == []  # nobody is asked before they tap

    await amina.taps("Yes, ask")
    assert "I ask around, quietly" in amina.reads
    assert await wished(village) == ["school"]
    assert "who has been there: 🎓 School" in juma.reads
    assert "Fees" not in juma.read_all()
    assert "Amina" not in juma.read_all()
    assert "been there" not in neema.read_all()
    assert group.read_all().replace("1 of 3 are in", "0 of 3 are in") == said

    await juma.taps("Yes")
    assert "Juma has been there" in amina.reads
    assert "Amina" in juma.reads


@pytest.mark.parametrize("is_mine_shared", [True, False])
async def test_a_goal_the_group_sees_is_searched_by_its_words_too(
    village: Village,
    is_mine_shared: bool,  # noqa: FBT001 - a fact of the story
) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await forms_circle(village, "Kitui Circle", amina, juma, neema)
    for someone, area in ((juma, "school"), (neema, "money")):
        await has_been_there(village, someone, area)
    mine = await has_goal(village, amina, "Fees for the twins", "school")
    theirs = await has_goal(village, neema, "The fees of three children", "money")

    def share(at: Transaction) -> None:
        for goal_id, text, area in (
            (mine, "Fees for the twins", "school"),
            (theirs, "The fees of three children", "money"),
        ):
            goal = store.by_id(at, goal_id)
            assert goal is not None
            shared = is_mine_shared or goal_id == theirs
            terms = store.Terms(text, area, None, 100, None, shared=shared)
            store.set_terms(at, goal_id, goal.person_id, terms)
        store.set_state(at, theirs, "reached")

    assert village.bot is not None
    await village.bot.database.transact(share)
    await village.moves_to(OPENS)
    await checks_in(amina, "Back a bit")
    await amina.taps("Yes, ask")
    assert "twins" not in neema.read_all()
    if is_mine_shared:
        assert "a goal like it: “The fees of three children”" in neema.reads
        await neema.taps("✕ No")
    else:
        assert not neema.sees("one who has been there")
    assert "who has been there: 🎓 School" in juma.reads


async def test_of_several_goals_that_stood_still_one_is_chosen(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await forms_circle(village, "Kitui Circle", amina, juma)
    await has_goal(village, amina, "Fees", "school")
    await has_goal(village, amina, "A goat", "farm")
    await has_been_there(village, juma, "money")
    await village.moves_to(OPENS)
    await checks_in(amina, "The same", "Skip", hurdle="Money")
    assert amina.labels() == ["💰 Money", "🎓 School", "🌱 Farm"]
    await amina.taps("💰 Money")
    assert "who has been there: 💰 Money" in juma.reads


async def test_without_a_goal_any_area_may_be_chosen(village: Village) -> None:
    [amina] = village.has("Amina")
    await forms_circle(village, "Kitui Circle", amina)
    await village.moves_to(OPENS)
    await checks_in(amina, "The same")
    assert len(amina.labels()) == len(AREAS)
    await amina.taps("❤️ Health")
    assert await wished(village) == ["health"]
    await amina.presses_data(amina.messages()[-1], "wish_peer:1:4")
    assert await wished(village) == ["health"]  # one at a time


async def test_ask_the_group_leads_to_an_ask_about_it(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await forms_circle(village, "Kitui Circle", amina, juma)
    await has_goal(village, amina, "Fees", "school")
    await village.moves_to(OPENS)
    await checks_in(amina, "The same", wish=GROUP)
    assert WAY_TO_GROUP in amina.reads
    await amina.taps("Ask the group")
    assert "What would help you?" in amina.reads
    await amina.writes("Who knows of a scholarship?")
    assert "With your name?" in amina.reads  # what it is about is known already
    await amina.taps("Without my name")
    assert "🎓 School" in amina.reads
    assert not group.sees("scholarship")
    await amina.taps("Yes, post it")
    assert "Somebody of us asks:" in group.reads
    assert "Who knows of a scholarship?" in group.reads
    assert "Amina" not in group.reads


async def test_who_would_like_none_is_offered_none_until_they_change_it(village: Village) -> None:
    [amina] = village.has("Amina")
    await forms_circle(village, "Kitui Circle", amina)
    await village.moves_to(OPENS)
    await answers_all(amina)
    assert not amina.sees(WAY_TO_PEER)
    for wish in (KNOWS, "Not now", KNOWS):
        await amina.taps("Change")
        await amina.taps("Help wanted")
        await amina.taps(wish)
    assert amina.read_all().count(WAY_TO_PEER) == 1
    await amina.taps("Change")
    await amina.taps("Help wanted")
    await amina.taps(GROUP)
    assert amina.sees(WAY_TO_GROUP)
    await amina.taps("Change")
    await amina.taps("✏️ Debt")
    await amina.taps("Keep")
    assert amina.read_all().count(WAY_TO_GROUP) == 1


async def test_nothing_is_offered_before_the_end(village: Village) -> None:
    [amina] = village.has("Amina")
    await forms_circle(village, "Kitui Circle", amina)
    await village.moves_to(OPENS)
    for label in ("The same", "Time", KNOWS, "More", "The same", "Less", "Skip"):
        await amina.taps(label)
        assert not amina.sees(WAY_TO_PEER)
    await amina.taps("Like this")
    assert amina.sees(WAY_TO_PEER)


async def test_the_way_is_there_after_the_round_has_closed(village: Village) -> None:
    [amina] = village.has("Amina")
    await forms_circle(village, "Kitui Circle", amina)
    await village.moves_to(OPENS)
    await checks_in(amina, "The same")
    await village.moves_to(CLOSES + timedelta(days=3))
    await amina.taps("🌱 Farm")
    assert await wished(village) == ["farm"]


async def stands(village: Village) -> list[int]:
    def look(at: Reading) -> list[int]:
        tables = ("peer_wishes", "peer_questions", "ask_drafts", "asks")
        return [at.value(f"SELECT count(*) FROM {one}") for one in tables]  # noqa: S608 - ours

    return await village.finds(look)


async def test_forged_presses_and_those_who_left_wish_for_nothing(village: Village) -> None:
    [amina, juma, zuri] = village.has("Amina", "Juma", "Zuri")
    kitui = await forms_circle(village, "Kitui Circle", amina, juma)
    await other_group(village, zuri)
    await village.moves_to(OPENS)
    await checks_in(amina, "The same")
    old = amina.button("🌱 Farm")
    for data in ("wish_peer:1:5", "wish_group:1", "wish_peer:99:1", "wish_group:99"):
        await zuri.presses_data(zuri.messages()[-1], data)
        assert "I do not find this" in zuri.toast
    await amina.presses_data(amina.messages()[-1], "wish_peer:1:9")
    assert "I do not find this" in amina.toast
    await amina.presses_data(kitui.messages[-1], "wish_peer:1:5")
    assert amina.toast
    await leaves(amina)
    await amina.presses_data(old.message, old.data or "")
    assert "I do not find this" in amina.toast
    assert await stands(village) == [0, 0, 0, 0]


async def other_group(village: Village, *folk: Someone) -> Group:
    group = await village.forms_group("Machakos", *folk)
    await village.is_set_up(group, *folk)
    return group
