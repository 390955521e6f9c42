"""The weekly note: a few lines on a week in which something happened. All of it pure.

It says less than the digest: counts, and two of each list at most; of answers to the check-in
nothing but how many took part. What is said of them together is said once a month, so that nothing
can be found out by holding weeks against months (`domain.disclosure`).
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from bot.domain import digests
from bot.domain.agreement import Agreement, Digest as Part
from bot.domain.calendar import after_quiet, local, monthly, to_utc, weekly
from bot.domain.digests import Digest, DigestFacts, Listed

WEEK: Final = timedelta(days=7)
LATE_MAX: Final = timedelta(days=2)  # later than this its news are old
LISTED_MAX: Final = 2
COMING_MAX: Final = 2
_LISTS: Final = ("goals", "decided", "polls", "thanks", "joined")


def compose(facts: DigestFacts, agreed: Part, now: datetime) -> Digest | None:
    """Return what a week's note says; None where there is nothing to say.

    What the group leaves out of its digest is left out here; open asks are told by their own posts.
    """
    check_ins = facts.check_ins and replace(facts.check_ins, figures=())
    fund = facts.fund and replace(facts.fund, paid=0, of=0, code="")
    found = digests.compose(
        digests.as_agreed(replace(facts, check_ins=check_ins, fund=fund), agreed)
    )
    if not found.has_news:
        return None
    less: dict[str, Any] = {part: _fewer(getattr(found, part)) for part in _LISTS}
    coming = tuple(one for one in found.coming if one.when < now + WEEK)[:COMING_MAX]
    is_news = found.fund is not None and found.fund.is_news
    return replace(
        found, **less, asks=Listed(), coming=coming, fund=found.fund if is_news else None
    )


def occurrences(agreement: Agreement, after: datetime) -> Iterator[datetime]:
    """Yield when notes are due after an instant (UTC), for ever: never in the week of a digest.

    One that would fall into the quiet hours comes when they are over.
    """
    part, begin = agreement.digest, after - timedelta(days=2)
    while True:
        begin = weekly(part.pulse_weekday - 1, time(part.pulse_hour), agreement.zone, begin)
        due_at = after_quiet(begin, agreement.quiet_hours, agreement.zone)
        if due_at > after and not _has_digest(agreement, local(begin, agreement.zone).date()):
            yield due_at


def _has_digest(agreement: Agreement, day: date) -> bool:
    """Whether a digest is due in the week of a local day, from Monday to Sunday."""
    monday = day - timedelta(days=day.weekday())
    hour, zone = time(agreement.digest.hour), agreement.zone
    before = to_utc(monday, time(0), zone) - timedelta(microseconds=1)
    comes = local(monthly(agreement.digest.day, hour, zone, before), zone).date()
    return comes < monday + WEEK


def _fewer(listed: Listed[object]) -> Listed[object]:
    return Listed(listed.shown[:LISTED_MAX], listed.count)
