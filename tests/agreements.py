"""Any agreement that a group could make, for properties that must hold of all."""

from hypothesis import strategies as st

from bot.domain.agreement import (
    HOW_TO_PAY_MAX,
    NEVER_CHANGES,
    PARTS,
    PRACTICES,
    Agreement,
    CheckIn,
    Contribution,
    Digest,
)
from bot.domain.agreement_parts import (
    PURSES,
    WORDS_MAX,
    Amendments,
    Decisions,
    Joining,
    Late,
    Leaving,
    Loans,
    Offices,
    Privacy,
    Quiet,
    ShareOut,
    SocialFund,
    Witnesses,
)

days, hours, percents = st.integers(1, 31), st.integers(0, 23), st.integers(0, 100)
words, seats = st.text(max_size=WORDS_MAX), st.integers(1, 9)
methods = st.sampled_from(["consent", "majority", "two_thirds", "unanimous"])
amounts = st.integers(0, 10**12)
check_ins = st.builds(CheckIn, day=days, hour=hours, open_days=st.integers(1, 14))
contributions = st.builds(
    Contribution,
    amount_minor=st.integers(1, 10**12),
    day=days,
    hour=hours,
    grace_days=st.integers(0, 14),
    how_to_pay=st.text(max_size=HOW_TO_PAY_MAX),
    witnesses=st.sampled_from([1, 2]),
)
decisions = st.builds(
    Decisions,
    method=methods,
    voters=st.sampled_from(["member", "household"]),
    is_secret=st.booleans(),
    quorum=percents,
    days=st.integers(1, 30),
    talk_days=st.integers(0, 14),
)


@st.composite
def agreements(draw: st.DrawFn) -> Agreement:
    """Any agreement that a group could make."""
    contribution = draw(st.none() | contributions)
    possible = sorted(set(PRACTICES) - (set() if contribution else {"contributions"}))
    return Agreement(
        language=draw(st.sampled_from(["en", "es", "rw"])),
        zone=draw(st.sampled_from(["Africa/Nairobi", "America/Mexico_City", "Asia/Kathmandu"])),
        currency=draw(st.sampled_from(["KES", "RWF", "KWD"])),
        practices=draw(st.frozensets(st.sampled_from(possible))),
        check_in=draw(check_ins),
        contribution=contribution,
        digest=draw(st.builds(Digest, day=days, hour=hours, is_pinned=st.booleans())),
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
        offices=draw(st.builds(Offices, st.integers(0, 60), seats, seats, seats, seats)),
        witnesses=draw(st.builds(Witnesses, seats)),
        leaving=draw(st.builds(Leaving, st.sampled_from(["returned", "at_share_out"]), words)),
        privacy=draw(st.builds(Privacy, st.just(0) | st.integers(12, 60))),
        amendments=draw(st.builds(Amendments, methods, percents)),
        locked=draw(st.frozensets(st.sampled_from(sorted(set(PARTS) - NEVER_CHANGES)))),
        version=draw(st.integers(1, 500)),
    )
