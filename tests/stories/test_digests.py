from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from circle import answers_all, joins, leaves
from contribution_village import PAID, YES, march
from village import Group, Someone, Village, words

from bot.domain.agreement import Digest
from bot.domain.plans import Contribution
from bot.practices import digests as practice, speaking
from bot.storage import chats, groups
from bot.storage.database import Transaction
from sandbox.state import Message

FIRST_OF_APRIL = datetime(2026, 4, 1, 15, 0, tzinfo=UTC)  # six in the evening in Nairobi
PNG = b"\x89PNG\r\n\x1a\n"


async def kitui(
    village: Village,
    *names: str,
    title: str = "Kitui",
    **parts: Any,  # noqa: ANN401 - any part of an agreement
) -> list[Someone]:
    people = village.has(*names)
    group = await village.forms_group(title, *people)
    await village.is_set_up(group, *people, **parts)
    return people


def digests_in(group: Group) -> list[Message]:
    return [
        one for one in group.messages if one.content.media and one.content.media.kind == "photo"
    ]


def shown_by(message: Message) -> tuple[str, bytes]:
    assert message.content.media is not None
    assert message.content.media.file is not None
    return words(message), message.content.media.file.content


def reactions(group: Group) -> list[str]:
    return [emoji for one in group.chat.messages.values() for emoji in one.reactions.values()]


async def a_full_month(village: Village, amina: Someone, juma: Someone, neema: Someone) -> None:
    """Thanks, a poll, contributions, a check-in, and somebody new."""
    await amina.writes("/poll When do we meet? | Friday | Sunday", in_group=True)
    poll = [one for one in village.group.messages if one.content.poll][-1]
    for one, option in ((amina, 0), (juma, 1), (neema, 0)):
        await one.votes(option, message=poll)
    await village.moves_to(march(3))
    await amina.taps(PAID)
    await juma.taps(YES)
    await amina.writes("/thanks Juma for carrying the water", in_group=True)
    await village.moves_to(march(25))
    for one in (amina, neema):
        await answers_all(one)


EVERYTHING: dict[str, Any] = {
    "practices": frozenset({"check_ins", "contributions", "polls", "digests"}),
    "plans": (Contribution(50_000, how_to_pay="M-Pesa to Neema, 0712 345 678"),),
}


async def test_a_month_is_told_on_the_first_of_the_next_in_words_and_a_picture(
    village: Village,
) -> None:
    amina, juma, neema = await kitui(village, "Amina", "Juma", "Neema", **EVERYTHING)
    await a_full_month(village, amina, juma, neema)
    assert digests_in(village.group) == []

    await village.moves_to(FIRST_OF_APRIL)
    [digest] = digests_in(village.group)
    told, picture = shown_by(digest)
    assert told.splitlines()[:3] == ["Kitui", "March 2026", ""]
    for line in (
        "✅ 2 of 3 members checked in.",
        "💰 In the fund: KES\u00a0500.00.",
        "KES\u00a0500.00 more than when the month began.",
        "1 of 3 households have paid.",
        "🗳 1 poll",
        "→ Friday: 2 of 3 votes",
        "🙏 1 thank-you",
        "Amina to Juma: for carrying the water",
        "👋 3 new members",
        "Amina, Juma, and Neema",
        "📅 Coming up",
        "Sunday, April 5: contribution",
        "Friday, April 24: check-in",
        "Friday, May 1: next digest",
    ):
        assert line in told.splitlines()
    assert "Code of the book:" in told
    assert len(told.encode("utf-16-le")) // 2 <= 1024
    assert picture.startswith(PNG)
    assert len(picture) > 5000

    await village.waits(days=20)
    assert len(digests_in(village.group)) == 1


async def test_each_month_tells_its_own(village: Village) -> None:
    amina, juma = await kitui(village, "Amina", "Juma")
    await amina.writes("/thanks Juma for the water", in_group=True)
    await village.moves_to(FIRST_OF_APRIL)
    await juma.writes("/thanks Amina for the bread", in_group=True)
    await village.moves_to(datetime(2026, 5, 1, 15, 0, tzinfo=UTC))
    march_, april = (words(one) for one in digests_in(village.group))
    assert "water" in march_
    assert "bread" not in march_
    assert "April 2026" in april
    assert "bread" in april
    assert "water" not in april
    assert "new member" not in april


async def test_a_silent_month_is_silent(village: Village) -> None:
    amina, _juma = await kitui(village, "Amina", "Juma")
    await village.moves_to(FIRST_OF_APRIL)
    assert len(digests_in(village.group)) == 1  # two new members
    said = len(village.group.messages)
    cards = village.group.read_all().count("Check-in for")
    await village.moves_to(datetime(2026, 6, 15, tzinfo=UTC))
    assert len(digests_in(village.group)) == 1
    more = village.group.read_all().count("Check-in for") - cards
    assert len(village.group.messages) == said + more  # and nothing else was said

    await amina.writes("/digest", in_group=True)
    assert "There is nothing to tell of June 2026 yet." in village.group.reads
    assert "July 1: next digest" in village.group.reads


async def test_two_groups_two_languages_and_nothing_crosses_over(village: Village) -> None:
    amina, juma = await kitui(village, "Amina", "Juma")
    [rosa] = village.has("Rosa", language="es")
    barrio = await village.forms_group("El Barrio", rosa, amina)
    await village.is_set_up(barrio, rosa, amina, language="es", zone="America/Lima")
    await juma.writes("/thanks Amina for the bread", in_group=True)
    await rosa.writes("/thanks Amina por todo", in_group=barrio)

    await village.moves_to(datetime(2026, 4, 2, 0, 0, tzinfo=UTC))
    [english], [spanish] = digests_in(village.group), digests_in(barrio)
    assert english.date == int(FIRST_OF_APRIL.timestamp())
    at_six = int(datetime(2026, 4, 1, 23, 0, tzinfo=UTC).timestamp())
    assert 0 <= spanish.date - at_six < 60  # the clock goes on while it is sent
    assert "bread" in words(english)
    assert "por todo" not in words(english)
    assert "por todo" in words(spanish)
    assert "bread" not in words(spanish)
    assert "marzo" in words(spanish).lower()

    await amina.writes("/digest")  # in private: of which group?
    assert set(amina.labels()) == {"Kitui", "El Barrio"}
    await amina.taps("El Barrio")
    assert words(amina.messages()[-1]).startswith("El Barrio")


async def test_asked_for_twice_it_is_the_same_and_posted_once(village: Village) -> None:
    amina, juma = await kitui(village, "Amina", "Juma")
    await amina.writes("/digest", in_group=True)
    first = shown_by(digests_in(village.group)[0])
    assert "March 2026 so far" in first[0]

    await juma.writes("/digest", in_group=True)
    assert len(digests_in(village.group)) == 1
    assert reactions(village.group) == ["👍"]

    for _ in range(6):  # it lies far above now
        await amina.writes("So many words", in_group=True)
        await juma.writes("So many more", in_group=True)
    await juma.writes("/digest", in_group=True)
    [standing] = digests_in(village.group)
    assert standing is village.group.messages[-1]
    assert shown_by(standing) == first

    await amina.writes("/thanks Juma for all", in_group=True)
    await amina.writes("/digest", in_group=True)
    [standing] = digests_in(village.group)
    assert "Amina to Juma: for all" in words(standing)

    for _ in range(2):
        await amina.writes("/digest")
    assert shown_by(amina.messages()[-1]) == shown_by(amina.messages()[-2]) == shown_by(standing)


async def test_what_was_said_can_be_read_again_as_it_was_said(village: Village) -> None:
    amina, juma = await kitui(village, "Amina", "Juma")
    await amina.writes("/thanks Juma for the water", in_group=True)
    await village.moves_to(FIRST_OF_APRIL)
    said = shown_by(digests_in(village.group)[0])

    await juma.taps("Leave it out")  # too late for March
    await amina.writes("/digest", in_group=True)
    assert "nothing to tell of April 2026 yet" in village.group.reads
    await juma.taps("Read March 2026", in_group=True)
    assert shown_by(juma.messages()[-1]) == said

    [bakari] = village.has("Bakari")
    await bakari.follows(amina.button("Read March 2026", in_group=True).url or "")
    assert "members of the group" in bakari.reads


async def test_a_digest_that_is_days_late_is_caught_up_in_the_morning(village: Village) -> None:
    _amina, _juma = await kitui(village, "Amina", "Juma")
    await village.bot_stops()
    village.sandbox.clock.set(datetime(2026, 4, 6, 20, 0, tzinfo=UTC))  # eleven at night there
    await village.bot_starts()
    await village.waits(minutes=1)
    assert digests_in(village.group) == []
    await village.moves_to(datetime(2026, 4, 7, 4, 1, tzinfo=UTC))
    [digest] = digests_in(village.group)
    assert "March 2026" in words(digest)


async def test_a_digest_that_is_too_late_is_let_go_and_the_next_tells_its_own(
    village: Village,
) -> None:
    amina, _juma = await kitui(village, "Amina", "Juma")
    await village.bot_stops()
    village.sandbox.clock.set(datetime(2026, 4, 9, 9, 0, tzinfo=UTC))
    await village.bot_starts()
    await village.waits(minutes=1)
    assert digests_in(village.group) == []
    await amina.writes("/thanks Juma for waiting", in_group=True)
    await village.moves_to(datetime(2026, 5, 1, 15, 0, tzinfo=UTC))
    [digest] = digests_in(village.group)
    assert "April 2026" in words(digest)
    assert "new member" not in words(digest)


async def test_at_night_it_waits_for_the_morning(village: Village) -> None:
    await kitui(village, "Amina", "Juma", digest=Digest(day=1, hour=23))
    await village.moves_to(datetime(2026, 4, 2, 3, 59, tzinfo=UTC))
    assert digests_in(village.group) == []
    await village.moves_to(datetime(2026, 4, 2, 4, 0, tzinfo=UTC))
    [digest] = digests_in(village.group)
    assert "March 2026" in words(digest)


def speak_twice(at: Transaction, chat_id: int) -> None:
    chat = chats.by_telegram_id(at, chat_id)
    assert chat is not None
    for _ in range(2):
        speaking.say(at, chat, "en", "refusals/our_mistake", urgency=speaking.UNASKED)


async def test_a_group_that_was_spoken_to_twice_today_hears_it_tomorrow(village: Village) -> None:
    await kitui(village, "Amina", "Juma")
    await village.moves_to(datetime(2026, 4, 1, 12, 0, tzinfo=UTC))
    assert village.bot is not None
    await village.bot.database.transact(speak_twice, village.group.id)
    village.bot.outbox.wake()
    await village.settles()
    await village.moves_to(FIRST_OF_APRIL)
    assert digests_in(village.group) == []
    await village.moves_to(datetime(2026, 4, 2, 15, 0, tzinfo=UTC))
    assert len(digests_in(village.group)) == 1


def change_day(at: Transaction, chat_id: int, day: int) -> None:
    chat = chats.by_telegram_id(at, chat_id)
    assert chat is not None
    group = groups.of_chat(at, chat.id)
    assert group is not None
    agreement = groups.agreement(at, group.id)
    groups.agree(at, group.id, replace(agreement, digest=Digest(day=day)), changed_by=None)
    for _ in range(3):
        practice.plan(at, group.id)


async def test_another_day_in_the_same_month_does_not_tell_it_twice(village: Village) -> None:
    amina, _juma = await kitui(village, "Amina", "Juma")
    await village.moves_to(FIRST_OF_APRIL)
    assert village.bot is not None
    await village.bot.database.transact(change_day, village.group.id, 15)
    await amina.writes("/thanks Juma for the day", in_group=True)
    await village.moves_to(datetime(2026, 4, 30, tzinfo=UTC))
    assert len(digests_in(village.group)) == 1
    await village.moves_to(datetime(2026, 5, 15, 15, 0, tzinfo=UTC))
    assert len(digests_in(village.group)) == 2


async def test_somebody_who_left_is_not_named_as_new_and_may_not_ask(village: Village) -> None:
    amina, _juma = await kitui(village, "Amina", "Juma")
    [neema] = village.has("Neema")
    village.world.join(neema.id, village.group.id)
    await village.settles()
    await joins(neema)
    await leaves(neema, "Kitui")
    await neema.writes("/digest", in_group=True)
    assert "members of the group" in village.group.reads
    await neema.writes("/digest")
    assert "You are in no group" in neema.reads
    await amina.writes("/digest", in_group=True)
    assert "Neema" not in village.group.reads


async def test_it_is_pinned_where_the_group_wishes_in_place_of_the_one_before(
    village: Village,
) -> None:
    amina, _juma = await kitui(village, "Amina", "Juma", digest=Digest(is_pinned=True))
    group = village.group
    village.world.promote(village.world.bot.id, group.id)
    await village.moves_to(FIRST_OF_APRIL)
    [first] = digests_in(group)
    assert group.chat.pinned == [first.message_id]
    await amina.writes("/thanks Juma for the maize", in_group=True)
    await village.moves_to(datetime(2026, 5, 1, 15, 0, tzinfo=UTC))
    [_, second] = digests_in(group)
    assert group.chat.pinned == [second.message_id]


async def test_a_group_that_moves_unpins_nobody_elses_message(village: Village) -> None:
    """In a supergroup ids begin anew: ours of before may be another message's there."""
    amina, _juma = await kitui(village, "Amina", "Juma", digest=Digest(is_pinned=True))
    village.world.promote(village.world.bot.id, village.group.id)
    await village.moves_to(FIRST_OF_APRIL)
    [before] = village.group.chat.pinned
    village.world.migrate(village.group.id)
    await village.settles()
    chat = village.group.chat
    while before not in chat.messages:
        village.world.say(amina.id, chat.id, "…")
    village.world.pin(chat.messages[before], by=amina.id)
    village.world.promote(village.world.bot.id, chat.id)
    await amina.writes("/thanks Juma for the maize", in_group=True)
    await village.moves_to(datetime(2026, 5, 1, 15, 0, tzinfo=UTC))
    assert before in chat.pinned
    assert len(chat.pinned) == 2


async def test_it_stands_unpinned_where_we_may_not_pin_or_nobody_wishes_it(
    village: Village,
) -> None:
    await kitui(village, "Amina", "Juma", digest=Digest(is_pinned=True))
    await village.moves_to(FIRST_OF_APRIL)
    assert len(digests_in(village.group)) == 1
    assert village.group.chat.pinned == []
    assert await village.finds(lambda at: groups.by_id(at, 1).state) == "active"

    await kitui(village, "Neema", "Otieno", title="Makueni")
    village.world.promote(village.world.bot.id, village.groups[1].id)
    await village.moves_to(datetime(2026, 5, 1, 15, 0, tzinfo=UTC))
    assert len(digests_in(village.groups[1])) == 1
    assert village.groups[1].chat.pinned == []


async def test_a_forged_press_does_not_tell_one_group_about_another(village: Village) -> None:
    amina, juma = await kitui(village, "Amina", "Juma")
    barrio = await village.forms_group("El Barrio", juma, amina)
    await village.is_set_up(barrio, juma)
    said = barrio.read_all()
    for number in (1, 2, 77, 2**61):
        await amina.presses_data(barrio.messages[0], f"digest:{number}")
        assert amina.toast
    assert barrio.read_all() == said
    await amina.presses_data(amina.messages()[0], "digest:2")  # not her group
    assert "members of the group" in amina.toast


async def test_a_group_that_adds_the_bot_again_hears_what_is_not_too_old(village: Village) -> None:
    amina, juma = await kitui(village, "Amina", "Juma")
    village.world.remove_bot(village.group.id, by=amina.id)
    await village.settles()
    await village.moves_to(datetime(2026, 4, 3, 9, 0, tzinfo=UTC))
    assert digests_in(village.group) == []

    village.world.add_bot(village.group.id, by=amina.id)
    await village.settles()
    await village.waits(minutes=5)
    [digest] = digests_in(village.group)
    assert "March 2026" in words(digest)
    await juma.writes("/thanks Amina for asking it back", in_group=True)
    await village.moves_to(datetime(2026, 5, 1, 15, 0, tzinfo=UTC))
    assert len(digests_in(village.group)) == 2


async def test_what_the_group_leaves_out_is_not_told_to_anybody(village: Village) -> None:
    amina, juma = await kitui(village, "Amina", "Juma")
    await amina.writes("/thanks Juma for the water", in_group=True)
    await amina.writes("/poll When do we meet? | Friday | Sunday", in_group=True)
    await amina.writes("/settings")
    await amina.taps("the digest")
    await amina.taps("Thanks")
    await amina.taps("Leave it out")
    assert "The digest leaves out: Thanks" in amina.reads
    await amina.taps("Who is new")
    await amina.taps("Leave it out")
    assert "The digest leaves out: Who is new" in amina.reads
    await amina.writes("/digest", in_group=True)
    await village.moves_to(FIRST_OF_APRIL)
    told = words(digests_in(village.group)[-1])
    assert "1 poll" in told
    assert "thank" not in told
    assert "new member" not in told
    await amina.writes("/settings")
    await amina.taps("the digest")
    await amina.taps("Thanks")
    await amina.taps("Tell it")
    assert "The digest leaves out: Thanks" not in amina.reads
    await juma.writes("/thanks Amina for the bread", in_group=True)
    await juma.writes("/digest", in_group=True)
    assert "for the bread" in words(digests_in(village.group)[-1])
