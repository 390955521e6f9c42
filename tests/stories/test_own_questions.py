"""What a group's check-in asks: its own questions, and what of the usual rests."""

import pytest
from circle import (
    CLOSES,
    OPENS,
    OPENS_NEXT,
    USUAL_TAPS,
    answers_all,
    forms_circle,
    leaves,
    opens_circle,
)
from village import Someone, Village, buttons_of, words

from bot.domain.agreement import AgreementPartRefused
from bot.domain.own_questions import OwnQuestion
from bot.practices import agreement as agreed, own_questions
from bot.practices.agreement import PartLocked
from bot.practices.members import NotTheFacilitator
from bot.practices.own_questions import TooManyQuestions
from bot.storage import check_ins as store, groups
from bot.storage.database import Reading, Transaction


async def opens_questions(facilitator: Someone) -> None:
    await facilitator.writes("/settings", in_group=True)
    await facilitator.taps("Questions", in_group=True)


async def adds(facilitator: Someone, kind: str, text: str) -> None:
    """Add a question where the list of questions is shown."""
    await facilitator.taps("A question of our own")
    await facilitator.taps(kind)
    await facilitator.writes(text)


async def adopts(village: Village, kind: str, text: str, decision_id: int | None = 7) -> int:
    def adopt(at: Transaction) -> int:
        question = OwnQuestion(kind, text)
        return own_questions.adopt_question(at, 1, question, by=None, decision_id=decision_id)

    assert village.bot is not None
    return await village.bot.database.transact(adopt)


async def asked_in(village: Village, month: str) -> list[str]:
    def read(at: Reading) -> list[str]:
        found = store.round_of_month(at, 1, month)
        assert found is not None
        return [one.key for one in found.questions if not one.folded]

    return await village.finds(read)


async def test_a_group_asks_its_own_questions_from_the_next_round_on(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await opens_circle(village, amina, juma)
    await opens_questions(amina)
    assert "What the check-in asks everybody" in amina.reads
    await adds(amina, "Yes or no", "Did you come to the meeting?")
    assert "✅ Did you come to the meeting?" in amina.reads
    await adds(amina, "From 1 to 5", "How well do we listen to each other?")
    await adds(amina, "A number", "How many trees did you plant?")
    assert "➕ A question of our own" not in amina.labels(), "three at a time"
    await juma.writes("/agreement")
    assert "❓ How many trees did you plant?" in juma.reads

    await answers_all(juma)
    assert juma.sees("you are in for March"), "the round that is open keeps its questions"
    await village.moves_to(CLOSES)
    await village.moves_to(OPENS_NEXT)
    assert group.sees("11 short questions")
    for label in USUAL_TAPS:
        await juma.taps(label)
    assert "7/11" in juma.reads
    assert "Did you come to the meeting?" in juma.reads
    await juma.taps("Yes")
    assert [one for one in juma.labels() if one[0].isdigit()] == [
        "1 Least",
        "2",
        "3",
        "4",
        "5 Most",
    ]
    await juma.taps("4")
    await juma.writes("a few")
    assert "number in digits" in juma.reads
    await juma.writes("12.5")
    assert "I noted: 12.5." in juma.reads
    await juma.writes("A good month")
    assert "❓ Our questions" in " ".join(juma.labels())
    await juma.taps("Our questions")
    await juma.taps("Like this")
    assert juma.sees("Did you come to the meeting: ✓ Yes")
    assert juma.sees("How many trees did you plant: 12.5")
    assert not group.sees("12.5")
    await village.moves_to(OPENS_NEXT.replace(day=28))
    assert group.sees("❓ How many trees did you plant? 12.5")
    assert group.sees("❓ Did you come to the meeting? ✓ Yes")


async def test_a_line_of_the_groups_own_takes_a_voice_note_too(village: Village) -> None:
    [amina] = village.has("Amina")
    await forms_circle(village, "Kitui Circle", amina)
    await adopts(village, "line", "What worked for you?")
    await village.moves_to(OPENS)
    for label in USUAL_TAPS:
        await amina.taps(label)
    assert "What worked for you?" in amina.reads
    await amina.writes("Sharing the <b>cart</b>")
    await amina.writes("My line")
    await amina.taps("Like this")
    assert "What worked for you: “Sharing the <b>cart</b>”" in amina.reads
    assert "My words: “My line”" in amina.reads


async def test_what_rests_is_not_asked_until_it_is_woken(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await forms_circle(village, "Kitui Circle", amina, juma)
    await adopts(village, "yes_no", "Did you come?")
    before = (await village.agreed()).version
    await opens_questions(amina)
    for label in ("Debt", "A line", "Help exchanged", "Every third month", "Did you come?"):
        await amina.taps(label)
    assert "▫️ 💰 Debt" in amina.labels()
    assert (await village.agreed()).version == before, "nothing is kept yet"
    await amina.taps("Debt")
    await amina.taps("Debt")
    await amina.taps("Let it hold")
    assert "from the next check-in" in amina.toast
    assert (await village.agreed()).version == before + 1
    await juma.writes("/agreement")
    assert "At rest in the check-in: 💰 Debt, 🤲 Help exchanged, 💬 A line," in juma.reads
    assert "Did you come?" not in juma.reads
    await village.moves_to(OPENS)
    assert await asked_in(village, "2026-03") == [
        "goal",
        "hurdle",
        "help",
        "income",
        "savings",
        "share",
    ]
    for label in USUAL_TAPS[:-1]:
        await juma.taps(label)
    labels = " ".join(juma.labels())
    assert "My aims" in labels
    assert "My words" not in labels, "nothing is asked of which it could be"
    await juma.taps("Like this")
    assert not {"🤲 Help exchanged", "🧭 How I stand"} & set(juma.labels())

    await opens_questions(amina)
    await amina.taps("Debt")
    await amina.taps("Did you come?")
    await amina.taps("Let it hold")
    await village.moves_to(OPENS_NEXT)
    assert await asked_in(village, "2026-04") == [
        "goal",
        "hurdle",
        "help",
        "income",
        "savings",
        "debt",
        "own:1",
        "share",
    ]


async def test_an_old_list_of_questions_changes_nothing(village: Village) -> None:
    [amina] = village.has("Amina")
    await forms_circle(village, "Kitui Circle", amina)
    await opens_questions(amina)
    await amina.taps("Debt")
    old = amina.messages()[-1]
    hold = next(one for one in buttons_of(old) if "hold" in one.label)
    await adopts(village, "yes_no", "Did you come?")
    await amina.presses(hold)
    assert "✅ 💰 Debt" in amina.labels()
    assert (await village.agreed()).questions.resting == frozenset()


async def test_only_the_facilitator_changes_what_is_asked(village: Village) -> None:
    [amina, juma, eve] = village.has("Amina", "Juma", "Eve")
    group = await forms_circle(village, "Kitui Circle", amina, juma)
    await forms_circle(village, "Secret Society", eve)
    await amina.writes("/settings", in_group=True)
    await juma.taps("Questions", in_group=True)
    assert "Amina" in juma.reads, "the facilitator is named"
    version = (await village.agreed()).version
    for someone, told in ((juma, "Amina"), (eve, "cannot find")):
        message = someone.messages()[-1]
        for data in (
            "asks:1",
            "asks_new:1",
            "asks_kind:1:0",
            f"asks_mark:1:{version}:0",
            f"asks_hold:1:{version}:0",
        ):
            await someone.presses_data(message, data)
            assert told in someone.toast, data
    own = amina.messages()[-1]
    for data in ("asks:99", "asks_kind:1:4", f"asks_hold:1:{version}:512", "asks_mark:99:1:1"):
        await amina.presses_data(own, data)
        assert "cannot find" in amina.toast, data
    await amina.presses_data(group.messages[-1], "asks:1")
    assert "cannot find" in amina.toast
    assert (await village.agreed()).version == version


async def test_words_that_cannot_be_asked(village: Village) -> None:
    [amina] = village.has("Amina")
    await forms_circle(village, "Kitui Circle", amina)
    await opens_questions(amina)
    await amina.taps("A question of our own")
    await amina.taps("A line")
    assert "at most 120 signs" in amina.reads
    await amina.writes("so " * 50)
    assert "more than I can keep" in amina.reads
    await amina.writes("\u200b")
    assert "in words" in amina.reads
    await amina.writes("What worked?")
    assert "✅ What worked?" in amina.reads
    await amina.taps("A question of our own")
    await amina.taps("A line")
    await amina.taps("Leave it")
    await amina.writes("Not a question")
    assert "did not ask" in amina.reads


async def test_who_may_no_more_while_they_write_is_told_once(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await forms_circle(village, "Kitui Circle", amina, juma)
    await opens_questions(amina)
    await amina.taps("A question of our own")
    await amina.taps("A line")
    await leaves(amina)
    await amina.writes("What worked?")
    assert "cannot find" in amina.reads
    await amina.writes("What worked?")
    assert "did not ask" in amina.reads


async def test_a_decision_adopts_a_question_though_the_part_is_locked(village: Village) -> None:
    [amina] = village.has("Amina")
    await forms_circle(village, "Kitui Circle", amina)

    def lock(at: Transaction) -> None:
        agreed.lock(at, 1, "questions", by=None, decision_id=3)

    assert village.bot is not None
    await village.bot.database.transact(lock)
    await amina.writes("/settings", in_group=True)
    await amina.taps("Questions", in_group=True)
    assert "what the check-in asks" in amina.reads.lower()
    assert "locked" in amina.reads
    with pytest.raises(NotTheFacilitator):
        await adopts(village, "line", "What worked?", decision_id=None)

    def by_amina(at: Transaction) -> None:
        own_questions.adopt_question(at, 1, OwnQuestion("line", "What worked?"), by=1)

    with pytest.raises(PartLocked):
        await village.bot.database.transact(by_amina)
    for number in range(3):
        await adopts(village, "line", f"What worked, {number}?")
    with pytest.raises(TooManyQuestions):
        await adopts(village, "line", "One more?")
    assert (await village.agreed()).questions.own == (1, 2, 3)

    def decided(at: Reading) -> list[object]:
        rows = at.all("SELECT decision_id FROM agreements WHERE decision_id IS NOT NULL")
        return [row["decision_id"] for row in rows]

    assert await village.finds(decided) == [3, 7, 7, 7]


async def test_only_a_groups_own_questions_can_be_agreed_on(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await forms_circle(village, "Kitui Circle", amina)
    await forms_circle(village, "Choir", juma)
    await adopts(village, "yes_no", "Did you come?")

    def agree(at: Transaction, group_id: int, own: list[int]) -> None:
        agreed.amend(at, group_id, "questions", {"own": own}, by=None, decision_id=9)

    assert village.bot is not None
    for group_id, own in ((1, [1, 99]), (2, [1])):
        with pytest.raises(AgreementPartRefused):
            await village.bot.database.transact(agree, group_id, own)
    await village.moves_to(OPENS)
    assert "own:1" in await asked_in(village, "2026-03")


async def test_another_groups_question_is_nobodys(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await forms_circle(village, "Kitui Circle", amina)
    await forms_circle(village, "Choir", juma)
    await adopts(village, "yes_no", "Did you come?")
    await village.moves_to(OPENS)
    await juma.presses_data(juma.messages()[-1], "check:2:1003:0")
    assert "cannot find" in juma.toast
    assert not juma.sees("Did you come?")
    titles = await village.finds(lambda at: [one.title for one in groups.active(at)])
    assert titles == ["Kitui Circle", "Choir"]
    assert "Did you come?" not in "".join(words(one) for one in village.groups[1].messages)
