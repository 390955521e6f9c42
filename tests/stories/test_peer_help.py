"""Help between peers, as members live it: asking, taking up, done, and who has been there."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from village import Group, Someone, Village, words

from bot.domain import goals as goal_rules, peer_help as rules
from bot.practices import members as members_practice, peer_help, peers
from bot.storage import goals, groups, members, peer_help as store, peers as peer_store, people
from bot.storage.database import Reading, Transaction
from bot.storage.goals import Terms
from bot.storage.members import Member


async def circle(village: Village, *people_: Someone, title: str = "Kitui") -> Group:
    group = await village.forms_group(title, *people_)
    await village.is_set_up(group, *people_)
    return group


async def does(person: Someone, *steps: str) -> None:
    """Tap what stands in brackets, write anything else."""
    for step in steps:
        if step.startswith("["):
            await person.taps(step[1:-1])
        else:
            await person.writes(step)


def said(person: Someone) -> str:
    return person.reads.replace("\xa0", " ")


def as_member(at: Reading, group: Group, person: Someone) -> Member:
    known = people.by_telegram_id(at, person.id)
    assert known is not None
    [found] = [
        one
        for one in (members.of_person(at, each.id, known.id) for each in groups.active(at))
        if one and groups.by_id(at, one.group_id).title == group.chat.title
    ]
    return found


def mentioned(person: Someone) -> list[int]:
    """Whom the last message to them leads to with a tap."""
    return [
        one["user"]["id"]
        for one in person.messages()[-1].content.entities
        if one["type"] == "text_mention"
    ]


async def takes_up(asker: Someone, other: Someone) -> None:
    """From the card to being in touch."""
    await does_in_group(other)
    await other.taps("Yes, ")
    await asker.taps("Yes")
    assert "You two are in touch" in said(asker)


async def does_in_group(person: Someone) -> None:
    button = next(one for one in reversed(person.buttons(in_group=True)) if one.url)
    await person.presses(button)


async def has_reached(
    village: Village, group: Group, person: Someone, area: str = "farm", *, at_once: int = 100
) -> None:
    """A private goal of a hundred steps' worth, so far along; all of it is reached."""

    def add(at: Transaction) -> None:
        member = as_member(at, group, person)
        goal_id = goals.add(
            at,
            member_id=member.id,
            person_id=member.person_id,
            measure="number",
            currency=None,
            terms=Terms("Beans", area, "bags", 100, None, shared=False),
            from_value=0,
        )
        goals.add_value(at, goal_id, member.person_id, at_once)
        if at_once == 100:
            goals.set_state(at, goal_id, "reached")

    assert village.bot is not None
    await village.bot.database.transact(add)


async def wishes(person: Someone, text: str = "How to keep goats?") -> None:
    """Ask in private about the farm, and wish for one who has been there."""
    await asks(person, text, area="Farm")
    await does(person, "[Ask one who has been there]", "[Yes, ask]")
    assert "I ask around" in said(person)


def asked_about(person: Someone) -> int:
    return sum("who has been there: 🌱 Farm" in words(one) for one in person.messages())


async def asks(
    person: Someone, text: str = "A ladder on Saturday", *, named: bool = True, area: str = "Home"
) -> None:
    """Ask in private, by the dialogue."""
    whose = f"[As {person.name}]" if named else "[Without my name]"
    await does(person, "/ask", text, f"[{area}]", whose, "[Yes, post it]")


async def test_help_from_the_ask_to_the_thanks(village: Village) -> None:
    [amina, juma, grace] = village.has("Amina", "Juma", "Grace")
    group = await circle(village, amina, juma, grace)
    await amina.writes("/ask")
    assert "What would help you?" in said(amina)
    await does(amina, "A ladder on Saturday", "[Home]", "[As Amina]")
    assert "Shall I post it?" in said(amina)
    assert not group.sees("ladder")
    await amina.taps("Yes, post it")
    assert "It stands in the group now" in said(amina)
    assert "Amina asks:" in group.reads
    assert "A ladder on Saturday" in group.reads
    standing = len(group.messages)

    await juma.taps("I can help", in_group=True)
    assert "Amina asks:" in said(juma)
    await juma.taps("Yes, I can help")
    assert "I told them" in said(juma)
    assert "Juma can help." in said(amina)
    await amina.taps("Yes")
    assert "to write to Juma" in said(amina)
    assert "to write to Amina" in said(juma)
    assert "1 of us is helping." in group.reads
    assert mentioned(amina) == [juma.id]
    assert mentioned(juma) == [amina.id]

    await juma.taps("It happened")
    assert "How many hours did you give Amina" in said(juma)
    await juma.taps("2 h")
    assert "I asked Amina" in said(juma)
    assert "Juma says they gave: 2 h. Is that so?" in said(amina)
    assert (await facts(village, group)).exchanged == 0
    await amina.taps("Yes")
    assert "it counts for you both" in said(amina)
    assert "it counts for you both" in said(juma)
    assert "It happened." in group.reads
    counted = await facts(village, group)
    assert (counted.exchanged, counted.minutes, counted.open_asks) == (1, 120, ())

    await does(amina, "[What it would have cost]", "1,500")
    assert "About KES 1,500.00: is that right?" in said(amina)
    await amina.taps("Yes")
    assert "It would have cost about KES 1,500.00" in said(amina)
    assert "1,500" not in juma.read_all()
    await amina.taps("Thank Juma")
    assert "You thanked Juma." in said(amina)
    assert "Amina thanked you." in said(juma)
    assert len(group.messages) == standing
    assert "ladder" not in grace.read_all()


async def facts(village: Village, group: Group) -> peer_help.MonthFacts:
    def read(at: Reading) -> peer_help.MonthFacts:
        [found] = [one for one in groups.active(at) if one.title == group.chat.title]
        return peer_help.month_facts(
            at, found.id, at.now - timedelta(days=31), at.now + timedelta(seconds=1)
        )

    assert village.bot is not None
    return await village.bot.database.read(read)


async def numbers(village: Village, table: str) -> list[int]:
    def read(at: Reading) -> list[int]:
        return [row["id"] for row in at.all(f"SELECT id FROM {table} ORDER BY id")]  # noqa: S608 - a table of ours

    assert village.bot is not None
    return await village.bot.database.read(read)


# -- saying one -----------------------------------------------------------------------------------


async def test_an_ask_written_in_the_group_stands_there_at_once(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await amina.writes("/ask a ladder on Saturday", in_group=True)
    assert "Amina asks:\n“a ladder on Saturday”" in group.reads
    assert "It stands in the group now" in said(amina)
    await juma.writes("/offer", in_group=True)
    assert "/offer seeds for beans" in group.reads
    await juma.taps("Offer in private", in_group=True)
    assert "What would you like to offer?" in said(juma)
    await juma.writes("/offer", in_group=True)
    assert len([one for one in group.messages if "asks:" in words(one)]) == 1


async def test_an_offer_is_taken_up_and_counted_for_who_gave_it(village: Village) -> None:
    [amina, juma, grace] = village.has("Amina", "Juma", "Grace")
    group = await circle(village, amina, juma, grace)
    await does(amina, "/offer seeds for beans", "[Farm]", "[As Amina]", "[Yes, post it]")
    assert "Amina offers:" in group.reads
    for other in (juma, grace):
        await takes_up(amina, other)
    assert "2 of us take it up." in group.reads
    await does(juma, "[It happened]", "[A thing]", "a bag of beans")
    assert "Juma says you gave: “a bag of beans”. Is that so?" in said(amina)
    await amina.taps("Yes")
    assert "Amina offers:" in group.reads  # an offer stands on for others
    assert "I'd like that" in [one.label for one in juma.buttons(in_group=True)][-1]
    given = await counted(village, group, amina)
    assert given == ((1, 0), (0, 0))
    assert await counted(village, group, juma) == ((0, 0), (1, 0))
    assert await counted(village, group, grace) == ((0, 0), (0, 0))
    assert "Thank Amina" in juma.labels()[0]


async def counted(
    village: Village, group: Group, person: Someone
) -> tuple[tuple[int, int], tuple[int, int]]:
    from_, until = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)

    def read(at: Reading) -> tuple[tuple[int, int], tuple[int, int]]:
        member = as_member(at, group, person)
        gave, received = store.given_and_received(at, member.id, from_, until)
        return (gave.count, gave.minutes), (received.count, received.minutes)

    assert village.bot is not None
    return await village.bot.database.read(read)


async def test_without_a_name_nobody_is_named_until_both_agree(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await asks(amina, "School fees", named=False)
    assert "Somebody of us asks:" in group.reads
    await does_in_group(juma)
    assert "Amina" not in said(juma)
    await juma.taps("Yes, I can help")
    assert "Somebody of the group can help." in said(amina)
    assert "Juma" not in said(amina)
    assert not mentioned(amina)
    await amina.taps("Yes")
    assert "Juma" in said(amina)
    assert "Amina" in said(juma)
    assert "Amina" not in group.reads


async def test_of_a_no_nobody_learns(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await asks(amina)
    await does_in_group(juma)
    await juma.taps("Yes, I can help")
    seen, before = juma.read_all(), group.read_all()
    await amina.taps("Not now")
    assert "Nobody is told." in said(amina)
    assert juma.read_all() == seen
    assert group.read_all() == before
    await does_in_group(juma)  # looking again, it is as if there was no answer yet
    assert "I told them" in said(juma)
    await amina.taps("Yes, after all")
    assert "You two are in touch" in said(juma)


async def test_hours_count_only_as_both_say(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await asks(amina)
    await takes_up(amina, juma)
    await does(juma, "[It happened]", "[8 h]")
    old = next(one for one in amina.buttons() if (one.data or "").startswith("help_so"))
    await does(amina, "[It was otherwise]", "[Other hours]", "three")
    assert "I could not read that as hours" in said(amina)
    await amina.writes("1½")
    assert "Amina says you gave: 1.5 h. Is that so?" in said(juma)
    await amina.presses(old)
    assert "Something else was said of it since" in amina.toast
    assert (await facts(village, group)).minutes == 0
    await juma.taps("Yes")
    assert (await facts(village, group)).minutes == 90
    await amina.presses(old)
    assert (await facts(village, group)).minutes == 90


# -- how long it stands ---------------------------------------------------------------------------


async def test_an_ask_runs_out_after_two_weeks_unless_it_is_renewed(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await asks(amina)
    await village.waits(days=12)
    assert "Shall it stand two more weeks?" not in said(amina)
    await village.waits(days=1)
    assert "Shall it stand two more weeks?" in said(amina)
    await amina.taps("Two more weeks")
    await village.waits(days=2)
    assert "A ladder" in group.reads
    await village.waits(days=11)
    assert "Shall it stand two more weeks?" in said(amina)
    await village.waits(days=1)
    assert "has run its two weeks" in group.read_all()
    assert "A ladder" not in group.read_all()
    await amina.taps("Two more weeks")
    assert "A ladder" in group.read_all()


async def test_the_question_of_the_day_before_keeps_the_night(village: Village) -> None:
    [amina] = village.has("Amina")
    group = await circle(village, amina)
    await village.moves_to(datetime(2026, 3, 3, 20, tzinfo=UTC))  # 23:00 in Nairobi
    await asks(amina)
    assert "I post it in the morning" in said(amina)
    assert not group.sees("A ladder")
    await village.moves_to(datetime(2026, 3, 4, 3, 59, tzinfo=UTC))
    assert not group.sees("A ladder")
    await village.moves_to(datetime(2026, 3, 4, 4, 1, tzinfo=UTC))
    assert group.sees("A ladder")
    await amina.writes("/ask a spade", in_group=True)  # at 7:01, and so it ends
    await village.moves_to(datetime(2026, 3, 17, 3, 59, tzinfo=UTC))
    assert not amina.sees("Shall it stand two more weeks?")
    await village.moves_to(datetime(2026, 3, 17, 4, 2, tzinfo=UTC))
    assert amina.sees("Shall it stand two more weeks?")


async def test_an_ask_that_is_taken_back_leaves_no_words(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await asks(amina)
    link = juma.button("I can help", in_group=True)
    await amina.taps("Take it back")
    assert "This ask was taken back." in group.reads
    assert "A ladder" not in group.read_all()
    await juma.presses(link)
    assert "This one is over" in said(juma)
    await village.waits(days=20)
    assert not amina.sees("Shall it stand")


async def test_what_somebody_asked_who_leaves_is_taken_back(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await asks(amina)
    await does_in_group(juma)
    await juma.taps("Yes, I can help")
    offered = amina.button("Yes")
    await leaves(village, group, amina)
    assert "This ask was taken back." in group.reads
    await amina.presses(offered)
    assert "I do not find this" in amina.toast
    assert "You two" not in juma.read_all()


async def leaves(village: Village, group: Group, person: Someone) -> None:
    def leave(at: Transaction) -> None:
        member = as_member(at, group, person)
        members_practice.leave(at, member.id, member.person_id)

    assert village.bot is not None
    await village.bot.database.transact(leave)
    village.bot.outbox.wake()
    await village.settles()


async def test_when_the_other_has_left_nothing_is_changed(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await asks(amina)
    await does_in_group(juma)
    await juma.taps("Yes, I can help")
    await leaves(village, group, juma)
    await amina.taps("Yes")
    assert "They are not in the group any more" in amina.toast


async def test_two_groups_keep_their_help_apart(village: Village) -> None:
    [amina, juma, grace] = village.has("Amina", "Juma", "Grace")
    first = await circle(village, amina, juma)
    second = await circle(village, amina, grace, title="Machakos")
    await does(amina, "/ask A ladder", "[Home]", "[As Amina]")
    assert "In which group?" in said(amina)
    await does(amina, "[Machakos]", "[Yes, post it]")
    assert second.sees("A ladder")
    assert not first.sees("A ladder")
    url = next(one.url for one in grace.buttons(in_group=second) if "I can help" in one.label)
    assert url is not None
    await juma.follows(url)  # a member of the other group who was handed the link
    assert "for members of the group" in said(juma)
    assert "ladder" not in juma.read_all()
    [ask_id] = await numbers(village, "asks")
    await juma.presses_data(juma.messages()[-1], f"help_take:{ask_id}")
    assert "I do not find this" in juma.toast
    assert await numbers(village, "take_ups") == []
    assert (await facts(village, first)).open_asks == ()
    assert [one.words for one in (await facts(village, second)).open_asks] == ["A ladder"]


# -- bad input, forged presses --------------------------------------------------------------------


async def test_words_that_cannot_be_posted_are_asked_for_again(village: Village) -> None:
    [amina] = village.has("Amina")
    group = await circle(village, amina)
    await amina.writes("/ask")
    for bad in ("x" * (rules.WORDS_MAX + 1), "\u200b"):
        await amina.writes(bad)
        assert await numbers(village, "asks") == []
    await does(amina, "<b>Two</b> & more", "[Something else]", "[As Amina]")
    await amina.taps("Yes, post it")
    assert "“<b>Two</b> & more”" in group.reads
    await amina.writes("/ask " + "y" * (rules.WORDS_MAX + 1), in_group=True)
    assert len(await numbers(village, "asks")) == 1


async def test_nobody_in_no_group_asks(village: Village) -> None:
    [amina, stranger] = village.has("Amina", "Stranger")
    await village.forms_group("Kitui", amina, stranger)
    for person in (amina, stranger):
        await person.starts()
        await person.writes("/ask a ladder")
        assert "I do not see you in one yet" in said(person)
    await village.is_set_up(village.group, amina)
    await stranger.writes("/ask a ladder", in_group=True)
    assert await numbers(village, "asks") == []


async def test_five_stand_at_a_time(village: Village) -> None:
    [amina] = village.has("Amina")
    await circle(village, amina)
    for number in range(rules.OPEN_MAX):
        await amina.writes(f"/ask number {number}", in_group=True)
    await amina.writes("/ask one more", in_group=True)
    assert "the most there can be" in village.group.reads
    await amina.writes("/ask one more")
    assert "the most there can be" in said(amina)
    assert len(await numbers(village, "asks")) == rules.OPEN_MAX


async def test_forged_presses_change_nothing(village: Village) -> None:
    [amina, juma, grace] = village.has("Amina", "Juma", "Grace")
    await circle(village, amina, juma, grace)
    await asks(amina)
    await amina.writes("/ask")  # a draft stands open, too
    await takes_up_from(juma, amina)
    await does(juma, "[It happened]", "[1 h]")
    await has_reached(village, village.group, juma)
    await does(amina, "/ask goats", "[Farm]", "[As Amina]", "[Yes, post it]")
    await does(amina, "[Ask one who has been there]", "[Yes, ask]")
    assert asked_about(juma) == 1
    before = await everything(village)
    verbs = [
        f"{verb}:{{}}{more}"
        for verb, more in (
            ("ask_area", ":1"),
            ("ask_named", ":1"),
            ("ask_group", ":1"),
            ("ask_again", ""),
            ("ask_post", ""),
            ("ask_drop", ""),
            ("ask_mine", ""),
            ("ask_renew", ""),
            ("ask_back", ""),
            ("help_agree", ":1"),
            ("help_agree", ":0"),
            ("help_done", ""),
            ("help_much", ""),
            ("help_hours", ":60"),
            ("help_other", ""),
            ("help_thing", ""),
            ("help_so", ""),
            ("help_cost", ""),
            ("help_costs", ":100"),
            ("help_thank", ""),
            ("peer_wish", ""),
            ("peer_ask", ":1"),
            ("peer_says", ":1"),
            ("peer_says", ":0"),
        )
    ]
    await grace.starts()
    message = grace.messages()[-1]
    for verb in verbs:
        for number in (1, 2, 3, 99, 2**61):
            await grace.presses_data(message, verb.format(number))
            assert grace.toast, verb
            assert "Sorry" not in grace.toast
    for number in (99, 2**61):
        await grace.presses_data(message, f"help_take:{number}")
        assert "I do not find this" in grace.toast
    # and in the group nothing of it is shown, whoever presses
    for verb in (*verbs, "help_take:{}"):
        await amina.presses_data(village.group.messages[-1], verb.format(1))
        assert amina.toast
    # of what is one's own, values that no button offers
    for data in ("help_hours:1:61", "help_costs:1:5", "help_thank:1", "peer_ask:1:9", "help_so:1"):
        await juma.presses_data(juma.messages()[-1], data)
        assert "I do not find this" in juma.toast, data
    assert await everything(village) == before


async def takes_up_from(taker: Someone, asker: Someone) -> None:
    await does_in_group(taker)
    await taker.taps("Yes, ")
    await asker.taps("Yes")


async def everything(village: Village) -> list[list[tuple[object, ...]]]:
    tables = ("asks", "ask_drafts", "take_ups", "help_reports", "help_costs", "thanks")

    def read(at: Reading) -> list[list[tuple[object, ...]]]:
        return [
            [tuple(row) for row in at.all(f"SELECT * FROM {table}")]  # noqa: S608 - ours
            for table in (*tables, "peer_wishes", "peer_questions")
        ]

    assert village.bot is not None
    return await village.bot.database.read(read)


async def test_a_blocked_chat_is_said_kindly_and_nothing_is_kept(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await circle(village, amina, juma)
    await asks(amina)
    village.world.block(amina.id)
    await village.settles()
    await does_in_group(juma)
    await juma.taps("Yes, I can help")
    assert "I cannot write to them just now" in juma.toast
    assert await numbers(village, "take_ups") == []


# -- who has been there ---------------------------------------------------------------------------


async def test_one_who_has_been_there_is_asked_first_and_put_in_touch(village: Village) -> None:
    [amina, juma, grace] = village.has("Amina", "Juma", "Grace")
    group = await circle(village, amina, juma, grace)
    await has_reached(village, group, juma)
    await has_reached(village, group, grace, at_once=50)  # half way is not far
    before = len(group.messages)
    await wishes(amina)
    assert asked_about(juma) == 1
    assert asked_about(grace) == 0
    assert "Amina" not in said(juma)
    assert "goats" not in said(juma)
    assert "Juma" not in amina.read_all()
    await juma.taps("Yes")
    assert "Juma has been there" in said(amina)
    assert mentioned(amina) == [juma.id]
    assert mentioned(juma) == [amina.id]
    await village.waits(days=12)
    assert not amina.sees("I found nobody")
    assert len(group.messages) == before + 1  # Amina's ask, nothing more


async def test_a_no_leads_to_the_next_and_nobody_learns_of_it(village: Village) -> None:
    [amina, juma, grace] = village.has("Amina", "Juma", "Grace")
    group = await circle(village, amina, juma, grace)
    for one in (juma, grace):
        await has_reached(village, group, one)
    await wishes(amina)
    told, others = amina.read_all(), group.read_all()
    await juma.taps("✕ No")
    assert "Nobody is told." in said(juma)
    assert asked_about(grace) == 1
    await grace.taps("Not now")
    assert amina.read_all() == told
    assert group.read_all() == others
    await village.waits(days=3)
    assert amina.read_all() == told
    await village.waits(days=1)
    assert "I found nobody this time" in said(amina)
    for name in ("Juma", "Grace"):
        assert name not in amina.read_all()
    await grace.taps("Yes, after all")
    assert "It is no longer needed" in said(grace)


@pytest.mark.parametrize("answer", ["silence", "no", "nobody was there"])
async def test_the_seeker_hears_at_the_same_instant_whatever_was_said(
    village: Village, answer: str
) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    if answer != "nobody was there":
        await has_reached(village, group, juma)
    began = village.now
    await wishes(amina)
    if answer == "no":
        await juma.taps("✕ No")
    await village.moves_to(began + timedelta(days=4, seconds=-1))
    assert not amina.sees("I found nobody")
    await village.moves_to(began + timedelta(days=4, minutes=1))
    assert "I found nobody this time" in said(amina)


async def test_after_three_days_the_next_is_asked_and_a_late_yes_counts(village: Village) -> None:
    [amina, juma, grace] = village.has("Amina", "Juma", "Grace")
    group = await circle(village, amina, juma, grace)
    for one in (juma, grace):
        await has_reached(village, group, one)
    await wishes(amina)
    await village.waits(days=2, hours=23)
    assert asked_about(grace) == 0
    await village.waits(hours=1)
    assert asked_about(grace) == 1
    await juma.taps("Yes")
    assert "Juma has been there" in said(amina)
    await grace.taps("Yes")
    assert "It is no longer needed" in said(grace)
    assert "Grace" not in amina.read_all()


async def test_nobody_is_asked_more_than_twice_a_month(village: Village) -> None:
    [amina, juma, grace, esther] = village.has("Amina", "Juma", "Grace", "Esther")
    first = await circle(village, amina, juma, grace)
    second = await circle(village, esther, juma, title="Machakos")
    for group in (first, second):
        await has_reached(village, group, juma)
    for seeker in (amina, esther, grace):
        await wishes(seeker)
    assert asked_about(juma) == 2
    await village.waits(days=10)
    assert asked_about(juma) == 2
    assert "I found nobody this time" in said(grace)
    await village.waits(days=22)
    await grace.presses_data(
        grace.messages()[-1], f"peer_ask:{(await numbers(village, 'asks'))[-1]}:5"
    )
    assert asked_about(juma) == 3


async def test_the_database_itself_refuses_a_third_time(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)

    def thrice(at: Transaction) -> None:
        seeker, peer = as_member(at, group, amina), as_member(at, group, juma)
        for area in ("farm", "home", "work"):
            wish = peer_store.add_wish(at, seeker.id, area)
            peer_store.ask(at, wish.id, peer.id, peer.person_id)

    assert village.bot is not None
    with pytest.raises(sqlite3.IntegrityError, match="twice a month"):
        await village.bot.database.transact(thrice)


async def test_at_night_nobody_is_asked(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await has_reached(village, group, juma)
    await village.moves_to(datetime(2026, 3, 3, 20, tzinfo=UTC))  # 23:00 in Nairobi
    await wishes(amina)
    assert asked_about(juma) == 0
    await village.moves_to(datetime(2026, 3, 4, 4, 0, tzinfo=UTC))
    assert asked_about(juma) == 1


async def test_neither_oneself_nor_ones_household_nor_who_left_is_asked(village: Village) -> None:
    [amina, juma, grace] = village.has("Amina", "Juma", "Grace")
    group = await circle(village, amina, juma, grace)
    for one in (amina, juma, grace):
        await has_reached(village, group, one)

    def join(at: Transaction) -> None:
        members.move_to_household(
            at, as_member(at, group, juma).id, as_member(at, group, amina).household_id
        )

    assert village.bot is not None
    await village.bot.database.transact(join)
    await leaves(village, group, grace)
    await wishes(amina)
    assert [asked_about(one) for one in (amina, juma, grace)] == [0, 0, 0]


async def test_a_wish_of_the_journal_is_one_wish(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await circle(village, amina, juma)
    await has_reached(village, group, juma, "school")
    assert village.bot is not None

    def wish(at: Transaction) -> int:
        member = as_member(at, group, amina)
        assert peers.find_peer(at, member.id, "farm") is None
        return peers.wish_for_peer(at, member.id, "school").id

    assert await village.bot.database.transact(wish) == await village.bot.database.transact(wish)
    village.bot.outbox.wake()
    await village.settles()
    assert "who has been there: 🎓 School" in said(juma)
    assert len(await numbers(village, "peer_questions")) == 1


def test_every_area_of_goals_has_its_button() -> None:
    assert len(goal_rules.AREAS) == 9  # the templates number them


async def test_what_members_write_is_sealed(village: Village, tmp_path: Path) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await circle(village, amina, juma)
    await asks(amina, "Zebra crossing")
    await takes_up(amina, juma)
    await does(juma, "[It happened]", "[A thing]", "Quagga hide")
    await does(amina, "/offer Okapi milk")
    assert village.bot is not None
    copy = tmp_path / "copy.db"
    await village.bot.database.copy_to(copy)
    stored = copy.read_bytes()
    for secret in (b"Zebra", b"Quagga", b"Okapi"):
        assert secret not in stored
