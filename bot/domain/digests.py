"""The monthly digest: when it comes, what it covers, and what it says of the facts. All of it pure.

Other practices hand in their part as one of these objects, or None where they have nothing to say.
`compose` keeps what is worth saying; `shorter` says a little less, by rule, until a caption has
room for it. The same facts always make the same digest.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final, Generic, Literal, NamedTuple, TypeVar

from bot.domain import periods
from bot.domain.agreement import Agreement, Digest as Part
from bot.domain.calendar import add_months, after_quiet, local, monthly
from bot.domain.decisions import State as DecisionState
from bot.domain.disclosure import Figure
from bot.domain.polls import Outcome

T = TypeVar("T")

LATE_MAX: Final = timedelta(days=7)  # a digest later than this is let go: its news are old
DECIDED_MAX: Final = 6
POLLS_MAX: Final = 5
GOALS_MAX: Final = 6
ASKS_MAX: Final = 3
THANKS_MAX: Final = 6
JOINED_MAX: Final = 8
TITLE_MAX: Final = 64  # letters, as are the next
NAME_MAX: Final = 32
QUESTION_MAX: Final = 90
ANSWER_MAX: Final = 50
WORDS_MAX: Final = 90
_WORD_MAX: Final = 20  # a longer word is broken rather than left out

What = Literal["check_in", "contribution", "digest", "meeting"]


# -- facts ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CheckInFacts:
    """The round that closed in the span: its local month (as in "2026-03"), how many took part.

    `figures`: what may be said of all their answers together.
    """

    month: str
    done: int
    of: int
    figures: tuple[Figure, ...] = ()


class MonthEnd(NamedTuple):
    """What was in the fund when a local month (as in "2026-03") ended, or so far; minor units."""

    month: str
    balance_minor: int

    @property
    def first_day(self) -> date:
        """The first day of the month."""
        return first_day(self.month)


@dataclass(frozen=True)
class FundFacts:
    """The fund at the end of the span. Amounts are minor units of `currency`.

    `before_minor` is the balance when the span began. `month_ends` goes from the oldest month to
    the span's own, whose balance is `balance_minor`. `paid` of `of` households have given the
    span's contribution, witnessed; `of` is 0 where none was due. `code` is the short form of the
    head of the book's chain.
    """

    currency: str
    balance_minor: int
    before_minor: int
    month_ends: tuple[MonthEnd, ...] = ()
    paid: int = 0
    of: int = 0
    code: str = ""

    @property
    def change_minor(self) -> int:
        """How much more (or less) there is than when the span began."""
        return self.balance_minor - self.before_minor

    @property
    def is_news(self) -> bool:
        """Whether anything happened to it."""
        return self.change_minor != 0 or self.paid > 0


@dataclass(frozen=True)
class DecidedFacts:
    """What the group put to a decision, how it ended, and what was chosen of several."""

    words: str
    state: DecisionState
    chosen: tuple[str, ...] = ()


@dataclass(frozen=True)
class ThanksFacts:
    """Who thanked whom for what; no receiver where it was nobody in particular."""

    giver: str
    receiver: str | None
    words: str


@dataclass(frozen=True)
class GoalFacts:
    """Who reached which goal, in their own words; they let it be told."""

    name: str
    words: str


@dataclass(frozen=True)
class AskFacts:
    """An ask or an offer that stands open; no name where it bears none."""

    kind: Literal["ask", "offer"]
    name: str | None
    words: str


@dataclass(frozen=True)
class HelpFacts:
    """How often members helped each other, as both sides say, and how many minutes of it."""

    exchanged: int
    minutes: int
    asks: tuple[AskFacts, ...] = ()


@dataclass(frozen=True)
class MeetingFacts:
    """How many meetings were held, and how many of them without anybody from outside.

    `there` of `of` members were at them, summed over all; counts alone, nobody's name.
    """

    held: int
    alone: int
    there: int
    of: int

    @property
    def usual(self) -> int:
        """How many were there at a meeting, halves rounded up; 0 where nobody was ticked.

        >>> MeetingFacts(held=4, alone=4, there=26, of=36).usual
        7
        """
        return (2 * self.there + self.held) // (2 * self.held)


class Coming(NamedTuple):
    """What comes next, and when (UTC)."""

    what: What
    when: datetime


@dataclass(frozen=True)
class DigestFacts:
    """All a digest of one local month may speak of."""

    title: str
    month: str
    is_so_far: bool = False
    check_ins: CheckInFacts | None = None
    goals: tuple[GoalFacts, ...] = ()
    fund: FundFacts | None = None
    help: HelpFacts | None = None
    decided: tuple[DecidedFacts, ...] = ()
    meetings: MeetingFacts | None = None
    polls: tuple[Outcome, ...] = ()
    thanks: tuple[ThanksFacts, ...] = ()
    joined: tuple[str, ...] = ()
    coming: tuple[Coming, ...] = ()


# -- the digest -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listed(Generic[T]):
    """Some of several things: those that are shown, and how many there are in all."""

    shown: tuple[T, ...] = ()
    count: int = 0

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.shown)


@dataclass(frozen=True)
class Digest:
    """What a digest says: a part that is None, or counts none, is left out."""

    title: str
    month: str
    is_so_far: bool
    check_ins: CheckInFacts | None
    goals: Listed[GoalFacts]
    fund: FundFacts | None
    help: HelpFacts | None
    asks: Listed[AskFacts]
    decided: Listed[DecidedFacts]
    meetings: MeetingFacts | None
    polls: Listed[Outcome]
    thanks: Listed[ThanksFacts]
    joined: Listed[str]
    coming: tuple[Coming, ...]

    @property
    def first_day(self) -> date:
        """The first day of its month."""
        return first_day(self.month)

    @property
    def has_news(self) -> bool:
        """Whether anything happened: without, nothing is sent."""
        return bool(
            self.check_ins
            or self.goals.count
            or self.help
            or self.meetings
            or (self.fund and self.fund.is_news)
            or self.decided.count
            or self.polls.count
            or self.thanks.count
            or self.joined.count
        )


def as_agreed(facts: DigestFacts, agreed: Part) -> DigestFacts:
    """Return the facts without what the group does not want told."""
    check_ins = facts.check_ins
    if check_ins and not agreed.tells_answers:
        check_ins = replace(check_ins, figures=())
    return replace(
        facts,
        check_ins=check_ins,
        fund=facts.fund if agreed.tells_fund else None,
        help=facts.help if agreed.tells_help else None,
        thanks=facts.thanks if agreed.tells_thanks else (),
        joined=facts.joined if agreed.tells_joined else (),
    )


def compose(facts: DigestFacts) -> Digest:
    """Return what is worth saying of the facts, people's own words cut to a line each."""
    check_ins, fund, help_ = facts.check_ins, facts.fund, facts.help
    asks = help_.asks if help_ else ()
    return Digest(
        title=shortened(facts.title, TITLE_MAX),
        month=facts.month,
        is_so_far=facts.is_so_far,
        check_ins=check_ins if check_ins and check_ins.done else None,
        goals=Listed(tuple(map(_short_goal, facts.goals[:GOALS_MAX])), len(facts.goals)),
        fund=fund if fund and (fund.is_news or fund.balance_minor) else None,
        help=help_ if help_ and help_.exchanged else None,
        asks=Listed(tuple(map(_short_ask, asks[:ASKS_MAX])), len(asks)),
        decided=Listed(tuple(map(_short_decided, facts.decided[:DECIDED_MAX])), len(facts.decided)),
        meetings=facts.meetings if facts.meetings and facts.meetings.held else None,
        polls=Listed(tuple(map(_short_poll, facts.polls[:POLLS_MAX])), len(facts.polls)),
        thanks=Listed(tuple(map(_short_thanks, facts.thanks[:THANKS_MAX])), len(facts.thanks)),
        joined=Listed(
            tuple(shortened(name, NAME_MAX) for name in facts.joined[:JOINED_MAX]),
            len(facts.joined),
        ),
        coming=facts.coming,
    )


def shorter(digest: Digest) -> Digest | None:
    """Return the digest with one thing less; None where only its bare numbers are left.

    The longest list loses its last line first (of several the one that is named first here), so
    that no part is lost to another; then what is coming up, from its end.
    """
    lists = ("asks", "thanks", "polls", "joined", "goals", "decided")
    longest = max(lists, key=lambda part: len(_list(digest, part).shown))
    listed = _list(digest, longest)
    if listed.shown:
        less: Listed[object] = Listed(listed.shown[:-1], listed.count)
        return replace(digest, **{longest: less})  # type: ignore[arg-type]  # the list it came from
    if digest.coming:
        return replace(digest, coming=digest.coming[:-1])
    return None


def shortened(text: str, most: int) -> str:
    """Return a text of at most so many letters, cut between words, with an ellipsis."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    kept = line[: most - 1]
    head, _, tail = kept.rpartition(" ")
    if line[most - 1] != " " and head and len(tail) <= _WORD_MAX:
        kept = head
    return kept.rstrip(" ,;:.") + "…"


def _list(digest: Digest, part: str) -> Listed[object]:
    listed: Listed[object] = getattr(digest, part)
    return listed


def _short_goal(goal: GoalFacts) -> GoalFacts:
    return GoalFacts(shortened(goal.name, NAME_MAX), shortened(goal.words, WORDS_MAX))


def _short_ask(ask: AskFacts) -> AskFacts:
    name = None if ask.name is None else shortened(ask.name, NAME_MAX)
    return replace(ask, name=name, words=shortened(ask.words, WORDS_MAX))


def _short_decided(decided: DecidedFacts) -> DecidedFacts:
    chosen = tuple(shortened(one, ANSWER_MAX) for one in decided.chosen)
    return replace(decided, words=shortened(decided.words, QUESTION_MAX), chosen=chosen)


def _short_poll(poll: Outcome) -> Outcome:
    best = tuple(shortened(answer, ANSWER_MAX) for answer in poll.best)
    return replace(poll, question=shortened(poll.question, QUESTION_MAX), best=best)


def _short_thanks(thanks: ThanksFacts) -> ThanksFacts:
    return ThanksFacts(
        giver=shortened(thanks.giver, NAME_MAX),
        receiver=None if thanks.receiver is None else shortened(thanks.receiver, NAME_MAX),
        words=shortened(thanks.words, WORDS_MAX),
    )


# -- when ---------------------------------------------------------------------------------------


class Occurrence(NamedTuple):
    """One digest: the local month it covers, and when it is due (UTC)."""

    month: str
    due_at: datetime


def occurrences(agreement: Agreement, after: datetime) -> Iterator[Occurrence]:
    """Yield the digests due after an instant, for ever: each covers the local month before its own.

    One that would fall into the quiet hours comes when they are over.
    """
    begin = after - timedelta(days=2)  # one of these days may have been put off by a night
    while True:
        begin = monthly(agreement.digest.day, time(agreement.digest.hour), agreement.zone, begin)
        due_at = after_quiet(begin, agreement.quiet_hours, agreement.zone)
        if due_at > after:
            yield Occurrence(month_before(begin, agreement.zone), due_at)


def month_before(at: datetime, zone: str) -> str:
    """Return the local month before that of an instant."""
    earlier = add_months(local(at, zone).date(), -1, 1)
    return f"{earlier.year:04}-{earlier.month:02}"


def first_day(month: str) -> date:
    """Return the first day of a month written as in "2026-03"."""
    return date.fromisoformat(f"{month}-01")


def coming_up(agreement: Agreement, after: datetime) -> tuple[Coming, ...]:
    """Return what comes next in a group by its agreement, the soonest first."""
    wanted: list[tuple[What, int, int]] = []
    if agreement.does("digests"):
        wanted.append(("digest", agreement.digest.day, agreement.digest.hour))
    if agreement.does("check_ins"):
        wanted.append(("check_in", agreement.check_in.day, agreement.check_in.hour))
    found = [
        Coming(what, monthly(day, time(hour), agreement.zone, after)) for what, day, hour in wanted
    ]
    days = {periods.coming(agreement, plan, after).day for plan in agreement.giving}
    found += [Coming("contribution", day) for day in sorted(days)]
    return tuple(sorted(found, key=lambda one: (one.when, one.what)))
