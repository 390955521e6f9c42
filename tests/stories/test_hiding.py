"""A phone that is shared: what stands in the private chat is taken away with one tap."""

import re
from datetime import timedelta

from circle import answers_all, forms_circle, opens_circle
from goal_village import sets_goal
from village import Someone, Village, photo

from bot.storage.database import Reading
from sandbox.faults import Fault

TIDY = "All tidy. What you told me is kept."
OLDER = "What is older than two days only you can clear"


def whole_chat(someone: Someone) -> list[str]:
    """What stands in somebody's private chat of the last two days, said by either side."""
    chat, since = someone.village.world.chats[someone.id], someone.village.now - timedelta(hours=47)
    return [one.content.text for one in chat.messages.values() if one.date > since.timestamp()]


async def test_the_quick_hide_leaves_nothing_to_be_read(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await opens_circle(village, amina, juma)
    await answers_all(amina, "He drinks again")
    await sets_goal(amina, "Away from here")
    await amina.sends(photo())
    said, others = group.read_all(), juma.read_all()
    await amina.writes("/hide")
    assert whole_chat(amina) == [f"{TIDY}\n{OLDER}, in the menu of this chat."]
    assert group.read_all() == said
    assert juma.read_all() == others

    await amina.writes("/checkin")  # nothing of it is lost
    assert "“He drinks again”" in amina.reads
    await amina.writes("/goals")
    assert "Away from here" in amina.labels()[0]
    await amina.writes("/hide")
    assert len(whole_chat(amina)) == 1


async def test_two_accounts_on_one_phone_are_two_chats(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await opens_circle(village, amina, juma)
    await answers_all(amina, "Mine alone")
    await answers_all(juma, "His alone")
    assert "Mine alone" not in juma.read_all()
    assert "His alone" not in amina.read_all()
    await amina.taps("🙈 Hide")
    assert whole_chat(amina)[0].startswith(TIDY)
    assert juma.sees("His alone")


async def test_no_words_bring_it_back(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await opens_circle(village, amina, juma)
    for label in ("A little", "Health", "Not now"):
        await amina.taps(label)
    await amina.writes("/hide")
    await amina.writes("Who is this?")
    assert "compared with last month" not in amina.read_all()
    assert "Please tap" not in amina.reads
    await amina.writes("/checkin")
    assert "The money that came in" in amina.reads  # where she stopped

    await village.waits(minutes=1)
    for label in ("More", "The same", "Less"):
        await amina.taps(label)
    assert "One line about your month?" in amina.reads
    await amina.writes("/hide")
    await amina.writes("What did she tell you?")
    kept = await village.finds(
        lambda at: at.value("SELECT count(*) FROM check_in_answers WHERE question = 'line'")
    )
    assert kept == 0
    assert "Only you see" not in amina.read_all()


async def test_what_is_older_than_two_days_stays_and_that_is_said(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await forms_circle(village, "Kitui Circle", amina, juma)
    await sets_goal(amina, "Away from here")
    old = len(village.world.chats[amina.id].messages)
    await village.waits(days=2)
    await amina.writes("/goals")
    await amina.writes("/hide")
    assert len(village.world.chats[amina.id].messages) == old + 1
    assert amina.sees("Away from here")
    assert OLDER in amina.reads
    assert "did not let me" not in amina.reads


async def test_an_old_message_that_was_changed_today_is_old_all_the_same(
    village: Village,
) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await opens_circle(village, amina, juma)
    await village.waits(days=2, hours=1)
    await amina.taps("A little")  # edits the invitation in place
    invitation = amina.messages()[-2]  # before the reminder
    assert "2/8" in invitation.content.text
    await amina.writes("/hide")
    [call] = village.sandbox.calls.of("deleteMessages")
    assert str(invitation.message_id) not in re.findall(r"\d+", str(call.parameters["message_ids"]))
    assert amina.messages()[-2] is invitation  # Telegram would have refused all of them


async def test_more_than_one_call_takes(village: Village) -> None:
    [amina] = village.has("Amina")
    await forms_circle(village, "Kitui Circle", amina)
    for _ in range(75):
        village.world.say(amina.id, amina.id, "/help")
    await village.settles()
    assert len(whole_chat(amina)) > 150
    await amina.writes("/hide")
    assert len(whole_chat(amina)) == 1


async def test_where_telegram_refuses_that_is_said(village: Village) -> None:
    [amina] = village.has("Amina")
    await forms_circle(village, "Kitui Circle", amina)
    await sets_goal(amina, "Away from here")
    refusal = "Bad Request: message can't be deleted"
    village.sandbox.faults.add(
        Fault("error", method="deleteMessages", times=1, code=400, description=refusal)
    )
    await amina.writes("/hide")
    assert "Telegram did not let me take everything away." in amina.reads
    assert amina.sees("Away from here")
    await amina.writes("/hide")  # and once more
    assert whole_chat(amina)[0].startswith(TIDY)
    assert "did not let me" not in amina.reads


async def test_an_answer_on_its_way_is_taken_away_too(village: Village) -> None:
    [amina] = village.has("Amina")
    await forms_circle(village, "Kitui Circle", amina)
    await sets_goal(amina, "Away from here")
    for text in ("/goals", "/hide"):  # before the first is answered
        village.world.say(amina.id, amina.id, text)
    await village.settles()
    assert len(whole_chat(amina)) == 1
    assert amina.reads.startswith(TIDY)


async def test_in_the_group_nothing_is_hidden(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await opens_circle(village, amina, juma)
    before = [one.message_id for one in group.messages]
    await amina.writes("/hide", in_group=True)
    await amina.presses_data(group.messages[-1], "hide")
    assert amina.toast
    assert [one.message_id for one in group.messages][: len(before)] == before
    assert amina.sees("how did it move") or amina.sees("What you set out to do")


async def test_numbers_of_messages_are_kept_two_days_and_that_they_hid_48(village: Village) -> None:
    [amina] = village.has("Amina")
    await forms_circle(village, "Kitui Circle", amina)
    await amina.writes("/help")
    await amina.writes("/hide")

    def kept(at: Reading) -> list[int]:
        return [at.value(f"SELECT count(*) FROM {one}") for one in ("heard", "hides")]  # noqa: S608 - ours

    await amina.writes("/help")
    assert await village.finds(kept) == [1, 1]
    await village.waits(days=4)
    assert await village.finds(kept) == [0, 1]
    await village.waits(days=61)
    assert await village.finds(kept) == [0, 0]
