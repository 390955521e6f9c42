"""Any agreement that a group could make, for properties that must hold of all."""

from datetime import date

from hypothesis import strategies as st

from bot.domain.agreement import (
    NEVER_CHANGES,
    PARTS,
    PRACTICES,
    Agreement,
    CheckIn,
    Digest,
)
from bot.domain.agreement_parts import (
    MAY_REST,
    PLACE_MAX,
    PURSES,
    ROUND_MAX,
    WORDS_MAX,
    Amendments,
    Decisions,
    Joining,
    Late,
    Leaving,
    Loans,
    Meetings,
    Offices,
    Privacy,
    Questions,
    Quiet,
    ShareOut,
    SocialFund,
    Witnesses,
)
from bot.domain.plans import (
    EVERY,
    GRACE_DAYS_MAX,
    HOW_TO_PAY_MAX,
    KINDS,
    UNITS,
    Contribution,
)

days, hours, percents = st.integers(1, 31), st.integers(0, 23), st.integers(0, 100)
words, seats = st.text(max_size=WORDS_MAX), st.integers(1, 9)
methods = st.sampled_from(["consent", "majority", "two_thirds", "unanimous"])
amounts = st.integers(0, 10**12)
check_ins = st.builds(CheckIn, day=days, hour=hours, open_days=st.integers(1, 14))
decisions = st.builds(
    Decisions,
    method=methods,
    voters=st.sampled_from(["member", "household"]),
    is_secret=st.booleans(),
    quorum=percents,
    days=st.integers(1, 30),
    talk_days=st.integers(0, 14),
)

meetings = st.builds(
    Meetings,
    every=st.sampled_from(["none", "week", "two_weeks", "month_weekday", "month_day"]),
    weekday=st.integers(1, 7),
    week=st.integers(1, 5),
    day=days,
    anchor=st.just("") | st.dates(date(2020, 1, 1), date(2040, 1, 1)).map(date.isoformat),
    hour=hours,
    minute=st.integers(0, 59),
    place=st.text(max_size=PLACE_MAX),
    planners=st.sampled_from(["facilitator", "offices", "members"]),
    question=st.text(max_size=ROUND_MAX),
    counts_speakers=st.booleans(),
)


@st.composite
def contributions(draw: st.DrawFn, number: int = 1, purse: str = "savings") -> Contribution:
    """Any plan that a group could make."""
    kind, every = draw(st.sampled_from(KINDS)), draw(st.sampled_from(EVERY))
    unit = "" if kind == "shares" else draw(st.sampled_from(["", *UNITS, "mahindi"]))
    return Contribution(
        amount_minor=0 if kind == "open" else draw(st.integers(1, 10**12)),
        day=draw(days if every == "month" else st.integers(1, 7)),
        hour=draw(hours),
        grace_days=draw(st.integers(0, GRACE_DAYS_MAX[every])),
        how_to_pay=draw(st.text("ab ñ<&", max_size=HOW_TO_PAY_MAX)),
        witnesses=draw(st.sampled_from([1, 2])),
        number=number,
        purse=purse,
        kind=kind,
        unit=unit,
        every=every,
        anchor=draw(st.dates()).isoformat() if every == "two_weeks" else "",
        leftover=draw(st.sampled_from(["kept", "social_fund"])),
        rests=draw(st.booleans()),
    )


@st.composite
def plans(draw: st.DrawFn) -> tuple[Contribution, ...]:
    """Any plans that can stand side by side."""
    purses = draw(st.lists(st.sampled_from(PURSES), unique=True))
    return tuple(draw(contributions(number, purse)) for number, purse in enumerate(purses, 1))


@st.composite
def agreements(draw: st.DrawFn) -> Agreement:
    """Any agreement that a group could make."""
    given = draw(plans())
    gives = any(not one.rests for one in given)
    possible = sorted(set(PRACTICES) - (set() if gives else {"contributions"}))
    return Agreement(
        language=draw(st.sampled_from(["en", "es", "rw"])),
        zone=draw(st.sampled_from(["Africa/Nairobi", "America/Mexico_City", "Asia/Kathmandu"])),
        currency=draw(st.sampled_from(["KES", "RWF", "KWD"])),
        practices=draw(st.frozensets(st.sampled_from(possible))),
        check_in=draw(check_ins),
        questions=draw(
            st.builds(
                Questions,
                st.lists(st.integers(1, 99), max_size=3, unique=True).map(tuple),
                st.frozensets(st.sampled_from(MAY_REST)),
            )
        ),
        meetings=draw(meetings),
        plans=given,
        digest=draw(
            st.builds(
                Digest,
                day=days,
                hour=hours,
                is_pinned=st.booleans(),
                tells_answers=st.booleans(),
                tells_fund=st.booleans(),
            )
        ),
        quiet=draw(st.builds(Quiet, hours, hours)),
        name=draw(st.text(max_size=64)),
        purpose=draw(words),
        joining=draw(st.builds(Joining, st.sampled_from(["open", "decision"]), words)),
        funds=draw(st.frozensets(st.sampled_from(PURSES))),
        loans=draw(
            st.none()
            | st.builds(Loans, st.integers(1, 10), st.integers(1, 60), st.integers(0, 10_000))
        ),
        late=draw(st.builds(Late, amounts, words)),
        social_fund=draw(
            st.none() | st.builds(SocialFund, words, amounts, st.sampled_from(["kept", "shared"]))
        ),
        share_out=draw(
            st.builds(
                ShareOut,
                st.sampled_from(["by_savings", "equal_income", "interest_to_payer", "bracket"]),
                st.integers(0, 12),
            )
        ),
        decisions=draw(decisions),
        offices=draw(
            st.builds(
                Offices,
                st.sampled_from(["word", "election"]),
                st.integers(0, 60),
                seats,
                seats,
                seats,
                seats,
            )
        ),
        witnesses=draw(st.builds(Witnesses, seats)),
        leaving=draw(st.builds(Leaving, st.sampled_from(["returned", "at_share_out"]), words)),
        privacy=draw(st.builds(Privacy, st.just(0) | st.integers(12, 60))),
        amendments=draw(st.builds(Amendments, methods, percents)),
        locked=draw(st.frozensets(st.sampled_from(sorted(set(PARTS) - NEVER_CHANGES)))),
        version=draw(st.integers(1, 500)),
    )
