"""What members chose to let their group see of the month, once its round has closed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from circle import CLOSES, OPENS, USUAL_TAPS, forms_circle, has_goal, leaves, opens_circle
from village import Content, Group, Media, Someone, Village, photo, words

from bot.domain.own_questions import OwnQuestion
from bot.practices import own_questions, speaking
from bot.storage import chats, goals as goal_store, members
from bot.storage.database import Transaction
from bot.storage.goals import Terms
from sandbox.state import Message

TITLE = "What we shared of March"
AIMS, WAY, WORDS, HELP = "My aims", "⛰ In the way", "My words", "Help exchanged"


async def checks_in(
    someone: Someone, *items: str, line: str | Content = "", taps: tuple[str, ...] = USUAL_TAPS
) -> None:
    """Answer all of it, and let the group see these items."""
    for label in taps:
        await someone.taps(label)
    if isinstance(line, Content):
        await someone.sends(line)
    else:
        await (someone.writes(line) if line else someone.taps("Skip"))
    for item in items:
        await someone.taps(item)
    await someone.taps("Like this")


def shown_in(group: Group) -> list[Message]:
    return [one for one in group.messages if TITLE in words(one)]


def seen_in(group: Group) -> str:
    [message] = shown_in(group)
    return words(message)


async def closes(village: Village) -> None:
    await village.moves_to(CLOSES + timedelta(minutes=1))


# -- at the closing -------------------------------------------------------------------------------


async def test_what_was_chosen_stands_in_the_group_once_the_round_has_closed(
    village: Village,
) -> None:
    [amina, juma, neema, zuri] = village.has("Amina", "Juma", "Neema", "Zuri")
    group = await opens_circle(village, amina, juma, neema, zuri)
    await checks_in(amina, WORDS, line="We planted beans")
    await amina.taps("Help exchanged")
    await amina.taps("Work")
    await checks_in(juma, AIMS, WAY, line="My secret")
    await checks_in(neema, line="Nobody shall read this")
    for text in ("beans", "secret", "Nobody", "Time", "Work"):
        assert text not in group.read_all()
    await closes(village)
    assert seen_in(group).split("\n\n")[1:] == [
        "Amina\n💬 “We planted beans”",
        "Juma\n🎯 A goal: + A little\n⛰ In the way: ⏳ Time",
    ]
    for text in ("secret", "Nobody shall", "Neema", "Zuri", "More", "Less", "Work"):
        assert text not in group.read_all()
    await village.waits(days=20)
    assert len(shown_in(group)) == 1


async def test_where_nobody_shares_nothing_is_said(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await opens_circle(village, amina, juma)
    await checks_in(amina, line="We planted beans")
    before = len(group.messages)
    await closes(village)
    await village.waits(days=2)
    assert len(group.messages) == before


async def test_a_choice_holds_as_it_was_said_last_before_the_closing(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await opens_circle(village, amina, juma)
    await checks_in(amina, WORDS, line="We planted beans")
    await checks_in(juma, WORDS, line="A loan from my aunt")
    await juma.taps("Change")
    await juma.taps("The group sees")
    await juma.taps(WORDS)
    await juma.taps("Like this")
    await amina.taps("Change")
    await amina.taps("My words")
    await amina.writes("We planted maize")
    await closes(village)
    assert "Amina\n💬 “We planted maize”" in seen_in(group)
    assert "beans" not in group.read_all()
    assert "Juma" not in seen_in(group)
    assert "aunt" not in group.read_all()


async def test_what_was_chosen_last_month_is_not_shown_before_it_is_chosen_again(
    village: Village,
) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await opens_circle(village, amina, juma)
    await checks_in(amina, WORDS, line="We planted beans")
    await closes(village)
    await village.moves_to(datetime(2026, 4, 24, 15, 1, tzinfo=UTC))
    for label in USUAL_TAPS:
        await amina.taps(label)
    await amina.writes("I am ill")
    assert "✅ 💬 My words" in amina.labels()  # marked as last month, and not yet said
    await village.moves_to(datetime(2026, 4, 29, tzinfo=UTC))
    assert "What we shared of April" not in group.read_all()
    assert "ill" not in group.read_all()


async def test_of_a_private_goal_the_group_sees_how_it_moved_but_not_its_words(
    village: Village,
) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await forms_circle(village, "Kitui Circle", amina, juma)
    await has_goal(village, amina, "Rid of the debt")
    shared = await has_goal(village, amina, "Two goats", "farm")

    def share(at: Transaction) -> None:
        terms = Terms("Two goats", "farm", None, 1000, None, shared=True)
        goal_store.set_terms(at, shared, 1, terms)

    assert village.bot is not None
    await village.bot.database.transact(share)
    await village.moves_to(OPENS)
    for label in ("A little", "Back a bit", *USUAL_TAPS[1:], "Skip"):
        await amina.taps(label)
    await amina.taps(AIMS)
    assert "The group will see, once it closes:\n🎯 A goal: + A little\n🎯 “Two goats”: − Back" in (
        amina.reads
    )
    await amina.taps("Like this")
    await closes(village)
    assert "🎯 A goal: + A little\n🎯 “Two goats”: − Back a bit" in seen_in(group)
    assert "debt" not in group.read_all()


async def test_it_is_said_in_the_groups_language(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await opens_circle(village, amina, juma, language="es")
    await checks_in(amina, WAY)
    await closes(village)
    [message] = [one for one in group.messages if "Amina" in words(one) and "⏳" in words(one)]
    assert "In the way" not in words(message)
    assert "marzo" in words(message)


async def test_answers_to_the_groups_own_questions_are_chosen_too(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await forms_circle(village, "Kitui Circle", amina, juma)

    def adopt(at: Transaction) -> None:
        for kind, text in (("yes_no", "Did you come to the meeting?"), ("line", "What grew?")):
            question = OwnQuestion(kind, text)
            own_questions.adopt_question(at, 1, question, by=None, decision_id=1)

    assert village.bot is not None
    await village.bot.database.transact(adopt)
    await village.moves_to(OPENS)
    for someone, items in ((amina, ("Our questions",)), (juma, ())):
        for label in (*USUAL_TAPS, "✓ Yes"):
            await someone.taps(label)
        await someone.writes("Beans & maize")
        for label in ("Skip", *items, "Like this"):
            await someone.taps(label)
    await closes(village)
    assert seen_in(group).split("\n\n")[1:] == [
        "Amina\n❓ Did you come to the meeting? ✓ Yes\n❓ What grew? “Beans & maize”"
    ]


# -- when -----------------------------------------------------------------------------------------


async def test_closed_late_at_night_it_is_shown_in_the_morning(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await opens_circle(village, amina, juma)
    await checks_in(amina, WAY)
    await village.bot_stops()
    village.sandbox.clock.set(datetime(2026, 3, 30, 20, 0, tzinfo=UTC))  # eleven at night there
    await village.bot_starts()
    await village.waits(minutes=1)
    assert "Closed: 1 of 2" in group.read_all()
    assert shown_in(group) == []
    await village.moves_to(datetime(2026, 3, 31, 4, 1, tzinfo=UTC))
    assert "Amina" in seen_in(group)


async def test_a_week_later_it_is_no_news_any_more(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await opens_circle(village, amina, juma)
    await checks_in(amina, WAY)
    await village.bot_stops()
    village.sandbox.clock.set(CLOSES + timedelta(days=7, minutes=1))
    await village.bot_starts()
    await village.waits(days=1)
    assert "Closed: 1 of 2" in group.read_all()
    assert shown_in(group) == []


async def test_a_group_that_was_spoken_to_twice_today_sees_it_tomorrow(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await opens_circle(village, amina, juma)
    await checks_in(amina, WAY)
    await village.moves_to(CLOSES - timedelta(hours=1))

    def speak_twice(at: Transaction) -> None:
        chat = chats.by_telegram_id(at, group.id)
        assert chat is not None
        for _ in range(2):
            speaking.say(at, chat, "en", "refusals/our_mistake", urgency=speaking.UNASKED)

    assert village.bot is not None
    await village.bot.database.transact(speak_twice)
    village.bot.outbox.wake()
    await closes(village)
    assert shown_in(group) == []
    await village.moves_to(datetime(2026, 3, 29, 4, 59, tzinfo=UTC))
    assert shown_in(group) == []
    await village.moves_to(datetime(2026, 3, 29, 5, 1, tzinfo=UTC))  # eight in the morning there
    assert "Amina" in seen_in(group)


# -- taken back -----------------------------------------------------------------------------------


async def test_afterwards_it_can_be_taken_back_and_shown_again_where_it_stands(
    village: Village,
) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await opens_circle(village, amina, juma)
    await checks_in(amina, WORDS, line="We planted beans")
    await checks_in(juma, WORDS, line="Rain at last")
    await closes(village)
    for number in range(40):  # it lies far above now
        village.world.say(juma.id, group.id, f"So many words {number}")
    await village.waits(days=9)
    await amina.writes("/checkin")
    await amina.taps("What we shared")
    assert "We planted beans" in amina.reads
    assert "Rain at last" in amina.reads
    assert amina.labels() == ["🙈 Take mine back"]
    before = [one.message_id for one in group.messages]
    await amina.taps("Take mine back")
    assert "You took it back" in amina.reads
    assert "beans" not in group.read_all()
    assert "Rain at last" in seen_in(group)
    await juma.writes("/checkin")
    await juma.taps("What we shared")
    assert "beans" not in juma.reads
    await amina.taps("Let it be seen")
    assert "We planted beans" in seen_in(group)
    assert [one.message_id for one in group.messages] == before

    for someone in (amina, juma):
        await someone.taps("Take mine back")
    assert seen_in(group) == f"{TITLE}\n\nIt was taken back."
    assert not [one for one in amina.buttons(in_group=True) if "See all" in one.label]


async def test_of_who_leaves_nothing_is_shown_any_more(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await opens_circle(village, amina, juma)
    for someone, line in ((amina, "We planted beans"), (juma, "Rain at last")):
        await checks_in(someone, WORDS, line=line)
    await closes(village)
    await leaves(amina)
    assert "beans" not in group.read_all()
    assert "Rain at last" in seen_in(group)


async def test_who_leaves_before_the_closing_shares_nothing(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await opens_circle(village, amina, juma)
    await checks_in(amina, WORDS, line="We planted beans")
    await leaves(amina)
    await closes(village)
    assert shown_in(group) == []


# -- in private -----------------------------------------------------------------------------------


async def test_photos_and_voice_notes_are_seen_and_heard_in_private(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    group = await opens_circle(village, amina, juma, neema)
    picture = photo()
    await checks_in(amina, WORDS, line=Content(text="Our beans", media=picture.media))
    await checks_in(juma, WORDS, line=Content(media=Media("voice")))
    await closes(village)
    assert "Amina\n📷 “Our beans”" in seen_in(group)
    assert "Juma\n🎤 a voice note" in seen_in(group)
    assert not [one for one in group.messages if one.content.media]
    await neema.taps("See all in private", in_group=True)
    assert "Amina\n📷 “Our beans”" in neema.reads
    assert neema.labels() == ["📷 Amina", "🎤 Juma"]
    await neema.taps("📷 Amina")
    assert sent_last(neema) == "photo"
    assert "Amina\n“Our beans”" in neema.reads
    await neema.taps("🎤 Juma")
    assert sent_last(neema) == "voice"

    await amina.taps("See all in private", in_group=True)
    await amina.taps("Take mine back")
    count = len(neema.messages())
    await neema.taps("📷 Amina")
    assert "nothing shared here" in neema.toast
    assert len(neema.messages()) == count
    await amina.taps("📷 Amina")  # her own
    assert sent_last(amina) == "photo"


def sent_last(someone: Someone) -> str | None:
    media = someone.messages()[-1].content.media
    return None if media is None else media.kind


async def test_many_have_pages_and_the_group_a_part_of_them(village: Village) -> None:
    folk = village.has(*(f"Member {number:02}" for number in range(1, 15)))
    group = await opens_circle(village, *folk)
    for number, someone in enumerate(folk):
        for data in ("check:1:1:2", f"check_share:1:8:{1 if number else 0}"):
            await someone.presses_data(someone.messages()[-1], data)
    await closes(village)
    seen = seen_in(group)
    assert seen.count("🎯") == 12
    assert "… and 1 more" in seen
    assert "Member 01" not in seen  # shared nothing
    reader = folk[-1]
    await reader.taps("See all in private", in_group=True)
    assert reader.reads.index("Member 14") < reader.reads.index("Member 02")  # one's own first
    assert "· 1/4" in reader.reads
    for _ in range(3):
        await reader.taps("More ▶")
    assert "· 4/4" in reader.reads
    assert "Member 13" in reader.reads
    assert reader.labels() == ["◀ Back"]
    await reader.presses_data(reader.messages()[-1], "shared:1:99")
    assert "Member 13" in reader.reads


async def test_long_words_fit_into_the_message(village: Village) -> None:
    folk = village.has(*(f"{number} " + "😀" * 30 for number in range(6)))
    group = await forms_circle(village, "Kitui Circle", *folk)

    def set_goals(at: Transaction) -> list[list[int]]:
        terms = Terms("🐐" * 200, "farm", None, 1000, None, shared=True)
        return [
            [
                goal_store.add(
                    at,
                    member_id=one.id,
                    person_id=one.person_id,
                    measure="number",
                    currency=None,
                    terms=terms,
                    from_value=0,
                )
                for _ in range(5)
            ]
            for one in members.of_group(at, 1)
        ]

    assert village.bot is not None
    of_each = await village.bot.database.transact(set_goals)
    await village.moves_to(OPENS)
    for someone, mine in zip(folk, of_each, strict=True):
        for data in (*(f"check:1:{1000 + 2 * one}:2" for one in mine), "check_show:1:5"):
            await someone.presses_data(someone.messages()[-1], data)
        await someone.writes("🌽" * 2000)
        await someone.presses_data(someone.messages()[-1], "check_share:1:8:5")
    await closes(village)
    assert 2500 < len(seen_in(group).encode("utf-16-le")) // 2 <= 4096
    assert "more" in seen_in(group)
    await folk[0].taps("See all in private", in_group=True)
    assert folk[0].reads.count("🌽" * 100) == 4
    assert "· 1/2" in folk[0].reads


async def test_nobody_else_sees_it_and_forged_presses_change_nothing(village: Village) -> None:
    [amina, juma, zuri] = village.has("Amina", "Juma", "Zuri")
    group = await forms_circle(village, "Kitui Circle", amina, juma)
    other = await forms_circle(village, "Machakos", zuri)
    await village.moves_to(OPENS)
    await checks_in(amina, WORDS, line=Content(text="Our beans", media=photo().media))
    for data in ("shared:1:0", "shared_media:1"):  # the round is open
        await juma.presses_data(juma.messages()[-1], data)
        assert "nothing shared here" in juma.toast
    await closes(village)
    before = seen_in(group)
    check_in = await village.finds(
        lambda at: at.value("SELECT check_in_id FROM check_in_answers LIMIT 1")
    )
    for data in (
        "shared:1:0",
        "shared:99:0",
        f"shared_media:{check_in}",
        "shared_media:99",
        f"shared_back:{check_in}",
        f"shared_again:{check_in}",
        "shared_back:99",
    ):
        await zuri.presses_data(zuri.messages()[-1], data)
        assert "nothing shared here" in zuri.toast, data
    for data in (f"shared_back:{check_in}", f"shared_again:{check_in}"):
        await juma.presses_data(juma.messages()[-1], data)
        assert "nothing shared here" in juma.toast, data
    for data in ("shared:1:0", f"shared_media:{check_in}", f"shared_back:{check_in}"):
        await amina.presses_data(group.messages[-1], data)
        assert amina.toast
    assert seen_in(group) == before
    url = amina.button("See all in private", in_group=group).url
    assert url is not None
    await zuri.follows(url)
    assert "for members of the group" in zuri.reads
    assert "beans" not in zuri.read_all() + other.read_all()


async def test_what_was_shared_lies_sealed_all_the_same(village: Village, tmp_path: Path) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await opens_circle(village, amina, juma)
    await checks_in(amina, WORDS, line="Quagga beans")
    await closes(village)
    assert "Quagga" in seen_in(village.group)
    assert village.bot is not None
    copy = tmp_path / "copy.db"
    await village.bot.database.copy_to(copy)
    assert b"Quagga" not in copy.read_bytes()
    kept = await village.finds(
        lambda at: at.value("SELECT count(*) FROM outbox WHERE content IS NOT NULL")
    )
    assert kept == 0
