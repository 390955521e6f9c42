"""What is to be said is stored once, in order, and is found again whatever happened meanwhile."""

import json
import sqlite3
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hand_clock import HandClock

from bot.domain.agreement import Agreement
from bot.storage import chats, due, groups, outbox, people, questions, updates
from bot.storage.database import Database, Reading, Transaction
from bot.storage.outbox import Departing

SAY: Mapping[str, Any] = {"method": "sendMessage", "params": {"text": "hello"}}
CHAT = 1


def edit(message_id: int, text: str) -> dict[str, Any]:
    return {"method": "editMessageText", "params": {"message_id": message_id, "text": text}}


@pytest.fixture
async def chat(database: Database) -> int:
    """A group's chat."""
    seen = await database.transact(
        lambda at: chats.seen(at, telegram_id=-500, kind="group", person_id=None, message_id=3)
    )
    assert seen.id == CHAT
    return seen.id


def waiting(at: Reading) -> list[int]:
    return [one.id for one in outbox.waiting_after(at, 0)]


def states(at: Reading) -> list[str]:
    return [row[0] for row in at.all("SELECT state FROM outbox ORDER BY id")]


def departed(at: Transaction, row_id: int) -> Departing:
    departing = outbox.depart(at, row_id)
    assert departing is not None
    return departing


def add_and_depart(at: Transaction, /, **options: Any) -> Departing:  # noqa: ANN401 - of queue
    outbox.queue(at, CHAT, SAY, **options)
    return departed(at, at.value("SELECT max(id) FROM outbox"))


# -- once ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("chat")
async def test_what_has_a_key_is_said_once_for_ever(database: Database) -> None:
    def say(at: Transaction) -> bool:
        return outbox.queue(at, CHAT, SAY, key="round:7:opened")

    assert await database.transact(say)
    assert not await database.transact(say)
    await database.transact(lambda at: outbox.finish(at, departed(at, 1).id, message_id=9))
    assert not await database.transact(say)
    assert await database.read(states) == ["sent"]


@pytest.mark.usefixtures("chat")
async def test_what_was_said_is_sealed_while_it_waits_and_gone_when_it_is_sent(
    database: Database,
) -> None:
    secret = {"method": "sendMessage", "params": {"text": "Amina owes nothing"}}
    await database.transact(outbox.queue, CHAT, secret)
    content = await database.read(lambda at: at.value("SELECT content FROM outbox"))
    assert b"Amina" not in content
    departing = await database.transact(departed, 1)
    assert departing.content == secret
    await database.transact(outbox.finish, 1, message_id=9)
    assert await database.read(lambda at: at.value("SELECT content FROM outbox")) is None


@pytest.mark.usefixtures("chat")
async def test_of_several_edits_of_a_message_the_last_one_waits(database: Database) -> None:
    def edits(at: Transaction) -> None:
        for text in ("one", "two", "three"):
            outbox.queue(at, CHAT, edit(9, text), edits=9)
        outbox.queue(at, CHAT, edit(10, "another"), edits=10)

    await database.transact(edits)
    assert await database.read(states) == ["dropped", "dropped", "queued", "queued"]
    departing = await database.transact(departed, 3)
    assert departing.content == edit(9, "three")


@pytest.mark.usefixtures("chat")
async def test_a_newer_edit_takes_the_place_of_one_that_failed(database: Database) -> None:
    def happens(at: Transaction) -> bool:
        outbox.queue(at, CHAT, edit(9, "old"), edits=9)
        old = departed(at, 1)
        outbox.queue(at, CHAT, edit(9, "new"), edits=9)
        return outbox.try_again(at, old, None)

    assert await database.transact(happens) is False
    assert await database.read(states) == ["dropped", "queued"]


@pytest.mark.usefixtures("chat")
async def test_of_many_calls_to_show_a_card_one_waits(database: Database) -> None:
    def show(at: Transaction) -> None:
        for _ in range(5):
            outbox.show_card(at, "count", 7, CHAT)
        outbox.show_card(at, "count", 8, CHAT)

    await database.transact(show)
    assert len(await database.read(waiting)) == 2
    card = await database.read(outbox.card_of, "count", 7, CHAT)
    assert card is not None
    assert (card.message_id, card.shown, card.posted_at) == (None, None, None)


@pytest.mark.usefixtures("chat")
async def test_a_card_that_changes_while_it_leaves_leaves_again(database: Database) -> None:
    def happens(at: Transaction) -> bool:
        outbox.show_card(at, "count", 7, CHAT)
        leaving = departed(at, 1)
        outbox.show_card(at, "count", 7, CHAT)
        assert waiting(at) == [2]
        return outbox.try_again(at, leaving, None)

    assert await database.transact(happens) is False
    assert await database.read(waiting) == [2]


@pytest.mark.usefixtures("chat")
async def test_a_card_knows_its_message_and_since_when_it_stands(
    database: Database, clock: HandClock
) -> None:
    await database.transact(outbox.show_card, "count", 7, CHAT)
    await database.transact(outbox.card_is_shown, 1, message_id=40, shown=b"a")
    posted = clock.now()
    clock.passes(hours=1)
    await database.transact(outbox.card_is_shown, 1, message_id=40, shown=b"b")
    card = await database.read(outbox.card_in_message, CHAT, 40)
    assert card is not None
    assert (card.kind, card.subject, card.shown, card.posted_at) == ("count", 7, b"b", posted)
    assert await database.read(outbox.card_in_message, CHAT, 41) is None
    await database.transact(outbox.card_is_shown, 1, message_id=50, shown=b"b")
    moved = await database.read(outbox.card_of, "count", 7, CHAT)
    assert moved is not None
    assert moved.posted_at == clock.now()


@pytest.mark.usefixtures("chat")
async def test_a_card_put_at_the_end_is_posted_anew_and_the_old_one_taken_away(
    database: Database,
) -> None:
    await database.transact(outbox.show_card, "count", 7, CHAT)
    await database.transact(outbox.finish, 1, message_id=40)
    await database.transact(outbox.card_is_shown, 1, message_id=40, shown=b"a")
    await database.transact(outbox.repost_card, "count", 7, CHAT)
    first = await database.transact(departed, 2)
    assert first.content == outbox.delete_call(40)
    second = await database.transact(departed, 3)
    assert second.card is not None
    assert second.card.message_id is None
    await database.transact(outbox.repost_card, "never shown", 7, CHAT)
    assert await database.read(waiting) == [4]  # nothing to take away


# -- leaving ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("chat")
async def test_a_row_leaves_once(database: Database) -> None:
    await database.transact(add_and_depart)
    assert await database.transact(outbox.depart, 1) is None
    assert await database.transact(outbox.depart, 99) is None


@pytest.mark.usefixtures("chat")
async def test_what_expired_is_dropped_and_not_a_moment_earlier(
    database: Database, clock: HandClock
) -> None:
    def say(at: Transaction) -> None:
        outbox.queue(at, CHAT, SAY, expires_at=at.now + timedelta(hours=6))
        outbox.queue(at, CHAT, SAY, expires_at=at.now + timedelta(hours=7))

    await database.transact(say)
    clock.passes(hours=6)
    assert await database.transact(outbox.depart, 1) is None
    assert await database.transact(outbox.depart, 2) is not None
    assert await database.read(states) == ["dropped", "sending"]


@pytest.mark.parametrize("state", ["blocked", "gone", "unopened"])
async def test_nothing_leaves_for_a_closed_chat(
    database: Database, chat: int, state: chats.State
) -> None:
    await database.transact(outbox.queue, chat, SAY)
    await database.transact(chats.set_state, chat, state)
    assert await database.transact(outbox.depart, 1) is None
    assert await database.read(lambda at: at.value("SELECT error FROM outbox")) == f"chat {state}"


@pytest.mark.usefixtures("chat")
async def test_attempts_are_counted_unless_they_never_reached_telegram(
    database: Database,
) -> None:
    departing = await database.transact(add_and_depart)
    assert departing.attempts == 1
    assert await database.transact(outbox.try_again, departing, None)
    departing = await database.transact(departed, 1)
    assert departing.attempts == 2
    assert await database.transact(outbox.try_again, departing, None, counted=False)
    assert (await database.transact(departed, 1)).attempts == 2


@pytest.mark.usefixtures("chat")
async def test_what_waits_for_an_instant_says_so(database: Database, clock: HandClock) -> None:
    departing = await database.transact(add_and_depart, urgency=outbox.UNASKED)
    later = clock.now() + timedelta(minutes=3)
    await database.transact(outbox.try_again, departing, later)
    [row] = await database.read(outbox.waiting_after, 0)
    assert (row.next_at, row.urgency, row.is_edit, row.is_private) == (later, 1, False, False)
    assert await database.read(outbox.waiting_after, 1) == []


@pytest.mark.usefixtures("chat")
async def test_a_row_that_lost_its_formatting_keeps_that(database: Database) -> None:
    departing = await database.transact(add_and_depart)
    assert not departing.plain
    await database.transact(outbox.make_plain, 1)
    await database.transact(outbox.try_again, departing, None)
    assert (await database.transact(departed, 1)).plain


# -- after a start ------------------------------------------------------------------------------


@pytest.mark.usefixtures("chat")
async def test_what_was_leaving_at_a_kill_is_sent_again_where_it_may_be(
    database: Database,
) -> None:
    def leave(at: Transaction) -> None:
        add_and_depart(at)
        add_and_depart(at, again=False)
        outbox.queue(at, CHAT, SAY)
        add_and_depart(at)
        outbox.finish(at, 4, message_id=8)

    await database.transact(leave)
    await database.transact(outbox.recover)
    assert await database.read(states) == ["queued", "uncertain", "queued", "sent"]
    await database.transact(outbox.recover)
    assert await database.read(waiting) == [1, 3]


@pytest.mark.usefixtures("chat")
async def test_an_edit_that_was_leaving_gives_way_to_a_newer_one(database: Database) -> None:
    def leave(at: Transaction) -> None:
        outbox.show_card(at, "count", 7, CHAT)
        departed(at, 1)
        outbox.show_card(at, "count", 7, CHAT)
        outbox.queue(at, CHAT, edit(9, "old"), edits=9)
        departed(at, 3)
        outbox.queue(at, CHAT, edit(9, "new"), edits=9)

    await database.transact(leave)
    await database.transact(outbox.recover)
    assert await database.read(states) == ["dropped", "queued", "dropped", "queued"]


@pytest.mark.usefixtures("chat")
async def test_a_start_never_fails_over_what_was_leaving(database: Database) -> None:
    """However two forms of one card came to be leaving at once, the newer one waits again."""

    def two_of_a_card(at: Transaction) -> None:
        outbox.show_card(at, "count", 7, CHAT)
        departed(at, 1)
        outbox.show_card(at, "count", 7, CHAT)
        departed(at, 2)
        for row in (3, 4):
            outbox.queue(at, CHAT, edit(9, "text"), edits=9)
            departed(at, row)

    await database.transact(two_of_a_card)
    await database.transact(outbox.recover)
    assert await database.read(states) == ["dropped", "queued", "dropped", "queued"]


@pytest.mark.usefixtures("chat")
async def test_a_row_never_has_the_number_of_one_that_was_forgotten(
    database: Database, clock: HandClock
) -> None:
    """The sender looks for what is above the last number it saw: none may come again below."""
    await database.transact(add_and_depart)
    await database.transact(outbox.finish, 1, message_id=8)
    clock.passes(days=3)
    await database.transact(outbox.forget_old)
    assert await database.read(states) == []
    await database.transact(outbox.queue, CHAT, SAY)
    assert [one.id for one in await database.read(outbox.waiting_after, 1)] == [2]


@pytest.mark.usefixtures("chat")
async def test_what_was_sent_is_forgotten_in_days_and_a_key_after_a_year(
    database: Database, clock: HandClock
) -> None:
    def say(at: Transaction) -> None:
        outbox.finish(at, add_and_depart(at).id, message_id=1)
        outbox.finish(at, add_and_depart(at, key="once").id, message_id=2)
        outbox.queue(at, CHAT, SAY)

    await database.transact(say)
    clock.passes(days=1)
    await database.transact(outbox.forget_old)
    assert await database.read(states) == ["sent", "sent", "queued"]
    clock.passes(days=2)
    await database.transact(outbox.forget_old)
    assert await database.read(states) == ["sent", "queued"]
    clock.passes(days=400)
    await database.transact(outbox.forget_old)
    assert await database.read(states) == ["queued"]


@pytest.mark.usefixtures("chat")
async def test_what_is_under_way_is_found_without_looking_at_what_was_sent(
    database: Database,
) -> None:
    """Keys are kept over a year: no question may walk through all that was ever said."""

    def plans(at: Transaction) -> list[str]:
        seen: list[str] = []
        at.connection.set_trace_callback(seen.append)
        outbox.recover(at)
        outbox.waiting_after(at, 5)
        outbox.depth(at)
        outbox.unasked_since(at, CHAT, at.now)
        outbox.queue(at, CHAT, edit(9, "text"), edits=9)
        outbox.forget_old(at)
        at.connection.set_trace_callback(None)
        return [
            f"{row[3]}: {sql}"
            for sql in seen
            if sql.startswith(("SELECT", "UPDATE", "DELETE"))
            for row in at.all(f"EXPLAIN QUERY PLAN {sql}")
        ]

    found = await database.transact(plans)
    # An index over what is under way alone; a question that looks into no table at all.
    small = ("SCAN outbox USING INDEX outbox_under_way", "SCAN CONSTANT ROW")
    assert [one for one in found if "SCAN" in one and not one.startswith(small)] == []
    assert len(found) > 8


@pytest.mark.usefixtures("chat")
async def test_what_was_said_unasked_is_counted(database: Database, clock: HandClock) -> None:
    def say(at: Transaction) -> None:
        outbox.queue(at, CHAT, SAY, urgency=outbox.UNASKED)
        outbox.queue(at, CHAT, SAY)
        outbox.queue(at, CHAT, edit(9, "edit"), edits=9, urgency=outbox.UNASKED)

    morning = clock.now()
    await database.transact(say)
    assert await database.read(outbox.unasked_since, CHAT, morning) == 1
    assert await database.read(outbox.unasked_since, CHAT, morning + timedelta(seconds=1)) == 0
    assert await database.read(outbox.depth) == 3


async def test_the_database_keeps_a_row_and_its_end_together(database: Database, chat: int) -> None:
    await database.transact(outbox.queue, chat, SAY)
    for change in ("state = 'sent'", "finished_at = 'now'", "state = 'lost'", "urgency = 2"):
        with pytest.raises(sqlite3.IntegrityError):
            await database.transact(Transaction.run, f"UPDATE outbox SET {change}")  # noqa: S608 - ours


# -- a group that becomes a supergroup ----------------------------------------------------------


def moved(at: Transaction) -> None:
    outbox.follow(at, old_telegram_id=-500, new_telegram_id=-100_900)


async def test_a_group_that_moved_is_the_same_chat_to_us(database: Database, chat: int) -> None:
    await database.transact(chats.set_topic, chat, 12)
    await database.transact(moved)
    await database.transact(moved)  # told in both chats
    for telegram_id in (-500, -100_900):
        found = await database.read(chats.by_telegram_id, telegram_id)
        assert found is not None
        assert (found.id, found.telegram_id, found.kind) == (chat, -100_900, "supergroup")
        assert (found.topic, found.last_message_id) == (None, 0)
    late = await database.transact(
        lambda at: chats.seen(at, telegram_id=-500, kind="group", person_id=None, message_id=10_000)
    )
    assert late.id == chat
    assert late.last_message_id == 0  # an id of the old chat says nothing about the new one


@pytest.mark.usefixtures("chat")
async def test_an_old_message_id_touches_nothing_in_the_new_chat(database: Database) -> None:
    def say(at: Transaction) -> None:
        person = people.add(at, telegram_id=1, name="Amina", language="en")
        asked = questions.ask(at, person_id=person.id, chat_id=CHAT, kind="name", subject=1)
        questions.asked_in_message(at, asked, 9)
        questions.asked_in_message(at, asked, 10)
        outbox.show_card(at, "count", 7, CHAT)
        outbox.finish(at, departed(at, 1).id, message_id=9)
        outbox.card_is_shown(at, 1, message_id=9, shown=b"a")
        outbox.queue(at, CHAT, edit(9, "old"), edits=9)
        outbox.queue(at, CHAT, outbox.delete_call(9))
        reply = {"text": "hello", "reply_parameters": {"message_id": 9}}
        outbox.queue(at, CHAT, {"method": "sendMessage", "params": reply})
        outbox.queue(at, CHAT, SAY)
        outbox.show_card(at, "count", 7, CHAT)

    await database.transact(say)
    await database.transact(moved)
    assert await database.read(waiting) == [4, 5, 6]
    assert (await database.transact(departed, 4)).content == SAY
    card = (await database.transact(departed, 6)).card
    assert card is not None
    assert card.message_id is None
    assert not await database.read(questions.asked_by, CHAT, 9)
    assert not await database.read(questions.asked_by, CHAT, 10)


@pytest.mark.usefixtures("chat")
async def test_nobody_takes_over_another_groups_place(database: Database) -> None:
    def another_group(at: Transaction) -> int:
        other = chats.seen(at, telegram_id=-100_900, kind="supergroup", person_id=None)
        group = groups.add(at, chat_id=other.id, title="Other", language="en", added_by=None)
        agreement = Agreement(language="en", zone="UTC", currency="KES")
        groups.agree(at, group.id, agreement, changed_by=None)
        return other.id

    other = await database.transact(another_group)
    await database.transact(moved)
    found = await database.read(chats.by_telegram_id, -100_900)
    assert found is not None
    assert found.id == other
    unmoved = await database.read(chats.by_telegram_id, -500)
    assert unmoved is not None
    assert unmoved.telegram_id == -500


async def test_a_move_of_a_chat_we_never_saw_is_nothing(database: Database) -> None:
    await database.transact(moved)
    assert await database.read(chats.by_telegram_id, -100_900) is None


# -- other rows of the spine --------------------------------------------------------------------


async def test_a_chat_opens_again_when_something_comes_from_it(
    database: Database, chat: int
) -> None:
    await database.transact(chats.set_state, chat, "gone")

    def comes(at: Transaction, message_id: int) -> chats.Chat:
        chats.seen(at, telegram_id=-500, kind="group", person_id=None, message_id=message_id)
        return chats.by_id(at, chat)

    assert (await database.transact(comes, 0)).state == "open"
    assert (await database.transact(comes, 40)).last_message_id == 40
    assert (await database.transact(comes, 30)).last_message_id == 40
    await database.transact(chats.reached, chat, 35)
    await database.transact(chats.reached, chat, 50)
    assert (await database.read(chats.by_id, chat)).last_message_id == 50
    with pytest.raises(LookupError):
        await database.read(chats.by_id, 99)
    assert await database.read(chats.of_person, 99) is None


async def test_an_update_is_done_once_for_two_days(database: Database, clock: HandClock) -> None:
    assert await database.transact(updates.is_first, 5)
    assert not await database.transact(updates.is_first, 5)
    clock.passes(days=1, hours=23)
    await database.transact(updates.forget_old, clock.now())
    assert not await database.transact(updates.is_first, 5)
    clock.passes(hours=2)
    await database.transact(updates.forget_old, clock.now())
    assert await database.transact(updates.is_first, 5)  # ids began anew


async def test_whatever_failed_can_be_kept(database: Database) -> None:
    """Keeping a failure must never fail, or its whole batch would come again for ever."""
    strange: list[Any] = [
        {"update_id": 5, "message": {"text": "Amina"}},
        {"update_id": 2**70},
        {"update_id": "five"},
        {"text": "\ud83c half a sign"},
        ["no", "update"],
        None,
    ]

    def keep(at: Transaction) -> None:
        for one in strange:
            updates.keep_failed(at, one, why="handler", trace="KeyError: \ud83c")

    await database.transact(keep)

    def kept(at: Reading) -> list[tuple[Any, Any]]:
        return [
            (row["update_id"], json.loads(at.key.payloads.open(row["update_sealed"])))
            for row in at.all("SELECT * FROM updates_failed ORDER BY id")
        ]

    assert await database.read(kept) == [
        (5 if place == 0 else None, one) for place, one in enumerate(strange)
    ]
    sealed = await database.read(lambda at: at.value("SELECT update_sealed FROM updates_failed"))
    assert b"Amina" not in sealed


async def test_an_occurrence_is_planned_once_and_not_after_it_was_done(
    database: Database, clock: HandClock
) -> None:
    first, later = clock.now() + timedelta(hours=1), clock.now() + timedelta(hours=2)

    def plan(at: Transaction) -> None:
        due.add(at, "remind", 7, "2026-03", first)
        due.add(at, "remind", 7, "2026-03", later, late=timedelta(hours=1))
        due.add(at, "remind", 8, "2026-03", first)

    await database.transact(plan)
    assert await database.read(due.next_at) == first
    assert await database.read(due.waiting_at, "remind", 7) == later
    assert await database.read(due.waiting_at, "other", 7) is None
    clock.passes(hours=2)
    found = await database.read(due.now_due, 10)
    assert [(one.subject, one.due_at, one.late_at) for one in found] == [
        (8, first, None),
        (7, later, later + timedelta(hours=1)),
    ]
    assert len(await database.read(due.now_due, 1)) == 1
    await database.transact(due.finish, found[1].id)
    await database.transact(plan)
    assert await database.read(due.waiting_at, "remind", 7) is None
    await database.transact(due.cancel, "remind", 8)
    assert await database.read(due.next_at) is None
    await database.transact(plan)  # what was taken back may be planned again
    assert await database.read(due.waiting_at, "remind", 8) == first
    clock.passes(days=500)
    await database.transact(due.forget_old)
    assert await database.read(lambda at: at.value("SELECT count(*) FROM due")) == 1


async def test_open_questions_are_found_by_person_chat_and_message(
    database: Database, chat: int
) -> None:
    def ask(at: Transaction) -> tuple[int, int]:
        person = people.add(at, telegram_id=1, name="Amina", language="en")
        first = questions.ask(at, person_id=person.id, chat_id=chat, kind="name", subject=1)
        second = questions.ask(
            at, person_id=person.id, chat_id=chat, kind="amount", subject=1, step="first"
        )
        questions.asked_in_message(at, first, 40)
        questions.asked_in_message(at, first, 41)
        return first, second

    first, second = await database.transact(ask)
    found = await database.read(questions.open_in, 1, chat)
    assert [one.id for one in found] == [second, first]  # the newest first
    assert found[0].facts == {"step": "first"}
    assert [found[1].is_asked_in(message) for message in (40, 41, 42)] == [True, True, False]
    assert await database.read(questions.asked_by, chat, 41)
    assert not await database.read(questions.asked_by, chat, 42)
    one = await database.read(questions.by_id, first)
    assert one is not None
    assert one.kind == "name"
    await database.transact(questions.settle, 1, "name", 2)
    assert await database.read(questions.by_id, first) is not None
    await database.transact(questions.settle, 1, "name")
    assert await database.read(questions.by_id, first) is None
