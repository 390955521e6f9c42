"""What a check-in makes of presses and words that it did not ask for: kind, and nothing changed."""

import pytest
from circle import (
    OPENS,
    USUAL_TAPS,
    answers_all,
    forms_circle,
    joins,
    leaves,
    opens_circle,
    round_card,
)
from village import Media, Someone, Village, buttons_of, words

from bot.storage.database import Reading
from sandbox import media
from sandbox.state import Content


async def kept(village: Village) -> list[tuple[int, str]]:
    """Every stored answer, as its check-in and question."""

    def read(at: Reading) -> list[tuple[int, str]]:
        rows = at.all("SELECT check_in_id, question FROM check_in_answers ORDER BY id")
        return [(row["check_in_id"], row["question"]) for row in rows]

    assert village.bot is not None
    return await village.bot.database.read(read)


async def failures(village: Village) -> int:
    """How many updates a handler failed at."""
    assert village.bot is not None
    found: int = await village.bot.database.read(
        lambda at: at.value("SELECT count(*) FROM updates_failed")
    )
    return found


async def reaches_line(someone: Someone) -> None:
    for label in USUAL_TAPS:
        await someone.taps(label)


async def test_something_else_where_a_line_was_asked(village: Village) -> None:
    [amina] = village.has("Amina")
    await opens_circle(village, amina)
    await reaches_line(amina)
    for content in (
        media.sticker(village.world, "🌽"),
        media.location(-1.37, 38.01),
        Content(media=Media("document")),
    ):
        before = len(amina.messages())
        await amina.sends(content)
        assert len(amina.messages()) == before + 1
        assert "words, a photo or a voice note" in amina.reads
    assert len(await kept(village)) == 6
    await amina.writes("Words, then")
    await amina.taps("Like this")
    assert "“Words, then”" in amina.reads


async def test_a_document_with_words_under_it_is_not_half_kept(village: Village) -> None:
    [amina] = village.has("Amina")
    await opens_circle(village, amina)
    await reaches_line(amina)
    await amina.sends(Content(text="See the file", media=Media("document")))
    assert "words, a photo or a voice note" in amina.reads
    assert len(await kept(village)) == 6


async def test_a_line_of_four_thousand_signs_is_kept_whole(village: Village) -> None:
    [amina] = village.has("Amina")
    await opens_circle(village, amina)
    await reaches_line(amina)
    await amina.writes("<b>&\u202e" + "маїс🌽 " * 570)
    await amina.taps("Like this")
    assert "you are in for March" in amina.reads
    assert len(amina.reads) < 500
    assert await failures(village) == 0

    def stored(at: Reading) -> str | None:
        row = at.one("SELECT * FROM check_in_answers WHERE question = 'line'")
        assert row is not None
        return at.open_for(1, row["answer"])

    assert village.bot is not None
    text = await village.bot.database.read(stored)
    assert text is not None
    assert len(text) > 3400


async def test_words_where_a_button_was_asked(village: Village) -> None:
    [amina] = village.has("Amina")
    await opens_circle(village, amina)
    await amina.writes("it went well")
    assert "Please tap one of the buttons" in amina.reads
    assert "1/8" in amina.reads
    await amina.taps("A little")
    assert "2/8" in amina.reads
    assert len(await kept(village)) == 1

    await village.waits(hours=4)
    await amina.writes("habari")
    assert "did not ask" in amina.reads


async def test_a_double_tap_counts_once_and_skips_nothing(village: Village) -> None:
    [amina] = village.has("Amina")
    await opens_circle(village, amina)
    asked = amina.messages()[-1]
    for _ in range(3):
        village.world.press(amina.id, amina.id, asked.message_id, "check:1:1:2")
    await village.settles()
    assert "2/8" in amina.reads
    assert await kept(village) == [(1, "goal")]


async def test_a_second_thought_in_the_same_moment_is_the_one_that_counts(village: Village) -> None:
    [amina] = village.has("Amina")
    await opens_circle(village, amina)
    asked = amina.messages()[-1]
    village.world.press(amina.id, amina.id, asked.message_id, "check:1:1:2")
    village.world.press(amina.id, amina.id, asked.message_id, "check:1:1:4")
    await village.settles()
    await amina.taps("◀ Back")
    assert "✅ ★ Reached" in amina.labels()


FORGED = (
    "check:2:1:1",  # another group's round
    "check:99:1:1",
    "check:1:99:1",
    "check:1:1:5",  # one option too many
    "check:1:5:0",  # an option of a question that has none
    "check:0:0:0",
    "check_skip:2:1",
    "check_skip:1:60",
    "check:1:8:0",  # what is shared is not an option
    "check_share:1:8:16",  # an item too many
    "check_share:1:1:1",
    "check_mark:1:8:99",
    "check:1:10:1",  # hours of help that was not given
    "check:1:1002:1",  # another's goal, or none
    "check_more:2:0",
    "check_more:1:7",
    "check_keep:2:1",
    "check_keep:1:0",
    "check_show:2:1",
    "check_show:1:77",
    "check_on:2",
    "check_on:98765432109876",
    "check_change:2",
    "check_remind:2:0",
)


@pytest.mark.parametrize("data", FORGED)
async def test_a_forged_press_changes_nothing(village: Village, data: str) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await forms_circle(village, "Kitui Circle", amina)
    await forms_circle(village, "Secret Society", juma)
    await village.moves_to(OPENS)
    told = amina.reads
    await amina.presses_data(amina.messages()[-1], data)
    assert amina.toast == "I cannot find this question. /checkin opens your own check-in."
    assert amina.reads == told
    assert not await kept(village)
    assert await failures(village) == 0


@pytest.mark.parametrize(
    "data", ["check:1:1", "check:1:1:1:1", "check:x:1:1", "check_remind:1:2", "check:-1:1:1"]
)
async def test_a_press_that_means_nothing(village: Village, data: str) -> None:
    [amina] = village.has("Amina")
    await opens_circle(village, amina)
    await amina.presses_data(amina.messages()[-1], data)
    assert "no longer in use" in amina.toast
    assert not await kept(village)


async def test_a_press_forged_on_the_groups_post_leaves_it_alone(village: Village) -> None:
    [amina] = village.has("Amina")
    group = await opens_circle(village, amina)
    post = next(one for one in group.messages if "Check-in for March" in words(one))
    for data in ("check_on:1", "check:1:1:2", "check_change:1", "check_remind:1:0"):
        await amina.presses_data(post, data)
        assert "cannot find" in amina.toast
    assert "0 of 1" in round_card(group)
    assert not await kept(village)


async def test_somebody_who_has_not_joined_is_told_how(village: Village) -> None:
    [amina, eve] = village.has("Amina", "Eve")
    await opens_circle(village, amina, others=(eve,))
    await eve.taps("My check-in", in_group=True)
    assert "/join" in eve.reads
    await eve.writes("/checkin", in_group=True)
    assert "/join" in village.group.reads
    await eve.taps("I'm in", in_group=True)  # asked, and has not said yes
    await eve.taps("My check-in", in_group=True)
    assert "/join" in eve.reads
    assert not await kept(village)


async def test_somebody_who_left_can_answer_no_more(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await opens_circle(village, amina, juma)
    await juma.taps("A little")
    asked = juma.messages()[-1]
    await leaves(juma)
    await juma.presses_data(asked, "check:1:2:1")
    assert "for members of the group" in juma.toast
    assert len(await kept(village)) == 1
    await joins(juma)
    await juma.writes("/checkin")
    assert "2/8" in juma.reads


async def test_an_admin_who_writes_as_the_group_is_asked_to_be_somebody(village: Village) -> None:
    [amina] = village.has("Amina")
    group = await village.forms_group("Kitui Circle", amina, supergroup=True)
    await village.is_set_up(group, amina)
    await village.moves_to(OPENS)
    village.world.promote(amina.id, group.id, anonymous=True)
    await amina.writes("/checkin", in_group=True)
    assert "write as yourself" in group.reads


async def test_a_title_full_of_marks_does_no_harm(village: Village) -> None:
    [amina] = village.has("Amina")
    title = "<b>Umoja</b> & \u202eevil 🌽" + "x" * 80
    await opens_circle(village, amina, title=title)
    assert "<b>Umoja</b> & " in amina.reads
    assert len(amina.reads) < 220
    await answers_all(amina, "*_[](<a href='https://example.org'>x</a>")
    assert "<a href=" in amina.reads
    assert await failures(village) == 0


async def test_another_conversation_in_between_is_not_swallowed(village: Village) -> None:
    """What was asked last gets the words; a reply goes to the question it replies to."""
    [amina] = village.has("Amina")
    await forms_circle(village, "Kitui Circle", amina)
    await forms_circle(village, "Choir", amina)
    await village.moves_to(OPENS)
    for title in ("Choir", "Kitui Circle"):
        message = next(one for one in amina.messages() if f"{title} · 1/8" in words(one))
        for _ in range(6):
            await amina.presses(next(b for b in buttons_of(message) if "Skip" in b.label))
    await amina.writes("The newest one")
    assert amina.reads.startswith("Kitui Circle")
    await amina.writes("/checkin")
    assert "Which group" in amina.reads
    await amina.writes("The other one")
    assert amina.reads.startswith("Choir")
