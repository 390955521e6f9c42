"""A correction is seen in the picture that stands: one's own way, a goal's line."""

from datetime import timedelta

from circle import OPENS, OPENS_NEXT, answers_all, forms_circle
from goal_village import are_one_household, as_member, circle, does, moves_goal, plain, sets_goal
from village import Someone, Village

from bot.storage import members
from bot.storage.database import Transaction
from sandbox.state import Message


def pictures(someone: Someone) -> list[Message]:
    return [one for one in someone.messages() if one.content.media]


def drawn(message: Message) -> bytes:
    assert message.content.media is not None
    assert message.content.media.file is not None
    return message.content.media.file.content


async def two_months(village: Village, someone: Someone) -> None:
    await forms_circle(village, "Kitui Circle", someone)
    for opens in (OPENS, OPENS_NEXT):
        await village.moves_to(opens + timedelta(minutes=1))
        await answers_all(someone)


async def changes(someone: Someone, what: str, to: str) -> None:
    await does(someone, "[✏️ Change]", f"[✏️ {what}]", f"[{to}]")


async def test_ones_own_picture_follows_a_changed_answer(village: Village) -> None:
    [amina] = village.has("Amina")
    await two_months(village, amina)
    [first] = pictures(amina)
    assert "moved 2 steps forward" in plain(first)
    before = drawn(first)
    await changes(amina, "My aim", "A lot")
    [now] = pictures(amina)
    assert now.message_id == first.message_id
    assert "moved 3 steps forward" in plain(now)
    assert drawn(now) != before
    before = drawn(now)
    await changes(amina, "Money in", "− Less")
    assert drawn(pictures(amina)[0]) != before
    assert amina.labels() == ["🙈 Hide"]  # under the picture, all the same

    await amina.taps("My way")
    [again] = pictures(amina)
    assert again is amina.messages()[-1]
    assert again.message_id != first.message_id
    assert "moved 3 steps forward" in plain(again)


async def test_an_answer_that_is_not_in_the_picture_leaves_it_alone(village: Village) -> None:
    [amina] = village.has("Amina")
    await two_months(village, amina)
    await changes(amina, "Debt", "+ More")
    assert village.sandbox.calls.of("editMessageMedia") == []


async def test_without_a_line_there_is_no_picture(village: Village) -> None:
    [amina] = village.has("Amina")
    await two_months(village, amina)
    await changes(amina, "My aim", "✕ Leave empty")
    assert pictures(amina) == []


async def test_the_next_month_draws_nothing_into_the_last_picture(village: Village) -> None:
    [amina] = village.has("Amina")
    await two_months(village, amina)
    await village.moves_to(OPENS_NEXT + timedelta(days=30, minutes=1))
    for label in ("A lot", "Time"):
        await amina.taps(label)
    assert village.sandbox.calls.of("editMessageMedia") == []
    assert "moved 2 steps forward" in plain(pictures(amina)[0])


async def test_a_goals_line_follows_its_values(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await are_one_household(village, group, amina, juma)
    await sets_goal(amina)
    await moves_goal(amina, "4000")
    await does(amina, "[Change]", "[My household]", "[Ask Juma]", "[✅ Ask]")
    await juma.taps("Yes, together")
    for one in (amina, juma):
        await one.writes("/goals")
        await does(one, "[🌱 Two goats]", "[Its line]")
    await does(amina, "/goals", "[🌱 Two goats]", "[How it went]", "[✏️ 2]", "400", "[A slip]")
    for one in (amina, juma):
        [line] = pictures(one)
        assert "KES 400.00" in plain(line)
        assert "KES 4,000.00" not in plain(line)
    before = drawn(pictures(juma)[0])
    await moves_goal(juma, "900")
    for one in (amina, juma):
        assert "KES 900.00" in plain(pictures(one)[0])
    assert drawn(pictures(juma)[0]) != before
    await does(amina, "/goals", "[🌱 Two goats]", "[Change]", "[Target]", "15000", "[✅ Yes]")
    assert "Target: KES 15,000.00" in plain(pictures(juma)[0])

    def part(at: Transaction) -> None:
        member = as_member(at, group, juma)
        members.move_to_household(at, member.id, members.new_household(at, member.group_id))

    assert village.bot is not None
    await village.bot.database.transact(part)
    await moves_goal(amina, "1000")
    assert pictures(juma) == []
    assert "KES 1,000.00" in plain(pictures(amina)[0])


async def test_a_picture_that_was_taken_away_stays_away(village: Village) -> None:
    [amina] = village.has("Amina")
    await circle(village, amina)
    await sets_goal(amina)
    await moves_goal(amina, "4000")
    await does(amina, "/goals", "[🌱 Two goats]", "[Its line]", "/hide")
    assert pictures(amina) == []
    await amina.writes("/goals")
    await amina.taps("🌱 Two goats")
    await moves_goal(amina, "5000")
    assert pictures(amina) == []
    await does(amina, "[Its line]")
    assert "KES 5,000.00" in plain(pictures(amina)[0])
