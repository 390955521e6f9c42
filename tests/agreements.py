"""Any agreement that a group could make, for properties that must hold of all."""

from hypothesis import strategies as st

from bot.domain.agreement import (
    HOW_TO_PAY_MAX,
    PRACTICES,
    Agreement,
    CheckIn,
    Contribution,
    Digest,
)

days, hours = st.integers(1, 31), st.integers(0, 23)
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
        digest=draw(st.builds(Digest, day=days, hour=hours)),
        quiet_from_hour=draw(hours),
        quiet_until_hour=draw(hours),
        version=draw(st.integers(1, 500)),
    )
