import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from circle import leaves
from village import Someone, Village

from bot.practices import polls as practice
from bot.storage import polls
from bot.storage.database import Reading, Transaction
from sandbox.faults import Fault
from sandbox.state import Message, Poll


async def kitui(village: Village, *names: str, **parts: Any) -> list[Someone]:  # noqa: ANN401 - any part
    people = village.has(*names)
    group = await village.forms_group("Kitui", *people)
    await village.is_set_up(group, *people, zone="Africa/Nairobi", **parts)
    return people


def poll_in(village: Village) -> Message:
    return [one for one in village.group.messages if one.content.poll][-1]


def telegrams(message: Message) -> Poll:
    assert message.content.poll is not None
    return message.content.poll


def polls_in(village: Village) -> list[Message]:
    return [one for one in village.group.messages if one.content.poll]


def kept(at: Reading, poll_id: int = 1) -> list[int]:
    return polls.counts(at, polls.by_id(at, poll_id))


async def counts(village: Village, poll_id: int = 1) -> list[int]:
    assert village.bot is not None
    return await village.bot.database.read(kept, poll_id)


def reactions_to(village: Village, text: str) -> set[str]:
    chat = village.group.chat
    return {
        emoji
        for one in chat.messages.values()
        if one.content.text == text
        for emoji in one.reactions.values()
    }


async def test_a_telegram_of_before_options_had_ids_counts_by_their_place(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Bot API server of one's own may be older than 10.0: it sends no ids of options."""
    take, new = village.world.updates.take, ("persistent_id", "allows_revoting", "members_only")

    def takes(limit: int) -> list[Any]:
        text = re.sub(r'"option_persistent_ids": \[[^]]*\],? ?', "", json.dumps(take(limit)))
        text = re.sub(rf'"({"|".join(new)})": [^,]*, ', "", text)
        assert not any(name in text for name in new)
        found: list[Any] = json.loads(text)
        return found

    monkeypatch.setattr(type(village.world.updates), "take", lambda _self, limit: takes(limit))
    amina, juma = await kitui(village, "Amina", "Juma")
    await amina.writes("/poll When do we meet? | Friday | Sunday", in_group=True)
    poll = poll_in(village)
    await amina.votes(1, message=poll)
    await juma.writes("both are good", in_group=True, reply_to=poll)
    await juma.votes(0, message=poll)
    await amina.votes(message=poll)
    assert await counts(village) == [1, 0]
    assert await village.finds(lambda at: at.value("SELECT count(*) FROM updates_failed")) == 0


async def test_a_member_asks_and_everybodys_last_vote_counts(village: Village) -> None:
    amina, juma, neema = await kitui(village, "Amina", "Juma", "Neema")
    await amina.writes("/poll When do we meet? | Friday | Sunday", in_group=True)

    poll = poll_in(village)
    assert telegrams(poll).question == "When do we meet?"
    assert [one.text for one in telegrams(poll).options] == ["Friday", "Sunday"]
    assert not telegrams(poll).is_anonymous
    assert "Wednesday" in telegrams(poll).description
    assert "6:00" in telegrams(poll).description

    await amina.votes(0, message=poll)
    await juma.votes(0, message=poll)
    await neema.votes(1, message=poll)
    await juma.votes(1, message=poll)
    assert await counts(village) == [1, 2]

    await neema.votes(message=poll)  # taken back
    assert await counts(village) == [1, 1]


async def test_it_closes_in_the_evening_two_days_on_and_nothing_is_said(village: Village) -> None:
    amina, juma = await kitui(village, "Amina", "Juma")
    await amina.writes("/poll Goats or chickens? | Goats | Chickens", in_group=True)
    poll = poll_in(village)
    await juma.votes(0, message=poll)
    said = len(village.group.messages)

    await village.moves_to(datetime(2026, 3, 4, 14, 59, tzinfo=UTC))
    assert not telegrams(poll).is_closed
    await village.waits(minutes=2)  # 18:00 in Nairobi
    assert telegrams(poll).is_closed
    assert len(village.group.messages) == said

    assert village.bot is not None
    assert await village.bot.database.read(polls.totals, 1) == [[1, 0]]


async def test_lines_do_as_well_as_bars(village: Village) -> None:
    [amina] = await kitui(village, "Amina")
    await amina.writes("/poll\nWhere do we meet?\nThe school\nThe church", in_group=True)
    assert telegrams(poll_in(village)).question == "Where do we meet?"
    assert [one.text for one in telegrams(poll_in(village)).options] == ["The school", "The church"]


async def test_who_asked_closes_it_sooner_and_nobody_else_does(village: Village) -> None:
    _amina, juma, neema = await kitui(village, "Amina", "Juma", "Neema")
    await juma.writes("/poll Rain? | Yes | No", in_group=True)
    poll = poll_in(village)

    await neema.writes("/poll", in_group=True, reply_to=poll)
    assert "Only Juma" in village.group.reads
    assert not telegrams(poll).is_closed

    said = len(village.group.messages)
    await juma.writes("/poll close", in_group=True, reply_to=poll)
    assert telegrams(poll).is_closed
    assert len(village.group.messages) == said
    assert reactions_to(village, "/poll close") == {"👍"}

    await juma.writes("/poll", in_group=True, reply_to=poll)
    assert "closed already" in village.group.reads
    await village.waits(days=3)  # and the hour that was planned does nothing


async def test_a_facilitator_may_close_it_too(village: Village) -> None:
    amina, juma = await kitui(village, "Amina", "Juma")
    await juma.writes("/poll Rain? | Yes | No", in_group=True)
    await amina.writes("/poll", in_group=True, reply_to=poll_in(village))
    assert telegrams(poll_in(village)).is_closed


async def test_what_is_wrong_is_said_with_what_was_written(village: Village) -> None:
    [amina] = await kitui(village, "Amina")
    fifteen = " | ".join(f"Village {number}" for number in range(15))
    for written, told, repeated in (
        ("", "Write the question", "/poll When do we meet? | Friday | Sunday"),
        ("Do we meet?", "Write the question", "/poll Do we meet? | Yes | No"),
        ("Do we meet? | Yes", "two answers or more", "/poll Do we meet? | Yes"),
        (f"Where? | {fifteen}", "This one has 15", fifteen),
        ("Where? | Here | HERE", "is there twice", "/poll Where? | Here | HERE"),
        ("W" * 301 + " | A | B", "Yours has 301", "W" * 301),
        ("Where? | A | " + "B" * 101, "This one is longer", "B" * 101),
        ("Where? | <b>A</b> | <b>A</b>", "is there twice", "/poll Where? | <b>A</b> | <b>A</b>"),
        ("| | |", "Write the question", "/poll | | | | Yes | No"),
        ("A" * 3900 + " | B", "two answers or more", ""),
    ):
        await amina.writes(f"/poll {written}", in_group=True)
        assert told in village.group.reads
        assert repeated in village.group.reads
    assert polls_in(village) == []


async def test_in_private_it_is_said_first_and_asked_in_the_group(village: Village) -> None:
    amina, juma, neema = await kitui(village, "Amina", "Juma", "Neema")
    await amina.writes("/poll")
    assert "What shall I ask?" in amina.reads
    await amina.writes("What do we grow?")
    assert "Write the question and two or more answers" in amina.reads
    await amina.writes("What do we grow?\nBeans\nMaize\nKale")
    assert "Kitui\nWhat do we grow?\n– Beans\n– Maize\n– Kale" in amina.reads
    assert polls_in(village) == []
    await amina.taps("One answer")
    await amina.taps("2 days")
    assert "Open until Thursday, March 5, 6:00" in amina.reads
    await amina.taps("Ask the group")
    assert "I asked the group." in amina.reads
    poll = poll_in(village)
    assert telegrams(poll).multiple
    assert not telegrams(poll).is_anonymous
    await amina.votes(0, 2, message=poll)
    await juma.votes(0, message=poll)
    await neema.votes(1, 2, message=poll)
    await neema.votes(2, message=poll)
    assert await counts(village) == [2, 0, 2]
    await juma.votes(message=poll)
    await village.moves_to(datetime(2026, 3, 5, 15, 1, tzinfo=UTC))
    assert telegrams(poll).is_closed
    await juma.writes("/digest", in_group=True)
    assert "What do we grow?\n→ Kale: 2 of 2 votes" in village.group.reads


async def test_of_an_anonymous_poll_nothing_is_kept(village: Village) -> None:
    amina, juma = await kitui(village, "Amina", "Juma")
    await amina.writes("/poll Is it too dear? | Yes | No")
    await amina.taps("With names")
    assert "so I keep nothing of it" in amina.reads
    await amina.taps("Ask the group")
    poll = poll_in(village)
    assert telegrams(poll).is_anonymous
    await juma.votes(0, message=poll)
    await village.waits(days=3)
    assert telegrams(poll).is_closed
    assert await counts(village) == [0, 0]
    assert village.bot is not None
    assert await village.bot.database.read(polls.totals, 1) == []
    await juma.writes("/digest", in_group=True)
    assert "Asked without names: its result stands in the poll." in village.group.reads


async def test_a_poll_said_in_private_is_its_persons_alone(village: Village) -> None:
    amina, juma = await kitui(village, "Amina", "Juma")
    await amina.writes("/poll Rain? | Yes | No")
    for data in ("poll_ask:1", "poll_turn:1:0", "poll_drop:1", "poll_group:1:1"):
        await juma.presses_data(juma.messages()[-1], data)
        assert "no longer hold" in juma.toast
    await amina.presses_data(amina.messages()[-1], "poll_turn:1:9")
    assert "no longer hold" in amina.toast
    await amina.taps("Not now")
    assert "Nothing was asked." in amina.reads
    assert polls_in(village) == []
    [eve] = village.has("Eve")
    await eve.writes("/poll Rain? | Yes | No")
    assert "do not see you in one" in eve.reads


async def test_of_several_groups_one_is_chosen(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    for title in ("Kitui", "Machakos"):
        group = await village.forms_group(title, amina, juma)
        await village.is_set_up(group, amina, juma)
    await amina.writes("/poll Rain? | Yes | No")
    await amina.taps("Kitui")
    await amina.taps("Ask the group")
    assert len(polls_in(village)) == 1


async def test_only_members_ask(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    group = await village.forms_group("Kitui", amina, juma)
    await amina.writes("/poll Rain? | Yes | No", in_group=True)
    assert "not set up" in village.group.reads

    await village.is_set_up(group, amina)
    await juma.writes("/poll Rain? | Yes | No", in_group=True)
    assert "/join" in village.group.reads
    assert polls_in(village) == []


async def test_a_group_that_wants_no_polls_is_told_how_to_have_them(village: Village) -> None:
    [amina] = await kitui(village, "Amina", practices=frozenset({"digests"}))
    await amina.writes("/poll Rain? | Yes | No", in_group=True)
    assert "/setup" in village.group.reads
    assert polls_in(village) == []


async def test_the_vote_of_somebody_outside_is_not_kept(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    group = await village.forms_group("Kitui", amina, juma)
    await village.is_set_up(group, amina)
    await amina.writes("/poll Rain? | Yes | No", in_group=True)

    await juma.votes(0, message=poll_in(village))
    await amina.votes(1, message=poll_in(village))
    assert await counts(village) == [0, 1]
    assert juma.messages() == []


async def test_somebody_who_left_votes_no_more_and_what_they_voted_stays(village: Village) -> None:
    amina, juma = await kitui(village, "Amina", "Juma")
    await amina.writes("/poll Rain? | Yes | No", in_group=True)
    await juma.votes(0, message=poll_in(village))
    await leaves(juma, "Kitui")
    await juma.votes(1, message=poll_in(village))
    assert await counts(village) == [1, 0]


async def test_a_vote_long_after_it_closed_does_not_count(village: Village) -> None:
    amina, juma = await kitui(village, "Amina", "Juma")
    await amina.writes("/poll Rain? | Yes | No", in_group=True)
    poll = poll_in(village)
    village.sandbox.faults.add(
        Fault("error", method="stopPoll", code=400, description="Bad Request")
    )
    await village.waits(days=4)  # it is closed for us, and Telegram did not stop it
    await juma.votes(0, message=poll)
    assert await counts(village) == [0, 0]


async def test_votes_that_come_while_the_bot_is_down_count(village: Village) -> None:
    amina, juma = await kitui(village, "Amina", "Juma")
    await amina.writes("/poll Rain? | Yes | No", in_group=True)
    poll = poll_in(village)
    await village.bot_stops()

    village.sandbox.clock.set(poll_closes := datetime(2026, 3, 4, 15, 0, tzinfo=UTC))
    await amina.votes(0, message=poll)
    await juma.votes(1, message=poll)
    village.sandbox.clock.set(poll_closes + timedelta(hours=20))
    await juma.votes(0, message=poll)
    await village.bot_starts()  # it closes at once: the votes were made before
    await village.waits(minutes=1)

    assert telegrams(poll).is_closed
    assert await counts(village) == [2, 0]


async def test_a_poll_that_was_sent_twice_is_one_vote(village: Village) -> None:
    amina, juma, neema = await kitui(village, "Amina", "Juma", "Neema")
    assert village.bot is not None
    village.sandbox.faults.add(Fault("drop_after", method="sendPoll", times=1))
    village.world.say(amina.id, village.group.id, "/poll Rain? | Yes | No")
    while not village.bot.outbox.failures:  # noqa: ASYNC110 - it is no event
        await asyncio.sleep(0.005)
    village.sandbox.clock.set(village.now + timedelta(seconds=10))
    village.bot.outbox.wake()
    await village.settles()
    first, second = polls_in(village)

    await amina.votes(0, message=first)  # nobody told us of this one, until it is voted in
    await juma.votes(0, message=second)
    await neema.votes(1, message=second)
    await neema.votes(0, message=first)
    assert await counts(village) == [3, 0]


async def test_a_vote_that_comes_before_we_know_the_poll_is_counted(village: Village) -> None:
    amina, _juma = await kitui(village, "Amina", "Juma")
    await amina.writes("/poll Rain? | Yes | No", in_group=True)
    poll = telegrams(poll_in(village))
    assert village.bot is not None

    def forget_and_vote_and_learn(at: Transaction) -> None:
        at.run("DELETE FROM poll_posts")
        person = at.value("SELECT person_id FROM members WHERE id = 2")
        practice.vote(at, poll.id, person, [1])
        assert kept(at) == [0, 0]
        result = {"poll": {"id": poll.id}, "chat": {"id": village.group.id}, "message_id": 5}
        practice.RESULTS[practice.POSTED](at, 1, result)
        assert kept(at) == [0, 1]
        assert at.value("SELECT count(*) FROM poll_votes_parked") == 0

    await village.bot.database.transact(forget_and_vote_and_learn)
