"""Goals that more than one may see: a household's, and those a digest may tell."""

from datetime import timedelta

from goal_village import (
    are_one_household,
    as_member,
    circle,
    does,
    everything,
    moves_goal,
    plain,
    said,
    sets_goal,
)
from village import Group, Someone, Village, buttons_of

from bot.practices import goals
from bot.storage import members
from bot.storage.database import Reading, Transaction

# -- together -------------------------------------------------------------------------------------


async def test_a_household_has_a_goal_together_once_both_agree(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await sets_goal(amina)
    await does(amina, "[Change]", "[My household]")
    assert "Nobody else with a phone" in amina.toast
    await are_one_household(village, group, amina, juma)
    await does(amina, "[My household]", "[Ask Juma]")
    assert "Two goats" not in everything(juma)
    await amina.taps("✅ Ask")
    assert "Juma is asked" in said(amina)
    assert "Amina would like to have a goal together with you" in said(juma)
    assert "Two goats" in said(juma)
    assert "KES" not in said(juma)
    await juma.taps("Yes, together")
    assert "Shared with you by Amina" in said(juma)
    assert "Juma has a goal together with you now" in said(amina)
    await moves_goal(juma, "1500")
    await does(juma, "[Say why]", "Sold the old plough")
    assert not {"★ Reached", "🛠 Change"} & set(juma.labels())
    await amina.taps("See it")
    assert "Now KES 1,500.00" in said(amina)
    assert "Shared with Juma" in said(amina)
    await amina.taps("How it went")
    assert "Sold the old plough" in said(amina)
    await juma.presses_data(juma.messages()[-1], "goal_reach:1")
    assert "not find this goal" in juma.toast

    await juma.taps("Stop sharing")
    assert "No goal yet" in said(juma)
    await juma.presses_data(juma.messages()[-1], "goal:1")
    assert "not find this goal" in juma.toast
    await does(amina, "[Back]", "[Change]", "[My household]", "[Ask Juma]", "[✅ Ask]")
    assert "asked not long ago" in amina.toast


async def test_a_no_is_told_to_nobody_and_looks_like_no_answer(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    group = await circle(village, amina, juma, neema)
    await are_one_household(village, group, amina, juma, neema)
    await sets_goal(amina)
    for name in ("Juma", "Neema"):
        await amina.writes("/goals")
        await does(
            amina, "[🌱 Two goats]", "[Change]", "[My household]", f"[Ask {name}]", "[✅ Ask]"
        )
    asked = said(amina)
    count = len(amina.messages())
    await juma.taps("✕ No")
    assert "Nobody is told" in said(juma)
    assert "Two goats" not in said(juma)
    assert len(amina.messages()) == count
    await does(amina, "[Back]", "[Change]", "[My household]")
    assert said(amina) == asked  # Juma said no, Neema nothing: the same words for both
    assert "Juma is asked, and may answer or not." in asked
    assert "Neema is asked, and may answer or not." in asked
    await juma.presses_data(juma.messages()[-1], "goal:1")
    assert "not find this goal" in juma.toast

    toasts = []
    for name in ("Juma", "Neema"):
        await amina.writes("/goals")
        await does(amina, "[🌱 Two goats]", "[Change]", "[My household]")
        number = ["Juma", "Neema"].index(name)
        back = [b for b in buttons_of(amina.messages()[-1]) if "Take the question" in b.label]
        await amina.presses(back[0 if number else number])
        await does(amina, "[Change]", "[My household]", f"[Ask {name}]", "[✅ Ask]")
        toasts.append(amina.toast)
    assert toasts[0] == toasts[1]
    assert "not long ago" in toasts[0]
    await neema.taps("Yes, together")  # the question was taken back
    assert "not find this goal" in neema.toast


async def test_who_parts_from_the_household_no_longer_sees_the_goal(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await are_one_household(village, group, amina, juma)
    await sets_goal(amina)
    await does(amina, "[Change]", "[My household]", "[Ask Juma]", "[✅ Ask]")
    await juma.taps("Yes, together")

    def part(at: Transaction) -> None:
        member = as_member(at, group, juma)
        members.move_to_household(at, member.id, members.new_household(at, member.group_id))

    assert village.bot is not None
    await village.bot.database.transact(part)
    await juma.taps("Now it is")
    assert "not find this goal" in juma.toast
    await juma.writes("/goals")
    assert "No goal yet" in said(juma)
    await amina.taps("See it")
    assert "Shared with" not in said(amina)


async def test_who_cannot_be_written_to_is_not_asked_to_share(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await are_one_household(village, group, amina, juma)
    await sets_goal(amina)
    village.world.block(juma.id)
    await village.settles()
    await does(amina, "[Change]", "[My household]", "[Ask Juma]", "[✅ Ask]")
    assert "Juma" in amina.toast
    assert await asked(village) == 0


async def asked(village: Village) -> int:
    count: int = await village.finds(lambda at: at.value("SELECT count(*) FROM goal_partners"))
    return count


async def test_who_parted_before_they_answered_shares_nothing(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await are_one_household(village, group, amina, juma)
    await sets_goal(amina)
    await does(amina, "[Change]", "[My household]", "[Ask Juma]", "[✅ Ask]")
    await does(juma, "/members", "[Kitui]", "[Part again]")
    await juma.presses(juma.button("Yes, together"))
    assert "not find this goal" in juma.toast
    await are_one_household(village, group, amina, juma)
    await juma.writes("/goals")
    assert "No goal yet" in said(juma)


async def test_somebody_in_two_groups_is_told_which_goal_is_of_which(village: Village) -> None:
    [amina] = village.has("Amina")
    await circle(village, amina)
    await sets_goal(amina)
    migori = await village.forms_group("Migori", amina)
    await village.is_set_up(migori, amina, currency="UGX", zone="Africa/Kampala")
    await does(amina, "/goals")
    assert "which group" in said(amina)
    assert sorted(amina.labels()) == ["Kitui", "Migori"]
    await amina.taps("Migori")
    assert said(amina).startswith("Migori")
    assert "No goal yet" in said(amina)
    await does(amina, "[A new goal]", "A boat", "[Work]", "[Money that grows]", "0", "900,000")
    await does(amina, "[No date]", "[Yes, my goal]")
    assert said(amina).startswith("Migori")
    assert "to UGX 900,000" in said(amina)
    await does(amina, "/goals", "[Kitui]")
    assert "Two goats" in said(amina)
    assert "A boat" not in said(amina)
    for message in amina.messages():
        if "goats" in plain(message) or "boat" in plain(message):
            assert plain(message).splitlines()[0] in {"Kitui", "Migori"}


# -- reached, and told ----------------------------------------------------------------------------


async def told(village: Village, group: Group, member: Someone) -> list[str]:
    def ask(at: Reading) -> list[str]:
        found = as_member(at, group, member)
        span = (village.now - timedelta(days=30), village.now + timedelta(days=1))
        return [one.words for one in goals.shared_reached(at, found.group_id, *span)]

    assert village.bot is not None
    return await village.bot.database.read(ask)


async def test_a_shared_goal_that_is_reached_is_told_only_if_they_say_so(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await sets_goal(amina, shared=True)
    assert "The group sees its words, never its numbers." in said(amina)
    await amina.taps("★ Reached")
    assert "May the next digest tell the group" in said(amina)
    assert await told(village, group, amina) == []
    await amina.taps("Yes, tell it")
    assert await told(village, group, amina) == ["Two goats"]
    await amina.taps("Do not tell it")
    assert await told(village, group, amina) == []

    await sets_goal(juma, "A well", shared=True)
    await does(juma, "[★ Reached]", "[🤫 No]")
    assert await told(village, group, juma) == []
    await juma.taps("Tell it")
    assert await told(village, group, juma) == ["A well"]
    await juma.taps("Take it up again")
    assert await told(village, group, juma) == []
    assert not group.sees("goats")
    assert not group.sees("well")


async def test_reached_in_the_check_in_asks_the_same_in_private_once(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await sets_goal(amina, shared=True)

    def note(at: Transaction, moved: str) -> str:
        member = as_member(at, group, amina)
        round_id = at.value("SELECT id FROM rounds") or at.insert(
            "INSERT INTO rounds (group_id, month, questions, opened_at, closes_at)"
            " VALUES (:group, '2026-03', '[\"goal\"]', '1', '2')",
            group=member.group_id,
        )
        return goals.note_month(at, 1, member.person_id, moved, round_id).state  # type: ignore[arg-type]  # one of MOVES

    assert village.bot is not None
    states = []
    for moved in ("reached", "lot", "reached"):
        states.append(await village.bot.database.transact(note, moved))
        village.bot.outbox.wake()
        await village.settles()
    assert states == ["reached", "open", "reached"]
    assert amina.read_all().count("May the next digest tell the group") == 1
    await amina.taps("Yes, tell it")
    assert await told(village, group, amina) == ["Two goats"]
