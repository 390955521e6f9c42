"""Answers are kept as long as the group agreed, then erased; what was counted stays."""

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from contribution_village import transacts
from goal_village import does
from traces import in_words
from village import Someone, Village
from whole_life import NAME, WORDS, file_ids, forms, lives_a_month

from bot.domain import retention as rules
from bot.practices import agreement, checking, retention as practice
from bot.storage import retention as store
from bot.storage.database import Reading, Transaction
from bot.storage.due import Due

#: Of whole_life's words: said in a check-in, asked for and over, why somebody voted so, a receipt.
ERASED = (WORDS[1], WORDS[2], WORDS[8])


async def keeps_for_a_year(facilitator: Someone) -> None:
    await facilitator.writes("/settings")
    await facilitator.taps("privacy")
    assert "kept until their member has them forgotten" in facilitator.reads
    await facilitator.taps("How long kept")
    await facilitator.taps("12 months")
    assert "It holds from now" in facilitator.reads
    assert "Answers are erased after 12 months. Counts and the book stay." in facilitator.reads


async def erases(village: Village, now: datetime) -> None:
    """The group's daily erasing, as it would be at that time."""

    def erase(at: Transaction, group_id: int) -> None:
        before = rules.erased_before(now, 12, "Africa/Nairobi")
        assert before is not None
        store.erase(at, group_id, before)

    await transacts(village, erase)


async def test_the_group_and_each_member_are_told_and_nothing_goes_for_thirty_days(
    village: Village,
) -> None:
    group, [zawadi, juma, *_] = await forms(village)
    await keeps_for_a_year(zawadi)
    assert "Answers are erased after 12 months." in group.reads
    assert "For 30 days nothing is erased yet" in group.reads
    await village.waits(minutes=1)
    assert "From now, answers are erased after 12 months." in juma.reads
    assert "/mydata" in juma.reads
    told = len(juma.messages())
    await does(zawadi, "/settings", "[the digest]", "[The day]", "3")
    await village.waits(minutes=1)
    assert len(juma.messages()) == told, "another part changed: nobody is told of this again"

    def kept(at: Reading) -> int:
        return practice._kept(at, 1)

    assert await village.finds(kept) == rules.FOR_EVER
    await village.waits(days=31)
    assert await village.finds(kept) == 12


async def test_longer_is_told_to_the_group_alone_and_for_ever_ends_it(village: Village) -> None:
    group, [zawadi, juma, *_] = await forms(village)
    await keeps_for_a_year(zawadi)
    await village.waits(minutes=1)
    before = len(juma.messages())
    for label, words in (("24 months", "after 24 months"), ("Until forgotten", "are kept until")):
        await does(zawadi, "/settings", "[privacy]", "[How long kept]", f"[{label}]")
        await village.waits(minutes=1)
        assert words in group.reads
    assert len(juma.messages()) == before
    waiting = "SELECT count(*) FROM due WHERE kind LIKE 'retention_%' AND state = 'waiting'"
    assert await village.finds(lambda at: at.value(waiting)) == 0


async def test_what_is_locked_only_a_decision_changes(village: Village) -> None:
    _, [zawadi, *_] = await forms(village)

    def lock(at: Transaction, group_id: int) -> None:
        agreement.lock(at, group_id, "privacy", by=None, decision_id=7)

    await transacts(village, lock)
    await zawadi.writes("/settings")
    await zawadi.taps("🔒 privacy")
    assert "Only the group changes it" in zawadi.reads
    assert "How long kept" not in zawadi.labels()


async def test_what_is_older_goes_and_the_arithmetic_stays(village: Village) -> None:
    _, folk = await forms(village)
    zawadi, juma, *_ = folk
    await lives_a_month(village, folk)
    path = village.settings.database
    journal_photo = file_ids(village, zawadi)[-1]
    receipt = file_ids(village, zawadi)[1]

    def counts(at: Reading) -> list[int]:
        return list(at.all("SELECT done, counted FROM rounds ORDER BY id LIMIT 1")[0])

    before = await village.finds(counts)
    await erases(village, datetime(2027, 3, 1, tzinfo=UTC))  # of March 2026 nothing is a year old
    assert set(in_words(path, *ERASED, journal_photo)) == {*ERASED, journal_photo}

    await erases(village, datetime(2027, 6, 1, tzinfo=UTC))
    assert in_words(path, WORDS[1], journal_photo, receipt) == {}
    assert in_words(path, WORDS[8]) == {}, "why somebody voted so: that vote is over"
    assert in_words(path, WORDS[2]) == {}, "that ask is over"
    assert WORDS[0] in str(in_words(path, WORDS[0])), "a goal is theirs until they let it be"
    assert await village.finds(counts) == before == [1, 4]
    faults = await village.finds(
        lambda at: [fault for one in checking.verify_all(at) for fault in one.faults]
    )
    assert faults == []
    await juma.writes("/ask")
    await juma.writes("/digest")
    await zawadi.writes("/checkin")
    assert "next check-in" in zawadi.reads.lower()
    await zawadi.writes("/goals")
    await zawadi.writes("/mydata")
    await village.moves_to(village.now + timedelta(days=30))  # the next check-in goes on as ever
    assert NAME in str(in_words(path, NAME))


async def test_nothing_is_deleted_but_what_is_old_and_this_groups(village: Village) -> None:
    _, folk = await forms(village)
    await lives_a_month(village, folk)
    assert village.bot is not None

    def under_way(at: Transaction, sql: str, until: str) -> None:
        at.run("INSERT INTO erasures VALUES (1, :until, 1)", until=until)
        at.run(sql)

    for sql in ("DELETE FROM check_in_answers", "DELETE FROM claim_photos"):
        with pytest.raises(sqlite3.IntegrityError):
            await village.bot.database.transact(under_way, sql, "2026-01-01T00:00:00.000Z")


async def test_the_daily_erasing_plans_its_next_day(village: Village) -> None:
    _, [zawadi, *_] = await forms(village)
    await keeps_for_a_year(zawadi)
    await village.waits(days=3)
    done = "SELECT count(*) FROM due WHERE kind = 'retention_erase' AND state = 'done'"
    assert await village.finds(lambda at: at.value(done)) == 3

    def erase(at: Transaction, group_id: int) -> None:
        practice.erase_when_due(at, Due(1, practice.ERASE, group_id, "", at.now, None, 0))
        assert store.erased_before(at, group_id) is None

    await transacts(village, erase)


async def test_agreed_at_night_members_are_told_in_the_morning_whatever_else_changes(
    village: Village,
) -> None:
    _, [zawadi, juma, *_] = await forms(village)
    await village.moves_to(datetime(2026, 3, 2, 20, 0, tzinfo=UTC))  # eleven in Nairobi
    await keeps_for_a_year(zawadi)
    await does(zawadi, "/settings", "[the digest]", "[The day]", "3")
    await village.waits(hours=1)
    assert "erased after 12 months" not in juma.read_all()
    await village.waits(hours=10)
    assert juma.read_all().count("From now, answers are erased after 12 months.") == 1
