"""The parts of an agreement that a group decides about: each typed, each with bounds that hold.

What a group writes in its constitution (field notes 2.1, 2.3, 2.7). Nothing here costs a member
money until the group agrees on it: no loans, no charge, no fine.
"""

from dataclasses import dataclass
from datetime import date, time
from typing import Final, Literal, get_args

WORDS_MAX: Final = 300  # of anything the group says in its own words
NAME_MAX: Final = 64
HOUR_MAX: Final = 23
MONTHS_MAX: Final = 60
PERCENT_MAX: Final = 100
VOTE_DAYS_MAX: Final = 30
TALK_DAYS_MAX: Final = 14
SEATS_MAX: Final = 9  # of an office: nine is a committee
LOAN_TIMES_MAX: Final = 10  # of one's savings: five is the most that was seen in use
AMOUNT_MAX: Final = 10**15  # minor units: more than any group has, less than an integer of SQLite's
PLACE_MAX: Final = 80  # letters of where a group meets
ROUND_MAX: Final = 120  # letters of the question that goes round
DAYS_OF_MONTH_MAX: Final = 31
WEEKDAYS_MAX: Final = 7
LAST_WEEK: Final = 5  # the last of a month, whether it is the fourth or the fifth
OWN_QUESTIONS_MAX: Final = 3  # at a time: each is one tap more for everybody, every month
#: What of the usual check-in a group may let rest. Its goals, and what it may see, it always asks.
MAY_REST: Final = (
    "hurdle",
    "help",
    "income",
    "savings",
    "debt",
    "line",
    "favours",
    "standing",
)
#: The purses a group may keep apart (product: "The fund").
PURSES: Final = ("savings", "social_fund", "project", "scholarship", "rotation")

JoiningWay = Literal["open", "decision"]
ShareOutWay = Literal["by_savings", "equal_income", "interest_to_payer", "bracket"]
SocialFundEnd = Literal["kept", "shared"]
SavingsBack = Literal["returned", "at_share_out"]
Method = Literal["consent", "majority", "two_thirds", "unanimous"]
Voters = Literal["member", "household"]
Filling = Literal["word", "election"]
MeetingEvery = Literal["none", "week", "two_weeks", "month_weekday", "month_day"]
MeetingPlanners = Literal["facilitator", "offices", "members"]


@dataclass(frozen=True)
class Questions:
    """What the check-in asks of the group's own, by the ids, and what of the usual rests."""

    own: tuple[int, ...] = ()
    resting: frozenset[str] = frozenset()

    def holds(self) -> bool:
        """Whether it can be agreed."""
        return (
            len(self.own) == len(set(self.own)) <= OWN_QUESTIONS_MAX
            and all(one > 0 for one in self.own)
            and self.resting <= set(MAY_REST)
        )


@dataclass(frozen=True)
class Meetings:
    """When and where the group meets, and who plans it. Without a rhythm: on single dates alone.

    `weekday` is 1 for Monday to 7 for Sunday; `week` is which of the month (5: the last); `day` is
    the day of the month, the last one where a month is shorter. `anchor` is any day (ISO) of a
    week in which a fortnightly rhythm meets. `question` goes round at each meeting;
    `counts_speakers`: whether those who spoke are counted beside those who were there.
    """

    every: MeetingEvery = "none"
    weekday: int = 1
    week: int = 1
    day: int = 1
    anchor: str = ""
    hour: int = 18
    minute: int = 0
    place: str = ""
    planners: MeetingPlanners = "facilitator"
    question: str = ""
    counts_speakers: bool = False

    @property
    def clock(self) -> time:
        """The local time of day at which the group meets."""
        return time(self.hour, self.minute)

    def holds(self) -> bool:
        """Whether it can be agreed."""
        return (
            self.every in get_args(MeetingEvery)
            and 1 <= self.weekday <= WEEKDAYS_MAX
            and 1 <= self.week <= LAST_WEEK
            and 1 <= self.day <= DAYS_OF_MONTH_MAX
            and (not self.anchor or _is_day(self.anchor))
            and 0 <= self.hour <= HOUR_MAX
            and 0 <= self.minute <= 59  # noqa: PLR2004 - of an hour
            and len(self.place) <= PLACE_MAX
            and self.planners in get_args(MeetingPlanners)
            and len(self.question) <= ROUND_MAX
        )


@dataclass(frozen=True)
class Quiet:
    """The local hours between which nothing is said unasked; none where they are the same."""

    from_hour: int = 21
    until_hour: int = 7

    def holds(self) -> bool:
        """Whether it can be agreed."""
        return 0 <= self.from_hour <= HOUR_MAX and 0 <= self.until_hour <= HOUR_MAX


@dataclass(frozen=True)
class Joining:
    """Who may join: everybody in the chat who says so, or whom the group decides to admit."""

    way: JoiningWay = "open"
    words: str = ""  # who the group is for, as it says so itself

    def holds(self) -> bool:
        """Whether it can be agreed."""
        return self.way in get_args(JoiningWay) and len(self.words) <= WORDS_MAX


@dataclass(frozen=True)
class Loans:
    """Loans to members: how much at most, for how long, and a flat monthly charge.

    The charge is in hundredths of a percent of the loan (100 is one percent), nothing by default.
    At most three times the member's savings and three months, as savings groups do.
    """

    times_savings: int = 3
    months: int = 3
    charge: int = 0

    def holds(self) -> bool:
        """Whether it can be agreed."""
        return (
            1 <= self.times_savings <= LOAN_TIMES_MAX
            and 1 <= self.months <= MONTHS_MAX
            and 0 <= self.charge <= PERCENT_MAX * 100
        )


@dataclass(frozen=True)
class Late:
    """What follows a missed contribution: talking, and no fine unless the group agrees on one."""

    fine_minor: int = 0
    words: str = ""

    def holds(self) -> bool:
        """Whether it can be agreed."""
        return 0 <= self.fine_minor <= AMOUNT_MAX and len(self.words) <= WORDS_MAX


@dataclass(frozen=True)
class SocialFund:
    """What the social fund is for, how much one gift may be (0: no limit), and how it ends."""

    words: str = ""
    most_minor: int = 0
    end: SocialFundEnd = "kept"

    def holds(self) -> bool:
        """Whether it can be agreed."""
        return (
            len(self.words) <= WORDS_MAX
            and 0 <= self.most_minor <= AMOUNT_MAX
            and self.end in get_args(SocialFundEnd)
        )


@dataclass(frozen=True)
class ShareOut:
    """How the fund is shared out (field notes 2.3), and in which month of the year (0: not yet)."""

    way: ShareOutWay = "by_savings"
    month: int = 0

    def holds(self) -> bool:
        """Whether it can be agreed."""
        return self.way in get_args(ShareOutWay) and 0 <= self.month <= 12  # noqa: PLR2004 - a year


@dataclass(frozen=True)
class Decisions:
    """How the group decides where a proposal says nothing else.

    `quorum`: the percentage of those who may vote that must have voted. `days`: how long a vote
    stays open; `talk_days` before it for talking it over.
    """

    method: Method = "majority"
    voters: Voters = "member"
    is_secret: bool = False
    quorum: int = 50
    days: int = 3
    talk_days: int = 0

    def holds(self) -> bool:
        """Whether it can be agreed."""
        return (
            self.method in get_args(Method)
            and self.voters in get_args(Voters)
            and 0 <= self.quorum <= PERCENT_MAX
            and 1 <= self.days <= VOTE_DAYS_MAX
            and 0 <= self.talk_days <= TALK_DAYS_MAX
        )


@dataclass(frozen=True)
class Offices:
    """How offices are filled, for how long (0: until another is elected), by how many at once.

    By the facilitator's word a member may take up what is free, and hand over what they hold; or
    by election alone.
    """

    way: Filling = "word"
    term_months: int = 12
    facilitators: int = 2
    treasurers: int = 1
    record_keepers: int = 1
    representatives: int = 1

    def holds(self) -> bool:
        """Whether it can be agreed."""
        seats = (self.facilitators, self.treasurers, self.record_keepers, self.representatives)
        return (
            self.way in get_args(Filling)
            and 0 <= self.term_months <= MONTHS_MAX
            and all(1 <= one <= SEATS_MAX for one in seats)
        )


@dataclass(frozen=True)
class Witnesses:
    """How many members hold the office of witness: of as many households, none the treasurer."""

    number: int = 3

    def holds(self) -> bool:
        """Whether it can be agreed."""
        return 1 <= self.number <= SEATS_MAX


@dataclass(frozen=True)
class Leaving:
    """What becomes of the savings of somebody who leaves. Anybody may leave at any time."""

    savings: SavingsBack = "returned"
    words: str = ""

    def holds(self) -> bool:
        """Whether it can be agreed."""
        return self.savings in get_args(SavingsBack) and len(self.words) <= WORDS_MAX


@dataclass(frozen=True)
class Privacy:
    """For how many months private answers are kept (0: until their member has them forgotten)."""

    keep_months: int = 0

    def holds(self) -> bool:
        """Whether it can be agreed."""
        return self.keep_months == 0 or 12 <= self.keep_months <= MONTHS_MAX  # noqa: PLR2004


@dataclass(frozen=True)
class Amendments:
    """How a locked part is changed: two-thirds, unless the group agrees on another way."""

    method: Method = "two_thirds"
    quorum: int = 50

    def holds(self) -> bool:
        """Whether it can be agreed."""
        return self.method in get_args(Method) and 0 <= self.quorum <= PERCENT_MAX


def _is_day(text: str) -> bool:
    """Whether a text is a day of these two centuries, as a document writes it."""
    try:
        return 2000 <= date.fromisoformat(text).year < 2200  # noqa: PLR2004 - as it says
    except ValueError:
        return False
