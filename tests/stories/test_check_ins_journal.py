"""The check-in as a journal: each goal by itself, help wanted, and what the group may see."""

from datetime import timedelta

import pytest
from circle import CLOSES, OPENS, OPENS_NEXT, USUAL_TAPS, answers_all, forms_circle, has_goal
from goal_village import does, said
from village import Village, buttons_of, words

from bot.practices import goals
from bot.practices.journal_choices import CHOICES
from bot.rendering import messages
from bot.storage.database import Reading


async def test_each_goal_is_asked_about_by_its_own_words(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await forms_circle(village, "Kitui Circle", amina, juma)
    fees = await has_goal(village, amina, "School fees for Baraka")
    goat = await has_goal(village, amina, "A goat", "farm")
    await village.moves_to(OPENS)
    assert "School fees for Baraka: how did it move this month?" in amina.reads
    assert "1/9" in amina.reads
    await amina.taps("A lot")
    assert "A goat: how did it move" in amina.reads
    await amina.taps("Reached")
    assert "in the way" in amina.reads
    assert "What you set out to do" in juma.reads

    def states(at: Reading) -> list[str]:
        return [goals.look(at, one, 1).goal.state for one in (fees, goat)]

    assert village.bot is not None
    assert await village.bot.database.read(states) == ["open", "reached"]
    await amina.taps("◀ Back")
    assert "✅ ★ Reached" in amina.labels()
    await amina.taps("Leave empty")
    assert await village.bot.database.read(states) == ["open", "open"]


async def test_a_goal_that_was_begun_after_the_opening_is_asked_about_next_month(
    village: Village,
) -> None:
    [amina] = village.has("Amina")
    await forms_circle(village, "Kitui Circle", amina)
    await village.moves_to(OPENS)
    await village.waits(hours=1)
    await has_goal(village, amina, "A goat")
    await answers_all(amina)
    assert "you are in for March" in amina.reads
    await village.moves_to(OPENS_NEXT)
    assert "A goat: how did it move" in amina.reads


async def test_a_goal_that_is_reached_between_two_check_ins_is_told_at_the_end(
    village: Village,
) -> None:
    [amina] = village.has("Amina")
    await forms_circle(village, "Kitui Circle", amina)
    await has_goal(village, amina, "A goat", "farm")
    await village.moves_to(OPENS)
    await answers_all(amina)
    await does(amina, "/goals", "[A goat]", "[Reached]")
    assert "Reached on Mar 24, 2026" in said(amina)
    await village.moves_to(OPENS_NEXT)
    assert "A goat" not in amina.reads, "it is not asked about any more"
    await answers_all(amina)
    [picture] = [one for one in amina.messages() if "your goals" in words(one)]
    assert "1 goal reached" in words(picture)


async def test_another_persons_goal_cannot_be_moved(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await forms_circle(village, "Kitui Circle", amina, juma)
    goat = await has_goal(village, amina, "A goat")
    await village.moves_to(OPENS)
    await juma.presses_data(juma.messages()[-1], f"check:1:{1000 + 2 * goat}:4")
    assert "cannot find" in juma.toast
    assert village.bot is not None
    found = await village.bot.database.read(lambda at: goals.look(at, goat, 1).goal.state)
    assert found == "open"


@pytest.mark.parametrize("place", [0, -1], ids=["first", "last"])
@pytest.mark.parametrize("month", ["ordinary", "third", "missed"])
@pytest.mark.parametrize("everything", [False, True], ids=["usual", "everything"])
async def test_nine_taps_at_most_with_one_goal_in_every_kind_of_month(
    village: Village, month: str, place: int, *, everything: bool
) -> None:
    """Whatever she answers: on the group's post, or /checkin and its button, and to the end."""
    [amina] = village.has("Amina")
    await forms_circle(village, "Kitui Circle", amina)
    await has_goal(village, amina, "A goat")
    await village.moves_to(OPENS)
    if everything:
        for choice in range(len(CHOICES)):
            data = f"journal_choose:1:{choice}:1"
            await amina.presses_data(amina.messages()[-1], data)
    if month == "missed":
        await village.moves_to(CLOSES)
        await amina.writes("/checkin")
        await amina.taps("My check-in")
    else:
        await village.moves_to(OPENS if month == "third" else OPENS_NEXT)
        await amina.taps("My check-in", in_group=True)
    for _ in range(8):
        shown = [one for one in buttons_of(amina.messages()[-1]) if one.label[0] not in "◀▫"]
        answers = [one for one in shown if "Skip" not in one.label]
        await amina.presses((answers or shown)[place])
    assert amina.sees("Thank you, you are in for")
    assert ("six more" in amina.read_all()) == (month == "third")


async def test_help_given_and_received_is_asked_of_who_wants_to_tell_more(
    village: Village,
) -> None:
    [amina] = village.has("Amina")
    await forms_circle(village, "Kitui Circle", amina)
    await village.moves_to(OPENS)
    await answers_all(amina)
    assert "Help I gave" not in amina.reads
    await amina.taps("Help exchanged")
    assert "Did you help somebody" in amina.reads
    await amina.taps("Work")
    await amina.taps("4")
    assert "what would it have cost" in amina.reads
    await amina.writes("ten or so")
    assert "what would it have cost" in amina.read_all()
    await amina.writes("1,500")
    assert "Did somebody help you" in amina.reads
    await amina.taps("Nothing")
    assert "Help I gave: 🔨 Work" in amina.reads
    assert "Hours I gave: 4" in amina.reads
    assert "Worth, given: KES 1,500" in amina.reads.replace("\u00a0", " ")
    assert "Help I got: – Nothing" in amina.reads
    assert "🤲 Help exchanged" not in amina.labels()


async def test_the_group_may_see_nothing_until_somebody_says_so_and_that_is_remembered(
    village: Village,
) -> None:
    [amina] = village.has("Amina")
    await forms_circle(village, "Kitui Circle", amina)
    await village.moves_to(OPENS)
    for label in USUAL_TAPS:
        await amina.taps(label)
    await amina.writes("We planted beans")
    assert not [one for one in amina.labels() if one.startswith("✅")]
    await amina.taps("My words")
    await amina.taps("My aims")
    await amina.taps("My aims")
    assert "✅ 💬 My words" in amina.labels()
    assert "▫️ 🎯 My aims" in amina.labels()
    await amina.taps("Like this")
    assert "The group sees: 💬 My words" in amina.reads

    await village.moves_to(OPENS_NEXT + timedelta(hours=1))
    for label in (*USUAL_TAPS, "Skip"):
        await amina.taps(label)
    assert [one for one in amina.labels() if one.startswith("✅")] == ["✅ 💬 My words"]
    await amina.taps("My words")
    await amina.taps("Like this")
    assert amina.sees("The group sees: nothing")


async def test_what_is_remembered_for_many_is_nobodys_own(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    remembered: list[str] = []
    render = messages._render_for_many

    def watch(name: str, language: str, facts: tuple[tuple[str, object], ...]) -> messages.Words:
        remembered.append(repr(facts))
        return render(name, language, facts)

    monkeypatch.setattr(messages, "_render_for_many", watch)
    [amina, juma] = village.has("Amina", "Juma")
    await forms_circle(village, "Kitui Circle", amina, juma)
    await has_goal(village, amina, "School fees for Baraka")
    await village.moves_to(OPENS)
    for label in USUAL_TAPS:
        await amina.taps(label)
    await amina.writes("We planted beans")
    await amina.taps("My words")  # from here on, what she wrote stands below the question
    await amina.taps("Like this")
    await amina.taps("Change")
    assert sum("'share'" in facts for facts in remembered) >= 1
    assert len(remembered) > len(USUAL_TAPS), "most questions are alike for everybody"
    assert not any("Baraka" in facts or "beans" in facts for facts in remembered)
    assert not any("Answer(" in facts for facts in remembered)
