"""The weekly note in the group: only where it is wished, and only where something happened."""

from datetime import UTC, datetime, timedelta

import pytest
from circle import forms_circle
from goal_village import does
from village import Group, Someone, Village

from bot.domain.agreement import Digest
from bot.storage import outbox

SUNDAY = datetime(2026, 3, 15, 15, 0, tzinfo=UTC)  # six in the evening in Nairobi
NOTE = "Our week"


async def kitui(village: Village, digest: Digest) -> tuple[Group, list[Someone]]:
    folk = village.has("Amina", "Juma", "Neema")
    group = await forms_circle(
        village, "Kitui", *folk, practices=frozenset({"digests", "polls"}), digest=digest
    )
    return group, folk


async def test_a_week_with_news_is_told_and_one_without_is_not(village: Village) -> None:
    group, [amina, *_] = await kitui(village, Digest(has_pulse=True))
    await village.moves_to(SUNDAY)  # of the week before, who joined: they are not new any more
    before = group.read_all().count(NOTE)
    await amina.writes("/thanks Juma for the ladder", in_group=True)
    await village.moves_to(SUNDAY + timedelta(days=7))
    assert group.read_all().count(NOTE) == before + 1
    assert "🙏 1 thank-you" in group.reads
    assert "the ladder" not in group.reads
    await village.moves_to(SUNDAY + timedelta(days=14))
    assert group.read_all().count(NOTE) == before + 1, "nothing happened"


async def test_in_the_week_of_the_digest_there_is_none(village: Village) -> None:
    group, [amina, *_] = await kitui(village, Digest(has_pulse=True, day=20))
    await village.moves_to(SUNDAY + timedelta(days=1))
    before = group.read_all().count(NOTE)
    await amina.writes("/thanks Juma for the ladder", in_group=True)
    await village.moves_to(SUNDAY + timedelta(days=7, hours=1))
    assert group.read_all().count(NOTE) == before


async def test_it_is_off_until_the_group_wishes_it_and_day_and_hour_are_chosen(
    village: Village,
) -> None:
    group, [amina, *_] = await kitui(village, Digest())
    await amina.writes("/thanks Juma for the ladder", in_group=True)
    await village.moves_to(SUNDAY)
    assert not group.sees(NOTE)
    await does(amina, "/settings", "[the digest]", "[A weekly note]", "[Yes, if any news]")
    await does(amina, "/settings", "[the digest]", "[The note's day]", "[Monday]")
    await does(amina, "/settings", "[the digest]", "[The note's hour]", "9")
    assert "Monday, 9:00" in amina.reads
    await amina.writes("/thanks Juma for the rope", in_group=True)
    await village.moves_to(datetime(2026, 3, 16, 5, 59, tzinfo=UTC))
    assert not group.sees(NOTE)
    await village.moves_to(datetime(2026, 3, 16, 6, 1, tzinfo=UTC))
    assert group.sees(NOTE)


async def test_where_the_day_has_heard_its_two_it_waits_for_tomorrow(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    group, [amina, *_] = await kitui(village, Digest(has_pulse=True))
    await village.moves_to(SUNDAY - timedelta(hours=1))
    await amina.writes("/thanks Juma for the ladder", in_group=True)
    before = group.read_all().count(NOTE)
    with monkeypatch.context() as busy:
        busy.setattr(outbox, "unasked_since", lambda *_: 2)
        await village.moves_to(SUNDAY + timedelta(hours=1))
    assert group.read_all().count(NOTE) == before
    await village.moves_to(SUNDAY + timedelta(days=1, hours=1))
    assert group.read_all().count(NOTE) == before + 1
