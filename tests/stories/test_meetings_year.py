"""Half a year of weekly meetings: the chair goes round by itself, and all of it is counted."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from circle import joins, leaves
from decision_village import records
from meeting_village import SATURDAYS, meets, posts
from village import Someone, Village

from bot.domain.agreement_parts import Meetings
from bot.storage import meetings, members
from bot.storage.database import Reading

WEEKS = 26
#: In New York the clock goes forward on 8 March 2026: two in the afternoon is 19:00, then 18:00.
SATURDAYS_AT_TWO = Meetings(every="week", weekday=6, hour=14)
FIRST = datetime(2026, 3, 7, 19, 0, tzinfo=UTC)


def chairs(at: Reading) -> list[str]:
    """Who chaired the meetings that were held, the oldest first."""
    held = reversed(meetings.past(at, 1, 0, 100))
    return [members.by_id(at, one.chair or 0).name for one in held]


async def test_half_a_year_of_weekly_meetings(village: Village) -> None:
    """Five members, one without a phone; one leaves in the middle, and another one joins."""
    folk = village.has("Amina", "Juma", "Neema", "Otieno")
    [achieng] = village.has("Achieng")
    group = await village.forms_group("Kitui", *folk, achieng)
    await village.is_set_up(
        group,
        *folk,
        zone="America/New_York",
        practices=frozenset({"meetings"}),
        meetings=SATURDAYS_AT_TWO,
    )
    await achieng.starts()
    await records(village, folk[1], "Wanjiru")
    amina, juma, neema, otieno = folk
    there: list[Someone] = [juma, neema]
    starts = FIRST
    for week in range(WEEKS):
        if week == 1:  # the clock went forward: an hour sooner by UTC, the same on the wall
            starts -= timedelta(hours=1)
        await village.moves_to(starts)
        await amina.taps("Open the meeting", in_group=True)
        for one in there:
            await one.taps("I'm here", in_group=True)
        await amina.taps("Close · only us" if week % 2 else "Close · with guests", in_group=True)
        if week == 12:
            await leaves(neema, "Kitui")
            there.remove(neema)
            await joins(achieng)
            there.append(achieng)
        starts += timedelta(weeks=1)

    order = await village.finds(chairs)
    first_round = ["Amina", "Juma", "Neema", "Otieno", "Wanjiru"]
    assert order[:12] == (first_round * 3)[:12]
    assert order[12] == "Neema", "her turn came before she left"
    # Otieno had been named; then Achieng, who never chaired, comes first; Neema is gone.
    assert order[13:19] == ["Otieno", "Achieng", "Wanjiru", "Amina", "Juma", "Otieno"]
    assert max(Counter(order[13:]).values()) - min(Counter(order[13:]).values()) <= 1

    count, alone = await village.finds(lambda at: meetings.held_in_all(at, 1))
    assert (count, alone) == (WEEKS, WEEKS // 2)
    held = await village.finds(lambda at: meetings.held(at, 1, FIRST, starts))
    assert (held.count, held.there, held.of) == (WEEKS, 2 * WEEKS, 5 * WEEKS)
    local_hours = {
        (one.starts_at.hour, one.starts_at.date() >= datetime(2026, 3, 8, tzinfo=UTC).date())
        for one in await village.finds(lambda at: meetings.past(at, 1, 0, 100))
    }
    assert local_hours == {(19, False), (18, True)}
    reminders = [one for one in posts(group) if one.startswith("⏰")]
    assert len(reminders) == WEEKS, "once an hour before each"
    assert otieno.messages()
    assert juma.sees("It is your turn to chair")


async def test_a_quarter_that_nobody_records_ends_by_itself(village: Village) -> None:
    amina, juma = village.has("Amina", "Juma")
    await meets(village, amina, juma)
    await village.moves_to(datetime(2026, 6, 6, 12, 0, tzinfo=UTC))
    states = await village.finds(
        lambda at: Counter(
            one.state for one in meetings.from_on(at, 1, datetime(2026, 3, 1, tzinfo=UTC))
        )
    )
    assert states == {"passed": 11, "planned": 3 + 5}, "two weeks long it can be recorded"
    assert SATURDAYS.every == "week"
