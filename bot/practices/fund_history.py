"""The fund over time: as a picture with /fund, and for the digest. Nothing here changes it."""

from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from bot.domain import periods
from bot.domain.calendar import local, month_key, month_span
from bot.domain.digests import FundFacts, MonthEnd
from bot.practices import book, fund
from bot.practices.book import Plan
from bot.practices.dues import Screen
from bot.practices.fund import Purse
from bot.rendering import digests, files, messages
from bot.rendering.messages import CAPTION_MAX
from bot.rendering.picture_facts import LineChart, Point
from bot.storage import groups, ledger
from bot.storage.database import Reading
from bot.storage.groups import Group
from bot.storage.ledger import Commodity

MONTHS_MAX: Final = 12  # of the digest's line
POINTS_MAX: Final = 37  # of the picture's: three years by the month
YOUNG: Final = timedelta(days=91)  # a younger book is shown by the week
WEEK: Final = timedelta(days=7)


class Stood(NamedTuple):
    """What was in all purses together just before an instant, and the local day of it."""

    day: date
    amount_minor: int


class Remembered(NamedTuple):
    """The fund as it stood at an instant: what is read out to the group, to be remembered."""

    purses: list[Purse]
    code: str


def stood(at: Reading, group_id: int, when: datetime) -> Remembered | None:
    """Return the fund as it stood just before an instant; None where its book had not begun.

    It is said when a round opens and when it closes, so that the group remembers it together
    (field notes 2.8), and stays what was said.
    """
    last = ledger.last_before(at, group_id, when)
    if last is None:
        return None
    found = [
        Purse(name, amount, commodity, account_id)
        for account_id, name in ledger.purses_of(at, group_id)
        for commodity in ledger.commodities_of(at, group_id)
        if (amount := ledger.balance_before(at, group_id, account_id, commodity.id, when))
    ]
    return Remembered(found, last.code)


# -- the picture -------------------------------------------------------------------------------


def picture(at: Reading, group: Group, language: str) -> dict[str, Any] | None:
    """Return the order for the picture of the fund over time; None while it is no line yet."""
    what = _shown(at, group.id)
    points = [] if what is None else over_time(at, group.id, what)
    if what is None or len(points) < 2:  # noqa: PLR2004 - two points make a line
        return None
    return files.picture(line_chart(group, what, points, language))


def line_chart(group: Group, what: Commodity, points: list[Stood], language: str) -> LineChart:
    """Return the facts of the fund's picture: what it held of something, at two days or more."""

    def words(part: str, **facts: object) -> str:
        made = messages.plain("fund/picture", language, part=part, group=group, **facts)
        return messages.clean_name(made)

    is_young = points[-1].day - points[0].day <= YOUNG
    return LineChart(
        title=words("title"),
        subtitle=words("since", day=points[0].day),
        points=tuple(
            Point(
                words("day" if is_young else "month", day=one.day),
                one.amount_minor / 10**what.scale,
                messages.clean_name(messages.counted(one.amount_minor, what, language)),
            )
            for one in points
        ),
        direction=digests.direction(language),
        from_zero=True,
    )


def picture_for(at: Reading, screen: Screen, language: str) -> dict[str, Any] | None:
    """Return the picture that goes with /fund, where there is one and its words fit under it."""
    if screen.message != "fund/fund":
        return None
    words = messages.render(screen.message, language, **screen.facts)
    if digests.length(words) > CAPTION_MAX:
        return None
    return picture(at, screen.facts["group"], language)


def over_time(at: Reading, group_id: int, what: Commodity) -> list[Stood]:
    """Return what the purses held of something since the book began, the oldest first.

    By the week while the book is young, then at the end of each month, and as it is now. Empty
    where the book has not run for a week.
    """
    first = ledger.first_recorded_at(at, group_id)
    if first is None or at.now - first < WEEK:
        return []
    zone = groups.agreement(at, group_id).zone
    ends = _weeks(first, at.now) if at.now - first <= YOUNG else _months(first, at.now, zone)
    found = [
        Stood(local(end - book.INSTANT, zone).date(), in_purses(at, group_id, what, end))
        for end in ends[-POINTS_MAX + 1 :]
    ]
    return [Stood(local(first, zone).date(), 0), *found] if at.now - first <= YOUNG else found


def _weeks(first: datetime, now: datetime) -> list[datetime]:
    """Return the instants at which whole weeks before now end, after the first entry; and now."""
    count = (now - first) // WEEK
    return [now - WEEK * step for step in range(count - 1, 0, -1)] + [now + book.INSTANT]


def _months(first: datetime, now: datetime, zone: str) -> list[datetime]:
    """Return the ends of the local months since the first entry, as many as are shown; and now."""
    key, found = month_key(now, zone), [now + book.INSTANT]
    while len(found) <= POINTS_MAX and month_span(key, zone)[0] > first:
        found.append(month_span(key, zone)[0])
        key = periods.next_key(key, -1)
    return found[::-1]


def _shown(at: Reading, group_id: int) -> Commodity | None:
    """Return what the picture counts: the group's money, or what else the purses hold first."""
    money = book.commodity_of(at, group_id, groups.agreement(at, group_id).currency)
    held = [one.commodity for one in fund.purses(at, group_id)]
    return money if money in held or not held else held[0]


def in_purses(at: Reading, group_id: int, what: Commodity, when: datetime) -> int:
    """Return what was in all purses just before an instant."""
    return sum(
        ledger.balance_before(at, group_id, account_id, what.id, when)
        for account_id, _ in ledger.purses_of(at, group_id)
    )


# -- for the digest ----------------------------------------------------------------------------


def month_facts(at: Reading, group_id: int, since: datetime, until: datetime) -> FundFacts | None:
    """Return the fund at the end of a span, for the digest; None where the group keeps none.

    All of it is as it stood at `until`, so that it is the same whenever it is asked for.
    """
    agreed = fund.plan_of(at, group_id)
    last = ledger.last_before(at, group_id, until)
    if agreed is None and last is None:
        return None
    money = book.commodity_of(at, group_id, groups.agreement(at, group_id).currency)
    done, of = _paid_in_span(at, agreed, since, until) if agreed is not None else (0, 0)
    return FundFacts(
        currency=money.code,
        balance_minor=in_purses(at, group_id, money, until),
        before_minor=in_purses(at, group_id, money, since),
        month_ends=_month_ends(at, group_id, money, until),
        paid=done,
        of=of,
        code="" if last is None else last.code,
    )


def _month_ends(
    at: Reading, group_id: int, money: Commodity, until: datetime
) -> tuple[MonthEnd, ...]:
    """Return the fund at the end of up to twelve months, up to the span's own."""
    first = ledger.first_recorded_at(at, group_id)
    if first is None or first >= until:
        return ()
    zone = groups.agreement(at, group_id).zone
    key = month_key(until - book.INSTANT, zone)
    found = [MonthEnd(key, in_purses(at, group_id, money, until))]
    while len(found) < MONTHS_MAX and month_span(key, zone)[0] > first:
        ends = month_span(key, zone)[0]
        key = periods.next_key(key, -1)
        found.append(MonthEnd(key, in_purses(at, group_id, money, ends)))
    return tuple(reversed(found))


def _paid_in_span(at: Reading, plan: Plan, since: datetime, until: datetime) -> tuple[int, int]:
    """Return how many households gave the contribution whose day fell into a span; the last one."""
    period = plan.coming(until)
    while period.day >= since:
        if period.day < until:
            return book.paid(at, plan, period.key, before=until)
        period = plan.period(periods.next_key(period.key, -1, every=plan.terms.every))
    return 0, 0
