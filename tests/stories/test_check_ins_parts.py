"""What is folded away in the check-in: how one stands every third month, and what one turned on."""

from datetime import UTC, datetime

from circle import OPENS, OPENS_NEXT, answers_all, forms_circle, leaves, opens_circle, round_card
from village import Someone, Village, buttons_of, words

from bot.domain.check_ins import STANDING
from bot.storage import check_ins as store
from bot.storage.database import Reading

STANDING_TAPS = ("3 Mostly", "4 Always", "2 Some", "3 to 5", "3 Much", "2 It depends")


async def asked_months(village: Village) -> list[tuple[str, bool]]:
    """Every month that opened, and whether it asked how one stands."""

    def read(at: Reading) -> list[tuple[str, bool]]:
        rounds = [store.round_by_id(at, row["id"]) for row in at.all("SELECT id FROM rounds")]
        return [
            (one.month, set(STANDING) <= {question.key for question in one.questions})
            for one in rounds
            if one is not None
        ]

    return await village.finds(read)


def sees_button(someone: Someone, label: str) -> bool:
    return any(label in one.label for one in someone.buttons())


async def turns_on(someone: Someone, label: str) -> None:
    await someone.taps("My journal")
    await someone.taps(label)
    await someone.taps("All is well")


async def test_every_third_month_six_more_are_there_for_who_likes(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await opens_circle(village, amina, juma)
    await answers_all(amina)
    assert "you are in for March" in amina.reads, "in without them"
    assert "1 of 2 are in" in round_card(group)
    assert "Every third month there are six more" in amina.reads
    await amina.taps("How I stand")
    for label in STANDING_TAPS:
        assert amina.labels()[-1] == "Skip ▶"
        await amina.taps(label)
    assert "Keeping at it: 4 Always" in amina.reads
    assert "I can count on: 3 to 5" in amina.reads
    assert "six more" not in amina.reads
    assert "🧭 How I stand" not in amina.labels()
    told = group.read_all() + juma.read_all()
    assert not [label for label in STANDING_TAPS if label in told]

    await village.moves_to(OPENS_NEXT)
    await answers_all(amina)
    assert "six more" not in amina.read_all()
    assert not sees_button(amina, "How I stand")


async def test_it_comes_every_third_month_and_is_made_up_for(village: Village) -> None:
    [amina] = village.has("Amina")
    await opens_circle(village, amina)
    for month in (4, 5):
        await village.moves_to(datetime(2026, month, 24, 15, tzinfo=UTC))
    await village.bot_stops()
    village.sandbox.clock.set(datetime(2026, 7, 20, tzinfo=UTC))  # June is let go
    await village.bot_starts()
    for month in (7, 8, 9, 10):
        await village.moves_to(datetime(2026, month, 24, 15, tzinfo=UTC))
    assert await asked_months(village) == [
        ("2026-03", True),
        ("2026-04", False),
        ("2026-05", False),
        ("2026-07", True),
        ("2026-08", False),
        ("2026-09", False),
        ("2026-10", True),
    ]


async def test_what_a_member_turns_on_is_asked_of_them_alone(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await opens_circle(village, amina, juma)
    before = group.read_all()
    await answers_all(amina)
    await answers_all(juma)
    assert "🎒 Children's school" not in amina.labels()
    await turns_on(amina, "Children's school")
    assert "🎒 Children's school" in amina.labels()
    await amina.taps("Children's school")
    assert "could they go to school" in amina.reads
    await amina.taps("Almost always")
    assert "And learning" in amina.reads
    await amina.taps("Better")
    assert "School: ✓ Almost always" in amina.reads
    assert "Learning: + Better" in amina.reads

    await juma.writes("/checkin")
    assert "🎒 Children's school" not in juma.labels()
    assert before.replace("0 of 2", "2 of 2") == group.read_all()

    await village.moves_to(OPENS_NEXT)
    await answers_all(amina)
    assert sees_button(amina, "Children's school"), "it is remembered"
    await amina.taps("Children's school")
    await amina.taps("No school now")
    assert "Learning" not in amina.reads, "nothing further to ask"


async def test_what_is_turned_off_is_asked_no_more(village: Village) -> None:
    [amina] = village.has("Amina")
    await opens_circle(village, amina)
    await answers_all(amina)
    await turns_on(amina, "Health")
    await amina.taps("Health")
    asked = next(one for one in amina.messages() if "health of your home" in words(one))
    poor = next(one for one in buttons_of(asked) if "Poor" in one.label)
    await amina.taps("Skip")
    await amina.taps("Skip")
    await amina.taps("Skip")
    await amina.taps("My journal")
    assert "✅ ❤️ Health" in amina.labels()
    await amina.taps("Health")
    assert "▫️ ❤️ Health" in amina.labels()
    await amina.taps("All is well")
    assert "Health" not in amina.reads
    await amina.presses(poor)
    assert "cannot find" in amina.toast


async def test_every_module_is_turned_on_and_walked_through(village: Village) -> None:
    [amina] = village.has("Amina")
    await opens_circle(village, amina)
    await answers_all(amina)
    for module in ("Children's school", "My own business", "Benefits", "Health", "Home"):
        await turns_on(amina, module)
        await amina.taps(module)
        taps = 0
        while "Skip ▶" in amina.labels():
            await amina.presses(buttons_of(amina.messages()[-1])[1])
            taps += 1
        assert taps in {2, 3}, "a few short questions each"
        assert not [one for one in amina.labels() if module in one]


async def test_nobody_chooses_for_another_or_from_outside(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await forms_circle(village, "Kitui Circle", amina)
    await forms_circle(village, "Secret Society", juma)
    await village.moves_to(OPENS)
    message = amina.messages()[-1]
    for data in ("journal_choices:2", "journal_choose:2:0:1", "journal_choose:1:9:1"):
        await amina.presses_data(message, data)
        assert "cannot find" in amina.toast
    post = group.messages[-1]
    await amina.presses_data(post, "journal_choose:1:0:1")
    assert "cannot find" in amina.toast
    await leaves(amina)
    await amina.presses_data(message, "journal_choices:1")
    assert "cannot find" in amina.toast
    assert await village.finds(lambda at: at.value("SELECT count(*) FROM journal_choices")) == 0


async def test_a_choice_pressed_twice_is_kept_once(village: Village) -> None:
    [amina] = village.has("Amina")
    await opens_circle(village, amina)
    for _ in range(2):
        await amina.presses_data(amina.messages()[-1], "journal_choose:1:0:1")
    assert await village.finds(lambda at: at.value("SELECT count(*) FROM journal_choices")) == 1
