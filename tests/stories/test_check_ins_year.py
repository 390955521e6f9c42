"""A year of one family, held to a table that was worked out by hand."""

from datetime import UTC, datetime

from circle import forms_circle, has_goal
from goal_village import does, said
from village import Village

from bot.domain.own_way import OwnWay
from bot.practices import own_way
from bot.rendering.picture_facts import LineChart
from bot.storage import check_ins as store, groups, members
from bot.storage.database import Reading

#: Month, what is tapped for each goal that is open, and for income; None: the month is left out.
#: Then, worked out by hand: the goals' steps and the income's by then. "A lot" is two steps,
#: "Reached" three, "Back a bit" one back; of income each "More" is one up, each "Less" one down.
YEAR = (
    ("2026-03", ("A little", "The same"), "The same", 1, 0),
    ("2026-04", ("A little", "A little"), "More", 3, 1),
    ("2026-05", None, None, None, None),
    ("2026-06", ("Back a bit", "A little"), "The same", 3, 1),
    ("2026-07", ("A lot", "Back a bit"), "Less", 4, 0),
    ("2026-08", ("The same",), "More", 4, 1),  # the second goal was let go
    ("2026-09", ("A little",), "More", 5, 2),
    ("2026-10", ("Reached",), "The same", 8, 2),
    ("2026-11", ("A little",), "More", 9, 3),  # no goal is open: the general question
    ("2026-12", ("The same",), "The same", 9, 3),
    ("2027-01", ("A little",), "The same", 10, 3),
    ("2027-02", ("A lot",), "More", 12, 4),
)
LET_GO_AFTER = "2026-07"


async def test_a_year_of_one_family(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await forms_circle(village, "Kitui Circle", amina, juma)
    await has_goal(village, amina, "School fees")
    await has_goal(village, amina, "A goat", "farm")
    assert village.bot is not None
    database = village.bot.database
    for number, (month, moves, income, *_) in enumerate(YEAR):
        year, in_year = (int(part) for part in month.split("-"))
        await village.moves_to(datetime(year, in_year, 24, 15, 1, tzinfo=UTC))
        if moves is None or income is None:
            continue
        for label in (*moves, "Time", "Not now", income, "The same", "The same", "Skip"):
            await amina.taps(label)
        await amina.taps("Like this")
        pictures = [one for one in amina.messages() if "your goals" in str(one.content.text)]
        assert len(pictures) == (0 if number == 0 else number - (1 if number > 2 else 0))
        if month == LET_GO_AFTER:
            await does(amina, "/goals", "[A goat]", "[Change]", "[Let it go]", "[Let it go]")
            assert "Let go on Jul 24, 2026" in said(amina)

    def look(at: Reading) -> tuple[OwnWay, LineChart]:
        last = store.round_of_month(at, 1, "2027-02")
        member = members.of_person(at, 1, 1)
        assert last is not None
        assert member is not None
        way = own_way.way_of(at, member, last)
        return way, own_way.line_chart(way, groups.by_id(at, 1), "en")

    way, chart = await database.read(look)
    by_hand = [(month, goals, money) for month, _, _, goals, money in YEAR]
    assert [(one.month, one.goals, one.income) for one in way.months] == by_hand
    assert [one.value for one in chart.points] == [goals for _, goals, _ in by_hand]
    assert chart.reference is not None
    assert list(chart.reference.values) == [money for *_, money in by_hand]
    assert [one.shown for one in chart.points][-2:] == ["+10", "+12"]
    assert "moved 12 steps forward" in amina.reads
    assert "1 goal reached" in amina.reads
    assert "steps" not in group.read_all() + juma.read_all()
